//! `difference pool FILE`: what do several results say together?

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use engine::pool::{Heterogeneity, Inference};

use super::choices::{Better, Format};
use crate::ending::Ending;

const EXAMPLE: &str = "\
Examples:
  difference pool results.csv --effect g --variance v --study school
  difference pool results.csv --effect g --se se --study school --format html --out pool.html";

/// `--method`: how the variance between places is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Between {
    /// Restricted maximum likelihood
    Reml,
    /// DerSimonian & Laird
    Dl,
    /// One true effect for all
    Equal,
}

impl From<Between> for Heterogeneity {
    fn from(between: Between) -> Self {
        match between {
            Between::Reml => Self::Reml,
            Between::Dl => Self::Dl,
            Between::Equal => Self::Equal,
        }
    }
}

/// `--inference`: how the average's interval is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sureness {
    /// Hartung, Knapp, Sidik & Jonkman, never narrower than Wald's
    HksjFloor,
    /// The same without that floor
    Hksj,
    /// Normal quantiles
    Wald,
}

impl From<Sureness> for Inference {
    fn from(sureness: Sureness) -> Self {
        match sureness {
            Sureness::HksjFloor => Self::HksjFloor,
            Sureness::Hksj => Self::Hksj,
            Sureness::Wald => Self::Wald,
        }
    }
}

/// What do several results say together?
///
/// Reads one row for each result (its effect and its variance or standard error) and says what they
/// come to together, how much places differ and what the next place may expect.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE, group = ArgGroup::new("precision").args(["variance", "se"]).required(true))]
pub struct Pool {
    /// One row for each result
    pub file: PathBuf,

    /// The column of the effects, on a scale that they share
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub effect: String,
    /// The column of their variances
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub variance: Option<String>,
    /// The column of their standard errors, instead of variances
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub se: Option<String>,
    /// The column of the places' or studies' names
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub study: Option<String>,

    /// How the variance between places is estimated
    #[arg(long, value_enum, default_value_t = Between::Reml, value_name = "METHOD", help_heading = "How it is worked out")]
    pub method: Between,
    /// How the average's interval is made
    #[arg(long, value_enum, default_value_t = Sureness::HksjFloor, value_name = "KIND", help_heading = "How it is worked out")]
    pub inference: Sureness,
    /// The smallest difference worth having, on the effects' scale
    #[arg(long, value_name = "X", help_heading = "How it is worked out")]
    pub worthwhile: Option<f64>,
    /// The effects are standard deviations of attainment, so months may be said
    #[arg(long, help_heading = "How it is worked out")]
    pub attainment: bool,
    /// Whether a higher or a lower effect is the better one
    #[arg(long, value_enum, default_value_t = Better::Higher, value_name = "WAY", help_heading = "How it is worked out")]
    pub better: Better,

    /// What the answer is written as
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "The answer")]
    pub format: Format,
    /// Write the answer to this file
    #[arg(long, value_name = "FILE", help_heading = "The answer")]
    pub out: Option<PathBuf>,
}

impl Pool {
    /// Reads the file, pools and writes the answer.
    pub fn run(self) -> Ending {
        Ending::wrong("not-yet", "pool is being wired.", "Come back soon.")
    }
}
