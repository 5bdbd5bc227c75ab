//! What every request passes on its way in and every answer on its way out.
//!
//! Who may call this: the router. What must stay true: two stacks, so that the compiler stays
//! fast; the headers stand on every answer, errors and panics included.

pub(crate) mod access;
pub(crate) mod body;
pub(crate) mod cookies;
pub(crate) mod device;
pub(crate) mod forgery;
pub(crate) mod guard;
pub(crate) mod headers;
pub(crate) mod load;
pub(crate) mod problem;
pub(crate) mod program;
pub(crate) mod rates;
pub(crate) mod tries;
pub(crate) mod visitor;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, Request, Response};
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

use crate::app::App;
use crate::status;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts both stacks around the router: what concerns people inside, what concerns the wire outside.
pub(crate) fn wrap(router: Router, app: &App) -> Router {
    let inside = router
        .layer(CatchPanicLayer::custom(problem::after_panic))
        .layer(from_fn_with_state(app.clone(), problem::dress));
    // A client's own number is not believed: it would end up in our log.
    let strip = from_fn(
        async |mut request: Request<Body>, next: axum::middleware::Next| {
            request.headers_mut().remove(&REQUEST_ID);
            next.run(request).await
        },
    );
    inside
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), headers::put))
        .layer(from_fn_with_state(app.clone(), status::measure))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(|request: &Request<Body>| {
                    let id = request.headers().get(&REQUEST_ID).and_then(|v| v.to_str().ok());
                    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
                })
                .on_request(())
                .on_response(
                    |response: &Response<_>, took: std::time::Duration, _: &tracing::Span| {
                        tracing::info!(status = response.status().as_u16(), took_ms = took.as_millis(), "answered");
                    },
                ),
        )
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(strip)
}
