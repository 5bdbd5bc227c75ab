//! The one policy: role × action × scope, in one table.
//!
//! Who may call this: the door before every change, every function that reads something private,
//! and pages that decide whether to show a button ([`Actor::may`]). What must stay true: what is
//! not in the table is not allowed; somebody with no role at a place can't tell that its private
//! things exist.

pub use crate::actor::Role;
use crate::actor::{Actor, Through};
use crate::error::{Error, Result};
use crate::ids::{PersonId, PlaceId};

use Reach::{All, No, Own, Place};

/// How far a role reaches with an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nowhere.
    No,
    /// What the person began themselves (and, at a place, still has the role there).
    Own,
    /// Everything of the place where the person has the role; everything, for a role that was given
    /// for the whole network.
    Place,
    /// Everywhere in the network.
    All,
}

/// What something is about: a place's, a person's, both, or the whole network's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The place whose it is.
    pub place: Option<PlaceId>,
    /// The person who began it, or whose it is.
    pub person: Option<PersonId>,
}

impl Scope {
    /// The network's.
    #[must_use]
    pub const fn network() -> Self {
        Self {
            place: None,
            person: None,
        }
    }
    /// A place's.
    #[must_use]
    pub const fn place(place: PlaceId) -> Self {
        Self {
            place: Some(place),
            person: None,
        }
    }
    /// A person's own, such as a session.
    #[must_use]
    pub const fn person(person: PersonId) -> Self {
        Self {
            place: None,
            person: Some(person),
        }
    }
    /// A thing that a person began at a place, such as a trial.
    #[must_use]
    pub const fn begun(place: PlaceId, by: PersonId) -> Self {
        Self {
            place: Some(place),
            person: Some(by),
        }
    }
}

macro_rules! table {
    ($($(#[doc = $doc:literal])* $action:ident: $($reach:ident)*;)*) => {
        /// What can be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[doc = $doc])* $action,)* }

        impl Action {
            /// Every action, in the table's order.
            pub const ALL: &[Self] = &[$(Self::$action,)*];

            /// The table's row: how far each role reaches, in the order of [`Role::ALL`].
            #[must_use]
            pub const fn row(self) -> [Reach; Role::ALL.len()] {
                match self { $(Self::$action => [$($reach),*],)* }
            }
        }
    };
}

table! {
//                        public teacher team  place govern safe  dpo   audit admin lead  operator
    /// Read places, practices, reported results and pools.
    ReadPublished:        All    All     All   All   All    All   All   All   All   All   All;
    /// Evaluate a spreadsheet; nothing is kept.
    EvaluateSpreadsheet:  All    All     All   All   All    All   All   All   All   All   All;
    /// Try to sign in.
    SignIn:               All    All     All   All   All    All   All   All   All   All   All;
    /// Sign out, here or on another device.
    SignOut:              Own    Own     Own   Own   Own    Own   Own   Own   Own   Own   No;
    /// Set up, take and renew one's own second step at sign-in.
    TakeSecondStep:       Own    Own     Own   Own   Own    Own   Own   Own   Own   Own   No;
    /// See one's own name and roles.
    SeeOwnAccount:        Own    Own     Own   Own   Own    Own   Own   Own   Own   Own   No;
    /// Change one's own name, e-mail or password.
    ChangeOwnAccount:     Own    Own     Own   Own   Own    Own   Own   Own   Own   Own   No;
    /// Make and end one's own API tokens.
    ManageOwnTokens:      Own    Own     Own   Own   Own    Own   Own   Own   Own   Own   No;

    /// See a place's home: goals, trials under way, this week.
    SeePlace:             No     Place   Place Place Place  Place Place Place All   All   No;
    /// See who has which role at a place.
    SeePeople:            No     Place   Place Place Place  Place Place Place All   All   All;
    /// Give and end roles at a place.
    ManagePeople:         No     No      No    Place No     No    No    No    All   All   All;
    /// Change a place's name, address and contact.
    ManagePlace:          No     No      No    Place No     No    No    No    All   All   All;
    /// Begin a cluster of places, ask others in, answer, leave, hand it over.
    ManageClusters:       No     No      No    Place No     No    No    No    All   All   No;
    /// Add a place.
    AddPlace:             No     No      No    No    No     No    No    No    All   All   All;
    /// Bring a list of places, such as the register of schools, and see what earlier ones did.
    ImportPlaces:         No     No      No    No    No     No    No    No    All   All   All;
    /// Change the network's name, purpose, contact and settings.
    ManageNetwork:        No     No      No    No    No     No    No    No    All   All   All;
    /// Give and end the network’s own roles.
    NamePeopleOfNetwork:  No     No      No    No    No     No    No    No    No    All   All;
    /// Found the network, with its first person.
    FoundNetwork:         No     No      No    No    No     No    No    No    No    No    All;
    /// Give a person a new password.
    ResetPassword:        No     No      No    No    No     No    No    No    No    No    All;
    /// Take away the second step of somebody who has lost phone and recovery codes.
    RemoveSecondStep:     No     No      No    No    No     No    No    No    All   All   All;
    /// Write down that roles have ended whose last day is past.
    EndPastRoles:         No     No      No    No    No     No    No    No    No    No    All;
    /// Read who did what.
    ReadAudit:            No     No      No    Place Place  No    Place Place All   All   All;

    /// Set, change and end a goal.
    SetGoal:              No     Place   Place Place No     No    No    No    No    No    No;
    /// Add and correct a goal's values.
    RecordValue:          No     Place   Place Place No     No    No    No    No    No    No;

    /// See a plan before its lock.
    SeeDraft:             No     Place   Place Place No     Place Place No    No    No    No;
    /// See a locked plan and how its trial goes.
    SeeTrial:             No     Place   Place Place Place  Place Place Place No    All   No;
    /// See codes and groups, and match pupils.
    SeePupils:            No     Place   Place Place No     Place No    No    No    No    No;
    /// Begin a trial, fill in its plan, bring its people, draw lots, ask for the lock.
    PlanTrial:            No     Place   Place Place No     No    No    No    No    No    No;
    /// Delete a plan before its lock.
    DeleteDraft:          No     Own     Place Place No     No    No    No    No    No    No;
    /// Approve a plan, which locks it.
    ApprovePlan:          No     No      No    Place No     No    No    No    No    No    No;
    /// Lock a plan without approval, where the network asks for none.
    LockUnapproved:       No     Place   Place Place No     No    No    No    No    No    No;
    /// Stop a trial early.
    StopTrial:            No     Own     Place Place No     Place No    No    No    No    No;
    /// Say that something was done otherwise than planned.
    RecordDeviation:      No     Place   Place Place No     No    No    No    No    No    No;
    /// Bring scores, match them, replace a wrong file.
    BringScores:          No     Place   Place Place No     No    No    No    No    No    No;
    /// Report a result, which freezes it.
    ReportResult:         No     Own     Place Place No     No    No    No    No    No    No;
    /// Withdraw a reported result, which leaves a tombstone.
    WithdrawResult:       No     No      No    Place No     No    No    No    No    All   No;

    /// Make backups, and try them.
    KeepBackups:          No     No      No    No    No     No    No    No    No    No    All;
    /// Forget lists of pupils on their last day.
    ForgetLists:          No     No      No    No    No     No    No    No    No    No    All;

    /// Share a result as a practice, and change its words.
    SharePractice:        No     Own     Place Place No     No    No    No    No    No    No;
}

/// What the policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allowed,
    /// Nobody is signed in, and the thing is no secret.
    SignIn,
    /// The asker may know of it, but not do this.
    Refused,
    /// The asker may not even know of it.
    Hidden,
    /// The asker's second step at sign-in is missing.
    SecondStep,
    /// An API token tries what only a signed-in person may, or a reading token writes.
    TokenTooNarrow,
}

/// What a person must do themselves, on a device where they signed in: never by a token.
const IN_PERSON: &[Action] = &[
    Action::ChangeOwnAccount,
    Action::ManageOwnTokens,
    Action::TakeSecondStep,
];

/// What somebody may do as themselves before their second step.
const BEFORE_SECOND_STEP: &[Action] = &[Action::SignOut, Action::TakeSecondStep];

/// What the policy says of an actor, an action and a scope.
#[must_use]
pub fn decide(actor: &Actor, action: Action, scope: Scope) -> Decision {
    if matches!(actor.through, Through::Token { .. }) && IN_PERSON.contains(&action) {
        return Decision::TokenTooNarrow;
    }
    if actor.missing.is_some() && !BEFORE_SECOND_STEP.contains(&action) {
        if reaches(&Actor::public(), action, scope) {
            return Decision::Allowed;
        }
        return match decide(&actor.once_complete(), action, scope) {
            Decision::Hidden => Decision::Hidden,
            _ => Decision::SecondStep,
        };
    }
    if reaches(actor, action, scope) {
        return Decision::Allowed;
    }
    match scope.place {
        Some(place) if actor.knows(place) => Decision::Refused,
        Some(_) => Decision::Hidden,
        None if actor.person.is_none() => Decision::SignIn,
        None if scope.person.is_some() => Decision::Hidden,
        None => Decision::Refused,
    }
}

fn reaches(actor: &Actor, action: Action, scope: Scope) -> bool {
    let is_own = scope.person.is_some() && scope.person == actor.person_id();
    let row = action.row();
    Role::ALL.iter().zip(row).any(|(role, reach)| match reach {
        Reach::No => false,
        Reach::All => actor.has(*role),
        Reach::Place => match (scope.place, scope.person) {
            (Some(place), _) => actor.has_at(*role, place),
            (None, None) => actor.has_in_network(*role),
            (None, Some(_)) => false,
        },
        Reach::Own => {
            is_own
                && match scope.place {
                    Some(place) => actor.has_at(*role, place),
                    None => actor.has(*role),
                }
        }
    })
}

/// Asks the policy, and answers in words when it says no.
///
/// # Errors
/// [`Error::NotFound`] where the asker may not know of the thing; [`Error::SignIn`] or
/// [`Error::NotAllowed`] otherwise.
pub fn ask(actor: &Actor, action: Action, scope: Scope) -> Result<()> {
    match decide(actor, action, scope) {
        Decision::Allowed => Ok(()),
        Decision::SignIn => Err(Error::SignIn),
        Decision::Hidden => Err(Error::NotFound),
        Decision::SecondStep => Err(Error::SecondStep),
        Decision::TokenTooNarrow => Err(Error::not_allowed(
            "An API token can’t do this. Sign in and do it yourself.",
        )),
        Decision::Refused => Err(Error::not_allowed(refusal(action))),
    }
}

/// Whom to ask instead.
fn refusal(action: Action) -> String {
    let row = action.row();
    let who: Vec<&str> = Role::ALL
        .iter()
        .zip(row)
        .filter(|(role, reach)| *reach != Reach::No && !role.looks_on())
        .map(|(role, reach)| match (role, reach) {
            (Role::Teacher, Reach::Own) => "whoever began it",
            (role, _) => role.words(),
        })
        .collect();
    match who.split_last() {
        None => "Nobody can do this here.".to_owned(),
        Some((one, [])) => {
            format!("You can’t do this yourself. Ask the {one}.").replace("the whoever", "whoever")
        }
        Some((last, rest)) => format!(
            "You can’t do this yourself. Ask the {} or the {last}.",
            rest.join(", the ")
        )
        .replace("the whoever", "whoever"),
    }
}

impl Actor {
    /// Whether the policy allows it: what a page asks before it shows a button.
    #[must_use]
    pub fn may(&self, action: Action, scope: Scope) -> bool {
        decide(self, action, scope) == Decision::Allowed
    }
}
