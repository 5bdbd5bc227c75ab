//! A trial's pupils and lots, for programs. Names come in; codes and groups go out.

use axum::extract::State;
use jiff::Timestamp;
use network::trials::{self, KeySheet, ListedPupil};
use network::{Action, ShortId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Once, once};
use super::goals::Why;
use super::operation::{Operation, Part, get, post};
use crate::app::App;
use crate::edge::access::{Access, At, AtTrial};
use crate::edge::problem::AppError;
use crate::edge::program::{Asker, Said};

pub(super) fn operations() -> Vec<Operation> {
    let plan = Access::May(Action::PlanTrial, At::Trial);
    vec![
        post("/api/v1/trials/{trial}/people", plan, bring)
            .told(Part::People, "bringPeople", "Bring the list of pupils")
            .more("The product makes a code for each and draws the lots. Names are kept nowhere: keep the answer, it says which pupil has which code.")
            .takes::<NewPupils>()
            .answers::<Key>()
            .long(),
        get(
            "/api/v1/trials/{trial}/people",
            Access::May(Action::SeePupils, At::Trial),
            list,
        )
        .told(Part::People, "listPeople", "The list as it is kept: codes and groups, never names")
        .answers::<Pupils>(),
        get(
            "/api/v1/trials/{trial}/draws",
            Access::May(Action::ReadPublished, At::Trial),
            draws,
        )
        .told(Part::People, "listDraws", "Every draw of the lots")
        .answers::<Draws>(),
        post("/api/v1/trials/{trial}/draws", plan, draw_again)
            .told(Part::People, "drawAgain", "Draw the lots again, with the reason")
            .more("The plan shows how often they were drawn; after the lock it is a deviation.")
            .takes::<Why>()
            .answers::<Draws>(),
    ]
}

/// The pupils of a trial.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"pupils": [
    {"who": "Amina Rashid", "class": "4A", "baseline": 98, "disadvantaged": true},
    {"who": "Tom Fletcher", "class": "4A", "baseline": 104}
]}))]
pub(super) struct NewPupils {
    /// At most 20,000.
    pupils: Vec<NewPupil>,
}

/// A pupil, as your list has them.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPupil {
    /// A name, a pupil number or a code.
    who: String,
    /// What else names them, such as a pupil number beside the name.
    #[serde(default)]
    also: Vec<String>,
    /// Their class or school.
    class: Option<String>,
    /// Their score from before.
    baseline: Option<f64>,
    /// Whether they are disadvantaged.
    disadvantaged: Option<bool>,
    /// Their group, where somebody chose the groups.
    group: Option<String>,
}

impl From<NewPupil> for ListedPupil {
    fn from(pupil: NewPupil) -> Self {
        Self {
            who: pupil.who,
            also: pupil.also,
            class: pupil.class,
            baseline: pupil.baseline,
            disadvantaged: pupil.disadvantaged,
            group: pupil.group,
        }
    }
}

/// Which pupil has which code and group, in the order of your list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Key {
    /// The pupils.
    pupils: Vec<KeyLine>,
}

/// A pupil’s code and group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct KeyLine {
    /// As you wrote them.
    who: String,
    /// The product’s code for them.
    code: String,
    /// Their group, when there is one yet.
    group: Option<String>,
}

impl From<KeySheet> for Key {
    fn from(sheet: KeySheet) -> Self {
        let line = |row: trials::KeyRow| KeyLine {
            who: row.who,
            code: row.code,
            group: row.group,
        };
        Self {
            pupils: sheet.rows.into_iter().map(line).collect(),
        }
    }
}

/// A list as it is kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Pupils {
    /// The pupils.
    pupils: Vec<Pupil>,
}

/// A pupil as they are kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Pupil {
    /// The product’s code for them.
    code: String,
    /// Their class or school.
    class: Option<String>,
    /// Their score from before.
    baseline: Option<f64>,
    /// Whether they are disadvantaged, when it was said.
    disadvantaged: Option<bool>,
    /// Their group.
    group: Option<String>,
}

/// Every draw of the lots.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Draws {
    /// The first one first; the last one counts.
    draws: Vec<Draw>,
}

/// One draw of the lots.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Draw {
    /// From 1.
    number: i32,
    /// When.
    at: Timestamp,
    /// From which seed, in digits: with the list, anybody can draw the same again.
    seed: String,
    /// simple, blocked or cluster.
    method: String,
    /// SHA-256 of codes and groups.
    fingerprint: String,
    /// Whether the plan was locked already.
    after_lock: bool,
    /// Why it was drawn again.
    why: Option<String>,
}

async fn bring(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, .. }: Said<NewPupils>,
) -> Result<Answer<Key>, AppError> {
    let pupils: Vec<ListedPupil> = what.pupils.into_iter().map(ListedPupil::from).collect();
    let done = once(trials::bring_people(&app.network, &asker, &short, &pupils).await)?;
    let replayed = done.is_replay();
    let sheet = match done {
        Once::Now((_, sheet)) => sheet,
        Once::Before(_) => trials::recognised(&app.network, &asker, &short, &pupils).await?,
    };
    Ok(Answer::of(Key::from(sheet)).replayed(replayed))
}

async fn list(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
) -> Result<Answer<Pupils>, AppError> {
    let all = trials::pupils(&app.network, &asker, &short).await?;
    let pupils = all
        .into_iter()
        .map(|pupil| Pupil {
            code: pupil.code,
            class: pupil.class,
            baseline: pupil.baseline,
            disadvantaged: pupil.disadvantaged,
            group: pupil.group,
        })
        .collect();
    Ok(Answer::of(Pupils { pupils }))
}

async fn drawn(app: &App, asker: &Asker, short: &ShortId) -> Result<Draws, AppError> {
    let all = trials::draws(&app.network, asker, short).await?;
    let draws = all
        .into_iter()
        .map(|draw| Draw {
            number: draw.number,
            at: draw.at,
            seed: draw.seed.to_string(),
            method: draw.method,
            fingerprint: draw.fingerprint,
            after_lock: draw.after_lock,
            why: draw.why,
        })
        .collect();
    Ok(Draws { draws })
}

async fn draws(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
) -> Result<Answer<Draws>, AppError> {
    Ok(Answer::of(drawn(&app, &asker, &short).await?))
}

async fn draw_again(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, .. }: Said<Why>,
) -> Result<Answer<Draws>, AppError> {
    let done = once(trials::draw_again(&app.network, &asker, &short, &what.why).await)?;
    Ok(Answer::of(drawn(&app, &asker, &short).await?).replayed(done.is_replay()))
}
