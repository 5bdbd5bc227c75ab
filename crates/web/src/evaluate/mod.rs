//! Evaluate my spreadsheet: a file, what each column is, and the answer; no account, no plan.
//!
//! Who may call this: anybody. What must stay true: the file is held in memory for 15 minutes and
//! never written down, and the page says so; the sums are done away from the threads that answer
//! pages.

mod desk;
mod pages;

use crate::edge::access::Access;
use crate::routes::{Route, get, post};

/// The desk with the sheets of this part of the site.
pub(crate) type Desk = desk::Desk<pages::Sheet>;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/evaluate", Access::Everybody, pages::choose),
        post("/evaluate", Access::Everybody, pages::take).upload(),
        get("/evaluate/example.csv", Access::Everybody, pages::example).bare(),
    ]
}
