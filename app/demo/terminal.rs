//! What was posted, as a person would see it: GitHub's Markdown drawn for a terminal.

use std::io::IsTerminal as _;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::say::say;

/// Colours where somebody looks, plain text in a pipe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    colour: bool,
}

impl Terminal {
    /// Standard output.
    pub(crate) fn stdout() -> Self {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { colour }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// Something happens in the story.
    pub(crate) fn scene(self, text: &str) {
        say(&format!("\n{}", self.paint("1", &format!("▸ {text}"))));
    }

    /// What came of it.
    pub(crate) fn aside(self, text: &str) {
        say(&format!("  {}", self.paint("2", text)));
    }

    /// A comment in a frame, with who said it.
    pub(crate) fn comment(self, title: &str, markdown: &str) {
        say(&format!("  {}", self.paint("36", &format!("╭─ {title}"))));
        for line in self.draw(markdown).lines() {
            say(&format!("  {} {line}", self.paint("36", "│")));
        }
        say(&format!("  {}", self.paint("36", "╰─")));
    }

    fn draw(self, markdown: &str) -> String {
        let mut page = Page {
            terminal: self,
            text: String::new(),
            indent: String::new(),
            code: false,
            strong: false,
            cells: 0,
        };
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            page.draw(event);
        }
        let zero_width = ['\u{200B}'];
        page.text.replace(zero_width, "").trim_end().to_owned()
    }
}

struct Page {
    terminal: Terminal,
    text: String,
    indent: String,
    code: bool,
    strong: bool,
    cells: usize,
}

impl Page {
    fn draw(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => self.code = true,
            Event::End(TagEnd::CodeBlock) => {
                self.code = false;
                self.text.push('\n');
            }
            Event::Start(Tag::Strong) => self.strong = true,
            Event::End(TagEnd::Strong) => self.strong = false,
            Event::Start(Tag::Item) => self.text.push_str("• "),
            Event::End(TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead) => {
                self.text.push('\n');
                self.cells = 0;
            }
            Event::Start(Tag::TableCell) => {
                self.text
                    .push_str(if self.cells > 0 { "  │  " } else { "  " });
                self.cells += 1;
            }
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::List(_) | TagEnd::Table,
            ) => self.text.push_str("\n\n"),
            Event::Text(text) if self.code => {
                for line in text.lines() {
                    self.text
                        .push_str(&self.terminal.paint("33", &format!("    {line}")));
                    self.text.push('\n');
                }
            }
            Event::Text(text) => {
                let text = if self.strong {
                    self.terminal.paint("1", &text)
                } else {
                    text.into_string()
                };
                self.text.push_str(&text);
            }
            Event::Code(code) => self.text.push_str(&self.terminal.paint("33", &code)),
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            _ => {}
        }
    }

    /// Folds are shown open, under a small triangle; the marker is not shown at all.
    fn html(&mut self, html: &str) {
        let html = html.trim();
        if let Some(summary) = html.strip_prefix("<details><summary>") {
            self.indent.push_str("  ");
            let summary = summary.trim_end_matches("</summary>");
            let summary = ["<b>", "</b>", "<code>", "</code>"]
                .iter()
                .fold(summary.to_owned(), |s, tag| s.replace(tag, ""));
            self.text.push_str(&format!("▸ {}\n", unescaped(&summary)));
        }
    }
}

/// The few entities that our own renderer writes.
fn unescaped(html: &str) -> String {
    let mut out = html.to_owned();
    for (entity, text) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#46;", "."),
        ("&#45;", "-"),
        ("&#95;", "_"),
        ("&#42;", "*"),
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, text);
    }
    out
}
