//! One address, two pages: the colleagues' and everybody's.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use engine::chart::overview::sentence;
use network::places::{self, Place};
use network::{Action, Scope, goals};

use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};
use crate::goals::{GoalFigure, figures};
use crate::words;

#[derive(Template)]
#[template(path = "places/home.html")]
struct HomePage {
    frame: Frame,
    place: Place,
    today: String,
    /// What the goals and the newest results say, all at once.
    says: String,
    goals: Vec<GoalFigure>,
    may_set_goals: bool,
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
    let standing = goals::goals_of(&app.network, visitor.actor(), place.id).await?;
    let goals = figures(&place.slug, &standing);
    let signals: Vec<_> = goals.iter().filter_map(|g| g.signal.clone()).collect();
    let says = sentence(&signals, &[]);
    let scope = Scope::place(place.id);
    page(&HomePage {
        frame,
        place,
        today,
        says,
        goals,
        may_set_goals: visitor.actor().may(Action::SetGoal, scope),
    })
}
