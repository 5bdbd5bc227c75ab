//! What an import would do: each place of the list against the places that are here.
//!
//! What must stay true: planning writes nothing; the same list against the same network gives the same
//! plan; a place is matched by its key in the list, then by its URN (the register) or by its name and
//! town (other lists), and by nothing less.

use std::collections::{HashMap, HashSet};

use engine::words::numbers::thousands;
use sea_orm::ConnectionTrait;
use tables::Link;

use super::said::{Said, differences, facts_over};
use super::{
    Bringing, Change, Counts, Field, Follower, New, Plan, Planned, Preview, Wanted, What, store,
};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::PlaceId;
use crate::places::{self, Place};

/// Listings read at a time, so that a nation's are never in memory together.
const PAGE: u64 = 4_000;
/// How many closed schools in a row are followed to the one that is open.
const FOLLOWED: usize = 6;
/// How many names a note shows.
const SHOWN: usize = 3;

/// What an import would do, without doing it.
///
/// # Errors
/// When the policy says no, or two places here have the same URN.
pub async fn preview(
    network: &Network,
    actor: &Actor,
    bringing: &Bringing,
    wanted: &Wanted,
) -> Result<Preview> {
    policy::ask(actor, Action::ImportPlaces, Scope::network())?;
    let plan = plan(network.read(), bringing, wanted).await?;
    Ok(shown(&plan, bringing))
}

pub(super) fn shown(plan: &Plan, bringing: &Bringing) -> Preview {
    let added = plan.added.iter().filter_map(|i| bringing.places.get(*i));
    Preview {
        list: bringing.list.clone(),
        file: bringing.file.clone(),
        fingerprint: bringing.fingerprint.clone(),
        counts: plan.counts,
        added: added
            .map(|p| New {
                key: p.key.clone(),
                name: p.said.name.clone(),
                town: p.said.town.clone(),
                row: p.row,
            })
            .collect(),
        changes: plan.changes.iter().map(|p| change(p, bringing)).collect(),
        notes: plan.notes.clone(),
    }
}

fn change(planned: &Planned, bringing: &Bringing) -> Change {
    let by = bringing
        .places
        .get(planned.goes_on_as.unwrap_or(planned.incoming));
    Change {
        what: planned.what,
        place: planned.place.slug.clone(),
        name: planned.place.profile.name.clone(),
        key: by.map(|p| p.key.clone()).unwrap_or_default(),
        row: by.map_or(0, |p| p.row),
        fields: planned.fields.clone(),
    }
}

/// The places that are here, and how they are found.
struct Here {
    places: Vec<Place>,
    by_id: HashMap<PlaceId, usize>,
    by_urn: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Here {
    async fn read(on: &impl ConnectionTrait) -> Result<Self> {
        // In parts: what the database hands over is several times the size of what is kept of it.
        let mut places: Vec<Place> = Vec::new();
        loop {
            let last = places.last().map(|place| place.id);
            let part = places::store::all_after(on, last, PAGE).await?;
            if part.is_empty() {
                break;
            }
            places.extend(part);
        }
        let mut by_id = HashMap::with_capacity(places.len());
        let mut by_urn: HashMap<String, usize> = HashMap::new();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, place) in places.iter().enumerate() {
            by_id.insert(place.id, at);
            match &place.profile.urn {
                Some(urn) => {
                    if let Some(other) = by_urn.insert(urn.clone(), at) {
                        return Err(two_of_one_urn(urn, places.get(other), place));
                    }
                }
                None => by_name
                    .entry(folded(&place.profile.name))
                    .or_default()
                    .push(at),
            }
        }
        Ok(Self {
            places,
            by_id,
            by_urn,
            by_name,
        })
    }

    fn get(&self, at: usize) -> Result<&Place> {
        self.places
            .get(at)
            .ok_or_else(|| Error::Unexpected("a place that is not there".to_owned()))
    }

    /// The one open place without a URN that is called so, in that town.
    fn called(&self, name: &str, town: &str) -> Option<usize> {
        let town = folded(town);
        let mut alike = self.by_name.get(&folded(name))?.iter().filter(|at| {
            self.places.get(**at).is_some_and(|p| {
                let here = folded(&p.profile.town);
                p.closed_on.is_none() && (here == town || here.is_empty() || town.is_empty())
            })
        });
        let one = alike.next().copied();
        one.filter(|_| alike.next().is_none())
    }
}

fn two_of_one_urn(urn: &str, one: Option<&Place>, other: &Place) -> Error {
    let one = one.map_or("", |p| p.profile.name.as_str());
    Error::conflict(format!(
        "{one} and {} have the same URN, {urn}. Correct one of them first. Nothing was changed.",
        other.profile.name
    ))
}

fn folded(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// A place of the list that is here.
struct Matched {
    incoming: usize,
    place: usize,
    /// What the list said of it before; nothing when it is new to the list.
    before: Option<(Said, String)>,
    said: Said,
    facts: String,
}

struct Planning<'a> {
    bringing: &'a Bringing,
    wanted: &'a Wanted,
    here: Here,
    by_key: HashMap<&'a str, usize>,
    /// The links of each earlier school, and of each later one.
    later: HashMap<&'a str, Vec<&'a Link>>,
    earlier: HashMap<&'a str, Vec<&'a Link>>,
    /// Whether a place of the list is one that is here.
    known: Vec<bool>,
    /// Places here that have something from this list.
    taken: HashSet<PlaceId>,
    counts: Counts,
    changes: Vec<Planned>,
    /// Places here whose key is no longer in the list.
    gone: Vec<String>,
}

/// Plans an import.
pub(super) async fn plan(
    on: &impl ConnectionTrait,
    bringing: &Bringing,
    wanted: &Wanted,
) -> Result<Plan> {
    let mut planning = Planning {
        by_key: (bringing.places.iter().enumerate())
            .map(|(at, p)| (p.key.as_str(), at))
            .collect(),
        later: by(&bringing.follows, |link| &link.before),
        earlier: by(&bringing.follows, |link| &link.after),
        known: vec![false; bringing.places.len()],
        here: Here::read(on).await?,
        taken: HashSet::new(),
        counts: Counts {
            rows: bringing.rows(),
            ..Counts::default()
        },
        changes: Vec::new(),
        gone: Vec::new(),
        bringing,
        wanted,
    };
    let mut matched = planning.by_listing(on).await?;
    planning.by_urn_or_name(&mut matched)?;
    for one in matched {
        planning.consider(one)?;
    }
    let (added, closed, elsewhere) = planning.rest();
    let notes = planning.notes(&added, closed, elsewhere);
    let mut counts = planning.counts;
    counts.added = number(added.len());
    counts.left_out = closed + elsewhere;
    for change in &planning.changes {
        match change.what {
            What::WentOn => counts.went_on += 1,
            What::Closed => counts.closed += 1,
            What::Added | What::Changed => counts.changed += 1,
        }
    }
    let mut addresses: HashSet<String> = store::former_slugs(on).await?.into_iter().collect();
    addresses.extend(planning.here.places.into_iter().map(|p| p.slug));
    Ok(Plan {
        added,
        changes: planning.changes,
        counts,
        notes,
        addresses,
    })
}

fn by<'a>(
    links: &'a [Link],
    end: impl Fn(&'a Link) -> &'a String,
) -> HashMap<&'a str, Vec<&'a Link>> {
    let mut by: HashMap<&str, Vec<&Link>> = HashMap::new();
    for link in links {
        by.entry(end(link)).or_default().push(link);
    }
    by
}

fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl Planning<'_> {
    /// The places that came with this list before.
    async fn by_listing(&mut self, on: &impl ConnectionTrait) -> Result<Vec<Matched>> {
        let mut matched = Vec::new();
        let mut last = String::new();
        loop {
            let page = store::listings_after(on, &self.bringing.list, &last, PAGE).await?;
            let Some(end) = page.last() else {
                return Ok(matched);
            };
            last.clone_from(&end.key);
            for row in page {
                let Some(at) = self.here.by_id.get(&row.place_id).copied() else {
                    continue;
                };
                let place = self.here.get(at)?;
                // A number that the place had before, or no longer has, says nothing of it.
                let current = !self.bringing.is_register
                    || place.profile.urn.as_deref() == Some(row.key.as_str());
                let Some(incoming) = self.by_key.get(row.key.as_str()).copied() else {
                    if current && place.closed_on.is_none() {
                        self.gone.push(place.profile.name.clone());
                    }
                    continue;
                };
                self.mark(incoming);
                if !current {
                    self.counts.unchanged += 1;
                    continue;
                }
                self.taken.insert(row.place_id);
                let before = Said::read(&row.said)?;
                let (said, facts) = self.merged(incoming, Some((&before, &row.facts)))?;
                if said == before && facts == row.facts && !said.closed {
                    self.counts.unchanged += 1;
                    continue;
                }
                matched.push(Matched {
                    incoming,
                    place: at,
                    before: Some((before, row.facts)),
                    said,
                    facts,
                });
            }
        }
    }

    fn mark(&mut self, incoming: usize) {
        if let Some(known) = self.known.get_mut(incoming) {
            *known = true;
        }
    }

    fn is_known(&self, incoming: usize) -> bool {
        self.known.get(incoming).copied().unwrap_or(true)
    }

    /// What the list says now, with what it said before of things that this file leaves out.
    fn merged(&self, incoming: usize, before: Option<(&Said, &str)>) -> Result<(Said, String)> {
        let Some(place) = self.bringing.places.get(incoming) else {
            return Err(Error::Unexpected("a row that is not there".to_owned()));
        };
        let nothing = Said::default();
        let (said, facts) = before.unwrap_or((&nothing, ""));
        Ok((
            place.said.over(said, self.bringing.speaks),
            facts_over(&place.facts, facts, &self.bringing.absent)?,
        ))
    }

    /// Places that were here before the list was.
    fn by_urn_or_name(&mut self, matched: &mut Vec<Matched>) -> Result<()> {
        for (incoming, place) in self.bringing.places.iter().enumerate() {
            if self.is_known(incoming) {
                continue;
            }
            let found = if self.bringing.is_register {
                self.here.by_urn.get(&place.key).copied()
            } else {
                self.here.called(&place.said.name, &place.said.town)
            };
            let Some(at) = found else { continue };
            if !self.taken.insert(self.here.get(at)?.id) {
                continue;
            }
            self.mark(incoming);
            let (said, facts) = self.merged(incoming, None)?;
            matched.push(Matched {
                incoming,
                place: at,
                before: None,
                said,
                facts,
            });
        }
        Ok(())
    }

    fn consider(&mut self, one: Matched) -> Result<()> {
        let place = self.here.get(one.place)?.clone();
        let key = self.bringing.places.get(one.incoming).map(|p| &p.key);
        let next = key.filter(|_| one.said.closed);
        let next = next.and_then(|key| self.next(key));
        if let Some(Next::GoesOn(as_which)) = next {
            return self.goes_on(one, place, as_which);
        }
        let follower = match next {
            Some(Next::Follower(follower)) => Some(follower),
            _ => None,
        };
        let before = one.before.as_ref();
        let mut after = place.clone();
        let mut fields = Vec::new();
        one.said.put(
            before.map(|(said, _)| said),
            &mut after.profile,
            &mut fields,
        );
        let mut what = What::Changed;
        let was_closed_by_it = before.is_some_and(|(said, _)| said.closed);
        if one.said.closed && place.closed_on.is_none() {
            what = What::Closed;
            after.closed_on = one.said.closed_on;
        } else if !one.said.closed && was_closed_by_it && place.closed_on.is_some() {
            after.closed_on = None;
            after.followed_by = None;
            fields.push(field("closed", &day(place.closed_on), ""));
        }
        let news = match follower {
            Some(Follower::Here(id)) => place.followed_by != Some(id) && id != place.id,
            Some(Follower::Added(_)) => true,
            None => false,
        };
        if let Some((_, facts)) = before {
            fields.extend(differences(facts, &one.facts)?);
        }
        let same = before.is_some_and(|(said, _)| *said == one.said) && fields.is_empty();
        if same && what == What::Changed && !news {
            self.counts.unchanged += 1;
            return Ok(());
        }
        self.changes.push(Planned {
            what,
            place,
            incoming: one.incoming,
            goes_on_as: None,
            followed_by: follower.filter(|_| news),
            after,
            said: one.said,
            facts: one.facts,
            fields,
        });
        Ok(())
    }

    /// The place stays, with its goals, trials and people, under the number of the school that it became.
    fn goes_on(&mut self, one: Matched, place: Place, as_which: usize) -> Result<()> {
        let Some(new) = self.bringing.places.get(as_which) else {
            return Ok(());
        };
        let before = one
            .before
            .as_ref()
            .map(|(said, facts)| (said, facts.as_str()));
        let (said, facts) = self.merged(as_which, before)?;
        let mut after = place.clone();
        let mut fields = vec![field(
            "urn",
            place.profile.urn.as_deref().unwrap_or_default(),
            &new.key,
        )];
        said.put(
            before.map(|(said, _)| said),
            &mut after.profile,
            &mut fields,
        );
        if let Some((_, old)) = before {
            fields.extend(differences(old, &facts)?);
        }
        after.profile.urn = Some(new.key.clone());
        after.closed_on = None;
        after.followed_by = None;
        self.mark(as_which);
        self.changes.push(Planned {
            what: What::WentOn,
            place,
            incoming: one.incoming,
            goes_on_as: Some(as_which),
            followed_by: None,
            after,
            said,
            facts,
            fields,
        });
        Ok(())
    }

    /// What came after a school that has closed.
    fn next(&self, key: &str) -> Option<Next> {
        let mut at = key;
        let mut plain = true;
        for _ in 0..FOLLOWED {
            let links = self.later.get(at)?;
            let link = links.first()?;
            // The same link often stands in the file twice, once from each side.
            let alone = links.iter().all(|l| l.after == link.after && l.goes_on);
            let mut earlier = self.earlier.get(link.after.as_str()).into_iter().flatten();
            plain = plain && alone && earlier.all(|l| l.before == at);
            if let Some(here) = self.here.by_urn.get(&link.after) {
                let place = self.here.places.get(*here)?;
                return Some(Next::Follower(Follower::Here(place.id)));
            }
            let incoming = self.by_key.get(link.after.as_str()).copied()?;
            let new = self.bringing.places.get(incoming)?;
            if !new.said.closed {
                if plain && !self.is_known(incoming) {
                    return Some(Next::GoesOn(incoming));
                }
                let added = !self.is_known(incoming) && self.is_wanted(new.area);
                return added.then_some(Next::Follower(Follower::Added(incoming)));
            }
            at = new.key.as_str();
        }
        None
    }

    fn is_wanted(&self, area: Option<u32>) -> bool {
        match &self.wanted.areas {
            None => true,
            Some(areas) => area.is_some_and(|a| areas.contains(&a)),
        }
    }

    /// Of the places that are not here: those to add, and how many are closed or not wanted.
    fn rest(&self) -> (Vec<usize>, u64, u64) {
        let (mut added, mut closed, mut elsewhere) = (Vec::new(), 0, 0);
        for (at, place) in self.bringing.places.iter().enumerate() {
            if self.is_known(at) {
                continue;
            }
            if place.said.closed {
                closed += 1;
            } else if self.is_wanted(place.area) {
                added.push(at);
            } else {
                elsewhere += 1;
            }
        }
        (added, closed, elsewhere)
    }

    fn notes(&self, added: &[usize], closed: u64, elsewhere: u64) -> Vec<String> {
        let mut notes = self.bringing.notes.clone();
        if closed > 0 {
            notes.push(format!(
                "{} closed and not here. Nothing is added for {}.",
                if closed == 1 {
                    "1 place of the list is".to_owned()
                } else {
                    format!("{} places of the list are", thousands(closed))
                },
                if closed == 1 { "it" } else { "them" }
            ));
        }
        if elsewhere > 0 {
            notes.push(if elsewhere == 1 {
                "1 place of another local authority is left out.".to_owned()
            } else {
                format!(
                    "{} places of other local authorities are left out.",
                    thousands(elsewhere)
                )
            });
        }
        if !self.gone.is_empty() {
            notes.push(format!(
                "Not in this file, though here by an earlier one: {}. Nothing happens to them.",
                some_of(&self.gone)
            ));
        }
        let twice: Vec<String> = if self.bringing.is_register {
            added
                .iter()
                .filter_map(|at| self.bringing.places.get(*at))
                .filter(|p| self.here.called(&p.said.name, &p.said.town).is_some())
                .map(|p| format!("{} ({})", p.said.name, p.key))
                .collect()
        } else {
            Vec::new()
        };
        if !twice.is_empty() {
            notes.push(format!(
                "Here already by that name, but without a URN: {}. Give them their URN first, or they will be here twice.",
                some_of(&twice)
            ));
        }
        notes
    }
}

enum Next {
    GoesOn(usize),
    Follower(Follower),
}

fn field(name: &str, before: &str, after: &str) -> Field {
    Field {
        name: name.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
        kept: false,
    }
}

fn day(date: Option<jiff::civil::Date>) -> String {
    date.map(|d| d.to_string()).unwrap_or_default()
}

fn some_of(names: &[String]) -> String {
    let shown = names
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
