//! Each method's estimate of the difference, and the model behind it.

use super::LEVEL;
use super::design::{Setting, no_clusters};
use super::errors::{Also, Errors, label};
use super::model::{Model, TREATMENT, cluster_columns, clusters, no_spread};
use super::promise;
use super::tally::Tally;
use crate::count::count;
use crate::distributions::{critical, two_sided_p};
use crate::evaluation::{Estimate, Fit, Influence, Interval, VarianceComponent};
use crate::least_squares::{LeastSquares, Term};
use crate::mixed::{Likelihood, Mixed};
use crate::question::{DegreesOfFreedom, Question, StandardErrors};
use crate::refusal::Refusal;
use crate::sample::{Roles, Sample};
use crate::wald::Wald;

/// What a method answers.
pub(super) struct Answer {
    pub estimate: Estimate,
    pub fit: Option<Fit>,
    /// What it becomes without each cluster, where the method knows.
    pub influence: Option<Influence>,
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

pub(super) fn too_uncertain() -> Refusal {
    Refusal::new(
        "too-few-clusters",
        "Too few classes or schools carry the answer for an interval to be given.",
        "Compare more of them, or fewer columns of whole classes or schools.",
    )
}

/// A least-squares fit with the standard errors and degrees of freedom that were asked for, or the design's own.
pub(super) struct Sound<'m> {
    model: &'m Model,
    fit: &'m LeastSquares,
    errors: Errors<'m>,
    setting: Setting,
    df: Option<DegreesOfFreedom>,
    pub method: String,
}

impl<'m> Sound<'m> {
    /// Prepares the standard errors, and what tests of several coefficients need where they are `together`.
    pub(super) fn of(
        called: &str,
        sample: &dyn Sample,
        model: &'m Model,
        setting: Setting,
        question: &Question,
        together: bool,
    ) -> Result<Self, Refusal> {
        let fit = model.fit()?;
        let se = standard_errors(setting, question);
        promise::errors(se, setting, model, fit)?;
        let also = Also {
            degrees: question.df == Some(DegreesOfFreedom::Satterthwaite),
            together,
        };
        let clustered = sample.roles().cluster.is_some();
        let errors = Errors::of(se, also, clustered.then_some(&model.cells), fit, &|see| {
            model.each(sample, see)
        })?;
        Ok(Self {
            model,
            fit,
            errors,
            setting,
            df: question.df,
            method: format!("{called}, {}", label(se)),
        })
    }

    /// A coefficient; None where its standard error can't be worked out.
    pub(super) fn coefficient(&self, term: Term) -> Result<Option<Estimate>, Refusal> {
        let value = self.fit.coefficient(term).unwrap_or_default();
        let Some(standard_error) = self.errors.standard_error(self.fit, term) else {
            return Ok(None);
        };
        let df = self.errors.df(self.df, self.fit, term)?;
        estimate(
            &self.method,
            &self.model.term(term),
            value,
            standard_error,
            df,
        )
        .map(Some)
    }

    /// A coefficient about whole clusters, where whole clusters were drawn: its degrees of freedom held.
    pub(super) fn held(&self, term: Term) -> Result<Estimate, Refusal> {
        let one = self.coefficient(term)?.ok_or_else(no_spread)?;
        hold_down(one, self.model, self.fit, self.setting)
    }

    /// Whether some coefficients are all zero.
    pub(super) fn together(&self, terms: &[Term]) -> Result<Wald, Refusal> {
        self.errors.together(self.fit, terms)
    }
}

/// The standard errors that were asked for, or the design's own.
pub(super) fn standard_errors(setting: Setting, question: &Question) -> StandardErrors {
    question.se.unwrap_or(if setting.clustered {
        StandardErrors::Cr2
    } else {
        StandardErrors::Hc2
    })
}

/// Analysis of covariance, or the bare difference by the same way.
pub(super) fn least_squares(
    called: &str,
    sample: &dyn Sample,
    model: &Model,
    setting: Setting,
    question: &Question,
) -> Result<Answer, Refusal> {
    let sound = Sound::of(called, sample, model, setting, question, false)?;
    let mut coefficients = Vec::new();
    for term in sound.fit.terms() {
        match sound.coefficient(term) {
            Ok(one) => coefficients.extend(one.map(|one| (term, one))),
            // Another column's coefficient may have no spread of its own; the treatment's must.
            Err(refusal) if term == TREATMENT => return Err(refusal),
            Err(_) => {}
        }
    }
    let mut warnings = model.left_out(sound.fit);
    if setting.clustered && !sound.errors.by_clusters() {
        warnings.push(
            "These standard errors take no account of pupils of one class or school being alike, so the answer looks surer than it is."
                .to_owned(),
        );
    }
    let estimate = hold_down(treatment(&coefficients)?, model, sound.fit, setting)?;
    if promise::lavish(question.df) {
        promise::degrees(estimate.df, sound.errors.df(None, sound.fit, TREATMENT)?)?;
    }
    Ok(Answer {
        estimate,
        influence: sound.errors.influence(TREATMENT),
        fit: Some(Fit {
            method: sound.method,
            objective: None,
            coefficients: coefficients.into_iter().map(|(_, one)| one).collect(),
            variance_components: Vec::new(),
            icc: None,
        }),
        warnings,
    })
}

pub(super) fn treatment(coefficients: &[(Term, Estimate)]) -> Result<Estimate, Refusal> {
    coefficients
        .iter()
        .find(|(term, _)| *term == TREATMENT)
        .map(|(_, one)| one.clone())
        .ok_or_else(no_spread)
}

/// Where whole clusters were drawn the degrees of freedom of the treatment are held at the number
/// of clusters less 2 less the columns that are the same for all of a cluster, blocks among them; never raised.
pub(super) fn hold_down(
    mut one: Estimate,
    model: &Model,
    fit: &LeastSquares,
    setting: Setting,
) -> Result<Estimate, Refusal> {
    if !setting.whole_clusters {
        return Ok(one);
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
                "degrees of freedom held at {most}: classes or schools less 2 less columns about whole ones ({df:.1} without that)"
            )),
            ..held
        };
    }
    Ok(one)
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
        promise::degrees(df, Some(welch.df))?;
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
            influence: None,
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
    let full;
    let mixed = match likelihood {
        Likelihood::Restricted => model.restricted()?,
        Likelihood::Full => {
            full = Mixed::fit(&model.cells, likelihood)?;
            &full
        }
    };
    let (method, coefficients) = of_mixed(mixed, model, least, question)?;
    let estimate = hold_down(treatment(&coefficients)?, model, least, setting)?;
    promise::of_mixed(question.df, mixed, &estimate)?;
    let mut warnings = Vec::new();
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
        interval: None,
    };
    Ok(Answer {
        estimate,
        influence: None,
        fit: Some(Fit {
            method,
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

/// A mixed model's name and its coefficients, with the standard errors and degrees of freedom that were asked for.
pub(super) fn of_mixed(
    mixed: &Mixed,
    model: &Model,
    least: &LeastSquares,
    question: &Question,
) -> Result<(String, Vec<(Term, Estimate)>), Refusal> {
    let adjusted = question.df == Some(DegreesOfFreedom::KenwardRoger);
    let method = match (mixed.likelihood(), adjusted) {
        (Likelihood::Restricted, false) => "mixed, REML",
        (Likelihood::Restricted, true) => "mixed, REML, Kenward–Roger",
        (Likelihood::Full, false) => "mixed, ML",
        (Likelihood::Full, true) => {
            return Err(Refusal::new(
                "kenward-roger-needs-reml",
                "Kenward and Roger’s degrees of freedom are those of a model fitted by restricted maximum likelihood.",
                "Ask for the mixed model itself, or for Satterthwaite’s degrees of freedom.",
            ));
        }
    };
    promise::likelihood(mixed.likelihood(), mixed.clusters())?;
    let mut coefficients = Vec::new();
    for term in mixed.terms() {
        let (Some(value), Some(se)) = (mixed.coefficient(term), mixed.standard_error(term)) else {
            continue;
        };
        let (se, df) = match question.df {
            Some(DegreesOfFreedom::Normal) => (se, None),
            Some(DegreesOfFreedom::Residual) => (se, Some(count(least.residual_df()))),
            Some(DegreesOfFreedom::KenwardRoger) => {
                let own = mixed.kenward_roger(term).ok_or_else(too_uncertain)?;
                (own.standard_error, Some(own.df))
            }
            _ => (
                se,
                Some(mixed.satterthwaite(term).ok_or_else(too_uncertain)?),
            ),
        };
        coefficients.push((term, estimate(method, &model.term(term), value, se, df)?));
    }
    Ok((method.to_owned(), coefficients))
}
