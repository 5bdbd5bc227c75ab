//! `difference backup`, `restore` and `drill`: nothing is lost, and somebody tried it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use network::backups::{self, Closing, Opening, Restored};
use network::{Actor, Network};

use super::serve;
use crate::ending::Ending;
use crate::output;
use crate::settings::{Given, Settings};

const BACKUP: &str = "\
Examples:
  difference backup --new-key backup.key
  difference backup --to /srv/backups --recipient age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p

Copy the key file off this machine and keep it safe. The backup can be made while the server runs.";

const RESTORE: &str = "\
Examples:
  difference restore difference-2026-12-01T03-00-00Z.tar.gz.age --key backup.key
  difference restore difference-2026-12-01T03-00-00Z.tar.gz.age --key backup.key --replace

Stop the server first. With --replace the network that is there is put aside in the same folder.";

const DRILL: &str = "\
Examples:
  difference drill /srv/backups --key backup.key
  difference drill difference-2026-12-01T03-00-00Z.tar.gz.age --key backup.key";

/// Everything in one encrypted file, made while the server runs
///
/// The file is one moment of the database and the key by which known devices are recognised, encrypted
/// with age for whoever has the key. It is a tar, so it can also be opened without this product:
/// age -d -i backup.key FILE | tar xz
#[derive(Debug, Args)]
#[command(after_help = BACKUP)]
pub struct Backup {
    /// Where the data is kept [default: $XDG_DATA_HOME/difference]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A file with settings, such as backup-folder and backup-recipients
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder that it goes to
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// A public key; whoever has its secret key can open the backup
    #[arg(long, value_name = "AGE1…")]
    recipient: Vec<String>,
    /// A file with a passphrase that opens it, instead of a key
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    passphrase: Option<PathBuf>,
    /// Make a new key: the secret goes to this file, the public key to standard output
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "recipient", "passphrase"])]
    new_key: Option<PathBuf>,
}

/// Back from a backup
///
/// Everything in it is checked before anything is moved: every byte, every table, the audit log, locked
/// plans and results.
#[derive(Debug, Args)]
#[command(after_help = RESTORE)]
pub struct Restore {
    /// The backup
    file: PathBuf,
    /// Where the data is to be kept [default: $XDG_DATA_HOME/difference]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The file with the secret key
    #[arg(long, value_name = "FILE", required_unless_present = "passphrase")]
    key: Option<PathBuf>,
    /// The file with the passphrase
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    passphrase: Option<PathBuf>,
    /// Put the network that is there aside
    #[arg(long)]
    replace: bool,
}

/// Try a backup: does it restore?
///
/// Restores it to a scratch folder, checks everything, holds it against the network's own log and takes
/// the folder away. The server may run. The log says that it was tried, and whether it restored.
#[derive(Debug, Args)]
#[command(after_help = DRILL)]
pub struct Drill {
    /// The backup, or a folder whose newest one is tried [default: the setting backup-folder]
    file: Option<PathBuf>,
    /// Where the data is kept [default: $XDG_DATA_HOME/difference]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A file with settings, such as backup-folder and backup-key
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The file with the secret key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The file with the passphrase
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    passphrase: Option<PathBuf>,
}

impl Backup {
    /// Makes a backup, or a key.
    pub fn run(self) -> Ending {
        let done = match &self.new_key {
            Some(file) => key_made(file),
            None => self.made(),
        };
        done.unwrap_or_else(|ending| ending)
    }

    fn made(self) -> Result<Ending, Ending> {
        let flags = Given {
            data: self.data,
            backup_folder: self.to,
            backup_recipients: (!self.recipient.is_empty()).then_some(self.recipient),
            backup_passphrase: self.passphrase,
            ..Given::default()
        };
        let settings = Settings::gather(
            self.config.as_deref(),
            std::env::vars(),
            flags,
            "difference",
        )?;
        let backups = settings.backups.ok_or_else(|| {
            Ending::wrong(
                "no-backup-folder",
                "Nobody said where the backup goes.",
                "Name a folder, on another disk if there is one: --to DIR",
            )
        })?;
        let closing = closing(&backups.recipients, backups.passphrase.as_deref())?;
        beside(&settings.data, async |network| {
            let made = backups::make(network, &Actor::operator(), &backups.folder, &closing)
                .await
                .map_err(|e| fault(&e))?;
            output::note(&format!(
                "{} entries of the log and {} tables are in it. Try it with: difference drill",
                made.manifest.head.size,
                made.manifest.rows.len()
            ));
            Ok(output::print(
                format!("{}\n", made.file.display()).as_bytes(),
            ))
        })
    }
}

impl Restore {
    /// Restores a backup.
    pub fn run(self) -> Ending {
        let done = || {
            let flags = Given {
                data: self.data.clone(),
                ..Given::default()
            };
            let settings = Settings::gather(None, std::env::vars(), flags, "difference")?;
            let opening = opening(self.key.as_deref(), self.passphrase.as_deref())?;
            serve::runtime()?.block_on(async {
                let to = network::Settings::new(&settings.data);
                let restored = backups::restore(&self.file, &opening, &to, self.replace)
                    .await
                    .map_err(|e| fault(&e))?;
                if let Some(aside) = &restored.put_aside {
                    output::note(&format!(
                        "The network that was there is in {}. Take it away when you are sure.",
                        aside.display()
                    ));
                }
                Ok(output::print(told("Restored", &restored).as_bytes()))
            })
        };
        done().unwrap_or_else(|ending: Ending| ending)
    }
}

impl Drill {
    /// Tries a backup.
    pub fn run(self) -> Ending {
        let done = || {
            let flags = Given {
                data: self.data.clone(),
                backup_folder: self.file.clone(),
                backup_key: self.key.clone(),
                backup_passphrase: self.passphrase.clone(),
                ..Given::default()
            };
            let settings = Settings::gather(
                self.config.as_deref(),
                std::env::vars(),
                flags,
                "difference",
            )?;
            let backups = settings.backups.ok_or_else(|| {
                Ending::wrong(
                    "no-backup",
                    "Nobody said which backup to try.",
                    "Name it, or the folder that backups are kept in.",
                )
            })?;
            let file = if backups.folder.is_dir() {
                let newest = backups::newest(&backups.folder).map_err(|e| fault(&e))?;
                newest.ok_or_else(|| {
                    Ending::wrong(
                        "no-backup",
                        format!("There is no backup in {}.", backups.folder.display()),
                        "Make one with: difference backup",
                    )
                })?
            } else {
                backups.folder.clone()
            };
            let opening = opening(backups.key.as_deref(), backups.passphrase.as_deref())?;
            beside(&settings.data, async |network| {
                let tried = backups::drill(network, &Actor::operator(), &file, &opening)
                    .await
                    .map_err(|e| fault(&e))?;
                Ok(output::print(told("It restores", &tried).as_bytes()))
            })
        };
        done().unwrap_or_else(|ending| ending)
    }
}

fn told(what: &str, restored: &Restored) -> String {
    let manifest = &restored.manifest;
    let rows: u64 = manifest.rows.values().sum();
    format!(
        "{what}: the network as it was at {}, {rows} rows in {} tables, the audit log whole with {} entries.\nHead: {}\n",
        manifest.at,
        manifest.rows.len(),
        manifest.head.size,
        manifest.head
    )
}

fn beside(
    data: &Path,
    act: impl AsyncFnOnce(&Network) -> Result<Ending, Ending>,
) -> Result<Ending, Ending> {
    super::audit::beside(Some(data.to_owned()), act)
}

fn fault(error: &network::Error) -> Ending {
    Ending::wrong(
        "backup",
        error.to_string(),
        "Nothing else was changed. Look at what it says, then try again.",
    )
}

fn read(file: &Path) -> Result<String, Ending> {
    fs::read_to_string(file).map_err(|e| {
        Ending::wrong(
            "no-key-file",
            format!("{} could not be read: {e}.", file.display()),
            "Check the path.",
        )
    })
}

/// What closes a backup, from settings.
pub fn closing(recipients: &[String], passphrase: Option<&Path>) -> Result<Closing, Ending> {
    let closing = match passphrase {
        Some(file) => Closing::passphrase(&read(file)?),
        None if recipients.is_empty() => {
            return Err(Ending::wrong(
                "no-key",
                "A backup holds everything, so it is always encrypted, and nobody said for whom.",
                "Make a key with: difference backup --new-key backup.key, then name the public key with --recipient.",
            ));
        }
        None => Closing::to(recipients),
    };
    closing.map_err(|e| fault(&e))
}

/// What opens a backup, from settings.
pub fn opening(key: Option<&Path>, passphrase: Option<&Path>) -> Result<Opening, Ending> {
    match (key, passphrase) {
        (Some(file), _) => Opening::keys(&read(file)?).map_err(|e| fault(&e)),
        (None, Some(file)) => Ok(Opening::passphrase(&read(file)?)),
        (None, None) => Err(Ending::wrong(
            "no-key",
            "The backup is encrypted, and nobody said with what to open it.",
            "Name the file with the secret key (--key FILE) or with the passphrase (--passphrase FILE).",
        )),
    }
}

fn key_made(path: &Path) -> Result<Ending, Ending> {
    let (secret, public) = backups::new_key();
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        file.write_all(secret.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|e| {
        Ending::wrong(
            "no-key-file",
            format!("The key could not be written to {}: {e}.", path.display()),
            "Name a file that is not there yet.",
        )
    })?;
    output::note(&format!(
        "The secret key is in {}. Copy it off this machine and keep it safe: without it no backup can be opened.",
        path.display()
    ));
    Ok(output::print(format!("{public}\n").as_bytes()))
}
