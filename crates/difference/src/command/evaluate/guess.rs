//! With only a file: what each column probably is, shown with its reason and a preview.
//!
//! What must stay true: a guess is never acted on in silence. On a terminal it is asked about; in a
//! pipe the call ends with exit code 2 and the guess as a call that is ready to be pasted.

use std::io::{self, IsTerminal as _};

use comfy_table::{ContentArrangement, Table as Grid, presets};
use tables::{Asked, Guess, Profile, Role, Table};

use super::{Evaluate, call, talk};
use crate::ending::Ending;
use crate::output;

/// Rows of the preview.
const ROWS: usize = 5;
/// Columns of the preview.
const COLUMNS: usize = 8;

/// What was settled about a file's columns.
pub struct Settled {
    /// What each column is.
    pub asked: Asked,
    /// Words that mean a missing cell, besides those of the call.
    pub missing: Vec<String>,
    /// How the groups came about, when a person was asked.
    pub allocation: Option<super::How>,
}

/// Guesses, shows and asks.
pub fn settle(evaluate: &Evaluate, table: &Table, said: &Asked) -> Result<Settled, Ending> {
    let wrong = |error| Ending::file(&error);
    let profile = table.profile().map_err(wrong)?;
    let guess = tables::guess(table, &profile).map_err(wrong)?;
    let asked = overridden(guess.asked(), said);
    output::note(&shown(table, &profile, &guess));
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        let mut answers = io::stdin().lock();
        let mut questions = io::stderr().lock();
        return talk::about(
            evaluate,
            (&profile, &guess),
            asked,
            &mut answers,
            &mut questions,
        );
    }
    for question in &guess.questions {
        let answers = match question.answers.is_empty() {
            true => String::new(),
            false => format!(" ({})", question.answers.join(", ")),
        };
        output::note(&format!("? {}{answers}", question.asks));
    }
    Err(if asked.outcome.is_empty() {
        Ending::wrong(
            "role-missing",
            "Nobody said which column was measured, and the file does not show it.",
            "Name it with --outcome COL, and who got what with --treatment COL.",
        )
    } else {
        // On a line of its own, so that it can be copied whole.
        let lots = match evaluate.allocation {
            super::How::Unknown if asked.treatment.is_some() => {
                "\nAdd --allocation lot if the groups were drawn by lot."
            }
            _ => "",
        };
        output::note(&format!(
            "\nIf that is right, call:\n\n  {}\n{lots}\n\n",
            call::of(evaluate, &asked)
        ));
        Ending::wrong(
            "role-missing",
            "Nobody said what each column is, and a guess is not acted on without you.",
            "Call what stands above, or change it first.",
        )
    })
}

/// The guess, with whatever the call said instead of it.
fn overridden(guess: Asked, said: &Asked) -> Asked {
    let one = |said: &Option<String>, guess: Option<String>| said.clone().or(guess);
    let all = |said: &[String], guess: Vec<String>| {
        if said.is_empty() {
            guess
        } else {
            said.to_vec()
        }
    };
    // A column that was given a role in the call has none of the guessed ones.
    let taken = |column: &String| {
        [
            &said.treatment,
            &said.cluster,
            &said.cluster_within,
            &said.block,
            &said.unit,
            &said.received,
        ]
        .into_iter()
        .flatten()
        .chain(&said.baselines)
        .chain(&said.covariates)
        .chain(&said.subgroups)
        .any(|said| said == column)
    };
    let free = |column: Option<String>| column.filter(|column| !taken(column));
    let rest = |columns: Vec<String>| columns.into_iter().filter(|c| !taken(c)).collect();
    Asked {
        outcome: free(Some(guess.outcome)).unwrap_or_default(),
        success: all(&said.success, guess.success),
        lower_is_better: said.lower_is_better.or(guess.lower_is_better),
        treatment: one(&said.treatment, free(guess.treatment)),
        control: one(&said.control, guess.control),
        cluster: one(&said.cluster, free(guess.cluster)),
        cluster_within: said.cluster_within.clone(),
        block: one(&said.block, free(guess.block)),
        baselines: all(&said.baselines, rest(guess.baselines)),
        covariates: all(&said.covariates, rest(guess.covariates)),
        subgroups: all(&said.subgroups, rest(guess.subgroups)),
        unit: one(&said.unit, free(guess.unit)),
        received: said.received.clone(),
        conditions: said.conditions.clone(),
    }
}

/// The guess and the first rows, as a person reads them.
fn shown(table: &Table, profile: &Profile, guess: &Guess) -> String {
    let mut columns = grid();
    columns.set_header(["Column", "What it probably is", "Why"]);
    for (column, profile) in guess.columns.iter().zip(&profile.columns) {
        columns.add_row([
            column.column.clone(),
            role_words(column.role).to_owned(),
            format!("{} ({})", column.reason, profile.summary()),
        ]);
    }
    let preview = table.preview(profile, guess, ROWS);
    let mut rows = grid();
    rows.set_header(preview.headings.iter().take(COLUMNS));
    for row in &preview.rows {
        rows.add_row(row.iter().take(COLUMNS).map(|cell| cell.text.as_str()));
    }
    let more = match preview.headings.len().saturating_sub(COLUMNS) {
        0 => String::new(),
        more => format!(" and {more} more columns"),
    };
    format!(
        "{}: {} rows, {} columns\n\n{columns}\n\nThe first rows{more}:\n\n{rows}\n",
        table.name(),
        profile.rows,
        profile.columns.len()
    )
}

fn grid() -> Grid {
    let mut grid = Grid::new();
    grid.load_style(presets::UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(output::width()).unwrap_or(80));
    grid
}

/// What a role is called.
fn role_words(role: Role) -> &'static str {
    match role {
        Role::LeaveOut => "left out",
        Role::Treatment => "who got what (--treatment)",
        Role::Outcome => "what was measured (--outcome)",
        Role::Baseline => "a score from before (--baseline)",
        Role::Cluster => "the class or school (--cluster)",
        Role::Block => "the pair or stratum (--block)",
        Role::Unit => "the pupil, measured twice (--unit)",
        Role::Subgroup => "a group to describe by (--subgroup)",
        Role::Covariate => "something to allow for (--covariate)",
    }
}
