//! A file's rows as the engine sees them.
//!
//! Who may call this: whoever has a [`Table`] and knows what its columns are. What must stay true:
//! a small file is read once and kept as typed columns; a large one is passed over again each time;
//! both give the same chunks.

pub(crate) mod asked;
mod condition;
mod convert;
pub(crate) mod entry;
mod fingerprint;
pub(crate) mod groups;
mod plan;
mod survey;

use engine::refusal::Refusal;
use engine::sample::{Chunk, Dropped, Fingerprint, Roles, Sample};

use crate::error::TableError;
use crate::source::changed;
use crate::table::Table;
use asked::Asked;
use convert::Conversion;
use entry::Raw;
use plan::Plan;

/// A file on disk beyond this is streamed, not kept.
const STREAMED: u64 = 64 << 20;

/// A file's rows as the engine sees them.
#[derive(Clone, Debug)]
pub struct FileSample {
    roles: Roles,
    rows: u64,
    missing: Vec<Missing>,
    set_aside: Vec<Dropped>,
    fingerprint: Fingerprint,
    store: Store,
}

/// How often a word meant "no value" in a used column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The column's heading.
    pub column: String,
    /// The word; "blank" for an empty cell.
    pub word: String,
    /// In how many rows.
    pub rows: u64,
}

#[derive(Clone, Debug)]
enum Store {
    Memory(Vec<Chunk>),
    Disk(Box<Streamed>),
}

#[derive(Clone, Debug)]
struct Streamed {
    table: Table,
    plan: Plan,
    conversion: Conversion,
}

impl FileSample {
    /// Reads the asked columns of a table.
    ///
    /// # Errors
    /// A column that is not there, a cell that is no number, a treatment without two groups: see
    /// [`crate::Kind`]; each names its row and column.
    ///
    /// # Examples
    /// ```
    /// use engine::sample::Sample;
    /// let csv = "Group,Score\nreading,104\nusual,abs\nreading,99\nusual,97\n";
    /// let table = difference_tables::open(difference_tables::Source::bytes("scores.csv", csv.as_bytes()), &difference_tables::Options::default())?;
    /// let asked = difference_tables::Asked { outcome: "Score".into(), treatment: Some("Group".into()), ..Default::default() };
    /// let sample = difference_tables::FileSample::read(&table, &asked)?;
    /// let treatment = sample.roles().treatment.as_ref();
    /// assert_eq!(treatment.map(|t| t.comparison.as_str()), Some("usual"));
    /// # Ok::<(), difference_tables::TableError>(())
    /// ```
    pub fn read(table: &Table, asked: &Asked) -> Result<Self, TableError> {
        let streamed =
            table.is_text() && !table.source().in_memory() && table.source().len() > STREAMED;
        Self::read_in(table, asked, streamed)
    }

    fn read_in(table: &Table, asked: &Asked, streamed: bool) -> Result<Self, TableError> {
        let mut plan = Plan::of(table, asked)?;
        let survey = survey::survey(table, &mut plan, !streamed)?;
        let (roles, conversion) = convert::settle(table, asked, &plan.entries)?;
        let missing = plan
            .entries
            .iter()
            .flat_map(|entry| {
                table
                    .missing
                    .said(&entry.missing)
                    .into_iter()
                    .map(|(word, rows)| Missing {
                        column: entry.name.clone(),
                        word,
                        rows,
                    })
            })
            .collect();
        let fingerprint = Fingerprint {
            bytes: match survey.passed.sum {
                Some(sum) => sum,
                None => table.source().sum()?,
            },
            used: survey.used,
        };
        let store = if streamed {
            Store::Disk(Box::new(Streamed {
                table: table.clone(),
                plan,
                conversion,
            }))
        } else {
            let chunks = survey.chunks.into_iter();
            Store::Memory(
                chunks
                    .map(|raws| conversion.chunk(raws.into_iter()))
                    .collect(),
            )
        };
        Ok(Self {
            roles,
            rows: survey.kept,
            missing,
            set_aside: survey.set_aside,
            fingerprint,
            store,
        })
    }

    /// Rows that the engine sees, those with missing cells included.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The words that meant "no value", column by column.
    #[must_use]
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Whether the file is passed over again each time.
    #[must_use]
    pub fn is_streamed(&self) -> bool {
        matches!(self.store, Store::Disk(_))
    }
}

impl Sample for FileSample {
    fn roles(&self) -> &Roles {
        &self.roles
    }

    fn pass(&self, each: &mut dyn FnMut(&Chunk)) -> Result<(), Refusal> {
        match &self.store {
            Store::Memory(chunks) => chunks.iter().for_each(each),
            Store::Disk(streamed) => {
                let rows =
                    survey::again(&streamed.table, &streamed.plan, &mut |raws: &[Raw]| {
                        each(&streamed.conversion.chunk(raws.iter().cloned()));
                    })?;
                if rows != self.rows {
                    return Err(changed(streamed.table.name()).into());
                }
            }
        }
        Ok(())
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        Some(self.fingerprint.clone())
    }

    fn set_aside(&self) -> &[Dropped] {
        &self.set_aside
    }
}
