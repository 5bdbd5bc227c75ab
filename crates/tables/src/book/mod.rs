//! Spreadsheets: which sheet holds the table, and that sheet as text.
//!
//! Who may call this: `read` alone. What must stay true: never more than [`archive::UNPACKED`] is
//! unpacked, whatever the archive says of itself; a sheet becomes text row by row, so that a cell in
//! the last corner costs nothing; a panic in a library is a damaged file, not ours.

mod archive;
mod excel;
mod open_document;
mod sheet;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Kind, TableError};
use crate::read::kind::not_a_table;
use crate::source::Source;
use archive::Contents;
pub(crate) use sheet::Written;

/// A spreadsheet's sheets as text.
pub(crate) struct Book {
    /// "Excel" or "OpenDocument".
    pub kind: &'static str,
    pub sheets: Vec<Written>,
}

/// Reads every visible sheet of a spreadsheet; all of them if all are hidden.
pub(crate) fn read(source: &Source) -> Result<Book, TableError> {
    let contents = archive::look(source)?;
    let read = || match &contents {
        Contents::Excel => Ok(Book {
            kind: "Excel",
            sheets: excel::read(source)?,
        }),
        Contents::OpenDocument => Ok(Book {
            kind: "OpenDocument",
            sheets: open_document::read(source)?,
        }),
        Contents::Other(what, cure) => Err(not_a_table(what, cure)),
    };
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(damaged("something in it makes no sense")))
}

pub(crate) fn damaged(why: &str) -> TableError {
    TableError::new(
        Kind::Damaged,
        format!("This spreadsheet can’t be read: {why}."),
        "Open it in a spreadsheet program, save a copy, and choose the copy.",
    )
}
