//! `difference pool FILE`: what do several results say together?

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use engine::pool::{
    Heterogeneity, Inference, Level, PoolQuestion, Predicting, Study, Unreported, Working,
};
use tables::{Options, Source, TableError};

use super::choices::{Better, Format};
use crate::answer::Wanted;
use crate::ending::Ending;
use crate::output;

const EXAMPLE: &str = "\
Examples:
  difference pool results.csv --effect g --variance v --study school
  difference pool results.csv --effect g --se se --study school --format html --out pool.html
  difference pool results.csv --effect g --se se --moderator weeks --prediction calibrated
  difference pool results.csv --effect g --se se --study school --within year-group
  difference pool results.csv --effect g --se se --study school --working che --rho 0.6
  difference pool results.csv --effect g --se se --study school --due due --as-of 2026-12-18";

/// `--method`: how the variance between places is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Between {
    /// Restricted maximum likelihood
    Reml,
    /// Maximum likelihood
    Ml,
    /// DerSimonian & Laird
    Dl,
    /// Paule & Mandel
    Pm,
    /// Empirical Bayes
    Eb,
    /// Sidik & Jonkman
    Sj,
    /// Hedges & Olkin, unweighted
    He,
    /// Hunter & Schmidt
    Hs,
    /// One true effect for all
    Equal,
}

impl From<Between> for Heterogeneity {
    fn from(between: Between) -> Self {
        match between {
            Between::Reml => Self::Reml,
            Between::Ml => Self::Ml,
            Between::Dl => Self::Dl,
            Between::Pm => Self::Pm,
            Between::Eb => Self::Eb,
            Between::Sj => Self::Sj,
            Between::He => Self::He,
            Between::Hs => Self::Hs,
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
    /// Robust however results of one place depend on each other (CR2, Satterthwaite)
    Cr2,
}

impl From<Sureness> for Inference {
    fn from(sureness: Sureness) -> Self {
        match sureness {
            Sureness::HksjFloor => Self::HksjFloor,
            Sureness::Hksj => Self::Hksj,
            Sureness::Wald => Self::Wald,
            Sureness::Cr2 => Self::Cr2,
        }
    }
}

/// `--working`: what is taken for granted about results of one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Together {
    /// One true effect for each, seen several times with correlated errors
    Corr,
    /// True effects that differ within each too, with independent errors
    Hier,
    /// Both: correlated and hierarchical effects
    Che,
}

impl From<Together> for Working {
    fn from(together: Together) -> Self {
        match together {
            Together::Corr => Self::Corr,
            Together::Hier => Self::Hier,
            Together::Che => Self::Che,
        }
    }
}

/// `--prediction`: how it is said where most new places would fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ahead {
    /// From t; covers less than it says with few places
    Standard,
    /// Parametric bootstrap, from a seed
    Calibrated,
}

impl From<Ahead> for Predicting {
    fn from(ahead: Ahead) -> Self {
        match ahead {
            Ahead::Standard => Self::Standard,
            Ahead::Calibrated => Self::Calibrated,
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
    /// The column of what tells results of one place apart, such as the year group; those results
    /// are then taken to depend on each other (three levels unless --working says otherwise)
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub within: Option<String>,
    /// The column of the dates when they were reported, for the order
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub date: Option<String>,
    /// The column of the days on which they were planned to report: the order of the looks. A row with a
    /// day but no effect began and has not reported
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub due: Option<String>,
    /// The column of each trial's own rung, 1 to 4, for the strength of the evidence
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub rung: Option<String>,

    /// How the variance between places is estimated
    #[arg(long, value_enum, default_value_t = Between::Reml, value_name = "METHOD", help_heading = "How it is worked out")]
    pub method: Between,
    /// How the average's interval is made; left out: hksj-floor, and cr2 where results depend on each
    /// other
    #[arg(
        long,
        value_enum,
        value_name = "KIND",
        help_heading = "How it is worked out"
    )]
    pub inference: Option<Sureness>,
    /// What is taken for granted about the results of one place, which then depend on each other
    #[arg(
        long,
        value_enum,
        value_name = "MODEL",
        help_heading = "How it is worked out"
    )]
    pub working: Option<Together>,
    /// The correlation of sampling errors within a place, with --working corr or che; left out: 0.8
    #[arg(long, value_name = "R", help_heading = "How it is worked out")]
    pub rho: Option<f64>,
    /// How it is said where most new places would fall
    #[arg(long, value_enum, default_value_t = Ahead::Standard, value_name = "KIND", help_heading = "How it is worked out")]
    pub prediction: Ahead,
    /// The seed of the calibrated prediction; the same seed gives the same interval
    #[arg(
        long,
        default_value_t = 0,
        value_name = "N",
        help_heading = "How it is worked out"
    )]
    pub seed: u64,
    /// A column that effects may move with: numbers, or words for groups; may be repeated
    #[arg(
        long = "moderator",
        value_name = "COL",
        help_heading = "How it is worked out"
    )]
    pub moderators: Vec<String>,
    /// Rows without an effect are trials that began and never reported: name them, and say what
    /// they could change
    #[arg(long, help_heading = "How it is worked out")]
    pub unreported: bool,
    /// How large such effects usually are, on their scale, for the verdict that may be read at every look
    /// [default: 0.2, or no verdict where the results of one place depend on each other]
    #[arg(long, value_name = "PRIOR_SD", help_heading = "How it is worked out")]
    pub sequential: Option<f64>,
    /// The day by which trials should have reported; left out: today
    #[arg(
        long,
        value_name = "DATE",
        requires = "due",
        help_heading = "How it is worked out"
    )]
    pub as_of: Option<jiff::civil::Date>,
    /// The smallest difference worth having, on the effects' scale
    #[arg(long, value_name = "X", help_heading = "How it is worked out")]
    pub worthwhile: Option<f64>,
    /// The effects are standard deviations of attainment, so months may be said
    #[arg(long, help_heading = "How it is worked out")]
    pub attainment: bool,
    /// Whether a higher or a lower effect is the better one
    #[arg(long, value_enum, default_value_t = Better::Higher, value_name = "WAY", help_heading = "How it is worked out")]
    pub better: Better,

    /// What was measured, for the sentence, such as reading
    #[arg(long, value_name = "WORDS", help_heading = "How it is said")]
    pub measure: Option<String>,
    /// What one result is called, such as study; left out: place
    #[arg(long, value_name = "WORD", help_heading = "How it is said")]
    pub each: Option<String>,
    /// What one step of the effects is, such as points; left out: standard deviations
    #[arg(long, value_name = "WORDS", help_heading = "How it is said")]
    pub unit: Option<String>,

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
        let wanted = Wanted {
            format: self.format,
            out: self.out.as_deref(),
        };
        let (studies, unreported) = match self.studies() {
            Ok(read) => read,
            Err(wrong) => return wrong,
        };
        let pool = match engine::pool::pool(&studies, &self.question(unreported)) {
            Ok(pool) => pool,
            Err(refusal) => return wanted.refuse(engine::pool::SCHEMA, &refusal),
        };
        match self.format {
            Format::Json => wanted.json(&pool),
            Format::Text => {
                wanted.deliver(&report::text::pool(&pool, wanted.width(), wanted.colour()))
            }
            Format::Markdown => wanted.deliver(&report::markdown::pool(&pool)),
            Format::Html => wanted.deliver(&report::html::pool(&pool)),
        }
    }

    fn question(&self, unreported: Vec<Unreported>) -> PoolQuestion {
        PoolQuestion {
            method: self.method.into(),
            inference: self.inference(),
            working: self.working.map(Into::into),
            rho: self.rho,
            worthwhile: self.worthwhile,
            attainment: self.attainment,
            outcome: self.measure.clone(),
            lower_is_better: self.better == Better::Lower,
            unit: self.unit.clone(),
            each: self.each.clone(),
            predicting: self.prediction.into(),
            seed: self.seed,
            moderators: self.moderators.clone(),
            unreported,
            as_of: self.due.as_ref().map(|_| {
                let today = || {
                    jiff::Timestamp::now()
                        .to_zoned_datetime(jiff::tz::TimeZone::system())
                        .date()
                };
                self.as_of.unwrap_or_else(today).to_string()
            }),
            sequential: self.sequential.or((!self.dependent()).then_some(0.2)),
            small_study: true,
            ..PoolQuestion::default()
        }
    }

    /// Whether the results of one place are taken to depend on each other.
    fn dependent(&self) -> bool {
        self.within.is_some() || self.working.is_some() || self.inference == Some(Sureness::Cr2)
    }

    fn inference(&self) -> Inference {
        match self.inference {
            Some(asked) => asked.into(),
            None if self.dependent() => Inference::Cr2,
            None => Inference::HksjFloor,
        }
    }

    /// One study for each row. A row without an effect or without its precision is named and left out,
    /// or is a trial that never reported, where that was said or the day is known on which it is due.
    fn studies(&self) -> Result<(Vec<Study>, Vec<Unreported>), Ending> {
        let wrong = |error: TableError| Ending::file(&error);
        let source = Source::file(&self.file).map_err(wrong)?;
        let table = tables::open(source, &Options::default()).map_err(wrong)?;
        let effects = table.numbers(&self.effect).map_err(wrong)?;
        let precision = match (&self.variance, &self.se) {
            (Some(column), _) => table.numbers(column).map_err(wrong)?,
            (None, Some(column)) => table
                .numbers(column)
                .map_err(wrong)?
                .into_iter()
                .map(|error| error.map(|error| error * error))
                .collect(),
            // clap asks for one of the two.
            (None, None) => Vec::new(),
        };
        let rows = effects.len();
        let words = |column: &Option<String>| match column {
            Some(column) => table.words(column).map_err(wrong),
            None => Ok(vec![None; rows]),
        };
        let labels = words(&self.study)?;
        let groups = words(&self.within)?;
        let days = |column: &Option<String>| match column {
            Some(column) => table.dates(column).map_err(wrong),
            None => Ok(vec![None; rows]),
        };
        let dates = days(&self.date)?;
        let dues = days(&self.due)?;
        let rungs = match &self.rung {
            Some(column) => table.numbers(column).map_err(wrong)?,
            None => vec![None; rows],
        };
        // A column that is not all numbers is one of words.
        let moderators = self
            .moderators
            .iter()
            .map(|column| match table.numbers(column) {
                Ok(numbers) => Ok(numbers
                    .into_iter()
                    .map(|x| x.map(Level::Number))
                    .collect::<Vec<_>>()),
                Err(_) => Ok(table
                    .words(column)
                    .map_err(wrong)?
                    .into_iter()
                    .map(|word| word.map(Level::Word))
                    .collect()),
            })
            .collect::<Result<Vec<_>, Ending>>()?;
        let mut studies = Vec::with_capacity(rows);
        let mut unreported = Vec::new();
        let cells = effects
            .into_iter()
            .zip(precision)
            .zip(labels)
            .zip(dates)
            .zip(dues)
            .zip(rungs);
        for (row, (((((effect, variance), label), date), due), rung)) in cells.enumerate() {
            let number = row + 1;
            let place = label.clone().filter(|_| self.dependent());
            let within = groups.get(row).cloned().flatten();
            let label = match (label, &within) {
                (Some(label), Some(within)) => format!("{label}, {within}"),
                (Some(label), None) => label,
                (None, _) => format!("Result {number}"),
            };
            let due = due.map(|due| due.to_string());
            if effect.is_none() && (self.unreported || due.is_some()) {
                unreported.push(Unreported {
                    label,
                    variance,
                    due,
                });
                continue;
            }
            let (Some(effect), Some(variance)) = (effect, variance) else {
                output::note(&format!(
                    "{label} has no effect or no precision; it is left out."
                ));
                continue;
            };
            studies.push(Study {
                label,
                effect,
                variance,
                date: date.map(|date| date.to_string()),
                place,
                within,
                due,
                rung: rung.map(|rung| Self::rung(number, rung)).transpose()?,
                moderators: moderators
                    .iter()
                    .map(|values| values.get(row).cloned().flatten())
                    .collect(),
                ..Study::default()
            });
        }
        Ok((studies, unreported))
    }

    fn rung(result: usize, rung: f64) -> Result<u8, Ending> {
        (1..=4_u8)
            .find(|step| f64::from(*step) == rung)
            .ok_or_else(|| {
                Ending::wrong(
                    "no-such-rung",
                    format!("Result {result} has {rung} in the column of rungs."),
                    "A trial stands on rung 1, 2, 3 or 4; leave the cell empty where it is not known.",
                )
            })
    }
}
