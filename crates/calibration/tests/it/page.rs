//! No estimator can be asked for that docs/calibration.md has no simulations of.

use std::path::Path;

use difference_calibration::estimator::{Estimator, Pooling, offered};
use engine::pool::{Heterogeneity, Inference};
use engine::question::{DegreesOfFreedom, Method, StandardErrors};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/calibration.md");
    std::fs::read_to_string(path).unwrap()
}

/// Estimators that the page has a row of its own for.
fn simulated(page: &str) -> Vec<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| Some(row.split_once('`')?.0.to_owned()))
        .collect()
}

#[test]
fn every_estimator_that_is_offered_was_simulated() {
    let simulated = simulated(&page());
    let trials = Estimator::all()
        .into_iter()
        .map(|estimator| estimator.name());
    let pools = Pooling::all().into_iter().map(|pooling| pooling.name());
    let lacking: Vec<String> = trials
        .chain(pools)
        .filter(|one| !simulated.contains(one))
        .collect();
    assert!(
        lacking.is_empty(),
        "docs/calibration.md lacks {lacking:?}; `cargo run --release -p xtask -- calibrate` writes it anew"
    );
}

#[test]
fn the_engine_says_itself_what_it_offers() {
    assert!(offered::<Method>().contains(&Method::Permutation));
    assert!(offered::<StandardErrors>().contains(&StandardErrors::Cr2));
    assert!(offered::<DegreesOfFreedom>().contains(&DegreesOfFreedom::Satterthwaite));
    assert!(offered::<Heterogeneity>().contains(&Heterogeneity::Dl));
    assert!(offered::<Inference>().contains(&Inference::HksjFloor));
}
