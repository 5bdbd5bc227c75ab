//! A column's different words and the codes that stand for them.
//!
//! Who may call this: readers of words. What must stay true: "Yes", "yes " and "YES" are one word;
//! every such reading is kept, so that it can be said; codes are in order of first appearance until
//! [`Words::sorted`] puts them in the order that people expect.

use std::collections::HashMap;

use crate::column::order;
use crate::read::header::tidy;

/// How words are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alike {
    /// Case and spaces don't matter.
    Letters,
    /// Neither do 1 and 1.0.
    Numbers,
}

/// A column's different words.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    alike: Alike,
    labels: Vec<String>,
    exact: HashMap<Box<str>, u32>,
    folded: HashMap<String, u32>,
    /// Code, and another way in which it is written.
    variants: Vec<(u32, String)>,
    limit: usize,
}

impl Words {
    pub(crate) fn new(alike: Alike, limit: usize) -> Self {
        Self {
            alike,
            labels: Vec::new(),
            exact: HashMap::new(),
            folded: HashMap::new(),
            variants: Vec::new(),
            limit,
        }
    }

    /// The code of a trimmed cell, a new one if need be; none when there are too many.
    pub(crate) fn code(&mut self, cell: &str) -> Option<u32> {
        self.met(cell).or_else(|| self.learn(cell))
    }

    /// The code of a cell that was met before in this very spelling.
    pub(crate) fn met(&self, cell: &str) -> Option<u32> {
        self.exact.get(cell).copied()
    }

    /// The code of a cell that was met before.
    pub(crate) fn known(&self, cell: &str) -> Option<u32> {
        self.exact
            .get(cell)
            .or_else(|| self.folded.get(&self.fold(cell)))
            .copied()
    }

    fn learn(&mut self, cell: &str) -> Option<u32> {
        let folded = self.fold(cell);
        if let Some(code) = self.folded.get(&folded).copied() {
            self.variants.push((code, cell.to_owned()));
            self.exact.insert(cell.into(), code);
            return Some(code);
        }
        if self.labels.len() >= self.limit {
            return None;
        }
        let code = u32::try_from(self.labels.len()).ok()?;
        self.labels.push(tidy(cell));
        self.folded.insert(folded, code);
        self.exact.insert(cell.into(), code);
        Some(code)
    }

    fn fold(&self, cell: &str) -> String {
        if self.alike == Alike::Numbers
            && let Ok(number) = cell.parse::<f64>()
            && number.is_finite()
        {
            return number.to_string();
        }
        order::fold(cell)
    }

    pub(crate) fn labels(&self) -> &[String] {
        &self.labels
    }

    /// "“control” (also written “Control”)" for each word with several spellings.
    pub(crate) fn spellings(&self) -> Vec<(String, String)> {
        self.variants
            .iter()
            .filter_map(|(code, written)| {
                let label = self.labels.get(usize::try_from(*code).ok()?)?;
                Some((label.clone(), written.clone()))
            })
            .collect()
    }

    /// The labels in the order of their scale, and for each old code its place in that order.
    pub(crate) fn sorted(&self) -> (Vec<String>, Vec<u32>) {
        self.placed(&order::sorted(&self.labels))
    }

    /// The same for names of classes and people, which are no scale.
    pub(crate) fn sorted_names(&self) -> (Vec<String>, Vec<u32>) {
        self.placed(&order::sorted_names(&self.labels))
    }

    fn placed(&self, order: &[usize]) -> (Vec<String>, Vec<u32>) {
        let mut places = vec![0; self.labels.len()];
        for (place, old) in order.iter().enumerate() {
            if let (Some(slot), Ok(place)) = (places.get_mut(*old), u32::try_from(place)) {
                *slot = place;
            }
        }
        let labels = order
            .iter()
            .filter_map(|old| self.labels.get(*old).cloned())
            .collect();
        (labels, places)
    }
}
