//! What a program is answered: JSON, where it now stands, and whether it was done before.
//!
//! Who may call this: the folders of the API. What must stay true: a request that comes again with
//! its key is answered as it was the first time, and the answer says so.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use network::{Error, Thing};
use serde::Serialize;

use crate::edge::problem::AppError;

/// The header that says that a request came before and was done then.
const REPLAYED: &str = "idempotency-replayed";

/// Whether a change was made now, or by the same request before.
pub(super) enum Once<T> {
    Now(T),
    Before(Thing),
}

/// Tells a change that was made before from one that can't be made.
pub(super) fn once<T>(done: Result<T, Error>) -> Result<Once<T>, AppError> {
    match done {
        Ok(now) => Ok(Once::Now(now)),
        Err(Error::AlreadyDone { on }) => Ok(Once::Before(on)),
        Err(other) => Err(other.into()),
    }
}

impl<T> Once<T> {
    pub(super) const fn is_replay(&self) -> bool {
        matches!(self, Self::Before(_))
    }
}

/// An answer to a program.
pub(super) struct Answer<T> {
    body: Option<T>,
    status: StatusCode,
    at: Option<String>,
    replayed: bool,
}

impl<T> Answer<T> {
    /// What was asked for.
    pub(super) const fn of(body: T) -> Self {
        Self {
            body: Some(body),
            status: StatusCode::OK,
            at: None,
            replayed: false,
        }
    }
    /// It was made, and can be read at this address.
    pub(super) const fn made(body: T, at: String) -> Self {
        Self {
            body: Some(body),
            status: StatusCode::CREATED,
            at: Some(at),
            replayed: false,
        }
    }
    /// Says that it was done by the same request before.
    pub(super) const fn replayed(mut self, replayed: bool) -> Self {
        self.replayed = replayed;
        self
    }
}

impl Answer<()> {
    /// It was done, and there is nothing to say.
    pub(super) const fn done() -> Self {
        Self {
            body: None,
            status: StatusCode::NO_CONTENT,
            at: None,
            replayed: false,
        }
    }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let mut response = match self.body.as_ref().map(json) {
            None => self.status.into_response(),
            Some(Err(fault)) => return fault.into_response(),
            Some(Ok(mut response)) => {
                *response.status_mut() = self.status;
                response
            }
        };
        let headers = response.headers_mut();
        if let Some(at) = self.at.and_then(|at| HeaderValue::from_str(&at).ok()) {
            headers.insert(header::LOCATION, at);
        }
        if self.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// A value as JSON.
fn json(value: &impl Serialize) -> Result<Response, AppError> {
    let text = serde_json::to_string(value)
        .map_err(|e| AppError::fault("an answer could not be written", &e))?;
    Ok(written(text))
}

/// JSON that is written already.
pub(super) fn written(text: String) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
