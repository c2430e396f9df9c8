//! How the cases of the tables are held against the reader.

use crate::{Category, Options, Reading};

/// What a case wants to see.
pub(crate) struct Case {
    /// The output of the failing step.
    pub(crate) log: &'static str,
    /// A part of the line that is to be shown first.
    pub(crate) lead: &'static str,
    /// The category.
    pub(crate) category: Category,
    /// The failing tests.
    pub(crate) tests: &'static [&'static str],
    /// The first place.
    pub(crate) at: Option<&'static str>,
}

/// A case without tests and places.
pub(crate) const fn case(log: &'static str, lead: &'static str, category: Category) -> Case {
    Case {
        log,
        lead,
        category,
        tests: &[],
        at: None,
    }
}

impl Case {
    /// The case with failing tests.
    pub(crate) const fn tests(mut self, tests: &'static [&'static str]) -> Self {
        self.tests = tests;
        self
    }

    /// The case with a place.
    pub(crate) const fn at(mut self, at: &'static str) -> Self {
        self.at = Some(at);
        self
    }
}

/// Reads `log` as the output of the step `command`, with noise before it.
pub(crate) fn reading(command: &str, log: &str) -> Reading {
    let text = format!(
        "##[group]Run {command}\nshell: /usr/bin/bash -e {{0}}\n##[endgroup]\nstarting\n{log}\n\
         ##[error]Process completed with exit code 1.\nPost job cleanup.\n"
    );
    crate::read(text.as_bytes(), Options::default())
}

/// Holds cases against the reader.
pub(crate) fn hold(cases: &[Case]) {
    hold_under("./ci.sh", cases);
}

/// Holds cases against the reader, as the output of a step with this command.
pub(crate) fn hold_under(command: &str, cases: &[Case]) {
    for case in cases {
        let reading = reading(command, case.log);
        let lead = reading.causes.first().map(|cause| cause.text[0].as_str());
        assert!(
            lead.is_some_and(|lead| lead.contains(case.lead)),
            "{}\nlead: {lead:?}, wanted: {:?}\n{reading:#?}",
            case.log,
            case.lead
        );
        assert_eq!(
            reading.category, case.category,
            "{}\n{reading:#?}",
            case.log
        );
        assert_eq!(reading.tests, case.tests, "{}", case.log);
        if let Some(at) = case.at {
            let first = reading.locations.first().map(ToString::to_string);
            assert_eq!(first.as_deref(), Some(at), "{}", case.log);
        }
    }
}
