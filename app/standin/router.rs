//! The table of routes. Each noun's file has its own rows; a row says method, path, what the caller must hold, and
//! the function that answers. `find` takes the row with the most literal segments.

use percent_encoding::percent_decode_str;

use crate::call::Call;
use crate::permission::Level;
use crate::reply::Answer;
use crate::template;
use crate::world::World;

/// A fine-grained permission and the level needed.
pub(crate) type Grant = (&'static str, Level);

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Need {
    /// Nothing.
    Anybody,
    /// The App's JWT; no token will do.
    Jwt,
    /// Any token.
    Token,
    /// An installation's token.
    Installation,
    /// A token for the repository in the path with one of these permissions.
    Repository(&'static [Grant]),
    /// The same, and only an App or a workflow may: a person may not.
    Apps(&'static [Grant]),
    /// Issues at this level; for what belongs to a pull request, Pull requests serves as well.
    Subject(Level),
    /// A permission in the organisation in the path.
    Organization(Grant),
}

/// One row.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) need: Need,
    pub(crate) answer: fn(&mut World, &Call) -> Answer,
}

impl Route {
    pub(crate) const fn new(
        method: &'static str,
        path: &'static str,
        need: Need,
        answer: fn(&mut World, &Call) -> Answer,
    ) -> Self {
        Self {
            method,
            path,
            need,
            answer,
        }
    }
}

/// Every noun's rows.
pub(crate) const ALL: &[&[Route]] = &[
    crate::app::ROUTES,
    crate::artifact::ROUTES,
    crate::check_run::ROUTES,
    crate::comment::ROUTES,
    crate::commit::ROUTES,
    crate::compare::ROUTES,
    crate::content::ROUTES,
    crate::delivery::ROUTES,
    crate::deployment::ROUTES,
    crate::environment::ROUTES,
    crate::gate::ROUTES,
    crate::graphql::ROUTES,
    crate::installation::ROUTES,
    crate::issue::ROUTES,
    crate::job::ROUTES,
    crate::label::ROUTES,
    crate::manifest::ROUTES,
    crate::pull_request::ROUTES,
    crate::rate::ROUTES,
    crate::reaction::ROUTES,
    crate::repository::ROUTES,
    crate::review::ROUTES,
    crate::run::ROUTES,
    crate::status::ROUTES,
    crate::team::ROUTES,
    crate::timeline::ROUTES,
    crate::user::ROUTES,
];

/// The operations that the stand-in knows, as method and path template: for the README and for tests.
#[must_use]
pub fn operations() -> Vec<(&'static str, &'static str)> {
    rows().map(|route| (route.method, route.path)).collect()
}

fn rows() -> impl Iterator<Item = &'static Route> {
    ALL.iter().flat_map(|rows| rows.iter())
}

/// The route for a request and the decoded values of its placeholders.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Route, Vec<(String, String)>)> {
    rows()
        .filter(|route| route.method == method)
        .filter_map(|route| Some((route, template::matches(route.path, path)?)))
        .max_by_key(|(route, _)| template::literals(route.path))
        .map(|(route, found)| {
            let params = found
                .into_iter()
                .map(|(name, value)| {
                    let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
                    (name.to_owned(), value)
                })
                .collect();
            (route, params)
        })
}
