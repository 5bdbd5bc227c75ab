//! Evaluate my spreadsheet: a file, what each column is, and the answer; no account, no plan.
//!
//! Who may call this: anybody. What must stay true: the file is held in memory for 15 minutes and
//! never written down, and the page says so; the sums are done away from the threads that answer
//! pages.

mod answer;
mod asking;
mod choose;
mod columns;
mod preview;
mod sheet;

use network::Action;

use crate::edge::access::{Access, At};
use crate::routes::{Route, get, post};

/// The desk with the sheets of this part of the site.
pub(crate) type Desk = crate::desk::Desk<sheet::Sheet>;

pub(crate) fn routes() -> Vec<Route> {
    let anybody = Access::May(Action::EvaluateSpreadsheet, At::Network);
    vec![
        get("/evaluate", anybody, choose::ask),
        post("/evaluate", anybody, choose::take).upload(),
        get("/evaluate/example.csv", Access::Everybody, choose::example).bare(),
        get("/evaluate/{sheet}", anybody, columns::ask),
        post("/evaluate/{sheet}", anybody, columns::take),
        post(
            "/evaluate/{sheet}/other-sheet",
            anybody,
            columns::other_sheet,
        ),
        post("/evaluate/{sheet}/forget", anybody, answer::forget),
        get("/evaluate/{sheet}/answer", anybody, answer::show),
        get(
            "/evaluate/{sheet}/answer/{format}",
            anybody,
            answer::download,
        ),
    ]
}
