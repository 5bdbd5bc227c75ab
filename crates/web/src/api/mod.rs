//! The whole loop for programs: JSON in, JSON out, one document that says how.
//!
//! Who may call this: programs with a token that a person made in the product; anybody for what is
//! published. What must stay true: the API can do nothing that the person could not do on the pages,
//! and asks the same policy through the same door; every operation stands in the document, because
//! the routes are made from the same list; no number about people leaves but through the disclosure
//! gate.

mod answer;
mod document;
mod goals;
mod operation;
mod pages;
mod people;
mod places;
mod plans;
mod practices;
mod scores;
mod trials;
mod you;

use crate::edge::access::Access;
use crate::routes::{Route, get};

fn operations() -> Vec<operation::Operation> {
    let mut all = you::operations();
    all.extend(places::operations());
    all.extend(goals::operations());
    all.extend(trials::operations());
    all.extend(plans::operations());
    all.extend(people::operations());
    all.extend(scores::operations());
    all.extend(practices::operations());
    all
}

pub(crate) fn routes() -> Vec<Route> {
    let mut all = vec![
        get("/api", Access::Everybody, pages::show),
        get("/api/openapi.json", Access::Everybody, document::show).bare(),
    ];
    all.extend(operations().into_iter().map(|o| o.route));
    all
}
