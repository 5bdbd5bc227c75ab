//! Reporting a result, which freezes it; withdrawing it, which leaves a tombstone.

use super::begin::{change, finish, thing};
use super::{Done, Reasoned, State, Trial, store};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::governance::Entry;
use crate::governance::policy::Action;
use crate::handle::Network;
use crate::ids::ShortId;

/// Publishes a result: from now on anybody may read it, and nobody changes it.
///
/// # Errors
/// When the policy says no, or there is no result to report.
pub async fn report(network: &Network, actor: &Actor, short: &ShortId) -> Result<Trial> {
    let (write, before) = change(network, actor, Action::ReportResult, short).await?;
    if before.state != State::Measured {
        return Err(Error::conflict(if before.state.is_published() {
            "This result is reported already."
        } else {
            "There is no result yet. Bring the scores first."
        }));
    }
    let mut after = before.clone();
    after.state = State::Reported;
    after.changed = write.at;
    after.reported = Some(Done {
        at: write.at,
        by: actor.person_id().ok_or(Error::SignIn)?,
    });
    finish(write, before, after, "reported the result").await
}

/// Withdraws a reported result. It leaves the pool, and a tombstone with the reason stays there.
///
/// # Errors
/// When the policy says no, there is no reason, or the result is not reported.
pub async fn withdraw(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    why: &str,
) -> Result<Trial> {
    let why = super::ending::reason(
        why,
        "Enter why the result is withdrawn. It will stay readable.",
    )?;
    let (write, before) = change(network, actor, Action::WithdrawResult, short).await?;
    if before.state != State::Reported {
        return Err(Error::conflict("Only a reported result can be withdrawn."));
    }
    let mut after = before.clone();
    after.state = State::Withdrawn;
    after.changed = write.at;
    after.withdrawn = Some(Reasoned {
        at: write.at,
        by: actor.person_id().ok_or(Error::SignIn)?,
        why: why.clone(),
    });
    store::update(write.on(), &after).await?;
    let entry = Entry::new("withdrew the result", thing(&after))
        .because(why)
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await?;
    Ok(after)
}
