//! One error for the crate. Every message for people says what happened and what to do.

use std::path::PathBuf;

use engine::refusal::Refusal;
use sea_orm::{DbErr, RuntimeErr, sqlx};

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
    /// The database server does not answer just now. Nothing was saved.
    #[error(
        "The database is not answering just now, so this was not saved. Wait a moment, then try again."
    )]
    Unavailable,
    /// The database server went away in the very moment of saving.
    #[error(
        "The database stopped answering while this was being saved. Look whether it is there before you send it again."
    )]
    Unsure,
    /// Somebody else changed the same thing in the same moment.
    #[error("Somebody else was saving at the same moment, so this was not saved. Try again.")]
    Collided,
    /// A database server that would lose or confuse what it is given.
    #[error("This database can’t keep a network. {says}.")]
    Unfit {
        /// Why, and the cure.
        says: String,
    },
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
    /// A file can't be read or written.
    #[error("{} can’t be used: {source}.", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is no network in the folder.
    #[error("There is no network in {}.", .folder.display())]
    NoNetwork {
        /// The data folder.
        folder: PathBuf,
    },
    /// The database was written by an older version, and this is no time to bring it up to date.
    #[error(
        "This data folder was last used by an older Difference Engine. Start the server with this one first, which brings it up to date."
    )]
    OlderDatabase,
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
        match fault_of(&error) {
            Fault::Full => Self::DiskFull,
            Fault::Collision => Self::Collided,
            Fault::Connection => Self::Unavailable,
            Fault::Disk | Fault::Other => Self::Storage(error),
        }
    }
}

/// Whether the disk itself failed, so that nothing written since can be trusted to be safe.
pub(crate) fn is_io_fault(error: &DbErr) -> bool {
    fault_of(error) == Fault::Disk
}

/// Whether the database server went away.
pub(crate) fn is_lost_connection(error: &DbErr) -> bool {
    fault_of(error) == Fault::Connection
}

/// What a database's error comes down to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Full,
    Disk,
    Collision,
    Connection,
    Other,
}

fn fault_of(error: &DbErr) -> Fault {
    let inner = match error {
        DbErr::ConnectionAcquire(_) => return Fault::Connection,
        DbErr::Conn(RuntimeErr::SqlxError(inner))
        | DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner)) => inner,
        _ => return Fault::Other,
    };
    match &**inner {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed => Fault::Connection,
        sqlx::Error::Database(told) => match told.code() {
            None => Fault::Other,
            Some(code) if code.len() == 5 => sqlstate(&code),
            Some(code) => sqlite_code(&code),
        },
        _ => Fault::Other,
    }
}

/// A result code of SQLite: its low byte is the primary code.
fn sqlite_code(code: &str) -> Fault {
    match code.parse::<i32>().map(|code| code & 0xff) {
        Ok(13) => Fault::Full,
        Ok(10) => Fault::Disk,
        _ => Fault::Other,
    }
}

/// PostgreSQL's five letters, by appendix A of its manual.
fn sqlstate(code: &str) -> Fault {
    match code {
        "53100" => Fault::Full,
        // A serialization failure and a deadlock: the transaction was undone and may be tried again.
        "40001" | "40P01" => Fault::Collision,
        // Shut down by its administrator, crashed, not yet ready, too many connections; and class 08.
        "57P01" | "57P02" | "57P03" | "53300" => Fault::Connection,
        _ if code.starts_with("08") => Fault::Connection,
        _ => Fault::Other,
    }
}
