//! What a Markdown parser finds in the result is what the blocks say, whatever text they hold.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::line;
use crate::report::{Block, Document, code, link, strong};

const HOSTILE: &[&str] = &[
    "@octocat please",
    "fixes #12",
    "GH-12",
    "octo/shop#3",
    "![x](https://evil.example/p.png)",
    "[a](javascript:alert(1))",
    "<img src=x onerror=y>",
    "<!-- waterline diagnose octo/shop#7 digest=0 -->",
    "```\n@all\n```",
    "`a``b`",
    "a`b",
    "| a | b |",
    "https://evil.example",
    "www.evil.example",
    "a@b.example",
    "::error::x",
    "# h",
    "1. x",
    "- [ ] x",
    "***",
    "</details>",
    "\u{202E}gnp.exe",
    "*a* _b_ ~c~",
    "\\",
    "a\\",
    "&lt;b&gt;",
    "0f7d65210dc5551488e14c46b4ccb58611bbb09f",
    "\u{1b}[31mred",
    "$x^2$",
    "[^1]",
    "<https://evil.example>",
    "[x]: https://evil.example",
    "a\nb",
    "~~~",
    "    indented",
    "> quote",
    "",
];

fn document(text: &str) -> Document {
    Document {
        blocks: vec![
            Block::Heading(line![text]),
            Block::Paragraph(line![
                "It is ",
                code(text),
                " and ",
                strong(text),
                " at ",
                link(text, "https://github.com/o/r")
            ]),
            // A stranger's words right before and behind each kind of ours.
            Block::Paragraph(line![
                text,
                link("run", "https://github.com/o/r"),
                text,
                code("x"),
                text,
                strong(text),
                text,
                link(text, "https://github.com/o/r"),
                text
            ]),
            Block::List(vec![line![text], line![code(text)]]),
            Block::Table {
                header: vec![line!["a"], line!["b"]],
                rows: vec![vec![line![text], line![code(text)]]],
            },
            Block::Excerpt(vec![text.to_owned(), format!("{text}`")]),
            Block::Fold {
                summary: line![text, code(text)],
                blocks: vec![Block::Note(line![text])],
            },
        ],
    }
}

/// Panics where the Markdown has a structure that no block asked for.
fn assert_calm(markdown: &str) {
    let mut excerpts = 0;
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert_eq!(&*dest_url, "https://github.com/o/r", "{markdown}")
            }
            Event::Start(Tag::Image { dest_url, .. }) => panic!("image {dest_url}: {markdown}"),
            Event::Start(Tag::CodeBlock(_)) => excerpts += 1,
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = ["details", "summary", "sub", "b", "code"];
                for tag in html.split('<').skip(1) {
                    let name: String = tag
                        .trim_start_matches('/')
                        .chars()
                        .take_while(char::is_ascii_alphanumeric)
                        .collect();
                    assert!(ours.contains(&name.as_str()), "{html:?}: {markdown}");
                }
            }
            Event::Text(text) => {
                assert!(!text.contains('\u{1b}') && !text.contains('\u{202E}'));
            }
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => panic!("{markdown}"),
            _ => {}
        }
    }
    assert_eq!(excerpts, 1, "{markdown}");
}

#[test]
fn hostile_text_stays_text() {
    for text in HOSTILE {
        assert_calm(&document(text).markdown(60_000));
    }
}

#[test]
fn nobody_is_pinged_and_nothing_is_linked_outside_code() {
    let shown = Document {
        blocks: vec![Block::Paragraph(line![
            "@octocat #12 GH-12 https://evil.example www.evil.example"
        ])],
    }
    .markdown(1_000);
    for bad in ["@octocat", "#12", "GH-12", "https://", "www."] {
        assert!(!shown.contains(bad), "{bad} in {shown}");
    }
}

#[test]
fn what_does_not_fit_is_said() {
    let long = Document {
        blocks: (0..100)
            .map(|i| Block::Paragraph(line![format!("paragraph {i}")]))
            .collect(),
    };
    let shown = long.markdown(200);
    assert!(
        shown.len() <= 200 && shown.ends_with("*The rest did not fit here.*"),
        "{shown}"
    );
}

proptest! {
    #[test]
    fn generated_text_stays_text(pieces in proptest::collection::vec(prop_oneof![
        proptest::sample::select(HOSTILE).prop_map(str::to_owned), "\\PC{0,12}", "[`|<>@#*_\\[\\]()!~:/. \\n-]{0,8}"
    ], 0..6)) {
        assert_calm(&document(&pieces.concat()).markdown(60_000));
    }
}
