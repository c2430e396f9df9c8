//! Package managers of systems, and the everyday tools: apt, dnf, apk, brew, curl, wget, tar, ssh.

use crate::Category::{Config, Dependency, Disk, Infra, Network, Permission, Script};
use crate::rule::{Rule, Tier};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("apt: error", &["E: "], r"^E: (?P<msg>(?:Unable to locate|Package|Version|Unable to correct|Couldn't find).+)", Tier::Fatal).is(Dependency),
    Rule::new("apt: error", &["E: ", "Err:"], r"^(?:E: (?P<msg>.+)|Err:\d+ .+)", Tier::Fatal).mostly(Network),
    Rule::new("dnf: error", &["Error: Unable to find a match", "No match for argument", "Error: Failed to download", "nothing provides"], r"^(?:Error: (?:Unable to find a match|Failed to download)|No match for argument|.*nothing provides).*", Tier::Fatal)
        .mostly(Dependency),
    Rule::new("apk: error", &["ERROR: unable to select packages", "(no such package)"], r"^(?:ERROR: unable to select packages|\s+.* \(no such package\))", Tier::Fatal).is(Dependency),
    Rule::new("brew: error", &["Error: No available formula", "Error: No formulae", "Error: Failure while executing"], r"^Error: (?:No available formula|No formulae|Failure while executing).*", Tier::Fatal)
        .is(Dependency),
    Rule::new("curl: error", &["curl: ("], r"^curl: \(\d+\) (?P<msg>.+)", Tier::Fatal).mostly(Network),
    Rule::new("wget: error", &["wget: ", "ERROR 4", "ERROR 5"], r"^(?:wget: (?P<msg>.+)|.* ERROR [45]\d\d: .+)", Tier::Fatal).is(Network),
    Rule::new("tar: error", &["tar: ", "gzip: ", "unzip: ", "xz: ", "not in gzip format", "End-of-central-directory"], r"^\s*(?:(?:tar|gzip|unzip|xz|bzip2): (?:\S+: )?(?P<msg>.*(?:not in gzip format|This does not look like|Cannot open|Error|unexpected end|cannot find|not recognized).*)|End-of-central-directory signature not found.*)", Tier::Fatal)
        .mostly(Config),
    Rule::new("system: no space", &["No space left on device", "Disk quota exceeded", "ENOSPC"], r"(?:No space left on device|Disk quota exceeded|ENOSPC)", Tier::Crash).is(Disk),
    Rule::new("ssh: error", &["ssh: ", "Host key verification failed", "Permission denied (publickey"], r"^(?:ssh: (?P<msg>.+)|Host key verification failed.*|.*Permission denied \(publickey.*)", Tier::Fatal).mostly(Permission),
    Rule::new("system: address in use", &["ddress already in use", "port is already allocated"], r"(?:[Aa]ddress already in use|port is already allocated)", Tier::Fatal).is(Infra),
    Rule::new("jq or yq: error", &["jq: ", "parse error: ", "yq: "], r"^(?:jq: (?:parse )?error|parse error: |Error: .*yq).*", Tier::Fatal).is(Script),
    Rule::new("pkg-config: missing", &["in the pkg-config search path", "No package '", "The system library `"], r"(?:Package \S+ was not found in the pkg-config search path|No package '\S+' found|The system library `\S+` required by crate)", Tier::Summary)
        .is(Dependency),
    Rule::new("loader: missing library", &["error while loading shared libraries", "Library not loaded"], r"(?:error while loading shared libraries|Library not loaded)", Tier::Fatal).is(Dependency),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Dependency, Disk, Network};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "Reading package lists...\nE: Unable to locate package libzz-dev",
                "libzz-dev",
                Dependency,
            ),
            case(
                "curl: (7) Failed to connect to 127.0.0.1 port 9",
                "curl: (7)",
                Network,
            ),
            case(
                "cp: error writing 'x': No space left on device",
                "No space left",
                Disk,
            ),
        ]);
    }
}
