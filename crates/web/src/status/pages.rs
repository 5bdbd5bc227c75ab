//! The three answers.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::edge::problem::AppError;

/// The process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// What a page needs is there: the database answers, and changes are taken.
pub(crate) async fn readyz(State(app): State<App>) -> Result<&'static str, AppError> {
    if !app.network.takes_changes() {
        return Err(network::Error::Halted.into());
    }
    network::places::is_founded(&app.network).await?;
    Ok("ready\n")
}

/// The figures, as Prometheus and OpenMetrics read them.
pub(crate) async fn metrics(State(app): State<App>) -> Result<Response, AppError> {
    let text = app
        .measures
        .text(app.desk.bytes_held())
        .map_err(|e| AppError::fault("figures", &e))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
