//! People: accounts, the roles that they have at places, the devices they are signed in on.
//!
//! Who may call this: `web` for sign-in and account pages; every folder for [`Actor`]. What must
//! stay true: a password is kept only as argon2id; a token of any kind only as its hash; nobody
//! learns whether an e-mail address has an account.

use jiff::Timestamp;
use serde::Serialize;

pub use crate::actor::{Actor, Colleague, Grant, Missing, Person, Through};
use crate::ids::{SessionId, TokenId};

pub mod accounts;
pub mod demo;
pub mod found;
pub mod roles;
pub mod second_step;
pub mod sign_in;
pub(crate) mod store;
pub mod tokens;

pub use accounts::{NewPerson, change_password, rename, reset_password};
pub use found::{Founding, found};
pub use roles::{
    called, delegate_role, end_past_roles, end_role, give_role, has_account, people_of,
    people_of_network,
};
pub use sign_in::{
    SignedIn, actor_of_session, end_other_sessions, end_session, sessions, sign_in, sign_out,
};
pub use tokens::{NewToken, actor_of_token, end_token, make_token, tokens};

/// Somebody with a role, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// Who has it.
    pub person: Person,
    /// Whether they take a second step at sign-in.
    pub second_step: bool,
    /// Which role, since when, until when.
    pub grant: Grant,
    /// Who gave it; none where whoever runs the server did, or it was given before this was kept.
    pub given_by: Option<Colleague>,
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
