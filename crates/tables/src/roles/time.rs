//! When a heading says that something was measured: before, after, in September, at KS2.
//!
//! Who may call this: `roles` alone. What must stay true: two headings are put in order only when
//! both say a time of the same sort.

use std::cmp::Ordering;

/// Before or after whatever was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Before,
    After,
}

/// When a heading says that something was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Time {
    pub side: Option<Side>,
    year: Option<u32>,
    /// Months from September.
    month: Option<u32>,
    /// EYFS, phonics, KS1, KS2 …
    stage: Option<u32>,
    /// "Test 1", "T2", "week 6".
    place: Option<u32>,
}

const BEFORE: &[&str] = &[
    "pre", "before", "baseline", "base", "initial", "entry", "prior", "previous", "earlier",
    "start", "starting", "pretrial", "last",
];
const AFTER: &[&str] = &[
    "post",
    "after",
    "endline",
    "end",
    "final",
    "exit",
    "outcome",
    "follow",
    "followup",
    "later",
    "posttrial",
    "actual",
];
const MONTHS: [&str; 12] = [
    "september",
    "october",
    "november",
    "december",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
];
const STAGES: [&[&str]; 7] = [
    &["eyfs", "eyfsp", "gld", "rba", "reception"],
    &["phonics", "psc"],
    &["ks1"],
    &["mtc"],
    &["ks2", "sats"],
    &["ks3", "cats", "cat4"],
    &["ks4", "gcse", "gcses"],
];

/// Reads the time out of a heading's parts; gives the parts that say nothing about time.
pub(crate) fn take(parts: &[String]) -> (Time, Vec<String>) {
    let mut time = Time::default();
    let mut rest = Vec::new();
    let mut may_count = false;
    for (i, part) in parts.iter().enumerate() {
        let word = part.as_str();
        let before = i
            .checked_sub(1)
            .and_then(|j| parts.get(j))
            .map(String::as_str);
        let number = word.parse::<u32>().ok();
        let counted = may_count;
        may_count = false;
        if BEFORE.contains(&word) {
            time.side = Some(Side::Before);
        } else if AFTER.contains(&word) {
            time.side = Some(Side::After);
            if word == "outcome" {
                rest.push(part.clone());
            }
        } else if let Some(month) = month(word) {
            time.month = Some(month);
            may_count = true;
        } else if let Some((term, half)) = term(word) {
            time.month = Some(term + half);
            may_count = true;
        } else if let Some(stage) = STAGES.iter().position(|s| s.contains(&word)) {
            time.stage = u32::try_from(stage).ok();
            if !word.starts_with("ks") && word != "sats" {
                rest.push(part.clone());
            }
        } else if let Some(year) = number.filter(|n| (1990..=2099).contains(n)) {
            time.year = Some(year);
        } else if let (Some(short), true) =
            (number.filter(|n| *n < 100 && word.len() == 2), counted)
        {
            time.year = Some(2000 + short);
        } else if let (Some(half), true) = (number.filter(|n| *n <= 2), counted) {
            time.month = time.month.map(|m| m + half);
        } else if let Some(place) = numbered(word, before, number) {
            time.place = Some(place);
            if number.is_none() {
                continue;
            }
            // The word before the number, such as "week", says nothing else.
            if before.is_some_and(|b| {
                COUNTED.contains(&b) && !["test", "score", "assessment", "attempt"].contains(&b)
            }) {
                rest.pop();
            }
        } else {
            rest.push(part.clone());
        }
    }
    (time, rest)
}

const COUNTED: &[&str] = &[
    "test",
    "time",
    "week",
    "wave",
    "term",
    "point",
    "ap",
    "dd",
    "drop",
    "score",
    "assessment",
    "round",
    "attempt",
    "ht",
    "data",
];

/// "T1", "AP2", "HT3", "w6", or the 2 of "Test 2".
fn numbered(word: &str, before: Option<&str>, number: Option<u32>) -> Option<u32> {
    if let Some(number) = number {
        return (number <= 60).then_some(number);
    }
    let _ = before;
    let at = word.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = word.split_at_checked(at)?;
    let known = [
        "t", "y", "yr", "ap", "ht", "w", "wk", "dd", "dc", "m", "a", "pre", "q",
    ];
    known.contains(&letters).then(|| digits.parse().ok())?
}

fn month(word: &str) -> Option<u32> {
    let at = MONTHS.iter().position(|m| {
        word.len() >= 3
            && (m.starts_with(word) || word == "sept" && m.starts_with("sept"))
            && word != "mar-"
    })?;
    u32::try_from(at).ok()
}

/// Autumn, spring and summer, with "aut1" and "spr2".
fn term(word: &str) -> Option<(u32, u32)> {
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let half = word.get(name.len()..)?.parse::<u32>().unwrap_or(0);
    let start = match name {
        "autumn" | "aut" => 1,
        "spring" | "spr" => 5,
        "summer" | "sum" => 8,
        _ => return None,
    };
    (half <= 2).then_some((start, half))
}

impl Time {
    /// Whether anything is said.
    pub(crate) fn is_said(&self) -> bool {
        *self != Self::default()
    }

    /// Which of two comes first, when both say a time of the same sort.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        let sides = pair(self.side, other.side).filter(|o| *o != Ordering::Equal);
        if sides.is_some() {
            return sides;
        }
        let years = pair(self.year, other.year).filter(|o| *o != Ordering::Equal);
        let dated = match (years, pair(self.month, other.month)) {
            (Some(years), _) => Some(years),
            (None, months) => months.filter(|o| *o != Ordering::Equal),
        };
        dated
            .or_else(|| pair(self.stage, other.stage).filter(|o| *o != Ordering::Equal))
            .or_else(|| pair(self.place, other.place).filter(|o| *o != Ordering::Equal))
            .or(match (self.side, other.side) {
                (Some(Side::Before), None) | (None, Some(Side::After)) => Some(Ordering::Less),
                (None, Some(Side::Before)) | (Some(Side::After), None) => Some(Ordering::Greater),
                _ => None,
            })
    }
}

fn pair<T: Ord>(a: Option<T>, b: Option<T>) -> Option<Ordering> {
    Some(a?.cmp(&b?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roles::heading;

    fn first(a: &str, b: &str) -> Option<Ordering> {
        heading::read(a).time.order(&heading::read(b).time)
    }

    #[test]
    fn the_earlier_of_two_measurements_is_found_by_its_heading() {
        for (earlier, later) in [
            ("Pre-test", "Post-test"),
            ("sept_score", "july_score"),
            ("Autumn Reading", "Summer Reading"),
            ("KS1 Reading", "KS2 Reading SS"),
            ("Test 1", "Test 2"),
            ("Score T1", "Score T2"),
            ("July 2025", "July 2026"),
            ("Reading Sept 25", "Reading Jul 26"),
            ("Baseline score", "Score"),
            ("Reading", "Reading after"),
            ("pretest_1", "post_test_1"),
            ("Aut1 %", "Sum2 %"),
            ("PreTest", "PostTest"),
            ("AP1 Maths", "AP3 Maths"),
        ] {
            assert_eq!(
                first(earlier, later),
                Some(Ordering::Less),
                "{earlier} {later}"
            );
            assert_eq!(
                first(later, earlier),
                Some(Ordering::Greater),
                "{later} {earlier}"
            );
        }
        assert_eq!(first("Reading", "Maths"), None);
    }
}
