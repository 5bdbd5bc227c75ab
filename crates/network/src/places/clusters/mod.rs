//! Clusters: places that work together. A place may be in several; one place runs each.
//!
//! Who may call this: pages. What must stay true: a place is in a cluster only when somebody who
//! leads it, or the network, has said yes for it; whoever was asked and hasn't answered, or has declined, is known only to
//! that place and to the one that asked; a cluster always has a place that runs it.

use jiff::Timestamp;
use sea_orm::ConnectionTrait;
use serde::Serialize;

use super::{Place, slug_from, slug_problem};
use crate::actor::Actor;
use crate::clock;
use crate::error::{Error, Problem, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::{ClusterId, PlaceId};
use crate::places;
use crate::thing::Thing;

pub(crate) mod store;

/// Places that work together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// Its id.
    pub id: ClusterId,
    /// The last part of its address, such as `riverside-schools`.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What it is here for.
    pub purpose: String,
    /// The place that runs it: invites others, and changes what is said of it.
    pub owner: PlaceId,
    /// Since when.
    pub begun: Timestamp,
}

/// How a place stands to a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It was asked and has not answered.
    Asked,
    /// It is in it.
    In,
    /// It said no.
    Declined,
    /// It was in it, and left.
    Left,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::In => "in",
            Self::Declined => "declined",
            Self::Left => "left",
        }
    }
    fn from_word(word: &str) -> Self {
        match word {
            "asked" => Self::Asked,
            "in" => Self::In,
            "declined" => Self::Declined,
            _ => Self::Left,
        }
    }
}

/// What a place says to a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes, we come in.
    Join,
    /// No, thank you.
    Decline,
    /// We leave.
    Leave,
}

/// A cluster with the places that are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Together {
    /// The cluster.
    pub cluster: Cluster,
    /// The places that are in it, the one that runs it first.
    pub places: Vec<Place>,
    /// Places that were asked and have not answered: for those who run it alone.
    pub asked: Vec<Place>,
}

fn problems(name: &str, purpose: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let letters = name.trim().chars().count();
    if letters == 0 || letters > 120 || slug_problem(&slug_from(name)).is_some() {
        problems.push(Problem::new(
            "name",
            "Enter what the cluster is called, such as Riverside Schools.",
        ));
    }
    let letters = purpose.trim().chars().count();
    if letters == 0 || letters > 600 {
        problems.push(Problem::new(
            "purpose",
            "Enter what the cluster is here for, in a sentence or two.",
        ));
    }
    problems
}

/// Begins a cluster that a place runs, with that place in it.
///
/// # Errors
/// When the policy says no, or something typed can't be used.
pub async fn begin(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
    name: &str,
    purpose: &str,
) -> Result<Cluster> {
    let scope = Scope::place(place);
    policy::ask(actor, Action::ManageClusters, scope)?;
    all_well(problems(name, purpose))?;
    let write = network.write(actor, Action::ManageClusters, scope).await?;
    let slug = slug_from(name);
    if store::by_slug(write.on(), &slug).await?.is_some() {
        return Err(Error::invalid(
            "name",
            "Another cluster is called that. Choose another name.",
        ));
    }
    let cluster = Cluster {
        id: ClusterId::new(write.at, network.randomness()),
        slug,
        name: name.trim().to_owned(),
        purpose: purpose.trim().to_owned(),
        owner: place,
        begun: write.at,
    };
    store::insert(write.on(), &cluster).await?;
    let at = clock::stored(write.at);
    store::put(
        write.on(),
        cluster.id,
        place,
        State::In,
        at,
        actor.person_id(),
    )
    .await?;
    let entry = Entry::new("began a cluster", Thing::new("cluster", cluster.id)).after(&cluster)?;
    write.commit(entry).await?;
    Ok(cluster)
}

/// Changes what is said of a cluster; its address stays.
///
/// # Errors
/// When the policy says no, the place does not run it, or something typed can't be used.
pub async fn change(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
    slug: &str,
    name: &str,
    purpose: &str,
) -> Result<Cluster> {
    let write = network
        .write(actor, Action::ManageClusters, Scope::place(place))
        .await?;
    let before = run_by(write.on(), place, slug).await?;
    all_well(problems(name, purpose))?;
    let after = Cluster {
        name: name.trim().to_owned(),
        purpose: purpose.trim().to_owned(),
        ..before.clone()
    };
    store::update(write.on(), &after).await?;
    let entry = Entry::new("changed a cluster", Thing::new("cluster", after.id))
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await?;
    Ok(after)
}

/// Asks a place to come in.
///
/// # Errors
/// When the policy says no, the asking place does not run the cluster, or the other is closed, in it,
/// or asked already.
pub async fn invite(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
    slug: &str,
    whom: PlaceId,
) -> Result<()> {
    let write = network
        .write(actor, Action::ManageClusters, Scope::place(place))
        .await?;
    let cluster = run_by(write.on(), place, slug).await?;
    let asked = places::store::by_id(write.on(), whom)
        .await?
        .ok_or(Error::NotFound)?;
    let name = &asked.profile.name;
    if asked.closed_on.is_some() {
        return Err(Error::invalid("invited", format!("{name} has closed.")));
    }
    match store::state(write.on(), cluster.id, whom).await? {
        Some(State::In) => {
            return Err(Error::invalid(
                "invited",
                format!("{name} is in it already."),
            ));
        }
        Some(State::Asked) => {
            return Err(Error::invalid(
                "invited",
                format!("{name} was asked already and has not answered yet."),
            ));
        }
        _ => {}
    }
    let at = clock::stored(write.at);
    store::put(
        write.on(),
        cluster.id,
        whom,
        State::Asked,
        at,
        actor.person_id(),
    )
    .await?;
    let entry = Entry::new(
        "asked a place into a cluster",
        Thing::new("cluster", cluster.id),
    )
    .after(&(whom, State::Asked))?;
    write.commit(entry).await
}

/// Says yes or no to a cluster, or leaves it.
///
/// # Errors
/// When the policy says no, the place was not asked or is not in it, or it runs the cluster and would
/// leave it without anybody who does.
pub async fn answer(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
    slug: &str,
    answer: Answer,
) -> Result<()> {
    let write = network
        .write(actor, Action::ManageClusters, Scope::place(place))
        .await?;
    let cluster = store::by_slug(write.on(), slug)
        .await?
        .ok_or(Error::NotFound)?;
    let before = store::state(write.on(), cluster.id, place).await?;
    let (after, what) = match (before, answer) {
        (Some(State::Asked), Answer::Join) => (State::In, "came into a cluster"),
        (Some(State::Asked), Answer::Decline) => (State::Declined, "declined a cluster"),
        (Some(State::In), Answer::Leave) => (State::Left, "left a cluster"),
        _ => {
            return Err(Error::conflict(
                "That was answered already. Load the page again to see how it stands.",
            ));
        }
    };
    if after == State::Left && cluster.owner == place {
        return Err(Error::conflict(
            "Your place runs this cluster. Hand it to another place first, then leave.",
        ));
    }
    let at = clock::stored(write.at);
    store::put(write.on(), cluster.id, place, after, at, None).await?;
    let entry = Entry::new(what, Thing::new("cluster", cluster.id))
        .before(&(place, before))?
        .after(&(place, after))?;
    write.commit(entry).await
}

/// Hands a cluster to another place that is in it.
///
/// # Errors
/// When the policy says no, the place does not run it, or the other is not in it.
pub async fn hand_over(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
    slug: &str,
    to: PlaceId,
) -> Result<()> {
    let write = network
        .write(actor, Action::ManageClusters, Scope::place(place))
        .await?;
    let before = run_by(write.on(), place, slug).await?;
    if store::state(write.on(), before.id, to).await? != Some(State::In) || to == place {
        return Err(Error::invalid(
            "to",
            "Choose another place that is in the cluster.",
        ));
    }
    let after = Cluster {
        owner: to,
        ..before.clone()
    };
    store::update(write.on(), &after).await?;
    let entry = Entry::new("handed a cluster over", Thing::new("cluster", after.id))
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await
}

/// The cluster, when this place runs it.
async fn run_by(on: &impl ConnectionTrait, place: PlaceId, slug: &str) -> Result<Cluster> {
    let cluster = store::by_slug(on, slug).await?.ok_or(Error::NotFound)?;
    if cluster.owner == place {
        Ok(cluster)
    } else {
        Err(Error::not_allowed(
            "Another place runs this cluster. Ask whoever leads it.",
        ))
    }
}

/// A cluster with the places in it, and for those who run it the places that were asked.
///
/// # Errors
/// [`Error::NotFound`] when there is none of that address.
pub async fn together(network: &Network, actor: &Actor, slug: &str) -> Result<Together> {
    let on = network.read();
    let cluster = store::by_slug(on, slug).await?.ok_or(Error::NotFound)?;
    let runs = actor.may(Action::ManageClusters, Scope::place(cluster.owner));
    let (mut places, mut asked) = (Vec::new(), Vec::new());
    for (id, state) in store::members(on, cluster.id).await? {
        let place = places::store::by_id(on, id).await?;
        match state {
            State::In => places.extend(place),
            State::Asked if runs => asked.extend(place),
            _ => {}
        }
    }
    places.sort_by(|a, b| {
        let first = |p: &Place| p.id != cluster.owner;
        (first(a), &a.profile.name).cmp(&(first(b), &b.profile.name))
    });
    asked.sort_by(|a, b| a.profile.name.cmp(&b.profile.name));
    Ok(Together {
        cluster,
        places,
        asked,
    })
}

/// Every cluster, by name.
///
/// # Errors
/// When the database can't be read.
pub async fn all(network: &Network) -> Result<Vec<Cluster>> {
    store::all(network.read()).await
}

/// The clusters that a place is in, by name: everybody may know them.
///
/// # Errors
/// When the database can't be read.
pub async fn with_place(network: &Network, place: PlaceId) -> Result<Vec<Cluster>> {
    let all = store::of_place(network.read(), place).await?;
    Ok(all
        .into_iter()
        .filter(|(_, state)| *state == State::In)
        .map(|(cluster, _)| cluster)
        .collect())
}

/// The clusters that a place is in or was asked into, by name: for people with a role there.
///
/// # Errors
/// When the policy says no.
pub async fn of_place(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
) -> Result<Vec<(Cluster, State)>> {
    policy::ask(actor, Action::SeePlace, Scope::place(place))?;
    let all = store::of_place(network.read(), place).await?;
    Ok(all
        .into_iter()
        .filter(|(_, state)| matches!(state, State::In | State::Asked))
        .collect())
}
