//! A place's home, and the page of it that anybody may read.
//!
//! Who may call this: anybody; what a page shows depends on the reader's role there. What must
//! stay true: whoever has no role at a place sees nothing of its work but what it has shared.

mod pages;

use network::Action;

use crate::edge::access::{Access, At};
use crate::routes::{Route, get};

pub(crate) fn routes() -> Vec<Route> {
    vec![get(
        "/places/{place}",
        Access::May(Action::ReadPublished, At::Place),
        pages::home,
    )]
}
