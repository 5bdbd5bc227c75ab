//! What a trial could see, in words that a teacher acts on.
//!
//! Who may call this: [`sizing`](super::sizing). What must stay true: every number comes from the
//! sizes, written by [`numbers`](crate::words::numbers); months only for attainment.

use crate::count::nearest;
use crate::months::Months;
use crate::question::Design;
use crate::words::numbers::{Precision, months_of, plural, thousands};

use super::design::Filled;
use super::{Needed, PowerQuestion, SizePoint};

/// From here on a difference in attainment is large for a change in schools (Kraft 2020).
const LARGE: f64 = 0.2;
/// Under this many clusters the lots themselves are the judge.
const FEW_CLUSTERS: u64 = 8;

/// A size of change: "7 months", "2.2 minutes", "0.34 standard deviations".
pub(super) fn change(question: &PowerQuestion, g: f64) -> String {
    match (question.sd, question.attainment) {
        (_, true) => months_of(Months::of(g)),
        (Some(sd), false) => {
            let size = Precision::for_width(g * sd).write(g * sd);
            let unit = if question.unit.is_empty() {
                "points"
            } else {
                &question.unit
            };
            plural(&size, unit)
        }
        (None, false) => format!("{} standard deviations", Precision::HUNDREDTHS.write(g)),
    }
}

/// "56 pupils", "56 pupils in 2 classes or schools".
pub(super) fn who(pupils: u64, clusters: u64) -> String {
    match clusters {
        0 => format!("{} pupils", thousands(pupils)),
        1 => format!("{} pupils in 1 class or school", thousands(pupils)),
        n => format!(
            "{} pupils in {} classes or schools",
            thousands(pupils),
            thousands(n)
        ),
    }
}

/// "8 times in 10".
pub(super) fn times(chance: f64) -> String {
    let tenths = chance * 10.0;
    if (tenths - tenths.round()).abs() < 1e-9 {
        format!("{} times in 10", nearest(tenths))
    } else {
        format!("{} times in 100", nearest(chance * 100.0).clamp(1, 99))
    }
}

/// One or two sentences.
pub(super) fn headline(filled: &Filled<'_>, here: &SizePoint, needed: Option<Needed>) -> String {
    let question = filled.asked;
    let in_blocks = match (question.design, question.blocks) {
        (Design::BlockedIndividual, Some(blocks)) => nearest(blocks),
        _ => here.clusters,
    };
    let mut text = format!(
        "With {} you would probably ({}) notice a difference of {} or more.",
        who(here.pupils, in_blocks),
        times(question.power),
        change(question, here.detectable)
    );
    if let (Some(effect), Some(needed)) = (question.effect, needed) {
        text.push_str(&format!(
            " To notice {} you would need about {}.",
            change(question, effect.abs()),
            who(needed.pupils, needed.clusters)
        ));
    }
    text
}

/// The sentence where only a difference was asked about, and no size.
pub(super) fn headline_of_size(question: &PowerQuestion, needed: Needed) -> String {
    format!(
        "To notice a difference of {} {} you need about {}.",
        change(question, question.effect.unwrap_or_default().abs()),
        times(question.power),
        who(needed.pupils, needed.clusters)
    )
}

/// What to keep in mind.
pub(super) fn notes(question: &PowerQuestion, here: &SizePoint) -> Vec<String> {
    let mut notes = Vec::new();
    if question.attainment && here.detectable > LARGE {
        notes.push(format!(
            "Few changes in schools make {} or more: among trials of teaching, 0.2 standard deviations ({}) already counts as large (Kraft 2020).",
            change(question, here.detectable),
            months_of(Months::of(LARGE))
        ));
    }
    if matches!(question.design, Design::Cluster | Design::BlockedCluster)
        && here.clusters < FEW_CLUSTERS
    {
        notes.push(
            "Under eight classes or schools even the largest difference may come from the lots alone, and then nobody can say. Take eight or more, or draw lots between pupils."
                .to_owned(),
        );
    }
    if question.design == Design::Comparison {
        notes.push(
            "Groups that somebody chose may differ from the start in ways that more pupils don’t cure."
                .to_owned(),
        );
    }
    if question.design == Design::BeforeAfter {
        notes.push(
            "Before and after alone can’t tell your change from whatever else happened meanwhile."
                .to_owned(),
        );
    }
    notes
}
