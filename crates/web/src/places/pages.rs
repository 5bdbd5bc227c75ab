//! One address, two pages: the colleagues' and everybody's.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;
use network::places::{self, Place};
use network::{Action, Scope, trials};

use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};
use crate::trials::{Underway, underway};
use crate::words;

#[derive(Template)]
#[template(path = "places/home.html")]
struct HomePage {
    frame: Frame,
    place: Place,
    token: String,
    today: String,
    trials: Vec<Underway>,
    may_plan: bool,
}

#[derive(Template)]
#[template(path = "places/public.html")]
struct PublicPage {
    frame: Frame,
    place: Place,
}

pub(crate) async fn home(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
) -> Result<Response, AppError> {
    if !visitor
        .actor()
        .may(Action::SeePlace, Scope::place(place.id))
    {
        let frame = Frame::new(&app, &visitor, Here::Elsewhere, place.profile.name.clone());
        return page(&PublicPage { frame, place });
    }
    let title = format!("{}: what difference are you making?", place.profile.name);
    let frame = Frame::new(&app, &visitor, Here::Home, title);
    let today = places::today(&app.network).await?;
    let zone = places::network_profile(&app.network).await?.time_zone;
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    let trials = trials::of_place(&app.network, visitor.actor(), place.id).await?;
    page(&HomePage {
        frame,
        token: visitor.form_token(),
        today: words::date(today),
        trials: trials.iter().map(|t| underway(t, today, &zone)).collect(),
        may_plan: visitor
            .actor()
            .may(Action::PlanTrial, Scope::place(place.id)),
        place,
    })
}
