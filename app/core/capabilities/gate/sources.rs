//! Where facts come from: for each source the events of GitHub that change it, and the permission
//! that reading it needs.
//!
//! One table. What a rule rests on it names by these sources, and everything else about them
//! follows.

/// A source of facts, by the name under which an error of it stands in the facts.
pub(super) struct Source {
    /// Its name.
    pub(super) name: &'static str,
    /// The events of GitHub after which it may say something else.
    pub(super) events: &'static [&'static str],
    /// The permissions that reading it needs, with their level.
    pub(super) permissions: &'static [(&'static str, &'static str)],
    /// True where no event tells of a change, so that it is asked again from time to time.
    pub(super) polled: bool,
}

const fn told(
    name: &'static str,
    events: &'static [&'static str],
    permissions: &'static [(&'static str, &'static str)],
) -> Source {
    Source {
        name,
        events,
        permissions,
        polled: false,
    }
}

const fn polled(
    name: &'static str,
    permissions: &'static [(&'static str, &'static str)],
) -> Source {
    Source {
        name,
        events: &[],
        permissions,
        polled: true,
    }
}

/// All sources.
pub(super) const SOURCES: &[Source] = &[
    told("range", &["push"], &[("contents", "read")]),
    told("prs", &["pull_request"], &[("pull_requests", "read")]),
    told("commits", &["push"], &[("contents", "read")]),
    told(
        "reviews",
        &["pull_request_review"],
        &[("pull_requests", "read")],
    ),
    told("codeowners", &["push"], &[("contents", "read")]),
    told(
        "checks",
        &["check_run", "status"],
        &[("checks", "read"), ("statuses", "read")],
    ),
    told("labels", &["pull_request"], &[("pull_requests", "read")]),
    told("issues", &["issues"], &[("issues", "read")]),
    told("incidents", &["issues"], &[("issues", "read")]),
    told(
        "previous",
        &["deployment_status"],
        &[("deployments", "read")],
    ),
    told(
        "deployments",
        &["deployment_status"],
        &[("deployments", "read")],
    ),
    told("calendar", &["push"], &[("contents", "read")]),
    polled(
        "preflight",
        &[("environments", "read"), ("secrets", "read")],
    ),
    polled("tls", &[]),
    polled("budget", &[]),
    told("overrides", &["issue_comment"], &[("issues", "read")]),
    polled("team", &[("members", "read")]),
];

/// The source of this name.
#[must_use]
pub(super) fn source(name: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.name == name)
}
