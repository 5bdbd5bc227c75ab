//! `difference demo`: a city to explore.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};

use clap::Args;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use tokio::net::TcpListener;

use super::serve;
use crate::demo::{self, Found, Guest};
use crate::ending::Ending;
use crate::output;
use crate::progress::Progress;
use crate::settings::{Given, Settings};

const EXAMPLE: &str = "\
Examples:
  difference demo
  difference demo --lan
  difference demo --data /tmp/aireford

The folder is filled once; what you change in it is still there next time. Delete the folder to begin again.";

/// How many ports are tried from the first one on before any free one is taken.
const PORTS: u16 = 20;

/// A city to explore: the Aireford Learning Network, all of it invented.
///
/// Fills an empty folder with places, people, goals, trials and practices, serves it, and prints links
/// that sign you in as a teacher, a head, a governor or the network lead.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Demo {
    /// Where the city is kept; filled when it is empty [default: $XDG_DATA_HOME/difference-demo]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:8080, or the next free port]
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "lan")]
    listen: Option<SocketAddr>,
    /// Let every device on this network look, such as your phone
    #[arg(long)]
    lan: bool,
    /// Write what docs/demo.md says, and serve nothing
    #[arg(long, hide = true)]
    document: bool,
}

impl Demo {
    /// Fills what is empty, and serves until it is told to stop.
    pub fn run(self) -> Ending {
        let flags = Given {
            data: self.data.clone(),
            listen: self.listen,
            ..Given::default()
        };
        let settings = match Settings::gather(None, std::env::vars(), flags, "difference-demo") {
            Ok(settings) => settings,
            Err(ending) => return ending,
        };
        if settings.database.is_some() {
            return Ending::wrong(
                "demo-in-a-database",
                "The demo city is kept in a folder, not in a database.",
                "Start it without DIFFERENCE_DATABASE, or serve your own network with difference serve.",
            );
        }
        let done = if self.document {
            documented(&settings.data)
        } else {
            self.served(&settings)
        };
        done.unwrap_or_else(|ending| ending)
    }

    fn served(&self, settings: &Settings) -> Result<Ending, Ending> {
        serve::log_to_standard_error(&settings.log)?;
        let found = demo::look(&settings.data)?;
        serve::runtime()?.block_on(async {
            if found == Found::City {
                output::note(&format!(
                    "Back in the city that is kept in {}.",
                    settings.data.display()
                ));
            } else {
                fill(&settings.data, found).await?;
            }
            let network = demo::open(&settings.data)
                .await
                .map_err(|e| serve::not_opened(&e))?;
            let listener = self.listener(settings).await?;
            let port = serve::port(&listener, settings);
            let public_url = self.address(port);
            let guests = demo::guests(&network)
                .await
                .map_err(|e| serve::not_opened(&e))?;
            let site = web::Settings {
                public_url: public_url.clone(),
                secret: serve::device_secret(&settings.data)?,
                ..web::Settings::default()
            };
            output::print(welcome(&public_url, &guests).as_bytes());
            if self.lan {
                output::note(&for_a_phone(&public_url));
            }
            output::note("Stop it with Ctrl-C. What you change is still there next time.");
            serve::until_stopped(network, listener, site, None).await?;
            Ok(Ending::Answered)
        })
    }

    /// The address that was asked for; without one, the first free port from 8080 on.
    async fn listener(&self, settings: &Settings) -> Result<TcpListener, Ending> {
        let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        let ip = if self.lan {
            IpAddr::from(Ipv4Addr::UNSPECIFIED)
        } else {
            settings.listen.ip()
        };
        if settings.listen != usual {
            return serve::listen(SocketAddr::new(ip, settings.listen.port())).await;
        }
        let first = settings.listen.port();
        for port in first..first.saturating_add(PORTS) {
            if let Ok(listener) = TcpListener::bind((ip, port)).await {
                return Ok(listener);
            }
        }
        serve::listen(SocketAddr::new(ip, 0)).await
    }

    fn address(&self, port: u16) -> String {
        match local_network() {
            Some(ip) if self.lan => format!("http://{ip}:{port}"),
            _ => format!("http://localhost:{port}"),
        }
    }
}

async fn fill(folder: &Path, found: Found) -> Result<(), Ending> {
    if found == Found::CutOff {
        output::note(
            "Filling the city was cut off last time, so it starts again in a clean folder.",
        );
    }
    let progress = Progress::of("Filling the city: two years in a few seconds", 1);
    let done = demo::filled(folder, demo::today(), &|done, size| {
        progress.sized(size);
        progress.reached(done);
    })
    .await;
    drop(progress);
    done?;
    output::note(&format!("The city is kept in {}.", folder.display()));
    Ok(())
}

fn documented(folder: &Path) -> Result<Ending, Ending> {
    if folder.exists() {
        return Err(Ending::wrong(
            "not-empty",
            format!("{} is there already.", folder.display()),
            "Name a folder that is not there yet with --data DIR: it is filled, read and taken away.",
        ));
    }
    let text = serve::runtime()?.block_on(demo::document(folder, demo::today()));
    let removed = std::fs::remove_dir_all(folder);
    let text = text.map_err(|e| serve::not_opened(&e))?;
    if let Err(error) = removed {
        output::note(&format!(
            "{} could not be taken away: {error}.",
            folder.display()
        ));
    }
    Ok(output::print(text.as_bytes()))
}

/// What is printed once the city is served: the address first, alone on its line.
fn welcome(public_url: &str, guests: &[Guest]) -> String {
    let mut text = format!("{public_url}\n\nSign in with one click, as\n");
    for guest in guests {
        let who = format!("{}, {}", guest.what, guest.name);
        text.push_str(&format!("  {who:<32} {public_url}{}\n", guest.link));
    }
    text.push_str(
        "\nWhat to try first\n  \
         As the teacher: see which of Thornbeck’s goals have really moved, then plan a trial of your own.\n  \
         As the head: a plan waits for your approval, and a result waits to be reported.\n  \
         As anybody: open the practice “Morning reading group” and see what eight places found, good news and bad.\n  \
         Without signing in: evaluate a spreadsheet of your own; nothing is kept.\n\n\
         All of it is invented. docs/demo.md says what the truth was behind every figure.\n",
    );
    text
}

fn for_a_phone(public_url: &str) -> String {
    let mut text = String::from(
        "Everybody on this network can open the demo and follow what is sent, so put nothing real into it.\n",
    );
    if local_network().is_none() {
        text.push_str("This machine seems to be on no network, so a phone will not find it.\n");
    }
    if let Ok(code) = QrCode::new(public_url) {
        text.push_str(&format!(
            "\n{}\n\nPoint a phone’s camera at the square, or type {public_url}\n",
            code.render::<Dense1x2>().build()
        ));
    }
    text
}

/// This machine's address on the local network. Nothing is sent: the system only says which way a
/// packet to a documentation address would leave.
fn local_network() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then_some(ip)
}
