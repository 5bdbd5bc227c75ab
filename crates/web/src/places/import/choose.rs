//! Step 1: which file? And what earlier ones did.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::places::import;
use tables::{Options, Source, Table, TableError};

use super::List;
use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Form, Submitted, Upload};
use crate::frame::{Frame, Here, page};
use crate::words::{self, in_words, shown_name};

/// How many earlier imports are shown.
const EARLIER: u64 = 20;

#[derive(Template)]
#[template(path = "places/import/choose.html")]
struct ChoosePage {
    frame: Frame,
    form: Form,
    token: String,
    earlier: Vec<Earlier>,
}

struct Earlier {
    href: String,
    says: String,
    file: String,
    at: String,
}

pub(super) async fn ask(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    asking(&app, &visitor, Form::blank()).await
}

async fn asking(app: &App, visitor: &Visitor, form: Form) -> Result<Response, AppError> {
    let wrong = !form.is_good();
    let zone = app.network_zone().await?;
    let earlier = import::imports(&app.network, visitor.actor(), EARLIER).await?;
    let shown = page(&ChoosePage {
        frame: Frame::new(app, visitor, Here::Network, "Bring a list of places")
            .within()
            .under("The network", "/network")
            .with_errors(wrong),
        form,
        token: visitor.form_token(),
        earlier: earlier
            .into_iter()
            .map(|done| Earlier {
                href: format!("/network/imports/{}", done.id),
                says: super::look::sentence(&done.counts, true),
                at: words::date_and_time(done.at, &zone),
                file: done.file,
            })
            .collect(),
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

pub(super) async fn take(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let Some(file) = submitted.file("file") else {
        form.wrong(
            "file",
            "Choose the file to read: the register of schools, or a list of places as CSV, Excel or OpenDocument",
        );
        return asking(&app, &visitor, form).await;
    };
    let links = submitted.file("links");
    let bytes = file.bytes.len() + links.map_or(0, |l| l.bytes.len());
    let (file, links) = (source(file), links.map(source));
    let opened = app
        .apart(move || {
            let links = links.map(open).transpose();
            (open(file), links)
        })
        .await?;
    let (table, links) = match opened {
        (Ok(table), Ok(links)) => (table, links),
        (table, links) => {
            if let Err(error) = table {
                form.wrong("file", in_words(&error));
            }
            if let Err(error) = links {
                form.wrong("links", in_words(&error));
            }
            return asking(&app, &visitor, form).await;
        }
    };
    let list = List {
        is_register: tables::is_register(&table),
        table: Arc::new(table),
        links: links.map(Arc::new),
        typed: Vec::new(),
    };
    let token = app
        .lists
        .put(visitor.browser(), bytes, list)
        .ok_or(AppError::DeskFull)?;
    Ok(Redirect::to(&format!("/network/import/{token}")).into_response())
}

fn source(file: &Upload) -> Source {
    Source::bytes(shown_name(&file.name), file.bytes.as_ref())
}

fn open(source: Source) -> Result<Table, TableError> {
    tables::open(source, &Options::default())
}
