//! Who did what, the newest first.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use network::governance::audit::{self, Head, Recorded};
use network::places::Place;
use network::{people, trials};
use serde::Deserialize;

use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};
use crate::words;

/// Entries on one page.
const ENTRIES: u64 = 50;

#[derive(Template)]
#[template(path = "governance/log.html")]
struct LogPage {
    frame: Frame,
    whose: String,
    address: String,
    entries: Vec<Shown>,
    /// The number before which the next page begins; none on the last one.
    older: Option<i64>,
    is_newest: bool,
    is_the_network: bool,
    head: Head,
}

struct Shown {
    number: i64,
    at: String,
    who: String,
    what: String,
    on: String,
    why: Option<String>,
}

/// Where a page of the log begins.
#[derive(Deserialize)]
pub(crate) struct From {
    before: Option<i64>,
}

pub(crate) async fn of_network(
    State(app): State<App>,
    visitor: Visitor,
    Query(from): Query<From>,
) -> Result<Response, AppError> {
    let frame = Frame::new(&app, &visitor, Here::Network, "Who did what").within();
    let frame = super::under_the_network(frame, &visitor);
    shown(&app, &visitor, frame, None, from.before).await
}

pub(crate) async fn of_place(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
    Query(from): Query<From>,
) -> Result<Response, AppError> {
    let frame = Frame::new(&app, &visitor, Here::Elsewhere, "Who did what");
    let frame = frame.under(
        place.profile.name.clone(),
        format!("/places/{}", place.slug),
    );
    shown(&app, &visitor, frame, Some(place), from.before).await
}

async fn shown(
    app: &App,
    visitor: &Visitor,
    frame: Frame,
    place: Option<Place>,
    before: Option<i64>,
) -> Result<Response, AppError> {
    let id = place.as_ref().map(|place| place.id);
    let entries = audit::entries(&app.network, visitor.actor(), id, before, ENTRIES).await?;
    // Who signs in is not signed in yet: then it is the person whom the entry is about.
    let person = |entry: &Recorded| match entry.on.kind.as_str() {
        "person" if entry.through == "public" => entry.person.or(entry.on.id.parse().ok()),
        _ => entry.person,
    };
    let asked: Vec<_> = entries.iter().filter_map(person).collect();
    let names: HashMap<_, _> = people::called(&app.network, &asked)
        .await?
        .into_iter()
        .map(|colleague| (colleague.id, colleague.name))
        .collect();
    // A link only where the reader may go: a plan that is being written is its team's alone.
    let mut opens: HashMap<&str, bool> = HashMap::new();
    for entry in entries.iter().filter(|entry| entry.on.kind == "trial") {
        let id = entry.on.id.as_str();
        if !opens.contains_key(id) {
            let may = match id.parse() {
                Ok(short) => trials::see(&app.network, visitor.actor(), &short)
                    .await
                    .is_ok(),
                Err(_) => false,
            };
            opens.insert(id, may);
        }
    }
    let zone = app.network_zone().await?;
    let older = entries
        .last()
        .filter(|entry| entry.number > 1 && u64::try_from(entries.len()) == Ok(ENTRIES))
        .map(|entry| entry.number);
    let who = |entry: &Recorded| match person(entry) {
        Some(person) => names.get(&person).cloned().unwrap_or_default(),
        None if entry.erased => "Somebody who asked to be forgotten".to_owned(),
        None if entry.through == "operator" => "Whoever runs the server".to_owned(),
        None => "Somebody who was not signed in".to_owned(),
    };
    page(&LogPage {
        frame,
        address: place
            .as_ref()
            .map_or_else(|| "/log".to_owned(), |p| format!("/places/{}/log", p.slug)),
        is_the_network: place.is_none(),
        whose: place.map_or_else(|| "The network".to_owned(), |p| p.profile.name),
        entries: entries
            .iter()
            .map(|entry| Shown {
                number: entry.number,
                at: words::date_and_time(entry.at, &zone),
                who: who(entry),
                what: entry.what.clone(),
                on: match entry.on.kind.as_str() {
                    "trial" if opens.get(entry.on.id.as_str()) == Some(&true) => {
                        format!("/trials/{}", entry.on.id)
                    }
                    "practice" => format!("/practices/{}", entry.on.id),
                    _ => String::new(),
                },
                why: entry.why.clone(),
            })
            .collect(),
        older,
        is_newest: before.is_none(),
        head: audit::head(&app.network).await?,
    })
}
