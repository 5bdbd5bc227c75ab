//! A place's home, and the page of it that anybody may read.
//!
//! Who may call this: anybody; what a page shows depends on the reader's role there. What must
//! stay true: whoever has no role at a place sees nothing of its work but what it has shared.

mod clusters;
mod import;
mod manage;
mod network;
mod pages;
mod people;

pub use people::first_password;

use ::network::Action;

pub(crate) use import::Lists;
pub(crate) use manage::KINDS;

use crate::edge::access::{Access, At};
use crate::routes::{Route, get, post};

pub(crate) fn routes() -> Vec<Route> {
    let add = Access::May(Action::AddPlace, At::Network);
    let change = Access::May(Action::ManagePlace, At::Place);
    let people = Access::May(Action::ManagePeople, At::Place);
    let lead = Access::May(Action::ManageNetwork, At::Network);
    let name = Access::May(Action::NamePeopleOfNetwork, At::Network);
    let see = Access::May(Action::SeePlace, At::Place);
    let read = Access::May(Action::ReadPublished, At::Network);
    let cluster = Access::May(Action::ManageClusters, At::Place);
    let mut routes = import::routes();
    routes.extend([
        get("/clusters", read, clusters::all),
        get("/clusters/{cluster}", read, clusters::show),
        get("/places/{place}/clusters", see, clusters::of_place),
        post("/places/{place}/clusters", cluster, clusters::begin),
        post(
            "/places/{place}/clusters/{cluster}/answer",
            cluster,
            clusters::answer,
        ),
        post(
            "/places/{place}/clusters/{cluster}/change",
            cluster,
            clusters::change,
        ),
        post(
            "/places/{place}/clusters/{cluster}/invite",
            cluster,
            clusters::invite,
        ),
        post(
            "/places/{place}/clusters/{cluster}/hand-over",
            cluster,
            clusters::hand_over,
        ),
    ]);
    routes.extend([
        get(
            "/places/{place}",
            Access::May(Action::ReadPublished, At::Place),
            pages::home,
        ),
        get("/places/new", add, manage::ask_new),
        post("/places/new", add, manage::add),
        get("/places/{place}/change", change, manage::ask_change),
        post("/places/{place}/change", change, manage::change),
        get(
            "/places/{place}/people",
            Access::May(Action::SeePeople, At::Place),
            self::people::show,
        ),
        post("/places/{place}/people", people, self::people::give),
        post(
            "/places/{place}/people/{grant}/end",
            people,
            self::people::end,
        ),
        get(
            "/network/people",
            Access::May(Action::SeePeople, At::Network),
            self::people::show_network,
        ),
        post("/network/people", name, self::people::give_in_network),
        post(
            "/network/people/{grant}/end",
            name,
            self::people::end_in_network,
        ),
        post(
            "/network/people/{person}/lost-phone",
            Access::May(Action::RemoveSecondStep, At::Network),
            self::people::lost_phone,
        ),
        get("/network", lead, self::network::ask),
        post("/network", lead, self::network::change),
    ]);
    routes
}
