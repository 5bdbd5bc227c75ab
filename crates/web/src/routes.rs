//! Every way in: one table of method, path, who may, how large a body, and the handler.
//!
//! Who may call this: `serve`, the test app and the access matrix. What must stay true: the router
//! is built from the table and from nothing else, so a way in without a rule can't exist.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, on};

use crate::app::App;
use crate::edge::access::Access;
use crate::edge::body::BodyKind;
use crate::edge::guard::{Guard, pass};
use crate::edge::problem::AppError;
use crate::{
    about, api, assets, edge, evaluate, goals, governance, home, people, places, practices, status,
    trials,
};

/// One way in.
pub struct Route {
    /// GET or POST for pages, PUT and DELETE too for programs.
    pub method: Method,
    /// axum's pattern, such as `/trials/{trial}`.
    pub path: &'static str,
    /// Who may come in.
    pub access: Access,
    pub(crate) body: BodyKind,
    pub(crate) kind: Kind,
    handler: MethodRouter<App>,
}

/// What comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A page for a person, who may be signed in.
    Page,
    /// A file or a figure that is the same for everybody: no cookie is read or set.
    Bare,
    /// JSON for a program, which shows a token; no cookie counts.
    Program,
}

impl Route {
    /// Whether it is a way in for programs, by token.
    #[must_use]
    pub fn is_for_programs(&self) -> bool {
        self.kind == Kind::Program
    }
    /// Takes a file.
    pub(crate) fn upload(mut self) -> Self {
        self.body = BodyKind::Upload;
        self
    }
    /// Takes a nation's register.
    pub(crate) fn register(mut self) -> Self {
        self.body = BodyKind::Register;
        self
    }
    /// Takes a long list.
    pub(crate) fn list(mut self) -> Self {
        self.body = BodyKind::List;
        self
    }
    /// The same for everybody.
    pub(crate) fn bare(mut self) -> Self {
        self.kind = Kind::Bare;
        self
    }
}

/// A page or a file to read.
pub(crate) fn get<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    Route {
        method: Method::GET,
        path,
        access,
        body: BodyKind::None,
        kind: Kind::Page,
        handler: on(axum::routing::MethodFilter::GET, handler),
    }
}

/// A form that is sent.
pub(crate) fn post<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    Route {
        method: Method::POST,
        path,
        access,
        body: BodyKind::Form,
        kind: Kind::Page,
        handler: on(axum::routing::MethodFilter::POST, handler),
    }
}

/// A way in for programs: a token instead of a cookie, JSON instead of a form.
pub(crate) fn program<H, T>(
    method: Method,
    filter: axum::routing::MethodFilter,
    path: &'static str,
    access: Access,
    handler: H,
) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    Route {
        body: if method == Method::GET {
            BodyKind::None
        } else {
            BodyKind::Json
        },
        method,
        path,
        access,
        kind: Kind::Program,
        handler: on(filter, handler),
    }
}

/// Every way in, folder by folder.
#[must_use]
pub fn table() -> Vec<Route> {
    let mut all = Vec::new();
    all.extend(assets::routes());
    all.extend(status::routes());
    all.extend(home::routes());
    all.extend(about::routes());
    all.extend(people::routes());
    all.extend(places::routes());
    all.extend(governance::routes());
    all.extend(evaluate::routes());
    all.extend(goals::routes());
    all.extend(trials::routes());
    all.extend(practices::routes());
    all.extend(api::routes());
    all
}

/// The whole application.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in table() {
        let guard = Guard {
            app: app.clone(),
            access: route.access,
            body: route.body,
            kind: route.kind,
            path: route.path,
        };
        router = router.route(
            route.path,
            route.handler.layer(from_fn_with_state(guard, pass)),
        );
    }
    let router = router
        .fallback(async || AppError::NotFound)
        .method_not_allowed_fallback(async || AppError::MethodNotAllowed)
        .with_state(app.clone());
    edge::wrap(router, &app)
}
