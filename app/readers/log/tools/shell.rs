//! Shells: commands that are not there, files that cannot be run, processes that were killed.

use crate::Category::{Config, Crash, Oom, Permission, Script, Timeout};
use crate::rule::{Rule, Tier};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("shell: command not found", &["command not found", ": not found", "not recognized as"], r"^(?:\S+: )*(?:line \d+: |\d+: )?(?P<msg>\S+: (?:command )?not found|'.*' is not recognized as .*|.*: The term '.*' is not recognized as .*)$", Tier::Fatal)
        .is(Config),
    Rule::new("shell: command not found", &["is not recognized as"], r"(?P<msg>'\S+' is not recognized as .*|The term '.*' is not recognized.*)", Tier::Fatal).is(Config),
    Rule::new("shell: killed", &["Killed"], r"^(?:\S+: line \d+: +\d+ )?Killed(?:\s|$)", Tier::Crash).is(Oom),
    Rule::new("shell: crashed", &["Segmentation fault", "Aborted", "Bus error", "Illegal instruction", "Floating point exception", "Trace/breakpoint trap"], r"^(?:\S+: line \d+: +\d+ )?(?:Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point exception|Trace/breakpoint trap)\b", Tier::Summary)
        .is(Crash),
    Rule::new("shell: terminated", &["Terminated"], r"^(?:\S+: line \d+: +\d+ )?Terminated(?:\s|$)", Tier::Fatal).is(Timeout),
    Rule::new("shell: permission", &["Permission denied"], r"^(?:\S+: )*(?:line \d+: |\d+: )?(?P<msg>\S+: Permission denied)$", Tier::Fatal).is(Permission),
    Rule::new("shell: required file", &["required file not found", "bad interpreter", "cannot execute"], r"(?:required file not found|bad interpreter|cannot execute)", Tier::Fatal).is(Config),
    Rule::new("shell: unbound variable", &["unbound variable", "parameter not set", "parameter null or not set"], r"^(?:\S+: )*(?:line \d+: )?(?P<msg>\S+: (?:unbound variable|parameter (?:null or )?not set))", Tier::Fatal)
        .is(Config),
    Rule::new("shell: syntax", &["syntax error near", "unexpected end of file", "unexpected EOF while looking", "Syntax error: "], r"^\S+: (?:line )?\d+: (?P<msg>(?:syntax error|unexpected EOF|Syntax error).*)", Tier::Fatal)
        .is(Script),
    Rule::new("shell: no such file", &["No such file or directory"], r"^(?P<msg>[\w./-]+: (?:(?:line )?\d+: )?.*No such file or directory)$", Tier::Exception)
        .is(Config),
    Rule::new("make: no rule", &["*** No rule to make target"], r"^(?:\S*make|gmake|mingw32-make)(?:\[\d+\])?: \*\*\* No rule to make target", Tier::Fatal).is(Config),
    Rule::new("make: makefile", &["*** missing separator", "*** commands commence", "*** No targets"], r"^(?P<file>[^\s:]+):(?:(?P<line>\d+): )? ?\*\*\* .*", Tier::Fatal).is(Config),
    Rule::new("make: verdict", &["make: ", "make[", "ninja: "], r"^(?:\S*make(?:\[\d+\])?: (?:\*\*\* |Target .* not remade)|ninja: (?:build stopped|error: ))", Tier::Wrapper),
    Rule::new("just or task: verdict", &["error: Recipe", "task: Failed to run task"], r"^(?:error: Recipe|task: Failed to run task)", Tier::Wrapper),
    Rule::new("powershell: error", &["+ CategoryInfo", "FullyQualifiedErrorId"], r"^\s+\+ (?:CategoryInfo|FullyQualifiedErrorId)", Tier::Wrapper),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Config, Oom};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "/tmp/x.sh: line 1: turboctl: command not found",
                "turboctl",
                Config,
            ),
            case(
                "/tmp/x.sh: line 1: 21308 Killed                  ( python train.py )",
                "Killed",
                Oom,
            ),
            case(
                "make: *** No rule to make target 'dist'.  Stop.",
                "No rule",
                Config,
            ),
        ]);
    }
}
