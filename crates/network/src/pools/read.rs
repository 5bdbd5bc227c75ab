//! A practice's pool, worked out anew.

use super::{LivingPool, Member, Tried, living_pool};
use crate::error::{Error, Result};
use crate::handle::Network;
use crate::places;
use crate::practices::Practice;
use crate::trials::{self, Trial};

/// Everything that is known of a practice. Anybody may read it.
///
/// # Errors
/// When the database can't be read.
pub async fn of_practice(network: &Network, practice: &Practice) -> Result<LivingPool> {
    let on = network.read();
    let first = trials::store::by_id(on, practice.from_trial)
        .await?
        .ok_or(Error::NotFound)?;
    let mut members = vec![member(network, first.clone()).await?];
    for trial in trials::store::adopting(on, practice.id).await? {
        if trial.id != first.id {
            members.push(member(network, trial).await?);
        }
    }
    let today = places::today(network).await?;
    Ok(living_pool(practice, &first, members, today))
}

async fn member(network: &Network, trial: Trial) -> Result<Member> {
    let place = places::by_id(network, trial.place).await?;
    let tried = Tried {
        trial: trial.short.clone(),
        place: place.id,
        place_name: place.profile.name,
        place_slug: place.slug,
    };
    let result = if trial.state.is_published() {
        Some(trials::published(network, trial.clone()).await?)
    } else {
        None
    };
    Ok(Member {
        tried,
        trial,
        result,
    })
}
