//! Founding the network with its first person.

use super::accounts::{self, NewPerson};
use super::{Actor, Person, store as people_store};
use crate::clock;
use crate::error::{Error, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::{Action, Role, Scope};
use crate::handle::Network;
use crate::ids::{GrantId, NetworkId};
use crate::places::{About, NetworkProfile, store};
use crate::thing::Thing;

/// What a network begins with.
#[derive(Clone, Debug, Default)]
pub struct Founding {
    /// What it says of itself.
    pub about: About,
    /// Its first lead.
    pub lead: NewPerson,
    /// Its time zone; `Europe/London` when empty.
    pub time_zone: String,
    /// Whether a place leader approves each plan before it is locked.
    pub leader_approves: bool,
}

/// Founds the network in an empty data folder.
///
/// # Errors
/// When it is already founded, or something typed can't be used.
pub async fn found(network: &Network, actor: &Actor, founding: &Founding) -> Result<Person> {
    let mut problems = founding.about.problems();
    problems.extend(founding.lead.problems());
    all_well(problems)?;
    let time_zone = zone(&founding.time_zone)?;
    let kept = accounts::prepare(network, &founding.lead).await?;
    let write = network
        .write(actor, Action::FoundNetwork, Scope::network())
        .await?;
    if store::profile(write.on()).await?.is_some() || people_store::anybody(write.on()).await? {
        return Err(Error::conflict(
            "This network is already founded. Sign in instead.",
        ));
    }
    let id = NetworkId::new(write.at, network.randomness());
    let profile = NetworkProfile {
        id,
        about: founding.about.clone(),
        time_zone,
        leader_approves: founding.leader_approves,
        founded: write.at,
    };
    store::insert_profile(write.on(), &profile).await?;
    let lead = accounts::insert(network, &write, &founding.lead, kept).await?;
    people_store::insert_grant(
        write.on(),
        people_store::membership::Model {
            id: GrantId::new(write.at, network.randomness()),
            person_id: lead.id,
            place_id: None,
            role: people_store::role_name(Role::NetworkLead).to_owned(),
            since: clock::stored(write.at),
            ended_at: None,
            until: None,
            given_by: None,
        },
    )
    .await?;
    let entry = Entry::new("founded the network", Thing::new("network", id)).after(&profile)?;
    write.commit(entry).await?;
    Ok(lead)
}

fn zone(name: &str) -> Result<String> {
    let name = if name.trim().is_empty() {
        "Europe/London"
    } else {
        name.trim()
    };
    jiff::tz::TimeZone::get(name)
        .map_err(|_| Error::invalid("time_zone", "Enter a time zone such as Europe/London."))?;
    Ok(name.to_owned())
}
