//! From a file's bytes to a table: what sort of file, which letters, where the headings are.
//!
//! Who may call this: everybody, through [`open`]. What must stay true: content alone decides how a
//! file is read, never its name; whatever can't be read ends in a [`TableError`] that names the
//! cause and the cure.

pub(crate) mod aside;
pub(crate) mod dialect;
pub(crate) mod header;
pub(crate) mod kind;
pub(crate) mod layout;
pub(crate) mod text;

use std::io::Read;

use crate::book;
use crate::column::missing::Missing;
use crate::column::order::fold;
use crate::error::{Kind, TableError};
use crate::source::Source;
use crate::table::{Format, Table, listed};
use crate::who::closest;
use dialect::Decimal;
use kind::Sort;
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
const SAMPLE: usize = 600;
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
    let mut head = Vec::new();
    take(&mut *source.read()?, &source, &mut head)?;
    match kind::of(&head)? {
        Sort::Text => open_text(source, &head, options),
        Sort::Archive => open_book(source, options),
    }
}

/// Opens a text without headings, such as a pasted list: its columns are A, B, C.
pub(crate) fn open_bare(source: Source, options: &Options) -> Result<Table, TableError> {
    let mut raw = Vec::new();
    take(&mut *source.read()?, &source, &mut raw)?;
    let encoding = Encoding::of(&raw);
    let head = head(&source, encoding)?;
    let delimiter = dialect::delimiter(&head);
    let records = records(&head, delimiter);
    let cells = records.iter().flatten().map(String::as_str);
    let layout = Layout {
        text: source.clone(),
        encoding,
        delimiter,
        decimal: options
            .decimal
            .unwrap_or_else(|| dialect::decimal(cells, delimiter)),
        skip: 0,
        headings: header::lettered(&records),
        from_sheet: false,
    };
    let format = Format::Text {
        encoding,
        delimiter: char::from(delimiter),
        decimal: layout.decimal,
    };
    let missing = Missing::with(&options.missing);
    Ok(Table::new(
        source,
        layout,
        missing,
        format,
        Vec::new(),
        records,
    ))
}

fn empty() -> TableError {
    TableError::new(
        Kind::Empty,
        "There is nothing in this file.",
        "Choose the file that holds the table.",
    )
}

fn open_text(source: Source, head: &[u8], options: &Options) -> Result<Table, TableError> {
    let encoding = Encoding::of(head);
    let LaidOut {
        layout,
        titles,
        head,
    } = lay_out(&source, encoding, None, options)?;
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

/// Reads the sheet that was asked for, or the one that holds most of a table.
fn open_book(source: Source, options: &Options) -> Result<Table, TableError> {
    let book = book::read(&source)?;
    let all_hidden = book.sheets.iter().all(|s| s.hidden);
    let mut chosen: Option<(u64, Source, String, LaidOut)> = None;
    let mut others = Vec::new();
    let mut trouble = None;
    let names: Vec<String> = book.sheets.iter().map(|s| s.name.clone()).collect();
    for sheet in book.sheets {
        match &options.sheet {
            Some(wanted) if fold(wanted) != fold(&sheet.name) => continue,
            None if sheet.hidden && !all_hidden => continue,
            _ => {}
        }
        let text = Source::bytes(source.name(), sheet.text);
        match lay_out(&text, Encoding::Utf8, Some(sheet.width), options) {
            Ok(laid_out)
                if chosen
                    .as_ref()
                    .is_none_or(|(filled, ..)| sheet.filled > *filled) =>
            {
                others.extend(chosen.take().map(|(filled, _, name, _)| (filled, name)));
                chosen = Some((sheet.filled, text, sheet.name, laid_out));
            }
            Ok(_) => others.push((sheet.filled, sheet.name)),
            // The fullest sheet tells best what is wrong.
            Err(error)
                if trouble
                    .as_ref()
                    .is_none_or(|(filled, _)| sheet.filled > *filled) =>
            {
                trouble = Some((sheet.filled, error));
            }
            Err(_) => {}
        }
    }
    let Some((
        filled,
        _,
        sheet,
        LaidOut {
            layout,
            titles,
            head,
        },
    )) = chosen
    else {
        return Err(match (trouble, &options.sheet) {
            (Some((_, error)), _) => error,
            (None, Some(wanted)) => no_sheet(wanted, &names),
            (None, None) => empty(),
        });
    };
    let format = Format::Workbook {
        kind: book.kind,
        sheet,
        // A sheet a quarter as full may be the one that was meant; a key to its letters is not.
        others: others
            .into_iter()
            .filter(|(n, _)| *n * 4 >= filled)
            .map(|(_, name)| name)
            .collect(),
    };
    let missing = Missing::with(&options.missing);
    Ok(Table::new(source, layout, missing, format, titles, head))
}

fn no_sheet(wanted: &str, names: &[String]) -> TableError {
    let cure = match closest(wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("Did you mean “{near}”?"),
        None => format!("The sheets are {}.", listed(names, 12)),
    };
    TableError::new(
        Kind::NoSuchSheet,
        format!("There is no sheet called “{wanted}”."),
        cure,
    )
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
    sheet_width: Option<usize>,
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
    let delimiter = match sheet_width {
        Some(_) => b',',
        None => dialect::delimiter(&head),
    };
    let mut records = records(&head, delimiter);
    let hinted = sheet_width.is_none() && dialect::hint(&head).is_some();
    if hinted && !records.is_empty() {
        records.remove(0);
    }
    refuse_swallowed(&records, delimiter)?;
    let found = header::find(&records, sheet_width)?;
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
        from_sheet: sheet_width.is_some(),
    };
    let head = data.iter().take(KEPT).cloned().collect();
    Ok(LaidOut {
        layout,
        titles: found.titles,
        head,
    })
}

/// The first lines of a text.
fn head(source: &Source, encoding: Encoding) -> Result<Vec<u8>, TableError> {
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
    Ok(head)
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

/// A quotation that is opened and never closed would make one cell of all that follows.
fn refuse_swallowed(records: &[Vec<String>], delimiter: u8) -> Result<(), TableError> {
    for (row, record) in (1_u64..).zip(records) {
        if layout::swallows(record.iter().map(String::as_bytes), delimiter) {
            return Err(layout::endless(row));
        }
    }
    Ok(())
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
