//! One used column, read row after row: numbers, dates or codes of words.
//!
//! Who may call this: `sample` alone. What must stay true: nothing is guessed about a cell that is
//! neither a number nor a missing word; it is kept, with its row, until the column is judged.

use engine::sample::{CovariateKind, MISSING};

use super::groups::BLANK;
use crate::column::date;
use crate::column::missing::Counter;
use crate::column::number::{self, Read};
use crate::column::words::{Alike, Words};
use crate::error::{Kind, TableError};
use crate::table::Table;

/// What a column is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Outcome,
    Treatment,
    Cluster,
    Within,
    Block,
    Unit,
    Covariate(CovariateKind),
    Subgroup,
    Received,
}

impl Purpose {
    /// How many different words the role can take.
    fn most_words(self) -> usize {
        match self {
            Self::Outcome | Self::Covariate(_) | Self::Treatment | Self::Received => 60,
            Self::Subgroup => 200,
            Self::Cluster | Self::Within | Self::Block | Self::Unit => 20_000_000,
        }
    }

    /// The role in words.
    pub(crate) fn said(self) -> &'static str {
        match self {
            Self::Outcome => "the outcome",
            Self::Treatment => "the treatment",
            Self::Cluster => "the cluster",
            Self::Within => "the class within the cluster",
            Self::Block => "the block",
            Self::Unit => "the unit",
            Self::Covariate(CovariateKind::Baseline) => "a baseline",
            Self::Covariate(CovariateKind::Covariate) => "a covariate",
            Self::Subgroup => "a subgroup",
            Self::Received => "who took part",
        }
    }

    fn may_be_numbers(self) -> bool {
        matches!(self, Self::Outcome | Self::Covariate(_) | Self::Received)
    }
}

/// How the cells are read.
#[derive(Clone, Debug)]
pub(crate) enum Reader {
    Numbers(Numbers),
    Dates(date::Order),
    Words(Words),
}

/// What was met among numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    pub count: u64,
    pub percent: u64,
    /// The different numbers, while they are few.
    pub few: Vec<f64>,
    pub many: bool,
    /// Cells that are no number.
    pub strange: u64,
    pub first_strange: Option<(u64, String, Read)>,
}

/// So many different numbers are few enough to be words.
const FEW: usize = 12;

impl Numbers {
    fn add(&mut self, number: f64) {
        self.count += 1;
        if !self.many && !self.few.contains(&number) {
            if self.few.len() < FEW {
                self.few.push(number);
            } else {
                self.many = true;
            }
        }
    }

    /// Whether there are only noughts and ones, of both sorts or one.
    pub(crate) fn only_zero_one(&self) -> bool {
        !self.many && !self.few.is_empty() && self.few.iter().all(|n| *n == 0.0 || *n == 1.0)
    }
}

/// A stretch of one column.
#[derive(Clone, Debug)]
pub(crate) enum Raw {
    Numbers(Vec<f64>),
    Codes(Vec<u32>),
}

/// Missing words that a treatment column means as words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spared {
    None,
    /// "X" stands for a group beside exactly one other word.
    X,
    /// A column of one word or ticks: an empty cell is a word, and whatever is not empty.
    All,
}

/// One used column.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub column: usize,
    pub name: String,
    pub purpose: Purpose,
    pub reader: Reader,
    pub missing: Counter,
    /// Which missing words are words here after all.
    pub spared: Spared,
}

impl Entry {
    pub(crate) fn new(column: usize, purpose: Purpose, table: &Table, spared: Spared) -> Self {
        let mut entry = Self {
            column,
            name: table.layout.name(column).to_owned(),
            purpose,
            reader: Reader::Numbers(Numbers::default()),
            missing: table.missing.counter(),
            spared,
        };
        entry.reader = if purpose.may_be_numbers() {
            entry.expected(table)
        } else {
            entry.words()
        };
        entry
    }

    fn words(&self) -> Reader {
        let alike = match self.purpose {
            Purpose::Outcome | Purpose::Treatment => Alike::Numbers,
            _ => Alike::Letters,
        };
        Reader::Words(Words::new(alike, self.purpose.most_words()))
    }

    /// What the head of the file shows; the whole file may show otherwise.
    fn expected(&self, table: &Table) -> Reader {
        let cells = || {
            table
                .head()
                .iter()
                .filter_map(|r| r.get(self.column))
                .map(|c| c.trim())
                .filter(|c| table.missing.find(c).is_none())
        };
        let all = cells().count();
        let order = date::order(cells());
        let dates = cells().filter(|c| date::read(c, order).is_some()).count();
        let numbers = cells()
            .filter(|c| number::read(c, table.layout.decimal) != Read::Not)
            .count();
        if all > 0 && dates * 2 > all {
            Reader::Dates(order)
        } else if all > 0 && numbers == 0 {
            self.words()
        } else {
            Reader::Numbers(Numbers::default())
        }
    }

    /// An empty stretch to read into.
    pub(crate) fn stretch(&self, rows: usize) -> Raw {
        match self.reader {
            Reader::Words(_) => Raw::Codes(Vec::with_capacity(rows)),
            _ => Raw::Numbers(Vec::with_capacity(rows)),
        }
    }

    /// Reads one trimmed cell.
    pub(crate) fn read(
        &mut self,
        row: u64,
        cell: &str,
        table: &Table,
        into: &mut Raw,
    ) -> Result<(), TableError> {
        match (&mut self.reader, into) {
            (Reader::Numbers(numbers), Raw::Numbers(values)) => {
                let number = match number::read(cell, table.layout.decimal) {
                    Read::Number(n) => n,
                    Read::Percent(n) => {
                        numbers.percent += 1;
                        n
                    }
                    other => {
                        if let Some(word) = table.missing.find(cell) {
                            self.missing.add(word);
                        } else {
                            if numbers.first_strange.is_none() {
                                numbers.first_strange = Some((row, cell.to_owned(), other));
                            }
                            numbers.strange += 1;
                        }
                        values.push(f64::NAN);
                        return Ok(());
                    }
                };
                numbers.add(number);
                values.push(number);
            }
            (Reader::Dates(order), Raw::Numbers(values)) => {
                if let Some(word) = table.missing.find(cell) {
                    self.missing.add(word);
                    values.push(f64::NAN);
                } else {
                    values.push(
                        years(cell, *order).ok_or_else(|| not_a_date(row, cell, &self.name))?,
                    );
                }
            }
            (Reader::Words(words), Raw::Codes(codes)) => {
                // A word that was met is none of the missing ones.
                if let Some(code) = words.met(cell) {
                    codes.push(code);
                    return Ok(());
                }
                let missing = missing_word(self.spared, cell, table);
                if let Some(word) = missing {
                    self.missing.add(word);
                    codes.push(MISSING);
                } else {
                    let code = words
                        .code(cell)
                        .ok_or_else(|| too_many(&self.name, self.purpose))?;
                    codes.push(code);
                }
            }
            _ => return Err(mismatch()),
        }
        Ok(())
    }

    /// Forgets what was read, not how.
    pub(crate) fn forget(&mut self, table: &Table) {
        self.missing = table.missing.counter();
        match &self.reader {
            Reader::Numbers(_) => self.reader = Reader::Numbers(Numbers::default()),
            Reader::Words(_) => self.reader = self.words(),
            Reader::Dates(_) => {}
        }
    }

    /// Whether missing words are words here: "X" beside one other group, or a blank where all
    /// others are ticked.
    fn spare(&self, words: usize, table: &Table) -> Verdict {
        let said = table.missing.said(&self.missing);
        let only = |allowed: &[&str]| {
            !said.is_empty() && said.iter().all(|(w, _)| allowed.contains(&w.as_str()))
        };
        let blanks = said.iter().any(|(w, _)| w == BLANK);
        match self.purpose {
            Purpose::Treatment if words == 1 && only(&["X"]) => Verdict::Spare(Spared::X),
            Purpose::Subgroup if words == 1 && only(&[BLANK]) => Verdict::Spare(Spared::All),
            Purpose::Subgroup if words == 0 && blanks && only(&[BLANK, "X"]) && said.len() == 2 => {
                Verdict::Spare(Spared::All)
            }
            _ => Verdict::Keep,
        }
    }

    /// After the whole file: keeps the reading, or says that the column holds words after all.
    pub(crate) fn judge(&self, table: &Table) -> Result<Verdict, TableError> {
        let numbers = match &self.reader {
            Reader::Numbers(numbers) => numbers,
            Reader::Words(words) if self.spared == Spared::None => {
                return Ok(self.spare(words.labels().len(), table));
            }
            _ => return Ok(Verdict::Keep),
        };
        let Some((row, cell, why)) = &numbers.first_strange else {
            return Ok(Verdict::Keep);
        };
        let few = !numbers.many && self.purpose == Purpose::Covariate(CovariateKind::Covariate);
        let words = numbers.strange > numbers.count || few && numbers.strange > 0;
        if *why == Read::Not && words {
            return Ok(Verdict::Words(self.words()));
        }
        Err(not_a_number(*row, cell, *why, &self.name))
    }
}

/// Which missing word a cell is, those that are words here left out.
pub(crate) fn missing_word(spared: Spared, cell: &str, table: &Table) -> Option<usize> {
    match spared {
        Spared::All => None,
        Spared::X if cell.eq_ignore_ascii_case("x") => None,
        Spared::X | Spared::None => table.missing.find(cell),
    }
}

/// Whether a column's reading stands.
pub(crate) enum Verdict {
    Keep,
    /// The column holds words.
    Words(Reader),
    /// Missing words are words here.
    Spare(Spared),
}

/// A date as a model takes it.
pub(crate) fn years(cell: &str, order: date::Order) -> Option<f64> {
    date::years(date::read(cell, order)?)
}

pub(crate) fn not_a_date(row: u64, cell: &str, name: &str) -> TableError {
    TableError::new(
        Kind::NotADate,
        format!("“{}” is not a date.", shortened(cell)),
        "Write it as day/month/year, such as 12/07/2026.",
    )
    .at_row(row)
    .in_column(name)
}

/// Why a cell is no number, and what to do.
pub(crate) fn not_a_number(row: u64, cell: &str, why: Read, name: &str) -> TableError {
    let cell = shortened(cell);
    let (kind, what, cure) = match why {
        Read::TooLarge => (
            Kind::NumberTooLarge,
            format!("“{cell}” is too large a number."),
            "Correct the cell, or leave it empty.".to_owned(),
        ),
        Read::Ambiguous => (
            Kind::AmbiguousNumber,
            format!(
                "“{cell}” can be read in two ways, because we can’t tell what the comma or point means."
            ),
            format!(
                "Write {} without it, or with a point before the decimals, throughout the column.",
                cell.replace([',', '.'], "")
            ),
        ),
        _ if cell.starts_with('=') => (
            Kind::NotANumber,
            "There is a formula here without its value.".to_owned(),
            "Open the file in a spreadsheet program, save it, and choose it again.".to_owned(),
        ),
        Read::WithUnit => (
            Kind::NotANumber,
            format!("“{cell}” has more than a number in it."),
            "Leave the number alone in the cell, and put its unit in the heading.".to_owned(),
        ),
        _ => (
            Kind::NotANumber,
            format!("“{cell}” is not a number."),
            format!(
                "Correct the cell; or, if “{cell}” means that there is no score, name it as a missing word."
            ),
        ),
    };
    TableError::new(kind, what, cure)
        .at_row(row)
        .in_column(name)
}

fn too_many(name: &str, purpose: Purpose) -> TableError {
    TableError::new(
        Kind::TooManyWords,
        format!(
            "This column holds more than {} different words, too many for {}.",
            purpose.most_words(),
            purpose.said()
        ),
        "Choose another column, or put its words into a few groups first.",
    )
    .in_column(name)
}

fn mismatch() -> TableError {
    TableError::new(
        Kind::Changed,
        "The file changed while we were reading it.",
        "Close it in other programs and start again.",
    )
}

/// A cell that fits into a sentence.
pub(crate) fn shortened(cell: &str) -> String {
    if cell.chars().count() <= 40 {
        return cell.to_owned();
    }
    let start: String = cell.chars().take(39).collect();
    format!("{start}…")
}
