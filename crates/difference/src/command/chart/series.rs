//! From a file's columns to series, one for each word of the column that splits them.
//!
//! What must stay true: no row is left out without a word; a cell that can't be read is named with its
//! row and its cure.

use std::collections::BTreeMap;

use engine::chart::{Observation, Unit};
use tables::{Table, TableError};

use crate::ending::Ending;
use crate::output;

/// The columns that make a series.
pub struct Columns<'a> {
    pub date: Option<&'a str>,
    pub value: Option<&'a str>,
    pub denominator: Option<&'a str>,
    pub by: Option<&'a str>,
}

/// Each series with its label; one without a label where nothing splits them.
pub fn series(
    table: &Table,
    columns: &Columns<'_>,
) -> Result<Vec<(String, Vec<Observation>)>, Ending> {
    let wrong = |error: TableError| Ending::file(&error);
    let dates = dates(table, columns.date)?;
    let values = match columns.value {
        Some(column) => table.numbers(column).map_err(wrong)?,
        None => gaps(&dates),
    };
    let denominators = match columns.denominator {
        Some(column) => table
            .numbers(column)
            .map_err(wrong)?
            .into_iter()
            .map(Some)
            .collect(),
        None => vec![None; values.len()],
    };
    let labels = match columns.by {
        Some(column) => table.words(column).map_err(wrong)?,
        None => vec![Some(String::new()); values.len()],
    };
    let mut series: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
    let mut left_out = Left::default();
    let cells = dates.into_iter().zip(values).zip(denominators).zip(labels);
    for (((date, value), denominator), label) in cells {
        match (date, value, denominator, label) {
            (Some(date), Some(value), None, Some(label)) => {
                series
                    .entry(label)
                    .or_default()
                    .push(Observation::new(date, value));
            }
            (Some(date), Some(value), Some(Some(n)), Some(label)) => {
                series
                    .entry(label)
                    .or_default()
                    .push(Observation::of(date, value, n));
            }
            _ => left_out.rows += 1,
        }
    }
    left_out.say();
    Ok(series.into_iter().collect())
}

/// Each place's sums.
pub fn units(table: &Table, columns: &Columns<'_>) -> Result<Vec<Unit>, Ending> {
    let wrong = |error: TableError| Ending::file(&error);
    let (Some(value), Some(denominator), Some(by)) =
        (columns.value, columns.denominator, columns.by)
    else {
        return Err(Ending::wrong(
            "columns-missing",
            "A funnel needs to know how many, out of how many, and of which place.",
            "Name three columns: --value, --denominator and --by.",
        ));
    };
    let counts = table.numbers(value).map_err(wrong)?;
    let denominators = table.numbers(denominator).map_err(wrong)?;
    let labels = table.words(by).map_err(wrong)?;
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    let mut left_out = Left::default();
    for ((count, n), label) in counts.into_iter().zip(denominators).zip(labels) {
        match (count, n, label) {
            (Some(count), Some(n), Some(label)) => {
                let sum = sums.entry(label).or_default();
                sum.0 += count;
                sum.1 += n;
            }
            _ => left_out.rows += 1,
        }
    }
    left_out.say();
    Ok(sums
        .into_iter()
        .map(|(label, (count, denominator))| Unit {
            label,
            count,
            denominator,
        })
        .collect())
}

#[derive(Default)]
struct Left {
    rows: u64,
}

impl Left {
    fn say(&self) {
        match self.rows {
            0 => {}
            1 => output::note("1 row has an empty cell; it is left out."),
            n => output::note(&format!("{n} rows have an empty cell; they are left out.")),
        }
    }
}

/// The dates as the engine reads them: days, years or numbers in order. `YEAR,MONTH` names two columns;
/// no column at all: the one that holds dates, if there is only one.
fn dates(table: &Table, column: Option<&str>) -> Result<Vec<Option<String>>, Ending> {
    let wrong = |error: TableError| Ending::file(&error);
    let found;
    let column = match column {
        Some(column) => column,
        None => {
            found = the_one_with_dates(table)?;
            output::note(&format!("The dates were found in “{found}”."));
            found.as_str()
        }
    };
    if let (Err(_), Some((year, month))) = (table.column(column), column.split_once(',')) {
        let years = table.numbers(year.trim()).map_err(wrong)?;
        let months = table.numbers(month.trim()).map_err(wrong)?;
        let date = |(year, month): (Option<f64>, Option<f64>)| {
            Some(format!("{:04}-{:02}-01", year?, month?))
        };
        return Ok(years.into_iter().zip(months).map(date).collect());
    }
    match table.dates(column) {
        Ok(dates) => Ok(dates
            .into_iter()
            .map(|d| d.map(|d| d.to_string()))
            .collect()),
        Err(not_dates) => {
            // Years and numbers in order do as well.
            let whole = |n: &f64| n.fract() == 0.0 && n.abs() < 1e6;
            match table.numbers(column) {
                Ok(numbers) if numbers.iter().flatten().all(whole) => Ok(numbers
                    .into_iter()
                    .map(|n| n.map(|n| format!("{n:.0}")))
                    .collect()),
                _ => Err(wrong(not_dates)),
            }
        }
    }
}

fn the_one_with_dates(table: &Table) -> Result<String, Ending> {
    let names: Vec<String> = table
        .columns()
        .map(|c| c.heading.name.clone())
        .filter(|name| {
            table
                .dates(name)
                .is_ok_and(|dates| dates.iter().any(Option::is_some))
        })
        .collect();
    match names.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Ending::wrong(
            "no-dates",
            "No column holds dates.",
            "Name the column that says when, with --date; years and numbers in order do as well.",
        )),
        several => Err(Ending::wrong(
            "which-dates",
            format!(
                "{} columns hold dates: {}.",
                several.len(),
                several.join(", ")
            ),
            "Name one of them with --date.",
        )),
    }
}

/// Days since the date before; the first date has none, so it is left out.
fn gaps(dates: &[Option<String>]) -> Vec<Option<f64>> {
    let mut before: Option<engine::date::Day> = None;
    dates
        .iter()
        .map(|date| {
            let day = date.as_deref().and_then(engine::date::Day::parse)?;
            let gap = before.map(|b| day.number() - b.number());
            before = Some(day);
            gap.and_then(|g| i32::try_from(g).ok()).map(f64::from)
        })
        .collect()
}
