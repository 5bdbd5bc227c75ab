//! Stories about the city, told through its public way in.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod database;
mod door;
mod goals;
mod people;
mod places;
mod policy;
mod practices;
mod register;
mod roles;
mod trials;
