//! (to be written)

pub(crate) static RULES: &[crate::rule::Rule] = &[];
