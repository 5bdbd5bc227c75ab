//! What happens between the lock and the result: stopping early, and saying what was done otherwise.

use jiff::civil::Date;

use super::begin::{change, thing};
use super::{Reasoned, State, Trial, store};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::governance::Entry;
use crate::governance::policy::Action;
use crate::handle::Network;
use crate::ids::ShortId;

/// The longest reason.
const LONGEST: usize = 1_000;

/// A reason that can stand on a result.
pub(super) fn reason(text: &str, says: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("why", says));
    }
    if text.chars().count() > LONGEST {
        return Err(Error::invalid(
            "why",
            format!("Shorten this to at most {LONGEST} characters."),
        ));
    }
    Ok(text.to_owned())
}

/// Stops a trial early. The reason stands on its result.
///
/// # Errors
/// When the policy says no, there is no reason, or the trial does not run.
pub async fn stop(network: &Network, actor: &Actor, short: &ShortId, why: &str) -> Result<Trial> {
    let why = reason(
        why,
        "Enter why the trial stops early. It will stand on the result.",
    )?;
    let (write, before) = change(network, actor, Action::StopTrial, short).await?;
    if before.state != State::Locked {
        return Err(Error::conflict(if before.state.is_before_lock() {
            "This plan is not locked yet. Delete it instead."
        } else {
            "This trial does not run any more, so it can’t be stopped."
        }));
    }
    let mut after = before.clone();
    after.state = State::Stopped;
    after.changed = write.at;
    after.stopped = Some(Reasoned {
        at: write.at,
        by: actor.person_id().ok_or(Error::SignIn)?,
        why: why.clone(),
    });
    store::update(write.on(), &after).await?;
    let entry = Entry::new("stopped the trial early", thing(&after))
        .because(why)
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await?;
    Ok(after)
}

/// Says what was done otherwise than planned, and on which day. It stands on the result.
///
/// # Errors
/// When the policy says no, nothing is said, or the plan is not locked or the result reported.
pub async fn say_deviation(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    on: Date,
    says: &str,
) -> Result<()> {
    let says = reason(says, "Enter what was done otherwise than planned.")?;
    let (write, trial) = change(network, actor, Action::RecordDeviation, short).await?;
    if !trial.state.takes_scores() {
        return Err(Error::conflict(if trial.state.is_before_lock() {
            "This plan is not locked yet. Change the plan instead."
        } else {
            "This result is reported, so nothing is added to it."
        }));
    }
    let said = Reasoned {
        at: write.at,
        by: actor.person_id().ok_or(Error::SignIn)?,
        why: says,
    };
    let before = store::deviations(write.on(), trial.id).await?;
    let number = i32::try_from(before.len() + 1).unwrap_or(i32::MAX);
    store::insert_deviation(write.on(), trial.id, number, &said, on).await?;
    let entry = Entry::new("said a deviation", thing(&trial)).because(said.why.clone());
    write.commit(entry).await
}
