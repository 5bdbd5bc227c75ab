//! Bringing many places at once: England's register of schools, or any list of places.
//!
//! Who may call this: pages, the API and the command line. What must stay true: what would happen can
//! be seen before it happens; an import is done whole or not at all; the same file a second time
//! changes nothing; what a place says of itself in its own words is not overwritten; a school that
//! becomes another keeps its history.

mod apply;
mod bring;
mod done;
mod plan;
mod said;
pub(crate) mod store;

use serde::Serialize;
use tables::Link;

use crate::ids::{ImportId, PlaceId};

pub use apply::apply;
pub use bring::Area;
pub use done::{Done, Line, done, imports};
pub use plan::preview;

use said::{Said, Speaks};

/// What the register of schools is called as a list.
pub const REGISTER: &str = "register of schools in England";

/// A list of places that was read from a file and is not in the network yet.
#[derive(Debug)]
pub struct Bringing {
    /// What the list is called; a place is known again by its key in a list.
    pub(crate) list: String,
    pub(crate) is_register: bool,
    /// The file's name.
    pub(crate) file: String,
    /// SHA-256 of the file.
    pub(crate) fingerprint: String,
    pub(crate) places: Vec<Incoming>,
    /// Which school came after which.
    pub(crate) follows: Vec<Link>,
    /// What the list speaks of.
    pub(crate) speaks: Speaks,
    /// Facts that it can't have, because the file lacks their columns.
    pub(crate) absent: Vec<&'static str>,
    /// What is worth knowing about the file.
    pub(crate) notes: Vec<String>,
}

/// A place as a list has it.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) row: u64,
    pub(crate) key: String,
    pub(crate) said: Said,
    /// Everything else that the list knows, as one line of JSON.
    pub(crate) facts: String,
    /// The local authority.
    pub(crate) area: Option<u32>,
}

/// What somebody wants of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Add places of these local authorities only; of all, when it is not said. Places that are here
    /// already are brought up to date wherever they are.
    pub areas: Option<Vec<u32>>,
}

/// What happens to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It is new here.
    Added,
    /// What the list says of it has changed.
    Changed,
    /// It goes on under another number, as a school does that becomes an academy.
    WentOn,
    /// It has closed.
    Closed,
}

impl What {
    /// The word for it, as it is stored too.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::WentOn => "went on",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "added" => Self::Added,
            "went on" => Self::WentOn,
            "closed" => Self::Closed,
            _ => Self::Changed,
        }
    }
}

/// One thing that the list says otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Field {
    /// What it is about, such as `name` or `pupils`.
    pub name: String,
    /// What the list said before; empty where it said nothing.
    pub before: String,
    /// What it says now.
    pub after: String,
    /// The place's own words differ from what the list said, and stay.
    pub kept: bool,
}

/// What happens to one place that is here already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happens.
    pub what: What,
    /// The place's address.
    pub place: String,
    /// What it is called here.
    pub name: String,
    /// Its key in the list.
    pub key: String,
    /// The row in the file.
    pub row: u64,
    /// What is different.
    pub fields: Vec<Field>,
}

/// A place that would be new here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct New {
    /// Its key in the list.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub town: String,
    /// The row in the file.
    pub row: u64,
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Counts {
    /// Places of the list.
    pub rows: u64,
    /// Places that are new here.
    pub added: u64,
    /// Places of which the list says something else than before.
    pub changed: u64,
    /// Places that go on under another number.
    pub went_on: u64,
    /// Places that have closed.
    pub closed: u64,
    /// Places of which it says the same as before.
    pub unchanged: u64,
    /// Places that were not wanted, or were closed before they came here.
    pub left_out: u64,
}

impl Counts {
    /// Whether nothing would happen.
    #[must_use]
    pub const fn is_nothing(self) -> bool {
        self.added + self.changed + self.went_on + self.closed == 0
    }
}

/// What an import would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The list's name.
    pub list: String,
    /// The file's name.
    pub file: String,
    /// SHA-256 of the file.
    pub fingerprint: String,
    /// How many of each.
    pub counts: Counts,
    /// The places that would be new.
    pub added: Vec<New>,
    /// What would happen to places that are here.
    pub changes: Vec<Change>,
    /// What is worth knowing before it is done.
    pub notes: Vec<String>,
}

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was done: its record, and what was done.
    Done(ImportId, Box<Preview>),
    /// There was nothing to do, and nothing was written.
    Nothing(Box<Preview>),
    /// Since it was looked at, something else would happen: look again.
    Otherwise(Box<Preview>),
}

/// What happens to each place of a list, ready to be done.
pub(crate) struct Plan {
    pub(crate) added: Vec<usize>,
    pub(crate) changes: Vec<Planned>,
    pub(crate) counts: Counts,
    pub(crate) notes: Vec<String>,
    /// Every address that a place has or had.
    pub(crate) addresses: std::collections::HashSet<String>,
}

/// What happens to one place that is here.
pub(crate) struct Planned {
    pub(crate) what: What,
    pub(crate) place: crate::places::Place,
    /// The place of the list that says so.
    pub(crate) incoming: usize,
    /// The place of the list as which it goes on.
    pub(crate) goes_on_as: Option<usize>,
    /// Which place comes after it, when it has closed.
    pub(crate) followed_by: Option<Follower>,
    /// What its page says afterwards.
    pub(crate) after: crate::places::Place,
    /// What the list has said of it afterwards.
    pub(crate) said: Said,
    pub(crate) facts: String,
    pub(crate) fields: Vec<Field>,
}

/// A place that comes after a closed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follower {
    /// One that is here.
    Here(PlaceId),
    /// One that this import adds.
    Added(usize),
}
