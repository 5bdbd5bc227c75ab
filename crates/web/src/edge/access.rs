//! Who may come in by a way: declared at the route, asked before anything of the request is read.
//!
//! Who may call this: the table of routes declares it, the guard asks it. What must stay true:
//! there is no default; a person without a role there is told "not found", never "forbidden",
//! because a refusal tells that the thing exists.

use axum::http::HeaderMap;

use super::problem::AppError;
use super::visitor::Visitor;

/// Who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Everybody,
    /// Whoever runs this machine: asked from the machine itself, through no proxy.
    Operator,
}

impl Access {
    pub(crate) fn ask(self, visitor: &Visitor, headers: &HeaderMap) -> Result<(), AppError> {
        match self {
            Access::Everybody => Ok(()),
            Access::Operator => {
                let forwarded = headers.contains_key("x-forwarded-for")
                    || headers.contains_key("forwarded")
                    || headers.contains_key("x-real-ip");
                if visitor.is_on_this_machine() && !forwarded {
                    Ok(())
                } else {
                    Err(AppError::NotFound)
                }
            }
        }
    }
}
