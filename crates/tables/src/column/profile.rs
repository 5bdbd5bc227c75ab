//! What each column holds, found by reading all of it.
//!
//! Who may call this: the command line and the web, to show a file and to guess its roles. What must
//! stay true: a profile says what stands in the file; what it means is `roles`' matter.

use std::hash::RandomState;

use engine::sample::Dropped;

use super::gathering::Gathering;
use crate::error::TableError;
use crate::read::aside::Aside;
use crate::table::{Table, cell};

/// A file beyond so many rows is judged by these.
const ROWS: u64 = 200_000;

/// What a file holds.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Rows of data.
    pub rows: u64,
    /// Whether the file has more rows than were looked at.
    pub more: bool,
    /// Its columns.
    pub columns: Vec<ColumnProfile>,
    /// Rows that are nobody's data, with the first row's number.
    pub set_aside: Vec<(Dropped, u64)>,
}

/// What sort of thing a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Nothing.
    Empty,
    /// Numbers.
    Numbers,
    /// Dates.
    Dates,
    /// A few words that come again.
    Words,
    /// Text that hardly comes again.
    Text,
    /// A tick or nothing.
    Ticks,
}

/// What a column holds.
#[derive(Clone, Debug)]
pub struct ColumnProfile {
    /// Its place in the file, from 0.
    pub index: usize,
    /// Its heading.
    pub name: String,
    /// The spreadsheet's letter.
    pub letter: String,
    /// What sort of thing it holds.
    pub kind: ColumnKind,
    /// Cells with a value.
    pub filled: u64,
    /// Words that mean "no value", and how often each.
    pub missing: Vec<(String, u64)>,
    /// How many different values; at most 20,000 are told apart.
    pub distinct: u64,
    /// Whether one of them comes twice.
    pub(crate) repeats: bool,
    /// The words in order, with how often each; empty when there are too many.
    pub words: Vec<(String, u64)>,
    /// Summary of the numbers, when it holds numbers.
    pub numbers: Option<NumberProfile>,
    /// Cells that don't fit among numbers or dates.
    pub strange: Vec<Strange>,
    /// Spellings that were read as another word.
    pub spellings: Vec<(String, String)>,
    /// Filled only where it changes, as merged cells are.
    pub only_where_it_changes: bool,
    /// A few values, to judge what they are; never to be shown.
    pub(crate) samples: Vec<String>,
}

/// Numbers in short.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberProfile {
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub sd: f64,
    /// Whether all are whole.
    pub whole: bool,
    /// Whether they count 1, 2, 3 … down the file.
    pub counts_up: bool,
    /// Nine bars from the smallest to the largest, each with its rows.
    pub bars: Vec<u64>,
}

/// A cell that doesn't fit its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strange {
    /// What it says.
    pub cell: String,
    /// The first row that says so.
    pub row: u64,
    /// How many rows say so.
    pub rows: u64,
}

impl Table {
    /// Reads the whole file, or the first 200,000 rows of a large one, and says what each column holds.
    ///
    /// # Errors
    /// When a row can't be read.
    pub fn profile(&self) -> Result<Profile, TableError> {
        let mut gathered: Vec<Gathering> = self
            .columns()
            .map(|c| Gathering::new(c.index, self))
            .collect();
        let hasher = RandomState::new();
        let passed = self.layout.pass_some(ROWS, false, &mut |row, record| {
            for gathering in &mut gathered {
                let cell = cell(record, gathering.index);
                gathering.add(row, &cell, self, &hasher);
            }
            Ok(())
        })?;
        Ok(Profile {
            rows: passed.rows,
            more: passed.rows >= ROWS,
            columns: gathered.into_iter().map(|g| g.finish(self)).collect(),
            set_aside: passed
                .aside
                .iter()
                .map(|(why, (rows, first))| (dropped(*why, *rows), *first))
                .collect(),
        })
    }
}

fn dropped(why: Aside, rows: u64) -> Dropped {
    Dropped {
        reason: why.reason().to_owned(),
        rows,
    }
}

impl Profile {
    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        self.columns.iter().find(|c| c.name == name)
    }
}

impl ColumnProfile {
    /// Cells without a value.
    #[must_use]
    pub fn missing_rows(&self) -> u64 {
        self.missing.iter().map(|(_, n)| n).sum()
    }

    /// Whether no value comes twice.
    #[must_use]
    pub fn all_different(&self) -> bool {
        self.filled > 1 && !self.repeats
    }
}

impl ColumnProfile {
    /// What the column holds in a few words: "79 to 117, 4 missing", "60 yes, 95 no", "6 different".
    #[must_use]
    pub fn summary(&self) -> String {
        let holds = match (&self.numbers, self.kind) {
            (_, ColumnKind::Empty) => "empty".to_owned(),
            (_, ColumnKind::Ticks) => "ticks".to_owned(),
            (_, ColumnKind::Dates) => "dates".to_owned(),
            _ if !self.words.is_empty() && self.words.len() <= 3 => {
                let counts: Vec<String> =
                    self.words.iter().map(|(w, n)| format!("{n} {w}")).collect();
                counts.join(", ")
            }
            (Some(numbers), ColumnKind::Numbers) => {
                format!("{} to {}", plain(numbers.least), plain(numbers.most))
            }
            _ => format!("{} different", self.distinct),
        };
        match self.missing_rows() {
            missing
                if missing > 0
                    && self.kind != ColumnKind::Ticks
                    && self.kind != ColumnKind::Empty =>
            {
                format!("{holds}, {missing} missing")
            }
            _ => holds,
        }
    }
}

/// A number with a true minus and no more decimals than it needs.
fn plain(number: f64) -> String {
    let text = if number.fract() == 0.0 {
        format!("{number:.0}")
    } else {
        let text = format!("{number:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    text.replace('-', "−")
}
