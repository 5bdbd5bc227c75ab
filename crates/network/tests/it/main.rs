//! Stories about the city, told through its public way in.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod database;
mod door;
mod goals;
mod people;
mod places;
mod policy;
mod practices;
<<<<<<< HEAD
mod roles;
=======
mod register;
>>>>>>> ade3538 (Read the register of schools and any list of places, and bring them in one change: added, changed, gone on, closed)
mod trials;
