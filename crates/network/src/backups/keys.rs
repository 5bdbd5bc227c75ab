//! With what a backup is closed and opened: age keys (X25519), or one passphrase.
//!
//! Who may call this: the binary reads keys from files and hands them over. What must stay true: a
//! secret is in memory as long as it is needed, never in a log, a message or the database.

use std::iter;

use age::secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, Result};

/// What closes a backup.
#[derive(Clone)]
pub enum Closing {
    /// Whoever has one of these keys can open it; the server can't.
    Recipients(Vec<age::x25519::Recipient>),
    /// Whoever knows it can open it.
    Passphrase(SecretString),
}

/// What opens a backup.
#[derive(Clone)]
pub enum Opening {
    /// The secret keys.
    Keys(Vec<age::x25519::Identity>),
    /// The passphrase.
    Passphrase(SecretString),
}

impl Closing {
    /// For the public keys, as `difference backup --new-key` or `age-keygen` prints them.
    ///
    /// # Errors
    /// When one is none, or there is none.
    pub fn to(recipients: &[String]) -> Result<Self> {
        if recipients.is_empty() {
            return Err(Error::invalid(
                "recipient",
                "A backup is closed with a key, so name one.",
            ));
        }
        let read = recipients.iter().map(|text| {
            text.trim().parse().map_err(|_| {
                Error::invalid(
                    "recipient",
                    format!("{text} is no age key. A public key begins with age1."),
                )
            })
        });
        read.collect::<Result<_>>().map(Self::Recipients)
    }

    /// For a passphrase.
    ///
    /// # Errors
    /// When it is short enough to be guessed from a stolen file.
    pub fn passphrase(words: &str) -> Result<Self> {
        let words = words.trim();
        if words.chars().count() < 16 {
            return Err(Error::invalid(
                "passphrase",
                "The passphrase is too short. Take five words or more, 16 letters at least.",
            ));
        }
        Ok(Self::Passphrase(SecretString::from(words.to_owned())))
    }

    pub(super) fn encryptor(&self) -> Result<age::Encryptor> {
        match self {
            Self::Recipients(all) => {
                age::Encryptor::with_recipients(all.iter().map(|one| one as &dyn age::Recipient))
                    .map_err(|e| Error::Unexpected(format!("a backup could not be closed: {e}")))
            }
            Self::Passphrase(words) => Ok(age::Encryptor::with_user_passphrase(words.clone())),
        }
    }
}

impl Opening {
    /// From a file of secret keys: lines that begin with `AGE-SECRET-KEY-1`, and comments.
    ///
    /// # Errors
    /// When a line is no key, or there is none.
    pub fn keys(text: &str) -> Result<Self> {
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Vec<age::x25519::Identity> = lines
            .map(|line| {
                line.parse().map_err(|_| {
                    Error::invalid(
                        "key",
                        "A line of the key file is no age key. A secret key begins with AGE-SECRET-KEY-1.",
                    )
                })
            })
            .collect::<Result<_>>()?;
        if keys.is_empty() {
            return Err(Error::invalid("key", "There is no key in the key file."));
        }
        Ok(Self::Keys(keys))
    }

    /// With a passphrase.
    #[must_use]
    pub fn passphrase(words: &str) -> Self {
        Self::Passphrase(SecretString::from(words.trim().to_owned()))
    }

    pub(super) fn open<R: std::io::Read>(&self, file: R) -> Result<age::stream::StreamReader<R>> {
        let decryptor = age::Decryptor::new(file).map_err(|_| {
            Error::invalid(
                "file",
                "This file is no backup of ours: it is not encrypted with age.",
            )
        })?;
        let opened = match self {
            Self::Keys(keys) => decryptor.decrypt(keys.iter().map(|key| key as &dyn age::Identity)),
            Self::Passphrase(words) => {
                let identity = age::scrypt::Identity::new(words.clone());
                decryptor.decrypt(iter::once(&identity as &dyn age::Identity))
            }
        };
        opened.map_err(|_| {
            Error::invalid(
                "key",
                "This key or passphrase does not open the backup. Take the one that it was closed with.",
            )
        })
    }
}

/// A new key: the file that opens (a secret, with a comment) and the public key that closes.
#[must_use]
pub fn new_key() -> (String, String) {
    let identity = age::x25519::Identity::generate();
    let public = identity.to_public().to_string();
    let secret = identity.to_string();
    let file = format!(
        "# Opens backups of Difference Engine. Keep it away from the server, and keep it safe: without it they are lost.\n# public key: {public}\n{}\n",
        secret.expose_secret()
    );
    (file, public)
}
