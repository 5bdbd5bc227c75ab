//! The audit log: who did what, on what, why, with what it was before and after. Each entry names the
//! head of the tree of all entries before it, and each entry is a leaf of a Merkle tree (`log::tree`).
//!
//! Who may call this: the door appends; pages, `audit verify` and `audit prove` read. What must stay
//! true: an entry is never changed or taken away (the database refuses it too); whoever changes one
//! behind the product's back is found by [`verify`]; a proof that a stranger is given tells nothing
//! of who acted or why (`log::leaf` seals it).

mod proof;
mod verify;

use jiff::Timestamp;
use sea_orm::prelude::*;
use sea_orm::{DatabaseTransaction, QueryOrder, QuerySelect};
use serde::Serialize;

use crate::actor::Actor;
use crate::clock;
use crate::error::Result;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::{EntryId, PersonId, PlaceId};
use crate::log::{self, entry};
use crate::thing::Thing;

pub use crate::log::Entry;
pub use crate::log::leaf::Leaf;
pub use crate::log::tree::Head;
pub(crate) use proof::inclusion;
pub use proof::{Consistency, Inclusion, consistency};
pub(crate) use verify::vouched_for;
pub use verify::{Broken, Verified, verify};

/// An entry as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// Its id.
    pub id: EntryId,
    /// Its number in the chain, from 1.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who; none for the public and for whoever runs the server.
    pub person: Option<PersonId>,
    /// By what way: `session`, `token`, `public`, `operator`.
    pub through: String,
    /// Which row of the policy allowed it.
    pub action: String,
    /// What was done.
    pub what: String,
    /// On what.
    pub on: Thing,
    /// At which place.
    pub place: Option<PlaceId>,
    /// Why, in the person's own words.
    pub why: Option<String>,
    /// SHA-256 of the thing before.
    pub before: Option<String>,
    /// SHA-256 of the thing after.
    pub after: Option<String>,
    /// The SHA-256 of what anybody may hold against the entry, such as a locked plan.
    pub vouches: Option<String>,
    /// The head of the tree of all entries before this one.
    pub previous: String,
    /// The entry's own hash, a leaf of the tree.
    pub hash: String,
    /// The head of the tree with this entry.
    pub head: String,
    /// Whether who and why were taken out of it, because the person asked to be forgotten.
    pub erased: bool,
}

/// Appends an entry inside the change's own transaction.
pub(crate) async fn append(
    network: &Network,
    transaction: &DatabaseTransaction,
    actor: &Actor,
    action: Action,
    scope: Scope,
    at: Timestamp,
    said: Entry,
) -> Result<()> {
    let last = entry::Entity::find()
        .order_by_desc(entry::Column::Number)
        .one(transaction)
        .await?;
    let new = log::NewEntry {
        id: EntryId::new(at, network.randomness()),
        at: clock::stored(at),
        person: actor.person_id(),
        through: actor.through.name().to_owned(),
        action: format!("{action:?}"),
        place: scope.place,
        salt: log::leaf::salt(network.randomness()),
        said,
    };
    log::put(transaction, last.map(|row| row.number), new).await
}

fn recorded(row: entry::Model) -> Recorded {
    Recorded {
        id: row.id,
        number: row.number,
        at: clock::read(row.at),
        person: row.person_id,
        through: row.through,
        action: row.action,
        what: row.what,
        on: Thing {
            kind: row.on_kind,
            id: row.on_id,
        },
        place: row.place_id,
        why: row.why,
        before: row.before,
        after: row.after,
        vouches: row.vouches,
        previous: row.previous,
        hash: row.hash,
        head: row.head,
        erased: row.salt.is_none(),
    }
}

/// The newest entries about a place, or about the whole network without one, older than the entry
/// numbered `before` when it is given.
///
/// # Errors
/// When the policy says no, or the database can't be read.
pub async fn entries(
    network: &Network,
    actor: &Actor,
    place: Option<PlaceId>,
    before: Option<i64>,
    at_most: u64,
) -> Result<Vec<Recorded>> {
    policy::ask(
        actor,
        Action::ReadAudit,
        place.map_or_else(Scope::network, Scope::place),
    )?;
    let mut find = entry::Entity::find();
    if let Some(place) = place {
        find = find.filter(entry::Column::PlaceId.eq(place));
    }
    if let Some(before) = before {
        find = find.filter(entry::Column::Number.lt(before));
    }
    let rows = find
        .order_by_desc(entry::Column::Number)
        .limit(at_most)
        .all(network.read())
        .await?;
    Ok(rows.into_iter().map(recorded).collect())
}

/// The head of the whole log, as it is now. Anybody may know it: it tells nothing of any entry, and
/// the more people write it down, the better the log is kept.
///
/// # Errors
/// When the database can't be read.
pub async fn head(network: &Network) -> Result<Head> {
    log::head(network.read()).await
}
