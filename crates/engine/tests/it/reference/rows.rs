//! Rows as R's formula would see them: outcome, regressors, clusters and blocks.

use std::collections::BTreeMap;

use difference_engine::least_squares::{Cell, Term};
use difference_engine::moments::Fold;

/// The rows of one model.
pub struct Rows {
    /// Regressors in order, with their names in R.
    pub columns: Vec<(&'static str, Vec<f64>)>,
    pub outcome: Vec<f64>,
    /// Each row's cluster; by itself where there are none.
    pub clusters: Vec<usize>,
    /// What the clusters are called, by number.
    names: Vec<String>,
    /// Each row's block; all in one where there are none.
    pub blocks: Vec<usize>,
}

impl Rows {
    pub fn new(outcome: Vec<f64>, columns: Vec<(&'static str, Vec<f64>)>) -> Self {
        let n = outcome.len();
        Self {
            columns,
            outcome,
            clusters: vec![0; n],
            names: Vec::new(),
            blocks: vec![0; n],
        }
    }

    #[must_use]
    pub fn clustered(mut self, words: &[String]) -> Self {
        self.clusters = codes(words);
        self.names = Vec::new();
        for (word, code) in words.iter().zip(&self.clusters) {
            if *code == self.names.len() {
                self.names.push(word.clone());
            }
        }
        self
    }

    pub fn cluster_names(&self) -> &[String] {
        &self.names
    }

    pub fn n(&self) -> usize {
        self.outcome.len()
    }

    /// Each row's block and its values, outcome last.
    pub fn each(&self) -> impl Iterator<Item = (usize, Vec<f64>)> {
        (0..self.n()).map(|row| {
            let values = self.columns.iter().map(|(_, column)| column[row]);
            (
                self.blocks[row],
                values.chain([self.outcome[row]]).collect(),
            )
        })
    }

    /// The moments of each cluster in each block.
    pub fn cells(&self) -> Vec<Cell> {
        let mut fold = Fold::new(self.columns.len() + 1);
        for ((block, values), cluster) in self.each().zip(&self.clusters) {
            fold.add((*cluster, block), &values);
        }
        fold.finish()
            .into_iter()
            .map(|((cluster, block), moments)| Cell {
                cluster,
                block,
                moments,
            })
            .collect()
    }

    /// The term that R calls so.
    pub fn term(&self, name: &str) -> Term {
        if name == "(Intercept)" {
            return Term::Intercept;
        }
        let at = self.columns.iter().position(|(column, _)| *column == name);
        Term::Column(at.unwrap_or_else(|| panic!("no column {name}")))
    }
}

fn codes(words: &[String]) -> Vec<usize> {
    let mut known = BTreeMap::new();
    words
        .iter()
        .map(|word| {
            let next = known.len();
            *known.entry(word.clone()).or_insert(next)
        })
        .collect()
}
