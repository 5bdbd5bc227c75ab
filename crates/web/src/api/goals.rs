//! Goals and their values, for programs.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::Date;
use network::goals::{self, Standing, Terms};
use network::places::Place;
use network::{Action, GoalId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Once, once};
use super::operation::{Operation, Part, delete, get, post, put};
use crate::app::App;
use crate::edge::access::{Access, At, AtPlace};
use crate::edge::problem::AppError;
use crate::edge::program::{Asker, Nothing, Said};
use crate::edge::visitor::Visitor;

pub(super) fn operations() -> Vec<Operation> {
    let see = Access::May(Action::SeePlace, At::Place);
    let set_goal = Access::May(Action::SetGoal, At::Place);
    let record = Access::May(Action::RecordValue, At::Place);
    vec![
        get("/api/v1/places/{place}/goals", see, list)
            .told(Part::Goals, "listGoals", "A place’s goals")
            .answers::<Goals>(),
        post("/api/v1/places/{place}/goals", set_goal, set)
            .told(Part::Goals, "setGoal", "Set a goal")
            .takes::<GoalTerms>()
            .makes::<Goal>(),
        get("/api/v1/places/{place}/goals/{goal}", see, show)
            .told(Part::Goals, "seeGoal", "A goal with its values")
            .answers::<Goal>(),
        put("/api/v1/places/{place}/goals/{goal}", set_goal, change)
            .told(Part::Goals, "changeGoal", "Change what a goal says")
            .takes::<GoalTerms>()
            .answers::<Goal>(),
        post("/api/v1/places/{place}/goals/{goal}/end", set_goal, end)
            .told(Part::Goals, "endGoal", "End a goal")
            .takes::<Why>()
            .answers::<Goal>(),
        post("/api/v1/places/{place}/goals/{goal}/values", record, add)
            .told(Part::Goals, "addValues", "Add or correct values")
            .more("A value for a day that has another one corrects it; what it was stays in the history. All of them are kept or none.")
            .takes::<NewValues>()
            .answers::<Values>()
            .long(),
        delete("/api/v1/places/{place}/goals/{goal}/values/{date}", record, take_out)
            .told(Part::Goals, "takeOutValue", "Take a value out")
            .more("What it was stays in the history."),
        get("/api/v1/places/{place}/goals/{goal}/history", see, history)
            .told(Part::Goals, "seeHistory", "Every value as it was entered, the newest first")
            .answers::<History>(),
        post("/api/v1/places/{place}/goals/{goal}/changes", set_goal, name_change)
            .told(Part::Goals, "nameChange", "Name a change")
            .more("From its day on the usual range is drawn anew.")
            .takes::<NewChange>()
            .answers::<Goal>(),
        get("/api/v1/places/{place}/goals/{goal}/chart", see, chart)
            .told(Part::Goals, "seeChart", "The run chart, as the engine draws it")
            .answers_engine("Chart", "A run chart (XmR): headline, signal, points, phases with their limits, and what each rule found."),
    ]
}

/// What a goal says.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "measure": "Attendance", "how": "Half-days attended, whole school, each week", "unit": "%",
    "lower_is_better": false, "baseline": 93.4, "target": 96.0, "due": "2027-07-16"
}))]
pub(super) struct GoalTerms {
    /// What is measured.
    measure: String,
    /// How it is counted.
    #[serde(default)]
    how: String,
    /// The unit, such as % or minutes; empty for a plain count.
    #[serde(default)]
    unit: String,
    /// Whether a lower value is the better one.
    #[serde(default)]
    lower_is_better: bool,
    /// Where the place stood when it set the goal.
    baseline: f64,
    /// Where it wants to be.
    target: f64,
    /// By when.
    due: Date,
    /// Which value of the place or the network it serves, in their words; empty when it names none.
    #[serde(default)]
    serves: String,
}

impl From<GoalTerms> for Terms {
    fn from(terms: GoalTerms) -> Self {
        Self {
            measure: terms.measure,
            how: terms.how,
            unit: terms.unit,
            lower_is_better: terms.lower_is_better,
            baseline: terms.baseline,
            target: terms.target,
            due: terms.due,
            serves: terms.serves,
        }
    }
}

impl From<Terms> for GoalTerms {
    fn from(terms: Terms) -> Self {
        Self {
            measure: terms.measure,
            how: terms.how,
            unit: terms.unit,
            lower_is_better: terms.lower_is_better,
            baseline: terms.baseline,
            target: terms.target,
            due: terms.due,
            serves: terms.serves,
        }
    }
}

/// A value for a day.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Value {
    /// The day, or the first day of the week, that it is about.
    date: Date,
    /// In the goal’s unit.
    value: f64,
}

impl From<goals::Value> for Value {
    fn from(value: goals::Value) -> Self {
        Self {
            date: value.date,
            value: value.value,
        }
    }
}

/// Values to add or correct.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "values": [{"date": "2026-11-09", "value": 95.3}, {"date": "2026-11-16", "value": 95.8}]
}))]
pub(super) struct NewValues {
    /// At most one for a day; at most 3,200.
    values: Vec<Value>,
    /// Why a value is corrected.
    why: Option<String>,
}

/// Values as they now stand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Values {
    /// The goal.
    goal: String,
    /// What stands now for each day that was sent, by day.
    values: Vec<Value>,
}

/// A dated, named change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"date": "2026-11-02", "why": "breakfast club began"}))]
pub(super) struct NewChange {
    /// The first day of the new way.
    date: Date,
    /// What changed, in a few words.
    why: String,
}

/// A reason.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"why": "We reached it."}))]
pub(super) struct Why {
    /// In your own words.
    pub(super) why: String,
}

/// A goal with its values.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Goal {
    /// Its id.
    goal: String,
    /// Its place’s address.
    place: String,
    /// What it says.
    terms: GoalTerms,
    /// When it was set.
    set_at: Timestamp,
    /// When it was ended, and why.
    ended: Option<GoalEnd>,
    /// Its values now, by day.
    values: Vec<Value>,
    /// Its named changes, by day.
    changes: Vec<NewChange>,
}

/// How a goal came to its end.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct GoalEnd {
    /// When.
    at: Timestamp,
    /// Why.
    why: String,
}

/// A place’s goals.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Goals {
    /// Those that have not ended.
    goals: Vec<Goal>,
}

/// One time that a value was entered, corrected or taken out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Entered {
    /// The day that it is about.
    date: Date,
    /// The value; none where it was taken out.
    value: Option<f64>,
    /// Why it was corrected.
    why: Option<String>,
    /// Who entered it.
    by: String,
    /// When.
    at: Timestamp,
}

/// Every value as it was entered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct History {
    /// The newest first.
    entered: Vec<Entered>,
}

fn told(standing: Standing, place: &Place) -> Goal {
    Goal {
        goal: standing.goal.id.to_string(),
        place: place.slug.clone(),
        terms: standing.goal.terms.into(),
        set_at: standing.goal.set_at,
        ended: standing.goal.ended.map(|e| GoalEnd {
            at: e.at,
            why: e.why,
        }),
        values: standing.values.into_iter().map(Value::from).collect(),
        changes: standing
            .changes
            .into_iter()
            .map(|c| NewChange {
                date: c.date,
                why: c.why,
            })
            .collect(),
    }
}

/// The goal that the address names, at the place that the address names.
pub(super) struct AtGoal {
    place: Place,
    standing: Standing,
}

impl AtGoal {
    const fn id(&self) -> GoalId {
        self.standing.goal.id
    }
    async fn now(&self, app: &App, asker: &Asker) -> Result<Goal, AppError> {
        let standing = goals::goal(&app.network, asker, self.id()).await?;
        Ok(told(standing, &self.place))
    }
}

impl FromRequestParts<App> for AtGoal {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let AtPlace(place) = AtPlace::from_request_parts(parts, app).await?;
        let Path(named) = Path::<HashMap<String, String>>::from_request_parts(parts, app)
            .await
            .map_err(|_| AppError::NotFound)?;
        let id: GoalId = named.get("goal").ok_or(AppError::NotFound)?.parse()?;
        let standing = goals::goal(&app.network, visitor.actor(), id).await?;
        if standing.goal.place == place.id {
            Ok(Self { place, standing })
        } else {
            Err(AppError::NotFound)
        }
    }
}

async fn list(
    State(app): State<App>,
    asker: Asker,
    AtPlace(place): AtPlace,
) -> Result<Answer<Goals>, AppError> {
    let all = goals::goals_of(&app.network, &asker, place.id).await?;
    let goals = all.into_iter().map(|s| told(s, &place)).collect();
    Ok(Answer::of(Goals { goals }))
}

async fn set(
    State(app): State<App>,
    asker: Asker,
    AtPlace(place): AtPlace,
    Said { what, .. }: Said<GoalTerms>,
) -> Result<Answer<Goal>, AppError> {
    let done = once(goals::set_goal(&app.network, &asker, place.id, &what.into()).await)?;
    let replayed = done.is_replay();
    let id = match done {
        Once::Now(goal) => goal.id,
        Once::Before(thing) => thing.id.parse()?,
    };
    let goal = told(goals::goal(&app.network, &asker, id).await?, &place);
    let at = format!("/api/v1/places/{}/goals/{id}", place.slug);
    Ok(Answer::made(goal, at).replayed(replayed))
}

async fn show(AtGoal { place, standing }: AtGoal) -> Result<Answer<Goal>, AppError> {
    Ok(Answer::of(told(standing, &place)))
}

async fn change(
    State(app): State<App>,
    asker: Asker,
    goal: AtGoal,
    Said { what, .. }: Said<GoalTerms>,
) -> Result<Answer<Goal>, AppError> {
    goals::change_goal(&app.network, &asker, goal.id(), &what.into()).await?;
    Ok(Answer::of(goal.now(&app, &asker).await?))
}

async fn end(
    State(app): State<App>,
    asker: Asker,
    goal: AtGoal,
    Said { what, .. }: Said<Why>,
) -> Result<Answer<Goal>, AppError> {
    let done = once(goals::end_goal(&app.network, &asker, goal.id(), &what.why).await)?;
    Ok(Answer::of(goal.now(&app, &asker).await?).replayed(done.is_replay()))
}

async fn add(
    State(app): State<App>,
    asker: Asker,
    goal: AtGoal,
    Said { what, .. }: Said<NewValues>,
) -> Result<Answer<Values>, AppError> {
    let values = network_values(&what.values)?;
    let why = what.why.as_deref();
    let done = once(goals::record(&app.network, &asker, goal.id(), &values, why).await)?;
    let standing = goals::goal(&app.network, &asker, goal.id()).await?;
    let sent = |date: Date| values.iter().any(|v| v.date == date);
    let now = standing.values.into_iter().filter(|v| sent(v.date));
    let answer = Values {
        goal: goal.id().to_string(),
        values: now.map(Value::from).collect(),
    };
    Ok(Answer::of(answer).replayed(done.is_replay()))
}

/// The most values at a time: sixty years of weeks.
const MOST: usize = 3_200;

/// Values for the network; two for one day are nobody's to choose from.
fn network_values(sent: &[Value]) -> Result<Vec<goals::Value>, AppError> {
    use crate::form::Wrong;
    let wrong = |field: String, says: String| AppError::Invalid(vec![Wrong { field, says }]);
    if sent.len() > MOST {
        let says = format!("Send at most {MOST} values at a time.");
        return Err(wrong("values".to_owned(), says));
    }
    let mut days = std::collections::HashSet::new();
    for (place, value) in sent.iter().enumerate() {
        if !days.insert(value.date) {
            let says = format!("{} is there twice. Keep the right one.", value.date);
            return Err(wrong(format!("values[{place}].date"), says));
        }
    }
    Ok(sent
        .iter()
        .map(|v| goals::Value {
            date: v.date,
            value: v.value,
        })
        .collect())
}

async fn take_out(
    State(app): State<App>,
    asker: Asker,
    goal: AtGoal,
    Path(named): Path<HashMap<String, String>>,
    _: Said<Nothing>,
) -> Result<Answer<()>, AppError> {
    let date: Date = named
        .get("date")
        .and_then(|date| date.parse().ok())
        .ok_or(AppError::NotFound)?;
    goals::remove_value(&app.network, &asker, goal.id(), date, None).await?;
    Ok(Answer::done())
}

async fn history(goal: AtGoal) -> Result<Answer<History>, AppError> {
    let entered = goal
        .standing
        .history
        .into_iter()
        .map(|e| Entered {
            date: e.date,
            value: e.value,
            why: e.why,
            by: e.by_name,
            at: e.at,
        })
        .collect();
    Ok(Answer::of(History { entered }))
}

async fn name_change(
    State(app): State<App>,
    asker: Asker,
    goal: AtGoal,
    Said { what, .. }: Said<NewChange>,
) -> Result<Answer<Goal>, AppError> {
    let named = goals::name_change(&app.network, &asker, goal.id(), what.date, &what.why).await;
    let done = once(named)?;
    Ok(Answer::of(goal.now(&app, &asker).await?).replayed(done.is_replay()))
}

async fn chart(goal: AtGoal) -> Result<Answer<engine::chart::Chart>, AppError> {
    let chart = goal.standing.chart().map_err(network::Error::from)?;
    Ok(Answer::of(chart))
}
