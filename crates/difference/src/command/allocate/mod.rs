//! `difference allocate FILE`: draw the lots.
//!
//! What must stay true: the seed comes from the system's randomness unless one is given, and is always
//! told; the file that comes out is the file that went in with one column more; nothing is drawn for a
//! list that has its groups already.

mod check;
mod list;
pub mod record;

use std::path::{Path, PathBuf};

use clap::Args;
use engine::allocation::{self, Rerandomise, Scheme, Within};
use engine::refusal::Refusal;
use rand::TryRng as _;
use rand::rngs::SysRng;
use tables::{Format as Kind, Options, Source, Table, TableError};

use super::choices::Format;
use crate::answer::Wanted;
use crate::ending::Ending;
use crate::output;
use list::List;
use record::{Columns, Record};

/// The heading of the column that is added.
pub const GROUP: &str = "group";
/// Draws of which the best is kept, unless something else is asked for.
const DRAWS: u32 = 100;

const EXAMPLE: &str = "\
Examples:
  difference allocate pupils.csv --to \"reading group,as usual\" --unit code
  difference allocate pupils.csv --to now,later --unit code --pair-on score --out drawn.csv > lots.json
  difference allocate pupils.csv --to now,later --unit code --balance-on score --draws 100
  difference allocate schools.csv --to now,later --cluster school --block region --seed 2026
  difference allocate pupils.csv --check lots.json";

/// Draw the lots.
///
/// Writes the file again with a column `group`, every other cell as it was, and prints how the lots
/// were drawn: the seed from which anybody can draw them again, the method, the fingerprint of the list and
/// how alike the groups are. Give that record to `difference evaluate --drawn`, which then tests by the same draw.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Allocate {
    /// The list: one row for each pupil, class or school
    pub file: PathBuf,

    /// The groups' names, the one that gets it first
    #[arg(
        long,
        value_name = "GROUP,GROUP",
        value_delimiter = ',',
        required_unless_present = "check",
        help_heading = "The lots"
    )]
    pub to: Vec<String>,
    /// The column of codes, each there once; left out: the first column
    #[arg(long, value_name = "COL", help_heading = "The lots")]
    pub unit: Option<String>,
    /// Draw whole classes or schools, named in this column
    #[arg(long, value_name = "COL", help_heading = "The lots")]
    pub cluster: Option<String>,
    /// Draw within each of these: classes, schools, regions
    #[arg(long, value_name = "COL", help_heading = "The lots")]
    pub block: Option<String>,
    /// Draw within pairs that are named in this column
    #[arg(long, value_name = "COL", conflicts_with_all = ["block", "pair_on"], help_heading = "The lots")]
    pub pair: Option<String>,
    /// Make pairs that are alike on these columns, and draw within them
    #[arg(long, value_name = "COL", num_args = 1.., help_heading = "The lots")]
    pub pair_on: Vec<String>,
    /// Draw several times and keep the draw whose groups are most alike on these columns
    #[arg(long, value_name = "COL", num_args = 1.., help_heading = "The lots")]
    pub balance_on: Vec<String>,
    /// How many draws the best is kept of; left out: 100
    #[arg(long, value_name = "N", requires = "balance_on", value_parser = clap::value_parser!(u32).range(2..=1_000_000), help_heading = "The lots")]
    pub draws: Option<u32>,
    /// Keep the first draw that is among the most alike: this share of all draws, such as 0.01
    #[arg(
        long,
        value_name = "X",
        requires = "balance_on",
        conflicts_with = "draws",
        help_heading = "The lots"
    )]
    pub accept: Option<f64>,
    /// Draw from this seed; left out: from the system's randomness
    #[arg(long, value_name = "N", help_heading = "The lots")]
    pub seed: Option<u64>,

    /// The sheet to read, when a spreadsheet has several
    #[arg(long, value_name = "NAME", help_heading = "The file")]
    pub sheet: Option<String>,
    /// A word that means a missing cell, besides the usual ones
    #[arg(long, value_name = "WORD", help_heading = "The file")]
    pub missing: Vec<String>,

    /// Write the file with its groups here; left out: beside FILE, its name ending in -groups
    #[arg(long, value_name = "FILE", help_heading = "The answer")]
    pub out: Option<PathBuf>,
    /// Draw again and compare with this record, or with this file's column `group` (then with --seed)
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "out",
        help_heading = "The answer"
    )]
    pub check: Option<PathBuf>,
}

/// Where a record goes: standard output, as JSON.
const PRINTED: Wanted<'static> = Wanted {
    format: Format::Json,
    out: None,
};

impl Allocate {
    /// Draws, writes the file and prints the record.
    pub fn run(self) -> Ending {
        let done = match &self.check {
            Some(with) => check::check(&self, with),
            None => self.draw(),
        };
        match done {
            Ok(ending) | Err(ending) => ending,
        }
    }

    fn draw(&self) -> Result<Ending, Ending> {
        let wrong = |error: TableError| Ending::file(&error);
        let table = self.open()?;
        // Before anything is drawn: a list that has its groups keeps them.
        table.with_column(GROUP, &[]).map_err(wrong)?;
        let out = self.out_path(&table)?;
        let columns = self.columns();
        let list = List::read(&table, &columns)?;
        let scheme = self.scheme(&list)?;
        let seed = match self.seed {
            Some(seed) => seed,
            None => from_the_system()?,
        };
        let lots = match allocation::draw(&list.units, &scheme, seed) {
            Ok(lots) => lots,
            Err(refusal) => return Ok(PRINTED.refuse(allocation::SCHEMA, &refusal)),
        };
        let groups: Vec<String> = lots.assigned.iter().map(|a| a.group.clone()).collect();
        let grown = table.with_column(GROUP, &groups).map_err(wrong)?;
        output::replace(&out, &grown.bytes)?;
        if let Some(says) = &grown.says {
            output::note(says);
        }
        for warning in &lots.warnings {
            output::note(warning);
        }
        let record = Record {
            lots,
            columns: Columns {
                unit: list.unit,
                ..columns
            },
            file: table.name().to_owned(),
            written: out.file_name().map(|n| n.to_string_lossy().into_owned()),
        };
        output::note(&record.lots.says);
        if record.lots.rerandomised.is_some() {
            output::note(
                "The record holds what was evened out beside each code, so that anybody who has it can draw again: keep it as you keep the list.",
            );
        }
        Ok(PRINTED.json(&record))
    }

    fn open(&self) -> Result<Table, Ending> {
        open(&self.file, &self.options())
    }

    fn options(&self) -> Options {
        Options {
            sheet: self.sheet.clone(),
            missing: self.missing.clone(),
            decimal: None,
        }
    }

    fn columns(&self) -> Columns {
        Columns {
            unit: self.unit.clone(),
            cluster: self.cluster.clone(),
            block: self.block.clone(),
            pair: self.pair.clone(),
            pair_on: self.pair_on.clone(),
            balance_on: self.balance_on.clone(),
        }
    }

    fn scheme(&self, list: &List) -> Result<Scheme, Ending> {
        let groups: Vec<String> = self.to.iter().map(|g| g.trim().to_owned()).collect();
        if let Some(name) = groups
            .iter()
            .find(|name| name.is_empty() || tables::neutralise(name) != name.as_str())
        {
            return Err(Ending::wrong(
                "group-name",
                format!(
                    "“{name}” can’t be a group’s name: a spreadsheet would not show it as it is."
                ),
                "Give plain words, such as --to now,later.",
            ));
        }
        let rule = match (self.balance_on.is_empty(), self.accept) {
            (true, _) => None,
            (false, None) => Some(Rerandomise::BestOf(self.draws.unwrap_or(DRAWS))),
            (false, Some(share)) => {
                let columns = u32::try_from(list.balanced_on.len()).unwrap_or(u32::MAX);
                Some(Rerandomise::accepting(share, columns).map_err(|r| wrong_call(&r))?)
            }
        };
        Ok(self.columns().scheme(groups, rule, list))
    }

    /// Where the file goes: where it was said, or beside the one that came, never over another.
    fn out_path(&self, table: &Table) -> Result<PathBuf, Ending> {
        if let Some(out) = &self.out {
            return Ok(out.clone());
        }
        let stem = self.file.file_stem().unwrap_or_default().to_string_lossy();
        let kind = match (table.format(), self.file.extension()) {
            (Kind::Text { .. }, Some(kind)) => kind.to_string_lossy().into_owned(),
            _ => "csv".to_owned(),
        };
        let path = self.file.with_file_name(format!("{stem}-groups.{kind}"));
        if path.exists() {
            return Err(Ending::wrong(
                "already-drawn",
                format!("{} is there already.", path.display()),
                "Lots are drawn once: use those, or name another file with --out.",
            ));
        }
        Ok(path)
    }
}

fn open(path: &Path, options: &Options) -> Result<Table, Ending> {
    let wrong = |error: TableError| Ending::file(&error);
    tables::open(Source::file(path).map_err(wrong)?, options).map_err(wrong)
}

fn wrong_call(refusal: &Refusal) -> Ending {
    Ending::wrong(&refusal.code, refusal.says.clone(), refusal.cure.clone())
}

/// A seed that nobody chose.
fn from_the_system() -> Result<u64, Ending> {
    SysRng.try_next_u64().map_err(|error| {
        Ending::wrong(
            "no-randomness",
            format!("This system gave no random number: {error}."),
            "Throw dice and give the number with --seed.",
        )
    })
}

impl Columns {
    /// How lots are drawn from these columns.
    fn scheme(&self, groups: Vec<String>, rerandomise: Option<Rerandomise>, list: &List) -> Scheme {
        Scheme {
            groups,
            whole_clusters: self.cluster.is_some(),
            within: match (&self.pair, self.pair_on.is_empty(), &self.block) {
                (Some(_), _, _) => Within::Pairs,
                (None, false, _) => Within::MatchedPairs,
                (None, true, Some(_)) => Within::Blocks,
                (None, true, None) => Within::Everybody,
            },
            rerandomise,
            matched_on: list.matched_on.clone(),
            balanced_on: list.balanced_on.clone(),
        }
    }
}
