//! Who has which role where.

use super::accounts::{self, NewPerson};
use super::{Actor, Colleague, Grant, Person, store};
use crate::clock;
use crate::error::{Error, Result};
use crate::governance::Entry;
use crate::governance::policy::{self, Action, Role, Scope};
use crate::handle::Network;
use crate::ids::{GrantId, PersonId, PlaceId};
use crate::thing::Thing;

/// Which action giving a role is, and where: a place's roles are its leader's to give, a network
/// lead is named by the network.
fn giving(role: Role, place: Option<PlaceId>) -> Result<(Action, Scope)> {
    match (role, place) {
        (Role::Teacher | Role::PlaceLeader | Role::Governor, Some(place)) => {
            Ok((Action::ManagePeople, Scope::place(place)))
        }
        (Role::NetworkLead, None) => Ok((Action::ManageNetwork, Scope::network())),
        _ => Err(Error::invalid(
            "role",
            "Choose teacher, place leader or governor at a place, or network lead for the network.",
        )),
    }
}

/// Gives a role, making an account when the e-mail address has none.
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
    let (action, scope) = giving(role, place)?;
    policy::ask(actor, action, scope)?;
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
    let grants = store::grants_of(write.on(), person.id).await?;
    if grants.iter().any(|g| g.role == role && g.place == place) {
        return Err(Error::conflict(format!(
            "{} is already {} there.",
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
        },
    )
    .await?;
    let entry = Entry::new(
        &format!("made a {}", role.words()),
        Thing::new("person", person.id),
    )
    .after(&(person.id, place, role.words()))?;
    write.commit(entry).await?;
    Ok(person)
}

/// Whether an e-mail address has an account already: for whoever may give roles at the place.
///
/// # Errors
/// When the policy says no.
pub async fn has_account(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
    email: &str,
) -> Result<bool> {
    policy::ask(actor, Action::ManagePeople, Scope::place(place))?;
    let email = email.trim().to_lowercase();
    let known = store::person_by_email(network.read(), &email).await?;
    Ok(known.is_some())
}

/// Ends a role. What the person sees and does changes with their next click.
///
/// # Errors
/// When the policy says no, or it would leave the network without a lead.
pub async fn end_role(network: &Network, actor: &Actor, grant: GrantId) -> Result<()> {
    let found = store::grant(network.read(), grant)
        .await?
        .ok_or(Error::NotFound)?;
    let (action, scope) = giving(found.role, found.place)?;
    let write = network.write(actor, action, scope).await?;
    if found.role == Role::NetworkLead && store::count_leads(write.on()).await? < 2 {
        return Err(Error::conflict(
            "A network needs a lead. Name another one first, then end this role.",
        ));
    }
    store::end_grant(write.on(), grant, write.at).await?;
    let entry = Entry::new(
        &format!("ended the role of {}", found.role.words()),
        Thing::new("grant", grant),
    );
    write.commit(entry).await
}

/// The people with a role at a place, with each role.
///
/// # Errors
/// When the policy says no.
pub async fn people_of(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
) -> Result<Vec<(Person, Grant)>> {
    policy::ask(actor, Action::SeePeople, Scope::place(place))?;
    store::people_of(network.read(), place).await
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
