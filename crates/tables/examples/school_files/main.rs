//! Writes `reference/files`: tables as schools export them, and beside each what it means.
//!
//! `cargo run -p difference-tables --example school_files`. Everybody in them is invented; the places
//! are the demo city's. The meaning is written by hand, in `texts` and `books`, never taken from what
//! our own reader makes of a file.

mod books;
mod open_document;
mod pupils;
mod systems;
mod texts;
mod unsettled;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde::Serialize;

/// A file and what it means.
pub struct SchoolFile {
    name: &'static str,
    bytes: Vec<u8>,
    means: Means,
}

/// What a careful colleague would say that a file holds.
#[derive(Clone, Default, Serialize)]
pub struct Means {
    /// What is troublesome about it.
    about: &'static str,
    /// Rows of pupils.
    rows: u64,
    outcome: Option<&'static str>,
    treatment: Option<&'static str>,
    /// The word that means the comparison; "" where an empty cell does.
    control: Option<&'static str>,
    cluster: Option<&'static str>,
    block: Option<&'static str>,
    unit: Option<&'static str>,
    baselines: Vec<&'static str>,
    subgroups: Vec<&'static str>,
    /// Cells without a value in outcome and baselines.
    missing: BTreeMap<&'static str, u64>,
    /// Rows that are nobody's, by reason.
    set_aside: BTreeMap<&'static str, u64>,
    /// What the file can't settle.
    asks: Vec<&'static str>,
    /// The sheet that holds the table.
    sheet: Option<&'static str>,
}

impl Means {
    /// A trial with a group column, an outcome and how many rows.
    fn trial(
        about: &'static str,
        rows: usize,
        treatment: &'static str,
        control: &'static str,
        outcome: &'static str,
    ) -> Self {
        Self {
            about,
            rows: u64::try_from(rows).unwrap_or(0),
            treatment: Some(treatment),
            control: Some(control),
            outcome: Some(outcome),
            ..Self::default()
        }
    }
    fn before(mut self, baseline: &'static str) -> Self {
        self.baselines.push(baseline);
        self
    }
    fn cluster(mut self, column: &'static str) -> Self {
        self.cluster = Some(column);
        self
    }
    fn block(mut self, column: &'static str) -> Self {
        self.block = Some(column);
        self
    }
    fn unit(mut self, column: &'static str) -> Self {
        self.unit = Some(column);
        self
    }
    fn subgroups(mut self, columns: &[&'static str]) -> Self {
        self.subgroups = columns.to_vec();
        self
    }
    fn missing(mut self, column: &'static str, rows: u64) -> Self {
        self.missing.insert(column, rows);
        self
    }
    fn aside(mut self, reason: &'static str, rows: u64) -> Self {
        self.set_aside.insert(reason, rows);
        self
    }
    fn asks(mut self, about: &[&'static str]) -> Self {
        self.asks = about.to_vec();
        self
    }
    fn sheet(mut self, sheet: &'static str) -> Self {
        self.sheet = Some(sheet);
        self
    }
    fn file(self, name: &'static str, bytes: impl Into<Vec<u8>>) -> SchoolFile {
        SchoolFile {
            name,
            bytes: bytes.into(),
            means: self,
        }
    }
}

const TOTALS: &str = "a row of totals or averages";
const HEADINGS: &str = "the headings once more";
const NOTE: &str = "a note under the table";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference/files");
    fs::create_dir_all(&folder)?;
    let mut files = texts::files();
    files.extend(unsettled::files());
    files.extend(systems::files());
    files.extend(books::files()?);
    files.extend(open_document::files()?);
    for file in &files {
        fs::write(folder.join(file.name), &file.bytes)?;
        let mut means = serde_json::to_string_pretty(&file.means)?;
        means.push('\n');
        fs::write(folder.join(format!("{}.expected.json", file.name)), means)?;
    }
    println!("{} files in {}", files.len(), folder.display());
    Ok(())
}
