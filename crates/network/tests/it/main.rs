//! Stories about the city, told through its public way in.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod audit;
mod backups;
mod database;
mod door;
mod goals;
mod people;
mod places;
mod policy;
mod power;
mod practices;
mod register;
mod restarts;
mod roles;
mod trials;
