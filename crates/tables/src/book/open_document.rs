//! OpenDocument spreadsheets, cell by cell.
//!
//! Who may call this: `book` alone. What must stay true: repeated cells and rows are followed only as
//! far as they hold something, because a file of a few hundred bytes can repeat a cell a thousand
//! million times; this is why calamine, which writes repeats out, does not read these.

use std::io::BufReader;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::archive;
use super::damaged;
use super::sheet::{Merged, Sheet, Written};
use crate::error::TableError;
use crate::read::kind::password;
use crate::read::text::LONGEST_RECORD;
use crate::source::Source;

/// A cell's text is not longer than this; Excel's limit is 32,767 letters.
const LONGEST_CELL: usize = 1 << 20;
/// Filled cells beyond this are no school's table.
const MOST_CELLS: u64 = 4_000_000;

pub(super) fn read(source: &Source) -> Result<Vec<Written>, TableError> {
    let mut archive = archive::open(source)?;
    refuse_password(&mut archive)?;
    let part = archive
        .by_name("content.xml")
        .map_err(|_| damaged("its content is not there"))?;
    let mut xml = Reader::from_reader(BufReader::new(part));
    xml.config_mut().expand_empty_elements = true;
    Document::default().read(&mut xml)
}

/// The manifest names encrypted parts.
fn refuse_password(archive: &mut archive::Archive) -> Result<(), TableError> {
    let Ok(part) = archive.by_name("META-INF/manifest.xml") else {
        return Ok(());
    };
    let mut xml = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(e) | Event::Empty(e))
                if e.local_name().into_inner() == "encryption-data" =>
            {
                return Err(password());
            }
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
    }
}

/// What was read so far.
#[derive(Default)]
struct Document {
    sheets: Vec<Written>,
    hidden_styles: Vec<String>,
    style: String,
    cells: u64,
}

/// A row under way.
#[derive(Default)]
struct Row {
    repeats: u32,
    column: u32,
    /// Bytes of text in the row.
    text: usize,
    /// Column, text, rows that it is merged over.
    cells: Vec<(u32, String, u32)>,
}

/// A cell under way.
#[derive(Default)]
struct Cell {
    repeats: u32,
    rows: u32,
    /// From the attributes; none when the text counts.
    value: Option<String>,
    formula: bool,
    covered: bool,
    text: String,
    paragraphs: u32,
    /// Depth inside a remark pinned to the cell, which is not its text.
    remark: u32,
}

impl Document {
    fn read(
        mut self,
        xml: &mut Reader<BufReader<impl std::io::Read>>,
    ) -> Result<Vec<Written>, TableError> {
        let mut buffer = Vec::new();
        let mut sheet: Option<(Sheet, u32)> = None;
        let mut row: Option<Row> = None;
        let mut cell: Option<Cell> = None;
        loop {
            buffer.clear();
            let event = xml
                .read_event_into(&mut buffer)
                .map_err(|e| damaged(&e.to_string()))?;
            match event {
                Event::Start(e) => match e.local_name().into_inner() {
                    "style" => self.style = attribute(&e, "name").unwrap_or_default(),
                    "table-properties" if attribute(&e, "display").as_deref() == Some("false") => {
                        self.hidden_styles.push(self.style.clone());
                    }
                    "table" if sheet.is_none() => sheet = Some((self.start_sheet(&e), 0)),
                    "table-row" => {
                        row = Some(Row {
                            repeats: count(&e, "number-rows-repeated"),
                            ..Row::default()
                        });
                    }
                    "table-cell" | "covered-table-cell" if row.is_some() => {
                        cell = Some(Cell::start(&e))
                    }
                    name => {
                        if let Some(cell) = &mut cell {
                            cell.enter(name, &e);
                        }
                    }
                },
                Event::End(e) => match e.local_name().into_inner() {
                    "table-cell" | "covered-table-cell" => {
                        if let (Some(row), Some(cell)) = (&mut row, cell.take()) {
                            self.cells += row.take(cell)?;
                        }
                        if self.cells > MOST_CELLS {
                            return Err(super::too_large());
                        }
                    }
                    "table-row" => {
                        if let (Some((sheet, at)), Some(row)) = (&mut sheet, row.take()) {
                            self.cells += row.write(sheet, at)?;
                        }
                        if self.cells > MOST_CELLS {
                            return Err(super::too_large());
                        }
                    }
                    "table" => {
                        if let Some((sheet, _)) = sheet.take() {
                            self.sheets.push(sheet.finish()?);
                        }
                    }
                    "annotation" => {
                        if let Some(cell) = &mut cell {
                            cell.remark = cell.remark.saturating_sub(1);
                        }
                    }
                    _ => {}
                },
                Event::Text(t) => {
                    if let Some(cell) = &mut cell {
                        cell.write(&t.xml10_content());
                    }
                }
                Event::GeneralRef(e) => {
                    if let Some(cell) = &mut cell {
                        cell.write(&entity(&e));
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        Ok(self.sheets)
    }

    fn start_sheet(&self, e: &BytesStart<'_>) -> Sheet {
        let style = attribute(e, "style-name").unwrap_or_default();
        let name = attribute(e, "name").unwrap_or_default();
        Sheet::new(&name, self.hidden_styles.contains(&style), Vec::new())
    }
}

impl Row {
    /// Takes a finished cell; gives how many cells it filled.
    fn take(&mut self, cell: Cell) -> Result<u64, TableError> {
        let (repeats, rows) = (cell.repeats, cell.rows);
        let text = cell.finish();
        let start = self.column;
        self.column = self.column.saturating_add(repeats);
        if text.is_empty() {
            return Ok(0);
        }
        let end = self.column.min(start.saturating_add(16_384));
        let letters = text
            .len()
            .saturating_mul(usize::try_from(end - start).unwrap_or(usize::MAX));
        self.text = self.text.saturating_add(letters);
        if self.text > LONGEST_RECORD {
            return Err(super::too_large());
        }
        for column in start..end {
            self.cells.push((column, text.clone(), rows));
        }
        Ok(u64::from(end - start))
    }

    /// Writes the row as often as it repeats; gives how many cells the repeats filled.
    fn write(self, sheet: &mut Sheet, at: &mut u32) -> Result<u64, TableError> {
        let start = *at;
        *at = at.saturating_add(self.repeats);
        if self.cells.is_empty() {
            return Ok(0);
        }
        let mut written = 0_u64;
        for row in start..*at {
            for (column, text, rows) in &self.cells {
                if *rows > 1 {
                    sheet.merge(Merged {
                        first_row: row,
                        last_row: row.saturating_add(rows - 1),
                        column: *column,
                    });
                }
                sheet.cell(row, *column, text.clone())?;
            }
            written += u64::try_from(self.cells.len()).unwrap_or(0);
            if written > MOST_CELLS {
                return Err(super::too_large());
            }
        }
        Ok(written)
    }
}

impl Cell {
    fn start(e: &BytesStart<'_>) -> Self {
        let kind = attribute(e, "value-type").unwrap_or_default();
        let value = match kind.as_str() {
            "float" | "percentage" | "currency" => attribute(e, "value"),
            "date" => attribute(e, "date-value").map(|d| d.replace("T00:00:00", "")),
            "time" => attribute(e, "time-value"),
            "boolean" => attribute(e, "boolean-value").map(|b| b.to_uppercase()),
            "string" => attribute(e, "string-value"),
            _ => None,
        };
        Self {
            repeats: count(e, "number-columns-repeated"),
            rows: count(e, "number-rows-spanned"),
            value,
            formula: attribute(e, "formula").is_some(),
            covered: e.local_name().into_inner() == "covered-table-cell",
            ..Self::default()
        }
    }

    /// An element inside the cell begins.
    fn enter(&mut self, name: &str, e: &BytesStart<'_>) {
        match name {
            "annotation" => self.remark += 1,
            "p" => {
                if self.paragraphs > 0 {
                    self.write("\n");
                }
                if self.remark == 0 {
                    self.paragraphs += 1;
                }
            }
            "s" | "tab" => {
                let spaces = usize::try_from(count(e, "c").min(100)).unwrap_or(1);
                self.write(&" ".repeat(spaces));
            }
            "line-break" => self.write("\n"),
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        if self.remark == 0 && self.paragraphs > 0 && self.text.len() + text.len() <= LONGEST_CELL {
            self.text.push_str(text);
        }
    }

    fn finish(self) -> String {
        match self.value {
            _ if self.covered => String::new(),
            Some(value) => value,
            None if self.formula && self.text.is_empty() => "=…".to_owned(),
            None => self.text,
        }
    }
}

/// An attribute by its local name, whatever the prefix.
fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    e.attributes()
        .flatten()
        .find(|a| a.key.local_name().into_inner() == name)
        .and_then(|a| {
            a.normalized_value(XmlVersion::Implicit1_0)
                .ok()
                .map(|v| v.into_owned())
        })
}

/// A count that is 1 when it is not said.
fn count(e: &BytesStart<'_>, name: &str) -> u32 {
    attribute(e, name).and_then(|n| n.parse().ok()).unwrap_or(1)
}

/// A character written as a number, or one of the five that XML names. Others are nothing: no
/// entity of a file's own is ever expanded.
fn entity(e: &BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = e.resolve_char_ref() {
        return letter.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(&e.xml10_content())
        .unwrap_or_default()
        .to_owned()
}
