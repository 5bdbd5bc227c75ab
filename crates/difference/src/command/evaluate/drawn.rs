//! `--drawn FILE`: the record of a draw, and what it says about the file's columns.
//!
//! What must stay true: what the call says goes before what the record says; a column that the file does
//! not have is not asked for.

use std::path::Path;

use engine::allocation;
use tables::{Asked, Table};

use crate::command::allocate::GROUP;
use crate::command::allocate::record::Record;
use crate::ending::Ending;

/// Reads the record that `difference allocate` printed.
pub fn read(path: &Path) -> Result<Record, Ending> {
    let wrong = |why: String| {
        Ending::wrong(
            "no-record",
            format!("{} is no record of a draw: {why}.", path.display()),
            "Give the JSON that `difference allocate` printed.",
        )
    };
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let record: Record =
        serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    if record.lots.schema != allocation::SCHEMA {
        return Err(wrong(format!("its schema is “{}”", record.lots.schema)));
    }
    Ok(record)
}

/// Fills in what the call left open.
pub fn fill(asked: &mut Asked, record: &Record, table: &Table) {
    let there =
        |column: &Option<String>| column.clone().filter(|column| table.column(column).is_ok());
    let columns = &record.columns;
    if asked.treatment.is_none() {
        asked.treatment = there(&Some(GROUP.to_owned()));
        if asked.control.is_none() && asked.treatment.is_some() {
            asked.control = record.lots.groups.get(1).map(|group| group.name.clone());
        }
    }
    asked.unit = asked.unit.take().or_else(|| there(&columns.unit));
    asked.cluster = asked.cluster.take().or_else(|| there(&columns.cluster));
    let block = columns.pair.clone().or_else(|| columns.block.clone());
    asked.block = asked.block.take().or_else(|| there(&block));
}
