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

/// The words behind a command, as its own flags understand them.
fn understood(text: &str) -> clap::ArgMatches {
    let [Invocation::Perform { capability, args }] = &parse(text)[..] else {
        panic!("{text}: {:?}", parse(text));
    };
    matches(crate::capabilities::find(capability).unwrap(), args).unwrap()
}

#[test]
fn what_follows_an_id_is_prose() {
    for (text, reason) in [
        (
            "/waterline dismiss 1f0c9a7 it's the proxy's fault",
            "it's the proxy's fault",
        ),
        (
            "/waterline dismiss 1f0c9a7 'said in quotes'",
            "said in quotes",
        ),
        (
            "/waterline dismiss 1f0c9a7 -x --undo --run 3 \"half",
            "-x --undo --run 3 \"half",
        ),
        (
            "/wl dismiss 1f0c9a7 known -- see octo/shop#3",
            "known -- see octo/shop#3",
        ),
    ] {
        let found = understood(text);
        let said: Vec<&String> = found.get_many("reason").unwrap().collect();
        let said: Vec<&str> = said.iter().map(|s| s.as_str()).collect();
        assert_eq!(said.join(" "), reason, "{text}");
        assert!(!found.get_flag("undo"), "{text}");
    }
    for text in [
        "/waterline dismiss --undo 1f0c9a7",
        "/waterline dismiss 1f0c9a7 --undo",
    ] {
        assert!(understood(text).get_flag("undo"), "{text}");
    }
    assert!(understood("/waterline flaky --undo a > b").get_flag("undo"));
}

#[test]
fn a_dismissal_without_a_reason_is_a_mistake_that_is_explained() {
    let [Invocation::Reply { text, mistake }] = &parse("/waterline dismiss 1f0c9a7")[..] else {
        panic!("{:?}", parse("/waterline dismiss 1f0c9a7"));
    };
    assert!(*mistake && text.contains("REASON"), "{text}");
}

proptest::proptest! {
    #[test]
    fn never_panics(text in "(/waterline |/wl |diagnose|--run|[`>\\[\\]()<!\"'\\\\\n ]|\\PC){0,40}") {
        let _ = parse(&text);
    }
}
