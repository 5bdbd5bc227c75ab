//! Backups: made while the server runs, closed with a key, and tried.
//!
//! Who may call this: the binary, for `difference backup`, `restore` and `drill` and for the timer of
//! `serve`; pages read when the last ones were. What must stay true: what is backed up is one moment of
//! the database, never a copy of a file that is being written; a backup never leaves in the clear; a
//! restore never overwrites; a drill touches nothing but a folder of its own. Each backup and each drill
//! is an entry of the audit log.

mod archive;
mod keys;
mod restore;
mod snapshot;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sea_orm::QueryOrder;
use sea_orm::prelude::*;

use crate::actor::Actor;
use crate::clock;
use crate::error::{Error, Result};
use crate::governance::policy::{Action, Scope};
use crate::handle::Network;
use crate::log::{Entry, entry};
use crate::thing::Thing;

pub use archive::Manifest;
pub use keys::{Closing, Opening, new_key};
pub use restore::{Restored, restore};

const MADE: &str = "made a backup";
const RESTORES: &str = "tried a backup, which restores";
const DOES_NOT_RESTORE: &str = "tried a backup, which does not restore";
/// How a backup's name begins and ends.
const BEGINS: &str = "difference-";
const ENDS: &str = ".tar.gz.age";

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Where it is.
    pub file: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
}

/// Makes a backup of the network as it is now, in a folder, under a name that tells the time.
///
/// # Errors
/// When the policy says no, there is no room for it, or a file can't be written.
pub async fn make(
    network: &Network,
    actor: &Actor,
    folder: &Path,
    closing: &Closing,
) -> Result<Made> {
    crate::governance::policy::ask(actor, Action::KeepBackups, Scope::network())?;
    let at = network.now();
    let name = format!("{BEGINS}{}{ENDS}", at.strftime("%Y-%m-%dT%H-%M-%SZ"));
    let file = folder.join(&name);
    let (manifest, hash) = snapshot::taken(network, at, &file, closing).await?;
    let write = network
        .write(actor, Action::KeepBackups, Scope::network())
        .await?;
    let entry = Entry::new(MADE, Thing::new("backup", &name)).vouches(hash);
    write.commit(entry).await?;
    Ok(Made { file, manifest })
}

/// Does slow work on a file off the server's own threads.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::Unexpected(format!("work on a backup did not end: {e}")))?
}

/// Takes the oldest backups in a folder away, so that `keep` are left. Other files are left alone.
///
/// # Errors
/// When the folder can't be read, or a file can't be taken away.
pub fn thin_out(folder: &Path, keep: usize) -> Result<usize> {
    let all = in_folder(folder)?;
    let over = all.len().saturating_sub(keep.max(1));
    for file in all.iter().take(over) {
        std::fs::remove_file(file).map_err(archive::failed(file))?;
    }
    Ok(over)
}

/// Takes away what a backup, a restore or a drill left behind that was cut off: a scratch folder in the data
/// folder that nobody has written to for a day.
///
/// # Errors
/// When the data folder can't be read, or one can't be taken away.
pub fn tidy(network: &Network) -> Result<()> {
    const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
    let data = &network.settings().data_dir;
    for file in std::fs::read_dir(data).map_err(archive::failed(data))? {
        let file = file.map_err(archive::failed(data))?;
        let name = file.file_name();
        let is_scratch = ["backup-", "restore-", "drill-"]
            .iter()
            .any(|begins| name.to_string_lossy().starts_with(begins));
        let is_old = file
            .metadata()
            .and_then(|about| about.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|since| since > DAY));
        if is_scratch && is_old {
            let path = file.path();
            std::fs::remove_dir_all(&path).map_err(archive::failed(&path))?;
        }
    }
    Ok(())
}

/// The newest backup in a folder.
///
/// # Errors
/// When the folder can't be read.
pub fn newest(folder: &Path) -> Result<Option<PathBuf>> {
    Ok(in_folder(folder)?.pop())
}

/// Backups in a folder, the oldest first: their names sort by time.
fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = archive::failed(folder);
    let mut all = Vec::new();
    for file in std::fs::read_dir(folder).map_err(&failed)? {
        let path = file.map_err(&failed)?.path();
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or_default();
        if name.starts_with(BEGINS) && name.ends_with(ENDS) {
            all.push(path);
        }
    }
    all.sort_unstable();
    Ok(all)
}

/// Tries a backup: restores it to a scratch folder beside the data, checks every file, every table's
/// rows, the audit log and what it vouches for, and that the network's own log begins with it; then takes
/// the folder away. Either way the log says so.
///
/// # Errors
/// When the policy says no, or the backup does not restore: then with the reason.
pub async fn drill(
    network: &Network,
    actor: &Actor,
    file: &Path,
    opening: &Opening,
) -> Result<Restored> {
    crate::governance::policy::ask(actor, Action::KeepBackups, Scope::network())?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let tried = tried(network, file, opening).await;
    let write = network
        .write(actor, Action::KeepBackups, Scope::network())
        .await?;
    let on = Thing::new("backup", name);
    let entry = match &tried {
        Ok(_) => Entry::new(RESTORES, on),
        Err(why) => Entry::new(DOES_NOT_RESTORE, on).because(why.to_string()),
    };
    write.commit(entry).await?;
    tried
}

async fn tried(network: &Network, file: &Path, opening: &Opening) -> Result<Restored> {
    let restored = restore::scratch(network, file, opening).await?;
    let head = &restored.manifest.head;
    let ours = crate::log::tree::edge(network.read(), head.size).await;
    if !ours.is_ok_and(|edge| edge.head() == *head) {
        return Err(Error::conflict(
            "The backup restores, but the network’s own log does not begin with the one in it: one of them was altered, or the backup is of another network.",
        ));
    }
    Ok(restored)
}

/// When a backup was last made, and last tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// The last backup.
    pub backup: Option<Timestamp>,
    /// The last drill, and whether the backup restored.
    pub drill: Option<(Timestamp, bool)>,
}

/// When a backup was last made, and last tried: as the audit log says.
///
/// # Errors
/// When the database can't be read.
pub async fn last(network: &Network) -> Result<Last> {
    let newest = async |whats: [&str; 2]| {
        entry::Entity::find()
            .filter(entry::Column::Action.eq(format!("{:?}", Action::KeepBackups)))
            .filter(entry::Column::What.is_in(whats))
            .order_by_desc(entry::Column::Number)
            .one(network.read())
            .await
    };
    Ok(Last {
        backup: newest([MADE, MADE]).await?.map(|row| clock::read(row.at)),
        drill: newest([RESTORES, DOES_NOT_RESTORE])
            .await?
            .map(|row| (clock::read(row.at), row.what == RESTORES)),
    })
}
