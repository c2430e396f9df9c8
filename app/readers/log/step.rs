//! The steps of a job as its log shows them, and which of them is the one that failed.
//! A log tells steps apart only by `##[group]Run …` headers and times; the API gives names and
//! whole seconds. Composite actions write headers that the API does not list.

use crate::StepMeta;
use crate::store::Store;

/// The longest command that is kept.
const COMMAND: usize = 4096;

/// One stretch of the log: what ran under one header.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segment {
    /// The header's text; nothing for what came before the first one.
    pub(crate) header: Option<String>,
    /// The script or the action with its inputs.
    pub(crate) command: String,
    pub(crate) first: u64,
    /// Where its own output begins.
    pub(crate) body: u64,
    pub(crate) last: u64,
    pub(crate) started: Option<[u8; 19]>,
    pub(crate) ended: Option<[u8; 19]>,
    pub(crate) exit: Option<i32>,
    pub(crate) exit_line: Option<u64>,
    /// Lines marked as errors.
    pub(crate) errors: u32,
    /// Whether it ended with a line marked as an error.
    pub(crate) broken: bool,
    /// Whether it is the clean-up at the end.
    pub(crate) post: bool,
    pub(crate) store: Option<Box<Store>>,
}

impl Segment {
    /// A stretch that begins here.
    pub(crate) fn new(header: Option<String>, first: u64) -> Self {
        Self {
            header,
            first,
            body: first,
            last: first,
            store: Some(Box::default()),
            ..Self::default()
        }
    }

    /// Adds a line of the script.
    pub(crate) fn command(&mut self, line: &str) {
        if self.command.len() + line.len() < COMMAND {
            self.command.push_str(line.trim_end());
            self.command.push('\n');
        }
    }

    /// Whether it failed, as far as the log tells.
    fn failed(&self) -> bool {
        self.exit.is_some_and(|code| code != 0) || self.broken
    }

    /// Whether it is the kind of step that runs after a failure: it gathers what is left.
    fn gathers(&self) -> bool {
        let text = self.header.as_deref().unwrap_or_default().to_lowercase();
        const WORDS: [&str; 12] = [
            "upload",
            "codecov",
            "cat ",
            "report",
            "docker logs",
            "docker-compose logs",
            "publish",
            "notify",
            "slack",
            "tail ",
            "cleanup",
            "dump",
        ];
        WORDS.iter().any(|word| text.contains(word))
    }
}

/// The failing step as the API has it.
pub(crate) fn failing(steps: &[StepMeta]) -> Option<&StepMeta> {
    let find = |word: &str| steps.iter().find(|step| step.concluded(word));
    find("failure")
        .or_else(|| find("timed_out"))
        .or_else(|| find("cancelled"))
}

/// The segment that failed.
pub(crate) fn choose(segments: &[Segment], steps: &[StepMeta]) -> Option<usize> {
    match failing(steps) {
        Some(step) => by_meta(segments, steps, step).or_else(|| by_log(segments)),
        None => by_log(segments),
    }
}

/// Without the API: the last step that ended with an error, unless that one only gathers.
fn by_log(segments: &[Segment]) -> Option<usize> {
    let mut best: Option<(i32, usize)> = None;
    for (at, segment) in segments.iter().enumerate() {
        if segment.store.is_none() {
            continue;
        }
        let mut score = 0;
        if segment.exit.is_some_and(|code| code != 0) {
            score += 8;
        } else if segment.broken {
            score += 6;
        } else if segment.errors > 0 {
            score += 2;
        }
        if segment.post {
            score -= 5;
        }
        if segment.gathers() {
            score -= 3;
        }
        if score > 0 && best.is_none_or(|(old, _)| score >= old) {
            best = Some((score, at));
        }
    }
    best.map(|(_, at)| at).or_else(|| {
        let told = |s: &Segment| s.store.as_ref().is_some_and(|s| !s.findings.is_empty());
        let last = segments.iter().rposition(|s| told(s) && !s.post);
        last.or_else(|| segments.iter().rposition(|s| s.store.is_some() && !s.post))
    })
}

fn by_meta(segments: &[Segment], steps: &[StepMeta], failing: &StepMeta) -> Option<usize> {
    let ordinal = steps
        .iter()
        .filter(|step| executed(step))
        .position(|step| step.number == failing.number && step.name == failing.name);
    let real: Vec<usize> = (0..segments.len())
        .filter(|at| segments[*at].header.is_some() && !segments[*at].post)
        .collect();
    let count = steps.iter().filter(|step| executed(step)).count();
    let mut best: Option<(i32, usize)> = None;
    for (at, segment) in segments.iter().enumerate() {
        if segment.store.is_none() {
            continue;
        }
        let mut score = 0;
        if segment.failed() {
            score += 6;
        } else if segment.errors > 0 {
            score += 1;
        }
        let place = real.iter().position(|real| *real == at);
        if place.is_some() && place == ordinal {
            score += if real.len() == count { 8 } else { 3 };
        }
        score += named(segment, failing) + within(segment, failing);
        if segment.header.is_none() && ordinal.is_none() {
            score += 4;
        }
        if score > 4 && best.is_none_or(|(old, _)| score > old) {
            best = Some((score, at));
        }
    }
    best.map(|(_, at)| at)
}

/// Whether a step of the API has a header in the log.
fn executed(step: &StepMeta) -> bool {
    let own = [
        "Set up job",
        "Complete job",
        "Initialize containers",
        "Stop containers",
        "Set up runner",
    ];
    step.conclusion.is_some()
        && !step.concluded("skipped")
        && !own.contains(&step.name.as_str())
        && !step.name.starts_with("Post ")
        && !step.name.starts_with("Pre ")
}

fn named(segment: &Segment, step: &StepMeta) -> i32 {
    let Some(header) = &segment.header else {
        return 0;
    };
    if *header == step.name || header.strip_prefix("Run ") == Some(&step.name) {
        return 6;
    }
    0
}

fn within(segment: &Segment, step: &StepMeta) -> i32 {
    let (Some(began), Some(start)) = (&segment.started, &step.started_at) else {
        return 0;
    };
    let inside = start.as_bytes().get(..19).is_some_and(|s| s <= &began[..]);
    let before = step
        .completed_at
        .as_ref()
        .and_then(|end| end.as_bytes().get(..19))
        .is_none_or(|end| &began[..] <= end);
    if inside && before { 2 } else { -4 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(header: &str, exit: Option<i32>) -> Segment {
        let mut segment = Segment::new(Some(header.to_owned()), 1);
        segment.exit = exit;
        segment
    }

    fn step(number: u32, name: &str, conclusion: &str) -> StepMeta {
        StepMeta {
            number,
            name: name.to_owned(),
            conclusion: Some(conclusion.to_owned()),
            ..StepMeta::default()
        }
    }

    #[test]
    fn the_api_overrules_a_step_that_may_fail() {
        let segments = [segment("Run lint", Some(1)), segment("Run test", Some(1))];
        let steps = [
            step(1, "Set up job", "success"),
            step(2, "Lint", "success"),
            step(3, "Test", "failure"),
        ];
        assert_eq!(choose(&segments, &steps), Some(1));
        let steps = [step(2, "Lint", "failure"), step(3, "Test", "success")];
        assert_eq!(choose(&segments, &steps), Some(0));
    }

    #[test]
    fn without_the_api_what_only_gathers_is_passed_over() {
        let segments = [
            segment("Run make test", Some(2)),
            segment("Run cat report.log", Some(1)),
        ];
        assert_eq!(choose(&segments, &[]), Some(0));
    }
}
