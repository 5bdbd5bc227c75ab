//! How a command ends: an answer, "cannot say", a wrong call, or a fault of ours.
//!
//! What must stay true: the exit codes never change their meaning, because scripts branch on them.

use std::process::ExitCode;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use tables::TableError;

use crate::output;

/// How a command ended.
#[derive(Debug)]
pub enum Ending {
    /// Exit code 0: the answer is on standard output.
    Answered,
    /// Exit code 1: the reason is on standard output.
    CannotSay,
    /// Exit code 2: what is wrong goes to standard error.
    Wrong(Box<Problem>),
}

/// What is wrong with the call or the file, where, and what to do about it.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{says}")]
#[diagnostic()]
pub struct Problem {
    /// Stable and kebab-case, for people who look it up.
    pub code: String,
    /// What happened, in a sentence.
    pub says: String,
    /// What to do about it.
    #[help]
    pub cure: String,
}

impl Ending {
    /// A wrong call or file.
    pub fn wrong(code: &str, says: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::Wrong(Box::new(Problem {
            code: code.to_owned(),
            says: says.into(),
            cure: cure.into(),
        }))
    }

    /// What is wrong with a file, where, and what to do.
    pub fn file(error: &TableError) -> Self {
        let says = match error.place() {
            Some(place) => format!("{place}: {}", error.what),
            None => error.what.clone(),
        };
        Self::wrong(error.kind.code(), says, &error.cure)
    }

    /// Says what has to be said, and gives the exit code.
    pub fn code(self) -> ExitCode {
        match self {
            Self::Answered => ExitCode::SUCCESS,
            Self::CannotSay => ExitCode::from(1),
            Self::Wrong(problem) => {
                output::note(&shown(&problem));
                ExitCode::from(2)
            }
        }
    }
}

fn shown(problem: &Problem) -> String {
    let theme = if output::colour_on_standard_error() {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(output::width())
        .with_links(false);
    let mut words = String::new();
    match handler.render_report(&mut words, problem) {
        Ok(()) => words,
        Err(_) => format!("{} {}", problem.says, problem.cure),
    }
}
