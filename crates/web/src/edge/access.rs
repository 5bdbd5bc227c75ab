//! Who may come in by a way: declared at the route, asked before anything of the request is read.
//!
//! Who may call this: the table of routes declares it, the guard asks it. What must stay true:
//! there is no default; what may be done is the network's policy and nobody else's; a person
//! without a role there is told "not found", never "forbidden", because a refusal tells that the
//! thing exists.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use network::places::{self, Found, Place};
use network::practices::{self, Practice};
use network::{Action, Scope, ShortId, trials};
use subtle::ConstantTimeEq as _;

use super::problem::AppError;
use super::visitor::Visitor;
use crate::app::App;

/// Who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: the same words or files for all, nothing of anybody's.
    Everybody,
    /// Whoever the network's policy allows it, there.
    May(Action, At),
    /// Whoever holds the link that was printed where the server was started, until there is a network.
    SetUp,
    /// Whoever runs this machine: asked from the machine itself, through no proxy.
    Operator,
}

/// What an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The network.
    Network,
    /// The person who asks.
    Self_,
    /// The place named `{place}` in the address.
    Place,
    /// The trial named `{trial}` in the address.
    Trial,
    /// The practice named `{practice}` in the address.
    Practice,
}

impl Access {
    /// Asks, and leaves what was found on the way for the handler.
    pub(crate) async fn ask(
        self,
        app: &App,
        visitor: &Visitor,
        parts: &mut Parts,
    ) -> Result<(), AppError> {
        match self {
            Self::Everybody => Ok(()),
            Self::Operator => {
                let forwarded = ["x-forwarded-for", "forwarded", "x-real-ip"]
                    .iter()
                    .any(|name| parts.headers.contains_key(*name));
                if visitor.is_on_this_machine() && !forwarded {
                    Ok(())
                } else {
                    Err(AppError::NotFound)
                }
            }
            Self::SetUp => {
                let given = named(parts, "secret").await?;
                let fits =
                    app.settings.set_up.as_ref().is_some_and(|secret| {
                        bool::from(secret.as_bytes().ct_eq(given.as_bytes()))
                    });
                if fits && !places::is_founded(&app.network).await? {
                    Ok(())
                } else {
                    Err(AppError::NotFound)
                }
            }
            Self::May(action, at) => {
                let scope = at.scope(app, visitor, parts).await?;
                network::governance::policy::ask(visitor.actor(), action, scope)?;
                Ok(())
            }
        }
    }
}

impl At {
    async fn scope(
        self,
        app: &App,
        visitor: &Visitor,
        parts: &mut Parts,
    ) -> Result<Scope, AppError> {
        match self {
            Self::Network => Ok(Scope::network()),
            Self::Self_ => {
                let person = visitor.actor().person_id().ok_or(AppError::SignIn)?;
                Ok(Scope::person(person))
            }
            Self::Trial => {
                let short: ShortId = named(parts, "trial").await?.parse()?;
                let scope = trials::scope_of(&app.network, &short).await?;
                parts.extensions.insert(AtTrial(short));
                Ok(scope)
            }
            Self::Practice => {
                let slug = named(parts, "practice").await?;
                let practice = practices::by_slug(&app.network, &slug).await?;
                let scope = Scope::begun(practice.place, practice.shared_by);
                parts.extensions.insert(AtPractice(practice));
                Ok(scope)
            }
            Self::Place => {
                let slug = named(parts, "place").await?;
                match places::by_slug(&app.network, &slug).await? {
                    Found::Here(place) => {
                        let scope = Scope::place(place.id);
                        parts.extensions.insert(AtPlace(*place));
                        Ok(scope)
                    }
                    Found::MovedTo(new) => Err(moved(parts, &slug, &new)),
                }
            }
        }
    }
}

/// A part of the address.
async fn named(parts: &mut Parts, name: &str) -> Result<String, AppError> {
    let Path(all) = Path::<HashMap<String, String>>::from_request_parts(parts, &())
        .await
        .map_err(|_| AppError::NotFound)?;
    all.get(name).cloned().ok_or(AppError::NotFound)
}

/// The same address with the place's new name in it.
fn moved(parts: &Parts, old: &str, new: &str) -> AppError {
    let path = parts.uri.path();
    let address = path.replacen(&format!("/places/{old}"), &format!("/places/{new}"), 1);
    if address == path {
        AppError::NotFound
    } else {
        AppError::Moved(address)
    }
}

/// The trial that the address names.
#[derive(Clone)]
pub(crate) struct AtTrial(pub(crate) ShortId);

impl<S: Sync> FromRequestParts<S> for AtTrial {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| AppError::fault_in("a trial was asked for where none is named"))
    }
}

/// The practice that the address names.
#[derive(Clone)]
pub(crate) struct AtPractice(pub(crate) Practice);

impl<S: Sync> FromRequestParts<S> for AtPractice {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| AppError::fault_in("a practice was asked for where none is named"))
    }
}

/// The place that the address names.
#[derive(Clone)]
pub(crate) struct AtPlace(pub(crate) Place);

impl<S: Sync> FromRequestParts<S> for AtPlace {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| AppError::fault_in("a place was asked for where none is named"))
    }
}
