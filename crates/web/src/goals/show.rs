//! A goal's page, and its figure on the place's home.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engine::chart::overview::GoalSignal;
use engine::refusal::Refusal;
use engine::words::numbers::{Precision, plural};
use jiff::tz::TimeZone;
use network::goals::{self, Standing};
use network::{Action, GoalId, Scope, places};
use serde::Deserialize;

use super::pages::At;
use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::Form;
use crate::frame::{Crumb, Frame, Here, page};
use crate::words;

/// A goal as the place's home shows it.
pub(crate) struct GoalFigure {
    pub(crate) id: String,
    pub(crate) href: String,
    /// The finding in a few words.
    pub(crate) title: String,
    /// What is counted, and which way is better.
    pub(crate) counted: String,
    /// The drawing with its words and its table; empty before the first value.
    pub(crate) figure: String,
    /// What the place's first sentence is made from.
    pub(crate) signal: Option<GoalSignal>,
}

impl GoalFigure {
    fn of(slug: &str, standing: &Standing) -> Self {
        let goal = &standing.goal;
        let terms = &goal.terms;
        let way = if terms.lower_is_better {
            "Lower"
        } else {
            "Higher"
        };
        let how = if terms.how.is_empty() {
            &terms.measure
        } else {
            &terms.how
        };
        let mut counted = how.trim_end_matches('.').to_owned();
        counted.push_str(&format!(". {way} is better."));
        let blank = |title: String| Self {
            id: goal.id.to_string(),
            href: address(slug, goal.id),
            title,
            counted: counted.clone(),
            figure: String::new(),
            signal: None,
        };
        match standing.chart() {
            Ok(chart) => Self {
                figure: report::run_chart::figure(&chart),
                signal: Some(GoalSignal {
                    measure: terms.measure_in_a_sentence(),
                    variation: chart.variation,
                }),
                ..blank(chart.title)
            },
            Err(Refusal { .. }) => blank(format!("{}: no value yet", terms.measure)),
        }
    }
}

/// The figures of a place's goals.
pub(crate) fn figures(slug: &str, goals: &[Standing]) -> Vec<GoalFigure> {
    goals.iter().map(|g| GoalFigure::of(slug, g)).collect()
}

/// Where a goal's page is.
pub(super) fn address(slug: &str, goal: GoalId) -> String {
    format!("/places/{slug}/goals/{goal}")
}

/// What has just been done, in the address after a form was taken.
#[derive(Clone, Copy, Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    added: usize,
    #[serde(default)]
    corrected: usize,
    #[serde(default)]
    same: usize,
}

impl Done {
    fn says(self) -> Option<String> {
        let count = |n: usize, done: &str| match n {
            0 => None,
            1 => Some(format!("1 value {done}")),
            n => Some(format!("{n} values {done}")),
        };
        let parts: Vec<String> = [
            count(self.added, "added"),
            count(self.corrected, "corrected"),
            count(self.same, "already there"),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!parts.is_empty()).then(|| format!("Saved: {}.", parts.join(", ")))
    }
}

/// One line of the history.
struct Line {
    date: String,
    value: String,
    by: String,
    at: String,
    why: String,
}

#[derive(Template)]
#[template(path = "goals/show.html")]
struct GoalPage {
    frame: Frame,
    form: Form,
    token: String,
    figure: GoalFigure,
    /// The drawing compared with earlier years; empty until there are enough of them.
    season: String,
    place_name: String,
    target: String,
    baseline: String,
    due: String,
    serves: String,
    ended: Option<String>,
    done: Option<String>,
    history: Vec<Line>,
    may_record: bool,
    may_set: bool,
}

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    at: AtPlace,
    Path(path): Path<At>,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    with_form(&app, &visitor, at, path.id()?, Form::blank(), done.says()).await
}

/// A goal's page with a form as it was typed.
pub(super) async fn with_form(
    app: &App,
    visitor: &Visitor,
    AtPlace(place): AtPlace,
    id: GoalId,
    mut form: Form,
    done: Option<String>,
) -> Result<Response, AppError> {
    let standing = goals::goal(&app.network, visitor.actor(), id).await?;
    if standing.goal.place != place.id {
        return Err(AppError::NotFound);
    }
    let profile = places::network_profile(&app.network).await?;
    let zone = TimeZone::get(&profile.time_zone).unwrap_or(TimeZone::UTC);
    let today = places::today(&app.network).await?;
    form.suggest("date", today.to_string());
    let terms = &standing.goal.terms;
    let figure = GoalFigure::of(&place.slug, &standing);
    let season = standing
        .against_earlier_years()
        .map_or_else(String::new, |chart| report::run_chart::figure(&chart));
    let mut frame = Frame::new(app, visitor, Here::Home, figure.title.clone())
        .with_errors(!form.is_good())
        .within();
    frame.crumbs = vec![Crumb {
        label: place.profile.name.clone(),
        href: format!("/places/{}", place.slug),
    }];
    let amount = |value: f64| with_unit(value, &terms.unit);
    let history = standing
        .history
        .iter()
        .take(60)
        .map(|e| Line {
            date: words::short_date(e.date),
            value: e.value.map_or_else(|| "taken out".to_owned(), amount),
            by: e.by_name.clone(),
            at: words::date_and_time(e.at, &zone),
            why: e.why.clone().unwrap_or_default(),
        })
        .collect();
    let scope = Scope::place(place.id);
    let open = standing.goal.ended.is_none();
    page(&GoalPage {
        frame,
        form,
        token: visitor.form_token(),
        place_name: place.profile.name,
        target: amount(terms.target),
        baseline: amount(terms.baseline),
        due: words::date(terms.due),
        serves: terms.serves.clone(),
        ended: standing
            .goal
            .ended
            .as_ref()
            .map(|e| format!("Ended {}: {}", words::date_and_time(e.at, &zone), e.why)),
        done,
        history,
        may_record: open && visitor.actor().may(Action::RecordValue, scope),
        may_set: open && visitor.actor().may(Action::SetGoal, scope),
        figure,
        season,
    })
}

/// A value with its unit, as people write it: 95.8%, 7.2 minutes.
fn with_unit(value: f64, unit: &str) -> String {
    plural(&Precision::HUNDREDTHS.write(value), unit)
}
