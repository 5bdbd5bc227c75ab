//! The first pass: words are learned, numbers are checked, rows are counted and summed.
//!
//! Who may call this: `sample` alone. What must stay true: a column is judged by the whole file; one
//! that turns out to hold words is read again as words, never half and half.

use csv::ByteRecord;
use engine::sample::{Dropped, MISSING};

use super::batch::Batch;
use super::beside::{Take, beside};
use super::condition::Condition;
use super::entry::{Entry, Raw, Reader, Verdict, missing_word};
use super::fingerprint::{Fingerprint, Sum};
use super::plan::Plan;
use crate::column::number::{self, Read};
use crate::error::{Kind, TableError};
use crate::read::layout::Passed;
use crate::source::changed;
use crate::table::{Table, cell};

/// Rows in one chunk, in memory or streamed, so that both give the engine the very same chunks.
pub(crate) const CHUNK: usize = 8_192;

/// What the first pass found.
pub(crate) struct Survey {
    /// The rows, column by column, in chunks; empty when they were not to be kept.
    pub chunks: Vec<Vec<Raw>>,
    /// Rows that fulfil the conditions.
    pub kept: u64,
    pub set_aside: Vec<Dropped>,
    pub passed: Passed,
    /// Fingerprint of the used columns.
    pub used: Sum,
}

/// Passes over the file, again if a column turned out to hold words.
pub(crate) fn survey(table: &Table, plan: &mut Plan, keep: bool) -> Result<Survey, TableError> {
    loop {
        let fresh: Vec<Entry> = plan.entries.clone();
        let found = once(table, plan, keep)?;
        let mut again = false;
        for (entry, fresh) in plan.entries.iter_mut().zip(fresh) {
            match entry.judge(table)? {
                Verdict::Keep => continue,
                Verdict::Words(reader) => *entry = Entry { reader, ..fresh },
                Verdict::Spare(spared) => *entry = Entry { spared, ..fresh },
            }
            again = true;
        }
        if !again {
            return Ok(found);
        }
        for entry in &mut plan.entries {
            entry.forget(table);
        }
    }
}

fn once(table: &Table, plan: &mut Plan, keep: bool) -> Result<Survey, TableError> {
    let headings = plan.used.iter().map(|c| table.layout.name(*c));
    let mut sum = Fingerprint::new(headings, !table.source().in_memory());
    let mut chunks = Vec::new();
    let mut chunk = empty(&plan.entries);
    let mut kept = 0_u64;
    let (conditions, used, entries) = (&plan.conditions, &plan.used, &mut plan.entries);
    let places = places(entries, used);
    let mut failed = vec![0_u64; conditions.len()];
    let passed = beside(
        table.source(),
        |take| batches(table, conditions, used, &mut failed, take),
        |batch| {
            sum.add(&batch)?;
            for row in batch.rows() {
                for ((entry, place), raw) in entries.iter_mut().zip(&places).zip(&mut chunk) {
                    entry.read(row.number, row.cell(*place), table, raw)?;
                }
                kept += 1;
            }
            if keep {
                chunks.push(std::mem::replace(&mut chunk, empty(entries)));
            } else {
                clear(&mut chunk);
            }
            Ok(())
        },
    )?;
    if kept == 0 {
        return Err(no_rows(plan, passed.rows));
    }
    let mut set_aside: Vec<Dropped> = passed
        .aside
        .iter()
        .map(|(why, (rows, _))| Dropped {
            reason: why.reason().to_owned(),
            rows: *rows,
        })
        .collect();
    for (condition, rows) in plan.conditions.iter().zip(failed) {
        if rows > 0 {
            set_aside.push(Dropped {
                reason: condition.reason(),
                rows,
            });
        }
    }
    Ok(Survey {
        chunks,
        kept,
        set_aside,
        used: sum.finish()?,
        passed,
    })
}

/// The used cells of the rows that fulfil the conditions, a chunk of rows at a time.
fn batches(
    table: &Table,
    conditions: &[Condition],
    used: &[usize],
    failed: &mut [u64],
    take: &mut Take<'_, Batch>,
) -> Result<Passed, TableError> {
    let mut batch = Batch::new(used.len());
    let passed = table.pass(table.is_text(), &mut |row, record| {
        if let Some(at) = conditions.iter().position(|c| !c.holds(record, table)) {
            if let Some(n) = failed.get_mut(at) {
                *n += 1;
            }
            return Ok(());
        }
        batch.add(row, record, used);
        if batch.len() == CHUNK {
            take(std::mem::replace(&mut batch, Batch::new(used.len())))?;
        }
        Ok(())
    });
    // What was read before the trouble may have trouble of its own, which comes first.
    if batch.len() > 0 {
        take(batch)?;
    }
    passed
}

/// Each entry's place among the used columns.
fn places(entries: &[Entry], used: &[usize]) -> Vec<usize> {
    let place = |entry: &Entry| used.iter().position(|column| *column == entry.column);
    entries
        .iter()
        .map(|entry| place(entry).unwrap_or(usize::MAX))
        .collect()
}

fn no_rows(plan: &Plan, rows: u64) -> TableError {
    if plan.conditions.is_empty() || rows == 0 {
        TableError::new(
            Kind::NoRows,
            "There is no row of data under the headings.",
            "Put one row for each pupil under the headings.",
        )
    } else {
        TableError::new(
            Kind::NoRows,
            format!("None of the {rows} rows fulfils every condition."),
            "Check the conditions against the file.",
        )
    }
}

fn empty(entries: &[Entry]) -> Vec<Raw> {
    entries.iter().map(|e| e.stretch(CHUNK)).collect()
}

fn clear(chunk: &mut [Raw]) {
    for raw in chunk {
        match raw {
            Raw::Numbers(values) => values.clear(),
            Raw::Codes(codes) => codes.clear(),
        }
    }
}

/// Passes over the rows once more, with the words that the survey learned.
pub(crate) fn again(
    table: &Table,
    plan: &Plan,
    each: &mut dyn FnMut(&[Raw]),
) -> Result<u64, TableError> {
    beside(
        table.source(),
        |take| chunks_again(table, plan, take),
        |chunk: Vec<Raw>| {
            each(&chunk);
            Ok(())
        },
    )
}

fn chunks_again(
    table: &Table,
    plan: &Plan,
    take: &mut Take<'_, Vec<Raw>>,
) -> Result<u64, TableError> {
    let mut chunk = empty(&plan.entries);
    let (mut kept, mut in_chunk) = (0_u64, 0_usize);
    table.pass(false, &mut |_, record: &ByteRecord| {
        if plan.conditions.iter().any(|c| !c.holds(record, table)) {
            return Ok(());
        }
        for (entry, raw) in plan.entries.iter().zip(&mut chunk) {
            let cell = cell(record, entry.column);
            entry.reread(&cell, table, raw)?;
        }
        kept += 1;
        in_chunk += 1;
        if in_chunk == CHUNK {
            take(std::mem::replace(&mut chunk, empty(&plan.entries)))?;
            in_chunk = 0;
        }
        Ok(())
    })?;
    if in_chunk > 0 {
        take(chunk)?;
    }
    Ok(kept)
}

impl Entry {
    /// Reads a cell with the words that are known.
    fn reread(&self, cell: &str, table: &Table, into: &mut Raw) -> Result<(), TableError> {
        match (&self.reader, into) {
            (Reader::Numbers(_), Raw::Numbers(values)) => {
                values.push(match number::read(cell, table.layout.decimal) {
                    Read::Number(n) | Read::Percent(n) => n,
                    _ => f64::NAN,
                });
            }
            (Reader::Dates(order), Raw::Numbers(values)) => {
                values.push(super::entry::years(cell, *order).unwrap_or(f64::NAN));
            }
            (Reader::Words(words), Raw::Codes(codes)) => {
                let missing = missing_word(self.spared, cell, table).is_some();
                codes.push(if missing {
                    MISSING
                } else {
                    words.known(cell).ok_or_else(|| changed(table.name()))?
                });
            }
            _ => return Err(changed(table.name())),
        }
        Ok(())
    }
}
