//! The model of the outcome that the methods share, fitted once each way.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::columns::{Column, Is, Place};
use super::design::Setting;
use super::facts::name;
use super::rows;
use super::tally::Tally;
use crate::count::count;
use crate::least_squares::{Cell, LeastSquares, Term};
use crate::mixed::{Likelihood, Mixed};
use crate::moments::{Moments, Source};
use crate::refinement::Refinement;
use crate::refusal::Refusal;
use crate::sample::{MISSING, Roles, Sample};

/// The treatment's place among the model's columns.
pub(super) const TREATMENT: Term = Term::Column(0);

/// More blocks than this get no effect of their own.
const BLOCKS: usize = 200;

/// Columns that leave each other less of their variance than this cost sums too many of their digits.
const NEAR: f64 = 1e-4;

/// A model of the outcome: the treatment first, then the other columns, and a level for each block.
pub(super) struct Model {
    pub cells: Vec<Cell>,
    /// The treatment first.
    columns: Vec<Column>,
    pub blocked: bool,
    /// The subgroup's column that it is about.
    by: Option<usize>,
    fit: OnceCell<Result<LeastSquares, Refusal>>,
    restricted: OnceCell<Result<Mixed, Refusal>>,
}

impl Model {
    /// The plan's model: treatment, blocks, baselines and covariates.
    pub(super) fn planned(roles: &Roles, tally: &Tally, setting: Setting) -> Self {
        let columns = treatment(roles).chain(covariates(roles)).collect();
        Self::new(places(tally), columns, setting.blocked, None)
    }

    /// The treatment alone, with a level for each block where lots were drawn within blocks.
    pub(super) fn bare(roles: &Roles, tally: &Tally, blocked: bool) -> Self {
        Self::new(places(tally), treatment(roles).collect(), blocked, None)
    }

    /// The plan's model with each covariate, less its mean, in its own slope in each group, and an effect of its own in
    /// each block: the treatment's coefficient is then the average over everybody (Lin 2013).
    ///
    /// # Errors
    /// `collinear` where a group has nothing to work a slope or a block's effect out from; `too-many-blocks`.
    pub(super) fn lin(roles: &Roles, tally: &Tally, setting: Setting) -> Result<Self, Refusal> {
        let mut all = Moments::empty(tally.outcome() + 1);
        tally.arms.iter().for_each(|arm| all.merge(arm));
        let treated = roles.treatment.as_ref().map_or("", |t| t.column.as_str());
        let mut columns: Vec<Column> = treatment(roles).collect();
        let centred = |by_treatment: bool| {
            (roles.covariates.iter().enumerate())
                .map(move |(value, covariate)| (by_treatment, value, covariate))
        };
        for (by_treatment, value, covariate) in centred(false).chain(centred(true)) {
            let mean = all.mean(value);
            columns.push(if by_treatment {
                Column {
                    name: format!("{treated} × {}", name(covariate)),
                    is: Is::TreatmentByCentred { value, mean },
                }
            } else {
                Column {
                    name: name(covariate),
                    is: Is::Centred { value, mean },
                }
            });
        }
        if setting.blocked {
            columns.extend(blocks_in_treatment(roles, tally, treated)?);
        }
        let model = Self::new(places(tally), columns, setting.blocked, None);
        let fit = model.fit()?;
        let alone = fit.left_out().into_iter().find(|column| {
            model
                .columns
                .get(*column)
                .is_some_and(|column| match column.is {
                    Is::TreatmentByBlock { .. } => true,
                    // Nothing to say in either group is no matter.
                    Is::TreatmentByCentred { value, .. } => model
                        .columns
                        .iter()
                        .position(|c| matches!(c.is, Is::Centred { value: v, .. } if v == value))
                        .is_some_and(|main| fit.coefficient(Term::Column(main)).is_some()),
                    _ => false,
                })
        });
        match alone {
            None => Ok(model),
            Some(column) => Err(Refusal::new(
                "collinear",
                format!(
                    "“{}” can’t be worked out: there is not enough of it in one of the groups.",
                    model.term(Term::Column(column))
                ),
                "Leave that column or the blocks out, or use the plain analysis of covariance.",
            )),
        }
    }

    /// A model about a subgroup's column: the cells of each cluster, block, arm and level, and its columns after the
    /// treatment's own.
    pub(super) fn about(
        roles: &Roles,
        cells: &[(Place, Moments)],
        first: Vec<Column>,
        setting: Setting,
        by: usize,
    ) -> Self {
        let columns = first.into_iter().chain(covariates(roles)).collect();
        Self::new(
            cells.iter().map(|(place, m)| (*place, m)),
            columns,
            setting.blocked,
            Some(by),
        )
    }

    fn new<'m>(
        places: impl Iterator<Item = (Place, &'m Moments)>,
        columns: Vec<Column>,
        blocked: bool,
        by: Option<usize>,
    ) -> Self {
        let cells = places
            .map(|(place, moments)| {
                let outcome = Source {
                    column: moments.columns().checked_sub(1),
                    add: 0.0,
                };
                let sources: Vec<Source> = columns
                    .iter()
                    .map(|column| column.is.at(place))
                    .chain([outcome])
                    .collect();
                Cell {
                    cluster: whole(place.cluster),
                    block: if blocked { whole(place.block) } else { 0 },
                    moments: moments.arranged(&sources),
                }
            })
            .collect();
        Self {
            cells,
            columns,
            blocked,
            by,
            fit: OnceCell::new(),
            restricted: OnceCell::new(),
        }
    }

    /// Every complete row as the model sees it: its block, its columns and its outcome.
    ///
    /// # Errors
    /// What the sample refuses.
    pub(super) fn each(
        &self,
        sample: &dyn Sample,
        mut see: impl FnMut(usize, &[f64]),
    ) -> Result<(), Refusal> {
        let mut values = Vec::with_capacity(self.columns.len() + 1);
        rows::each(sample, |chunk, at, row| {
            let Ok(row) = row else { return };
            let level = match self.by {
                None => 0,
                Some(by) => {
                    let codes = chunk.subgroups.get(by);
                    codes
                        .and_then(|codes| codes.get(at))
                        .copied()
                        .unwrap_or(MISSING)
                }
            };
            if level == MISSING {
                return;
            }
            let place = Place {
                cluster: row.cluster,
                block: row.block,
                arm: row.arm,
                level,
            };
            values.clear();
            values.extend(self.columns.iter().map(|column| {
                let source = column.is.at(place);
                let value = source.column.and_then(|c| row.values.get(c));
                value.copied().unwrap_or_default() + source.add
            }));
            values.extend(row.values.last());
            see(if self.blocked { whole(row.block) } else { 0 }, &values);
        })
    }

    /// The model, fitted with a second look at the rows where its columns nearly repeat each other, so that sums alone
    /// would lose digits.
    ///
    /// # Errors
    /// What the sample refuses; an error of the fit is kept for [`fit`](Self::fit).
    pub(super) fn refined(mut self, sample: &dyn Sample) -> Result<Self, Refusal> {
        let mut fit = match self.fit() {
            Ok(fit) if fit.least_news() < NEAR => fit.clone(),
            _ => return Ok(self),
        };
        for _ in 0..2 {
            let mut refinement = Refinement::new(&fit);
            self.each(sample, |block, values| refinement.add(block, values))?;
            fit = refinement.refine();
        }
        self.fit = OnceCell::from(Ok(fit));
        Ok(self)
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
            Term::Column(column) => {
                let column = self.columns.get(column);
                column.map(|column| column.name.clone()).unwrap_or_default()
            }
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

fn treatment(roles: &Roles) -> impl Iterator<Item = Column> {
    roles.treatment.iter().map(|treatment| Column {
        name: treatment.column.clone(),
        is: Is::Treatment,
    })
}

fn covariates(roles: &Roles) -> impl Iterator<Item = Column> {
    (roles.covariates.iter().enumerate()).map(|(value, covariate)| Column {
        name: name(covariate),
        is: Is::Value(value),
    })
}

/// An effect for each block but the first, beside the average over all.
fn blocks_in_treatment(
    roles: &Roles,
    tally: &Tally,
    treated: &str,
) -> Result<Vec<Column>, Refusal> {
    let mut rows: BTreeMap<u32, f64> = BTreeMap::new();
    for ((_, block, _), moments) in &tally.cells {
        *rows.entry(*block).or_default() += count(moments.n());
    }
    if rows.len() > BLOCKS {
        return Err(Refusal::new(
            "too-many-blocks",
            format!(
                "There are {} blocks, too many for an effect in each of them.",
                rows.len()
            ),
            "Use the plain analysis of covariance, which takes a level for each block.",
        ));
    }
    let all: f64 = rows.values().sum();
    let labels = roles.block.as_ref();
    let label = |block: u32| {
        let label = labels.and_then(|l| l.labels.get(usize::try_from(block).ok()?));
        label.cloned().unwrap_or_default()
    };
    let column = labels.map_or("", |l| l.column.as_str());
    Ok((rows.iter().skip(1))
        .map(|(block, n)| Column {
            name: format!("{treated} × {column} = {}", label(*block)),
            is: Is::TreatmentByBlock {
                block: *block,
                share: n / all,
            },
        })
        .collect())
}

fn places(tally: &Tally) -> impl Iterator<Item = (Place, &Moments)> {
    tally.cells.iter().map(|((cluster, block, arm), moments)| {
        let place = Place {
            cluster: *cluster,
            block: *block,
            arm: *arm,
            level: 0,
        };
        (place, moments)
    })
}

fn whole(code: u32) -> usize {
    usize::try_from(code).unwrap_or(usize::MAX)
}
