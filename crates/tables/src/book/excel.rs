//! Excel workbooks, cell by cell.
//!
//! Who may call this: `book` alone. What must stay true: a formula shows its last value; one that was
//! never worked out shows itself, so that it is named and not taken for nothing.

use calamine::{
    CellErrorType, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError,
};

use super::damaged;
use super::sheet::{Merged, Sheet, Written};
use crate::error::TableError;
use crate::read::kind::password;
use crate::source::{ReadSeek, Source};

pub(super) fn read(source: &Source) -> Result<Vec<Written>, TableError> {
    let mut book: Xlsx<Box<dyn ReadSeek>> = Xlsx::new(source.read()?).map_err(wrong)?;
    let sheets: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .map(|s| (s.name.clone(), s.visible != SheetVisible::Visible))
        .collect();
    sheets
        .into_iter()
        .map(|(name, hidden)| read_sheet(&mut book, &name, hidden))
        .collect()
}

fn read_sheet(
    book: &mut Xlsx<Box<dyn ReadSeek>>,
    name: &str,
    hidden: bool,
) -> Result<Written, TableError> {
    let merged = book
        .merge_cells_by_sheet_name(name)
        .unwrap_or_default()
        .into_iter()
        .filter(|d| d.end.0 > d.start.0)
        .map(|d| Merged {
            first_row: d.start.0,
            last_row: d.end.0,
            column: d.start.1,
        })
        .collect();
    let mut sheet = Sheet::new(name, hidden, merged);
    let mut cells = book.worksheet_cells_reader(name).map_err(wrong)?;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(wrong)? {
        let (row, column) = cell.pos;
        let text = match (&cell.value, &cell.formula) {
            (DataRef::Empty, Some(_)) => "=…".to_owned(),
            (value, _) => text(value),
        };
        sheet.cell(row, column, text)?;
    }
    sheet.finish()
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) => n.to_string(),
        DataRef::String(s) => s.clone(),
        DataRef::SharedString(s) => (*s).to_owned(),
        DataRef::Bool(b) => if *b { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => day(moment),
        DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => s.clone(),
        DataRef::Error(error) => mark(error),
    }
}

fn mark(error: &CellErrorType) -> String {
    error.to_string()
}

/// "2026-07-12", "2026-07-12 09:30" or "09:30".
fn day(moment: &ExcelDateTime) -> String {
    let serial = moment.as_f64();
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = if second == 0 {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    };
    if moment.is_duration() || (0.0..1.0).contains(&serial) {
        time
    } else if serial.fract() == 0.0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {time}")
    }
}

fn wrong(error: XlsxError) -> TableError {
    match error {
        XlsxError::Password => password(),
        other => damaged(&other.to_string()),
    }
}
