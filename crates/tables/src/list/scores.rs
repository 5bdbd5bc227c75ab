//! Scores that a teacher brings, from a pasted or uploaded list.
//!
//! Who may call this: the web's page of scores. What must stay true: a score is a number or a word as
//! it stands; what means "no score" is kept as the word it was; which of several columns holds the
//! scores is asked, not guessed, when headings leave it open.

use std::cmp::Ordering;

use super::{List, Named};
use crate::column::number::{self, Read};
use crate::column::profile::{ColumnKind, ColumnProfile};
use crate::error::{Kind, TableError};
use crate::read::Options;
use crate::roles::heading::{self, Names};
use crate::sample::entry::not_a_number;
use crate::source::Source;

/// A score as it stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Score {
    /// A number.
    Number(f64),
    /// A word, such as EXS.
    Word(String),
    /// A word that means that there is none: "abs"; empty for an empty cell.
    Missing(String),
}

/// One row of scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreRow {
    /// The row in the list, from 1.
    pub row: u64,
    /// Name, UPN and code.
    pub named: Named,
    /// The score.
    pub score: Score,
}

/// A list of scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// The rows, in the list's order.
    pub rows: Vec<ScoreRow>,
    /// The column that was read; empty where there are no headings.
    pub column: String,
    /// Other columns that could hold the scores, when the headings leave it open.
    pub others: Vec<String>,
    /// SHA-256 of the bytes, in hexadecimal.
    pub fingerprint: String,
    /// Rows that are nobody's: totals, notes.
    pub set_aside: u64,
}

/// Reads a list of scores: a spreadsheet, a CSV file, or lines pasted from anywhere. `column` names
/// the column of scores where there are several.
///
/// # Errors
/// When nothing says who a row is about or what the score is, or a number can be read in two ways.
///
/// # Examples
/// ```
/// use difference_tables::{Options, Score, Source, scores};
/// let pasted = "Amina Rashid\t104\nTom Fletcher\tabs\n";
/// let list = scores(Source::bytes("pasted", pasted.as_bytes()), None, &Options::default())?;
/// assert_eq!(list.rows[0].score, Score::Number(104.0));
/// assert_eq!(list.rows[1].score, Score::Missing("abs".into()));
/// # Ok::<(), difference_tables::TableError>(())
/// ```
pub fn scores(
    source: Source,
    column: Option<&str>,
    options: &Options,
) -> Result<Scores, TableError> {
    let fingerprint = source.sum()?;
    let list = List::read(source, options)?;
    let who = list.who();
    let candidates: Vec<&ColumnProfile> = list
        .profile
        .columns
        .iter()
        .filter(|c| !who.holds(c.index))
        .collect();
    let (score, others) = match column {
        Some(name) => (list.table.column(name)?.index, Vec::new()),
        None => choose(&candidates, list.has_headings)?,
    };
    if !who.is_found() || who.holds(score) {
        return Err(TableError::new(
            Kind::List,
            "No column says whose scores these are.",
            "Put a name, a pupil number or a code before each score.",
        ));
    }
    let table = &list.table;
    let numbers = list
        .profile
        .columns
        .iter()
        .any(|c| c.index == score && c.kind == ColumnKind::Numbers);
    let mut rows = Vec::new();
    table.each_row(|row, cells| {
        let named = who.of(cells);
        let cell = cells.get(score).map(String::as_str).unwrap_or_default();
        if named.who().is_none() {
            return Err(TableError::new(
                Kind::List,
                "This row doesn’t say whose score it is.",
                "Enter a name, a pupil number or a code, or delete the row.",
            )
            .at_row(row));
        }
        let read = if table.missing.find(cell).is_some() {
            Score::Missing(cell.to_owned())
        } else {
            match number::read(cell, table.layout.decimal) {
                Read::Number(n) | Read::Percent(n) => Score::Number(n),
                why @ (Read::Ambiguous | Read::TooLarge | Read::WithUnit) if numbers => {
                    return Err(not_a_number(row, cell, why, table.layout.name(score)));
                }
                _ => Score::Word(cell.to_owned()),
            }
        };
        rows.push(ScoreRow {
            row,
            named,
            score: read,
        });
        Ok(())
    })?;
    let heading = list.table.layout.headings.get(score);
    Ok(Scores {
        rows,
        column: heading.map(|h| h.written.clone()).unwrap_or_default(),
        others,
        fingerprint,
        set_aside: list.profile.set_aside.iter().map(|(d, _)| d.rows).sum(),
    })
}

/// The column of scores and those that might be meant as well.
fn choose(
    candidates: &[&ColumnProfile],
    has_headings: bool,
) -> Result<(usize, Vec<String>), TableError> {
    let filled: Vec<&&ColumnProfile> = candidates
        .iter()
        .filter(|c| !matches!(c.kind, ColumnKind::Empty | ColumnKind::Dates))
        .collect();
    let possible: Vec<&&ColumnProfile> = if has_headings {
        filled
            .iter()
            .copied()
            .filter(|c| matches!(heading::read(&c.name).names, Names::Nothing | Names::Year))
            .filter(|c| heading::read(&c.name).names == Names::Nothing)
            .collect()
    } else {
        // Without headings the scores stand last.
        filled.last().copied().into_iter().collect()
    };
    let time = |c: &ColumnProfile| heading::read(&c.name).time;
    let latest: Vec<&&ColumnProfile> = possible
        .iter()
        .copied()
        .filter(|c| {
            possible
                .iter()
                .all(|o| time(o).order(&time(c)) != Some(Ordering::Greater))
        })
        .collect();
    let measured: Vec<&&ColumnProfile> = latest
        .iter()
        .copied()
        .filter(|c| {
            let meaning = heading::read(&c.name);
            (meaning.measure || meaning.time.is_said()) && !meaning.derived
        })
        .collect();
    let chosen = if measured.is_empty() {
        &latest
    } else {
        &measured
    };
    match chosen.as_slice() {
        [] => Err(TableError::new(
            Kind::List,
            "No column holds scores.",
            "Put the score beside each name, with a heading such as Score above.",
        )),
        [one, others @ ..] => Ok((one.index, others.iter().map(|c| c.name.clone()).collect())),
    }
}
