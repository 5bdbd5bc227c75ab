//! Each method's estimate of the difference, and the model behind it.

use super::LEVEL;
use super::design::{Setting, no_clusters};
use super::facts::name;
use super::rows;
use super::tally::Tally;
use crate::cluster_robust::{self, ClusterRobust};
use crate::count::count;
use crate::distributions::{critical, two_sided_p};
use crate::evaluation::{Estimate, Fit, Interval, VarianceComponent};
use crate::heteroskedastic::{self, Heteroskedastic};
use crate::least_squares::{Cell, LeastSquares, Term};
use crate::mixed::{Likelihood, Mixed};
use crate::question::{DegreesOfFreedom, Question, StandardErrors};
use crate::refusal::Refusal;
use crate::sample::{Roles, Sample};

/// The treatment's place among the model's columns.
pub(super) const TREATMENT: Term = Term::Column(0);

/// A model of the outcome: the treatment first, then the covariates, and a level for each block.
pub(super) struct Model {
    pub cells: Vec<Cell>,
    /// Of its columns, the treatment first.
    names: Vec<String>,
    blocked: bool,
    covariates: bool,
}

impl Model {
    /// The plan's model: treatment, blocks, baselines and covariates.
    pub(super) fn planned(roles: &Roles, tally: &Tally, setting: Setting) -> Self {
        Self::new(roles, tally, setting.blocked, true)
    }

    /// The treatment alone, with a level for each block where lots were drawn within blocks.
    pub(super) fn bare(roles: &Roles, tally: &Tally, blocked: bool) -> Self {
        Self::new(roles, tally, blocked, false)
    }

    fn new(roles: &Roles, tally: &Tally, blocked: bool, covariates: bool) -> Self {
        let outcome = tally.outcome();
        let cells = tally
            .cells
            .iter()
            .map(|((cluster, block, arm), moments)| {
                let moments = if covariates {
                    moments.with_constant(0, f64::from(*arm))
                } else {
                    moments.select(&[outcome]).with_constant(0, f64::from(*arm))
                };
                Cell {
                    cluster: usize::try_from(*cluster).unwrap_or(usize::MAX),
                    block: if blocked {
                        usize::try_from(*block).unwrap_or(usize::MAX)
                    } else {
                        0
                    },
                    moments,
                }
            })
            .collect();
        let treatment = roles.treatment.iter().map(|t| t.column.clone());
        let others = roles.covariates.iter().filter(|_| covariates).map(name);
        Self {
            cells,
            names: treatment.chain(others).collect(),
            blocked,
            covariates,
        }
    }

    /// The least-squares fit, which must tell the treatment from everything else and leave
    /// something unexplained.
    pub(super) fn fit(&self) -> Result<LeastSquares, Refusal> {
        let fit = LeastSquares::fit(&self.cells)?;
        if fit.coefficient(TREATMENT).is_none() {
            return Err(Refusal::new(
                "collinear",
                "Within each block everybody is in the same group, so blocks and groups can’t be told apart.",
                "Leave the blocks out, or use blocks that have both groups in them.",
            ));
        }
        if fit.residual_sum() <= 1e-13 * fit.total_sum() {
            return Err(no_spread());
        }
        Ok(fit)
    }

    fn term(&self, term: Term) -> String {
        match term {
            Term::Intercept => "(Intercept)".to_owned(),
            Term::Column(column) => self.names.get(column).cloned().unwrap_or_default(),
        }
    }

    /// Columns that were left out, in words.
    pub(super) fn left_out(&self, fit: &LeastSquares) -> Vec<String> {
        fit.left_out()
            .into_iter()
            .map(|column| {
                format!(
                    "“{}” is left out of the model: {} say the same.",
                    self.term(Term::Column(column)),
                    if self.blocked {
                        "the blocks and the columns before it"
                    } else {
                        "the columns before it"
                    },
                )
            })
            .collect()
    }
}

/// What a method answers.
pub(super) struct Answer {
    pub estimate: Estimate,
    pub fit: Option<Fit>,
    pub warnings: Vec<String>,
}

/// One coefficient with its uncertainty.
///
/// # Errors
/// `no-variation` where there is no spread to measure it against.
pub(super) fn estimate(
    method: &str,
    term: &str,
    value: f64,
    standard_error: f64,
    df: Option<f64>,
) -> Result<Estimate, Refusal> {
    let statistic = value / standard_error;
    if !(statistic.is_finite() && standard_error > 0.0) {
        return Err(no_spread());
    }
    let half = critical(LEVEL, df)? * standard_error;
    let interval = Interval {
        level: LEVEL,
        lower: value - half,
        upper: value + half,
    };
    if !(interval.lower.is_finite() && interval.upper.is_finite()) {
        return Err(too_uncertain());
    }
    Ok(Estimate {
        method: method.to_owned(),
        term: term.to_owned(),
        estimate: value,
        standard_error: Some(standard_error),
        statistic: Some(statistic),
        df,
        p_value: Some(two_sided_p(statistic, df)?),
        interval: Some(interval),
        primary: false,
        note: None,
    })
}

fn no_spread() -> Refusal {
    Refusal::new(
        "no-variation",
        "Nothing is left to vary within the groups, so nothing shows how sure the answer is.",
        "Check that the right column is chosen as the outcome, and that no other column repeats it.",
    )
}

fn too_uncertain() -> Refusal {
    Refusal::new(
        "too-few-clusters",
        "Too few classes or schools carry the answer for an interval to be given.",
        "Compare more of them, or fewer columns of whole classes or schools.",
    )
}

/// Analysis of covariance, or the bare difference by the same way: least squares with the standard errors and degrees of freedom that were asked
/// for, or the design's own.
pub(super) fn least_squares(
    called: &str,
    sample: &dyn Sample,
    model: &Model,
    setting: Setting,
    question: &Question,
) -> Result<Answer, Refusal> {
    let fit = model.fit()?;
    let default = if setting.clustered {
        StandardErrors::Cr2
    } else {
        StandardErrors::Hc2
    };
    let se = question.se.unwrap_or(default);
    let errors = Errors::of(se, sample, model, &fit)?;
    let method = format!("{called}, {}", label(se));
    let mut coefficients = Vec::new();
    for term in fit.terms() {
        let value = fit.coefficient(term).unwrap_or_default();
        let Some(standard_error) = errors.standard_error(&fit, term) else {
            continue;
        };
        let df = match question.df {
            Some(DegreesOfFreedom::Normal) => None,
            Some(DegreesOfFreedom::Residual) => Some(count(fit.residual_df())),
            Some(DegreesOfFreedom::Satterthwaite) => {
                Some(errors.satterthwaite(&fit, term).ok_or_else(too_uncertain)?)
            }
            None => Some(errors.usual_df(&fit, term).ok_or_else(too_uncertain)?),
        };
        let one = estimate(&method, &model.term(term), value, standard_error, df);
        match one {
            Ok(one) => coefficients.push((term, one)),
            // Another column's coefficient may have no spread of its own; the treatment's must.
            Err(refusal) if term == TREATMENT => return Err(refusal),
            Err(_) => {}
        }
    }
    let mut warnings = model.left_out(&fit);
    if setting.clustered && matches!(errors, Errors::Rows(_) | Errors::Classical) {
        warnings.push(
            "These standard errors take no account of pupils of one class or school being alike, so the answer looks surer than it is."
                .to_owned(),
        );
    }
    let chosen = treatment(&coefficients)?;
    let (estimate, note) = hold_down(chosen, model, &fit, setting)?;
    warnings.extend(note);
    Ok(Answer {
        estimate,
        fit: Some(Fit {
            method,
            objective: None,
            coefficients: coefficients.into_iter().map(|(_, one)| one).collect(),
            variance_components: Vec::new(),
            icc: None,
        }),
        warnings,
    })
}

fn treatment(coefficients: &[(Term, Estimate)]) -> Result<Estimate, Refusal> {
    coefficients
        .iter()
        .find(|(term, _)| *term == TREATMENT)
        .map(|(_, one)| one.clone())
        .ok_or_else(no_spread)
}

/// Where whole clusters were drawn the degrees of freedom of the treatment are held at the number
/// of clusters less 2 less the columns that are the same for all of a cluster, blocks among them; never raised.
fn hold_down(
    mut one: Estimate,
    model: &Model,
    fit: &LeastSquares,
    setting: Setting,
) -> Result<(Estimate, Option<String>), Refusal> {
    if !setting.whole_clusters {
        return Ok((one, None));
    }
    let clusters = clusters(&model.cells);
    let levels = count(cluster_columns(model, fit) + fit.blocks() - 1);
    let most = count(clusters) - 2.0 - levels;
    if most < 1.0 {
        return Err(Refusal::new(
            "too-few-clusters",
            format!(
                "{clusters} classes or schools can’t bear a model with {levels} columns about whole classes or schools, blocks among them."
            ),
            "Compare more of them, or leave blocks or columns out.",
        ));
    }
    if let (Some(df), Some(se)) = (one.df, one.standard_error)
        && df > most
    {
        let held = estimate(&one.method, &one.term, one.estimate, se, Some(most))?;
        one = Estimate {
            note: Some(format!(
                "degrees of freedom held at {most}: classes or schools less 2 less columns about whole ones ({df:.1} by Satterthwaite)"
            )),
            ..held
        };
    }
    Ok((one, None))
}

/// Covariates in the fit that are the same for everybody in a cluster.
pub(super) fn cluster_columns(model: &Model, fit: &LeastSquares) -> usize {
    if !model.covariates {
        return 0;
    }
    fit.terms()
        .into_iter()
        .filter(|term| match term {
            Term::Column(column) if *column > 0 => constant_within(&model.cells, *column),
            _ => false,
        })
        .count()
}

fn constant_within(cells: &[Cell], column: usize) -> bool {
    let mut level = std::collections::BTreeMap::new();
    cells.iter().all(|cell| {
        let mean = cell.moments.mean(column);
        let here = *level.entry(cell.cluster).or_insert(mean);
        cell.moments.cross(column, column) == 0.0 && here == mean
    })
}

pub(super) fn clusters(cells: &[Cell]) -> usize {
    let codes: std::collections::BTreeSet<usize> = cells.iter().map(|c| c.cluster).collect();
    codes.len()
}

/// Standard errors, prepared.
enum Errors<'fit> {
    Classical,
    Rows((Heteroskedastic<'fit>, heteroskedastic::Correction)),
    Clusters(ClusterRobust<'fit>),
}

impl<'fit> Errors<'fit> {
    fn of(
        se: StandardErrors,
        sample: &dyn Sample,
        model: &Model,
        fit: &'fit LeastSquares,
    ) -> Result<Self, Refusal> {
        use cluster_robust::Correction as Cr;
        let correction = match se {
            StandardErrors::Classical => return Ok(Self::Classical),
            StandardErrors::Hc2 => {
                return Self::rows(sample, model, fit, heteroskedastic::Correction::Hc2);
            }
            StandardErrors::Hc3 => {
                return Self::rows(sample, model, fit, heteroskedastic::Correction::Hc3);
            }
            StandardErrors::Cr0 => Cr::Cr0,
            StandardErrors::Cr1 => Cr::Cr1,
            StandardErrors::Cr2 => Cr::Cr2,
        };
        if sample.roles().cluster.is_none() {
            return Err(no_clusters());
        }
        Ok(Self::Clusters(ClusterRobust::new(
            fit,
            &model.cells,
            correction,
        )?))
    }

    /// The second pass over the rows.
    fn rows(
        sample: &dyn Sample,
        model: &Model,
        fit: &'fit LeastSquares,
        correction: heteroskedastic::Correction,
    ) -> Result<Self, Refusal> {
        let mut sums = Heteroskedastic::new(fit, &fit.terms());
        let mut values = Vec::new();
        rows::each(sample, |_, _, row| {
            let Ok(row) = row else { return };
            values.clear();
            values.push(f64::from(row.arm));
            if model.covariates {
                values.extend_from_slice(row.values);
            } else {
                values.extend(row.values.last());
            }
            let block = if model.blocked {
                usize::try_from(row.block).unwrap_or(usize::MAX)
            } else {
                0
            };
            sums.add(block, &values);
        })?;
        Ok(Self::Rows((sums, correction)))
    }

    fn standard_error(&self, fit: &LeastSquares, term: Term) -> Option<f64> {
        match self {
            Self::Classical => fit.standard_error(term),
            Self::Rows((sums, correction)) => sums.standard_error(term, *correction),
            Self::Clusters(robust) => robust.standard_error(term),
        }
    }

    fn satterthwaite(&self, fit: &LeastSquares, term: Term) -> Option<f64> {
        match self {
            Self::Classical => Some(count(fit.residual_df())),
            Self::Rows((sums, _)) => sums.satterthwaite(term),
            Self::Clusters(robust) => robust.satterthwaite(term),
        }
    }

    fn usual_df(&self, fit: &LeastSquares, term: Term) -> Option<f64> {
        match self {
            Self::Clusters(robust) => robust.satterthwaite(term),
            Self::Classical | Self::Rows(_) => Some(count(fit.residual_df())),
        }
    }
}

fn label(se: StandardErrors) -> &'static str {
    match se {
        StandardErrors::Classical => "classical",
        StandardErrors::Hc2 => "HC2",
        StandardErrors::Hc3 => "HC3",
        StandardErrors::Cr0 => "CR0",
        StandardErrors::Cr1 => "CR1",
        StandardErrors::Cr2 => "CR2",
    }
}

/// The difference in means. Where pupils were drawn, Welch's; where rows of a cluster move together, with cluster-robust standard
/// errors. Blocks and columns are set aside.
pub(super) fn difference(
    sample: &dyn Sample,
    tally: &Tally,
    setting: Setting,
    question: &Question,
) -> Result<Answer, Refusal> {
    let roles = sample.roles();
    let model = Model::bare(roles, tally, false);
    let by_rows = matches!(question.se, None | Some(StandardErrors::Hc2));
    let welch =
        !setting.clustered && by_rows && !matches!(question.df, Some(DegreesOfFreedom::Residual));
    let mut answer = if welch {
        let groups = tally.groups(tally.outcome()).ok_or_else(no_spread)?;
        let welch = groups.welch()?;
        let df = match question.df {
            Some(DegreesOfFreedom::Normal) => None,
            _ => Some(welch.df),
        };
        let method = "difference, HC2";
        Answer {
            estimate: estimate(
                method,
                &model.term(TREATMENT),
                groups.difference(),
                welch.standard_error,
                df,
            )?,
            fit: None,
            warnings: Vec::new(),
        }
    } else {
        least_squares("difference", sample, &model, setting, question)?
    };
    if setting.blocked {
        answer
            .estimate
            .note
            .get_or_insert_with(|| "takes no account of the blocks".to_owned());
    }
    Ok(answer)
}

/// The plan's model with a random level for each cluster.
pub(super) fn mixed(
    roles: &Roles,
    model: &Model,
    setting: Setting,
    question: &Question,
    likelihood: Likelihood,
) -> Result<Answer, Refusal> {
    let Some(levels) = &roles.cluster else {
        return Err(no_clusters());
    };
    let least = model.fit()?;
    let mixed = Mixed::fit(&model.cells, likelihood)?;
    let method = match likelihood {
        Likelihood::Restricted => "mixed, REML",
        Likelihood::Full => "mixed, ML",
    };
    let mut coefficients = Vec::new();
    for term in mixed.terms() {
        let (Some(value), Some(se)) = (mixed.coefficient(term), mixed.standard_error(term)) else {
            continue;
        };
        let df = match question.df {
            Some(DegreesOfFreedom::Normal) => None,
            Some(DegreesOfFreedom::Residual) => Some(count(least.residual_df())),
            _ => Some(mixed.satterthwaite(term).ok_or_else(too_uncertain)?),
        };
        coefficients.push((term, estimate(method, &model.term(term), value, se, df)?));
    }
    let (estimate, note) = hold_down(treatment(&coefficients)?, model, &least, setting)?;
    let mut warnings: Vec<String> = note.into_iter().collect();
    if mixed.is_singular() {
        warnings.push(
            "The mixed model finds no more variation between classes or schools than their pupils would make, so its variance between them is 0."
                .to_owned(),
        );
    }
    let component = |group: &str, term: &str, variance: f64| VarianceComponent {
        group: group.to_owned(),
        term: term.to_owned(),
        variance,
        sd: variance.sqrt(),
    };
    Ok(Answer {
        estimate,
        fit: Some(Fit {
            method: method.to_owned(),
            objective: Some(mixed.objective()),
            coefficients: coefficients.into_iter().map(|(_, one)| one).collect(),
            variance_components: vec![
                component(&levels.column, "(Intercept)", mixed.between()),
                component("residual", "", mixed.within()),
            ],
            icc: Some(mixed.intraclass_correlation()),
        }),
        warnings,
    })
}
