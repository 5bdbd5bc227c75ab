//! `difference evaluate FILE`: what difference did a trial make?

use std::path::PathBuf;

use clap::Args;
use engine::question::Worthwhile;

use super::choices::{Better, Errors, Format, Freedom, How, Way, What, worthwhile};
use crate::ending::Ending;

const EXAMPLE: &str = "\
Examples:
  difference evaluate reading.csv
  difference evaluate reading.csv --outcome july --treatment group --control usual \\
      --baseline september --allocation lot --attainment --worthwhile 0.1sd
  difference evaluate awards.csv --where \"year = 2001\" --outcome Bagrut_status \\
      --treatment treated --cluster school_id --allocation lot --format json";

/// What difference did a trial make?
///
/// Reads a trial's file (CSV, TSV, Excel or ODS, as schools export them) and says what difference it
/// made, how sure that is and why. With only FILE it guesses what each column is, shows the guess and
/// asks.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Evaluate {
    /// The trial's file: one row for each pupil
    pub file: PathBuf,

    /// The column of what was measured
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub outcome: Option<String>,
    /// The words that count as reaching it, such as EXS,GDS; left out: the later of two words in order
    #[arg(
        long,
        value_name = "VALUE",
        value_delimiter = ',',
        help_heading = "What each column is"
    )]
    pub success: Vec<String>,
    /// The column that says who got what
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub treatment: Option<String>,
    /// The value that means the comparison; left out: 0, the smaller number, or the earlier word
    #[arg(long, value_name = "VALUE", help_heading = "What each column is")]
    pub control: Option<String>,
    /// The column of the class or school
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub cluster: Option<String>,
    /// The column of the stratum, pair or site within which groups were made
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub block: Option<String>,
    /// A score taken before; may be given more than once
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub baseline: Vec<String>,
    /// Anything else to allow for; a column of words becomes one column for each word
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub covariate: Vec<String>,
    /// Describe the groups by this column
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub subgroup: Vec<String>,
    /// The column that names the pupil, where each is there twice
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub unit: Option<String>,

    /// Use only these rows, such as "year = 2001"; may be given more than once
    #[arg(
        long = "where",
        value_name = "COL OP VALUE",
        help_heading = "Which rows"
    )]
    pub filter: Vec<String>,
    /// A word that means a missing cell, besides the usual ones (NA, N/A, ., -, abs, absent, X)
    #[arg(long, value_name = "WORD", help_heading = "Which rows")]
    pub missing: Vec<String>,

    /// How the groups came about; columns can't show it
    #[arg(long, value_enum, default_value_t = How::Unknown, value_name = "HOW", help_heading = "The trial")]
    pub allocation: How,
    /// What was drawn or compared; left out: read from the columns
    #[arg(long, value_enum, value_name = "DESIGN", help_heading = "The trial")]
    pub design: Option<What>,
    /// The outcome is attainment, so months of progress may be said
    #[arg(long, help_heading = "The trial")]
    pub attainment: bool,
    /// Whether a higher or a lower outcome is the better one
    #[arg(long, value_enum, default_value_t = Better::Higher, value_name = "WAY", help_heading = "The trial")]
    pub better: Better,
    /// The smallest difference worth having, in the outcome's unit or in standard deviations (0.1sd)
    #[arg(long, value_name = "X|Xsd", value_parser = worthwhile, allow_hyphen_values = true, help_heading = "The trial")]
    pub worthwhile: Option<Worthwhile>,
    /// Who was drawn: a column of FILE, or a file with the list; for the share who were lost
    #[arg(long, value_name = "COL|FILE", help_heading = "The trial")]
    pub randomised: Option<String>,
    /// The locked plan; its fingerprint, its columns and every departure from it are checked
    #[arg(long, value_name = "FILE", help_heading = "The trial")]
    pub plan: Option<PathBuf>,

    /// How the effect is estimated; may be given more than once
    #[arg(
        long,
        value_enum,
        value_name = "METHOD",
        help_heading = "How it is worked out"
    )]
    pub method: Vec<Way>,
    /// Which standard errors; left out: what suits the design
    #[arg(
        long,
        value_enum,
        value_name = "KIND",
        help_heading = "How it is worked out"
    )]
    pub se: Option<Errors>,
    /// Which degrees of freedom; left out: what suits the design
    #[arg(
        long,
        value_enum,
        value_name = "KIND",
        help_heading = "How it is worked out"
    )]
    pub df: Option<Freedom>,
    /// How often the lots are drawn again where they can't all be counted
    #[arg(long, value_name = "N", default_value_t = 9_999, value_parser = clap::value_parser!(u32).range(1..), help_heading = "How it is worked out")]
    pub draws: u32,
    /// The seed of those draws
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        help_heading = "How it is worked out"
    )]
    pub seed: u64,

    /// What the answer is written as
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "The answer")]
    pub format: Format,
    /// Write the answer to this file
    #[arg(long, value_name = "FILE", help_heading = "The answer")]
    pub out: Option<PathBuf>,
}

impl Evaluate {
    /// Reads the file, asks the engine and writes the answer.
    pub fn run(self) -> Ending {
        Ending::wrong("not-yet", "evaluate is being wired.", "Come back soon.")
    }
}
