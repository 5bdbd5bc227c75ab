//! The lots fall the same way for everybody who re-draws them, and fairly.

use std::collections::BTreeMap;

use difference_engine::allocation::{DrawnLots, LotMethod, Lots, Unit, draw, fingerprint};
use proptest::prelude::*;

/// Worked out once and kept: a change here would break the promise to everybody who drew before.
const GOLDEN_NOW: [&str; 4] = ["P001", "P002", "P004", "P008"];
const GOLDEN_FINGERPRINT: &str = "5e2ee035f106ad9f641f6255cb72217800488dd6969fa40e7b841cb682a0c767";
const GOLDEN_QUOTED: &str = "f53ad6ce2a249bba4ffd301235d678bb7948f8870d4c8b0461cdf9bd7d0e1aec";

fn groups() -> [String; 2] {
    ["now".to_owned(), "next term".to_owned()]
}

fn pupils(n: usize) -> Vec<Unit> {
    (1..=n)
        .map(|i| Unit {
            code: format!("P{i:03}"),
            block: Some(format!("class {}", i % 3)),
            cluster: Some(format!("school {:02}", i % 11)),
            matched_on: vec![((i * 37) % 100) as f64, ((i * 53) % 17) as f64],
        })
        .collect()
}

fn fallen(lots: &DrawnLots) -> BTreeMap<&str, &str> {
    lots.assigned
        .iter()
        .map(|a| (a.code.as_str(), a.group.as_str()))
        .collect()
}

#[test]
fn the_generator_is_chacha20_as_documented() {
    // The key stream of the all-zero key and nonce begins 76 b8 e0 ad a0 f1 3d 90 40 5d 6a e5 53 86
    // bd 28 (RFC 8439, A.1, test vector 1).
    let mut lots = Lots::new(0);
    assert_eq!(lots.below(u64::MAX), 0x903d_f1a0_ade0_b876);
    assert_eq!(lots.below(u64::MAX), 0x28bd_8653_e56a_5d40);
}

#[test]
fn a_seed_gives_this_list_for_ever() {
    let lots = draw(&pupils(8), LotMethod::Simple, &groups(), 2026).unwrap();
    let now: Vec<&str> = lots
        .assigned
        .iter()
        .filter(|a| a.group == "now")
        .map(|a| a.code.as_str())
        .collect();
    assert_eq!(now, GOLDEN_NOW);
    assert_eq!(lots.fingerprint, GOLDEN_FINGERPRINT);
}

#[test]
fn the_order_of_the_file_does_not_matter() {
    for method in [
        LotMethod::Simple,
        LotMethod::Blocked,
        LotMethod::Paired,
        LotMethod::Cluster,
    ] {
        let in_blocks = method != LotMethod::Cluster;
        let forwards: Vec<Unit> = pupils(33)
            .into_iter()
            .map(|u| Unit {
                block: u.block.filter(|_| in_blocks),
                ..u
            })
            .collect();
        let backwards: Vec<Unit> = forwards.iter().rev().cloned().collect();
        let one = draw(&forwards, method, &groups(), 7).unwrap();
        let other = draw(&backwards, method, &groups(), 7).unwrap();
        assert_eq!(fallen(&one), fallen(&other));
        assert_eq!(one.fingerprint, other.fingerprint);
        assert_eq!(one.assigned[0].code, "P001");
        assert_eq!(other.assigned[0].code, "P033");
    }
}

#[test]
fn groups_are_as_equal_as_can_be() {
    for n in [2, 7, 28, 29] {
        let lots = draw(&pupils(n), LotMethod::Simple, &groups(), 3).unwrap();
        let sizes: Vec<u64> = lots.groups.iter().map(|g| g.units).collect();
        assert_eq!(sizes.iter().sum::<u64>(), n as u64);
        assert!(sizes[0].abs_diff(sizes[1]) <= 1, "{sizes:?}");
    }
    // Within each class, and over the classes: three classes of an odd number of pupils.
    let lots = draw(&pupils(33), LotMethod::Blocked, &groups(), 3).unwrap();
    for class in ["class 0", "class 1", "class 2"] {
        let now = lots
            .assigned
            .iter()
            .filter(|a| a.block.as_deref() == Some(class) && a.group == "now")
            .count();
        assert!((5..=6).contains(&now), "{class}: {now} of 11");
    }
    assert!(lots.groups[0].units.abs_diff(lots.groups[1].units) <= 1);
}

#[test]
fn whole_schools_go_together() {
    let units = pupils(110);
    let lots = draw(
        &units,
        LotMethod::Cluster,
        &["a", "b", "c"].map(str::to_owned),
        5,
    );
    // The pupils' blocks are classes that cut across schools, which can't be.
    assert_eq!(lots.unwrap_err().code, "cluster-in-two-blocks");
    let units: Vec<Unit> = units
        .into_iter()
        .map(|u| Unit { block: None, ..u })
        .collect();
    let lots = draw(
        &units,
        LotMethod::Cluster,
        &["a", "b", "c"].map(str::to_owned),
        5,
    )
    .unwrap();
    let mut by_school: BTreeMap<&str, &str> = BTreeMap::new();
    for (unit, assigned) in units.iter().zip(&lots.assigned) {
        let school = unit.cluster.as_deref().unwrap();
        assert_eq!(
            *by_school.entry(school).or_insert(&assigned.group),
            assigned.group
        );
    }
    let clusters: Vec<u64> = lots.groups.iter().map(|g| g.clusters).collect();
    assert_eq!(clusters.iter().sum::<u64>(), 11);
    assert!(clusters.iter().all(|c| (3..=4).contains(c)), "{clusters:?}");
}

#[test]
fn pairs_are_alike_and_parted() {
    let units: Vec<Unit> = (0..20)
        .map(|i| Unit {
            code: format!("P{i:02}"),
            matched_on: vec![f64::from((i * 7) % 20)],
            ..Unit::default()
        })
        .collect();
    let lots = draw(&units, LotMethod::Paired, &groups(), 11).unwrap();
    let mut pairs: BTreeMap<&str, Vec<(f64, &str)>> = BTreeMap::new();
    for (unit, assigned) in units.iter().zip(&lots.assigned) {
        let pair = assigned.block.as_deref().unwrap();
        pairs
            .entry(pair)
            .or_default()
            .push((unit.matched_on[0], &assigned.group));
    }
    assert_eq!(pairs.len(), 10);
    for (pair, members) in &pairs {
        assert_ne!(members[0].1, members[1].1, "{pair} is parted");
        assert_eq!(
            (members[0].0 - members[1].0).abs(),
            1.0,
            "{pair} is next to next"
        );
    }
}

#[test]
fn everybody_has_the_same_chance() {
    // 12,000 draws of 7 pupils: each should be in the first group half the time, within 4.5 standard errors.
    let units = pupils(7);
    let mut firsts = BTreeMap::new();
    let draws = 12_000_u32;
    for seed in 0..u64::from(draws) {
        let lots = draw(&units, LotMethod::Blocked, &groups(), seed).unwrap();
        for a in lots.assigned.iter().filter(|a| a.group == "now") {
            *firsts.entry(a.code.clone()).or_insert(0_u32) += 1;
        }
    }
    for (code, times) in firsts {
        let share = f64::from(times) / f64::from(draws);
        assert!(
            (share - 0.5).abs() < 4.5 * 0.5 / f64::from(draws).sqrt(),
            "{code}: {share}"
        );
    }
}

#[test]
fn the_fingerprint_is_that_of_the_sorted_list() {
    // printf 'code,group\r\n"a ""b"", c",x\r\nd,y\r\n' | sha256sum
    let list = [("d", "y"), ("a \"b\", c", "x")];
    assert_eq!(fingerprint(list), GOLDEN_QUOTED);
}

#[test]
fn what_can_not_be_drawn_says_why() {
    let code = |units: &[Unit], method, groups: &[String]| {
        draw(units, method, groups, 1).unwrap_err().code
    };
    let mut twice = pupils(4);
    twice[2].code = "P001".into();
    assert_eq!(code(&twice, LotMethod::Simple, &groups()), "code-twice");
    assert_eq!(
        code(&pupils(1), LotMethod::Simple, &groups()),
        "too-few-units"
    );
    assert_eq!(
        code(&pupils(4), LotMethod::Simple, &groups()[..1]),
        "too-few-groups"
    );
    let mut alone = pupils(4);
    alone[1].cluster = None;
    assert_eq!(code(&alone, LotMethod::Cluster, &groups()), "no-cluster");
    let mut unknown = pupils(4);
    unknown[3].matched_on = vec![f64::NAN, 1.0];
    assert_eq!(code(&unknown, LotMethod::Paired, &groups()), "no-match");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everybody_gets_exactly_one_of_the_groups(
        n in 4_usize..80,
        seed in any::<u64>(),
        method in prop::sample::select(vec![LotMethod::Simple, LotMethod::Blocked, LotMethod::Paired]),
    ) {
        let units = pupils(n);
        let lots = draw(&units, method, &groups(), seed).unwrap();
        prop_assert_eq!(lots.assigned.len(), n);
        prop_assert!(lots.groups[0].units.abs_diff(lots.groups[1].units) <= 1);
        prop_assert!(lots.assigned.iter().zip(&units).all(|(a, u)| a.code == u.code));
    }
}
