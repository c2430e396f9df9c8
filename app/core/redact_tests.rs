//! Secrets are made up at run time, so that no scanner finds one in this repository.

use super::redact;

fn filler(alphabet: &str, length: usize) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    // Steps through the alphabet by a number prime to its length, which mixes it well.
    (0..length)
        .map(|i| letters[(i * 7 + i / 3) % letters.len()])
        .collect()
}

const MIXED: &str = "aB3dE5fG7hJ9kLmN2pQrS4tUvW6xYz8";
const HEX: &str = "3f7a9c1e5b8d2046";

/// `(the text before, the secret, the text after)`
fn seeded() -> Vec<(String, String, String)> {
    let m = |n| filler(MIXED, n);
    let h = |n| filler(HEX, n);
    let mut seeds = Vec::new();
    let mut alone = |secret: String| {
        for (before, after) in [
            ("", ""),
            ("token is ", " now"),
            ("KEY=", ""),
            ("{\"k\": \"", "\"}"),
            ("curl -H '", "'"),
        ] {
            seeds.push((before.to_owned(), secret.clone(), after.to_owned()));
        }
    };
    for prefix in [
        "ghp_",
        "gho_",
        "ghu_",
        "ghr_",
        "npm_",
        "hf_",
        "glpat-",
        "sk-ant-",
        "sk-proj-",
        "dckr_pat_",
        "pypi-",
    ] {
        alone(format!("{prefix}{}", m(40)));
    }
    alone(format!("ghs_123456_{}.{}.{}", m(20), m(60), m(43)));
    alone(format!("github_pat_{}", m(60)));
    alone(format!("AKIA{}", "Z7Q2".repeat(4)));
    alone(format!("xoxb-{}-{}", "1".repeat(12), m(24)));
    alone(format!("AIza{}", m(35)));
    alone(format!("sk_live_{}", m(24)));
    alone(format!("SG.{}.{}", m(22), m(43)));
    alone(format!("eyJ{}.eyJ{}.{}", m(20), m(40), m(43)));
    alone(format!("hvs.{}", m(30)));
    alone(format!("dop_v1_{}", h(64)));
    alone(format!("dapi{}", h(32)));
    alone(format!("glsa_{}_{}", m(32), h(8)));
    alone(format!(
        "https://hooks.slack.com/services/T{}/B{}/{}",
        "A1".repeat(4),
        "B2".repeat(4),
        m(24)
    ));
    seeds.extend(seeded_in_context());
    seeds
}

fn seeded_in_context() -> Vec<(String, String, String)> {
    let m = |n| filler(MIXED, n);
    let mut seeds = Vec::new();
    let mut around = |before: &str, secret: String, after: &str| {
        seeds.push((before.to_owned(), secret, after.to_owned()))
    };
    for name in [
        "PASSWORD=",
        "db_password: ",
        "\"apiKey\": \"",
        "--client-secret=",
        "export AUTH_TOKEN=",
        "MYSQL_PWD='",
        "aws_secret_access_key = ",
        "SigningKey:=",
    ] {
        around(name, m(24), "");
        around(name, "hunter2!x".to_owned(), "");
    }
    around(
        "postgres://app:",
        "s3cretpw".to_owned(),
        "@db.internal:5432/app",
    );
    around("https://x-access-token:", m(40), "@github.com/o/r");
    around("Authorization: Bearer ", m(30), "");
    around("authorization: Basic ", format!("{}==", m(20)), "");
    around("Cookie: ", format!("session={}", m(30)), "");
    around("::add-mask::", m(12), "");
    around(
        "DefaultEndpointsProtocol=https;AccountKey=",
        format!("{}==", m(86)),
        ";EndpointSuffix=x",
    );
    around(
        "https://x.blob.core.windows.net/a?sv=1&sig=",
        m(40),
        "&se=2",
    );
    around(
        "-----BEGIN RSA PRIVATE KEY-----\n",
        format!("{}\n{}", m(64), m(64)),
        "\n-----END RSA PRIVATE KEY-----",
    );
    around("-----BEGIN OPENSSH PRIVATE KEY-----\\n", m(70), "");
    around("random: ", m(48), "");
    seeds
}

#[test]
fn no_seeded_secret_is_left() {
    let seeds = seeded();
    assert!(seeds.len() >= 100, "{}", seeds.len());
    for (before, secret, after) in seeds {
        let shown = redact(&format!("{before}{secret}{after}")).into_owned();
        assert!(!shown.contains(&secret), "{shown}");
        // No long part of it either.
        let parts: Vec<String> = secret
            .as_bytes()
            .chunks(12)
            .map(|c| String::from_utf8_lossy(c).into_owned())
            .collect();
        for part in parts
            .iter()
            .filter(|p| p.len() == 12 && !p.contains("hooks.slack") && !p.contains("https://"))
        {
            assert!(!shown.contains(part.as_str()), "{part} in {shown}");
        }
    }
}

#[test]
fn the_structure_stays() {
    assert_eq!(redact("password=hunter2!x next=1"), "password=*** next=1");
    assert_eq!(
        redact("postgres://app:s3cret@db/x"),
        "postgres://app:***@db/x"
    );
}

#[test]
fn what_is_no_secret_stays_readable() {
    for plain in [
        "error: mismatched types at src/token.rs:12",
        "commit 0f7d65210dc5551488e14c46b4ccb58611bbb09f",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "expected token: string",
        "token: ***",
        "Missing required secret: NPM_TOKEN",
        "secret: ${{ secrets.NPM_TOKEN }}",
        "tests/test_login.py::test_password_is_required FAILED",
        "E   AssertionError: assert 'a' == 'b'",
        "java.lang.IllegalStateException: at org.example.web.OrderControllerIntegrationTest.shouldReturnOrders",
        "/home/runner/work/shop/shop/node_modules/@babel/core/lib/transformation/normalize-file.js",
    ] {
        assert_eq!(redact(plain), plain);
    }
}
