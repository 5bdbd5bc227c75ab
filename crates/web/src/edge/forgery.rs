//! Whether a form that was sent is one that we showed to this browser.
//!
//! Who may call this: the guard checks, the visitor makes tokens. What must stay true: the token
//! is made from a cookie that other sites can neither read nor (under https) set; it looks
//! different on every page, so that compression can't give it away; comparing takes the same time
//! whatever differs.

use axum::http::{HeaderMap, header};
use rand::RngExt as _;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::problem::AppError;

/// The hidden field's name.
pub(crate) const FIELD: &str = "form-token";

fn proof(secret: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"difference form token\0");
    hash.update(secret.as_bytes());
    hash.finalize().into()
}

/// A token for a page: a fresh mask, and the proof under it.
pub(crate) fn token(secret: &str) -> String {
    let mask: [u8; 32] = rand::rng().random();
    let masked = proof(secret)
        .iter()
        .zip(mask)
        .map(|(p, m)| p ^ m)
        .collect::<Vec<u8>>();
    mask.iter()
        .chain(&masked)
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// Whether that token was made for this secret.
pub(crate) fn matches(secret: &str, token: &str) -> bool {
    let bytes: Option<Vec<u8>> = if token.is_ascii() && token.len() == 128 {
        (0..128)
            .step_by(2)
            .map(|i| u8::from_str_radix(token.get(i..i + 2)?, 16).ok())
            .collect()
    } else {
        None
    };
    let Some(bytes) = bytes else { return false };
    let (mask, masked) = bytes.split_at(32);
    let given: Vec<u8> = mask.iter().zip(masked).map(|(m, p)| m ^ p).collect();
    given.ct_eq(&proof(secret)).into()
}

/// Refuses what a browser says another site sent.
pub(crate) fn same_site(headers: &HeaderMap, public_url: &str) -> Result<(), AppError> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|v: &axum::http::HeaderValue| v.to_str().ok())
    };
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site"))
        && !matches!(site, "same-origin" | "none")
    {
        return Err(AppError::OtherSite);
    }
    if let Some(origin) = text(header::ORIGIN) {
        let host = text(header::HOST).unwrap_or_default();
        let ours = origin == public_url
            || origin.strip_prefix("http://").is_some_and(|o| o == host)
            || origin.strip_prefix("https://").is_some_and(|o| o == host);
        if !ours {
            return Err(AppError::OtherSite);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_its_own_secret_only_and_never_looks_the_same_twice() {
        let (first, second) = (token("mine"), token("mine"));
        assert_ne!(first, second);
        assert!(matches("mine", &first) && matches("mine", &second));
        assert!(!matches("another's", &first));
        for bad in ["", "00", &"zz".repeat(64), &first[..126], &"é".repeat(64)] {
            assert!(!matches("mine", bad), "{bad}");
        }
    }
}
