//! An opened file: its columns by name, its rows by pass, and what was noticed while opening it.
//!
//! Who may call this: everybody who has opened a file. What must stay true: a column asked for by
//! a name that is not there gives the nearest name, not a guess.

use std::sync::Arc;

use csv::ByteRecord;

use crate::column::missing::Missing;
use crate::column::order::fold;
use crate::error::{Kind, TableError};
use crate::read::dialect::Decimal;
use crate::read::header::Heading;
use crate::read::layout::{Each, Layout, Passed};
use crate::read::text::{Encoding, decode};
use crate::source::Source;
use crate::who::closest;

/// What sort of file it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// CSV and its kin.
    Text {
        /// How bytes stand for letters.
        encoding: Encoding,
        /// What separates the cells.
        delimiter: char,
        /// What stands before decimals.
        decimal: Decimal,
    },
    /// A spreadsheet.
    Workbook {
        /// "Excel" or "OpenDocument".
        kind: &'static str,
        /// The sheet that was read.
        sheet: String,
        /// The other sheets that hold tables too.
        others: Vec<String>,
    },
}

/// An opened file.
#[derive(Clone, Debug)]
pub struct Table {
    source: Source,
    pub(crate) layout: Layout,
    pub(crate) missing: Missing,
    format: Format,
    titles: Vec<String>,
    head: Arc<[Vec<String>]>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column<'a> {
    /// Its place, from 0.
    pub index: usize,
    /// Its heading.
    pub heading: &'a Heading,
}

impl Table {
    pub(crate) fn new(
        source: Source,
        layout: Layout,
        missing: Missing,
        format: Format,
        titles: Vec<String>,
        head: Vec<Vec<String>>,
    ) -> Self {
        Self {
            source,
            layout,
            missing,
            format,
            titles,
            head: head.into(),
        }
    }

    /// The file's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// The bytes as they were received.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What sort of file it is.
    #[must_use]
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// Whether it is text, as against a spreadsheet.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.format, Format::Text { .. })
    }

    /// The first rows under the headings, for judging columns.
    pub(crate) fn head(&self) -> &[Vec<String>] {
        &self.head
    }

    /// The first rows under the headings as they stand in the file, cell by cell, for people to know
    /// their file by.
    #[must_use]
    pub fn first_rows(&self, most: usize) -> &[Vec<String>] {
        self.head.get(..most).unwrap_or(&self.head)
    }

    /// What stood above the headings, row by row.
    #[must_use]
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// The columns, those without heading and cells left out.
    pub fn columns(&self) -> impl Iterator<Item = Column<'_>> {
        self.layout
            .headings
            .iter()
            .enumerate()
            .filter(|(_, h)| !h.blank)
            .map(|(index, heading)| Column { index, heading })
    }

    /// The column of that name; case and spaces don't matter.
    ///
    /// # Errors
    /// [`Kind::NoSuchColumn`] with the nearest name; [`Kind::SameHeading`] when several have it.
    pub fn column(&self, name: &str) -> Result<Column<'_>, TableError> {
        let wanted = fold(name);
        if let Some(exact) = self.columns().find(|c| c.heading.name == name) {
            return Ok(exact);
        }
        if let Some(near) = self.columns().find(|c| fold(&c.heading.name) == wanted) {
            return Ok(near);
        }
        let alike: Vec<&str> = self
            .columns()
            .filter(|c| fold(&c.heading.written) == wanted)
            .map(|c| c.heading.name.as_str())
            .collect();
        if !alike.is_empty() {
            return Err(TableError::new(
                Kind::SameHeading,
                format!("{} columns are called “{name}”.", alike.len()),
                format!("Say {}, or give them different headings.", one_of(&alike)),
            ));
        }
        let names: Vec<&str> = self.columns().map(|c| c.heading.name.as_str()).collect();
        let cure = match closest(name, names.iter().copied()) {
            Some(near) => format!("Did you mean “{near}”?"),
            None => format!("The columns are {}.", listed(&names, 12)),
        };
        Err(TableError::new(
            Kind::NoSuchColumn,
            format!("There is no column called “{name}”."),
            cure,
        ))
    }

    /// Every row with its number and its cells, in order.
    ///
    /// # Errors
    /// When a row can't be read, or `each` says so.
    pub fn each_row(
        &self,
        mut each: impl FnMut(u64, &[String]) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        let width = self.layout.headings.len();
        self.pass(false, &mut |row, record| {
            let mut cells: Vec<String> = record
                .iter()
                .take(width)
                .map(|c| decode(c).trim().to_owned())
                .collect();
            cells.resize(width, String::new());
            each(row, &cells)
        })?;
        Ok(())
    }

    pub(crate) fn pass(&self, sum: bool, each: &mut Each<'_>) -> Result<Passed, TableError> {
        self.layout.pass(sum, each)
    }
}

/// The trimmed text of a cell; empty when the row ends before it.
pub(crate) fn cell(record: &ByteRecord, column: usize) -> std::borrow::Cow<'_, str> {
    let bytes = record.get(column).unwrap_or_default();
    match decode(bytes) {
        std::borrow::Cow::Borrowed(text) => std::borrow::Cow::Borrowed(trimmed(text)),
        std::borrow::Cow::Owned(text) => std::borrow::Cow::Owned(text.trim().to_owned()),
    }
}

/// Nearly every cell begins and ends in a letter or digit, and is itself.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// “a”, “b” and “c”.
pub(crate) fn listed(words: &[impl AsRef<str>], most: usize) -> String {
    joined(words, most, "and")
}

/// “a”, “b” or “c”.
pub(crate) fn one_of(words: &[impl AsRef<str>]) -> String {
    joined(words, 12, "or")
}

fn joined(words: &[impl AsRef<str>], most: usize, last: &str) -> String {
    let quoted: Vec<String> = words
        .iter()
        .take(most)
        .map(|w| format!("“{}”", w.as_ref()))
        .collect();
    let more = words.len().saturating_sub(most);
    if more > 0 {
        return format!("{} {last} {more} more", quoted.join(", "));
    }
    match quoted.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
        None => String::new(),
    }
}
