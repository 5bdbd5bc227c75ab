//! The three steps.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::Form;
use crate::frame::{Frame, Here, page};

#[derive(Clone)]
pub(crate) struct Sheet {}

#[derive(Template)]
#[template(path = "evaluate/choose.html")]
struct Choose {
    frame: Frame,
    form: Form,
    token: String,
}

pub(crate) async fn choose(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    page(&Choose {
        frame: Frame::new(&app, &visitor, Here::Evaluate, "Evaluate a spreadsheet"),
        form: Form::blank(),
        token: visitor.form_token(),
    })
}
