//! What can't be charted, and what can with a word of care.
//!
//! Who may call this: [`super::chart`], before anything is computed. What must stay true: no value is
//! dropped or moved without a word; whatever passes here gives finite numbers everywhere after.

use super::{ChartQuestion, Observation};
use crate::date::Day;
use crate::refusal::Refusal;

/// A denominator below this is a slip of the pen, and its limits would be endless.
const SMALLEST: f64 = 1e-9;

/// Values larger than this overflow when their ranges are summed.
const LARGEST: f64 = 1e100;

/// One value on a day that exists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dated {
    pub day: Day,
    /// The value as it is drawn: a share or a rate where there is a denominator.
    pub value: f64,
    /// The value as it was given.
    pub count: f64,
    pub denominator: Option<f64>,
    /// What earlier years had at this time of year, where that is asked and known.
    pub expected: Option<f64>,
}

impl Dated {
    /// What is judged: the value, or its difference from earlier years.
    pub fn judged(&self) -> f64 {
        self.value - self.expected.unwrap_or(0.0)
    }
}

/// A named change on a day that exists.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DatedChange {
    pub day: Day,
    pub why: String,
}

/// How the points' dates were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// As days.
    Days,
    /// As years.
    Years,
    /// As numbers in order, such as week 1, 2, 3.
    Numbers,
}

impl When {
    /// As the point's date is written in the answer.
    pub fn write(self, day: Day) -> String {
        match self {
            Self::Numbers => day.number().to_string(),
            Self::Days | Self::Years => day.iso(),
        }
    }

    /// As a sentence writes it: "16 November", "2015", "point 7".
    pub fn said(self, day: Day) -> String {
        match self {
            Self::Numbers => format!("point {}", day.number()),
            Self::Years => day.year().to_string(),
            Self::Days => format!("{} {}", day.day(), day.month_name()),
        }
    }

    fn of(points: &[Observation]) -> Self {
        let numbers: Option<Vec<i64>> = points
            .iter()
            .map(|p| p.date.trim().parse::<i64>().ok())
            .collect();
        match numbers {
            None => Self::Days,
            Some(all) if all.iter().all(|n| (1800..=2200).contains(n)) => Self::Years,
            Some(_) => Self::Numbers,
        }
    }

    fn read(self, date: &str, what: &str) -> Result<Day, Refusal> {
        let number = || date.trim().parse::<i64>().ok();
        let day = match self {
            Self::Days => Day::parse(date),
            Self::Years => number()
                .and_then(|year| Day::parse(&format!("{year:04}-01-01")))
                .or_else(|| Day::parse(date)),
            Self::Numbers => number().and_then(Day::from_number),
        };
        let as_given = match self {
            Self::Days => "Write dates as year, month and day, such as 2026-11-16.",
            Self::Years => "The values are dated by their years, so write a year such as 2026.",
            Self::Numbers => "The values are numbered, so write a number such as 7.",
        };
        day.ok_or_else(|| {
            Refusal::new(
                "date-not-read",
                format!("“{date}”, the date of {what}, is not a day that can be read."),
                as_given,
            )
        })
    }
}

/// A series and its question, read.
pub(super) struct Sound {
    /// In the order of time, one a day.
    pub series: Vec<Dated>,
    pub when: When,
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
    let when = When::of(points);
    let mut series = points
        .iter()
        .map(|point| dated(point, when))
        .collect::<Result<Vec<_>, _>>()?;
    let with = series.iter().filter(|d| d.denominator.is_some()).count();
    if let (1.., Some(without)) = (with, series.iter().find(|d| d.denominator.is_none())) {
        return Err(Refusal::new(
            "denominator-missing",
            format!("{} has no denominator, and others have.", without.day),
            "Give every value its denominator, or leave that date out.",
        ));
    }
    if !series.is_sorted_by_key(|d| d.day) {
        series.sort_by_key(|d| d.day);
        warnings.push("The values were not in the order of time; they are drawn in it.".to_owned());
    }
    if let Some(day) = doubled(&series) {
        let day = match when {
            When::Days => day.to_string(),
            _ => when.said(day),
        };
        return Err(Refusal::new(
            "date-twice",
            format!("There are two values for {day}."),
            "Keep one value for each date.",
        ));
    }
    let changes = changes(question, when)?;
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
    if question
        .per
        .is_some_and(|per| !per.is_finite() || per <= 0.0)
    {
        return Err(Refusal::new(
            "per-not-above-zero",
            "A rate is shown per so many, and that is no number above 0.",
            "Give a number such as 1000.",
        ));
    }
    Ok(Sound {
        series,
        when,
        changes,
        baseline_until: question
            .baseline_until
            .as_deref()
            .map(|d| when.read(d, "the end of the baseline"))
            .transpose()?,
        due: question
            .due
            .as_deref()
            .map(|d| When::Days.read(d, "the target"))
            .transpose()?,
        warnings,
    })
}

fn changes(question: &ChartQuestion, when: When) -> Result<Vec<DatedChange>, Refusal> {
    let mut changes = question
        .changes
        .iter()
        .map(|change| {
            Ok(DatedChange {
                day: when.read(&change.date, "a change")?,
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
    Ok(changes)
}

fn dated(point: &Observation, when: When) -> Result<Dated, Refusal> {
    let drawable = |x: f64| x.is_finite() && x.abs() <= LARGEST;
    if !drawable(point.value) {
        return Err(Refusal::new(
            "value-not-a-number",
            format!(
                "The value for {} is not a number that can be drawn.",
                point.date
            ),
            "Enter it as a number such as 94.2, or leave that date out.",
        ));
    }
    let day = when.read(&point.date, "a value")?;
    // −0 and 0 are one value.
    let count = point.value + 0.0;
    let value = match point.denominator {
        None => count,
        Some(n) if !drawable(n) || n < 0.0 => {
            return Err(Refusal::new(
                "denominator-not-a-number",
                format!(
                    "The denominator for {} is not a number above 0.",
                    point.date
                ),
                "Enter how many there could have been, such as 210, or leave that date out.",
            ));
        }
        Some(0.0) => {
            return Err(Refusal::new(
                "denominator-zero",
                format!(
                    "The denominator for {} is 0: nothing could be counted then.",
                    point.date
                ),
                "Leave that date out.",
            ));
        }
        Some(n) if n < SMALLEST => {
            return Err(Refusal::new(
                "denominator-not-a-number",
                format!(
                    "The denominator for {} is too close to 0 for anything to be counted in it.",
                    point.date
                ),
                "Enter how many there could have been, such as 210, or leave that date out.",
            ));
        }
        Some(n) => count / n,
    };
    if !drawable(value) {
        return Err(Refusal::new(
            "value-not-a-number",
            format!("The rate for {} is too large to be drawn.", point.date),
            "Check its value and its denominator.",
        ));
    }
    Ok(Dated {
        day,
        value,
        count,
        denominator: point.denominator,
        expected: None,
    })
}

fn doubled(series: &[Dated]) -> Option<Day> {
    series.windows(2).find_map(|pair| match pair {
        [a, b] if a.day == b.day => Some(a.day),
        _ => None,
    })
}
