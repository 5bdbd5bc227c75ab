//! Sharing a result as a practice, writing its words anew, and trying it at another place.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::places::{self, Found};
use network::practices::{self, Practice, Words};
use network::{Error, trials};

use crate::app::App;
use crate::edge::access::{AtPractice, AtTrial};
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Form, Submitted};
use crate::frame::{Frame, Here, page};

#[derive(Template)]
#[template(path = "practices/words.html")]
struct WordsPage {
    frame: Frame,
    form: Form,
    token: String,
    heading: &'static str,
    says: &'static str,
    button: &'static str,
    to: String,
    back: String,
    /// The result that is attached.
    evidence: Option<String>,
}

fn typed(form: &Form) -> Words {
    let text = |name| form.text(name).to_owned();
    Words {
        title: text("title"),
        what: text("what"),
        how: text("how"),
        keep: text("keep"),
    }
}

fn shown(words: &Words) -> Form {
    let mut form = Form::blank();
    form.suggest("title", words.title.clone());
    form.suggest("what", words.what.clone());
    form.suggest("how", words.how.clone());
    form.suggest("keep", words.keep.clone());
    form
}

/// Takes what the network says of the words, or shows the form again with it.
fn settled(form: &mut Form, done: Result<Practice, Error>) -> Result<Option<Practice>, AppError> {
    match done {
        Ok(practice) => Ok(Some(practice)),
        Err(error) => {
            form.take(error)?;
            Ok(None)
        }
    }
}

fn answer(wrong: bool, shown: Response) -> Response {
    if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    }
}

pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    at: AtTrial,
) -> Result<Response, AppError> {
    let trial = trials::see(&app.network, visitor.actor(), &at.0).await?;
    let words = Words {
        title: trial.title().to_owned(),
        what: trial
            .lock
            .as_ref()
            .map(|l| l.plan.idea.clone())
            .unwrap_or_default(),
        ..Words::default()
    };
    asking(&app, &visitor, at, shown(&words)).await
}

async fn asking(
    app: &App,
    visitor: &Visitor,
    AtTrial(short): AtTrial,
    form: Form,
) -> Result<Response, AppError> {
    let seen = trials::result(&app.network, visitor.actor(), &short).await?;
    let wrong = !form.is_good();
    let frame = Frame::new(app, visitor, Here::Elsewhere, "Share as a practice").with_errors(wrong);
    let shown = page(&WordsPage {
        frame,
        form,
        token: visitor.form_token(),
        heading: "Share as a practice",
        says: "Three short boxes, so that a colleague who was not there can try it. The result is attached, and nobody can edit it.",
        button: "Share it",
        to: format!("/trials/{short}/share"),
        back: format!("/trials/{short}"),
        evidence: Some(seen.evaluation.headline),
    })?;
    Ok(answer(wrong, shown))
}

pub(crate) async fn share(
    State(app): State<App>,
    visitor: Visitor,
    at: AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let done = practices::share(&app.network, visitor.actor(), &at.0, &typed(&form)).await;
    match settled(&mut form, done)? {
        Some(practice) => {
            Ok(Redirect::to(&format!("/practices/{}", practice.slug)).into_response())
        }
        None => asking(&app, &visitor, at, form).await,
    }
}

pub(crate) async fn ask_again(
    State(app): State<App>,
    visitor: Visitor,
    at: AtPractice,
) -> Result<Response, AppError> {
    let form = shown(&at.0.words);
    rewriting(&app, &visitor, &at, form)
}

fn rewriting(
    app: &App,
    visitor: &Visitor,
    AtPractice(practice): &AtPractice,
    form: Form,
) -> Result<Response, AppError> {
    let wrong = !form.is_good();
    let frame = Frame::new(app, visitor, Here::Practices, "Change the words")
        .with_errors(wrong)
        .within();
    let shown = page(&WordsPage {
        frame,
        form,
        token: visitor.form_token(),
        heading: "Change the words",
        says: "The version before stays readable. The evidence stays as it is.",
        button: "Save these words",
        to: format!("/practices/{}/words", practice.slug),
        back: format!("/practices/{}", practice.slug),
        evidence: None,
    })?;
    Ok(answer(wrong, shown))
}

pub(crate) async fn revise(
    State(app): State<App>,
    visitor: Visitor,
    at: AtPractice,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let done = practices::revise(&app.network, visitor.actor(), &at.0.slug, &typed(&form)).await;
    match settled(&mut form, done)? {
        Some(practice) => {
            Ok(Redirect::to(&format!("/practices/{}", practice.slug)).into_response())
        }
        None => rewriting(&app, &visitor, &at, form),
    }
}

/// "Try it here": opens a plan at the place, most of it filled in.
pub(crate) async fn adopt(
    State(app): State<App>,
    visitor: Visitor,
    AtPractice(practice): AtPractice,
    submitted: Submitted,
) -> Result<Redirect, AppError> {
    let Found::Here(place) = places::by_slug(&app.network, submitted.one("place")).await? else {
        return Err(AppError::NotFound);
    };
    let trial = practices::adopt(&app.network, visitor.actor(), &practice.slug, place.id).await?;
    Ok(Redirect::to(&format!("/trials/{}/plan/1", trial.short)))
}
