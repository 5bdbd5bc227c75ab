//! The call's words: every command and what it does in one line.
//!
//! What must stay true: what is not built is not shown; every command's help ends in an example that runs.

use clap::{Parser, Subcommand};

use crate::command::{
    allocate, audit, backup, chart, completions, demo, evaluate, import, man, plan, pool, serve,
    user,
};

/// What difference are you making?
///
/// Reads a trial's file and says in plain words what difference it made, how sure that is, and why.
#[derive(Debug, Parser)]
#[command(
    name = "difference",
    version,
    about = "What difference are you making?",
    arg_required_else_help = true,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Exit codes: 0 answered · 1 cannot say, for a named reason · 2 the call or the file is wrong · 3 a fault of ours.\n\
                  Data goes to standard output, everything else to standard error. NO_COLOR is respected."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What difference did a trial make?
    Evaluate(Box<evaluate::Evaluate>),
    /// What do several results say together?
    Pool(Box<pool::Pool>),
    /// What could this trial see? Power, smallest detectable difference, how many it takes
    Plan(Box<plan::Plan>),
    /// Run and control charts of a measure over time: signal or noise?
    Chart(Box<chart::Chart>),
    /// Draw the lots: simple, blocked, paired or by cluster, from a seed that anyone can re-run
    Allocate(Box<allocate::Allocate>),
    /// Bring many places at once: the register of schools, or any list
    Import(import::Import),
    /// A city to explore: fills an empty folder with an invented one and serves it
    Demo(demo::Demo),
    /// The web product, on this machine
    Serve(serve::Serve),
    /// Was anything altered or removed? The audit log, and proofs that strangers check
    Audit(audit::Audit),
    /// Everything in one encrypted file, made while the server runs
    Backup(backup::Backup),
    /// Back from a backup
    Restore(backup::Restore),
    /// Try a backup: does it restore?
    Drill(backup::Drill),
    /// Help somebody back in: a new password, or a lost phone
    User(user::User),
    /// Completions for your shell, on standard output
    Completions(completions::Completions),
    /// The manual page, on standard output
    Man(man::Man),
}
