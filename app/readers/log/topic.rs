//! What a message is about, by the phrases that operating systems, runtimes and services use
//! for one thing only. The first phrase that is in the message decides.

use crate::Category;
use crate::phrases::CODE;
use Category::{Cancelled, Disk, Infra, Network, Oom, Permission, Secret, Timeout};

/// Phrases in lower case, the most certain first.
const PHRASES: &[(Category, &[&str])] = &[
    (
        Disk,
        &[
            "no space left on device",
            "enospc",
            "disk quota exceeded",
            "not enough space on the disk",
            "not enough free disk space",
            "disk full",
        ],
    ),
    (
        Oom,
        &[
            "out of memory",
            "not enough memory",
            "allowed memory size",
            "insufficient memory",
            "outofmemory",
            "memoryerror",
            "cannot allocate memory",
            "enomem",
            "oomkilled",
            "bad_alloc",
            "gc overhead limit",
            "metaspace",
            "heap limit",
            "java heap space",
            "memory limit exceeded",
            "killed signal terminated program",
            "std::bad_alloc",
            "signal: 9, sigkill",
            "oom-kill",
            "exit code 137",
            "exit code: 137",
        ],
    ),
    (
        Secret,
        &[
            "input required and not supplied",
            "bad credentials",
            "secrets.",
            "secret is",
            "secret not",
            "missing secret",
            "api key",
            "api_key",
            "apikey",
            "access key",
            "credentials could not be loaded",
            "could not load credentials",
            "authentication token",
            "token is required",
            "unable to get actions_id_token",
            "username and password required",
            "password required",
            "no token",
            "missing token",
            "_token is not set",
            "_token:",
            "not logged in",
            "token required",
            "could not authenticate",
            "npm token",
            "npmtoken",
            "\"--token\"",
            "token specified",
            "no signing certificate",
            "secret is missing",
            "credentials are not",
            "credentials not",
        ],
    ),
    (
        Permission,
        &[
            "permission denied",
            "access denied",
            "accessdenied",
            "eacces",
            "eperm",
            "operation not permitted",
            "not authorized",
            "unauthorized",
            "is forbidden",
            ": forbidden",
            "(forbidden)",
            "error forbidden",
            "permission_denied",
            "requires net access",
            "requires read access",
            "requires write access",
            "requires env access",
            "requires run access",
            "permissiondenied",
            "provide credentials",
            "must be logged in",
            "authentication error",
            "resource not accessible",
            "http 403",
            "403 forbidden",
            "error 403",
            "status 403",
            "http 401",
            "status 401",
            "error: 401",
            "error: 403",
            "protected branch",
            "gh006",
            "insufficient permission",
            "insufficient privilege",
            "insufficient scope",
            "insufficient access",
            "permission to ",
            "denied: ",
            "requires authentication",
            "authentication failed",
            "authentication required",
            "need auth",
            "eneedauth",
            "could not read username",
            "must have admin rights",
            "pre-receive hook declined",
            "refusing to allow",
        ],
    ),
    (
        Network,
        &[
            "connection refused",
            "econnrefused",
            "econnreset",
            "connection reset",
            "etimedout",
            "connection timed out",
            "request timed out",
            "could not resolve host",
            "could not resolve proxy",
            " enotfound",
            "eai_again",
            "getaddrinfo",
            "name resolution",
            "name or service not known",
            "no route to host",
            "network is unreachable",
            "failed to connect",
            "unable to connect",
            "couldn't connect",
            "could not connect",
            "connect timeout",
            "read timed out",
            "tls handshake",
            "ssl certificate",
            "certificate verify failed",
            "sslerror",
            "ssl_error",
            "502 bad gateway",
            "bad gateway",
            "503 service",
            "service unavailable",
            "504 gateway",
            "gateway time",
            "500 internal server error",
            "internal server error",
            "too many requests",
            "rate limit",
            "toomanyrequests",
            "i/o timeout",
            "dial tcp",
            "no such host",
            "dns error",
            "remote end closed",
            "unexpected eof",
            "the requested url returned error",
            "failed to fetch",
            "download has timed out",
            "error while fetching",
            "failed to download",
            "unable to access",
            "socket hang up",
            "connection broken",
            "connection aborted",
            "newconnectionerror",
            "maxretryerror",
            "fetcherror",
            "network error",
            "networkerror",
            "temporary failure",
            "http error 5",
            "httperror: http error",
            "error sending request",
            "client network socket disconnected",
            "hung up unexpectedly",
            "rpc failed",
            "early eof",
            "while awaiting headers",
            "while waiting for connection",
            "transfer failed",
            "transfer closed",
            "failed to read artifact descriptor",
            "transferring",
            "connecttimeout",
            "readtimeout",
            "connect etimedout",
            "unknownhostexception",
            "sockettimeoutexception",
        ],
    ),
    (
        Timeout,
        &[
            "timed out",
            "timeout",
            "deadline exceeded",
            "exceeded the maximum execution time",
            "took too long",
            "time limit",
        ],
    ),
    (
        Cancelled,
        &[
            "operation was canceled",
            "was cancelled",
            "was canceled",
            "sigterm",
            "keyboardinterrupt",
        ],
    ),
    (
        Infra,
        &[
            "lost communication with the server",
            "shutdown signal",
            "hosted runner",
            "runner service",
            "address already in use",
            "eaddrinuse",
            "port is already allocated",
            "cannot connect to the docker daemon",
            "cannot connect to the x server",
            "internal error occurred",
            "no usable sandbox",
            "device or resource busy",
            "resource temporarily unavailable",
            "missing x server",
            "could not get lock",
        ],
    ),
];

/// What the message is about.
pub(crate) fn of(message: &str) -> Option<Category> {
    let low = message.to_lowercase();
    if withheld(&low) {
        return Some(Secret);
    }
    PHRASES
        .iter()
        .chain(CODE)
        .find(|(_, phrases)| phrases.iter().any(|phrase| low.contains(phrase)))
        .map(|(category, _)| *category)
}

/// Whether something secret is said to be missing or wrong.
fn withheld(low: &str) -> bool {
    const NOUNS: [&str; 6] = [
        "secret",
        "password",
        "credential",
        "private-key",
        "private key",
        "webhook_url",
    ];
    const GONE: [&str; 12] = [
        "is not set",
        "not been configured",
        "not configured",
        "is empty",
        "are empty",
        "not provided",
        "must be set",
        "must be provided",
        "must be defined",
        "is required",
        "has expired",
        "incorrect",
    ];
    const TOKENS: [&str; 2] = ["token", "api key"];
    let has = |words: &[&str]| words.iter().any(|word| low.contains(word));
    (has(&NOUNS) && (has(&GONE) || low.contains("missing") || low.contains("wrong")))
        || (has(&TOKENS) && has(&GONE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Category::{Compile, Dependency};

    #[test]
    fn phrases_decide() {
        assert_eq!(
            of("cp: error writing 'x': No space left on device"),
            Some(Disk)
        );
        assert_eq!(of("connect ECONNREFUSED 127.0.0.1:9"), Some(Network));
        assert_eq!(
            of("ModuleNotFoundError: No module named 'x'"),
            Some(Dependency)
        );
        assert_eq!(of("AssertionError: 1 != 2"), None);
        assert_eq!(of("The ssh-private-key argument is empty"), Some(Secret));
        assert_eq!(
            of("ImportError: cannot import name 'x' from 'y'"),
            Some(Compile)
        );
    }
}
