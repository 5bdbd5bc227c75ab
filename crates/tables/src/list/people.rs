//! The pupils of a trial, from a pasted or uploaded list.
//!
//! Who may call this: the web's page of people. What must stay true: names leave here to the caller
//! only, who makes codes of them and forgets them; a row that says nobody is named by its number.

use super::{List, Named};
use crate::column::number::{self, Read};
use crate::column::order::fold;
use crate::column::profile::{ColumnKind, ColumnProfile};
use crate::error::{Kind, TableError};
use crate::read::Options;
use crate::roles::heading::{self, Names};
use crate::sample::entry::not_a_number;
use crate::source::Source;

/// A pupil on a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// The row in the list, from 1.
    pub row: u64,
    /// Name, UPN and code.
    pub named: Named,
    /// The class; the school where there is no class.
    pub class: Option<String>,
    /// The score from before.
    pub baseline: Option<f64>,
    /// Whether the pupil is disadvantaged (pupil premium, free meals).
    pub disadvantaged: Option<bool>,
    /// The group that somebody chose.
    pub group: Option<String>,
}

/// A list of pupils.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    /// The pupils, in the list's order.
    pub people: Vec<Person>,
    /// The columns that were used, each with what for: ("Form", "class").
    pub used: Vec<(String, &'static str)>,
    /// Rows that are nobody's: totals, notes.
    pub set_aside: u64,
}

/// Reads a list of pupils: a spreadsheet, a CSV file, or lines pasted from anywhere.
///
/// # Errors
/// When nothing says who a row is about, or a score from before is no number.
///
/// # Examples
/// ```
/// use difference_tables::{Options, Source, people};
/// let pasted = "Rashid, Amina\nFletcher, Tom\n";
/// let list = people(Source::bytes("pasted", pasted.as_bytes()), &Options::default())?;
/// assert_eq!(list.people[0].named.who(), Some("Amina Rashid"));
/// # Ok::<(), difference_tables::TableError>(())
/// ```
pub fn people(source: Source, options: &Options) -> Result<People, TableError> {
    let list = List::read(source, options)?;
    let who = list.who();
    if !who.is_found() {
        return Err(nobody());
    }
    let others: Vec<&ColumnProfile> = list
        .profile
        .columns
        .iter()
        .filter(|c| !who.holds(c.index))
        .collect();
    let columns = if list.has_headings {
        by_heading(&others)
    } else {
        by_content(&others)
    };
    let mut found = People::default();
    for (column, what) in [
        (columns.class, "class"),
        (columns.baseline, "score from before"),
        (columns.disadvantaged, "disadvantaged"),
        (columns.group, "group"),
    ] {
        let name = list
            .profile
            .columns
            .iter()
            .find(|c| Some(c.index) == column);
        found.used.extend(name.map(|c| (c.name.clone(), what)));
    }
    let ticked = list
        .profile
        .columns
        .iter()
        .any(|c| Some(c.index) == columns.disadvantaged && c.kind == ColumnKind::Ticks);
    let table = &list.table;
    table.each_row(|row, cells| {
        let named = who.of(cells);
        if named.who().is_none() {
            return Err(TableError::new(
                Kind::List,
                "This row doesn’t say who it is about.",
                "Enter a name, a pupil number or a code, or delete the row.",
            )
            .at_row(row));
        }
        let get = |index: Option<usize>| {
            index
                .and_then(|i| cells.get(i))
                .filter(|c| table.missing.find(c).is_none())
        };
        let baseline = match (columns.baseline, get(columns.baseline)) {
            (Some(index), Some(cell)) => match number::read(cell, table.layout.decimal) {
                Read::Number(n) | Read::Percent(n) => Some(n),
                why => return Err(not_a_number(row, cell, why, table.layout.name(index))),
            },
            _ => None,
        };
        found.people.push(Person {
            row,
            named,
            class: get(columns.class).cloned(),
            baseline,
            disadvantaged: columns
                .disadvantaged
                .and_then(|i| cells.get(i))
                .and_then(|c| disadvantage(c, get(columns.disadvantaged).is_some(), ticked)),
            group: get(columns.group).cloned(),
        });
        Ok(())
    })?;
    found.set_aside = list.profile.set_aside.iter().map(|(d, _)| d.rows).sum();
    Ok(found)
}

fn nobody() -> TableError {
    TableError::new(
        Kind::List,
        "No column says who the pupils are.",
        "Put one pupil on each line: a name, a pupil number or a code, with a heading such as Name above.",
    )
}

/// What the other columns are.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    class: Option<usize>,
    baseline: Option<usize>,
    disadvantaged: Option<usize>,
    group: Option<usize>,
}

fn by_heading(columns: &[&ColumnProfile]) -> Columns {
    let mut found = Columns::default();
    let mut school = None;
    for column in columns {
        let meaning = heading::read(&column.name);
        match meaning.names {
            Names::Class if found.class.is_none() => found.class = Some(column.index),
            Names::School if school.is_none() => school = Some(column.index),
            Names::Group if found.group.is_none() => found.group = Some(column.index),
            Names::Pupils if found.disadvantaged.is_none() && is_disadvantage(&column.name) => {
                found.disadvantaged = Some(column.index);
            }
            Names::Nothing
                if found.baseline.is_none()
                    && column.kind == ColumnKind::Numbers
                    && (meaning.measure || meaning.time.is_said())
                    && !meaning.derived =>
            {
                found.baseline = Some(column.index);
            }
            _ => {}
        }
    }
    found.class = found.class.or(school);
    found
}

/// Pupil premium before free meals: the first is what schools report on.
fn is_disadvantage(heading: &str) -> bool {
    let parts = heading::parts(heading);
    [
        "pp",
        "ppi",
        "premium",
        "disadvantaged",
        "disadvantage",
        "fsm",
        "fsm6",
        "ever6",
        "disadv",
        "meals",
    ]
    .iter()
    .any(|w| parts.iter().any(|p| p == w))
}

fn by_content(columns: &[&ColumnProfile]) -> Columns {
    let mut found = Columns::default();
    for column in columns {
        let words: Vec<String> = column.words.iter().map(|(w, _)| fold(w)).collect();
        let yes_no = !words.is_empty()
            && words
                .iter()
                .all(|w| ["yes", "no", "y", "n"].contains(&w.as_str()));
        match column.kind {
            ColumnKind::Numbers if found.baseline.is_none() => found.baseline = Some(column.index),
            ColumnKind::Words | ColumnKind::Text if yes_no && found.disadvantaged.is_none() => {
                found.disadvantaged = Some(column.index);
            }
            ColumnKind::Words | ColumnKind::Text if found.class.is_none() && !yes_no => {
                found.class = Some(column.index)
            }
            _ => {}
        }
    }
    found
}

/// Yes, Y, 1, PP, T or a tick; no, N, 0 or, in a column of ticks, nothing.
fn disadvantage(cell: &str, filled: bool, ticked: bool) -> Option<bool> {
    let word = fold(cell);
    if ticked {
        return Some(!word.is_empty());
    }
    match word.as_str() {
        _ if !filled => None,
        "no" | "n" | "0" | "false" | "f" | "non-pp" | "not pp" | "none" | "not disadvantaged"
        | "other" => Some(false),
        _ => Some(true),
    }
}
