//! Places, for programs.

use axum::extract::State;
use jiff::civil::Date;
use network::{Action, places};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::operation::{Operation, Part, get};
use crate::app::App;
use crate::edge::access::{Access, At, AtPlace};
use crate::edge::problem::AppError;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/api/v1/places",
            Access::May(Action::ReadPublished, At::Network),
            list,
        )
        .told(
            Part::Places,
            "listPlaces",
            "Every place, by name, those that have closed too",
        )
        .answers::<Places>(),
        get(
            "/api/v1/places/{place}",
            Access::May(Action::ReadPublished, At::Place),
            show,
        )
        .told(Part::Places, "seePlace", "A place")
        .answers::<Place>(),
    ]
}

/// A place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Place {
    /// Its address: the last part of its page’s.
    place: String,
    /// Such as Thornbeck Primary School.
    name: String,
    /// Such as school, nursery, college or library.
    kind: String,
    /// Such as primary; empty when it has none.
    phase: String,
    /// Where it is.
    town: String,
    /// Its number in the register of schools, when it has one.
    urn: Option<String>,
    /// What it is here for, in its own words; empty until somebody has said it.
    purpose: String,
    /// What it stands for, five at most.
    values: Vec<String>,
    /// The day on which it closed; null while it is open.
    closed_on: Option<Date>,
}

/// Places.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Places {
    /// By name.
    places: Vec<Place>,
}

impl From<places::Place> for Place {
    fn from(place: places::Place) -> Self {
        Self {
            place: place.slug,
            name: place.profile.name,
            kind: place.profile.kind,
            phase: place.profile.phase,
            town: place.profile.town,
            urn: place.profile.urn,
            purpose: place.profile.purpose,
            values: place.profile.values,
            closed_on: place.closed_on,
        }
    }
}

async fn list(State(app): State<App>) -> Result<Answer<Places>, AppError> {
    let all = places::all(&app.network).await?;
    let places = all.into_iter().map(Place::from).collect();
    Ok(Answer::of(Places { places }))
}

async fn show(AtPlace(place): AtPlace) -> Result<Answer<Place>, AppError> {
    Ok(Answer::of(Place::from(place)))
}
