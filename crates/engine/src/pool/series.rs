//! The average as results arrived, and without each result in turn.
//!
//! Lau et al. (1992), *New England Journal of Medicine* 327:248. What must stay true: a step costs a few
//! passes over its own studies and nothing is sorted anew; the data of each step are in the order of
//! [`super::soundness::order`], so that the order in which studies came changes no digit.

use super::average::{Datum, average};
use super::heterogeneity::tau2;
use super::hksj::{Inferred, infer_with};
use super::model::Constant;
use super::soundness::order;
use super::{PoolQuestion, Step, Study};
use crate::count::count;
use crate::date::Day;
use crate::distributions::{OutOfDomain, critical};

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
    let mut so_far: Vec<Datum> = Vec::with_capacity(studies.len());
    in_time
        .into_iter()
        .map(|study| {
            let new = Datum::from(study);
            let place = so_far.partition_point(|d| order(d, &new).is_lt());
            so_far.insert(place, new);
            let tau2 = tau2(&Constant(&so_far), question.method);
            let critical = critical_value(so_far.len(), question, level)?;
            let inferred = infer_with(&so_far, tau2, question.inference, critical);
            Ok(step(study, so_far.len(), &inferred))
        })
        .collect()
}

/// A study left out, and what the others say.
pub(super) struct Without {
    /// τ² of the others.
    pub tau2: f64,
    /// Their average.
    pub average: Inferred,
    /// Their Σ w at that τ².
    pub sum_w: f64,
    /// Their Cochran's Q.
    pub q: f64,
}

/// The average without each of the sorted data in turn, in their order; none with one study.
pub(super) fn without_each(
    data: &[Datum],
    question: &PoolQuestion,
    level: f64,
) -> Result<Vec<Without>, OutOfDomain> {
    if data.len() < 2 {
        return Ok(Vec::new());
    }
    let critical = critical_value(data.len() - 1, question, level)?;
    let mut rest: Vec<Datum> = Vec::with_capacity(data.len());
    Ok((0..data.len())
        .map(|out| {
            rest.clear();
            rest.extend(data.iter().take(out));
            rest.extend(data.iter().skip(out + 1));
            let tau2 = tau2(&Constant(&rest), question.method);
            Without {
                tau2,
                average: infer_with(&rest, tau2, question.inference, critical),
                sum_w: average(&rest, tau2).sum_w,
                q: average(&rest, 0.0).q,
            }
        })
        .collect())
}

/// The steps of [`without_each`] in the order given; `places` has each study's place in the sorted data.
pub(super) fn leave_one_out(studies: &[Study], places: &[usize], without: &[Without]) -> Vec<Step> {
    studies
        .iter()
        .zip(places)
        .filter_map(|(study, place)| {
            let without = without.get(*place)?;
            Some(step(study, studies.len() - 1, &without.average))
        })
        .collect()
}

fn critical_value(k: usize, question: &PoolQuestion, level: f64) -> Result<f64, OutOfDomain> {
    critical(level, question.inference.df(count(k) - 1.0))
}

fn step(study: &Study, k: usize, average: &Inferred) -> Step {
    Step {
        label: study.label.clone(),
        date: study.date.clone(),
        k: u64::try_from(k).unwrap_or(u64::MAX),
        estimate: average.estimate,
        lower: average.lower,
        upper: average.upper,
    }
}
