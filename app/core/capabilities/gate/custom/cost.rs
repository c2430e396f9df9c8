//! What an expression costs at most with facts of some size, known before it runs: loops by the
//! longest list that there is, texts by the longest text.

use super::super::facts::Facts;
use super::check::{Does, Node};
use super::schema::Type;

/// The steps that a rule may take over all pull requests: some tens of milliseconds.
pub(in super::super) const STEPS: u64 = 2_000_000;

/// How many steps an expression takes at most.
pub(super) fn steps(node: &Node, facts: &Facts) -> u64 {
    cost(node, &Sizes::of(facts)).steps
}

/// How large the lists and texts of some facts are at most.
struct Sizes {
    items: u64,
    bytes: u64,
}

impl Sizes {
    fn of(facts: &Facts) -> Self {
        let of_pulls = facts
            .prs
            .iter()
            .map(|pr| pr.files.len().max(pr.labels.len()));
        let commits: usize = facts.prs.iter().map(|pr| pr.commits.len()).sum();
        let items = of_pulls.max().unwrap_or(0).max(facts.prs.len());
        let items = items.max(commits + facts.range.direct_commits.len());
        let titles = facts.prs.iter().map(|pr| pr.title.len());
        Self {
            items: items as u64,
            // Paths are bounded by git, titles by GitHub; a longer one makes all seem as long.
            bytes: titles.max().unwrap_or(0).max(4_096) as u64,
        }
    }
}

/// What a piece costs at most, and how large what comes out of it is.
struct Cost {
    steps: u64,
    items: u64,
    bytes: u64,
}

impl Cost {
    fn of(sizes: &Sizes) -> Self {
        Self {
            steps: 1,
            items: sizes.items,
            bytes: sizes.bytes,
        }
    }
}

fn cost(node: &Node, sizes: &Sizes) -> Cost {
    let mut whole = Cost::of(sizes);
    let mut add = |inner: &Node| {
        let inner = cost(inner, sizes);
        whole.steps = whole.steps.saturating_add(inner.steps);
        inner
    };
    match &node.does {
        Does::Bool(_) | Does::Number(_) | Does::Time(_) | Does::Span(_) => {}
        Does::Root(_) | Does::Variable(_) => {}
        Does::Text(text) => whole.bytes = text.len() as u64,
        Does::Field(of, _) => {
            add(of);
            // A list of pull requests or commits is built anew.
            if matches!(node.kind, Type::List(_)) {
                whole.steps = whole.steps.saturating_add(sizes.items);
            }
        }
        Does::List(items) => {
            let inner: Vec<Cost> = items.iter().map(&mut add).collect();
            whole.items = items.len() as u64;
            whole.bytes = inner.iter().map(|c| c.bytes).max().unwrap_or(0);
        }
        Does::Not(of) | Does::Minus(of) | Does::Size(of) | Does::Part(_, of, _) => {
            add(of);
        }
        Does::Matches(of, _) => {
            let of = add(of);
            whole.steps = whole.steps.saturating_add(of.bytes / 8);
        }
        Does::And(a, b) | Does::Or(a, b) => {
            add(a);
            add(b);
        }
        Does::Compare(_, a, b) | Does::Test(_, a, b) | Does::Count(_, a, b) => {
            let (a, b) = (add(a), add(b));
            let bytes = a.bytes.saturating_add(b.bytes);
            if matches!(node.does, Does::Count(..)) {
                whole.bytes = bytes;
            }
            whole.steps = whole.steps.saturating_add(bytes / 1_024);
        }
        _ => return several(node, sizes),
    }
    whole
}

/// The same for what has several lists or branches within.
fn several(node: &Node, sizes: &Sizes) -> Cost {
    let mut whole = Cost::of(sizes);
    let mut add = |inner: &Node| {
        let inner = cost(inner, sizes);
        whole.steps = whole.steps.saturating_add(inner.steps);
        inner
    };
    match &node.does {
        Does::In(a, b) => {
            add(a);
            let b = add(b);
            whole.steps = whole.steps.saturating_add(b.items);
        }
        Does::Choice(a, b, c) => {
            add(a);
            let (b, c) = (add(b), add(c));
            whole.items = b.items.max(c.items);
            whole.bytes = b.bytes.max(c.bytes);
        }
        Does::Loop(_, list, body) => {
            let list = add(list);
            let body = cost(body, sizes);
            let each = body.steps.saturating_add(1);
            whole.steps = whole.steps.saturating_add(list.items.saturating_mul(each));
            whole.items = list.items;
            whole.bytes = list.bytes.max(body.bytes);
        }
        _ => {}
    }
    whole
}
