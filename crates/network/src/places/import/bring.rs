//! From a file's rows to places that could be brought.
//!
//! What must stay true: nothing is looked up in the network here; what can't become a place is refused
//! with its row and column.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tables::{
    ListedPlace, Matching, PlaceColumn, School, Table, TableError, Unread, listed_places, register,
    school_links,
};

use super::said::{Said, Speaks, stored_facts};
use super::{Bringing, Incoming, REGISTER};

/// The longest name that a place can have.
const LONGEST_NAME: usize = 160;
/// What the page says already, and the row: no fact beside it.
const ON_THE_PAGE: [&str; 4] = ["name", "town", "urn", "standing"];

/// A local authority of the register, and how many of its schools are open.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Area {
    /// Its code, such as 383.
    pub code: u32,
    /// Its name.
    pub name: String,
    /// Schools that are open.
    pub open: u64,
}

impl Bringing {
    /// The register of schools, with its links where they are at hand.
    ///
    /// # Errors
    /// When a file can't be read as what it should be; see [`tables::register`].
    pub fn register(table: &Table, links: Option<&Table>) -> Result<Self, TableError> {
        let follows = links.map(school_links).transpose()?.unwrap_or_default();
        let mut places = Vec::new();
        let read = register(table, &mut |school| {
            places.push(of_school(school)?);
            Ok(())
        })?;
        let lacks = |field: &str| read.absent.iter().any(|(name, _)| *name == field);
        let speaks = Speaks {
            kind: !lacks("sort"),
            phase: !lacks("phase"),
            town: !lacks("town"),
            contact: false,
            telephone: !lacks("telephone"),
            closed: !(lacks("status") && lacks("status_name") && lacks("closed")),
        };
        let mut notes = unread_words(&read.unread);
        if !read.absent.is_empty() {
            let headings: Vec<&str> = read.absent.iter().map(|(_, h)| *h).collect();
            notes.push(format!(
                "The file lacks {} that a register usually has ({}). What is known from before stays.",
                if headings.len() == 1 { "a column".to_owned() } else { format!("{} columns", headings.len()) },
                shortened(&headings)
            ));
        }
        Ok(Self {
            list: REGISTER.to_owned(),
            is_register: true,
            file: table.name().to_owned(),
            fingerprint: table.source().fingerprint()?,
            places,
            follows,
            speaks,
            absent: read.absent.iter().map(|(field, _)| *field).collect(),
            notes,
        })
    }

    /// Any list of places, once it is said what its columns are. `name` is what the list is called: by
    /// it and a place's key the place is known again. `kind` is what a place is where the list does not
    /// say.
    ///
    /// # Errors
    /// When the list has no name or can't be read; see [`tables::listed_places`].
    pub fn list(
        table: &Table,
        name: &str,
        matching: &Matching,
        kind: &str,
    ) -> Result<Self, TableError> {
        let list = name
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase();
        if list.is_empty() || list.chars().count() > 80 {
            return Err(TableError::new(
                tables::Kind::RoleMissing,
                "The list has no name.",
                "Say what it is called, such as children’s centres. By that name its places are known again next time.",
            ));
        }
        let mut places = Vec::new();
        let (_, unread) = listed_places(table, matching, &mut |place| {
            places.push(of_listed(place, matching, kind)?);
            Ok(())
        })?;
        let has = |column| matching.contains_key(&column);
        Ok(Self {
            list,
            is_register: false,
            file: table.name().to_owned(),
            fingerprint: table.source().fingerprint()?,
            places,
            follows: Vec::new(),
            speaks: Speaks {
                kind: has(PlaceColumn::Kind) || !kind.trim().is_empty(),
                phase: has(PlaceColumn::Phase),
                town: has(PlaceColumn::Town),
                contact: has(PlaceColumn::Contact),
                telephone: has(PlaceColumn::Telephone),
                closed: has(PlaceColumn::Closed),
            },
            absent: Vec::new(),
            notes: unread_words(&unread),
        })
    }

    /// The local authorities of the list's open places, by name; none where it knows of none.
    #[must_use]
    pub fn areas(&self) -> Vec<Area> {
        let mut areas: BTreeMap<u32, Area> = BTreeMap::new();
        for place in self.places.iter().filter(|p| !p.said.closed) {
            let Some(code) = place.area else { continue };
            let area = areas.entry(code).or_insert_with(|| Area {
                code,
                name: name_of_area(&place.facts).unwrap_or_else(|| code.to_string()),
                open: 0,
            });
            area.open += 1;
        }
        let mut areas: Vec<Area> = areas.into_values().collect();
        areas.sort_by(|a, b| a.name.cmp(&b.name));
        areas
    }

    /// Places of the list.
    #[must_use]
    pub fn rows(&self) -> u64 {
        u64::try_from(self.places.len()).unwrap_or(u64::MAX)
    }
}

fn name_of_area(facts: &str) -> Option<String> {
    let facts: Map<String, Value> = serde_json::from_str(facts).ok()?;
    Some(facts.get("authority_name")?.as_str()?.to_owned())
}

fn of_school(school: School) -> Result<Incoming, TableError> {
    refuse_long(&school.name, school.row, "EstablishmentName")?;
    let facts = facts_of(&school)?;
    Ok(Incoming {
        row: school.row,
        said: Said {
            kind: kind_of(&school).to_owned(),
            phase: phase_of(&school).to_owned(),
            closed: !school.standing.is_open(),
            closed_on: school.closed.filter(|_| !school.standing.is_open()),
            name: school.name,
            town: school.town,
            contact: String::new(),
            telephone: school.telephone,
        },
        key: school.urn,
        facts,
        area: school.authority,
    })
}

fn facts_of(school: &School) -> Result<String, TableError> {
    let told = |e: String| TableError::new(tables::Kind::Damaged, e, "Tell us.").at_row(school.row);
    let Ok(Value::Object(mut facts)) = serde_json::to_value(school) else {
        return Err(told("This row can’t be kept.".to_owned()));
    };
    for name in ON_THE_PAGE {
        facts.remove(name);
    }
    stored_facts(&facts).map_err(|e| told(e.to_string()))
}

/// What kind of place a school is, by the codes of its type.
fn kind_of(school: &School) -> &'static str {
    match (school.group, school.sort) {
        (_, Some(15)) => "nursery",
        (Some(1), _) | (_, Some(18 | 31 | 32 | 39 | 45 | 46)) => "college",
        (Some(2), _) | (_, Some(29)) => "university",
        _ => "school",
    }
}

fn phase_of(school: &School) -> &'static str {
    match school.phase.as_str() {
        "Primary" => "primary",
        "Secondary" => "secondary",
        "Middle deemed primary" | "Middle deemed secondary" => "middle",
        "All-through" => "all-through",
        "16 plus" => "16 plus",
        _ if school.group == Some(5) || matches!(school.sort, Some(33 | 36 | 44)) => "special",
        _ => "",
    }
}

fn of_listed(place: ListedPlace, matching: &Matching, kind: &str) -> Result<Incoming, TableError> {
    let heading = |column| matching.get(&column).map_or("", String::as_str);
    refuse_long(&place.name, place.row, heading(PlaceColumn::Name))?;
    let own = place.kind.trim();
    let kind = if own.is_empty() { kind.trim() } else { own };
    if kind.is_empty() {
        let error = TableError::new(
            tables::Kind::HalfRow,
            "Nothing says what kind of place this is.",
            "Say what all places of the list are, such as children’s centre, or which column says it.",
        );
        return Err(match matching.get(&PlaceColumn::Kind) {
            Some(column) => error.at_row(place.row).in_column(column),
            None => error,
        });
    }
    Ok(Incoming {
        row: place.row,
        said: Said {
            kind: kind.to_lowercase(),
            phase: place.phase.to_lowercase(),
            closed: place.closed.is_some(),
            closed_on: place.closed,
            name: place.name,
            town: place.town,
            contact: place.contact,
            telephone: place.telephone,
        },
        key: place.key,
        facts: String::new(),
        area: None,
    })
}

fn refuse_long(name: &str, row: u64, heading: &str) -> Result<(), TableError> {
    if name.chars().count() <= LONGEST_NAME {
        return Ok(());
    }
    Err(TableError::new(
        tables::Kind::EndlessCell,
        format!("This name is longer than {LONGEST_NAME} letters."),
        "Shorten it, or look for a quotation mark that is opened and never closed.",
    )
    .at_row(row)
    .in_column(heading))
}

fn unread_words(unread: &[Unread]) -> Vec<String> {
    unread
        .iter()
        .map(|u| {
            let cells = if u.cells == 1 {
                "1 cell".to_owned()
            } else {
                format!("{} cells", u.cells)
            };
            format!(
                "{cells} of “{}” can’t be read and count as empty; the first is row {}, “{}”.",
                u.column, u.row, u.holds
            )
        })
        .collect()
}

fn shortened(words: &[&str]) -> String {
    match words {
        [a, b, c, d, rest @ ..] if !rest.is_empty() => {
            format!("{a}, {b}, {c}, {d} and {} more", rest.len())
        }
        _ => words.join(", "),
    }
}
