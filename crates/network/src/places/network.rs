//! The network's own page: what it says of itself, and its settings.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{About, NetworkProfile, store};
use crate::actor::Actor;
use crate::error::{Error, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::{Action, Scope};
use crate::handle::Network;
use crate::thing::Thing;

/// Whether the network is founded yet.
///
/// # Errors
/// When the database can't be read.
pub async fn is_founded(network: &Network) -> Result<bool> {
    Ok(store::profile(network.read()).await?.is_some())
}

/// What the network says of itself.
///
/// # Errors
/// [`Error::NotFound`] before it is founded.
pub async fn network_profile(network: &Network) -> Result<NetworkProfile> {
    store::profile(network.read()).await?.ok_or(Error::NotFound)
}

/// Changes what the network says of itself, and whether leaders approve plans.
///
/// # Errors
/// When the policy says no, or something typed can't be used.
pub async fn change_network(
    network: &Network,
    actor: &Actor,
    about: &About,
    leader_approves: bool,
) -> Result<()> {
    let write = network
        .write(actor, Action::ManageNetwork, Scope::network())
        .await?;
    all_well(about.problems())?;
    let before = store::profile(write.on()).await?.ok_or(Error::NotFound)?;
    let after = NetworkProfile {
        about: about.clone(),
        leader_approves,
        ..before.clone()
    };
    store::update_profile(write.on(), &after).await?;
    let entry = Entry::new(
        "changed the network’s page",
        Thing::new("network", after.id),
    )
    .before(&before)?
    .after(&after)?;
    write.commit(entry).await
}

/// The date today where the network is.
///
/// # Errors
/// When the database can't be read.
pub async fn today(network: &Network) -> Result<Date> {
    let zone = network_profile(network).await?.time_zone;
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    Ok(network.now().to_zoned_datetime(zone).date())
}
