//! What can't be charted, and what can with a word of care.
//!
//! Who may call this: [`super::chart`], before anything is computed. What must stay true: no value is
//! dropped or moved without a word; whatever passes here gives finite numbers everywhere after.

use super::{ChartQuestion, Observation};
use crate::date::Day;
use crate::refusal::Refusal;

/// Values larger than this overflow when their ranges are summed.
const LARGEST: f64 = 1e100;

/// One value on a day that exists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dated {
    pub day: Day,
    pub value: f64,
}

/// A named change on a day that exists.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DatedChange {
    pub day: Day,
    pub why: String,
}

/// A series and its question, read.
pub(super) struct Sound {
    /// In the order of time, one a day.
    pub series: Vec<Dated>,
    /// In the order of time.
    pub changes: Vec<DatedChange>,
    pub baseline_until: Option<Day>,
    pub due: Option<Day>,
    pub warnings: Vec<String>,
}

/// Reads a series, or refuses it by name.
pub(super) fn read(points: &[Observation], question: &ChartQuestion) -> Result<Sound, Refusal> {
    if points.is_empty() {
        return Err(Refusal::new(
            "no-values",
            "There is no value to draw yet.",
            "Add the first value with its date.",
        ));
    }
    let mut warnings = Vec::new();
    let mut series = points.iter().map(dated).collect::<Result<Vec<_>, _>>()?;
    if !series.is_sorted_by_key(|d| d.day) {
        series.sort_by_key(|d| d.day);
        warnings.push("The values were not in the order of time; they are drawn in it.".to_owned());
    }
    if let Some(day) = doubled(&series) {
        return Err(Refusal::new(
            "date-twice",
            format!("There are two values for {day}."),
            "Keep one value for each date.",
        ));
    }

    let mut changes = question
        .changes
        .iter()
        .map(|change| {
            let day = day_of(&change.date, "a change")?;
            Ok(DatedChange {
                day,
                why: change.why.trim().to_owned(),
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    changes.sort_by_key(|c| c.day);
    if let Some(nameless) = changes.iter().find(|c| c.why.is_empty()) {
        return Err(Refusal::new(
            "change-without-a-name",
            format!("The change of {} has no name.", nameless.day),
            "Say what changed, such as “breakfast club began”: limits are drawn anew only at a named change.",
        ));
    }
    let last = series.last().map(|d| d.day);
    for change in changes.iter().filter(|c| Some(c.day) > last) {
        warnings.push(format!(
            "“{}” on {} is after the last value, so nothing is drawn anew yet.",
            change.why, change.day
        ));
    }
    if question.target.is_some_and(|t| !t.is_finite()) {
        return Err(Refusal::new(
            "target-not-a-number",
            "The target is not a number.",
            "Enter the target as a number such as 96.",
        ));
    }
    let optional =
        |date: &Option<String>, what| date.as_deref().map(|d| day_of(d, what)).transpose();
    Ok(Sound {
        series,
        changes,
        baseline_until: optional(&question.baseline_until, "the end of the baseline")?,
        due: optional(&question.due, "the target")?,
        warnings,
    })
}

fn dated(point: &Observation) -> Result<Dated, Refusal> {
    if !point.value.is_finite() || point.value.abs() > LARGEST {
        return Err(Refusal::new(
            "value-not-a-number",
            format!(
                "The value for {} is not a number that can be drawn.",
                point.date
            ),
            "Enter it as a number such as 94.2, or leave that date out.",
        ));
    }
    Ok(Dated {
        day: day_of(&point.date, "a value")?,
        // −0 and 0 are one value.
        value: point.value + 0.0,
    })
}

fn day_of(date: &str, what: &str) -> Result<Day, Refusal> {
    Day::parse(date).ok_or_else(|| {
        Refusal::new(
            "date-not-read",
            format!("“{date}”, the date of {what}, is not a day that can be read."),
            "Write dates as year, month and day, such as 2026-11-16.",
        )
    })
}

fn doubled(series: &[Dated]) -> Option<Day> {
    series.windows(2).find_map(|pair| match pair {
        [a, b] if a.day == b.day => Some(a.day),
        _ => None,
    })
}
