//! What a command answers, in the form that was asked for.
//!
//! What must stay true: a refusal is an answer: standard output carries it, and the exit code is 1;
//! JSON is one object with its schema in it.

use std::path::Path;

use engine::refusal::Refusal;
use serde::Serialize;

use crate::command::choices::Format;
use crate::ending::Ending;
use crate::output;

/// Where an answer goes and what it is written as.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The form.
    pub format: Format,
    /// The file; standard output when there is none.
    pub out: Option<&'a Path>,
}

impl Wanted<'_> {
    /// Whether words may be coloured: on a terminal, and never in a file.
    pub fn colour(&self) -> bool {
        self.out.is_none() && output::colour()
    }

    /// Columns that words may take: the terminal's, and 80 in a file.
    pub fn width(&self) -> usize {
        match self.out {
            Some(_) => 80,
            None => output::width(),
        }
    }

    /// Writes an answer that is ready.
    pub fn deliver(&self, answer: &str) -> Ending {
        output::deliver(answer, self.out)
    }

    /// Writes a value as JSON.
    pub fn json(&self, value: &impl Serialize) -> Ending {
        match serde_json::to_string_pretty(value) {
            Ok(json) => self.deliver(&format!("{json}\n")),
            Err(error) => Ending::wrong(
                "cannot-write",
                format!("The answer could not be written as JSON: {error}."),
                "Ask for --format text, and tell us.",
            ),
        }
    }

    /// Writes "cannot say", with its reason and its cure.
    pub fn refuse(&self, schema: &str, refusal: &Refusal) -> Ending {
        #[derive(Serialize)]
        struct Refused<'a> {
            schema: &'a str,
            refused: &'a Refusal,
        }
        let written = match self.format {
            Format::Json => self.json(&Refused {
                schema,
                refused: refusal,
            }),
            Format::Text => {
                self.deliver(&report::text::refusal(refusal, self.width(), self.colour()))
            }
            Format::Markdown => self.deliver(&report::markdown::refusal(refusal)),
            Format::Html => self.deliver(&report::html::refusal(refusal)),
        };
        match written {
            Ending::Answered => Ending::CannotSay,
            other => other,
        }
    }
}
