//! Lists of pupils and of scores, uploaded or pasted, with headings or without.
//!
//! Who may call this: the web's trial pages. What must stay true: a row is never dropped in silence;
//! nothing is guessed that a wrong guess would give to the wrong pupil.

pub(crate) mod people;
pub(crate) mod scores;

use crate::column::profile::{ColumnKind, ColumnProfile, Profile};
use crate::error::{Kind, TableError};
use crate::read::{self, Options};
use crate::roles::heading::{self, Names};
use crate::roles::holds_upns;
use crate::source::Source;
use crate::table::Table;

/// A list as a table, with headings or without.
pub(crate) struct List {
    pub table: Table,
    pub profile: Profile,
    pub has_headings: bool,
}

impl List {
    pub(crate) fn read(source: Source, options: &Options) -> Result<Self, TableError> {
        let table = match read::open(source.clone(), options) {
            // One heading that says what it is makes a row of headings.
            Ok(table)
                if !table.is_text() || table.columns().any(|c| is_heading(&c.heading.written)) =>
            {
                table
            }
            Ok(_) => return Self::bare(source, options),
            Err(e) if matches!(e.kind, Kind::NoHeadings | Kind::OnlyHeadings) => {
                return Self::bare(source, options);
            }
            Err(e) => return Err(e),
        };
        let profile = table.profile()?;
        Ok(Self {
            table,
            profile,
            has_headings: true,
        })
    }

    fn bare(source: Source, options: &Options) -> Result<Self, TableError> {
        let table = read::open_bare(source, options)?;
        let profile = table.profile()?;
        Ok(Self {
            table,
            profile,
            has_headings: false,
        })
    }

    /// The columns that say who a row is about.
    pub(crate) fn who(&self) -> Who {
        if self.has_headings {
            self.who_by_heading()
        } else {
            self.who_by_content()
        }
    }

    fn who_by_heading(&self) -> Who {
        let mut found = Who::default();
        for column in &self.profile.columns {
            let parts = heading::parts(&column.name);
            let has = |word: &str| parts.iter().any(|p| p == word);
            match heading::read(&column.name).names {
                Names::Number if found.upn.is_none() && (has("upn") || holds_upns(column)) => {
                    found.upn = Some(column.index)
                }
                Names::Number if found.code.is_none() => found.code = Some(column.index),
                Names::Person if has("surname") || has("family") || has("last") => {
                    found.surname = Some(column.index)
                }
                Names::Person
                    if has("forename") || has("given") || has("first") || has("preferred") =>
                {
                    found.forename = Some(column.index);
                }
                Names::Person if column.kind == ColumnKind::Numbers && found.code.is_none() => {
                    found.code = Some(column.index)
                }
                Names::Person if found.name.is_none() => found.name = Some(column.index),
                _ if holds_upns(column) && found.upn.is_none() => found.upn = Some(column.index),
                _ => {}
            }
        }
        found
    }

    fn who_by_content(&self) -> Who {
        let mut found = Who::default();
        let columns = &self.profile.columns;
        found.upn = columns.iter().find(|c| holds_upns(c)).map(|c| c.index);
        let mut texts = columns.iter().filter(|c| {
            matches!(c.kind, ColumnKind::Text | ColumnKind::Words)
                && Some(c.index) != found.upn
                && mostly_different(c)
        });
        match (texts.next(), texts.next()) {
            // "Rashid, Amina" on each line was parted by its comma.
            (Some(a), Some(b))
                if a.index + 1 == b.index
                    && one_word(a, &self.table)
                    && one_word(b, &self.table) =>
            {
                let surname_first = matches!(
                    self.table.format(),
                    crate::Format::Text { delimiter: ',', .. }
                );
                let (surname, forename) = if surname_first { (a, b) } else { (b, a) };
                found.surname = Some(surname.index);
                found.forename = Some(forename.index);
            }
            (Some(a), _) => found.name = Some(a.index),
            (None, _) => {
                found.code = columns
                    .iter()
                    .find(|c| c.all_different() && Some(c.index) != found.upn)
                    .filter(|_| found.upn.is_none())
                    .map(|c| c.index);
            }
        }
        found
    }
}

/// The columns that say who a row is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Who {
    pub name: Option<usize>,
    pub forename: Option<usize>,
    pub surname: Option<usize>,
    pub upn: Option<usize>,
    pub code: Option<usize>,
}

impl Who {
    pub(crate) fn is_found(&self) -> bool {
        self.name
            .or(self.surname)
            .or(self.forename)
            .or(self.upn)
            .or(self.code)
            .is_some()
    }

    pub(crate) fn holds(&self, index: usize) -> bool {
        [self.name, self.forename, self.surname, self.upn, self.code].contains(&Some(index))
    }

    /// Name, UPN and code of a row.
    pub(crate) fn of(&self, cells: &[String]) -> Named {
        let get = |index: Option<usize>| {
            index
                .and_then(|i| cells.get(i))
                .map(|c| read::header::tidy(c))
                .filter(|c| !c.is_empty())
        };
        let name = get(self.name).or_else(|| match (get(self.forename), get(self.surname)) {
            (Some(forename), Some(surname)) => Some(format!("{forename} {surname}")),
            (one, other) => one.or(other),
        });
        Named {
            name,
            upn: get(self.upn),
            code: get(self.code),
        }
    }
}

/// How a row names its pupil.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The name, as written; forename and surname joined.
    pub name: Option<String>,
    /// The Unique Pupil Number.
    pub upn: Option<String>,
    /// Any other number or code.
    pub code: Option<String>,
}

impl Named {
    /// The name; without one, the UPN; without that, the code.
    #[must_use]
    pub fn who(&self) -> Option<&str> {
        self.name
            .as_deref()
            .or(self.upn.as_deref())
            .or(self.code.as_deref())
    }
}

fn is_heading(heading: &str) -> bool {
    matches!(
        heading::read(heading).names,
        Names::Number
            | Names::Person
            | Names::Birth
            | Names::Class
            | Names::School
            | Names::Group
            | Names::Pupils
            | Names::Year
    )
}

fn mostly_different(column: &ColumnProfile) -> bool {
    column.distinct * 10 >= column.filled * 8
}

fn one_word(column: &ColumnProfile, table: &Table) -> bool {
    let cells = || {
        table
            .head()
            .iter()
            .filter_map(|r| r.get(column.index))
            .map(|c| c.trim())
    };
    cells().all(|c| c.split(' ').count() <= 3 && !c.bytes().any(|b| b.is_ascii_digit()))
}
