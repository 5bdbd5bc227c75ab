//! "Try it here": an adoption is a new trial at another place, with most of its plan filled in.

use super::{Practice, store};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::handle::Network;
use crate::ids::PlaceId;
use crate::trials::{self, Adopts, ComparisonAndSize, Dates, Draft, IdeaAndMeasure, Trial};

/// Begins a trial of a practice at a place. Its measure and its comparison are those of the first
/// trial, so that the results can be pooled; its people and dates are the place's own.
///
/// # Errors
/// When the policy says no, or there is no such practice.
pub async fn adopt(network: &Network, actor: &Actor, slug: &str, place: PlaceId) -> Result<Trial> {
    let practice = store::by_slug(network.read(), slug)
        .await?
        .ok_or(Error::NotFound)?;
    let first = trials::store::by_id(network.read(), practice.from_trial)
        .await?
        .ok_or(Error::NotFound)?;
    let draft = prefilled(&practice, &first);
    let adopts = Adopts {
        practice: practice.id,
        version: practice.version,
        title: practice.words.title.clone(),
    };
    trials::begin_adoption(network, actor, place, draft, adopts).await
}

fn prefilled(practice: &Practice, first: &Trial) -> Draft {
    Draft {
        idea: IdeaAndMeasure {
            title: practice.words.title.clone(),
            idea: practice.words.what.chars().take(2_000).collect(),
            ..first.draft.idea.clone()
        },
        comparison: ComparisonAndSize {
            pupils: None,
            classes: None,
            ..first.draft.comparison.clone()
        },
        dates: Dates::default(),
    }
}
