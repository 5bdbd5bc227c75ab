//! Reading practices: anybody may.

use super::{Lineage, Practice, Version, store};
use crate::error::{Error, Result};
use crate::handle::Network;
use crate::ids::{PlaceId, PracticeId, TrialId};
use crate::trials;

/// Every practice, the newest first.
///
/// # Errors
/// When the database can't be read.
pub async fn all(network: &Network) -> Result<Vec<Practice>> {
    store::all(network.read(), None).await
}

/// A place's own practices, the newest first.
///
/// # Errors
/// When the database can't be read.
pub async fn of_place(network: &Network, place: PlaceId) -> Result<Vec<Practice>> {
    store::all(network.read(), Some(place)).await
}

/// The practice at an address.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn by_slug(network: &Network, slug: &str) -> Result<Practice> {
    store::by_slug(network.read(), slug)
        .await?
        .ok_or(Error::NotFound)
}

/// A practice by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn by_id(network: &Network, id: PracticeId) -> Result<Practice> {
    store::by_id(network.read(), id)
        .await?
        .ok_or(Error::NotFound)
}

/// The practice that a trial was shared as, if it was.
///
/// # Errors
/// When the database can't be read.
pub async fn of_trial(network: &Network, trial: TrialId) -> Result<Option<Practice>> {
    Ok(store::by_trials(network.read(), [trial]).await?.pop())
}

/// Every version of a practice's words, the first one first.
///
/// # Errors
/// [`Error::NotFound`] when there is no such practice.
pub async fn versions(network: &Network, slug: &str) -> Result<Vec<Version>> {
    let practice = by_slug(network, slug).await?;
    store::versions(network.read(), practice.id).await
}

/// Where a practice came from, and what came from it.
///
/// # Errors
/// When the database can't be read.
pub async fn lineage(network: &Network, practice: &Practice) -> Result<Lineage> {
    let on = network.read();
    let first = trials::store::by_id(on, practice.from_trial).await?;
    let parent = match first.and_then(|trial| trial.adopts) {
        Some(adopts) => store::by_id(on, adopts.practice).await?,
        None => None,
    };
    let adopting = trials::store::adopting(on, practice.id).await?;
    let children = store::by_trials(on, adopting.into_iter().map(|trial| trial.id)).await?;
    Ok(Lineage { parent, children })
}
