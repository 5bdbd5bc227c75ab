//! Builds the sample of a trial from a table of the reference folder.

use std::collections::BTreeMap;

use difference_engine::sample::{
    Covariate, CovariateKind, InMemory, Levels, MISSING, Outcome, Treatment,
};

use crate::reference::Table;

/// A trial whose columns are being named.
pub struct Trial {
    table: Table,
    sample: InMemory,
}

impl Trial {
    pub fn of(table: Table, outcome: &str) -> Self {
        let mut sample = InMemory::default();
        sample.roles.outcome = Outcome {
            column: outcome.to_owned(),
            name: outcome.to_owned(),
            ..Outcome::default()
        };
        sample.chunk.outcome = table.numbers(outcome);
        Self { table, sample }
    }

    /// The outcome is 0 or 1.
    pub fn binary(mut self) -> Self {
        self.sample.roles.outcome.binary = true;
        self
    }

    pub fn treatment(mut self, column: &str, intervention: &str, comparison: &str) -> Self {
        self.sample.chunk.treatment = self
            .table
            .words(column)
            .iter()
            .map(|word| match word.as_str() {
                word if word == intervention => 1,
                word if word == comparison => 0,
                _ => MISSING,
            })
            .collect();
        self.sample.roles.treatment = Some(Treatment {
            column: column.to_owned(),
            intervention: intervention.to_owned(),
            comparison: comparison.to_owned(),
        });
        self
    }

    pub fn cluster(mut self, column: &str) -> Self {
        let (levels, codes) = coded(&self.table, column);
        self.sample.roles.cluster = Some(levels);
        self.sample.chunk.cluster = codes;
        self
    }

    pub fn block(mut self, column: &str) -> Self {
        let (levels, codes) = coded(&self.table, column);
        self.sample.roles.block = Some(levels);
        self.sample.chunk.block = codes;
        self
    }

    pub fn baseline(self, column: &str) -> Self {
        let values = self.table.numbers(column);
        self.column(column, None, CovariateKind::Baseline, values)
    }

    fn column(
        mut self,
        column: &str,
        level: Option<&str>,
        kind: CovariateKind,
        values: Vec<f64>,
    ) -> Self {
        self.sample.roles.covariates.push(Covariate {
            column: column.to_owned(),
            level: level.map(str::to_owned),
            kind,
        });
        self.sample.chunk.covariates.push(values);
        self
    }

    pub fn sample(self) -> InMemory {
        self.sample
    }
}

fn coded(table: &Table, column: &str) -> (Levels, Vec<u32>) {
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    let mut labels = Vec::new();
    let codes = table
        .words(column)
        .iter()
        .map(|word| {
            if word.is_empty() {
                return MISSING;
            }
            let next = u32::try_from(known.len()).unwrap();
            *known.entry(word).or_insert_with(|| {
                labels.push(word.clone());
                next
            })
        })
        .collect();
    (
        Levels {
            column: column.to_owned(),
            labels,
        },
        codes,
    )
}
