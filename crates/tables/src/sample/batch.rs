//! Rows on their way from the reading to whoever reads their cells, so many at a time.
//!
//! Who may call this: `sample` alone. What must stay true: cells are trimmed, and those of the used columns alone,
//! in the order of the fingerprint.

use csv::ByteRecord;

use crate::table::cell;

/// The used cells of some rows.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    rows: Vec<u64>,
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<usize>,
    width: usize,
}

/// The used cells of one row.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    /// The row's number in the file.
    pub number: u64,
    text: &'a str,
    start: usize,
    ends: &'a [usize],
}

impl Batch {
    /// Room for rows of so many cells.
    pub(crate) fn new(width: usize) -> Self {
        Self { width: width.max(1), ..Self::default() }
    }

    /// Adds a row's cells in these columns.
    pub(crate) fn add(&mut self, number: u64, record: &ByteRecord, columns: &[usize]) {
        self.rows.push(number);
        for column in columns {
            self.text.push_str(&cell(record, *column));
            self.ends.push(self.text.len());
        }
        if columns.is_empty() {
            self.ends.push(self.text.len());
        }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let before = |ends: &[usize], at: usize| {
            at.checked_sub(1).and_then(|at| ends.get(at)).copied().unwrap_or(0)
        };
        self.rows.iter().zip(self.ends.chunks_exact(self.width)).enumerate().map(
            move |(at, (number, ends))| Row {
                number: *number,
                text: &self.text,
                start: before(&self.ends, at * self.width),
                ends,
            },
        )
    }
}

impl<'a> Row<'a> {
    /// The cell in one of the used columns, by its place among them; empty where there is none.
    pub(crate) fn cell(&self, place: usize) -> &'a str {
        let start = match place.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(self.start),
            None => self.start,
        };
        let end = self.ends.get(place).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or_default()
    }

    /// All its cells.
    pub(crate) fn cells(self) -> impl Iterator<Item = &'a str> {
        (0..self.ends.len()).map(move |place| self.cell(place))
    }
}
