//! Sharing a reported trial as a practice, and writing its words anew.

use super::{Practice, Version, Words, store};
use crate::actor::Actor;
use crate::door::Write;
use crate::error::{Error, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::{PracticeId, ShortId};
use crate::places;
use crate::thing::Thing;
use crate::trials::{State, store as trials};

/// Shares a reported trial as a practice. Its result is attached for good.
///
/// # Errors
/// When the policy says no, the trial is not reported or already shared, or a box is empty.
pub async fn share(
    network: &Network,
    actor: &Actor,
    short: &ShortId,
    words: &Words,
) -> Result<Practice> {
    let seen = trials::by_short(network.read(), short)
        .await?
        .ok_or(Error::NotFound)?;
    let scope = Scope::begun(seen.place, seen.begun_by);
    policy::ask(actor, Action::SharePractice, scope)?;
    all_well(words.problems())?;
    let write = network.write(actor, Action::SharePractice, scope).await?;
    let trial = trials::by_id(write.on(), seen.id)
        .await?
        .ok_or(Error::NotFound)?;
    if trial.state != State::Reported {
        return Err(Error::conflict(
            "Report the result first: a practice is shared with its evidence.",
        ));
    }
    if let Some(already) = store::by_trials(write.on(), [trial.id]).await?.pop() {
        return Err(Error::conflict(format!(
            "This trial is shared already, as “{}”. Change its words there.",
            already.words.title
        )));
    }
    let words = words.trimmed();
    let practice = Practice {
        id: PracticeId::new(write.at, network.randomness()),
        slug: free_slug(&write, &words.title).await?,
        place: trial.place,
        shared_by: actor.person_id().ok_or(Error::SignIn)?,
        shared_at: write.at,
        from_trial: trial.id,
        version: 1,
        revised_at: write.at,
        words,
    };
    store::insert(write.on(), &practice).await?;
    let entry = Entry::new("shared a practice", thing(&practice)).after(&practice)?;
    write.commit(entry).await?;
    Ok(practice)
}

/// The practice for the audit log; its answer to a repeated request is found by its address.
fn thing(practice: &Practice) -> Thing {
    Thing::new("practice", &practice.slug)
}

/// An address from the title that no practice has.
async fn free_slug(write: &Write<'_>, title: &str) -> Result<String> {
    let wanted = places::slug_from(title);
    let stem = if wanted.is_empty() || wanted == "new" {
        "practice".to_owned()
    } else {
        wanted
    };
    let mut slug = stem.clone();
    let mut number = 1_u32;
    while store::by_slug(write.on(), &slug).await?.is_some() {
        number += 1;
        slug = format!("{stem}-{number}");
    }
    Ok(slug)
}

/// Writes a practice's words anew. The version before stays readable.
///
/// # Errors
/// When the policy says no, or a box is empty.
pub async fn revise(
    network: &Network,
    actor: &Actor,
    slug: &str,
    words: &Words,
) -> Result<Practice> {
    let seen = store::by_slug(network.read(), slug)
        .await?
        .ok_or(Error::NotFound)?;
    let scope = Scope::begun(seen.place, seen.shared_by);
    let write = network.write(actor, Action::SharePractice, scope).await?;
    all_well(words.problems())?;
    let before = store::by_id(write.on(), seen.id)
        .await?
        .ok_or(Error::NotFound)?;
    let words = words.trimmed();
    if before.words == words {
        return Ok(before);
    }
    let next = Version {
        number: before.version + 1,
        at: write.at,
        by: actor.person_id().ok_or(Error::SignIn)?,
        words: words.clone(),
    };
    store::insert_version(write.on(), before.id, &next).await?;
    let after = Practice {
        version: next.number,
        revised_at: next.at,
        words,
        ..before.clone()
    };
    let entry = Entry::new("wrote a practice’s words anew", thing(&after))
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await?;
    Ok(after)
}
