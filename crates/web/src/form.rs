//! What was sent, and a form as a page shows it: what was typed, and what is wrong with it.
//!
//! Who may call this: handlers of forms. What must stay true: nothing that was typed is lost when
//! something else is wrong, but a password is never shown again; one sentence for each problem,
//! the same in the summary and at the field.

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::edge::problem::AppError;

/// A file that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) field: String,
    /// As the browser gave it; never used as a path.
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

/// A form that was sent, its token already checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Submitted {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) files: Vec<Upload>,
}

impl Submitted {
    pub(crate) fn one(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }
    /// A file that was chosen; a browser sends an empty one where none was.
    pub(crate) fn file(&self, field: &str) -> Option<&Upload> {
        self.files
            .iter()
            .find(|f| f.field == field && !(f.bytes.is_empty() && f.name.is_empty()))
    }
}

impl<S: Sync> FromRequestParts<S> for Submitted {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts
            .extensions
            .remove::<Submitted>()
            .ok_or_else(|| AppError::fault_in("a form was asked for where none is read"))
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub(crate) struct Wrong {
    pub(crate) field: String,
    pub(crate) says: String,
}

impl From<network::Problem> for Wrong {
    fn from(problem: network::Problem) -> Self {
        Self {
            field: problem.field.to_owned(),
            says: problem.says,
        }
    }
}

/// A form as a page shows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    typed: Vec<(String, String)>,
    problems: Vec<Wrong>,
}

impl Form {
    /// Nothing typed yet.
    pub(crate) fn blank() -> Self {
        Self::default()
    }
    /// What was sent.
    pub(crate) fn of(submitted: &Submitted) -> Self {
        Self {
            typed: submitted.fields.clone(),
            problems: Vec::new(),
        }
    }
    /// Puts a value where nothing was typed.
    pub(crate) fn suggest(&mut self, name: &str, value: impl Into<String>) {
        if !self.typed.iter().any(|(n, _)| n == name) {
            self.typed.push((name.to_owned(), value.into()));
        }
    }
    /// Ticks one more choice of a list.
    pub(crate) fn add(&mut self, name: &str, value: impl Into<String>) {
        self.typed.push((name.to_owned(), value.into()));
    }
    /// Says what is wrong with a field; the first word on a field stands.
    pub(crate) fn wrong(&mut self, field: &str, says: impl Into<String>) {
        if self.problem(field).is_none() {
            self.problems.push(Wrong {
                field: field.to_owned(),
                says: says.into(),
            });
        }
    }
    /// Says one more thing that is wrong with a field.
    pub(crate) fn wrong_too(&mut self, field: &str, says: impl Into<String>) {
        self.problems.push(Wrong {
            field: field.to_owned(),
            says: says.into(),
        });
    }
    /// Puts a value in the place of what was typed.
    pub(crate) fn replace(&mut self, name: &str, value: impl Into<String>) {
        self.typed.retain(|(n, _)| n != name);
        self.typed.push((name.to_owned(), value.into()));
    }
    /// Puts the network's problems at their fields; anything else is not the form's.
    pub(crate) fn take(&mut self, error: network::Error) -> Result<(), AppError> {
        match error {
            network::Error::Invalid(problems) => {
                for problem in problems {
                    self.wrong(problem.field, problem.says);
                }
                Ok(())
            }
            other => Err(other.into()),
        }
    }
    pub(crate) fn is_good(&self) -> bool {
        self.problems.is_empty()
    }
    pub(crate) fn problems(&self) -> &[Wrong] {
        &self.problems
    }
    pub(crate) fn problem(&self, field: &str) -> Option<&str> {
        self.problems
            .iter()
            .find(|p| p.field == field)
            .map(|p| p.says.as_str())
    }
    /// The value without spaces around it.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.typed(name).trim()
    }
    /// The value as it was typed.
    pub(crate) fn typed(&self, name: &str) -> &str {
        self.typed
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }
    /// Whether a choice was made, of one or of many.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.typed.iter().any(|(n, v)| n == name && v == value)
    }
    /// Whether anything was sent under that name.
    pub(crate) fn answered(&self, name: &str) -> bool {
        self.typed.iter().any(|(n, _)| n == name)
    }
    /// The choices made under one name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.typed
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
    /// The value, or the sentence that asks for it.
    pub(crate) fn required(&mut self, name: &str, says: &str) -> String {
        let value = self.text(name).to_owned();
        if value.is_empty() {
            self.wrong(name, says);
        }
        value
    }
    /// The attributes that tie an input to its hint and its error.
    pub(crate) fn described(&self, name: &str, hint: &str) -> String {
        let invalid = if self.problem(name).is_some() {
            " aria-invalid=\"true\""
        } else {
            ""
        };
        format!("{}{invalid}", self.described_group(name, hint))
    }
    /// The same for a group of choices, which can't be invalid by itself.
    pub(crate) fn described_group(&self, name: &str, hint: &str) -> String {
        let mut by = Vec::new();
        if !hint.is_empty() {
            by.push(format!("{name}-hint"));
        }
        if self.problem(name).is_some() {
            by.push(format!("{name}-error"));
        }
        if by.is_empty() {
            String::new()
        } else {
            format!(" aria-describedby=\"{}\"", by.join(" "))
        }
    }
}

/// One choice of a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    /// How far up the ladder it can reach, 0 where that is not the question.
    pub(crate) rung: u8,
}

impl Choice {
    pub(crate) fn new(value: &str, label: impl Into<String>) -> Self {
        Self {
            value: value.to_owned(),
            label: label.into(),
            ..Self::default()
        }
    }
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
    pub(crate) fn reach(&self) -> &'static str {
        match self.rung {
            5 => "can reach strong evidence",
            4 => "can reach good evidence",
            3 => "can reach fair evidence",
            2 => "can reach an early sign",
            _ => "an idea",
        }
    }
}
