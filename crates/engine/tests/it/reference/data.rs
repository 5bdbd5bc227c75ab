//! The rows that the reference numbers were worked out from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folder `reference` at the repository's root.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference")
}

/// The folder of the rows: the one that `DIFFERENCE_REFERENCE_DATA` names, else `reference/data`.
fn rows_in() -> PathBuf {
    std::env::var_os("DIFFERENCE_REFERENCE_DATA")
        .map_or_else(|| folder().join("data"), PathBuf::from)
}

/// Why an item is not checked, by file (without `.json`) and id.
pub fn unchecked() -> BTreeMap<(String, String), String> {
    let files = std::fs::read_dir(folder().join("unchecked")).unwrap();
    let mut reasons = BTreeMap::new();
    for path in files.map(|file| file.unwrap().path()) {
        let file = path.file_stem().unwrap().to_str().unwrap();
        for record in csv::Reader::from_path(&path).unwrap().records() {
            let record = record.unwrap();
            reasons.insert(
                (file.to_owned(), record[0].to_owned()),
                record[1].to_owned(),
            );
        }
    }
    reasons
}

/// A data file, column by column, as words.
#[derive(Clone)]
pub struct Table {
    columns: BTreeMap<String, Vec<String>>,
    rows: usize,
}

impl Table {
    /// Reads `reference/data/{name}`, or from the folder that `DIFFERENCE_REFERENCE_DATA` names.
    pub fn read(name: &str) -> Self {
        let path = rows_in().join(name);
        let mut reader =
            csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let names: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let mut columns = vec![Vec::new(); names.len()];
        for record in reader.records() {
            for (column, field) in columns.iter_mut().zip(record.unwrap().iter()) {
                column.push(field.to_owned());
            }
        }
        let rows = columns[0].len();
        Self {
            columns: names.into_iter().zip(columns).collect(),
            rows,
        }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// A column's fields; empty where missing.
    pub fn words(&self, column: &str) -> &[String] {
        self.columns
            .get(column)
            .unwrap_or_else(|| panic!("no column {column}"))
    }

    /// A column's numbers; NaN where missing.
    pub fn numbers(&self, column: &str) -> Vec<f64> {
        self.words(column)
            .iter()
            .map(|field| number(field))
            .collect()
    }

    /// 1 where the field is one of the words, 0 elsewhere, NaN where missing.
    pub fn dummy(&self, column: &str, words: &[&str]) -> Vec<f64> {
        self.words(column)
            .iter()
            .map(|field| match field.as_str() {
                "" => f64::NAN,
                field => f64::from(u8::from(words.contains(&field))),
            })
            .collect()
    }

    /// The rows where a field is one of the words.
    #[must_use]
    pub fn only(&self, column: &str, words: &[&str]) -> Self {
        self.keep(|table, row| words.contains(&table.words(column)[row].as_str()))
    }

    /// The rows that have something in each of the columns.
    #[must_use]
    pub fn complete(&self, columns: &[&str]) -> Self {
        self.keep(|table, row| {
            columns
                .iter()
                .all(|column| !table.words(column)[row].is_empty())
        })
    }

    fn keep(&self, keep: impl Fn(&Self, usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.rows).filter(|row| keep(self, *row)).collect();
        let columns = self
            .columns
            .iter()
            .map(|(name, fields)| {
                (
                    name.clone(),
                    rows.iter().map(|r| fields[*r].clone()).collect(),
                )
            })
            .collect();
        Self {
            columns,
            rows: rows.len(),
        }
    }
}

fn number(field: &str) -> f64 {
    match field {
        "" | "NA" => f64::NAN,
        field => field.parse().unwrap_or_else(|e| panic!("{field}: {e}")),
    }
}
