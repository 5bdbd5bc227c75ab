//! People: accounts, the roles that they have at places, the devices they are signed in on.
//!
//! Who may call this: `web` for sign-in and account pages; every folder for [`Actor`]. What must
//! stay true: a password is kept only as argon2id; a token of any kind only as its hash; nobody
//! learns whether an e-mail address has an account.

use jiff::Timestamp;
use serde::Serialize;

use crate::door::Retry;
use crate::governance::policy::Role;
use crate::ids::{GrantId, PersonId, PlaceId, SessionId, TokenId};

pub mod accounts;
pub mod demo;
pub(crate) mod password;
pub mod roles;
pub mod sign_in;
pub(crate) mod store;
pub mod tokens;

pub use accounts::{NewPerson, change_password, rename, reset_password};
pub use roles::{end_role, give_role, people_of};
pub use sign_in::{
    SignedIn, actor_of_session, end_other_sessions, end_session, sessions, sign_in, sign_out,
};
pub use tokens::{NewToken, actor_of_token, end_token, make_token, tokens};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// What they are called, such as "Amina Rashid".
    pub name: String,
    /// Their e-mail address, in lower case.
    pub email: String,
}

/// A role that a person has, at a place or (a network lead) in the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// Where; none for the network.
    pub place: Option<PlaceId>,
    /// The place's name, for the page; empty for the network.
    pub place_name: String,
    /// The place's address; empty for the network.
    pub place_slug: String,
    /// Which role.
    #[serde(serialize_with = "role_word")]
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

fn role_word<S: serde::Serializer>(role: &Role, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(role.words())
}

/// By what way somebody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Through {
    /// Nobody is signed in.
    Nobody,
    /// A device that is signed in.
    Session(SessionId),
    /// An API token.
    Token {
        /// Whether it may write.
        may_write: bool,
    },
    /// The command line on the server.
    Shell,
}

impl Through {
    /// The word in the audit log.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Nobody => "public",
            Self::Session(_) => "session",
            Self::Token { .. } => "token",
            Self::Shell => "operator",
        }
    }
}

/// Who asks: a person with all their roles, or nobody in particular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who; none for the public and for the command line.
    pub person: Option<Person>,
    /// Every role that the person has now.
    pub grants: Vec<Grant>,
    /// By what way.
    pub through: Through,
    retry: Option<Retry>,
}

impl Actor {
    /// Anybody.
    #[must_use]
    pub const fn public() -> Self {
        Self {
            person: None,
            grants: Vec::new(),
            through: Through::Nobody,
            retry: None,
        }
    }

    /// Whoever has a shell on the server.
    #[must_use]
    pub const fn operator() -> Self {
        Self {
            person: None,
            grants: Vec::new(),
            through: Through::Shell,
            retry: None,
        }
    }

    pub(crate) const fn signed_in(person: Person, grants: Vec<Grant>, through: Through) -> Self {
        Self {
            person: Some(person),
            grants,
            through,
            retry: None,
        }
    }

    /// The same actor, whose one change in this request is done once whatever the network does.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Whose request, and its key.
    pub(crate) fn retry(&self) -> Option<(String, &Retry)> {
        let retry = self.retry.as_ref()?;
        Some((
            self.person_id()
                .map_or_else(String::new, |id| id.to_string()),
            retry,
        ))
    }

    /// The person's id.
    #[must_use]
    pub fn person_id(&self) -> Option<PersonId> {
        self.person.as_ref().map(|p| p.id)
    }

    /// Whether somebody is signed in.
    #[must_use]
    pub const fn is_signed_in(&self) -> bool {
        self.person.is_some()
    }

    /// Whether the actor has the role anywhere. Everybody is the public.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        match role {
            Role::Public => true,
            Role::Operator => self.through == Through::Shell,
            _ => self.grants.iter().any(|g| g.role == role),
        }
    }

    /// Whether the actor has the role at a place.
    #[must_use]
    pub fn has_at(&self, role: Role, place: PlaceId) -> bool {
        self.grants
            .iter()
            .any(|g| g.role == role && g.place == Some(place))
    }

    /// Whether the actor may know that a place's private things exist.
    #[must_use]
    pub fn knows(&self, place: PlaceId) -> bool {
        self.has(Role::NetworkLead)
            || self.has(Role::Operator)
            || self.grants.iter().any(|g| g.place == Some(place))
    }

    /// The places where the actor has a role, the earliest first, each once.
    #[must_use]
    pub fn places(&self) -> Vec<PlaceId> {
        let mut places: Vec<PlaceId> = Vec::new();
        for place in self.grants.iter().filter_map(|g| g.place) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }
}

/// A device that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What the browser calls itself, such as "Firefox on Windows".
    pub device: String,
    /// Since when.
    pub since: Timestamp,
    /// When it was last used, to a few minutes.
    pub seen: Timestamp,
    /// When it ends at the latest.
    pub expires: Timestamp,
}

/// An API token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// What its maker calls it.
    pub name: String,
    /// Whether it may write.
    pub may_write: bool,
    /// Since when.
    pub since: Timestamp,
}
