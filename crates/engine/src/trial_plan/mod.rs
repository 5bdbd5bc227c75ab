//! A trial's plan: what will be tried, measured and compared, written down before the results.
//!
//! Who may call this: `network` locks it, the command line checks it. What must stay true: the
//! canonical form is RFC 8785 JSON; its SHA-256 is the plan's fingerprint; a locked plan is never
//! edited.

mod answer;
mod reading;
mod soundness;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::date::Day;
use crate::question::{Allocation, Design, Worthwhile};
use crate::refusal::Refusal;

pub use answer::answered_otherwise;

/// The schema's name and version.
pub const SCHEMA: &str = "difference.trial-plan/1";

/// What will be measured, and how it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedMeasure {
    /// What people call it, such as "reading".
    pub name: String,
    /// How it will be taken, such as "standardised reading test, July, marked blind".
    pub how: String,
    /// Such as "points".
    pub unit: String,
    /// Whether it is attainment, so that months may be said.
    pub attainment: bool,
    /// Whether a lower value is the better one.
    pub lower_is_better: bool,
    /// Whether a score from before will be allowed for.
    pub baseline: bool,
    /// Words in order, lowest first (WTS, EXS, GDS); empty for numbers.
    pub words: Vec<String>,
    /// The words that count as reaching it.
    pub success: Vec<String>,
}

/// A trial's plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialPlan {
    /// [`SCHEMA`].
    pub schema: String,
    /// The trial's name.
    pub title: String,
    /// What will be done, in a sentence or two.
    pub idea: String,
    /// What it should change.
    pub question: String,
    /// What will be measured.
    pub measure: PlannedMeasure,
    /// What is compared.
    pub design: Design,
    /// How the groups come about.
    pub allocation: Allocation,
    /// The intervention's label.
    pub intervention: String,
    /// The comparison's label.
    pub comparison: String,
    /// Whether the comparison group gets it next.
    pub comparison_gets_it_next: bool,
    /// Smallest difference worth having.
    pub worthwhile: Option<Worthwhile>,
    /// Pupils on the list.
    pub pupils: u32,
    /// Classes or schools on the list, 0 where pupils are drawn.
    pub clusters: u32,
    /// SHA-256 of the allocation list (codes and groups, sorted, RFC 4180).
    pub allocation_fingerprint: String,
    /// How often the lots were drawn before the lock.
    pub draws: u32,
    /// ISO date of the start.
    pub starts: String,
    /// ISO date of the measurement.
    pub measured: String,
    /// How the answer will be worked out, in words.
    pub analysis: String,
    /// The practice that this adopts, when it does.
    pub adopts: Option<String>,
    /// 16 random bytes in hexadecimal, so that the fingerprint can't be guessed.
    pub salt: String,
}

impl TrialPlan {
    /// The plan's canonical form: JSON as RFC 8785 writes it, byte for byte the same everywhere.
    ///
    /// # Errors
    /// `no-canonical-form` where a number in it is not finite.
    pub fn canonical(&self) -> Result<String, Refusal> {
        serde_json_canonicalizer::to_string(self).map_err(|fault| {
            Refusal::new(
                "no-canonical-form",
                format!("The plan can’t be written down exactly: {fault}."),
                "Enter the numbers in the plan again.",
            )
        })
    }

    /// SHA-256 of the canonical form, in hexadecimal: what anybody can check the plan by.
    ///
    /// # Errors
    /// As [`TrialPlan::canonical`].
    pub fn fingerprint(&self) -> Result<String, Refusal> {
        Ok(fingerprint_of(&self.canonical()?))
    }
}

/// SHA-256, in hexadecimal, of a canonical plan as it was downloaded.
#[must_use]
pub fn fingerprint_of(canonical: &str) -> String {
    Sha256::digest(canonical.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A dated event with its reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// ISO date.
    pub on: String,
    /// Why, in the team's own words.
    pub why: String,
}

/// What was done after the lock, as far as the network knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// ISO date of the measurement.
    pub measured: Option<String>,
    /// When and why it was stopped early.
    pub stopped: Option<Dated>,
    /// Each time lots were drawn again after the lock.
    pub drawn_again: Vec<Dated>,
    /// Each time a file of scores took the place of one before it.
    pub replaced: Vec<Dated>,
    /// Whether a score from before was allowed for.
    pub baseline: bool,
    /// The words that counted as reaching it; empty for numbers.
    pub success: Vec<String>,
    /// SHA-256 of the list that the groups were taken from.
    pub allocation_fingerprint: String,
    /// What the team says it did otherwise, each with its date.
    pub said: Vec<Dated>,
}

/// What was done otherwise than planned, one sentence each, in the order of a trial's life.
///
/// ```
/// use difference_engine::trial_plan::{Dated, Done, TrialPlan, deviations};
/// # let plan: TrialPlan = serde_json::from_str(r#"{"schema":"","title":"","idea":"","question":"",
/// #   "measure":{"name":"","how":"","unit":"","attainment":false,"lower_is_better":false,
/// #   "baseline":false,"words":[],"success":[]},"design":"individual","allocation":"lot",
/// #   "intervention":"","comparison":"","comparison_gets_it_next":true,"worthwhile":null,
/// #   "pupils":2,"clusters":0,"allocation_fingerprint":"a","draws":1,"starts":"2026-01-12",
/// #   "measured":"2026-06-29","analysis":"","adopts":null,"salt":""}"#).unwrap();
/// let done = Done {
///     measured: Some("2026-07-06".to_owned()),
///     allocation_fingerprint: plan.allocation_fingerprint.clone(),
///     ..Done::default()
/// };
/// assert_eq!(
///     deviations(&plan, &done),
///     ["Measured on 6 July 2026, 7 days later than planned."]
/// );
/// ```
#[must_use]
pub fn deviations(plan: &TrialPlan, done: &Done) -> Vec<String> {
    let mut said = Vec::new();
    for again in &done.drawn_again {
        said.push(because(
            &format!(
                "The lots were drawn again on {} after the lock",
                day(&again.on)
            ),
            &again.why,
        ));
    }
    if done.drawn_again.is_empty()
        && !done.allocation_fingerprint.is_empty()
        && done.allocation_fingerprint != plan.allocation_fingerprint
    {
        said.push("The groups are not the ones in the locked plan.".to_owned());
    }
    if let Some(stopped) = &done.stopped {
        said.push(because(
            &format!("Stopped early on {}", day(&stopped.on)),
            &stopped.why,
        ));
    }
    if let Some(measured) = &done.measured
        && let (Some(actual), Some(planned)) = (Day::parse(measured), Day::parse(&plan.measured))
        && actual != planned
    {
        let days = actual.number() - planned.number();
        let number = days.unsigned_abs();
        said.push(format!(
            "Measured on {actual}, {number} {} {} than planned.",
            if number == 1 { "day" } else { "days" },
            if days > 0 { "later" } else { "earlier" },
        ));
    }
    if plan.measure.baseline && !done.baseline {
        said.push("The score from before was not allowed for, though that was planned.".to_owned());
    }
    if !plan.measure.baseline && done.baseline {
        said.push("A score from before was allowed for, which was not planned.".to_owned());
    }
    if plan.measure.success != done.success {
        said.push(format!(
            "Other words counted as reaching it: {} instead of {}.",
            listed(&done.success),
            listed(&plan.measure.success)
        ));
    }
    for file in &done.replaced {
        said.push(because(
            &format!("The file of scores was replaced on {}", day(&file.on)),
            &file.why,
        ));
    }
    for other in &done.said {
        said.push(format!("{} ({})", other.why.trim(), day(&other.on)));
    }
    said
}

fn day(iso: &str) -> String {
    Day::parse(iso).map_or_else(|| iso.to_owned(), |day| day.to_string())
}

fn because(what: &str, why: &str) -> String {
    let why = why.trim().trim_end_matches('.');
    if why.is_empty() {
        format!("{what}; no reason was given.")
    } else {
        format!("{what}: {why}.")
    }
}

fn listed(words: &[String]) -> String {
    if words.is_empty() {
        return "none".to_owned();
    }
    let quoted: Vec<String> = words.iter().map(|word| format!("“{word}”")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn plan() -> TrialPlan {
        TrialPlan {
            schema: SCHEMA.to_owned(),
            title: "Morning reading group".to_owned(),
            idea: "Eight pupils read aloud with one adult before school.".to_owned(),
            question: "Does it improve reading?".to_owned(),
            measure: PlannedMeasure {
                name: "reading".to_owned(),
                baseline: true,
                ..PlannedMeasure::default()
            },
            design: Design::Individual,
            allocation: Allocation::Lot,
            intervention: "morning reading".to_owned(),
            comparison: "as usual".to_owned(),
            comparison_gets_it_next: true,
            worthwhile: Some(Worthwhile::Unit(1.5)),
            pupils: 28,
            clusters: 0,
            allocation_fingerprint: "aa".to_owned(),
            draws: 1,
            starts: "2026-01-12".to_owned(),
            measured: "2026-06-29".to_owned(),
            analysis: "Difference in the score after.".to_owned(),
            adopts: None,
            salt: "00".to_owned(),
        }
    }

    fn as_planned() -> Done {
        Done {
            measured: Some("2026-06-29".to_owned()),
            baseline: true,
            allocation_fingerprint: "aa".to_owned(),
            ..Done::default()
        }
    }

    #[test]
    fn the_canonical_form_sorts_keys_and_survives_a_round_trip() {
        let canonical = plan().canonical().unwrap();
        assert!(
            canonical.starts_with(r#"{"adopts":null,"allocation":"lot","#),
            "{canonical}"
        );
        let again: TrialPlan = serde_json::from_str(&canonical).unwrap();
        assert_eq!(again.canonical().unwrap(), canonical);
        assert_eq!(fingerprint_of(&canonical), plan().fingerprint().unwrap());
        let other = TrialPlan {
            salt: "01".to_owned(),
            ..plan()
        };
        assert_ne!(other.fingerprint().unwrap(), plan().fingerprint().unwrap());
    }

    #[test]
    fn what_was_done_as_planned_deviates_in_nothing() {
        assert!(deviations(&plan(), &as_planned()).is_empty());
    }

    #[test]
    fn each_deviation_is_named() {
        let dated = |why: &str| Dated {
            on: "2026-03-02".to_owned(),
            why: why.to_owned(),
        };
        let done = Done {
            measured: Some("2026-06-28".to_owned()),
            stopped: Some(dated("the teacher left.")),
            drawn_again: vec![dated("")],
            replaced: vec![dated("wrong class")],
            baseline: false,
            success: vec!["GDS".to_owned()],
            said: vec![dated("Two pupils in the other group joined in.")],
            allocation_fingerprint: "bb".to_owned(),
        };
        assert_eq!(
            deviations(&plan(), &done),
            [
                "The lots were drawn again on 2 March 2026 after the lock; no reason was given.",
                "Stopped early on 2 March 2026: the teacher left.",
                "Measured on 28 June 2026, 1 day earlier than planned.",
                "The score from before was not allowed for, though that was planned.",
                "Other words counted as reaching it: “GDS” instead of none.",
                "The file of scores was replaced on 2 March 2026: wrong class.",
                "Two pupils in the other group joined in. (2 March 2026)",
            ]
        );
    }
}
