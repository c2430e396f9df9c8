//! An expression as it is written, as a tree: the grammar of CEL without maps, bytes, fractions
//! and messages.
//!
//! Trees are kept shallow and small while they are built, so that nothing that walks one later
//! can run out of stack.

use super::Wrong;
use super::token::{Token, tokens};

/// The deepest tree.
const DEPTH: usize = 48;

/// The most nodes of a tree.
const NODES: usize = 1_000;

/// A piece of an expression, with its place in characters from 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    pub(super) kind: Kind,
    pub(super) at: usize,
    depth: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Bool(bool),
    Number(i64),
    Text(String),
    Name(String),
    List(Vec<Written>),
    Field(Box<Written>, String),
    Call(Option<Box<Written>>, String, Vec<Written>),
    Unary(&'static str, Box<Written>),
    Binary(&'static str, Box<Written>, Box<Written>),
    Choice(Box<Written>, Box<Written>, Box<Written>),
}

/// Signs between two operands, the loosest first.
const LEVELS: &[&[&str]] = &[
    &["||"],
    &["&&"],
    &["==", "!=", "<=", ">=", "<", ">", "in"],
    &["+", "-"],
    &["*", "/", "%"],
];

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Written, Wrong> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        nodes: 0,
        open: 0,
    };
    let whole = parser.expression()?;
    match parser.peek() {
        Token::End => Ok(whole),
        _ => Err(parser.unexpected()),
    }
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    nodes: usize,
    /// How many expressions are being read within each other.
    open: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(t, _)| t)
    }

    fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |(_, at)| *at)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is = matches!(self.peek(), Token::Sign(s) if *s == sign);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, sign: &str) -> Result<(), Wrong> {
        if self.takes(sign) {
            return Ok(());
        }
        let found = self.shown();
        Err(Wrong::new(
            self.place(),
            format!("`{sign}` is expected here, not {found}"),
        ))
    }

    fn shown(&self) -> String {
        match self.peek() {
            Token::Name(name) => format!("`{name}`"),
            Token::Number(number) => format!("`{number}`"),
            Token::Text(_) => "a text".to_owned(),
            Token::Sign(sign) => format!("`{sign}`"),
            Token::End => "the end".to_owned(),
        }
    }

    fn unexpected(&self) -> Wrong {
        let found = self.shown();
        Wrong::new(self.place(), format!("{found} is not expected here"))
    }

    fn node(&mut self, at: usize, kind: Kind) -> Result<Written, Wrong> {
        self.nodes += 1;
        let depth = 1 + deepest(&kind);
        if depth > DEPTH || self.nodes > NODES {
            return Err(Wrong::new(at, "the expression is too large or too deep"));
        }
        Ok(Written { kind, at, depth })
    }

    fn expression(&mut self) -> Result<Written, Wrong> {
        if self.open >= DEPTH {
            return Err(Wrong::new(self.place(), "the expression is too deep"));
        }
        self.open += 1;
        let condition = self.level(0)?;
        let whole = if self.takes("?") {
            let yes = self.expression()?;
            self.expect(":")?;
            let no = self.expression()?;
            let at = condition.at;
            let kind = Kind::Choice(Box::new(condition), Box::new(yes), Box::new(no));
            self.node(at, kind)?
        } else {
            condition
        };
        self.open -= 1;
        Ok(whole)
    }

    fn level(&mut self, level: usize) -> Result<Written, Wrong> {
        let Some(signs) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.level(level + 1)?;
        loop {
            let word = match self.peek() {
                Token::Sign(sign) => sign,
                Token::Name(name) => name.as_str(),
                _ => return Ok(left),
            };
            let Some(sign) = signs.iter().find(|sign| **sign == word) else {
                return Ok(left);
            };
            let at = self.place();
            self.at += 1;
            let right = self.level(level + 1)?;
            left = self.node(at, Kind::Binary(sign, Box::new(left), Box::new(right)))?;
        }
    }

    fn unary(&mut self) -> Result<Written, Wrong> {
        let at = self.place();
        let mut signs = Vec::new();
        while let Token::Sign(sign @ ("!" | "-")) = self.peek() {
            signs.push(*sign);
            self.at += 1;
        }
        let mut value = self.member()?;
        for sign in signs.into_iter().rev() {
            value = self.node(at, Kind::Unary(sign, Box::new(value)))?;
        }
        Ok(value)
    }

    fn member(&mut self) -> Result<Written, Wrong> {
        let mut value = self.primary()?;
        while self.takes(".") {
            let at = self.place();
            let Token::Name(name) = self.next() else {
                return Err(Wrong::new(at, "a name is expected behind the dot"));
            };
            let kind = if self.takes("(") {
                Kind::Call(Some(Box::new(value)), name, self.list(")")?)
            } else {
                Kind::Field(Box::new(value), name)
            };
            value = self.node(at, kind)?;
        }
        Ok(value)
    }

    fn primary(&mut self) -> Result<Written, Wrong> {
        let at = self.place();
        let kind = match self.next() {
            Token::Number(number) => Kind::Number(number),
            Token::Text(text) => Kind::Text(text),
            Token::Name(name) => match name.as_str() {
                "true" => Kind::Bool(true),
                "false" => Kind::Bool(false),
                _ if self.takes("(") => Kind::Call(None, name, self.list(")")?),
                _ => Kind::Name(name),
            },
            Token::Sign("(") => {
                let inner = self.expression()?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Sign("[") => Kind::List(self.list("]")?),
            _ => {
                self.at -= 1;
                return Err(self.unexpected());
            }
        };
        self.node(at, kind)
    }

    fn list(&mut self, end: &str) -> Result<Vec<Written>, Wrong> {
        let mut items = Vec::new();
        if self.takes(end) {
            return Ok(items);
        }
        loop {
            items.push(self.expression()?);
            if self.takes(end) {
                return Ok(items);
            }
            self.expect(",")?;
        }
    }
}

fn deepest(kind: &Kind) -> usize {
    match kind {
        Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) | Kind::Name(_) => 0,
        Kind::List(items) => items.iter().map(|i| i.depth).max().unwrap_or(0),
        Kind::Field(of, _) | Kind::Unary(_, of) => of.depth,
        Kind::Call(of, _, arguments) => {
            let all = of.iter().map(AsRef::as_ref).chain(arguments);
            all.map(|a| a.depth).max().unwrap_or(0)
        }
        Kind::Binary(_, left, right) => left.depth.max(right.depth),
        Kind::Choice(a, b, c) => a.depth.max(b.depth).max(c.depth),
    }
}
