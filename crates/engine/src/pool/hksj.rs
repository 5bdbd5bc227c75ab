//! The average's standard error and interval: Hartung, Knapp, Sidik & Jonkman, with and without the
//! floor, or Wald's.
//!
//! Hartung & Knapp (2001), *Statistics in Medicine* 20:3875; Sidik & Jonkman (2002), *Statistics in
//! Medicine* 21:3153. The variance `1/Σw` is multiplied by `q = Σ w (y − μ)² / (k − 1)` and judged by
//! t with k − 1 degrees of freedom. By chance q can be tiny with few places; the floor (Rover,
//! Knapp & Friede 2015, *BMC Medical Research Methodology* 15:99) never lets it below 1.

use super::Inference;
use super::average::{Datum, average};
use super::quantiles::{normal_quantile, normal_upper_tail, t_quantile, t_upper_tail};
use crate::count::count;

/// An average with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Inferred {
    /// The average.
    pub estimate: f64,
    /// Its standard error; zero only without the floor, when all effects are equal.
    pub standard_error: f64,
    /// None for the normal distribution.
    pub df: Option<f64>,
}

/// The average at `tau2` with the standard error that `inference` gives it. One study alone has
/// nothing to compare with and keeps its own standard error and normal quantiles.
pub(super) fn infer(data: &[Datum], tau2: f64, inference: Inference) -> Inferred {
    let at = average(data, tau2);
    let wald = (1.0 / at.sum_w).sqrt();
    let df = count(data.len()) - 1.0;
    let (factor, df) = match inference {
        Inference::Hksj if df > 0.0 => (at.q / df, Some(df)),
        Inference::HksjFloor if df > 0.0 => ((at.q / df).max(1.0), Some(df)),
        Inference::Hksj | Inference::HksjFloor | Inference::Wald => (1.0, None),
    };
    Inferred {
        estimate: at.mean,
        standard_error: wald * factor.sqrt(),
        df,
    }
}

impl Inferred {
    /// Limits at `level`.
    pub fn limits(&self, level: f64) -> (f64, f64) {
        let half = self.quantile(level) * self.standard_error;
        (self.estimate - half, self.estimate + half)
    }

    /// The two-sided critical value at `level`.
    pub fn quantile(&self, level: f64) -> f64 {
        let p = 1.0 - (1.0 - level) / 2.0;
        match self.df {
            Some(df) => t_quantile(p, df),
            None => normal_quantile(p),
        }
    }

    /// Estimate over standard error; None where that is not a number.
    pub fn statistic(&self) -> Option<f64> {
        let statistic = self.estimate / self.standard_error;
        statistic.is_finite().then_some(statistic)
    }

    /// Two-sided.
    pub fn p_value(&self) -> Option<f64> {
        let beyond = self.statistic()?.abs();
        Some(2.0 * self.upper_tail(beyond))
    }

    /// The chance, under a flat prior, that the true average is above `x`:
    /// `P(T_df > (x − estimate) / se)`. None where the standard error is zero.
    pub fn chance_above(&self, x: f64) -> Option<f64> {
        let z = (x - self.estimate) / self.standard_error;
        z.is_finite().then(|| self.upper_tail(z))
    }

    fn upper_tail(&self, z: f64) -> f64 {
        match self.df {
            Some(df) => t_upper_tail(z, df),
            None => normal_upper_tail(z),
        }
    }
}
