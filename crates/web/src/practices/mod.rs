//! Practices: what a place shared, with its evidence attached, and the way to try it elsewhere.
//!
//! Who may call this: anybody reads; a trial's team shares; people with a role at a place try it
//! there. What must stay true: the evidence comes from the pool and nobody edits it; a page shows
//! results that did not help as it shows those that did.

mod pages;
mod share;

use network::Action;

use crate::edge::access::{Access, At};
use crate::routes::{Route, get, post};

pub(crate) use pages::{Shared, shared};

pub(crate) fn routes() -> Vec<Route> {
    let read = Access::May(Action::ReadPublished, At::Network);
    let share = Access::May(Action::SharePractice, At::Trial);
    let revise = Access::May(Action::SharePractice, At::Practice);
    vec![
        get("/practices", read, pages::all),
        get(
            "/practices/{practice}",
            Access::May(Action::ReadPublished, At::Practice),
            pages::show,
        ),
        get(
            "/practices/{practice}/results.csv",
            Access::May(Action::ReadPublished, At::Practice),
            pages::results,
        ),
        // Which place is in the form: the network asks the policy for that place.
        post(
            "/practices/{practice}/adopt",
            Access::May(Action::ReadPublished, At::Practice),
            share::adopt,
        ),
        get("/practices/{practice}/words", revise, share::ask_again),
        post("/practices/{practice}/words", revise, share::revise),
        get("/trials/{trial}/share", share, share::ask),
        post("/trials/{trial}/share", share, share::share),
    ]
}
