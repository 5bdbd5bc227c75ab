//! Trials, for programs: begun, seen, stopped, reported, withdrawn.

use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use network::trials::{self, Reasoned, Step};
use network::{Action, Error, Scope, ShortId, places};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Once, once};
use super::goals::Why;
use super::operation::{Operation, Part, delete, get, post};
use super::plans::Draft;
use crate::app::App;
use crate::edge::access::{Access, At, AtPlace, AtTrial};
use crate::edge::problem::AppError;
use crate::edge::program::{Asker, Nothing, Said};

pub(super) fn operations() -> Vec<Operation> {
    let of = |action| Access::May(action, At::Trial);
    vec![
        get(
            "/api/v1/trials",
            Access::May(Action::ReadPublished, At::Network),
            published,
        )
        .told(
            Part::Trials,
            "listReportedTrials",
            "Every reported trial, the newest first",
        )
        .more("Withdrawn ones are there too, with the reason.")
        .answers::<Trials>(),
        get(
            "/api/v1/places/{place}/trials",
            Access::May(Action::ReadPublished, At::Place),
            list,
        )
        .told(
            Part::Trials,
            "listTrials",
            "A place’s trials that you may see",
        )
        .answers::<Trials>(),
        post(
            "/api/v1/places/{place}/trials",
            Access::May(Action::PlanTrial, At::Place),
            begin,
        )
        .told(Part::Trials, "beginTrial", "Begin a trial")
        .more("With an empty plan.")
        .makes::<Trial>(),
        get("/api/v1/trials/{trial}", of(Action::ReadPublished), show)
            .told(
                Part::Trials,
                "seeTrial",
                "A trial, and what its plan still lacks",
            )
            .answers::<Trial>(),
        delete("/api/v1/trials/{trial}", of(Action::DeleteDraft), remove).told(
            Part::Trials,
            "deleteTrial",
            "Delete a trial before its lock",
        ),
        post("/api/v1/trials/{trial}/stop", of(Action::StopTrial), stop)
            .told(Part::Trials, "stopTrial", "Stop a trial early")
            .more("The reason stands on the result.")
            .takes::<Why>()
            .answers::<Trial>(),
        post(
            "/api/v1/trials/{trial}/deviations",
            of(Action::RecordDeviation),
            deviation,
        )
        .told(
            Part::Trials,
            "sayDeviation",
            "Say what was done otherwise than planned",
        )
        .takes::<Deviation>()
        .answers::<Trial>(),
        post(
            "/api/v1/trials/{trial}/report",
            of(Action::ReportResult),
            report,
        )
        .told(Part::Scores, "reportResult", "Report the result")
        .more("From then on anybody may read it and nobody changes it.")
        .answers::<Trial>(),
        post(
            "/api/v1/trials/{trial}/withdraw",
            of(Action::WithdrawResult),
            withdraw,
        )
        .told(Part::Scores, "withdrawResult", "Withdraw a reported result")
        .more("It leaves the pool; its place there says why.")
        .takes::<Why>()
        .answers::<Trial>(),
    ]
}

/// A trial.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Trial {
    /// Its address: eight letters and digits.
    trial: String,
    /// Its place’s address.
    place: String,
    /// What it is called.
    title: String,
    /// draft, asked, locked, stopped, measured, reported or withdrawn.
    state: String,
    /// When it was begun.
    begun: Timestamp,
    /// When anything of it last changed.
    changed: Timestamp,
    /// The plan as it was written; only for people of its place.
    draft: Option<Draft>,
    /// What the plan still lacks before it can be locked; none after the lock and in lists.
    missing: Option<Vec<Missing>>,
    /// The practice that it tries.
    adopts: Option<Adopted>,
    /// Why it came back unapproved.
    sent_back: Option<Reason>,
    /// Its locked plan.
    locked: Option<Locked>,
    /// Why it stopped early.
    stopped: Option<Reason>,
    /// When its result was reported.
    reported: Option<Timestamp>,
    /// Why its result was withdrawn.
    withdrawn: Option<Reason>,
    /// When its list of pupils is forgotten.
    list_until: Option<Timestamp>,
}

/// Something that a plan lacks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Missing {
    /// Where it is filled in: idea, comparison, or people and dates.
    screen: String,
    /// The field.
    field: String,
    /// What to do about it.
    says: String,
}

/// A practice that a trial tries.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Adopted {
    /// What it was called.
    title: String,
    /// Which version of its words.
    version: i32,
}

/// When something was done, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Reason {
    /// When.
    at: Timestamp,
    /// Why, in the person’s own words.
    why: String,
}

/// That a plan is locked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Locked {
    /// SHA-256 of the plan as it can be downloaded.
    hash: String,
    /// When.
    at: Timestamp,
    /// Whether that was before the outcome was known.
    before_outcome: bool,
}

/// Trials.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Trials {
    /// The last changed, or the last reported, first.
    trials: Vec<Trial>,
}

/// What was done otherwise than planned.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"on": "2027-02-03", "says": "Snow closed the school for two days."}))]
pub(super) struct Deviation {
    /// On which day.
    on: Date,
    /// What was done.
    says: String,
}

impl From<Reasoned> for Reason {
    fn from(reasoned: Reasoned) -> Self {
        Self {
            at: reasoned.at,
            why: reasoned.why,
        }
    }
}

/// A trial as this asker may know it.
fn told(trial: trials::Trial, asker: &Asker, place: &str) -> Trial {
    Trial {
        trial: trial.short.to_string(),
        place: place.to_owned(),
        title: trial.title().to_owned(),
        state: trial.state.word().to_owned(),
        begun: trial.begun,
        changed: trial.changed,
        missing: None,
        adopts: trial.adopts.map(|a| Adopted {
            title: a.title,
            version: a.version,
        }),
        sent_back: trial.sent_back.map(Reason::from),
        locked: trial.lock.map(|lock| Locked {
            hash: lock.hash,
            at: lock.at,
            before_outcome: lock.before_outcome,
        }),
        stopped: trial.stopped.map(Reason::from),
        reported: trial.reported.map(|done| done.at),
        withdrawn: trial.withdrawn.map(Reason::from),
        list_until: trial.list_until,
        draft: asker
            .may(Action::SeeTrial, Scope::place(trial.place))
            .then(|| Draft::from(trial.draft)),
    }
}

/// A trial as it now stands.
pub(super) async fn now(app: &App, asker: &Asker, short: &ShortId) -> Result<Trial, AppError> {
    let trial = trials::see(&app.network, asker, short).await?;
    let place = places::by_id(&app.network, trial.place).await?;
    let is_before_lock = trial.state.is_before_lock();
    let mut told = told(trial, asker, &place.slug);
    if is_before_lock {
        let (_, problems) = trials::planned(&app.network, asker, short).await?;
        let missing = problems.into_iter().map(|(step, problem)| Missing {
            screen: match step {
                Step::Idea => "idea",
                Step::Comparison => "comparison",
                Step::People => "people",
            }
            .to_owned(),
            field: problem.field.to_owned(),
            says: problem.says,
        });
        told.missing = Some(missing.collect());
    }
    Ok(told)
}

/// How a trial stands after a change, made now or by the same request before.
pub(super) async fn stands<T>(
    app: &App,
    asker: &Asker,
    short: &ShortId,
    done: Result<T, Error>,
) -> Result<Answer<Trial>, AppError> {
    let done = once(done)?;
    Ok(Answer::of(now(app, asker, short).await?).replayed(done.is_replay()))
}

/// A trial that was begun now, or by the same request before.
pub(super) async fn begun(
    app: &App,
    asker: &Asker,
    done: Result<trials::Trial, Error>,
) -> Result<Answer<Trial>, AppError> {
    let done = once(done)?;
    let replayed = done.is_replay();
    let short = match done {
        Once::Now(trial) => trial.short,
        Once::Before(thing) => thing.id.parse()?,
    };
    let at = format!("/api/v1/trials/{short}");
    Ok(Answer::made(now(app, asker, &short).await?, at).replayed(replayed))
}

async fn published(State(app): State<App>, asker: Asker) -> Result<Answer<Trials>, AppError> {
    let places = places::all(&app.network).await?;
    let all = trials::reported(&app.network).await?;
    let slug = |id| {
        places
            .iter()
            .find(|p| p.id == id)
            .map_or("", |p| p.slug.as_str())
    };
    let trials = all
        .into_iter()
        .map(|trial| {
            let place = slug(trial.place);
            // Read as anybody: how the plan came about is its place's own.
            Trial {
                draft: None,
                ..told(trial, &asker, place)
            }
        })
        .collect();
    Ok(Answer::of(Trials { trials }))
}

async fn list(
    State(app): State<App>,
    asker: Asker,
    AtPlace(place): AtPlace,
) -> Result<Answer<Trials>, AppError> {
    let all = trials::of_place(&app.network, &asker, place.id).await?;
    let trials = all
        .into_iter()
        .map(|t| told(t, &asker, &place.slug))
        .collect();
    Ok(Answer::of(Trials { trials }))
}

async fn begin(
    State(app): State<App>,
    asker: Asker,
    AtPlace(place): AtPlace,
    _: Said<Nothing>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::begin(&app.network, &asker, place.id).await;
    begun(&app, &asker, done).await
}

async fn show(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
) -> Result<Answer<Trial>, AppError> {
    Ok(Answer::of(now(&app, &asker, &short).await?))
}

async fn remove(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    _: Said<Nothing>,
) -> Result<Answer<()>, AppError> {
    trials::delete(&app.network, &asker, &short).await?;
    Ok(Answer::done())
}

async fn stop(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, .. }: Said<Why>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::stop(&app.network, &asker, &short, &what.why).await;
    stands(&app, &asker, &short, done).await
}

async fn deviation(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, .. }: Said<Deviation>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::say_deviation(&app.network, &asker, &short, what.on, &what.says).await;
    stands(&app, &asker, &short, done).await
}

async fn report(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    _: Said<Nothing>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::report(&app.network, &asker, &short).await;
    stands(&app, &asker, &short, done).await
}

async fn withdraw(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, .. }: Said<Why>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::withdraw(&app.network, &asker, &short, &what.why).await;
    stands(&app, &asker, &short, done).await
}
