//! What a record is about, whatever its kind.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A thing that an audit entry is about: its kind and its id, such as `trial` and its UUID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thing {
    /// Such as `trial`.
    pub kind: String,
    /// Its id, as it stands in the database.
    pub id: String,
}

impl Thing {
    /// A thing of a kind.
    pub(crate) fn new(kind: &str, id: impl fmt::Display) -> Self {
        Self {
            kind: kind.to_owned(),
            id: id.to_string(),
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}
