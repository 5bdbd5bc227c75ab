//! "year = 2001": which rows to keep.
//!
//! Who may call this: `sample` alone. What must stay true: numbers compare as numbers, dates as
//! dates, words without regard to case; an empty cell fulfils no condition but "is empty".

use std::cmp::Ordering;

use csv::ByteRecord;

use crate::column::date;
use crate::column::number::{self, Read};
use crate::column::order::fold;
use crate::error::{Kind, TableError};
use crate::table::{Table, cell};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// The longer spellings first, so that ">=" is not read as ">".
const OPERATORS: [(&str, Operator); 10] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<>", Operator::NotEqual),
    ("≠", Operator::NotEqual),
    ("<=", Operator::AtMost),
    ("≤", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("≥", Operator::AtLeast),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

/// One condition on a row.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    written: String,
    pub(crate) column: usize,
    operator: Operator,
    value: Value,
}

#[derive(Clone, Debug)]
struct Value {
    text: String,
    number: Option<f64>,
    date: Option<jiff::civil::Date>,
}

impl Condition {
    /// Reads "COL OP VALUE".
    pub(crate) fn read(written: &str, table: &Table) -> Result<Self, TableError> {
        let (name, operator, value) = split(written).ok_or_else(|| {
            TableError::new(
                Kind::Condition,
                format!("“{written}” is not a condition."),
                "Write a column, one of = != < <= > >=, and a value, such as “year = 2001”.",
            )
        })?;
        let column = table.column(name)?.index;
        let text = unquote(value);
        let number = match number::read(text, table.layout.decimal) {
            Read::Number(n) | Read::Percent(n) => Some(n),
            _ => None,
        };
        Ok(Self {
            written: written.trim().to_owned(),
            column,
            operator,
            value: Value {
                text: fold(text),
                number,
                date: date::read(text, date::Order::DayFirst),
            },
        })
    }

    /// Whether a row is kept.
    pub(crate) fn holds(&self, record: &ByteRecord, table: &Table) -> bool {
        let cell = cell(record, self.column);
        let missing = table.missing.find(&cell).is_some();
        let wants_empty = table.missing.find(&self.value.text).is_some();
        if missing || wants_empty {
            return match self.operator {
                Operator::Equal => missing && wants_empty,
                Operator::NotEqual => missing != wants_empty,
                _ => false,
            };
        }
        let order = match (self.value.number, number::read(&cell, table.layout.decimal)) {
            (Some(value), Read::Number(n) | Read::Percent(n)) => n.partial_cmp(&value),
            _ => match (self.value.date, date::read(&cell, date::Order::DayFirst)) {
                (Some(value), Some(day)) => Some(day.cmp(&value)),
                _ => None,
            },
        };
        match (self.operator, order) {
            (Operator::Equal, Some(order)) => order == Ordering::Equal,
            (Operator::NotEqual, Some(order)) => order != Ordering::Equal,
            (Operator::Less, Some(order)) => order == Ordering::Less,
            (Operator::AtMost, Some(order)) => order != Ordering::Greater,
            (Operator::Greater, Some(order)) => order == Ordering::Greater,
            (Operator::AtLeast, Some(order)) => order != Ordering::Less,
            (Operator::Equal, None) => fold(&cell) == self.value.text,
            (Operator::NotEqual, None) => fold(&cell) != self.value.text,
            (_, None) => false,
        }
    }

    /// Why a row was not kept.
    pub(crate) fn reason(&self) -> String {
        format!("not “{}”", self.written)
    }
}

/// The first operator in the text, and what stands on its sides.
fn split(written: &str) -> Option<(&str, Operator, &str)> {
    let (at, mark, operator) = written.char_indices().find_map(|(at, _)| {
        let rest = written.get(at..)?;
        OPERATORS
            .iter()
            .find(|(mark, _)| rest.starts_with(mark))
            .map(|(mark, operator)| (at, *mark, *operator))
            .or_else(|| rest.starts_with('=').then_some((at, "=", Operator::Equal)))
    })?;
    let name = written.get(..at)?.trim();
    let value = written.get(at + mark.len()..)?.trim();
    (!name.is_empty()).then_some((unquote(name), operator, value))
}

fn unquote(text: &str) -> &str {
    for mark in ['"', '\'', '“'] {
        let end = if mark == '“' { '”' } else { mark };
        if let Some(inner) = text.strip_prefix(mark).and_then(|t| t.strip_suffix(end)) {
            return inner;
        }
    }
    text
}
