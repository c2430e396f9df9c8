//! What is a command, and what only looks like one.

use super::*;

fn diagnose(args: &[&str]) -> Invocation {
    Invocation::Perform {
        capability: "diagnose".to_owned(),
        args: args.iter().map(|&a| a.to_owned()).collect(),
    }
}

#[test]
fn a_plain_line_is_a_command() {
    for comment in [
        "/waterline diagnose",
        "/wl diagnose",
        "  \n/waterline diagnose  \n",
        "Thanks!\n/waterline diagnose\nSee above.",
        "Thanks!\r\n\r\n/waterline diagnose\r\n",
        "> what failed?\n\n/waterline diagnose",
    ] {
        assert_eq!(parse(comment), [diagnose(&[])], "{comment:?}");
    }
    assert_eq!(
        parse("/waterline diagnose --run 42"),
        [diagnose(&["--run", "42"])]
    );
    assert_eq!(
        parse("/waterline diagnose\n/wl diagnose"),
        [diagnose(&[])],
        "the same twice is once"
    );
}

/// A telephone begins a line with a capital.
#[test]
fn the_case_of_letters_does_not_matter() {
    for comment in ["/Waterline diagnose", "/WATERLINE Diagnose", "/Wl DIAGNOSE"] {
        assert_eq!(parse(comment), [diagnose(&[])], "{comment:?}");
    }
}

#[test]
fn quotes_code_links_html_and_prose_are_not() {
    for comment in [
        "> /waterline diagnose",
        "`/waterline diagnose`",
        "```\n/waterline diagnose\n```",
        "~~~\n/waterline diagnose\n~~~",
        "    /waterline diagnose",
        "<!--\n/waterline diagnose\n-->",
        "<div>\n/waterline diagnose\n</div>",
        "- /waterline diagnose",
        "1. /waterline diagnose",
        "# /waterline diagnose",
        "| a |\n| --- |\n| /waterline diagnose |",
        "try /waterline diagnose",
        " /waterline diagnose <b>",
        "/waterline [diagnose](https://x.example)",
        "[/waterline diagnose](https://x.example)",
        "\\/waterline diagnose",
        "/waterline\u{200B} diagnose",
        "/w\u{0430}terline diagnose",
        "/waterlines diagnose",
        "",
    ] {
        assert_eq!(parse(comment), [], "{comment:?}");
    }
}

#[test]
fn a_mistake_gets_one_reply_that_helps() {
    let [Invocation::Reply { text, .. }] =
        &parse("/waterline diagnoze\n/waterline diagnose --rum 3")[..]
    else {
        panic!()
    };
    assert!(
        text.contains("diagnoze") && text.contains("'diagnose'"),
        "{text}"
    );
    assert!(text.contains("--rum") && text.contains("--run"), "{text}");
    let [Invocation::Reply { text, .. }] = &parse("/waterline")[..] else {
        panic!()
    };
    assert!(text.contains("diagnose") && text.contains("help"), "{text}");
    let [Invocation::Reply { text, .. }] = &parse("/waterline help diagnose")[..] else {
        panic!()
    };
    assert!(text.contains("--run"), "{text}");
    let [Invocation::Reply { text, .. }] = &parse("/waterline diagnose \"x")[..] else {
        panic!()
    };
    assert!(text.contains("quote"), "{text}");
}

#[test]
fn a_flood_of_commands_is_cut() {
    let flood: String = (0..1_000)
        .map(|i| format!("/waterline diagnose --run {i}\n"))
        .collect();
    assert_eq!(parse(&flood).len(), MAX_COMMANDS);
}

proptest::proptest! {
    #[test]
    fn never_panics(text in "(/waterline |/wl |diagnose|--run|[`>\\[\\]()<!\"'\\\\\n ]|\\PC){0,40}") {
        let _ = parse(&text);
    }
}
