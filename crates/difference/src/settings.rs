//! Every setting, from `difference.toml`, then `DIFFERENCE_…` variables, then flags: the later wins.
//!
//! What must stay true: a key or variable that nobody knows is an error, because a mistyped setting
//! that is silently ignored is worse than none; no setting is read anywhere else.

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use serde::Deserialize;

use crate::ending::Ending;

/// What all variables start with.
const PREFIX: &str = "DIFFERENCE_";

/// What may stand in `difference.toml`; all of it may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Given {
    /// The data folder.
    pub data: Option<PathBuf>,
    /// The PostgreSQL database that keeps it instead of a file in the folder.
    pub database: Option<String>,
    /// Address and port to listen on.
    pub listen: Option<SocketAddr>,
    /// The address that people type.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Option<Vec<IpAddr>>,
    /// What is logged, such as `info` or `difference_web=debug`.
    pub log: Option<String>,
    /// Where backups go; none: none are made.
    pub backup_folder: Option<PathBuf>,
    /// Hours from one backup to the next.
    pub backup_every_hours: Option<u32>,
    /// How many backups are kept.
    pub backup_keep: Option<u32>,
    /// Public keys that backups are encrypted for.
    pub backup_recipients: Option<Vec<String>>,
    /// A file with a passphrase that they are encrypted with, instead of keys.
    pub backup_passphrase: Option<PathBuf>,
    /// The file with the secret key, so that the server can try its backups.
    pub backup_key: Option<PathBuf>,
}

/// Backups as they are asked for.
#[derive(Clone, Debug)]
pub struct Backups {
    /// Where they go.
    pub folder: PathBuf,
    /// From one to the next.
    pub every: SignedDuration,
    /// How many are kept.
    pub keep: usize,
    /// Public keys that they are encrypted for.
    pub recipients: Vec<String>,
    /// A file with a passphrase, instead of keys.
    pub passphrase: Option<PathBuf>,
    /// The file with the secret key.
    pub key: Option<PathBuf>,
}

/// The settings that hold.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data folder.
    pub data: PathBuf,
    /// The PostgreSQL database that keeps it instead of a file in the folder. May hold a password.
    pub database: Option<String>,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The address that people type, without a slash at the end; none: `http://localhost:PORT`.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// What is logged.
    pub log: String,
    /// Backups; none where nobody said where they go.
    pub backups: Option<Backups>,
}

impl Settings {
    /// What opens the network that they name: in the data folder, or on a database server.
    pub fn network(&self) -> network::Settings {
        let mut kept = network::Settings::new(&self.data);
        kept.database.clone_from(&self.database);
        kept
    }

    /// File, then variables, then flags.
    ///
    /// # Errors
    /// When a key is unknown, a value can't be read, or plain http would leave this machine.
    pub fn gather(
        config: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
        flags: Given,
        folder: &str,
    ) -> Result<Self, Ending> {
        let mut variables = ours(variables);
        let config = config
            .map(Path::to_path_buf)
            .or(variables.remove("CONFIG").map(PathBuf::from));
        let file = config.map_or_else(|| Ok(Given::default()), |path| read(&path))?;
        let environment = from_variables(&variables)?;
        let given = flags.or(environment).or(file);
        let listen = given
            .listen
            .unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)));
        let public_url = given.public_url.map(|url| checked_url(&url)).transpose()?;
        let https = public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"));
        if !listen.ip().is_loopback() && !https {
            return Err(Ending::wrong(
                "plain-http-beyond-this-machine",
                format!(
                    "Listening on {listen} without https would send passwords over the network in the clear."
                ),
                "Put a proxy with a certificate in front and say its address with --public-url https://…, or listen on 127.0.0.1.",
            ));
        }
        let data = match given.data {
            Some(data) => data,
            None => usual_data_folder(folder).ok_or_else(|| {
                Ending::wrong(
                    "no-data-folder",
                    "There is no home folder to keep the data in.",
                    "Say where with --data DIR.",
                )
            })?,
        };
        let database = given.database.map(checked_database).transpose()?;
        Ok(Self {
            data,
            database,
            listen,
            public_url,
            trusted_proxies: given.trusted_proxies.unwrap_or_default(),
            log: given.log.unwrap_or_else(|| "warn".to_owned()),
            backups: given.backup_folder.map(|folder| Backups {
                folder,
                every: SignedDuration::from_hours(i64::from(
                    given.backup_every_hours.unwrap_or(24).max(1),
                )),
                keep: usize::try_from(given.backup_keep.unwrap_or(14)).unwrap_or(usize::MAX),
                recipients: given.backup_recipients.unwrap_or_default(),
                passphrase: given.backup_passphrase,
                key: given.backup_key,
            }),
        })
    }
}

impl Given {
    /// What this leaves out is taken from the other.
    fn or(self, other: Self) -> Self {
        Self {
            data: self.data.or(other.data),
            database: self.database.or(other.database),
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            log: self.log.or(other.log),
            backup_folder: self.backup_folder.or(other.backup_folder),
            backup_every_hours: self.backup_every_hours.or(other.backup_every_hours),
            backup_keep: self.backup_keep.or(other.backup_keep),
            backup_recipients: self.backup_recipients.or(other.backup_recipients),
            backup_passphrase: self.backup_passphrase.or(other.backup_passphrase),
            backup_key: self.backup_key.or(other.backup_key),
        }
    }
}

/// `$XDG_DATA_HOME`, or `.local/share` in the home folder.
fn usual_data_folder(folder: &str) -> Option<PathBuf> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    let shared =
        absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")))?;
    Some(shared.join(folder))
}

fn read(path: &Path) -> Result<Given, Ending> {
    let text = fs::read_to_string(path).map_err(|e| {
        Ending::wrong(
            "no-settings-file",
            format!(
                "The settings file {} could not be read: {e}.",
                path.display()
            ),
            "Check the path after --config.",
        )
    })?;
    toml::from_str(&text).map_err(|e| {
        Ending::wrong(
            "settings-file",
            format!(
                "The settings file {} has a mistake: {}.",
                path.display(),
                e.message()
            ),
            "Known keys: data, database, listen, public-url, trusted-proxies, log, backup-folder, backup-every-hours, backup-keep, backup-recipients, backup-passphrase, backup-key.",
        )
    })
}

/// Our variables, without the prefix.
fn ours(variables: impl Iterator<Item = (String, String)>) -> BTreeMap<String, String> {
    variables
        .filter_map(|(k, v)| Some((k.strip_prefix(PREFIX)?.to_owned(), v)))
        .collect()
}

fn from_variables(variables: &BTreeMap<String, String>) -> Result<Given, Ending> {
    let mut given = Given::default();
    for (name, value) in variables {
        let unreadable = |like: &str| {
            Ending::wrong(
                "setting",
                format!("{PREFIX}{name}={value} can’t be read."),
                format!("Write it like {PREFIX}{name}={like}."),
            )
        };
        match name.as_str() {
            "DATA" => given.data = Some(PathBuf::from(value)),
            "DATABASE" => given.database = Some(value.clone()),
            "LISTEN" => {
                given.listen = Some(value.parse().map_err(|_| unreadable("127.0.0.1:8080"))?)
            }
            "PUBLIC_URL" => given.public_url = Some(value.clone()),
            "TRUSTED_PROXIES" => {
                let all = value
                    .split(',')
                    .map(|a| a.trim().parse())
                    .collect::<Result<_, _>>();
                given.trusted_proxies = Some(all.map_err(|_| unreadable("127.0.0.1,10.0.0.7"))?);
            }
            "LOG" => given.log = Some(value.clone()),
            "BACKUP_FOLDER" => given.backup_folder = Some(PathBuf::from(value)),
            "BACKUP_EVERY_HOURS" => {
                given.backup_every_hours = Some(value.parse().map_err(|_| unreadable("24"))?);
            }
            "BACKUP_KEEP" => {
                given.backup_keep = Some(value.parse().map_err(|_| unreadable("14"))?);
            }
            "BACKUP_RECIPIENTS" => {
                let all = value.split(',').map(|key| key.trim().to_owned()).collect();
                given.backup_recipients = Some(all);
            }
            "BACKUP_PASSPHRASE" => given.backup_passphrase = Some(PathBuf::from(value)),
            "BACKUP_KEY" => given.backup_key = Some(PathBuf::from(value)),
            _ => {
                return Err(Ending::wrong(
                    "unknown-setting",
                    format!("There is no setting {PREFIX}{name}."),
                    "Known variables: DIFFERENCE_CONFIG, DIFFERENCE_DATA, DIFFERENCE_DATABASE, DIFFERENCE_LISTEN, DIFFERENCE_PUBLIC_URL, DIFFERENCE_TRUSTED_PROXIES, DIFFERENCE_LOG, DIFFERENCE_BACKUP_FOLDER, DIFFERENCE_BACKUP_EVERY_HOURS, DIFFERENCE_BACKUP_KEEP, DIFFERENCE_BACKUP_RECIPIENTS, DIFFERENCE_BACKUP_PASSPHRASE, DIFFERENCE_BACKUP_KEY.",
                ));
            }
        }
    }
    Ok(given)
}

/// A database's address. What is wrong with it is said without it, because it may hold a password.
fn checked_database(url: String) -> Result<String, Ending> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(url)
    } else {
        Err(Ending::wrong(
            "database",
            "The address after --database is not one of a PostgreSQL database.",
            "Write it like postgres://difference@localhost/difference, or leave it out to keep everything in the data folder.",
        ))
    }
}

/// An address with a scheme and a host, and nothing after it.
fn checked_url(url: &str) -> Result<String, Ending> {
    let url = url.trim_end_matches('/');
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => {
            Ok(url.to_owned())
        }
        _ => Err(Ending::wrong(
            "public-url",
            format!("{url} is not an address that people can type."),
            "Write it like --public-url https://difference.example.org, with nothing after the name.",
        )),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn gather(variables: &[(&str, &str)], flags: Given) -> Result<Settings, Ending> {
        let variables = variables
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Settings::gather(None, variables, flags, "difference")
    }

    #[test]
    fn a_flag_wins_over_a_variable() {
        let flags = Given {
            listen: Some("127.0.0.1:9".parse().unwrap()),
            data: Some("/flag".into()),
            ..Given::default()
        };
        let settings = gather(
            &[
                ("DIFFERENCE_LISTEN", "127.0.0.1:7"),
                ("DIFFERENCE_DATA", "/variable"),
            ],
            flags,
        )
        .unwrap();
        assert_eq!(settings.listen.port(), 9);
        assert_eq!(settings.data, PathBuf::from("/flag"));
    }

    #[test]
    fn a_mistyped_setting_is_an_error_wherever_it_stands() {
        assert!(gather(&[("DIFFERENCE_LISTTEN", "127.0.0.1:7")], Given::default()).is_err());
        assert!(toml::from_str::<Given>("listen = \"127.0.0.1:7\"\nport = 8080\n").is_err());
        assert!(toml::from_str::<Given>("public-url = \"https://a.example\"\n").is_ok());
    }

    #[test]
    fn a_mistyped_database_is_refused_without_showing_its_password() {
        let variables = [("DIFFERENCE_DATABASE", "mysql://city:secret@localhost/city")];
        let refused = gather(&variables, Given::default()).unwrap_err();
        assert!(!format!("{refused:?}").contains("secret"), "{refused:?}");
        let variables = [("DIFFERENCE_DATABASE", "postgres://localhost/city")];
        let settings = gather(&variables, Given::default()).unwrap();
        assert_eq!(
            settings.database.as_deref(),
            Some("postgres://localhost/city")
        );
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        let beyond = |url: Option<&str>| {
            let flags = Given {
                listen: Some("0.0.0.0:8080".parse().unwrap()),
                public_url: url.map(str::to_owned),
                data: Some("/d".into()),
                ..Given::default()
            };
            gather(&[], flags)
        };
        assert!(beyond(None).is_err());
        assert!(beyond(Some("http://school.example")).is_err());
        assert!(beyond(Some("https://school.example/")).is_ok());
        assert!(beyond(Some("https://school.example/app")).is_err());
    }
}
