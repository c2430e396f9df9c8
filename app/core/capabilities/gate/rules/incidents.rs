//! No open incident of the service, unless this deployment is what ends it.

use super::super::case::{Case, closes, pull};
use super::super::policy::Incidents;
use super::super::verdict::{Fact, Reason, said};

const RULE: &str = "incidents";

pub(super) fn none_open(case: &Case<'_>, rule: &Incidents) -> Reason {
    if let Some(unread) = case.unread(RULE, "incidents", "incidents") {
        return unread;
    }
    let service = case.policy.service.as_deref();
    let concerns = |services: &[String]| {
        services.is_empty() || service.is_none_or(|own| services.iter().any(|s| s == own))
    };
    let open = case.facts.incidents.iter().find(|incident| {
        incident.state == "open"
            && rule.none_open.contains(&incident.severity)
            && concerns(&incident.services)
            && !(case.lets_fixes_through() && is_fixed(case, incident.number))
    });
    if let Some(open) = open {
        let about = match open.services.is_empty() {
            true => String::new(),
            false => format!(", {}", open.services.join(", ")),
        };
        let sentence = format!(
            "incident #{} ({}{about}) is open",
            open.number, open.severity
        );
        let evidence = Fact::Issue {
            number: open.number,
        };
        return Reason::waiting(RULE, said("incident_open", sentence), evidence);
    }
    if let (true, Some((pr, incident))) = (case.lets_fixes_through(), case.fixes()) {
        let sentence = format!("#{pr} fixes incident #{incident}");
        let evidence = Fact::Issue { number: incident };
        return Reason::met(RULE, said("incident_fix", sentence), evidence).and(pull(pr));
    }
    let of = service.map_or(String::new(), |service| format!(" for {service}"));
    let sentence = format!("no open {} incident{of}", rule.none_open.join("/"));
    let evidence = Fact::Source {
        name: "incidents".to_owned(),
        said: format!("{} read", case.facts.incidents.len()),
    };
    Reason::met(RULE, said("ok", sentence), evidence)
}

fn is_fixed(case: &Case<'_>, incident: u64) -> bool {
    case.facts.prs.iter().any(|pr| closes(pr, incident))
}
