//! The door of each way in: who comes, whether they may, what they sent, and what they take away.
//!
//! Who may call this: the router puts one on every route. What must stay true: access is asked
//! before a body is read (what a thing looks like is told to nobody who may not see it); no form
//! reaches a handler without its token.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

use super::access::Access;
use super::body::{self, BodyKind};
use super::cookies::{self, Name};
use super::forgery;
use super::problem::AppError;
use super::visitor::Visitor;
use crate::app::App;
use crate::routes::Kind;

/// Longest that a page may take, and longest that a file may take to arrive and be read.
const PAGE: Duration = Duration::from_secs(30);
const UPLOAD: Duration = Duration::from_secs(180);

/// What a route declared.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) app: App,
    pub(crate) access: Access,
    pub(crate) body: BodyKind,
    pub(crate) kind: Kind,
    /// The pattern, for the figures of `/metrics`.
    pub(crate) path: &'static str,
}

/// The route's pattern, on the answer, so that figures are kept by way and not by address.
#[derive(Clone, Copy)]
pub(crate) struct Way(pub(crate) &'static str);

pub(crate) async fn pass(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let way = Way(guard.path);
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::arriving(&guard.app, &parts);
    parts.extensions.insert(visitor.clone());
    let limit = if guard.body == BodyKind::Upload {
        UPLOAD
    } else {
        PAGE
    };
    let answer = tokio::time::timeout(limit, through(&guard, &visitor, parts, body, next)).await;
    let mut response = match answer {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => error.into_response(),
        Err(_) => AppError::TookTooLong.into_response(),
    };
    if guard.kind == Kind::Page {
        if visitor.showed_a_form() {
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if let Some(secret) = visitor.form_cookie_to_set() {
            let cookie = cookies::set(Name::Form, secret, guard.app.https(), None);
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response.extensions_mut().insert(visitor);
    }
    response.extensions_mut().insert(way);
    response
}

async fn through(
    guard: &Guard,
    visitor: &Visitor,
    mut parts: axum::http::request::Parts,
    body: Body,
    next: Next,
) -> Result<Response, AppError> {
    guard.access.ask(visitor, &parts.headers)?;
    if parts.method == Method::GET || parts.method == Method::HEAD {
        return Ok(next.run(Request::from_parts(parts, Body::empty())).await);
    }
    guard.app.rates.writing(visitor.address())?;
    forgery::same_site(&parts.headers, &guard.app.settings.public_url)?;
    let submitted = body::read(guard.body, &parts.headers, body).await?;
    if !visitor.sent_our_form(submitted.one(forgery::FIELD)) {
        return Err(AppError::FormExpired);
    }
    parts.extensions.insert(submitted);
    Ok(next.run(Request::from_parts(parts, Body::empty())).await)
}
