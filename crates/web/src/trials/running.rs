//! A trial's page, by where it stands; and its line on the place's home.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use network::trials::{self, Draw, Pupil, State as Stands, Trial};
use network::{Action, Error, Scope, ShortId};

use super::facts::{facts, framed, in_fours, locked, zone};
use super::{check, result};
use crate::app::App;
use crate::edge::access::AtTrial;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Form, Submitted};
use crate::frame::{Frame, page};
use crate::words;

/// One mark of a trial's track.
pub(crate) struct Mark {
    pub(crate) label: String,
    pub(crate) done: bool,
    pub(crate) now: bool,
}

/// A trial as the place's home shows it.
pub(crate) struct Underway {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) says: String,
    pub(crate) track: Vec<Mark>,
}

fn day(d: Date) -> String {
    d.strftime("%-d %b").to_string()
}

/// Where a trial stands, as four marks.
pub(crate) fn track(trial: &Trial, today: Date, zone: &TimeZone) -> Vec<Mark> {
    let mark = |label: String, done: bool, now: bool| Mark { label, done, now };
    let on = |at: jiff::Timestamp| day(at.to_zoned_datetime(zone.clone()).date());
    let Some(lock) = &trial.lock else {
        return vec![
            mark(
                "Plan being written".to_owned(),
                false,
                trial.state == Stands::Draft,
            ),
            mark("Approval".to_owned(), false, trial.state == Stands::Asked),
            mark("Measured".to_owned(), false, false),
            mark("Result".to_owned(), false, false),
        ];
    };
    let (starts, measured) = (trial.draft.dates.starts, trial.draft.dates.measured);
    let running = match (starts, measured) {
        (Some(starts), _) if today < starts => format!("Starts {}", day(starts)),
        (Some(starts), Some(measured)) => {
            let weeks = |from: Date, to: Date| (to - from).get_days() / 7 + 1;
            let all = weeks(starts, measured).max(1);
            format!("Week {} of {all}", weeks(starts, today).clamp(1, all))
        }
        _ => "Running".to_owned(),
    };
    let over = measured.is_some_and(|m| today > m) || !matches!(trial.state, Stands::Locked);
    let running = match trial.state {
        Stands::Stopped => "Stopped early".to_owned(),
        _ if over => "Ran its course".to_owned(),
        _ => running,
    };
    let has_scores = !matches!(trial.state, Stands::Locked | Stands::Stopped);
    vec![
        mark(format!("Plan locked {}", on(lock.at)), true, false),
        mark(running, over, !over),
        mark(
            measured.map_or_else(|| "Measured".to_owned(), |m| format!("Measured {}", day(m))),
            has_scores,
            over && !has_scores,
        ),
        mark(
            trial
                .reported
                .as_ref()
                .map_or_else(|| "Result".to_owned(), |d| format!("Reported {}", on(d.at))),
            trial.reported.is_some(),
            has_scores && trial.reported.is_none(),
        ),
    ]
}

/// A trial's line on its place's home.
pub(crate) fn underway(trial: &Trial, today: Date, zone: &TimeZone) -> Underway {
    let says = match trial.state {
        Stands::Draft => {
            "The plan is not locked yet. What is measured before the lock can’t climb past an early sign."
        }
        Stands::Asked => "The plan waits for the place leader’s approval.",
        Stands::Locked => "The plan is locked.",
        Stands::Stopped => "It was stopped early. Scores can still be brought.",
        Stands::Measured => {
            "The scores are in. Only its team sees the result until it is reported."
        }
        Stands::Reported => "The result is in.",
        Stands::Withdrawn => "The result was withdrawn.",
    };
    let tries = trial
        .adopts
        .as_ref()
        .map(|a| format!("Tries “{}”. ", a.title))
        .unwrap_or_default();
    Underway {
        href: format!("/trials/{}", trial.short),
        title: trial.title().to_owned(),
        says: format!("{tries}{says}"),
        track: track(trial, today, zone),
    }
}

#[derive(Template)]
#[template(path = "trials/running.html")]
struct RunningPage {
    frame: Frame,
    form: Form,
    token: String,
    trial: Trial,
    place_name: String,
    says: String,
    track: Vec<Mark>,
    locked: String,
    facts: Vec<(&'static str, String)>,
    hash: String,
    stopped: Option<String>,
    pupils: Vec<Pupil>,
    draws: Vec<DrawLine>,
    may_bring: bool,
    may_stop: bool,
    may_say: bool,
}

struct DrawLine {
    when: String,
    seed: String,
    why: Option<String>,
}

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    let trial = trials::see(&app.network, visitor.actor(), &short).await?;
    let scope = Scope::begun(trial.place, trial.begun_by);
    match trial.state {
        Stands::Draft | Stands::Asked => {
            check::checking(&app, &visitor, &short, Form::blank()).await
        }
        Stands::Measured if !visitor.actor().may(Action::SeePupils, scope) => {
            running(&app, &visitor, trial, Form::blank()).await
        }
        Stands::Measured | Stands::Reported | Stands::Withdrawn => {
            result::showing(&app, &visitor, &short, Form::blank()).await
        }
        Stands::Locked | Stands::Stopped => running(&app, &visitor, trial, Form::blank()).await,
    }
}

async fn running(
    app: &App,
    visitor: &Visitor,
    trial: Trial,
    mut form: Form,
) -> Result<Response, AppError> {
    let wrong = !form.is_good();
    let zone = zone(app).await?;
    let today = network::places::today(&app.network).await?;
    form.suggest("on", today.to_string());
    let (frame, place_name) = framed(app, visitor, &trial, trial.title(), wrong).await?;
    let lock = trial.lock.as_ref().ok_or(AppError::NotFound)?;
    let scope = Scope::begun(trial.place, trial.begun_by);
    let may = |action| visitor.actor().may(action, scope);
    let pupils = if may(Action::SeePupils) {
        trials::pupils(&app.network, visitor.actor(), &trial.short).await?
    } else {
        Vec::new()
    };
    let draws = trials::draws(&app.network, visitor.actor(), &trial.short).await?;
    let line = |d: Draw| DrawLine {
        when: words::date_and_time(d.at, &zone),
        seed: d.seed.to_string(),
        why: d.why,
    };
    let measured = trial.draft.dates.measured;
    let says = match (trial.state, measured) {
        (Stands::Measured, _) => "The scores are in. Its team decides when to report the result.".to_owned(),
        (Stands::Stopped, _) => "It was stopped early. Bring the scores that there are: a result that stopped early still counts.".to_owned(),
        (_, Some(m)) if today >= m => "It is time to measure. Bring the scores, and see what difference it made.".to_owned(),
        (_, Some(m)) => format!("The plan is locked. Measure on {}, then bring the scores here.", words::date(m)),
        (_, None) => "The plan is locked.".to_owned(),
    };
    let shown = page(&RunningPage {
        frame,
        form,
        token: visitor.form_token(),
        place_name,
        says,
        track: track(&trial, today, &zone),
        locked: locked(lock, &zone),
        facts: facts(&lock.plan),
        hash: in_fours(&lock.hash),
        stopped: trial.stopped.as_ref().map(|s| s.why.clone()),
        pupils,
        draws: draws.into_iter().map(line).collect(),
        may_bring: may(Action::BringScores) && trial.state.takes_scores(),
        may_stop: may(Action::StopTrial) && trial.state == Stands::Locked,
        may_say: may(Action::RecordDeviation),
        trial,
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// Back to the trial, or the page with what is wrong at the field's name on it.
async fn settle(
    app: &App,
    visitor: &Visitor,
    short: &ShortId,
    mut form: Form,
    field: &str,
    done: Result<(), Error>,
) -> Result<Response, AppError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/trials/{short}")).into_response()),
        Err(Error::Invalid(problems)) => {
            for problem in problems {
                form.wrong(field, problem.says.trim_end_matches('.'));
            }
            let trial = trials::see(&app.network, visitor.actor(), short).await?;
            running(app, visitor, trial, form).await
        }
        Err(other) => Err(other.into()),
    }
}

pub(crate) async fn stop(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let form = Form::of(&submitted);
    let why = form.text("stop-why").to_owned();
    let done = trials::stop(&app.network, visitor.actor(), &short, &why)
        .await
        .map(|_| ());
    settle(&app, &visitor, &short, form, "stop-why", done).await
}

pub(crate) async fn deviation(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let form = Form::of(&submitted);
    let says = form.text("deviation").to_owned();
    let Some(on) = network::goals::date(form.text("on")) else {
        let wrong = Err(Error::invalid(
            "on",
            "Enter the day on which it was done, such as 16/11/2026",
        ));
        return settle(&app, &visitor, &short, form, "on", wrong).await;
    };
    let done = trials::say_deviation(&app.network, visitor.actor(), &short, on, &says).await;
    settle(&app, &visitor, &short, form, "deviation", done).await
}
