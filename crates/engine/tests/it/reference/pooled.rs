//! What metafor's univariate items have in common: a set of effects, a method, an inference.

use difference_engine::pool::{Heterogeneity, Inference, Pool, PoolQuestion, Study, pool};

use super::Item;
use super::data::Table;

/// Effects and variances, in the file's order.
pub type Effects = Vec<(f64, f64)>;

/// Log risk ratios of the BCG trials.
pub fn bcg() -> Effects {
    let t = Table::read("bcg.csv");
    let [tpos, tneg, cpos, cneg] = ["tpos", "tneg", "cpos", "cneg"].map(|c| t.numbers(c));
    (0..t.rows())
        .map(|i| {
            let (treated, compared) = (tpos[i] + tneg[i], cpos[i] + cneg[i]);
            (
                (tpos[i] / treated / (cpos[i] / compared)).ln(),
                1.0 / tpos[i] - 1.0 / treated + 1.0 / cpos[i] - 1.0 / compared,
            )
        })
        .collect()
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
    let (r, n) = (t.numbers("ri"), t.numbers("ni"));
    r.iter()
        .zip(n)
        .map(|(r, n)| (r.atanh(), 1.0 / (n - 3.0)))
        .collect()
}

/// Semi-partial correlations of self-efficacy and burnout (Aloe 2014).
pub fn aloe() -> Effects {
    let t = Table::read("aloe2013.csv");
    let [n, tval, preds, r2] = ["n", "tval", "preds", "R2"].map(|c| t.numbers(c));
    (0..t.rows())
        .map(|i| {
            let r = tval[i] * (1.0 - r2[i]).sqrt() / (n[i] - preds[i] - 1.0).sqrt();
            let rest = r2[i] - r * r;
            let v = (r2[i] * r2[i] - 2.0 * r2[i] + rest + 1.0 - rest * rest) / n[i];
            (r, v)
        })
        .collect()
}

fn given(file: &str) -> Effects {
    let t = Table::read(file);
    t.numbers("yi").into_iter().zip(t.numbers("vi")).collect()
}

fn pooled(effects: &[(f64, f64)], method: Heterogeneity, inference: Inference) -> Pool {
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
    let question = PoolQuestion {
        method,
        inference,
        ..PoolQuestion::default()
    };
    pool(&studies, &question).unwrap()
}

/// `rma(yi, vi, method, test)`: everything that it says but the log-likelihoods and the standard
/// error of τ².
pub fn rma(item: &Item, effects: &[(f64, f64)], method: Heterogeneity, inference: Inference) {
    let ours = pooled(effects, method, inference);
    let agrees = |pointer: &str, value: f64| match method {
        Heterogeneity::Reml => item.iterative(pointer, value),
        Heterogeneity::Equal | Heterogeneity::Dl => item.closed_form(pointer, value),
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
            Inference::Hksj | Inference::HksjFloor => ["/pi_lb", "/pi_ub"],
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

/// The twelve items that every set of effects has, named by what their ids begin with.
macro_rules! checks {
    ($($name:literal of $effects:path),* $(,)?) => {
        &[$(
            (concat!($name, "_EE"), |i| rma(i, &$effects(), Equal, Wald)),
            (concat!($name, "_DL"), |i| rma(i, &$effects(), Dl, Wald)),
            (concat!($name, "_REML"), |i| rma(i, &$effects(), Reml, Wald)),
            (concat!($name, "_DL_HKSJ"), |i| rma(i, &$effects(), Dl, Hksj)),
            (concat!($name, "_DL_HKSJ_adhoc"), |i| rma(i, &$effects(), Dl, HksjFloor)),
            (concat!($name, "_REML_HKSJ"), |i| rma(i, &$effects(), Reml, Hksj)),
            (concat!($name, "_REML_HKSJ_adhoc"), |i| rma(i, &$effects(), Reml, HksjFloor)),
            (concat!($name, "_DL_confint_QP"), |i| q_profile(i, &$effects(), Dl)),
            (concat!($name, "_REML_confint_QP"), |i| q_profile(i, &$effects(), Reml)),
            (concat!($name, "_leave1out_REML"), |i| steps(i, &$effects(), without_each)),
            (concat!($name, "_cumul_REML"), |i| steps(i, &$effects(), after_each)),
            (concat!($name, "_blup_REML"), |i| shrunken(i, &$effects())),
        )*]
    };
}
pub(super) use checks;
