//! Founding the network: once, by whoever started the server, by the link that it printed.
//!
//! Who may call this: whoever holds the link, while there is no network yet. What must stay true:
//! without the link, or once there is a network, there is no such page.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use network::people::{self, Founding, NewPerson};
use network::places::About;
use network::{Actor, Error};

use super::sign_in::welcome;
use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, Here, page};

#[derive(Template)]
#[template(path = "people/set-up.html")]
struct SetUpPage {
    frame: Frame,
    form: Form,
    token: String,
    secret: String,
    approval: Vec<Choice>,
}

pub(crate) async fn ask(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let mut form = Form::blank();
    form.suggest("contact_role", "network lead");
    form.suggest("approval", "yes");
    asking(&app, &visitor, form)
}

fn asking(app: &App, visitor: &Visitor, form: Form) -> Result<Response, AppError> {
    let wrong = !form.is_good();
    let shown = page(&SetUpPage {
        frame: Frame::new(app, visitor, Here::Elsewhere, "Set up your network").with_errors(wrong),
        form,
        token: visitor.form_token(),
        secret: app.settings.set_up.clone().unwrap_or_default(),
        approval: approval(),
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// Whether a place leader approves each plan.
pub(crate) fn approval() -> Vec<Choice> {
    vec![
        Choice::new(
            "yes",
            "Yes: the person who leads the place approves it with one tap",
        ),
        Choice::new("no", "No: whoever plans a trial locks the plan"),
    ]
}

pub(crate) async fn found(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let text = |name: &str| form.text(name).to_owned();
    let password = submitted.one("password").to_owned();
    let founding = Founding {
        about: About {
            name: text("network"),
            purpose: text("purpose"),
            values: lines(&text("values")),
            contact_name: text("contact_name"),
            contact_role: text("contact_role"),
            contact_phone: text("contact_phone"),
            contact_email: text("email"),
        },
        lead: NewPerson {
            name: text("contact_name"),
            email: text("email"),
            password: Some(password.clone()),
        },
        time_zone: String::new(),
        leader_approves: text("approval") != "no",
    };
    match people::found(&app.network, &Actor::operator(), &founding).await {
        Ok(lead) => {
            let signed_in =
                people::sign_in(&app.network, &lead.email, &password, visitor.program()).await?;
            Ok(welcome(
                &app,
                &signed_in,
                Some(&lead.email),
                Some("/network".to_owned()),
            ))
        }
        Err(Error::Invalid(problems)) => {
            for problem in problems {
                // One person is both whom to ask and the first to sign in; the network has a name too.
                let field = match problem.field {
                    "name" if founding.about.name.is_empty() => "network",
                    "name" => "contact_name",
                    other => other,
                };
                form.wrong(field, problem.says);
            }
            asking(&app, &visitor, form)
        }
        Err(other) => Err(other.into()),
    }
}

/// One thing a line.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    lines.take(12).map(str::to_owned).collect()
}
