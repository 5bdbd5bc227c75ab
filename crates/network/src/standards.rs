//! How the network is kept, as its own records say: when it was last backed up, whether a backup was
//! tried, who is signed in, how long its log is.
//!
//! Who may call this: the page of whoever may read the log. What must stay true: nothing here is
//! typed by anybody.

use jiff::Timestamp;
use sea_orm::prelude::*;

use crate::actor::Actor;
use crate::backups;
use crate::clock;
use crate::error::Result;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::log;
use crate::log::tree::Head;
use crate::people::store::{person, session};

/// How the network is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// When a backup was last made.
    pub backup: Option<Timestamp>,
    /// When a backup was last tried, and whether it restored.
    pub drill: Option<(Timestamp, bool)>,
    /// People with an account.
    pub people: u64,
    /// Devices that are signed in.
    pub sessions: u64,
    /// The audit log's head.
    pub head: Head,
}

/// How the network is kept.
///
/// # Errors
/// When the policy says no, or the database can't be read.
pub async fn standing(network: &Network, actor: &Actor) -> Result<Standing> {
    policy::ask(actor, Action::ReadAudit, Scope::network())?;
    let last = backups::last(network).await?;
    let now = network.now();
    let idle = now - network.settings().idle;
    let sessions = session::Entity::find()
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(clock::stored(now)))
        .filter(session::Column::SeenAt.gt(clock::stored(idle)))
        .count(network.read())
        .await?;
    Ok(Standing {
        backup: last.backup,
        drill: last.drill,
        people: person::Entity::find().count(network.read()).await?,
        sessions,
        head: log::head(network.read()).await?,
    })
}
