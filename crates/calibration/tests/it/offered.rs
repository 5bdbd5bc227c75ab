//! Nothing is offered that docs/calibration.md lacks: the engine's own lists against the page's rows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use difference_calibration::estimator::{Estimator, Pooling, name, offered};
use engine::multiplicity::Adjustment;
use engine::offered::Beside;

/// The engine's modules that give no standard error, interval or p-value of a trial's or pool's answer by a way of their own, or give
/// what another row of the page simulates.
const WITHOUT_A_ROW: &[(&str, &str)] = &[
    ("allocation", "draws lots"),
    ("attrition", "says who was lost"),
    ("balance", "describes the start"),
    (
        "bounds",
        "limits of what the missing could do, not of chance",
    ),
    (
        "change",
        "a standardised before-and-after: effect sizes for pools",
    ),
    ("chances", "restates an estimate and its standard error"),
    ("chart", "limits of a measure over time"),
    (
        "cluster_effect_size",
        "restates an estimate over a standard deviation",
    ),
    (
        "cluster_robust",
        "simulated as standard errors of a question",
    ),
    ("count", "counts"),
    ("date", "dates"),
    ("distributions", "distributions"),
    ("evaluate", "simulated as every method of a question"),
    ("evaluation", "values"),
    (
        "heteroskedastic",
        "simulated as standard errors of a question",
    ),
    ("instrumental", "simulated as `cace`"),
    ("intraclass", "a variance without an interval"),
    ("least_squares", "simulated as ancova"),
    ("mixed", "simulated as mixed"),
    ("moments", "sums"),
    ("months", "restates an effect size"),
    ("newey_west", "simulated as `interrupted-series`"),
    (
        "normal_posterior",
        "restates an estimate with what was believed before",
    ),
    ("offered", "the list itself"),
    ("permutation", "simulated as a method"),
    ("power", "says what could be seen"),
    ("qr", "a way to fit"),
    ("question", "what is asked"),
    ("ratios", "variances for a pool, by large samples"),
    ("refinement", "a way to fit"),
    ("refusal", "says why not"),
    ("rung", "a ladder"),
    ("sample", "rows"),
    ("trial_plan", "a plan"),
    ("unmeasured_confounding", "restates a ratio and its limit"),
    (
        "wald",
        "a test of several coefficients, simulated as `subgroups`",
    ),
    ("words", "words"),
];

/// Modules that rows of the page are about.
const WITH_A_ROW: &[(&str, &[Beside])] = &[
    ("anytime", &[Beside::Sequence, Beside::LikelihoodRatio]),
    ("autoregressive", &[Beside::Autoregressive]),
    ("binary", &[Beside::RiskDifference, Beside::OddsRatio]),
    (
        "difference_in_differences",
        &[Beside::DifferenceInDifferences],
    ),
    ("effect_size", &[Beside::HedgesG]),
    ("estimating_equations", &[Beside::EstimatingEquations]),
    (
        "generalised",
        &[Beside::Logistic, Beside::Poisson, Beside::NegativeBinomial],
    ),
    ("interrupted", &[Beside::InterruptedSeries]),
    ("logistic_mixed", &[Beside::LogisticMixed]),
    ("multiplicity", &[]),
    (
        "pool",
        &[Beside::MetaRegression, Beside::MantelHaenszel, Beside::Peto],
    ),
    ("random_effects", &[Beside::SwamyArora]),
    ("rubins_rules", &[Beside::RubinsRules]),
];

fn read(path: &str) -> String {
    fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(path),
    )
    .unwrap()
}

/// Names at the beginning of the page's rows.
fn rows(page: &str) -> BTreeSet<&str> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn everything_that_is_offered_has_its_row() {
    let page = read("docs/calibration.md");
    let rows = rows(&page);
    let estimators = Estimator::all()
        .iter()
        .map(Estimator::name)
        .collect::<Vec<_>>();
    let pools = Pooling::all().iter().map(Pooling::name).collect::<Vec<_>>();
    let beside = offered::<Beside>().iter().map(name).collect::<Vec<_>>();
    assert!(estimators.len() > 20 && pools.len() > 20 && beside.len() > 20);
    for offered in estimators.iter().chain(&pools).chain(&beside) {
        assert!(
            rows.contains(offered.as_str()),
            "docs/calibration.md has no row for {offered}"
        );
    }
    for adjustment in offered::<Adjustment>() {
        let row = format!("any of 20, `{}`", name(&adjustment));
        assert!(
            page.contains(&row),
            "docs/calibration.md has no row for {row}"
        );
    }
    assert!(
        !page.contains("| NO |"),
        "a control of docs/calibration.md did not fail"
    );
}

#[test]
fn a_page_without_a_row_is_noticed() {
    let page = "| `ancova` | 10,000 |\n| `mixed` | 10,000 |\nand `lin` in a sentence\n";
    assert_eq!(rows(page), BTreeSet::from(["ancova", "mixed"]));
}

#[test]
fn every_module_of_the_engine_is_simulated_or_says_why_not() {
    let modules: BTreeSet<String> = read("crates/engine/src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    let known: BTreeSet<String> = WITHOUT_A_ROW
        .iter()
        .map(|(module, _)| *module)
        .chain(WITH_A_ROW.iter().map(|(module, _)| *module))
        .map(str::to_owned)
        .collect();
    let unknown: Vec<_> = modules.difference(&known).collect();
    let gone: Vec<_> = known.difference(&modules).collect();
    assert!(
        unknown.is_empty(),
        "simulate these, or say why not: {unknown:?}"
    );
    assert!(gone.is_empty(), "these are gone from the engine: {gone:?}");
}
