//! What is wrong with a file, where, and what to do.
//!
//! Who may call this: every room that reads a file. What must stay true: an error names the row
//! and the column where there is one, says what was found in the file's own words, and ends in
//! something that a person can do. [`Kind::code`] never changes its meaning.

use std::fmt;

use engine::refusal::Refusal;

/// What sort of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The file can't be opened or read.
    Unreadable,
    /// There is nothing in the file.
    Empty,
    /// A heading row, and nothing under it.
    OnlyHeadings,
    /// No row of headings.
    NoHeadings,
    /// A PDF, a picture, a document, an archive: not a table.
    NotATable,
    /// A spreadsheet with a password.
    Password,
    /// More than we unpack, or more columns than a spreadsheet holds.
    TooLarge,
    /// A quote that is never closed, or a cell larger than any cell should be.
    EndlessCell,
    /// The file breaks off, or its bytes don't make sense.
    Damaged,
    /// A row with more cells than there are headings.
    RaggedRow,
    /// No column of that name.
    NoSuchColumn,
    /// Several columns of that name.
    SameHeading,
    /// No sheet of that name.
    NoSuchSheet,
    /// A role that must be given and is not.
    RoleMissing,
    /// A column was given two roles that exclude each other.
    RoleTwice,
    /// A cell that should hold a number.
    NotANumber,
    /// A number that can be read in two ways.
    AmbiguousNumber,
    /// A number too large or too small to work with.
    NumberTooLarge,
    /// A cell that should hold a date.
    NotADate,
    /// A word that the column doesn't hold.
    NoSuchWord,
    /// A column with more different words than its role can take.
    TooManyWords,
    /// The treatment column doesn't hold two groups.
    NotTwoGroups,
    /// Words whose success was not said.
    SuccessUnknown,
    /// A condition that can't be read.
    Condition,
    /// No row is left.
    NoRows,
    /// The file changed while it was read.
    Changed,
    /// A list of people or scores that can't be read as one.
    List,
    /// A row that breaks off, or lacks what every row must have.
    HalfRow,
    /// A key that stands in two rows.
    DuplicateKey,
    /// A cell that should hold a key and doesn't.
    NotAKey,
    /// Letters that were lost or garbled when the file was saved.
    LettersLost,
    /// A formula where a text should be.
    Formula,
}

impl Kind {
    /// The stable word that scripts branch on.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "file-unreadable",
            Self::Empty => "file-empty",
            Self::OnlyHeadings => "only-headings",
            Self::NoHeadings => "no-headings",
            Self::NotATable => "not-a-table",
            Self::Password => "password",
            Self::TooLarge => "too-large",
            Self::EndlessCell => "endless-cell",
            Self::Damaged => "file-damaged",
            Self::RaggedRow => "ragged-row",
            Self::NoSuchColumn => "no-such-column",
            Self::SameHeading => "same-heading",
            Self::NoSuchSheet => "no-such-sheet",
            Self::RoleMissing => "role-missing",
            Self::RoleTwice => "role-twice",
            Self::NotANumber => "not-a-number",
            Self::AmbiguousNumber => "ambiguous-number",
            Self::NumberTooLarge => "number-too-large",
            Self::NotADate => "not-a-date",
            Self::NoSuchWord => "no-such-word",
            Self::TooManyWords => "too-many-words",
            Self::NotTwoGroups => "not-two-groups",
            Self::SuccessUnknown => "success-unknown",
            Self::Condition => "condition",
            Self::NoRows => "no-rows",
            Self::Changed => "file-changed",
            Self::List => "list",
            Self::HalfRow => "half-row",
            Self::DuplicateKey => "duplicate-key",
            Self::NotAKey => "not-a-key",
            Self::LettersLost => "letters-lost",
            Self::Formula => "formula",
        }
    }
}

/// What is wrong with a file, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct TableError {
    /// What sort of thing it is.
    pub kind: Kind,
    /// The row as a spreadsheet numbers it, the headings' row included; the line in a text file.
    pub row: Option<u64>,
    /// The column's heading.
    pub column: Option<String>,
    /// What was found, in a sentence.
    pub what: String,
    /// What to do about it, in a sentence.
    pub cure: String,
}

impl TableError {
    /// An error that concerns the whole file.
    pub fn new(kind: Kind, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            kind,
            row: None,
            column: None,
            what: what.into(),
            cure: cure.into(),
        }
    }

    /// The same, at a row.
    #[must_use]
    pub fn at_row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// The same, in a column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// "Row 17, column “Score”", or nothing when it concerns the whole file.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        match (self.row, &self.column) {
            (Some(row), Some(column)) => Some(format!("Row {row}, column “{column}”")),
            (Some(row), None) => Some(format!("Row {row}")),
            (None, Some(column)) => Some(format!("Column “{column}”")),
            (None, None) => None,
        }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place() {
            write!(f, "{place}: ")?;
        }
        write!(f, "{} {}", self.what, self.cure)
    }
}

impl From<TableError> for Refusal {
    fn from(error: TableError) -> Self {
        let says = match error.place() {
            Some(place) => format!("{place}: {}", error.what),
            None => error.what,
        };
        Self::new(error.kind.code(), says, error.cure)
    }
}
