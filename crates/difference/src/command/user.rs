//! `difference user`: helps somebody back in, from the server itself.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use network::{Actor, people};

use super::audit::beside;
use crate::ending::Ending;
use crate::output;

const EXAMPLE: &str = "\
Examples:
  difference user password ruth.adeyemi@example.org
  difference user lost-phone ruth.adeyemi@example.org --data /srv/difference";

/// Help somebody back in.
///
/// For whoever runs the server, while it runs or not: everybody else is helped on a page by whoever leads
/// their place or the network. Both sign every device of the person out, and the audit log says so.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct User {
    /// What to do
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Give a new password, and print it
    #[command(after_help = EXAMPLE)]
    Password(Who),
    /// Take the second step away from somebody who has lost phone and recovery codes; they set up another at
    /// the next sign-in
    #[command(after_help = EXAMPLE)]
    LostPhone(Who),
}

#[derive(Debug, Args)]
struct Who {
    /// Their e-mail address
    email: String,
    /// Where the data is kept [default: $XDG_DATA_HOME/difference]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl User {
    /// Gives a password, or takes a second step away.
    pub fn run(self) -> Ending {
        let done = match self.act {
            Act::Password(Who { email, data }) => beside(data, async |network| {
                let new = web::first_password();
                people::reset_password(network, &Actor::operator(), &email, &new)
                    .await
                    .map_err(|e| fault(&e, "No account here has that e-mail address."))?;
                output::note("Pass this password on, and ask for another to be chosen at once:");
                Ok(output::print(format!("{new}\n").as_bytes()))
            }),
            Act::LostPhone(Who { email, data }) => beside(data, async |network| {
                people::second_step::remove_by_email(network, &Actor::operator(), &email)
                    .await
                    .map_err(|e| {
                        fault(
                            &e,
                            "No account here with that e-mail address has a second step.",
                        )
                    })?;
                output::note("It is taken away. At the next sign-in they set up another.");
                Ok(Ending::Answered)
            }),
        };
        done.unwrap_or_else(|ending| ending)
    }
}

fn fault(error: &network::Error, nobody: &str) -> Ending {
    match error {
        network::Error::NotFound => Ending::wrong(
            "no-such-person",
            nobody,
            "Check the address, letter by letter.",
        ),
        other => Ending::wrong("user", other.to_string(), "Nothing was changed. Try again."),
    }
}
