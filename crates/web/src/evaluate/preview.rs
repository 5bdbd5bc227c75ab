//! A file as the second step shows it: each column in short, and its first rows.
//!
//! Who may call this: the second step. What must stay true: names and pupil numbers stay masked, as
//! `tables` masked them.

use tables::{ColumnProfile, PreviewCell};

use super::asking::{ROLES, role_field};
use super::sheet::Reading;
use crate::form::Form;

/// A column of the preview.
pub(crate) struct ColumnShown {
    pub(crate) heading: String,
    /// The select's name and id.
    pub(crate) field: String,
    /// Value, words, and whether it is chosen.
    pub(crate) options: Vec<(&'static str, &'static str, bool)>,
    pub(crate) summary: String,
    /// Empty for words.
    pub(crate) bars: Vec<Bar>,
}

/// A bar of the small picture over a column of numbers.
pub(crate) struct Bar {
    pub(crate) x: String,
    pub(crate) y: u64,
    pub(crate) height: u64,
}

pub(crate) fn columns(read: &Reading, form: &Form) -> Vec<ColumnShown> {
    let summaries = &read.preview.summaries;
    let columns = read.profile.columns.iter().zip(summaries);
    columns
        .map(|(column, summary)| {
            let field = role_field(column.index);
            let option = |(value, label): &(&'static str, &'static str)| {
                (*value, *label, form.has(&field, value))
            };
            ColumnShown {
                heading: column.name.clone(),
                options: ROLES.iter().map(option).collect(),
                field,
                summary: summary.clone(),
                bars: bars(column),
            }
        })
        .collect()
}

fn bars(column: &ColumnProfile) -> Vec<Bar> {
    let Some(numbers) = column.numbers.as_ref().filter(|n| !n.counts_up) else {
        return Vec::new();
    };
    let tallest = numbers.bars.iter().copied().max().unwrap_or(0).max(1);
    (0_u32..)
        .zip(&numbers.bars)
        .map(|(i, n)| {
            let height = (n * 27).div_ceil(tallest).max(1);
            Bar {
                x: format!("{:.1}%", f64::from(i) * 11.1),
                y: 29_u64.saturating_sub(height),
                height,
            }
        })
        .collect()
}

/// The first rows; a very long cell is cut.
pub(crate) fn rows(read: &Reading) -> Vec<Vec<PreviewCell>> {
    let cut = |cell: &PreviewCell| {
        let mut cell = cell.clone();
        if cell.text.chars().count() > 24 {
            cell.text = cell.text.chars().take(23).chain(['…']).collect();
        }
        cell
    };
    read.preview
        .rows
        .iter()
        .map(|row| row.iter().map(cut).collect())
        .collect()
}
