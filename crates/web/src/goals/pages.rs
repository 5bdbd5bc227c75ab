//! The forms of a goal.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use network::goals::{self, Recorded, Terms, Value};
use network::{Error, GoalId};
use serde::Deserialize;

use super::show;
use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Crumb, Frame, Here, page};

/// The address of a goal's page below its place.
#[derive(Deserialize)]
pub(crate) struct At {
    goal: String,
}

impl At {
    pub(super) fn id(&self) -> Result<GoalId, AppError> {
        Ok(self.goal.parse()?)
    }
}

#[derive(Template)]
#[template(path = "goals/new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    token: String,
    place_name: String,
    slug: String,
    ways: Vec<Choice>,
    values: Vec<Choice>,
}

pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    at: AtPlace,
) -> Result<Response, AppError> {
    let mut form = Form::blank();
    form.suggest("better", "higher");
    asking(&app, &visitor, at, form).await
}

async fn asking(
    app: &App,
    visitor: &Visitor,
    AtPlace(place): AtPlace,
    form: Form,
) -> Result<Response, AppError> {
    let wrong = !form.is_good();
    let values = goals::values_to_serve(&app.network, place.id).await?;
    let mut frame = Frame::new(app, visitor, Here::Home, "Set a goal")
        .with_errors(wrong)
        .within();
    frame.crumbs = vec![Crumb {
        label: place.profile.name.clone(),
        href: format!("/places/{}", place.slug),
    }];
    let shown = page(&NewPage {
        frame,
        form,
        token: visitor.form_token(),
        place_name: place.profile.name,
        slug: place.slug,
        ways: vec![
            Choice::new("higher", "Higher is better"),
            Choice::new("lower", "Lower is better"),
        ],
        values: with_none(values),
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

pub(crate) async fn set(
    State(app): State<App>,
    visitor: Visitor,
    at: AtPlace,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let terms = terms(&mut form);
    if !form.is_good() {
        return asking(&app, &visitor, at, form).await;
    }
    match goals::set_goal(&app.network, visitor.actor(), at.0.id, &terms).await {
        Ok(goal) => Ok(Redirect::to(&show::address(&at.0.slug, goal.id)).into_response()),
        Err(Error::Invalid(problems)) => {
            for problem in problems {
                form.wrong(problem.field, problem.says);
            }
            asking(&app, &visitor, at, form).await
        }
        Err(other) => Err(other.into()),
    }
}

fn terms(form: &mut Form) -> Terms {
    // In the order of the fields, so that the summary reads down the page.
    let measure = form.required(
        "measure",
        "Enter what you will measure in a few words, such as Attendance",
    );
    let mut number = |name: &str, says: &str| {
        goals::number(form.text(name)).unwrap_or_else(|| {
            form.wrong(name, says);
            0.0
        })
    };
    let baseline = number(
        "baseline",
        "Enter where you stand now as a number, such as 93.4",
    );
    let target = number("target", "Enter your target as a number, such as 96");
    let due = goals::date(form.text("due")).unwrap_or_else(|| {
        form.wrong("due", "Enter a date in the future, such as 16/7/2027");
        Date::MAX
    });
    Terms {
        measure,
        how: form.text("how").to_owned(),
        unit: form.text("unit").to_owned(),
        lower_is_better: form.has("better", "lower"),
        baseline,
        target,
        due,
        serves: form.text("serves").to_owned(),
    }
}

/// The values to choose from, and none; nothing where there is no value.
fn with_none(values: Vec<String>) -> Vec<Choice> {
    if values.is_empty() {
        return Vec::new();
    }
    let each = values.iter().map(|value| Choice::new(value, value.clone()));
    std::iter::once(Choice::new("", "None of them"))
        .chain(each)
        .collect()
}

/// Goes back to the goal, or shows it with what is wrong and what was typed.
async fn settle(
    app: &App,
    visitor: &Visitor,
    at: AtPlace,
    goal: GoalId,
    mut form: Form,
    done: Result<Recorded, Error>,
) -> Result<Response, AppError> {
    match done {
        Ok(Recorded {
            added,
            corrected,
            same,
        }) => {
            let address = show::address(&at.0.slug, goal);
            let note = format!("{address}?added={added}&corrected={corrected}&same={same}");
            Ok(Redirect::to(&note).into_response())
        }
        Err(Error::Invalid(problems)) => {
            for problem in problems {
                form.wrong(problem.field, problem.says);
            }
            refused(app, visitor, at, goal, form).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn refused(
    app: &App,
    visitor: &Visitor,
    at: AtPlace,
    goal: GoalId,
    form: Form,
) -> Result<Response, AppError> {
    let shown = show::with_form(app, visitor, at, goal, form, None).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// The date typed in a field, or its error.
fn date_in(form: &mut Form, name: &str) -> Option<Date> {
    let date = goals::date(form.text(name));
    if date.is_none() {
        form.wrong(name, "Enter a date, such as 16/11/2026");
    }
    date
}

pub(crate) async fn enter(
    State(app): State<App>,
    visitor: Visitor,
    at: AtPlace,
    Path(path): Path<At>,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let goal = path.id()?;
    let mut form = Form::of(&submitted);
    let date = date_in(&mut form, "date");
    let value = goals::number(form.text("value"));
    if value.is_none() {
        form.wrong("value", "Enter a number, such as 95.8");
    }
    let (Some(date), Some(value)) = (date, value) else {
        return refused(&app, &visitor, at, goal, form).await;
    };
    let why = form.text("correction").to_owned();
    let values = [Value { date, value }];
    let done = goals::record(&app.network, visitor.actor(), goal, &values, Some(&why)).await;
    settle(&app, &visitor, at, goal, form, done).await
}

pub(crate) async fn paste(
    State(app): State<App>,
    visitor: Visitor,
    at: AtPlace,
    Path(path): Path<At>,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let goal = path.id()?;
    let form = Form::of(&submitted);
    let done = match goals::pasted(form.typed("values")) {
        Ok(values) => goals::record(&app.network, visitor.actor(), goal, &values, None)
            .await
            .map_err(at_the_paste),
        Err(problems) => Err(Error::Invalid(problems)),
    };
    settle(&app, &visitor, at, goal, form, done).await
}

/// In a paste, what is wrong with a date or value is shown at the paste.
fn at_the_paste(error: Error) -> Error {
    match error {
        Error::Invalid(mut problems) => {
            for problem in &mut problems {
                problem.field = "values";
            }
            Error::Invalid(problems)
        }
        other => other,
    }
}

pub(crate) async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    at: AtPlace,
    Path(path): Path<At>,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let goal = path.id()?;
    let mut form = Form::of(&submitted);
    let Some(date) = date_in(&mut form, "remove-date") else {
        return refused(&app, &visitor, at, goal, form).await;
    };
    let why = form.text("remove-why").to_owned();
    let done = goals::remove_value(&app.network, visitor.actor(), goal, date, Some(&why)).await;
    let done = match done {
        Ok(()) => Ok(Recorded {
            corrected: 1,
            ..Recorded::default()
        }),
        Err(Error::Conflict { says }) => Err(Error::invalid("remove-date", says)),
        Err(other) => Err(other),
    };
    settle(&app, &visitor, at, goal, form, done).await
}

pub(crate) async fn change(
    State(app): State<App>,
    visitor: Visitor,
    at: AtPlace,
    Path(path): Path<At>,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let goal = path.id()?;
    let mut form = Form::of(&submitted);
    let Some(date) = date_in(&mut form, "change-date") else {
        return refused(&app, &visitor, at, goal, form).await;
    };
    let why = form.text("change-why").to_owned();
    let done = goals::name_change(&app.network, visitor.actor(), goal, date, &why).await;
    let done = done
        .map(|()| Recorded::default())
        .map_err(|e| at_fields(e, "change-date", "change-why"));
    settle(&app, &visitor, at, goal, form, done).await
}

pub(crate) async fn end(
    State(app): State<App>,
    visitor: Visitor,
    at: AtPlace,
    Path(path): Path<At>,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let goal = path.id()?;
    let form = Form::of(&submitted);
    let why = form.text("end-why").to_owned();
    match goals::end_goal(&app.network, visitor.actor(), goal, &why).await {
        Ok(()) => Ok(Redirect::to(&format!("/places/{}", at.0.slug)).into_response()),
        Err(error) => {
            let error = at_fields(error, "end-date", "end-why");
            settle(&app, &visitor, at, goal, form, Err(error)).await
        }
    }
}

/// The same problems at the names that the fields have on a page with several forms.
fn at_fields(error: Error, date: &'static str, why: &'static str) -> Error {
    match error {
        Error::Invalid(mut problems) => {
            for problem in &mut problems {
                problem.field = if problem.field == "date" { date } else { why };
            }
            Error::Invalid(problems)
        }
        other => other,
    }
}
