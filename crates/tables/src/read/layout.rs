//! Where a table lies in its text, and the one way to pass over its rows.
//!
//! Who may call this: [`crate::Table`] and the readers of columns. What must stay true: every pass
//! gives the same rows with the same numbers; memory does not grow with the file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use csv::ByteRecord;
use sha2::{Digest, Sha256};

use super::aside::{self, Aside, Seems};
use super::dialect::Decimal;
use super::header::Heading;
use super::text::{self, Bounded, Encoding};
use crate::error::{Kind, TableError};
use crate::source::Source;

/// Rows that wait for what follows them: a table ends in fewer totals and notes than this.
const WAITING: usize = 40;

/// Where a table lies in its text.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The text; for a spreadsheet, its sheet written as text.
    pub text: Source,
    pub encoding: Encoding,
    pub delimiter: u8,
    pub decimal: Decimal,
    /// Records up to and including the headings.
    pub skip: u64,
    pub headings: Vec<Heading>,
    /// Written from a sheet, where no stray separator can shift cells.
    pub from_sheet: bool,
}

/// What a pass met besides rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passed {
    /// Rows given.
    pub rows: u64,
    /// Rows set aside, and the first row of each reason.
    pub aside: BTreeMap<Aside, (u64, u64)>,
    /// SHA-256 of the text's bytes, when asked for.
    pub sum: Option<String>,
}

/// What is done with each row: its number and its cells.
pub(crate) type Each<'a> = dyn FnMut(u64, &ByteRecord) -> Result<(), TableError> + 'a;

impl Layout {
    /// Gives every row of the table in order.
    pub(crate) fn pass(&self, sum: bool, each: &mut Each<'_>) -> Result<Passed, TableError> {
        self.pass_some(u64::MAX, sum, each)
    }

    /// Gives the first rows of the table, and stops.
    pub(crate) fn pass_some(
        &self,
        most: u64,
        sum: bool,
        each: &mut Each<'_>,
    ) -> Result<Passed, TableError> {
        let running = sum.then(|| Rc::new(RefCell::new(Sha256::new())));
        let text = text::reader(&self.text, self.encoding, running.clone())?;
        let mut reader = text::csv(text, self.delimiter);
        let mut walk = Walk::new(self);
        let mut record = ByteRecord::new();
        let mut numbers = RowNumbers::default();
        let mut index = 0_u64;
        while walk.passed.rows < most && self.next(&mut reader, &mut record, &numbers)? {
            index += 1;
            let (row, breaks) = numbers.of(&reader, &record);
            if breaks > 0 && swallows(record.iter(), self.delimiter) {
                return Err(endless(row));
            }
            if index > self.skip {
                walk.step(row, &record, each)?;
            }
        }
        let mut passed = walk.end(each)?;
        passed.sum = running.map(|sum| hex(&sum.borrow().clone().finalize()));
        Ok(passed)
    }

    fn next(
        &self,
        reader: &mut csv::Reader<Bounded>,
        record: &mut ByteRecord,
        numbers: &RowNumbers,
    ) -> Result<bool, TableError> {
        let more = reader
            .read_byte_record(record)
            .map_err(|e| match e.into_kind() {
                csv::ErrorKind::Io(e) if e.kind() == std::io::ErrorKind::FileTooLarge => {
                    endless(numbers.last + 1)
                }
                csv::ErrorKind::Io(e) => text::broken(&self.text, &e),
                _ => TableError::new(
                    Kind::Damaged,
                    "This row can’t be read.",
                    "Open the file in a spreadsheet and save it again as CSV.",
                )
                .at_row(numbers.last + 1),
            })?;
        reader.get_mut().record_done();
        Ok(more)
    }

    /// The heading of a column.
    pub(crate) fn name(&self, column: usize) -> &str {
        self.headings.get(column).map_or("", |h| h.name.as_str())
    }
}

/// Whether a cell holds line after line of a table: the mark of a quotation that is never closed.
pub(crate) fn swallows<'a>(mut cells: impl Iterator<Item = &'a [u8]>, delimiter: u8) -> bool {
    cells.any(|cell| {
        let lines: Vec<usize> = cell
            .split(|b| *b == b'\n')
            .map(|line| line.iter().filter(|b| **b == delimiter).count())
            .take(200)
            .collect();
        let most = lines.get(1).copied().unwrap_or(0);
        lines.len() > 5
            && most > 0
            && lines.iter().filter(|n| **n == most).count() * 5 >= lines.len() * 4
    })
}

pub(crate) fn endless(row: u64) -> TableError {
    TableError::new(
        Kind::EndlessCell,
        "A cell that starts here goes on over row after row.",
        "Look for a quotation mark that is opened and never closed, and delete it.",
    )
    .at_row(row)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Rows as a spreadsheet numbers them: blank lines count, line breaks inside a cell don't.
#[derive(Debug, Default)]
struct RowNumbers {
    last: u64,
    lines: u64,
    inside: u64,
}

impl RowNumbers {
    /// The row's number, and the line breaks inside its cells.
    fn of(&mut self, reader: &csv::Reader<Bounded>, record: &ByteRecord) -> (u64, u64) {
        let lines = reader.position().line().saturating_sub(1);
        let mut breaks = 0;
        if lines > self.lines + 1 {
            let found = record.as_slice().iter().filter(|b| **b == b'\n').count();
            breaks = u64::try_from(found).unwrap_or(0);
            self.inside += breaks;
        }
        self.lines = lines;
        self.last = lines.saturating_sub(self.inside);
        (self.last, breaks)
    }
}

/// One pass under way: rows that may be totals or notes wait until it is known what follows.
struct Walk<'a> {
    layout: &'a Layout,
    first_heading: &'a str,
    width: usize,
    has_unnamed: bool,
    waiting: Vec<(u64, ByteRecord, Aside)>,
    passed: Passed,
}

impl<'a> Walk<'a> {
    fn new(layout: &'a Layout) -> Self {
        let written = layout.headings.iter().filter(|h| !h.blank);
        Self {
            layout,
            first_heading: layout
                .headings
                .iter()
                .map(|h| h.written.as_str())
                .find(|w| !w.is_empty())
                .unwrap_or_default(),
            width: written.count(),
            has_unnamed: (layout.from_sheet
                || layout.headings.iter().any(|h| h.written.is_empty()))
                && layout.headings.iter().any(|h| !h.written.is_empty()),
            waiting: Vec::new(),
            passed: Passed::default(),
        }
    }

    fn step(
        &mut self,
        row: u64,
        record: &ByteRecord,
        each: &mut Each<'_>,
    ) -> Result<(), TableError> {
        match aside::seems(record, self.first_heading, self.width) {
            Seems::Blank => Ok(()),
            Seems::Headings if self.repeats(record) => {
                self.set_aside(row, Aside::Headings);
                Ok(())
            }
            Seems::Total => {
                self.set_aside(row, Aside::Total);
                Ok(())
            }
            Seems::Data if self.is_beside(record) => {
                self.set_aside(row, Aside::Note);
                Ok(())
            }
            Seems::PerhapsTotal => self.wait(row, record, Aside::Total, each),
            Seems::PerhapsNote => self.wait(row, record, Aside::Note, each),
            Seems::Data | Seems::Headings => {
                self.flush(each)?;
                self.give(row, record, each)
            }
        }
    }

    /// Whether all that a row says stands in columns without a heading.
    fn is_beside(&self, record: &ByteRecord) -> bool {
        let columns = record.iter().zip(&self.layout.headings);
        self.has_unnamed
            && columns
                .filter(|(_, h)| !h.written.is_empty())
                .all(|(cell, _)| cell.trim_ascii().is_empty())
            && (self.layout.from_sheet || record.len() <= self.layout.headings.len())
    }

    fn repeats(&self, record: &ByteRecord) -> bool {
        aside::repeats(
            record,
            self.layout.headings.iter().map(|h| h.written.as_str()),
        )
    }

    fn wait(
        &mut self,
        row: u64,
        record: &ByteRecord,
        why: Aside,
        each: &mut Each<'_>,
    ) -> Result<(), TableError> {
        if self.waiting.len() >= WAITING {
            self.flush(each)?;
        }
        self.waiting.push((row, record.clone(), why));
        Ok(())
    }

    /// A row of data came: what waited was data too.
    fn flush(&mut self, each: &mut Each<'_>) -> Result<(), TableError> {
        for (row, record, _) in std::mem::take(&mut self.waiting) {
            self.give(row, &record, each)?;
        }
        Ok(())
    }

    fn give(
        &mut self,
        row: u64,
        record: &ByteRecord,
        each: &mut Each<'_>,
    ) -> Result<(), TableError> {
        if record.len() > self.layout.headings.len() && !self.layout.from_sheet {
            self.refuse_ragged(row, record)?;
        }
        self.passed.rows += 1;
        each(row, record)
    }

    fn refuse_ragged(&self, row: u64, record: &ByteRecord) -> Result<(), TableError> {
        let headings = self.layout.headings.len();
        let beyond = record
            .iter()
            .skip(headings)
            .any(|c| !c.trim_ascii().is_empty());
        if beyond {
            return Err(TableError::new(
                Kind::RaggedRow,
                format!("This row has {} cells, but there are {headings} headings.", record.len()),
                "Put quotation marks around a text that holds the separator, or delete the extra cell.",
            )
            .at_row(row));
        }
        Ok(())
    }

    fn set_aside(&mut self, row: u64, why: Aside) {
        let (count, _) = self.passed.aside.entry(why).or_insert((0, row));
        *count += 1;
    }

    fn end(mut self, each: &mut Each<'_>) -> Result<Passed, TableError> {
        let waiting = std::mem::take(&mut self.waiting);
        if self.passed.rows == 0 {
            // A table of nothing but such rows is a table of data.
            for (row, record, _) in waiting {
                self.give(row, &record, each)?;
            }
        } else {
            for (row, _, why) in waiting {
                self.set_aside(row, why);
            }
        }
        Ok(self.passed)
    }
}
