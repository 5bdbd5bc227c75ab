//! Step 3: the answer, to read and to take away.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use engine::evaluation::Evaluation;
use engine::refusal::Refusal;
use network::{Action, Scope};
use report::result::{self, Setting};

use super::sheet::{Answered, OnDesk};
use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};

#[derive(Template)]
#[template(path = "evaluate/answer.html")]
struct AnswerPage {
    frame: Frame,
    token: String,
    sheet: String,
    file: String,
    headline: String,
    meter: String,
    paragraph: String,
    sections: Vec<String>,
    next: Next,
}

/// How the next one can be planned.
enum Next {
    /// There is no network here.
    Nowhere,
    /// By signing in.
    SignIn,
    /// At this place, by its slug.
    At(String),
}

impl Next {
    fn of(visitor: &Visitor) -> Self {
        let actor = visitor.actor();
        let may = |place| actor.may(Action::PlanTrial, Scope::place(place));
        let here = actor.grants.iter().find(|g| g.place.is_some_and(may));
        match here {
            Some(grant) => Self::At(grant.place_slug.clone()),
            None if visitor.face().is_some() && !actor.is_signed_in() => Self::SignIn,
            None => Self::Nowhere,
        }
    }
}

#[derive(Template)]
#[template(path = "evaluate/cannot-say.html")]
struct CannotSayPage {
    frame: Frame,
    token: String,
    sheet: String,
    file: String,
    refusal: Refusal,
    next: Next,
}

fn answered(on_desk: &OnDesk) -> Result<Arc<Answered>, AppError> {
    on_desk.sheet.answer.clone().ok_or(AppError::NotFound)
}

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    on_desk: OnDesk,
) -> Result<Response, AppError> {
    let Some(answer) = on_desk.sheet.answer.clone() else {
        return Ok(Redirect::to(&format!("/evaluate/{}", on_desk.token)).into_response());
    };
    let token = visitor.form_token();
    let next = Next::of(&visitor);
    let file = on_desk.sheet.read.table.name().to_owned();
    let sheet = on_desk.token;
    let frame = |title: &str| {
        Frame::new(&app, &visitor, Here::Evaluate, title)
            .within()
            .under("Choose a file", "/evaluate")
            .under("What each column is", format!("/evaluate/{sheet}"))
    };
    match answer.as_ref() {
        Ok(evaluation) => {
            let setting = Setting {
                ladder: Some("/how-we-judge".to_owned()),
                ..Setting::default()
            };
            page(&AnswerPage {
                next,
                frame: frame(&evaluation.headline),
                token,
                sheet: sheet.clone(),
                file,
                headline: result::headline(evaluation),
                meter: result::meter(&evaluation.evidence.word, evaluation.evidence.rung),
                paragraph: evaluation.paragraph.clone(),
                sections: result::sections(evaluation, &setting)
                    .iter()
                    .map(|s| s.html())
                    .collect(),
            })
        }
        Err(refusal) => page(&CannotSayPage {
            next,
            frame: frame("We cannot say"),
            token,
            sheet: sheet.clone(),
            file,
            refusal: refusal.clone(),
        }),
    }
}

/// The answer as a file of its own.
pub(crate) async fn download(
    Path((_, format)): Path<(String, String)>,
    on_desk: OnDesk,
) -> Result<Response, AppError> {
    let answer = answered(&on_desk)?;
    let evaluation: &Evaluation = answer.as_ref().as_ref().map_err(|_| AppError::NotFound)?;
    let (kind, name, text) = match format.as_str() {
        "html" => (
            "text/html; charset=utf-8",
            "answer.html",
            report::html::page(evaluation),
        ),
        "markdown" => (
            "text/markdown; charset=utf-8",
            "answer.md",
            report::markdown::evaluation(evaluation),
        ),
        "json" => {
            let json = serde_json::to_string_pretty(evaluation)
                .map_err(|e| AppError::fault("an answer could not be written", &e))?;
            ("application/json", "answer.json", json)
        }
        _ => return Err(AppError::NotFound),
    };
    let facts = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((facts, text).into_response())
}

pub(crate) async fn forget(
    State(app): State<App>,
    visitor: Visitor,
    on_desk: OnDesk,
) -> Result<Response, AppError> {
    app.desk.forget(visitor.browser(), &on_desk.token);
    Ok(Redirect::to("/evaluate").into_response())
}
