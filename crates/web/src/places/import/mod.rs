//! Bringing many places at once: a file, what its columns are, what would happen, and doing it.
//!
//! Who may call this: whoever leads the network. What must stay true: the file is held in memory for 15
//! minutes and never written down; nothing happens before it was looked at; what was typed is there
//! again.

mod choose;
mod done;
mod look;

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use network::Action;
use tables::Table;

use crate::app::App;
use crate::desk::Desk;
use crate::edge::access::{Access, At};
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::routes::{Route, get, post};

/// The lists of places that are held between the steps.
pub(crate) type Lists = Desk<List>;

/// A list of places between the steps.
#[derive(Clone)]
pub(crate) struct List {
    table: Arc<Table>,
    /// The register's links.
    links: Option<Arc<Table>>,
    is_register: bool,
    /// What was typed last.
    typed: Vec<(String, String)>,
}

pub(super) fn routes() -> Vec<Route> {
    let lead = Access::May(Action::ImportPlaces, At::Network);
    vec![
        get("/network/import", lead, choose::ask),
        post("/network/import", lead, choose::take).register(),
        get("/network/import/{sheet}", lead, look::ask),
        // A nation takes its time to be brought, as a file does.
        post("/network/import/{sheet}", lead, look::take).register(),
        get("/network/imports/{import}", lead, done::show),
    ]
}

/// The list that the address names, on this browser's side of the desk.
struct Held {
    token: String,
    list: List,
}

impl FromRequestParts<App> for Held {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let Path(named) = Path::<HashMap<String, String>>::from_request_parts(parts, app)
            .await
            .map_err(|_| AppError::NotFound)?;
        let token = named.get("sheet").cloned().ok_or(AppError::NotFound)?;
        let list = app
            .lists
            .get(visitor.browser(), &token)
            .ok_or(AppError::ListGone)?;
        Ok(Self { token, list })
    }
}
