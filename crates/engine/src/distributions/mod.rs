//! The distributions that every judgement rests on: normal, t, χ², F, the noncentral t, binomial and Poisson.
//!
//! Who may call this: everybody in the engine; nobody keeps a second copy. What must stay true: no
//! NaN comes out. An argument outside a function's domain is a typed error, [`OutOfDomain`].
//!
//! Digits: the error function and ln Γ are those of `libm`, within a unit or so of the last place
//! (those of `statrs` keep 11 digits). The incomplete beta and gamma functions of `statrs` lose digits
//! from a few thousand degrees of freedom on (they subtract large logarithms and stop after 140
//! terms), so the tails here are computed with Loader's saddle-point form of the
//! leading factor (Loader 2000, "Fast and accurate computation of binomial probabilities") and
//! continued fractions run until they settle. Quantiles are polished with Newton steps. The tests
//! hold all of it to 12 digits against values computed with 40 digits.
//!
//! ```
//! use difference_engine::distributions::{t_quantile, t_two_sided};
//! let t = t_quantile(0.975, 10.0)?;
//! assert!((t - 2.228138851986274).abs() < 1e-12);
//! assert!((t_two_sided(t, 10.0)? - 0.05).abs() < 1e-12);
//! # Ok::<(), difference_engine::distributions::OutOfDomain>(())
//! ```
mod chi2;
mod counts;
mod f;
mod incomplete;
mod noncentral_t;
mod normal;
mod student;

pub use chi2::{chi2_cdf, chi2_quantile, chi2_upper};
pub use counts::{binomial_cdf, poisson_cdf};
pub use f::{f_cdf, f_quantile, f_upper};
pub use noncentral_t::{noncentral_t_cdf, noncentral_t_upper, noncentrality};
pub use normal::{normal_cdf, normal_density, normal_quantile, normal_upper};
pub use student::{critical, t_cdf, t_density, t_quantile, t_two_sided, t_upper, two_sided_p};

use crate::refusal::Refusal;

/// An argument for which a distribution has no value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{function}: {argument} = {value} is outside its domain")]
pub struct OutOfDomain {
    /// The function that was asked, such as `t_quantile`.
    pub function: &'static str,
    /// The argument's name.
    pub argument: &'static str,
    /// The value that was given.
    pub value: f64,
}

impl From<OutOfDomain> for Refusal {
    fn from(error: OutOfDomain) -> Self {
        Self::new(
            "out-of-domain",
            format!("A probability could not be worked out ({error})."),
            "Check that each group has at least two pupils and that their scores differ.",
        )
    }
}

type Answer = Result<f64, OutOfDomain>;

fn finite(function: &'static str, argument: &'static str, value: f64) -> Answer {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(OutOfDomain {
            function,
            argument,
            value,
        })
    }
}

fn number(function: &'static str, argument: &'static str, value: f64) -> Answer {
    if value.is_nan() {
        Err(OutOfDomain {
            function,
            argument,
            value,
        })
    } else {
        Ok(value)
    }
}

/// Degrees of freedom: above 0; infinity is allowed and means the limiting distribution.
fn degrees(function: &'static str, argument: &'static str, value: f64) -> Answer {
    if value > 0.0 {
        Ok(value)
    } else {
        Err(OutOfDomain {
            function,
            argument,
            value,
        })
    }
}

fn probability(function: &'static str, value: f64) -> Answer {
    if value > 0.0 && value < 1.0 {
        Ok(value)
    } else {
        Err(OutOfDomain {
            function,
            argument: "p",
            value,
        })
    }
}
