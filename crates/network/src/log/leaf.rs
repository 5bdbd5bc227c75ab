//! What an entry is as a leaf of the tree: what a stranger may read of it, with the rest sealed.
//!
//! Who may call this: the log, its proofs and checks, and the schema's step that took the first log over. What
//! must stay true: the form named `difference.entry/1` never changes, because proofs of it are in
//! other people's hands; what is sealed can't be guessed, because each seal has 128 random bits of its
//! own; with the salt gone, nobody can tell any more what was sealed.

use serde::{Deserialize, Serialize};

use super::{Entry, entry, hash_of, tree};
use crate::clock;
use crate::error::{Error, Result};
use crate::ids::{EntryId, PersonId, PlaceId};
use crate::randomness::Randomness;
use crate::secrets::hexadecimal;
use crate::thing::Thing;

/// The form's name.
pub(crate) const SCHEMA: &str = "difference.entry/1";

/// An entry as a stranger may read it. Its canonical JSON (RFC 8785) is the leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// `difference.entry/1`.
    pub schema: String,
    /// Its number, from 1.
    pub number: u64,
    /// When, in UTC.
    pub at: String,
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
    /// The SHA-256 of what anybody may hold against it, such as a locked plan.
    pub vouches: Option<String>,
    /// The SHA-256 over who did it, why, and what it was before and after, with a salt.
    pub sealed: String,
    /// The head of the tree of all entries before it.
    pub previous: String,
}

impl Leaf {
    /// The bytes that are hashed.
    ///
    /// # Errors
    /// When it has no canonical form, which no entry lacks.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>> {
        serde_json_canonicalizer::to_vec(self)
            .map_err(|e| Error::Unexpected(format!("an entry has no canonical form: {e}")))
    }

    pub(crate) fn of(row: &entry::Model) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            number: u64::try_from(row.number).unwrap_or(0),
            at: clock::read(row.at).to_string(),
            through: row.through.clone(),
            action: row.action.clone(),
            what: row.what.clone(),
            on: Thing {
                kind: row.on_kind.clone(),
                id: row.on_id.clone(),
            },
            place: row.place_id,
            vouches: row.vouches.clone(),
            sealed: row.sealed.clone(),
            previous: row.previous.clone(),
        }
    }
}

/// The leaf's hash of a row.
pub(crate) fn hash_of_row(row: &entry::Model) -> Result<tree::Hash> {
    Ok(tree::leaf(&Leaf::of(row).bytes()?))
}

/// What only readers of the log see.
#[derive(Serialize)]
struct Private<'a> {
    salt: &'a str,
    person: Option<PersonId>,
    why: Option<&'a str>,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

/// The seal that a row should have; none when its private part was erased.
pub(crate) fn seal_of(row: &entry::Model) -> Result<Option<String>> {
    let Some(salt) = &row.salt else {
        return Ok(None);
    };
    hash_of(&Private {
        salt,
        person: row.person_id,
        why: row.why.as_deref(),
        before: row.before.as_deref(),
        after: row.after.as_deref(),
    })
    .map(Some)
}

/// 128 random bits.
pub(crate) fn salt(randomness: &dyn Randomness) -> String {
    let mut salt = [0_u8; 16];
    randomness.fill_aside(&mut salt);
    hexadecimal(&salt)
}

/// What is to become an entry.
pub(crate) struct NewEntry {
    pub(crate) id: EntryId,
    pub(crate) at: i64,
    pub(crate) person: Option<PersonId>,
    pub(crate) through: String,
    pub(crate) action: String,
    pub(crate) place: Option<PlaceId>,
    pub(crate) salt: String,
    pub(crate) said: Entry,
}

/// The row of a new entry after `before` others, sealed; its own hash and head are still empty.
pub(crate) fn seal(new: NewEntry, before: u64, previous: String) -> Result<entry::Model> {
    let mut row = entry::Model {
        id: new.id,
        number: tree::stored(before).saturating_add(1),
        at: new.at,
        person_id: new.person,
        through: new.through,
        action: new.action,
        what: new.said.what,
        on_kind: new.said.on.kind,
        on_id: new.said.on.id,
        place_id: new.place,
        why: new.said.why,
        before: new.said.before,
        after: new.said.after,
        vouches: new.said.vouches,
        salt: Some(new.salt),
        sealed: String::new(),
        previous,
        hash: String::new(),
        head: String::new(),
    };
    row.sealed = seal_of(&row)?.unwrap_or_default();
    Ok(row)
}
