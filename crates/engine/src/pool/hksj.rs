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

/// The average at `tau2` with the standard error that `inference` gives it and limits at `level`.
/// One study alone has nothing to compare with and keeps its own standard error and normal quantiles.
pub(super) fn infer(
    data: &[Datum],
    tau2: f64,
    inference: Inference,
    level: f64,
) -> Result<Inferred, OutOfDomain> {
    let at = average(data, tau2);
    let wald = (1.0 / at.sum_w).sqrt();
    let df = count(data.len()) - 1.0;
    let (factor, df) = match inference {
        Inference::Hksj if df > 0.0 => (at.q / df, Some(df)),
        Inference::HksjFloor if df > 0.0 => ((at.q / df).max(1.0), Some(df)),
        Inference::Hksj | Inference::HksjFloor | Inference::Wald => (1.0, None),
    };
    let standard_error = wald * factor.sqrt();
    let half = critical(level, df)? * standard_error;
    Ok(Inferred {
        estimate: at.mean,
        standard_error,
        df,
        lower: at.mean - half,
        upper: at.mean + half,
    })
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
