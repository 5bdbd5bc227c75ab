//! A plan in words: the frame of the wizard, the locked plan as a page, a file and a note for families.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use engine::question::{Allocation, Design, Worthwhile};
use engine::trial_plan::TrialPlan;
use engine::words::finding::capital;
use engine::words::numbers::{Precision, plural};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use network::governance::audit::Inclusion;
use network::places;
use network::trials::{self, Lock, Trial};

use crate::app::App;
use crate::edge::access::AtTrial;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Crumb, Frame, Here, page};
use crate::words;

/// A step of the wizard, as the strip at its top shows it.
pub(super) struct Step {
    pub(super) label: &'static str,
    pub(super) href: String,
    pub(super) done: bool,
    pub(super) here: bool,
}

/// The frame, the place's name and the strip of a plan's screen.
pub(super) async fn planning(
    app: &App,
    visitor: &Visitor,
    trial: &Trial,
    number: u8,
    title: &str,
    wrong: bool,
) -> Result<(Frame, String, Vec<Step>), AppError> {
    let (frame, place_name) = framed(app, visitor, trial, title, wrong).await?;
    let labels = [
        "1 Idea and measure",
        "2 Comparison and size",
        "3 People and dates",
        "4 Check and lock",
    ];
    let steps = (1_u8..)
        .zip(labels)
        .map(|(n, label)| Step {
            label,
            href: super::begin::screen(&trial.short, n),
            done: n < number,
            here: n == number,
        })
        .collect();
    Ok((frame, place_name, steps))
}

/// The frame of a page about a trial, and its place's name.
pub(super) async fn framed(
    app: &App,
    visitor: &Visitor,
    trial: &Trial,
    title: &str,
    wrong: bool,
) -> Result<(Frame, String), AppError> {
    let place = places::by_id(&app.network, trial.place).await?;
    let mut frame = Frame::new(app, visitor, Here::Elsewhere, title).with_errors(wrong);
    frame.crumbs = vec![Crumb {
        label: place.profile.name.clone(),
        href: format!("/places/{}", place.slug),
    }];
    Ok((frame, place.profile.name))
}

/// The network's time zone.
pub(crate) async fn zone(app: &App) -> Result<TimeZone, AppError> {
    let profile = places::network_profile(&app.network).await?;
    Ok(TimeZone::get(&profile.time_zone).unwrap_or(TimeZone::UTC))
}

/// A stored day as people read it.
fn day(text: &str) -> String {
    text.parse::<Date>()
        .map_or_else(|_| text.to_owned(), words::date)
}

/// "Drawn by lot, one by one" and its kin.
fn compared(plan: &TrialPlan) -> String {
    let how = match (plan.design, plan.allocation) {
        (Design::BeforeAfter, _) => {
            return "The same pupils before and after, with nobody to compare with".to_owned();
        }
        (Design::Individual, Allocation::Lot) => "Pupils drawn by lot",
        (Design::BlockedIndividual, Allocation::Lot) => "Pupils drawn by lot within each class",
        (Design::Cluster | Design::BlockedCluster, Allocation::Lot) => "Whole classes drawn by lot",
        _ => "Two groups that somebody chose",
    };
    let next = if plan.comparison_gets_it_next {
        " The other group gets it next."
    } else {
        ""
    };
    format!("{how}: {} or {}.{next}", plan.intervention, plan.comparison)
}

/// The smallest change worth having, in words.
pub(super) fn worth(plan: &TrialPlan) -> Option<String> {
    Some(match plan.worthwhile? {
        Worthwhile::Unit(x) if plan.measure.words.is_empty() => {
            let unit = if plan.measure.unit.is_empty() {
                "points"
            } else {
                &plan.measure.unit
            };
            format!("{} or more", plural(&Precision::HUNDREDTHS.write(x), unit))
        }
        Worthwhile::Unit(x) => format!(
            "{} percentage points or more",
            Precision::HUNDREDTHS.write(100.0 * x)
        ),
        Worthwhile::Sd(x) => format!(
            "{} standard deviations or more",
            Precision::HUNDREDTHS.write(x)
        ),
    })
}

/// A plan's facts, label and words, in the order in which a reader wants them.
pub(super) fn facts(plan: &TrialPlan) -> Vec<(&'static str, String)> {
    let measure = &plan.measure;
    let mut facts = vec![
        ("Question", plan.question.clone()),
        ("What we do", plan.idea.clone()),
        (
            "Main measure",
            [capital(&measure.name), measure.how.clone()]
                .into_iter()
                .filter(|words| !words.is_empty())
                .collect::<Vec<_>>()
                .join(". "),
        ),
    ];
    if !measure.words.is_empty() {
        facts.push((
            "Getting there",
            format!(
                "{}, of {}",
                measure.success.join(", "),
                measure.words.join(", ")
            ),
        ));
    }
    facts.extend(worth(plan).map(|w| ("Worth having", w)));
    facts.push(("Comparison", compared(plan)));
    let size = match (plan.pupils, plan.clusters) {
        (0, _) => String::new(),
        (pupils, 0) => format!("{pupils} pupils"),
        (pupils, n) => format!("{pupils} pupils in {n} classes"),
    };
    facts.push(("Size", size));
    if plan.allocation == Allocation::Lot {
        let times = match plan.draws {
            0 => String::new(),
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            n => format!("{n} times"),
        };
        facts.push(("Lots drawn", times));
    }
    facts.push(("Starts", day(&plan.starts)));
    facts.push(("Measured", day(&plan.measured)));
    facts.push(("Analysis", plan.analysis.clone()));
    facts.extend(plan.adopts.clone().map(|practice| ("Tries", practice)));
    // A plan that is being written has gaps: the page names them apart.
    facts.retain(|(_, words)| !words.is_empty());
    facts
}

/// A hash in groups of four, as people compare it.
pub(super) fn in_fours(hash: &str) -> String {
    let letters: Vec<char> = hash.chars().take(32).collect();
    let groups: Vec<String> = letters.chunks(4).map(|g| g.iter().collect()).collect();
    groups.join(" ")
}

/// When a plan was locked, in words.
pub(super) fn locked(lock: &Lock, zone: &TimeZone) -> String {
    format!("Locked {}", words::date_and_time(lock.at, zone))
}

#[derive(Template)]
#[template(path = "trials/plan.html")]
struct PlanPage {
    frame: Frame,
    trial: Trial,
    place_name: String,
    locked: String,
    facts: Vec<(&'static str, String)>,
    hash: String,
    hash_in_fours: String,
    proof: Option<Inclusion>,
}

fn lock_of(trial: &Trial) -> Result<&Lock, AppError> {
    trial.lock.as_ref().ok_or(AppError::NotFound)
}

/// The locked plan, as anybody may read it who may read the trial.
pub(crate) async fn plan(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    let trial = trials::see(&app.network, visitor.actor(), &short).await?;
    let lock = lock_of(&trial)?;
    let title = format!("The locked plan: {}", trial.title());
    let (frame, place_name) = framed(&app, &visitor, &trial, &title, false).await?;
    let zone = zone(&app).await?;
    page(&PlanPage {
        frame,
        place_name,
        locked: locked(lock, &zone),
        facts: facts(&lock.plan),
        hash: lock.hash.clone(),
        hash_in_fours: in_fours(&lock.hash),
        proof: match trials::lock_proof(&app.network, visitor.actor(), &short).await {
            Ok(proof) => Some(proof),
            // Locked before the log vouched for plans.
            Err(network::Error::NotFound) => None,
            Err(fault) => return Err(fault.into()),
        },
        trial,
    })
}

/// The canonical plan, byte for byte as it was hashed.
pub(crate) async fn download(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    let trial = trials::see(&app.network, visitor.actor(), &short).await?;
    let lock = lock_of(&trial)?;
    let kind = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"plan-{short}.json\""),
        ),
    ];
    Ok((kind, lock.canonical.clone()).into_response())
}

/// The proof that the plan was locked when the page says: anybody checks it without us.
pub(crate) async fn proof(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    let proof = trials::lock_proof(&app.network, visitor.actor(), &short).await?;
    let json = serde_json::to_string_pretty(&proof)
        .map_err(|e| AppError::fault("a proof could not be written", &e))?;
    let kind = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"lock-{short}.json\""),
        ),
    ];
    Ok((kind, json).into_response())
}

#[derive(Template)]
#[template(path = "trials/families.html")]
struct FamiliesPage {
    frame: Frame,
    place_name: String,
    title: String,
    idea: String,
    measure: String,
    how: String,
    by_lot: bool,
    next: bool,
    starts: String,
    measured: String,
}

/// A note for families, to print.
pub(crate) async fn families(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    let trial = trials::see(&app.network, visitor.actor(), &short).await?;
    let title = format!("A note for families: {}", trial.title());
    let (frame, place_name) = framed(&app, &visitor, &trial, &title, false).await?;
    let draft = &trial.draft;
    let date = |d: Option<Date>| d.map(words::date).unwrap_or_default();
    page(&FamiliesPage {
        frame,
        place_name,
        title: trial.title().to_owned(),
        idea: draft.idea.idea.clone(),
        measure: draft.idea.measure.name.clone(),
        how: draft.idea.measure.how.clone(),
        by_lot: draft
            .comparison
            .compare
            .is_some_and(trials::Compare::is_by_lot),
        next: draft.comparison.comparison_gets_it_next,
        starts: date(draft.dates.starts),
        measured: date(draft.dates.measured),
    })
}
