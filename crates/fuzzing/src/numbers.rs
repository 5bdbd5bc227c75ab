//! Trials, pools and measures over time, made of any bytes.

use calibration::estimator::offered;
use engine::chart::{ChartQuestion, Observation};
use engine::pool::{PoolQuestion, Study};
use engine::question::{Question, Worthwhile};
use engine::sample::{
    Chunk, Covariate, CovariateKind, InMemory, Levels, Outcome, Roles, Treatment,
};

use crate::bytes::Bytes;
use crate::finite;

/// A trial of up to 60 rows.
pub fn evaluate(input: &[u8]) {
    let mut bytes = Bytes(input);
    let question = question(&mut bytes);
    let sample = sample(&mut bytes);
    if let Ok(answer) = engine::evaluate(&sample, &question) {
        finite(&answer);
        assert!(answer.headline.contains(&answer.highlight), "{answer:?}");
    }
}

fn question(bytes: &mut Bytes<'_>) -> Question {
    let (methods, errors, degrees) = (offered(), offered(), offered());
    Question {
        design: bytes.yes().then(|| bytes.one(&offered())).flatten(),
        allocation: bytes.one(&offered()).unwrap_or_default(),
        methods: (0..bytes.below(3))
            .filter_map(|_| bytes.one(&methods))
            .collect(),
        se: bytes.yes().then(|| bytes.one(&errors)).flatten(),
        df: bytes.yes().then(|| bytes.one(&degrees)).flatten(),
        attainment: bytes.yes(),
        worthwhile: worthwhile(bytes).map(Worthwhile::Sd),
        looks: u32::from(bytes.byte()),
        draws: 29,
        ..Question::default()
    }
}

/// What a question holds has been read as a number by whoever asks.
fn worthwhile(bytes: &mut Bytes<'_>) -> Option<f64> {
    bytes
        .yes()
        .then(|| bytes.number())
        .filter(|number| number.is_finite())
}

fn sample(bytes: &mut Bytes<'_>) -> InMemory {
    let n = usize::from(bytes.below(60));
    let whole = bytes.yes();
    let cluster = if bytes.yes() {
        codes(bytes, n, 14)
    } else {
        Vec::new()
    };
    let block = if bytes.yes() {
        codes(bytes, n, 6)
    } else {
        Vec::new()
    };
    let unit = if bytes.below(8) == 7 {
        codes(bytes, n, 30)
    } else {
        Vec::new()
    };
    let compared = bytes.below(16) > 0;
    let binary = bytes.yes();
    let treatment = match (compared, whole && !cluster.is_empty()) {
        (false, _) => Vec::new(),
        (true, true) => cluster.iter().map(|c| c % 2).collect(),
        (true, false) => bytes.codes(n, 2),
    };
    let covariates: Vec<Vec<f64>> = (0..bytes.below(4)).map(|_| bytes.numbers(n)).collect();
    let subgroup = bytes.yes().then(|| codes(bytes, n, 3));
    let outcome = bytes
        .numbers(n)
        .into_iter()
        .map(|y| {
            if binary && y.is_finite() {
                f64::from(u8::from(y > 3.0))
            } else {
                y
            }
        })
        .collect();
    // Last, so that what is in the corpus keeps its meaning.
    let cluster_within = if bytes.below(4) == 3 {
        codes(bytes, n, 20)
    } else {
        Vec::new()
    };
    let received: Vec<f64> = if bytes.below(4) == 3 {
        let took_part = bytes.codes(n, 2);
        took_part.into_iter().map(f64::from).collect()
    } else {
        Vec::new()
    };
    let levels = |column: &str, codes: &[u32]| {
        let labels = (0..30).map(|code| format!("{column} {code}")).collect();
        (!codes.is_empty()).then(|| Levels {
            column: column.to_owned(),
            labels,
        })
    };
    let roles = Roles {
        outcome: Outcome {
            column: "score".into(),
            name: "reading".into(),
            binary,
            ..Outcome::default()
        },
        treatment: compared.then(|| Treatment {
            column: "group".into(),
            intervention: "club".into(),
            comparison: "usual".into(),
        }),
        cluster: levels("class", &cluster),
        cluster_within: levels("set", &cluster_within),
        received: (!received.is_empty()).then(|| "came".to_owned()),
        block: levels("pair", &block),
        unit: levels("pupil", &unit),
        covariates: (0..covariates.len())
            .map(|i| Covariate {
                column: format!("x{i}"),
                level: None,
                kind: if i % 2 == 0 {
                    CovariateKind::Baseline
                } else {
                    CovariateKind::Covariate
                },
            })
            .collect(),
        subgroups: subgroup
            .iter()
            .filter_map(|codes| levels("lunch", codes))
            .collect(),
        assumed: Vec::new(),
    };
    let subgroups = if roles.subgroups.is_empty() {
        Vec::new()
    } else {
        Vec::from_iter(subgroup)
    };
    let chunk = Chunk {
        outcome,
        treatment,
        cluster,
        cluster_within,
        block,
        unit,
        covariates,
        subgroups,
        received,
    };
    InMemory { roles, chunk }
}

fn codes(bytes: &mut Bytes<'_>, n: usize, most: u8) -> Vec<u32> {
    let limit = 1 + bytes.below(most);
    bytes.codes(n, limit)
}

/// A pool of up to 40 results.
pub fn pool(input: &[u8]) {
    let mut bytes = Bytes(input);
    let question = PoolQuestion {
        method: bytes.one(&offered()).unwrap_or_default(),
        inference: bytes.one(&offered()).unwrap_or_default(),
        worthwhile: worthwhile(&mut bytes),
        attainment: bytes.yes(),
        lower_is_better: bytes.yes(),
        working: bytes.yes().then(|| bytes.one(&offered())).flatten(),
        rho: bytes.yes().then(|| bytes.number()),
        ..PoolQuestion::default()
    };
    let grouped = bytes.yes();
    let studies: Vec<Study> = (0..bytes.below(40))
        .map(|i| Study {
            label: format!("place {}", i % 30),
            effect: bytes.number(),
            variance: if bytes.below(8) > 0 {
                bytes.number().abs()
            } else {
                bytes.number()
            },
            date: bytes.yes().then(|| date(&mut bytes)),
            rung: bytes.yes().then(|| bytes.below(6)),
            pupils: bytes.yes().then(|| u64::from(bytes.byte())),
            place: (grouped && bytes.yes()).then(|| format!("place {}", bytes.below(6))),
            within: (grouped && bytes.yes()).then(|| format!("year {}", bytes.below(4))),
            ..Study::default()
        })
        .collect();
    if let Ok(pooled) = engine::pool::pool(&studies, &question) {
        finite(&pooled);
        assert!(pooled.headline.contains(&pooled.highlight), "{pooled:?}");
    }
}

/// A measure of up to 120 values.
pub fn chart(input: &[u8]) {
    let mut bytes = Bytes(input);
    let question = ChartQuestion {
        kind: bytes.one(&offered()).unwrap_or_default(),
        rules: bytes.yes().then(|| bytes.one(&offered())).flatten(),
        season: bytes.yes().then(|| bytes.one(&offered())).flatten(),
        lower_is_better: bytes.yes(),
        target: bytes.yes().then(|| bytes.number()),
        due: bytes.yes().then(|| date(&mut bytes)),
        baseline_until: bytes.yes().then(|| date(&mut bytes)),
        ..ChartQuestion::default()
    };
    let (in_order, out_of) = (bytes.yes(), bytes.yes());
    let points: Vec<Observation> = (0..bytes.below(120))
        .map(|i| Observation {
            date: if in_order {
                format!("20{:02}-{:02}-01", 10 + i / 12, 1 + i % 12)
            } else {
                date(&mut bytes)
            },
            value: bytes.number(),
            denominator: out_of.then(|| bytes.number()),
        })
        .collect();
    if let Ok(chart) = engine::chart::chart(&points, &question) {
        finite(&chart);
    }
}

/// Mostly a day; sometimes none.
fn date(bytes: &mut Bytes<'_>) -> String {
    let (month, day) = (1 + bytes.below(13), 1 + bytes.below(32));
    format!("20{:02}-{month:02}-{day:02}", bytes.below(40))
}
