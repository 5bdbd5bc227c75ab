//! Practices and their pools, for programs: read, shared, adopted.

use axum::extract::{Path, State};
use jiff::Timestamp;
use network::pools::{self, LivingPool};
use network::practices::{self, Words};
use network::{Action, places};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Once, once};
use super::operation::{Operation, Part, get, post};
use super::trials::{Trial, begun};
use crate::app::App;
use crate::edge::access::{Access, At, AtPlace, AtTrial};
use crate::edge::problem::AppError;
use crate::edge::program::{Asker, Said};

pub(super) fn operations() -> Vec<Operation> {
    let read = Access::May(Action::ReadPublished, At::Network);
    vec![
        get("/api/v1/practices", read, list)
            .told(Part::Practices, "listPractices", "Every practice, the newest first")
            .answers::<Practices>(),
        get("/api/v1/practices/{practice}", read, show)
            .told(Part::Practices, "seePractice", "A practice")
            .answers::<Practice>(),
        get("/api/v1/practices/{practice}/pool", read, pool)
            .told(Part::Practices, "seePool", "What all who tried it found together")
            .more("The engine’s pool with every result that counts, those that can’t be averaged and why, withdrawn ones, and trials that have not reported.")
            .answers_engine("LivingPool", "`pool` is what `difference pool --format json` prints for the studies in `counted`; beside it `apart`, `tombstones` and `under_way`."),
        post(
            "/api/v1/trials/{trial}/practice",
            Access::May(Action::SharePractice, At::Trial),
            share,
        )
        .told(Part::Practices, "sharePractice", "Share a reported trial as a practice")
        .more("Its evidence is attached and can’t be edited.")
        .takes::<PracticeWords>()
        .makes::<Practice>(),
        post(
            "/api/v1/places/{place}/adoptions",
            Access::May(Action::PlanTrial, At::Place),
            adopt,
        )
        .told(Part::Practices, "adoptPractice", "Try a practice at a place")
        .more("Begins a trial there with most of its plan filled in. Its result joins the pool.")
        .takes::<Adoption>()
        .makes::<Trial>(),
    ]
}

/// The words of a practice.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "Morning reading group",
    "what": "Eight pupils read aloud with one adult for 25 minutes before school.",
    "how": "Talk to a place that has done it. Choose who and when. Train the adults.",
    "keep": "Pupils choose the book. Time and room are free to change."
}))]
pub(super) struct PracticeWords {
    /// What it is called.
    title: String,
    /// What it is.
    what: String,
    /// How to adopt it.
    how: String,
    /// What to keep, and what is free to change.
    keep: String,
}

/// A practice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Practice {
    /// Its address: the last part of its page’s.
    practice: String,
    /// The address of the place that shared it.
    place: String,
    /// When it was shared.
    shared_at: Timestamp,
    /// Which version of its words this is, from 1.
    version: i32,
    /// When this version was written.
    revised_at: Timestamp,
    /// Its words.
    words: PracticeWords,
}

/// Practices.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Practices {
    /// The newest first.
    practices: Vec<Practice>,
}

/// Which practice to try.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"practice": "morning-reading-group"}))]
pub(super) struct Adoption {
    /// Its address.
    practice: String,
}

fn told(practice: practices::Practice, places: &[places::Place]) -> Practice {
    let place = places.iter().find(|place| place.id == practice.place);
    let words = practice.words;
    Practice {
        practice: practice.slug,
        place: place.map(|place| place.slug.clone()).unwrap_or_default(),
        shared_at: practice.shared_at,
        version: practice.version,
        revised_at: practice.revised_at,
        words: PracticeWords {
            title: words.title,
            what: words.what,
            how: words.how,
            keep: words.keep,
        },
    }
}

async fn list(State(app): State<App>) -> Result<Answer<Practices>, AppError> {
    let places = places::all(&app.network).await?;
    let all = practices::all(&app.network).await?;
    let practices = all.into_iter().map(|p| told(p, &places)).collect();
    Ok(Answer::of(Practices { practices }))
}

async fn show(
    State(app): State<App>,
    Path(slug): Path<String>,
) -> Result<Answer<Practice>, AppError> {
    let places = places::all(&app.network).await?;
    let practice = practices::by_slug(&app.network, &slug).await?;
    Ok(Answer::of(told(practice, &places)))
}

async fn pool(
    State(app): State<App>,
    Path(slug): Path<String>,
) -> Result<Answer<LivingPool>, AppError> {
    let practice = practices::by_slug(&app.network, &slug).await?;
    Ok(Answer::of(
        pools::of_practice(&app.network, &practice).await?,
    ))
}

async fn share(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, .. }: Said<PracticeWords>,
) -> Result<Answer<Practice>, AppError> {
    let words = Words {
        title: what.title,
        what: what.what,
        how: what.how,
        keep: what.keep,
    };
    let done = once(practices::share(&app.network, &asker, &short, &words).await)?;
    let replayed = done.is_replay();
    let practice = match done {
        Once::Now(practice) => practice,
        Once::Before(thing) => practices::by_slug(&app.network, &thing.id).await?,
    };
    let at = format!("/api/v1/practices/{}", practice.slug);
    let places = places::all(&app.network).await?;
    Ok(Answer::made(told(practice, &places), at).replayed(replayed))
}

async fn adopt(
    State(app): State<App>,
    asker: Asker,
    AtPlace(place): AtPlace,
    Said { what, .. }: Said<Adoption>,
) -> Result<Answer<Trial>, AppError> {
    let done = practices::adopt(&app.network, &asker, &what.practice, place.id).await;
    begun(&app, &asker, done).await
}
