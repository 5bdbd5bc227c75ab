//! Setting, changing, ending and finding goals.

use super::{Ended, Goal, Standing, Terms, store};
use crate::actor::Actor;
use crate::error::{Error, Problem, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::{GoalId, PlaceId};
use crate::places;
use crate::thing::Thing;

/// Sets a goal.
///
/// # Errors
/// When the policy says no, or something typed can't be used.
pub async fn set_goal(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
    terms: &Terms,
) -> Result<Goal> {
    policy::ask(actor, Action::SetGoal, Scope::place(place))?;
    let mut problems = terms.problems();
    problems.extend(serves_problem(network, place, terms, "").await?);
    if terms.due <= places::today(network).await? {
        problems.push(Problem::new(
            "due",
            "Enter a date in the future, such as 16 July 2027",
        ));
    }
    all_well(problems)?;
    let set_by = actor.person_id().ok_or(Error::SignIn)?;
    let write = network
        .write(actor, Action::SetGoal, Scope::place(place))
        .await?;
    let goal = Goal {
        id: GoalId::new(write.at, network.randomness()),
        place,
        terms: terms.clone(),
        set_by,
        set_at: write.at,
        ended: None,
    };
    store::insert(write.on(), &goal).await?;
    let entry = Entry::new("set a goal", Thing::new("goal", goal.id)).after(&goal)?;
    write.commit(entry).await?;
    Ok(goal)
}

/// The values that a goal of a place can serve: the place's own, then the network's.
///
/// # Errors
/// When there is no such place, or the database can't be read.
pub async fn values_to_serve(network: &Network, place: PlaceId) -> Result<Vec<String>> {
    let mut values = places::by_id(network, place).await?.profile.values;
    for value in places::network_profile(network).await?.about.values {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

/// A goal serves a value that the place or the network has, or the one that it served before.
async fn serves_problem(
    network: &Network,
    place: PlaceId,
    terms: &Terms,
    before: &str,
) -> Result<Option<Problem>> {
    if terms.serves.is_empty() || terms.serves == before {
        return Ok(None);
    }
    let known = values_to_serve(network, place).await?;
    Ok((!known.contains(&terms.serves)).then(|| {
        Problem::new(
            "serves",
            "Choose one of the values that the place or the network stands for, or none",
        )
    }))
}

/// Changes what a goal says.
///
/// # Errors
/// When the policy says no, something typed can't be used, or the goal has ended.
pub async fn change_goal(
    network: &Network,
    actor: &Actor,
    id: GoalId,
    terms: &Terms,
) -> Result<Goal> {
    let known = store::by_id(network.read(), id).await?;
    let scope = Scope::place(known.place);
    policy::ask(actor, Action::SetGoal, scope)?;
    let mut problems = terms.problems();
    problems.extend(serves_problem(network, known.place, terms, &known.terms.serves).await?);
    all_well(problems)?;
    let write = network.write(actor, Action::SetGoal, scope).await?;
    let before = store::by_id(write.on(), id).await?;
    refuse_ended(&before)?;
    let after = Goal {
        terms: terms.clone(),
        ..before.clone()
    };
    store::update(write.on(), &after).await?;
    let entry = Entry::new("changed a goal", Thing::new("goal", id))
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await?;
    Ok(after)
}

/// Ends a goal: it leaves the place's home, and its values stay.
///
/// # Errors
/// When the policy says no, no reason is given, or the goal has ended already.
pub async fn end_goal(network: &Network, actor: &Actor, id: GoalId, why: &str) -> Result<()> {
    let known = store::by_id(network.read(), id).await?;
    let scope = Scope::place(known.place);
    policy::ask(actor, Action::SetGoal, scope)?;
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 300 {
        return Err(Error::invalid(
            "why",
            "Say in a sentence why the goal ends, such as: we reached it",
        ));
    }
    let write = network.write(actor, Action::SetGoal, scope).await?;
    let before = store::by_id(write.on(), id).await?;
    refuse_ended(&before)?;
    let after = Goal {
        ended: Some(Ended {
            at: write.at,
            why: why.to_owned(),
        }),
        ..before.clone()
    };
    store::update(write.on(), &after).await?;
    let entry = Entry::new("ended a goal", Thing::new("goal", id))
        .because(why)
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await
}

pub(super) fn refuse_ended(goal: &Goal) -> Result<()> {
    match goal.ended {
        None => Ok(()),
        Some(_) => Err(Error::conflict(
            "This goal has ended. Set a new one to go on.",
        )),
    }
}

/// A place's goals that are not ended, with everything that is known of them.
///
/// # Errors
/// When the policy says no, or the database can't be read.
pub async fn goals_of(network: &Network, actor: &Actor, place: PlaceId) -> Result<Vec<Standing>> {
    policy::ask(actor, Action::SeePlace, Scope::place(place))?;
    let mut all = Vec::new();
    for goal in store::of_place(network.read(), place).await? {
        all.push(store::standing(network.read(), goal).await?);
    }
    Ok(all)
}

/// A goal with everything that is known of it.
///
/// # Errors
/// [`Error::NotFound`] when there is none that the actor may know of.
pub async fn goal(network: &Network, actor: &Actor, id: GoalId) -> Result<Standing> {
    let goal = store::by_id(network.read(), id).await?;
    policy::ask(actor, Action::SeePlace, Scope::place(goal.place))?;
    store::standing(network.read(), goal).await
}
