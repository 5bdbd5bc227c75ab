//! A place's goals: setting one, entering and correcting its values, naming what changed.
//!
//! Who may call this: people with a role at the place; a governor reads only. What must stay true:
//! what was typed is still there after an error; a correction shows what it corrected.

mod pages;
mod show;

use network::Action;

use crate::edge::access::{Access, At};
use crate::routes::{Route, get, post};

pub(crate) use show::{GoalFigure, figures};

pub(crate) fn routes() -> Vec<Route> {
    let see = Access::May(Action::SeePlace, At::Place);
    let set = Access::May(Action::SetGoal, At::Place);
    let record = Access::May(Action::RecordValue, At::Place);
    vec![
        get("/places/{place}/goals/new", set, pages::ask),
        post("/places/{place}/goals/new", set, pages::set),
        get("/places/{place}/goals/{goal}", see, show::show),
        post("/places/{place}/goals/{goal}/values", record, pages::enter),
        post("/places/{place}/goals/{goal}/paste", record, pages::paste),
        post("/places/{place}/goals/{goal}/remove", record, pages::remove),
        post("/places/{place}/goals/{goal}/changes", set, pages::change),
        post("/places/{place}/goals/{goal}/end", set, pages::end),
    ]
}
