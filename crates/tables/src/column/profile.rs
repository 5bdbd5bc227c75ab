//! What each column holds, found by reading all of it.
//!
//! Who may call this: the command line and the web, to show a file and to guess its roles. What must
//! stay true: a profile says what stands in the file; what it means is `roles`' matter.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use engine::sample::Dropped;

use super::date;
use super::missing::Counter;
use super::number::{self, Read};
use super::words::{Alike, Words};
use crate::error::TableError;
use crate::read::aside::Aside;
use crate::table::{Table, cell};

/// A column of at most so many different words shows them all.
const WORDS: usize = 60;
/// So many different values are told apart; beyond, there are "many".
const DISTINCT: usize = 200_000;
/// A file beyond so many rows is judged by these.
const ROWS: u64 = 200_000;
/// Bars of the small picture over a column of numbers.
const BARS: usize = 9;
/// So many numbers make the small picture.
const PICTURED: usize = 20_000;

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
    /// How many different values.
    pub distinct: u64,
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
        self.filled > 1 && self.distinct == self.filled
    }
}

/// A column under way.
struct Gathering {
    index: usize,
    date_order: date::Order,
    missing: Counter,
    filled: u64,
    numbers: Numbers,
    dates: u64,
    words: Option<Words>,
    counts: Vec<u64>,
    distinct: HashSet<u64>,
    strange: Vec<Strange>,
    strange_dates: Vec<Strange>,
    gaps: Gaps,
    samples: Vec<String>,
}

/// Numbers under way (Welford's running mean and sum of squares).
#[derive(Default)]
struct Numbers {
    n: u64,
    weight: f64,
    mean: f64,
    squares: f64,
    least: f64,
    most: f64,
    fractions: bool,
    jumps: bool,
    last: Option<f64>,
    values: Vec<f64>,
}

/// Whether blanks follow each word until the next.
#[derive(Default)]
struct Gaps {
    blanks_after: u64,
    leading: bool,
    returns: bool,
    last: Option<u64>,
    seen: HashSet<u64>,
}

impl Gathering {
    fn new(index: usize, table: &Table) -> Self {
        let cells = table.head().iter().filter_map(|r| r.get(index));
        Self {
            index,
            date_order: date::order(cells.map(String::as_str)),
            missing: table.missing.counter(),
            filled: 0,
            numbers: Numbers::default(),
            dates: 0,
            words: Some(Words::new(Alike::Letters, WORDS)),
            counts: Vec::new(),
            distinct: HashSet::new(),
            strange: Vec::new(),
            strange_dates: Vec::new(),
            gaps: Gaps::default(),
            samples: Vec::new(),
        }
    }

    fn add(&mut self, row: u64, cell: &str, table: &Table, hasher: &RandomState) {
        if let Some(word) = table.missing.find(cell) {
            self.missing.add(word);
            self.gaps.blank(self.filled == 0);
            return;
        }
        self.filled += 1;
        if self.samples.len() < 12 {
            self.samples.push(cell.to_owned());
        }
        let hash = hasher.hash_one(cell);
        if self.distinct.len() < DISTINCT {
            self.distinct.insert(hash);
        }
        self.gaps.value(hash);
        self.count(cell);
        match number::read(cell, table.layout.decimal) {
            Read::Number(n) | Read::Percent(n) => self.numbers.add(n),
            _ => note(&mut self.strange, row, cell),
        }
        if date::read(cell, self.date_order).is_some() {
            self.dates += 1;
        } else {
            note(&mut self.strange_dates, row, cell);
        }
    }

    fn count(&mut self, cell: &str) {
        let Some(words) = &mut self.words else { return };
        let Some(code) = words.code(cell).and_then(|c| usize::try_from(c).ok()) else {
            self.words = None;
            return;
        };
        if code >= self.counts.len() {
            self.counts.resize(code + 1, 0);
        }
        if let Some(n) = self.counts.get_mut(code) {
            *n += 1;
        }
    }

    fn finish(mut self, table: &Table) -> ColumnProfile {
        let mut missing = table.missing.said(&self.missing);
        self.take_x_as_a_word(&mut missing);
        let distinct = u64::try_from(self.distinct.len()).unwrap_or(u64::MAX);
        let kind = self.kind(&missing, distinct);
        let words = self.words.as_ref();
        let may_be_merged = matches!(
            kind,
            ColumnKind::Words | ColumnKind::Numbers | ColumnKind::Text
        );
        let only_where_it_changes = may_be_merged && self.gaps.is_merged(self.filled);
        ColumnProfile {
            index: self.index,
            name: table.layout.name(self.index).to_owned(),
            letter: table
                .layout
                .headings
                .get(self.index)
                .map(|h| h.letter.clone())
                .unwrap_or_default(),
            kind,
            filled: self.filled,
            missing,
            distinct,
            words: words.map(|w| counted(w, &self.counts)).unwrap_or_default(),
            numbers: self.numbers.finish(kind),
            strange: match kind {
                ColumnKind::Numbers => self.strange,
                ColumnKind::Dates => self.strange_dates,
                _ => Vec::new(),
            },
            spellings: words.map(Words::spellings).unwrap_or_default(),
            only_where_it_changes,
            samples: self.samples,
        }
    }

    /// "X" beside exactly one other word, and no gap, is a group and no missing value.
    fn take_x_as_a_word(&mut self, missing: &mut Vec<(String, u64)>) {
        let one_word = self.words.as_ref().is_some_and(|w| w.labels().len() == 1);
        let rows = match missing.as_slice() {
            [(word, rows)] if word == "X" && one_word && self.numbers.n == 0 => *rows,
            _ => return,
        };
        missing.clear();
        self.filled += rows;
        self.distinct.insert(0);
        if let Some(words) = &mut self.words {
            words.code("X");
            self.counts.push(rows);
        }
    }

    fn kind(&self, missing: &[(String, u64)], distinct: u64) -> ColumnKind {
        let is_tick = |word: &str| {
            ["x", "✓", "✔", "tick", "*", "y", "yes", "1"].contains(&word.to_lowercase().as_str())
        };
        if self.filled == 0 {
            let crossed = missing.iter().any(|(w, _)| w == "X");
            let blank = missing.iter().any(|(w, _)| w == "blank");
            return if crossed && blank {
                ColumnKind::Ticks
            } else {
                ColumnKind::Empty
            };
        }
        let blanks = missing.iter().any(|(w, n)| w == "blank" && *n > 0);
        if let Some([only]) = self.words.as_ref().map(Words::labels)
            && blanks
            && is_tick(only)
        {
            return ColumnKind::Ticks;
        }
        if self.dates * 2 > self.filled {
            ColumnKind::Dates
        } else if self.numbers.n * 2 > self.filled {
            ColumnKind::Numbers
        } else if self.words.is_some() && distinct * 2 <= self.filled.max(4) {
            ColumnKind::Words
        } else {
            ColumnKind::Text
        }
    }
}

/// The words in order with their counts.
fn counted(words: &Words, counts: &[u64]) -> Vec<(String, u64)> {
    let (labels, places) = words.sorted();
    let mut sorted: Vec<(String, u64)> = labels.into_iter().map(|l| (l, 0)).collect();
    for (place, count) in places.iter().zip(counts) {
        if let Some(slot) = usize::try_from(*place).ok().and_then(|p| sorted.get_mut(p)) {
            slot.1 = *count;
        }
    }
    sorted
}

/// Keeps the first few cells that don't fit.
fn note(strange: &mut Vec<Strange>, row: u64, cell: &str) {
    if let Some(met) = strange.iter_mut().find(|s| s.cell == cell) {
        met.rows += 1;
    } else if strange.len() < 8 {
        strange.push(Strange {
            cell: crate::sample::entry::shortened(cell),
            row,
            rows: 1,
        });
    }
}

impl Numbers {
    fn add(&mut self, number: f64) {
        if self.n == 0 {
            (self.least, self.most) = (number, number);
        }
        self.n += 1;
        self.weight += 1.0;
        let off = number - self.mean;
        self.mean += off / self.weight;
        self.squares += off * (number - self.mean);
        self.least = self.least.min(number);
        self.most = self.most.max(number);
        self.fractions |= number.fract() != 0.0;
        self.jumps |= self.last.is_some_and(|last| number != last + 1.0);
        self.last = Some(number);
        if self.values.len() < PICTURED {
            self.values.push(number);
        }
    }

    fn finish(self, kind: ColumnKind) -> Option<NumberProfile> {
        if kind != ColumnKind::Numbers {
            return None;
        }
        let width = (self.most - self.least) / 9.0;
        let edges: Vec<f64> = (1_u8..9)
            .map(|i| self.least + width * f64::from(i))
            .collect();
        let mut bars = vec![0; BARS];
        for value in &self.values {
            let bar = edges.iter().filter(|e| *value >= **e).count();
            let bar = if width > 0.0 { bar } else { BARS / 2 };
            if let Some(n) = bars.get_mut(bar) {
                *n += 1;
            }
        }
        Some(NumberProfile {
            least: self.least,
            most: self.most,
            mean: self.mean,
            sd: if self.n > 1 {
                (self.squares / (self.weight - 1.0)).sqrt()
            } else {
                0.0
            },
            whole: !self.fractions,
            counts_up: self.n > 2 && !self.jumps,
            bars,
        })
    }
}

impl Gaps {
    fn blank(&mut self, none_yet: bool) {
        if none_yet {
            self.leading = true;
        } else {
            self.blanks_after += 1;
        }
    }

    fn value(&mut self, hash: u64) {
        if self.seen.len() > 1_000 {
            return;
        }
        // A word that comes back after another is no group's heading.
        if self.last != Some(hash) && !self.seen.insert(hash) || self.last == Some(hash) {
            self.returns = true;
        }
        self.last = Some(hash);
    }

    fn is_merged(&self, filled: u64) -> bool {
        !self.leading
            && !self.returns
            && filled > 0
            && self.seen.len() <= 1_000
            && self.blanks_after >= 2 * filled
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
