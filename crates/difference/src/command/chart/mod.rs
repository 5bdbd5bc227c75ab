//! `difference chart FILE`: signal or noise?

mod choices;
mod series;

use std::path::PathBuf;

use clap::Args;
use engine::chart::{self, ChartQuestion, Observation};
use engine::refusal::Refusal;
use engine::words::finding::capital;
use serde::Serialize;
use tables::{Options, Source, Table, TableError};

use self::choices::{Drawn, Kind, Rules, Season, Target};
use self::series::Columns;
use super::choices::Better;
use crate::answer::Wanted;
use crate::ending::Ending;

const EXAMPLE: &str = "\
Examples:
  difference chart attendance.csv --date week --value present --denominator possible --target 96%
  difference chart lateness.csv --date week --value minutes --better lower \\
      --change \"2026-09-07:breakfast club began\"
  difference chart seatbelts.csv --date year,month --value DriversKilled --better lower --season month
  difference chart schools.csv --kind funnel --value absent --denominator possible --by school";

/// Signal or noise?
///
/// Draws a measure over time with its usual range and says what is more than the ordinary ups and
/// downs; or, as a funnel, places beside each other.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Chart {
    /// One row for each date (and place)
    pub file: PathBuf,

    /// When: a column of dates, years or numbers in order, or YEAR,MONTH; left out: the one with dates
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub date: Option<String>,
    /// How much or how many; on a t chart, left out: the days between the dates
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub value: Option<String>,
    /// Out of how many
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub denominator: Option<String>,
    /// A chart for each word of this column; on a funnel the places
    #[arg(long, value_name = "COL", help_heading = "What each column is")]
    pub by: Option<String>,

    /// Which chart
    #[arg(long, value_enum, default_value_t = Kind::Auto, value_name = "KIND", help_heading = "How it is judged")]
    pub kind: Kind,
    /// When a point is more than noise; left out: anhoej on a run chart, else nhs
    #[arg(
        long,
        value_enum,
        value_name = "SET",
        help_heading = "How it is judged"
    )]
    pub rules: Option<Rules>,
    /// Whether a higher or a lower value is the better one
    #[arg(long, value_enum, default_value_t = Better::Higher, value_name = "WAY", help_heading = "How it is judged")]
    pub better: Better,
    /// The target, in the unit that the chart shows: 96, 96%, 4 per 1,000
    #[arg(long, value_name = "X", value_parser = choices::target, allow_hyphen_values = true, help_heading = "How it is judged")]
    pub target: Option<Target>,
    /// Limits come from the values up to this date
    #[arg(long, value_name = "DATE", help_heading = "How it is judged")]
    pub baseline_until: Option<String>,
    /// Limits are drawn anew from this date on, because of this; more than once if need be
    #[arg(long, value_name = "DATE:WHY", value_parser = choices::change, help_heading = "How it is judged")]
    pub change: Vec<chart::Change>,
    /// Compared with the same week or month of earlier years
    #[arg(
        long,
        value_enum,
        value_name = "PART",
        help_heading = "How it is judged"
    )]
    pub season: Option<Season>,

    /// What is measured, for the sentence, such as attendance; left out: the column's heading
    #[arg(long, value_name = "WORDS", help_heading = "How it is said")]
    pub measure: Option<String>,
    /// The values' unit, such as % or minutes
    #[arg(long, value_name = "WORD", help_heading = "How it is said")]
    pub unit: Option<String>,
    /// A rate is shown per so many of the denominator, such as 1000
    #[arg(long, value_name = "N", help_heading = "How it is said")]
    pub per: Option<f64>,

    /// What the answer is written as
    #[arg(long, value_enum, default_value_t = Drawn::Text, help_heading = "The answer")]
    pub format: Drawn,
    /// Write the answer to this file
    #[arg(long, value_name = "FILE", help_heading = "The answer")]
    pub out: Option<PathBuf>,
}

/// Small multiples.
#[derive(Serialize)]
struct Several<'a> {
    schema: &'a str,
    by: &'a str,
    charts: Vec<Labelled<'a>>,
}

#[derive(Serialize)]
struct Labelled<'a> {
    label: &'a str,
    #[serde(flatten)]
    chart: Option<&'a chart::Chart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'a Refusal>,
}

impl Chart {
    /// Reads the file, draws and writes the answer.
    pub fn run(self) -> Ending {
        let table = match self.table() {
            Ok(table) => table,
            Err(wrong) => return wrong,
        };
        let columns = Columns {
            date: self.date.as_deref(),
            value: self.value.as_deref(),
            denominator: self.denominator.as_deref(),
            by: self.by.as_deref(),
        };
        let Some(kind) = self.kind.over_time() else {
            return self.funnel(&table, &columns);
        };
        if self.value.is_none() && kind != chart::Kind::T {
            return Ending::wrong(
                "columns-missing",
                "A chart needs to know which column holds the values.",
                "Name it with --value.",
            );
        }
        let series = match series::series(&table, &columns) {
            Ok(series) => series,
            Err(wrong) => return wrong,
        };
        let drawn: Vec<(String, Result<chart::Chart, Refusal>)> = series
            .into_iter()
            .map(|(label, points)| {
                let drawn = self.draw(&points, kind);
                (label, drawn)
            })
            .collect();
        if self.by.is_some() {
            return self.several(&drawn);
        }
        let only = drawn
            .into_iter()
            .next()
            .map_or_else(|| self.draw(&[], kind), |(_, c)| c);
        match only {
            Err(refusal) => self.wanted().refuse(chart::SCHEMA, &refusal),
            Ok(drawn) => self.one(&drawn),
        }
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            format: self.format.of_words(),
            out: self.out.as_deref(),
        }
    }

    fn table(&self) -> Result<Table, Ending> {
        let wrong = |error: TableError| Ending::file(&error);
        let source = Source::file(&self.file).map_err(wrong)?;
        tables::open(source, &Options::default()).map_err(wrong)
    }

    /// Draws one series. The target is in the unit that is shown, which the first drawing tells.
    fn draw(&self, points: &[Observation], kind: chart::Kind) -> Result<chart::Chart, Refusal> {
        let mut question = self.question(kind);
        let drawn = chart::chart(points, &question)?;
        let Some(target) = self.target else {
            return Ok(drawn);
        };
        question.target = Some(target.on_scale(drawn.shown.times));
        chart::chart(points, &question)
    }

    fn question(&self, kind: chart::Kind) -> ChartQuestion {
        let heading = self
            .value
            .clone()
            .unwrap_or_else(|| "days between".to_owned());
        let unit = match (
            &self.unit,
            heading.contains('%') || self.target.is_some_and(|t| t.percent),
        ) {
            (Some(unit), _) => unit.clone(),
            (None, true) => "%".to_owned(),
            (None, false) => String::new(),
        };
        ChartQuestion {
            measure: self.measure.clone().unwrap_or(heading),
            unit,
            lower_is_better: self.better == Better::Lower,
            baseline_until: self.baseline_until.clone(),
            changes: self.change.clone(),
            kind,
            rules: self.rules.map(Into::into),
            season: self.season.map(Into::into),
            denominator: self.denominator.clone(),
            per: self.per,
            ..ChartQuestion::default()
        }
    }

    fn one(&self, drawn: &chart::Chart) -> Ending {
        let wanted = self.wanted();
        match self.format {
            Drawn::Json => wanted.json(drawn),
            Drawn::Text => {
                wanted.deliver(&report::text::chart(drawn, wanted.width(), wanted.colour()))
            }
            Drawn::Svg => wanted.deliver(&report::run_chart::standalone(drawn)),
            Drawn::Html => wanted.deliver(&report::html::chart(drawn)),
        }
    }

    /// Small multiples; answered when any of them is.
    fn several(&self, drawn: &[(String, Result<chart::Chart, Refusal>)]) -> Ending {
        let wanted = self.wanted();
        let by = self.by.as_deref().unwrap_or_default();
        let ending = match self.format {
            Drawn::Json => {
                let charts = drawn
                    .iter()
                    .map(|(label, drawn)| Labelled {
                        label,
                        chart: drawn.as_ref().ok(),
                        refused: drawn.as_ref().err(),
                    })
                    .collect();
                wanted.json(&Several {
                    schema: chart::SCHEMA,
                    by,
                    charts,
                })
            }
            Drawn::Text => {
                let (width, colour) = (wanted.width(), wanted.colour());
                let each: Vec<String> = drawn
                    .iter()
                    .map(|(label, drawn)| {
                        let words = match drawn {
                            Ok(drawn) => report::text::chart(drawn, width, colour),
                            Err(refusal) => report::text::refusal(refusal, width, colour),
                        };
                        format!("── {label}\n\n{words}")
                    })
                    .collect();
                wanted.deliver(&each.join("\n"))
            }
            Drawn::Svg => {
                let charts: Vec<(&str, &chart::Chart)> = drawn
                    .iter()
                    .filter_map(|(label, drawn)| Some((label.as_str(), drawn.as_ref().ok()?)))
                    .collect();
                wanted.deliver(&report::run_chart::small_multiples(&charts))
            }
            Drawn::Html => {
                let title = capital(&format!(
                    "{} by {by}",
                    self.question(chart::Kind::Auto).measure
                ));
                wanted.deliver(&report::html::charts(&title, drawn))
            }
        };
        match ending {
            Ending::Answered if drawn.iter().all(|(_, d)| d.is_err()) => Ending::CannotSay,
            other => other,
        }
    }

    fn funnel(&self, table: &Table, columns: &Columns<'_>) -> Ending {
        let units = match series::units(table, columns) {
            Ok(units) => units,
            Err(wrong) => return wrong,
        };
        let question = chart::FunnelQuestion {
            measure: self.question(chart::Kind::Auto).measure,
            each: self.by.clone().unwrap_or_default(),
            lower_is_better: self.better == Better::Lower,
            denominator: self.denominator.clone(),
            per: self.per,
        };
        let wanted = self.wanted();
        let drawn = match chart::funnel(&units, &question) {
            Ok(drawn) => drawn,
            Err(refusal) => return wanted.refuse(chart::SCHEMA, &refusal),
        };
        match self.format {
            Drawn::Json => wanted.json(&drawn),
            Drawn::Text => wanted.deliver(&report::text::funnel(
                &drawn,
                wanted.width(),
                wanted.colour(),
            )),
            Drawn::Svg => wanted.deliver(&report::funnel::standalone(&drawn)),
            Drawn::Html => wanted.deliver(&report::html::funnel_page(&drawn)),
        }
    }
}
