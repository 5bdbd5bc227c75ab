//! What metafor's univariate items have in common: a set of effects, a method, an inference.

use difference_engine::binary::TwoByTwo;
use difference_engine::pool::{
    CountEffect, Heterogeneity, Inference, Influence, Level, Line, Pool, PoolQuestion, Selection,
    SmallStudy, Study, Tau2Limits, effect_from_counts, fisher_z, pool, semipartial_correlation,
};

use super::Item;
use super::data::Table;

/// Effects and variances, in the file's order.
pub type Effects = Vec<(f64, f64)>;

/// The counts of the BCG trials.
pub fn bcg_counts() -> Vec<TwoByTwo> {
    let t = Table::read("bcg.csv");
    let [tpos, tneg, cpos, cneg] = ["tpos", "tneg", "cpos", "cneg"].map(|c| {
        let words = t.words(c).iter();
        words.map(|w| w.parse::<u64>().unwrap()).collect::<Vec<_>>()
    });
    (0..t.rows())
        .map(|i| TwoByTwo {
            successes: tpos[i],
            pupils: tpos[i] + tneg[i],
            comparison_successes: cpos[i],
            comparison_pupils: cpos[i] + cneg[i],
        })
        .collect()
}

/// An effect and its variance from the counts of each BCG trial.
pub fn bcg_as(measure: CountEffect) -> Effects {
    let counts = bcg_counts();
    let effect = |table: &TwoByTwo| effect_from_counts(table, measure).unwrap();
    counts.iter().map(effect).collect()
}

/// Log risk ratios of the BCG trials.
pub fn bcg() -> Effects {
    bcg_as(CountEffect::LogRiskRatio)
}

/// `escalc(…)`: effects and variances.
pub fn escalc(item: &Item, ours: &[(f64, f64)]) {
    assert_eq!(ours.len(), item.numbers("/yi").len(), "{}", item.id);
    for (i, (effect, variance)) in ours.iter().enumerate() {
        item.closed_form(&format!("/yi/{i}"), *effect);
        item.closed_form(&format!("/vi/{i}"), *variance);
    }
}

/// Teachers' expectancy and pupils' IQ.
pub fn raudenbush() -> Effects {
    given("raudenbush1985.csv")
}

/// Writing to learn.
pub fn bangert() -> Effects {
    given("bangertdrowns2004.csv")
}

/// Fisher's z of the correlations between ratings and achievement.
pub fn cohen() -> Effects {
    let t = Table::read("cohen1981.csv");
    let pupils = t.words("ni").iter().map(|n| n.parse().unwrap());
    let z = |(r, n): (&f64, u64)| fisher_z(*r, n).unwrap();
    t.numbers("ri").iter().zip(pupils).map(z).collect()
}

/// Semi-partial correlations of self-efficacy and burnout (Aloe 2014).
pub fn aloe() -> Effects {
    let t = Table::read("aloe2013.csv");
    let [tval, r2] = ["tval", "R2"].map(|c| t.numbers(c));
    let [n, preds] = ["n", "preds"].map(|c| {
        let words = t.words(c).iter();
        words.map(|w| w.parse::<u64>().unwrap()).collect::<Vec<_>>()
    });
    (0..t.rows())
        .map(|i| semipartial_correlation(tval[i], n[i], preds[i], r2[i]).unwrap())
        .collect()
}

fn given(file: &str) -> Effects {
    let t = Table::read(file);
    t.numbers("yi").into_iter().zip(t.numbers("vi")).collect()
}

fn pooled(effects: &[(f64, f64)], method: Heterogeneity, inference: Inference) -> Pool {
    asked(
        effects,
        &PoolQuestion {
            method,
            inference,
            small_study: true,
            ..PoolQuestion::default()
        },
    )
}

fn asked(effects: &[(f64, f64)], question: &PoolQuestion) -> Pool {
    let studies: Vec<Study> = effects
        .iter()
        .zip(1..)
        .map(|((effect, variance), row)| Study {
            label: format!("study {row}"),
            effect: *effect,
            variance: *variance,
            ..Study::default()
        })
        .collect();
    pool(&studies, question).unwrap()
}

/// `rma(yi, vi, method, test)`: everything that it says but the log-likelihoods and the standard
/// error of τ².
pub fn rma(item: &Item, effects: &[(f64, f64)], method: Heterogeneity, inference: Inference) {
    let ours = pooled(effects, method, inference);
    let agrees = |pointer: &str, value: f64| match method {
        Heterogeneity::Reml | Heterogeneity::Ml | Heterogeneity::Pm | Heterogeneity::Eb => {
            item.iterative(pointer, value);
        }
        _ => item.closed_form(pointer, value),
    };
    let average = ours.primary().unwrap();
    let interval = average.interval.unwrap();
    item.same("/k", ours.k);
    agrees("/beta", average.estimate);
    agrees("/se", average.standard_error.unwrap());
    agrees("/stat", average.statistic.unwrap());
    match average.df {
        Some(df) => agrees("/df", df),
        None => item.same("/df", serde_json::Value::Null),
    }
    agrees("/p", average.p_value.unwrap());
    agrees("/ci_lb", interval.lower);
    agrees("/ci_ub", interval.upper);
    agrees("/tau2", ours.tau2.estimate);
    agrees("/I2", ours.i2);
    agrees("/H2", ours.h2);
    item.closed_form("/QE", ours.q.statistic);
    item.closed_form("/QE_p", ours.q.p_value);
    if let Some(prediction) = ours.prediction {
        // Beside Wald's average the engine gives the interval of Higgins et al., t with k − 2.
        let [lower, upper] = match inference {
            Inference::Wald => ["/pi_hts_tkm2_lb", "/pi_hts_tkm2_ub"],
            Inference::Hksj | Inference::HksjFloor | Inference::Cr2 => ["/pi_lb", "/pi_ub"],
        };
        agrees(lower, prediction.lower);
        agrees(upper, prediction.upper);
    }
}

/// `confint(rma(yi, vi, method))`: the Q-profile interval of τ², and so of τ.
pub fn q_profile(item: &Item, effects: &[(f64, f64)], method: Heterogeneity) {
    let tau2 = pooled(effects, method, Inference::Wald).tau2;
    for (name, power) in [("tau^2", 1.0), ("tau", 0.5)] {
        let figure = |part: &str| format!("/{name}/{part}");
        item.iterative(&figure("estimate"), tau2.estimate.powf(power));
        item.iterative(&figure("ci_lb"), tau2.lower.unwrap().powf(power));
        item.iterative(&figure("ci_ub"), tau2.upper.unwrap().powf(power));
    }
}

/// `leave1out(rma(…, method="REML"))` and `cumul(…)`: the averages and their limits.
pub fn steps(item: &Item, effects: &[(f64, f64)], which: fn(&Pool) -> Vec<[f64; 3]>) {
    let ours = which(&pooled(effects, Heterogeneity::Reml, Inference::Wald));
    for (column, at) in [("estimate", 0), ("ci_lb", 1), ("ci_ub", 2)] {
        let theirs = item.numbers(&format!("/{column}"));
        assert_eq!(theirs.len(), ours.len(), "{}", item.id);
        for (i, (theirs, ours)) in theirs.iter().zip(&ours).enumerate() {
            item.agrees_with(&format!("/{column}/{i}"), *theirs, ours[at], 1e-6);
        }
    }
}

/// The averages without each study.
pub fn without_each(pool: &Pool) -> Vec<[f64; 3]> {
    let of = |s: &difference_engine::pool::Step| [s.estimate, s.lower, s.upper];
    pool.leave_one_out.iter().map(of).collect()
}

/// The averages after each study; without dates they come in the file's order.
pub fn after_each(pool: &Pool) -> Vec<[f64; 3]> {
    let of = |s: &difference_engine::pool::Step| [s.estimate, s.lower, s.upper];
    pool.cumulative.iter().map(of).collect()
}

/// `blup(rma(…, method="REML"))`: the shrunken effects.
pub fn shrunken(item: &Item, effects: &[(f64, f64)]) {
    let ours = pooled(effects, Heterogeneity::Reml, Inference::Wald);
    let theirs = item.numbers("/pred");
    assert_eq!(theirs.len(), ours.studies.len(), "{}", item.id);
    for (i, (theirs, ours)) in theirs.iter().zip(&ours.studies).enumerate() {
        item.agrees_with(&format!("/pred/{i}"), *theirs, ours.shrunken.unwrap(), 1e-6);
    }
}

/// `confint(rma(yi, vi, method="ML"), type="PL")`: profile-likelihood limits, which the peer finds to
/// about 1e-3.
pub fn profile_likelihood(item: &Item, effects: &[(f64, f64)]) {
    let question = PoolQuestion {
        method: Heterogeneity::Ml,
        tau2_limits: Tau2Limits::ProfileLikelihood,
        ..PoolQuestion::default()
    };
    let tau2 = asked(effects, &question).tau2;
    for (name, power) in [("tau^2", 1.0), ("tau", 0.5)] {
        let figure = |part: &str| format!("/{name}/{part}");
        item.iterative(&figure("estimate"), tau2.estimate.powf(power));
        item.agrees(&figure("ci_lb"), tau2.lower.unwrap().powf(power), 1e-3);
        item.agrees(&figure("ci_ub"), tau2.upper.unwrap().powf(power), 1e-3);
    }
}

/// `regtest(rma(…), model="lm")`: Egger's test.
pub fn egger(item: &Item, effects: &[(f64, f64)]) {
    let ours = small_study(effects, Heterogeneity::Reml).egger.unwrap();
    item.closed_form("/t", ours.statistic);
    item.closed_form("/df", ours.df.unwrap());
    item.closed_form("/p", ours.p_value);
    item.closed_form("/limit_est", ours.limit);
    item.closed_form("/limit_lb", ours.lower);
    item.closed_form("/limit_ub", ours.upper);
}

/// `regtest(rma(…, method="REML"), model="rma")`.
pub fn egger_mixed(item: &Item, effects: &[(f64, f64)]) {
    let ours = small_study(effects, Heterogeneity::Reml)
        .egger_mixed
        .unwrap();
    item.iterative("/z", ours.statistic);
    item.iterative("/p", ours.p_value);
    item.iterative("/limit_est", ours.limit);
}

/// `ranktest(rma(…))`: Begg and Mazumdar.
pub fn begg(item: &Item, effects: &[(f64, f64)]) {
    let ours = small_study(effects, Heterogeneity::Reml).begg.unwrap();
    item.closed_form("/tau", ours.tau);
    item.closed_form("/p", ours.p_value);
}

/// `fsn(yi, vi, type="Rosenthal")`.
pub fn fail_safe(item: &Item, effects: &[(f64, f64)]) {
    let ours = small_study(effects, Heterogeneity::Reml).fail_safe;
    item.same("/fsnum", ours.n);
    item.closed_form("/p", ours.p_value);
}

/// `trimfill(rma(…, method), estimator)`. Within it metafor goes back to its own stopping rule for REML
/// (a change of τ² under 1e-5 ends it) whatever the model was fitted with, so τ² agrees to that, and the
/// other figures to 1e-4; with equal effects nothing is iterated.
pub fn trim_and_fill(item: &Item, effects: &[(f64, f64)], method: Heterogeneity, estimator: &str) {
    let all = small_study(effects, method).trim_and_fill;
    let ours = all.iter().find(|t| t.estimator == estimator).unwrap();
    item.same("/k0", ours.k0);
    item.same("/k", ours.k);
    let side = serde_json::to_value(ours.side).unwrap();
    item.same("/side", side);
    let tolerance = match method {
        Heterogeneity::Equal => 1e-9,
        _ => 1e-4,
    };
    item.agrees("/se_k0", ours.k0_standard_error, tolerance);
    item.agrees("/beta", ours.estimate, tolerance);
    item.agrees("/se", ours.standard_error, tolerance);
    item.agrees("/ci_lb", ours.interval.lower, tolerance);
    item.agrees("/ci_ub", ours.interval.upper, tolerance);
    let apart = ours.tau2 - item.number("/tau2");
    item.agrees_with("/tau2, ours less theirs", 0.0, apart, 1e-5);
}

fn small_study(effects: &[(f64, f64)], method: Heterogeneity) -> SmallStudy {
    pooled(effects, method, Inference::Wald)
        .small_study
        .unwrap()
}

/// `lm(yi ~ sqrt(vi), weights=1/vi)` and `lm(yi ~ vi, weights=1/vi)`.
pub fn precision_effect(item: &Item, line: &Line) {
    for (at, estimate) in [&line.intercept, &line.slope].into_iter().enumerate() {
        item.closed_form(&format!("/coef/{at}"), estimate.estimate);
        item.closed_form(&format!("/se/{at}"), estimate.standard_error.unwrap());
    }
}

/// `selmodel(rma(…, method="ML"), type="stepfun", steps=c(0.025,1))`, to what the item suggests of its
/// own optimiser.
pub fn selection(item: &Item, ours: &Selection) {
    let agrees = |pointer: &str, value: f64| item.iterative(pointer, value);
    agrees("/beta", ours.estimate);
    agrees("/se", ours.standard_error.unwrap());
    agrees("/tau2", ours.tau2);
    agrees("/delta/1", ours.delta);
    agrees("/se_delta/1", ours.delta_standard_error.unwrap());
    agrees("/lrt", ours.likelihood_ratio);
    agrees("/lrt_p", ours.p_value);
}

/// Small-study methods of one set of effects.
pub fn small_study_of(effects: &[(f64, f64)]) -> SmallStudy {
    small_study(effects, Heterogeneity::Reml)
}

/// One figure of a result's influence.
type Figure = fn(&Influence) -> f64;

/// `influence(rma(…, method="REML"))`.
pub fn influence(item: &Item, effects: &[(f64, f64)]) {
    let ours = pooled(effects, Heterogeneity::Reml, Inference::Wald).influence;
    assert_eq!(ours.len(), item.numbers("/hat").len(), "{}", item.id);
    let columns: [(&str, Figure); 9] = [
        ("rstudent", |i| i.rstudent),
        ("dffits", |i| i.dffits.unwrap()),
        ("cook_d", |i| i.cook_d),
        ("cov_r", |i| i.cov_r),
        ("tau2_del", |i| i.tau2),
        ("QE_del", |i| i.q),
        ("hat", |i| i.hat),
        ("weight", |i| 100.0 * i.hat),
        ("dfbs", |i| i.dfbetas.unwrap()),
    ];
    for (name, column) in columns {
        for (i, ours) in ours.iter().enumerate() {
            item.iterative(&format!("/{name}/{i}"), column(ours));
        }
    }
}

/// A column of moderators: its name and a value for each row.
pub type Moderator = (&'static str, Vec<Option<Level>>);

/// A column of numbers of a data file, unknown where the cell is empty.
pub fn numbers(file: &str, column: &'static str) -> Moderator {
    number_column(&Table::read(file), column)
}

fn number_column(table: &Table, column: &'static str) -> Moderator {
    let values = table.numbers(column).into_iter();
    let level = |x: f64| (!x.is_nan()).then_some(Level::Number(x));
    (column, values.map(level).collect())
}

/// A column of words of a data file, as `factor()` has it.
pub fn words(file: &str, column: &'static str) -> Moderator {
    let table = Table::read(file);
    let level = |word: &String| (!word.is_empty()).then(|| Level::Word(word.clone()));
    (column, table.words(column).iter().map(level).collect())
}

/// `rma(yi, vi, mods=…, method="REML", test)`.
pub fn meta_regression(
    item: &Item,
    effects: &[(f64, f64)],
    moderators: &[Moderator],
    inference: Inference,
) {
    let studies: Vec<Study> = effects
        .iter()
        .enumerate()
        .map(|(row, (effect, variance))| Study {
            label: format!("study {row}"),
            effect: *effect,
            variance: *variance,
            moderators: moderators
                .iter()
                .map(|(_, values)| values[row].clone())
                .collect(),
            ..Study::default()
        })
        .collect();
    let question = PoolQuestion {
        inference,
        moderators: moderators
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect(),
        ..PoolQuestion::default()
    };
    let ours = pool(&studies, &question).unwrap().meta_regression.unwrap();
    item.same("/k", ours.k);
    assert_eq!(
        ours.coefficients.len(),
        item.numbers("/beta").len(),
        "{}",
        item.id
    );
    for (i, coefficient) in ours.coefficients.iter().enumerate() {
        let interval = coefficient.interval.unwrap();
        item.iterative(&format!("/beta/{i}"), coefficient.estimate);
        item.iterative(&format!("/se/{i}"), coefficient.standard_error.unwrap());
        item.iterative(&format!("/stat/{i}"), coefficient.statistic.unwrap());
        item.iterative(&format!("/p/{i}"), coefficient.p_value.unwrap());
        item.iterative(&format!("/ci_lb/{i}"), interval.lower);
        item.iterative(&format!("/ci_ub/{i}"), interval.upper);
    }
    if ours.tau2 == 0.0 {
        // The peer stops a hair's breadth from the boundary, where ours stands.
        item.agrees_with("/tau2", 0.0, item.number("/tau2"), 1e-12);
        item.agrees_with("/I2", 0.0, item.number("/I2"), 1e-9);
    } else {
        item.iterative("/tau2", ours.tau2);
        item.iterative("/I2", ours.i2);
    }
    item.iterative("/H2", ours.h2);
    item.iterative("/R2", ours.r2.unwrap());
    item.closed_form("/QE", ours.q.statistic);
    item.closed_form("/QE_p", ours.q.p_value);
    item.iterative("/QM", ours.test.statistic);
    item.iterative("/QM_p", ours.test.p_value);
    item.agrees("/QM_df/0", ours.test.df, 0.0);
    match ours.test.residual_df {
        Some(df) => item.agrees("/QM_df/1", df, 0.0),
        None => item.same("/QM_df/1", serde_json::Value::Null),
    }
}

/// The thirty-one items that every set of effects has, named by what their ids begin with.
macro_rules! checks {
    ($($name:literal of $effects:path),* $(,)?; $($more:tt)*) => {
        &[$(
            (concat!($name, "_EE"), |i| rma(i, &$effects(), Equal, Wald)),
            (concat!($name, "_DL"), |i| rma(i, &$effects(), Dl, Wald)),
            (concat!($name, "_REML"), |i| rma(i, &$effects(), Reml, Wald)),
            (concat!($name, "_HE"), |i| rma(i, &$effects(), He, Wald)),
            (concat!($name, "_HS"), |i| rma(i, &$effects(), Hs, Wald)),
            (concat!($name, "_SJ"), |i| rma(i, &$effects(), Sj, Wald)),
            (concat!($name, "_ML"), |i| rma(i, &$effects(), Ml, Wald)),
            (concat!($name, "_EB"), |i| rma(i, &$effects(), Eb, Wald)),
            (concat!($name, "_PM"), |i| rma(i, &$effects(), Pm, Wald)),
            (concat!($name, "_PM_HKSJ"), |i| rma(i, &$effects(), Pm, Hksj)),
            (concat!($name, "_PM_HKSJ_adhoc"), |i| rma(i, &$effects(), Pm, HksjFloor)),
            (concat!($name, "_PM_confint_QP"), |i| q_profile(i, &$effects(), Pm)),
            (concat!($name, "_ML_confint_PL"), |i| profile_likelihood(i, &$effects())),
            (concat!($name, "_egger_lm"), |i| egger(i, &$effects())),
            (concat!($name, "_egger_rma"), |i| egger_mixed(i, &$effects())),
            (concat!($name, "_ranktest"), |i| begg(i, &$effects())),
            (concat!($name, "_fsn_rosenthal"), |i| fail_safe(i, &$effects())),
            (concat!($name, "_trimfill_L0_EE"), |i| trim_and_fill(i, &$effects(), Equal, "L0")),
            (concat!($name, "_trimfill_L0_REML"), |i| trim_and_fill(i, &$effects(), Reml, "L0")),
            (concat!($name, "_trimfill_R0_EE"), |i| trim_and_fill(i, &$effects(), Equal, "R0")),
            (concat!($name, "_trimfill_R0_REML"), |i| trim_and_fill(i, &$effects(), Reml, "R0")),
            (concat!($name, "_influence_REML"), |i| influence(i, &$effects())),
            (concat!($name, "_DL_HKSJ"), |i| rma(i, &$effects(), Dl, Hksj)),
            (concat!($name, "_DL_HKSJ_adhoc"), |i| rma(i, &$effects(), Dl, HksjFloor)),
            (concat!($name, "_REML_HKSJ"), |i| rma(i, &$effects(), Reml, Hksj)),
            (concat!($name, "_REML_HKSJ_adhoc"), |i| rma(i, &$effects(), Reml, HksjFloor)),
            (concat!($name, "_DL_confint_QP"), |i| q_profile(i, &$effects(), Dl)),
            (concat!($name, "_REML_confint_QP"), |i| q_profile(i, &$effects(), Reml)),
            (concat!($name, "_leave1out_REML"), |i| steps(i, &$effects(), without_each)),
            (concat!($name, "_cumul_REML"), |i| steps(i, &$effects(), after_each)),
            (concat!($name, "_blup_REML"), |i| shrunken(i, &$effects())),
        )* $($more)*]
    };
}
pub(super) use checks;
