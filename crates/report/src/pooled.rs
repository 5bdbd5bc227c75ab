//! What a pool's report says, part by part, before anybody writes it.
//!
//! Who may call this: the writers of this crate. What must stay true: every writer says the same; all
//! places look alike, whatever their result.

use engine::date::Day;
use engine::pool::{Dependent, Inference, PREDICTION_FROM, Pool, TELLING_FROM, Working};
use engine::words::finding::capital;
use engine::words::numbers::{Precision, p_value, percent};

use crate::looks::Looks;

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
    /// What the effects do with the moderators; none where none were asked for.
    pub moderators: Option<Moderators>,
    /// Small trials beside large ones: a sentence, then names and figures; none where not asked for.
    pub small: Option<(String, Vec<(String, String)>)>,
    /// What may be said however often somebody looks; none where not asked for.
    pub looks: Option<Looks>,
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

/// Moderators in words and as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Moderators {
    /// What they say together.
    pub says: String,
    /// Each one's name, figure, 95% interval and p.
    pub rows: Vec<[String; 4]>,
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
            .filter(|_| pool.independent() >= PREDICTION_FROM)
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
            moderators: moderators(pool),
            small: small(pool),
            looks: Looks::of(pool),
            worked_out: worked_out(pool),
        }
    }
}

fn differ(pool: &Pool) -> String {
    if pool.k < 2 {
        return "One result says nothing about how much results differ.".to_owned();
    }
    let whole = format!(
        "{} of the variation between results is more than chance would explain (I²)",
        percent(pool.i2 / 100.0)
    );
    let spread = |variance: f64| Precision::HUNDREDTHS.fixed(variance.max(0.0).sqrt());
    let levels = pool.dependent.as_ref().map(|d| d.components.as_slice());
    if let Some([between, within]) = levels {
        let many = pool.question.many();
        return format!(
            "{whole}: {} between {many} and {} within them. The true effects of {many} spread by about {}, and those within one by about {}.",
            percent(between.i2 / 100.0),
            percent(within.i2 / 100.0),
            spread(between.variance),
            spread(within.variance)
        );
    }
    format!(
        "{whole}; the true effects spread by about {} (τ).",
        spread(pool.tau2.estimate)
    )
}

fn moderators(pool: &Pool) -> Option<Moderators> {
    let fit = pool.meta_regression.as_ref()?;
    let mut says = fit.says(&pool.question.moderators);
    if !fit.left_out.is_empty() {
        says = format!(
            "{says} Left out here, for want of a value: {}.",
            fit.left_out.join(", ")
        );
    }
    let rows = fit.coefficients.iter().filter_map(|coefficient| {
        let interval = coefficient.interval?;
        let precision = Precision::for_interval(Some(&interval));
        Some([
            capital(&coefficient.term),
            precision.fixed(coefficient.estimate),
            format!(
                "{} to {}",
                precision.fixed(interval.lower),
                precision.fixed(interval.upper)
            ),
            p_value(coefficient.p_value?),
        ])
    });
    Some(Moderators {
        says,
        rows: rows.collect(),
    })
}

fn small(pool: &Pool) -> Option<(String, Vec<(String, String)>)> {
    let small = pool.small_study.as_ref()?;
    if pool.studies.len() < TELLING_FROM {
        return Some((small.says.clone(), Vec::new()));
    }
    let digits = Precision::HUNDREDTHS;
    let mut rows = Vec::new();
    if let Some(egger) = &small.egger {
        rows.push((
            "Egger’s regression".to_owned(),
            format!(
                "t {}, p {}",
                digits.fixed(egger.statistic),
                p_value(egger.p_value)
            ),
        ));
    }
    if let Some(begg) = &small.begg {
        rows.push((
            "Begg & Mazumdar’s ranks".to_owned(),
            format!("τ {}, p {}", digits.fixed(begg.tau), p_value(begg.p_value)),
        ));
    }
    for fill in &small.trim_and_fill {
        rows.push((
            format!("Trim-and-fill, {}", fill.estimator),
            format!(
                "{} results put back, average {} ({})",
                fill.k0,
                digits.fixed(fill.estimate),
                digits.range(fill.interval.lower, fill.interval.upper)
            ),
        ));
    }
    for (name, line) in [("PET", &small.pet), ("PEESE", &small.peese)] {
        if let Some((estimate, interval)) = line
            .as_ref()
            .and_then(|line| Some((line.intercept.estimate, line.intercept.interval?)))
        {
            rows.push((
                format!("{name}, a trial without sampling error"),
                format!(
                    "{} ({})",
                    digits.fixed(estimate),
                    digits.range(interval.lower, interval.upper)
                ),
            ));
        }
    }
    if let Some(selection) = &small.selection {
        rows.push((
            "Selection model, average of all".to_owned(),
            format!(
                "{}, p of selection {}",
                digits.fixed(selection.estimate),
                p_value(selection.p_value)
            ),
        ));
    }
    Some((small.says.clone(), rows))
}

fn worked_out(pool: &Pool) -> Vec<(String, String)> {
    let inference = match pool.question.inference {
        Inference::HksjFloor => {
            "Hartung, Knapp, Sidik & Jonkman, never narrower than normal quantiles"
        }
        Inference::Hksj => "Hartung, Knapp, Sidik & Jonkman",
        Inference::Wald => "normal quantiles",
        Inference::Cr2 => {
            "robust to how results of one place depend on each other: CR2, Satterthwaite"
        }
    };
    let digits = Precision::THOUSANDTHS;
    let mut tau2 = digits.fixed(pool.tau2.estimate);
    if let (Some(lower), Some(upper)) = (pool.tau2.lower, pool.tau2.upper) {
        tau2 = format!("{tau2} (95% interval {})", digits.range(lower, upper));
    }
    let mut list = vec![
        (
            "Variance between results".to_owned(),
            pool.dependent.as_ref().map_or_else(
                || pool.question.method.words().to_owned(),
                |dependent| model(dependent, pool),
            ),
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
    if let Some(dependent) = &pool.dependent {
        list.extend(levels(dependent));
    }
    if let Some(p) = pool.primary().and_then(|average| average.p_value) {
        list.push(("p of the average".to_owned(), p_value(p)));
    }
    list.push(("Engine".to_owned(), format!("difference {}", pool.engine)));
    list
}

/// The model that results were weighted by where they depend on each other.
fn model(dependent: &Dependent, pool: &Pool) -> String {
    let method = pool.question.method.words();
    let several = dependent.components.len() > 1;
    match dependent.working {
        None if several => format!("three levels, {method}"),
        None => method.to_owned(),
        Some(Working::Corr) => "correlated effects, by moments".to_owned(),
        Some(Working::Hier) => "hierarchical effects, by moments".to_owned(),
        Some(Working::Che) => format!("correlated and hierarchical effects, {method}"),
    }
}

/// Each level's variance, and what the correlation that was taken for granted does.
fn levels(dependent: &Dependent) -> Vec<(String, String)> {
    let digits = Precision::THOUSANDTHS;
    let mut list = Vec::new();
    if dependent.components.len() > 1 {
        for component in &dependent.components {
            let mut variance = digits.fixed(component.variance);
            if let (Some(lower), Some(upper)) = (component.lower, component.upper) {
                variance = format!("{variance} (95% interval {})", digits.range(lower, upper));
            }
            list.push((format!("Variance {}", component.level), variance));
        }
    }
    if let Some(rho) = dependent.rho {
        let averages = || dependent.by_rho.iter().map(|row| row.estimate);
        let (low, high) = (
            averages().fold(f64::INFINITY, f64::min),
            averages().fold(f64::NEG_INFINITY, f64::max),
        );
        let last = dependent.by_rho.last().map_or(rho, |row| row.rho);
        list.push((
            "Correlation of sampling errors".to_owned(),
            format!(
                "{rho} taken for granted; from 0 to {last} the average is {}",
                digits.range(low, high)
            ),
        ));
    }
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
