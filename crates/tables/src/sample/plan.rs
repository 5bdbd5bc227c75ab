//! From what was asked to the columns that will be read.
//!
//! Who may call this: `sample` alone. What must stay true: a column has one role, but for those
//! that go together (a block may also describe, a baseline may also filter).

use engine::sample::CovariateKind;

use super::asked::Asked;
use super::condition::Condition;
use super::entry::{Entry, Purpose, Spared};
use crate::error::{Kind, TableError};
use crate::table::Table;

/// The columns that will be read, and the rows that will be kept.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub entries: Vec<Entry>,
    pub conditions: Vec<Condition>,
    /// The used columns by the byte order of their headings, for the fingerprint.
    pub used: Vec<usize>,
}

impl Plan {
    pub(crate) fn of(table: &Table, asked: &Asked) -> Result<Self, TableError> {
        if asked.outcome.trim().is_empty() {
            return Err(TableError::new(
                Kind::RoleMissing,
                "Nobody said which column is the outcome.",
                "Name the column that holds what was measured at the end.",
            ));
        }
        let ticks = asked
            .control
            .as_deref()
            .is_some_and(|c| c.trim().is_empty());
        let baseline = Purpose::Covariate(CovariateKind::Baseline);
        let covariate = Purpose::Covariate(CovariateKind::Covariate);
        let asked_for = [(Some(&asked.outcome), Purpose::Outcome)]
            .into_iter()
            .chain([
                (asked.treatment.as_ref(), Purpose::Treatment),
                (asked.cluster.as_ref(), Purpose::Cluster),
                (asked.cluster_within.as_ref(), Purpose::Within),
                (asked.block.as_ref(), Purpose::Block),
                (asked.unit.as_ref(), Purpose::Unit),
                (asked.received.as_ref(), Purpose::Received),
            ])
            .chain(asked.baselines.iter().map(|b| (Some(b), baseline)))
            .chain(asked.covariates.iter().map(|c| (Some(c), covariate)))
            .chain(asked.subgroups.iter().map(|s| (Some(s), Purpose::Subgroup)));
        let mut entries: Vec<Entry> = Vec::new();
        for (name, purpose) in asked_for {
            let Some(name) = name else { continue };
            let column = table.column(name)?.index;
            if let Some(other) = entries
                .iter()
                .find(|e| e.column == column && excludes(e.purpose, purpose))
            {
                return Err(TableError::new(
                    Kind::RoleTwice,
                    format!(
                        "This column can’t be {} and {} at once.",
                        other.purpose.said(),
                        purpose.said()
                    ),
                    "Give one of the two to another column.",
                )
                .in_column(table.layout.name(column)));
            }
            let spared = if ticks && purpose == Purpose::Treatment {
                Spared::All
            } else {
                Spared::None
            };
            entries.push(Entry::new(column, purpose, table, spared));
        }
        let conditions = asked
            .conditions
            .iter()
            .map(|c| Condition::read(c, table))
            .collect::<Result<_, _>>()?;
        let mut used: Vec<usize> = entries.iter().map(|e| e.column).collect();
        used.sort_by(|a, b| {
            let name = |i: &usize| table.layout.name(*i).as_bytes();
            name(a).cmp(name(b)).then(a.cmp(b))
        });
        used.dedup();
        Ok(Self {
            entries,
            conditions,
            used,
        })
    }
}

/// Whether two roles can't be the same column's.
fn excludes(a: Purpose, b: Purpose) -> bool {
    match (a, b) {
        (Purpose::Subgroup, Purpose::Subgroup) | (Purpose::Covariate(_), Purpose::Covariate(_)) => {
            true
        }
        // Describing the answer by a class, a block, a phase or a covariate is no contradiction.
        (Purpose::Subgroup, other) | (other, Purpose::Subgroup) => other == Purpose::Outcome,
        _ => true,
    }
}
