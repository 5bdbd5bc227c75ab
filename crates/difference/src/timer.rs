//! What `serve` does by itself: lists of pupils are forgotten on their last day, past roles are written down,
//! backups are made and tried.
//!
//! What must stay true: what is due is read from the network's own records, so that a restart neither
//! skips nor repeats it; what fails is logged in words and tried again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use network::backups::{self, Closing, Opening};
use network::{Actor, Network};

use crate::command::backup;
use crate::ending::Ending;
use crate::settings::Backups;

const HOUR: Duration = Duration::from_secs(60 * 60);
/// How often a backup is tried.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// When it is tried again after one that did not restore.
const AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(5 * 60);

/// Backups as the settings ask for them, with their keys read.
pub struct Kept {
    settings: Backups,
    closing: Closing,
    /// None where the server is not given the key: then whoever has it tries them.
    opening: Option<Opening>,
}

impl Kept {
    /// Reads the keys.
    ///
    /// # Errors
    /// When one can't be read: a server that could make no backup does not start.
    pub fn read(settings: Backups) -> Result<Self, Ending> {
        let closing = backup::closing(&settings.recipients, settings.passphrase.as_deref())?;
        let opening = match (&settings.key, &settings.passphrase) {
            (None, None) => None,
            (key, passphrase) => Some(backup::opening(key.as_deref(), passphrase.as_deref())?),
        };
        Ok(Self {
            settings,
            closing,
            opening,
        })
    }
}

/// At the start and once an hour, lists of pupils are forgotten whose last day has come, and it is written
/// down which roles have ended by themselves.
pub async fn keep_to_the_calendar(network: Network) {
    let mut hour = tokio::time::interval(HOUR);
    loop {
        hour.tick().await;
        match network::trials::forget_lists(&network, &Actor::operator()).await {
            Ok(0) => {}
            Ok(lists) => tracing::info!(lists, "forgot lists of pupils on their last day"),
            Err(fault) => tracing::error!(%fault, "lists of pupils could not be forgotten"),
        }
        match network::people::end_past_roles(&network, &Actor::operator()).await {
            Ok(0) => {}
            Ok(roles) => tracing::info!(roles, "roles ended on their last day"),
            Err(fault) => tracing::error!(%fault, "the end of roles could not be written down"),
        }
    }
}

/// Makes a backup when one is due, and tries the newest once a week. After a failure it waits an hour.
pub async fn keep_backups(network: Network, kept: Kept) {
    let mut wait = LOOK;
    loop {
        wait = match once(&network, &kept).await {
            Ok(()) => LOOK,
            Err(fault) => {
                tracing::error!(%fault, "a backup could not be made or does not restore");
                HOUR.max(wait)
            }
        };
        tokio::time::sleep(wait).await;
    }
}

async fn once(network: &Network, kept: &Kept) -> network::Result<()> {
    if !network::places::is_founded(network).await? {
        return Ok(());
    }
    backups::tidy(network)?;
    let (operator, folder) = (Actor::operator(), &kept.settings.folder);
    let last = backups::last(network).await?;
    if is_due(last.backup, kept.settings.every, network.now()) {
        let made = backups::make(network, &operator, folder, &kept.closing).await?;
        tracing::info!(file = %made.file.display(), "made a backup");
        backups::thin_out(folder, kept.settings.keep)?;
    }
    if let Some(opening) = &kept.opening
        && last.drill.is_none_or(|(at, restored)| {
            let wait = if restored { WEEK } else { AGAIN };
            is_due(Some(at), wait, network.now())
        })
        && let Some(newest) = backups::newest(folder)?
    {
        backups::drill(network, &operator, &newest, opening).await?;
        tracing::info!(file = %newest.display(), "tried a backup, which restores");
    }
    Ok(())
}

fn is_due(last: Option<Timestamp>, every: SignedDuration, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= every)
}
