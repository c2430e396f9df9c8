//! What a deployment lives on: secrets that exist, certificates that stay valid, an error budget.
//!
//! Where nobody has brought the fact, the rule says so and waits: no data is not good news.

use super::super::case::Case;
use super::super::policy::{ErrorBudget, Tls, lasting};
use super::super::verdict::{Fact, Reason, said};

fn source(name: &str, told: impl Into<String>) -> Fact {
    Fact::Source {
        name: name.to_owned(),
        said: told.into(),
    }
}

/// Every secret that the workflow reads exists.
pub(super) fn secrets(case: &Case<'_>) -> Reason {
    const RULE: &str = "preflight";
    if let Some(unread) = case.unread(RULE, "preflight", "the names of secrets") {
        return unread;
    }
    let Some(known) = &case.facts.preflight else {
        let said = said("facts_unavailable", "which secrets exist is not known");
        return Reason::waiting(RULE, said, source("preflight", "nothing"));
    };
    let has = |name: &&String| {
        known.environment_secrets.contains(name)
            || known.repository_secrets.contains(name)
            || known.organization_secrets.contains(name)
    };
    let missing: Vec<&str> = known
        .needed
        .iter()
        .filter(|name| !has(name))
        .map(String::as_str)
        .collect();
    let (names, here) = (missing.join(", "), case.environment);
    let evidence = source("preflight", format!("{} needed", known.needed.len()));
    match missing.len() {
        0 => {
            let sentence = format!("all {} secrets exist", known.needed.len());
            Reason::met(RULE, said("ok", sentence), evidence)
        }
        1 => {
            let sentence = format!("secret {names} is not set for {here}");
            Reason::waiting(RULE, said("secret_missing", sentence), evidence)
        }
        _ => {
            let sentence = format!("secrets {names} are not set for {here}");
            Reason::waiting(RULE, said("secret_missing", sentence), evidence)
        }
    }
}

/// Certificates stay valid for long enough.
pub(super) fn certificates(case: &Case<'_>, rule: &Tls) -> Vec<Reason> {
    const RULE: &str = "tls";
    if let Some(unread) = case.unread(RULE, "tls", "the certificates") {
        return vec![unread];
    }
    let judge = |host: &String| {
        let known = case.facts.tls.iter().flatten().find(|c| c.host == *host);
        let Some(known) = known else {
            let said = said(
                "facts_unavailable",
                format!("{host}: its certificate is not known"),
            );
            return Reason::waiting(RULE, said, source("tls", host));
        };
        let evidence = source("tls", format!("{host} until {}", known.not_after));
        if !known.name_matches {
            let sentence = format!("{host}: the certificate is not made out to it");
            return Reason::waiting(RULE, said("certificate_mismatch", sentence), evidence);
        }
        let left = known.not_after.duration_since(case.now);
        if left < rule.valid_for.0 {
            let sentence = match left.is_negative() || left.is_zero() {
                true => format!("{host}: certificate has expired"),
                false => format!(
                    "{host}: certificate expires in {} (needed {})",
                    lasting(left),
                    rule.valid_for
                ),
            };
            return Reason::waiting(RULE, said("certificate_expiring", sentence), evidence);
        }
        let sentence = format!("{host}: certificate is valid for {}", lasting(left));
        Reason::met(RULE, said("ok", sentence), evidence)
    };
    rule.hosts.iter().map(judge).collect()
}

/// Enough of the error budget is left.
pub(super) fn budget(case: &Case<'_>, rule: &ErrorBudget) -> Reason {
    const RULE: &str = "error-budget";
    if let Some(exception) = case.excepted(&rule.except) {
        return case.exempt(RULE, "the error budget", exception);
    }
    if let Some(unread) = case.unread(RULE, "budget", "the error budget") {
        return unread;
    }
    let known = case.facts.budget.as_ref().and_then(|budget| {
        let own = budget.get(&rule.slo).or_else(|| {
            let named = budget.get("slo").and_then(|slo| slo.as_str());
            budget
                .get("remaining")
                .filter(|_| named.is_none_or(|slo| slo == rule.slo))
        });
        own.and_then(percent)
    });
    let slo = &rule.slo;
    let Some(left) = known else {
        let said = said(
            "facts_unavailable",
            format!("no error-budget data for {slo}"),
        );
        return Reason::waiting(RULE, said, source("budget", "nothing"));
    };
    let evidence = source("budget", format!("{slo}: {left}%"));
    let sentence = format!(
        "{slo}: {left}% of the error budget is left (needed {})",
        rule.min
    );
    if left < rule.min.0 {
        return Reason::waiting(RULE, said("budget_exhausted", sentence), evidence);
    }
    Reason::met(RULE, said("ok", sentence), evidence)
}

/// `12.5`, `"12.5%"` or `{"remaining": …}`, in percent.
fn percent(value: &serde_json::Value) -> Option<f64> {
    use serde_json::Value;
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim_end_matches('%').trim().parse().ok(),
        Value::Object(object) => object.get("remaining").and_then(percent),
        _ => None,
    }
}
