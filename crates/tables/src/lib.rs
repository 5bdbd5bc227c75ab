//! People's files to typed columns, with errors that name row, column and cure.
//!
//! Who may call this: the command line, the web and whoever has a file of somebody's. What must stay
//! true: no input makes it panic; what it can't read it names; it writes nothing to disk of what came
//! as bytes, and knows nothing of networks or accounts.
#![deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may")
)]

mod book;
mod column;
mod error;
mod export;
mod list;
mod places;
mod read;
mod roles;
mod sample;
mod source;
mod table;
pub mod who;
mod with_column;

pub use column::missing::STANDARD as MISSING_WORDS;
pub use column::preview::{Preview, PreviewCell};
pub use column::profile::{ColumnKind, ColumnProfile, NumberProfile, Profile, Strange};
pub use error::{Kind, TableError};
pub use export::neutralise;
pub use list::people::{People, Person, people};
pub use list::scores::{Score, ScoreRow, Scores, scores};
pub use places::cells::Unread;
pub use places::links::{Link, school_links};
pub use places::listed::{ListedPlace, Matching, PlaceColumn, listed_places, match_places};
pub use places::register::{Register, School, Standing, is_register, register};
pub use read::aside::Aside;
pub use read::dialect::Decimal;
pub use read::header::Heading;
pub use read::text::Encoding;
pub use read::{Options, open};
pub use roles::notice::{Notice, worth_a_look};
pub use roles::{Confidence, Guess, Guessed, Question, Role, guess};
pub use sample::asked::Asked;
pub use sample::{FileSample, Missing};
pub use source::Source;
pub use table::{Column, Format, Table};
pub use with_column::Grown;
