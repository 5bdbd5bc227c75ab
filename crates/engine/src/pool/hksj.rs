//! The average's standard error and interval: Hartung, Knapp, Sidik & Jonkman, with and without the
//! floor, or Wald's.
//!
//! Hartung & Knapp (2001), *Statistics in Medicine* 20:3875; Sidik & Jonkman (2002), *Statistics in
//! Medicine* 21:3153. The variance `1/Σw` is multiplied by `q = Σ w (y − μ)² / (k − 1)` and judged by
//! t with k − 1 degrees of freedom. By chance q can be tiny with few places; the floor (Rover,
//! Knapp & Friede 2015, *BMC Medical Research Methodology* 15:99) never lets it below 1.

use super::Inference;
use super::average::{Datum, average};
use crate::count::count;
use crate::distributions::{OutOfDomain, critical, t_upper, two_sided_p};

/// An average with its standard error and its limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Inferred {
    /// The average.
    pub estimate: f64,
    /// Its standard error; zero only without the floor, when all effects are equal.
    pub standard_error: f64,
    /// None for the normal distribution.
    pub df: Option<f64>,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Inference {
    /// The degrees of freedom of t where `freedom` are left; None for the normal distribution. Where
    /// none are left there is nothing to compare with, and normal quantiles are all that there is.
    pub(super) fn df(self, freedom: f64) -> Option<f64> {
        match self {
            Self::Hksj | Self::HksjFloor => (freedom > 0.0).then_some(freedom),
            Self::Wald | Self::Cr2 => None,
        }
    }

    /// What the model's variance is multiplied by, from `y′Py` and its degrees of freedom.
    pub(super) fn factor(self, q: f64, freedom: f64) -> f64 {
        match self {
            Self::Hksj if freedom > 0.0 => q / freedom,
            Self::HksjFloor if freedom > 0.0 => (q / freedom).max(1.0),
            Self::Hksj | Self::HksjFloor | Self::Wald | Self::Cr2 => 1.0,
        }
    }
}

/// The average at `tau2` with the standard error that `inference` gives it and limits at `level`.
/// One study alone has nothing to compare with and keeps its own standard error and normal quantiles.
pub(super) fn infer(
    data: &[Datum],
    tau2: f64,
    inference: Inference,
    level: f64,
) -> Result<Inferred, OutOfDomain> {
    let critical = critical(level, inference.df(count(data.len()) - 1.0))?;
    Ok(infer_with(data, tau2, inference, critical))
}

/// The same where the critical value is known already.
pub(super) fn infer_with(
    data: &[Datum],
    tau2: f64,
    inference: Inference,
    critical: f64,
) -> Inferred {
    let at = average(data, tau2);
    let freedom = count(data.len()) - 1.0;
    let wald = (1.0 / at.sum_w).sqrt();
    let standard_error = wald * inference.factor(at.q, freedom).sqrt();
    let half = critical * standard_error;
    Inferred {
        estimate: at.mean,
        standard_error,
        df: inference.df(freedom),
        lower: at.mean - half,
        upper: at.mean + half,
    }
}

impl Inferred {
    /// Estimate over standard error; None where that is not a number.
    pub fn statistic(&self) -> Option<f64> {
        let statistic = self.estimate / self.standard_error;
        statistic.is_finite().then_some(statistic)
    }

    /// Two-sided.
    pub fn p_value(&self) -> Option<f64> {
        two_sided_p(self.statistic()?, self.df).ok()
    }

    /// The chance, under a flat prior, that the true average is above `x`:
    /// `P(T_df > (x − estimate) / se)`. None where the standard error is zero.
    pub fn chance_above(&self, x: f64) -> Option<f64> {
        t_upper(
            (x - self.estimate) / self.standard_error,
            self.df.unwrap_or(f64::INFINITY),
        )
        .ok()
    }

    /// Whether "no difference" is inside the limits.
    pub fn could_be_nothing(&self) -> bool {
        self.lower <= 0.0 && self.upper >= 0.0
    }
}
