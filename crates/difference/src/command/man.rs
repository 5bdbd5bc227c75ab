//! `difference man [COMMAND]`: the manual page, made from the same words as `--help`.

use clap::{Args, CommandFactory as _};

use crate::arguments::Arguments;
use crate::ending::Ending;
use crate::output;

/// Prints the manual page, of the whole program or of one command.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  difference man evaluate > difference-evaluate.1\n  man ./difference-evaluate.1"
)]
pub struct Man {
    /// The command; left out: the program's own page
    command: Option<String>,
}

impl Man {
    /// Writes it to standard output.
    pub fn run(self) -> Ending {
        let mut program = Arguments::command();
        program.build();
        let page = match &self.command {
            None => clap_mangen::Man::new(program),
            Some(name) => match program.find_subcommand(name) {
                Some(found) => {
                    clap_mangen::Man::new(found.clone()).title(format!("difference-{name}"))
                }
                None => {
                    return Ending::wrong(
                        "no-such-command",
                        format!("There is no command called {name}."),
                        "See the commands with: difference --help",
                    );
                }
            },
        };
        let mut roff = Vec::new();
        match page.render(&mut roff) {
            Ok(()) => output::print(&roff),
            Err(error) => Ending::wrong(
                "cannot-write",
                format!("The manual page could not be written: {error}."),
                "Try again.",
            ),
        }
    }
}
