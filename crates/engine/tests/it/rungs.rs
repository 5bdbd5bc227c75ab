//! `reference/rungs.csv`: 40 described trials and 8 pools, judged by hand before the code judged them.

use difference_engine::evaluation::Evidence;
use difference_engine::question::{Allocation, Design};
use difference_engine::rung::{PoolFacts, RungFacts, pool_rung, rung, word};

fn rows() -> Vec<csv::StringRecord> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reference/rungs.csv");
    csv::Reader::from_path(path)
        .unwrap()
        .records()
        .map(Result::unwrap)
        .collect()
}

fn number(field: &str) -> Option<f64> {
    (!field.is_empty()).then(|| field.parse().unwrap_or_else(|e| panic!("{field}: {e}")))
}

fn yes(field: &str) -> bool {
    match field {
        "yes" => true,
        "no" => false,
        other => panic!("neither yes nor no: {other}"),
    }
}

fn judged(row: &csv::StringRecord) -> Evidence {
    if !row[12].is_empty() {
        let trials: Vec<(Option<u8>, &str)> = row[12]
            .split(';')
            .map(|trial| {
                let (rung, place) = trial.split_once('@').unwrap();
                (Some(rung.parse().unwrap()), place)
            })
            .collect();
        let prediction = row[14].split_once(" to ");
        return pool_rung(&PoolFacts {
            trials: &trials,
            i2: number(&row[13]).unwrap(),
            prediction: prediction.map(|(l, u)| (l.parse().unwrap(), u.parse().unwrap())),
        })
        .unwrap();
    }
    rung(&RungFacts {
        design: match &row[1] {
            "none" => None,
            "individual" => Some(Design::Individual),
            "blocked-individual" => Some(Design::BlockedIndividual),
            "cluster" => Some(Design::Cluster),
            "blocked-cluster" => Some(Design::BlockedCluster),
            "comparison" => Some(Design::Comparison),
            "before-after" => Some(Design::BeforeAfter),
            other => panic!("no design {other}"),
        },
        allocation: match &row[2] {
            "lot" => Allocation::Lot,
            "chosen" => Allocation::Chosen,
            "unknown" => Allocation::Unknown,
            other => panic!("no allocation {other}"),
        },
        baseline: number(&row[3]),
        adjusted: yes(&row[4]),
        detectable: number(&row[5]),
        lost: number(&row[6]),
        lost_difference: number(&row[7]),
        from_list: true,
        locked: yes(&row[8]),
        clusters: row[9].parse().ok(),
        looks: row[10].parse().unwrap(),
        sequential: yes(&row[11]),
    })
}

#[test]
fn every_described_trial_stands_on_its_rung_for_its_reason() {
    let mut wrong = Vec::new();
    let rows = rows();
    assert_eq!(rows.iter().filter(|r| r[12].is_empty()).count(), 40);
    for row in &rows {
        let evidence = judged(row);
        let expected: u8 = row[15].parse().unwrap();
        // The deciding reason leads what holds it down; on rungs 4 and 5 it is among what speaks for it.
        let deciding = if expected >= 4 && !row[16].contains("by more than chance") {
            evidence
                .stronger
                .iter()
                .chain(&evidence.weaker)
                .any(|s| s.contains(&row[16]))
        } else if row[12].is_empty() {
            evidence
                .weaker
                .first()
                .is_some_and(|s| s.contains(&row[16]))
        } else {
            evidence.weaker.iter().any(|s| s.contains(&row[16]))
        };
        if evidence.rung != expected || !deciding {
            wrong.push(format!(
                "{}\n  expected {expected}, {}\n  {evidence:?}",
                &row[0], &row[16]
            ));
        }
        assert_eq!(evidence.word, word(expected.min(evidence.rung)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_rows_cover_every_word_and_every_row_of_the_table() {
    let said: String = rows()
        .iter()
        .flat_map(|row| {
            let evidence = judged(row);
            evidence.weaker.into_iter().chain([evidence.word])
        })
        .collect::<Vec<_>>()
        .join("\n");
    for expected in [
        "An idea",
        "An early sign",
        "Fair evidence",
        "Good evidence",
        "Strong evidence",
        "nothing to compare",
        "before with after",
        "not drawn by lot",
        "Nobody said how",
        "too small",
        "was small",
        "were not measured at the end",
        "More than half",
        "lost more than the other",
        "began too far apart",
        "plan was not locked",
        "classes or schools were drawn",
        "looked at",
        "all in one place",
        "from place to place",
    ] {
        assert!(said.contains(expected), "no row shows: {expected}");
    }
}

#[test]
fn nothing_that_gets_worse_lifts_a_trial() {
    let good = RungFacts::default();
    let worse = [
        RungFacts {
            design: Some(Design::BeforeAfter),
            ..good
        },
        RungFacts {
            allocation: Allocation::Unknown,
            ..good
        },
        RungFacts {
            baseline: Some(0.3),
            ..good
        },
        RungFacts {
            baseline: None,
            adjusted: false,
            ..good
        },
        RungFacts {
            detectable: Some(0.7),
            ..good
        },
        RungFacts {
            detectable: None,
            ..good
        },
        RungFacts {
            lost: Some(0.6),
            ..good
        },
        RungFacts {
            lost_difference: Some(0.2),
            ..good
        },
        RungFacts {
            locked: false,
            ..good
        },
        RungFacts {
            clusters: Some(2),
            ..good
        },
        RungFacts { looks: 9, ..good },
    ];
    for a in worse {
        for b in worse {
            let both = RungFacts {
                design: if a.design == good.design {
                    b.design
                } else {
                    a.design
                },
                allocation: if a.allocation == good.allocation {
                    b.allocation
                } else {
                    a.allocation
                },
                detectable: if a.detectable == good.detectable {
                    b.detectable
                } else {
                    a.detectable
                },
                lost: if a.lost == good.lost { b.lost } else { a.lost },
                locked: a.locked && b.locked,
                looks: a.looks.max(b.looks),
                ..a
            };
            assert!(rung(&both).rung <= rung(&a).rung, "{a:?} and {b:?}");
        }
    }
}

#[test]
fn a_trial_alone_never_reaches_rung_5() {
    assert_eq!(rung(&RungFacts::default()).rung, 4);
    assert!(
        pool_rung(&PoolFacts {
            trials: &[],
            i2: 0.0,
            prediction: None
        })
        .is_none()
    );
    assert!(
        pool_rung(&PoolFacts {
            trials: &[(None, "A")],
            i2: 0.0,
            prediction: None
        })
        .is_none()
    );
}
