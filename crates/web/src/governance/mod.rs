//! The audit log, and how the network is kept, for those who may read it.
//!
//! Who may call this: whoever the policy lets read who did what, at a place or in the network. What must
//! stay true: nothing here changes anything.

mod log;
mod standards;

use network::{Action, Scope};

use crate::edge::access::{Access, At};
use crate::edge::visitor::Visitor;
use crate::frame::Frame;
use crate::routes::{Route, get};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/log",
            Access::May(Action::ReadAudit, At::Network),
            log::of_network,
        ),
        get(
            "/places/{place}/log",
            Access::May(Action::ReadAudit, At::Place),
            log::of_place,
        ),
        get(
            "/standards",
            Access::May(Action::ReadAudit, At::Network),
            standards::show,
        ),
    ]
}

/// The way to a page of the network's, for those who can open it.
fn under_the_network(frame: Frame, visitor: &Visitor) -> Frame {
    if visitor.actor().may(Action::ManageNetwork, Scope::network()) {
        frame.under("The network", "/network")
    } else {
        frame.under("People of the network", "/network/people")
    }
}
