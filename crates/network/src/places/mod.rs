//! Places: schools, nurseries, colleges and centres, and the network they belong to.
//!
//! Who may call this: pages, the API, the command line, the demo city. What must stay true: a
//! place's old addresses keep leading to it; no two places ever had the same address.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::ids::{NetworkId, PlaceId};

pub mod clusters;
pub mod import;
mod manage;
mod network;
pub(crate) mod store;

pub use manage::{add_place, all, by_id, by_slug, change_place, search};
pub use network::{change_network, is_founded, network_profile, today};

/// How many values a place or a network stands for.
const MOST_VALUES: usize = 5;
/// How many letters a value takes.
const LONGEST_VALUE: usize = 80;

/// A place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Its id.
    pub id: PlaceId,
    /// The last part of its address, such as `thornbeck`.
    pub slug: String,
    /// What it is called and where it is.
    #[serde(flatten)]
    pub profile: PlaceProfile,
    /// The day on which it closed; none while it is open.
    pub closed_on: Option<Date>,
    /// The place that came after it, when it has closed.
    pub followed_by: Option<PlaceId>,
}

/// What is said of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceProfile {
    /// Such as "Thornbeck Primary School".
    pub name: String,
    /// Such as "school", "nursery", "college", "library".
    pub kind: String,
    /// Such as "primary"; empty when it has none.
    pub phase: String,
    /// Such as "Aireford".
    pub town: String,
    /// Its number in the register of schools, when it has one.
    pub urn: Option<String>,
    /// Who looks after it, for people who can't sign in.
    pub contact_name: Option<String>,
    /// Their telephone number.
    pub contact_phone: Option<String>,
    /// What it is here for, in its own words; empty until somebody has said it.
    #[serde(default)]
    pub purpose: String,
    /// What it stands for, a few words each, five at most.
    #[serde(default)]
    pub values: Vec<String>,
}

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// To this place.
    Here(Box<Place>),
    /// To a place whose address is now this slug: redirect.
    MovedTo(String),
}

/// The network itself: what it is for, and whom to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetworkProfile {
    /// Its id.
    pub id: NetworkId,
    /// What it says of itself.
    #[serde(flatten)]
    pub about: About,
    /// Its time zone, such as `Europe/London`: decides what "today" is.
    pub time_zone: String,
    /// Whether a place leader approves each plan before it is locked.
    pub leader_approves: bool,
    /// Since when.
    pub founded: Timestamp,
}

/// What a network says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Such as "Aireford Learning Network".
    pub name: String,
    /// What it is here for, in a sentence or two.
    pub purpose: String,
    /// What it stands for, a few words each.
    pub values: Vec<String>,
    /// A named person to ask, such as "Ruth Adeyemi".
    pub contact_name: String,
    /// What they are, such as "network lead".
    pub contact_role: String,
    /// Their telephone number.
    pub contact_phone: String,
    /// Their e-mail address.
    pub contact_email: String,
}

impl About {
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut needs = |text: &str, field, says: &str| {
            let letters = text.trim().chars().count();
            if letters == 0 || letters > 600 {
                problems.push(Problem::new(field, says));
            }
        };
        needs(
            &self.name,
            "name",
            "Enter the network’s name, such as Aireford Learning Network.",
        );
        needs(
            &self.purpose,
            "purpose",
            "Enter what the network is here for, in a sentence or two.",
        );
        needs(
            &self.contact_name,
            "contact_name",
            "Enter the name of a person to ask.",
        );
        needs(
            &self.contact_phone,
            "contact_phone",
            "Enter that person’s telephone number.",
        );
        problems.extend(values_problem(&self.values));
        problems
    }
}

impl PlaceProfile {
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let letters = self.name.trim().chars().count();
        if letters == 0 || letters > 160 {
            problems.push(Problem::new(
                "name",
                "Enter the place’s name, such as Thornbeck Primary School.",
            ));
        }
        if self.kind.trim().is_empty() {
            problems.push(Problem::new(
                "kind",
                "Enter what kind of place it is, such as school.",
            ));
        }
        if let Some(urn) = &self.urn
            && (urn.len() != 6 || !urn.bytes().all(|b| b.is_ascii_digit()))
        {
            problems.push(Problem::new(
                "urn",
                "Enter the six digits of its URN, or leave it empty.",
            ));
        }
        if self.purpose.chars().count() > 600 {
            problems.push(Problem::new(
                "purpose",
                "Say what the place is here for in a sentence or two: 600 letters at most.",
            ));
        }
        problems.extend(values_problem(&self.values));
        problems
    }
}

/// What is wrong with values, if anything: five at most, a few words each, each once.
fn values_problem(values: &[String]) -> Option<Problem> {
    let says = if values.len() > MOST_VALUES {
        format!(
            "Choose the {MOST_VALUES} values that matter most. You have {}.",
            values.len()
        )
    } else if let Some(long) = values.iter().find(|v| v.chars().count() > LONGEST_VALUE) {
        let begins: String = long.chars().take(30).collect();
        format!("Say “{begins}…” in a few words: {LONGEST_VALUE} letters at most.")
    } else if let Some(again) = (values.iter().enumerate())
        .find(|(at, value)| values.iter().take(*at).any(|before| before == *value))
    {
        format!("“{}” is there twice. Once is enough.", again.1)
    } else {
        return None;
    };
    Some(Problem::new("values", says))
}

/// The address that a name suggests: lower-case letters and digits joined by hyphens.
#[must_use]
pub fn slug_from(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut slug = String::new();
    for letter in name.nfkd() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if (letter.is_whitespace() || "-–—/&.,".contains(letter))
            && !slug.ends_with('-')
            && !slug.is_empty()
        {
            slug.push('-');
        }
    }
    slug.truncate(60);
    slug.trim_matches('-').to_owned()
}

/// What is wrong with an address, if anything.
pub(crate) fn slug_problem(slug: &str) -> Option<Problem> {
    let fits = !slug.is_empty()
        && slug.len() <= 60
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        && slug
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (!fits || slug == "new").then(|| {
        Problem::new(
            "slug",
            "Enter the end of the place’s address in lower-case letters, digits and hyphens, such as thornbeck.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{slug_from, slug_problem};

    #[test]
    fn a_name_suggests_its_address() {
        assert_eq!(
            slug_from("Thornbeck Primary School"),
            "thornbeck-primary-school"
        );
        assert_eq!(
            slug_from("St Hilda’s Catholic Primary"),
            "st-hildas-catholic-primary"
        );
        assert_eq!(
            slug_from("  Bryn Mawr — Coleg (Gwynedd) "),
            "bryn-mawr-coleg-gwynedd"
        );
        assert_eq!(slug_from("École Élémentaire"), "ecole-elementaire");
    }

    #[test]
    fn an_address_is_plain() {
        assert!(slug_problem("thornbeck").is_none());
        for bad in ["", "Thornbeck", "thorn beck", "-a", "a-", "new", "ümlaut"] {
            assert!(slug_problem(bad).is_some(), "{bad}");
        }
    }
}
