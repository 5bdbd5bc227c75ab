//! Whether we are alive, whether we are ready, and the figures for whoever runs this.
//!
//! Who may call this: load balancers, monitoring. What must stay true: no address, name or
//! identifier of a person is a label.

mod measures;
mod pages;

use crate::edge::access::Access;
use crate::routes::{Route, get};

pub(crate) use measures::{Measures, measure};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/healthz", Access::Everybody, pages::healthz).bare(),
        get("/readyz", Access::Everybody, pages::readyz).bare(),
        get("/metrics", Access::Operator, pages::metrics).bare(),
    ]
}
