//! The handle on one network: what every other room is given.
//!
//! Who may call this: the binary opens it once; everybody else clones it (cheap). What must stay
//! true: one process has a data folder open at a time; readers can't write.

use std::collections::HashMap;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use sea_orm::DatabaseConnection;
use tokio::sync::Mutex;

use crate::clock::{Clock, SystemClock};
use crate::database::{self, Connections, Kept};
use crate::error::{Error, Result};
use crate::ids::PersonId;
use crate::randomness::{Randomness, SystemRandomness};
use crate::secrets::password::Passwords;

/// The database's name in the data folder, where it is kept there.
const DATABASE: &str = "difference.sqlite";
/// The lock's name in the data folder.
const LOCK: &str = "difference.lock";

/// What a network needs to open.
#[derive(Clone)]
pub struct Settings {
    /// Where everything is kept; made if missing, for its owner's eyes alone.
    pub data_dir: PathBuf,
    /// The address of a PostgreSQL database that keeps it instead of a file in the folder, such as
    /// `postgres://difference@localhost/difference`. May hold a password, so it is never shown.
    pub database: Option<String>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub randomness: Arc<dyn Randomness>,
    /// Whether this is the demo city: only then do one-click sign-in links exist.
    pub demo: bool,
    /// Whether whoever leads or reaches every place takes a second step at sign-in. The product
    /// always asks for it, but in the demo city.
    pub second_step: bool,
    /// How long a device stays signed in without being used.
    pub idle: SignedDuration,
    /// How long a device stays signed in at most.
    pub session: SignedDuration,
}

impl Settings {
    /// The product's own settings for a data folder.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            database: None,
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            demo: false,
            second_step: true,
            idle: SignedDuration::from_hours(12),
            session: SignedDuration::from_hours(14 * 24),
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("data_dir", &self.data_dir)
            .field("demo", &self.demo)
            .finish_non_exhaustive()
    }
}

/// A handle on one network. Clones share everything.
#[derive(Clone)]
pub struct Network {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    connections: Connections,
    queue: Mutex<()>,
    halted: AtomicBool,
    passwords: Passwords,
    /// The hash of each one-click link of this run, and whom it signs in.
    demo_links: std::sync::Mutex<HashMap<String, PersonId>>,
    /// Held as long as the network is open; none beside a process that has it open.
    _lock: Option<File>,
}

impl Network {
    /// Opens the network in a data folder: makes the folder if missing, takes its lock, brings the
    /// schema up to date.
    ///
    /// # Errors
    /// When the folder can't be used, another process has it open, its database is newer, or a
    /// database server can't be reached or would lose or sort things otherwise.
    pub async fn open(settings: Settings) -> Result<Self> {
        let lock = claim(&settings.data_dir)?;
        let connections = database::connect(&kept(&settings)).await?;
        database::migrate(&connections.writer).await?;
        Self::over(settings, connections, Some(lock))
    }

    /// Opens the network that a server may have open at this moment, for a command of whoever runs it:
    /// nothing is made and no step of the schema is taken.
    ///
    /// The database itself keeps two writers apart, and the log's end is read inside each change, so what
    /// is changed by this handle is in the same one log. What a process holds in its own memory is not
    /// changed by it: it is for backups and checks.
    ///
    /// # Errors
    /// [`Error::NoNetwork`] when there is none, [`Error::OlderDatabase`] or [`Error::NewerDatabase`] when
    /// its schema is not this version's.
    pub async fn beside(settings: Settings) -> Result<Self> {
        let kept = kept(&settings);
        if let Kept::Sqlite(file) = &kept
            && !file.is_file()
        {
            return Err(Error::NoNetwork {
                folder: settings.data_dir,
            });
        }
        let connections = database::connect(&kept).await?;
        database::refuse_other_schema(&connections.writer).await?;
        Self::over(settings, connections, None)
    }

    fn over(settings: Settings, connections: Connections, lock: Option<File>) -> Result<Self> {
        let passwords = Passwords::new(settings.randomness.as_ref())?;
        Ok(Self {
            inner: Arc::new(Inner {
                settings,
                connections,
                queue: Mutex::new(()),
                halted: AtomicBool::new(false),
                passwords,
                demo_links: std::sync::Mutex::default(),
                _lock: lock,
            }),
        })
    }

    /// Closes every connection, so that the folder can be opened again.
    ///
    /// # Errors
    /// When the database can't be closed cleanly.
    pub async fn close(self) -> Result<()> {
        self.inner.connections.readers.close_by_ref().await?;
        self.inner.connections.writer.close_by_ref().await?;
        Ok(())
    }

    /// The settings that it was opened with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The time now, from the network's own clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.settings.clock.now()
    }

    /// Whether changes are being taken; false after the disk failed under one.
    #[must_use]
    pub fn takes_changes(&self) -> bool {
        !self.inner.halted.load(Ordering::Acquire)
    }

    /// The network's own source of randomness.
    pub(crate) fn randomness(&self) -> &dyn Randomness {
        self.inner.settings.randomness.as_ref()
    }
    /// Connections that read.
    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.inner.connections.readers
    }
    /// The connection that writes: for the door alone.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.inner.connections.writer
    }
    /// Both.
    pub(crate) fn connections(&self) -> &Connections {
        &self.inner.connections
    }
    /// The fair queue before it.
    pub(crate) fn queue(&self) -> &Mutex<()> {
        &self.inner.queue
    }
    /// No further write is tried before a restart.
    pub(crate) fn halt(&self) {
        self.inner.halted.store(true, Ordering::Release);
    }
    pub(crate) fn passwords(&self) -> &Passwords {
        &self.inner.passwords
    }
    pub(crate) fn demo_links(&self) -> &std::sync::Mutex<HashMap<String, PersonId>> {
        &self.inner.demo_links
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network")
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}

/// Makes a data folder if missing, and takes its lock: while it is held no server opens it.
pub(crate) fn claim(folder: &Path) -> Result<File> {
    make_private(folder)?;
    take_lock(folder)
}

/// Where its settings say that it is kept.
fn kept(settings: &Settings) -> Kept {
    match &settings.database {
        None => Kept::Sqlite(settings.data_dir.join(DATABASE)),
        Some(url) => Kept::Postgres(url.clone()),
    }
}

/// Makes the folder for its owner's eyes alone.
fn make_private(folder: &Path) -> Result<()> {
    let fault = |source| Error::Folder {
        folder: folder.to_owned(),
        source,
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700);
        builder.create(folder).map_err(fault)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(fault)?;
    }
    #[cfg(not(unix))]
    builder.create(folder).map_err(fault)?;
    Ok(())
}

/// Takes the folder's lock, or says that somebody else has it.
fn take_lock(folder: &Path) -> Result<File> {
    let fault = |source| Error::Folder {
        folder: folder.to_owned(),
        source,
    };
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(folder.join(LOCK)).map_err(fault)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(fault(source)),
    }
}
