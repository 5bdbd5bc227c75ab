//! What things are called: UUIDv7 newtypes, one for each kind, and the short public ids of trials.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::randomness::Randomness;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            DeriveValueType,
        )]
        pub struct $name(pub(crate) Uuid);

        impl $name {
            /// A new one.
            pub(crate) fn new(at: Timestamp, randomness: &dyn Randomness) -> Self {
                Self(version_7(at, randomness))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Error;
            /// A text that is no id is nothing that exists.
            fn from_str(text: &str) -> Result<Self, Error> {
                Uuid::parse_str(text).map(Self).map_err(|_| Error::NotFound)
            }
        }

        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    };
}

id!(
    /// A recovery code.
    CodeId
);
id!(
    /// The network itself.
    NetworkId
);
id!(
    /// A place.
    PlaceId
);
id!(
    /// A person with an account.
    PersonId
);
id!(
    /// A role that a person has somewhere.
    GrantId
);
id!(
    /// A signed-in device.
    SessionId
);
id!(
    /// An API token.
    TokenId
);
id!(
    /// A goal.
    GoalId
);
id!(
    /// A value of a goal's measure, as it was entered once.
    ValueId
);
id!(
    /// A dated, named change of how a goal's measure is worked at.
    ChangeId
);
id!(
    /// An entry of the audit log.
    EntryId
);
id!(
    /// A trial; in addresses it goes by its [`ShortId`].
    TrialId
);
id!(
    /// A practice.
    PracticeId
);
id!(
    /// A cluster of places.
    ClusterId
);
id!(
    /// An import of a list of places.
    ImportId
);

/// UUIDv7 from the network's own clock and randomness, so that tests hold both.
fn version_7(at: Timestamp, randomness: &dyn Randomness) -> Uuid {
    let mut random = [0_u8; 10];
    randomness.fill(&mut random);
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

/// A short public id, such as the one in `/trials/k3f9tq2m`: eight letters and digits that can be
/// read out (no 0, 1, i, l, o, u), 39 random bits; the caller draws again if one is taken.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, DeriveValueType,
)]
pub struct ShortId(pub(crate) String);

impl ShortId {
    const ALPHABET: &[u8; 30] = b"23456789abcdefghjkmnpqrstvwxyz";

    /// A new one.
    pub(crate) fn new(randomness: &dyn Randomness) -> Self {
        let mut text = String::with_capacity(8);
        while text.len() < 8 {
            let mut byte = [0_u8];
            randomness.fill(&mut byte);
            // 240 = 8 × 30: the bytes above it would favour the first letters.
            if let [b] = byte
                && b < 240
                && let Some(letter) = Self::ALPHABET.get(usize::from(b % 30))
            {
                text.push(char::from(*letter));
            }
        }
        Self(text)
    }

    /// The text in the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ShortId {
    type Err = Error;
    /// A text that is no short id is nothing that exists.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fits = text.len() == 8 && text.bytes().all(|b| Self::ALPHABET.contains(&b));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::NotFound)
        }
    }
}
