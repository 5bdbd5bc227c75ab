//! What a trial could see: the smallest detectable difference, power, and how many pupils it takes.
//!
//! Who may call this: the plan's wizard, the command line, and the rung's size rule. What must stay
//! true: every value that was not given is in `assumed`, with where it comes from.
//!
//! Formulae: Dong & Maynard 2013 (PowerUp!) for the smallest detectable difference,
//! (t₁₋α/₂ + t_power)·se with the design's degrees of freedom; the noncentral t for power; unequal
//! clusters by their coefficient of variation (Eldridge, Ashby & Kerry 2006). Effects are in standard
//! deviations of the outcome among all pupils.

use serde::{Deserialize, Serialize};

use crate::distributions::{
    noncentral_t_cdf, noncentral_t_upper, normal_cdf, normal_quantile, t_quantile,
};
use crate::months::Months;
use crate::question::Design;
use crate::refusal::Refusal;
use crate::words::numbers::{Precision, months_of, plural, thousands};

/// The schema's name and version.
pub const SCHEMA: &str = "difference.plan/1";

/// What is asked of a size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PowerQuestion {
    /// What will be drawn or compared.
    pub design: Design,
    /// Pupils in both groups together; where clusters are drawn it may be left out for `clusters` and `cluster_size`.
    pub pupils: Option<f64>,
    /// Clusters in both groups together.
    pub clusters: Option<f64>,
    /// Pupils a cluster, on average.
    pub cluster_size: Option<f64>,
    /// Coefficient of variation of the clusters' sizes.
    pub size_cv: Option<f64>,
    /// Blocks within which lots are drawn.
    pub blocks: Option<f64>,
    /// Share of the outcome's variance that lies between clusters.
    pub icc: Option<f64>,
    /// Share of the outcome's variance that lies between blocks.
    pub block_icc: Option<f64>,
    /// How much the effect itself varies from block to block: its variance as a share of the variance
    /// between blocks (Dong & Maynard's ω). Given, the answer is about blocks like these, and the
    /// degrees of freedom are the blocks'; left out, the effect is taken to be one.
    pub effect_variation: Option<f64>,
    /// Share of the variance between pupils that the baseline explains (in cluster designs: within clusters).
    pub r2: Option<f64>,
    /// Share of the variance between clusters that it explains.
    pub r2_cluster: Option<f64>,
    /// Columns of the model besides treatment and blocks.
    pub covariates: f64,
    /// Share of the units that get it.
    pub share_treated: f64,
    /// Chance of noticing a difference that is there.
    pub power: f64,
    /// Chance of noticing one that is not, two-sided.
    pub alpha: f64,
    /// Whether the outcome is attainment, so that months may be said.
    pub attainment: bool,
    /// Standard deviation of the outcome, in its unit.
    pub sd: Option<f64>,
    /// The outcome's unit, such as "minutes".
    pub unit: String,
    /// The smallest difference worth having, in standard deviations: how many pupils does it take?
    pub effect: Option<f64>,
}

impl Default for PowerQuestion {
    fn default() -> Self {
        Self {
            design: Design::Individual,
            pupils: None,
            clusters: None,
            cluster_size: None,
            size_cv: None,
            blocks: None,
            icc: None,
            block_icc: None,
            effect_variation: None,
            r2: None,
            r2_cluster: None,
            covariates: 0.0,
            share_treated: 0.5,
            power: 0.8,
            alpha: 0.05,
            attainment: false,
            sd: None,
            unit: String::new(),
            effect: None,
        }
    }
}

/// A value that was not given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assumed {
    /// What it is, in words.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Where it comes from.
    pub because: String,
}

/// The standard error, in standard deviations of the outcome, that a design gives, and its degrees
/// of freedom.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sharpness {
    /// In standard deviations.
    pub standard_error: f64,
    /// Of the test.
    pub df: f64,
    /// How much more variance there is than with as many pupils drawn one by one.
    pub design_effect: f64,
}

/// How many it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needed {
    /// Pupils in both groups together.
    pub pupils: u64,
    /// Clusters in both groups together, 0 where pupils are drawn.
    pub clusters: u64,
}

/// One line of "What size of change could you notice?".
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SizePoint {
    /// Pupils in both groups together.
    pub pupils: u64,
    /// Clusters, 0 where pupils are drawn.
    pub clusters: u64,
    /// Smallest detectable difference, in standard deviations.
    pub detectable: f64,
    /// The same in the outcome's unit, where its spread is known.
    pub unit: Option<f64>,
    /// The same in months, where months may be said.
    pub months: Option<i8>,
}

/// What this trial could see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sizing {
    /// [`SCHEMA`].
    pub schema: String,
    /// What will be drawn or compared.
    pub design: Design,
    /// What was not given.
    pub assumed: Vec<Assumed>,
    /// Chance of noticing `effect` where it was given, otherwise the chance asked for.
    pub power: f64,
    /// Smallest detectable difference, in standard deviations.
    pub detectable: f64,
    /// The same in the outcome's unit, where its spread is known.
    pub detectable_unit: Option<f64>,
    /// The same in months, where months may be said.
    pub months: Option<i8>,
    /// How many it takes to notice `effect`.
    pub needed: Option<Needed>,
    /// Smaller and larger trials.
    pub curve: Vec<SizePoint>,
    /// One or two sentences.
    pub headline: String,
}

fn wrong(what: &str, cure: &str) -> Refusal {
    Refusal::new("size-not-possible", what, cure)
}

fn share(value: f64, name: &str) -> Result<f64, Refusal> {
    if (0.0..1.0).contains(&value) {
        Ok(value)
    } else {
        Err(wrong(
            &format!("{name} must be at least 0 and below 1, not {value}."),
            "Give it as a share, such as 0.15.",
        ))
    }
}

/// A question with nothing left open.
struct Filled<'a> {
    asked: &'a PowerQuestion,
    pupils: f64,
    clusters: f64,
    size: f64,
    size_cv: f64,
    blocks: f64,
    icc: f64,
    block_icc: f64,
    r2: f64,
    r2_cluster: f64,
    assumed: Vec<Assumed>,
}

/// Whether whole clusters are drawn or compared.
#[must_use]
pub fn clustered(design: Design, clusters: Option<f64>) -> bool {
    matches!(design, Design::Cluster | Design::BlockedCluster)
        || (design == Design::Comparison && clusters.is_some_and(|c| c > 0.0))
}

fn fill(asked: &PowerQuestion) -> Result<Filled<'_>, Refusal> {
    let mut assumed = Vec::new();
    let mut or = |given: Option<f64>, name: &str, value: f64, because: &str| {
        given.unwrap_or_else(|| {
            assumed.push(Assumed {
                name: name.to_owned(),
                value,
                because: because.to_owned(),
            });
            value
        })
    };
    let in_clusters = clustered(asked.design, asked.clusters);
    let (mut size, mut clusters, mut size_cv, mut icc, mut r2_cluster) = (1.0, 0.0, 0.0, 0.0, 0.0);
    let pupils;
    if in_clusters {
        size = match (asked.cluster_size, asked.pupils, asked.clusters) {
            (None, Some(n), Some(j)) if j > 0.0 => n / j,
            (given, _, _) => or(
                given,
                "pupils a class or school",
                25.0,
                "a usual class; give your own for whole schools",
            ),
        };
        clusters = asked
            .clusters
            .or_else(|| asked.pupils.map(|n| (n / size).floor()))
            .ok_or_else(|| {
                wrong(
                    "How many classes or schools can take part is not known.",
                    "Enter how many, as a number such as 12.",
                )
            })?;
        pupils = clusters * size;
        icc = or(
            asked.icc,
            "share of the variation that lies between classes or schools",
            0.15,
            "within the 0.10 to 0.20 usual in planning trials of attainment in English schools; lower for most other measures",
        );
        size_cv = or(
            asked.size_cv,
            "unevenness of their sizes (standard deviation over mean)",
            0.0,
            "taken as equal sizes; very uneven ones see less",
        );
        if asked.covariates > 0.0 {
            r2_cluster = or(
                asked.r2_cluster,
                "share of the variation between classes or schools that the score before explains",
                0.5,
                "scores of the year before explain half or more of it in attainment tests",
            );
        } else {
            r2_cluster = asked.r2_cluster.unwrap_or(0.0);
        }
    } else {
        pupils = asked.pupils.ok_or_else(|| {
            wrong(
                "How many pupils can take part is not known.",
                "Enter how many, as a number such as 120.",
            )
        })?;
    }
    let r2 = if asked.covariates > 0.0 || asked.design == Design::BeforeAfter {
        or(
            asked.r2,
            "share of the variation between pupils that the score before explains",
            0.5,
            "two attainment tests a year apart usually correlate at about 0.7, and 0.7² is about 0.5",
        )
    } else {
        asked.r2.unwrap_or(0.0)
    };
    let in_blocks = matches!(
        asked.design,
        Design::BlockedIndividual | Design::BlockedCluster
    );
    let blocks = if in_blocks {
        or(
            asked.blocks,
            "blocks within which lots are drawn",
            if in_clusters {
                (clusters / 2.0).floor().max(1.0)
            } else {
                1.0
            },
            if in_clusters {
                "pairs"
            } else {
                "one, where none is given"
            },
        )
    } else {
        0.0
    };
    let positive = pupils.is_finite() && pupils > 0.0 && size > 0.0 && size_cv >= 0.0;
    let some_each = asked.share_treated > 0.0 && asked.share_treated < 1.0;
    if !(positive && some_each) {
        return Err(wrong(
            "The numbers of pupils and groups must be above 0, and the share that gets it between 0 and 1.",
            "Enter how many pupils can take part, as a number such as 120.",
        ));
    }
    for (value, name) in [
        (asked.power, "The chance of noticing"),
        (asked.alpha, "Alpha"),
    ] {
        if !(value > 0.0 && value < 1.0) {
            return Err(wrong(
                &format!("{name} must be between 0 and 1, not {value}."),
                "Give it as a share, such as 0.8.",
            ));
        }
    }
    Ok(Filled {
        asked,
        pupils,
        clusters,
        size,
        size_cv,
        blocks,
        icc: share(icc, "The share between classes or schools")?,
        block_icc: share(asked.block_icc.unwrap_or(0.0), "The share between blocks")?,
        r2: share(r2, "The share that the score before explains")?,
        r2_cluster: share(r2_cluster, "The share that the score before explains")?,
        assumed,
    })
}

impl Filled<'_> {
    /// The standard error with `factor` times as many units.
    fn sharpness(&self, factor: f64) -> Result<Sharpness, Refusal> {
        let q = self.asked;
        let pq = q.share_treated * (1.0 - q.share_treated);
        let pupils = self.pupils * factor;
        if q.design == Design::BeforeAfter {
            // The variance of a change is 2(1 − r), with r the correlation of before and after.
            return sharp(
                (2.0 * (1.0 - self.r2.sqrt()) / pupils).sqrt(),
                pupils - 1.0,
                1.0,
            );
        }
        let in_clusters = clustered(q.design, q.clusters);
        let blocks = match (self.blocks > 0.0, in_clusters) {
            (false, _) => 1.0,
            // More clusters come as more blocks; more pupils fill the blocks that there are.
            (true, true) => self.blocks * factor,
            (true, false) => self.blocks,
        };
        let within_blocks = 1.0 - self.block_icc;
        let (variance, units, effect) = if in_clusters {
            let clusters = self.clusters * factor;
            let uneven = 1.0 + self.size_cv * self.size_cv;
            let between = self.icc * uneven * (1.0 - self.r2_cluster) / (pq * clusters);
            let within =
                (within_blocks - self.icc).max(0.0) * (1.0 - self.r2) / (pq * clusters * self.size);
            (
                between + within,
                clusters,
                design_effect(self.size, self.size_cv, self.icc),
            )
        } else {
            (within_blocks * (1.0 - self.r2) / (pq * pupils), pupils, 1.0)
        };
        match q.effect_variation {
            Some(omega) if self.blocks > 0.0 => sharp(
                (variance + self.block_icc * omega / blocks).sqrt(),
                blocks - 1.0 - q.covariates,
                effect,
            ),
            _ => sharp(variance.sqrt(), units - blocks - 1.0 - q.covariates, effect),
        }
    }
}

fn sharp(standard_error: f64, df: f64, design_effect: f64) -> Result<Sharpness, Refusal> {
    if df < 1.0 || !standard_error.is_finite() {
        return Err(wrong(
            "There are too few to draw: with so few units nothing but chance could be seen.",
            "Add pupils, classes or schools.",
        ));
    }
    Ok(Sharpness {
        standard_error,
        df,
        design_effect,
    })
}

/// 1 + ((cv² + 1)·m − 1)·ICC: how many times as many pupils clusters of mean size m need (Donner &
/// Klar 2000; Eldridge, Ashby & Kerry 2006 for unequal sizes).
///
/// ```
/// use difference_engine::power::design_effect;
/// assert!((design_effect(25.0, 0.0, 0.15) - 4.6).abs() < 1e-12);
/// assert!((design_effect(25.0, 0.4, 0.15) - 5.2).abs() < 1e-12);
/// ```
#[must_use]
pub fn design_effect(mean_size: f64, size_cv: f64, icc: f64) -> f64 {
    1.0 + ((size_cv * size_cv + 1.0) * mean_size - 1.0) * icc
}

/// The standard error and degrees of freedom that a design gives.
///
/// # Errors
/// `size-not-possible`.
pub fn sharpness(question: &PowerQuestion) -> Result<Sharpness, Refusal> {
    fill(question)?.sharpness(1.0)
}

/// The smallest difference that a test of this standard error and these degrees of freedom notices
/// with the chance `power`: (t₁₋α/₂ + t_power)·se (Bloom 1995).
///
/// # Errors
/// `out-of-domain`.
pub fn smallest_detectable(
    standard_error: f64,
    df: f64,
    power: f64,
    alpha: f64,
) -> Result<f64, Refusal> {
    Ok(standard_error * (t_quantile(1.0 - 0.5 * alpha, df)? + t_quantile(power, df)?))
}

/// The chance that a two-sided test notices `effect` (noncentral t, both tails).
///
/// # Errors
/// `out-of-domain`.
pub fn two_sided_power(
    effect: f64,
    standard_error: f64,
    df: f64,
    alpha: f64,
) -> Result<f64, Refusal> {
    let critical = t_quantile(1.0 - 0.5 * alpha, df)?;
    let delta = effect / standard_error;
    Ok(noncentral_t_upper(critical, df, delta)? + noncentral_t_cdf(-critical, df, delta)?)
}

/// The chance of noticing a difference between two shares with `n` pupils a group, by the normal
/// approximation (R's `power.prop.test`).
///
/// # Errors
/// `out-of-domain`.
pub fn share_power(share: f64, comparison: f64, n: f64, alpha: f64) -> Result<f64, Refusal> {
    let z = normal_quantile(1.0 - 0.5 * alpha)?;
    let both = share + comparison;
    let spread = (share * (1.0 - share) + comparison * (1.0 - comparison)).sqrt();
    Ok(normal_cdf(
        (n.sqrt() * (share - comparison).abs() - z * (both * (1.0 - 0.5 * both)).sqrt()) / spread,
    )?)
}

/// The smallest detectable difference of a design, in standard deviations.
///
/// ```
/// use difference_engine::power::{detectable, PowerQuestion};
/// let g = detectable(&PowerQuestion { pupils: Some(100.0), ..PowerQuestion::default() })?;
/// assert!((g - 0.565954368826379).abs() < 1e-9);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `size-not-possible`.
pub fn detectable(question: &PowerQuestion) -> Result<f64, Refusal> {
    let sharp = sharpness(question)?;
    smallest_detectable(
        sharp.standard_error,
        sharp.df,
        question.power,
        question.alpha,
    )
}

/// How many pupils (and clusters) it takes to notice `effect` standard deviations with the power
/// asked for, the shape of the trial (cluster size, blocks a cluster) staying as it is. `None` where
/// more than ten million would not do.
///
/// # Errors
/// `size-not-possible`.
pub fn needed(question: &PowerQuestion, effect: f64) -> Result<Option<Needed>, Refusal> {
    let filled = fill(question)?;
    let in_clusters = clustered(question.design, question.clusters);
    let Some(exact) = needed_units(question, effect)? else {
        return Ok(None);
    };
    // Two groups of whole units: rounded up to the next even number.
    let even = 2.0 * (exact / 2.0 - 1e-9).ceil();
    let pupils = if in_clusters {
        even * filled.size
    } else {
        even
    };
    Ok(Some(Needed {
        pupils: whole(pupils.ceil()),
        clusters: if in_clusters { whole(even) } else { 0 },
    }))
}

/// The number of units at which the power asked for is just reached, before rounding up.
///
/// # Errors
/// `size-not-possible`.
pub fn needed_units(question: &PowerQuestion, effect: f64) -> Result<Option<f64>, Refusal> {
    let effect = effect.abs();
    if !(effect > 0.0 && effect.is_finite()) {
        return Err(wrong(
            "The smallest change worth having must be above 0.",
            "Enter it as a number such as 0.2 standard deviations.",
        ));
    }
    let filled = fill(question)?;
    let units = if clustered(question.design, question.clusters) {
        filled.clusters
    } else {
        filled.pupils
    };
    let enough = |n: f64| -> Result<bool, Refusal> {
        match filled.sharpness(n / units) {
            Err(_) => Ok(false),
            Ok(s) => Ok(
                two_sided_power(effect, s.standard_error, s.df, question.alpha)? >= question.power,
            ),
        }
    };
    let mut upper = 4.0;
    while !enough(upper)? {
        upper *= 2.0;
        if upper > 1e7 {
            return Ok(None);
        }
    }
    let mut lower = upper / 2.0;
    for _ in 0..60 {
        let middle = 0.5 * (lower + upper);
        if enough(middle)? {
            upper = middle;
        } else {
            lower = middle;
        }
        if upper - lower < 1e-9 * upper {
            break;
        }
    }
    Ok(Some(upper))
}

/// A count that is known to be whole and not negative.
#[expect(
    clippy::as_conversions,
    reason = "rounded, not negative, and clamped to 2^53 here; f64 has no lossless conversion to u64"
)]
fn whole(x: f64) -> u64 {
    x.round().clamp(0.0, 9_007_199_254_740_992.0) as u64
}

/// What this trial could see, with the table and the sentence of the plan's wizard.
///
/// # Errors
/// `size-not-possible`.
pub fn sizing(question: &PowerQuestion) -> Result<Sizing, Refusal> {
    let filled = fill(question)?;
    let in_clusters = clustered(question.design, question.clusters);
    let point = |factor: f64| -> Result<SizePoint, Refusal> {
        let s = filled.sharpness(factor)?;
        let g = smallest_detectable(s.standard_error, s.df, question.power, question.alpha)?;
        Ok(SizePoint {
            pupils: whole(filled.pupils * factor),
            clusters: if in_clusters {
                whole(filled.clusters * factor)
            } else {
                0
            },
            detectable: g,
            unit: question.sd.map(|sd| g * sd),
            months: question.attainment.then(|| Months::of(g).months),
        })
    };
    let here = point(1.0)?;
    let needed = question
        .effect
        .map(|effect| needed(question, effect))
        .transpose()?
        .flatten();
    let power = match question.effect {
        Some(effect) => {
            let s = filled.sharpness(1.0)?;
            two_sided_power(effect, s.standard_error, s.df, question.alpha)?
        }
        None => question.power,
    };
    let mut factors = vec![0.5, 1.0, 2.0, 4.0];
    if let Some(needed) = needed {
        factors.push(crate::binary::count(needed.pupils) / filled.pupils);
    }
    let mut curve: Vec<SizePoint> = factors.into_iter().filter_map(|f| point(f).ok()).collect();
    curve.sort_by_key(|p| p.pupils);
    curve.dedup_by_key(|p| p.pupils);
    let headline = sentence(question, &here, needed);
    Ok(Sizing {
        schema: SCHEMA.to_owned(),
        design: question.design,
        power,
        detectable: here.detectable,
        detectable_unit: here.unit,
        months: here.months,
        needed,
        curve,
        headline,
        assumed: filled.assumed,
    })
}

fn change(question: &PowerQuestion, g: f64) -> String {
    match (question.sd, question.attainment) {
        (_, true) => months_of(Months::of(g)),
        (Some(sd), false) => {
            let size = Precision::for_width(g * sd).write(g * sd);
            let unit = if question.unit.is_empty() {
                "points"
            } else {
                &question.unit
            };
            plural(&size, unit)
        }
        (None, false) => format!("{} standard deviations", Precision::HUNDREDTHS.write(g)),
    }
}

fn sentence(question: &PowerQuestion, here: &SizePoint, needed: Option<Needed>) -> String {
    let in_clusters = here.clusters > 0;
    let who = if in_clusters {
        format!(
            "{} pupils in {} classes or schools",
            thousands(here.pupils),
            thousands(here.clusters)
        )
    } else {
        format!("{} pupils", thousands(here.pupils))
    };
    let tenths = question.power * 10.0;
    let how = if (tenths - tenths.round()).abs() < 1e-9 {
        format!("{} times in 10", whole(tenths))
    } else {
        format!("{} times in 100", whole(question.power * 100.0))
    };
    let mut text = format!(
        "With {who} you would probably ({how}) notice a difference of {} or more.",
        change(question, here.detectable)
    );
    if let (Some(effect), Some(needed)) = (question.effect, needed) {
        let many = if in_clusters {
            format!(
                "{} pupils in {} classes or schools",
                thousands(needed.pupils),
                thousands(needed.clusters)
            )
        } else {
            format!("{} pupils", thousands(needed.pupils))
        };
        text.push_str(&format!(
            " To notice {} you would need about {many}.",
            change(question, effect)
        ));
    }
    text
}
