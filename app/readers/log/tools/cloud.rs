//! Containers and clouds: docker, buildx, compose, kubectl, helm, terraform, ansible, aws, gcloud, gh.

use crate::Category::{Config, Dependency, Infra, Permission, Script, Secret};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static TERRAFORM: Block = Block {
    first: First::Head,
    most: 14,
    said: 1,
    ..Block::new(&[
        (r"^│\s+on (?P<file>\S+) line (?P<line>\d+)", Part::At),
        (r"^[│╷]\s*$|^│\s+\d+:", Part::Skip),
        (r"^╵", Part::Close),
        (r"^│ (?P<msg>\S.+)", Part::Said),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("docker: daemon", &["Error response from daemon: "], r"Error response from daemon: (?P<msg>.+)", Tier::Fatal).mostly(Dependency),
    Rule::new("docker: no daemon", &["Cannot connect to the Docker daemon"], r"Cannot connect to the Docker daemon", Tier::Fatal).is(Infra),
    Rule::new("docker: a command failed", &["did not complete successfully", "executor failed running"], r"(?:process \S.* did not complete successfully|executor failed running)", Tier::Wrapper),
    Rule::new("docker: build", &["failed to solve", "dockerfile parse error", "failed to compute cache key", "failed to read dockerfile"], r"^(?:#\d+ )?(?:ERROR|error|failed)?:? ?(?P<msg>.*(?:failed to solve|dockerfile parse error|failed to compute cache key|failed to read dockerfile).*)", Tier::Fatal)
        .mostly(Config),
    Rule::new("docker: copy", &["ERROR: failed to calculate checksum", "COPY failed: ", "ADD failed: "], r"(?:ERROR: failed to calculate checksum|COPY failed: |ADD failed: ).*", Tier::Fatal).is(Config),
    Rule::new("compose: verdict", &["exited with code ", "is unhealthy", "dependency failed to start"], r"^(?:\S+ exited with code [1-9]|.*(?:container .* is unhealthy|dependency failed to start))", Tier::Wrapper),
    Rule::new("compose: configuration", &["no such service", "yaml: ", "services."], r"^(?:no such service|yaml: |ERROR: The Compose file|services\.\S+ ).*", Tier::Fatal).is(Config),
    Rule::new("kubectl: server", &["Error from server"], r"^Error from server(?: \((?P<class>\w+)\))?: (?P<msg>.+)", Tier::Fatal).mostly(Config),
    Rule::new("kubectl: error", &["error validating", "error parsing", "Unable to connect to the server", "error: unable to"], r"^(?:error: (?:error validating|error parsing|unable to)|Unable to connect to the server).*", Tier::Fatal).mostly(Config),
    Rule::new("kubernetes: pod", &["CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "OOMKilled"], r"(?:CrashLoopBackOff|ImagePullBackOff|ErrImagePull|OOMKilled)", Tier::Fatal).mostly(Infra),
    Rule::new("helm: template", &["Error: template: "], r"^Error: (?P<msg>template: (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): .+)", Tier::Fatal).is(Config),
    Rule::new("helm: error", &["INSTALLATION FAILED", "UPGRADE FAILED", "execution error at", "parse error at", "chart requires"], r"^Error: (?P<msg>.*(?:INSTALLATION FAILED|UPGRADE FAILED|execution error at|parse error at|chart requires).*)", Tier::Fatal).mostly(Config),
    Rule::new("helm lint: error", &["[ERROR] "], r"^\[ERROR\] \S+: template: (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+): (?P<msg>.+)", Tier::Lint).is(crate::Category::Lint),
    Rule::new("kubectl: invalid", &["\" is invalid: "], r#"^The \w+ "[^"]+" is invalid: (?P<msg>.+)"#, Tier::Fatal).is(Config),
    Rule::new("helm lint: error", &["[ERROR] "], r"^\[ERROR\] (?P<file>(?:templates|values|Chart)\S*): (?P<msg>.+)", Tier::Lint).is(crate::Category::Lint),
    Rule::new("terraform: error", &["│ Error: "], r"^│ Error: (?P<msg>.+)", Tier::Failure).mostly(Config).then(Then::Open(&TERRAFORM)),
    Rule::new("ansible: failed task", &["FAILED! => ", "UNREACHABLE! => "], r"^fatal: \[.*?\]: (?:FAILED|UNREACHABLE)! => (?P<msg>.*)", Tier::Failure).mostly(Script),
    Rule::new("ansible: error", &["ERROR! "], r"^ERROR! (?P<msg>.+)", Tier::Fatal).mostly(Config),
    Rule::new("aws: error", &["An error occurred ("], r"An error occurred \((?P<class>\w+)\) when calling (?P<msg>.+)", Tier::Fatal).mostly(Permission),
    Rule::new("gcloud: error", &["ERROR: (gcloud"], r"^ERROR: \(gcloud\.\S+\) (?P<msg>.+)", Tier::Fatal).mostly(Permission),
    Rule::new("gh: token", &["set the GH_TOKEN", "gh auth login"], r"(?:set the GH_TOKEN environment variable|gh auth login)", Tier::Fatal).is(Secret),
    Rule::new("gh: http", &["HTTP 40", "HTTP 50", "gh: ", "GraphQL: "], r"^(?:gh: (?P<msg>.+)|HTTP [45]\d\d: .+|GraphQL: .+)", Tier::Fatal).mostly(Permission),
    Rule::new("registry: denied", &["denied: ", "unauthorized: "], r"^(?:#\d+ )?(?:ERROR: )?(?:.*: )?(?:denied|unauthorized): .+", Tier::Fatal).mostly(Permission),
    Rule::new("goreleaser: failed", &["⨯ "], r"^\s*⨯ (?P<msg>.+ failed after .+)", Tier::Fatal),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Config, Dependency, Permission};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case("Error response from daemon: manifest for x:1 not found: manifest unknown", "manifest for", Dependency),
            case("╷\n│ Error: Reference to undeclared resource\n│ \n│   on main.tf line 5, in output \"x\":\n│    5:   value = a.b\n│ \n│ A managed resource has not been declared.\n╵", "undeclared resource", Config).at("main.tf:5"),
            case("Error from server (Forbidden): pods is forbidden", "Forbidden", Permission),
        ]);
    }
}
