//! What is done with any bytes at all: every reader, and evaluate, pool and chart.
//!
//! Who may call this: the fuzz targets in `fuzz/`, started by hand, and the test that replays what they kept. What must
//! stay true: a right answer or a refusal in words comes out, with no panic and no number that is none.

mod bytes;
mod numbers;
mod readers;

use std::fmt::Debug;

/// A target's name and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target; `fuzz/fuzz_targets` has a file for each.
pub const TARGETS: &[Target] = &[
    ("csv", readers::csv),
    ("xlsx", readers::xlsx),
    ("ods", readers::ods),
    ("evaluate", numbers::evaluate),
    ("pool", numbers::pool),
    ("chart", numbers::chart),
];

/// Runs one target.
///
/// # Panics
/// When what comes out is not what it must be, or there is no such target.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    assert!(target.is_some(), "there is no target called {name}");
    if let Some((_, target)) = target {
        target(input);
    }
}

/// No number in an answer is none: its debug output, word by word.
fn finite(answer: &impl Debug) {
    let text = format!("{answer:?}");
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    let none = words.find(|word| ["NaN", "inf"].contains(word));
    assert!(none.is_none(), "{none:?} in {text}");
}
