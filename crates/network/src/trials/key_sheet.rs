//! The key sheet: which pupil has which code and group. Made once, handed over, kept nowhere.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::error::{Error, Result};

/// One pupil of a key sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// As the teacher wrote them.
    pub who: String,
    /// The product's code for them.
    pub code: String,
    /// Their group, when there is one yet.
    pub group: Option<String>,
}

/// Which pupil has which code and group, for the teacher's own device.
#[derive(Clone)]
pub struct KeySheet {
    /// A name for the file, such as `gate-greeters-key-sheet.xlsx`.
    pub file_name: String,
    /// The spreadsheet (XLSX).
    pub xlsx: Vec<u8>,
    /// The same rows, in the order of the teacher's list.
    pub rows: Vec<KeyRow>,
}

impl std::fmt::Debug for KeySheet {
    /// Without the names: a key sheet must not get into a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySheet")
            .field("pupils", &self.rows.len())
            .finish_non_exhaustive()
    }
}

impl KeySheet {
    pub(crate) fn new(title: &str, rows: Vec<KeyRow>) -> Result<Self> {
        let xlsx = written(title, &rows)
            .map_err(|e| Error::Unexpected(format!("the key sheet could not be made: {e}")))?;
        let slug = crate::places::slug_from(title);
        let stem = if slug.is_empty() {
            "trial".to_owned()
        } else {
            slug
        };
        Ok(Self {
            file_name: format!("{stem}-key-sheet.xlsx"),
            xlsx,
            rows,
        })
    }
}

fn written(title: &str, rows: &[KeyRow]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("Key")?;
    sheet.write_string(0, 0, format!("Key sheet: {title}"))?;
    sheet.write_string(
        1,
        0,
        "Only you have this sheet. Keep it on your own device; it was not stored anywhere else.",
    )?;
    for (column, heading) in [(0, "Pupil"), (1, "Code"), (2, "Group")] {
        sheet.write_string_with_format(3, column, heading, &bold)?;
    }
    for (line, row) in (4_u32..).zip(rows) {
        // Written as text: a name that begins with = or + is no formula.
        sheet.write_string(line, 0, &row.who)?;
        sheet.write_string(line, 1, &row.code)?;
        sheet.write_string(line, 2, row.group.as_deref().unwrap_or_default())?;
    }
    sheet.set_column_width(0, 32)?;
    sheet.set_column_width(1, 10)?;
    sheet.set_column_width(2, 24)?;
    sheet.set_freeze_panes(4, 0)?;
    book.save_to_buffer()
}
