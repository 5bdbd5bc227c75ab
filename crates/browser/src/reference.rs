//! Reference items that are asked for again inside WebAssembly. All of them are checked elsewhere,
//! by the engine's own tests; these few touch the arithmetic that a different machine could bend.

use engine::evaluate;
use engine::pool::{PoolQuestion, Study, pool};
use engine::question::{Allocation, Question};
use serde_json::Value;
use tables::{Asked, FileSample, Options, Source};

/// Agreement that an iterative fit owes to R.
const TOLERANCE: f64 = 1e-6;

/// The Achievement Awards trial of 2001, from the bytes of its file to the answer: schools drawn by
/// lot, CR2 and Satterthwaite's degrees of freedom as clubSandwich has them.
pub fn the_awards_trial_is_as_in_club_sandwich() {
    let items = include_str!("../../../reference/ols_robust.json");
    let wanted = item(items, "awards_lpm_2001");
    let file = Source::bytes(
        "awards.csv",
        include_bytes!("../../../reference/data/awards.csv").as_slice(),
    );
    let asked = Asked {
        outcome: "Bagrut_status".to_owned(),
        treatment: Some("treated".to_owned()),
        cluster: Some("school_id".to_owned()),
        conditions: vec!["year = 2001".to_owned()],
        ..Asked::default()
    };
    let question = Question {
        allocation: Allocation::Lot,
        ..Question::default()
    };
    let answer = tables::open(file, &Options::default())
        .and_then(|table| FileSample::read(&table, &asked))
        .map_err(|error| error.to_string())
        .and_then(|sample| evaluate(&sample, &question).map_err(|refusal| refusal.says));
    let answer = match answer {
        Ok(answer) => answer,
        Err(says) => unreachable!("the awards trial has an answer: {says}"),
    };
    let Some(primary) = answer.primary() else {
        unreachable!("the answer has an estimate");
    };
    assert_eq!(answer.data.used, 3_821);
    agrees(primary.estimate, &wanted["coef"], "treated");
    agrees(
        primary.standard_error.unwrap_or(f64::NAN),
        &wanted["se_CR2"],
        "treated",
    );
    agrees(
        primary.df.unwrap_or(f64::NAN),
        &wanted["df_CR2_satterthwaite"],
        "treated",
    );
}

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
