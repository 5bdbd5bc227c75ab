//! What is yours: your roles, the devices you are signed in on, your password.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::people::{self, Session, Through};

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Form, Submitted};
use crate::frame::{Frame, Here, page};
use crate::words;

#[derive(Template)]
#[template(path = "people/you.html")]
struct YouPage {
    frame: Frame,
    name: String,
    email: String,
    grants: Vec<YourRole>,
    devices: Vec<Device>,
    /// Since when there is one.
    second_step: Option<String>,
    form: Form,
    changed: bool,
    token: String,
}

struct YourRole {
    role: &'static str,
    /// Both empty for a role in the whole network.
    place_name: String,
    place_slug: String,
    /// The last day, where it ends by itself.
    until: Option<String>,
}

struct Device {
    name: String,
    since: String,
    this: bool,
}

pub(crate) async fn you(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    yours(&app, &visitor, Form::blank(), false).await
}

async fn yours(
    app: &App,
    visitor: &Visitor,
    form: Form,
    changed: bool,
) -> Result<Response, AppError> {
    let actor = visitor.actor();
    let person = actor.person.clone().ok_or(AppError::SignIn)?;
    let this = match actor.through {
        Through::Session(id) => Some(id),
        _ => None,
    };
    let zone = app.network_zone().await?;
    let devices = people::sessions(&app.network, actor).await?;
    let devices = devices
        .into_iter()
        .map(|s: Session| Device {
            name: s.device,
            since: words::date_and_time(s.since, &zone),
            this: Some(s.id) == this,
        })
        .collect();
    let standing = people::second_step::standing(&app.network, actor).await?;
    let wrong = !form.is_good();
    let shown = page(&YouPage {
        frame: Frame::new(app, visitor, Here::You, person.name.clone()).with_errors(wrong),
        name: person.name,
        email: person.email,
        grants: actor
            .grants
            .iter()
            .map(|grant| YourRole {
                role: grant.role.words(),
                place_name: grant.place_name.clone(),
                place_slug: grant.place_slug.clone(),
                until: grant.until.map(|at| words::last_day(at, &zone)),
            })
            .collect(),
        devices,
        second_step: standing
            .since
            .map(|since| words::date_and_time(since, &zone)),
        form,
        changed,
        token: visitor.form_token(),
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

pub(crate) async fn change_password(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let (old, new) = (submitted.one("old_password"), submitted.one("password"));
    if old.is_empty() {
        form.wrong("old_password", "Enter your password as it is now");
    }
    if new.is_empty() {
        form.wrong("password", "Enter a new password of at least 12 characters");
    }
    if form.is_good() {
        let who = visitor.actor().person.as_ref().ok_or(AppError::SignIn)?;
        let key = format!("change {}", who.id);
        app.tries.begin(&key)?;
        match people::change_password(&app.network, visitor.actor(), old, new).await {
            Ok(()) => {
                app.tries.give_back(&key);
                return yours(&app, &visitor, Form::blank(), true).await;
            }
            Err(error) => form.take(error)?,
        }
    }
    yours(&app, &visitor, form, false).await
}

pub(crate) async fn end_others(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    people::end_other_sessions(&app.network, visitor.actor()).await?;
    Ok(Redirect::to("/you").into_response())
}
