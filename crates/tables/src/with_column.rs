//! The file again with one column more, and every other byte as it was.
//!
//! Who may call this: whoever hands a person's own file back with an answer in it, such as the lots.
//! What must stay true: for text, nothing changes but what is added at the ends of rows: encoding,
//! separator, quotation marks, line endings, titles above and totals below stay. A spreadsheet can't be
//! written back so; it becomes CSV, and that is said.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::error::{Kind, TableError};
use crate::export::neutralise;
use crate::read::text::{Encoding, broken};
use crate::table::Table;

/// A file with one column more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grown {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// What became of it, where it is no longer the kind of file that it was.
    pub says: Option<String>,
}

impl Table {
    /// The file with a column added behind its last: `cells` for the rows in their order.
    ///
    /// # Errors
    /// [`Kind::SameHeading`] where the heading is taken; [`Kind::Damaged`] where the words can't be
    /// written in the file's encoding or a row can't be found again.
    pub fn with_column(&self, heading: &str, cells: &[String]) -> Result<Grown, TableError> {
        if self.column(heading).is_ok() {
            return Err(TableError::new(
                Kind::SameHeading,
                format!("There is a column called “{heading}” already."),
                "Give it another heading, or take it away: lots are drawn once.",
            ));
        }
        let mut rows = BTreeMap::new();
        let mut given = cells.iter();
        self.pass(false, &mut |row, _| {
            rows.extend(given.next().map(|cell| (row, cell.as_str())));
            Ok(())
        })?;
        let mut bytes = Vec::new();
        self.layout
            .text
            .read()?
            .read_to_end(&mut bytes)
            .map_err(|e| broken(&self.layout.text, &e))?;
        let text = Text {
            delimiter: self.layout.delimiter,
            western: self.layout.encoding == Encoding::Windows1252,
            headings: self.layout.skip,
            heading,
            rows: &rows,
        };
        if !self.is_text() {
            let crate::Format::Workbook { kind, sheet, .. } = self.format() else {
                return text.lengthened(&bytes).map(Grown::plain);
            };
            return Ok(Grown {
                bytes: text.written(&bytes)?,
                says: Some(format!(
                    "The {kind} sheet “{sheet}” was written as CSV (UTF-8, commas): its cells as they read, without colours and formulas."
                )),
            });
        }
        match self.layout.encoding {
            Encoding::Utf8 => text.lengthened(&bytes).map(Grown::plain),
            Encoding::Windows1252 => {
                for words in cells.iter().map(String::as_str).chain([heading]) {
                    if WINDOWS_1252.encode(words).2 {
                        return Err(unwritable(words, "Windows-1252"));
                    }
                }
                text.lengthened(&bytes).map(Grown::plain)
            }
            wide => utf16(&text, wide, &bytes).map(Grown::plain),
        }
    }
}

impl Grown {
    fn plain(bytes: Vec<u8>) -> Self {
        Self { bytes, says: None }
    }
}

fn unwritable(words: &str, encoding: &str) -> TableError {
    TableError::new(
        Kind::Damaged,
        format!("“{words}” can’t be written in this file’s encoding, {encoding}."),
        "Save the file as CSV UTF-8 first, or use plainer words.",
    )
}

/// UTF-16 text goes through UTF-8 and back.
fn utf16(text: &Text<'_>, encoding: Encoding, bytes: &[u8]) -> Result<Vec<u8>, TableError> {
    let (decoder, little) = match encoding {
        Encoding::Utf16Be => (UTF_16BE, false),
        _ => (UTF_16LE, true),
    };
    let (decoded, wrong) = decoder.decode_without_bom_handling(bytes);
    if wrong {
        return Err(TableError::new(
            Kind::Damaged,
            "Some letters of this file make no sense in its encoding, UTF-16.",
            "Open it in a spreadsheet and save it again as CSV UTF-8.",
        ));
    }
    let grown = text.lengthened(decoded.as_bytes())?;
    Ok(String::from_utf8_lossy(&grown)
        .encode_utf16()
        .flat_map(|unit| {
            if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        })
        .collect())
}

/// A text of rows, and what is to be added to them.
struct Text<'a> {
    delimiter: u8,
    /// Whether its bytes are Windows-1252.
    western: bool,
    /// Records up to and including the headings.
    headings: u64,
    heading: &'a str,
    /// By row number.
    rows: &'a BTreeMap<u64, &'a str>,
}

/// A record of a text: where its last cell ends, and what it is.
struct Record {
    row: u64,
    number: u64,
    start: usize,
    end: usize,
    cells: usize,
}

impl Text<'_> {
    /// The text with a cell added to each of its rows and to the headings.
    fn lengthened(&self, text: &[u8]) -> Result<Vec<u8>, TableError> {
        let records = self.records(text)?;
        let concerned = |r: &&Record| r.number == self.headings || self.rows.contains_key(&r.row);
        // A row with more cells than the headings, all beyond them empty, pushes the new column out.
        let width = records.iter().filter(concerned).map(|r| r.cells).max();
        let quoted = records
            .iter()
            .find(|r| r.number == self.headings)
            .and_then(|r| text.get(r.start))
            == Some(&b'"');
        let mut grown = Vec::with_capacity(text.len() + records.len() * 12);
        let mut done = 0;
        for record in records.iter().filter(concerned) {
            let words = if record.number == self.headings {
                self.heading
            } else {
                self.rows.get(&record.row).copied().unwrap_or_default()
            };
            grown.extend_from_slice(text.get(done..record.end).unwrap_or_default());
            done = record.end;
            let short = width.unwrap_or_default().saturating_sub(record.cells);
            grown.extend(std::iter::repeat_n(self.delimiter, short + 1));
            grown.extend_from_slice(&self.cell(words, quoted));
        }
        grown.extend_from_slice(text.get(done..).unwrap_or_default());
        Ok(grown)
    }

    /// A cell as it stands in the text; the words are already known to fit its encoding.
    fn cell(&self, words: &str, quoted: bool) -> Vec<u8> {
        let special = |b: u8| b == self.delimiter || matches!(b, b'"' | b'\r' | b'\n');
        let text = if quoted || words.bytes().any(special) {
            Cow::Owned(format!("\"{}\"", words.replace('"', "\"\"")))
        } else {
            Cow::Borrowed(words)
        };
        if self.western {
            WINDOWS_1252.encode(&text).0.into_owned()
        } else {
            text.as_bytes().to_vec()
        }
    }

    /// The sheet's text as CSV whose cells no spreadsheet takes for formulas.
    fn written(&self, text: &[u8]) -> Result<Vec<u8>, TableError> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(Vec::new());
        for record in self.records(text)? {
            let words = if record.number == self.headings {
                Some(self.heading)
            } else {
                self.rows.get(&record.row).copied()
            };
            let slice = text.get(record.start..record.end).unwrap_or_default();
            let mut cells: Vec<String> = csv::ReaderBuilder::new()
                .delimiter(self.delimiter)
                .has_headers(false)
                .from_reader(slice)
                .byte_records()
                .filter_map(Result::ok)
                .flat_map(|r| {
                    r.iter()
                        .map(|c| neutralise(&String::from_utf8_lossy(c)).into_owned())
                        .collect::<Vec<_>>()
                })
                .collect();
            cells.extend(words.map(str::to_owned));
            writer.write_record(&cells).map_err(|_| lost())?;
        }
        writer.into_inner().map_err(|_| lost())
    }

    fn records(&self, text: &[u8]) -> Result<Vec<Record>, TableError> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text);
        let mut record = csv::ByteRecord::new();
        let mut records = Vec::new();
        let (mut from, mut lines, mut number) = (0_usize, 0_u64, 0_u64);
        loop {
            let more = reader.read_byte_record(&mut record).map_err(|_| lost())?;
            let to = usize::try_from(reader.position().byte())
                .unwrap_or(usize::MAX)
                .min(text.len());
            let slice = text.get(from..to).unwrap_or_default();
            let before = slice.iter().take_while(|b| is_end(**b)).count();
            let after = slice.iter().rev().take_while(|b| is_end(**b)).count();
            lines += ends(slice.get(..before).unwrap_or_default(), last(text, from));
            if !more || before == slice.len() {
                break;
            }
            number += 1;
            let (start, end) = (from + before, to - after);
            records.push(Record {
                row: lines + 1,
                number,
                start,
                end,
                cells: record.len(),
            });
            lines += ends(text.get(end..to).unwrap_or_default(), None);
            from = to;
        }
        Ok(records)
    }
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn last(text: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).and_then(|i| text.get(i)).copied()
}

/// Line endings in a stretch of them: a return with its feed is one, also where the return came before.
fn ends(stretch: &[u8], before: Option<u8>) -> u64 {
    let mut previous = before.filter(|b| *b == b'\r');
    let mut lines = 0;
    for byte in stretch {
        if !(*byte == b'\n' && previous == Some(b'\r')) {
            lines += 1;
        }
        previous = Some(*byte);
    }
    lines
}

fn lost() -> TableError {
    TableError::new(
        Kind::Damaged,
        "The file’s rows could not be found again to write them back.",
        "Open it in a spreadsheet and save it again as CSV.",
    )
}
