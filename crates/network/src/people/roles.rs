//! Who has which role where, and until when.
//!
//! What must stay true: a role that was given until a day ends with that day by itself, whether or
//! not anybody has written it down; whoever leads only for a time gives no leader's role that lasts
//! longer than their own, and ends none; an administrator gives roles to others only.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::accounts::{self, NewPerson};
use super::{Actor, Colleague, Holder, Person, Through, store};
use crate::clock;
use crate::error::{Error, Result};
use crate::governance::Entry;
use crate::governance::policy::{self, Action, Reach, Role, Scope};
use crate::handle::Network;
use crate::ids::{GrantId, PersonId, PlaceId};
use crate::places;
use crate::thing::Thing;

/// Which action giving a role is, and where: a place's roles are its leader's to give, the
/// network's are its lead's.
fn giving(role: Role, place: Option<PlaceId>) -> Result<(Action, Scope)> {
    match place {
        Some(place) if role.is_of_a_place() => Ok((Action::ManagePeople, Scope::place(place))),
        None if role.is_of_the_network() => Ok((Action::NamePeopleOfNetwork, Scope::network())),
        Some(_) => Err(Error::invalid(
            "role",
            "This role is given for the whole network. Choose one that is given at a place.",
        )),
        None => Err(Error::invalid(
            "role",
            "This role is given at a place. Choose one that is given for the whole network.",
        )),
    }
}

/// How long somebody may do what giving or ending a role is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lasting {
    /// Until somebody ends it.
    ForGood,
    /// Until it ends by itself.
    Until(Timestamp),
}

impl Lasting {
    /// By which of the actor's roles, the longest.
    fn of(actor: &Actor, action: Action, scope: Scope) -> Self {
        if actor.through == Through::Shell {
            return Self::ForGood;
        }
        let reach_of = |role: Role| {
            let row = action.row();
            let at = Role::ALL.iter().position(|r| *r == role);
            at.and_then(|at| row.get(at).copied()).unwrap_or(Reach::No)
        };
        let mut longest: Option<Timestamp> = None;
        for grant in &actor.grants {
            let reaches = match reach_of(grant.role) {
                Reach::All => true,
                Reach::Place => grant.place.is_none() || grant.place == scope.place,
                Reach::No | Reach::Own => false,
            };
            match (reaches, grant.until) {
                (true, None) => return Self::ForGood,
                (true, Some(until)) => {
                    longest = Some(longest.map_or(until, |known| known.max(until)));
                }
                (false, _) => {}
            }
        }
        longest.map_or(Self::ForGood, Self::Until)
    }
}

/// Gives a role that stays until somebody ends it, making an account when the e-mail address has
/// none.
///
/// # Errors
/// When the policy says no, or something typed can't be used.
pub async fn give_role(
    network: &Network,
    actor: &Actor,
    new: &NewPerson,
    role: Role,
    place: Option<PlaceId>,
) -> Result<Person> {
    give(network, actor, new, role, place, None).await
}

/// Gives a role that ends by itself with a day, where the network is: an acting place leader, say.
///
/// # Errors
/// When the policy says no, the day is past or more than a year away, or something typed can't be
/// used.
pub async fn delegate_role(
    network: &Network,
    actor: &Actor,
    new: &NewPerson,
    role: Role,
    place: Option<PlaceId>,
    last_day: Date,
) -> Result<Person> {
    give(network, actor, new, role, place, Some(last_day)).await
}

/// The first moment after a day where the network is.
async fn end_of(network: &Network, last_day: Date) -> Result<Timestamp> {
    let today = places::today(network).await?;
    let in_a_year = today.checked_add(1.year()).unwrap_or(Date::MAX);
    if last_day < today || last_day > in_a_year {
        return Err(Error::invalid(
            "until",
            "Enter a last day between today and a year from now, such as 12/1/2027.",
        ));
    }
    let zone = places::network_profile(network).await?.time_zone;
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    last_day
        .tomorrow()
        .and_then(|next| {
            zone.to_ambiguous_zoned_datetime(next.at(0, 0, 0, 0))
                .compatible()
        })
        .map(|next| next.timestamp())
        .map_err(|e| Error::Unexpected(format!("a day has no end: {e}")))
}

async fn give(
    network: &Network,
    actor: &Actor,
    new: &NewPerson,
    role: Role,
    place: Option<PlaceId>,
    last_day: Option<Date>,
) -> Result<Person> {
    let (action, scope) = giving(role, place)?;
    policy::ask(actor, action, scope)?;
    let until = match last_day {
        Some(day) => Some(end_of(network, day).await?),
        None => None,
    };
    if role.leads()
        && let Lasting::Until(own) = Lasting::of(actor, action, scope)
        && until.is_none_or(|until| until > own)
    {
        return Err(Error::invalid(
            "until",
            "You lead here for a time only. Enter a last day that is no later than your own, or ask whoever gave you the role.",
        ));
    }
    let email = new.email.trim().to_lowercase();
    let known = store::person_by_email(network.read(), &email).await?;
    let kept = if known.is_some() {
        None
    } else {
        accounts::prepare(network, new).await?
    };
    let write = network.write(actor, action, scope).await?;
    let person = match store::person_by_email(write.on(), &email).await? {
        Some(person) => person,
        None => accounts::insert(network, &write, new, kept).await?,
    };
    if actor.person_id() == Some(person.id) && gives_as_administrator(actor, place) {
        return Err(Error::invalid(
            "email",
            "An administrator gives roles to others, not to themselves. Ask the network lead.",
        ));
    }
    let grants = store::grants_of(write.on(), person.id, write.at).await?;
    if let Some(has) = grants.iter().find(|g| g.role == role && g.place == place) {
        let for_now = if has.until.is_some() {
            ", for a time. End that role first"
        } else {
            ""
        };
        return Err(Error::conflict(format!(
            "{} is already {} there{for_now}.",
            person.name,
            role.words()
        )));
    }
    let id = GrantId::new(write.at, network.randomness());
    store::insert_grant(
        write.on(),
        store::membership::Model {
            id,
            person_id: person.id,
            place_id: place,
            role: store::role_name(role).to_owned(),
            since: clock::stored(write.at),
            ended_at: None,
            until: until.map(clock::stored),
            given_by: actor.person_id(),
        },
    )
    .await?;
    let mut what = format!("made {}", role.with_article());
    if let Some(day) = last_day {
        what = format!("{what} until {}", day.strftime("%-d %B %Y"));
    }
    let entry = Entry::new(&what, Thing::new("person", person.id)).after(&(
        person.id,
        place,
        role.words(),
        until,
    ))?;
    write.commit(entry).await?;
    Ok(person)
}

/// Whether the actor may give the roles of a place as its administrator and as nothing else.
fn gives_as_administrator(actor: &Actor, place: Option<PlaceId>) -> bool {
    actor.has(Role::NetworkAdministrator)
        && !actor.has(Role::NetworkLead)
        && place.is_none_or(|place| !actor.has_at(Role::PlaceLeader, place))
}

/// Whether an e-mail address has an account already: for whoever may give roles there.
///
/// # Errors
/// When the policy says no.
pub async fn has_account(
    network: &Network,
    actor: &Actor,
    place: Option<PlaceId>,
    email: &str,
) -> Result<bool> {
    match place {
        Some(place) => policy::ask(actor, Action::ManagePeople, Scope::place(place))?,
        None => policy::ask(actor, Action::NamePeopleOfNetwork, Scope::network())?,
    }
    let email = email.trim().to_lowercase();
    let known = store::person_by_email(network.read(), &email).await?;
    Ok(known.is_some())
}

/// Ends a role. What the person sees and does changes with their next click.
///
/// # Errors
/// When the policy says no, or it would leave the network without a lead.
pub async fn end_role(network: &Network, actor: &Actor, grant: GrantId) -> Result<()> {
    let (holder, found) = store::grant(network.read(), grant, network.now())
        .await?
        .ok_or(Error::NotFound)?;
    let (action, scope) = giving(found.role, found.place)?;
    let write = network.write(actor, action, scope).await?;
    if found.role.leads()
        && actor.person_id() != Some(holder)
        && let Lasting::Until(own) = Lasting::of(actor, action, scope)
        && found.until.is_none_or(|until| until > own)
    {
        return Err(Error::conflict(
            "You lead here for a time only, so you can’t end this role. Ask whoever gave you yours.",
        ));
    }
    let is_for_good = found.role == Role::NetworkLead && found.until.is_none();
    if is_for_good && store::count_leads(write.on()).await? < 2 {
        return Err(Error::conflict(
            "A network needs a lead. Name another one first, then end this role.",
        ));
    }
    store::end_grant(write.on(), grant, write.at).await?;
    let early = if found.until.is_some() { " early" } else { "" };
    let entry = Entry::new(
        &format!("ended the role of {}{early}", found.role.words()),
        Thing::new("grant", grant),
    );
    write.commit(entry).await
}

/// Writes down, with an entry each, that roles have ended whose last day is past, and says how
/// many. They had no force since then: this is for whoever reads the log.
///
/// # Errors
/// When the policy says no, or the database can't be written.
pub async fn end_past_roles(network: &Network, actor: &Actor) -> Result<u64> {
    let mut ended = 0;
    for grant in store::past_their_day(network.read(), network.now()).await? {
        let scope = Scope {
            place: grant.place,
            person: None,
        };
        let write = network.write(actor, Action::EndPastRoles, scope).await?;
        store::end_grant(write.on(), grant.id, grant.until.unwrap_or(write.at)).await?;
        let what = format!("the role of {} ended on its last day", grant.role.words());
        write
            .commit(Entry::new(&what, Thing::new("grant", grant.id)))
            .await?;
        ended += 1;
    }
    Ok(ended)
}

/// The people with a role at a place, with each role.
///
/// # Errors
/// When the policy says no.
pub async fn people_of(network: &Network, actor: &Actor, place: PlaceId) -> Result<Vec<Holder>> {
    policy::ask(actor, Action::SeePeople, Scope::place(place))?;
    store::people_of(network.read(), Some(place), network.now()).await
}

/// The people with a role for the whole network, with each role.
///
/// # Errors
/// When the policy says no.
pub async fn people_of_network(network: &Network, actor: &Actor) -> Result<Vec<Holder>> {
    policy::ask(actor, Action::SeePeople, Scope::network())?;
    store::people_of(network.read(), None, network.now()).await
}

/// What some people are called, each once, in the order asked for: for "who made it happen".
///
/// # Errors
/// When the database can't be read.
pub async fn called(network: &Network, ids: &[PersonId]) -> Result<Vec<Colleague>> {
    let known = store::names(network.read(), ids.iter().copied()).await?;
    let mut called: Vec<Colleague> = Vec::new();
    for id in ids {
        if called.iter().all(|c| c.id != *id)
            && let Some(person) = known.iter().find(|p| p.id == *id)
        {
            called.push(Colleague {
                id: *id,
                name: person.name.clone(),
            });
        }
    }
    Ok(called)
}
