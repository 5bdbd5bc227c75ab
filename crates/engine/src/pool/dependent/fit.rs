//! A working model fitted: its variances, and the average or coefficients that go with them.
//!
//! Who may call this: this folder. What must stay true: the working model is the only thing that differs between
//! methods; all of them are weighted, and their robust variance made, in one place.

use super::Working;
use super::clusters::Clusters;
use super::levels::{self, Levels, Likelihood, Variances};
use super::sandwich::{Sandwich, out_of_range};
use super::{correlated, hierarchical};
use crate::pool::Heterogeneity;
use crate::refusal::Refusal;

/// A working model with what it needs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Model {
    /// Three levels; ρ is 0 unless errors are correlated.
    Levels(Likelihood, f64),
    /// Moments of correlated effects with ρ.
    Corr(f64),
    /// Moments of hierarchical effects.
    Hier,
}

/// A fit.
pub(super) struct Fitted {
    /// Variances of true effects, the places' first; one where the second plays no part.
    pub variances: Vec<f64>,
    /// Estimates and their variances.
    pub sandwich: Sandwich,
    /// The likelihood, where there is one.
    pub levels: Option<(Levels, Variances, f64)>,
    /// I² in per cent, where the method has its own.
    pub i2: Option<f64>,
}

impl Model {
    /// The model that a question asks for.
    pub fn of(working: Option<Working>, method: Heterogeneity, rho: f64) -> Result<Self, Refusal> {
        match (working, method) {
            (None, method) => Ok(Self::Levels(likelihood(method)?, 0.0)),
            (Some(Working::Che), method) => Ok(Self::Levels(likelihood(method)?, rho)),
            (Some(Working::Corr), Heterogeneity::Reml) => Ok(Self::Corr(rho)),
            (Some(Working::Hier), Heterogeneity::Reml) => Ok(Self::Hier),
            (Some(Working::Corr | Working::Hier), method) => Err(Refusal::new(
                "method-not-for-dependent-results",
                format!(
                    "Correlated and hierarchical effects have an estimator of their own (moments), so the method {} has no place in them.",
                    method.name()
                ),
                "Leave the method out, or ask for the working model che.",
            )),
        }
    }

    /// Fits it.
    pub fn fit(self, clusters: &Clusters) -> Result<Fitted, Refusal> {
        let (fitted, finite) = match self {
            Self::Levels(likelihood, rho) => {
                let levels = Levels::new(clusters, rho, likelihood);
                let (variances, at) = levels.highest().ok_or_else(out_of_range)?;
                let covariance = |place: &_| levels::covariance(place, rho, variances);
                let sandwich = Sandwich::new(clusters, covariance)?;
                let kept = if levels.free[1] { 2 } else { 1 };
                let finite = at.height.is_finite();
                let fitted = Fitted {
                    variances: variances.iter().copied().take(kept).collect(),
                    sandwich,
                    levels: Some((levels, variances, at.height)),
                    i2: None,
                };
                (fitted, finite)
            }
            Self::Corr(rho) => {
                let found = correlated::correlated(clusters, rho)?;
                let working = |place: &_| correlated::working(place, found.tau2);
                let fitted = Fitted {
                    variances: vec![found.tau2],
                    sandwich: Sandwich::new(clusters, working)?,
                    levels: None,
                    i2: Some(found.i2),
                };
                (fitted, found.i2.is_finite())
            }
            Self::Hier => {
                let variances = hierarchical::hierarchical(clusters)?;
                let working = |place: &_| hierarchical::working(place, variances);
                let fitted = Fitted {
                    variances: variances.to_vec(),
                    sandwich: Sandwich::new(clusters, working)?,
                    levels: None,
                    i2: None,
                };
                (fitted, true)
            }
        };
        let sandwich = &fitted.sandwich;
        let figures = (sandwich.coefficients.iter())
            .chain(sandwich.robust.iter().flatten())
            .chain(sandwich.model.iter().flatten())
            .chain(&fitted.variances);
        if finite && figures.into_iter().all(|figure| figure.is_finite()) {
            Ok(fitted)
        } else {
            Err(out_of_range())
        }
    }
}

impl Fitted {
    /// All levels together.
    pub fn tau2(&self) -> f64 {
        self.variances.iter().sum()
    }
}

fn likelihood(method: Heterogeneity) -> Result<Likelihood, Refusal> {
    match method {
        Heterogeneity::Reml => Ok(Likelihood::Restricted),
        Heterogeneity::Ml => Ok(Likelihood::Full),
        other => Err(Refusal::new(
            "method-not-for-dependent-results",
            format!(
                "The method {} estimates one variance between results, and these have one between places and one within them.",
                other.name()
            ),
            "Use reml or ml, or the working model corr or hier, which have an estimator of their own.",
        )),
    }
}
