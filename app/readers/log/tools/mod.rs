//! What is known about single tools, as data. One file per family: a table of rules, the blocks
//! they open, and their own cases. A new reader is one file here and one line in each list.

mod advice;
mod beam;
mod c;
mod cloud;
mod coverage;
mod dotnet;
mod general;
mod git;
mod go;
mod harness;
mod haskell;
mod java;
mod jsbuild;
mod jslint;
mod jstest;
mod languages;
mod lint;
mod maven;
mod node;
mod numbered;
mod php;
mod pip;
mod pylint;
mod pytest;
mod python;
mod rights;
mod ruby;
mod runner;
mod rust;
mod scanners;
mod shell;
mod stories;
mod swift;
mod system;
mod tap;
mod unittest;
mod various;

#[cfg(test)]
mod advised;
#[cfg(test)]
pub(crate) mod check;
#[cfg(test)]
mod farther;
#[cfg(test)]
mod further;
#[cfg(test)]
mod shown;
#[cfg(test)]
mod unseen;

use crate::rule::Rule;
use crate::suggest::Advice;

pub(crate) use rights::EXITS;

/// The tables, in the order in which they are asked.
static ALL: &[&[Rule]] = &[
    runner::RULES,
    harness::RULES,
    stories::RULES,
    pytest::RULES,
    unittest::RULES,
    jstest::RULES,
    beam::RULES,
    numbered::RULES,
    tap::RULES,
    go::RULES,
    rust::RULES,
    maven::RULES,
    java::RULES,
    dotnet::RULES,
    swift::RULES,
    php::RULES,
    ruby::RULES,
    haskell::RULES,
    various::RULES,
    scanners::RULES,
    coverage::RULES,
    pylint::RULES,
    jslint::RULES,
    lint::RULES,
    jsbuild::RULES,
    c::RULES,
    languages::RULES,
    pip::RULES,
    node::RULES,
    cloud::RULES,
    git::RULES,
    system::RULES,
    python::RULES,
    shell::RULES,
    general::RULES,
];

/// All rules.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().flat_map(|table| table.iter())
}

/// All advice, in the order in which it is asked.
pub(crate) fn advice() -> impl Iterator<Item = &'static Advice> {
    let all = [rights::RIGHTS, advice::LOCKS, advice::FORMATS];
    all.into_iter().flatten()
}
