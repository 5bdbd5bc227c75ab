//! Reads what was sent, once, within its limit and in good time.
//!
//! Who may call this: the guard, after access was granted. What must stay true: nothing is read
//! beyond the limit; a field of a form is text; a file stays in memory and is never written down.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::extract::{FromRequest, Multipart};
use axum::http::{HeaderMap, Request, header};
use bytes::BytesMut;
use http_body_util::{BodyExt, Limited};

use super::problem::AppError;
use crate::form::{Submitted, Upload};

/// Largest form without a file.
pub const FORM_LIMIT: usize = 64 * 1024;
/// Largest file.
pub const UPLOAD_LIMIT: usize = 25 * 1024 * 1024;
/// Largest register of places.
pub const REGISTER_LIMIT: usize = 100 * 1024 * 1024;
/// Largest list that a program sends: 20,000 pupils, or sixty years of weeks.
pub const LIST_LIMIT: usize = 4 * 1024 * 1024;
/// What is listened to, and for how long, of what is refused for its size.
const HEARD: usize = 200 * 1024 * 1024;
const HEARD_FOR: Duration = Duration::from_secs(20);
/// Room for the other fields and the envelope around a file.
const ENVELOPE: usize = 64 * 1024;

/// What a way takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// Nothing.
    None,
    /// A form.
    Form,
    /// A form with a file.
    Upload,
    /// A form with a nation's register.
    Register,
    /// JSON from a program.
    Json,
    /// JSON from a program that may hold a long list.
    List,
}

impl BodyKind {
    fn limit(self) -> usize {
        match self {
            BodyKind::None => 0,
            BodyKind::Form | BodyKind::Json => FORM_LIMIT,
            BodyKind::List => LIST_LIMIT,
            BodyKind::Upload => UPLOAD_LIMIT + ENVELOPE,
            BodyKind::Register => REGISTER_LIMIT + ENVELOPE,
        }
    }
    /// Whether it may hold a file.
    pub(crate) fn takes_a_file(self) -> bool {
        matches!(self, BodyKind::Upload | BodyKind::Register)
    }
    /// The largest file, or all of it where it takes none.
    fn most(self) -> usize {
        match self {
            BodyKind::Upload => UPLOAD_LIMIT,
            BodyKind::Register => REGISTER_LIMIT,
            BodyKind::List => LIST_LIMIT,
            _ => FORM_LIMIT,
        }
    }
    fn too_large(self) -> AppError {
        AppError::TooLarge { limit: self.most() }
    }
}

/// Everything that a form sent.
pub(crate) async fn read(
    kind: BodyKind,
    headers: &HeaderMap,
    body: Body,
) -> Result<Submitted, AppError> {
    let content_type = content_type(headers);
    let form = content_type.starts_with("application/x-www-form-urlencoded");
    let multipart = content_type.starts_with("multipart/form-data");
    if !form && !multipart {
        return Err(AppError::UnsupportedForm);
    }
    let all = collect(kind, headers, body).await?;
    if form {
        let fields = form_urlencoded(&all);
        return Ok(Submitted {
            fields,
            files: Vec::new(),
        });
    }
    // The whole body is here and within its limit, so the reader's own limit is switched off.
    let mut request = Request::new(Body::from(all));
    request.headers_mut().insert(
        header::CONTENT_TYPE,
        content_type
            .parse()
            .map_err(|_| AppError::UnsupportedForm)?,
    );
    DefaultBodyLimit::disable().apply(&mut request);
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| AppError::UnsupportedForm)?;
    let mut submitted = Submitted::default();
    while let Some(part) = parts
        .next_field()
        .await
        .map_err(|_| AppError::UnsupportedForm)?
    {
        let Some(name) = part.name().map(str::to_owned) else {
            continue;
        };
        if let Some(file) = part.file_name().map(str::to_owned) {
            let bytes = part.bytes().await.map_err(|_| AppError::UnsupportedForm)?;
            if bytes.len() > kind.most() {
                return Err(kind.too_large());
            }
            submitted.files.push(Upload {
                field: name,
                name: file,
                bytes,
            });
        } else {
            let bytes = part.bytes().await.map_err(|_| AppError::UnsupportedForm)?;
            if bytes.len() > FORM_LIMIT {
                return Err(AppError::TooLarge { limit: FORM_LIMIT });
            }
            submitted
                .fields
                .push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(submitted)
}

/// JSON that a program sent, as it came; nothing is as good as an empty body.
pub(crate) async fn json(
    kind: BodyKind,
    headers: &HeaderMap,
    body: Body,
) -> Result<Bytes, AppError> {
    let all = collect(kind, headers, body).await?;
    let kind = content_type(headers).split(';').next().unwrap_or_default();
    if all.is_empty() || kind.trim() == "application/json" {
        Ok(all)
    } else {
        Err(AppError::UnsupportedForm)
    }
}

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
}

async fn collect(kind: BodyKind, headers: &HeaderMap, body: Body) -> Result<Bytes, AppError> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<usize>().ok());
    if announced.is_some_and(|n| n > kind.limit()) {
        hear_out(body).await;
        return Err(kind.too_large());
    }
    let mut body = body;
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| AppError::Interrupted)?.into_data() else {
            continue;
        };
        if all.len() + data.len() > kind.limit() {
            drop(all);
            hear_out(body).await;
            return Err(kind.too_large());
        }
        all.extend_from_slice(&data);
    }
    Ok(all.freeze())
}

/// Lets a browser finish sending what is refused, keeping nothing: one that is cut off in the middle
/// shows "connection reset" instead of our words. Whoever sends much more, or dawdles, is cut off.
async fn hear_out(body: Body) {
    let mut rest = Limited::new(body, HEARD);
    let heard = async { while let Some(Ok(_)) = rest.frame().await {} };
    let _ = tokio::time::timeout(HEARD_FOR, heard).await;
}

/// `a=1&b=2` as the URL standard reads it.
fn form_urlencoded(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes).into_owned().collect()
}
