//! `difference serve`: the web product on a data folder.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use network::{Actor, Network};
use rand::RngExt as _;
use tokio::net::TcpListener;

use crate::ending::Ending;
use crate::output;
use crate::settings::{Given, Settings};

const HOUR: Duration = Duration::from_secs(60 * 60);

const EXAMPLE: &str = "\
Examples:
  difference serve
  difference serve --data /srv/difference --public-url https://difference.example.org

Settings may also stand in a file (--config difference.toml) or in variables (DIFFERENCE_LISTEN=127.0.0.1:9000);
a flag wins over a variable, a variable over the file.";

/// The web product, on this machine.
///
/// Serves the pages until it is stopped with Ctrl-C or a TERM signal; what is in hand is answered first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Serve {
    /// Where the data is kept; made when it is not there [default: $XDG_DATA_HOME/difference]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// The address that people type [default: http://localhost:PORT]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// A file with settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Serve {
    /// Serves until it is told to stop.
    pub fn run(self) -> Ending {
        let flags = Given {
            data: self.data,
            listen: self.listen,
            public_url: self.public_url,
            ..Given::default()
        };
        let settings = match Settings::gather(
            self.config.as_deref(),
            std::env::vars(),
            flags,
            "difference",
        ) {
            Ok(settings) => settings,
            Err(ending) => return ending,
        };
        match served(&settings) {
            Ok(()) => Ending::Answered,
            Err(ending) => ending,
        }
    }
}

fn served(settings: &Settings) -> Result<(), Ending> {
    log_to_standard_error(&settings.log)?;
    runtime()?.block_on(async {
        let network = Network::open(network::Settings::new(&settings.data))
            .await
            .map_err(|e| not_opened(&e))?;
        let listener = listen(settings.listen).await?;
        let public_url = settings
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://localhost:{}", port(&listener, settings)));
        let set_up = match network::places::is_founded(&network).await {
            Ok(true) => None,
            _ => Some(web::random_token()),
        };
        if let Some(secret) = &set_up {
            output::note(&format!(
                "There is no network here yet. Set it up, this once, at {public_url}/set-up/{secret}"
            ));
        }
        let site = web::Settings {
            public_url: public_url.clone(),
            trusted_proxies: settings.trusted_proxies.clone(),
            secret: device_secret(&settings.data)?,
            set_up,
            ..web::Settings::default()
        };
        output::print(format!("{public_url}\n").as_bytes());
        output::note("Difference Engine is at the address above. Stop it with Ctrl-C.");
        until_stopped(network, listener, site).await
    })
}

/// The server's threads.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Ending> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| {
            Ending::wrong(
                "no-threads",
                format!("The server could not start: {e}."),
                "Try again.",
            )
        })
}

pub(super) fn not_opened(why: &network::Error) -> Ending {
    Ending::wrong(
        "data-folder",
        why.to_string(),
        "Another folder can be named with --data DIR.",
    )
}

/// The port that a listener has.
pub(super) fn port(listener: &TcpListener, settings: &Settings) -> u16 {
    listener
        .local_addr()
        .map_or(settings.listen.port(), |address| address.port())
}

/// Serves the pages until it is told to stop, then closes the network. At the start and
/// once an hour, lists of pupils are forgotten whose last day has come, and it is written down which
/// roles have ended by themselves.
pub(super) async fn until_stopped(
    network: Network,
    listener: TcpListener,
    site: web::Settings,
) -> Result<(), Ending> {
    let calendar = tokio::spawn(keep_to_the_calendar(network.clone()));
    let app = web::App::new(network.clone(), site);
    let served = web::serve(listener, web::router(app), told_to_stop()).await;
    calendar.abort();
    // Its handle on the network is gone only when the task is.
    let _ = calendar.await;
    let closed = network.close().await;
    served.map_err(|e| stopped(&e))?;
    closed.map_err(|e| stopped(&e))
}

async fn keep_to_the_calendar(network: Network) {
    let mut hour = tokio::time::interval(HOUR);
    loop {
        hour.tick().await;
        match network::trials::forget_lists(&network, &Actor::operator()).await {
            Ok(0) => {}
            Ok(lists) => tracing::info!(lists, "forgot lists of pupils on their last day"),
            Err(fault) => tracing::error!(%fault, "lists of pupils could not be forgotten"),
        }
        match network::people::end_past_roles(&network, &Actor::operator()).await {
            Ok(0) => {}
            Ok(roles) => tracing::info!(roles, "roles ended on their last day"),
            Err(fault) => tracing::error!(%fault, "the end of roles could not be written down"),
        }
    }
}

fn stopped(why: &dyn std::error::Error) -> Ending {
    Ending::wrong(
        "stopped",
        format!("The server stopped: {why}."),
        "Start it again.",
    )
}

pub(super) fn log_to_standard_error(filter: &str) -> Result<(), Ending> {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).map_err(|e| {
        Ending::wrong(
            "log",
            format!("The log setting can’t be read: {e}."),
            "Write it like info or difference_web=debug.",
        )
    })?;
    // A second call in one process (tests) keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
    Ok(())
}

/// What known devices are recognised by: 32 random bytes in the data folder, for its owner alone.
pub(super) fn device_secret(folder: &Path) -> Result<[u8; 32], Ending> {
    let path = folder.join("devices.key");
    let failed = |e: std::io::Error| {
        Ending::wrong(
            "data-folder",
            format!("{} can’t be used: {e}.", path.display()),
            "Check that the data folder may be read and written.",
        )
    };
    if let Some(known) = fs::read(&path).ok().and_then(|b| b.try_into().ok()) {
        return Ok(known);
    }
    let new: [u8; 32] = rand::rng().random();
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&path).map_err(failed)?;
    file.write_all(&new)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    Ok(new)
}

pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Ending> {
    TcpListener::bind(address).await.map_err(|e| {
        let says = if e.kind() == std::io::ErrorKind::AddrInUse {
            format!("Something else is already listening on {address}.")
        } else {
            format!("We can’t listen on {address}: {e}.")
        };
        let other = SocketAddr::new(address.ip(), address.port().wrapping_add(1));
        Ending::wrong(
            "cannot-listen",
            says,
            format!("Try another port: --listen {other}"),
        )
    })
}

/// Ctrl-C, or a TERM signal from whatever runs us.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
