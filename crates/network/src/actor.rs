//! Who asks: a person with all the roles that they have now, by what way.
//!
//! Who may call this: `people` makes actors from sessions and tokens; every folder is given one.
//! What must stay true: an actor is read anew for each request, so that a role which ended has ended.

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::{GrantId, PersonId, PlaceId, SessionId};

/// What somebody is, somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Anybody, signed in or not.
    Public,
    /// Plans and runs trials at a place: any colleague who works with learners.
    Teacher,
    /// Answers for what colleagues at a place try: ends, reports and shares what they began.
    TeamLead,
    /// Leads a place: approves plans, withdraws results, gives roles.
    PlaceLeader,
    /// Sees what a place does; changes nothing.
    Governor,
    /// Looks after children at a place: sees who takes part in what, and may stop a trial.
    SafeguardingLead,
    /// Watches over people's data at a place or in the network: sees what is planned with it and
    /// who did what, never a pupil's code; changes nothing.
    DataProtectionOfficer,
    /// Reads what was done at a place or in the network; changes nothing.
    Auditor,
    /// Runs people and places for the whole network; sees no trial that is under way.
    NetworkAdministrator,
    /// Leads the network.
    NetworkLead,
    /// Has a shell on the server: founds the network, helps people back in.
    Operator,
}

impl Role {
    /// Every role, in the table's order.
    pub const ALL: [Self; 11] = [
        Self::Public,
        Self::Teacher,
        Self::TeamLead,
        Self::PlaceLeader,
        Self::Governor,
        Self::SafeguardingLead,
        Self::DataProtectionOfficer,
        Self::Auditor,
        Self::NetworkAdministrator,
        Self::NetworkLead,
        Self::Operator,
    ];

    /// What people call it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Public => "anybody",
            Self::Teacher => "teacher",
            Self::TeamLead => "team lead",
            Self::PlaceLeader => "place leader",
            Self::Governor => "governor",
            Self::SafeguardingLead => "safeguarding lead",
            Self::DataProtectionOfficer => "data protection officer",
            Self::Auditor => "auditor",
            Self::NetworkAdministrator => "network administrator",
            Self::NetworkLead => "network lead",
            Self::Operator => "whoever runs the server",
        }
    }

    /// The same with its article: "a teacher", "an auditor".
    #[must_use]
    pub fn with_article(self) -> String {
        let article = if matches!(self, Self::Auditor | Self::Public) {
            "an"
        } else {
            "a"
        };
        format!("{article} {}", self.words())
    }

    /// Whether it is given at a place.
    #[must_use]
    pub const fn is_of_a_place(self) -> bool {
        matches!(
            self,
            Self::Teacher
                | Self::TeamLead
                | Self::PlaceLeader
                | Self::Governor
                | Self::SafeguardingLead
                | Self::DataProtectionOfficer
                | Self::Auditor
        )
    }

    /// Whether it is given for the whole network. Those who look after children or run trials are
    /// known at their place, so their roles reach no further.
    #[must_use]
    pub const fn is_of_the_network(self) -> bool {
        matches!(
            self,
            Self::DataProtectionOfficer
                | Self::Auditor
                | Self::NetworkAdministrator
                | Self::NetworkLead
        )
    }

    /// Whether whoever has it decides for others, so that its being given needs a leader of more
    /// than a few days.
    #[must_use]
    pub const fn leads(self) -> bool {
        matches!(
            self,
            Self::PlaceLeader | Self::NetworkAdministrator | Self::NetworkLead
        )
    }

    /// Whether it only watches, so that nobody is sent to them to have something done.
    #[must_use]
    pub const fn looks_on(self) -> bool {
        matches!(
            self,
            Self::Public | Self::Governor | Self::DataProtectionOfficer | Self::Auditor
        )
    }
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// What they are called, such as "Amina Rashid".
    pub name: String,
    /// Their e-mail address, in lower case.
    pub email: String,
}

/// A person as everybody may know them who sees what they did: by name, without an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Colleague {
    /// Their id.
    pub id: PersonId,
    /// What they are called.
    pub name: String,
}

/// A role that a person has, at a place or for the whole network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// Where; none for the network.
    pub place: Option<PlaceId>,
    /// The place's name, for the page; empty for the network.
    pub place_name: String,
    /// The place's address; empty for the network.
    pub place_slug: String,
    /// Which role.
    #[serde(serialize_with = "role_word")]
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself; none where it stays until somebody ends it.
    pub until: Option<Timestamp>,
}

fn role_word<S: serde::Serializer>(role: &Role, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(role.words())
}

/// By what way somebody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Through {
    /// Nobody is signed in.
    Nobody,
    /// A device that is signed in.
    Session(SessionId),
    /// An API token.
    Token {
        /// Whether it may write.
        may_write: bool,
    },
    /// The command line on the server.
    Shell,
}

impl Through {
    /// The word in the audit log.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Nobody => "public",
            Self::Session(_) => "session",
            Self::Token { .. } => "token",
            Self::Shell => "operator",
        }
    }
}

/// Who asks: a person with all their roles, or nobody in particular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who; none for the public and for the command line.
    pub person: Option<Person>,
    /// Every role that the person has now.
    pub grants: Vec<Grant>,
    /// By what way.
    pub through: Through,
    /// What is missing before any of their roles counts.
    pub missing: Option<Missing>,
    /// The roles that count once it is there.
    withheld: Vec<Grant>,
    retry: Option<Retry>,
}

/// What a person who has signed in must still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Set up a second step, which their roles ask for.
    SettingUp,
    /// Take the second step that they have.
    Taking,
}

impl Actor {
    /// Anybody.
    #[must_use]
    pub const fn public() -> Self {
        Self {
            person: None,
            grants: Vec::new(),
            through: Through::Nobody,
            missing: None,
            withheld: Vec::new(),
            retry: None,
        }
    }

    /// Whoever has a shell on the server.
    #[must_use]
    pub const fn operator() -> Self {
        Self {
            person: None,
            grants: Vec::new(),
            through: Through::Shell,
            missing: None,
            withheld: Vec::new(),
            retry: None,
        }
    }

    pub(crate) const fn signed_in(person: Person, grants: Vec<Grant>, through: Through) -> Self {
        Self {
            person: Some(person),
            grants,
            through,
            missing: None,
            withheld: Vec::new(),
            retry: None,
        }
    }

    /// The same person, none of whose roles counts until something is done.
    pub(crate) fn lacking(mut self, missing: Missing) -> Self {
        self.withheld = std::mem::take(&mut self.grants);
        self.missing = Some(missing);
        self
    }

    /// Who they will be once nothing is missing: for telling what they may know of.
    #[must_use]
    pub fn once_complete(&self) -> Self {
        let mut complete = self.clone();
        complete.grants.append(&mut complete.withheld);
        complete.missing = None;
        complete
    }

    /// The same actor, whose one change in this request is done once whatever the network does.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Whose request, and its key.
    pub(crate) fn retry(&self) -> Option<(String, &Retry)> {
        let retry = self.retry.as_ref()?;
        Some((
            self.person_id()
                .map_or_else(String::new, |id| id.to_string()),
            retry,
        ))
    }

    /// The person's id.
    #[must_use]
    pub fn person_id(&self) -> Option<PersonId> {
        self.person.as_ref().map(|p| p.id)
    }

    /// Whether somebody is signed in.
    #[must_use]
    pub const fn is_signed_in(&self) -> bool {
        self.person.is_some()
    }

    /// Whether the actor has the role anywhere. Everybody is the public.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        match role {
            Role::Public => true,
            Role::Operator => self.through == Through::Shell,
            _ => self.grants.iter().any(|g| g.role == role),
        }
    }

    /// Whether the actor has the role at a place, or for the whole network.
    #[must_use]
    pub fn has_at(&self, role: Role, place: PlaceId) -> bool {
        self.grants
            .iter()
            .any(|g| g.role == role && (g.place == Some(place) || g.place.is_none()))
    }

    /// Whether the actor has the role for the whole network.
    #[must_use]
    pub fn has_in_network(&self, role: Role) -> bool {
        self.grants
            .iter()
            .any(|g| g.role == role && g.place.is_none())
    }

    /// Whether the actor may know that a place's private things exist.
    #[must_use]
    pub fn knows(&self, place: PlaceId) -> bool {
        self.has(Role::Operator)
            || self
                .grants
                .iter()
                .any(|g| g.place == Some(place) || g.place.is_none())
    }

    /// The places where the actor has a role, the earliest first, each once.
    #[must_use]
    pub fn places(&self) -> Vec<PlaceId> {
        let mut places: Vec<PlaceId> = Vec::new();
        for place in self.grants.iter().filter_map(|g| g.place) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }
}

/// A request's Idempotency-Key with the hash of its method, path and body. Given to the actor
/// ([`Actor::with_retry`]), it makes the request's one change happen once: a second time with the
/// same body is [`crate::Error::AlreadyDone`] with what the first one was about, with another body
/// [`crate::Error::KeyReused`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The header's value, at most 255 characters.
    pub key: String,
    /// SHA-256 of method, path and body, in hexadecimal.
    pub body_hash: String,
}
