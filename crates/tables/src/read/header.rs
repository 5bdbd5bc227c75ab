//! Where the headings are: title rows above them, headings over two rows, names for every column.
//!
//! Who may call this: `read` alone. What must stay true: every column can be named by exactly one
//! name; what stood above the headings is said, not lost.

use std::collections::HashMap;

use crate::column::missing;
use crate::column::number::looks_like_number;
use crate::error::{Kind, TableError};

/// How many records are looked at to find the headings.
const LOOK: usize = 60;

/// A column as the file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The name to call it by: the heading; with the spreadsheet's letter where several are alike.
    pub name: String,
    /// The spreadsheet's letter: A, B … AA.
    pub letter: String,
    /// The heading as it stands in the file; empty when there is none.
    pub written: String,
    /// Neither a heading nor a cell: left out everywhere.
    pub blank: bool,
}

/// The headings and what is above them.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub headings: Vec<Heading>,
    /// Index of the first record under the headings.
    pub first: usize,
    /// What stood above, row by row.
    pub titles: Vec<String>,
}

/// Finds the headings in the first records of a file.
pub(crate) fn find(
    records: &[Vec<String>],
    sheet_width: Option<usize>,
) -> Result<Found, TableError> {
    let look = records.get(..LOOK.min(records.len())).unwrap_or_default();
    let typical = typical_width(look);
    if typical == 0 {
        return Err(TableError::new(
            Kind::Empty,
            "There is nothing in this file.",
            "Choose the file that holds the table.",
        ));
    }
    let at = heading_row(look, typical);
    let empty = Vec::new();
    let top = look.get(at).unwrap_or(&empty);
    let below: Vec<&Vec<String>> = records.iter().skip(at + 1).filter(|r| *r != top).collect();
    if is_data(top, &below) {
        return Err(TableError::new(
            Kind::NoHeadings,
            "The first row looks like a pupil’s, not like headings.",
            "Put a row of headings at the top, such as Name, Class, Group, Score.",
        )
        .at_row(u64::try_from(at + 1).unwrap_or(1)));
    }
    let (names, first, two_rows) = match (look.get(at + 1), above(look, at)) {
        (Some(next), _) if is_second_row(top, next, &below) => (join(top, next), at + 2, true),
        (_, Some(groups)) if has_doubles(top) => (join(groups, top), at + 1, true),
        _ => (top.clone(), at + 1, false),
    };
    let title_rows = if two_rows && first == at + 1 {
        at - 1
    } else {
        at
    };
    let titles = look
        .iter()
        .take(title_rows)
        .map(|row| said(row))
        .filter(|t| !t.is_empty())
        .collect();
    Ok(Found {
        headings: name_all(
            &names,
            records.get(first..).unwrap_or_default(),
            sheet_width,
        ),
        first,
        titles,
    })
}

fn filled(record: &[String]) -> usize {
    record.iter().filter(|c| !c.trim().is_empty()).count()
}

/// How many cells a row of the table has: three rows in four have no more.
fn typical_width(look: &[Vec<String>]) -> usize {
    let mut widths: Vec<usize> = look.iter().map(|r| filled(r)).filter(|n| *n > 0).collect();
    widths.sort_unstable();
    widths.get(widths.len() * 3 / 4).copied().unwrap_or(0)
}

fn heading_row(look: &[Vec<String>], typical: usize) -> usize {
    let enough = if typical == 1 {
        1
    } else {
        (typical * 3).div_ceil(5).max(2)
    };
    let first = look.iter().position(|r| filled(r) >= enough).unwrap_or(0);
    let Some(row) = look.get(first) else { return 0 };
    // "School: Thornbeck, Class: 4KH, Date: 12/07/2026" can be as wide as a table.
    if row
        .iter()
        .any(|c| c.trim().ends_with(':') || looks_like_number(c))
    {
        let wider = (first + 1..look.len().min(first + 6)).find(|j| {
            look.get(*j)
                .is_some_and(|r| filled(r) > filled(row) && r.iter().all(|c| !looks_like_number(c)))
        });
        if let Some(wider) = wider {
            return wider;
        }
    }
    first
}

/// Whether a row that should hold headings holds somebody's data.
fn is_data(top: &[String], below: &[&Vec<String>]) -> bool {
    let cells: Vec<(usize, &str)> = top
        .iter()
        .enumerate()
        .map(|(i, c)| (i, c.trim()))
        .filter(|(_, c)| !c.is_empty())
        .collect();
    let numbers = cells
        .iter()
        .filter(|(_, c)| looks_like_number(c) && !is_year(c))
        .count();
    if numbers * 2 > cells.len() {
        return true;
    }
    // A heading does not come again among the values under it.
    let again = cells
        .iter()
        .filter(|(i, c)| {
            below
                .iter()
                .filter(|r| r.get(*i).is_some_and(|v| v.trim() == *c))
                .count()
                >= 2
        })
        .count();
    numbers > 0 && again > 0 || cells.len() > 1 && again * 2 > cells.len()
}

fn is_year(cell: &str) -> bool {
    cell.parse::<u32>()
        .is_ok_and(|y| (1900..=2100).contains(&y))
}

/// A second row of headings: words where the column below holds numbers, under or beside the first.
fn is_second_row(top: &[String], next: &[String], below: &[&Vec<String>]) -> bool {
    if next
        .iter()
        .any(|c| looks_like_number(c) || missing::is_standard(c) && !c.trim().is_empty())
    {
        return false;
    }
    let gaps = next
        .iter()
        .enumerate()
        .filter(|(i, c)| !c.trim().is_empty() && top.get(*i).is_none_or(|t| t.trim().is_empty()))
        .count();
    // A heading merged over both rows may come out in both.
    let empty_under = top
        .iter()
        .enumerate()
        .filter(|(i, t)| {
            let under = next.get(*i).map_or("", |c| c.trim());
            !t.trim().is_empty() && (under.is_empty() || under == t.trim())
        })
        .count();
    let over_numbers = next.iter().enumerate().any(|(i, c)| {
        !c.trim().is_empty()
            && below
                .iter()
                .skip(1)
                .filter_map(|r| r.get(i))
                .any(|v| looks_like_number(v))
    });
    gaps > 0 && empty_under > 0 && over_numbers
}

/// The row above, when it holds the labels of groups of columns.
fn above(look: &[Vec<String>], at: usize) -> Option<&Vec<String>> {
    let row = look.get(at.checked_sub(1)?)?;
    (filled(row) >= 2 && row.iter().all(|c| !looks_like_number(c))).then_some(row)
}

fn has_doubles(row: &[String]) -> bool {
    let mut seen = std::collections::HashSet::new();
    row.iter()
        .map(|c| c.trim().to_lowercase())
        .filter(|c| !c.is_empty())
        .any(|c| !seen.insert(c))
}

/// "Autumn" over "Reading" and "Maths" gives "Autumn Reading" and "Autumn Maths".
fn join(groups: &[String], names: &[String]) -> Vec<String> {
    let mut group = "";
    (0..groups.len().max(names.len()))
        .map(|i| {
            let above = groups.get(i).map_or("", |g| g.trim());
            let name = names.get(i).map_or("", |n| n.trim());
            if !above.is_empty() {
                group = above;
            } else if name.is_empty() {
                group = "";
            }
            match (group, name) {
                ("", name) => name.to_owned(),
                (group, "") => group.to_owned(),
                (group, name) if group == name => name.to_owned(),
                (group, name) => format!("{group} {name}"),
            }
        })
        .collect()
}

fn said(row: &[String]) -> String {
    let cells: Vec<&str> = row
        .iter()
        .map(|c| c.trim())
        .filter(|c| !c.is_empty())
        .collect();
    cells.join(" ")
}

/// One space between words, no line breaks.
pub(crate) fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Names for the columns of a text without headings.
pub(crate) fn lettered(records: &[Vec<String>]) -> Vec<Heading> {
    let width = records.iter().map(Vec::len).max().unwrap_or(0);
    (0..width)
        .map(|i| Heading {
            name: format!("Column {}", letter(i)),
            letter: letter(i),
            written: String::new(),
            blank: false,
        })
        .collect()
}

fn name_all(names: &[String], data: &[Vec<String>], sheet_width: Option<usize>) -> Vec<Heading> {
    // Cells beyond the headings belong to the table only if most rows have them; in a few rows
    // they are a stray comma, and named when the row is read.
    let longer = data.iter().filter(|r| r.len() > names.len()).count();
    let width = match sheet_width {
        Some(width) => width.max(names.len()),
        None if longer * 2 > data.len() => data.iter().map(Vec::len).max().unwrap_or(0),
        None => names.len(),
    };
    let mut headings: Vec<Heading> = (0..width)
        .map(|i| {
            let written = names.get(i).map(|n| tidy(n)).unwrap_or_default();
            let letter = letter(i);
            let blank = written.is_empty()
                && data
                    .iter()
                    .all(|r| r.get(i).is_none_or(|c| c.trim().is_empty()));
            let name = if written.is_empty() {
                format!("Column {letter}")
            } else {
                written.clone()
            };
            Heading {
                name,
                letter,
                written,
                blank,
            }
        })
        .collect();
    while headings.last().is_some_and(|h| h.blank) {
        headings.pop();
    }
    let mut alike = HashMap::<String, usize>::new();
    for heading in &headings {
        *alike.entry(heading.name.to_lowercase()).or_default() += 1;
    }
    for heading in &mut headings {
        if alike
            .get(&heading.name.to_lowercase())
            .is_some_and(|n| *n > 1)
        {
            heading.name = format!("{} (column {})", heading.written, heading.letter);
        }
    }
    headings
}

/// A spreadsheet's name for a column: 0 is A, 25 is Z, 26 is AA.
pub(crate) fn letter(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index;
    loop {
        let digit = u8::try_from(rest % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => break,
        }
    }
    letters.iter().rev().collect()
}
