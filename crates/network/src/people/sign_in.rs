//! Signing in and out.

use jiff::Timestamp;

use super::{Actor, Session, Through, store};
use crate::clock;
use crate::error::{Error, Result};
use crate::governance::Entry;
use crate::governance::policy::{Action, Scope};
use crate::handle::Network;
use crate::ids::{PersonId, SessionId};
use crate::secrets::{hash_of_secret, new_secret};
use crate::thing::Thing;

/// How often a used session is noted.
const NOTE_EVERY: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// A person who has just signed in on a device.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For the cookie. Shown this once; the network keeps only its hash.
    pub token: String,
    /// When the cookie ends at the latest.
    pub expires: Timestamp,
    /// Who.
    pub actor: Actor,
}

/// Signs a person in with e-mail and password.
///
/// # Errors
/// [`Error::WrongPassword`] when the two do not belong together, in the same time whether or not
/// the address is known.
pub async fn sign_in(
    network: &Network,
    email: &str,
    password: &str,
    device: &str,
) -> Result<SignedIn> {
    let found = store::sign_in_record(network.read(), email).await?;
    let kept = found.as_ref().and_then(|f| f.password.as_deref());
    let fits = network.passwords().check(password, kept).await?;
    match found {
        Some(found) if fits && !found.suspended => begin_session(network, found.id, device).await,
        _ => Err(Error::WrongPassword),
    }
}

/// Opens a session for a person whom something has just vouched for.
pub(crate) async fn begin_session(
    network: &Network,
    person: PersonId,
    device: &str,
) -> Result<SignedIn> {
    let token = new_secret(network.randomness());
    let write = network
        .write(&Actor::public(), Action::SignIn, Scope::network())
        .await?;
    let id = SessionId::new(write.at, network.randomness());
    let expires = write.at + network.settings().session;
    let device: String = device
        .chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect();
    store::insert_session(
        write.on(),
        store::session::Model {
            id,
            token_hash: hash_of_secret(&token),
            person_id: person,
            device,
            created_at: clock::stored(write.at),
            seen_at: clock::stored(write.at),
            expires_at: clock::stored(expires),
            ended_at: None,
            proven_at: None,
        },
    )
    .await?;
    write
        .commit(Entry::new("signed in", Thing::new("person", person)))
        .await?;
    let actor = store::actor(network, person, Through::Session(id), false)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(SignedIn {
        token,
        expires,
        actor,
    })
}

/// Who a session's token belongs to; none when it has ended or was never given.
///
/// # Errors
/// When the database can't be read.
pub async fn actor_of_session(network: &Network, token: &str) -> Result<Option<Actor>> {
    let Some(row) = store::session_by_hash(network.read(), &hash_of_secret(token)).await? else {
        return Ok(None);
    };
    let now = network.now();
    let seen = clock::read(row.seen_at);
    let over = row.ended_at.is_some()
        || now >= clock::read(row.expires_at)
        || now >= seen + network.settings().idle;
    if over {
        return Ok(None);
    }
    if now.duration_since(seen) >= NOTE_EVERY && network.takes_changes() {
        // A full disk must not keep people from reading.
        if let Err(fault) = note_seen(network, row.id, now).await {
            tracing::warn!(%fault, "could not note that a session was used");
        }
    }
    let proven = row.proven_at.is_some();
    store::actor(network, row.person_id, Through::Session(row.id), proven).await
}

/// Notes that a device was used. Nobody decides anything by it, so no entry tells of it.
async fn note_seen(network: &Network, session: SessionId, at: Timestamp) -> Result<()> {
    network
        .without_entry(async |on| store::set_seen(on, session, at).await)
        .await
}

/// Signs this device out.
///
/// # Errors
/// When the actor is not signed in on a device.
pub async fn sign_out(network: &Network, actor: &Actor) -> Result<()> {
    let Through::Session(session) = actor.through else {
        return Err(Error::SignIn);
    };
    end_session(network, actor, session).await
}

/// The devices on which the actor is signed in, the last used first.
///
/// # Errors
/// When nobody is signed in.
pub async fn sessions(network: &Network, actor: &Actor) -> Result<Vec<Session>> {
    let person = actor.person_id().ok_or(Error::SignIn)?;
    let now = network.now();
    let mut sessions = store::sessions_of(network.read(), person).await?;
    sessions.retain(|s| now < s.expires && now < s.seen + network.settings().idle);
    Ok(sessions)
}

/// Signs one of the actor's devices out.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's.
pub async fn end_session(network: &Network, actor: &Actor, session: SessionId) -> Result<()> {
    let owner = store::session_owner(network.read(), session)
        .await?
        .ok_or(Error::NotFound)?;
    // Whoever has a stolen password alone signs nobody else out.
    if actor.missing.is_some() && actor.through != Through::Session(session) {
        return Err(Error::SecondStep);
    }
    let write = network
        .write(actor, Action::SignOut, Scope::person(owner))
        .await?;
    store::end_session(write.on(), session, write.at).await?;
    write
        .commit(Entry::new("signed out", Thing::new("session", session)))
        .await
}

/// Signs all the actor's other devices out.
///
/// # Errors
/// When nobody is signed in.
pub async fn end_other_sessions(network: &Network, actor: &Actor) -> Result<()> {
    let person = actor.person_id().ok_or(Error::SignIn)?;
    if actor.missing.is_some() {
        return Err(Error::SecondStep);
    }
    let this = match actor.through {
        Through::Session(id) => Some(id),
        _ => None,
    };
    let write = network
        .write(actor, Action::SignOut, Scope::person(person))
        .await?;
    store::end_sessions_of(write.on(), person, this, write.at).await?;
    write
        .commit(Entry::new(
            "signed out everywhere else",
            Thing::new("person", person),
        ))
        .await
}
