//! The difference on scales that can be compared between trials.

use super::LEVEL;
use super::design::Setting;
use super::tally::Tally;
use crate::binary::TwoByTwo;
use crate::count::count;
use crate::effect_size::{clustered_definition, j_exact, standardise};
use crate::evaluation::{EffectSize, Estimate, Interval};
use crate::intraclass::Intraclass;
use crate::months::months;
use crate::question::Question;
use crate::refusal::Refusal;
use crate::sample::Roles;

/// The effect sizes, and the standard deviation that the comparable one is measured against.
pub(super) struct Sizes {
    pub all: Vec<EffectSize>,
    pub sd: f64,
}

/// Works them out from the primary estimate and the groups' own spread; `total` where effects are measured against the
/// variances of an unconditional mixed model.
///
/// # Errors
/// `too-few-pupils`, `no-variation`.
pub(super) fn sizes(
    roles: &Roles,
    tally: &Tally,
    setting: Setting,
    question: &Question,
    primary: &Estimate,
    total: Option<&Intraclass>,
) -> Result<Sizes, Refusal> {
    let groups = tally.groups(tally.outcome()).ok_or_else(|| {
        Refusal::new(
            "too-few-pupils",
            "A group has fewer than two complete rows, so nothing shows how its pupils differ.",
            "Add pupils to that group, or compare other groups.",
        )
    })?;
    let mut raw = groups.hedges_g(LEVEL)?;
    if setting.clustered {
        clustered_definition().clone_into(&mut raw.definition);
    }
    let mut all = vec![raw];
    let sd = match total {
        Some(spread) => {
            all.push(over(
                "hedges_g_total",
                "primary estimate over the total standard deviation (root of the sum of the unconditional mixed model’s variances), times the exact small-sample correction for its degrees of freedom; the primary interval over the same standard deviation",
                primary,
                spread.total_sd(),
                primary.df,
            )?);
            all.push(over(
                "hedges_g_within",
                "primary estimate over the standard deviation within classes or schools (the unconditional mixed model’s residual), times the exact small-sample correction for its degrees of freedom; the primary interval over the same standard deviation",
                primary,
                spread.within_sd(),
                primary.df,
            )?);
            spread.total_sd()
        }
        None => {
            all.push(over(
                "hedges_g_adjusted",
                "primary estimate over the unadjusted pooled standard deviation, times the exact small-sample correction; the primary interval over the same standard deviation",
                primary,
                groups.pooled_sd(),
                Some(groups.df()),
            )?);
            groups.pooled_sd()
        }
    };
    if question.attainment
        && let Some(comparable) = all.get(1)
    {
        let in_months = months(comparable);
        all.push(in_months);
    }
    if roles.outcome.binary {
        let [comparison, intervention] = &tally.arms;
        let outcome = tally.outcome();
        let table = TwoByTwo {
            successes: successes(intervention.mean(outcome) * count(intervention.n())),
            pupils: super::facts::whole(intervention.n()),
            comparison_successes: successes(comparison.mean(outcome) * count(comparison.n())),
            comparison_pupils: super::facts::whole(comparison.n()),
        };
        for mut size in [table.risk_difference(LEVEL)?, table.odds_ratio(LEVEL)?] {
            if setting.clustered {
                size.definition = format!("{}; {}", size.definition, clustered_definition());
            }
            all.push(size);
        }
    }
    Ok(Sizes { all, sd })
}

/// An estimate over a standard deviation, with J; the interval over the standard deviation alone.
fn over(
    name: &str,
    definition: &str,
    primary: &Estimate,
    sd: f64,
    df: Option<f64>,
) -> Result<EffectSize, Refusal> {
    // J does not exist at one degree of freedom or fewer; the estimate is then given as it is.
    let df = df.filter(|df| j_exact(*df) > 0.0);
    let mut size = standardise(
        name,
        definition,
        primary.estimate,
        primary.standard_error,
        None,
        sd,
        df,
    )?;
    size.interval = primary.interval.map(|i| Interval {
        level: i.level,
        lower: i.lower / sd,
        upper: i.upper / sd,
    });
    Ok(size)
}

/// A sum of zeros and ones as a count.
fn successes(sum: f64) -> u64 {
    // The sum is a whole number below 2^53 but for rounding.
    format!("{:.0}", sum.max(0.0)).parse().unwrap_or_default()
}
