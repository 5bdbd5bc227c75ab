//! A backup as a file: a tar of the manifest, the database and the device key, gzipped, in age. Without
//! this product `age -d FILE | tar xz` opens it.
//!
//! Who may call this: `backups`. What must stay true: a file is there whole or not at all; what is
//! unpacked is only what the manifest names, and nothing of it leaves the folder; every byte is held to
//! the manifest's hashes.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::keys::{Closing, Opening};
use crate::error::{Error, Result};
use crate::log::tree::Head;
use crate::secrets::hexadecimal;

pub(super) const SCHEMA: &str = "difference.backup/1";
pub(super) const DATABASE: &str = "difference.sqlite";
pub(super) const DEVICES: &str = "devices.key";
const MANIFEST: &str = "manifest.json";
/// A manifest is a page of text.
const LARGEST_MANIFEST: u64 = 1 << 20;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `difference.backup/1`.
    pub schema: String,
    /// The version that made it.
    pub version: String,
    /// When.
    pub at: String,
    /// The audit log's head in it.
    pub head: Head,
    /// Rows of each table in it.
    pub rows: BTreeMap<String, u64>,
    /// SHA-256 of each file in it.
    pub files: BTreeMap<String, String>,
}

/// A file that only its owner can read, and that was not there before.
pub(super) fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// A folder that only its owner can open, and that was not there before.
pub(super) fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// The disk said no.
pub(super) fn failed(path: &Path) -> impl Fn(io::Error) -> Error {
    let path = path.to_owned();
    move |fault| match fault.kind() {
        io::ErrorKind::StorageFull => Error::DiskFull,
        _ => Error::File {
            path: path.clone(),
            source: fault,
        },
    }
}

/// What is written into a folder's list is on the disk.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// SHA-256 of a file.
pub(super) fn hash_of_file(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = BufReader::new(File::open(path)?);
    let mut piece = [0_u8; 64 * 1024];
    loop {
        let read = file.read(&mut piece)?;
        match piece.get(..read) {
            Some([]) | None => return Ok(hexadecimal(&hasher.finalize())),
            Some(bytes) => hasher.update(bytes),
        }
    }
}

/// Writes a backup, and gives its SHA-256. Under its own name it is there only when all of it is on the
/// disk.
pub(super) fn write(
    to: &Path,
    manifest: &Manifest,
    files: &[(&str, PathBuf)],
    closing: &Closing,
) -> Result<String> {
    let unfinished = to.with_extension("unfinished");
    let encryptor = closing.encryptor()?;
    let written = || -> io::Result<String> {
        let file = private(&unfinished)?;
        let closed = encryptor.wrap_output(BufWriter::new(file))?;
        let mut tar = tar::Builder::new(GzEncoder::new(closed, Compression::default()));
        let about = serde_json::to_vec_pretty(manifest)?;
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o600);
        header.set_size(u64::try_from(about.len()).map_err(io::Error::other)?);
        tar.append_data(&mut header, MANIFEST, about.as_slice())?;
        for (name, path) in files {
            tar.append_path_with_name(path, name)?;
        }
        let closed = tar.into_inner()?.finish()?;
        let file = closed
            .finish()?
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let hash = hash_of_file(&unfinished)?;
        // A file that has the name already is never overwritten.
        fs::hard_link(&unfinished, to)?;
        Ok(hash)
    };
    let done = written().map_err(failed(to));
    let tidied = fs::remove_file(&unfinished);
    if done.is_ok() {
        tidied.map_err(failed(&unfinished))?;
        if let Some(folder) = to.parent() {
            sync_folder(folder).map_err(failed(folder))?;
        }
    }
    done
}

fn no_backup(why: &dyn std::fmt::Display) -> Error {
    Error::invalid(
        "file",
        format!("This backup is damaged and can’t be used: {why}."),
    )
}

/// Unpacks a backup into a folder that is empty, and holds every byte to its manifest.
pub(super) fn unpack(from: &Path, opening: &Opening, into: &Path) -> Result<Manifest> {
    let file = File::open(from).map_err(failed(from))?;
    let opened = opening.open(BufReader::new(file))?;
    let mut tar = tar::Archive::new(GzDecoder::new(opened));
    let mut entries = tar.entries().map_err(|e| no_backup(&e))?;
    let manifest: Manifest = {
        let first = entries.next().ok_or_else(|| no_backup(&"it is empty"))?;
        let first = first.map_err(|e| no_backup(&e))?;
        let name = first.path().map_err(|e| no_backup(&e))?.into_owned();
        if name != Path::new(MANIFEST) {
            return Err(no_backup(&"it does not begin with its manifest"));
        }
        serde_json::from_reader(first.take(LARGEST_MANIFEST)).map_err(|e| no_backup(&e))?
    };
    if manifest.schema != SCHEMA {
        return Err(no_backup(&"a newer version made it"));
    }
    let mut left: BTreeMap<&str, &str> = manifest
        .files
        .iter()
        .map(|(name, hash)| (name.as_str(), hash.as_str()))
        .filter(|(name, _)| [DATABASE, DEVICES].contains(name))
        .collect();
    if !left.contains_key(DATABASE) {
        return Err(no_backup(&"there is no database in it"));
    }
    for entry in entries {
        let mut entry = entry.map_err(|e| no_backup(&e))?;
        let name = entry.path().map_err(|e| no_backup(&e))?.into_owned();
        let name = name.to_str().unwrap_or_default().to_owned();
        let Some(hash) = left.remove(name.as_str()) else {
            return Err(no_backup(&format!("{name} does not belong there")));
        };
        let path = into.join(&name);
        let mut out = private(&path).map_err(failed(&path))?;
        io::copy(&mut entry, &mut out).map_err(|e| no_backup(&e))?;
        out.flush()
            .and_then(|()| out.sync_all())
            .map_err(failed(&path))?;
        if hash_of_file(&path).map_err(failed(&path))? != hash {
            return Err(no_backup(&format!("{name} is not as it was")));
        }
    }
    if let Some(name) = left.keys().next() {
        return Err(no_backup(&format!("{name} is missing")));
    }
    Ok(manifest)
}
