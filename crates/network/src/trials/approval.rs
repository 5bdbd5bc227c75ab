//! Check and lock: the place leader approves with one tap, or the network asks for no approval.

use engine::trial_plan::TrialPlan;

use super::begin::{change, finish, refuse_after_lock};
use super::draft::Step;
use super::{Done, Lock, Reasoned, State, Trial, list, store};
use crate::actor::Actor;
use crate::door::Write;
use crate::error::{Error, Problem, Result};
use crate::governance::Entry;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::ShortId;
use crate::places;
use crate::secrets::hexadecimal;

/// The plan that would be locked now, and what is still missing, screen by screen. Its salt is left
/// empty: it is drawn at the lock.
///
/// # Errors
/// When the policy says no.
pub async fn planned(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
) -> Result<(Option<TrialPlan>, Vec<(Step, Problem)>)> {
    let trial = store::by_short(network.read(), short)
        .await?
        .ok_or(Error::NotFound)?;
    policy::ask(
        actor,
        Action::SeeDraft,
        Scope::begun(trial.place, trial.begun_by),
    )?;
    let pupils = store::list(network.read(), trial.id).await?;
    let draws = store::draws(network.read(), trial.id).await?.len();
    let list = list::summary(&pupils, draws);
    let plan = trial.draft.comparison.compare.map(|compare| {
        trial
            .draft
            .plan(compare, &list, adopts(&trial), String::new())
    });
    Ok((plan, trial.draft.problems(&list)))
}

fn adopts(trial: &Trial) -> Option<String> {
    trial
        .adopts
        .as_ref()
        .map(|a| format!("{}, version {}", a.title, a.version))
}

/// Asks the place leader to approve the plan.
///
/// # Errors
/// When the policy says no, or something is still missing.
pub async fn ask_for_lock(network: &Network, actor: &Actor, short: &ShortId) -> Result<Trial> {
    let (write, before) = change(network, actor, Action::PlanTrial, short).await?;
    refuse_after_lock(&before)?;
    complete(&write, &before).await?;
    let mut after = before.clone();
    after.state = State::Asked;
    after.asked = Some(Done {
        at: write.at,
        by: actor.person_id().ok_or(Error::SignIn)?,
    });
    after.changed = write.at;
    finish(write, before, after, "asked for the plan’s approval").await
}

/// Sends a plan back to its team, with the reason.
///
/// # Errors
/// When the policy says no, or the plan does not wait for approval.
pub async fn send_back(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    why: &str,
) -> Result<Trial> {
    let why = why.trim();
    if why.is_empty() {
        return Err(Error::invalid(
            "why",
            "Enter what should change before you approve it.",
        ));
    }
    let (write, before) = change(network, actor, Action::ApprovePlan, short).await?;
    refuse_unasked(&before)?;
    let mut after = before.clone();
    after.state = State::Draft;
    after.asked = None;
    after.sent_back = Some(Reasoned {
        at: write.at,
        by: actor.person_id().ok_or(Error::SignIn)?,
        why: why.to_owned(),
    });
    after.changed = write.at;
    store::update(write.on(), &after).await?;
    let entry = Entry::new("sent the plan back", super::begin::thing(&after))
        .because(why)
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await?;
    Ok(after)
}

fn refuse_unasked(trial: &Trial) -> Result<()> {
    match trial.state {
        State::Asked => Ok(()),
        State::Draft => Err(Error::conflict(
            "The plan was changed since you were asked. Its team has to ask again.",
        )),
        _ => refuse_after_lock(trial),
    }
}

/// Approves a plan, which locks it. One tap of the place leader.
///
/// # Errors
/// When the policy says no, nobody asked, or something is still missing.
pub async fn approve(network: &Network, actor: &Actor, short: &ShortId) -> Result<Trial> {
    let (write, before) = change(network, actor, Action::ApprovePlan, short).await?;
    refuse_unasked(&before)?;
    lock(
        network,
        actor,
        write,
        before,
        "approved and locked the plan",
    )
    .await
}

/// Locks a plan without approval, in a network that asks for none.
///
/// # Errors
/// When the policy says no, the network asks for approval, or something is still missing.
pub async fn lock_unapproved(network: &Network, actor: &Actor, short: &ShortId) -> Result<Trial> {
    let (write, before) = change(network, actor, Action::LockUnapproved, short).await?;
    refuse_after_lock(&before)?;
    if places::network_profile(network).await?.leader_approves {
        return Err(Error::conflict(
            "In this network the place leader approves each plan. Ask for approval instead.",
        ));
    }
    lock(network, actor, write, before, "locked the plan").await
}

/// Refuses a plan in which something is missing, with all that is missing.
async fn complete(write: &Write<'_>, trial: &Trial) -> Result<super::draft::ListSummary> {
    let pupils = store::list(write.on(), trial.id).await?;
    let draws = store::draws(write.on(), trial.id).await?.len();
    let summary = list::summary(&pupils, draws);
    let missing = trial.draft.problems(&summary);
    if missing.is_empty() {
        return Ok(summary);
    }
    Err(Error::Invalid(
        missing.into_iter().map(|(_, problem)| problem).collect(),
    ))
}

async fn lock(
    network: &Network,
    actor: &Actor,
    write: Write<'_>,
    before: Trial,
    what: &str,
) -> Result<Trial> {
    let summary = complete(&write, &before).await?;
    let compare = before.draft.comparison.compare.ok_or(Error::NotFound)?;
    let mut salt = [0_u8; 16];
    network.randomness().fill(&mut salt);
    let plan = before
        .draft
        .plan(compare, &summary, adopts(&before), hexadecimal(&salt));
    let canonical = plan.canonical()?;
    let hash = engine::trial_plan::fingerprint_of(&canonical);
    let today = places::today(network).await?;
    let mut after = before.clone();
    list::keep_from_lock(&mut after, &write);
    after.state = State::Locked;
    after.changed = write.at;
    after.lock = Some(Lock {
        before_outcome: before
            .draft
            .dates
            .measured
            .is_some_and(|measured| today <= measured),
        plan,
        canonical,
        hash: hash.clone(),
        at: write.at,
        by: actor.person_id().ok_or(Error::SignIn)?,
    });
    store::update(write.on(), &after).await?;
    let entry = Entry::new(what, super::begin::thing(&after))
        .before(&before)?
        .after(&after)?
        .vouches(hash);
    write.commit(entry).await?;
    Ok(after)
}
