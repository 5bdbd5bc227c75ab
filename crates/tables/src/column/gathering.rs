//! A column's profile under way, cell by cell.
//!
//! Who may call this: `column::profile` alone. What must stay true: memory is bounded by what a
//! profile shows, not by the file's rows.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::date;
use super::missing::Counter;
use super::number::{self, Read};
use super::profile::{ColumnKind, ColumnProfile, NumberProfile, Strange};
use super::words::{Alike, Words};
use crate::table::Table;

/// A column of at most so many different words shows them all.
const WORDS: usize = 60;
/// So many different values are told apart; beyond, there are "many".
const DISTINCT: usize = 20_000;
/// Bars of the small picture over a column of numbers.
const BARS: usize = 9;
/// So many numbers make the small picture.
const PICTURED: usize = 4_000;

/// A column under way.
pub(super) struct Gathering {
    pub(super) index: usize,
    date_order: date::Order,
    missing: Counter,
    filled: u64,
    numbers: Numbers,
    dates: u64,
    words: Option<Words>,
    counts: Vec<u64>,
    distinct: HashSet<u64>,
    /// A value came twice among those told apart.
    repeats: bool,
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
    pub(super) fn new(index: usize, table: &Table) -> Self {
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
            repeats: false,
            strange: Vec::new(),
            strange_dates: Vec::new(),
            gaps: Gaps::default(),
            samples: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, row: u64, cell: &str, table: &Table, hasher: &RandomState) {
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
            self.repeats |= !self.distinct.insert(hash);
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

    pub(super) fn finish(mut self, table: &Table) -> ColumnProfile {
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
            repeats: self.repeats,
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
