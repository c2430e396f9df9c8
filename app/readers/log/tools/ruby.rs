//! Ruby: the interpreter, rake, bundler, rubocop.

use crate::Category::{Compile, Dependency, Lint, Script};
use crate::rule::{Rule, Tier};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("ruby: syntax error", &["syntax error"], r"^(?:\S+:\d+:in .*?: )?(?:-e:)?(?P<file>\S+\.rb):(?P<line>\d+): (?P<msg>syntax errors?.*)", Tier::Failure).is(Compile),
    Rule::new("rubocop: finding", &[".rb:", "Gemfile:", "Rakefile:"], r"^(?P<file>\S+):(?P<line>\d+):(?P<col>\d+): (?P<msg>[CWEFR]: .+)", Tier::Lint).is(Lint),
    Rule::new("standardrb: finding", &[".rb:"], r"^\s+(?P<file>\S+\.rb):(?P<line>\d+):(?P<col>\d+): (?P<msg>\w+/\w+: .+)", Tier::Lint).is(Lint),
    Rule::new("bundler: error", &["Could not find ", "could not find compatible", "Bundler could not find", "Your bundle is locked", "Your Ruby version is", "The bundle is locked", "is not yet checked out"], r"^(?:\S+: )?(?P<msg>(?:Could not find (?:gem|compatible|\S+-\d|\S+ in)|Bundler could not find|Your bundle is locked|Your Ruby version is|The bundle is locked).*)", Tier::Fatal)
        .is(Dependency),
    Rule::new("bundler: building failed", &["Gem::Ext::BuildError", "An error occurred while installing"], r"^(?:Gem::Ext::BuildError|An error occurred while installing).*", Tier::Fatal).is(Dependency),
    Rule::new("bundler: frozen", &["deployment mode", "frozen"], r"^(?:You are trying to install in deployment mode|The dependencies in your gemfile changed|Some dependencies were deleted|The gemspecs for path gems changed).*", Tier::Fatal).is(Dependency),
    Rule::new("rake: verdict", &["rake aborted!", "Command failed with status ("], r"^(?:rake aborted!|Command failed with status \()", Tier::Wrapper),
    Rule::new("ruby: uncaught exception", &["Error)", "Exception)", "Failure)"], r"^(?:\S+?/)?(?P<file>\S+?):(?P<line>\d+):in [`'].*?': (?P<msg>.+ \([\w:]*(?:Error|Exception|Failure)\))$", Tier::Exception)
        .mostly(Script),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Dependency, Lint};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("/home/runner/work/s/s/test/t.rb:2:in `require_relative': /home/runner/work/s/s/lib/p.rb:9: syntax error, unexpected end (SyntaxError)\nrake aborted!", "syntax error", Compile).at("lib/p.rb:9"),
            case("Could not find gem 'zz (~> 3.0)' in locally installed gems.", "zz", Dependency),
            case("lib/p.rb:3:5: C: Style/StringLiterals: Prefer single quotes", "Style/StringLiterals", Lint).at("lib/p.rb:3"),
        ]);
    }
}
