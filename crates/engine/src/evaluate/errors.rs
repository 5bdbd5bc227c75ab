//! The standard errors that were asked for, prepared for a least-squares fit.

use super::design::no_clusters;
use super::estimates::too_uncertain;
use super::facts::whole;
use super::model::no_spread;
use crate::cluster_robust::{self, ClusterRobust};
use crate::count::count;
use crate::evaluation::Influence;
use crate::heteroskedastic::{self, Heteroskedastic};
use crate::least_squares::{Cell, LeastSquares, Term};
use crate::question::{DegreesOfFreedom, StandardErrors};
use crate::refusal::Refusal;
use crate::wald::{self, Wald};

/// Standard errors, prepared.
pub(super) enum Errors<'fit> {
    Classical,
    Rows((Heteroskedastic<'fit>, heteroskedastic::Correction)),
    Clusters(ClusterRobust<'fit>),
}

/// One pass over the rows of a fit: each row's block, and its columns and outcome.
pub(super) type Pass<'a> = dyn Fn(&mut dyn FnMut(usize, &[f64])) -> Result<(), Refusal> + 'a;

/// What is asked of standard errors beside themselves, and costs more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Also {
    /// Satterthwaite's degrees of freedom.
    pub degrees: bool,
    /// Tests of several coefficients at once.
    pub together: bool,
}

impl<'fit> Errors<'fit> {
    /// Prepares them for a fit: from its cells where clusters are named, or by a second pass over its rows.
    pub(super) fn of(
        se: StandardErrors,
        also: Also,
        cells: Option<&Vec<Cell>>,
        fit: &'fit LeastSquares,
        rows: &Pass<'_>,
    ) -> Result<Self, Refusal> {
        use cluster_robust::Correction as Cr;
        use heteroskedastic::Correction as Hc;
        let correction = match se {
            StandardErrors::Classical => return Ok(Self::Classical),
            StandardErrors::Hc0 => return Self::rows(also, fit, rows, Hc::Hc0),
            StandardErrors::Hc1 => return Self::rows(also, fit, rows, Hc::Hc1),
            StandardErrors::Hc2 => return Self::rows(also, fit, rows, Hc::Hc2),
            StandardErrors::Hc3 => return Self::rows(also, fit, rows, Hc::Hc3),
            StandardErrors::Cr0 => Cr::Cr0,
            StandardErrors::Cr1 => Cr::Cr1,
            StandardErrors::Cr1s => Cr::Cr1s,
            StandardErrors::Cr2 => Cr::Cr2,
            StandardErrors::Cr3 => Cr::Cr3,
        };
        let cells = cells.ok_or_else(no_clusters)?;
        Ok(Self::Clusters(ClusterRobust::new(fit, cells, correction)?))
    }

    /// The second pass over the rows.
    fn rows(
        also: Also,
        fit: &'fit LeastSquares,
        rows: &Pass<'_>,
        correction: heteroskedastic::Correction,
    ) -> Result<Self, Refusal> {
        let mut sums = Heteroskedastic::new(fit, &fit.terms());
        if also.degrees {
            sums = sums.with_degrees_of_freedom();
        }
        if also.together {
            sums = sums.with_covariance(correction);
        }
        rows(&mut |block, values| sums.add(block, values))?;
        Ok(Self::Rows((sums, correction)))
    }

    pub(super) fn standard_error(&self, fit: &LeastSquares, term: Term) -> Option<f64> {
        match self {
            Self::Classical => fit.standard_error(term),
            Self::Rows((sums, correction)) => sums.standard_error(term, *correction),
            Self::Clusters(robust) => robust.standard_error(term),
        }
    }

    /// Whether some coefficients are all zero: Hotelling's approximation with clusters, otherwise F with the residual degrees of
    /// freedom.
    pub(super) fn together(&self, fit: &LeastSquares, terms: &[Term]) -> Result<Wald, Refusal> {
        let covariance = match self {
            Self::Clusters(robust) => return robust.wald(terms),
            Self::Classical => fit.covariance(terms),
            Self::Rows((sums, _)) => sums.covariance(terms),
        };
        let estimates: Option<Vec<f64>> = terms.iter().map(|t| fit.coefficient(*t)).collect();
        let (estimates, covariance) = estimates.zip(covariance).ok_or_else(no_spread)?;
        let quadratic = wald::quadratic(&estimates, &covariance)?;
        wald::f(quadratic, terms.len(), count(fit.residual_df()))
    }

    /// The degrees of freedom that were asked for, or the standard errors' own; None for the normal distribution.
    pub(super) fn df(
        &self,
        asked: Option<DegreesOfFreedom>,
        fit: &LeastSquares,
        term: Term,
    ) -> Result<Option<f64>, Refusal> {
        let residual = count(fit.residual_df());
        let found = match (asked, self) {
            (Some(DegreesOfFreedom::Normal), _) => return Ok(None),
            (Some(DegreesOfFreedom::Residual), _) => Some(residual),
            (_, Self::Clusters(robust)) => robust.satterthwaite(term),
            (Some(DegreesOfFreedom::Satterthwaite), Self::Rows((sums, _))) => {
                sums.satterthwaite(term)
            }
            (_, Self::Classical | Self::Rows(_)) => Some(residual),
        };
        found.map(Some).ok_or_else(too_uncertain)
    }

    /// Whether they allow for rows of a cluster being alike.
    pub(super) fn by_clusters(&self) -> bool {
        matches!(self, Self::Clusters(_))
    }

    /// What a coefficient becomes without each cluster.
    pub(super) fn influence(&self, term: Term) -> Option<Influence> {
        let Self::Clusters(robust) = self else {
            return None;
        };
        let all = robust.leave_one_out(term);
        let found = || all.iter().filter_map(|(_, estimate)| *estimate);
        let known = found().count();
        (known > 0).then(|| Influence {
            clusters: whole(all.len()),
            lower: found().fold(f64::INFINITY, f64::min),
            upper: found().fold(f64::NEG_INFINITY, f64::max),
            needed: whole(all.len() - known),
        })
    }
}

pub(super) fn label(se: StandardErrors) -> &'static str {
    match se {
        StandardErrors::Classical => "classical",
        StandardErrors::Hc0 => "HC0",
        StandardErrors::Hc1 => "HC1",
        StandardErrors::Hc2 => "HC2",
        StandardErrors::Hc3 => "HC3",
        StandardErrors::Cr0 => "CR0",
        StandardErrors::Cr1 => "CR1",
        StandardErrors::Cr1s => "CR1S",
        StandardErrors::Cr2 => "CR2",
        StandardErrors::Cr3 => "CR3",
    }
}
