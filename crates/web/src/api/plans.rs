//! A trial's plan, for programs: filled in screen by screen, asked for, approved, locked.

use axum::extract::State;
use axum::response::Response;
use engine::power::{self, PowerQuestion, Sizing};
use engine::question::Worthwhile;
use engine::trial_plan::PlannedMeasure;
use jiff::civil::Date;
use network::trials::{self, Compare, ComparisonAndSize, IdeaAndMeasure};
use network::{Action, Error};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, written};
use super::goals::Why;
use super::operation::{Operation, Part, get, post, put};
use super::trials::{Trial, stands};
use crate::app::App;
use crate::edge::access::{Access, At, AtTrial};
use crate::edge::problem::AppError;
use crate::edge::program::{Asker, Nothing, Said};

pub(super) fn operations() -> Vec<Operation> {
    let plan = Access::May(Action::PlanTrial, At::Trial);
    let approves = Access::May(Action::ApprovePlan, At::Trial);
    vec![
        put("/api/v1/trials/{trial}/idea", plan, save_idea)
            .told(Part::Plans, "saveIdea", "Fill in the idea and the measure")
            .more("Kept even where something is missing; the answer says what.")
            .takes::<Idea>()
            .answers::<Trial>(),
        put("/api/v1/trials/{trial}/comparison", plan, save_comparison)
            .told(Part::Plans, "saveComparison", "Fill in the comparison and the size")
            .takes::<Comparison>()
            .answers::<Trial>(),
        put("/api/v1/trials/{trial}/dates", plan, save_dates)
            .told(Part::Plans, "saveDates", "Fill in the dates")
            .takes::<Dates>()
            .answers::<Trial>(),
        get(
            "/api/v1/trials/{trial}/sizing",
            Access::May(Action::SeeDraft, At::Trial),
            size,
        )
        .told(Part::Plans, "whatCouldItSee", "What could this trial see?")
        .answers_engine("Sizing", "The smallest change that the trial could probably notice, in words and for other sizes, with what was assumed."),
        post("/api/v1/trials/{trial}/ask", plan, ask)
            .told(Part::Plans, "askForLock", "Ask the place leader to approve the plan")
            .answers::<Trial>(),
        post("/api/v1/trials/{trial}/approve", approves, approve)
            .told(Part::Plans, "approvePlan", "Approve the plan, which locks it")
            .answers::<Trial>(),
        post("/api/v1/trials/{trial}/send-back", approves, send_back)
            .told(Part::Plans, "sendPlanBack", "Send the plan back, with the reason")
            .takes::<Why>()
            .answers::<Trial>(),
        post(
            "/api/v1/trials/{trial}/lock",
            Access::May(Action::LockUnapproved, At::Trial),
            lock,
        )
        .told(Part::Plans, "lockPlan", "Lock the plan, where the network asks for no approval")
        .answers::<Trial>(),
        get(
            "/api/v1/trials/{trial}/plan",
            Access::May(Action::ReadPublished, At::Trial),
            canonical,
        )
        .told(Part::Plans, "seePlan", "The locked plan, byte for byte as it was hashed")
        .answers_engine("TrialPlan", "The locked plan in its canonical form (RFC 8785); its SHA-256 is the trial’s `locked.hash`."),
    ]
}

/// A plan as it is being written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Draft {
    /// The idea and the measure.
    idea: Idea,
    /// The comparison and the size.
    comparison: Comparison,
    /// The dates.
    dates: Dates,
}

/// The idea and the measure.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({
    "title": "Morning reading group",
    "idea": "Pupils read aloud with one adult for 25 minutes before school.",
    "question": "Does an adult-led reading group before school improve reading?",
    "measure": {"name": "reading", "how": "Standardised reading test in July, marked blind", "unit": "points", "attainment": true, "baseline": true}
}))]
pub(super) struct Idea {
    /// What the trial is called.
    title: String,
    /// What will be done, in a sentence or two.
    idea: String,
    /// What it should change, as a question.
    question: String,
    /// What will be measured.
    measure: Measure,
}

/// What will be measured.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Measure {
    /// What people call it, such as reading.
    name: String,
    /// How it will be taken.
    how: String,
    /// Such as points.
    unit: String,
    /// Whether it is attainment, so that months may be said.
    attainment: bool,
    /// Whether a lower value is the better one.
    lower_is_better: bool,
    /// Whether a score from before will be allowed for.
    baseline: bool,
    /// Words in order, lowest first, such as WTS, EXS, GDS; empty for numbers.
    words: Vec<String>,
    /// The words that count as getting there.
    success: Vec<String>,
}

/// The comparison and the size.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({
    "compare": "lots-between-pupils", "intervention": "morning reading", "comparison": "as usual",
    "pupils": 80, "worthwhile": {"unit": 2.0}, "spread": 10.0
}))]
pub(super) struct Comparison {
    /// How the groups come about.
    compare: Option<HowCompared>,
    /// What the group that gets it is called.
    intervention: String,
    /// What the other group is called.
    comparison: String,
    /// Whether the other group gets it next.
    comparison_gets_it_next: bool,
    /// Whether the lots are drawn so that the groups start alike on the score before.
    even_out: bool,
    /// How many pupils can take part, before there is a list.
    pupils: Option<u32>,
    /// In how many classes or schools.
    classes: Option<u32>,
    /// The smallest difference worth having.
    worthwhile: Option<WorthHaving>,
    /// The measure’s standard deviation, when it is known from before.
    spread: Option<f64>,
}

/// How the two groups come about.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum HowCompared {
    /// Lots between pupils.
    LotsBetweenPupils,
    /// Lots between pupils within each class.
    LotsWithinClasses,
    /// Lots between whole classes or schools.
    LotsBetweenClasses,
    /// Two groups that somebody chose.
    ChosenGroups,
    /// The same pupils before and after, with nobody to compare with.
    BeforeAndAfter,
}

/// The smallest difference worth having.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WorthHaving {
    /// In the measure’s own unit.
    Unit(f64),
    /// In standard deviations.
    Sd(f64),
}

/// When it starts and when it is measured.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"starts": "2026-12-01", "measured": "2027-03-26"}))]
pub(super) struct Dates {
    /// The first day.
    starts: Option<Date>,
    /// The day on which the outcome is measured.
    measured: Option<Date>,
}

impl Default for Comparison {
    fn default() -> Self {
        ComparisonAndSize::default().into()
    }
}

impl From<trials::Draft> for Draft {
    fn from(draft: trials::Draft) -> Self {
        Self {
            idea: draft.idea.into(),
            comparison: draft.comparison.into(),
            dates: Dates {
                starts: draft.dates.starts,
                measured: draft.dates.measured,
            },
        }
    }
}

impl From<IdeaAndMeasure> for Idea {
    fn from(idea: IdeaAndMeasure) -> Self {
        let measure = idea.measure;
        Self {
            title: idea.title,
            idea: idea.idea,
            question: idea.question,
            measure: Measure {
                name: measure.name,
                how: measure.how,
                unit: measure.unit,
                attainment: measure.attainment,
                lower_is_better: measure.lower_is_better,
                baseline: measure.baseline,
                words: measure.words,
                success: measure.success,
            },
        }
    }
}

impl From<Idea> for IdeaAndMeasure {
    fn from(idea: Idea) -> Self {
        let measure = idea.measure;
        Self {
            title: idea.title,
            idea: idea.idea,
            question: idea.question,
            measure: PlannedMeasure {
                name: measure.name,
                how: measure.how,
                unit: measure.unit,
                attainment: measure.attainment,
                lower_is_better: measure.lower_is_better,
                baseline: measure.baseline,
                words: measure.words,
                success: measure.success,
            },
        }
    }
}

impl From<ComparisonAndSize> for Comparison {
    fn from(from: ComparisonAndSize) -> Self {
        Self {
            compare: from.compare.map(|compare| match compare {
                Compare::LotsBetweenPupils => HowCompared::LotsBetweenPupils,
                Compare::LotsWithinClasses => HowCompared::LotsWithinClasses,
                Compare::LotsBetweenClasses => HowCompared::LotsBetweenClasses,
                Compare::ChosenGroups => HowCompared::ChosenGroups,
                Compare::BeforeAndAfter => HowCompared::BeforeAndAfter,
            }),
            intervention: from.intervention,
            comparison: from.comparison,
            comparison_gets_it_next: from.comparison_gets_it_next,
            even_out: from.even_out,
            pupils: from.pupils,
            classes: from.classes,
            worthwhile: from.worthwhile.map(|worthwhile| match worthwhile {
                Worthwhile::Unit(x) => WorthHaving::Unit(x),
                Worthwhile::Sd(x) => WorthHaving::Sd(x),
            }),
            spread: from.spread,
        }
    }
}

impl From<Comparison> for ComparisonAndSize {
    fn from(from: Comparison) -> Self {
        Self {
            compare: from.compare.map(|compare| match compare {
                HowCompared::LotsBetweenPupils => Compare::LotsBetweenPupils,
                HowCompared::LotsWithinClasses => Compare::LotsWithinClasses,
                HowCompared::LotsBetweenClasses => Compare::LotsBetweenClasses,
                HowCompared::ChosenGroups => Compare::ChosenGroups,
                HowCompared::BeforeAndAfter => Compare::BeforeAndAfter,
            }),
            intervention: from.intervention,
            comparison: from.comparison,
            comparison_gets_it_next: from.comparison_gets_it_next,
            even_out: from.even_out,
            pupils: from.pupils,
            classes: from.classes,
            worthwhile: from.worthwhile.map(|worthwhile| match worthwhile {
                WorthHaving::Unit(x) => Worthwhile::Unit(x),
                WorthHaving::Sd(x) => Worthwhile::Sd(x),
            }),
            spread: from.spread,
        }
    }
}

async fn save_idea(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, .. }: Said<Idea>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::save_idea(&app.network, &asker, &short, what.into()).await;
    stands(&app, &asker, &short, done).await
}

async fn save_comparison(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, .. }: Said<Comparison>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::save_comparison(&app.network, &asker, &short, what.into()).await;
    stands(&app, &asker, &short, done).await
}

async fn save_dates(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, .. }: Said<Dates>,
) -> Result<Answer<Trial>, AppError> {
    let Dates { starts, measured } = what;
    let dates = trials::Dates { starts, measured };
    let done = trials::save_dates(&app.network, &asker, &short, dates).await;
    stands(&app, &asker, &short, done).await
}

async fn size(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
) -> Result<Answer<Sizing>, AppError> {
    let trial = trials::see(&app.network, &asker, &short).await?;
    let question = trial.draft.power_question().ok_or_else(|| {
        Error::conflict("Say first how you will compare and how many pupils can take part. Before and after alone has no size that it could see.")
    })?;
    let question = PowerQuestion {
        learnt: Some(trials::learnt(&app.network, question.attainment).await?),
        ..question
    };
    let sizing = power::sizing(&question).map_err(Error::from)?;
    Ok(Answer::of(sizing))
}

async fn ask(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    _: Said<Nothing>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::ask_for_lock(&app.network, &asker, &short).await;
    stands(&app, &asker, &short, done).await
}

async fn approve(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    _: Said<Nothing>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::approve(&app.network, &asker, &short).await;
    stands(&app, &asker, &short, done).await
}

async fn send_back(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, .. }: Said<Why>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::send_back(&app.network, &asker, &short, &what.why).await;
    stands(&app, &asker, &short, done).await
}

async fn lock(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    _: Said<Nothing>,
) -> Result<Answer<Trial>, AppError> {
    let done = trials::lock_unapproved(&app.network, &asker, &short).await;
    stands(&app, &asker, &short, done).await
}

async fn canonical(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    let trial = trials::see(&app.network, &asker, &short).await?;
    let lock = trial.lock.ok_or(AppError::NotFound)?;
    Ok(written(lock.canonical))
}
