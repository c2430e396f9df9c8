//! The one redactor: what looks like a secret is masked before it is stored, shown or sent.
//!
//! It knows the shapes of tokens that providers publish, private keys, credentials in addresses
//! and headers, and assignments to names such as `password` or `api_key`. The structure stays
//! (`password=***`), so that a log line can still be understood. Rather one mask too many than
//! one too few; but a commit's hash or a checksum is no secret and stays readable.

mod told;

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

pub use told::{Secrets, Told};

/// What stands in a secret's place.
pub const MASK: &str = "***";

/// Shapes that are secrets by themselves. Sources: the providers' own documentation of their
/// token prefixes; `ghs_` has been followed by a JWT with dots since 2026.
const SHAPES: &[&str] = &[
    r"gh[posur]_[A-Za-z0-9_.\-]{16,}",
    r"github_pat_[A-Za-z0-9_]{20,}",
    r"gl(?:pat|ptt|cbt|dt|rt|soat|ft|imt|agent|oas)-[A-Za-z0-9_.\-]{16,}",
    r"(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA)[A-Z0-9]{16}\b",
    r"xox[abeoprs]-[A-Za-z0-9\-]{10,}",
    r"xapp-[A-Za-z0-9\-]{10,}",
    r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_\-]+",
    r"https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/webhooks/[0-9]+/[A-Za-z0-9_\-]+",
    r"https://[a-z0-9.\-]*webhook\.office\.com/[A-Za-z0-9/@\-]+",
    r"AIza[A-Za-z0-9_\-]{30,}",
    r"ya29\.[A-Za-z0-9_\-]{20,}",
    r"GOCSPX-[A-Za-z0-9_\-]{20,}",
    r"sk-(?:ant-|proj-|or-|svcacct-|admin-)?[A-Za-z0-9_\-]{20,}",
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}",
    r"whsec_[A-Za-z0-9+/=_\-]{16,}",
    r"SG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}",
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-[A-Za-z0-9_\-]{32,}",
    r"rubygems_[a-f0-9]{40,}",
    r"cio[A-Za-z0-9]{32}\b",
    r"crates-io-[A-Za-z0-9]{20,}",
    r"oy2[a-z0-9]{43}\b",
    r"dckr_(?:pat|oat)_[A-Za-z0-9_\-]{20,}",
    r"hf_[A-Za-z0-9]{30,}",
    r"gsk_[A-Za-z0-9]{30,}",
    r"xai-[A-Za-z0-9]{30,}",
    r"r8_[A-Za-z0-9]{30,}",
    r"pplx-[A-Za-z0-9]{30,}",
    r"do[opr]_v1_[a-f0-9]{40,}",
    r"hv[sbr]\.[A-Za-z0-9_\-]{20,}",
    r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._\-]{20,}",
    r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_\-=]{40,}",
    r"ATATT3[A-Za-z0-9_\-=]{30,}",
    r"ATBB[A-Za-z0-9]{28,}",
    r"lin_(?:api|oauth)_[A-Za-z0-9]{30,}",
    r"secret_[A-Za-z0-9]{40,}",
    r"ntn_[A-Za-z0-9]{30,}",
    r"PMAK-[a-f0-9]{20,}-[a-f0-9]{20,}",
    r"NRAK-[A-Z0-9]{20,}",
    r"NRJS-[a-f0-9]{19,}",
    r"NRII-[A-Za-z0-9_\-]{30,}",
    r"PAT-[A-Za-z0-9_\-]{36,}",
    r"pat-(?:na|eu)[0-9]-[a-f0-9\-]{32,}",
    r"xkeysib-[a-f0-9]{40,}",
    r"pul-[a-f0-9]{40}\b",
    r"API-[A-Z0-9]{26,}\b",
    r"waka_[a-f0-9\-]{36,}",
    r"amzn\.mws\.[a-f0-9\-]{30,}",
    r"amzn1\.oa2-cs\.v1\.[a-f0-9]{40,}",
    r"LTAI[A-Za-z0-9]{16,}",
    r"glsa_[A-Za-z0-9]{30,}_[a-f0-9]{8}",
    r"glc_[A-Za-z0-9+/=]{30,}",
    r"sntry[su]_[A-Za-z0-9+/=_\-]{30,}",
    r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{30,}",
    r"sq0(?:atp|csp|idp)-[A-Za-z0-9_\-]{20,}",
    r"EAAA[A-Za-z0-9_\-]{40,}",
    r"key-[a-f0-9]{32}\b",
    r"SK[a-f0-9]{32}\b",
    r"\b[a-f0-9]{32}-us[0-9]{1,2}\b",
    r"\b[0-9]{8,10}:AA[A-Za-z0-9_\-]{32,}",
    r"fo1_[A-Za-z0-9_\-]{30,}",
    r"FlyV1 fm[0-9]_[A-Za-z0-9+/=,_\-]{30,}",
    r"rnd_[A-Za-z0-9]{28,}",
    r"vercel_[A-Za-z0-9]{20,}",
    r"sbp_[a-f0-9]{40}",
    r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.\-]{30,}",
    r"dapi[a-f0-9]{32}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{50,}",
    r"CCIPAT_[A-Za-z0-9_]{30,}",
    r"bkua_[a-f0-9]{40}",
    r"tskey-[a-z]+-[A-Za-z0-9\-]{16,}",
    r"eyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*)?",
];

/// Shapes of which a part stays: `(pattern, what takes its place)`.
const PARTS: &[(&str, &str)] = &[
    // A key in PEM, on one line or with escaped line ends. Of a key on many lines, each read by
    // itself, the log tells the lines ([`Told`]).
    (
        r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)[\s\S]*?(-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)",
        "$1***$2",
    ),
    // `scheme://user:password@host`
    (
        r"(?i)([a-z][a-z0-9+.\-]{1,20}://[^\s:/@]{0,200}:)[^\s/@]{1,500}@",
        "$1***@",
    ),
    (r"(?i)(https?://)[A-Za-z0-9_\-]{20,}@", "$1***@"),
    (
        r"(?i)((?:proxy-)?authorization\s*[:=]\s*[\x22']?(?:bearer|basic|token|digest|apikey|aws4-hmac-sha256)?\s*)[^\s\x22']{6,}",
        "$1***",
    ),
    (r"(?i)\b(bearer\s+)[A-Za-z0-9_.\-+/=~]{12,}", "$1***"),
    (r"(?i)((?:set-)?cookie\s*:\s*)\S.*", "$1***"),
    (
        r"(?i)(AccountKey|SharedAccessKey|SharedAccessSignature|\bsig|X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|X-Goog-Signature)(=)[^\s&;\x22']{8,}",
        "$1$2***",
    ),
    (r"(::add-mask::)\S.*", "$1***"),
    // Programs that take a password as an argument: `curl -u NAME:…`, `docker login -p …`,
    // `sshpass -p…`, `mysql -p…`, and a line of `.netrc`.
    (
        r"(\bcurl\b[^\n]*?\s(?:-u|--user)[ =]?[\x22']?[^\s:\x22']{1,100}:)[^\s\x22']{4,}",
        "$1***",
    ),
    (
        r"(\b(?:docker|podman|helm|buildah|skopeo|oras|az|oc)\b[^\n]*?\blogin\b[^\n]*?\s-p[ =]?)[^\s-][^\s]{3,}",
        "$1***",
    ),
    (r"(\bsshpass\s+-p\s?)[^\s]{4,}", "$1***"),
    (
        r"(\b(?:mysql|mariadb)(?:dump|admin|import|check)?\b[^\n]*?\s-p)[^\s]{4,}",
        "$1***",
    ),
    (
        r"(?i)(\bmachine\s+\S+\s+login\s+\S+\s+password\s+)\S{4,}",
        "$1***",
    ),
];

/// Names whose values are secrets, in assignments of shells, YAML, JSON and command lines.
const ASSIGNMENT: &str = r#"(?ix)
    (?P<head>
        (?P<name> [A-Za-z0-9_.\-]*
            (?: password | passwd | passphrase | pwd | secret | token | api[_\-]?key | apikey | access[_\-]?key
              | private[_\-]?key | client[_\-]?secret | credential s? | auth[_\-]?key | signing[_\-]?key
              | encryption[_\-]?key | master[_\-]?key | connection[_\-]?string | dsn | _pass | _pat | _key )
            [A-Za-z0-9_\-]{0,12} )
        ["'`]? \s{0,4} (?: = > | := | = | : ) \s{0,4} ["'`]? )
    (?P<value> [^\s"'`,;&|<>(){}\[\]]{4,} )"#;

/// The same behind a flag of a command line: `--token …`, with a space between.
const FLAG: &str = r#"(?ix)
    (?P<head> (?P<name> --? [a-z0-9\-]*
        (?: password | passwd | passphrase | secret | token | api-?key | access-?key | private-?key | credentials? )
        [a-z0-9\-]{0,12} ) \s{1,2} ["'`]? )
    (?P<value> [^\s"'`,;&|<>(){}\[\]-] [^\s"'`,;&|<>(){}\[\]]{7,} )"#;

static SHAPE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("(?:{})", SHAPES.join("|"))).ok());
static PART: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    PARTS
        .iter()
        .filter_map(|(p, to)| Some((Regex::new(p).ok()?, *to)))
        .collect()
});
static ASSIGN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(ASSIGNMENT).ok());
static FLAGGED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(FLAG).ok());
/// A long run of a key's or token's alphabet; whether it is one is judged by its entropy.
static RUN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_\-]{32,}={0,2}").ok());

/// The text with every secret masked; borrowed where there is none.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    for (pattern, to) in PART.iter() {
        replace(&mut out, |t| pattern.replace_all(t, *to));
    }
    if let Some(shape) = SHAPE.as_ref() {
        replace(&mut out, |t| shape.replace_all(t, MASK));
    }
    for pattern in [ASSIGN.as_ref(), FLAGGED.as_ref()].into_iter().flatten() {
        replace(&mut out, |t| pattern.replace_all(t, assigned));
    }
    if let Some(run) = RUN.as_ref() {
        replace(&mut out, |t| {
            run.replace_all(t, |c: &Captures<'_>| {
                if is_key(&c[0]) { MASK } else { &c[0] }.to_owned()
            })
        });
    }
    out
}

/// Masks the secrets in every text of a value, keys included: nothing is stored without this.
pub fn redact_value(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(masked) = redact(text) {
                *text = masked;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact_value),
        Value::Object(fields) => {
            if fields
                .keys()
                .any(|key| matches!(redact(key), Cow::Owned(_)))
            {
                let masked = std::mem::take(fields).into_iter();
                *fields = masked
                    .map(|(key, value)| (redact(&key).into_owned(), value))
                    .collect();
            }
            fields.values_mut().for_each(redact_value);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn replace(text: &mut Cow<'_, str>, change: impl Fn(&str) -> Cow<'_, str>) {
    if let Cow::Owned(new) = change(text) {
        *text = Cow::Owned(new);
    }
}

/// Keeps an assignment's name and masks its value, unless the value plainly is none.
fn assigned(found: &Captures<'_>) -> String {
    let value = &found["value"];
    if is_plain(&found["name"], value) {
        found[0].to_owned()
    } else {
        format!("{}{MASK}", &found["head"])
    }
}

/// Words, paths and expressions that stand behind such a name without being a secret.
fn is_plain(name: &str, value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let word = value.bytes().all(|b| b.is_ascii_alphabetic()) && value.len() < 8;
    let reference = lower.starts_with('$') || lower.starts_with("${{") || lower.starts_with("***");
    let number = value.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && !name.to_ascii_lowercase().contains("pass");
    let known = matches!(
        lower.as_str(),
        "none"
            | "null"
            | "nil"
            | "true"
            | "false"
            | "undefined"
            | "missing"
            | "required"
            | "expected"
            | "unexpected"
            | "string"
            | "str"
            | "&str"
            | "option"
            | "not"
            | "read"
            | "write"
            | "empty"
            | "invalid"
            | "required."
    );
    let typed = lower.starts_with("string")
        || lower.contains("::")
        || lower.ends_with("...")
        || lower.starts_with("secrets.");
    // `NPM_TOKEN`: the name of a secret, not a secret.
    let variable = value.contains('_')
        && value
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    reference
        || variable
        || known
        || number
        || typed
        || (word && lower == value && name.to_ascii_lowercase().contains("token"))
}

/// A random key: three kinds of characters, well mixed. Hashes (one case, hexadecimal), paths
/// and words with separators stay.
fn is_key(text: &str) -> bool {
    let hex = text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let bytes = text.trim_end_matches('=').as_bytes();
    let upper = bytes.iter().filter(|b| b.is_ascii_uppercase()).count();
    let lower = bytes.iter().filter(|b| b.is_ascii_lowercase()).count();
    let digit = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let separators = bytes
        .iter()
        .filter(|b| matches!(b, b'/' | b'-' | b'_'))
        .count();
    let mixed = upper >= 4 && lower >= 4 && digit >= 3 && separators * 8 <= bytes.len();
    !hex && mixed && entropy(bytes) > 4.2
}

/// Shannon entropy in bits a byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &b in bytes {
        counts[usize::from(b)] += 1;
    }
    let total = bytes.len().max(1) as f64;
    counts
        .iter()
        .filter(|&&c| c > 0)
        .map(|&c| f64::from(c) / total)
        .map(|p| -p * p.log2())
        .sum()
}

#[cfg(test)]
#[path = "redact_tests.rs"]
mod tests;
