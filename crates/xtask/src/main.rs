//! What people who work here run besides tests: `cargo xtask pictures` and its neighbours.
//!
//! Who may call this: a person at a terminal. What must stay true: it is never shipped, and one
//! file holds one task.

mod bench;
mod calibrate;
mod kernels;
mod peers;
mod pictures;
mod reference;
mod register;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What people who work here run besides tests.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Call {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Take the README's pictures again, from the demo as it is now.
    Pictures,
    /// Measure how fast a file becomes an answer, and write docs/performance.md.
    Bench {
        /// Beside it what R's and Python's packages take for the same: needs them, and some minutes.
        #[arg(long)]
        peers: bool,
    },
    /// Write a register of invented schools in the columns of the real one.
    Register {
        /// Where to.
        file: PathBuf,
        /// How many schools.
        #[arg(long, value_name = "N", default_value_t = 52_000)]
        schools: u32,
        /// Another seed, other schools.
        #[arg(long, value_name = "N", default_value_t = 20_261_124)]
        seed: u64,
    },
    /// One row of the table of peers, as ours does it.
    #[command(hide = true)]
    Kernel {
        /// Which row.
        row: String,
        /// Its file.
        file: PathBuf,
    },
    /// Simulate how often every estimator is wrong, and write docs/calibration.md; built with --release, or it takes long.
    Calibrate {
        /// Trials of each kind.
        #[arg(long, value_name = "N", default_value_t = 10_000)]
        trials: u32,
        /// One part alone; the page is not written then.
        #[arg(long, value_name = "PART")]
        only: Option<calibrate::Part>,
    },
    /// Check every reference number, and write docs/reference.md: how closely each is met, or why not yet.
    Reference {
        /// The folder with the rows that are not kept in the repository.
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let done = match Call::parse().task {
        Task::Pictures => pictures::take(),
        Task::Bench { peers } => bench::measure(peers),
        Task::Register {
            file,
            schools,
            seed,
        } => register::write(&file, schools, seed),
        Task::Kernel { row, file } => kernels::measure(&row, &file),
        Task::Calibrate { trials, only } => calibrate::measure(trials, only),
        Task::Reference { data } => reference::write(data.as_deref()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}
