//! Step 1: which file?

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use tables::{Options, Source};

use super::sheet::{self, Sheet};
use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Form, Submitted};
use crate::frame::{Frame, Here, page};
use crate::words::{in_words, shown_name};

/// An invented file of 155 pupils, for a first try.
const EXAMPLE: &[u8] = include_bytes!("../../assets/year4-reading.csv");
const EXAMPLE_NAME: &str = "year4-reading.csv";

#[derive(Template)]
#[template(path = "evaluate/choose.html")]
struct ChoosePage {
    frame: Frame,
    form: Form,
    token: String,
}

pub(crate) async fn ask(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    asking(&app, &visitor, Form::blank())
}

fn asking(app: &App, visitor: &Visitor, form: Form) -> Result<Response, AppError> {
    let wrong = !form.is_good();
    let frame =
        Frame::new(app, visitor, Here::Evaluate, "Evaluate a spreadsheet").with_errors(wrong);
    let token = visitor.form_token();
    let shown = page(&ChoosePage { frame, form, token })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

pub(crate) async fn take(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    app.rates.evaluating(visitor.address())?;
    let mut form = Form::of(&submitted);
    let source = if submitted.one("do") == "example" {
        Source::bytes(EXAMPLE_NAME, EXAMPLE)
    } else if let Some(file) = submitted.file("file") {
        Source::bytes(shown_name(&file.name), file.bytes.as_ref())
    } else {
        form.wrong(
            "file",
            "Choose the file to read, such as a CSV or an Excel workbook",
        );
        return asking(&app, &visitor, form);
    };
    let bytes = usize::try_from(source.len()).unwrap_or(usize::MAX);
    match sheet::read(&app, source, Options::default()).await? {
        Err(error) => {
            form.wrong("file", in_words(&error));
            asking(&app, &visitor, form)
        }
        Ok(read) => {
            let sheet = Sheet {
                read: read.into(),
                typed: Vec::new(),
                answer: None,
            };
            let token = app
                .desk
                .put(visitor.browser(), bytes, sheet)
                .ok_or(AppError::DeskFull)?;
            Ok(Redirect::to(&format!("/evaluate/{token}")).into_response())
        }
    }
}

/// The example, to look at or to take apart.
pub(crate) async fn example() -> impl IntoResponse {
    let name = format!("attachment; filename=\"{EXAMPLE_NAME}\"");
    let facts = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    (facts, EXAMPLE)
}
