//! `--check`: the lots drawn again and compared, with a record or with a file's column `group`.

use std::collections::BTreeMap;
use std::path::Path;

use engine::allocation::{self, DrawnLots};
use serde::Serialize;
use tables::{Kind, Options, Table, TableError};

use super::list::List;
use super::record::Record;
use super::{Allocate, GROUP, PRINTED, open};
use crate::ending::Ending;

/// Differences that are listed.
const LISTED: usize = 20;

/// What came of drawing again.
#[derive(Debug, Serialize)]
struct Checked {
    schema: &'static str,
    same: bool,
    seed: u64,
    /// Of the lots as drawn again.
    fingerprint: String,
    says: String,
    differences: Vec<Difference>,
}

#[derive(Debug, Serialize)]
struct Difference {
    code: String,
    drawn: Option<String>,
    found: Option<String>,
}

/// Draws again and compares; exit code 1 where it is not the same.
pub fn check(call: &Allocate, with: &Path) -> Result<Ending, Ending> {
    let table = call.open()?;
    let record = std::fs::read(with)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok())
        .filter(|record| record.lots.schema == allocation::SCHEMA);
    let (again, mut found) = match record {
        Some(record) => {
            let list = List::read(&table, &record.columns)?;
            let groups = record.lots.groups.iter().map(|g| g.name.clone()).collect();
            let rule = record.lots.rerandomised.map(|r| r.rule);
            let scheme = record.columns.scheme(groups, rule, &list);
            let again = allocation::draw(&list.units, &scheme, record.lots.seed);
            let found: BTreeMap<String, String> = record
                .lots
                .assigned
                .into_iter()
                .map(|a| (a.code, a.group))
                .collect();
            (again, found)
        }
        None => {
            let Some(seed) = call.seed else {
                return Err(Ending::wrong(
                    "seed-missing",
                    format!(
                        "{} is no record of a draw, so the seed is not known.",
                        with.display()
                    ),
                    "Give the seed that the lots were drawn from with --seed, and the groups with --to.",
                ));
            };
            let columns = call.columns();
            let list = List::read(&table, &columns)?;
            let again = allocation::draw(&list.units, &call.scheme(&list)?, seed);
            let other = open(with, &Options::default())?;
            let found = groups(&other, columns.unit.or(list.unit).as_deref(), GROUP)
                .map_err(|error| Ending::file(&error))?;
            (again, found)
        }
    };
    let again = match again {
        Ok(again) => again,
        Err(refusal) => return Ok(PRINTED.refuse(allocation::SCHEMA, &refusal)),
    };
    let checked = compare(&again, &mut found);
    let same = checked.same;
    Ok(match PRINTED.json(&checked) {
        Ending::Answered if !same => Ending::CannotSay,
        ending => ending,
    })
}

/// Codes and groups of a file.
fn groups(
    table: &Table,
    unit: Option<&str>,
    group: &str,
) -> Result<BTreeMap<String, String>, TableError> {
    let mut codes = Vec::new();
    match unit {
        Some(unit) => codes.extend(table.words(unit)?),
        None => table.each_row(|row, _| {
            codes.push(Some(format!("row {row}")));
            Ok(())
        })?,
    }
    let groups = table.words(group).map_err(|error| match error.kind {
        Kind::NoSuchColumn => TableError::new(
            error.kind,
            format!(
                "“{}” has no column “{group}” to compare with.",
                table.name()
            ),
            "Give the file that `difference allocate` wrote, or the record that it printed.",
        ),
        _ => error,
    })?;
    Ok(codes
        .into_iter()
        .zip(groups)
        .filter_map(|(code, group)| Some((code?, group.unwrap_or_default())))
        .collect())
}

fn compare(again: &DrawnLots, found: &mut BTreeMap<String, String>) -> Checked {
    let mut differences = Vec::new();
    for one in &again.assigned {
        let there = found.remove(&one.code);
        if there.as_ref() != Some(&one.group) {
            differences.push(Difference {
                code: one.code.clone(),
                drawn: Some(one.group.clone()),
                found: there,
            });
        }
    }
    differences.extend(found.iter().map(|(code, group)| Difference {
        code: code.clone(),
        drawn: None,
        found: Some(group.clone()),
    }));
    let same = differences.is_empty();
    let says = if same {
        format!(
            "Drawn again from seed {}, the lots fall the same.",
            again.seed
        )
    } else {
        format!(
            "Drawn again from seed {}, the lots fall otherwise for {} of {}.",
            again.seed,
            differences.len(),
            again.assigned.len()
        )
    };
    differences.truncate(LISTED);
    Checked {
        schema: allocation::SCHEMA,
        same,
        seed: again.seed,
        fingerprint: again.fingerprint.clone(),
        says,
        differences,
    }
}
