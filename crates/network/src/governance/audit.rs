//! The audit log: who did what, on what, why, with what it was before and after, each entry's hash
//! covering the one before it.
//!
//! Who may call this: the door appends; pages and `verify` read. What must stay true: an entry is
//! never changed or taken away (the database refuses it too); whoever changes one behind the
//! product's back is found by [`verify`].

use jiff::Timestamp;
use sea_orm::prelude::*;
use sea_orm::{DatabaseTransaction, QueryOrder, QuerySelect, Set};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::actor::Actor;
use crate::clock;
use crate::error::{Error, Result};
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::{EntryId, PersonId, PlaceId};
use crate::secrets::hexadecimal;
use crate::thing::Thing;

/// The hash that the first entry follows.
const FIRST: &str = "";

pub(crate) mod entry {
    use sea_orm::prelude::*;

    use crate::ids::{EntryId, PersonId, PlaceId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EntryId,
        pub number: i64,
        pub at: i64,
        pub person_id: Option<PersonId>,
        pub through: String,
        pub action: String,
        pub what: String,
        pub on_kind: String,
        pub on_id: String,
        pub place_id: Option<PlaceId>,
        pub why: Option<String>,
        pub before: Option<String>,
        pub after: Option<String>,
        pub previous: String,
        pub hash: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a change says of itself when it commits.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) what: String,
    pub(crate) on: Thing,
    pub(crate) why: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl Entry {
    /// What was done, such as "locked the plan", on what.
    pub(crate) fn new(what: &str, on: Thing) -> Self {
        Self {
            what: what.to_owned(),
            on,
            why: None,
            before: None,
            after: None,
        }
    }
    /// Why, in the person's own words.
    pub(crate) fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }
    /// The thing as it was.
    pub(crate) fn before(mut self, thing: &impl Serialize) -> Result<Self> {
        self.before = Some(hash_of(thing)?);
        Ok(self)
    }
    /// The thing as it is now.
    pub(crate) fn after(mut self, thing: &impl Serialize) -> Result<Self> {
        self.after = Some(hash_of(thing)?);
        Ok(self)
    }
}

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
    /// The hash of the entry before this one.
    pub previous: String,
    /// SHA-256 of all the above.
    pub hash: String,
}

/// SHA-256, in hexadecimal, of a thing's canonical JSON (RFC 8785).
pub(crate) fn hash_of(thing: &impl Serialize) -> Result<String> {
    let canonical = serde_json_canonicalizer::to_vec(thing)
        .map_err(|e| Error::Unexpected(format!("a record has no canonical form: {e}")))?;
    Ok(hexadecimal(&Sha256::digest(canonical)))
}

fn hash_of_row(row: &entry::Model) -> Result<String> {
    hash_of(&serde_json::json!({
        "id": row.id, "number": row.number.to_string(), "at": row.at.to_string(),
        "person": row.person_id, "through": row.through, "action": row.action, "what": row.what,
        "on_kind": row.on_kind, "on_id": row.on_id, "place": row.place_id, "why": row.why,
        "before": row.before, "after": row.after, "previous": row.previous,
    }))
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
    let (number, previous) =
        last.map_or_else(|| (1, FIRST.to_owned()), |row| (row.number + 1, row.hash));
    let mut row = entry::Model {
        id: EntryId::new(at, network.randomness()),
        number,
        at: clock::stored(at),
        person_id: actor.person_id(),
        through: actor.through.name().to_owned(),
        action: format!("{action:?}"),
        what: said.what,
        on_kind: said.on.kind,
        on_id: said.on.id,
        place_id: scope.place,
        why: said.why,
        before: said.before,
        after: said.after,
        previous,
        hash: String::new(),
    };
    row.hash = hash_of_row(&row)?;
    entry::Entity::insert(entry::ActiveModel {
        id: Set(row.id),
        number: Set(row.number),
        at: Set(row.at),
        person_id: Set(row.person_id),
        through: Set(row.through),
        action: Set(row.action),
        what: Set(row.what),
        on_kind: Set(row.on_kind),
        on_id: Set(row.on_id),
        place_id: Set(row.place_id),
        why: Set(row.why),
        before: Set(row.before),
        after: Set(row.after),
        previous: Set(row.previous),
        hash: Set(row.hash),
    })
    .exec_without_returning(transaction)
    .await?;
    Ok(())
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
        previous: row.previous,
        hash: row.hash,
    }
}

/// The newest entries about a place, or about the whole network without one.
///
/// # Errors
/// When the policy says no, or the database can't be read.
pub async fn entries(
    network: &Network,
    actor: &Actor,
    place: Option<PlaceId>,
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
    let rows = find
        .order_by_desc(entry::Column::Number)
        .limit(at_most)
        .all(network.read())
        .await?;
    Ok(rows.into_iter().map(recorded).collect())
}

/// What checking the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries read.
    pub entries: u64,
    /// The last entry's hash: write it down elsewhere, and nobody can cut the log's end unseen.
    pub head: String,
    /// The number of the first entry that is not as it was written; none when all are.
    pub broken_at: Option<i64>,
}

/// Reads the whole chain again and says whether every entry is as it was written.
///
/// # Errors
/// When the database can't be read.
pub async fn verify(network: &Network) -> Result<Verified> {
    const PAGE: u64 = 1_000;
    let mut head = FIRST.to_owned();
    let mut expected = 1_i64;
    let mut entries = 0;
    loop {
        let rows = entry::Entity::find()
            .filter(entry::Column::Number.gte(expected))
            .order_by_asc(entry::Column::Number)
            .limit(PAGE)
            .all(network.read())
            .await?;
        if rows.is_empty() {
            return Ok(Verified {
                entries,
                head,
                broken_at: None,
            });
        }
        for row in rows {
            let sound =
                row.number == expected && row.previous == head && hash_of_row(&row)? == row.hash;
            if !sound {
                return Ok(Verified {
                    entries,
                    head,
                    broken_at: Some(expected),
                });
            }
            entries += 1;
            expected += 1;
            head = row.hash;
        }
    }
}
