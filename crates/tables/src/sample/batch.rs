//! Rows on their way from the reading to whoever reads their cells, so many at a time.
//!
//! Who may call this: `sample` alone. What must stay true: cells are trimmed, and those of the used columns alone, in the
//! order of the fingerprint; where no cell needs quotation marks, [`Batch::lines`] are the fingerprint's own lines.

use csv::ByteRecord;

use crate::table::cell;

/// The used cells of some rows.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Each row's number, and where it starts in the text.
    rows: Vec<(u64, usize)>,
    /// Cells with commas between them, rows ended by CR LF.
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<usize>,
    width: usize,
    /// Whether a cell holds a comma, a quotation mark or a line's end.
    quoted: bool,
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

/// Whether RFC 4180 puts a cell between quotation marks.
pub(crate) fn needs_quotes(cell: &str) -> bool {
    cell.bytes()
        .any(|b| matches!(b, b'"' | b',' | b'\r' | b'\n'))
}

impl Batch {
    /// Room for rows of so many cells.
    pub(crate) fn new(width: usize) -> Self {
        Self {
            width: width.max(1),
            ..Self::default()
        }
    }

    /// Adds a row's cells in these columns.
    pub(crate) fn add(&mut self, number: u64, record: &ByteRecord, columns: &[usize]) {
        self.rows.push((number, self.text.len()));
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            let cell = cell(record, *column);
            self.quoted |= needs_quotes(&cell);
            self.text.push_str(&cell);
            self.ends.push(self.text.len());
        }
        if columns.is_empty() {
            self.ends.push(self.text.len());
        }
        self.text.push_str("\r\n");
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let cells = self.ends.chunks_exact(self.width);
        self.rows
            .iter()
            .zip(cells)
            .map(|((number, start), ends)| Row {
                number: *number,
                text: &self.text,
                start: *start,
                ends,
            })
    }

    /// The rows as RFC 4180 writes them, where that is how they stand.
    pub(crate) fn lines(&self) -> Option<impl Iterator<Item = &[u8]>> {
        let ends = self
            .rows
            .iter()
            .skip(1)
            .map(|(_, start)| *start)
            .chain([self.text.len()]);
        let line = |((_, start), end): (&(u64, usize), usize)| {
            self.text.as_bytes().get(*start..end).unwrap_or_default()
        };
        (!self.quoted).then(|| self.rows.iter().zip(ends).map(line))
    }
}

impl<'a> Row<'a> {
    /// The cell in one of the used columns, by its place among them; empty where there is none.
    pub(crate) fn cell(&self, place: usize) -> &'a str {
        let start = match place.checked_sub(1) {
            Some(before) => self.ends.get(before).map_or(self.start, |end| end + 1),
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
