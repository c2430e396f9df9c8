//! The words of an expression: names, numbers, texts and signs, each with its place.
//!
//! One pass, no recursion, and nothing is kept that cannot be part of an expression.

use super::Wrong;

/// A word of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Name(String),
    Number(i64),
    Text(String),
    Sign(&'static str),
    End,
}

/// The signs, longer ones first.
const SIGNS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", ",", ".",
    "(", ")", "[", "]",
];

/// Splits an expression into its words; `at` counts characters from 0.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, Wrong> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let start = at;
        let token = if c.is_ascii_alphabetic() || c == '_' {
            let name = taken(&chars, &mut at, |c| c.is_ascii_alphanumeric() || c == '_');
            Token::Name(name)
        } else if c.is_ascii_digit() {
            let number = taken(&chars, &mut at, |c| c.is_ascii_alphanumeric());
            let number = number.parse();
            Token::Number(number.map_err(|_| Wrong::new(start, "only whole numbers are known"))?)
        } else if c == '"' || c == '\'' {
            Token::Text(quoted(&chars, &mut at, c)?)
        } else {
            let here = |sign: &&&str| {
                sign.chars()
                    .eq(chars[at..].iter().copied().take(sign.len()))
            };
            let sign = SIGNS.iter().find(here).ok_or_else(|| {
                Wrong::new(start, format!("`{}` is no sign of CEL", c.escape_debug()))
            })?;
            at += sign.len();
            Token::Sign(sign)
        };
        found.push((token, start));
    }
    found.push((Token::End, chars.len()));
    Ok(found)
}

fn taken(chars: &[char], at: &mut usize, fits: impl Fn(char) -> bool) -> String {
    let word: String = chars[*at..]
        .iter()
        .copied()
        .take_while(|c| fits(*c))
        .collect();
    *at += word.len();
    word
}

fn quoted(chars: &[char], at: &mut usize, quote: char) -> Result<String, Wrong> {
    let start = *at;
    let mut text = String::new();
    *at += 1;
    while let Some(&c) = chars.get(*at) {
        *at += 1;
        match c {
            _ if c == quote => return Ok(text),
            '\\' => {
                let escaped = chars.get(*at).copied();
                *at += 1;
                text.push(match escaped {
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some('t') => '\t',
                    Some(c @ ('\\' | '"' | '\'' | '`' | '?')) => c,
                    _ => return Err(Wrong::new(*at - 2, "this escape is not known")),
                });
            }
            c => text.push(c),
        }
    }
    Err(Wrong::new(start, "this text has no end"))
}
