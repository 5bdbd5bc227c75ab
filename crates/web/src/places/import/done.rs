//! What an import did, for whoever reads the log.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use network::people;
use network::places::import::{self, What};
use serde::Deserialize;

use super::look::{Told, field, sentence, table_of};
use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};
use crate::words;

/// Lines on a page.
const PAGE: u64 = 100;

#[derive(Template)]
#[template(path = "places/import/done.html")]
struct DonePage {
    frame: Frame,
    says: String,
    file: String,
    list: String,
    fingerprint: String,
    who: String,
    at: String,
    rows: Vec<(String, &'static str)>,
    lines: Vec<(&'static str, Told)>,
    notes: Vec<String>,
    earlier: Option<String>,
    later: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct From {
    #[serde(default)]
    from: String,
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<From>,
) -> Result<Response, AppError> {
    let id = id.parse()?;
    let from = query.from.parse::<u32>().map_or(0, u64::from);
    let (done, lines) = import::done(&app.network, visitor.actor(), id, from, PAGE).await?;
    let counts = done.counts;
    let all = counts.added + counts.changed + counts.went_on + counts.closed;
    let who = match done.person {
        None => "whoever runs the server".to_owned(),
        Some(person) => (people::called(&app.network, &[person]).await?)
            .first()
            .map_or_else(String::new, |p| p.name.clone()),
    };
    let zone = app.network_zone().await?;
    let at = |from: u64| format!("/network/imports/{id}?from={from}");
    page(&DonePage {
        frame: Frame::new(&app, &visitor, Here::Network, "What this import did")
            .within()
            .under("The network", "/network")
            .under("Bring a list of places", "/network/import"),
        says: sentence(&counts, true),
        file: done.file,
        list: done.list,
        fingerprint: done.fingerprint,
        who,
        at: words::date_and_time(done.at, &zone),
        rows: table_of(&counts),
        lines: lines
            .into_iter()
            .map(|line| {
                let says = line.fields.iter().map(field).collect();
                let told = Told {
                    href: format!("/places/{}", line.place),
                    name: line.name,
                    key: line.key,
                    says,
                };
                (word(line.what), told)
            })
            .collect(),
        notes: done.notes,
        earlier: (from > 0).then(|| at(from.saturating_sub(PAGE))),
        later: (from.saturating_add(PAGE) < all).then(|| at(from + PAGE)),
    })
}

fn word(what: What) -> &'static str {
    match what {
        What::Added => "New",
        What::Changed => "Changed",
        What::WentOn => "Another number",
        What::Closed => "Closed",
    }
}
