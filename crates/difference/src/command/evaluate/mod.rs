//! `difference evaluate FILE`: what difference did a trial make?

mod call;
mod drawn;
mod guess;
mod plan;
mod randomised;
mod talk;
mod watched;

use std::path::PathBuf;

use clap::Args;
use engine::question::{Allocation, Design, Drawn, Question, Worthwhile};
use engine::sample::Sample as _;
use engine::trial_plan::TrialPlan;
use tables::{Asked, FileSample, Options, Source, TableError};

use super::choices::{Better, Errors, Format, Freedom, How, Mark, Way, What, worthwhile};
use crate::answer::Wanted;
use crate::ending::Ending;
use crate::progress::Progress;
use watched::Watched;

/// Monte Carlo draws, unless more or fewer are asked for.
const DRAWS: u32 = 9_999;
/// The seed of those draws, unless another is asked for.
const SEED: u64 = 1;
/// From this many bytes on, reading is worth watching.
const LARGE: u64 = 16 << 20;

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
    /// The column of the class within the school that --cluster names, for a mixed model of three levels
    #[arg(
        long,
        value_name = "COL",
        requires = "cluster",
        help_heading = "What each column is"
    )]
    pub cluster_within: Option<String>,
    /// The column of the stratum, pair or site within which groups were made
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub block: Option<String>,
    /// A score taken before; may be given more than once
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub baseline: Vec<String>,
    /// Anything else to allow for; a column of words becomes one column for each word
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub covariate: Vec<String>,
    /// Describe the groups by this column, and say whether the difference differs between its parts
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub subgroup: Vec<String>,
    /// The column that says who took part, whatever their lot (0 and 1, or two words)
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub received: Option<String>,
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

    /// The sheet to read, when a spreadsheet has several
    #[arg(long, value_name = "NAME", help_heading = "The file")]
    pub sheet: Option<String>,
    /// What stands before the decimals, where the file leaves it open
    #[arg(long, value_enum, value_name = "MARK", help_heading = "The file")]
    pub decimal: Option<Mark>,

    /// How the groups came about; columns can't show it
    #[arg(long, value_enum, default_value_t = How::Unknown, value_name = "HOW", help_heading = "The trial")]
    pub allocation: How,
    /// What was drawn or compared; left out: read from the columns
    #[arg(long, value_enum, value_name = "DESIGN", help_heading = "The trial")]
    pub design: Option<What>,
    /// The outcome is attainment, so months of progress may be said
    #[arg(long, help_heading = "The trial")]
    pub attainment: bool,
    /// Whether a higher or a lower outcome is the better one; left out: read from its heading, and said
    #[arg(long, value_enum, value_name = "WAY", help_heading = "The trial")]
    pub better: Option<Better>,
    /// The smallest difference worth having, in the outcome's unit or in standard deviations (0.1sd)
    #[arg(long, value_name = "X|Xsd", value_parser = worthwhile, allow_hyphen_values = true, help_heading = "The trial")]
    pub worthwhile: Option<Worthwhile>,
    /// Who was drawn: a column of FILE, or a file with the list; for the share who were lost
    #[arg(long, value_name = "COL|FILE", help_heading = "The trial")]
    pub randomised: Option<String>,
    /// The record that `difference allocate` printed: the test draws again by the same rule, and who was
    /// lost is counted from its list
    #[arg(long, value_name = "FILE", help_heading = "The trial")]
    pub drawn: Option<PathBuf>,
    /// The locked plan; its fingerprint, its columns and every departure from it are checked
    #[arg(long, value_name = "FILE", help_heading = "The trial")]
    pub plan: Option<PathBuf>,

    /// The day on which the plan was locked, as its page says it (2026-01-06)
    #[arg(
        long,
        value_name = "DATE",
        requires = "plan",
        help_heading = "The trial"
    )]
    pub locked: Option<String>,

    /// The fingerprint that the plan was locked with; it must be the same
    #[arg(
        long,
        value_name = "SHA256",
        requires = "plan",
        help_heading = "The trial"
    )]
    pub fingerprint: Option<String>,

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
    #[arg(long, value_name = "N", default_value_t = DRAWS, value_parser = clap::value_parser!(u32).range(1..), help_heading = "How it is worked out")]
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
    pub fn run(mut self) -> Ending {
        let out = self.out.clone();
        let wanted = Wanted {
            format: self.format,
            out: out.as_deref(),
        };
        match self.answer(wanted) {
            Ok(ending) | Err(ending) => ending,
        }
    }

    fn answer(&mut self, wanted: Wanted<'_>) -> Result<Ending, Ending> {
        let wrong = |error: TableError| Ending::file(&error);
        let plan = match &self.plan {
            Some(path) => Some(plan::read(path, self.fingerprint.as_deref())?),
            None => None,
        };
        let source = Source::file(&self.file).map_err(wrong)?;
        let large = source.len() > LARGE;
        let mut table = tables::open(source.clone(), &self.options()).map_err(wrong)?;
        let mut asked = self.said(plan.as_ref());
        let record = match &self.drawn {
            Some(path) => Some(drawn::read(path)?),
            None => None,
        };
        if let Some(record) = &record {
            drawn::fill(&mut asked, record, &table);
        }
        if asked.outcome.is_empty() {
            let settled = guess::settle(self, &table, &asked)?;
            asked = settled.asked;
            self.allocation = settled.allocation.unwrap_or(self.allocation);
            if !settled.missing.is_empty() {
                self.missing.extend(settled.missing);
                table = tables::open(source, &self.options()).map_err(wrong)?;
            }
        }
        complete(&asked)?;
        let reading = large.then(|| Progress::unknown("Reading the file"));
        let sample = FileSample::read(&table, &asked).map_err(wrong)?;
        drop(reading);

        let mut question = self.question(&asked, plan.as_ref());
        if let Some(named) = &self.randomised {
            let drawn = randomised::drawn(named, &table, &self.options(), sample.roles());
            question.drawn = Some(drawn.map_err(wrong)?);
        }
        if let Some(record) = record {
            question.drawn = question
                .drawn
                .or_else(|| Drawn::of(&record.lots, sample.roles()));
            question.lots = Some(record.lots);
        }
        if let Some(plan) = &plan {
            question.plan = Some(plan::record(
                plan,
                self.locked.as_deref(),
                sample.roles(),
                &question,
            )?);
        }
        let watched = Watched::new(&sample);
        let evaluation = match engine::evaluate(&watched, &question) {
            Ok(evaluation) => evaluation,
            Err(refusal) if watched.failed() => {
                return Err(Ending::wrong(&refusal.code, &refusal.says, &refusal.cure));
            }
            Err(refusal) => return Ok(wanted.refuse(engine::evaluation::SCHEMA, &refusal)),
        };
        Ok(match self.format {
            Format::Json => wanted.json(&evaluation),
            Format::Text => wanted.deliver(&report::text::evaluation(
                &evaluation,
                wanted.width(),
                wanted.colour(),
            )),
            Format::Markdown => wanted.deliver(&report::markdown::evaluation(&evaluation)),
            Format::Html => wanted.deliver(&report::html::page(&evaluation)),
        })
    }

    fn options(&self) -> Options {
        Options {
            sheet: self.sheet.clone(),
            missing: self.missing.clone(),
            decimal: self.decimal.map(Into::into),
        }
    }

    /// What each column is, as it was said; what a plan says stands where the call says nothing.
    fn said(&self, plan: Option<&TrialPlan>) -> Asked {
        let planned =
            |words: &dyn Fn(&TrialPlan) -> Vec<String>| plan.map(words).unwrap_or_default();
        let success = if self.success.is_empty() {
            planned(&|plan| plan.measure.success.clone())
        } else {
            self.success.clone()
        };
        Asked {
            outcome: self.outcome.clone().unwrap_or_default(),
            success,
            lower_is_better: self
                .better
                .map(|better| better == Better::Lower)
                .or_else(|| plan.map(|plan| plan.measure.lower_is_better)),
            treatment: self.treatment.clone(),
            control: self.control.clone(),
            cluster: self.cluster.clone(),
            cluster_within: self.cluster_within.clone(),
            block: self.block.clone(),
            baselines: self.baseline.clone(),
            covariates: self.covariate.clone(),
            subgroups: self.subgroup.clone(),
            received: self.received.clone(),
            unit: self.unit.clone(),
            conditions: self.filter.clone(),
        }
    }

    fn question(&self, asked: &Asked, plan: Option<&TrialPlan>) -> Question {
        let before_after = asked.treatment.is_none()
            // With the record of a draw, the unit is what lots were drawn for.
            || (asked.unit.is_some() && self.drawn.is_none());
        Question {
            design: self
                .design
                .map(Design::from)
                .or_else(|| before_after.then_some(Design::BeforeAfter)),
            allocation: match (self.allocation, plan) {
                (How::Unknown, Some(plan)) => plan.allocation,
                (How::Unknown, None) if self.drawn.is_some() => Allocation::Lot,
                (how, _) => Allocation::from(how),
            },
            methods: self.method.iter().copied().map(Into::into).collect(),
            se: self.se.map(Into::into),
            df: self.df.map(Into::into),
            attainment: self.attainment || plan.is_some_and(|plan| plan.measure.attainment),
            worthwhile: self
                .worthwhile
                .or_else(|| plan.and_then(|plan| plan.worthwhile)),
            draws: self.draws,
            seed: self.seed,
            call: Some(call::of(self, asked)),
            ..Question::default()
        }
    }
}

/// Whether enough is said to begin.
fn complete(said: &Asked) -> Result<(), Ending> {
    if said.treatment.is_none() && said.baselines.is_empty() {
        return Err(Ending::wrong(
            "role-missing",
            "Nobody said which column tells who got what.",
            "Name it with --treatment COL; or, where everybody got it, give the score from before with --baseline COL.",
        ));
    }
    Ok(())
}
