//! Every number in `reference/*.json`: checked, checked by hand, or unchecked with a reason.
//!
//! To add a check: write a function `fn(&Item)` in the module named after the file, that works the
//! answer out and calls `item.agrees…` for each figure; name it in that module's `CHECKS`; take the
//! id out of `reference/unchecked/`. Where the rows may not be kept here, name it in `BY_HAND`
//! instead: such checks run when somebody has the rows in a folder of their own,
//! `DIFFERENCE_REFERENCE_DATA=DIR cargo test -p difference-engine --test it agrees_by_hand -- --ignored`.

mod data;
mod digits;
mod item;
mod models;
mod page;
mod pooled;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

pub use data::Table;
pub use item::Item;

/// An item's id and the function that checks it.
pub type Check = (&'static str, fn(&Item));

/// One figure of an item, for the stories that rest on it.
pub fn number_of(file: &str, id: &str, pointer: &str) -> f64 {
    let items = item::read(file);
    let item = items.iter().find(|item| item.id == id);
    item.unwrap_or_else(|| panic!("{file}.json has no item {id}"))
        .number(pointer)
}

/// A file of reference numbers, and the checks that there are for it.
struct File {
    name: &'static str,
    /// On rows that are kept here.
    checks: &'static [Check],
    /// On rows that are not.
    by_hand: &'static [Check],
}

/// Names the modules, one for each JSON file, and gives each a test of its own.
macro_rules! files {
    ($($file:ident),* $(,)?) => {
        $(mod $file;)*
        const FILES: &[File] = &[$(File {
            name: stringify!($file),
            checks: $file::CHECKS,
            by_hand: $file::BY_HAND,
        }),*];
        mod agrees_with {
            $(#[test] fn $file() {
                super::hold("checked", stringify!($file), super::$file::CHECKS);
            })*
        }
        mod agrees_by_hand {
            $(#[test]
            #[ignore = "needs the rows in a folder that DIFFERENCE_REFERENCE_DATA names"]
            fn $file() {
                super::hold("by hand", stringify!($file), super::$file::BY_HAND);
            })*
        }
    };
}
files!(
    anytime_and_misc,
    binary_outcomes,
    eef_analytics,
    effect_sizes,
    meta_bcg,
    meta_education,
    meta_multilevel,
    mixed_models,
    nist_linear,
    ols_robust,
    panel_did_its,
    permutation,
    power_mdes,
    spc,
);

/// Runs a file's checks and reports every figure that differs, not only the first.
fn hold(standing: &str, file: &str, checks: &[Check]) {
    let items = item::read(file);
    let mut differences = Vec::new();
    for (id, check) in checks {
        let item = items
            .iter()
            .find(|item| item.id == *id)
            .unwrap_or_else(|| panic!("{file}.json has no item {id}"));
        check(item);
        differences.extend(item.differences());
    }
    digits::write(standing, file, &items);
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn every_item_is_checked_or_carries_its_reason() {
    let reasons: BTreeMap<(String, String), String> = data::unchecked();
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    let (mut checked_in_all, mut by_hand_in_all, mut in_all) = (0, 0, 0);
    // Straight to the stream, past the test runner's capture: the counts are meant to be seen.
    let mut out = std::io::stderr().lock();
    for file in FILES {
        let items = item::read(file.name);
        let (mut checked, mut by_hand) = (0, 0);
        for item in &items {
            let id = format!("{} {}", file.name, item.id);
            let key = (file.name.to_owned(), item.id.clone());
            let times = |checks: &[Check]| checks.iter().filter(|(id, _)| *id == item.id).count();
            match (times(file.checks), times(file.by_hand), reasons.get(&key)) {
                (0, 0, None) => wrong.push(format!("{id}: neither checked nor explained")),
                (0, 0, Some(reason)) if reason.trim().is_empty() => {
                    wrong.push(format!("{id}: an empty reason"));
                }
                (0, 0, Some(_)) => {}
                (1, 0, None) => checked += 1,
                (0, 1, None) => by_hand += 1,
                (1, 0, Some(_)) | (0, 1, Some(_)) => wrong.push(format!(
                    "{id}: checked, so take it out of reference/unchecked"
                )),
                (here, there, _) => wrong.push(format!("{id}: checked {} times", here + there)),
            }
            known.insert(key);
        }
        writeln!(
            out,
            "reference items: {} {checked} checked, {by_hand} by hand, {} unchecked",
            file.name,
            items.len() - checked - by_hand
        )
        .unwrap();
        checked_in_all += checked;
        by_hand_in_all += by_hand;
        in_all += items.len();
    }
    writeln!(
        out,
        "reference items: all {checked_in_all} checked, {by_hand_in_all} by hand, {} unchecked with a reason, of {in_all}",
        in_all - checked_in_all - by_hand_in_all
    )
    .unwrap();
    wrong.extend(
        reasons
            .keys()
            .filter(|key| !known.contains(*key))
            .map(|(file, id)| {
                format!("reference/unchecked names {file} {id}, which does not exist")
            }),
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(in_all, 487, "the files' README counts 487 items");
}
