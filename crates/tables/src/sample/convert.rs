//! From what was read to what the engine sees: roles, and codes in the order that people expect.
//!
//! Who may call this: `sample` alone. What must stay true: every assumption about a column is put
//! into `roles.assumed`; the conversion of a stretch depends on nothing but the survey.

use engine::sample::{Chunk, Covariate, CovariateKind, Levels, MISSING, Outcome, Roles};

use super::asked::Asked;
use super::entry::{Entry, Numbers, Purpose, Raw, Reader, Spared};
use super::groups;
use crate::column::number::{self, Read};
use crate::column::order::fold;
use crate::column::words::Words;
use crate::error::{Kind, TableError};
use crate::table::{Table, listed};

/// How one column becomes the engine's.
#[derive(Clone, Debug)]
enum Into {
    Outcome(Values),
    Treatment(Vec<u32>),
    Cluster(Vec<u32>),
    Within(Vec<u32>),
    Block(Vec<u32>),
    Unit(Vec<u32>),
    Number,
    /// The place of each code, and how many 0/1 columns follow the first word.
    Dummies(Vec<u32>, u32),
    Subgroup(Vec<u32>),
    Received(Values),
}

#[derive(Clone, Debug)]
enum Values {
    AsRead,
    /// The numbers that count as 1.
    Among(Vec<f64>),
    /// The value of each code.
    Words(Vec<f64>),
}

/// How all columns become the engine's.
#[derive(Clone, Debug)]
pub(crate) struct Conversion(Vec<Into>);

/// Settles the roles and the conversion.
pub(crate) fn settle(
    table: &Table,
    asked: &Asked,
    entries: &[Entry],
) -> Result<(Roles, Conversion), TableError> {
    let mut roles = Roles::default();
    let mut conversion = Vec::new();
    for entry in entries {
        say_readings(entry, table, &mut roles.assumed);
        let into = match (entry.purpose, &entry.reader) {
            (Purpose::Outcome, reader) => {
                Into::Outcome(outcome(entry, reader, asked, table, &mut roles)?)
            }
            (Purpose::Received, reader) => Into::Received(received(entry, reader, &mut roles)?),
            (Purpose::Treatment, Reader::Words(words)) => {
                let groups = groups::groups(&entry.name, words.labels(), asked.control.as_deref())?;
                roles.assumed.extend(groups.assumed);
                roles.treatment = Some(groups.treatment);
                Into::Treatment(groups.codes)
            }
            (Purpose::Covariate(kind), reader) => covariate(entry, kind, reader, &mut roles)?,
            (purpose, Reader::Words(words)) => {
                let (labels, places) = if purpose == Purpose::Subgroup {
                    named(words.sorted())
                } else {
                    words.sorted_names()
                };
                let levels = Levels {
                    column: entry.name.clone(),
                    labels,
                };
                match purpose {
                    Purpose::Cluster => {
                        roles.cluster = Some(levels);
                        Into::Cluster(places)
                    }
                    Purpose::Within => {
                        roles.cluster_within = Some(levels);
                        Into::Within(places)
                    }
                    Purpose::Block => {
                        roles.block = Some(levels);
                        Into::Block(places)
                    }
                    Purpose::Unit => {
                        roles.unit = Some(levels);
                        Into::Unit(places)
                    }
                    _ => {
                        roles.subgroups.push(levels);
                        Into::Subgroup(places)
                    }
                }
            }
            _ => Into::Number,
        };
        conversion.push(into);
    }
    Ok((roles, Conversion(conversion)))
}

/// Gives an empty cell that is a group a name.
fn named((mut labels, places): (Vec<String>, Vec<u32>)) -> (Vec<String>, Vec<u32>) {
    for label in labels.iter_mut().filter(|l| l.is_empty()) {
        groups::BLANK.clone_into(label);
    }
    (labels, places)
}

fn outcome(
    entry: &Entry,
    reader: &Reader,
    asked: &Asked,
    table: &Table,
    roles: &mut Roles,
) -> Result<Values, TableError> {
    let mut outcome = Outcome {
        column: entry.name.clone(),
        name: entry.name.clone(),
        ..Outcome::default()
    };
    let values = match reader {
        Reader::Words(words) => {
            let success = groups::success(&entry.name, words.labels(), &asked.success)?;
            outcome.binary = true;
            outcome.success = success.words;
            roles.assumed.extend(success.assumed);
            Values::Words(success.values)
        }
        Reader::Numbers(numbers) => {
            refuse_empty(entry, numbers)?;
            refuse_some_percent(entry, numbers)?;
            if numbers.percent > 0 {
                outcome.unit = "percentage points".to_owned();
            }
            if asked.success.is_empty() {
                outcome.binary = numbers.only_zero_one();
                if outcome.binary {
                    outcome.success = vec!["1".to_owned()];
                }
                Values::AsRead
            } else {
                outcome.binary = true;
                outcome.success.clone_from(&asked.success);
                Values::Among(numbers_of(entry, &asked.success, numbers, table)?)
            }
        }
        Reader::Dates(_) => {
            return Err(TableError::new(
                Kind::NotANumber,
                "This column holds dates, not something that was measured.",
                "Choose the column that holds the score.",
            )
            .in_column(&entry.name));
        }
    };
    outcome.lower_is_better = asked.lower_is_better.unwrap_or_else(|| {
        let lower = lower_is_better(&entry.name);
        if lower {
            roles.assumed.push(format!(
                "A lower “{}” is taken as the better one.",
                entry.name
            ));
        }
        lower
    });
    roles.outcome = outcome;
    Ok(values)
}

/// Who took part: 0 and 1, or two words of which the later in order means that they did.
fn received(entry: &Entry, reader: &Reader, roles: &mut Roles) -> Result<Values, TableError> {
    let values = match reader {
        Reader::Words(words) => {
            let took_part = groups::success(&entry.name, words.labels(), &[])?;
            roles.assumed.extend(took_part.assumed);
            Values::Words(took_part.values)
        }
        Reader::Numbers(numbers) if numbers.only_zero_one() => Values::AsRead,
        Reader::Numbers(_) | Reader::Dates(_) => {
            return Err(TableError::new(
                Kind::NoSuchWord,
                "Who took part can’t be read from this column: it holds other things than 0 and 1, or two words.",
                "Write 1 for whoever took part and 0 for whoever did not.",
            )
            .in_column(&entry.name));
        }
    };
    roles.received = Some(entry.name.clone());
    Ok(values)
}

fn numbers_of(
    entry: &Entry,
    said: &[String],
    numbers: &Numbers,
    table: &Table,
) -> Result<Vec<f64>, TableError> {
    said.iter()
        .map(
            |word| match number::read(word.trim(), table.layout.decimal) {
                Read::Number(n) | Read::Percent(n) if numbers.many || numbers.few.contains(&n) => {
                    Ok(n)
                }
                _ => Err(TableError::new(
                    Kind::NoSuchWord,
                    format!("No row says “{word}”."),
                    "Say numbers that stand in this column.",
                )
                .in_column(&entry.name)),
            },
        )
        .collect()
}

fn covariate(
    entry: &Entry,
    kind: CovariateKind,
    reader: &Reader,
    roles: &mut Roles,
) -> Result<Into, TableError> {
    let column = || entry.name.clone();
    match reader {
        Reader::Words(words) => {
            let (labels, places) = words.sorted();
            let Some((first, others)) = labels.split_first() else {
                return Err(empty(entry));
            };
            if others.is_empty() {
                roles.assumed.push(format!(
                    "“{}” says “{first}” in every row, so there is nothing to allow for.",
                    entry.name
                ));
            } else {
                roles.assumed.push(format!(
                    "“{}” holds words: each of {} is compared with “{first}”.",
                    entry.name,
                    listed(others, 8)
                ));
            }
            for level in others {
                roles.covariates.push(Covariate {
                    column: column(),
                    level: Some(level.clone()),
                    kind,
                });
            }
            Ok(Into::Dummies(
                places,
                u32::try_from(others.len()).unwrap_or(0),
            ))
        }
        Reader::Numbers(numbers) => {
            refuse_empty(entry, numbers)?;
            refuse_some_percent(entry, numbers)?;
            roles.covariates.push(Covariate {
                column: column(),
                level: None,
                kind,
            });
            Ok(Into::Number)
        }
        Reader::Dates(_) => {
            roles.assumed.push(format!(
                "The dates in “{}” are counted in years.",
                entry.name
            ));
            roles.covariates.push(Covariate {
                column: column(),
                level: None,
                kind,
            });
            Ok(Into::Number)
        }
    }
}

fn refuse_empty(entry: &Entry, numbers: &Numbers) -> Result<(), TableError> {
    if numbers.count == 0 {
        Err(empty(entry))
    } else {
        Ok(())
    }
}

fn empty(entry: &Entry) -> TableError {
    TableError::new(
        Kind::NoRows,
        "There is no value in this column.",
        "Choose another column, or fill this one.",
    )
    .in_column(&entry.name)
}

fn refuse_some_percent(entry: &Entry, numbers: &Numbers) -> Result<(), TableError> {
    if numbers.percent == 0 || numbers.percent == numbers.count {
        return Ok(());
    }
    Err(TableError::new(
        Kind::AmbiguousNumber,
        format!(
            "{} of {} numbers here have a % sign, the others none.",
            numbers.percent, numbers.count
        ),
        "Write them all with the sign or all without.",
    )
    .in_column(&entry.name))
}

/// What was made of missing words and spellings.
fn say_readings(entry: &Entry, table: &Table, assumed: &mut Vec<String>) {
    let missing: Vec<String> = table
        .missing
        .said(&entry.missing)
        .into_iter()
        .map(|(word, n)| {
            if word == groups::BLANK {
                format!("a blank ({n})")
            } else {
                format!("“{word}” ({n})")
            }
        })
        .collect();
    if let Some((last, rest)) = missing.split_last() {
        let words = if rest.is_empty() {
            last.clone()
        } else {
            format!("{} and {last}", rest.join(", "))
        };
        assumed.push(format!(
            "In “{}”, {words} means that there is no value.",
            entry.name
        ));
    }
    say_spared(entry, assumed);
    if let Reader::Words(words) = &entry.reader {
        say_spellings(entry, words, assumed);
    }
}

/// Missing words that are words here.
fn say_spared(entry: &Entry, assumed: &mut Vec<String>) {
    let name = &entry.name;
    match (entry.spared, entry.purpose) {
        (Spared::X, _) => assumed.push(format!(
            "In “{name}”, “X” is read as a group, not as a missing value."
        )),
        (Spared::All, Purpose::Subgroup) => {
            assumed.push(format!(
                "In “{name}”, an empty cell is read as a group of its own."
            ));
        }
        _ => {}
    }
}

fn say_spellings(entry: &Entry, words: &Words, assumed: &mut Vec<String>) {
    let spellings = words.spellings();
    for (word, written) in spellings.iter().take(3) {
        assumed.push(format!(
            "In “{}”, “{written}” is read as “{word}”.",
            entry.name
        ));
    }
    if let Some(more) = spellings.len().checked_sub(3).filter(|n| *n > 0) {
        assumed.push(format!(
            "In “{}”, {more} more spellings are read as words that differ by case or spaces only.",
            entry.name
        ));
    }
}

/// Whether a heading names something of which less is better.
pub(crate) fn lower_is_better(heading: &str) -> bool {
    let heading = fold(heading);
    [
        "absen",
        "late",
        "exclusion",
        "suspension",
        "detention",
        "incident",
        "missed",
        "truan",
        "behaviour point",
        "sanction",
        "errors",
        "mistakes",
    ]
    .iter()
    .any(|word| {
        heading.match_indices(word).any(|(at, _)| {
            at == 0
                || heading
                    .get(..at)
                    .is_some_and(|before| before.ends_with(|c: char| !c.is_alphanumeric()))
        })
    }) && !heading.starts_with("later")
        && !heading.starts_with("latest")
}

impl Conversion {
    /// One stretch as the engine sees it.
    pub(crate) fn chunk(&self, raws: impl Iterator<Item = Raw>) -> Chunk {
        let mut chunk = Chunk::default();
        for (into, raw) in self.0.iter().zip(raws) {
            match (into, raw) {
                (Into::Outcome(values), raw) => chunk.outcome = values.of(raw),
                (Into::Received(values), raw) => chunk.received = values.of(raw),
                (Into::Treatment(places), Raw::Codes(codes)) => {
                    chunk.treatment = placed(codes, places)
                }
                (Into::Cluster(places), Raw::Codes(codes)) => chunk.cluster = placed(codes, places),
                (Into::Within(places), Raw::Codes(codes)) => {
                    chunk.cluster_within = placed(codes, places)
                }
                (Into::Block(places), Raw::Codes(codes)) => chunk.block = placed(codes, places),
                (Into::Unit(places), Raw::Codes(codes)) => chunk.unit = placed(codes, places),
                (Into::Subgroup(places), Raw::Codes(codes)) => {
                    chunk.subgroups.push(placed(codes, places))
                }
                (Into::Number, Raw::Numbers(values)) => chunk.covariates.push(values),
                (Into::Dummies(places, others), Raw::Codes(codes)) => {
                    let codes = placed(codes, places);
                    for level in 1..=*others {
                        chunk
                            .covariates
                            .push(codes.iter().map(|c| dummy(*c, level)).collect());
                    }
                }
                _ => {}
            }
        }
        chunk
    }
}

impl Values {
    fn of(&self, raw: Raw) -> Vec<f64> {
        match (self, raw) {
            (Self::AsRead, Raw::Numbers(values)) => values,
            (Self::Among(success), Raw::Numbers(values)) => values
                .into_iter()
                .map(|v| match v {
                    v if v.is_nan() => v,
                    v if success.contains(&v) => 1.0,
                    _ => 0.0,
                })
                .collect(),
            (Self::Words(values), Raw::Codes(codes)) => codes
                .into_iter()
                .map(|c| {
                    usize::try_from(c)
                        .ok()
                        .and_then(|c| values.get(c))
                        .copied()
                        .unwrap_or(f64::NAN)
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn dummy(code: u32, level: u32) -> f64 {
    match code {
        MISSING => f64::NAN,
        code if code == level => 1.0,
        _ => 0.0,
    }
}

fn placed(mut codes: Vec<u32>, places: &[u32]) -> Vec<u32> {
    for code in &mut codes {
        *code = usize::try_from(*code)
            .ok()
            .and_then(|c| places.get(c))
            .copied()
            .unwrap_or(MISSING);
    }
    codes
}
