//! What went wrong, as a page for a person or as problem+json for a program.
//!
//! Who may call this: every handler returns it. What must stay true: a page says what happened and
//! what to do; what a fault was stands in the log under the number that the page shows, never on
//! the page; what belongs to others is "not found".

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::program;
use super::visitor::Visitor;
use crate::app::App;
use crate::form::Wrong;
use crate::frame::{Frame, Here};

/// Everything that can go wrong at the edge.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppError {
    #[error("not found")]
    NotFound,
    #[error("method not allowed")]
    MethodNotAllowed,
    #[error("the form was not one that we showed to this browser")]
    FormExpired,
    #[error("sent by another site")]
    OtherSite,
    #[error("neither a form nor a file")]
    UnsupportedForm,
    #[error("the connection ended before all was sent")]
    Interrupted,
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("too many; wait {seconds} s")]
    TooMany { seconds: u64 },
    #[error("busy")]
    Busy,
    #[error("took too long")]
    TookTooLong,
    #[error("the sheet is no longer on the desk")]
    SheetGone,
    #[error("the list of places is no longer on the desk")]
    ListGone,
    #[error("no room on the desk")]
    DeskFull,
    #[error("sign in first")]
    SignIn,
    #[error("a second step is missing")]
    SecondStep,
    #[error("a token that is not known")]
    UnknownToken,
    #[error("not JSON: {0}")]
    NotJson(String),
    #[error("{}", .0.iter().map(|w| w.says.as_str()).collect::<Vec<_>>().join(" "))]
    Invalid(Vec<Wrong>),
    #[error("moved to {0}")]
    Moved(String),
    #[error("{0}")]
    NotAllowed(String),
    #[error("{says}")]
    Conflict { says: String },
    #[error("{says} {cure}")]
    CannotSay { says: String, cure: String },
    #[error("{0}")]
    DiskFull(String),
    #[error("{0}")]
    Halted(String),
    #[error("{0}")]
    NotNow(String),
    #[error("{0}")]
    Fault(String),
}

impl From<network::Error> for AppError {
    fn from(error: network::Error) -> Self {
        use network::Error;
        match error {
            Error::NotFound => Self::NotFound,
            Error::SignIn => Self::SignIn,
            Error::SecondStep => Self::SecondStep,
            Error::NotAllowed { says } => Self::NotAllowed(says),
            Error::Conflict { says } => Self::Conflict { says },
            Error::Refused(refusal) => Self::CannotSay {
                says: refusal.says,
                cure: refusal.cure,
            },
            Error::Invalid(problems) => {
                Self::Invalid(problems.into_iter().map(Wrong::from).collect())
            }
            reused @ Error::KeyReused => Self::Invalid(vec![Wrong {
                field: "Idempotency-Key".to_owned(),
                says: reused.to_string(),
            }]),
            full @ Error::DiskFull => Self::DiskFull(full.to_string()),
            halted @ Error::Halted => Self::Halted(halted.to_string()),
            wait @ (Error::Unavailable | Error::Unsure | Error::Collided) => {
                Self::NotNow(wait.to_string())
            }
            other => Self::Fault(other.to_string()),
        }
    }
}

impl AppError {
    /// A fault of ours, with what was being done and why it went wrong.
    pub(crate) fn fault(doing: &str, why: &dyn std::error::Error) -> Self {
        Self::Fault(format!("{doing}: {why}"))
    }
    /// A fault of ours that has no error under it.
    pub(crate) fn fault_in(doing: &str) -> Self {
        Self::Fault(doing.to_owned())
    }

    fn told(&self) -> Told {
        let told = |status, code, title: &str, says: &str, cure: &str| Told {
            status,
            code,
            title: title.to_owned(),
            says: says.to_owned(),
            cure: cure.to_owned(),
            seconds: None,
            errors: Vec::new(),
        };
        match self {
            Self::NotFound => told(
                StatusCode::NOT_FOUND,
                "not-found",
                "We can’t find that page",
                "The address may be mistyped, the page may have moved, or it may be one that your sign-in does not open.",
                "Check the address, go back, or start from the home page.",
            ),
            Self::MethodNotAllowed => told(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "That page can’t be used in that way",
                "Something was sent to a page that only shows, or asked of one that only takes.",
                "Go back and use the buttons on the page.",
            ),
            Self::FormExpired => told(
                StatusCode::FORBIDDEN,
                "form-expired",
                "That form is no longer ours to take",
                "The page was open for too long, you signed in or out since, or your browser keeps no cookies. Nothing was saved.",
                "Go back, load the page again, and send it once more. To sign in or send a form, a browser has to keep our one cookie.",
            ),
            Self::OtherSite => told(
                StatusCode::FORBIDDEN,
                "other-site",
                "That was sent from another site",
                "We take forms only from our own pages, so that no other site can act in your name. Nothing was saved.",
                "Open the page here and send it from here.",
            ),
            Self::UnsupportedForm => told(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-form",
                "We could not read what was sent",
                "It was neither a form nor a form with a file, or it broke off half-way. Nothing was saved.",
                "Go back and send it again from the page.",
            ),
            Self::Interrupted => told(
                StatusCode::BAD_REQUEST,
                "interrupted",
                "The connection broke off",
                "Not everything arrived. Nothing was saved.",
                "Go back and send it again.",
            ),
            Self::TooLarge { limit } => {
                let (title, says, cure) = if *limit >= 1024 * 1024 {
                    (
                        "That file is too large",
                        format!(
                            "We take files up to {} MB. Nothing was kept of yours.",
                            limit / 1024 / 1024
                        ),
                        "Leave out columns that are not needed, or save it as CSV: it is often a tenth of the size.",
                    )
                } else {
                    (
                        "That is too much text",
                        format!(
                            "We take up to {} KB in one form. Nothing was saved.",
                            limit / 1024
                        ),
                        "Go back, shorten what you wrote, and send it again.",
                    )
                };
                told(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "too-large",
                    title,
                    &says,
                    cure,
                )
            }
            Self::TooMany { seconds } => Told {
                seconds: Some(*seconds),
                ..told(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too-many",
                    "That was too often",
                    "So many came from your connection that we have to slow it down. Nothing was saved.",
                    &format!("Wait {}, then try again.", in_words(*seconds)),
                )
            },
            Self::Busy => Told {
                seconds: Some(2),
                ..told(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "busy",
                    "We are very busy",
                    "More people are asking than we can answer at once. Nothing was saved.",
                    "Wait a moment, then load the page again.",
                )
            },
            Self::TookTooLong => Told {
                seconds: Some(30),
                ..told(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "took-too-long",
                    "That took too long",
                    "We stopped before it was finished. Nothing was saved.",
                    "Try again in a minute. If it was a large file, a smaller one may do.",
                )
            },
            Self::SheetGone => told(
                StatusCode::GONE,
                "sheet-gone",
                "That spreadsheet is no longer here",
                "We hold a spreadsheet in memory for 15 minutes and then forget it. It is also gone when the server restarts, and only the browser that sent it can see it.",
                "Choose the file again: press “Evaluate a spreadsheet” at the top.",
            ),
            Self::ListGone => told(
                StatusCode::GONE,
                "list-gone",
                "That list is no longer here",
                "We hold a list of places in memory for 15 minutes and then forget it. It is also gone when it was brought, and when the server restarts. Nothing was changed by this.",
                "Choose the file again: press “Network” at the top, then “Bring a list of places”.",
            ),
            Self::DeskFull => Told {
                seconds: Some(120),
                ..told(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "desk-full",
                    "There is no room for your file just now",
                    "Many spreadsheets are being looked at, and we hold them in memory only. Yours was not kept.",
                    "Wait two minutes and send it again.",
                )
            },
            Self::SignIn => told(
                StatusCode::UNAUTHORIZED,
                "sign-in",
                "Sign in first",
                "This needs you to be signed in. Nothing was saved.",
                "Sign in, then do it again.",
            ),
            Self::SecondStep => told(
                StatusCode::UNAUTHORIZED,
                "second-step",
                "Take your second step first",
                "This needs the code from your phone. Nothing was saved.",
                "Take the second step, then do it again.",
            ),
            Self::UnknownToken => told(
                StatusCode::UNAUTHORIZED,
                "unknown-token",
                "That token is not known",
                "It was never made here, or it has been ended.",
                "Make a new one on your page of API tokens.",
            ),
            Self::NotJson(why) => told(
                StatusCode::BAD_REQUEST,
                "not-json",
                "We could not read what was sent",
                why,
                "Send it again as JSON.",
            ),
            Self::Invalid(problems) => Told {
                errors: problems.clone(),
                ..told(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid",
                    "We can’t do that as it stands",
                    &self.to_string(),
                    "Go back, put it right and send it again.",
                )
            },
            Self::Moved(_) => told(
                StatusCode::PERMANENT_REDIRECT,
                "moved",
                "It has moved",
                "",
                "",
            ),
            Self::NotAllowed(says) => told(
                StatusCode::FORBIDDEN,
                "not-allowed",
                "You can’t do this yourself",
                "Your role at this place does not reach that far. Nothing was saved.",
                says,
            ),
            Self::Conflict { says } => told(
                StatusCode::CONFLICT,
                "conflict",
                "That can’t be done any more",
                says,
                "Go back and load the page again to see how it stands now.",
            ),
            Self::CannotSay { says, cure } => told(
                StatusCode::UNPROCESSABLE_ENTITY,
                "cannot-say",
                "We can’t do that as it stands",
                says,
                cure,
            ),
            Self::DiskFull(says) => told(
                StatusCode::INSUFFICIENT_STORAGE,
                "disk-full",
                "That was not saved",
                says,
                "What you typed is still in your browser: go back to it once there is room.",
            ),
            Self::Halted(says) => told(
                StatusCode::SERVICE_UNAVAILABLE,
                "halted",
                "That was not saved",
                says,
                "What you typed is still in your browser: go back to it once the server is well.",
            ),
            Self::NotNow(says) => Told {
                seconds: Some(5),
                ..told(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "not-now",
                    "The database did not answer",
                    says,
                    "What you typed is still in your browser: go back to it in a moment.",
                )
            },
            Self::Fault(_) => told(
                StatusCode::INTERNAL_SERVER_ERROR,
                "fault",
                "Something went wrong on our side",
                "It was not you. We have written down what happened.",
                "Try again in a minute. If it happens again, tell the person who looks after this site the number below.",
            ),
        }
    }
}

fn in_words(seconds: u64) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=89 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// A problem, told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) title: String,
    pub(super) says: String,
    pub(super) cure: String,
    pub(super) seconds: Option<u64>,
    /// What is wrong at which field.
    pub(super) errors: Vec<Wrong>,
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        if let Self::Fault(what) = &self {
            tracing::error!(what, "fault");
        }
        if let Self::Moved(address) = &self {
            return axum::response::Redirect::permanent(address).into_response();
        }
        let told = self.told();
        let mut response = told.status.into_response();
        response.extensions_mut().insert(told);
        response
    }
}

/// A panic is a fault of ours like any other.
pub(crate) fn after_panic(what: Box<dyn std::any::Any + Send>) -> Response {
    let what = what
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| what.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    AppError::Fault(format!("a panic: {what}")).into_response()
}

#[derive(Template)]
#[template(path = "problem/page.html")]
struct Page {
    frame: Frame,
    says: String,
    cure: String,
    /// The number under which a fault stands in the log.
    number: Option<String>,
}

/// Turns a problem into a page, or into problem+json for a program.
pub(crate) async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let program = request.uri().path().starts_with("/api/");
    let number = request
        .headers()
        .get("x-request-id")
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned);
    let asked = (request.method() == Method::GET)
        .then(|| {
            request
                .uri()
                .path_and_query()
                .map(|p| p.as_str().to_owned())
        })
        .flatten();
    let mut carried = Request::new(());
    carried.headers_mut().clone_from(request.headers());
    carried.extensions_mut().clone_from(request.extensions());
    let (carried, ()) = carried.into_parts();
    let response = next.run(request).await;
    let Some(told) = response.extensions().get::<Told>().cloned() else {
        return response;
    };
    if program {
        return program::problem(&app, &told, response);
    }
    if told.code == "second-step" {
        let address = crate::people::second_step_address(asked.as_deref());
        return Redirect::to(&address).into_response();
    }
    if told.code == "sign-in"
        && let Some(asked) = asked
    {
        return Redirect::to(&crate::people::sign_in_address(&asked)).into_response();
    }
    // Where no guard stood (an address that leads nowhere), look who it is, for the masthead.
    let visitor = match response.extensions().get::<Visitor>().cloned() {
        Some(visitor) => visitor,
        None => match Visitor::arriving(&app, &carried).await {
            Ok(visitor) => visitor,
            Err(_) => Visitor::stranger(&app, &carried),
        },
    };
    let (mut head, _) = response.into_parts();
    let page = Page {
        frame: Frame::new(&app, &visitor, Here::Elsewhere, told.title.clone()).with_errors(true),
        says: told.says.clone(),
        cure: told.cure.clone(),
        number: number.filter(|_| told.status == StatusCode::INTERNAL_SERVER_ERROR),
    };
    let html = page
        .render()
        .unwrap_or_else(|_| format!("{} {}", told.says, told.cure));
    head.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    head.headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    head.headers.remove(header::CONTENT_LENGTH);
    if let Some(seconds) = told.seconds {
        head.headers
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Response::from_parts(head, Body::from(html))
}
