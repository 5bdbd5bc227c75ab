//! What a list says of a place, and how that meets what the place says of itself.
//!
//! What must stay true: a list changes what it said itself before and nobody has changed since; what
//! it does not speak of is as it was.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Field;
use crate::error::{Error, Result};
use crate::places::PlaceProfile;

/// What a list says of what a place's page says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    pub(crate) name: String,
    pub(crate) kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) phase: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) town: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) contact: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) telephone: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) closed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closed_on: Option<Date>,
}

/// What a list speaks of at all.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each thing that a list may leave out"
)]
pub(crate) struct Speaks {
    pub(crate) kind: bool,
    pub(crate) phase: bool,
    pub(crate) town: bool,
    pub(crate) contact: bool,
    pub(crate) telephone: bool,
    pub(crate) closed: bool,
}

impl Said {
    /// What it says together with what it said before of things that it does not speak of now.
    pub(crate) fn over(&self, before: &Self, speaks: Speaks) -> Self {
        let text = |speaks: bool, now: &String, then: &String| {
            if speaks { now.clone() } else { then.clone() }
        };
        Self {
            name: self.name.clone(),
            kind: text(speaks.kind, &self.kind, &before.kind),
            phase: text(speaks.phase, &self.phase, &before.phase),
            town: text(speaks.town, &self.town, &before.town),
            contact: text(speaks.contact, &self.contact, &before.contact),
            telephone: text(speaks.telephone, &self.telephone, &before.telephone),
            closed: if speaks.closed {
                self.closed
            } else {
                before.closed
            },
            closed_on: if speaks.closed {
                self.closed_on
            } else {
                before.closed_on
            },
        }
    }

    /// Puts what the list says now where the page still says what the list said before. Without a
    /// "before" the list is new to the place, and only what is empty is filled in.
    pub(crate) fn put(
        &self,
        before: Option<&Self>,
        profile: &mut PlaceProfile,
        fields: &mut Vec<Field>,
    ) {
        let was = before.cloned().unwrap_or_default();
        let mut one = |name: &str, was: &str, now: &str, here: &mut String| {
            if was == now {
                return;
            }
            let free = here == was || here.is_empty() || here == now;
            fields.push(Field {
                name: name.to_owned(),
                before: was.to_owned(),
                after: now.to_owned(),
                kept: !free,
            });
            if free && !now.is_empty() {
                now.clone_into(here);
            }
        };
        one("name", &was.name, &self.name, &mut profile.name);
        one("kind", &was.kind, &self.kind, &mut profile.kind);
        one("phase", &was.phase, &self.phase, &mut profile.phase);
        one("town", &was.town, &self.town, &mut profile.town);
        let mut some = |name: &str, was: &str, now: &str, here: &mut Option<String>| {
            let mut text = here.clone().unwrap_or_default();
            one(name, was, now, &mut text);
            *here = Some(text).filter(|t| !t.is_empty());
        };
        some(
            "contact",
            &was.contact,
            &self.contact,
            &mut profile.contact_name,
        );
        some(
            "telephone",
            &was.telephone,
            &self.telephone,
            &mut profile.contact_phone,
        );
    }

    pub(crate) fn stored(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::Unexpected(format!("a listing: {e}")))
    }

    pub(crate) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|e| Error::Unexpected(format!("a listing: {e}")))
    }
}

/// The facts of a list together with those from before whose columns the file lacks.
pub(crate) fn facts_over(now: &str, before: &str, absent: &[&'static str]) -> Result<String> {
    if absent.is_empty() || now == before {
        return Ok(now.to_owned());
    }
    let mut all = facts(now)?;
    let old = facts(before)?;
    for name in absent {
        if let Some(value) = old.get(*name) {
            all.insert((*name).to_owned(), value.clone());
        }
    }
    stored_facts(&all)
}

/// What differs between two lines of facts.
pub(crate) fn differences(before: &str, now: &str) -> Result<Vec<Field>> {
    let (old, new) = (facts(before)?, facts(now)?);
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| Field {
            name: name.clone(),
            before: shown(old.get(name)),
            after: shown(new.get(name)),
            kept: false,
        })
        .collect())
}

/// Facts as they are kept: in the order of their names, so that equal facts are equal texts.
pub(crate) fn stored_facts(facts: &Map<String, Value>) -> Result<String> {
    let sorted: std::collections::BTreeMap<&String, &Value> = facts.iter().collect();
    serde_json::to_string(&sorted).map_err(|e| Error::Unexpected(format!("facts: {e}")))
}

fn facts(text: &str) -> Result<Map<String, Value>> {
    if text.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_str(text).map_err(|e| Error::Unexpected(format!("facts: {e}")))
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
