//! `difference serve`: the web product on a data folder or a database.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use network::Network;
use rand::RngExt as _;
use tokio::net::TcpListener;

use crate::ending::Ending;
use crate::output;
use crate::settings::{Given, Settings};
use crate::timer::{self, Kept};

const EXAMPLE: &str = "\
Examples:
  difference serve
  difference serve --data /srv/difference --public-url https://difference.example.org
  DIFFERENCE_DATABASE=postgres://difference:PASSWORD@localhost/difference difference serve

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
    /// A PostgreSQL database to keep it in, instead of a file in the data folder; better said with
    /// DIFFERENCE_DATABASE or in the file where it holds a password
    #[arg(long, value_name = "URL")]
    database: Option<String>,
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
            database: self.database,
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
        let network = Network::open(settings.network())
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
        let kept = settings.backups.clone().map(Kept::read).transpose()?;
        let site = web::Settings {
            public_url: public_url.clone(),
            trusted_proxies: settings.trusted_proxies.clone(),
            secret: device_secret(&settings.data)?,
            set_up,
            ..web::Settings::default()
        };
        output::print(format!("{public_url}\n").as_bytes());
        output::note("Difference Engine is at the address above. Stop it with Ctrl-C.");
        until_stopped(network, listener, site, kept).await
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
    match why {
        network::Error::Unavailable | network::Error::Storage(_) | network::Error::Unfit { .. } => {
            Ending::wrong(
                "database",
                why.to_string(),
                "Check that the database is there, that its server is running and that its address is right.",
            )
        }
        _ => Ending::wrong(
            "data-folder",
            why.to_string(),
            "Another folder can be named with --data DIR.",
        ),
    }
}

/// The port that a listener has.
pub(super) fn port(listener: &TcpListener, settings: &Settings) -> u16 {
    listener
        .local_addr()
        .map_or(settings.listen.port(), |address| address.port())
}

/// Serves the pages until it is told to stop, then closes the network. Meanwhile what is due by itself is
/// done: lists of pupils are forgotten, past roles written down, backups made and tried.
pub(super) async fn until_stopped(
    network: Network,
    listener: TcpListener,
    site: web::Settings,
    kept: Option<Kept>,
) -> Result<(), Ending> {
    let mut by_itself = tokio::task::JoinSet::new();
    by_itself.spawn(timer::keep_to_the_calendar(network.clone()));
    if let Some(kept) = kept {
        by_itself.spawn(timer::keep_backups(network.clone(), kept));
    }
    let app = web::App::new(network.clone(), site);
    let stop = told_to_stop();
    let served = web::serve(listener, web::router(app), stop).await;
    // Their handles on the network are gone only when the tasks are.
    by_itself.shutdown().await;
    let closed = network.close().await;
    served.map_err(|e| stopped(&e))?;
    closed.map_err(|e| stopped(&e))
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

/// Ctrl-C, or a TERM signal from whatever runs us. Listened for from the call on, not from when it is
/// first waited for: a signal in between would end the process with the network still open.
fn told_to_stop() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    let term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    async move {
        #[cfg(unix)]
        if let Ok(mut term) = term {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}
