//! Signing in and out, and what is yours: roles, devices, password, tokens.
//!
//! Who may call this: anybody for signing in; a signed-in person for the rest. What must stay true:
//! nobody learns here whether an address has an account; signing in is tried no more than ten
//! times in five minutes from one address or for one account, and its owner is never locked out
//! of a device that they have used before.

mod second_step;
mod set_up;
mod sign_in;
mod tokens;
mod you;

use network::Action;

use crate::edge::access::{Access, At};
use crate::routes::{Route, get, post};

pub(crate) use second_step::second_step_address;
pub(crate) use set_up::{approval, lines};
pub(crate) use sign_in::sign_in_address;

pub(crate) fn routes() -> Vec<Route> {
    let tokens = Access::May(Action::ManageOwnTokens, At::Self_);
    let own = Access::May(Action::ChangeOwnAccount, At::Self_);
    let step = Access::May(Action::TakeSecondStep, At::Self_);
    vec![
        get(
            "/sign-in",
            Access::May(Action::SignIn, At::Network),
            sign_in::ask,
        ),
        post(
            "/sign-in",
            Access::May(Action::SignIn, At::Network),
            sign_in::try_it,
        ),
        get(
            "/sign-in/demo/{secret}",
            Access::May(Action::SignIn, At::Network),
            sign_in::demo,
        ),
        post(
            "/sign-out",
            Access::May(Action::SignOut, At::Self_),
            sign_in::sign_out,
        ),
        get("/set-up/{secret}", Access::SetUp, set_up::ask),
        post("/set-up/{secret}", Access::SetUp, set_up::found),
        get("/you", own, you::you),
        get("/you/second-step", step, second_step::show),
        post("/you/second-step", step, second_step::enter),
        post("/you/second-step/codes", step, second_step::renew),
        get("/you/tokens", tokens, tokens::show),
        post("/you/tokens", tokens, tokens::make),
        post("/you/tokens/{token}/end", tokens, tokens::end),
        post("/you/password", own, you::change_password),
        post(
            "/you/devices",
            Access::May(Action::SignOut, At::Self_),
            you::end_others,
        ),
    ]
}
