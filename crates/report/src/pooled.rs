//! What a pool's report says, part by part, before anybody writes it.
//!
//! Who may call this: the writers of this crate. What must stay true: every writer says the same; all
//! places look alike, whatever their result.

use engine::date::Day;
use engine::pool::{Inference, PREDICTION_FROM, Pool};
use engine::words::finding::capital;
use engine::words::numbers::{Precision, p_value, percent};

/// A pool's parts, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Pooling {
    /// What one result is called, such as "place" or "study".
    pub each: String,
    /// What the effects are measured in.
    pub unit: String,
    /// One for each result, oldest first.
    pub places: Vec<Place>,
    /// The average and its limits.
    pub average: Option<Span>,
    /// What most new places would see; none under five results.
    pub next: Option<Span>,
    /// How much results differ, in words.
    pub differ: String,
    /// How it was worked out: a name and what stands behind it.
    pub worked_out: Vec<(String, String)>,
}

/// A figure and its limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The estimate; the middle for a prediction.
    pub estimate: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// One place's result.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its name.
    pub label: String,
    /// Its effect and limits.
    pub span: Span,
    /// Its share of the average, such as "12%".
    pub weight: String,
}

impl Span {
    /// Such as "0.24".
    #[must_use]
    pub fn figure(&self) -> String {
        Precision::HUNDREDTHS.fixed(self.estimate)
    }

    /// Such as "0.03 to 0.45".
    #[must_use]
    pub fn range(&self) -> String {
        format!(
            "{} to {}",
            Precision::HUNDREDTHS.fixed(self.lower),
            Precision::HUNDREDTHS.fixed(self.upper)
        )
    }
}

impl Pooling {
    /// The parts of a pool's report.
    #[must_use]
    pub fn of(pool: &Pool) -> Self {
        let mut studies: Vec<_> = pool.studies.iter().collect();
        // By date, those without one first and in the order given.
        studies.sort_by_key(|study| study.date.as_deref().and_then(Day::parse).map(Day::number));
        let average = pool.primary().and_then(|average| {
            average.interval.map(|interval| Span {
                estimate: average.estimate,
                lower: interval.lower,
                upper: interval.upper,
            })
        });
        let next = pool
            .prediction
            .filter(|_| pool.k >= PREDICTION_FROM)
            .map(|next| Span {
                estimate: 0.5 * (next.lower + next.upper),
                lower: next.lower,
                upper: next.upper,
            });
        Self {
            each: pool
                .question
                .each
                .clone()
                .unwrap_or_else(|| "place".to_owned()),
            unit: pool
                .question
                .unit
                .clone()
                .unwrap_or_else(|| "standard deviations".to_owned()),
            places: studies
                .into_iter()
                .map(|study| Place {
                    label: study.label.clone(),
                    span: Span {
                        estimate: study.effect,
                        lower: study.lower,
                        upper: study.upper,
                    },
                    weight: percent(study.weight / 100.0),
                })
                .collect(),
            average,
            next,
            differ: differ(pool),
            worked_out: worked_out(pool),
        }
    }
}

fn differ(pool: &Pool) -> String {
    if pool.k < 2 {
        return "One result says nothing about how much results differ.".to_owned();
    }
    format!(
        "{} of the variation between results is more than chance would explain (I²); the true effects spread by about {} (τ).",
        percent(pool.i2 / 100.0),
        Precision::HUNDREDTHS.fixed(pool.tau2.estimate.max(0.0).sqrt())
    )
}

fn worked_out(pool: &Pool) -> Vec<(String, String)> {
    let inference = match pool.question.inference {
        Inference::HksjFloor => {
            "Hartung, Knapp, Sidik & Jonkman, never narrower than normal quantiles"
        }
        Inference::Hksj => "Hartung, Knapp, Sidik & Jonkman",
        Inference::Wald => "normal quantiles",
    };
    let digits = Precision::THOUSANDTHS;
    let mut tau2 = digits.fixed(pool.tau2.estimate);
    if let (Some(lower), Some(upper)) = (pool.tau2.lower, pool.tau2.upper) {
        tau2 = format!("{tau2} (95% interval {})", digits.range(lower, upper));
    }
    let mut list = vec![
        (
            "Variance between results".to_owned(),
            pool.question.method.words().to_owned(),
        ),
        ("Interval of the average".to_owned(), inference.to_owned()),
        ("τ²".to_owned(), tau2),
        (
            "Cochran’s Q".to_owned(),
            format!(
                "{} on {} degrees of freedom, p {}",
                Precision::TENTHS.fixed(pool.q.statistic),
                Precision::WHOLE.write(pool.q.df),
                p_value(pool.q.p_value)
            ),
        ),
    ];
    if let Some(p) = pool.primary().and_then(|average| average.p_value) {
        list.push(("p of the average".to_owned(), p_value(p)));
    }
    list.push(("Engine".to_owned(), format!("difference {}", pool.engine)));
    list
}

impl Pooling {
    /// Such as "Place by place".
    #[must_use]
    pub fn heading(&self) -> String {
        format!("{} by {}", capital(&self.each), self.each)
    }

    /// Such as "The next place to try it".
    #[must_use]
    pub fn next_label(&self) -> String {
        if self.each == "place" {
            "The next place to try it".to_owned()
        } else {
            format!("The next {}", self.each)
        }
    }
}
