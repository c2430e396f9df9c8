//! Git and what GitHub's servers say through it.

use crate::Category::{Config, Infra, Permission};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

static DIFF: Block = Block {
    first: First::Said,
    most: 60,
    said: 2,
    needs_said: true,
    ..Block::new(&[
        (
            r"^(?:index |--- |\+\+\+ |@@ |new file|deleted file|old mode|new mode|similarity|rename)",
            Part::Skip,
        ),
        (r"^[-+]\s*\S", Part::Said),
        (r"^ ", Part::Skip),
        (r"^\S", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new(
        "git: refused",
        &["remote: error: ", "remote: Permission", "GH006", "GH013"],
        r"^remote: (?P<msg>(?:error: |Permission |fatal: ).+)",
        Tier::Summary,
    )
    .is(Permission),
    Rule::new(
        "git: rejected",
        &["[rejected]", "[remote rejected]"],
        r"^ ?! \[(?:remote )?rejected\]",
        Tier::Fatal,
    )
    .mostly(Config),
    Rule::new(
        "git: verdict",
        &[
            "error: could not apply",
            "Automatic merge failed",
            "Could not apply ",
        ],
        r"^(?:error: could not apply|Automatic merge failed|Could not apply) ?",
        Tier::Wrapper,
    ),
    Rule::new(
        "git: conflict",
        &["CONFLICT ("],
        r"^CONFLICT \(",
        Tier::Fatal,
    )
    .is(Config),
    Rule::new(
        "git: patch",
        &["error: patch failed"],
        r"^error: patch failed: (?P<file>\S+):(?P<line>\d+)",
        Tier::Fatal,
    )
    .is(Config),
    Rule::new(
        "git: clone",
        &[
            "error: RPC failed",
            "error: pathspec",
            "error: failed to push",
            "error: The requested URL",
            "error: Your local changes",
        ],
        r"^error: (?:RPC failed|pathspec|failed to push|The requested URL|Your local changes).*",
        Tier::Fatal,
    )
    .mostly(Config),
    Rule::new(
        "git: fatal",
        &["fatal: "],
        r"^fatal: (?P<msg>.+)",
        Tier::Fatal,
    )
    .mostly(Config),
    Rule::new(
        "git: changed files",
        &["diff --git "],
        r"^diff --(?:git|cc) ",
        Tier::Fatal,
    )
    .is(Config)
    .under(&["git diff", "git status", "exit-code", "git add"])
    .then(Then::Open(&DIFF)),
    Rule::new(
        "git lfs: error",
        &[
            "Smudge error",
            "Error downloading object",
            "batch response:",
        ],
        r"^(?:Smudge error|Error downloading object|batch response:).*",
        Tier::Fatal,
    )
    .mostly(Infra),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Config, Network, Permission};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "fatal: No names found, cannot describe anything.",
                "No names",
                Config,
            ),
            case(
                "fatal: unable to access 'http://h/x.git/': Failed to connect to h port 9",
                "unable to access",
                Network,
            ),
            case(
                "remote: error: GH006: Protected branch update failed for refs/heads/main.\n ! [remote rejected] HEAD -> main\nerror: failed to push some refs",
                "GH006",
                Permission,
            ),
        ]);
    }
}
