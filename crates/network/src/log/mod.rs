//! The audit log as it is kept: entries that are the leaves of a Merkle tree, and the tree's nodes.
//!
//! Who may call this: `governance::audit`, which asks the policy, and the schema's step that took the
//! first log over. What must stay true: an entry is put after the last one and never changed.

pub(crate) mod leaf;
pub(crate) mod tree;

use sea_orm::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, Set};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::secrets::hexadecimal;
use crate::thing::Thing;

pub(crate) use leaf::NewEntry;

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
        pub vouches: Option<String>,
        pub salt: Option<String>,
        pub sealed: String,
        pub previous: String,
        pub hash: String,
        pub head: String,
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
    pub(crate) vouches: Option<String>,
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
            vouches: None,
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
    /// The SHA-256 of something that anybody may hold against the entry, such as a locked plan.
    pub(crate) fn vouches(mut self, hash: impl Into<String>) -> Self {
        self.vouches = Some(hash.into());
        self
    }
}

/// SHA-256, in hexadecimal, of a thing's canonical JSON (RFC 8785).
pub(crate) fn hash_of(thing: &impl Serialize) -> Result<String> {
    let canonical = serde_json_canonicalizer::to_vec(thing)
        .map_err(|e| Error::Unexpected(format!("a record has no canonical form: {e}")))?;
    Ok(hexadecimal(&Sha256::digest(canonical)))
}

/// Puts an entry after the last one, whose number is given.
pub(crate) async fn put(on: &impl ConnectionTrait, last: Option<i64>, new: NewEntry) -> Result<()> {
    let before = u64::try_from(last.unwrap_or(0)).unwrap_or(0);
    let mut edge = tree::edge(on, before).await?;
    let mut row = leaf::seal(new, before, edge.head().hash)?;
    let hash = leaf::hash_of_row(&row)?;
    let made = edge.push(hash);
    row.hash = hexadecimal(&hash);
    row.head = edge.head().hash;
    tree::keep(on, &made).await?;
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
        vouches: Set(row.vouches),
        salt: Set(row.salt),
        sealed: Set(row.sealed),
        previous: Set(row.previous),
        hash: Set(row.hash),
        head: Set(row.head),
    })
    .exec_without_returning(on)
    .await?;
    Ok(())
}

/// How many entries there are.
pub(crate) async fn size(on: &impl ConnectionTrait) -> Result<u64> {
    let last = entry::Entity::find()
        .order_by_desc(entry::Column::Number)
        .one(on)
        .await?;
    Ok(last.map_or(0, |row| u64::try_from(row.number).unwrap_or(0)))
}

/// The head of the whole log.
pub(crate) async fn head(on: &impl ConnectionTrait) -> Result<tree::Head> {
    Ok(tree::edge(on, size(on).await?).await?.head())
}
