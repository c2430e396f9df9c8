//! Actions and ready-made workflows follow from the list of capabilities, as the command line does.
//!
//! `actions/NAME/action.yml` and the table of inputs in its README are derived from the flags that
//! the program understands; `UPDATE=1` rewrites them. No script holds an expression of GitHub's.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use clap::{Arg, ArgAction};
use serde_json::Value;
use waterline_core::capabilities::ALL;

use super::root;
use crate::args;
use crate::cases::golden;

/// A step has the summary and the outputs, so the form of standard output is no input; and it has
/// no server beside it.
const LEFT_OUT: &[&str] = &["format", "help", "database_url", "data"];

/// A subcommand that has an action.
struct Acting {
    name: &'static str,
    about: String,
    /// What stands behind its call in the script.
    then: &'static str,
}

/// The capabilities, and what else is worth a step.
fn acting() -> Vec<Acting> {
    let backfill = args::command();
    let backfill = backfill.find_subcommand("backfill").unwrap();
    let capabilities = ALL.iter().map(|entry| Acting {
        name: entry.name,
        about: entry.about.to_owned(),
        then: "",
    });
    let more = [Acting {
        name: "backfill",
        about: backfill.get_about().unwrap().to_string(),
        // It goes on the next night, which is no failure of this one.
        then: " || [ \"$?\" -eq 2 ]",
    }];
    capabilities.chain(more).collect()
}

/// What every action of the suite takes beside the program's flags.
const SHARED: &[(&str, &str, &str, &str)] = &[
    (
        "token",
        "GITHUB_TOKEN",
        "${{ github.token }}",
        "The token to ask GitHub with, and to post with",
    ),
    (
        "build",
        "WATERLINE_BUILD",
        "false",
        "`true` builds the program with cargo from this commit, where there is no release for the machine",
    ),
    (
        "download-url",
        "WATERLINE_DOWNLOAD",
        "",
        "Where to fetch the release's files, instead of this GitHub; the digests stay the same",
    ),
];

const OUTPUTS: &[(&str, &str)] = &[
    ("conclusion", "`success`, `failure`, `wait` or `neutral`"),
    ("reason-code", "A stable word for the reason"),
    ("json", "The path of a file with the full answer as JSON"),
    ("summary", "The path of a file with the answer as Markdown"),
];

/// An input of an action.
struct Input {
    name: String,
    variable: String,
    default: String,
    about: String,
}

fn input(arg: &Arg) -> Input {
    let name = arg
        .get_long()
        .map_or_else(|| arg.get_id().to_string(), str::to_owned);
    let kind = match (arg.get_long(), arg.get_action()) {
        (None, _) if arg.is_trailing_var_arg_set() => "TEXT".to_owned(),
        (None, _) => "FILE".to_owned(),
        (_, ArgAction::SetTrue) => format!("SWITCH_{}", shout(&name)),
        (_, ArgAction::Append) => format!("LIST_{}", shout(&name)),
        _ => format!("OPTION_{}", shout(&name)),
    };
    // Whoever adds an action that can comment wants the comment.
    let default = match (name.as_str(), arg.get_action()) {
        ("post", _) => "true".to_owned(),
        (_, ArgAction::SetTrue) => "false".to_owned(),
        _ => {
            let values = arg.get_default_values().iter();
            values.map(|v| v.to_string_lossy().into_owned()).collect()
        }
    };
    let about = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let (about, _) = about.split_once(" [env:").unwrap_or((&about, ""));
    Input {
        variable: format!("WATERLINE_{kind}"),
        default,
        about: match arg.get_action() {
            ArgAction::Append => about.replace("may be given several times", "several, one a line"),
            _ => about.to_owned(),
        },
        name,
    }
}

fn shout(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}

fn inputs(name: &str) -> Vec<Input> {
    let mut command = args::command();
    // Without building it, what clap adds by itself is not there yet.
    let sub = command.find_subcommand_mut(name).unwrap();
    let own = sub.get_arguments();
    let own = own.filter(|a| !LEFT_OUT.contains(&a.get_id().as_str()));
    let mut all: Vec<Input> = own.map(input).collect();
    all.extend(SHARED.iter().map(|(name, variable, default, about)| Input {
        name: (*name).to_owned(),
        variable: (*variable).to_owned(),
        default: (*default).to_owned(),
        about: (*about).to_owned(),
    }));
    all
}

/// A text as YAML's double-quoted string, which JSON's is.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn action(acting: &Acting) -> String {
    let mut out = format!(
        "# Made by `UPDATE=1 cargo test contract` from the flags of `waterline {0}`: change those.\n\
         name: Waterline {0}\n\
         description: {1}\n\
         author: The Waterline authors\n\
         branding:\n  icon: anchor\n  color: blue\n\
         inputs:\n",
        acting.name,
        quoted(&acting.about)
    );
    for one in inputs(acting.name) {
        let (name, about) = (&one.name, quoted(&one.about));
        let default = match one.default.starts_with("${{") {
            true => one.default.clone(),
            false => quoted(&one.default),
        };
        let _ = write!(
            out,
            "  {name}:\n    description: {about}\n    required: false\n    default: {default}\n"
        );
    }
    out.push_str("outputs:\n");
    for (name, about) in OUTPUTS {
        let about = quoted(about);
        let _ = write!(
            out,
            "  {name}:\n    description: {about}\n    value: ${{{{ steps.waterline.outputs.{name} }}}}\n"
        );
    }
    out.push_str(
        "runs:\n  using: composite\n  steps:\n    - name: Waterline\n      id: waterline\n      \
         shell: bash\n      env:\n        ACTION_REPOSITORY: ${{ github.action_repository }}\n",
    );
    for one in inputs(acting.name) {
        let _ = writeln!(
            out,
            "        {}: ${{{{ inputs.{} }}}}",
            one.variable, one.name
        );
    }
    let _ = writeln!(
        out,
        "      run: bash \"$GITHUB_ACTION_PATH/../setup/perform.sh\" {}{}",
        acting.name, acting.then
    );
    out
}

#[test]
fn every_capability_has_its_action_and_a_page_that_explains_it() {
    for acting in acting() {
        let folder = root().join("actions").join(acting.name);
        golden(&folder.join("action.yml"), &action(&acting)).unwrap();
        let path = folder.join("README.md");
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let start = "<!-- inputs: made by `UPDATE=1 cargo test contract` -->\n";
        let (before, rest) = text.split_once(start).unwrap();
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        let mut table = String::from("| Input | Default | Meaning |\n| --- | --- | --- |\n");
        for one in inputs(acting.name) {
            let default = match one.default.as_str() {
                "" => String::new(),
                text => format!("`{text}`"),
            };
            let _ = writeln!(table, "| `{}` | {default} | {} |", one.name, one.about);
        }
        table.push_str("\n| Output | Meaning |\n| --- | --- |\n");
        for (name, about) in OUTPUTS {
            let _ = writeln!(table, "| `{name}` | {about} |");
        }
        golden(&path, &format!("{before}{start}{table}<!-- end -->{after}")).unwrap();
    }
}

/// The front door and the set-up take the same shared inputs as all others.
#[test]
fn the_shared_inputs_are_the_same_everywhere() {
    for file in ["action.yml", "actions/setup/action.yml"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let action: Value = serde_yaml::from_str(&text).unwrap();
        for (name, variable, default, _) in SHARED {
            assert_eq!(
                action["inputs"][name]["default"], *default,
                "{file}: {name}"
            );
            let step = &action["runs"]["steps"][0];
            let handed = format!("${{{{ inputs.{name} }}}}");
            assert_eq!(step["env"][variable], handed, "{file}: {name}");
        }
    }
}

/// All actions and workflows, ours and those to be copied.
fn files() -> Vec<PathBuf> {
    let mut found = vec![root().join("action.yml")];
    for folder in ["actions", "workflows", ".github/workflows"] {
        let mut folders = vec![root().join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry.extension().is_some_and(|e| e == "yml") {
                    found.push(entry);
                }
            }
        }
    }
    found
}

fn scripts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("run", Value::String(script)) => found.push(script.clone()),
                    _ => scripts(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| scripts(item, found)),
        _ => {}
    }
}

#[test]
fn no_expression_stands_in_a_script() {
    let mut count = 0;
    for file in files() {
        let yaml: Value = serde_yaml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let mut found = Vec::new();
        scripts(&yaml, &mut found);
        count += found.len();
        for script in found {
            assert!(!script.contains("${{"), "{}: {script}", file.display());
        }
    }
    assert!(count > 5, "only {count} scripts were found");
}

#[test]
fn every_capability_has_a_workflow_to_copy_with_the_least_permissions() {
    let folder = root().join("workflows");
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let yaml: Value = serde_yaml::from_str(&text).unwrap();
        let shown = path.display().to_string();
        assert_eq!(
            yaml["permissions"],
            serde_json::json!({}),
            "{shown}: nothing is granted to all jobs"
        );
        assert!(
            text.starts_with("# "),
            "{shown} does not begin by saying what it does"
        );
        for (name, job) in yaml["jobs"].as_object().unwrap() {
            let granted = job["permissions"].as_object();
            let granted = granted.unwrap_or_else(|| panic!("{shown}: {name} grants nothing"));
            for permission in granted.keys() {
                let line = text
                    .lines()
                    .find(|l| l.contains(&format!("{permission}: ")));
                let said = line.is_some_and(|l| l.contains(" # "));
                assert!(said, "{shown}: nobody says why `{permission}`");
            }
        }
        texts.push(text);
    }
    for name in acting().iter().map(|acting| acting.name) {
        let used = format!("/actions/{name}@");
        let has = texts.iter().any(|t| t.contains(&used));
        assert!(has, "no file in workflows/ uses actions/{name}");
    }
}

/// The files name the release that they come with, so that whoever copies one gets what it says.
#[test]
fn every_use_of_ours_names_this_release() {
    let mut texts: Vec<(String, String)> = super::pages();
    for entry in files() {
        let text = fs::read_to_string(&entry).unwrap();
        texts.push((entry.display().to_string(), text));
    }
    for entry in acting().iter().map(|e| e.name).chain(["setup"]) {
        let path = root().join("actions").join(entry).join("README.md");
        texts.push((
            path.display().to_string(),
            fs::read_to_string(path).unwrap(),
        ));
    }
    let version = format!("v{}", env!("CARGO_PKG_VERSION"));
    let mut count = 0;
    for (file, text) in texts {
        for used in text.split("uses: waterline-dev/waterline").skip(1) {
            let at = used.split_once('@').unwrap().1;
            let at = at.lines().next().unwrap();
            // By commit, the version stands behind it.
            let named = at.split_once("# ").map_or(at, |(_, version)| version);
            let named = named.split([' ', '`']).next().unwrap();
            assert_eq!(named, version, "{file}");
            count += 1;
        }
    }
    assert!(count >= 6, "only {count} were found");
}
