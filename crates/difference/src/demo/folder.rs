//! The demo's data folder: filled once, whole or not at all.
//!
//! What must stay true: a folder that holds anything else than a demo city is left alone; a city is
//! filled in a folder beside it and moved to its place when it is whole.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Serialize;

use crate::ending::Ending;

/// Says that a folder holds a demo city.
const MARK: &str = "demo-city.json";

/// What is in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing: it can be filled.
    Nothing,
    /// The same, and beside it is a filling that was cut off.
    CutOff,
    /// A city.
    City,
}

#[derive(Serialize)]
struct Mark {
    schema: &'static str,
    filled: String,
    version: &'static str,
}

/// Where a folder's city is filled.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_os_string();
    name.push(".filling");
    folder.with_file_name(name)
}

fn unusable(folder: &Path, error: &io::Error) -> Ending {
    Ending::wrong(
        "data-folder",
        format!("{} can’t be used: {error}.", folder.display()),
        "Check that it may be read and written, or name another folder with --data DIR.",
    )
}

/// Says what is in a folder.
///
/// # Errors
/// When it holds something else, or can't be read.
pub fn look(folder: &Path) -> Result<Found, Ending> {
    if folder.join(MARK).is_file() {
        return Ok(Found::City);
    }
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(unusable(folder, &error)),
    };
    if !is_empty {
        return Err(Ending::wrong(
            "not-the-demo",
            format!(
                "{} holds something else than the demo city, so it is left as it is.",
                folder.display()
            ),
            "Name an empty folder, or one that is not there yet, with --data DIR.",
        ));
    }
    Ok(if beside(folder).exists() {
        Found::CutOff
    } else {
        Found::Nothing
    })
}

/// Fills a folder with the city, as it is on a day.
///
/// # Errors
/// When the folder can't be used, or another process fills it.
pub async fn filled(folder: &Path, today: Date, told: &dyn Fn(u64, u64)) -> Result<(), Ending> {
    let filling = beside(folder);
    let turn = Turn::take(&filling)?;
    clear(&filling)?;
    let city = super::fill(&filling, today, told).await.map_err(|error| {
        Ending::wrong(
            "demo-not-filled",
            format!("The demo city could not be filled: {error}"),
            "Try again with another folder: --data DIR. If it happens again, tell us.",
        )
    })?;
    city.network
        .close()
        .await
        .map_err(|error| unusable(&filling, &io::Error::other(error)))?;
    put_in_place(&filling, folder, today).map_err(|error| unusable(folder, &error))?;
    turn.give_back();
    Ok(())
}

fn put_in_place(filling: &Path, folder: &Path, today: Date) -> io::Result<()> {
    let mark = Mark {
        schema: "difference.demo-city/1",
        filled: today.to_string(),
        version: env!("CARGO_PKG_VERSION"),
    };
    fs::write(filling.join(MARK), serde_json::to_vec_pretty(&mark)?)?;
    if folder.exists() {
        // Empty: it was looked at.
        fs::remove_dir(folder)?;
    }
    fs::rename(filling, folder)
}

/// Takes away what an earlier filling left.
fn clear(filling: &Path) -> Result<(), Ending> {
    match fs::remove_dir_all(filling) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unusable(filling, &error)),
        _ => Ok(()),
    }
}

/// The turn to fill a folder: one process has it at a time, until it ends.
struct Turn {
    path: PathBuf,
    _held: File,
}

impl Turn {
    fn take(filling: &Path) -> Result<Self, Ending> {
        let path = filling.with_extension("turn");
        let fault = |error: io::Error| unusable(&path, &error);
        if let Some(parent) = filling.parent() {
            fs::create_dir_all(parent).map_err(fault)?;
        }
        let held = File::create(&path).map_err(fault)?;
        match held.try_lock() {
            Ok(()) => Ok(Self {
                path: path.clone(),
                _held: held,
            }),
            Err(TryLockError::WouldBlock) => Err(Ending::wrong(
                "being-filled",
                "Another demo is being filled for this folder just now.",
                "Wait until it is ready, or name another folder with --data DIR.",
            )),
            Err(TryLockError::Error(error)) => Err(fault(error)),
        }
    }

    fn give_back(self) {
        // One that stays is only an empty file.
        let _ = fs::remove_file(&self.path);
    }
}
