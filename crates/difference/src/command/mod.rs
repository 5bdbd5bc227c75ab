//! One file a command: its words, its example and its run.
//!
//! What must stay true: a command reads, asks one room for the answer and writes it; it decides nothing itself.

pub mod allocate;
pub mod audit;
pub mod backup;
pub mod chart;
pub mod choices;
pub mod completions;
pub mod demo;
pub mod evaluate;
pub mod import;
pub mod man;
pub mod plan;
pub mod pool;
pub mod serve;
pub mod user;

use crate::arguments::{Arguments, Command};
use crate::ending::Ending;

/// Runs what was asked.
pub fn run(arguments: Arguments) -> Ending {
    match arguments.command {
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Pool(pool) => pool.run(),
        Command::Plan(plan) => plan.run(),
        Command::Chart(chart) => chart.run(),
        Command::Allocate(allocate) => allocate.run(),
        Command::Import(import) => import.run(),
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
        Command::Audit(audit) => audit.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Drill(drill) => drill.run(),
        Command::User(user) => user.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    }
}
