//! What sort of file it is, by its first bytes. Names and endings lie.
//!
//! Who may call this: `read` alone. What must stay true: whatever is no table is named as what it is,
//! with what to do about it.

use crate::error::{Kind, TableError};

/// What sort of file it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// CSV and its kin, as far as bytes can tell.
    Text,
    /// A zip archive: perhaps a spreadsheet.
    Archive,
}

/// Judges the first bytes of a file.
pub(crate) fn of(head: &[u8]) -> Result<Sort, TableError> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Sort::Archive);
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Err(old_office(head));
    }
    match binary(head).or_else(|| written(head)) {
        Some((what, cure)) => Err(not_a_table(what, cure)),
        None => Ok(Sort::Text),
    }
}

pub(crate) fn not_a_table(what: &str, cure: &str) -> TableError {
    TableError::new(
        Kind::NotATable,
        format!("This is {what}, not a table."),
        cure,
    )
}

const SAVE_AS: &str =
    "Open it in a spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV.";
const ORIGINAL: &str = "Choose the spreadsheet it was made from, or type the table into one.";
const UNPACK: &str = "Unpack it and choose the table inside.";

/// Files whose first bytes are fixed.
fn binary(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let starts: [(&[u8], &str, &str); 22] = [
        (b"%PDF", "a PDF", ORIGINAL),
        (b"\x89PNG", "a picture", ORIGINAL),
        (b"\xFF\xD8\xFF", "a picture", ORIGINAL),
        (b"GIF8", "a picture", ORIGINAL),
        (b"II*\0", "a picture", ORIGINAL),
        (b"MM\0*", "a picture", ORIGINAL),
        (b"RIFF", "a picture or a sound", ORIGINAL),
        (b"{\\rtf", "a text document", ORIGINAL),
        (b"\x1F\x8B", "a packed file", UNPACK),
        (b"7z\xBC\xAF\x27\x1C", "a packed file", UNPACK),
        (b"Rar!", "a packed file", UNPACK),
        (b"BZh", "a packed file", UNPACK),
        (b"\xFD7zXZ", "a packed file", UNPACK),
        (b"\x28\xB5\x2F\xFD", "a packed file", UNPACK),
        (
            b"SQLite format 3",
            "a database",
            "Export the table from it as CSV.",
        ),
        (
            b"PAR1",
            "a Parquet file",
            "Export the table from it as CSV.",
        ),
        (
            b"ARROW1",
            "an Arrow file",
            "Export the table from it as CSV.",
        ),
        (b"$FL2", "an SPSS file", "Save it from SPSS as CSV."),
        (b"$FL3", "an SPSS file", "Save it from SPSS as CSV."),
        (b"<stata_dta>", "a Stata file", "Save it from Stata as CSV."),
        (b"\x7FELF", "a program", ORIGINAL),
        (b"MZ\x90", "a program", ORIGINAL),
    ];
    let found = starts
        .iter()
        .find(|(start, _, _)| head.starts_with(start))
        .map(|(_, what, cure)| (*what, *cure));
    let later = |at: usize, mark: &[u8]| head.get(at..at + mark.len()) == Some(mark);
    found.or_else(|| {
        (later(4, b"ftyp") || head.starts_with(b"BM") && later(6, &[0, 0, 0, 0]))
            .then_some(("a picture or a film", ORIGINAL))
    })
}

/// Text that is no table: pages, documents, data of other shapes.
fn written(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let start = head.get(..2_048).unwrap_or(head);
    let text = super::text::decode(start).to_lowercase().replace('\0', "");
    let text = text
        .trim_start_matches(['\u{feff}', '\u{fffd}', 'ÿ', 'þ', 'ï', '»', '¿'])
        .trim_start();
    if text.starts_with("<?xml") && text.contains("excel.sheet") {
        return Some(("an Excel file of 2003 in XML", SAVE_AS));
    }
    if [
        "<!doctype html",
        "<html",
        "<table",
        "<head",
        "<meta",
        "<style",
        "<div",
    ]
    .iter()
    .any(|t| text.starts_with(t))
    {
        return Some(("a web page, whatever its name says", SAVE_AS));
    }
    if text.starts_with("<?xml") || text.starts_with("<svg") {
        return Some((
            "an XML document",
            "Export the table as CSV or as an Excel workbook.",
        ));
    }
    let mut letters = text.chars().filter(|c| !c.is_whitespace());
    match (letters.next(), letters.next()) {
        (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '[')) => {
            Some(("JSON", "Export the table as CSV."))
        }
        _ => None,
    }
}

/// Files of Office before 2007, and newer ones with a password, share their first bytes.
fn old_office(head: &[u8]) -> TableError {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        head.windows(wide.len()).any(|w| w == wide)
    };
    if has("EncryptedPackage") {
        return password();
    }
    if has("WordDocument") {
        return not_a_table("a Word document", ORIGINAL);
    }
    if has("PowerPoint Document") {
        return not_a_table("a presentation", ORIGINAL);
    }
    TableError::new(
        Kind::NotATable,
        "This is an Excel file of before 2007 (.xls), which we don’t read.",
        SAVE_AS,
    )
}

pub(crate) fn password() -> TableError {
    TableError::new(
        Kind::Password,
        "This file has a password.",
        "Open it, save a copy without the password, and choose the copy.",
    )
}
