//! The three steps.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Form, Submitted};
use crate::frame::{Frame, Here, page};

/// An invented file of 155 pupils, for a first try.
const EXAMPLE: &[u8] = include_bytes!("../../assets/year4-reading.csv");
const EXAMPLE_NAME: &str = "year4-reading.csv";

#[derive(Clone)]
pub(crate) struct Sheet {}

#[derive(Template)]
#[template(path = "evaluate/choose.html")]
struct Choose {
    frame: Frame,
    form: Form,
    token: String,
}

/// Step 1: which file?
pub(crate) async fn choose(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    choosing(&app, &visitor, Form::blank())
}

fn choosing(app: &App, visitor: &Visitor, form: Form) -> Result<Response, AppError> {
    let frame = Frame::new(app, visitor, Here::Evaluate, "Evaluate a spreadsheet");
    let wrong = !form.is_good();
    let shown = page(&Choose {
        frame: frame.with_errors(wrong),
        form,
        token: visitor.form_token(),
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// Takes the file.
pub(crate) async fn take(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    if submitted.file("file").is_none() {
        form.wrong(
            "file",
            "Choose the file to read, such as a CSV or an Excel workbook",
        );
    }
    choosing(&app, &visitor, form)
}

/// The example, to look at or to take apart.
pub(crate) async fn example() -> impl IntoResponse {
    let name = format!("attachment; filename=\"{EXAMPLE_NAME}\"");
    (
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        EXAMPLE,
    )
}
