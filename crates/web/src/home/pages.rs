//! What this is, and the two ways in.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};

#[derive(Template)]
#[template(path = "home/stranger.html")]
struct Stranger {
    frame: Frame,
}

pub(crate) async fn home(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    page(&Stranger {
        frame: Frame::new(
            &app,
            &visitor,
            Here::Home,
            "What difference are you making?",
        ),
    })
}
