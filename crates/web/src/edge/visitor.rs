//! Who is at the door: the address that a request came from, the cookies, and the person.
//!
//! Who may call this: the guard makes one for each request; handlers take it as an argument. What
//! must stay true: a cookie is set only on a page that needs it; the address is used for limits
//! and is not stored; a form's token is tied to the session where there is one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use network::{Actor, people, places};

use super::cookies::{self, Name};
use super::forgery;
use super::problem::AppError;
use crate::app::App;
use crate::frame::NetworkFace;

/// The other end of the connection, put on each request by the server.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Who is at the door.
#[derive(Clone)]
pub(crate) struct Visitor(Arc<Inner>);

struct Inner {
    address: IpAddr,
    actor: Actor,
    face: Option<NetworkFace>,
    /// The session's token, when somebody is signed in.
    session: Option<String>,
    browser: String,
    /// The browser didn't send it, so it has to be set if it is used.
    browser_is_new: bool,
    browser_was_used: AtomicBool,
    form_was_shown: AtomicBool,
    device: Option<String>,
    program: String,
}

impl Visitor {
    /// From what the request carries.
    pub(crate) async fn arriving(app: &App, parts: &Parts) -> Result<Self, AppError> {
        let cookie = |name| cookies::read(&parts.headers, name, app.https());
        let face = places::network_profile(&app.network).await;
        let face = match face {
            Ok(profile) => Some(NetworkFace::from(profile)),
            Err(network::Error::NotFound) => None,
            Err(e) => return Err(e.into()),
        };
        let session = cookie(Name::Session);
        let actor = match &session {
            Some(token) => people::actor_of_session(&app.network, token).await?,
            None => None,
        };
        let session = session.filter(|_| actor.is_some());
        let mut visitor = Inner::stranger(app, parts);
        visitor.actor = actor.unwrap_or_else(Actor::public);
        visitor.session = session;
        visitor.face = face;
        Ok(Self(Arc::new(visitor)))
    }

    /// Without asking the database: for pages that say that it does not answer.
    pub(crate) fn stranger(app: &App, parts: &Parts) -> Self {
        Self(Arc::new(Inner::stranger(app, parts)))
    }

    /// A program that asks for somebody: no cookie of the request's counts.
    pub(crate) fn by_token(app: &App, parts: &Parts, actor: Actor) -> Self {
        let mut visitor = Inner::stranger(app, parts);
        visitor.actor = actor;
        Self(Arc::new(visitor))
    }

    /// Who asks, for the policy.
    pub(crate) fn actor(&self) -> &Actor {
        &self.0.actor
    }
    /// The network as pages name it; none before it is founded.
    pub(crate) fn face(&self) -> Option<&NetworkFace> {
        self.0.face.as_ref()
    }

    /// The hidden token of a form. Showing one sets the cookie that it is tied to.
    pub(crate) fn form_token(&self) -> String {
        self.0.form_was_shown.store(true, Ordering::Relaxed);
        if self.0.session.is_none() {
            self.0.browser_was_used.store(true, Ordering::Relaxed);
        }
        forgery::token(self.form_secret())
    }
    pub(crate) fn sent_our_form(&self, token: &str) -> bool {
        let has_secret = self.0.session.is_some() || !self.0.browser_is_new;
        has_secret && forgery::matches(self.form_secret(), token)
    }
    fn form_secret(&self) -> &str {
        self.0.session.as_deref().unwrap_or(&self.0.browser)
    }
    /// What ties a held spreadsheet to this browser, signed in or not.
    pub(crate) fn browser(&self) -> &str {
        self.0.browser_was_used.store(true, Ordering::Relaxed);
        &self.0.browser
    }
    /// The mark of a device on which somebody has signed in before.
    pub(crate) fn device(&self) -> Option<&str> {
        self.0.device.as_deref()
    }
    /// What the browser calls itself, in a few words.
    pub(crate) fn program(&self) -> &str {
        &self.0.program
    }
    /// Where the request came from; for limits only.
    pub(crate) fn address(&self) -> IpAddr {
        self.0.address
    }
    pub(crate) fn is_on_this_machine(&self) -> bool {
        self.0.address.is_loopback()
    }
    pub(crate) fn cookie_to_set(&self) -> Option<&str> {
        (self.0.browser_is_new && self.0.browser_was_used.load(Ordering::Relaxed))
            .then_some(self.0.browser.as_str())
    }
    /// Whether the page is for this person or browser alone, and no cache may keep it.
    pub(crate) fn is_private(&self) -> bool {
        self.0.actor.is_signed_in() || self.0.form_was_shown.load(Ordering::Relaxed)
    }
}

impl Inner {
    fn stranger(app: &App, parts: &Parts) -> Self {
        let cookie = |name| cookies::read(&parts.headers, name, app.https());
        let browser = cookie(Name::Form);
        Self {
            address: address(app, parts),
            actor: Actor::public(),
            face: None,
            session: None,
            browser_is_new: browser.is_none(),
            browser: browser.unwrap_or_else(cookies::random_token),
            browser_was_used: AtomicBool::new(false),
            form_was_shown: AtomicBool::new(false),
            device: cookie(Name::Device),
            program: program(&parts.headers),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| AppError::fault_in("a request without a visitor"))
    }
}

/// "Firefox on Windows": enough for a person to know their own devices again.
fn program(headers: &HeaderMap) -> String {
    let agent = headers
        .get("user-agent")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let first = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let program = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "Chromebook"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(p), Some(s)) => format!("{p} on {s}"),
        (Some(p), None) => p.to_owned(),
        (None, Some(s)) => format!("A browser on {s}"),
        (None, None) => "A browser".to_owned(),
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
