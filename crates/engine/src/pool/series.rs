//! The average as results arrived, and without each result in turn.
//!
//! Lau et al. (1992), *New England Journal of Medicine* 327:248.

use super::average::Datum;
use super::hksj::infer;
use super::pooling::tau2;
use super::soundness::sorted;
use super::{PoolQuestion, Step, Study};
use crate::date::Day;
use crate::distributions::OutOfDomain;

/// The average after each new result, in the order of their dates; undated results come last, in
/// the order given.
pub(super) fn cumulative(
    studies: &[Study],
    question: &PoolQuestion,
    level: f64,
) -> Result<Vec<Step>, OutOfDomain> {
    let mut in_time: Vec<&Study> = studies.iter().collect();
    in_time.sort_by_key(|s| {
        let day = s.date.as_deref().and_then(Day::parse);
        (day.is_none(), day)
    });
    let mut so_far: Vec<Study> = Vec::new();
    in_time
        .into_iter()
        .map(|study| {
            so_far.push(study.clone());
            step(study, &sorted(&so_far), question, level)
        })
        .collect()
}

/// The average without each result, in the order given; none with one study.
pub(super) fn leave_one_out(
    studies: &[Study],
    question: &PoolQuestion,
    level: f64,
) -> Result<Vec<Step>, OutOfDomain> {
    if studies.len() < 2 {
        return Ok(Vec::new());
    }
    studies
        .iter()
        .enumerate()
        .map(|(out, study)| {
            let rest: Vec<Study> = studies
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != out)
                .map(|(_, s)| s.clone())
                .collect();
            step(study, &sorted(&rest), question, level)
        })
        .collect()
}

fn step(
    study: &Study,
    data: &[Datum],
    question: &PoolQuestion,
    level: f64,
) -> Result<Step, OutOfDomain> {
    let average = infer(data, tau2(data, question.method), question.inference, level)?;
    Ok(Step {
        label: study.label.clone(),
        date: study.date.clone(),
        k: u64::try_from(data.len()).unwrap_or(u64::MAX),
        estimate: average.estimate,
        lower: average.lower,
        upper: average.upper,
    })
}
