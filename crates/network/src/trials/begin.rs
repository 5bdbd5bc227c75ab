//! Beginning a trial and filling in its plan, screen by screen; deleting it before the lock.

use super::{Adopts, ComparisonAndSize, Dates, Draft, IdeaAndMeasure, State, Trial, lots, store};
use crate::actor::Actor;
use crate::door::Write;
use crate::error::{Error, Result};
use crate::governance::Entry;
use crate::governance::policy::{Action, Scope};
use crate::handle::Network;
use crate::ids::{PlaceId, ShortId, TrialId};
use crate::thing::Thing;

/// Begins a trial at a place, with an empty plan.
///
/// # Errors
/// When the policy says no.
pub async fn begin(network: &Network, actor: &Actor, place: PlaceId) -> Result<Trial> {
    begin_with(network, actor, place, Draft::default(), None).await
}

/// Begins a trial that tries a practice at another place, with most of its plan filled in.
///
/// # Errors
/// When the policy says no.
pub async fn begin_adoption(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
    draft: Draft,
    adopts: Adopts,
) -> Result<Trial> {
    begin_with(network, actor, place, draft, Some(adopts)).await
}

async fn begin_with(
    network: &Network,
    actor: &Actor,
    place: PlaceId,
    draft: Draft,
    adopts: Option<Adopts>,
) -> Result<Trial> {
    let write = network
        .write(actor, Action::PlanTrial, Scope::place(place))
        .await?;
    let begun_by = actor.person_id().ok_or(Error::SignIn)?;
    let trial = Trial {
        id: TrialId::new(write.at, network.randomness()),
        short: free_short(network, &write).await?,
        place,
        begun_by,
        begun: write.at,
        changed: write.at,
        state: State::Draft,
        draft,
        adopts,
        asked: None,
        sent_back: None,
        lock: None,
        stopped: None,
        reported: None,
        withdrawn: None,
        list_until: None,
    };
    store::insert(write.on(), &trial).await?;
    let entry = Entry::new("began a trial", thing(&trial)).after(&trial)?;
    write.commit(entry).await?;
    Ok(trial)
}

/// A short id that no trial has.
async fn free_short(network: &Network, write: &Write<'_>) -> Result<ShortId> {
    loop {
        let short = ShortId::new(network.randomness());
        if store::by_short(write.on(), &short).await?.is_none() {
            return Ok(short);
        }
    }
}

/// The trial for the audit log; its answer to a repeated request is found by its short id.
pub(super) fn thing(trial: &Trial) -> Thing {
    Thing::new("trial", &trial.short)
}

/// Opens the door for a trial: the policy is asked with the trial's own scope, and the trial is read
/// anew inside the change.
pub(super) async fn change<'n>(
    network: &'n Network,
    actor: &Actor,
    action: Action,
    short: &ShortId,
) -> Result<(Write<'n>, Trial)> {
    let seen = store::by_short(network.read(), short)
        .await?
        .ok_or(Error::NotFound)?;
    let scope = Scope::begun(seen.place, seen.begun_by);
    let write = network.write(actor, action, scope).await?;
    let trial = store::by_short(write.on(), short)
        .await?
        .ok_or(Error::NotFound)?;
    Ok((write, trial))
}

/// Refuses a change of a locked plan.
pub(super) fn refuse_after_lock(trial: &Trial) -> Result<()> {
    if trial.state.is_before_lock() {
        return Ok(());
    }
    Err(Error::conflict(
        "This plan is locked, so it can’t be changed. What you do otherwise can be said as a deviation.",
    ))
}

/// Saves screen 1, whatever is filled in.
///
/// # Errors
/// When the policy says no, or the plan is locked.
pub async fn save_idea(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    idea: IdeaAndMeasure,
) -> Result<Trial> {
    save(
        network,
        actor,
        short,
        "saved the idea and the measure",
        |draft| draft.idea = idea,
    )
    .await
}

/// Saves screen 2, whatever is filled in.
///
/// # Errors
/// When the policy says no, or the plan is locked.
pub async fn save_comparison(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    comparison: ComparisonAndSize,
) -> Result<Trial> {
    let what = "saved the comparison and the size";
    let (write, before) = change(network, actor, Action::PlanTrial, short).await?;
    refuse_after_lock(&before)?;
    let mut after = back_to_draft(before.clone(), &write);
    let was = std::mem::replace(&mut after.draft.comparison, comparison);
    let now = &after.draft.comparison;
    if let Some(compare) = now.compare {
        let names = [
            (was.intervention.trim(), now.intervention.trim()),
            (was.comparison.trim(), now.comparison.trim()),
        ];
        let were_named = names.iter().all(|(old, _)| !old.is_empty());
        let are_named = names.iter().all(|(_, new)| !new.is_empty());
        let otherwise = was.compare != now.compare || was.even_out != now.even_out;
        if otherwise || were_named != are_named {
            // Groups were drawn for the comparison as it was: another one needs its own.
            lots::regroup(network, actor, &write, &after, compare, None).await?;
        } else if names.iter().any(|(old, new)| old != new) {
            lots::rename_groups(&write, &after, names).await?;
        }
    }
    finish(write, before, after, what).await
}

/// Saves the dates of screen 3, whatever is filled in.
///
/// # Errors
/// When the policy says no, or the plan is locked.
pub async fn save_dates(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    dates: Dates,
) -> Result<Trial> {
    save(network, actor, short, "saved the dates", |draft| {
        draft.dates = dates
    })
    .await
}

async fn save(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    what: &str,
    fill: impl FnOnce(&mut Draft),
) -> Result<Trial> {
    let (write, before) = change(network, actor, Action::PlanTrial, short).await?;
    refuse_after_lock(&before)?;
    let mut after = back_to_draft(before.clone(), &write);
    fill(&mut after.draft);
    finish(write, before, after, what).await
}

/// A plan that changes while the leader looks at it has to be asked for again.
pub(super) fn back_to_draft(mut trial: Trial, write: &Write<'_>) -> Trial {
    trial.state = State::Draft;
    trial.asked = None;
    trial.changed = write.at;
    trial
}

pub(super) async fn finish(
    write: Write<'_>,
    before: Trial,
    after: Trial,
    what: &str,
) -> Result<Trial> {
    store::update(write.on(), &after).await?;
    let entry = Entry::new(what, thing(&after))
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await?;
    Ok(after)
}

/// Deletes a trial before its lock, with its list.
///
/// # Errors
/// When the policy says no, or the plan is locked.
pub async fn delete(network: &Network, actor: &Actor, short: &ShortId) -> Result<()> {
    let (write, trial) = change(network, actor, Action::DeleteDraft, short).await?;
    if !trial.state.is_before_lock() {
        return Err(Error::conflict(
            "This plan is locked, so it can’t be deleted. A trial that can’t go on is stopped, with the reason.",
        ));
    }
    store::delete(write.on(), trial.id).await?;
    let entry = Entry::new("deleted a plan before its lock", thing(&trial)).before(&trial)?;
    write.commit(entry).await
}
