//! Adding, finding and changing places.

use super::{Found, Place, PlaceProfile, slug_problem, store};
use crate::actor::Actor;
use crate::clock;
use crate::error::{Error, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::PlaceId;
use crate::thing::Thing;

/// Adds a place.
///
/// # Errors
/// When the policy says no, or something typed can't be used.
pub async fn add_place(
    network: &Network,
    actor: &Actor,
    slug: &str,
    profile: &PlaceProfile,
) -> Result<Place> {
    policy::ask(actor, Action::AddPlace, Scope::network())?;
    let mut problems = profile.problems();
    problems.extend(slug_problem(slug));
    all_well(problems)?;
    let write = network
        .write(actor, Action::AddPlace, Scope::network())
        .await?;
    refuse_taken(write.on(), slug, None).await?;
    refuse_same_urn(write.on(), profile, None).await?;
    let place = Place {
        id: PlaceId::new(write.at, network.randomness()),
        slug: slug.to_owned(),
        profile: profile.clone(),
        closed_on: None,
        followed_by: None,
    };
    store::insert(write.on(), &place, clock::stored(write.at)).await?;
    let entry = Entry::new("added a place", Thing::new("place", place.id)).after(&place)?;
    write.commit(entry).await?;
    Ok(place)
}

async fn refuse_taken(
    on: &impl sea_orm::ConnectionTrait,
    slug: &str,
    but: Option<PlaceId>,
) -> Result<()> {
    let taken = match store::by_slug(on, slug).await? {
        Some(place) => Some(place.id),
        None => store::by_former_slug(on, slug).await?.map(|place| place.id),
    };
    if taken.is_some() && taken != but {
        return Err(Error::invalid(
            "slug",
            "Another place has, or had, this address. Choose another.",
        ));
    }
    Ok(())
}

/// Two places of one URN would both be the register's.
async fn refuse_same_urn(
    on: &impl sea_orm::ConnectionTrait,
    profile: &PlaceProfile,
    but: Option<PlaceId>,
) -> Result<()> {
    let Some(urn) = &profile.urn else {
        return Ok(());
    };
    match store::by_urn(on, urn).await? {
        Some(other) if Some(other.id) != but => Err(Error::invalid(
            "urn",
            format!("{} has this URN. Check the six digits.", other.profile.name),
        )),
        _ => Ok(()),
    }
}

/// Some of the places that are open, by name: those whose name, town or URN holds the words; and how
/// many there are in all. Without words, all of them.
///
/// # Errors
/// When the database can't be read.
pub async fn search(
    network: &Network,
    words: &str,
    from: u64,
    at_most: u64,
) -> Result<(Vec<Place>, u64)> {
    store::search(network.read(), words.trim(), from, at_most).await
}

/// All the places, by name.
///
/// # Errors
/// When the database can't be read.
pub async fn all(network: &Network) -> Result<Vec<Place>> {
    store::all(network.read()).await
}

/// The place at an address, or where it has moved.
///
/// # Errors
/// [`Error::NotFound`] when no place ever had this address.
pub async fn by_slug(network: &Network, slug: &str) -> Result<Found> {
    if let Some(place) = store::by_slug(network.read(), slug).await? {
        return Ok(Found::Here(Box::new(place)));
    }
    let moved = store::by_former_slug(network.read(), slug)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(Found::MovedTo(moved.slug))
}

/// A place by its id.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn by_id(network: &Network, id: PlaceId) -> Result<Place> {
    store::by_id(network.read(), id)
        .await?
        .ok_or(Error::NotFound)
}

/// Changes what is said of a place, and its address; the old address keeps leading there.
///
/// # Errors
/// When the policy says no, or something typed can't be used.
pub async fn change_place(
    network: &Network,
    actor: &Actor,
    id: PlaceId,
    slug: &str,
    profile: &PlaceProfile,
) -> Result<Place> {
    let write = network
        .write(actor, Action::ManagePlace, Scope::place(id))
        .await?;
    let mut problems = profile.problems();
    problems.extend(slug_problem(slug));
    all_well(problems)?;
    let before = store::by_id(write.on(), id).await?.ok_or(Error::NotFound)?;
    refuse_taken(write.on(), slug, Some(id)).await?;
    refuse_same_urn(write.on(), profile, Some(id)).await?;
    let after = Place {
        id,
        slug: slug.to_owned(),
        profile: profile.clone(),
        ..before.clone()
    };
    if before.slug != after.slug {
        store::remember_slug(write.on(), id, &before.slug, &after.slug).await?;
    }
    store::update(write.on(), &after).await?;
    let entry = Entry::new("changed a place", Thing::new("place", id))
        .before(&before)?
        .after(&after)?;
    write.commit(entry).await?;
    Ok(after)
}
