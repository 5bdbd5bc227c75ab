//! One-click sign-in links of the demo city. They exist only there, only while it runs, and are
//! never written down.

use super::sign_in::{self, SignedIn};
use crate::error::{Error, Result};
use crate::handle::Network;
use crate::secrets::{hash_of_secret, new_secret};

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
    let secret = new_secret(network.randomness());
    if let Ok(mut links) = network.demo_links().lock() {
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
        .lock()
        .ok()
        .and_then(|links| links.get(&hash_of_secret(secret)).copied())
        .ok_or(Error::NotFound)?;
    sign_in::begin_session(network, person, device).await
}
