//! Every error names file, line and column, and what to write instead.

use super::*;

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Rules {
    enabled: Option<bool>,
    only: Only,
    lines: u32,
    nested: Nested,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Nested {
    a: u32,
    b: u32,
}

const KNOWN: &[&str] = &["diagnose", "gate"];

fn file(name: &str, text: &str) -> ConfigFile {
    ConfigFile {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn read(text: &str) -> Result<Rules, ConfigError> {
    Config::read(vec![file(PATH, text)], KNOWN)?.section("diagnose")
}

fn wrong(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn nothing_written_means_the_defaults() {
    for text in [
        "",
        "# only a comment\n",
        "---\n",
        "diagnose:\n",
        "gate: {}\n",
    ] {
        assert_eq!(read(text).unwrap(), Rules::default(), "{text:?}");
    }
}

#[test]
fn an_unknown_section_or_key_names_the_nearest() {
    assert_eq!(
        wrong("gate: {}\ndiagnoze:\n  lines: 3\n"),
        ".github/waterline.yml:2:1: unknown section `diagnoze`; did you mean `diagnose`?"
    );
    assert_eq!(
        wrong("diagnose:\n  only:\n    lables: [a]\n"),
        ".github/waterline.yml:3:5: unknown key `lables`; did you mean `labels`?"
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_found() {
    let message = wrong("diagnose:\n  lines: many\n");
    assert!(
        message.starts_with(".github/waterline.yml:2:10: "),
        "{message}"
    );
    assert!(wrong("- a\n").starts_with(".github/waterline.yml:1:"));
    assert!(wrong("diagnose: {lines: 1\n").starts_with(".github/waterline.yml:"));
    assert!(wrong("diagnose:\n\tlines: 1\n").starts_with(".github/waterline.yml:2:"));
}

#[test]
fn errors_speak_of_the_file_and_not_of_the_library() {
    for (text, said) in [
        ("diagnose: 4\n", "1:11: a mapping is expected here"),
        (
            "diagnose:\n  only: {labels: x}\n",
            "2:18: a list is expected here",
        ),
        (
            "diagnose:\n  enabled: yes please\n",
            "2:12: a switch is expected here: `true` or `false`",
        ),
        (
            "diagnose:\n  lines: -1\n",
            "2:10: a whole number is expected here",
        ),
        (
            "diagnose:\n  lines: 1\n  lines: 2\n",
            "3:3: `lines` is written twice; keep one of them",
        ),
        (
            "diagnose: {}\n---\ngate: {}\n",
            "a second document begins here",
        ),
        ("diagnose:\n\t- x\n", "2:2: a tab indents this line"),
    ] {
        let message = wrong(text);
        assert!(message.contains(said), "{text:?}: {message}");
        assert!(!message.contains("Options") && !message.contains("from_str"));
    }
}

#[test]
fn the_repository_is_merged_over_the_organisation() {
    let org = file(
        "acme/.github",
        "diagnose:\n  lines: 3\n  nested: {a: 1, b: 2}\n  only: {labels: [x]}\n",
    );
    let own = file(PATH, "diagnose:\n  nested: {b: 5}\n  enabled: false\n");
    let config = Config::read(vec![org, own], KNOWN).unwrap();
    let rules: Rules = config.section("diagnose").unwrap();
    assert_eq!((rules.lines, rules.nested), (3, Nested { a: 1, b: 5 }));
    assert!(!config.is_enabled("diagnose") && config.is_enabled("gate"));
    assert_eq!(config.only("diagnose").labels, ["x"]);
}

#[test]
fn an_error_in_the_organisations_file_names_that_file() {
    let files = vec![
        file(
            "acme/.github: .github/waterline.yml",
            "diagnose: {linez: 3}\n",
        ),
        file(PATH, "diagnose: {}\n"),
    ];
    let error = Config::read(files, KNOWN)
        .unwrap()
        .section::<Rules>("diagnose")
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("acme/.github: .github/waterline.yml:1:12: unknown key `linez`"),
        "{error}"
    );
}

#[test]
fn a_bomb_is_refused() {
    let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for i in 1..12 {
        text.push_str(&format!(
            "a{i}: &a{i} [{}]\n",
            vec![format!("*a{}", i - 1); 9].join(",")
        ));
    }
    assert!(Config::read(vec![file(PATH, &text)], &[]).is_err());
    assert!(Config::read(vec![file(PATH, &"[".repeat(20_000))], KNOWN).is_err());
}

proptest::proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,200}") {
        let _ = read(&text);
    }
}
