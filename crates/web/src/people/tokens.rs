//! API tokens: made for a purpose, shown once, ended when no longer needed.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::TokenId;
use network::people::{self, Token};

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, Here, page};
use crate::words;

#[derive(Template)]
#[template(path = "people/tokens.html")]
struct TokensPage {
    frame: Frame,
    form: Form,
    tokens: Vec<Shown>,
    /// A token that was just made: this once.
    secret: Option<String>,
    scope: Vec<Choice>,
    token: String,
}

struct Shown {
    id: String,
    name: String,
    may_write: bool,
    since: String,
}

pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    showing(&app, &visitor, Form::blank(), None).await
}

async fn showing(
    app: &App,
    visitor: &Visitor,
    mut form: Form,
    secret: Option<String>,
) -> Result<Response, AppError> {
    form.suggest("scope", "read");
    let zone = app.network_zone().await?;
    let shown = |t: Token| Shown {
        id: t.id.to_string(),
        name: t.name,
        may_write: t.may_write,
        since: words::date_and_time(t.since, &zone),
    };
    let tokens = people::tokens(&app.network, visitor.actor()).await?;
    let wrong = !form.is_good();
    let frame = Frame::new(app, visitor, Here::You, "Your API tokens");
    let shown = page(&TokensPage {
        frame: frame.within().under("You", "/you").with_errors(wrong),
        tokens: tokens.into_iter().map(shown).collect(),
        form,
        secret,
        scope: vec![
            Choice::new("read", "Read what I can read"),
            Choice::new("write", "Read and change what I can change"),
        ],
        token: visitor.form_token(),
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

pub(crate) async fn make(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let may_write = form.text("scope") == "write";
    let made =
        people::make_token(&app.network, visitor.actor(), form.text("name"), may_write).await;
    match made {
        Ok(new) => showing(&app, &visitor, Form::blank(), Some(new.secret)).await,
        Err(error) => {
            form.take(error)?;
            showing(&app, &visitor, form, None).await
        }
    }
}

pub(crate) async fn end(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let id: TokenId = id.parse()?;
    people::end_token(&app.network, visitor.actor(), id).await?;
    Ok(Redirect::to("/you/tokens").into_response())
}
