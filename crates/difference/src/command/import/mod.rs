//! `difference import`: many places at once, from the register of schools or from any list.
//!
//! What must stay true: without `--preview` it is done whole or not at all; a folder that a server has
//! open is refused in words; the same file a second time changes nothing.

mod told;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use network::places::import::{self, Applied, Bringing, Wanted};
use network::{Actor, Network};
use tables::{Matching, Options, PlaceColumn, Source, Table};

use super::serve::{not_opened, runtime};
use crate::ending::Ending;
use crate::output;
use crate::progress::Progress;
use crate::settings::{Given, Settings};

const EXAMPLE: &str = "\
Examples:
  difference import register edubasealldata20261124.csv --authority 383 --preview
  difference import register edubasealldata20261124.csv --links links_edubasealldata20261124.csv --authority 383
  difference import places centres.csv --list \"children's centres\" --kind-is \"children’s centre\"

A server has its data folder to itself: stop it first, or bring the file on its page /network/import.";

/// Bring many places at once.
///
/// A place is known again by its number in the list (the URN in the register of schools), so the same file
/// a second time changes nothing, and a newer one changes what is different.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Import {
    /// What to bring
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The register of schools in England: edubasealldata….csv of "Get information about schools"
    Register(Box<Register>),
    /// Any list of places, one row each, with a heading row
    Places(Box<Places>),
}

/// The register of schools in England.
///
/// Schools that are open and not here yet are added; of those that are here, what the register says anew
/// is taken over, unless somebody here has put it in other words; a school that has closed is marked as
/// closed. With the links file, a school that became another keeps its page and its history.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
struct Register {
    /// The register, as it was downloaded
    file: PathBuf,
    /// The register's links: which school came after which
    #[arg(long, value_name = "FILE")]
    links: Option<PathBuf>,
    /// Add schools of these local authorities only, by their codes; left out: of all
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    authority: Vec<u32>,
    #[command(flatten)]
    how: How,
}

/// Any list of places.
///
/// Which column is what is guessed from the headings and told; say it where the guess is wrong. A place is
/// known again by its number in the list, or by its name and town where the list has no numbers.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
struct Places {
    /// The list
    file: PathBuf,
    /// What the list is called: by this name its places are known again next time
    #[arg(long, value_name = "NAME")]
    list: String,
    /// What every place of the list is, where no column says it
    #[arg(long, value_name = "WORD", default_value = "")]
    kind_is: String,
    /// The column with what the place is called
    #[arg(long, value_name = "COL", help_heading = "Columns")]
    name: Option<String>,
    /// The column with its number in this list
    #[arg(long, value_name = "COL", help_heading = "Columns")]
    number: Option<String>,
    /// The column with what kind of place it is
    #[arg(long, value_name = "COL", help_heading = "Columns")]
    kind: Option<String>,
    /// The column with its phase
    #[arg(long, value_name = "COL", help_heading = "Columns")]
    phase: Option<String>,
    /// The column with its town
    #[arg(long, value_name = "COL", help_heading = "Columns")]
    town: Option<String>,
    /// The column with whom to ask
    #[arg(long, value_name = "COL", help_heading = "Columns")]
    contact: Option<String>,
    /// The column with their telephone number
    #[arg(long, value_name = "COL", help_heading = "Columns")]
    telephone: Option<String>,
    /// The column with the day on which it closed
    #[arg(long, value_name = "COL", help_heading = "Columns")]
    closed: Option<String>,
    /// Guess no column: only those that are named count
    #[arg(long, help_heading = "Columns")]
    no_guess: bool,
    /// The sheet to read, when a spreadsheet has several
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Args)]
struct How {
    /// Show what would happen, and do nothing
    #[arg(long)]
    preview: bool,
    /// Where the data is kept [default: $XDG_DATA_HOME/difference]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A file with settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What the answer is written as
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

/// What the answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Words
    Text,
    /// One JSON object
    Json,
}

impl Import {
    /// Brings the places, or shows what would happen.
    pub fn run(self) -> Ending {
        let done = match self.what {
            What::Register(register) => register.run(),
            What::Places(places) => places.run(),
        };
        match done {
            Ok(ending) | Err(ending) => ending,
        }
    }
}

impl Register {
    fn run(&self) -> Result<Ending, Ending> {
        let bringing = {
            let _reading = Progress::unknown("Reading the register");
            let table = opened(&self.file, None)?;
            let links = self.links.as_deref().map(|path| opened(path, None));
            Bringing::register(&table, links.transpose()?.as_ref()).map_err(|e| Ending::file(&e))?
        };
        let known = bringing.areas();
        if let Some(none) =
            (self.authority.iter()).find(|code| known.iter().all(|a| a.code != **code))
        {
            return Err(Ending::wrong(
                "no-such-authority",
                format!("No open school in the file belongs to local authority {none}."),
                "The code is in the column “LA (code)”, such as 383 for Leeds.",
            ));
        }
        let wanted = Wanted {
            areas: Some(self.authority.clone()).filter(|codes| !codes.is_empty()),
        };
        bring(&self.how, &bringing, &wanted)
    }
}

impl Places {
    fn run(&self) -> Result<Ending, Ending> {
        let table = opened(&self.file, self.sheet.clone())?;
        let matching = self.matching(&table);
        if !self.no_guess {
            let told: Vec<String> = matching
                .iter()
                .map(|(column, heading)| format!("--{} “{heading}”", column.word()))
                .collect();
            output::note(&format!("Columns: {}", told.join(", ")));
        }
        let bringing = Bringing::list(&table, &self.list, &matching, &self.kind_is)
            .map_err(|e| Ending::file(&e))?;
        bring(&self.how, &bringing, &Wanted::default())
    }

    fn matching(&self, table: &Table) -> Matching {
        let said = [
            (PlaceColumn::Name, &self.name),
            (PlaceColumn::Number, &self.number),
            (PlaceColumn::Kind, &self.kind),
            (PlaceColumn::Phase, &self.phase),
            (PlaceColumn::Town, &self.town),
            (PlaceColumn::Contact, &self.contact),
            (PlaceColumn::Telephone, &self.telephone),
            (PlaceColumn::Closed, &self.closed),
        ];
        let mut matching = if self.no_guess {
            Matching::new()
        } else {
            tables::match_places(table)
        };
        for (column, heading) in said {
            if let Some(heading) = heading {
                matching.retain(|_, taken| taken != heading);
                matching.insert(column, heading.clone());
            }
        }
        matching
    }
}

fn opened(path: &Path, sheet: Option<String>) -> Result<Table, Ending> {
    let options = Options {
        sheet,
        ..Options::default()
    };
    Source::file(path)
        .and_then(|source| tables::open(source, &options))
        .map_err(|e| Ending::file(&e))
}

fn bring(how: &How, bringing: &Bringing, wanted: &Wanted) -> Result<Ending, Ending> {
    let flags = Given {
        data: how.data.clone(),
        ..Given::default()
    };
    let settings = Settings::gather(how.config.as_deref(), std::env::vars(), flags, "difference")?;
    runtime()?.block_on(async {
        let network = Network::open(settings.network())
            .await
            .map_err(|e| not_opened(&e))?;
        let working = Progress::unknown("Comparing with the places that are here");
        let brought = brought(&network, how, bringing, wanted).await;
        drop(working);
        network.close().await.map_err(|e| refused(&e))?;
        brought
    })
}

async fn brought(
    network: &Network,
    how: &How,
    bringing: &Bringing,
    wanted: &Wanted,
) -> Result<Ending, Ending> {
    let operator = Actor::operator();
    let (told, done) = if how.preview {
        let told = import::preview(network, &operator, bringing, wanted).await;
        (told.map_err(|e| refused(&e))?, None)
    } else {
        let applied = import::apply(network, &operator, bringing, wanted, None).await;
        match applied.map_err(|e| refused(&e))? {
            Applied::Done(id, told) => (*told, Some(id)),
            Applied::Nothing(told) | Applied::Otherwise(told) => (*told, None),
        }
    };
    Ok(told::tell(&told, done, how.preview, how.format))
}

fn refused(why: &network::Error) -> Ending {
    Ending::wrong(
        "import",
        why.to_string(),
        "Nothing of the file was brought. Put it right, and try again.",
    )
}
