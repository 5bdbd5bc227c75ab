//! The register's links: which school came before which (`links_edubasealldata…csv`).
//!
//! Who may call this: whoever brings the register into a network. What must stay true: only a plain
//! predecessor or successor says that one school goes on as another; a merger or a split says that
//! another came after.

use crate::error::TableError;
use crate::places::cells;
use crate::places::register::six_digits;
use crate::table::Table;

/// One school came after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The URN of the earlier school.
    pub before: String,
    /// The URN of the later school.
    pub after: String,
    /// Whether the one goes on as the other, as against a merger or a split.
    pub goes_on: bool,
}

/// Reads the links between schools; other links (a sixth form centre, an expansion) are passed over.
///
/// # Errors
/// When a column is missing, a URN is not six digits, or a row breaks off.
///
/// # Examples
/// ```
/// use difference_tables::{Options, Source, open, school_links};
/// let csv = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n\
///            999101,999001,Thornbeck Primary School,Predecessor,01-09-2026\n";
/// let table = open(Source::bytes("links.csv", csv.as_bytes()), &Options::default())?;
/// let links = school_links(&table)?;
/// assert_eq!((links[0].before.as_str(), links[0].after.as_str()), ("999001", "999101"));
/// assert!(links[0].goes_on);
/// # Ok::<(), difference_tables::TableError>(())
/// ```
pub fn school_links(table: &Table) -> Result<Vec<Link>, TableError> {
    let column = |heading: &str| {
        table
            .column(heading)
            .map(|c| c.index)
            .map_err(|e| e.in_column(heading))
    };
    let (urn, other, kind) = (column("URN")?, column("LinkURN")?, column("LinkType")?);
    let mut links = Vec::new();
    let passed = table.pass(false, &mut |row, record| {
        cells::refuse_half(record, row, table)?;
        let number = |at, heading| {
            let text = cells::text(record, at, row, heading)?;
            six_digits(&text).map_err(|e| e.at_row(row).in_column(heading))?;
            Ok::<String, TableError>(text)
        };
        let (this, that) = (number(urn, "URN")?, number(other, "LinkURN")?);
        let kind = cells::text(record, kind, row, "LinkType")?;
        let mut words = kind.splitn(2, '-').map(str::trim);
        let first = words.next().unwrap_or_default();
        let goes_on = words.next().is_none();
        let (before, after) = if first.eq_ignore_ascii_case("predecessor") {
            (that, this)
        } else if first.eq_ignore_ascii_case("successor") {
            (this, that)
        } else {
            return Ok(());
        };
        if before != after {
            links.push(Link {
                before,
                after,
                goes_on,
            });
        }
        Ok(())
    })?;
    cells::refuse_aside(&passed)?;
    Ok(links)
}
