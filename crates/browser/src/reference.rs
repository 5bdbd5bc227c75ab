//! Reference items that are asked for again inside WebAssembly. All of them are checked elsewhere,
//! by the engine's own tests; these few touch the arithmetic that a different machine could bend.

use engine::pool::{PoolQuestion, Study, pool};
use serde_json::Value;

/// Agreement that an iterative fit owes to R.
const TOLERANCE: f64 = 1e-6;

/// Teachers' expectancy and pupils' IQ, 19 studies (Raudenbush 1985): REML, and Hartung and Knapp's
/// interval with its floor.
pub fn nineteen_studies_pool_as_in_metafor() {
    let items = include_str!("../../../reference/meta_education.json");
    let wanted = item(items, "raudenbush_REML_HKSJ_adhoc");
    let studies = studies(include_str!("../../../reference/data/raudenbush1985.csv"));
    assert_eq!(studies.len(), 19);

    let Ok(pooled) = pool(&studies, &PoolQuestion::default()) else {
        unreachable!("nineteen sound studies can be pooled");
    };
    let found = pooled.primary().map(|average| {
        let interval = average.interval.map(|i| [i.lower, i.upper]);
        (average.estimate, average.standard_error, interval)
    });
    let Some((estimate, Some(standard_error), Some([lower, upper]))) = found else {
        unreachable!("the pool has an average with its interval");
    };
    agrees(estimate, &wanted, "beta");
    agrees(standard_error, &wanted, "se");
    agrees(lower, &wanted, "ci_lb");
    agrees(upper, &wanted, "ci_ub");
    agrees(pooled.tau2.estimate, &wanted, "tau2");
}

fn item(items: &str, id: &str) -> Value {
    let all: Value = serde_json::from_str(items).unwrap_or_default();
    let found = all["items"]
        .as_array()
        .and_then(|items| items.iter().find(|item| item["id"] == id))
        .map(|item| item["result"].clone());
    assert!(found.is_some(), "the reference has no item {id}");
    found.unwrap_or_default()
}

/// The columns `author`, `yi` and `vi`; no field of this file holds a comma.
fn studies(csv: &str) -> Vec<Study> {
    csv.lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split(',');
            let label = fields.nth(1)?.to_owned();
            let variance = fields.next_back()?.parse().ok()?;
            let effect = fields.next_back()?.parse().ok()?;
            Some(Study {
                label,
                effect,
                variance,
                ..Study::default()
            })
        })
        .collect()
}

fn agrees(ours: f64, wanted: &Value, name: &str) {
    let theirs = wanted[name].as_f64().unwrap_or(f64::NAN);
    let apart = (ours - theirs).abs();
    assert!(
        apart <= TOLERANCE * theirs.abs(),
        "{name}: {ours} here, {theirs} in R"
    );
}
