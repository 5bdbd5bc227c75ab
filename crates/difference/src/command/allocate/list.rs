//! A list of whom lots are drawn for, from a file's columns.
//!
//! What must stay true: a cell that is missing, or a code that is there twice, is named with its row.

use std::collections::{BTreeMap, BTreeSet};

use engine::allocation::Unit;
use tables::{Kind, Table, TableError};

use super::record::Columns;
use crate::ending::Ending;

/// Words of a column that is evened out, at most: each but the first becomes a column of its own.
const MOST_WORDS: usize = 12;

/// A list, ready to draw for.
pub struct List {
    /// In the file's order.
    pub units: Vec<Unit>,
    /// The column of codes; none where rows are numbered.
    pub unit: Option<String>,
    /// What pairs are matched on, column by column.
    pub matched_on: Vec<String>,
    /// What is evened out, column by column.
    pub balanced_on: Vec<String>,
}

impl List {
    /// Reads the columns that the lots need.
    pub fn read(table: &Table, columns: &Columns) -> Result<Self, Ending> {
        Self::of(table, columns).map_err(|error| Ending::file(&error))
    }

    fn of(table: &Table, columns: &Columns) -> Result<Self, TableError> {
        let mut rows = Vec::new();
        table.each_row(|row, _| {
            rows.push(row);
            Ok(())
        })?;
        let (unit, codes) = codes(table, columns, &rows)?;
        let cluster = filled(table, columns.cluster.as_deref(), &rows, "class or school")?;
        let block = match &columns.pair {
            Some(pair) => filled(table, Some(pair), &rows, "pair")?,
            None => filled(table, columns.block.as_deref(), &rows, "block")?,
        };
        let (matched_on, matched) = numbers(table, &columns.pair_on, &rows)?;
        let (balanced_on, balanced) = numbers(table, &columns.balance_on, &rows)?;
        let at =
            |words: &Option<Vec<String>>, i: usize| words.as_ref().and_then(|w| w.get(i).cloned());
        let row = |values: &[Vec<f64>], i: usize| -> Vec<f64> {
            values
                .iter()
                .filter_map(|column| column.get(i).copied())
                .collect()
        };
        let units = codes
            .into_iter()
            .enumerate()
            .map(|(i, code)| Unit {
                code,
                cluster: at(&cluster, i),
                block: at(&block, i),
                matched_on: row(&matched, i),
                balanced_on: row(&balanced, i),
            })
            .collect();
        Ok(Self {
            units,
            unit,
            matched_on,
            balanced_on,
        })
    }
}

/// The codes: those of the column that was named, otherwise those of the first column, which must be there once
/// each. Where whole classes or schools are drawn, rows without a code are numbered.
fn codes(
    table: &Table,
    columns: &Columns,
    rows: &[u64],
) -> Result<(Option<String>, Vec<String>), TableError> {
    let named = columns.unit.clone();
    let first = || table.columns().next().map(|c| c.heading.name.clone());
    let Some(column) = named.clone().or_else(first) else {
        return Err(TableError::new(
            Kind::RoleMissing,
            "The list has no column with a heading.",
            "Give it one row of headings.",
        ));
    };
    let read = filled(table, Some(&column), rows, "code").and_then(|words| {
        let words = words.unwrap_or_default();
        once(&words, rows, &column)?;
        Ok(words)
    });
    match read {
        Ok(words) => Ok((Some(column), words)),
        Err(_) if named.is_none() && columns.cluster.is_some() => {
            Ok((None, rows.iter().map(|row| format!("row {row}")).collect()))
        }
        Err(error) if named.is_none() => Err(TableError {
            cure: "Name the column of codes, each there once, with --unit.".to_owned(),
            ..error
        }),
        Err(error) => Err(error),
    }
}

fn once(words: &[String], rows: &[u64], column: &str) -> Result<(), TableError> {
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for (word, row) in words.iter().zip(rows) {
        if let Some(before) = seen.insert(word, *row) {
            return Err(TableError::new(
                Kind::List,
                format!("“{word}” is here, and in row {before} too."),
                "Give everybody a code of their own, or take the second row away.",
            )
            .at_row(*row)
            .in_column(column));
        }
    }
    Ok(())
}

/// The words of a column, none missing; none where no column is named.
fn filled(
    table: &Table,
    column: Option<&str>,
    rows: &[u64],
    what: &str,
) -> Result<Option<Vec<String>>, TableError> {
    let Some(column) = column else {
        return Ok(None);
    };
    let words = table.words(column)?;
    let cells = words.into_iter().zip(rows).map(|(word, row)| {
        word.ok_or_else(|| {
            TableError::new(
                Kind::List,
                format!("There is no {what} here."),
                format!("Fill in the {what}, or take the row away."),
            )
            .at_row(*row)
            .in_column(column)
        })
    });
    Ok(Some(cells.collect::<Result<_, _>>()?))
}

/// Columns as numbers; a column of words becomes one column of 0 and 1 for each word but the first.
fn numbers(
    table: &Table,
    columns: &[String],
    rows: &[u64],
) -> Result<(Vec<String>, Vec<Vec<f64>>), TableError> {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in columns {
        match table.numbers(column) {
            Ok(cells) => {
                let cells = cells.into_iter().zip(rows).map(|(cell, row)| {
                    cell.ok_or_else(|| {
                        TableError::new(
                            Kind::NotANumber,
                            "There is no number here.",
                            "Fill it in, take the row away, or leave the column out.",
                        )
                        .at_row(*row)
                        .in_column(column)
                    })
                });
                values.push(cells.collect::<Result<_, _>>()?);
                names.push(column.clone());
            }
            Err(error) if error.kind == Kind::NotANumber => {
                let words = filled(table, Some(column), rows, "word")?.unwrap_or_default();
                let levels: BTreeSet<&String> = words.iter().collect();
                if levels.len() > MOST_WORDS {
                    return Err(error);
                }
                for level in levels.into_iter().skip(1) {
                    names.push(format!("{column}: {level}"));
                    values.push(
                        words
                            .iter()
                            .map(|w| f64::from(u8::from(w == level)))
                            .collect(),
                    );
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok((names, values))
}
