//! What earlier imports did.
//!
//! Who may call this: pages and the command line. What must stay true: an import's record is never
//! changed; its lines say what it did to which place.

use jiff::Timestamp;
use serde::Serialize;

use super::store::{self, import};
use super::{Counts, Field, What};
use crate::actor::Actor;
use crate::clock;
use crate::error::{Error, Result};
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::{ImportId, PersonId};

/// An import that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Its id.
    pub id: ImportId,
    /// When.
    pub at: Timestamp,
    /// Who; none for whoever runs the server.
    pub person: Option<PersonId>,
    /// The list's name.
    pub list: String,
    /// The file's name.
    pub file: String,
    /// SHA-256 of the file.
    pub fingerprint: String,
    /// How many of each; those without a change are not kept.
    pub counts: Counts,
    /// What was worth knowing.
    pub notes: Vec<String>,
}

/// What an import did to one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What was done.
    pub what: What,
    /// The place's address now.
    pub place: String,
    /// What the place is called now.
    pub name: String,
    /// Its key in the list.
    pub key: String,
    /// What was different.
    pub fields: Vec<Field>,
}

fn of_row(row: import::Model) -> Done {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Done {
        id: row.id,
        at: clock::read(row.at),
        person: row.person_id,
        list: row.list,
        file: row.file,
        fingerprint: row.fingerprint,
        counts: Counts {
            rows: count(row.rows),
            added: count(row.added),
            changed: count(row.changed),
            went_on: count(row.went_on),
            closed: count(row.closed),
            ..Counts::default()
        },
        notes: row.notes.lines().map(str::to_owned).collect(),
    }
}

/// The newest imports.
///
/// # Errors
/// When the policy says no.
pub async fn imports(network: &Network, actor: &Actor, at_most: u64) -> Result<Vec<Done>> {
    policy::ask(actor, Action::ImportPlaces, Scope::network())?;
    let rows = store::imports(network.read(), at_most).await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// An import, and some of its lines from a number on: changes of places that were here, then new places.
///
/// # Errors
/// When the policy says no, or there is no such import.
pub async fn done(
    network: &Network,
    actor: &Actor,
    id: ImportId,
    from: u64,
    at_most: u64,
) -> Result<(Done, Vec<Line>)> {
    policy::ask(actor, Action::ImportPlaces, Scope::network())?;
    let on = network.read();
    let row = store::import(on, id).await?.ok_or(Error::NotFound)?;
    let mut lines = Vec::new();
    for (line, place) in store::lines(on, id, from, at_most).await? {
        let fields = line.fields.as_deref().unwrap_or("[]");
        let fields = serde_json::from_str(fields)
            .map_err(|e| Error::Unexpected(format!("an import’s line: {e}")))?;
        let (place, name) = place.map(|p| (p.slug, p.name)).unwrap_or_default();
        lines.push(Line {
            what: What::from_word(&line.what),
            place,
            name,
            key: line.key,
            fields,
        });
    }
    Ok((of_row(row), lines))
}
