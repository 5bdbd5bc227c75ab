//! What is worth a look before going on. Nothing here stops anybody.
//!
//! Who may call this: the web's and the command line's preview. What must stay true: a notice counts
//! what it speaks of, names rows, and shows nobody's name or number.

use std::collections::{BTreeMap, HashMap};

use super::names_once;
use crate::column::number::{self, Read};
use crate::column::order::fold;
use crate::column::profile::{ColumnKind, Profile};
use crate::error::TableError;
use crate::sample::asked::Asked;
use crate::table::{Format, Table, cell, listed};

/// Something worth a look.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Notice {
    /// Whether it can change the answer, as against being good to know.
    pub care: bool,
    /// In a sentence.
    pub says: String,
    /// What we make of it, and what can be done.
    pub more: String,
}

impl Notice {
    fn care(says: String, more: impl Into<String>) -> Self {
        Self {
            care: true,
            says,
            more: more.into(),
        }
    }
    fn know(says: String, more: impl Into<String>) -> Self {
        Self {
            care: false,
            says,
            more: more.into(),
        }
    }
}

/// What is worth a look in a file whose columns are what `asked` says.
///
/// # Errors
/// When the file can't be read.
pub fn worth_a_look(
    table: &Table,
    profile: &Profile,
    asked: &Asked,
) -> Result<Vec<Notice>, TableError> {
    let mut notices = Vec::new();
    let scores: Vec<(&str, &str)> = std::iter::once((asked.outcome.as_str(), "after"))
        .chain(asked.baselines.iter().map(|b| (b.as_str(), "before")))
        .filter(|(name, _)| !name.is_empty())
        .collect();
    for (name, when) in &scores {
        notices.extend(without_score(table, asked, name, when)?);
    }
    for (name, _) in &scores {
        notices.extend(strange(profile, name));
        notices.extend(far_out(table, name)?);
    }
    notices.extend(twice(table, profile)?);
    notices.extend(about_the_file(table, profile));
    for column in used(asked).iter().filter_map(|name| profile.column(name)) {
        if column.only_where_it_changes {
            notices.push(Notice::care(
                format!("“{}” is filled in {} rows only.", column.name, column.filled),
                "If each word stands for the rows under it too, fill it down in the spreadsheet and choose the file again.",
            ));
        }
        if let Some((word, written)) = column.spellings.first() {
            notices.push(Notice::know(
                format!(
                    "“{written}” and “{word}” in “{}” are read as one word.",
                    column.name
                ),
                "Capital letters and spaces don’t matter.",
            ));
        }
    }
    Ok(notices)
}

fn used(asked: &Asked) -> Vec<&str> {
    [&asked.treatment, &asked.cluster, &asked.block, &asked.unit]
        .into_iter()
        .flatten()
        .chain(&asked.subgroups)
        .chain(&asked.covariates)
        .map(String::as_str)
        .collect()
}

/// "4 pupils have no score after: 2 in the reading group and 2 in the usual group, marked “abs”."
fn without_score(
    table: &Table,
    asked: &Asked,
    name: &str,
    when: &str,
) -> Result<Option<Notice>, TableError> {
    let score = table.column(name)?.index;
    let group = match &asked.treatment {
        Some(treatment) => Some(table.column(treatment)?.index),
        None => None,
    };
    let mut by_group = BTreeMap::<String, u64>::new();
    let mut words = BTreeMap::<String, u64>::new();
    let mut rows = 0_u64;
    table.pass(false, &mut |_, record| {
        let cell_of_score = cell(record, score);
        if table.missing.find(&cell_of_score).is_some() {
            rows += 1;
            *words.entry(cell_of_score.into_owned()).or_default() += 1;
            if let Some(group) = group {
                *by_group
                    .entry(cell(record, group).into_owned())
                    .or_default() += 1;
            }
        }
        Ok(())
    })?;
    if rows == 0 {
        return Ok(None);
    }
    let groups: Vec<String> = by_group
        .iter()
        .map(|(group, n)| match group.as_str() {
            "" => format!("{n} in no named group"),
            group => format!("{n} in the {group} group"),
        })
        .collect();
    let marks: Vec<&String> = words.keys().filter(|w| !w.is_empty()).collect();
    let marked = if marks.is_empty() {
        String::new()
    } else {
        format!(", marked {}", listed(&marks, 4))
    };
    let pupils = if rows == 1 {
        "1 row has"
    } else {
        &format!("{rows} rows have")
    };
    let made_of = if when == "after" {
        "We will leave them out, say so in the answer, and show how much it could matter."
    } else {
        "We will leave them out where the score before is allowed for, and say so in the answer."
    };
    let more = if groups.is_empty() || groups.len() > 4 {
        made_of.to_owned()
    } else {
        format!("{}{marked}. {made_of}", and(&groups))
    };
    Ok(Some(Notice::care(
        format!("{pupils} no score {when} (“{name}”)."),
        more,
    )))
}

fn and(parts: &[String]) -> String {
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn strange(profile: &Profile, name: &str) -> Option<Notice> {
    let column = profile.column(name)?;
    if column.kind != ColumnKind::Numbers || column.strange.is_empty() {
        return None;
    }
    let cells: Vec<String> = column
        .strange
        .iter()
        .take(4)
        .map(|s| format!("“{}” (row {})", s.cell, s.row))
        .collect();
    Some(Notice::care(
        format!(
            "{} in “{name}” {} no number.",
            and(&cells),
            if cells.len() == 1 { "is" } else { "are" }
        ),
        "Say that it means “no score”, or correct it in the file.",
    ))
}

/// Scores far beyond where all others lie: a slipped key, more often than a pupil.
fn far_out(table: &Table, name: &str) -> Result<Option<Notice>, TableError> {
    let index = table.column(name)?.index;
    let mut scores: Vec<(f64, u64)> = Vec::new();
    table.pass(false, &mut |row, record| {
        if let Read::Number(n) | Read::Percent(n) =
            number::read(&cell(record, index), table.layout.decimal)
        {
            scores.push((n, row));
        }
        Ok(())
    })?;
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let quarter = |i: usize| scores.get(scores.len() * i / 4).map(|(n, _)| *n);
    let (Some(low), Some(high)) = (quarter(1), quarter(3)) else {
        return Ok(None);
    };
    let reach = 4.0 * (high - low);
    if scores.len() < 8 || reach <= 0.0 {
        return Ok(None);
    }
    let far: Vec<String> = scores
        .iter()
        .filter(|(n, _)| *n < low - reach || *n > high + reach)
        .map(|(n, row)| format!("{n} (row {row})").replace('-', "−"))
        .collect();
    if far.is_empty() || far.len() > 3 {
        return Ok(None);
    }
    Ok(Some(Notice::care(
        format!(
            "{} in “{name}” {} far from all the others.",
            and(&far),
            if far.len() == 1 { "is" } else { "are" }
        ),
        "If it is a slip of the keys, correct it in the file. We will not leave it out by ourselves.",
    )))
}

/// Pupil numbers that come more than once.
fn twice(table: &Table, profile: &Profile) -> Result<Option<Notice>, TableError> {
    let number = profile.columns.iter().find(|c| {
        names_once(&c.name)
            && c.filled > 0
            && c.distinct < c.filled
            && c.distinct * 10 > c.filled * 9
    });
    let Some(number) = number else {
        return Ok(None);
    };
    let mut rows = HashMap::<String, Vec<u64>>::new();
    table.pass(false, &mut |row, record| {
        let cell = cell(record, number.index);
        if table.missing.find(&cell).is_none() {
            rows.entry(fold(&cell)).or_default().push(row);
        }
        Ok(())
    })?;
    let mut doubled: Vec<Vec<u64>> = rows.into_values().filter(|r| r.len() > 1).collect();
    doubled.sort_unstable();
    let Some(first) = doubled.first() else {
        return Ok(None);
    };
    let first: Vec<String> = first.iter().map(u64::to_string).collect();
    Ok(Some(Notice::care(
        match doubled.len() {
            1 => format!(
                "One pupil comes more than once in “{}” (rows {}).",
                number.name,
                and(&first)
            ),
            n => format!(
                "{n} pupils come more than once in “{}” (the first in rows {}).",
                number.name,
                and(&first)
            ),
        },
        "Each row counts as a pupil. Delete the rows that don’t belong.",
    )))
}

fn about_the_file(table: &Table, profile: &Profile) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (dropped, row) in &profile.set_aside {
        let says = match dropped.rows {
            1 => format!("Row {row} is {} and was set aside.", dropped.reason),
            n => format!(
                "{n} rows, row {row} the first, were set aside: {}.",
                dropped.reason
            ),
        };
        notices.push(Notice::know(says, "It is nobody’s score."));
    }
    if !table.titles().is_empty() {
        notices.push(Notice::know(
            format!(
                "What stands above the headings was passed over: {}.",
                listed(table.titles(), 3)
            ),
            "It is not part of the table.",
        ));
    }
    if let Format::Workbook { sheet, others, .. } = table.format()
        && !others.is_empty()
    {
        notices.push(Notice::care(
            format!(
                "We read the sheet “{sheet}”; {} {} a table too.",
                listed(others, 4),
                if others.len() == 1 { "holds" } else { "hold" }
            ),
            "If you meant another, save it as a file of its own.",
        ));
    }
    notices
}
