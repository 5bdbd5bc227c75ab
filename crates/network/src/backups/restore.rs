//! Back from a backup: into a scratch folder first, where everything is checked, then into its place.

use std::fs;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, Statement};

use super::archive::{self, DATABASE, DEVICES, Manifest, failed, private_folder, sync_folder};
use super::keys::Opening;
use super::{apart, snapshot};
use crate::error::{Error, Result};
use crate::governance::audit;
use crate::handle::{Network, Settings};
use crate::{database, handle, trials};

/// What was restored, or could be.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself; all of it was found to be so.
    pub manifest: Manifest,
    /// Where the network that was there before is now.
    pub put_aside: Option<PathBuf>,
}

/// What belongs to a database that is open.
const BESIDE: [&str; 2] = ["difference.sqlite-wal", "difference.sqlite-shm"];

/// Restores a backup into a data folder that no server has open. A network that is there is put aside,
/// never overwritten, and only when `replace` says so. Everything is checked before anything is moved.
///
/// # Errors
/// When there is a network and nobody said to replace it, a server has the folder open, the key does not
/// fit, or the backup is damaged.
pub async fn restore(
    file: &Path,
    opening: &Opening,
    settings: &Settings,
    replace: bool,
) -> Result<Restored> {
    let data = &settings.data_dir;
    let lock = handle::claim(data)?;
    let old: Vec<&str> = [DATABASE, DEVICES]
        .into_iter()
        .chain(BESIDE)
        .filter(|name| data.join(name).exists())
        .collect();
    // A key alone is no network; a write-ahead log alone is what a restore left that was cut off.
    let there = old.iter().any(|name| *name != DEVICES);
    if there && !replace {
        return Err(Error::conflict(format!(
            "There is a network in {} already. Restore to another folder, or say --replace, which puts it aside.",
            data.display()
        )));
    }
    let scratch = tempfile::Builder::new()
        .prefix("restore-")
        .tempdir_in(data)
        .map_err(failed(data))?;
    let manifest = checked(file, opening, settings, scratch.path()).await?;
    let put_aside = if there {
        Some(aside(data, settings, &old).await?)
    } else {
        None
    };
    for name in [DEVICES, DATABASE] {
        let new = scratch.path().join(name);
        if new.exists() {
            fs::rename(&new, data.join(name)).map_err(failed(data))?;
        }
    }
    sync_folder(data).map_err(failed(data))?;
    drop(lock);
    Ok(Restored {
        manifest,
        put_aside,
    })
}

/// Puts what is in the data folder into a folder of its own beside it.
async fn aside(data: &Path, settings: &Settings, old: &[&str]) -> Result<PathBuf> {
    // Closing takes the write-ahead log back in. A database that can't be opened is put aside as it is.
    if let Ok(open) = database::writer(&data.join(DATABASE)).await {
        let _ = open.close().await;
    }
    let time = settings.clock.now().strftime("%Y-%m-%dT%H-%M-%SZ");
    let aside = data.join(format!("replaced-{time}"));
    private_folder(&aside).map_err(failed(&aside))?;
    for name in old {
        let file = data.join(name);
        if file.exists() {
            fs::rename(&file, aside.join(name)).map_err(failed(&file))?;
        }
    }
    sync_folder(&aside).map_err(failed(&aside))?;
    Ok(aside)
}

/// Restores a backup of this network into a folder that is taken away again.
pub(super) async fn scratch(network: &Network, file: &Path, opening: &Opening) -> Result<Restored> {
    let data = &network.settings().data_dir;
    let scratch = tempfile::Builder::new()
        .prefix("drill-")
        .tempdir_in(data)
        .map_err(failed(data))?;
    let manifest = checked(file, opening, network.settings(), scratch.path()).await?;
    Ok(Restored {
        manifest,
        put_aside: None,
    })
}

/// Unpacks into a folder, and holds to the manifest what came out: hashes, SQLite's own check, rows, the
/// audit log, and the plans and results that it vouches for.
async fn checked(
    file: &Path,
    opening: &Opening,
    settings: &Settings,
    into: &Path,
) -> Result<Manifest> {
    let manifest = {
        let (file, opening, into) = (file.to_owned(), opening.clone(), into.to_owned());
        apart(move || archive::unpack(&file, &opening, &into)).await?
    };
    let raw = database::writer(&into.join(DATABASE)).await?;
    let sound = raw
        .query_one_raw(Statement::from_string(
            raw.get_database_backend(),
            "PRAGMA integrity_check(1)",
        ))
        .await?;
    let says: String = match sound {
        Some(row) => row.try_get_by_index(0)?,
        None => "nothing".to_owned(),
    };
    let rows = snapshot::rows(&raw).await?;
    raw.close().await?;
    if says != "ok" {
        return Err(damaged(format!("the database says “{says}”")));
    }
    if rows != manifest.rows {
        return Err(damaged("its tables do not have the rows that they had"));
    }
    // Opened as a server would, which also brings an older one up to date.
    let mut settings = settings.clone();
    settings.data_dir = into.to_owned();
    let network = Network::open(settings).await?;
    let log = audit::verify(&network, std::slice::from_ref(&manifest.head)).await?;
    let altered = match log.broken {
        Some(broken) => Some(broken),
        None => trials::altered(&network).await?,
    };
    network.close().await?;
    match altered {
        Some(broken) => Err(damaged(format!(
            "entry {} of its log is the first that differs: {}",
            broken.number, broken.says
        ))),
        None => Ok(manifest),
    }
}

fn damaged(why: impl std::fmt::Display) -> Error {
    Error::invalid(
        "file",
        format!("This backup is damaged and can’t be used: {why}."),
    )
}
