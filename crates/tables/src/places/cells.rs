//! One cell of a list of places as text, number, share or day.
//!
//! Who may call this: the readers beside it. What must stay true: lost letters, control characters
//! and formulas are refused where they stand; what is no number or no day is left empty and counted.

use std::borrow::Cow;
use std::collections::BTreeMap;

use csv::ByteRecord;
use jiff::civil::Date;

use crate::column::date::{self, Order};
use crate::column::number::{self, Read};
use crate::error::{Kind, TableError};
use crate::export::neutralise;
use crate::read::aside::Aside;
use crate::read::dialect::Decimal;
use crate::read::layout::Passed;
use crate::table::{Table, cell};

/// The longest text that a cell of a list of places may hold, in letters.
const LONGEST: usize = 400;

/// Cells of a column that were left empty because they say nothing that the column can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The column's heading.
    pub column: String,
    /// How many cells.
    pub cells: u64,
    /// The first row with one.
    pub row: u64,
    /// What stands there.
    pub holds: String,
}

/// A row that is being read.
pub(crate) struct Line<'a> {
    pub row: u64,
    pub record: &'a ByteRecord,
    pub unread: &'a mut BTreeMap<&'static str, Unread>,
}

/// The column of a heading, if the file has it.
///
/// # Errors
/// When several columns have the same heading.
pub(crate) fn find(table: &Table, heading: &str) -> Result<Option<usize>, TableError> {
    match table.column(heading) {
        Ok(column) => Ok(Some(column.index)),
        Err(error) if error.kind == Kind::NoSuchColumn => Ok(None),
        Err(error) => Err(error.in_column(heading)),
    }
}

/// What a column can hold.
pub(crate) trait Cell: Sized {
    fn blank() -> Self;
    fn is_blank(&self) -> bool;
    fn read(line: &mut Line<'_>, column: usize, heading: &'static str) -> Result<Self, TableError>;
}

impl Cell for String {
    fn blank() -> Self {
        Self::new()
    }
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
    fn read(line: &mut Line<'_>, column: usize, heading: &'static str) -> Result<Self, TableError> {
        text(line.record, column, line.row, heading)
    }
}

impl Cell for Option<u32> {
    fn blank() -> Self {
        None
    }
    fn is_blank(&self) -> bool {
        self.is_none()
    }
    fn read(line: &mut Line<'_>, column: usize, heading: &'static str) -> Result<Self, TableError> {
        Ok(line.perhaps(column, heading, |written| written.parse().ok()))
    }
}

impl Cell for Option<f64> {
    fn blank() -> Self {
        None
    }
    fn is_blank(&self) -> bool {
        self.is_none()
    }
    fn read(line: &mut Line<'_>, column: usize, heading: &'static str) -> Result<Self, TableError> {
        Ok(line.perhaps(column, heading, |written| {
            match number::read(written, Decimal::Point) {
                Read::Number(x) if x.is_finite() => Some(x),
                _ => None,
            }
        }))
    }
}

impl Cell for Option<Date> {
    fn blank() -> Self {
        None
    }
    fn is_blank(&self) -> bool {
        self.is_none()
    }
    fn read(line: &mut Line<'_>, column: usize, heading: &'static str) -> Result<Self, TableError> {
        Ok(line.perhaps(column, heading, |written| {
            date::read(written, Order::DayFirst)
        }))
    }
}

impl Line<'_> {
    /// What a cell holds; nothing where it is empty, or where it can't be read, which is then noted.
    fn perhaps<T>(
        &mut self,
        column: usize,
        heading: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let written = cell(self.record, column);
        if written.is_empty() {
            return None;
        }
        read(&written).or_else(|| self.left_empty(heading, &written))
    }

    fn left_empty<T>(&mut self, heading: &'static str, holds: &str) -> Option<T> {
        let row = self.row;
        self.unread
            .entry(heading)
            .or_insert_with(|| Unread {
                column: heading.to_owned(),
                cells: 0,
                row,
                holds: holds.chars().take(40).collect(),
            })
            .cells += 1;
        None
    }
}

/// A cell's text on one line.
pub(crate) fn text(
    record: &ByteRecord,
    column: usize,
    row: u64,
    heading: &str,
) -> Result<String, TableError> {
    let written = cell(record, column);
    if written.is_empty() {
        return Ok(String::new());
    }
    let plain: Cow<'_, str> = if written.contains(['\n', '\r', '\t']) {
        written
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .into()
    } else {
        written
    };
    refuse_strange(&plain).map_err(|error| error.at_row(row).in_column(heading))?;
    Ok(plain.into_owned())
}

fn refuse_strange(text: &str) -> Result<(), TableError> {
    if text.is_ascii() && !text.bytes().any(|b| b.is_ascii_control()) {
        // Nearly every cell: only a formula is left to look for.
    } else if text.contains('\u{FFFD}') || text.chars().any(char::is_control) || is_garbled(text) {
        let shown: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
        return Err(TableError::new(
            Kind::LettersLost,
            format!("Letters were lost when this file was saved: “{shown}”."),
            "Get the file again from where it came from, and bring it as it is, without opening and saving it.",
        ));
    }
    if text.chars().count() > LONGEST {
        return Err(TableError::new(
            Kind::EndlessCell,
            format!("This cell is longer than {LONGEST} letters."),
            "Look for a quotation mark that is opened and never closed.",
        ));
    }
    let signed = text.starts_with(['+', '-']);
    if !signed && matches!(neutralise(text), Cow::Owned(_)) {
        let shown: String = text.chars().take(60).collect();
        return Err(TableError::new(
            Kind::Formula,
            format!("This cell is a formula, not a text: “{shown}”."),
            "Replace it with what it should say.",
        ));
    }
    Ok(())
}

/// UTF-8 that somebody read as Windows-1252: "St Maryâ€™s", "Ã‰cole".
fn is_garbled(text: &str) -> bool {
    text.contains("â€")
        || text.chars().zip(text.chars().skip(1)).any(|(a, b)| {
            matches!(a, 'Ã' | 'Â') && !b.is_alphabetic() && !b.is_whitespace() && !b.is_ascii()
        })
}

/// Refuses a row that ends before its headings do.
pub(crate) fn refuse_half(record: &ByteRecord, row: u64, table: &Table) -> Result<(), TableError> {
    let headings = table.layout.headings.iter().rposition(|h| !h.blank);
    let headings = headings.map_or(0, |last| last + 1);
    if record.len() >= headings || table.layout.from_sheet {
        return Ok(());
    }
    let column = table.layout.name(record.len()).to_owned();
    Err(TableError::new(
        Kind::HalfRow,
        format!(
            "This row breaks off: it has {} of {headings} cells.",
            record.len()
        ),
        "The file is probably not all there. Get it again from where it came from.",
    )
    .at_row(row)
    .in_column(column))
}

/// Refuses a list in which a row was taken for a total or a note: in a list of places there is none.
pub(crate) fn refuse_aside(passed: &Passed) -> Result<u64, TableError> {
    for why in [Aside::Note, Aside::Total] {
        if let Some((_, row)) = passed.aside.get(&why) {
            return Err(TableError::new(
                Kind::HalfRow,
                "This row is not a place’s: it has too few cells, or it is a total or a note.",
                "Get the file again from where it came from, or delete the row.",
            )
            .at_row(*row));
        }
    }
    Ok(passed.rows)
}

/// A key that came before.
pub(crate) fn twice(key: &str, heading: &str, before: u64, row: u64) -> TableError {
    TableError::new(
        Kind::DuplicateKey,
        format!("“{key}” is in row {before} already."),
        "Each place stands in the list once. Delete the row that is wrong.",
    )
    .at_row(row)
    .in_column(heading)
}
