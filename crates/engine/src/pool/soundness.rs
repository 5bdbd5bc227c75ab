//! What can't be pooled, and what can with a word of care.
//!
//! Who may call this: [`super::pool`], before anything is computed. What must stay true: whatever
//! passes here gives finite numbers everywhere after.

use std::cmp::Ordering;

use super::Study;
use super::average::Datum;
use crate::date::Day;
use crate::refusal::Refusal;

/// Effects larger than this overflow when squared and weighted.
const LARGEST_EFFECT: f64 = 1e30;
/// Variances outside these overflow when inverted and cubed.
pub(super) const VARIANCES: std::ops::RangeInclusive<f64> = 1e-60..=1e60;

/// Refuses what has no answer.
pub(super) fn check(studies: &[Study]) -> Result<(), Refusal> {
    if studies.is_empty() {
        return Err(Refusal::new(
            "no-studies",
            "There is no result to pool yet.",
            "Add at least one effect with its variance or standard error.",
        ));
    }
    for (row, study) in (1_u32..).zip(studies) {
        let who = name(study, row);
        if !study.effect.is_finite() || study.effect.abs() > LARGEST_EFFECT {
            return Err(Refusal::new(
                "effect-not-a-number",
                format!("The effect of {who} is not a number that can be pooled."),
                "Give each result's effect as a number such as 0.24, or leave the result out.",
            ));
        }
        if !study.variance.is_finite() || study.variance < 0.0 {
            return Err(Refusal::new(
                "variance-not-a-number",
                format!("The variance of {who} is not a number above zero."),
                "Give the square of the effect's standard error, such as 0.0121 for 0.11.",
            ));
        }
        if !VARIANCES.contains(&study.variance) {
            return Err(Refusal::new(
                "variance-zero",
                format!(
                    "The variance of {who} is zero or out of all proportion, as if its effect were known exactly or not at all."
                ),
                "Check the standard error of that result; a result without one cannot be pooled.",
            ));
        }
    }
    Ok(())
}

/// Words of care about studies that can be pooled.
pub(super) fn cautions(studies: &[Study]) -> Vec<String> {
    let mut cautions = Vec::new();
    for (i, study) in studies.iter().enumerate() {
        let earlier = studies.iter().take(i);
        if earlier.clone().any(|other| same_result(other, study)) {
            cautions.push(format!(
                "{} is listed more than once with the same result, and counts each time. If it is one trial, take one away.",
                study.label
            ));
        }
    }
    cautions.dedup();
    let wrong_dates = studies
        .iter()
        .filter(|s| s.date.as_deref().is_some_and(|d| Day::parse(d).is_none()))
        .map(|s| s.label.as_str())
        .collect::<Vec<_>>();
    if !wrong_dates.is_empty() {
        cautions.push(format!(
            "These dates could not be read, so the results come last in the order of time: {}. Write dates as 2026-11-20.",
            wrong_dates.join(", ")
        ));
    }
    if let [first, rest @ ..] = studies
        && !rest.is_empty()
        && rest.iter().all(|s| s.effect == first.effect)
    {
        cautions.push(
            "All the effects are exactly equal, which trials seldom are. Check that they were not copied from one another."
                .to_owned(),
        );
    }
    cautions
}

/// The order of data: by effect, then by variance. Sums run in it, so that the order in which studies
/// came changes no digit.
pub(super) fn order(a: &Datum, b: &Datum) -> Ordering {
    a.y.total_cmp(&b.y).then(a.v.total_cmp(&b.v))
}

/// The data in [`order`], and each study's place among them.
pub(super) fn sorted(studies: &[Study]) -> (Vec<Datum>, Vec<usize>) {
    let mut data: Vec<(Datum, usize)> = studies.iter().map(Datum::from).zip(0..).collect();
    data.sort_by(|(a, _), (b, _)| order(a, b));
    let mut places: Vec<(usize, usize)> = data.iter().map(|(_, i)| *i).zip(0..).collect();
    places.sort_unstable();
    (
        data.into_iter().map(|(d, _)| d).collect(),
        places.into_iter().map(|(_, place)| place).collect(),
    )
}

impl From<&Study> for Datum {
    fn from(study: &Study) -> Self {
        Self {
            // −0 and 0 are one effect.
            y: study.effect + 0.0,
            v: study.variance,
        }
    }
}

fn same_result(a: &Study, b: &Study) -> bool {
    a.label == b.label
        && a.place == b.place
        && a.date == b.date
        && a.effect == b.effect
        && a.variance == b.variance
}

fn name(study: &Study, row: u32) -> String {
    if study.label.trim().is_empty() {
        format!("result {row}")
    } else {
        format!("result {row} ({})", study.label)
    }
}
