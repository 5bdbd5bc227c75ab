//! Refuses what can't be answered in good time, so that what was admitted is.
//!
//! Who may call this: the inner stack. What must stay true: health checks are always admitted; a
//! refusal says when to come back.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::problem::AppError;
use crate::app::App;

pub(crate) struct Load {
    places: Arc<Semaphore>,
}

impl Load {
    pub(crate) fn new(in_hand: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(in_hand)),
        }
    }
}

pub(crate) async fn admit(State(app): State<App>, request: Request, next: Next) -> Response {
    if matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics") {
        return next.run(request).await;
    }
    match app.load.places.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => AppError::Busy.into_response(),
    }
}
