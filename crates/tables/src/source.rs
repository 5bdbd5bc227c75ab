//! Where a file's bytes come from: memory or a disk.
//!
//! Who may call this: callers make a [`Source`]; [`crate::open`] takes it. What must stay true: a
//! source can be read from its start as often as wanted, in blocks; what came as bytes is never
//! written anywhere; a file on disk that changes between two readings is noticed.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::error::{Kind, TableError};
use crate::read::layout::hex;
use crate::read::text::broken;

/// Something that can be read and moved about in.
pub(crate) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// Where a file's bytes come from.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Memory(Arc<[u8]>),
    Disk { path: PathBuf, stamp: Stamp },
}

/// What a file on disk looked like when it was opened first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    changed: Option<SystemTime>,
}

impl Source {
    /// An upload or a paste, held in memory. The name is for messages only: content alone decides
    /// how it is read.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            name: name.into(),
            place: Place::Memory(bytes.into()),
        }
    }

    /// A file on disk. A pipe is read into memory.
    ///
    /// # Errors
    /// [`Kind::Unreadable`] when there is no such file or it may not be read.
    pub fn file(path: impl AsRef<Path>) -> Result<Self, TableError> {
        let path = path.as_ref();
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        );
        let file = File::open(path).map_err(|e| unreadable(path, &e))?;
        let about = file.metadata().map_err(|e| unreadable(path, &e))?;
        if about.is_dir() {
            return Err(TableError::new(
                Kind::Unreadable,
                format!("“{name}” is a folder."),
                "Give one file in it.",
            ));
        }
        if !about.is_file() {
            let mut bytes = Vec::new();
            let mut file = file;
            file.read_to_end(&mut bytes)
                .map_err(|e| unreadable(path, &e))?;
            return Ok(Self::bytes(name, bytes));
        }
        Ok(Self {
            name,
            place: Place::Disk {
                path: path.to_owned(),
                stamp: Stamp {
                    length: about.len(),
                    changed: about.modified().ok(),
                },
            },
        })
    }

    /// The file's name, for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.place {
            Place::Memory(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Place::Disk { stamp, .. } => stamp.length,
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it is held in memory; such a source is never written to disk, in part or whole.
    pub(crate) fn in_memory(&self) -> bool {
        matches!(self.place, Place::Memory(_))
    }

    /// SHA-256 of the bytes, in hexadecimal, by which the same file is known again.
    ///
    /// # Errors
    /// When the file can't be read any more.
    pub fn fingerprint(&self) -> Result<String, TableError> {
        self.sum()
    }

    /// SHA-256 of the bytes, in hexadecimal.
    pub(crate) fn sum(&self) -> Result<String, TableError> {
        let mut reader = self.read()?;
        let mut sum = Sha256::new();
        let mut block = vec![0; 1 << 16];
        loop {
            let n = reader.read(&mut block).map_err(|e| broken(self, &e))?;
            match block.get(..n) {
                Some(read) if n > 0 => sum.update(read),
                _ => return Ok(hex(&sum.finalize())),
            }
        }
    }

    /// A reader from the start.
    pub(crate) fn read(&self) -> Result<Box<dyn ReadSeek>, TableError> {
        match &self.place {
            Place::Memory(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
            Place::Disk { path, stamp } => {
                let file = File::open(path).map_err(|e| unreadable(path, &e))?;
                let about = file.metadata().map_err(|e| unreadable(path, &e))?;
                let now = Stamp {
                    length: about.len(),
                    changed: about.modified().ok(),
                };
                if now != *stamp {
                    return Err(changed(&self.name));
                }
                Ok(Box::new(file))
            }
        }
    }
}

/// The file is not the one that was opened first.
pub(crate) fn changed(name: &str) -> TableError {
    TableError::new(
        Kind::Changed,
        format!("“{name}” changed while we were reading it."),
        "Close it in other programs and start again.",
    )
}

fn unreadable(path: &Path, error: &io::Error) -> TableError {
    let name = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => TableError::new(
            Kind::Unreadable,
            format!("There is no file called “{name}”."),
            "Check the name and the folder.",
        ),
        io::ErrorKind::PermissionDenied => TableError::new(
            Kind::Unreadable,
            format!("We may not read “{name}”."),
            "Give yourself the right to read it, or copy it elsewhere.",
        ),
        _ => TableError::new(
            Kind::Unreadable,
            format!("“{name}” can’t be read: {error}."),
            "Copy the file to another disk and try again.",
        ),
    }
}
