//! The register of schools: `edubasealldata…csv` of "Get information about schools" (GIAS), one row for
//! each school that is, was or will be.
//!
//! Who may call this: whoever brings the register into a network. What must stay true: only the URN and
//! the name must be there; a column that the file lacks is told, so that nobody takes it for empty.
//!
//! Columns: <https://www.get-information-schools.service.gov.uk/Guidance>, as of 2026; Windows-1252 or UTF-8.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::cells::{self, Cell, Line, Unread};
use crate::error::{Kind, TableError};
use crate::table::Table;

/// The heading of the key.
const URN: &str = "URN";

/// Whether a school is open, by the register's own code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Open (code 1).
    Open,
    /// Closed (code 2).
    Closed,
    /// Open, but proposed to close (code 3).
    ProposedToClose,
    /// Proposed to open (code 4).
    ProposedToOpen,
}

impl Standing {
    /// Whether it belongs into a list of schools of today.
    #[must_use]
    pub fn is_open(self) -> bool {
        self != Self::Closed
    }
}

macro_rules! school {
    ($($(#[doc = $doc:literal])+ $field:ident: $kind:ty = $heading:literal;)*) => {
        /// A school as the register has it. What is unknown is empty.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct School {
            /// The row in the file.
            #[serde(skip)]
            pub row: u64,
            /// Its unique reference number, six digits.
            pub urn: String,
            /// Whether it is open.
            pub standing: Standing,
            $($(#[doc = $doc])+ #[serde(default = "Cell::blank", skip_serializing_if = "Cell::is_blank")] pub $field: $kind,)*
        }

        /// Where each column is in this file.
        struct Columns { urn: usize, $($field: Option<usize>,)* }

        impl Columns {
            fn find(table: &Table) -> Result<Self, TableError> {
                Ok(Self {
                    urn: needed(table, URN)?,
                    $($field: cells::find(table, $heading)?,)*
                })
            }
            /// The field and the heading of each column that the file lacks.
            fn absent(&self) -> Vec<(&'static str, &'static str)> {
                let mut absent = Vec::new();
                $(if self.$field.is_none() { absent.push((stringify!($field), $heading)); })*
                absent
            }
            fn read(&self, line: &mut Line<'_>, urn: String) -> Result<School, TableError> {
                let mut school = School {
                    row: line.row,
                    urn,
                    standing: Standing::Open,
                    $($field: match self.$field {
                        Some(column) => Cell::read(line, column, $heading)?,
                        None => Cell::blank(),
                    },)*
                };
                school.standing = standing(&school);
                Ok(school)
            }
        }
    };
}

school! {
    /// What it is called.
    name: String = "EstablishmentName";
    /// Its number as a provider of learning.
    ukprn: String = "UKPRN";
    /// The local authority's code, such as 383.
    authority: Option<u32> = "LA (code)";
    /// The local authority's name.
    authority_name: String = "LA (name)";
    /// Its number within the local authority.
    number: Option<u32> = "EstablishmentNumber";
    /// The code of its type, such as 34 for a converted academy.
    sort: Option<u32> = "TypeOfEstablishment (code)";
    /// Its type.
    sort_name: String = "TypeOfEstablishment (name)";
    /// The code of its group of types, such as 10 for academies.
    group: Option<u32> = "EstablishmentTypeGroup (code)";
    /// The code of its status; see [`School::standing`].
    status: Option<u32> = "EstablishmentStatus (code)";
    /// Its status in words.
    status_name: String = "EstablishmentStatus (name)";
    /// When it opened.
    opened: Option<Date> = "OpenDate";
    /// When it closed or will close.
    closed: Option<Date> = "CloseDate";
    /// The phase, such as Primary.
    phase: String = "PhaseOfEducation (name)";
    /// The youngest age, in years.
    youngest: Option<u32> = "StatutoryLowAge";
    /// The oldest age, in years.
    oldest: Option<u32> = "StatutoryHighAge";
    /// Pupils on the roll.
    pupils: Option<u32> = "NumberOfPupils";
    /// Places for pupils.
    capacity: Option<u32> = "SchoolCapacity";
    /// Pupils with free school meals, in per cent.
    free_meals_percent: Option<f64> = "PercentageFSM";
    /// Pupils with free school meals.
    free_meals: Option<u32> = "FSM";
    /// Pupils with a statement or plan for special needs.
    special_needs_plan: Option<u32> = "SENStat";
    /// Pupils with special needs and no plan.
    special_needs: Option<u32> = "SENNoStat";
    /// The code of its trust.
    trust: Option<u32> = "Trusts (code)";
    /// Its trust.
    trust_name: String = "Trusts (name)";
    /// The code of its federation.
    federation: String = "Federations (code)";
    /// Street and number.
    street: String = "Street";
    /// The part of the town.
    locality: String = "Locality";
    /// A third line of the address.
    address_3: String = "Address3";
    /// The town.
    town: String = "Town";
    /// The county.
    county: String = "County (name)";
    /// The postcode.
    postcode: String = "Postcode";
    /// Its website.
    website: String = "SchoolWebsite";
    /// Its telephone number.
    telephone: String = "TelephoneNum";
    /// The ward.
    ward: String = "AdministrativeWard (name)";
    /// The small area of the census.
    small_area: String = "LSOA (code)";
    /// The middle area of the census.
    middle_area: String = "MSOA (code)";
    /// Town or country, as the census has it.
    urban_rural: String = "UrbanRural (name)";
    /// Metres east on the British National Grid; 0 where unknown.
    easting: Option<u32> = "Easting";
    /// Metres north on the British National Grid; 0 where unknown.
    northing: Option<u32> = "Northing";
    /// The authority that it belonged to before.
    previous_authority: Option<u32> = "PreviousLA (code)";
    /// Its number there.
    previous_number: Option<u32> = "PreviousEstablishmentNumber";
    /// When its entry changed last.
    changed: Option<Date> = "LastChangedDate";
}

/// What is to be said of a register besides its schools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// Schools read.
    pub rows: u64,
    /// Columns that the file lacks: the field of [`School`], and the heading.
    pub absent: Vec<(&'static str, &'static str)>,
    /// Cells that were left empty because they can't be read.
    pub unread: Vec<Unread>,
}

/// Reads the register, school by school. The head's name is personal and is not read.
///
/// # Errors
/// When it is no register (no column `URN` or `EstablishmentName`), a URN is not six digits or comes
/// twice, a school has no name, a row breaks off, letters were lost, or `each` says so.
///
/// # Examples
/// ```
/// use difference_tables::{Options, Source, open, register};
/// let csv = "URN,EstablishmentName,EstablishmentStatus (code),Town\r\n\
///            999001,Thornbeck Primary School,1,Aireford\r\n\
///            999002,Kirkfold Primary School,2,Aireford\r\n";
/// let table = open(Source::bytes("edubasealldata.csv", csv.as_bytes()), &Options::default())?;
/// let mut open = Vec::new();
/// let read = register(&table, &mut |school| {
///     if school.standing.is_open() {
///         open.push(school.name);
///     }
///     Ok(())
/// })?;
/// assert_eq!((read.rows, open), (2, vec!["Thornbeck Primary School".to_owned()]));
/// # Ok::<(), difference_tables::TableError>(())
/// ```
pub fn register(
    table: &Table,
    each: &mut dyn FnMut(School) -> Result<(), TableError>,
) -> Result<Register, TableError> {
    let columns = Columns::find(table)?;
    needed(table, "EstablishmentName")?;
    let mut unread = BTreeMap::new();
    let mut seen: HashMap<u32, u64> = HashMap::new();
    let passed = table.pass(false, &mut |row, record| {
        cells::refuse_half(record, row, table)?;
        let urn = cells::text(record, columns.urn, row, URN)?;
        let number = six_digits(&urn).map_err(|e| e.at_row(row).in_column(URN))?;
        if let Some(before) = seen.insert(number, row) {
            return Err(cells::twice(&urn, URN, before, row));
        }
        let mut line = Line {
            row,
            record,
            unread: &mut unread,
        };
        let school = columns.read(&mut line, urn)?;
        if school.name.is_empty() {
            return Err(TableError::new(
                Kind::HalfRow,
                "This school has no name.",
                "Get the file again from where it came from, or give the school its name.",
            )
            .at_row(row)
            .in_column("EstablishmentName"));
        }
        each(school)
    })?;
    Ok(Register {
        rows: cells::refuse_aside(&passed)?,
        absent: columns.absent(),
        unread: unread.into_values().collect(),
    })
}

/// Whether a table has the register's two columns that must be there.
#[must_use]
pub fn is_register(table: &Table) -> bool {
    needed(table, URN).is_ok() && needed(table, "EstablishmentName").is_ok()
}

fn needed(table: &Table, heading: &str) -> Result<usize, TableError> {
    let exact = |e: &TableError| e.kind == Kind::NoSuchColumn;
    table.column(heading).map(|c| c.index).map_err(|error| {
        let found = exact(&error);
        let mut error = error.in_column(heading);
        if found {
            error.cure = "The register is the file edubasealldata….csv of “Get information about schools”. Bring it as it was downloaded.".to_owned();
        }
        error
    })
}

pub(super) fn six_digits(urn: &str) -> Result<u32, TableError> {
    let fits = urn.len() == 6 && urn.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| urn.parse().ok()).flatten().ok_or_else(|| {
        let says = if urn.is_empty() {
            "There is no URN here.".to_owned()
        } else {
            format!("“{urn}” is not a URN: it has to be six digits.")
        };
        TableError::new(
            Kind::NotAKey,
            says,
            "Get the file again from where it came from, or correct the row.",
        )
    })
}

/// By the status's code, else its words, else whether it has a day of closing.
fn standing(school: &School) -> Standing {
    match (school.status, school.status_name.as_str()) {
        (Some(1), _) => Standing::Open,
        (Some(2), _) => Standing::Closed,
        (Some(3), _) => Standing::ProposedToClose,
        (Some(4), _) => Standing::ProposedToOpen,
        (_, "Closed") => Standing::Closed,
        (_, "Open, but proposed to close") => Standing::ProposedToClose,
        (_, "Proposed to open") => Standing::ProposedToOpen,
        (None, "") if school.closed.is_some() => Standing::Closed,
        _ => Standing::Open,
    }
}
