//! The page that shows what the API can do, each operation with a line to try.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::document::{Met, PROBLEMS};
use super::operation::{Operation, Part};
use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};

/// A part of the document, with its operations.
struct Section {
    id: String,
    name: &'static str,
    says: &'static str,
    operations: Vec<Shown>,
}

/// An operation as the page shows it.
struct Shown {
    id: &'static str,
    summary: &'static str,
    description: &'static str,
    method: String,
    path: &'static str,
    /// Whether it needs no token.
    open: bool,
    curl: String,
}

#[derive(Template)]
#[template(path = "api/page.html")]
struct ApiPage {
    frame: Frame,
    sections: Vec<Section>,
    problems: &'static [Met],
    signed_in: bool,
}

pub(super) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let operations = super::operations();
    let sections = Part::ALL
        .iter()
        .map(|part| Section {
            id: part.name().to_lowercase().replace(' ', "-"),
            name: part.name(),
            says: part.says(),
            operations: operations
                .iter()
                .filter(|o| o.part == *part)
                .map(|o| shown(o, &app.settings.public_url))
                .collect(),
        })
        .filter(|section| !section.operations.is_empty())
        .collect();
    page(&ApiPage {
        frame: Frame::new(&app, &visitor, Here::Elsewhere, "The API"),
        sections,
        problems: PROBLEMS,
        signed_in: visitor.actor().is_signed_in(),
    })
}

fn shown(operation: &Operation, public_url: &str) -> Shown {
    Shown {
        id: operation.id,
        summary: operation.summary,
        description: operation.description,
        method: operation.route.method.to_string(),
        path: operation.route.path,
        open: operation.is_for_strangers(),
        curl: curl(operation, public_url),
    }
}

/// A line that can be pasted into a terminal.
fn curl(operation: &Operation, public_url: &str) -> String {
    let path = operation
        .route
        .path
        .replace("{place}", "thornbeck")
        .replace("{practice}", "morning-reading-group")
        .replace("{trial}", "k3f9tq2m")
        .replace("{goal}", "0199a3c4-5d6e-7f80-9a1b-2c3d4e5f6071")
        .replace("{date}", "2026-11-16");
    let mut lines = vec![match operation.route.method.as_str() {
        "GET" => format!("curl '{public_url}{path}'"),
        method => format!("curl -X {method} '{public_url}{path}'"),
    }];
    if !operation.is_for_strangers() {
        lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    if operation.route.method == axum::http::Method::POST {
        lines.push("-H \"Idempotency-Key: $(uuidgen)\"".to_owned());
    }
    if let Some(example) = operation.takes.as_ref().and_then(|shape| shape.example()) {
        lines.push("-H 'Content-Type: application/json'".to_owned());
        lines.push(format!("-d '{}'", example.to_string().replace('\'', "’")));
    }
    lines.join(" \\\n  ")
}
