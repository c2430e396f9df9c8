//! What to do about what GitHub, the runner and the system say: rights, inputs, limits, and the
//! exit codes that a system gives.

use crate::suggest::Advice;

/// What GitHub and the runner want done.
pub(crate) static RIGHTS: &[Advice] = &[
    Advice::say(
        r"Resource not accessible by integration.*/rest/(?:reference/)?issues",
        "The job's token may not do this. Give the job `permissions:` with `issues: write`, or `pull-requests: write` if it is a pull request.",
    ),
    Advice::say(
        r"Resource not accessible by integration.*/rest/(?:reference/)?pulls",
        "The job's token may not do this. Give the job `permissions:` with `pull-requests: write`.",
    ),
    Advice::say(
        r"Resource not accessible by integration.*/rest/(?:reference/)?(?P<what>checks|deployments|pages|packages|actions)",
        "The job's token may not do this. Give the job `permissions:` with `{what}: write`.",
    ),
    Advice::say(
        r"Resource not accessible by integration.*/rest/(?:reference/)?commits/statuses",
        "The job's token may not do this. Give the job `permissions:` with `statuses: write`.",
    ),
    Advice::say(
        r"Resource not accessible by integration.*/rest/(?:reference/)?(?:repos/)?(?:releases|git|contents)",
        "The job's token may not do this. Give the job `permissions:` with `contents: write`.",
    ),
    Advice::say(
        r"Resource not accessible by integration",
        "The job's token may not do this. Name the right that the call needs under the job's `permissions:`.",
    ),
    Advice::say(
        r"Permission to \S+ denied to github-actions\[bot\]",
        "The job's token may not push. Give the job `permissions:` with `contents: write`.",
    ),
    Advice::say(
        r"refusing to allow a GitHub App to create or update workflow .* without `workflows` permission",
        "The job's own token can never change workflows. Use the token of an App that has the right `workflows`.",
    ),
    Advice::say(
        r"Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env var",
        "The job may ask for no identity token. Give it `permissions:` with `id-token: write`.",
    ),
    Advice::say(
        r"Input required and not supplied: (?P<name>[A-Za-z0-9_-]+)",
        "The action needs `{name}`. Give it under `with:`; a secret that does not exist, or that a fork may not see, counts as missing.",
    ),
    Advice::say(
        r"Parameter token or opts\.auth is required",
        "The token that the action was given is empty: the secret does not exist, or this event may not see it.",
    ),
    Advice::say(
        r"automatically failed because it uses a deprecated version of `(?P<name>[a-z/-]+): (?P<version>v[0-9.]+)`",
        "GitHub no longer runs {name} {version}. Use a newer version of it.",
    ),
    Advice::say(
        r"Unable to resolve action `?(?P<name>[A-Za-z0-9_./-]+)@(?P<version>[A-Za-z0-9_./-]+)`?, unable to find version",
        "{name} has no version {version}. Use a tag, branch or commit that exists.",
    ),
    Advice::say(
        r"Dependencies lock file is not found in",
        "The cache of the set-up action is keyed by a lock file, and there is none. Commit one, name it with `cache-dependency-path`, or leave `cache` out.",
    ),
    Advice::say(
        r"toomanyrequests: .*pull rate limit",
        "Docker Hub's limit for pulls is reached. Log in to Docker Hub before pulling, or use a mirror.",
    ),
    Advice::say(
        r"No space left on device|ENOSPC: no space left on device",
        "The disk of the runner is full. Remove what the job does not need before this step, or use a runner with a larger disk.",
    ),
    Advice::say(
        r"JavaScript heap out of memory",
        "Node.js reached its limit of memory. Raise it with `NODE_OPTIONS=--max-old-space-size`, or use less.",
    ),
    Advice::say(
        r"java\.lang\.OutOfMemoryError: Java heap space",
        "The Java heap is full. Raise it with `-Xmx`, or use less.",
    ),
];

/// What exit codes mean that the system gives.
pub(crate) static EXITS: [(i32, &str); 5] = [
    (
        124,
        "Exit code 124: `timeout` ended the command because its time was up.",
    ),
    (
        134,
        "Exit code 134: the program aborted itself (signal 6), as after a failed assertion in native code.",
    ),
    (
        137,
        "Exit code 137: the process was killed from outside (signal 9), most often because memory ran out.",
    ),
    (
        139,
        "Exit code 139: the program touched memory that it may not (signal 11, a segmentation fault).",
    ),
    (
        143,
        "Exit code 143: the process was asked to end (signal 15), as when a job is cancelled or the runner shuts down.",
    ),
];
