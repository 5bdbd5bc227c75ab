//! How we judge, what we keep, and for whom this works: the pages behind the footer.

mod pages;

use crate::edge::access::Access;
use crate::routes::{Route, get};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/how-we-judge", Access::Everybody, pages::how_we_judge),
        get("/privacy", Access::Everybody, pages::privacy),
        get("/accessibility", Access::Everybody, pages::accessibility),
    ]
}
