//! The list of practices, and a practice's page with its living pool.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use network::pools::{self, LivingPool};
use network::practices::{self, Practice, Version};
use network::{Action, Scope, places};
use report::forest::{self, Withdrawn};
use report::looks::Looks;
use report::result::{marked, meter};

use crate::app::App;
use crate::edge::access::AtPractice;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::Choice;
use crate::frame::{Crumb, Frame, Here, page};
use crate::words;

/// A practice as a list shows it.
pub(crate) struct Shared {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) place: String,
    /// What its results say together.
    pub(crate) says: String,
    pub(crate) meter: String,
}

/// Practices with what their results say together.
pub(crate) async fn shared(app: &App, all: Vec<Practice>) -> Result<Vec<Shared>, AppError> {
    let mut list = Vec::with_capacity(all.len());
    for practice in all {
        let place = places::by_id(&app.network, practice.place).await?;
        let living = pools::of_practice(&app.network, &practice).await?;
        list.push(Shared {
            href: format!("/practices/{}", practice.slug),
            title: practice.words.title,
            place: place.profile.name,
            says: headline(&living).0,
            meter: rung(&living),
        });
    }
    Ok(list)
}

/// The pool's sentence and its most telling phrase.
fn headline(living: &LivingPool) -> (String, String) {
    match (&living.pool, &living.refused) {
        (Some(pool), _) => (pool.headline.clone(), pool.highlight.clone()),
        (None, Some(refusal)) => (format!("{} {}", refusal.says, refusal.cure), String::new()),
        (None, None) => (
            "No result that can be averaged yet.".to_owned(),
            String::new(),
        ),
    }
}

fn rung(living: &LivingPool) -> String {
    living
        .pool
        .as_ref()
        .and_then(|pool| pool.evidence.as_ref())
        .map(|evidence| meter(&evidence.word, evidence.rung))
        .unwrap_or_default()
}

#[derive(Template)]
#[template(path = "practices/all.html")]
struct AllPage {
    frame: Frame,
    practices: Vec<Shared>,
}

pub(crate) async fn all(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let frame = Frame::new(
        &app,
        &visitor,
        Here::Practices,
        "What has been tried, and what came of it",
    );
    let practices = shared(&app, practices::all(&app.network).await?).await?;
    page(&AllPage { frame, practices })
}

/// A result, a tombstone or a trial under way, as the page names it.
struct Line {
    href: String,
    place: String,
    says: String,
    when: String,
}

/// One version of the words.
struct Old {
    number: i32,
    when: String,
}

#[derive(Template)]
#[template(path = "practices/show.html")]
struct PracticePage {
    frame: Frame,
    token: String,
    practice: Practice,
    place: String,
    updated: String,
    finding: String,
    meter: String,
    what: Vec<String>,
    how: Vec<String>,
    keep: Vec<String>,
    forest: String,
    movement: String,
    in_words: String,
    looks: Option<Looks>,
    stronger: Vec<String>,
    weaker: Vec<String>,
    warnings: Vec<String>,
    results: Vec<Line>,
    apart: Vec<Line>,
    tombstones: Vec<Line>,
    under_way: Vec<Line>,
    versions: Vec<Old>,
    parent: Option<(String, String)>,
    children: Vec<(String, String)>,
    here: Vec<Choice>,
    signed_in: bool,
    may_revise: bool,
}

/// A box's text as paragraphs.
fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n")
        .map(|p| p.trim().to_owned())
        .filter(|p| !p.is_empty())
        .collect()
}

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    AtPractice(practice): AtPractice,
) -> Result<Response, AppError> {
    let network = &app.network;
    let zone = crate::trials::zone(&app).await?;
    let day = |at: jiff::Timestamp| words::short_date(at.to_zoned_datetime(zone.clone()).date());
    let place = places::by_id(network, practice.place).await?;
    let living = pools::of_practice(network, &practice).await?;
    let lineage = practices::lineage(network, &practice).await?;
    let versions = practices::versions(network, &practice.slug).await?;
    let mut frame = Frame::new(
        &app,
        &visitor,
        Here::Practices,
        practice.words.title.clone(),
    )
    .within();
    frame.crumbs = vec![Crumb {
        label: "Practices".to_owned(),
        href: "/practices".to_owned(),
    }];
    let (says, highlight) = headline(&living);
    let last = living.counted.iter().map(|c| c.reported).max();
    let evidence = living.pool.as_ref().and_then(|p| p.evidence.clone());
    let gone: Vec<Withdrawn> = living
        .tombstones
        .iter()
        .map(|stone| Withdrawn {
            label: stone.tried.place_name.clone(),
            date: stone
                .reported
                .map(|at| at.to_zoned_datetime(zone.clone()).date().to_string()),
            why: stone.why.clone(),
        })
        .collect();
    let line = |tried: &pools::Tried, says: String, when: String| Line {
        href: format!("/trials/{}", tried.trial),
        place: tried.place_name.clone(),
        says,
        when,
    };
    let named = |p: &Practice| (format!("/practices/{}", p.slug), p.words.title.clone());
    let mut here = Vec::new();
    for grant in &visitor.actor().grants {
        let may = grant
            .place
            .is_some_and(|id| visitor.actor().may(Action::PlanTrial, Scope::place(id)));
        if may && !here.iter().any(|c: &Choice| c.value == grant.place_slug) {
            here.push(Choice::new(&grant.place_slug, grant.place_name.clone()));
        }
    }
    let scope = Scope::begun(practice.place, practice.shared_by);
    page(&PracticePage {
        token: visitor.form_token(),
        place: place.profile.name,
        updated: match last {
            Some(at) => format!("Updated {}, when the last result arrived", day(at)),
            None => format!("Shared {}", day(practice.shared_at)),
        },
        finding: marked(&says, &highlight),
        meter: rung(&living),
        what: paragraphs(&practice.words.what),
        how: paragraphs(&practice.words.how),
        keep: paragraphs(&practice.words.keep),
        forest: living
            .pool
            .as_ref()
            .map(|p| forest::table(p, &gone))
            .unwrap_or_default(),
        movement: living
            .pool
            .as_ref()
            .map(forest::movement)
            .unwrap_or_default(),
        in_words: living
            .pool
            .as_ref()
            .map(|p| p.paragraph.clone())
            .unwrap_or_default(),
        looks: living.pool.as_ref().and_then(Looks::of),
        stronger: evidence
            .as_ref()
            .map(|e| e.stronger.clone())
            .unwrap_or_default(),
        weaker: evidence.map(|e| e.weaker).unwrap_or_default(),
        warnings: living
            .pool
            .as_ref()
            .map(|p| p.warnings.clone())
            .unwrap_or_default(),
        results: living
            .counted
            .iter()
            .map(|c| line(&c.tried, c.headline.clone(), day(c.reported)))
            .collect(),
        apart: living
            .apart
            .iter()
            .map(|a| line(&a.tried, a.why.clone(), day(a.reported)))
            .collect(),
        tombstones: living
            .tombstones
            .iter()
            .map(|t| line(&t.tried, t.why.clone(), day(t.withdrawn)))
            .collect(),
        under_way: living
            .under_way
            .iter()
            .map(|u| {
                let says = match (&u.stopped, u.measured.parse::<jiff::civil::Date>()) {
                    (Some(why), _) => format!("stopped early: {why}"),
                    (None, Ok(date)) => format!("to be measured on {}", words::date(date)),
                    (None, Err(_)) => "under way".to_owned(),
                };
                line(&u.tried, says, format!("plan locked {}", day(u.locked)))
            })
            .collect(),
        versions: versions
            .iter()
            .rev()
            .map(|v: &Version| Old {
                number: v.number,
                when: day(v.at),
            })
            .collect(),
        parent: lineage.parent.as_ref().map(named),
        children: lineage.children.iter().map(named).collect(),
        here,
        signed_in: visitor.actor().is_signed_in(),
        may_revise: visitor.actor().may(Action::SharePractice, scope),
        frame,
        practice,
    })
}

/// A name as a cell of a CSV file.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The numbers that the average is made from, for `difference pool` or any other program.
pub(crate) async fn results(
    State(app): State<App>,
    AtPractice(practice): AtPractice,
) -> Result<Response, AppError> {
    let living = pools::of_practice(&app.network, &practice).await?;
    let mut csv = "study,effect,variance,date,rung,due\r\n".to_owned();
    for counted in &living.counted {
        let study = &counted.study;
        let label = quoted(&study.label);
        let rung = study.rung.map(|r| r.to_string()).unwrap_or_default();
        csv.push_str(&format!(
            "{label},{},{},{},{rung},{}\r\n",
            study.effect,
            study.variance,
            study.date.as_deref().unwrap_or_default(),
            study.due.as_deref().unwrap_or_default()
        ));
    }
    // Who began and has not reported, with the day on which it is due.
    for awaited in living
        .pool
        .iter()
        .flat_map(|pool| &pool.question.unreported)
    {
        csv.push_str(&format!(
            "{},,,,,{}\r\n",
            quoted(&awaited.label),
            awaited.due.as_deref().unwrap_or_default()
        ));
    }
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}-results.csv\"", practice.slug),
        ),
    ];
    Ok((kind, csv).into_response())
}
