//! One pass over the rows: moments of each cluster, block and arm, and who is there.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::{Lacks, each};
use crate::count::count;
use crate::effect_size::{Scores, TwoGroups};
use crate::moments::{Fold, Moments};
use crate::refusal::Refusal;
use crate::sample::{MISSING, Roles, Sample};

/// Cluster, block, arm.
pub(super) type Place = (u32, u32, u32);

/// What one pass over the rows leaves.
pub(super) struct Tally {
    /// Of the covariates and the outcome, by place.
    pub cells: Vec<(Place, Moments)>,
    /// By arm, comparison first.
    pub arms: [Moments; 2],
    pub rows: u64,
    pub lacking: BTreeMap<Lacks, u64>,
    /// By arm: rows with a group, and of these those with an outcome.
    pub drawn: [u64; 2],
    pub measured: [u64; 2],
    /// By arm: clusters in the file, and of these those with an outcome.
    pub clusters_drawn: [u64; 2],
    pub clusters_measured: [u64; 2],
    /// By subgroup column and level: pupils and mean outcome, by arm.
    pub subgroups: Vec<Vec<[Part; 2]>>,
}

/// Some pupils' mean outcome.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    pub n: u64,
    pub mean: f64,
}

impl Part {
    fn add(&mut self, value: f64) {
        self.n += 1;
        self.mean += (value - self.mean) / crate::count::count_u64(self.n);
    }
}

impl Tally {
    /// Passes over the sample once.
    ///
    /// # Errors
    /// `no-rows` when no row is complete, `one-group` when all are in one group, `out-of-range`.
    pub(super) fn of(sample: &dyn Sample) -> Result<Self, Refusal> {
        let roles = sample.roles();
        let columns = roles.covariates.len() + 1;
        let mut fold = Fold::new(columns);
        let mut rows = 0;
        let mut lacking: BTreeMap<Lacks, u64> = BTreeMap::new();
        let (mut drawn, mut measured) = ([0; 2], [0; 2]);
        let mut clusters: [Clusters; 2] = Default::default();
        let mut subgroups: Vec<Vec<[Part; 2]>> = roles
            .subgroups
            .iter()
            .map(|levels| vec![[Part::default(); 2]; levels.labels.len()])
            .collect();
        each(sample, |chunk, at, row| {
            rows += 1;
            let arm = chunk.treatment.get(at).copied().unwrap_or(MISSING);
            let has_outcome = chunk.outcome.get(at).is_some_and(|y| !y.is_nan());
            if let Some(side) = usize::try_from(arm).ok().filter(|arm| *arm < 2) {
                add(&mut drawn, side, 1);
                add(&mut measured, side, u64::from(has_outcome));
                if let (Some(clusters), Some(code)) =
                    (clusters.get_mut(side), chunk.cluster.get(at))
                {
                    clusters.see(*code, has_outcome);
                }
            }
            match row {
                Err(lacks) => *lacking.entry(lacks).or_default() += 1,
                Ok(row) => {
                    fold.add((row.cluster, row.block, row.arm), row.values);
                    let Some(outcome) = row.values.last() else {
                        return;
                    };
                    for (levels, codes) in subgroups.iter_mut().zip(&chunk.subgroups) {
                        let code = codes.get(at).and_then(|code| usize::try_from(*code).ok());
                        let level = code.and_then(|code| levels.get_mut(code));
                        let side = usize::try_from(row.arm).unwrap_or(0);
                        if let Some(part) = level.and_then(|level| level.get_mut(side)) {
                            part.add(*outcome);
                        }
                    }
                }
            }
        })?;
        let cells = fold.finish();
        let mut arms = [Moments::empty(columns), Moments::empty(columns)];
        for ((_, _, arm), moments) in &cells {
            let [comparison, intervention] = &mut arms;
            let whole = if *arm == 1 { intervention } else { comparison };
            whole.merge(moments);
        }
        if cells.is_empty() {
            return Err(no_rows(rows));
        }
        if !arms.iter().all(Moments::is_finite) {
            return Err(out_of_range());
        }
        Ok(Self {
            cells,
            arms,
            rows,
            lacking,
            drawn,
            measured,
            clusters_drawn: clusters.each_ref().map(|c| c.drawn.len_u64()),
            clusters_measured: clusters.each_ref().map(|c| c.measured.len_u64()),
            subgroups,
        })
    }

    /// Rows that every method uses.
    pub(super) fn used(&self) -> usize {
        self.arms.iter().map(Moments::n).sum()
    }

    /// Place of the outcome among the columns.
    pub(super) fn outcome(&self) -> usize {
        self.arms
            .first()
            .map_or(0, |m| m.columns().saturating_sub(1))
    }

    /// Whether anybody's outcome differs from anybody else's.
    ///
    /// # Errors
    /// `no-variation` when it is the same for everybody.
    pub(super) fn varies(&self, roles: &Roles) -> Result<(), Refusal> {
        let mut all = Moments::empty(self.outcome() + 1);
        self.arms.iter().for_each(|arm| all.merge(arm));
        if all.cross(self.outcome(), self.outcome()) > 0.0 {
            return Ok(());
        }
        Err(Refusal::new(
            "no-variation",
            format!(
                "Everybody has the same “{}”, so there is nothing to compare.",
                roles.outcome.column
            ),
            "Check that the right column is chosen as the outcome.",
        ))
    }

    /// One column's scores in both groups; None with fewer than two rows in one.
    pub(super) fn groups(&self, column: usize) -> Option<TwoGroups> {
        let scores = |moments: &Moments| {
            Some(Scores {
                n: count(moments.n()),
                mean: moments.mean(column),
                sd: moments.variance(column)?.sqrt(),
            })
        };
        let [comparison, intervention] = &self.arms;
        Some(TwoGroups {
            intervention: scores(intervention)?,
            comparison: scores(comparison)?,
        })
    }

    /// Clusters with complete rows, by arm.
    pub(super) fn clusters(&self) -> [BTreeSet<u32>; 2] {
        let mut sets: [BTreeSet<u32>; 2] = Default::default();
        for ((cluster, _, arm), _) in &self.cells {
            let [comparison, intervention] = &mut sets;
            let set = if *arm == 1 { intervention } else { comparison };
            set.insert(*cluster);
        }
        sets
    }
}

/// Clusters seen, and seen with an outcome.
#[derive(Default)]
struct Clusters {
    drawn: Codes,
    measured: Codes,
}

impl Clusters {
    fn see(&mut self, code: u32, with_outcome: bool) {
        if code == MISSING {
            return;
        }
        self.drawn.insert(code);
        if with_outcome {
            self.measured.insert(code);
        }
    }
}

/// A set of codes, which are dense: one flag each.
#[derive(Default)]
struct Codes(Vec<bool>);

impl Codes {
    fn insert(&mut self, code: u32) {
        let Ok(at) = usize::try_from(code) else {
            return;
        };
        if self.0.len() <= at {
            self.0.resize(at + 1, false);
        }
        if let Some(flag) = self.0.get_mut(at) {
            *flag = true;
        }
    }

    fn len_u64(&self) -> u64 {
        self.0.iter().map(|flag| u64::from(*flag)).sum()
    }
}

fn add(counts: &mut [u64; 2], at: usize, more: u64) {
    if let Some(count) = counts.get_mut(at) {
        *count += more;
    }
}

pub(super) fn no_rows(rows: u64) -> Refusal {
    Refusal::new(
        "no-rows",
        if rows == 0 {
            "There is no row to work with.".to_owned()
        } else {
            format!("None of the {rows} rows has everything that is asked for.")
        },
        "Check which columns are named, and how missing values are written.",
    )
}

pub(super) fn out_of_range() -> Refusal {
    Refusal::new(
        "out-of-range",
        "Some values are too large to be worked with.",
        "Look for a slip of the pen in the outcome and the other columns.",
    )
}
