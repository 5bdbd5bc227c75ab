//! The built binary and the house that it stands in, from outside.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod architecture;
mod audit;
mod backups;
mod command_line;
mod demo;
mod documents;
mod serve;
mod user;
