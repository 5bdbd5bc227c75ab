//! Screen 4: check and lock; the place leader's one tap.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::trials::{self, State as Stands, Step as Screen, Trial};
use network::{Action, Error, Scope, ShortId, places};

use super::begin::screen;
use super::facts::{Step, facts, planning};
use crate::app::App;
use crate::edge::access::AtTrial;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Form, Submitted};
use crate::frame::{Frame, page};

/// Something that is missing, and the screen where it is filled in.
struct Missing {
    says: String,
    href: String,
}

#[derive(Template)]
#[template(path = "trials/check.html")]
struct CheckPage {
    frame: Frame,
    form: Form,
    token: String,
    trial: Trial,
    place_name: String,
    steps: Vec<Step>,
    facts: Vec<(&'static str, String)>,
    missing: Vec<Missing>,
    sent_back: Option<String>,
    asked: bool,
    may_approve: bool,
    /// Whether the place leader approves each plan here.
    leader_approves: bool,
    may_delete: bool,
}

pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    checking(&app, &visitor, &short, Form::blank()).await
}

/// The plan before its lock, with what can be done with it.
pub(super) async fn checking(
    app: &App,
    visitor: &Visitor,
    short: &ShortId,
    form: Form,
) -> Result<Response, AppError> {
    let trial = trials::see(&app.network, visitor.actor(), short).await?;
    if !trial.state.is_before_lock() {
        return Ok(Redirect::to(&format!("/trials/{short}")).into_response());
    }
    let (plan, problems) = trials::planned(&app.network, visitor.actor(), short).await?;
    let missing: Vec<Missing> = problems
        .into_iter()
        .map(|(at, problem)| {
            let number = match at {
                Screen::Idea => 1,
                Screen::Comparison => 2,
                Screen::People => 3,
            };
            Missing {
                says: problem.says.trim_end_matches('.').to_owned(),
                href: format!("{}#{}", screen(short, number), problem.field),
            }
        })
        .collect();
    let wrong = !form.is_good();
    let title = if trial.state == Stands::Asked {
        "A plan to approve"
    } else {
        "Check and lock"
    };
    let (frame, place_name, steps) = planning(app, visitor, &trial, 4, title, wrong).await?;
    let scope = Scope::begun(trial.place, trial.begun_by);
    let shown = page(&CheckPage {
        frame,
        form,
        token: visitor.form_token(),
        place_name,
        steps,
        facts: plan.as_ref().map(facts).unwrap_or_default(),
        missing,
        sent_back: trial.sent_back.as_ref().map(|s| s.why.clone()),
        asked: trial.state == Stands::Asked,
        may_approve: visitor.actor().may(Action::ApprovePlan, scope),
        leader_approves: places::network_profile(&app.network).await?.leader_approves,
        may_delete: visitor.actor().may(Action::DeleteDraft, scope),
        trial,
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// Back to the plan when something is missing, otherwise to the trial.
async fn settle(
    app: &App,
    visitor: &Visitor,
    short: &ShortId,
    mut form: Form,
    done: Result<Trial, Error>,
) -> Result<Response, AppError> {
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/trials/{short}")).into_response()),
        Err(Error::Invalid(problems)) => {
            for problem in problems {
                form.wrong(problem.field, problem.says.trim_end_matches('.'));
            }
            checking(app, visitor, short, form).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Asks for the leader's approval, or locks where the network asks for none.
pub(crate) async fn lock(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let actor = visitor.actor();
    let done = if places::network_profile(&app.network).await?.leader_approves {
        trials::ask_for_lock(&app.network, actor, &short).await
    } else {
        trials::lock_unapproved(&app.network, actor, &short).await
    };
    settle(&app, &visitor, &short, Form::of(&submitted), done).await
}

pub(crate) async fn approve(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let done = trials::approve(&app.network, visitor.actor(), &short).await;
    settle(&app, &visitor, &short, Form::of(&submitted), done).await
}

pub(crate) async fn send_back(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let form = Form::of(&submitted);
    let why = form.text("why").to_owned();
    let done = trials::send_back(&app.network, visitor.actor(), &short, &why).await;
    settle(&app, &visitor, &short, form, done).await
}
