//! Results that depend on each other: several from one place, or several measures of the same pupils.
//!
//! Who may call this: [`super::pool`], where the question names a working model or CR2, or a result says what it
//! shares within its place. What must stay true: places are independent, results within them need not be; what is not
//! offered for such results is refused by name and never worked out as if they were independent.
//!
//! One file a method: [`levels`] (three levels by likelihood, and "CHE"), [`correlated`] ("CORR") and [`hierarchical`]
//! ("HIER"), all with the robust variance of [`sandwich`].

mod answer;
mod clusters;
mod correlated;
mod fit;
mod hierarchical;
mod levels;
mod moderators;
mod moments;
mod profile;
mod sandwich;
mod words;

use serde::{Deserialize, Serialize};

use super::{Inference, PoolQuestion, Study};

pub(super) use answer::pool_dependent;

/// The correlation of sampling errors within a place where none is given.
pub const RHO: f64 = 0.8;

/// What is taken for granted about results of one place, to weight them by; robust standard errors do not rest on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Working {
    /// One true effect for each place, seen several times with correlated errors (Hedges, Tipton & Johnson 2010).
    Corr,
    /// True effects that differ within places too, with independent errors (the same).
    Hier,
    /// Both: true effects that differ within places, and correlated errors (Pustejovsky & Tipton 2022).
    Che,
}

/// What a pool says of results that depend on each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dependent {
    /// As asked; None for three levels with independent errors.
    pub working: Option<Working>,
    /// Places that the results come from.
    pub places: u64,
    /// Correlation of sampling errors within a place that was taken for granted; None where it plays no part.
    pub rho: Option<f64>,
    /// Variance of the true effects at each level, the places first.
    pub components: Vec<Component>,
    /// Log-likelihood, restricted for REML, with the constants that metafor counts; None where none was used.
    pub log_likelihood: Option<f64>,
    /// The average for other correlations; empty where none plays a part.
    pub by_rho: Vec<ByRho>,
}

/// The variance of true effects at one level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// `between places` or `within places`.
    pub level: String,
    /// Groups at this level.
    pub groups: u64,
    /// σ², on the effects' scale squared.
    pub variance: f64,
    /// Limit by profile likelihood, 95 %; None where the variance came from moments.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// Share of the variation that this level explains, in per cent.
    pub i2: f64,
    /// How each group deviates from what is above it; empty where variances came from moments.
    pub deviations: Vec<Deviation>,
}

/// How one group deviates from the level above it: the best linear unbiased prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deviation {
    /// The place, or the first result of the group within one.
    pub label: String,
    /// On the effects' scale.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// The average if sampling errors were correlated otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ByRho {
    /// The correlation.
    pub rho: f64,
    /// The average.
    pub estimate: f64,
    /// Its robust standard error.
    pub standard_error: f64,
    /// Satterthwaite's.
    pub df: f64,
    /// Lower 95 % limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// Variance of true effects, all levels together.
    pub tau2: f64,
}

fn whole(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// Whether the results are to be pooled as depending on each other.
pub(super) fn asked(studies: &[Study], question: &PoolQuestion) -> bool {
    question.working.is_some()
        || question.inference == Inference::Cr2
        || studies.iter().any(|study| study.within.is_some())
}
