//! Three pages of plain words.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};

#[derive(Template)]
#[template(path = "about/how-we-judge.html")]
struct HowWeJudge {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "about/privacy.html")]
struct Privacy {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "about/accessibility.html")]
struct Accessibility {
    frame: Frame,
}

pub(crate) async fn how_we_judge(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    page(&HowWeJudge {
        frame: Frame::new(&app, &visitor, Here::Elsewhere, "How we judge evidence"),
    })
}

pub(crate) async fn privacy(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    page(&Privacy {
        frame: Frame::new(&app, &visitor, Here::Elsewhere, "Privacy"),
    })
}

pub(crate) async fn accessibility(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    page(&Accessibility {
        frame: Frame::new(&app, &visitor, Here::Elsewhere, "Accessibility"),
    })
}
