//! Our cookies: their names, and how they are read and set.
//!
//! Who may call this: the visitor and the sign-in pages. What must stay true: under https every
//! cookie carries the `__Host-` prefix, so no other host can set it; all are HttpOnly and
//! SameSite=Lax; none is for counting people.

use axum::http::{HeaderMap, HeaderValue, header};

/// One of our cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// Ties a form or a held spreadsheet to the browser that it was shown in.
    Form,
    /// Who is signed in.
    Session,
    /// That somebody has signed in to an account here before.
    Device,
}

impl Name {
    pub(crate) fn as_str(self, https: bool) -> &'static str {
        match (self, https) {
            (Name::Form, true) => "__Host-form",
            (Name::Form, false) => "form",
            (Name::Session, true) => "__Host-session",
            (Name::Session, false) => "session",
            (Name::Device, true) => "__Host-device",
            (Name::Device, false) => "device",
        }
    }
}

/// A cookie's value, when the browser sent one.
pub(crate) fn read(headers: &HeaderMap, name: Name, https: bool) -> Option<String> {
    let wanted = name.as_str(https);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, v)| *n == wanted && is_token(v))
        .map(|(_, v)| v.to_owned())
}

/// Only what we could have made: anything else is as good as no cookie.
fn is_token(value: &str) -> bool {
    value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The header that sets a cookie until the browser closes, or for some seconds.
pub(crate) fn set(name: Name, value: &str, https: bool, seconds: Option<u64>) -> HeaderValue {
    let secure = if https { "; Secure" } else { "" };
    let age = seconds.map_or(String::new(), |s| format!("; Max-Age={s}"));
    let text = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}",
        name.as_str(https)
    );
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The header that takes a cookie away.
pub(crate) fn clear(name: Name, https: bool) -> HeaderValue {
    set(name, "", https, Some(0))
}

/// A new random value for a cookie or an address: 256 bits in hexadecimal.
#[must_use]
pub fn random_token() -> String {
    use rand::RngExt as _;
    let bytes: [u8; 32] = rand::rng().random();
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
