//! `difference plan`: what could this trial see?

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use engine::power::{self, PowerQuestion};
use engine::refusal::Refusal;

use super::choices::{Format, What};
use crate::answer::Wanted;
use crate::ending::Ending;

const EXAMPLE: &str = "\
Examples:
  difference plan --design individual --pupils 120 --baseline --attainment
  difference plan --design blocked-individual --pupils 56 --blocks 2 --baseline --attainment
  difference plan --design cluster --clusters 24 --cluster-size 28 --icc 0.12 --effect 0.2 \\
      --format svg --out plan.svg
  difference plan --design cluster --cluster-size 28 --effect 0.2 --baseline --format json";

/// What the answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Written {
    /// For the eye, in this window
    Text,
    /// For programs; stable and versioned
    Json,
    /// The power curve as a picture that stands alone
    Svg,
}

/// What could this trial see?
///
/// Says the smallest difference that a trial of this size would probably notice, the chance of noticing
/// a given one and how many it takes, and what would help. With --effect and no size it says how many are
/// needed. Differences are in standard deviations of the outcome among all pupils.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE, allow_negative_numbers = true)]
pub struct Plan {
    /// What will be drawn or compared
    #[arg(long, value_enum, value_name = "DESIGN", help_heading = "The trial")]
    pub design: What,
    /// Pupils in both groups together
    #[arg(long, value_name = "N", help_heading = "The trial")]
    pub pupils: Option<f64>,
    /// Classes or schools in both groups together, where whole ones are drawn
    #[arg(long, value_name = "N", help_heading = "The trial")]
    pub clusters: Option<f64>,
    /// Pupils in each of them, on average
    #[arg(long, value_name = "N", help_heading = "The trial")]
    pub cluster_size: Option<f64>,
    /// How uneven they are: standard deviation of their sizes over the mean
    #[arg(long, value_name = "X", help_heading = "The trial")]
    pub size_cv: Option<f64>,
    /// Blocks (classes, schools, pairs) within which lots are drawn
    #[arg(long, value_name = "N", help_heading = "The trial")]
    pub blocks: Option<f64>,
    /// Share of the pupils, classes or schools that get it
    #[arg(
        long,
        value_name = "X",
        default_value_t = 0.5,
        help_heading = "The trial"
    )]
    pub share_treated: f64,

    /// A score from before will be allowed for
    #[arg(long, help_heading = "The measure")]
    pub baseline: bool,
    /// Share of the variation between pupils that it explains
    #[arg(long, value_name = "X", help_heading = "The measure")]
    pub r2: Option<f64>,
    /// Share of the variation between classes or schools that it explains
    #[arg(long, value_name = "X", help_heading = "The measure")]
    pub r2_cluster: Option<f64>,
    /// Share of the variation that lies between classes or schools
    #[arg(long, value_name = "X", help_heading = "The measure")]
    pub icc: Option<f64>,
    /// Share of the variation that lies between blocks
    #[arg(long, value_name = "X", help_heading = "The measure")]
    pub block_icc: Option<f64>,
    /// The effect's own variance from block to block, as a share of the variance between blocks; given,
    /// the answer is about blocks like these
    #[arg(long, value_name = "X", help_heading = "The measure")]
    pub effect_variation: Option<f64>,
    /// The outcome is attainment, so months of progress may be said
    #[arg(long, help_heading = "The measure")]
    pub attainment: bool,
    /// Standard deviation of the measure, so that differences are said in its unit
    #[arg(long, value_name = "X", help_heading = "The measure")]
    pub sd: Option<f64>,
    /// What one step of the measure is, such as minutes
    #[arg(
        long,
        value_name = "WORDS",
        requires = "sd",
        help_heading = "The measure"
    )]
    pub unit: Option<String>,

    /// The chance of noticing a difference that is there
    #[arg(
        long,
        value_name = "X",
        default_value_t = 0.8,
        help_heading = "What is asked"
    )]
    pub power: f64,
    /// A difference in standard deviations: the chance of noticing it, and how many it takes
    #[arg(long, value_name = "G", help_heading = "What is asked")]
    pub effect: Option<f64>,
    /// How unsure that difference is: the answer then says the assurance, averaged over what it may be
    #[arg(
        long,
        value_name = "X",
        requires = "effect",
        help_heading = "What is asked"
    )]
    pub effect_sd: Option<f64>,
    /// How unsure --icc is, for the assurance
    #[arg(
        long,
        value_name = "X",
        requires = "effect_sd",
        help_heading = "What is asked"
    )]
    pub icc_sd: Option<f64>,
    /// The chance of noticing a difference that is not there, two-sided
    #[arg(
        long,
        value_name = "X",
        default_value_t = 0.05,
        help_heading = "What is asked"
    )]
    pub alpha: f64,

    /// What the answer is written as
    #[arg(long, value_enum, default_value_t = Written::Text, help_heading = "The answer")]
    pub format: Written,
    /// Write the answer to this file
    #[arg(long, value_name = "FILE", help_heading = "The answer")]
    pub out: Option<PathBuf>,
}

impl Plan {
    /// Asks the engine and writes the answer.
    pub fn run(self) -> Ending {
        let wanted = Wanted {
            format: match self.format {
                Written::Json => Format::Json,
                Written::Text | Written::Svg => Format::Text,
            },
            out: self.out.as_deref(),
        };
        let sizing = match power::sizing(&self.question()) {
            Ok(sizing) => sizing,
            Err(refusal) if cannot_be_meant(&refusal) => {
                return Ending::wrong(&refusal.code, refusal.says, refusal.cure);
            }
            Err(refusal) => return wanted.refuse(power::SCHEMA, &refusal),
        };
        match self.format {
            Written::Json => wanted.json(&sizing),
            Written::Text => wanted.deliver(&report::text::plan(
                &sizing,
                wanted.width(),
                wanted.colour(),
            )),
            Written::Svg => wanted.deliver(&report::power_curve::standalone(&sizing)),
        }
    }

    fn question(&self) -> PowerQuestion {
        let allowed_for = self.baseline || self.r2.is_some() || self.r2_cluster.is_some();
        PowerQuestion {
            design: self.design.into(),
            pupils: self.pupils,
            clusters: self.clusters,
            cluster_size: self.cluster_size,
            size_cv: self.size_cv,
            blocks: self.blocks,
            icc: self.icc,
            block_icc: self.block_icc,
            effect_variation: self.effect_variation,
            r2: self.r2,
            r2_cluster: self.r2_cluster,
            covariates: if allowed_for { 1.0 } else { 0.0 },
            share_treated: self.share_treated,
            power: self.power,
            alpha: self.alpha,
            attainment: self.attainment,
            sd: self.sd,
            unit: self.unit.clone().unwrap_or_default(),
            effect: self.effect,
            effect_sd: self.effect_sd,
            icc_sd: self.icc_sd,
            learnt: None,
        }
    }
}

/// Whether the call itself is wrong, as against a trial too small to see anything.
fn cannot_be_meant(refusal: &Refusal) -> bool {
    matches!(
        refusal.code.as_str(),
        "size-missing" | "size-out-of-range" | "share-out-of-range"
    )
}
