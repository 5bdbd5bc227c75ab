//! `difference completions SHELL`: what the shell can finish for you.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::ending::Ending;
use crate::output;

/// Prints completions for your shell.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  difference completions bash > ~/.local/share/bash-completion/completions/difference"
)]
pub struct Completions {
    /// The shell that you use
    shell: Shell,
}

impl Completions {
    /// Writes them to standard output.
    pub fn run(self) -> Ending {
        let mut script = Vec::new();
        clap_complete::generate(
            self.shell,
            &mut Arguments::command(),
            "difference",
            &mut script,
        );
        output::print(&script)
    }
}
