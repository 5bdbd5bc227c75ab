//! One-click sign-in links of the demo city. They exist only there, only while it runs, and are
//! never written down.

use std::collections::HashMap;
use std::sync::Mutex;

use super::sign_in::{self, SignedIn, hash_of_secret, new_secret};
use crate::error::{Error, Result};
use crate::handle::Network;
use crate::ids::PersonId;

/// The links of this run: the hash of each link's secret, and whom it signs in.
#[derive(Default)]
pub(crate) struct DemoLinks(Mutex<HashMap<String, PersonId>>);

/// Makes a link's secret for the person with this e-mail address.
///
/// # Errors
/// [`Error::NotFound`] when this is not the demo city or there is no such person.
pub async fn link_for(network: &Network, email: &str) -> Result<String> {
    if !network.settings().demo {
        return Err(Error::NotFound);
    }
    let person = super::store::person_by_email(network.read(), email)
        .await?
        .ok_or(Error::NotFound)?;
    let secret = new_secret(network);
    if let Ok(mut links) = network.demo_links().0.lock() {
        links.insert(hash_of_secret(&secret), person.id);
    }
    Ok(secret)
}

/// Signs in whoever follows a link. A link can be followed again as long as the demo runs.
///
/// # Errors
/// [`Error::NotFound`] when there is no such link, as anywhere but in the demo city.
pub async fn follow(network: &Network, secret: &str, device: &str) -> Result<SignedIn> {
    if !network.settings().demo {
        return Err(Error::NotFound);
    }
    let person = network
        .demo_links()
        .0
        .lock()
        .ok()
        .and_then(|links| links.get(&hash_of_secret(secret)).copied())
        .ok_or(Error::NotFound)?;
    sign_in::begin_session(network, person, device).await
}
