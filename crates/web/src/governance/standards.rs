//! How the network is kept, as its own records say.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use engine::words::numbers::plural;
use network::standards;

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::frame::{Frame, Here, page};
use crate::words;

#[derive(Template)]
#[template(path = "governance/standards.html")]
struct StandardsPage {
    frame: Frame,
    backup: String,
    drill: String,
    sessions: String,
    entries: String,
    head: String,
    /// What somebody should do, in words.
    to_do: Vec<&'static str>,
}

/// A backup that is older is named; one a day is what the product makes by itself.
const OLD_BACKUP: jiff::SignedDuration = jiff::SignedDuration::from_hours(48);
/// A drill that is older is named; one a week is what the product does by itself.
const OLD_DRILL: jiff::SignedDuration = jiff::SignedDuration::from_hours(8 * 24);

pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let standing = standards::standing(&app.network, visitor.actor()).await?;
    let (zone, now) = (app.network_zone().await?, app.network.now());
    let mut to_do = Vec::new();
    let backup = match standing.backup {
        None => {
            to_do.push("No backup was made yet. Ask whoever runs the server to set one up.");
            "None yet".to_owned()
        }
        Some(at) => {
            if now.duration_since(at) > OLD_BACKUP {
                to_do.push(
                    "The last backup is more than two days old. Ask whoever runs the server.",
                );
            }
            words::date_and_time(at, &zone)
        }
    };
    let drill = match standing.drill {
        None => {
            if standing.backup.is_some() {
                to_do.push(
                    "No backup was tried yet. Ask whoever runs the server to do a restore drill.",
                );
            }
            "None yet".to_owned()
        }
        Some((at, restored)) => {
            if !restored {
                to_do.push("The last backup that was tried does not restore. Ask whoever runs the server, today.");
            } else if now.duration_since(at) > OLD_DRILL {
                to_do
                    .push("No backup was tried for more than a week. Ask whoever runs the server.");
            }
            let came = if restored {
                "it restored"
            } else {
                "it did not restore"
            };
            format!("{}: {came}", words::date_and_time(at, &zone))
        }
    };
    let frame = Frame::new(&app, &visitor, Here::Network, "How this network is kept").within();
    page(&StandardsPage {
        frame: super::under_the_network(frame, &visitor),
        backup,
        drill,
        sessions: format!(
            "{}, of {}",
            plural(&standing.sessions.to_string(), "devices"),
            match standing.people {
                1 => "1 person with an account".to_owned(),
                people => format!("{people} people with an account"),
            }
        ),
        entries: match standing.head.size {
            1 => "1 entry".to_owned(),
            entries => format!("{entries} entries"),
        },
        head: standing.head.to_string(),
        to_do,
    })
}
