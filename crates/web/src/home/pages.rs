//! What this is, and the two ways in.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use network::places::{self, Place};

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, NetworkFace, page};

/// How many places the front page names.
const SHOWN: u64 = 200;

#[derive(Template)]
#[template(path = "home/stranger.html")]
struct Unfounded {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "home/front.html")]
struct Front {
    frame: Frame,
    face: NetworkFace,
    places: Vec<Place>,
    more: u64,
    signed_in: bool,
}

pub(crate) async fn home(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let frame = Frame::new(
        &app,
        &visitor,
        Here::Home,
        "What difference are you making?",
    );
    let Some(face) = visitor.face().cloned() else {
        return page(&Unfounded { frame });
    };
    let (places, all) = places::search(&app.network, "", 0, SHOWN).await?;
    page(&Front {
        frame,
        face,
        more: all.saturating_sub(SHOWN),
        places,
        signed_in: visitor.actor().is_signed_in(),
    })
}
