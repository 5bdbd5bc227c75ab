//! What each column probably is, with the reason, and what has to be asked.
//!
//! Who may call this: the command line and the web, before anybody has said what the columns are.
//! What must stay true: a guess is never made in silence (each has its reason), and what the file
//! can't settle is asked.

mod group;
pub(crate) mod heading;
mod measure;
pub(crate) mod notice;
mod place;
mod time;
mod vocabulary;

use crate::column::profile::{ColumnKind, ColumnProfile, Profile};
use crate::error::TableError;
use crate::sample::asked::Asked;
use crate::table::{Format, Table};
use heading::{Meaning, Names};

/// What a column can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Not used.
    LeaveOut,
    /// Which group.
    Treatment,
    /// What was measured at the end.
    Outcome,
    /// The same or the like, before.
    Baseline,
    /// Classes or schools that got the same.
    Cluster,
    /// Classes, schools or pairs within which groups were formed.
    Block,
    /// The person measured twice.
    Unit,
    /// A group of pupils to describe the answer by.
    Subgroup,
    /// Something else to allow for.
    Covariate,
}

/// How sure a guess is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// It could well be another column: ask.
    Ask,
    /// Probably.
    Likely,
    /// Heading and content agree.
    Sure,
}

/// What one column probably is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Guessed {
    /// The column's name.
    pub column: String,
    /// What it probably is.
    pub role: Role,
    /// How sure that is.
    pub confidence: Confidence,
    /// Why, in a sentence.
    pub reason: String,
}

/// What has to be asked.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Question {
    /// A stable word: outcome, treatment, control, unit, success, missing, filled-down, rows, sheet, numbers.
    pub about: &'static str,
    /// The question.
    pub asks: String,
    /// The answers that the file offers, the guess first.
    pub answers: Vec<String>,
}

/// What the columns of a file probably are.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Guess {
    /// Every column, in the file's order.
    pub columns: Vec<Guessed>,
    /// The word that probably means the comparison; `Some("")`: an empty cell.
    pub control: Option<String>,
    /// Of an outcome in words, those that probably count as success.
    pub success: Vec<String>,
    /// What has to be asked.
    pub questions: Vec<Question>,
}

/// A column with all that is known of it.
pub(crate) struct Known<'a> {
    pub profile: &'a ColumnProfile,
    pub meaning: Meaning,
}

/// Guesses what each column is.
///
/// # Errors
/// When the file can't be read.
pub fn guess(table: &Table, profile: &Profile) -> Result<Guess, TableError> {
    let known: Vec<Known<'_>> = profile
        .columns
        .iter()
        .map(|c| Known {
            profile: c,
            meaning: heading::read(&c.name),
        })
        .collect();
    let mut draft = Draft::new(&known);
    draft.leave_people_out();
    group::find(&mut draft);
    measure::find(&mut draft);
    place::find(&mut draft, table)?;
    draft.describe();
    draft.ask_about_cells();
    draft.ask_about_sheets(table);
    Ok(draft.finish())
}

/// A guess under way.
pub(crate) struct Draft<'a> {
    pub known: &'a [Known<'a>],
    decided: Vec<Option<(Role, Confidence, String)>>,
    pub control: Option<String>,
    pub success: Vec<String>,
    pub questions: Vec<Question>,
}

impl<'a> Draft<'a> {
    fn new(known: &'a [Known<'a>]) -> Self {
        Self {
            known,
            decided: vec![None; known.len()],
            control: None,
            success: Vec::new(),
            questions: Vec::new(),
        }
    }

    pub(crate) fn decide(
        &mut self,
        at: usize,
        role: Role,
        confidence: Confidence,
        reason: impl Into<String>,
    ) {
        if let Some(slot) = self.decided.get_mut(at) {
            *slot = Some((role, confidence, reason.into()));
        }
    }

    /// The columns that nothing was decided about.
    pub(crate) fn open(&self) -> impl Iterator<Item = (usize, &'a Known<'a>)> + '_ {
        self.known
            .iter()
            .zip(&self.decided)
            .enumerate()
            .filter(|(_, (_, decided))| decided.is_none())
            .map(|(at, (known, _))| (at, known))
    }

    /// The first column of a role.
    pub(crate) fn of(&self, role: Role) -> Option<&'a Known<'a>> {
        self.known
            .iter()
            .zip(&self.decided)
            .find(|(_, d)| d.as_ref().is_some_and(|(r, _, _)| *r == role))
            .map(|(k, _)| k)
    }

    pub(crate) fn ask(
        &mut self,
        about: &'static str,
        asks: impl Into<String>,
        answers: Vec<String>,
    ) {
        self.questions.push(Question {
            about,
            asks: asks.into(),
            answers,
        });
    }

    /// Names, numbers, birthdays, addresses and remarks take no part.
    fn leave_people_out(&mut self) {
        for (at, known) in self.known.iter().enumerate() {
            if let Some(reason) = personal(known) {
                self.decide(at, Role::LeaveOut, Confidence::Sure, reason);
            }
        }
    }

    /// Pupil groups, and what is left.
    fn describe(&mut self) {
        let open: Vec<(usize, &Known<'_>)> = self.open().collect();
        for (at, known) in open {
            let column = known.profile;
            // One word or nothing tells two groups of pupils apart, as ticks do.
            let one_or_none = column.distinct == 1 && column.missing_rows() > 0;
            let few = (2..=12).contains(&column.distinct)
                || column.kind == ColumnKind::Ticks
                || one_or_none;
            match known.meaning.names {
                Names::Pupils if few => self.decide(
                    at,
                    Role::Subgroup,
                    Confidence::Likely,
                    "The heading names a group of pupils that schools report on.",
                ),
                Names::Year if few && !is_calendar(column) => self.decide(
                    at,
                    Role::Subgroup,
                    Confidence::Likely,
                    "The year group: the answer can be described by it.",
                ),
                Names::Year if few => {
                    let years: Vec<String> = column.words.iter().map(|(w, _)| w.clone()).collect();
                    self.ask(
                        "rows",
                        format!(
                            "“{}” holds {}. Should the rows of only one of them count?",
                            column.name,
                            crate::table::listed(&years, 6)
                        ),
                        years,
                    );
                    self.decide(at, Role::LeaveOut, Confidence::Ask, "It says which year a row is of.");
                }
                _ if column.distinct <= 1 && column.missing_rows() == 0 => {
                    self.decide(at, Role::LeaveOut, Confidence::Likely, "It says the same in every row.");
                }
                _ => self.decide(
                    at,
                    Role::LeaveOut,
                    Confidence::Likely,
                    "Nothing shows that it is needed. If it was known before the trial, it can be allowed for.",
                ),
            }
        }
    }

    /// Cells of the used columns that can't be read, and merged cells.
    fn ask_about_cells(&mut self) {
        for at in 0..self.known.len() {
            let (Some(known), Some(Some((role, _, _)))) =
                (self.known.get(at), self.decided.get(at))
            else {
                continue;
            };
            let (column, role) = (known.profile, *role);
            if role == Role::LeaveOut {
                continue;
            }
            if column.only_where_it_changes {
                self.ask(
                    "filled-down",
                    format!(
                        "“{}” is filled only where it changes. Does each word stand for the rows under it too? Fill them in the file if so.",
                        column.name
                    ),
                    Vec::new(),
                );
            }
            if matches!(role, Role::Outcome | Role::Baseline | Role::Covariate)
                && column.kind == ColumnKind::Numbers
                && !column.strange.is_empty()
            {
                let cells: Vec<String> = column.strange.iter().map(|s| s.cell.clone()).collect();
                self.ask(
                    "missing",
                    format!(
                        "{} in “{}” {} no number. Does it mean that there is no score?",
                        crate::table::listed(&cells, 6),
                        column.name,
                        if cells.len() == 1 { "is" } else { "are" }
                    ),
                    cells,
                );
            }
        }
    }

    /// Several sheets that hold as much.
    fn ask_about_sheets(&mut self, table: &Table) {
        if let Format::Workbook { sheet, others, .. } = table.format()
            && !others.is_empty()
        {
            let mut answers = vec![sheet.clone()];
            answers.extend(others.iter().cloned());
            self.ask(
                "sheet",
                "Several sheets hold a table. Which one is meant?",
                answers,
            );
        }
    }

    fn finish(self) -> Guess {
        let columns = self
            .known
            .iter()
            .zip(self.decided)
            .map(|(known, decided)| {
                let (role, confidence, reason) = decided.unwrap_or((
                    Role::LeaveOut,
                    Confidence::Likely,
                    "Nothing shows that it is needed.".to_owned(),
                ));
                Guessed {
                    column: known.profile.name.clone(),
                    role,
                    confidence,
                    reason,
                }
            })
            .collect();
        Guess {
            columns,
            control: self.control,
            success: self.success,
            questions: self.questions,
        }
    }
}

/// Whether the years of a column are of the calendar: "2025/26", not "Year 4".
fn is_calendar(column: &ColumnProfile) -> bool {
    !column.words.is_empty()
        && column.words.iter().all(|(word, _)| {
            word.split(|c: char| !c.is_ascii_digit())
                .any(|n| n.len() == 4 && n.parse::<u32>().is_ok_and(|y| (1900..2100).contains(&y)))
        })
}

/// Why a column about a person takes no part.
fn personal(known: &Known<'_>) -> Option<&'static str> {
    let column = known.profile;
    let upns = holds_upns(column);
    match known.meaning.names {
        _ if column.kind == ColumnKind::Empty
            && column.filled == 0
            && column.missing_rows() > 0 =>
        {
            Some("There is nothing in it.")
        }
        _ if upns => Some("It holds pupil numbers."),
        Names::Number => Some("It holds numbers that name pupils."),
        Names::Person if column.kind != ColumnKind::Numbers => Some("It holds names."),
        Names::Person if column.all_different() => Some("It holds numbers that name pupils."),
        Names::Birth => Some("It holds dates of birth."),
        Names::Contact => Some("It holds addresses."),
        Names::Remarks => Some("It holds remarks."),
        Names::Day => Some("It holds dates."),
        _ if column.kind == ColumnKind::Dates => Some("It holds dates."),
        _ if column
            .numbers
            .as_ref()
            .is_some_and(|n| n.whole && n.counts_up)
            && column.all_different()
            && !known.meaning.measure
            && !known.meaning.time.is_said() =>
        {
            Some("It counts the rows.")
        }
        _ if column.kind == ColumnKind::Text
            && column.words.is_empty()
            && !is_place(known.meaning.names) =>
        {
            Some("It holds text that is different in nearly every row.")
        }
        _ => None,
    }
}

fn is_place(names: Names) -> bool {
    matches!(names, Names::Class | Names::School | Names::Block)
}

/// Whether a column's cells name people, and so are masked on a screen.
pub(crate) fn masked(column: &ColumnProfile, guess: &Guess) -> bool {
    let used = guess
        .columns
        .iter()
        .any(|g| g.column == column.name && g.role != Role::LeaveOut && g.role != Role::Unit);
    !used && (names_people(&column.name) || column.kind == ColumnKind::Text || holds_upns(column))
}

/// Whether most values are Unique Pupil Numbers.
pub(crate) fn holds_upns(column: &ColumnProfile) -> bool {
    let upns = column
        .samples
        .iter()
        .filter(|s| crate::who::is_upn(s))
        .count();
    upns * 2 > column.samples.len()
}

/// Whether a heading announces what names people or tells of them.
pub(crate) fn names_people(heading: &str) -> bool {
    matches!(
        heading::read(heading).names,
        Names::Number | Names::Person | Names::Birth | Names::Contact | Names::Remarks
    )
}

/// Whether a heading announces pupil numbers, which come once each.
pub(crate) fn names_once(heading: &str) -> bool {
    heading::read(heading).names == Names::Number
}

impl Guess {
    /// The columns of a role, in the file's order.
    pub fn columns_of(&self, role: Role) -> impl Iterator<Item = &str> {
        self.columns
            .iter()
            .filter(move |g| g.role == role)
            .map(|g| g.column.as_str())
    }

    /// The guess as a caller would have asked it.
    #[must_use]
    pub fn asked(&self) -> Asked {
        let one = |role| self.columns_of(role).next().map(str::to_owned);
        let all = |role| self.columns_of(role).map(str::to_owned).collect();
        Asked {
            outcome: one(Role::Outcome).unwrap_or_default(),
            success: self.success.clone(),
            lower_is_better: None,
            treatment: one(Role::Treatment),
            control: self.control.clone(),
            cluster: one(Role::Cluster),
            cluster_within: None,
            block: one(Role::Block),
            baselines: all(Role::Baseline),
            covariates: all(Role::Covariate),
            subgroups: all(Role::Subgroup),
            unit: one(Role::Unit),
            received: None,
            conditions: Vec::new(),
        }
    }
}
