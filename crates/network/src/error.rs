//! One error for the crate. Every message for people says what happened and what to do.

use std::path::PathBuf;

use engine::refusal::Refusal;
use sea_orm::{DbErr, RuntimeErr};

use crate::thing::Thing;

/// What every function here answers with.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One thing wrong with what was typed, at the field where it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The form's field, such as `email`.
    pub field: &'static str,
    /// What to do about it, such as "Enter how many pupils can take part, as a number such as 120".
    pub says: String,
}

impl Problem {
    /// A problem at a field.
    pub fn new(field: &'static str, says: impl Into<String>) -> Self {
        Self {
            field,
            says: says.into(),
        }
    }
}

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such thing, or the asker may not know that there is.
    #[error("There is nothing here. It may have moved, or be private to another place.")]
    NotFound,
    /// Nobody is signed in, and this needs somebody.
    #[error("Sign in first. Only a change needs you to sign in.")]
    SignIn,
    /// Somebody has signed in, and their second step is missing.
    #[error("Take your second step at sign-in first: the code from your phone.")]
    SecondStep,
    /// E-mail and password do not belong together. Says nothing about which is wrong.
    #[error("That email and password do not match. Check both and try again.")]
    WrongPassword,
    /// The asker can see the thing, but not do this to it.
    #[error("{says}")]
    NotAllowed {
        /// What happened and whom to ask.
        says: String,
    },
    /// Something typed can't be used; all the problems at once.
    #[error("{}", .0.iter().map(|p| p.says.as_str()).collect::<Vec<_>>().join(" "))]
    Invalid(Vec<Problem>),
    /// The thing is no longer in the state that this needs (a locked plan, a reported result).
    #[error("{says}")]
    Conflict {
        /// What happened and what to do instead.
        says: String,
    },
    /// The same request came before and was done; this is what it was about.
    #[error("This was already done.")]
    AlreadyDone {
        /// What the first request made or changed.
        on: Thing,
    },
    /// The same Idempotency-Key came with another body.
    #[error(
        "This Idempotency-Key was used for another request. Send a new key with a new request."
    )]
    KeyReused,
    /// The engine can't say, with its reason and cure.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The disk is full. Nothing was saved; reading still works.
    #[error(
        "The disk is full, so this was not saved. Ask whoever looks after the server to make room, then try again. Pages can still be read."
    )]
    DiskFull,
    /// A write could not be made safe, so no further one is tried before a restart.
    #[error(
        "The server could not make a change safe on its disk, so it has stopped taking changes. Ask whoever looks after it to check the disk and start it again. Pages can still be read."
    )]
    Halted,
    /// Another process has this data folder open.
    #[error("{} is in use by another Difference Engine. Stop that one first, or choose another folder.", .folder.display())]
    InUse {
        /// The data folder.
        folder: PathBuf,
    },
    /// The data folder can't be made or opened.
    #[error("{} can't be used as a data folder: {source}.", .folder.display())]
    Folder {
        /// The data folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database was written by a newer version.
    #[error(
        "This data folder was last used by a newer Difference Engine (it knows “{migration}”, this one does not). Start the newer one; nothing was changed."
    )]
    NewerDatabase {
        /// The first step that this version does not know.
        migration: String,
    },
    /// Anything else that the database says.
    #[error("The database could not answer: {0}")]
    Storage(DbErr),
    /// A part of the product broke in a way that nobody foresaw.
    #[error("Something went wrong here, not with what you did: {0}")]
    Unexpected(String),
}

impl Error {
    /// One problem at one field.
    pub fn invalid(field: &'static str, says: impl Into<String>) -> Self {
        Self::Invalid(vec![Problem::new(field, says)])
    }
    /// The thing is in another state than this needs.
    pub fn conflict(says: impl Into<String>) -> Self {
        Self::Conflict { says: says.into() }
    }
    /// The asker may see it but not do this.
    pub fn not_allowed(says: impl Into<String>) -> Self {
        Self::NotAllowed { says: says.into() }
    }
}

/// All the problems of one form: Ok when there is none.
pub(crate) fn all_well(problems: Vec<Problem>) -> Result<()> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(problems))
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match sqlite_code(&error) {
            Some(FULL) => Self::DiskFull,
            _ => Self::Storage(error),
        }
    }
}

/// SQLite's primary result code for a full disk.
const FULL: i32 = 13;
/// SQLite's primary result code for an input or output fault.
const IOERR: i32 = 10;

/// Whether the disk itself failed, so that nothing written since can be trusted to be safe.
pub(crate) fn is_io_fault(error: &DbErr) -> bool {
    sqlite_code(error) == Some(IOERR)
}

/// The primary result code (the low byte of the extended one) of an error that SQLite gave.
fn sqlite_code(error: &DbErr) -> Option<i32> {
    let (DbErr::Conn(RuntimeErr::SqlxError(inner))
    | DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))) = error
    else {
        return None;
    };
    let code = inner.as_database_error()?.code()?;
    code.parse::<i32>().ok().map(|c| c & 0xff)
}
