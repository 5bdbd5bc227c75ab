//! Programs at the door: a token instead of a cookie, JSON instead of a form, a key by which a
//! request that comes twice is done once, and problems as RFC 9457 writes them.
//!
//! Who may call this: the guard; handlers of the API take [`Asker`] and [`Said`] as arguments. What
//! must stay true: no cookie counts here, so no other site can act in anybody's name; a stranger is
//! asked for a token before anything is looked up; what is wrong is named by its field.

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use network::{Actor, Reach, Retry, people};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::access::Access;
use super::body::{self, BodyKind};
use super::problem::{AppError, Told};
use super::visitor::Visitor;
use crate::app::App;
use crate::form::Wrong;

/// The header by which a request that comes twice is known.
pub(crate) const KEY: &str = "idempotency-key";
/// The longest key.
const LONGEST_KEY: usize = 255;

/// Whoever made the token that the request shows; anybody where it shows none.
pub(super) async fn arriving(app: &App, parts: &Parts) -> Result<Visitor, AppError> {
    let actor = match parts.headers.get(header::AUTHORIZATION) {
        None => Actor::public(),
        Some(shown) => {
            let secret = shown
                .to_str()
                .ok()
                .and_then(|text| text.split_once(' '))
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map(|(_, secret)| secret.trim())
                .ok_or(AppError::UnknownToken)?;
            people::actor_of_token(&app.network, secret)
                .await?
                .ok_or(AppError::UnknownToken)?
        }
    };
    Ok(Visitor::by_token(app, parts, actor))
}

/// Asks a stranger for a token, whatever the address names: so that it tells nothing.
pub(super) fn refuse_strangers(access: Access, visitor: &Visitor) -> Result<(), AppError> {
    if visitor.actor().is_signed_in() || access.is_for_strangers() {
        Ok(())
    } else {
        Err(AppError::SignIn)
    }
}

impl Access {
    /// Whether somebody who shows no token may come in too.
    pub(crate) fn is_for_strangers(self) -> bool {
        match self {
            Self::Everybody => true,
            Self::May(action, _) => action.row().first() == Some(&Reach::All),
            Self::SetUp | Self::Operator => false,
        }
    }
}

/// What a program sent.
#[derive(Clone)]
pub(super) struct Sent {
    bytes: Bytes,
    retry: Option<Retry>,
}

/// Reads what a program sent, and by which key it is known.
pub(super) async fn read(kind: BodyKind, parts: &Parts, body: Body) -> Result<Sent, AppError> {
    let key = match parts
        .headers
        .get(KEY)
        .filter(|_| parts.method == Method::POST)
    {
        None => None,
        Some(key) => Some(key_of(key)?),
    };
    let bytes = body::json(kind, &parts.headers, body).await?;
    let retry = key.map(|key| Retry {
        key,
        body_hash: sha256(&[
            parts.method.as_str().as_bytes(),
            parts.uri.path().as_bytes(),
            &bytes,
        ]),
    });
    Ok(Sent { bytes, retry })
}

fn key_of(header: &HeaderValue) -> Result<String, AppError> {
    header
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|key| (1..=LONGEST_KEY).contains(&key.len()))
        .map(str::to_owned)
        .ok_or_else(|| {
            AppError::Invalid(vec![Wrong {
                field: "Idempotency-Key".to_owned(),
                says: format!(
                    "Send a key of 1 to {LONGEST_KEY} letters and digits, such as a UUID."
                ),
            }])
        })
}

/// SHA-256 of parts that no other parts can be taken for.
fn sha256(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hexadecimal(hash.finalize())
}

fn hexadecimal(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// Who asks, with the key of the request.
pub(crate) struct Asker(Actor);

impl std::ops::Deref for Asker {
    type Target = Actor;
    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Asker {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let actor = visitor.actor().clone();
        let retry = parts.extensions.get::<Sent>().and_then(|s| s.retry.clone());
        Ok(Self(match retry {
            Some(retry) => actor.with_retry(retry),
            None => actor,
        }))
    }
}

/// What the program's JSON says, with the SHA-256 of the bytes that came.
pub(crate) struct Said<T> {
    pub(crate) what: T,
    pub(crate) fingerprint: String,
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Said<T> {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let sent = parts
            .extensions
            .get::<Sent>()
            .ok_or_else(|| AppError::fault_in("a body was asked for where none is read"))?;
        Ok(Self {
            what: parsed(&sent.bytes)?,
            fingerprint: hexadecimal(Sha256::digest(&sent.bytes)),
        })
    }
}

/// Nothing more than the address says: no body, or `{}`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Reads JSON, or says where it is not what was asked for.
fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    let json = &mut serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut *json).map_err(|fault| {
        let field = fault.path().to_string();
        let inner = fault.into_inner();
        if inner.is_data() {
            AppError::Invalid(vec![Wrong {
                field: if field == "." { String::new() } else { field },
                says: without_place(&inner),
            }])
        } else {
            AppError::NotJson(format!("The body is not JSON: {inner}."))
        }
    })?;
    json.end()
        .map_err(|fault| AppError::NotJson(format!("The body goes on after its end: {fault}.")))?;
    Ok(read)
}

/// serde's words without "at line 1 column 20": the field says where.
fn without_place(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    match text.split_once(" at line ") {
        Some((words, _)) => format!("{words}."),
        None => text,
    }
}

/// A problem as problem+json (RFC 9457).
pub(super) fn problem(app: &App, told: &Told, response: Response) -> Response {
    let errors: Vec<serde_json::Value> = told
        .errors
        .iter()
        .map(|wrong| serde_json::json!({ "field": wrong.field, "says": wrong.says }))
        .collect();
    let json = serde_json::json!({
        "type": format!("{}/api#{}", app.settings.public_url, told.code),
        "title": title(told),
        "status": told.status.as_u16(),
        "detail": detail(told),
        "errors": errors,
    });
    let (mut head, _) = response.into_parts();
    let headers = &mut head.headers;
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.remove(header::CONTENT_LENGTH);
    if told.status == axum::http::StatusCode::UNAUTHORIZED {
        let bearer = HeaderValue::from_static("Bearer realm=\"Difference Engine\"");
        headers.insert(header::WWW_AUTHENTICATE, bearer);
    }
    if let Some(seconds) = told.seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Response::from_parts(head, Body::from(json.to_string()))
}

fn title(told: &Told) -> &str {
    match told.code {
        "not-found" => "There is nothing here",
        "sign-in" => "Show a token",
        "method-not-allowed" => "This address takes other methods",
        "too-large" => "That is too much at once",
        _ => &told.title,
    }
}

/// What happened and what to do, for somebody who has no page to go back to.
fn detail(told: &Told) -> String {
    match told.code {
        "not-found" => "There is nothing at this address, or your token does not open it.".to_owned(),
        "sign-in" => "Make a token on the page “Your API tokens” and send it as “Authorization: Bearer …”.".to_owned(),
        "method-not-allowed" => "See /api/openapi.json for what can be done here.".to_owned(),
        "unsupported-form" => "Send JSON, with the header “Content-Type: application/json”.".to_owned(),
        "too-large" => told.says.replace("in one form", "here").replace("take files", "take lists"),
        "conflict" | "invalid" | "not-json" => told.says.clone(),
        "not-allowed" => told.cure.clone(),
        "interrupted" => "Not everything arrived. Nothing was saved. Send it again.".to_owned(),
        "took-too-long" => "We stopped before it was finished. Nothing was saved. Try again in a minute.".to_owned(),
        "busy" => "More is asked than we can answer at once. Nothing was saved. Wait a moment and send it again.".to_owned(),
        "disk-full" | "halted" => told.says.clone(),
        _ => format!("{} {}", told.says, told.cure),
    }
}
