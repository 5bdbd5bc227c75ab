//! The model of the outcome that the methods share, fitted once each way.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::design::Setting;
use super::facts::name;
use super::tally::Tally;
use crate::least_squares::{Cell, LeastSquares, Term};
use crate::mixed::{Likelihood, Mixed};
use crate::refusal::Refusal;
use crate::sample::Roles;

/// The treatment's place among the model's columns.
pub(super) const TREATMENT: Term = Term::Column(0);

/// A model of the outcome: the treatment first, then the covariates, and a level for each block.
pub(super) struct Model {
    pub cells: Vec<Cell>,
    /// Of its columns, the treatment first.
    names: Vec<String>,
    pub blocked: bool,
    pub covariates: bool,
    fit: OnceCell<Result<LeastSquares, Refusal>>,
    restricted: OnceCell<Result<Mixed, Refusal>>,
}

impl Model {
    /// The plan's model: treatment, blocks, baselines and covariates.
    pub(super) fn planned(roles: &Roles, tally: &Tally, setting: Setting) -> Self {
        Self::new(roles, tally, setting.blocked, true)
    }

    /// The treatment alone, with a level for each block where lots were drawn within blocks.
    pub(super) fn bare(roles: &Roles, tally: &Tally, blocked: bool) -> Self {
        Self::new(roles, tally, blocked, false)
    }

    fn new(roles: &Roles, tally: &Tally, blocked: bool, covariates: bool) -> Self {
        let outcome = tally.outcome();
        let cells = tally
            .cells
            .iter()
            .map(|((cluster, block, arm), moments)| {
                let moments = if covariates {
                    moments.with_constant(0, f64::from(*arm))
                } else {
                    moments.select(&[outcome]).with_constant(0, f64::from(*arm))
                };
                Cell {
                    cluster: usize::try_from(*cluster).unwrap_or(usize::MAX),
                    block: if blocked {
                        usize::try_from(*block).unwrap_or(usize::MAX)
                    } else {
                        0
                    },
                    moments,
                }
            })
            .collect();
        let treatment = roles.treatment.iter().map(|t| t.column.clone());
        let others = roles.covariates.iter().filter(|_| covariates).map(name);
        Self {
            cells,
            names: treatment.chain(others).collect(),
            blocked,
            covariates,
            fit: OnceCell::new(),
            restricted: OnceCell::new(),
        }
    }

    /// The least-squares fit, which must tell the treatment from everything else and leave
    /// something unexplained.
    ///
    /// # Errors
    /// `collinear`, `no-variation`, and those of [`LeastSquares::fit`].
    pub(super) fn fit(&self) -> Result<&LeastSquares, Refusal> {
        let fit = self.fit.get_or_init(|| {
            let fit = LeastSquares::fit(&self.cells)?;
            if fit.coefficient(TREATMENT).is_none() {
                return Err(Refusal::new(
                    "collinear",
                    "Within each block everybody is in the same group, so blocks and groups can’t be told apart.",
                    "Leave the blocks out, or use blocks that have both groups in them.",
                ));
            }
            if fit.residual_sum() <= 1e-13 * fit.total_sum() {
                return Err(no_spread());
            }
            Ok(fit)
        });
        fit.as_ref().map_err(Clone::clone)
    }

    /// The same with a random level for each cluster, by restricted maximum likelihood.
    ///
    /// # Errors
    /// Those of [`Mixed::fit`].
    pub(super) fn restricted(&self) -> Result<&Mixed, Refusal> {
        let mixed = self
            .restricted
            .get_or_init(|| Mixed::fit(&self.cells, Likelihood::Restricted));
        mixed.as_ref().map_err(Clone::clone)
    }

    pub(super) fn term(&self, term: Term) -> String {
        match term {
            Term::Intercept => "(Intercept)".to_owned(),
            Term::Column(column) => self.names.get(column).cloned().unwrap_or_default(),
        }
    }

    /// Columns that were left out, in words.
    pub(super) fn left_out(&self, fit: &LeastSquares) -> Vec<String> {
        fit.left_out()
            .into_iter()
            .map(|column| {
                format!(
                    "“{}” is left out of the model: {} say the same.",
                    self.term(Term::Column(column)),
                    if self.blocked {
                        "the blocks and the columns before it"
                    } else {
                        "the columns before it"
                    },
                )
            })
            .collect()
    }
}

/// Covariates in the fit that are the same for everybody in a cluster.
pub(super) fn cluster_columns(model: &Model, fit: &LeastSquares) -> usize {
    fit.terms()
        .into_iter()
        .filter(|term| match term {
            Term::Column(column) if *column > 0 => constant_within(&model.cells, *column),
            _ => false,
        })
        .count()
}

fn constant_within(cells: &[Cell], column: usize) -> bool {
    let mut level = BTreeMap::new();
    cells.iter().all(|cell| {
        let mean = cell.moments.mean(column);
        let here = *level.entry(cell.cluster).or_insert(mean);
        cell.moments.cross(column, column) == 0.0 && here == mean
    })
}

pub(super) fn clusters(cells: &[Cell]) -> usize {
    let codes: BTreeSet<usize> = cells.iter().map(|c| c.cluster).collect();
    codes.len()
}

pub(super) fn no_spread() -> Refusal {
    Refusal::new(
        "no-variation",
        "Nothing is left to vary within the groups, so nothing shows how sure the answer is.",
        "Check that the right column is chosen as the outcome, and that no other column repeats it.",
    )
}
