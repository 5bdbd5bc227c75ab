//! A living pool that may be looked at as often as anybody likes: results join in the order in which they were due.
//!
//! Who may call this: [`super::pool`]. What must stay true: the order comes from the dates that were planned, never
//! from what was found, so that neither early nor late news chooses the moment; all that was due on one day joins in one look, so that the
//! order in which studies came changes no digit; a trial that was due and has not reported is named on the day it was
//! due and in the verdict; a result that came before its day waits for it. The verdict is about "somewhere", never
//! about the average.
//!
//! ter Schure & Grünwald (2022), *F1000Research* 11:549; the mathematics and its limits are in
//! [`anytime`](crate::anytime).

use serde::{Deserialize, Serialize};

use super::average::Datum;
use super::soundness::order;
use super::words::listed;
use super::{PoolQuestion, Study, Unreported};
use crate::anytime::{Look, Sequence, Verdict};
use crate::date::Day;
use crate::refusal::Refusal;
use crate::words::numbers::spelled;

/// How often the verdict may be wrong where nothing happens anywhere: once in 20 pools, over all their looks.
pub const ALPHA: f64 = 0.05;

/// What the pool says to somebody who looks again and again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sequential {
    /// Standard deviation of the normal mixture, on the effects' scale, as asked.
    pub prior_sd: f64,
    /// [`ALPHA`].
    pub alpha: f64,
    /// The last look: its `e_value`, and the confidence sequence's `lower` and `upper`.
    #[serde(flatten)]
    pub now: Look,
    /// Whether the e-value has reached 1/α at any look.
    pub verdict: Verdict,
    /// The place in `looks` of the first that reached it.
    pub reached: Option<usize>,
    /// One for each day on which a result was due, in order; those without a date last, in one.
    pub looks: Vec<PoolLook>,
    /// Trials that were due and have not reported.
    pub missing: Vec<String>,
    /// Results that came before the day they were due; they join on it.
    pub waiting: Vec<String>,
    /// The verdict in plain words, with who is missing.
    pub says: String,
    /// What it does not say, and what it takes for granted.
    pub limits: Vec<String>,
}

/// What had joined by a day, and what it showed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoolLook {
    /// The day (ISO); None for what has no date.
    pub due: Option<String>,
    /// Who joined on it.
    pub joined: Vec<String>,
    /// Who was due on it and has not reported.
    pub missing: Vec<String>,
    /// Results that have joined so far.
    pub k: u64,
    /// What they show.
    #[serde(flatten)]
    pub seen: Look,
}

/// One trial on its day.
struct Entry<'a> {
    day: Option<Day>,
    label: &'a str,
    /// None where it has not reported.
    result: Option<Datum>,
}

impl PoolQuestion {
    /// The trials that should have reported by now: those without a day, and those whose day has come.
    pub(super) fn missing(&self) -> Vec<&Unreported> {
        let now = day(&self.as_of);
        let overdue = |trial: &&Unreported| match (day(&trial.due), now) {
            (Some(due), Some(now)) => due <= now,
            _ => true,
        };
        self.unreported.iter().filter(overdue).collect()
    }
}

/// The looks at a pool, where they were asked for.
pub(super) fn sequential(
    studies: &[Study],
    question: &PoolQuestion,
) -> Result<Option<Sequential>, Refusal> {
    let now = question.as_of.as_deref().map(as_of).transpose()?;
    let Some(prior_sd) = question.sequential else {
        return Ok(None);
    };
    let mut sequence = Sequence::new(prior_sd, ALPHA)?;
    let (waiting, joining): (Vec<&Study>, Vec<&Study>) = studies
        .iter()
        .partition(|study| matches!((day(&study.due), now), (Some(due), Some(now)) if due > now));
    let silent = question.missing();
    let mut entries: Vec<Entry> = joining
        .iter()
        .map(|study| Entry {
            day: day(&study.due).or_else(|| day(&study.date)),
            label: &study.label,
            result: Some(Datum::from(*study)),
        })
        .chain(silent.iter().map(|trial| Entry {
            day: day(&trial.due),
            label: &trial.label,
            result: None,
        }))
        .collect();
    // Within a day by what was found, for the same sums to the last digit; nobody looks in between.
    entries.sort_by(|a, b| {
        (a.day.is_none(), a.day)
            .cmp(&(b.day.is_none(), b.day))
            .then_with(|| match (&a.result, &b.result) {
                (Some(a), Some(b)) => order(a, b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            })
    });
    let mut looks: Vec<PoolLook> = Vec::new();
    let (mut k, mut reached) = (0, None);
    for same_day in entries.chunk_by(|a, b| a.day == b.day) {
        let named = |reported: bool| {
            same_day
                .iter()
                .filter(|entry| entry.result.is_some() == reported)
                .map(|entry| entry.label.to_owned())
                .collect::<Vec<_>>()
        };
        for result in same_day.iter().filter_map(|entry| entry.result) {
            sequence.join(result.y, result.v)?;
            k += 1;
        }
        let seen = sequence.look();
        if reached.is_none() && sequence.verdict() == Verdict::Happening {
            reached = Some(looks.len());
        }
        looks.push(PoolLook {
            due: same_day.first().and_then(|entry| entry.day).map(Day::iso),
            joined: named(true),
            missing: named(false),
            k,
            seen,
        });
    }
    let labels = |all: &[&Study]| all.iter().map(|s| s.label.clone()).collect::<Vec<_>>();
    let mut answer = Sequential {
        prior_sd,
        alpha: ALPHA,
        now: sequence.look(),
        verdict: sequence.verdict(),
        reached,
        looks,
        missing: silent.iter().map(|trial| trial.label.clone()).collect(),
        waiting: labels(&waiting),
        says: String::new(),
        limits: Vec::new(),
    };
    answer.says = says(&answer, question);
    answer.limits = limits(&joining, question, prior_sd);
    Ok(Some(answer))
}

fn day(date: &Option<String>) -> Option<Day> {
    date.as_deref().and_then(Day::parse)
}

fn as_of(date: &str) -> Result<Day, Refusal> {
    Day::parse(date).ok_or_else(|| {
        Refusal::new(
            "as-of-not-a-date",
            format!("“{date}” is not a day, so what was due by then is not known."),
            "Write the day as 2026-11-20.",
        )
    })
}

fn says(answer: &Sequential, question: &PoolQuestion) -> String {
    let one = question.one();
    let verdict = answer.verdict.says();
    let mut said = match (
        answer.reached.and_then(|at| answer.looks.get(at)),
        answer.now.information > 0.0,
    ) {
        (Some(first), _) => {
            let mut said = format!(
                "{verdict} If it made no difference in any {one}, evidence this strong would come up in at most 1 in 20 such pools, however often anybody looks."
            );
            if answer.now.e_value < 1.0 / answer.alpha {
                let when = first.due.as_deref().and_then(Day::parse);
                let when = when.map_or_else(String::new, |day| format!(" by {day}"));
                said.push_str(&format!(
                    " It was that strong{when}. What came later has weakened it; the verdict was reached fairly and stands."
                ));
            }
            if !first.missing.is_empty()
                || answer
                    .looks
                    .iter()
                    .take_while(|look| *look != first)
                    .any(|look| !look.missing.is_empty())
            {
                said.push_str(" Not all that was due had reported by then.");
            }
            said
        }
        (None, true) => {
            format!("{verdict} You can look as often as you like: that does not spoil this answer.")
        }
        (None, false) => "No result is due yet, so there is nothing to look at.".to_owned(),
    };
    if !answer.missing.is_empty() {
        said.push_str(&format!(
            " Due and not reported: {}. This is right only if their silence has nothing to do with what they found.",
            named(&answer.missing, question)
        ));
    }
    if !answer.waiting.is_empty() {
        said.push_str(&format!(
            " Reported early, and counted here from the day it was due: {}.",
            named(&answer.waiting, question)
        ));
    }
    said
}

/// Names, or how many there are.
fn named(names: &[String], question: &PoolQuestion) -> String {
    if names.len() > 8 {
        let n = u64::try_from(names.len()).unwrap_or(u64::MAX);
        format!("{} {}", spelled(n), question.many())
    } else {
        listed(names)
    }
}

fn limits(joining: &[&Study], question: &PoolQuestion, prior_sd: f64) -> Vec<String> {
    let (one, many) = (question.one(), question.many());
    let unit = question.unit.as_deref().unwrap_or("standard deviations");
    let mut limits = vec![
        format!(
            "“Somewhere” says nothing about the average, about any one {one}, or about which way it went."
        ),
        format!(
            "The range holds at all looks together only if the true effect is the same everywhere. Where {many} differ it need not; and the average’s own interval is for a single look."
        ),
        "Each result’s standard error is taken as known. In small trials it is not, and this is then a little too sure.".to_owned(),
        format!(
            "It was set to look for effects of about {prior_sd} {unit}. That has to be chosen before the results are seen."
        ),
    ];
    let of = |which: &dyn Fn(&&&Study) -> bool| -> Vec<String> {
        joining
            .iter()
            .filter(which)
            .map(|s| s.label.clone())
            .collect()
    };
    let undated = of(&|s| day(&s.due).is_none() && day(&s.date).is_none());
    let by_report = of(&|s| day(&s.due).is_none() && day(&s.date).is_some());
    if undated.len() == joining.len() && joining.len() > 1 {
        limits.push("No dates are known, so all results count as one look.".to_owned());
    } else if !undated.is_empty() && joining.len() > 1 {
        limits.push(format!(
            "Without a date, and so joined together in one last look: {}.",
            named(&undated, question)
        ));
    }
    if !by_report.is_empty() {
        limits.push(format!(
            "No due date is known for {}, so the order is that of reporting. If good news travels faster, this is too sure.",
            named(&by_report, question)
        ));
    }
    limits
}
