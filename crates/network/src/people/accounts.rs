//! Accounts: made with the first role, renamed, given a new password.

use super::{Actor, Person, store};
use crate::clock;
use crate::door::Write;
use crate::error::{Error, Problem, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::{Action, Scope};
use crate::handle::Network;
use crate::ids::PersonId;
use crate::secrets::password;
use crate::thing::Thing;

/// A person to be given an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// What they are called.
    pub name: String,
    /// Their work e-mail address.
    pub email: String,
    /// Their first password; none where they sign in by a link alone (the demo city).
    pub password: Option<String>,
}

impl NewPerson {
    /// What is wrong with it.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let letters = self.name.trim().chars().count();
        if letters == 0 || letters > 120 {
            problems.push(Problem::new(
                "name",
                "Enter the person’s name, such as Amina Rashid.",
            ));
        }
        if !looks_like_email(self.email.trim()) {
            problems.push(Problem::new(
                "email",
                "Enter an email address, such as amina.rashid@example.org.",
            ));
        }
        problems.extend(
            self.password
                .as_ref()
                .and_then(|p| password::problem(p, &self.email)),
        );
        problems
    }
}

/// One @ with something before it, a dot somewhere after it, no space: more than that only a
/// letter to it can tell.
fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    !local.is_empty()
        && text.len() <= 254
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == ',' || c == '<')
}

/// Inserts an account inside a change; its password is hashed before, outside the turn.
pub(crate) async fn insert(
    network: &Network,
    write: &Write<'_>,
    new: &NewPerson,
    kept: Option<String>,
) -> Result<Person> {
    let email = new.email.trim().to_lowercase();
    if store::person_by_email(write.on(), &email).await?.is_some() {
        return Err(Error::invalid(
            "email",
            "Somebody already has an account with this email address. Give that person the role instead.",
        ));
    }
    let person = Person {
        id: PersonId::new(write.at, network.randomness()),
        name: new.name.trim().to_owned(),
        email,
    };
    store::insert_person(
        write.on(),
        store::person::Model {
            id: person.id,
            email: person.email.clone(),
            name: person.name.clone(),
            password: kept,
            created_at: clock::stored(write.at),
            suspended_at: None,
        },
    )
    .await?;
    Ok(person)
}

/// Checks a new person and makes their password's kept form.
pub(crate) async fn prepare(network: &Network, new: &NewPerson) -> Result<Option<String>> {
    all_well(new.problems())?;
    match &new.password {
        None => Ok(None),
        Some(text) => Ok(Some(
            network.passwords().keep(text, network.randomness()).await?,
        )),
    }
}

/// Changes the actor's own name.
///
/// # Errors
/// When nobody is signed in, or the name is missing.
pub async fn rename(network: &Network, actor: &Actor, name: &str) -> Result<()> {
    let person = actor.person.as_ref().ok_or(Error::SignIn)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Error::invalid(
            "name",
            "Enter your name, such as Amina Rashid.",
        ));
    }
    let write = network
        .write(actor, Action::ChangeOwnAccount, Scope::person(person.id))
        .await?;
    store::set_name(write.on(), person.id, name).await?;
    let entry = Entry::new("changed their name", Thing::new("person", person.id))
        .before(&person.name)?
        .after(&name)?;
    write.commit(entry).await
}

/// Changes the actor's own password, and signs every other device out.
///
/// # Errors
/// When the old password is wrong or the new one too weak.
pub async fn change_password(network: &Network, actor: &Actor, old: &str, new: &str) -> Result<()> {
    let person = actor.person.as_ref().ok_or(Error::SignIn)?;
    let record = store::sign_in_record(network.read(), &person.email).await?;
    let kept = record.as_ref().and_then(|r| r.password.as_deref());
    if !network.passwords().check(old, kept).await? {
        return Err(Error::invalid(
            "old_password",
            "This is not your password now. Try again.",
        ));
    }
    all_well(password::problem(new, &person.email).into_iter().collect())?;
    let kept = network.passwords().keep(new, network.randomness()).await?;
    let this = match actor.through {
        super::Through::Session(id) => Some(id),
        _ => None,
    };
    let write = network
        .write(actor, Action::ChangeOwnAccount, Scope::person(person.id))
        .await?;
    store::set_password(write.on(), person.id, &kept).await?;
    store::end_sessions_of(write.on(), person.id, this, write.at).await?;
    write
        .commit(Entry::new(
            "changed their password",
            Thing::new("person", person.id),
        ))
        .await
}

/// Gives a person a new password (the command line on the server), and signs every device out.
///
/// # Errors
/// When there is no such person, or the password is too weak.
pub async fn reset_password(
    network: &Network,
    actor: &Actor,
    email: &str,
    new: &str,
) -> Result<()> {
    let email = email.trim().to_lowercase();
    let person = store::person_by_email(network.read(), &email)
        .await?
        .ok_or(Error::NotFound)?;
    all_well(password::problem(new, &person.email).into_iter().collect())?;
    let kept = network.passwords().keep(new, network.randomness()).await?;
    let write = network
        .write(actor, Action::ResetPassword, Scope::network())
        .await?;
    store::set_password(write.on(), person.id, &kept).await?;
    store::end_sessions_of(write.on(), person.id, None, write.at).await?;
    write
        .commit(Entry::new(
            "gave a new password",
            Thing::new("person", person.id),
        ))
        .await
}

#[cfg(test)]
mod tests {
    use super::looks_like_email;

    #[test]
    fn email_addresses_are_known_by_their_shape() {
        for good in [
            "a@b.org",
            "amina.rashid@thornbeck.example.org",
            "o'neil+x@example.org",
        ] {
            assert!(looks_like_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.org",
            "a b@c.org",
            "a@.org",
            "a@b.",
            "A <a@b.org>",
        ] {
            assert!(!looks_like_email(bad), "{bad}");
        }
    }
}
