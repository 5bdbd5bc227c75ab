//! What to be careful with, one sentence each.

use crate::attrition::sample_ratio;
use crate::evaluation::Evaluation;
use crate::months::CAUTION;
use crate::question::{Allocation, Design};
use crate::rung::by_lot;

use super::numbers::{percent, thousands};

/// The warnings of an evaluation whose numbers are in place.
#[must_use]
pub fn warnings(evaluation: &Evaluation) -> Vec<String> {
    let mut list = Vec::new();
    let lots = by_lot(Some(evaluation.design), evaluation.allocation);
    if evaluation.design == Design::BeforeAfter {
        list.push(
            "There is no comparison: this can’t tell the change from the weather.".to_owned(),
        );
    } else if evaluation.allocation == Allocation::Unknown {
        list.push(
            "Nobody said how the groups came about. If lots were drawn, say so: it decides how far up the ladder of evidence the answer can go."
                .to_owned(),
        );
    } else if !lots {
        list.push(
            "The groups were not drawn by lot, so the difference may come from how they were chosen."
                .to_owned(),
        );
    }
    let clusters: Vec<u64> = evaluation.groups.iter().map(|g| g.clusters).collect();
    if clusters.iter().any(|c| *c > 0 && *c < 4) {
        list.push(
            "There are fewer than 4 classes or schools in a group, so the answer hangs on very few."
                .to_owned(),
        );
    }
    list.extend(lopsided(&clusters));
    list.extend(carried(evaluation));
    if let Some(a) = &evaluation.attrition
        && a.overall > 0.2
    {
        list.push(format!(
            "{} of those who began were not measured; if they differ from the others, so would the answer.",
            percent(a.overall)
        ));
    }
    list.extend(uneven(evaluation).filter(|_| lots));
    if let Some(plan) = &evaluation.plan {
        list.extend(
            plan.deviations
                .iter()
                .map(|d| format!("Otherwise than planned: {d}")),
        );
    }
    if evaluation.attainment && evaluation.effect_size("months").is_some() {
        list.push(CAUTION.to_owned());
    }
    // A trial in which the interval's normal quantile would mislead is one with few degrees of freedom.
    if let Some(df) = evaluation.primary().and_then(|p| p.df)
        && df < 4.0
    {
        list.push(
            "So few classes or schools carry the answer that its interval is itself uncertain."
                .to_owned(),
        );
    }
    list
}

/// A handful of classes or schools against many: the many don't make the few more.
fn lopsided(clusters: &[u64]) -> Option<String> {
    let fewest = clusters.iter().copied().min()?;
    let most = clusters.iter().copied().max()?;
    ((4..6).contains(&fewest) && most >= 4 * fewest).then(|| {
        format!(
            "One of the groups is only {fewest} classes or schools. The answer hangs on them, however many the other group has."
        )
    })
}

/// An answer that one class or school would turn, or take away.
fn carried(evaluation: &Evaluation) -> Option<String> {
    let influence = evaluation.influence?;
    let primary = evaluation.primary()?;
    if influence.needed > 0 {
        return Some(
            "Without one of the classes or schools there would be no answer: all of what it says of them hangs on that one."
                .to_owned(),
        );
    }
    let turned = influence.lower < 0.0 && influence.upper > 0.0;
    let clear = primary.statistic.is_some_and(|t| t.abs() >= 1.0);
    (turned && clear).then(|| {
        "Without one of the classes or schools the answer would point the other way.".to_owned()
    })
}

/// Groups drawn pupil by pupil whose sizes lots for equal groups would hardly ever give.
fn uneven(evaluation: &Evaluation) -> Option<String> {
    let a = evaluation.attrition.as_ref()?;
    let (one, zero) = (a.intervention.drawn, a.comparison.drawn);
    let (_, p) = sample_ratio(one, zero, 0.5).ok()?;
    (evaluation.design == Design::Individual && p < 0.001).then(|| {
        format!(
            "If the lots were for groups of equal size, {} against {} would come up less than once in a thousand times: check that no rows are missing.",
            thousands(one),
            thousands(zero)
        )
    })
}
