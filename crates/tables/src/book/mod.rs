//! Spreadsheets: which sheet holds the table, and that sheet as text.
//!
//! Who may call this: `read` alone. What must stay true: never more than [`UNPACKED`] is
//! unpacked, whatever the archive says of itself; a sheet becomes text row by row, so that a cell in
//! the last corner costs nothing; a panic in a library is a damaged file, not ours.

#[cfg(feature = "spreadsheets")]
mod archive;
#[cfg(feature = "spreadsheets")]
mod excel;
#[cfg(feature = "spreadsheets")]
mod open_document;
#[cfg_attr(
    not(feature = "spreadsheets"),
    expect(dead_code, reason = "only a spreadsheet has sheets")
)]
mod sheet;

#[cfg(feature = "spreadsheets")]
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Kind, TableError};
#[cfg(feature = "spreadsheets")]
use crate::read::kind::not_a_table;
use crate::source::Source;
#[cfg(feature = "spreadsheets")]
use archive::Contents;
pub(crate) use sheet::Written;

/// The most that is unpacked of one file.
pub(crate) const UNPACKED: u64 = 100 << 20;

/// A spreadsheet's sheets as text.
pub(crate) struct Book {
    /// "Excel" or "OpenDocument".
    pub kind: &'static str,
    pub sheets: Vec<Written>,
}

/// Built without them, no spreadsheet is read.
#[cfg(not(feature = "spreadsheets"))]
pub(crate) fn read(_: &Source) -> Result<Book, TableError> {
    Err(TableError::new(
        Kind::NotATable,
        "Excel and OpenDocument files are not read here.",
        "Save it as CSV, and choose that.",
    ))
}

/// Reads every visible sheet of a spreadsheet; all of them if all are hidden.
#[cfg(feature = "spreadsheets")]
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

pub(crate) fn too_large() -> TableError {
    TableError::new(
        Kind::TooLarge,
        format!(
            "Unpacked, this spreadsheet is larger than {} MB.",
            UNPACKED >> 20
        ),
        "Save the one sheet that holds the table as CSV, and choose that.",
    )
}
