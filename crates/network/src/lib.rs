//! The city: rules and storage for places, people, goals, trials, practices and pools, one folder
//! for each word of the loop.
//!
//! Who may call this: `web` (pages and the API) and the binary (wiring, the demo city). What must
//! stay true: every change goes through the one door (`Network::write`), which asks the policy
//! first and commits only together with its audit entry; no other room holds a writable
//! connection; no row of a trial's scores is ever stored.

mod actor;
mod clock;
mod database;
mod door;
mod error;
mod handle;
mod ids;
mod log;
mod migrations;
mod randomness;
#[cfg(test)]
mod schema;
mod secrets;
mod thing;

pub mod backups;
pub mod goals;
pub mod governance;
pub mod people;
pub mod places;
pub mod pools;
pub mod practices;
pub mod standards;
pub mod trials;

pub use actor::{Actor, Retry};
pub use clock::{Clock, SystemClock};
pub use error::{Error, Problem, Result};
pub use governance::disclosure::{self, Audience};
pub use governance::policy::{Action, Reach, Role, Scope};
pub use handle::{Network, Settings};
pub use ids::{
    ChangeId, ClusterId, EntryId, GoalId, GrantId, ImportId, NetworkId, PersonId, PlaceId,
    PracticeId, SessionId, ShortId, TokenId, TrialId, ValueId,
};
pub use randomness::{Randomness, SystemRandomness};
pub use thing::Thing;
