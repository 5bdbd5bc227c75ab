//! Beginning and deleting a plan.

use axum::extract::State;
use axum::response::Redirect;
use network::{ShortId, places, trials};

use crate::app::App;
use crate::edge::access::{AtPlace, AtTrial};
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::Submitted;

/// Where a screen of a plan is.
pub(super) fn screen(trial: &ShortId, number: u8) -> String {
    format!("/trials/{trial}/plan/{number}")
}

pub(crate) async fn begin(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
    _form: Submitted,
) -> Result<Redirect, AppError> {
    let trial = trials::begin(&app.network, visitor.actor(), place.id).await?;
    Ok(Redirect::to(&screen(&trial.short, 1)))
}

pub(crate) async fn delete(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    _form: Submitted,
) -> Result<Redirect, AppError> {
    let trial = trials::see(&app.network, visitor.actor(), &short).await?;
    trials::delete(&app.network, visitor.actor(), &short).await?;
    let place = places::by_id(&app.network, trial.place).await?;
    Ok(Redirect::to(&format!("/places/{}", place.slug)))
}
