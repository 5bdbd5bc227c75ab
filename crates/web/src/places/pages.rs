//! One address, two pages: the colleagues' and everybody's.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use network::places::{self, Place};
use network::{Action, Scope};

use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};
use crate::words;

#[derive(Template)]
#[template(path = "places/home.html")]
struct HomePage {
    frame: Frame,
    place: Place,
    today: String,
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
    let today = words::date(places::today(&app.network).await?);
    page(&HomePage {
        frame,
        place,
        today,
    })
}
