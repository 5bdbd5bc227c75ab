//! Whose token it is, for programs.

use axum::extract::State;
use network::Action;
use network::people::Through;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::operation::{Operation, Part, get};
use crate::app::App;
use crate::edge::access::{Access, At};
use crate::edge::problem::AppError;
use crate::edge::program::Asker;

pub(super) fn operations() -> Vec<Operation> {
    let own = Access::May(Action::SeeOwnAccount, At::Self_);
    vec![
        get("/api/v1/me", own, me)
            .told(Part::You, "me", "Whose token this is, and what it may do")
            .answers::<Me>(),
    ]
}

/// Whose token this is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// What you are called.
    name: String,
    /// Your email address.
    email: String,
    /// Whether this token may change what you may change.
    may_write: bool,
    /// What you are, and where.
    roles: Vec<HeldRole>,
}

/// A role that you have.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct HeldRole {
    /// Such as teacher, place leader, governor or network lead.
    role: String,
    /// The place’s address; none for the network.
    place: Option<String>,
    /// The place’s name; none for the network.
    place_name: Option<String>,
}

async fn me(State(_): State<App>, asker: Asker) -> Result<Answer<Me>, AppError> {
    let person = asker.person.clone().ok_or(AppError::SignIn)?;
    let roles = asker
        .grants
        .iter()
        .map(|grant| HeldRole {
            role: grant.role.words().to_owned(),
            place: grant.place.map(|_| grant.place_slug.clone()),
            place_name: grant.place.map(|_| grant.place_name.clone()),
        })
        .collect();
    Ok(Answer::of(Me {
        name: person.name,
        email: person.email,
        may_write: asker.through == (Through::Token { may_write: true }),
        roles,
    }))
}
