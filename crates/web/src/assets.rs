//! The stylesheet, the fonts and the mark, carried in the binary.
//!
//! Who may call this: the frame (for addresses) and the router. What must stay true: the folder's
//! name is made from the content, so that a browser may keep a file for ever; nothing is fetched
//! from anywhere else.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::edge::access::Access;
use crate::edge::problem::AppError;
use crate::routes::{Route, get};

/// Name in the address, type, content.
const FILES: &[(&str, &str, &[u8])] = &[
    (
        "difference.css",
        "text/css; charset=utf-8",
        include_bytes!("../assets/difference.css"),
    ),
    (
        "mark.svg",
        "image/svg+xml",
        include_bytes!("../assets/mark.svg"),
    ),
    (
        "fonts/hyperlegible-latin.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/hyperlegible-latin.woff2"),
    ),
    (
        "fonts/hyperlegible-latin-ext.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/hyperlegible-latin-ext.woff2"),
    ),
    (
        "fonts/hyperlegible-latin-italic.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/hyperlegible-latin-italic.woff2"),
    ),
    (
        "fonts/digits.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/digits.woff2"),
    ),
    (
        "fonts/OFL-hyperlegible.txt",
        "text/plain; charset=utf-8",
        include_bytes!("../assets/fonts/OFL-hyperlegible.txt"),
    ),
    (
        "fonts/OFL-digits.txt",
        "text/plain; charset=utf-8",
        include_bytes!("../assets/fonts/OFL-digits.txt"),
    ),
];

pub(crate) struct Assets {
    version: String,
    /// Where the files are, such as `/assets/0f3a…`.
    pub(crate) folder: String,
}

impl Assets {
    pub(crate) fn load() -> Self {
        let mut hash = Sha256::new();
        for (name, _, content) in FILES {
            hash.update(name.as_bytes());
            hash.update(content);
        }
        let version: String = hash
            .finalize()
            .iter()
            .take(6)
            .map(|b| format!("{b:02x}"))
            .collect();
        Self {
            folder: format!("/assets/{version}"),
            version,
        }
    }
}

pub(crate) fn routes() -> Vec<Route> {
    vec![get("/assets/{version}/{*file}", Access::Everybody, file).bare()]
}

async fn file(
    State(app): State<App>,
    Path((version, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let (_, kind, content) = FILES
        .iter()
        .find(|(name, _, _)| *name == file)
        .ok_or(AppError::NotFound)?;
    // A page from before an upgrade asks in the old folder: it gets today's file, and asks again.
    let cache = if version == app.assets.version {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let tag = format!("\"{}\"", app.assets.version);
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|t| t.as_bytes() == tag.as_bytes());
    let facts = [
        (header::CONTENT_TYPE, (*kind).to_owned()),
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::ETAG, tag),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, facts).into_response());
    }
    Ok((facts, *content).into_response())
}
