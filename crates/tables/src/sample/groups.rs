//! Which word of the treatment column is the comparison, and which words of an outcome count as 1.
//!
//! Who may call this: `sample` and `roles`. What must stay true: what was not said is assumed by one
//! rule (0, the smaller number, the earlier word) and the assumption is put into words.

use engine::sample::Treatment;

use crate::column::order::{self, By, fold};
use crate::error::{Kind, TableError};
use crate::table::{listed, one_of};
use crate::who::closest;

/// What an empty cell is called.
pub(crate) const BLANK: &str = "blank";

/// The two groups, which code is which, and what was assumed.
pub(crate) struct Groups {
    pub treatment: Treatment,
    /// For each code of the column, 0 or 1.
    pub codes: Vec<u32>,
    pub assumed: Option<String>,
}

/// Settles the two groups of a treatment column.
pub(crate) fn groups(
    column: &str,
    labels: &[String],
    control: Option<&str>,
) -> Result<Groups, TableError> {
    let (first, second) = match labels {
        [first, second] => (first, second),
        _ => return Err(not_two(column, labels, control)),
    };
    let (control_at, assumed) = match control {
        Some(word) => (find(column, labels, word)?, None),
        None => {
            let (order, by) = order::sorted_by(labels);
            let at = order.first().copied().unwrap_or(0);
            (at, Some(by))
        }
    };
    let (comparison, intervention) = if control_at == 0 {
        (first, second)
    } else {
        (second, first)
    };
    let shown = |label: &String| {
        if label.is_empty() {
            BLANK.to_owned()
        } else {
            label.clone()
        }
    };
    let assumed = assumed.map(|by| {
        let why = match by {
            By::Numbers => "it is the smaller number",
            By::Scale => "it reads so",
            By::Alphabet => "it comes first in the alphabet",
        };
        format!("“{comparison}” in “{column}” is taken as the comparison, because {why}; “{intervention}” as the intervention.")
    });
    Ok(Groups {
        treatment: Treatment {
            column: column.to_owned(),
            intervention: shown(intervention),
            comparison: shown(comparison),
        },
        codes: if control_at == 0 {
            vec![0, 1]
        } else {
            vec![1, 0]
        },
        assumed,
    })
}

fn not_two(column: &str, labels: &[String], control: Option<&str>) -> TableError {
    let error = match labels {
        [] => TableError::new(
            Kind::NotTwoGroups,
            "No row says which group it is in.",
            "Choose the column that says who got what.",
        ),
        [only] => TableError::new(
            Kind::NotTwoGroups,
            format!("Every row that says its group says “{only}”."),
            if control.is_none() {
                "A comparison needs two groups. If an empty cell means the comparison, give the empty word as the control."
            } else {
                "A comparison needs two groups: choose the column that holds both."
            },
        ),
        many => {
            let order = order::sorted(many);
            let sorted: Vec<&String> = order.iter().filter_map(|i| many.get(*i)).collect();
            let last = sorted.last().map_or("", |l| l.as_str());
            TableError::new(
                Kind::NotTwoGroups,
                format!(
                    "There are {} groups here: {}.",
                    many.len(),
                    listed(&sorted, 8)
                ),
                format!("Keep two of them with a condition, such as “{column} != {last}”."),
            )
        }
    };
    error.in_column(column)
}

/// The place of a word among a column's words.
pub(crate) fn find(column: &str, labels: &[String], word: &str) -> Result<usize, TableError> {
    let wanted = fold(word);
    let number = word.trim().parse::<f64>().ok();
    labels
        .iter()
        .position(|l| fold(l) == wanted || number.is_some() && l.parse::<f64>().ok() == number)
        .ok_or_else(|| {
            let cure = match closest(word, labels.iter().map(String::as_str)) {
                Some(near) => format!("Did you mean “{near}”?"),
                None => format!("Its words are {}.", listed(labels, 12)),
            };
            TableError::new(Kind::NoSuchWord, format!("No row says “{word}”."), cure)
                .in_column(column)
        })
}

/// Which words count as 1, for each code, and what was assumed.
pub(crate) struct Success {
    pub values: Vec<f64>,
    pub words: Vec<String>,
    pub assumed: Option<String>,
}

/// Settles the success of an outcome in words.
pub(crate) fn success(
    column: &str,
    labels: &[String],
    said: &[String],
) -> Result<Success, TableError> {
    if !said.is_empty() {
        let chosen = said
            .iter()
            .map(|word| find(column, labels, word))
            .collect::<Result<Vec<_>, _>>()?;
        return Ok(counting(labels, |i| chosen.contains(&i), None));
    }
    let (order, by) = order::sorted_by(labels);
    match order.as_slice() {
        [_] => Ok(counting(
            labels,
            |_| labels.first().is_some_and(|l| !is_no(l)),
            None,
        )),
        [earlier, later] => {
            let word = |i: &usize| labels.get(*i).map(String::as_str).unwrap_or_default();
            let why = match by {
                By::Alphabet => "comes later in the alphabet",
                _ => "comes later in order",
            };
            let assumed = format!(
                "In “{column}”, “{}” counts as 1 and “{}” as 0, because it {why}.",
                word(later),
                word(earlier)
            );
            let later = *later;
            Ok(counting(labels, |i| i == later, Some(assumed)))
        }
        _ => {
            let sorted: Vec<&String> = order.iter().filter_map(|i| labels.get(*i)).collect();
            let what = format!(
                "This column holds {} words: {}.",
                labels.len(),
                listed(&sorted, 8)
            );
            let cure = match sorted.as_slice() {
                [.., a, b] if by == By::Scale => {
                    format!("Say which of them count as success, such as “{a},{b}”.")
                }
                _ => format!("Say which of them count as success: {}.", one_of(&sorted)),
            };
            Err(TableError::new(Kind::SuccessUnknown, what, cure).in_column(column))
        }
    }
}

fn is_no(label: &str) -> bool {
    ["no", "n", "false", "0", "fail", "not met"].contains(&fold(label).as_str())
}

fn counting(labels: &[String], counts: impl Fn(usize) -> bool, assumed: Option<String>) -> Success {
    Success {
        values: (0..labels.len())
            .map(|i| if counts(i) { 1.0 } else { 0.0 })
            .collect(),
        words: labels
            .iter()
            .enumerate()
            .filter(|(i, _)| counts(*i))
            .map(|(_, l)| l.clone())
            .collect(),
        assumed,
    }
}
