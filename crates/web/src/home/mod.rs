//! The first page that a stranger sees.

mod pages;

use crate::edge::access::Access;
use crate::routes::{Route, get};

pub(crate) fn routes() -> Vec<Route> {
    vec![get("/", Access::Everybody, pages::home)]
}
