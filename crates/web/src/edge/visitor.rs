//! Who is at the door: the address that a request came from, the cookies, and the person.
//!
//! Who may call this: the guard makes one for each request; handlers take it as an argument. What
//! must stay true: a cookie is set only on a page that needs it; the address is used for limits
//! and is not stored.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::cookies::{self, Name};
use super::forgery;
use super::problem::AppError;
use crate::app::App;

/// The other end of the connection, put on each request by the server.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Who is at the door.
#[derive(Clone)]
pub(crate) struct Visitor(Arc<Inner>);

struct Inner {
    address: IpAddr,
    form_secret: String,
    /// The browser didn't send it, so it has to be set if a form is shown.
    form_is_new: bool,
    form_was_shown: AtomicBool,
}

impl Visitor {
    /// From what the request carries.
    pub(crate) fn arriving(app: &App, parts: &Parts) -> Self {
        let known = cookies::read(&parts.headers, Name::Form, app.https());
        Self(Arc::new(Inner {
            address: address(app, parts),
            form_is_new: known.is_none(),
            form_secret: known.unwrap_or_else(cookies::random_token),
            form_was_shown: AtomicBool::new(false),
        }))
    }

    /// The hidden token of a form. Showing one sets the cookie that it is tied to.
    pub(crate) fn form_token(&self) -> String {
        self.0.form_was_shown.store(true, Ordering::Relaxed);
        forgery::token(&self.0.form_secret)
    }
    pub(crate) fn sent_our_form(&self, token: &str) -> bool {
        !self.0.form_is_new && forgery::matches(&self.0.form_secret, token)
    }
    /// What ties a held spreadsheet to this browser.
    pub(crate) fn browser(&self) -> &str {
        self.0.form_was_shown.store(true, Ordering::Relaxed);
        &self.0.form_secret
    }
    /// Where the request came from; for limits only.
    pub(crate) fn address(&self) -> IpAddr {
        self.0.address
    }
    pub(crate) fn is_on_this_machine(&self) -> bool {
        self.0.address.is_loopback()
    }
    pub(crate) fn form_cookie_to_set(&self) -> Option<&str> {
        (self.0.form_is_new && self.0.form_was_shown.load(Ordering::Relaxed))
            .then_some(self.0.form_secret.as_str())
    }
    pub(crate) fn showed_a_form(&self) -> bool {
        self.0.form_was_shown.load(Ordering::Relaxed)
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts
            .extensions
            .get::<Visitor>()
            .cloned()
            .ok_or_else(|| AppError::fault_in("a request without a visitor"))
    }
}

/// The peer, or what a named proxy says about it.
fn address(app: &App, parts: &Parts) -> IpAddr {
    let peer = parts
        .extensions
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |p| p.0.ip());
    let peer = peer.to_canonical();
    if app.settings.trusted_proxies.contains(&peer) {
        return forwarded(&parts.headers, &app.settings.trusted_proxies).unwrap_or(peer);
    }
    peer
}

/// The last address that no named proxy wrote about itself.
fn forwarded(headers: &HeaderMap, proxies: &[IpAddr]) -> Option<IpAddr> {
    headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .filter_map(|a| a.trim().parse::<IpAddr>().ok())
        .map(|a| a.to_canonical())
        .rfind(|a| !proxies.contains(a))
}

/// One household, one bucket: an IPv6 customer holds a whole /64.
pub(crate) fn bucket(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(a) => IpAddr::V4(a),
        IpAddr::V6(a) => IpAddr::V6(Ipv6Addr::from_bits(a.to_bits() >> 64 << 64)),
    }
}
