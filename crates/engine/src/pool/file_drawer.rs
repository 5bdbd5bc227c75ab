//! The known file drawer: trials that began and never reported, and what they could change.
//!
//! Who may call this: [`super::pool`]. What must stay true: a network knows which trials began, so what
//! is missing is named and never guessed; the bounds are for trials that went as badly, or as well, as
//! could be, not for what they likely found.
//!
//! After Horowitz & Manski (2000), *Journal of the American Statistical Association* 95:77: each missing
//! effect is put at the lowest, then at the highest value that it could have, and the pool is worked out
//! again as it was asked. Effects have no natural ends, so "could have" is: as far from nothing, either way,
//! as the furthest 95 % limit of any result that was reported. A missing trial's variance is its own
//! where the plan says it, otherwise the middle one of those reported.

use serde::{Deserialize, Serialize};

use super::average::Datum;
use super::heterogeneity::tau2;
use super::hksj::infer;
use super::model::Constant;
use super::soundness::order;
use super::{PoolQuestion, Study};
use crate::distributions::{OutOfDomain, critical};

/// A trial that began and has not reported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Unreported {
    /// Its place.
    pub label: String,
    /// The sampling variance that it was planned to have, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance: Option<f64>,
    /// ISO date when it was planned to report; before [`PoolQuestion::as_of`] has come to it, it is not missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
}

/// The average if every missing trial had gone one way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// The effect that each missing trial is given.
    pub effect: f64,
    /// The average with them.
    pub estimate: f64,
    /// Its lower limit.
    pub lower: f64,
    /// Its upper limit.
    pub upper: f64,
}

/// What is missing, and what it could change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileDrawer {
    /// Who began, should have reported by now and has not, in the order given.
    pub missing: Vec<String>,
    /// Trials that began, reported or not.
    pub begun: u64,
    /// If all had come out as low as could be.
    pub lowest: Bound,
    /// If all had come out as high as could be.
    pub highest: Bound,
}

/// The bounds for sorted data; None where nothing is missing.
pub(super) fn file_drawer(
    studies: &[Study],
    data: &[Datum],
    question: &PoolQuestion,
    level: f64,
) -> Result<Option<FileDrawer>, OutOfDomain> {
    let missing = question.missing();
    if missing.is_empty() {
        return Ok(None);
    }
    let z = critical(level, None)?;
    let furthest = data
        .iter()
        .map(|d| d.y.abs() + z * d.v.sqrt())
        .fold(0.0, f64::max);
    let mut variances: Vec<f64> = data.iter().map(|d| d.v).collect();
    variances.sort_by(f64::total_cmp);
    let middle = variances.get(variances.len() / 2).copied().unwrap_or(1.0);
    let bound = |effect: f64| {
        let mut all = data.to_vec();
        all.extend(missing.iter().map(|missing| {
            Datum {
                y: effect,
                v: missing
                    .variance
                    .filter(|v| super::soundness::VARIANCES.contains(v))
                    .unwrap_or(middle),
            }
        }));
        all.sort_by(order);
        let between = tau2(&Constant(&all), question.method);
        let average = infer(&all, between, question.inference, level)?;
        Ok(Bound {
            effect,
            estimate: average.estimate,
            lower: average.lower,
            upper: average.upper,
        })
    };
    Ok(Some(FileDrawer {
        missing: missing.iter().map(|m| m.label.clone()).collect(),
        begun: u64::try_from(studies.len() + question.unreported.len()).unwrap_or(u64::MAX),
        lowest: bound(-furthest)?,
        highest: bound(furthest)?,
    }))
}
