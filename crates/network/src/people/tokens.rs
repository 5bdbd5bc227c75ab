//! API tokens: made in the product by a signed-in person, shown once, kept as a hash.

use super::{Actor, Through, Token, store};
use crate::clock;
use crate::error::{Error, Result};
use crate::governance::Entry;
use crate::governance::policy::{Action, Scope};
use crate::handle::Network;
use crate::ids::TokenId;
use crate::secrets::{hash_of_secret, new_secret};
use crate::thing::Thing;

/// What every token begins with, so that a scanner finds one that was left lying about.
const PREFIX: &str = "difference_";

/// A token that was just made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The secret: shown this once.
    pub secret: String,
    /// The token.
    pub token: Token,
}

/// Makes a token with the actor's own roles, for reading or for reading and writing.
///
/// # Errors
/// When nobody is signed in on a device, or the name is missing.
pub async fn make_token(
    network: &Network,
    actor: &Actor,
    name: &str,
    may_write: bool,
) -> Result<NewToken> {
    let person = actor.person_id().ok_or(Error::SignIn)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(Error::invalid(
            "name",
            "Enter what this token is for, in at most 80 characters, such as “attendance import”.",
        ));
    }
    let secret = format!("{PREFIX}{}", new_secret(network.randomness()));
    let write = network
        .write(actor, Action::ManageOwnTokens, Scope::person(person))
        .await?;
    let token = Token {
        id: TokenId::new(write.at, network.randomness()),
        name: name.to_owned(),
        may_write,
        since: write.at,
    };
    store::insert_token(
        write.on(),
        store::token::Model {
            id: token.id,
            token_hash: hash_of_secret(&secret),
            person_id: person,
            name: token.name.clone(),
            may_write,
            created_at: clock::stored(write.at),
            ended_at: None,
        },
    )
    .await?;
    write
        .commit(Entry::new("made an API token", Thing::new("token", token.id)).after(&token)?)
        .await?;
    Ok(NewToken { secret, token })
}

/// The actor's tokens that have not been ended, the newest first.
///
/// # Errors
/// When nobody is signed in.
pub async fn tokens(network: &Network, actor: &Actor) -> Result<Vec<Token>> {
    let person = actor.person_id().ok_or(Error::SignIn)?;
    store::tokens_of(network.read(), person).await
}

/// Ends one of the actor's tokens.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's.
pub async fn end_token(network: &Network, actor: &Actor, token: TokenId) -> Result<()> {
    let owner = store::token_owner(network.read(), token)
        .await?
        .ok_or(Error::NotFound)?;
    let write = network
        .write(actor, Action::ManageOwnTokens, Scope::person(owner))
        .await?;
    store::end_token(write.on(), token, write.at).await?;
    write
        .commit(Entry::new("ended an API token", Thing::new("token", token)))
        .await
}

/// Who a token belongs to; none when it was ended or never made.
///
/// # Errors
/// When the database can't be read.
pub async fn actor_of_token(network: &Network, secret: &str) -> Result<Option<Actor>> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    match store::token_by_hash(network.read(), &hash_of_secret(secret)).await? {
        Some(row) if row.ended_at.is_none() => {
            let through = Through::Token {
                may_write: row.may_write,
            };
            // Whoever made it had taken their second step.
            store::actor(network, row.person_id, through, true).await
        }
        _ => Ok(None),
    }
}
