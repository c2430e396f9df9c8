//! The check of an expression before it ever runs: only names that exist, only types that fit,
//! at most two loops within each other, and in the end true or false.
//!
//! What passes is a tree in which every name has become what it stands for.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use super::Wrong;
use super::parse::{Kind, Written};
use super::schema::{FIELDS, Field, ROOTS, Root, Type};
use super::verbs::{self, Compare, Count, Loop, Part, Test};

/// Loops within each other.
const LOOPS: usize = 2;

/// A checked piece of an expression.
pub(super) struct Node {
    pub(super) does: Does,
    pub(super) kind: Type,
}

/// What a piece does.
pub(super) enum Does {
    Bool(bool),
    Number(i64),
    Text(String),
    Time(Timestamp),
    Span(SignedDuration),
    List(Vec<Node>),
    Root(Root),
    /// The variable of a loop, counted from the outermost.
    Variable(usize),
    Field(Box<Node>, &'static Field),
    Not(Box<Node>),
    Minus(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Compare(Compare, Box<Node>, Box<Node>),
    Count(Count, Box<Node>, Box<Node>),
    In(Box<Node>, Box<Node>),
    Choice(Box<Node>, Box<Node>, Box<Node>),
    Size(Box<Node>),
    Test(Test, Box<Node>, Box<Node>),
    Matches(Box<Node>, Regex),
    Part(Part, Box<Node>, TimeZone),
    Loop(Loop, Box<Node>, Box<Node>),
}

/// Checks a whole expression.
pub(super) fn check(written: &Written) -> Result<Checked, Wrong> {
    let mut checker = Checker {
        variables: Vec::new(),
        sources: Vec::new(),
        roots: Vec::new(),
    };
    let node = checker.node(written)?;
    wants(written, &node, Type::Bool)?;
    Ok(Checked {
        node,
        sources: checker.sources,
        roots: checker.roots,
    })
}

/// A checked expression, and what it rests on.
pub(super) struct Checked {
    pub(super) node: Node,
    /// The sources of facts that it needs.
    pub(super) sources: Vec<&'static str>,
    /// The roots that it begins with.
    pub(super) roots: Vec<Root>,
}

/// Refuses a type that is not the one that is needed.
pub(super) fn wants(written: &Written, node: &Node, kind: Type) -> Result<(), Wrong> {
    if node.kind == kind {
        return Ok(());
    }
    let (is, want) = (node.kind.word(), kind.word());
    Err(Wrong::new(
        written.at,
        format!("this is {is}; {want} is needed"),
    ))
}

pub(super) struct Checker {
    variables: Vec<(String, Type)>,
    sources: Vec<&'static str>,
    roots: Vec<Root>,
}

impl Checker {
    pub(super) fn node(&mut self, written: &Written) -> Result<Node, Wrong> {
        let made = |does, kind| Ok(Node { does, kind });
        match &written.kind {
            Kind::Bool(value) => made(Does::Bool(*value), Type::Bool),
            Kind::Number(value) => made(Does::Number(*value), Type::Number),
            Kind::Text(value) => made(Does::Text(value.clone()), Type::Text),
            Kind::Name(name) => self.name(written, name),
            Kind::List(items) => self.list(written, items),
            Kind::Field(of, name) => self.field(written, of, name),
            Kind::Unary("!", of) => {
                let node = self.wanted(of, Type::Bool)?;
                made(Does::Not(Box::new(node)), Type::Bool)
            }
            Kind::Unary(_, of) => {
                let node = self.wanted(of, Type::Number)?;
                made(Does::Minus(Box::new(node)), Type::Number)
            }
            Kind::Binary(sign, left, right) => self.binary(written, sign, left, right),
            Kind::Choice(condition, yes, no) => {
                let condition = self.wanted(condition, Type::Bool)?;
                let yes = self.node(yes)?;
                let no_node = self.wanted(no, yes.kind)?;
                let kind = yes.kind;
                let (condition, yes) = (Box::new(condition), Box::new(yes));
                made(Does::Choice(condition, yes, Box::new(no_node)), kind)
            }
            Kind::Call(None, name, arguments) => verbs::function(self, written, name, arguments),
            Kind::Call(Some(of), name, arguments) => match verbs::looping(name) {
                Some(looping) => self.looping(written, looping, of, arguments),
                None => {
                    let of = self.node(of)?;
                    verbs::method(self, written, of, name, arguments)
                }
            },
        }
    }

    pub(super) fn wanted(&mut self, written: &Written, kind: Type) -> Result<Node, Wrong> {
        let node = self.node(written)?;
        wants(written, &node, kind)?;
        Ok(node)
    }

    fn name(&mut self, written: &Written, name: &str) -> Result<Node, Wrong> {
        if let Some(at) = self.variables.iter().rposition(|(own, _)| own == name) {
            let kind = self.variables[at].1;
            let does = Does::Variable(at);
            return Ok(Node { does, kind });
        }
        match ROOTS.iter().find(|(own, _, _)| *own == name) {
            Some((_, root, kind)) => {
                if !self.roots.contains(root) {
                    self.roots.push(*root);
                }
                if *root == Root::Pull {
                    self.needs(Some("prs"));
                }
                let (does, kind) = (Does::Root(*root), *kind);
                Ok(Node { does, kind })
            }
            None => {
                let known: Vec<&str> = ROOTS.iter().map(|(own, _, _)| *own).collect();
                Err(Wrong::unknown(written.at, "name", name, &known))
            }
        }
    }

    fn needs(&mut self, source: Option<&'static str>) {
        let new = source.filter(|s| !self.sources.contains(s));
        self.sources.extend(new);
    }

    fn field(&mut self, written: &Written, of: &Written, name: &str) -> Result<Node, Wrong> {
        let of = self.node(of)?;
        let own = || FIELDS.iter().filter(|f| f.of == of.kind);
        let Some(field) = own().find(|f| f.name == name) else {
            let known: Vec<&str> = own().map(|f| f.name).collect();
            let what = format!("field of {}", of.kind.word());
            return Err(Wrong::unknown(written.at, &what, name, &known));
        };
        self.needs(field.source);
        Ok(Node {
            kind: field.kind,
            does: Does::Field(Box::new(of), field),
        })
    }

    fn list(&mut self, written: &Written, items: &[Written]) -> Result<Node, Wrong> {
        let Some((first, rest)) = items.split_first() else {
            return Err(Wrong::new(written.at, "an empty list says nothing"));
        };
        let first_node = self.node(first)?;
        let kind = first_node.kind;
        let Some(list) = kind.list() else {
            return Err(Wrong::new(first.at, "a list of these is not known"));
        };
        let mut nodes = vec![first_node];
        for item in rest {
            nodes.push(self.wanted(item, kind)?);
        }
        let (does, kind) = (Does::List(nodes), list);
        Ok(Node { does, kind })
    }

    fn binary(
        &mut self,
        written: &Written,
        sign: &str,
        left: &Written,
        right: &Written,
    ) -> Result<Node, Wrong> {
        let made = |does, kind| Ok(Node { does, kind });
        if let "&&" | "||" = sign {
            let left = Box::new(self.wanted(left, Type::Bool)?);
            let right = Box::new(self.wanted(right, Type::Bool)?);
            let does = match sign {
                "&&" => Does::And(left, right),
                _ => Does::Or(left, right),
            };
            return made(does, Type::Bool);
        }
        let left_node = Box::new(self.node(left)?);
        let right_node = Box::new(self.node(right)?);
        if sign == "in" {
            let list = left_node.kind.list();
            if list.is_none_or(|list| list != right_node.kind) {
                return Err(Wrong::new(
                    right.at,
                    "behind `in` a list of the same kind is needed",
                ));
            }
            return made(Does::In(left_node, right_node), Type::Bool);
        }
        if let Some(compare) = verbs::compare(sign) {
            wants(right, &right_node, left_node.kind)?;
            if !compare.fits(left_node.kind) {
                return Err(Wrong::new(
                    written.at,
                    format!("`{sign}` does not fit {}", left_node.kind.word()),
                ));
            }
            return made(Does::Compare(compare, left_node, right_node), Type::Bool);
        }
        match verbs::count(sign, left_node.kind, right_node.kind) {
            Some((count, kind)) => made(Does::Count(count, left_node, right_node), kind),
            None => Err(Wrong::new(
                written.at,
                format!(
                    "`{sign}` does not fit {} and {}",
                    left_node.kind.word(),
                    right_node.kind.word()
                ),
            )),
        }
    }

    fn looping(
        &mut self,
        written: &Written,
        looping: Loop,
        of: &Written,
        arguments: &[Written],
    ) -> Result<Node, Wrong> {
        let list = self.node(of)?;
        let Type::List(item) = list.kind else {
            return Err(Wrong::new(of.at, "only a list can be looked through"));
        };
        let [
            Written {
                kind: Kind::Name(name),
                ..
            },
            body,
        ] = arguments
        else {
            return Err(Wrong::new(
                written.at,
                "a name and an expression are needed, such as `exists(file, file == \"a\")`",
            ));
        };
        if self.variables.len() >= LOOPS {
            return Err(Wrong::new(
                written.at,
                "at most two loops may stand within each other",
            ));
        }
        self.variables.push((name.clone(), *item));
        let body_node = self.node(body);
        self.variables.pop();
        let body_node = body_node?;
        let kind = match looping {
            Loop::Map => body_node
                .kind
                .list()
                .ok_or_else(|| Wrong::new(body.at, "a list of these is not known"))?,
            _ => {
                wants(body, &body_node, Type::Bool)?;
                match looping {
                    Loop::Filter => list.kind,
                    _ => Type::Bool,
                }
            }
        };
        let does = Does::Loop(looping, Box::new(list), Box::new(body_node));
        Ok(Node { does, kind })
    }
}
