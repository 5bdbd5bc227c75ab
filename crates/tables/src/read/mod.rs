//! From a file's bytes to a table: what sort of file, which letters, where the headings are.
//!
//! Who may call this: everybody, through [`open`]. What must stay true: content alone decides how a
//! file is read, never its name; whatever can't be read ends in a [`TableError`] that names the
//! cause and the cure.

pub(crate) mod aside;
pub(crate) mod dialect;
pub(crate) mod header;
pub(crate) mod layout;
pub(crate) mod text;

use std::io::Read;

use crate::column::missing::Missing;
use crate::error::{Kind, TableError};
use crate::source::Source;
use crate::table::{Format, Table};
use dialect::Decimal;
use layout::Layout;
use text::Encoding;

/// What a caller may say about a file beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The sheet to read, when a spreadsheet has several.
    pub sheet: Option<String>,
    /// Words that mean "no value", beside the usual ones.
    pub missing: Vec<String>,
    /// What stands before the decimals, where the file leaves it open.
    pub decimal: Option<Decimal>,
}

/// The most columns that a spreadsheet holds, and so the most that are taken.
pub(crate) const MOST_COLUMNS: usize = 16_384;
/// How many records of the head are kept to judge the file by.
const SAMPLE: usize = 2_000;
/// How many of them are kept with the table.
const KEPT: usize = 500;

/// Opens a file: finds its separators, its letters, its headings.
///
/// # Errors
/// When it is no table, or one that can't be read: see [`Kind`].
///
/// # Examples
/// ```
/// let csv = "Name,Group,Score\nAmina,reading,104\nTom,usual,abs\n";
/// let table = difference_tables::open(difference_tables::Source::bytes("scores.csv", csv.as_bytes()), &difference_tables::Options::default())?;
/// assert_eq!(table.columns().count(), 3);
/// # Ok::<(), difference_tables::TableError>(())
/// ```
pub fn open(source: Source, options: &Options) -> Result<Table, TableError> {
    if source.is_empty() {
        return Err(empty());
    }
    open_text(source, options)
}

fn empty() -> TableError {
    TableError::new(
        Kind::Empty,
        "There is nothing in this file.",
        "Choose the file that holds the table.",
    )
}

fn open_text(source: Source, options: &Options) -> Result<Table, TableError> {
    let mut raw = Vec::new();
    take(&mut *source.read()?, &source, &mut raw)?;
    let encoding = Encoding::of(&raw);
    let LaidOut {
        layout,
        titles,
        head,
    } = lay_out(&source, encoding, options)?;
    let format = Format::Text {
        encoding: layout.encoding,
        delimiter: char::from(layout.delimiter),
        decimal: layout.decimal,
    };
    let missing = Missing::with(&options.missing);
    Ok(Table::new(source, layout, missing, format, titles, head))
}

fn take(from: &mut dyn Read, source: &Source, into: &mut Vec<u8>) -> Result<(), TableError> {
    let head = u64::try_from(text::HEAD).unwrap_or(u64::MAX);
    from.take(head)
        .read_to_end(into)
        .map(|_| ())
        .map_err(|e| text::broken(source, &e))
}

/// A table found in a text.
pub(crate) struct LaidOut {
    layout: Layout,
    /// What stands above the headings.
    titles: Vec<String>,
    /// The first rows under them.
    head: Vec<Vec<String>>,
}

/// Finds the table in a text.
pub(crate) fn lay_out(
    source: &Source,
    encoding: Encoding,
    options: &Options,
) -> Result<LaidOut, TableError> {
    let mut head = Vec::new();
    take(
        &mut text::reader(source, encoding, None)?,
        source,
        &mut head,
    )?;
    if head.len() == text::HEAD {
        // The last line may be cut; a line longer than the head is judged as it is.
        let end = head.iter().rposition(|b| *b == b'\n').unwrap_or(head.len());
        head.truncate(end);
    }
    refuse_nul(&head)?;
    let delimiter = dialect::delimiter(&head);
    let mut records = records(&head, delimiter);
    let hinted = dialect::hint(&head).is_some();
    if hinted && !records.is_empty() {
        records.remove(0);
    }
    let found = header::find(&records)?;
    if found.headings.len() > MOST_COLUMNS {
        return Err(TableError::new(
            Kind::TooLarge,
            format!(
                "There are {} columns; a spreadsheet holds {MOST_COLUMNS}.",
                found.headings.len()
            ),
            "Keep the columns that the question needs, or turn rows and columns round.",
        ));
    }
    let data = records.get(found.first..).unwrap_or_default();
    if data.iter().all(|r| r.iter().all(|c| c.trim().is_empty())) {
        return Err(TableError::new(
            Kind::OnlyHeadings,
            "There are headings, and no rows under them.",
            "Put one row for each pupil under the headings.",
        ));
    }
    let decimal = options
        .decimal
        .unwrap_or_else(|| dialect::decimal(data.iter().flatten().map(String::as_str), delimiter));
    let skip = found.first + usize::from(hinted);
    let layout = Layout {
        text: source.clone(),
        encoding,
        delimiter,
        decimal,
        skip: u64::try_from(skip).unwrap_or(u64::MAX),
        headings: found.headings,
    };
    let head = data.iter().take(KEPT).cloned().collect();
    Ok(LaidOut {
        layout,
        titles: found.titles,
        head,
    })
}

fn records(head: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(head);
    let mut records = Vec::new();
    let mut record = csv::ByteRecord::new();
    while records.len() < SAMPLE && matches!(reader.read_byte_record(&mut record), Ok(true)) {
        records.push(
            record
                .iter()
                .map(|c| text::decode(c).into_owned())
                .collect(),
        );
    }
    records
}

fn refuse_nul(head: &[u8]) -> Result<(), TableError> {
    let Some(at) = head.iter().position(|b| *b == 0) else {
        return Ok(());
    };
    let lines = head.iter().take(at).filter(|b| **b == b'\n').count();
    Err(nul(u64::try_from(lines + 1).unwrap_or(1)))
}

pub(crate) fn nul(row: u64) -> TableError {
    TableError::new(
        Kind::Damaged,
        "There is a zero byte here, which no table has.",
        "The file is damaged or not a table: open it in a spreadsheet and save it again as CSV.",
    )
    .at_row(row)
}
