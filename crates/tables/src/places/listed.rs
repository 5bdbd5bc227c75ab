//! Anybody's list of places: any table, once it is said which column is what.
//!
//! Who may call this: whoever brings places of other countries or other services into a network. What
//! must stay true: every place has a name, and a key by which it is known again next time: its number
//! where the list has numbers, else its name and town.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::cells::{self, Cell, Line, Unread};
use crate::column::order::fold;
use crate::error::{Kind, TableError};
use crate::table::Table;

/// What a column of a list of places can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceColumn {
    /// What the place is called.
    Name,
    /// Its number in that list, by which it is known again.
    Number,
    /// What kind of place it is.
    Kind,
    /// The phase, such as primary.
    Phase,
    /// Where it is.
    Town,
    /// Whom to ask.
    Contact,
    /// Their telephone number.
    Telephone,
    /// The day on which it closed.
    Closed,
}

impl PlaceColumn {
    /// Every one, in the order in which people think of them.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::Number,
        Self::Kind,
        Self::Phase,
        Self::Town,
        Self::Contact,
        Self::Telephone,
        Self::Closed,
    ];

    /// The word for it in a form or a call.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Number => "number",
            Self::Kind => "kind",
            Self::Phase => "phase",
            Self::Town => "town",
            Self::Contact => "contact",
            Self::Telephone => "telephone",
            Self::Closed => "closed",
        }
    }

    /// Headings that mean it, in lower case; the likelier first.
    const fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "name",
                "place",
                "school",
                "school name",
                "setting",
                "setting name",
                "centre",
                "centre name",
                "site",
                "site name",
                "establishment",
                "establishmentname",
                "organisation",
                "organization",
                "institution",
                "provider",
                "provider name",
                "nom",
                "name der schule",
                "schule",
                "nombre",
                "naam",
                "denominazione",
            ],
            Self::Number => &[
                "number",
                "id",
                "code",
                "school code",
                "school id",
                "reference",
                "ref",
                "key",
                "urn",
                "uai",
                "seed",
                "seedcode",
                "schulnummer",
                "codice",
                "numéro",
                "numero",
                "brin",
                "identifier",
            ],
            Self::Kind => &[
                "kind",
                "type",
                "sort",
                "category",
                "service",
                "kind of place",
            ],
            Self::Phase => &["phase", "stage", "level", "phase of education"],
            Self::Town => &[
                "town", "city", "locality", "district", "area", "ort", "ville", "commune",
                "ciudad", "plaats", "comune",
            ],
            Self::Contact => &["contact", "contact name", "person to ask"],
            Self::Telephone => &[
                "telephone",
                "phone",
                "tel",
                "telephone number",
                "phone number",
                "contact number",
                "telefon",
                "téléphone",
            ],
            Self::Closed => &[
                "closed",
                "close date",
                "closed on",
                "closing date",
                "closure date",
            ],
        }
    }
}

/// Which column is what.
pub type Matching = BTreeMap<PlaceColumn, String>;

/// A place as a list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPlace {
    /// The row in the file.
    pub row: u64,
    /// What it is known by in this list.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// What kind of place it is; empty when the list does not say.
    pub kind: String,
    /// The phase.
    pub phase: String,
    /// Where it is.
    pub town: String,
    /// Whom to ask.
    pub contact: String,
    /// Their telephone number.
    pub telephone: String,
    /// When it closed.
    pub closed: Option<Date>,
}

/// What the headings say, as far as they do.
///
/// ```
/// use difference_tables::{Options, PlaceColumn, Source, match_places, open};
/// let csv = "Centre name,Ort,Telefon\nHaus am See,Kiel,0431 1234\n";
/// let table = open(Source::bytes("places.csv", csv.as_bytes()), &Options::default())?;
/// let matching = match_places(&table);
/// assert_eq!(matching.get(&PlaceColumn::Name).map(String::as_str), Some("Centre name"));
/// assert_eq!(matching.get(&PlaceColumn::Number), None);
/// # Ok::<(), difference_tables::TableError>(())
/// ```
#[must_use]
pub fn match_places(table: &Table) -> Matching {
    let mut matching = Matching::new();
    for wanted in PlaceColumn::ALL {
        let found = wanted.headings().iter().find_map(|word| {
            table
                .columns()
                .map(|c| c.heading.name.as_str())
                .find(|name| fold(name) == *word && !matching.values().any(|taken| taken == name))
        });
        if let Some(name) = found {
            matching.insert(wanted, name.to_owned());
        }
    }
    matching
}

/// Reads a list of places, place by place; gives how many there were and which cells were left empty.
///
/// # Errors
/// When no column is the name or a column is not there, a place has no name or no number, two places
/// have the same number (or the same name and town, without numbers), a row breaks off, or letters
/// were lost.
pub fn listed_places(
    table: &Table,
    matching: &Matching,
    each: &mut dyn FnMut(ListedPlace) -> Result<(), TableError>,
) -> Result<(u64, Vec<Unread>), TableError> {
    let mut at: BTreeMap<PlaceColumn, (usize, &str)> = BTreeMap::new();
    for (wanted, heading) in matching {
        let column = table.column(heading)?;
        at.insert(*wanted, (column.index, column.heading.name.as_str()));
    }
    let Some((_, name_heading)) = at.get(&PlaceColumn::Name).copied() else {
        return Err(TableError::new(
            Kind::RoleMissing,
            "No column is the name of the place.",
            "Say which column holds what each place is called.",
        ));
    };
    let number_heading = at.get(&PlaceColumn::Number).map(|(_, h)| *h);
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut unread = BTreeMap::new();
    let passed = table.pass(false, &mut |row, record| {
        cells::refuse_half(record, row, table)?;
        let text = |wanted| match at.get(&wanted) {
            Some((column, heading)) => cells::text(record, *column, row, heading),
            None => Ok(String::new()),
        };
        let name = text(PlaceColumn::Name)?;
        if name.is_empty() {
            return Err(without("name", name_heading, row));
        }
        let town = text(PlaceColumn::Town)?;
        let key = match number_heading {
            Some(heading) => {
                let number = text(PlaceColumn::Number)?;
                if number.is_empty() {
                    return Err(without("number", heading, row));
                }
                number
            }
            None => format!("{} · {}", fold(&name), fold(&town)),
        };
        if let Some(before) = seen.insert(key.clone(), row) {
            let heading = number_heading.unwrap_or(name_heading);
            let shown = if number_heading.is_some() {
                &key
            } else {
                &name
            };
            return Err(cells::twice(shown, heading, before, row));
        }
        let closed = match at.get(&PlaceColumn::Closed) {
            Some((column, _)) => {
                let mut line = Line {
                    row,
                    record,
                    unread: &mut unread,
                };
                Cell::read(&mut line, *column, "closed")?
            }
            None => None,
        };
        each(ListedPlace {
            row,
            key,
            name,
            kind: text(PlaceColumn::Kind)?,
            phase: text(PlaceColumn::Phase)?,
            town,
            contact: text(PlaceColumn::Contact)?,
            telephone: text(PlaceColumn::Telephone)?,
            closed,
        })
    })?;
    let rows = cells::refuse_aside(&passed)?;
    Ok((rows, unread.into_values().collect()))
}

fn without(what: &str, heading: &str, row: u64) -> TableError {
    TableError::new(
        Kind::HalfRow,
        format!("This place has no {what}."),
        format!("Give it its {what}, or delete the row."),
    )
    .at_row(row)
    .in_column(heading)
}
