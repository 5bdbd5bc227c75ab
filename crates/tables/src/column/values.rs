//! One column's values, for callers that need no sample: charts, pools, lists.
//!
//! Who may call this: everybody with a [`Table`]. What must stay true: the same reading of numbers,
//! dates and missing words as in a sample; a cell that can't be read is named, not skipped.

use jiff::civil::Date;

use super::date;
use super::number::{self, Read};
use crate::error::TableError;
use crate::sample::entry::{not_a_date, not_a_number};
use crate::table::{Table, cell};

impl Table {
    /// The numbers of a column, row by row.
    ///
    /// # Errors
    /// When there is no such column, or a cell is neither a number nor a missing word.
    pub fn numbers(&self, column: &str) -> Result<Vec<Option<f64>>, TableError> {
        self.values(column, |row, cell, name| {
            match number::read(cell, self.layout.decimal) {
                Read::Number(n) | Read::Percent(n) => Ok(n),
                why => Err(not_a_number(row, cell, why, name)),
            }
        })
    }

    /// The words of a column, row by row.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn words(&self, column: &str) -> Result<Vec<Option<String>>, TableError> {
        self.values(column, |_, cell, _| Ok(cell.to_owned()))
    }

    /// The dates of a column, row by row; the day stands first unless the column shows otherwise.
    ///
    /// # Errors
    /// When there is no such column, or a cell is neither a date nor a missing word.
    pub fn dates(&self, column: &str) -> Result<Vec<Option<Date>>, TableError> {
        let words = self.words(column)?;
        let order = date::order(words.iter().flatten().map(String::as_str));
        self.values(column, |row, cell, name| {
            date::read(cell, order).ok_or_else(|| not_a_date(row, cell, name))
        })
    }

    /// The cells of a column as they stand, missing words and all.
    pub(crate) fn cells(&self, index: usize) -> Result<Vec<String>, TableError> {
        let mut cells = Vec::new();
        self.pass(false, &mut |_, record| {
            cells.push(cell(record, index).into_owned());
            Ok(())
        })?;
        Ok(cells)
    }

    fn values<T>(
        &self,
        column: &str,
        read: impl Fn(u64, &str, &str) -> Result<T, TableError>,
    ) -> Result<Vec<Option<T>>, TableError> {
        let column = self.column(column)?;
        let mut values = Vec::new();
        self.pass(false, &mut |row, record| {
            let cell = cell(record, column.index);
            if self.missing.find(&cell).is_some() {
                values.push(None);
                return Ok(());
            }
            values.push(Some(read(row, &cell, &column.heading.name)?));
            Ok(())
        })?;
        Ok(values)
    }
}
