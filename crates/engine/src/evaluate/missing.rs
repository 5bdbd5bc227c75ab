//! How far the pupils who were drawn and not measured could move the answer.

use super::LEVEL;
use super::design::Setting;
use crate::bounds::{Arm, horowitz_manski, lee};
use crate::evaluation::{Attrition, Bounds};
use crate::question::{Allocation, Question};
use crate::refusal::Refusal;
use crate::sample::{Roles, Sample};

/// The bounds, for trials by lot in which pupils were lost. Where clusters are named they have no interval: it would take
/// pupils for independent.
///
/// # Errors
/// What the sample refuses.
pub(super) fn bounds(
    sample: &dyn Sample,
    setting: Setting,
    question: &Question,
    losses: &Attrition,
) -> Result<Vec<Bounds>, Refusal> {
    if question.allocation != Allocation::Lot || losses.overall <= 0.0 {
        return Ok(Vec::new());
    }
    let mut scores = [Vec::new(), Vec::new()];
    sample.pass(&mut |chunk| {
        for (arm, outcome) in chunk.treatment.iter().zip(&chunk.outcome) {
            let [comparison, intervention] = &mut scores;
            match arm {
                _ if !outcome.is_finite() => {}
                0 => comparison.push(*outcome),
                1 => intervention.push(*outcome),
                _ => {}
            }
        }
    })?;
    let [comparison, intervention] = &scores;
    let arms = (
        Arm {
            drawn: losses.intervention.drawn,
            measured: intervention,
        },
        Arm {
            drawn: losses.comparison.drawn,
            measured: comparison,
        },
    );
    let all = || comparison.iter().chain(intervention).copied();
    let (least, most) = ends(sample.roles(), all());
    let found = [
        lee(arms.0, arms.1, LEVEL),
        horowitz_manski(arms.0, arms.1, least, most, LEVEL),
    ];
    // More scores than were drawn bound nothing; the attrition says so already.
    Ok((found.into_iter().filter_map(Result::ok))
        .map(|mut bounds| {
            if setting.clustered {
                bounds.interval = None;
            }
            if bounds.name == "horowitz-manski" && !sample.roles().outcome.binary {
                bounds.definition.push_str(
                    "; the scale’s ends taken from the lowest and the highest score in the file",
                );
            }
            bounds
        })
        .collect())
}

/// The outcome's scale, as far as it is known.
fn ends(roles: &Roles, scores: impl Iterator<Item = f64>) -> (f64, f64) {
    if roles.outcome.binary {
        return (0.0, 1.0);
    }
    scores.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), y| {
        (least.min(y), most.max(y))
    })
}
