//! A comparison of two groups, from its rows to its figures.

use super::Measured;
use super::compliance::took_part;
use super::design::{Setting, settle};
use super::effect_sizes::sizes;
use super::estimates::{self, Answer};
use super::facts::{self, Variation};
use super::lots;
use super::missing::bounds;
use super::model::{Model, cluster_columns};
use super::multisite;
use super::nested;
use super::promise;
use super::rows::in_words;
use super::subgroups::subgroups;
use super::tally::Tally;
use crate::intraclass::Intraclass;
use crate::least_squares::Term;
use crate::mixed::Likelihood;
use crate::question::{Method, Question};
use crate::refusal::Refusal;
use crate::sample::{CovariateKind, Roles, Sample};

/// Under this many clusters the lots themselves are the judge.
const FEW_CLUSTERS: usize = 8;

pub(super) fn measure(sample: &dyn Sample, question: &Question) -> Result<Measured, Refusal> {
    let roles = sample.roles();
    let tally = Tally::of(sample)?;
    let setting = settle(roles, question, &tally)?;
    tally.varies(roles)?;
    let planned = Model::planned(roles, &tally, setting).refined(sample)?;
    let clusters = tally.clusters().map(|set| set.len());
    let few = setting.whole_clusters && clusters.iter().sum::<usize>() < FEW_CLUSTERS;
    if setting.whole_clusters {
        enough_clusters(clusters, few, &tally, setting, question, roles)?;
    }

    let mut warnings = notices(setting, sample, question, &tally);
    let mut answers: Vec<(Method, Answer)> = Vec::new();
    let mut drew = false;
    for method in methods(question, setting, few) {
        let answer = match method {
            Method::Auto | Method::Ancova => {
                estimates::least_squares("ancova", sample, &planned, setting, question)
            }
            Method::Difference => estimates::difference(sample, &tally, setting, question),
            Method::Lin => Model::lin(roles, &tally, setting).and_then(|model| {
                let model = model.refined(sample)?;
                estimates::least_squares("lin", sample, &model, setting, question)
            }),
            Method::Mixed | Method::MixedMl => {
                let likelihood = match method {
                    Method::MixedMl => Likelihood::Full,
                    _ => Likelihood::Restricted,
                };
                match multisite::sites(&planned, setting) {
                    Some(sites) => multisite::mixed(roles, &planned, &sites, question, likelihood),
                    None if setting.clustered && roles.cluster_within.is_some() => {
                        nested::mixed(sample, &planned, setting, question, likelihood)
                    }
                    None => estimates::mixed(roles, &planned, setting, question, likelihood),
                }
            }
            Method::Permutation => {
                lots::draw_again(sample, &tally, setting, question).map(|lots| {
                    drew |= !lots.complete;
                    if !setting.whole_clusters && promise::wider_where_smaller(&planned) {
                        warnings.push(
                            "The smaller group varies more than the larger, so the lots drawn again can call a difference in spread one in the average."
                                .to_owned(),
                        );
                    }
                    lots::answer(roles, &lots, question)
                })
            }
        };
        match answer {
            Ok(answer) => answers.push((method, answer)),
            // The first method must answer; what stands beside it may be missing, with its reason.
            Err(refusal) if answers.is_empty() => return Err(refusal),
            Err(refusal) => warnings.push(format!("{} is missing: {refusal}", name(method))),
        }
    }
    let primary = answers
        .iter()
        .position(|(method, _)| *method != Method::Permutation)
        .unwrap_or(0);
    if let Some((_, answer)) = answers.get_mut(primary) {
        answer.estimate.primary = true;
    }
    let Some((first, answer)) = answers.get(primary) else {
        return Err(super::tally::no_rows(tally.rows));
    };
    let influence = answer.influence;
    let (subgroups, said) = subgroups(sample, setting, question)?;
    warnings.extend(said);
    let took_part = took_part(sample, setting, question)?;
    let by_site = match first {
        Method::Mixed | Method::MixedMl => multisite::sites(&planned, setting),
        _ => None,
    };
    let spread = match &by_site {
        Some(sites) => multisite::spread(sites),
        None if setting.clustered => Intraclass::of(&planned.cells).ok(),
        None => None,
    };
    let total = (spread.as_ref()).filter(|_| setting.whole_clusters || by_site.is_some());
    let sizes = sizes(roles, &tally, setting, question, &answer.estimate, total)?;
    let losses = facts::losses(question, &tally);
    let bounds = bounds(sample, setting, question, &losses)?;
    let fit = planned.fit()?;
    let bare = Model::bare(roles, &tally, setting.blocked);
    let baseline = roles
        .covariates
        .iter()
        .any(|c| c.kind == CovariateKind::Baseline);
    let variation = Variation {
        baseline,
        ..variation(&planned, &bare, setting, spread.as_ref(), sizes.sd)?
    };
    let drawn = [
        losses.intervention.clusters_drawn,
        losses.comparison.clusters_drawn,
    ];
    let measured = Measured {
        design: setting.design,
        rows: tally.rows,
        used: facts::whole(tally.used()),
        dropped: in_words(roles, &tally.lacking),
        groups: facts::groups(roles, &tally),
        balance: facts::balances(roles, &tally),
        detectable: facts::detectable(setting, &losses, &tally, fit.blocks(), variation),
        attrition: Some(losses),
        sd: Some(sizes.sd),
        effect_sizes: sizes.all,
        adjusted: baseline && *first != Method::Difference,
        fewest_clusters: setting
            .whole_clusters
            .then(|| drawn.into_iter().min())
            .flatten(),
        drew,
        estimates: (answers.iter().map(|(_, a)| a.estimate.clone()))
            .chain(took_part.iter().filter_map(|t| t.estimate.clone().ok()))
            .collect(),
        subgroups,
        bounds,
        influence,
        compliance: took_part.as_ref().and_then(|t| t.compliance),
        fits: answers.iter().filter_map(|(_, a)| a.fit.clone()).collect(),
        warnings: {
            if let Some(Err(refusal)) = took_part.map(|t| t.estimate) {
                warnings.push(format!(
                    "The effect on those who took part is missing: {refusal}"
                ));
            }
            for (_, answer) in &answers {
                warnings.extend(answer.warnings.iter().cloned());
            }
            let mut seen = std::collections::BTreeSet::new();
            warnings.retain(|warning| seen.insert(warning.clone()));
            warnings
        },
    };
    Ok(measured)
}

/// The methods in the order asked, the design's own in place of `Auto`, each once.
fn methods(question: &Question, setting: Setting, few: bool) -> Vec<Method> {
    let asked: &[Method] = if question.methods.is_empty() {
        &[Method::Auto]
    } else {
        &question.methods
    };
    let mut all = Vec::new();
    for method in asked {
        let these: &[Method] = match method {
            Method::Auto if few => &[Method::Ancova, Method::Mixed, Method::Permutation],
            Method::Auto if setting.clustered => &[Method::Ancova, Method::Mixed],
            Method::Auto => &[Method::Ancova],
            one => std::slice::from_ref(one),
        };
        let again =
            (*method == Method::Auto && question.lots.is_some()).then_some(&Method::Permutation);
        for method in these.iter().chain(again) {
            if !all.contains(method) {
                all.push(*method);
            }
        }
    }
    all
}

fn name(method: Method) -> &'static str {
    match method {
        Method::Auto | Method::Ancova => "The analysis of covariance",
        Method::Difference => "The difference in means",
        Method::Lin => "The analysis of covariance with a slope for each group",
        Method::Mixed => "The mixed model",
        Method::MixedMl => "The mixed model by maximum likelihood",
        Method::Permutation => "The permutation test",
    }
}

/// With so few clusters that even the most extreme lots would come up by chance more often than 1 time in
/// 20, nobody can say.
fn enough_clusters(
    [comparison, intervention]: [usize; 2],
    few: bool,
    tally: &Tally,
    setting: Setting,
    question: &Question,
    roles: &Roles,
) -> Result<(), Refusal> {
    let cure = "Compare at least four in each group; eight or more in each give an answer that can be relied on.";
    if comparison.min(intervention) < 2 {
        return Err(Refusal::new(
            "too-few-clusters",
            format!(
                "With {intervention} against {comparison} classes or schools, nothing shows how far they differ anyway."
            ),
            cure,
        ));
    }
    if !few {
        return Ok(());
    }
    // A trial whose lots can't be drawn again is judged by its standard errors alone.
    let Ok(lots) = lots::by_cluster(tally, setting, question, roles) else {
        return Ok(());
    };
    if lots.smallest_p <= 0.05 {
        return Ok(());
    }
    Err(Refusal::new(
        "too-few-clusters",
        format!(
            "With {intervention} against {comparison} classes or schools, even the largest difference that the lots could have given would come up by chance 1 time in {:.0}.",
            1.0 / lots.smallest_p
        ),
        cure,
    ))
}

fn notices(
    setting: Setting,
    sample: &dyn Sample,
    question: &Question,
    tally: &Tally,
) -> Vec<String> {
    let mut list = Vec::new();
    let clusters = sample.roles().cluster.is_some();
    if clusters && question.design.is_none() && setting.clustered && !setting.whole_clusters {
        list.push(
            "Both groups are found within the same classes or schools, so pupils were compared; that those of one class or school are alike is allowed for."
                .to_owned(),
        );
    }
    if setting.whole_clusters && !super::design::whole(tally) {
        list.push(
            "Some classes or schools have pupils of both groups, although whole ones were drawn: check the column of groups."
                .to_owned(),
        );
    }
    if clusters && !setting.clustered {
        list.push(
            "Classes or schools are named, but pupils are taken as drawn one by one, so the answer does not allow for pupils of one class or school being alike."
                .to_owned(),
        );
    }
    list
}

/// How the outcome varies, for what the trial could have seen.
fn variation(
    planned: &Model,
    bare: &Model,
    setting: Setting,
    spread: Option<&Intraclass>,
    sd: f64,
) -> Result<Variation, Refusal> {
    let share = |left: f64, whole: f64| {
        if whole > 0.0 {
            (1.0 - left / whole).clamp(0.0, 0.99)
        } else {
            0.0
        }
    };
    if setting.whole_clusters
        && let Some(spread) = spread
    {
        let left = planned
            .restricted()
            .map_or((spread.between, spread.within), |model| {
                (model.between(), model.within())
            });
        return Ok(Variation {
            sd,
            icc: spread.correlation().clamp(0.0, 0.99),
            r2: share(left.1, spread.within),
            r2_clusters: share(left.0, spread.between),
            columns: cluster_columns(planned, planned.fit()?),
            ..Variation::default()
        });
    }
    let (bare, fit) = (bare.fit()?, planned.fit()?);
    let columns = fit
        .terms()
        .iter()
        .filter(|t| matches!(t, Term::Column(c) if *c > 0))
        .count();
    Ok(Variation {
        sd,
        r2: share(fit.residual_sum(), bare.residual_sum()),
        columns,
        ..Variation::default()
    })
}
