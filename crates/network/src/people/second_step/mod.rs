//! The second step at sign-in: a code from an app on one's phone (TOTP, RFC 6238: SHA-1, six digits,
//! thirty seconds), or a recovery code from paper.
//!
//! Who may call this: `web` for the person's own pages; `people` when it reads who somebody is.
//! What must stay true: before the step nobody's roles count; a code is taken once; recovery codes
//! are kept as hashes alone; a new second step signs every other device out. The key itself has to
//! be kept as it is, since the phone's codes are worked out from it: it stands in the database and
//! is given to nobody after the person has shown that they have it.

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

use super::{Actor, Grant, Missing, Through};
use crate::clock;
use crate::door::Write;
use crate::error::{Error, Result};
use crate::governance::Entry;
use crate::governance::policy::{Action, Scope};
use crate::handle::Network;
use crate::ids::{CodeId, PersonId, SessionId};
use crate::randomness::Randomness;
use crate::secrets::hash_of_secret;
use crate::thing::Thing;

pub(crate) mod store;

/// How many recovery codes there are.
const CODES: usize = 10;
/// Letters and digits that are not mistaken for each other on paper: 32, five bits each.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";

/// What a person puts into the app on their phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The key in base 32, for typing.
    pub key: String,
    /// The same as an `otpauth:` address, for a picture to point the phone at.
    pub address: String,
}

/// How a person's second step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Since when; none where it is not set up.
    pub since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub codes: u64,
    /// Whether the person's roles ask for it.
    pub needed: bool,
}

/// Whose roles ask for it: whoever leads, and whoever reaches every place.
fn is_needed(network: &Network, grants: &[Grant]) -> bool {
    network.settings().second_step
        && !network.settings().demo
        && grants.iter().any(|g| g.role.leads() || g.place.is_none())
}

/// What is missing of somebody who has just signed in.
pub(crate) async fn missing(
    network: &Network,
    person: PersonId,
    grants: &[Grant],
) -> Result<Option<Missing>> {
    if network.settings().demo {
        return Ok(None);
    }
    let key = store::key_of(network.read(), person).await?;
    if key.is_some_and(|key| key.confirmed_at.is_some()) {
        return Ok(Some(Missing::Taking));
    }
    Ok(is_needed(network, grants).then_some(Missing::SettingUp))
}

/// The key as a reader of codes, under the person's address and the network's name.
fn totp(key: &str, account: &str, issuer: &str) -> Result<Totp> {
    let fault = |e: &dyn std::fmt::Display| Error::Unexpected(format!("a second step: {e}"));
    let secret = Secret::try_from_base32(key).map_err(|e| fault(&e))?;
    // A colon would end the name early in the address.
    Builder::new()
        .with_secret(secret)
        .with_account_name(account.replace(':', " "))
        .with_issuer(Some(issuer.replace(':', " ")))
        .build()
        .map_err(|e| fault(&e))
}

/// How the actor's second step stands.
///
/// # Errors
/// When nobody is signed in.
pub async fn standing(network: &Network, actor: &Actor) -> Result<Standing> {
    let person = actor.person_id().ok_or(Error::SignIn)?;
    let key = store::key_of(network.read(), person).await?;
    Ok(Standing {
        since: key.and_then(|key| key.confirmed_at).map(clock::read),
        codes: store::codes_left(network.read(), person).await?,
        needed: is_needed(network, &actor.once_complete().grants),
    })
}

/// Begins a second step: the key for the phone, the same one until it is confirmed.
///
/// # Errors
/// [`Error::Conflict`] when there is one already.
pub async fn begin(network: &Network, actor: &Actor) -> Result<Enrolment> {
    let person = actor.person.as_ref().ok_or(Error::SignIn)?;
    let key = match store::key_of(network.read(), person.id).await? {
        Some(row) if row.confirmed_at.is_some() => return Err(already()),
        Some(row) => row.key,
        None => {
            let mut bytes = [0_u8; 20];
            network.randomness().fill(&mut bytes);
            let key = Secret::new(Box::new(bytes)).to_base32();
            let write = change(network, actor, person.id).await?;
            if let Some(row) = store::key_of(write.on(), person.id).await? {
                row.key
            } else {
                store::insert_key(
                    write.on(),
                    store::key::Model {
                        person_id: person.id,
                        key: key.clone(),
                        begun_at: clock::stored(write.at),
                        confirmed_at: None,
                        last_step: None,
                    },
                )
                .await?;
                commit(write, "began a second step at sign-in", person.id).await?;
                key
            }
        }
    };
    let issuer = crate::places::network_profile(network).await?.about.name;
    let address = totp(&key, &person.email, &issuer)?
        .to_url()
        .map_err(|e| Error::Unexpected(format!("a second step has no address: {e}")))?;
    Ok(Enrolment { key, address })
}

fn already() -> Error {
    Error::conflict("You have a second step already.")
}

async fn change<'n>(network: &'n Network, actor: &Actor, person: PersonId) -> Result<Write<'n>> {
    network
        .write(actor, Action::TakeSecondStep, Scope::person(person))
        .await
}

async fn commit(write: Write<'_>, what: &str, person: PersonId) -> Result<()> {
    write
        .commit(Entry::new(what, Thing::new("person", person)))
        .await
}

fn wrong() -> Error {
    Error::invalid(
        "code",
        "That code is not right, or was used already. Enter the six digits that your phone shows now.",
    )
}

/// The step of a phone's code that is right now (or one step early or late) and not yet used.
fn step_of(row: &store::key::Model, code: &str, at: Timestamp) -> Result<Option<i64>> {
    let now = u64::try_from(at.as_second()).unwrap_or(0);
    let found = totp(&row.key, "", "")?.check(code, now);
    Ok(found
        .and_then(|step| i64::try_from(step).ok())
        .filter(|step| row.last_step.is_none_or(|last| *step > last)))
}

/// What was typed, without the gaps that people put in.
fn typed(code: &str) -> String {
    let kept = code.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).take(40).collect()
}

fn session_of(actor: &Actor) -> Result<SessionId> {
    match actor.through {
        Through::Session(id) => Ok(id),
        _ => Err(Error::SignIn),
    }
}

/// Confirms a second step with the phone's first code, signs every other device out, and gives the
/// recovery codes, this once.
///
/// # Errors
/// When the code is wrong, or no second step was begun.
pub async fn confirm(network: &Network, actor: &Actor, code: &str) -> Result<Vec<String>> {
    let person = actor.person_id().ok_or(Error::SignIn)?;
    let session = session_of(actor)?;
    let write = change(network, actor, person).await?;
    let row = store::key_of(write.on(), person)
        .await?
        .ok_or(Error::NotFound)?;
    if row.confirmed_at.is_some() {
        return Err(already());
    }
    let step = step_of(&row, &typed(code), write.at)?.ok_or_else(wrong)?;
    store::took(write.on(), &row, step, write.at).await?;
    let codes = renew(network, &write, person).await?;
    super::store::end_sessions_of(write.on(), person, Some(session), write.at).await?;
    super::store::set_proven(write.on(), session, write.at).await?;
    commit(write, "set up a second step at sign-in", person).await?;
    Ok(codes)
}

/// Takes the second step on this device, by the phone's code or by a recovery code, and says who
/// the person is with it.
///
/// # Errors
/// When the code is wrong.
pub async fn take(network: &Network, actor: &Actor, code: &str) -> Result<Actor> {
    let person = actor.person_id().ok_or(Error::SignIn)?;
    let session = session_of(actor)?;
    let write = change(network, actor, person).await?;
    let row = store::key_of(write.on(), person)
        .await?
        .filter(|row| row.confirmed_at.is_some())
        .ok_or(Error::NotFound)?;
    let code = typed(code);
    let what = if let Some(step) = step_of(&row, &code, write.at)? {
        store::took(write.on(), &row, step, write.at).await?;
        "took their second step"
    } else if store::use_code(write.on(), person, &hash_of_secret(&code)).await? {
        "took their second step with a recovery code"
    } else {
        return Err(wrong());
    };
    super::store::set_proven(write.on(), session, write.at).await?;
    commit(write, what, person).await?;
    super::store::actor(network, person, Through::Session(session), true)
        .await?
        .ok_or(Error::NotFound)
}

/// New recovery codes in the place of the old ones, this once, against the phone's code.
///
/// # Errors
/// When the code is wrong, or the second step is not taken or not set up.
pub async fn new_codes(network: &Network, actor: &Actor, code: &str) -> Result<Vec<String>> {
    let person = actor.person_id().ok_or(Error::SignIn)?;
    if actor.missing.is_some() {
        return Err(Error::SecondStep);
    }
    let write = change(network, actor, person).await?;
    let row = store::key_of(write.on(), person)
        .await?
        .filter(|row| row.confirmed_at.is_some())
        .ok_or(Error::NotFound)?;
    let step = step_of(&row, &typed(code), write.at)?.ok_or_else(wrong)?;
    store::took(write.on(), &row, step, write.at).await?;
    let codes = renew(network, &write, person).await?;
    commit(write, "made new recovery codes", person).await?;
    Ok(codes)
}

/// Takes a person's second step away, for somebody who has lost phone and paper, and signs every
/// device of theirs out. At the next sign-in they set up another.
///
/// # Errors
/// When the policy says no, or there is no such person.
pub async fn remove(network: &Network, actor: &Actor, person: PersonId) -> Result<()> {
    let write = network
        .write(actor, Action::RemoveSecondStep, Scope::network())
        .await?;
    if store::key_of(write.on(), person).await?.is_none() {
        return Err(Error::NotFound);
    }
    store::delete_key(write.on(), person).await?;
    super::store::end_sessions_of(write.on(), person, None, write.at).await?;
    commit(write, "took a second step away", person).await
}

/// The same, for whoever runs the server and knows the person by their e-mail address: where the only
/// network lead has lost phone and paper, nobody else can.
///
/// # Errors
/// As [`remove`].
pub async fn remove_by_email(network: &Network, actor: &Actor, email: &str) -> Result<()> {
    let email = email.trim().to_lowercase();
    let person = super::store::person_by_email(network.read(), &email)
        .await?
        .ok_or(Error::NotFound)?;
    remove(network, actor, person.id).await
}

async fn renew(network: &Network, write: &Write<'_>, person: PersonId) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..CODES).map(|_| new_code(network.randomness())).collect();
    let row = |code: &String| store::code::Model {
        id: CodeId::new(write.at, network.randomness()),
        person_id: person,
        code_hash: hash_of_secret(&typed(code)),
        made_at: clock::stored(write.at),
    };
    store::delete_codes(write.on(), person).await?;
    store::insert_codes(write.on(), codes.iter().map(row).collect()).await?;
    Ok(codes)
}

/// Eighty random bits in four groups of four, so that one SHA-256 keeps them.
fn new_code(randomness: &dyn Randomness) -> String {
    let mut bytes = [0_u8; 16];
    randomness.fill(&mut bytes);
    let letters = |group: &[u8]| -> String {
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied();
        group.iter().filter_map(letter).map(char::from).collect()
    };
    bytes.chunks(4).map(letters).collect::<Vec<_>>().join("-")
}
