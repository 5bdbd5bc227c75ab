//! The door of each way in: who comes, whether they may, what they sent, and what they take away.
//!
//! Who may call this: the router puts one on every route. What must stay true: access is asked
//! before a body is read (what a thing looks like is told to nobody who may not see it); no form
//! reaches a handler without its token; no cookie of a browser's opens a way for programs.

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
use super::program;
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
    let (mut parts, body) = request.into_parts();
    let arriving = match guard.kind {
        Kind::Page => Visitor::arriving(&guard.app, &parts).await,
        Kind::Bare => Ok(Visitor::stranger(&guard.app, &parts)),
        Kind::Program => program::arriving(&guard.app, &parts).await,
    };
    let mut response = match arriving {
        Err(error) => error.into_response(),
        Ok(visitor) => {
            parts.extensions.insert(visitor.clone());
            let limit = if guard.body.takes_a_file() {
                UPLOAD
            } else {
                PAGE
            };
            let going = through(&guard, &visitor, parts, body, next);
            let mut response = match tokio::time::timeout(limit, going).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => error.into_response(),
                Err(_) => AppError::TookTooLong.into_response(),
            };
            match guard.kind {
                Kind::Page => take_leave(&guard.app, visitor, &mut response),
                Kind::Program => {
                    let no_store = HeaderValue::from_static("no-store");
                    response
                        .headers_mut()
                        .insert(header::CACHE_CONTROL, no_store);
                }
                Kind::Bare => {}
            }
            response
        }
    };
    response.extensions_mut().insert(Way(guard.path));
    response
}

/// What a page takes along: its cookie, and whether anybody may keep a copy.
fn take_leave(app: &App, visitor: Visitor, response: &mut Response) {
    if visitor.is_private() {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Some(browser) = visitor.cookie_to_set() {
        let cookie = cookies::set(Name::Form, browser, app.https(), None);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.extensions_mut().insert(visitor);
}

async fn through(
    guard: &Guard,
    visitor: &Visitor,
    mut parts: axum::http::request::Parts,
    body: Body,
    next: Next,
) -> Result<Response, AppError> {
    if guard.kind == Kind::Program {
        program::refuse_strangers(guard.access, visitor)?;
    }
    guard.access.ask(&guard.app, visitor, &mut parts).await?;
    if parts.method == Method::GET || parts.method == Method::HEAD {
        let _place = match guard.kind {
            Kind::Page | Kind::Program => Some(guard.app.load.page()?),
            // Files of ours and health checks cost nothing.
            Kind::Bare => None,
        };
        return Ok(next.run(Request::from_parts(parts, Body::empty())).await);
    }
    guard.app.rates.writing(visitor)?;
    let _file = if guard.body.takes_a_file() {
        Some(guard.app.load.file()?)
    } else {
        None
    };
    if guard.kind == Kind::Program {
        let sent = program::read(guard.body, &parts, body).await?;
        parts.extensions.insert(sent);
        let _place = guard.app.load.page()?;
        return Ok(next.run(Request::from_parts(parts, Body::empty())).await);
    }
    forgery::same_site(&parts.headers, &guard.app.settings.public_url)?;
    let submitted = body::read(guard.body, &parts.headers, body).await?;
    if !visitor.sent_our_form(submitted.one(forgery::FIELD)) {
        return Err(AppError::FormExpired);
    }
    parts.extensions.insert(submitted);
    let _place = guard.app.load.page()?;
    Ok(next.run(Request::from_parts(parts, Body::empty())).await)
}
