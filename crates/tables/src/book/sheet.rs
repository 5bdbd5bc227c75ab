//! A sheet written as text, row by row.
//!
//! Who may call this: the readers of spreadsheets. What must stay true: line numbers of the text are
//! the sheet's row numbers; a cell that was merged downwards stands in each of its rows; nothing is
//! kept but the text and the row under way.

use std::collections::HashMap;

use super::{damaged, too_large};
use crate::error::TableError;
use crate::read::text::LONGEST_RECORD;

/// The most text that one sheet may become.
const TEXT: usize = 150 << 20;
/// The most text in one row: what a reader of records takes at once.
const ROW_TEXT: usize = LONGEST_RECORD / 2;
/// Rows and columns of the largest sheet there is.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

/// Cells merged into one, from the first to the last row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Merged {
    pub first_row: u32,
    pub last_row: u32,
    pub column: u32,
}

/// A sheet as text.
#[derive(Debug)]
pub(crate) struct Written {
    pub name: String,
    pub hidden: bool,
    pub text: Vec<u8>,
    /// Columns up to the last that has a cell.
    pub width: usize,
    /// Cells that are not empty.
    pub filled: u64,
}

/// A sheet under way.
pub(crate) struct Sheet {
    written: Written,
    row: u32,
    cells: Vec<String>,
    row_text: usize,
    /// Last row of the cells that were merged downwards, by first row and column.
    merged: HashMap<(u32, u32), u32>,
    /// Merged cells whose value is known and whose last row is not reached.
    falling: Vec<(Merged, String)>,
}

impl Sheet {
    pub(crate) fn new(name: &str, hidden: bool, merged: Vec<Merged>) -> Self {
        Self {
            written: Written {
                name: name.to_owned(),
                hidden,
                text: Vec::new(),
                width: 0,
                filled: 0,
            },
            row: 0,
            cells: Vec::new(),
            row_text: 0,
            merged: merged
                .into_iter()
                .map(|m| ((m.first_row, m.column), m.last_row))
                .collect(),
            falling: Vec::new(),
        }
    }

    /// A cell merged over rows below, found with the cell itself.
    pub(crate) fn merge(&mut self, merged: Merged) {
        self.merged
            .insert((merged.first_row, merged.column), merged.last_row);
    }

    /// Takes a cell; cells come row by row.
    pub(crate) fn cell(&mut self, row: u32, column: u32, text: String) -> Result<(), TableError> {
        if row >= ROWS || column >= COLUMNS {
            return Err(damaged("a cell lies beyond the largest sheet there is"));
        }
        if text.is_empty() {
            return Ok(());
        }
        if row < self.row {
            return Err(damaged("its rows are out of order"));
        }
        self.go_to(row)?;
        self.make_room(text.len())?;
        if let Some(last_row) = self.merged.remove(&(row, column)) {
            let merged = Merged {
                first_row: row,
                last_row,
                column,
            };
            self.falling.push((merged, text.clone()));
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= self.cells.len() {
            self.cells.resize(column + 1, String::new());
        }
        if let Some(slot) = self.cells.get_mut(column) {
            *slot = text;
        }
        self.written.filled += 1;
        Ok(())
    }

    /// One long word named by a million cells is a million long words.
    fn make_room(&mut self, text: usize) -> Result<(), TableError> {
        self.row_text = self.row_text.saturating_add(text);
        if self.row_text > ROW_TEXT {
            return Err(too_large());
        }
        Ok(())
    }

    fn go_to(&mut self, row: u32) -> Result<(), TableError> {
        while self.row < row {
            self.end_row()?;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), TableError> {
        if !self.cells.is_empty() {
            self.fill_down()?;
        }
        self.written.width = self.written.width.max(self.cells.len());
        for (i, cell) in self.cells.iter().enumerate() {
            if i > 0 {
                self.written.text.push(b',');
            }
            write_cell(&mut self.written.text, cell);
        }
        self.written.text.push(b'\n');
        self.cells.clear();
        self.row_text = 0;
        self.row += 1;
        let row = self.row;
        self.falling.retain(|(merged, _)| merged.last_row >= row);
        if self.written.text.len() > TEXT {
            Err(too_large())
        } else {
            Ok(())
        }
    }

    /// A row that has cells of its own has those merged into it from above, too.
    fn fill_down(&mut self) -> Result<(), TableError> {
        let falling = std::mem::take(&mut self.falling);
        for (merged, text) in &falling {
            let column = usize::try_from(merged.column).unwrap_or(usize::MAX);
            if merged.first_row == self.row {
                continue;
            }
            if column >= self.cells.len() {
                self.cells.resize(column.saturating_add(1), String::new());
            }
            self.make_room(text.len())?;
            if let Some(slot) = self.cells.get_mut(column).filter(|c| c.is_empty()) {
                slot.clone_from(text);
            }
        }
        self.falling = falling;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Written, TableError> {
        if !self.cells.is_empty() {
            self.end_row()?;
        }
        Ok(self.written)
    }
}

/// A cell as RFC 4180 writes it; line breaks inside it are kept, so that rows keep their numbers.
fn write_cell(into: &mut Vec<u8>, cell: &str) {
    if cell
        .bytes()
        .any(|b| matches!(b, b'"' | b',' | b'\r' | b'\n'))
    {
        into.push(b'"');
        into.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        into.push(b'"');
    } else {
        into.extend_from_slice(cell.as_bytes());
    }
}
