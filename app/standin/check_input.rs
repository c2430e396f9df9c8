//! What a request says about a check run, with the limits that the description names and those that it does not:
//! a completed check run has a conclusion and the other way round, texts end at 65,535 characters, a request
//! carries 50 annotations, a check run has three actions.

use jiff::Timestamp;
use serde_json::Value;

use crate::call::Call;
use crate::check_run::{Annotation, CheckRun};
use crate::reply::Reply;

const LONGEST_TEXT: usize = 65_535;
const MOST_ANNOTATIONS: usize = 50;
const MOST_ACTIONS: usize = 3;
const CONCLUSIONS: [&str; 7] = [
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "success",
    "skipped",
    "timed_out",
];

/// Changes `check` by the body of a request that creates or updates it.
pub(crate) fn apply(check: &mut CheckRun, call: &Call, at: Timestamp) -> Result<(), Reply> {
    state(check, call, at)?;
    if let Some(id) = call.maybe_text("external_id")? {
        id.clone_into(&mut check.external_id);
    }
    if let Some(url) = call.maybe_text("details_url")? {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(invalid("details_url", "details_url must use http or https"));
        }
        check.details_url = Some(url.to_owned());
    }
    if let Some(started) = time(call, "started_at")? {
        check.started_at = started;
    }
    if let Some(output) = call.field("output") {
        self::output(check, output)?;
    }
    if let Some(actions) = call.field("actions").and_then(Value::as_array) {
        self::actions(actions)?;
        check.actions.clone_from(actions);
    }
    Ok(())
}

fn invalid(field: &str, message: &str) -> Reply {
    Reply::invalid("CheckRun", field, "invalid", message)
}

fn time(call: &Call, name: &str) -> Result<Option<Timestamp>, Reply> {
    call.maybe_text(name)?
        .map(|text| {
            text.parse()
                .map_err(|_| invalid(name, "is not a date-time"))
        })
        .transpose()
}

fn state(check: &mut CheckRun, call: &Call, at: Timestamp) -> Result<(), Reply> {
    let status = call.maybe_text("status")?;
    let conclusion = call.maybe_text("conclusion")?;
    let completed_at = time(call, "completed_at")?;
    if let Some(status) = status
        && !["queued", "in_progress", "completed"].contains(&status)
    {
        return Err(invalid("status", "is not a status that an App may set"));
    }
    if let Some(conclusion) = conclusion {
        if !CONCLUSIONS.contains(&conclusion) {
            return Err(invalid(
                "conclusion",
                "is not a conclusion that an App may set",
            ));
        }
        if status.is_some_and(|status| status != "completed") {
            return Err(invalid(
                "status",
                "must be completed when there is a conclusion",
            ));
        }
        "completed".clone_into(&mut check.status);
        check.conclusion = Some(conclusion.to_owned());
        check.completed_at = Some(completed_at.unwrap_or(at));
        return Ok(());
    }
    let completes = status == Some("completed") || completed_at.is_some();
    if completes && check.conclusion.is_none() {
        return Err(invalid(
            "conclusion",
            "if status is completed, conclusion is required",
        ));
    }
    if let Some(status) = status {
        status.clone_into(&mut check.status);
        if status != "completed" {
            check.conclusion = None;
            check.completed_at = None;
        }
    }
    Ok(())
}

fn output(check: &mut CheckRun, output: &Value) -> Result<(), Reply> {
    let part = |name: &str| -> Result<Option<String>, Reply> {
        let Some(text) = output[name].as_str() else {
            return Ok(None);
        };
        if name != "title" && text.chars().count() > LONGEST_TEXT {
            return Err(invalid(
                &format!("output.{name}"),
                "exceeds a maximum length of 65535",
            ));
        }
        Ok(Some(text.to_owned()))
    };
    let (title, summary, text) = (part("title")?, part("summary")?, part("text")?);
    if title.is_none() || summary.is_none() {
        return Err(Reply::malformed(
            "For 'properties/output', \"title\" and \"summary\" are required.",
        ));
    }
    let none = Vec::new();
    let annotations = output["annotations"].as_array().unwrap_or(&none);
    if annotations.len() > MOST_ANNOTATIONS {
        return Err(Reply::malformed(&format!(
            "No more than 50 items are allowed; {} were supplied.",
            annotations.len()
        )));
    }
    let parsed: Vec<Annotation> = annotations
        .iter()
        .map(annotation)
        .collect::<Result<_, _>>()?;
    check.annotations.extend(parsed);
    check.output.title = title;
    check.output.summary = summary;
    if text.is_some() {
        check.output.text = text;
    }
    Ok(())
}

fn annotation(value: &Value) -> Result<Annotation, Reply> {
    let wrong = |message: &str| Reply::invalid("CheckAnnotation", "data", "invalid", message);
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let number = |name: &str| value[name].as_u64();
    let (Some(path), Some(message), Some(level)) =
        (text("path"), text("message"), text("annotation_level"))
    else {
        return Err(wrong("path, message and annotation_level are required"));
    };
    let (Some(start_line), Some(end_line)) = (number("start_line"), number("end_line")) else {
        return Err(wrong("start_line and end_line are required"));
    };
    if !["notice", "warning", "failure"].contains(&level.as_str()) {
        return Err(wrong(
            "annotation_level is not one of notice, warning, failure",
        ));
    }
    if start_line == 0 || end_line < start_line {
        return Err(wrong("end_line must not be before start_line"));
    }
    let columns = number("start_column").or(number("end_column")).is_some();
    if columns && start_line != end_line {
        return Err(wrong("columns need start_line and end_line to be the same"));
    }
    let raw_details = text("raw_details");
    if message.len() > 65_536 || raw_details.as_ref().is_some_and(|d| d.len() > 65_536) {
        return Err(wrong("message and raw_details end at 64 KB"));
    }
    let title = text("title");
    if title.as_ref().is_some_and(|t| t.chars().count() > 255) {
        return Err(wrong("title ends at 255 characters"));
    }
    Ok(Annotation {
        path,
        start_line,
        end_line,
        start_column: number("start_column"),
        end_column: number("end_column"),
        annotation_level: level,
        message,
        title,
        raw_details,
    })
}

fn actions(actions: &[Value]) -> Result<(), Reply> {
    if actions.len() > MOST_ACTIONS {
        return Err(Reply::malformed(&format!(
            "No more than 3 items are allowed; {} were supplied.",
            actions.len()
        )));
    }
    for action in actions {
        for (name, longest) in [("label", 20), ("description", 40), ("identifier", 20)] {
            let length = action[name].as_str().map_or(0, |t| t.chars().count());
            if length == 0 || length > longest {
                return Err(invalid(
                    "actions",
                    &format!("{name} has 1 to {longest} characters"),
                ));
            }
        }
    }
    Ok(())
}
