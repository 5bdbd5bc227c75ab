//! Trials: a plan is written, its people are listed, lots are drawn, the plan is locked, scores are
//! brought, the result is reported.
//!
//! Who may call this: pages, the API, the demo city; `practices` and `pools` read results. What must
//! stay true: a locked plan is never edited; no name and no score of a pupil is stored (a list keeps
//! codes, groups and what was known before the trial, until its last day); a result is what the
//! engine says and nothing else; a reported result is never changed.

use engine::evaluation::Evaluation;
use engine::trial_plan::TrialPlan;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, PlaceId, PracticeId, ShortId, TrialId};

mod approval;
mod begin;
mod draft;
mod ending;
mod forget;
mod key_sheet;
mod list;
mod lots;
mod matching;
mod question;
mod read;
mod report;
mod scores;
pub(crate) mod store;
mod vouched;
mod who;

pub use approval::{approve, ask_for_lock, lock_unapproved, planned, send_back};
pub use begin::{begin, begin_adoption, delete, save_comparison, save_dates, save_idea};
pub use draft::{Compare, ComparisonAndSize, Dates, Draft, IdeaAndMeasure, Step};
pub use ending::{say_deviation, stop};
pub use forget::forget_lists;
pub use key_sheet::{KeyRow, KeySheet};
pub use list::{ListedPupil, bring_people, recognised};
pub use lots::draw_again;
pub use matching::{Answer, Matching, Unknown};
pub(crate) use read::published;
pub use read::{
    File, TrialResult, draws, learnt, of_place, pupils, reported, result, scope_of, see, under_way,
    waiting_for,
};
pub use report::{report, withdraw};
pub use scores::{Score, ScoreRow, Scores, bring_scores, match_scores};
pub use vouched::{altered, lock_proof};

/// Where a trial stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The plan is being written.
    Draft,
    /// The plan waits for the place leader.
    Asked,
    /// The plan is locked; the trial runs.
    Locked,
    /// It was stopped early; scores can still be brought.
    Stopped,
    /// Scores were brought and the engine has answered; nobody outside the team has seen it.
    Measured,
    /// The result is published.
    Reported,
    /// The result was published and then withdrawn; a tombstone stays.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Asked,
        Self::Locked,
        Self::Stopped,
        Self::Measured,
        Self::Reported,
        Self::Withdrawn,
    ];

    /// The word under which it is kept.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Asked => "asked",
            Self::Locked => "locked",
            Self::Stopped => "stopped",
            Self::Measured => "measured",
            Self::Reported => "reported",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether the plan can still be changed.
    #[must_use]
    pub const fn is_before_lock(self) -> bool {
        matches!(self, Self::Draft | Self::Asked)
    }

    /// Whether scores can be brought.
    #[must_use]
    pub const fn takes_scores(self) -> bool {
        matches!(self, Self::Locked | Self::Stopped | Self::Measured)
    }

    /// Whether anybody may read it.
    #[must_use]
    pub const fn is_published(self) -> bool {
        matches!(self, Self::Reported | Self::Withdrawn)
    }
}

/// That somebody did something, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: PersonId,
}

/// That somebody did something, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reasoned {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: PersonId,
    /// Why, in their own words.
    pub why: String,
}

/// The practice that a trial tries at another place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Adopts {
    /// Which.
    pub practice: PracticeId,
    /// Which version of its words.
    pub version: i32,
    /// What it was called then.
    pub title: String,
}

/// A locked plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lock {
    /// The plan.
    pub plan: TrialPlan,
    /// Its canonical form (RFC 8785): what is downloaded, byte for byte.
    pub canonical: String,
    /// SHA-256 of the canonical form.
    pub hash: String,
    /// When it was locked.
    pub at: Timestamp,
    /// Who approved it; who planned it where no approval is asked.
    pub by: PersonId,
    /// Whether that was before the outcome was known.
    pub before_outcome: bool,
}

/// A trial.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// Its id.
    pub id: TrialId,
    /// Its address: `/trials/<short>`.
    pub short: ShortId,
    /// Where it runs.
    pub place: PlaceId,
    /// Who began it.
    pub begun_by: PersonId,
    /// When.
    pub begun: Timestamp,
    /// When anything of it last changed.
    pub changed: Timestamp,
    /// Where it stands.
    pub state: State,
    /// The plan as it is being written; after the lock, as it was.
    pub draft: Draft,
    /// The practice that it tries, when it does.
    pub adopts: Option<Adopts>,
    /// Who asked the place leader to approve it.
    pub asked: Option<Done>,
    /// When it last came back unapproved.
    pub sent_back: Option<Reasoned>,
    /// The locked plan.
    pub lock: Option<Lock>,
    /// When and why it was stopped early.
    pub stopped: Option<Reasoned>,
    /// When its result was published.
    pub reported: Option<Done>,
    /// When and why its result was withdrawn.
    pub withdrawn: Option<Reasoned>,
    /// When its list of pupils is forgotten; none when there is none.
    pub list_until: Option<Timestamp>,
}

impl Trial {
    /// What it is called.
    #[must_use]
    pub fn title(&self) -> &str {
        let title = self
            .lock
            .as_ref()
            .map_or(&self.draft.idea.title, |lock| &lock.plan.title);
        if title.trim().is_empty() {
            "A trial without a name"
        } else {
            title
        }
    }
}

/// One line of a trial's allocation list, as its team sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pupil {
    /// The code that the product made.
    pub code: String,
    /// Their class or school, when it was given.
    pub class: Option<String>,
    /// A score from before, when it was given.
    pub baseline: Option<f64>,
    /// Whether they are disadvantaged, when it was said.
    pub disadvantaged: Option<bool>,
    /// The group that the lots gave them, or that somebody chose.
    pub group: Option<String>,
}

/// One draw of the lots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Draw {
    /// From 1.
    pub number: i32,
    /// When.
    pub at: Timestamp,
    /// Who pressed the button.
    pub by: PersonId,
    /// From which seed: with the list, anybody can draw the same again.
    pub seed: u64,
    /// How: `simple`, `blocked`, `cluster`; with “, best of 100” where the groups were evened out.
    pub method: String,
    /// SHA-256 of codes and groups.
    pub fingerprint: String,
    /// Whether the plan was locked already.
    pub after_lock: bool,
    /// Why it was drawn again.
    pub why: Option<String>,
}

/// One file of scores, without its scores: what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Brought {
    /// From 1; the last one counts.
    pub number: i32,
    /// When it was brought.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// When the outcome was measured.
    pub measured: Date,
    /// SHA-256 of the file as it came.
    pub file_hash: String,
    /// Pupils on the list.
    pub listed: i32,
    /// Pupils with a score.
    pub matched: i32,
    /// Rows of pupils who are not in the trial.
    pub not_in_trial: i32,
    /// Why it took the place of the one before; none for the first.
    pub why: Option<String>,
    /// The engine's version.
    pub engine: String,
    /// What the engine said.
    pub evaluation: Evaluation,
}
