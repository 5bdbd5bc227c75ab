//! Trials: the plan in four screens, its lock, the scores, the result.
//!
//! Who may call this: people with a role at the trial's place; anybody for a reported result. What
//! must stay true: what was typed is still there after an error; no name of a pupil is on any page
//! but the one that answers the teacher who sent it; a locked plan has no form.

mod begin;
mod check;
mod comparison;
mod facts;
mod idea;
mod people;
mod result;
mod running;
mod scores;

use network::Action;

use crate::edge::access::{Access, At};
use crate::routes::{Route, get, post};

pub(crate) use facts::zone;
pub(crate) use running::{Underway, underway};

pub(crate) fn routes() -> Vec<Route> {
    let plan = Access::May(Action::PlanTrial, At::Trial);
    let read = Access::May(Action::ReadPublished, At::Trial);
    let bring = Access::May(Action::BringScores, At::Trial);
    vec![
        post(
            "/places/{place}/trials",
            Access::May(Action::PlanTrial, At::Place),
            begin::begin,
        ),
        get("/trials/{trial}", read, running::show),
        get("/trials/{trial}/plan", read, facts::plan),
        get("/trials/{trial}/plan.json", read, facts::download),
        get("/trials/{trial}/proof.json", read, facts::proof),
        get("/trials/{trial}/families", read, facts::families),
        get("/trials/{trial}/plan/1", plan, idea::ask),
        post("/trials/{trial}/plan/1", plan, idea::save),
        get("/trials/{trial}/plan/2", plan, comparison::ask),
        post("/trials/{trial}/plan/2", plan, comparison::save),
        get("/trials/{trial}/plan/3", plan, people::ask),
        post("/trials/{trial}/plan/3", plan, people::save),
        post("/trials/{trial}/people", plan, people::bring).upload(),
        post("/trials/{trial}/draw", plan, people::draw_again),
        get("/trials/{trial}/plan/4", plan, check::ask),
        post("/trials/{trial}/lock", plan, check::lock),
        post(
            "/trials/{trial}/approve",
            Access::May(Action::ApprovePlan, At::Trial),
            check::approve,
        ),
        post(
            "/trials/{trial}/send-back",
            Access::May(Action::ApprovePlan, At::Trial),
            check::send_back,
        ),
        post(
            "/trials/{trial}/delete",
            Access::May(Action::DeleteDraft, At::Trial),
            begin::delete,
        ),
        post(
            "/trials/{trial}/stop",
            Access::May(Action::StopTrial, At::Trial),
            running::stop,
        ),
        post(
            "/trials/{trial}/deviation",
            Access::May(Action::RecordDeviation, At::Trial),
            running::deviation,
        ),
        get("/trials/{trial}/scores", bring, scores::ask),
        post("/trials/{trial}/scores", bring, scores::bring).upload(),
        get("/trials/{trial}/result.json", read, result::download),
        post(
            "/trials/{trial}/report",
            Access::May(Action::ReportResult, At::Trial),
            result::report,
        ),
        post(
            "/trials/{trial}/withdraw",
            Access::May(Action::WithdrawResult, At::Trial),
            result::withdraw,
        ),
    ]
}
