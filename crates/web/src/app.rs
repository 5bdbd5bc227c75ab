//! What every handler may reach: settings, the network's handle, limits and counters.
//!
//! Who may call this: handlers take it as state. What must stay true: it is cheap to clone and
//! holds nothing about one request.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::tz::TimeZone;
use network::Network;
use tokio::sync::Semaphore;

use crate::assets::Assets;
use crate::edge::device::Devices;
use crate::edge::load::Load;
use crate::edge::problem::AppError;
use crate::edge::rates::Rates;
use crate::edge::tries::Tries;
use crate::evaluate::Desk;
use crate::places::Lists;
use crate::status::Measures;

/// What an operator may set.
#[derive(Clone)]
pub struct Settings {
    /// The address that people type, without a slash at the end.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` is believed; nobody's otherwise.
    pub trusted_proxies: Vec<IpAddr>,
    /// Requests in hand at one time before others are asked to come back.
    pub in_hand: usize,
    /// Evaluations at one time; others wait their turn.
    pub evaluations: usize,
    /// Bytes of all spreadsheets held in memory between the steps.
    pub held: usize,
    /// The end of the link by which a network is founded; none: it can't be.
    pub set_up: Option<String>,
    /// What known devices are recognised by; kept from one start to the next.
    pub secret: [u8; 32],
}

impl Default for Settings {
    fn default() -> Self {
        use rand::RngExt as _;
        Self {
            public_url: "http://localhost:8080".to_owned(),
            trusted_proxies: Vec::new(),
            in_hand: 256,
            evaluations: 2,
            held: 256 * 1024 * 1024,
            set_up: None,
            secret: rand::rng().random(),
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

/// The application's state.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What the state holds; only this crate reads it.
pub struct Inner {
    pub(crate) settings: Settings,
    pub(crate) network: Network,
    pub(crate) assets: Assets,
    pub(crate) load: Load,
    pub(crate) rates: Rates,
    pub(crate) tries: Tries,
    pub(crate) devices: Devices,
    pub(crate) measures: Measures,
    pub(crate) desk: Desk,
    pub(crate) lists: Lists,
    /// Permits to work an evaluation out on a blocking thread.
    pub(crate) sums: Arc<Semaphore>,
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// An application over a network.
    #[must_use]
    pub fn new(network: Network, settings: Settings) -> Self {
        let inner = Inner {
            network,
            assets: Assets::load(),
            load: Load::new(settings.in_hand),
            rates: Rates::new(),
            tries: Tries::default(),
            devices: Devices::new(settings.secret),
            measures: Measures::new(),
            desk: Desk::new(settings.held),
            lists: Lists::new(settings.held),
            sums: Arc::new(Semaphore::new(settings.evaluations.max(1))),
            settings,
        };
        Self(Arc::new(inner))
    }

    /// Whether people reach us by https, so that cookies are `Secure` and browsers are told to stay.
    #[must_use]
    pub fn https(&self) -> bool {
        self.settings.public_url.starts_with("https://")
    }

    /// Works something out away from the threads that answer pages, a few at a time.
    pub(crate) async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let turn = Arc::clone(&self.sums)
            .acquire_owned()
            .await
            .map_err(|e| AppError::fault("the server is closing", &e))?;
        let span = tracing::Span::current();
        tokio::task::spawn_blocking(move || {
            // The turn is given back when the work ends, even if nobody waits for it any more.
            let _turn = turn;
            span.in_scope(work)
        })
        .await
        .map_err(|e| AppError::fault("a file could not be worked out", &e))
    }

    /// The zone that decides what "today" and "3.30pm" are.
    pub(crate) async fn network_zone(&self) -> Result<TimeZone, AppError> {
        let name = network::places::network_profile(&self.network)
            .await?
            .time_zone;
        Ok(TimeZone::get(&name).unwrap_or(TimeZone::UTC))
    }
}
