//! The standard errors that were asked for, prepared for a least-squares fit.

use super::design::no_clusters;
use super::model::Model;
use super::rows;
use crate::cluster_robust::{self, ClusterRobust};
use crate::count::count;
use crate::heteroskedastic::{self, Heteroskedastic};
use crate::least_squares::{LeastSquares, Term};
use crate::question::StandardErrors;
use crate::refusal::Refusal;
use crate::sample::Sample;

/// Standard errors, prepared.
pub(super) enum Errors<'fit> {
    Classical,
    Rows((Heteroskedastic<'fit>, heteroskedastic::Correction)),
    Clusters(ClusterRobust<'fit>),
}

impl<'fit> Errors<'fit> {
    pub(super) fn of(
        se: StandardErrors,
        degrees: bool,
        sample: &dyn Sample,
        model: &Model,
        fit: &'fit LeastSquares,
    ) -> Result<Self, Refusal> {
        use cluster_robust::Correction as Cr;
        let correction = match se {
            StandardErrors::Classical => return Ok(Self::Classical),
            StandardErrors::Hc2 => {
                return Self::rows(
                    degrees,
                    sample,
                    model,
                    fit,
                    heteroskedastic::Correction::Hc2,
                );
            }
            StandardErrors::Hc3 => {
                return Self::rows(
                    degrees,
                    sample,
                    model,
                    fit,
                    heteroskedastic::Correction::Hc3,
                );
            }
            StandardErrors::Cr0 => Cr::Cr0,
            StandardErrors::Cr1 => Cr::Cr1,
            StandardErrors::Cr2 => Cr::Cr2,
        };
        if sample.roles().cluster.is_none() {
            return Err(no_clusters());
        }
        Ok(Self::Clusters(ClusterRobust::new(
            fit,
            &model.cells,
            correction,
        )?))
    }

    /// The second pass over the rows.
    fn rows(
        degrees: bool,
        sample: &dyn Sample,
        model: &Model,
        fit: &'fit LeastSquares,
        correction: heteroskedastic::Correction,
    ) -> Result<Self, Refusal> {
        let mut sums = Heteroskedastic::new(fit, &fit.terms());
        if degrees {
            sums = sums.with_degrees_of_freedom();
        }
        let mut values = Vec::new();
        rows::each(sample, |_, _, row| {
            let Ok(row) = row else { return };
            values.clear();
            values.push(f64::from(row.arm));
            if model.covariates {
                values.extend_from_slice(row.values);
            } else {
                values.extend(row.values.last());
            }
            let block = if model.blocked {
                usize::try_from(row.block).unwrap_or(usize::MAX)
            } else {
                0
            };
            sums.add(block, &values);
        })?;
        Ok(Self::Rows((sums, correction)))
    }

    pub(super) fn standard_error(&self, fit: &LeastSquares, term: Term) -> Option<f64> {
        match self {
            Self::Classical => fit.standard_error(term),
            Self::Rows((sums, correction)) => sums.standard_error(term, *correction),
            Self::Clusters(robust) => robust.standard_error(term),
        }
    }

    pub(super) fn satterthwaite(&self, fit: &LeastSquares, term: Term) -> Option<f64> {
        match self {
            Self::Classical => Some(count(fit.residual_df())),
            Self::Rows((sums, _)) => sums.satterthwaite(term),
            Self::Clusters(robust) => robust.satterthwaite(term),
        }
    }

    pub(super) fn usual_df(&self, fit: &LeastSquares, term: Term) -> Option<f64> {
        match self {
            Self::Clusters(robust) => robust.satterthwaite(term),
            Self::Classical | Self::Rows(_) => Some(count(fit.residual_df())),
        }
    }
}

pub(super) fn label(se: StandardErrors) -> &'static str {
    match se {
        StandardErrors::Classical => "classical",
        StandardErrors::Hc2 => "HC2",
        StandardErrors::Hc3 => "HC3",
        StandardErrors::Cr0 => "CR0",
        StandardErrors::Cr1 => "CR1",
        StandardErrors::Cr2 => "CR2",
    }
}
