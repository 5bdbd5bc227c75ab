//! `difference`: what difference are you making? The command line and the server, in one binary.
//!
//! What must stay true: data goes to standard output and everything else to standard error; the exit
//! code is 0 for an answer, 1 for "cannot say" with a named reason, 2 for a wrong call or file, 3 for
//! a fault of ours; nothing but this crate knows all the rooms.

mod answer;
mod arguments;
mod command;
mod demo;
mod ending;
mod fault;
mod output;
mod progress;
mod settings;
mod timer;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::Arguments;

fn main() -> ExitCode {
    fault::explain_in_a_sentence();
    let arguments = Arguments::parse();
    fault::caught(|| command::run(arguments))
}
