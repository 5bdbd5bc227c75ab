//! The first rows as a page shows them: people's names and numbers masked.
//!
//! Who may call this: the web and the command line, before anything is worked out. What must stay
//! true: no name, pupil number, address or birthday leaves here in full.

use super::date;
use super::number::{self, Read};
use super::profile::{ColumnKind, Profile};
use crate::roles::{Guess, masked};
use crate::table::Table;

/// The first rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// The columns' names.
    pub headings: Vec<String>,
    /// One line under each heading: "79 to 117, 4 missing".
    pub summaries: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<PreviewCell>>,
}

/// One cell of a preview.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreviewCell {
    /// What to show.
    pub text: String,
    /// Whether it is a word for a missing value, or doesn't fit its column.
    pub odd: bool,
}

impl Table {
    /// The first rows, with whatever names a person masked.
    #[must_use]
    pub fn preview(&self, profile: &Profile, guess: &Guess, rows: usize) -> Preview {
        let data = self
            .head()
            .iter()
            .filter(|r| r.iter().any(|c| !c.trim().is_empty()))
            .take(rows);
        Preview {
            headings: profile.columns.iter().map(|c| c.name.clone()).collect(),
            summaries: profile
                .columns
                .iter()
                .map(|c| {
                    if masked(c, guess) {
                        "left out".to_owned()
                    } else {
                        c.summary()
                    }
                })
                .collect(),
            rows: data
                .map(|row| {
                    profile
                        .columns
                        .iter()
                        .map(|c| {
                            let cell = row.get(c.index).map_or("", |c| c.trim());
                            if masked(c, guess) {
                                PreviewCell {
                                    text: mask(cell),
                                    odd: false,
                                }
                            } else {
                                PreviewCell {
                                    text: cell.to_owned(),
                                    odd: self.is_odd(cell, c.kind),
                                }
                            }
                        })
                        .collect()
                })
                .collect(),
        }
    }

    fn is_odd(&self, cell: &str, kind: ColumnKind) -> bool {
        let missing = self.missing.find(cell).is_some() && kind != ColumnKind::Ticks;
        missing
            || match kind {
                ColumnKind::Numbers => !matches!(
                    number::read(cell, self.layout.decimal),
                    Read::Number(_) | Read::Percent(_)
                ),
                ColumnKind::Dates => date::read(cell, date::Order::DayFirst)
                    .or_else(|| date::read(cell, date::Order::MonthFirst))
                    .is_none(),
                _ => false,
            }
    }
}

/// "•••• 0412" for a number, "••••" for a name.
fn mask(cell: &str) -> String {
    if cell.is_empty() {
        return String::new();
    }
    let digits: Vec<char> = cell
        .chars()
        .rev()
        .take_while(char::is_ascii_digit)
        .take(4)
        .collect();
    let longer = cell.chars().count() > 6 && !cell.contains(['/', '-', '.', ' ']);
    if digits.len() == 4 && longer {
        format!("•••• {}", digits.iter().rev().collect::<String>())
    } else {
        "••••".to_owned()
    }
}
