//! The runner itself and GitHub's own actions.

use crate::Category::{
    Cancelled, Config, Dependency, Disk, Infra, Network, Permission, Secret, Timeout,
};
use crate::rule::{Rule, Then, Tier};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("runner: cancelled", &["operation was cancel", "task was cancel"], r"^(?:Error: )?(?:The operation|A task) was cancell?ed\.?$", Tier::Fatal).is(Cancelled),
    Rule::new("runner: time limit", &["exceeded the maximum execution time", "has timed out after"], r"(?:exceeded the maximum execution time|^The action '.*' has timed out after)", Tier::Crash)
        .is(Timeout),
    Rule::new("runner: shut down", &["received a shutdown signal", "lost communication with the server", "runner has been lost", "hosted runner encountered", "hosted runner lost"], r"(?:received a shutdown signal|lost communication with the server|hosted runner (?:encountered|lost)|runner has been lost)", Tier::Crash)
        .is(Infra),
    Rule::new("runner: disk", &["low on disk space", "No space left on device"], r"(?:running low on disk space|No space left on device)", Tier::Crash).is(Disk),
    Rule::new("runner: missing input", &["Input required and not supplied"], r"Input required and not supplied: (?P<msg>.*(?i:token|key|secret|password|credential).*)", Tier::Fatal).is(Secret),
    Rule::new("runner: missing input", &["Input required and not supplied"], r"Input required and not supplied: (?P<msg>.+)", Tier::Fatal).is(Config),
    Rule::new("github: not allowed", &["Resource not accessible by", "must have admin rights", "Bad credentials", "refusing to allow"], r"(?P<msg>Resource not accessible by .*|.*must have admin rights.*|.*refusing to allow.*)", Tier::Fatal)
        .is(Permission),
    Rule::new("github: bad credentials", &["Bad credentials"], r"Bad credentials", Tier::Fatal).is(Secret),
    Rule::new("github: rate limit", &["rate limit"], r"(?i)(?:API|secondary|exceeded a) rate limit", Tier::Fatal).is(Network),
    Rule::new("actions: download", &["Failed to download archive", "Failed to download action", "download has timed out"], r"(?:Failed to download (?:archive|action)|download has timed out)", Tier::Fatal)
        .is(Network),
    Rule::new("actions: unresolved", &["Unable to resolve action", "Can't find 'action", "Unable to find action", "An action could not be found"], r"(?:Unable to (?:resolve|find) action|Can't find 'action|An action could not be found)", Tier::Fatal)
        .is(Config),
    Rule::new("actions: template", &["The template is not valid", "Unrecognized named-value", "Unexpected symbol", "Invalid workflow file"], r"(?:The template is not valid|Unrecognized named-value|Unexpected symbol|Invalid workflow file)", Tier::Fatal)
        .is(Config),
    Rule::new("actions: artifact", &["Artifact not found", "Unable to find any artifacts", "No files were found with the provided path", "Unable to download artifact", "Failed to CreateArtifact", "an artifact with this name already exists"], r"(?:Artifact not found|Unable to (?:find|download) (?:any )?artifact|No files were found with the provided path|Failed to CreateArtifact|an artifact with this name already exists)", Tier::Fatal)
        .is(Config),
    Rule::new("actions: version", &["with architecture '", "was not found in the local cache", "not found in manifest", "Unable to find Node version", "Could not find satisfied version", "Unable to find version"], r"(?:The version '.*' with architecture|[Vv]ersion .* (?:was )?not found|Unable to find (?:Node )?version|Could not find satisfied version)", Tier::Fatal)
        .mostly(Dependency),
    Rule::new("actions: cache", &["Dependencies lock file is not found"], r"Dependencies lock file is not found", Tier::Fatal).is(Config),
    Rule::new("actions: executable", &["Unable to locate executable file", "An error occurred trying to start process"], r"(?:Unable to locate executable file|An error occurred trying to start process)", Tier::Fatal)
        .is(Config),
    Rule::new("aws: credentials", &["Credentials could not be loaded", "Could not load credentials", "Not authorized to perform sts"], r"(?:Credentials could not be loaded|Could not load credentials|Not authorized to perform sts).*", Tier::Fatal)
        .is(Secret),
    Rule::new("runner: bookkeeping", &["##[end-action", "##[start-action"], r"^##\[(?:end|start)-action ", Tier::Loose).then(Then::Noise),
    Rule::new("runner: benign", &["Node 20 is being deprecated", "Node.js 16 actions are deprecated", "Failed to save: ", "Cache not found", "Failed to restore"], r"^(?:Node(?:\.js)? \d+|Failed to (?:save|restore)|Cache not found)", Tier::Loose)
        .then(Then::Noise),
    Rule::new("runner: wrapped exit", &["The process '", "failed with exit code ", "Step script exited", "custom container implementation failed"], r"^(?:Error: )?(?:\[OSDC\] Step script exited|Executing the custom container implementation failed|The process '.*' failed with exit code \d+|(?:Docker|Command|Process) .*failed with exit code \d+)", Tier::Wrapper),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Config, Permission, Timeout};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "##[error]Input required and not supplied: path",
                "path",
                Config,
            ),
            case(
                "##[error]Resource not accessible by integration",
                "Resource not accessible",
                Permission,
            ),
            case(
                "##[error]The job running on runner X has exceeded the maximum execution time of 360 minutes.",
                "maximum execution time",
                Timeout,
            ),
        ]);
    }
}
