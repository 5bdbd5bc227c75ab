//! Whatever comes in, a finite answer or a named refusal comes out: no panic, no NaN, no infinity.

use difference_engine::evaluate;
use difference_engine::evaluation::Evaluation;
use difference_engine::question::{
    Allocation, DegreesOfFreedom, Design, Drawn, Method, Question, StandardErrors, Worthwhile,
};
use difference_engine::refusal::Refusal;
use difference_engine::sample::{
    Chunk, Covariate, CovariateKind, InMemory, Levels, MISSING, Outcome, Roles, Sample, Treatment,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Numbers as people's files hold them, and as nobody's should.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => (0_i32..8).prop_map(f64::from),
        4 => -3.0..3.0_f64,
        1 => Just(0.0),
        1 => Just(f64::NAN),
        1 => prop_oneof![
            Just(-0.0), Just(1e-300), Just(1e300), Just(-1e300), Just(f64::INFINITY),
            Just(f64::MIN_POSITIVE), Just(1e9), Just(1e9 + 1.0), Just(2.0_f64.powi(53)),
        ],
    ]
}

/// Mostly plain numbers, so that much is answered.
fn plain() -> impl Strategy<Value = f64> {
    prop_oneof![12 => (0_i32..40).prop_map(f64::from), 1 => Just(f64::NAN)]
}

fn numbers(n: usize) -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![3 => vec(plain(), n), 1 => vec(value(), n), 1 => plain().prop_map(move |v| vec![v; n])]
}

fn codes(n: usize, most: u32) -> impl Strategy<Value = Vec<u32>> {
    prop_oneof![
        4 => vec(0..most, n),
        2 => Just((0..n).map(|i| u32::try_from(i).unwrap() % most).collect()),
        1 => vec(prop_oneof![9 => 0..most, 1 => Just(MISSING)], n),
    ]
}

prop_compose! {
    fn sample()(n in 0_usize..60)(
        outcome in numbers(n),
        treatment in codes(n, 2),
        cluster in option::of((1_u32..14).prop_flat_map(move |m| codes(n, m))),
        whole in any::<bool>(),
        block in option::of((1_u32..6).prop_flat_map(move |m| codes(n, m))),
        unit in option::weighted(0.1, codes(n, 30)),
        covariates in vec((any::<bool>(), numbers(n)), 0..4),
        subgroup in option::of(codes(n, 3)),
        received in option::weighted(0.3, vec(prop_oneof![
            5 => Just(1.0), 5 => Just(0.0), 1 => Just(f64::NAN),
        ], n)),
        compared in prop::bool::weighted(0.95),
        binary in any::<bool>(),
        pieces in 1_usize..30,
    ) -> (InMemory, usize) {
        let levels = |column: &str, codes: &Option<Vec<u32>>| codes.as_ref().map(|codes| Levels {
            column: column.to_owned(),
            labels: (0..=codes.iter().filter(|c| **c != MISSING).max().copied().unwrap_or(0))
                .map(|code| format!("{column} {code}"))
                .collect(),
        });
        let outcome: Vec<f64> = if binary {
            outcome.iter().map(|y| if y.is_finite() { f64::from(u8::from(*y > 3.0)) } else { f64::NAN }).collect()
        } else {
            outcome
        };
        // Whole clusters in one group each.
        let treatment: Vec<u32> = match &cluster {
            Some(codes) if whole => codes.iter().map(|c| if *c == MISSING { 0 } else { c % 2 }).collect(),
            _ => treatment,
        };
        // Every other trial in classes has groups within them: a third level.
        let within: Option<Vec<u32>> = (cluster.is_some() && outcome.len().is_multiple_of(2))
            .then(|| (0..3).cycle().take(outcome.len()).collect());
        let roles = Roles {
            outcome: Outcome { column: "score".into(), name: "reading".into(), binary, ..Outcome::default() },
            treatment: compared.then(|| Treatment {
                column: "group".into(), intervention: "club".into(), comparison: "usual".into(),
            }),
            cluster: levels("class", &cluster),
            cluster_within: levels("room", &within),
            block: levels("pair", &block),
            unit: levels("pupil", &unit),
            covariates: covariates.iter().enumerate().map(|(i, (baseline, _))| Covariate {
                column: format!("x{i}"),
                level: None,
                kind: if *baseline { CovariateKind::Baseline } else { CovariateKind::Covariate },
            }).collect(),
            subgroups: levels("lunch", &subgroup).into_iter().collect(),
            received: received.is_some().then(|| "came".to_owned()),
            assumed: Vec::new(),
        };
        let chunk = Chunk {
            outcome,
            treatment: if compared { treatment } else { Vec::new() },
            cluster: cluster.unwrap_or_default(),
            cluster_within: within.unwrap_or_default(),
            block: block.unwrap_or_default(),
            unit: unit.unwrap_or_default(),
            covariates: covariates.into_iter().map(|(_, values)| values).collect(),
            subgroups: subgroup.into_iter().collect(),
            received: received.unwrap_or_default(),
        };
        (InMemory { roles, chunk }, pieces)
    }
}

fn design() -> impl Strategy<Value = Option<Design>> {
    prop_oneof![
        4 => Just(None),
        1 => prop::sample::select(vec![
            Design::Individual, Design::BlockedIndividual, Design::Cluster,
            Design::BlockedCluster, Design::Comparison, Design::BeforeAfter,
        ]).prop_map(Some),
    ]
}

prop_compose! {
    fn question()(
        design in design(),
        allocation in prop::sample::select(vec![Allocation::Lot, Allocation::Chosen, Allocation::Unknown]),
        methods in vec(prop::sample::select(vec![
            Method::Auto, Method::Difference, Method::Ancova, Method::Lin, Method::Mixed, Method::MixedMl, Method::Permutation,
        ]), 0..3),
        se in option::weighted(0.3, prop::sample::select(vec![
            StandardErrors::Classical, StandardErrors::Hc0, StandardErrors::Hc1, StandardErrors::Hc2,
            StandardErrors::Hc3, StandardErrors::Cr0, StandardErrors::Cr1, StandardErrors::Cr1s,
            StandardErrors::Cr2, StandardErrors::Cr3,
        ])),
        df in option::weighted(0.3, prop::sample::select(vec![
            DegreesOfFreedom::Satterthwaite, DegreesOfFreedom::KenwardRoger, DegreesOfFreedom::Residual,
            DegreesOfFreedom::Normal,
        ])),
        attainment in any::<bool>(),
        worthwhile in option::of(prop_oneof![
            (0.1..5.0_f64).prop_map(Worthwhile::Unit), (0.05..1.0_f64).prop_map(Worthwhile::Sd),
        ]),
        drawn in option::of((0_u64..40, 0_u64..40, 0_u64..9, 0_u64..9)),
    ) -> Question {
        Question {
            design, allocation, methods, se, df, attainment, worthwhile,
            drawn: drawn.map(|(intervention, comparison, intervention_clusters, comparison_clusters)| Drawn {
                intervention, comparison, intervention_clusters, comparison_clusters,
            }),
            draws: 99,
            ..Question::default()
        }
    }
}

/// The same rows, given in pieces.
struct InPieces<'a> {
    whole: &'a InMemory,
    of: usize,
}

impl Sample for InPieces<'_> {
    fn roles(&self) -> &Roles {
        &self.whole.roles
    }
    fn pass(&self, each: &mut dyn FnMut(&Chunk)) -> Result<(), Refusal> {
        let all = &self.whole.chunk;
        let mut from = 0;
        while from < all.len() {
            let to = (from + self.of).min(all.len());
            let cut = |codes: &Vec<u32>| codes.get(from..to).map_or(Vec::new(), <[u32]>::to_vec);
            each(&Chunk {
                outcome: all.outcome[from..to].to_vec(),
                treatment: cut(&all.treatment),
                cluster: cut(&all.cluster),
                cluster_within: cut(&all.cluster_within),
                block: cut(&all.block),
                unit: cut(&all.unit),
                covariates: all
                    .covariates
                    .iter()
                    .map(|c| c[from..to].to_vec())
                    .collect(),
                subgroups: all.subgroups.iter().map(cut).collect(),
                received: all
                    .received
                    .get(from..to)
                    .map_or(Vec::new(), <[f64]>::to_vec),
            });
            from = to;
        }
        Ok(())
    }
}

/// JSON has no NaN and no infinity: it would come back as nothing, and differ.
fn is_whole(evaluation: &Evaluation) -> bool {
    let text = serde_json::to_string(evaluation).unwrap();
    let words = [&evaluation.headline, &evaluation.paragraph]
        .map(String::as_str)
        .join(" ");
    serde_json::from_str(&text).is_ok_and(|back: Evaluation| back == *evaluation)
        && !words.contains("NaN")
        && !words.contains("inf")
        && !evaluation.headline.is_empty()
        && evaluation.headline.contains(&evaluation.highlight)
        && evaluation.primary().is_some()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn a_finite_answer_or_a_named_refusal((sample, pieces) in sample(), question in question()) {
        let answer = evaluate(&sample, &question);
        match &answer {
            Ok(evaluation) => prop_assert!(is_whole(evaluation), "{:#?}", evaluation),
            Err(refusal) => {
                let named = refusal.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
                prop_assert!(named && !refusal.says.is_empty() && !refusal.cure.is_empty());
                prop_assert!(!refusal.says.contains("NaN"), "{}", refusal);
            }
        }
        // However the rows are cut, the bytes are the same.
        let cut = evaluate(&InPieces { whole: &sample, of: pieces }, &question);
        prop_assert_eq!(serde_json::to_string(&answer).unwrap(), serde_json::to_string(&cut).unwrap());
    }
}
