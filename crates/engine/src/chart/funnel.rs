//! A funnel: places beside each other, each by limits as wide as its numbers are small.
//!
//! Who may call this: the command line. What must stay true: only a place beyond the 99.8% limits is
//! marked; places are never ranked; limits are Spiegelhalter's (2005), see [`super::kinds::funnel`].

use serde::{Deserialize, Serialize};

use super::kinds::funnel::{
    ACTION, Counts, WARNING, exact, more_than_chance, overdispersion, sigma, widened,
};
use super::kinds::p;
use super::{Line, News, Phase, SCHEMA, Shown, Signal};
use crate::VERSION;
use crate::refusal::Refusal;
use crate::words::finding::capital;
use crate::words::numbers::{Precision, spelled};

/// Of fewer places it can't be told whether they differ more than chance, or one of them does.
const OVERDISPERSION_FROM: usize = 10;

/// One place's count and its denominator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// The place's name.
    pub label: String,
    /// How many.
    pub count: f64,
    /// Out of how many.
    pub denominator: f64,
}

/// What is asked of places.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FunnelQuestion {
    /// What is measured, such as "absence".
    pub measure: String,
    /// What one place is called, such as "school"; empty: place.
    pub each: String,
    /// Whether a lower value is the better one.
    pub lower_is_better: bool,
    /// What the denominators count, such as "half-days".
    pub denominator: Option<String>,
    /// A rate is shown per so many; left out: the power of ten that suits it.
    pub per: Option<f64>,
}

/// One place with its limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunnelPoint {
    /// The place's name.
    pub label: String,
    /// Share or rate, as a part of 1.
    pub value: f64,
    /// How many.
    pub count: f64,
    /// Out of how many.
    pub denominator: f64,
    /// 95% limits.
    pub lower_95: f64,
    /// Upper.
    pub upper_95: f64,
    /// 99.8% limits.
    pub lower: f64,
    /// Upper.
    pub upper: f64,
    /// [`Signal::Outside`] beyond the 99.8% limits.
    pub signals: Vec<Signal>,
    /// Whether that is good news.
    pub news: News,
}

/// Places beside each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Funnel {
    /// [`SCHEMA`].
    pub schema: String,
    /// The engine's version.
    pub engine: String,
    /// `funnel`.
    pub kind: String,
    /// How the limits are made, in a sentence.
    pub because: String,
    /// As asked.
    pub question: FunnelQuestion,
    /// How its numbers are shown to people.
    pub shown: Shown,
    /// The share or rate of all places together.
    pub centre: f64,
    /// How much more places differ than chance, φ̂; None under 10 places. The limits are widened by its root where that is more
    /// than 1.
    pub overdispersion: Option<f64>,
    /// Whether they are.
    pub widened: bool,
    /// One, from the place with the smallest denominator to that with the largest, with its 99.8% limits.
    pub phases: Vec<Phase>,
    /// In the order of their denominators, the smallest first.
    pub points: Vec<FunnelPoint>,
    /// In a sentence.
    pub headline: String,
    /// What to be careful with.
    pub warnings: Vec<String>,
}

/// Compares places.
///
/// ```
/// use difference_engine::chart::{FunnelQuestion, Unit, funnel};
/// let place = |label: &str, count, denominator| Unit { label: label.into(), count, denominator };
/// let drawn = funnel(
///     &[place("Thornbeck", 12.0, 300.0), place("Kirkfold", 9.0, 210.0), place("Oakshaw", 31.0, 250.0)],
///     &FunnelQuestion::default(),
/// ).unwrap();
/// assert!(!drawn.points[1].signals.is_empty(), "Oakshaw, 31 of 250");
/// ```
///
/// # Errors
/// `too-few-places` under 3, `denominator-zero`, `denominator-not-a-number`, `value-not-a-number`,
/// `count-below-zero`, `place-twice`.
pub fn funnel(units: &[Unit], question: &FunnelQuestion) -> Result<Funnel, Refusal> {
    let each = match question.each.trim() {
        "" => "place",
        each => each,
    };
    sound(units, each)?;
    let within = |u: &Unit| {
        u.count <= u.denominator && u.count.fract() == 0.0 && u.denominator.fract() == 0.0
    };
    let counts = if units.iter().all(within) {
        Counts::Binomial
    } else {
        Counts::Poisson
    };
    let number = |of: fn(&Unit) -> f64| units.iter().map(of).collect::<Vec<f64>>();
    let centre = p::centre(&number(|u| u.count), &number(|u| u.denominator));
    let z: Vec<f64> = units
        .iter()
        .map(|u| {
            let sigma = sigma(counts, centre, u.denominator);
            if sigma > 0.0 {
                (u.count / u.denominator - centre) / sigma
            } else {
                0.0
            }
        })
        .collect();
    let overdispersion = overdispersion(&z).filter(|_| units.len() >= OVERDISPERSION_FROM);
    let phi = overdispersion.filter(|phi| *phi > more_than_chance(units.len()));
    let limit = |n: f64, p: f64| match phi {
        Some(phi) => widened(counts, centre, n, p, phi),
        None => exact(counts, centre, n, p),
    };
    let mut points: Vec<FunnelPoint> = units
        .iter()
        .map(|u| point(u, question.lower_is_better, |p| limit(u.denominator, p)))
        .collect();
    points.sort_by(|a, b| {
        a.denominator
            .total_cmp(&b.denominator)
            .then_with(|| a.label.cmp(&b.label))
    });
    let shown = shown(counts, centre, question);
    let because = because(counts, phi);
    let mut warnings = Vec::new();
    if units.len() < 10 {
        warnings.push(format!(
            "There are only {} {each}s, so each one pulls the average towards itself.",
            spelled(u64::try_from(units.len()).unwrap_or(u64::MAX))
        ));
    }
    Ok(Funnel {
        schema: SCHEMA.to_owned(),
        engine: VERSION.to_owned(),
        kind: "funnel".to_owned(),
        because,
        headline: headline(&points, each),
        question: question.clone(),
        shown,
        centre,
        overdispersion,
        widened: phi.is_some(),
        phases: vec![phase(centre, &points)],
        points,
        warnings,
    })
}

fn point(unit: &Unit, lower_is_better: bool, limit: impl Fn(f64) -> f64) -> FunnelPoint {
    let value = unit.count / unit.denominator;
    let (lower, upper) = (limit(ACTION.0), limit(ACTION.1));
    let outside = value < lower || value > upper;
    let news = match (outside, (value > upper) != lower_is_better) {
        (false, _) => News::Ordinary,
        (true, true) => News::Improvement,
        (true, false) => News::Concern,
    };
    FunnelPoint {
        label: unit.label.clone(),
        value,
        count: unit.count,
        denominator: unit.denominator,
        lower_95: limit(WARNING.0),
        upper_95: limit(WARNING.1),
        lower,
        upper,
        signals: if outside {
            vec![Signal::Outside]
        } else {
            Vec::new()
        },
        news,
    }
}

fn phase(centre: f64, points: &[FunnelPoint]) -> Phase {
    let label = |p: Option<&FunnelPoint>| p.map(|p| p.label.clone()).unwrap_or_default();
    let line = |of: fn(&FunnelPoint) -> f64| Line::of(points.iter().map(|p| Some(of(p))).collect());
    Phase {
        from: label(points.first()),
        to: label(points.last()),
        why: None,
        centre: Line::One(centre),
        lower: Some(line(|p| p.lower)),
        upper: Some(line(|p| p.upper)),
        carried: None,
        runs: None,
        sigma_z: None,
    }
}

fn sound(units: &[Unit], each: &str) -> Result<(), Refusal> {
    if units.len() < 3 {
        return Err(Refusal::new(
            "too-few-places",
            format!("A funnel compares {each}s, and there are fewer than three."),
            format!("Give one row for each {each}, or draw a measure over time."),
        ));
    }
    let mut seen = std::collections::BTreeSet::new();
    for unit in units {
        let label = &unit.label;
        if !seen.insert(label) {
            return Err(Refusal::new(
                "place-twice",
                format!("“{label}” comes twice."),
                format!("Give each {each} one row."),
            ));
        }
        if unit.denominator == 0.0 {
            return Err(Refusal::new(
                "denominator-zero",
                format!("The denominator of “{label}” is 0: nothing could be counted there."),
                "Leave that row out.",
            ));
        }
        let drawable = |x: f64| x.is_finite() && x <= 1e15;
        if !drawable(unit.denominator) || unit.denominator < 0.0 {
            return Err(Refusal::new(
                "denominator-not-a-number",
                format!("The denominator of “{label}” is not a number above 0."),
                "Enter how many there could have been, such as 210, or leave that row out.",
            ));
        }
        if unit.count < 0.0 {
            return Err(Refusal::new(
                "count-below-zero",
                format!("The count of “{label}” is below 0."),
                "Correct it, or leave that row out.",
            ));
        }
        if !drawable(unit.count) || !drawable(unit.count / unit.denominator) {
            return Err(Refusal::new(
                "value-not-a-number",
                format!("The count of “{label}” is not a number that can be drawn."),
                "Enter it as a number such as 12, or leave that row out.",
            ));
        }
    }
    Ok(())
}

fn shown(counts: Counts, centre: f64, question: &FunnelQuestion) -> Shown {
    match (counts, question.per) {
        (Counts::Binomial, None) => Shown {
            times: 100.0,
            unit: "%".to_owned(),
        },
        (_, per) => super::choice::rate(
            per.filter(|per| per.is_finite() && *per > 0.0),
            centre,
            question.denominator.as_deref(),
        ),
    }
}

fn because(counts: Counts, phi: Option<f64>) -> String {
    let kind = match counts {
        Counts::Binomial => "a share of the denominator (binomial)",
        Counts::Poisson => "a count for the denominator (Poisson)",
    };
    match phi {
        None => format!(
            "95% and 99.8% limits of {kind} about the average of all, exact (Spiegelhalter 2005)."
        ),
        Some(phi) => format!(
            "95% and 99.8% limits of {kind} about the average of all, {} times as wide as chance alone would have them, because places differ that much more (Spiegelhalter 2005).",
            Precision::TENTHS.write(phi.sqrt())
        ),
    }
}

fn headline(points: &[FunnelPoint], each: &str) -> String {
    let outside: Vec<&str> = points
        .iter()
        .filter(|p| !p.signals.is_empty())
        .map(|p| p.label.as_str())
        .collect();
    match outside.as_slice() {
        [] => format!("No {each} differs from the average by more than chance would explain."),
        [one] => format!("{one} differs from the average by more than chance would explain."),
        several => format!(
            "{} {each}s differ from the average by more than chance would explain.",
            capital(&spelled(u64::try_from(several.len()).unwrap_or(u64::MAX)))
        ),
    }
}
