//! One address, two pages: the colleagues' and everybody's.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use engine::chart::overview::{Finding, NewResult, sentence};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use network::places::clusters::{self, Cluster};
use network::places::{self, Place};
use network::trials::{State as Stands, Trial};
use network::{Action, Scope, goals, practices, trials};

use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};
use crate::goals::{GoalFigure, figures};
use crate::practices::{Shared, shared};
use crate::trials::{Underway, underway, zone};
use crate::words;

/// A result counts as new for so many days.
const NEW: i64 = 14;

/// Something to do this week.
struct ToDo {
    href: String,
    label: String,
    why: String,
}

#[derive(Template)]
#[template(path = "places/home.html")]
struct HomePage {
    frame: Frame,
    place: Place,
    token: String,
    today: String,
    /// What the goals and the newest results say, all at once.
    says: String,
    week: Vec<ToDo>,
    goals: Vec<GoalFigure>,
    trials: Vec<Underway>,
    practices: Vec<Shared>,
    closed: Option<Closed>,
    clusters: Vec<Cluster>,
    may_change: bool,
    may_plan: bool,
    may_set_goals: bool,
}

/// A published result as everybody's page shows it.
struct Published {
    href: String,
    title: String,
    says: String,
}

#[derive(Template)]
#[template(path = "places/public.html")]
struct PublicPage {
    frame: Frame,
    place: Place,
    results: Vec<Published>,
    practices: Vec<Shared>,
    closed: Option<Closed>,
    clusters: Vec<Cluster>,
}

/// A place that has closed: when, and what came after it.
struct Closed {
    on: String,
    after: Option<Place>,
}

impl Closed {
    async fn of(app: &App, place: &Place) -> Result<Option<Self>, AppError> {
        let Some(day) = place.closed_on else {
            return Ok(None);
        };
        let after = match place.followed_by {
            Some(id) => Some(places::by_id(&app.network, id).await?),
            None => None,
        };
        let on = words::short_date(day);
        Ok(Some(Self { on, after }))
    }
}

pub(crate) async fn home(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
) -> Result<Response, AppError> {
    let actor = visitor.actor();
    let scope = Scope::place(place.id);
    if !actor.may(Action::SeePlace, scope) {
        return public(&app, &visitor, place).await;
    }
    let title = format!("{}: what difference are you making?", place.profile.name);
    let today = places::today(&app.network).await?;
    let zone = zone(&app).await?;
    let goals = goals::goals_of(&app.network, actor, place.id).await?;
    let goals = figures(&place.slug, &goals);
    let signals: Vec<_> = goals.iter().filter_map(|g| g.signal.clone()).collect();
    let mut trials = trials::of_place(&app.network, actor, place.id).await?;
    // What asks for something comes before what is over.
    trials.sort_by_key(|trial| trial.state.is_published());
    let results = new_results(&app, &visitor, &trials, today, &zone).await?;
    let practices = practices::of_place(&app.network, place.id).await?;
    page(&HomePage {
        frame: Frame::new(&app, &visitor, Here::Home, title),
        token: visitor.form_token(),
        today: words::date(today),
        says: sentence(&signals, &results),
        week: trials
            .iter()
            .filter_map(|t| to_do(&visitor, t, today))
            .collect(),
        goals,
        trials: trials.iter().map(|t| underway(t, today, &zone)).collect(),
        practices: shared(&app, practices).await?,
        closed: Closed::of(&app, &place).await?,
        clusters: clusters::with_place(&app.network, place.id).await?,
        may_change: actor.may(Action::ManagePlace, scope),
        may_plan: actor.may(Action::PlanTrial, scope),
        may_set_goals: actor.may(Action::SetGoal, scope),
        place,
    })
}

/// Results that were reported in the last two weeks, the newest first.
async fn new_results(
    app: &App,
    visitor: &Visitor,
    trials: &[Trial],
    today: Date,
    zone: &TimeZone,
) -> Result<Vec<NewResult>, AppError> {
    let mut results = Vec::new();
    for trial in trials.iter().filter(|t| t.state == Stands::Reported) {
        let Some(done) = &trial.reported else {
            continue;
        };
        let day = done.at.to_zoned_datetime(zone.clone()).date();
        let days = i64::from((today - day).get_days());
        if days > NEW {
            continue;
        }
        let seen = trials::result(&app.network, visitor.actor(), &trial.short).await?;
        let when = match days {
            0 => "today".to_owned(),
            1 => "yesterday".to_owned(),
            2..=6 => format!("on {}", day.strftime("%A")),
            _ => format!("on {}", day.strftime("%-d %B")),
        };
        results.push(NewResult {
            when,
            finding: Finding::of(&seen.evaluation),
        });
    }
    Ok(results)
}

/// What a trial asks of this person now.
fn to_do(visitor: &Visitor, trial: &Trial, today: Date) -> Option<ToDo> {
    let scope = Scope::begun(trial.place, trial.begun_by);
    let may = |action| visitor.actor().may(action, scope);
    let title = trial.title();
    let page = format!("/trials/{}", trial.short);
    let to_do = |href: String, label: String, why: &str| {
        Some(ToDo {
            href,
            label,
            why: why.to_owned(),
        })
    };
    match trial.state {
        Stands::Asked if may(Action::ApprovePlan) => to_do(
            page,
            format!("Approve the plan for “{title}”"),
            "One tap locks it. It has to be locked before the first count.",
        ),
        Stands::Draft if may(Action::PlanTrial) => to_do(
            format!("{page}/plan/1"),
            format!("Finish the plan for “{title}”"),
            "It has to be locked before anybody knows the result, or it can’t climb past an early sign.",
        ),
        Stands::Locked | Stands::Stopped
            if may(Action::BringScores)
                && trial.draft.dates.measured.is_some_and(|m| m <= today) =>
        {
            to_do(
                format!("{page}/scores"),
                format!("Bring the scores for “{title}”"),
                "Paste two columns, and see what difference it made.",
            )
        }
        Stands::Measured if may(Action::ReportResult) => to_do(
            page,
            format!("Read the result of “{title}”"),
            "Then report it, whichever way it points.",
        ),
        _ => None,
    }
}

async fn public(app: &App, visitor: &Visitor, place: Place) -> Result<Response, AppError> {
    let frame = Frame::new(app, visitor, Here::Elsewhere, place.profile.name.clone());
    let mut results = Vec::new();
    let own = trials::of_place(&app.network, visitor.actor(), place.id).await?;
    for trial in own.iter().filter(|t| t.state == Stands::Reported) {
        let seen = trials::result(&app.network, visitor.actor(), &trial.short).await?;
        results.push(Published {
            href: format!("/trials/{}", trial.short),
            title: trial.title().to_owned(),
            says: seen.evaluation.headline,
        });
    }
    let practices = practices::of_place(&app.network, place.id).await?;
    let practices = shared(app, practices).await?;
    page(&PublicPage {
        closed: Closed::of(app, &place).await?,
        clusters: clusters::with_place(&app.network, place.id).await?,
        frame,
        place,
        results,
        practices,
    })
}
