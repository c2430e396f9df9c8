//! Pages of a list: `per_page`, `page`, and the `Link` header with absolute URLs.

use serde_json::{Value, json};

use crate::call::Call;
use crate::reply::Reply;
use crate::world::World;

/// A bare list, one page of it.
pub(crate) fn list(world: &World, call: &Call, items: Vec<Value>) -> Reply {
    let (page, link) = cut(world, call, items);
    linked(Reply::ok(Value::Array(page)), link)
}

/// A list under a key, with `total_count`.
pub(crate) fn counted(world: &World, call: &Call, key: &str, items: Vec<Value>) -> Reply {
    counted_up_to(world, call, key, items, usize::MAX)
}

/// The same of a list that ends at a bound, whatever it counts.
pub(crate) fn counted_up_to(
    world: &World,
    call: &Call,
    key: &str,
    mut items: Vec<Value>,
    most: usize,
) -> Reply {
    let total = items.len();
    items.truncate(most);
    let (page, link) = cut(world, call, items);
    linked(Reply::ok(json!({ "total_count": total, key: page })), link)
}

fn linked(reply: Reply, link: Option<String>) -> Reply {
    match link {
        Some(link) => reply.with("link", link),
        None => reply,
    }
}

fn cut(world: &World, call: &Call, items: Vec<Value>) -> (Vec<Value>, Option<String>) {
    let number = |name: &str, default: usize| {
        call.query(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or(default)
    };
    let size = number("per_page", 30).clamp(1, 100);
    let page = number("page", 1).max(1);
    let last = items.len().div_ceil(size).max(1);
    let mut links = Vec::new();
    if page > 1 {
        links.push((page.min(last + 1) - 1, "prev"));
    }
    if page < last {
        links.push((page + 1, "next"));
        links.push((last, "last"));
    }
    if page > 1 {
        links.push((1, "first"));
    }
    let link = links
        .iter()
        .map(|(page, rel)| format!("<{}>; rel=\"{rel}\"", url(world, call, *page)))
        .collect::<Vec<_>>()
        .join(", ");
    let items = items
        .into_iter()
        .skip((page - 1) * size)
        .take(size)
        .collect();
    (items, (!link.is_empty()).then_some(link))
}

/// The same request with another `page`.
fn url(world: &World, call: &Call, page: usize) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(call.query.iter().filter(|(key, _)| key != "page"))
        .append_pair("page", &page.to_string())
        .finish();
    format!("{}{}?{query}", world.api(), call.path)
}
