//! Doing an import: all of it, in one change, with one entry in the log.
//!
//! What must stay true: it is planned anew behind the door, where nothing else can change; what was
//! not expected is not done; the entry says what was done, and its hash covers every line.

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::plan::{plan, shown};
use super::store::{import, line, listing};
use super::{Applied, Bringing, Counts, Follower, Incoming, Plan, Planned, Wanted, What, store};
use crate::actor::Actor;
use crate::clock;
use crate::door::Write;
use crate::error::{Error, Result};
use crate::governance::Entry;
use crate::governance::policy::{Action, Scope};
use crate::handle::Network;
use crate::ids::{ImportId, PlaceId};
use crate::places::{self, Place, PlaceProfile};
use crate::secrets::hexadecimal;
use crate::thing::Thing;

/// New places at a time.
const CHUNK: usize = 2_000;

/// What the log's entry stands for.
#[derive(Serialize)]
struct Record<'a> {
    id: ImportId,
    list: &'a str,
    file: &'a str,
    fingerprint: &'a str,
    counts: [String; 5],
    lines: String,
}

/// Does an import. With `expected`, only if what would happen is still what was looked at.
///
/// # Errors
/// When the policy says no, two places here have the same URN, or the disk is full; then nothing of it
/// was done.
pub async fn apply(
    network: &Network,
    actor: &Actor,
    bringing: &Bringing,
    wanted: &Wanted,
    expected: Option<Counts>,
) -> Result<Applied> {
    let write = network
        .write(actor, Action::ImportPlaces, Scope::network())
        .await?;
    let plan = plan(write.on(), bringing, wanted).await?;
    let counts = plan.counts;
    let told = Box::new(shown(&plan, bringing));
    if expected.is_some_and(|expected| expected != counts) {
        return Ok(Applied::Otherwise(told));
    }
    if counts.is_nothing() {
        return Ok(Applied::Nothing(told));
    }
    let id = ImportId::new(write.at, network.randomness());
    let row = record(&write, actor, id, bringing, &plan);
    store::insert_import(write.on(), row).await?;
    let mut doing = Doing {
        network,
        write: &write,
        bringing,
        import: id,
        sum: Sha256::new(),
        lines: Vec::new(),
        number: 0,
    };
    // Lines of places that were here stand before those of new ones, for whoever reads them.
    doing.number = i32::try_from(plan.changes.len()).unwrap_or(i32::MAX);
    let new = doing.add(plan.added, plan.addresses).await?;
    doing.number = 0;
    doing.change(plan.changes, &new).await?;
    let lines = hexadecimal(&doing.finish().await?);
    let entry = Entry::new(&in_words(&bringing.list, &counts), Thing::new("import", id))
        .because(format!(
            "{}, SHA-256 {}",
            bringing.file, bringing.fingerprint
        ))
        .after(&Record {
            id,
            list: &bringing.list,
            file: &bringing.file,
            fingerprint: &bringing.fingerprint,
            counts: [
                counts.rows,
                counts.added,
                counts.changed,
                counts.went_on,
                counts.closed,
            ]
            .map(|n| n.to_string()),
            lines,
        })?;
    write.commit(entry).await?;
    Ok(Applied::Done(id, told))
}

/// What the log says: "imported the register of schools in England: 312 places added, 2 closed".
fn in_words(list: &str, counts: &Counts) -> String {
    let parts = [
        (counts.added, "added"),
        (counts.changed, "changed"),
        (counts.went_on, "went on under another number"),
        (counts.closed, "closed"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    format!("imported places from the {list}: {}", parts.join(", "))
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn record(
    write: &Write<'_>,
    actor: &Actor,
    id: ImportId,
    bringing: &Bringing,
    plan: &Plan,
) -> import::Model {
    let counts = plan.counts;
    import::Model {
        id,
        at: clock::stored(write.at),
        person_id: actor.person_id(),
        list: bringing.list.clone(),
        file: bringing.file.clone(),
        fingerprint: bringing.fingerprint.clone(),
        rows: signed(counts.rows),
        added: signed(counts.added),
        changed: signed(counts.changed),
        went_on: signed(counts.went_on),
        closed: signed(counts.closed),
        notes: plan.notes.join("\n"),
    }
}

struct Doing<'a, 'n> {
    network: &'a Network,
    write: &'a Write<'n>,
    bringing: &'a Bringing,
    import: ImportId,
    sum: Sha256,
    lines: Vec<line::Model>,
    number: i32,
}

impl<'a> Doing<'a, '_> {
    fn incoming(&self, at: usize) -> Result<&'a Incoming> {
        let found = self.bringing.places.get(at);
        found.ok_or_else(|| Error::Unexpected("a row that is not there".to_owned()))
    }

    /// Adds the new places, some thousand at a time; gives the id of each.
    async fn add(
        &mut self,
        added: Vec<usize>,
        mut addresses: HashSet<String>,
    ) -> Result<HashMap<usize, PlaceId>> {
        let mut ids = HashMap::with_capacity(added.len());
        let at = clock::stored(self.write.at);
        for chunk in added.chunks(CHUNK) {
            let (mut rows, mut listings) = (Vec::new(), Vec::new());
            for incoming in chunk {
                let new = self.incoming(*incoming)?;
                let place = self.place(new, address(new, &mut addresses));
                listings.push(self.listing(new, place.id, new.said.stored()?, new.facts.clone()));
                self.say(What::Added, place.id, new, None)?;
                ids.insert(*incoming, place.id);
                rows.push(places::store::row_of(&place, at));
            }
            store::insert_places(self.write.on(), rows).await?;
            store::put_listings(self.write.on(), listings).await?;
            self.flush().await?;
        }
        Ok(ids)
    }

    async fn change(&mut self, changes: Vec<Planned>, new: &HashMap<usize, PlaceId>) -> Result<()> {
        let today = TimeZone::UTC.to_datetime(self.write.at).date();
        let mut listings = Vec::new();
        for mut planned in changes {
            let by = self.incoming(planned.incoming)?;
            if planned.what == What::Closed {
                planned.after.closed_on.get_or_insert(today);
            }
            match planned.followed_by {
                Some(Follower::Here(id)) => planned.after.followed_by = Some(id),
                Some(Follower::Added(at)) => planned.after.followed_by = new.get(&at).copied(),
                None => {}
            }
            if planned.after != planned.place {
                places::store::update(self.write.on(), &planned.after).await?;
            }
            let id = planned.place.id;
            let now = match planned.goes_on_as {
                Some(as_which) => {
                    // The number that it had stays known as its own.
                    listings.push(self.listing(by, id, by.said.stored()?, by.facts.clone()));
                    self.incoming(as_which)?
                }
                None => by,
            };
            listings.push(self.listing(now, id, planned.said.stored()?, planned.facts));
            let fields = serde_json::to_string(&planned.fields)
                .map_err(|e| Error::Unexpected(format!("an import’s line: {e}")))?;
            self.say(planned.what, id, now, Some(fields))?;
            if listings.len() >= CHUNK {
                store::put_listings(self.write.on(), std::mem::take(&mut listings)).await?;
                self.flush().await?;
            }
        }
        store::put_listings(self.write.on(), listings).await
    }

    fn place(&self, new: &Incoming, slug: String) -> Place {
        let said = &new.said;
        let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        Place {
            id: PlaceId::new(self.write.at, self.network.randomness()),
            slug,
            profile: PlaceProfile {
                name: said.name.clone(),
                kind: said.kind.clone(),
                phase: said.phase.clone(),
                town: said.town.clone(),
                urn: self.bringing.is_register.then(|| new.key.clone()),
                contact_name: some(&said.contact),
                contact_phone: some(&said.telephone),
                ..PlaceProfile::default()
            },
            closed_on: None,
            followed_by: None,
        }
    }

    fn listing(
        &self,
        of: &Incoming,
        place_id: PlaceId,
        said: String,
        facts: String,
    ) -> listing::Model {
        listing::Model {
            list: self.bringing.list.clone(),
            key: of.key.clone(),
            place_id,
            said,
            facts,
            area: of.area.map(|a| a.to_string()),
        }
    }

    /// Says one line of what was done, and takes it into the sum of all.
    fn say(
        &mut self,
        what: What,
        place_id: PlaceId,
        by: &Incoming,
        fields: Option<String>,
    ) -> Result<()> {
        self.number = self.number.saturating_add(1);
        let said = (
            self.number,
            place_id,
            what.word(),
            &by.key,
            by.row.to_string(),
            &fields,
        );
        let said = serde_json::to_vec(&said)
            .map_err(|e| Error::Unexpected(format!("an import’s line: {e}")))?;
        self.sum.update(said);
        self.sum.update(b"\n");
        self.lines.push(line::Model {
            import_id: self.import,
            number: self.number,
            place_id,
            what: what.word().to_owned(),
            key: by.key.clone(),
            file_row: Some(signed(by.row)),
            fields,
        });
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        store::insert_lines(self.write.on(), std::mem::take(&mut self.lines)).await
    }

    async fn finish(mut self) -> Result<Vec<u8>> {
        self.flush().await?;
        Ok(self.sum.finalize().to_vec())
    }
}

/// An address that no place has or had: the name, with the town or the key where others have it.
fn address(new: &Incoming, taken: &mut HashSet<String>) -> String {
    let joined = |more: &str| {
        let more = places::slug_from(more);
        let mut base = places::slug_from(&new.said.name);
        base.truncate(59_usize.saturating_sub(more.len()));
        let base = base.trim_end_matches('-');
        match (base.is_empty(), more.is_empty()) {
            (true, _) => more,
            (_, true) => base.to_owned(),
            _ => format!("{base}-{more}"),
        }
    };
    let candidates = ["", new.said.town.as_str(), new.key.as_str()].map(joined);
    for candidate in candidates {
        if places::slug_problem(&candidate).is_none() && taken.insert(candidate.clone()) {
            return candidate;
        }
    }
    let mut number = taken.len();
    loop {
        let candidate = joined(&format!("place-{number}"));
        if taken.insert(candidate.clone()) {
            return candidate;
        }
        number += 1;
    }
}
