//! The models that several files' items are about.

use super::data::Table;
use super::rows::Rows;

/// STAR's kindergarten: pupils with a score in mathematics, a class type and a school; with
/// `adjusted` also those columns that the adjusted models need.
pub fn star(adjusted: bool) -> Rows {
    let table = Table::read("star.csv").complete(&["mathk", "stark", "schoolidk"]);
    let columns = |table: &Table| {
        vec![
            ("small", table.dummy("stark", &["small"])),
            ("aide", table.dummy("stark", &["regular+aide"])),
        ]
    };
    if !adjusted {
        return Rows::new(table.numbers("mathk"), columns(&table))
            .clustered(table.words("schoolidk"));
    }
    let table = table.complete(&["gender", "ethnicity", "lunchk"]);
    let mut all = columns(&table);
    all.extend([
        ("girl", table.dummy("gender", &["female"])),
        ("free", table.dummy("lunchk", &["free"])),
        ("white", table.dummy("ethnicity", &["cauc", "asian"])),
    ]);
    Rows::new(table.numbers("mathk"), all).clustered(table.words("schoolidk"))
}

/// STAR, adjusted, with a level for each school.
pub fn star_with_schools() -> Rows {
    let mut rows = star(true);
    rows.blocks.clone_from(&rows.clusters);
    rows
}

/// The awards trial in some years, with some columns besides `treated`.
pub fn awards(years: &[&str]) -> Table {
    Table::read("awards.csv").only("year", years)
}

/// The awards trial of 2001: passed or not, on being treated and the columns named.
pub fn awards_2001(columns: &[&'static str]) -> Rows {
    let table = awards(&["2001"]);
    let columns = columns
        .iter()
        .map(|name| match *name {
            "boy" => ("boy", table.dummy("sex", &["Boy"])),
            name => (name, table.numbers(name)),
        })
        .collect();
    Rows::new(table.numbers("Bagrut_status"), columns).clustered(table.words("school_id"))
}

/// London's GCSE scores.
pub fn exam(columns: &[&'static str]) -> Rows {
    let table = Table::read("exam.csv");
    let columns = columns
        .iter()
        .map(|name| match *name {
            "girl" => ("girl", table.dummy("sex", &["F"])),
            name => (name, table.numbers(name)),
        })
        .collect();
    Rows::new(table.numbers("normexam"), columns).clustered(table.words("school"))
}
