//! A file's rows as the engine sees them.
//!
//! Who may call this: whoever has a [`Table`] and knows what its columns are. What must stay true:
//! a small file is read once and kept as typed columns; a large one is passed over again each time;
//! both give the same chunks.

pub(crate) mod asked;
mod batch;
mod beside;
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
use fingerprint::Sum;
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
    /// SHA-256 of the file's bytes.
    bytes: String,
    /// The fingerprint of the used columns.
    used: Sum,
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
        let bytes = match survey.passed.sum {
            Some(sum) => sum,
            None => table.source().sum()?,
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
            bytes,
            used: survey.used,
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
        let used = self.used.get()?;
        Some(Fingerprint {
            bytes: self.bytes.clone(),
            used,
        })
    }

    fn set_aside(&self) -> &[Dropped] {
        &self.set_aside
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::read::Options;
    use crate::source::Source;

    /// Chunks of the same rows, kept and streamed.
    fn both_ways(csv: &str, asked: &Asked) -> [(FileSample, Vec<Chunk>); 2] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, csv.as_bytes()).unwrap();
        let table = crate::open(Source::file(file.path()).unwrap(), &Options::default()).unwrap();
        [false, true].map(|streamed| {
            let sample = FileSample::read_in(&table, asked, streamed).unwrap();
            let mut chunks = Vec::new();
            sample
                .pass(&mut |chunk| chunks.push(chunk.clone()))
                .unwrap();
            (sample, chunks)
        })
    }

    #[test]
    fn a_streamed_file_gives_the_very_same_chunks_as_one_in_memory() {
        let mut csv = "school,arm,before,after,pp,band\n".to_owned();
        for i in 0..20_000 {
            let after = if i % 97 == 0 {
                "abs".to_owned()
            } else {
                (i * 7 % 60).to_string()
            };
            let pp = ["Yes", "no", "YES"][i % 3];
            let band = ["low", "middle", "high", ""][i % 4];
            writeln!(
                csv,
                "S{},{},{}.5,{after},{pp},{band}",
                i % 300,
                i % 2,
                i % 40
            )
            .unwrap();
        }
        csv.push_str("Average,,20,30,,\n");
        let asked = Asked {
            outcome: "after".into(),
            treatment: Some("arm".into()),
            cluster: Some("school".into()),
            baselines: vec!["before".into()],
            covariates: vec!["band".into()],
            subgroups: vec!["pp".into()],
            conditions: vec!["before < 35".into()],
            ..Asked::default()
        };
        let [(kept, chunks), (streamed, again)] = both_ways(&csv, &asked);
        assert!(streamed.is_streamed() && !kept.is_streamed());
        assert!(chunks.len() > 1);
        assert_eq!(format!("{chunks:?}"), format!("{again:?}"));
        assert_eq!(kept.fingerprint(), streamed.fingerprint());
        assert_eq!(kept.roles(), streamed.roles());
        assert_eq!(kept.set_aside(), streamed.set_aside());
    }

    #[test]
    fn a_file_that_changes_between_two_passes_is_noticed() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, b"g,y\na,1\nb,2\n").unwrap();
        let table = crate::open(Source::file(file.path()).unwrap(), &Options::default()).unwrap();
        let asked = Asked {
            outcome: "y".into(),
            treatment: Some("g".into()),
            ..Asked::default()
        };
        let sample = FileSample::read_in(&table, &asked, true).unwrap();
        std::io::Write::write_all(&mut file, b"a,3\n").unwrap();
        let refusal = sample.pass(&mut |_| {}).unwrap_err();
        assert_eq!(refusal.code, "file-changed");
    }
}
