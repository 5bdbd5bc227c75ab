//! The lots fall the same way for everybody who re-draws them, and fairly.

use std::collections::BTreeMap;

use difference_engine::allocation::{
    DrawnLots, LotMethod, Lots, Rerandomise, Scheme, Unit, Within, draw, fingerprint,
};
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
            ..Unit::default()
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
    let lots = draw(
        &pupils(8),
        &Scheme::plain(LotMethod::Simple, &groups()),
        2026,
    )
    .unwrap();
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
        let one = draw(&forwards, &Scheme::plain(method, &groups()), 7).unwrap();
        let other = draw(&backwards, &Scheme::plain(method, &groups()), 7).unwrap();
        assert_eq!(fallen(&one), fallen(&other));
        assert_eq!(one.fingerprint, other.fingerprint);
        assert_eq!(one.assigned[0].code, "P001");
        assert_eq!(other.assigned[0].code, "P033");
    }
}

#[test]
fn groups_are_as_equal_as_can_be() {
    for n in [2, 7, 28, 29] {
        let lots = draw(&pupils(n), &Scheme::plain(LotMethod::Simple, &groups()), 3).unwrap();
        let sizes: Vec<u64> = lots.groups.iter().map(|g| g.units).collect();
        assert_eq!(sizes.iter().sum::<u64>(), n as u64);
        assert!(sizes[0].abs_diff(sizes[1]) <= 1, "{sizes:?}");
    }
    // Within each class, and over the classes: three classes of an odd number of pupils.
    let lots = draw(
        &pupils(33),
        &Scheme::plain(LotMethod::Blocked, &groups()),
        3,
    )
    .unwrap();
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
        &Scheme::plain(LotMethod::Cluster, &["a", "b", "c"].map(str::to_owned)),
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
        &Scheme::plain(LotMethod::Cluster, &["a", "b", "c"].map(str::to_owned)),
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
    let lots = draw(&units, &Scheme::plain(LotMethod::Paired, &groups()), 11).unwrap();
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
        let lots = draw(&units, &Scheme::plain(LotMethod::Blocked, &groups()), seed).unwrap();
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
        draw(units, &Scheme::plain(method, groups), 1)
            .unwrap_err()
            .code
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

// ── pairs, balance and records ─────────────────────────────────────────────────────────────────────

/// Units with these numbers, matched and evened out on the same.
fn with(numbers: &[Vec<f64>]) -> Vec<Unit> {
    (1..)
        .zip(numbers)
        .map(|(i, row): (usize, _)| Unit {
            code: format!("P{i:03}"),
            matched_on: row.clone(),
            balanced_on: row.clone(),
            ..Unit::default()
        })
        .collect()
}

fn evened(rule: Rerandomise) -> Scheme {
    Scheme {
        rerandomise: Some(rule),
        balanced_on: vec!["score".to_owned()],
        ..Scheme::plain(LotMethod::Simple, &groups())
    }
}

/// Members of each pair, by their place on the list.
fn pairs_of(lots: &DrawnLots) -> Vec<Vec<usize>> {
    let mut pairs: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, a) in lots.assigned.iter().enumerate() {
        pairs
            .entry(a.block.as_deref().unwrap())
            .or_default()
            .push(place);
    }
    pairs.into_values().collect()
}

#[test]
fn given_pairs_are_parted_and_must_be_pairs() {
    let paired = Scheme {
        within: Within::Pairs,
        ..Scheme::plain(LotMethod::Simple, &groups())
    };
    let of = |n: usize, size: usize| -> Vec<Unit> {
        (0..n)
            .map(|i| Unit {
                code: format!("S{i:02}"),
                block: Some(format!("pair {}", i / size)),
                ..Unit::default()
            })
            .collect()
    };
    let lots = draw(&of(12, 2), &paired, 3).unwrap();
    assert_eq!(lots.method, LotMethod::Paired);
    for pair in pairs_of(&lots) {
        let [one, other] = pair.as_slice() else {
            panic!("{pair:?}")
        };
        assert_ne!(lots.assigned[*one].group, lots.assigned[*other].group);
    }
    let code = |units: &[Unit]| draw(units, &paired, 3).unwrap_err().code;
    assert_eq!(code(&of(12, 3)), "not-a-pair");
    assert_eq!(code(&of(11, 2)), "not-a-pair");
    let mut alone = of(12, 2);
    alone[4].block = None;
    assert_eq!(code(&alone), "no-pair");
    let three = Scheme {
        groups: ["a", "b", "c"].map(str::to_owned).to_vec(),
        within: Within::MatchedPairs,
        ..Scheme::default()
    };
    let refused = draw(&with(&[vec![1.0], vec![2.0], vec![3.0]]), &three, 3).unwrap_err();
    assert_eq!(refused.code, "pairs-need-two-groups");
}

/// The least sum of differences that any pairing has, one left out where the number is odd.
fn least(values: &[f64]) -> f64 {
    match values {
        [] | [_] => 0.0,
        [first, rest @ ..] => {
            let with_first = (0..rest.len()).map(|i| {
                let mut others = rest.to_vec();
                let partner = others.remove(i);
                (first - partner).abs() + least(&others)
            });
            let alone = (values.len() % 2 == 1).then(|| least(rest));
            with_first.chain(alone).fold(f64::INFINITY, f64::min)
        }
    }
}

#[test]
fn a_block_with_one_is_said() {
    let mut units = pupils(9);
    units[4].block = Some("class 9".into());
    let lots = draw(&units, &Scheme::plain(LotMethod::Blocked, &groups()), 3).unwrap();
    assert!(
        lots.warnings[0].contains("“class 9” holds only one"),
        "{:?}",
        lots.warnings
    );
}

#[test]
fn the_best_of_many_draws_is_more_alike_and_everybody_keeps_the_same_chance() {
    let numbers: Vec<Vec<f64>> = (0..20).map(|i| vec![f64::from(i * i % 37)]).collect();
    let units = with(&numbers);
    let mut firsts = vec![0_u32; 20];
    let (mut plain, mut best) = (0.0, 0.0);
    for seed in 0..600 {
        let lots = draw(&units, &evened(Rerandomise::BestOf(20)), seed).unwrap();
        let once = draw(&units, &evened(Rerandomise::BestOf(1)), seed).unwrap();
        let kept = lots.rerandomised.unwrap();
        assert_eq!(kept.draws, 20);
        assert!(kept.distance <= once.rerandomised.unwrap().distance);
        best += lots.balance[0].difference.unwrap().abs();
        plain += once.balance[0].difference.unwrap().abs();
        // The first of the draws is the plain one.
        assert_eq!(
            once.fingerprint,
            draw(&units, &Scheme::plain(LotMethod::Simple, &groups()), seed)
                .unwrap()
                .fingerprint
        );
        for (first, a) in firsts.iter_mut().zip(&lots.assigned) {
            *first += u32::from(a.group == "now");
        }
    }
    assert!(best < 0.15 * plain, "{best} against {plain}");
    for times in firsts {
        let share = f64::from(times) / 600.0;
        assert!((share - 0.5).abs() < 4.5 * 0.5 / 600_f64.sqrt(), "{share}");
    }
}

#[test]
fn mahalanobis_on_one_column_is_as_morgan_and_rubin_write_it() {
    let numbers = [3.0, 8.0, 5.0, 12.0, 7.0, 4.0, 9.0];
    let units = with(&numbers.map(|x| vec![x]));
    let lots = draw(&units, &evened(Rerandomise::BestOf(1)), 5).unwrap();
    let of = |name: &str| -> Vec<f64> {
        numbers
            .iter()
            .zip(&lots.assigned)
            .filter(|(_, a)| a.group == name)
            .map(|(x, _)| *x)
            .collect()
    };
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (now, later) = (of("now"), of("next term"));
    let (n, all) = (7.0, mean(&numbers));
    let variance = numbers.iter().map(|x| (x - all).powi(2)).sum::<f64>() / (n - 1.0);
    let p = now.len() as f64 / n;
    let m = n * p * (1.0 - p) * (mean(&now) - mean(&later)).powi(2) / variance;
    assert!((lots.rerandomised.unwrap().distance - m).abs() < 1e-12);
}

#[test]
fn a_share_of_draws_is_accepted_as_asked() {
    let numbers: Vec<Vec<f64>> = (0..60)
        .map(|i| vec![f64::from(i * 37 % 61), f64::from(i * i % 53)])
        .collect();
    let rule = Rerandomise::accepting(0.05, 2).unwrap();
    let Rerandomise::Within(most) = rule else {
        panic!()
    };
    let mut draws = 0.0;
    for seed in 0..200 {
        let kept = draw(&with(&numbers), &evened(rule), seed)
            .unwrap()
            .rerandomised
            .unwrap();
        assert!(kept.distance <= most);
        draws += f64::from(kept.draws);
    }
    // About 1 in 20: geometric, so the mean of 200 has a standard error of about 1.4.
    assert!((draws / 200.0 - 20.0).abs() < 6.0, "{}", draws / 200.0);
    assert_eq!(
        Rerandomise::accepting(1.5, 2).unwrap_err().code,
        "share-out-of-range"
    );
    let impossible = evened(Rerandomise::Within(-1.0));
    let three = with(&[vec![1.0], vec![2.0], vec![4.0]]);
    assert_eq!(
        draw(&three, &impossible, 1).unwrap_err().code,
        "never-balanced"
    );
    let same = with(&vec![vec![4.0]; 6]);
    assert_eq!(
        draw(&same, &evened(rule), 1).unwrap_err().code,
        "nothing-to-balance"
    );
}

#[test]
fn a_record_draws_itself_again_and_notices_what_was_changed() {
    let units: Vec<Unit> = pupils(30)
        .into_iter()
        .map(|u| Unit {
            block: None,
            balanced_on: u.matched_on.clone(),
            ..u
        })
        .collect();
    for scheme in [
        evened(Rerandomise::BestOf(10)),
        Scheme::plain(LotMethod::Paired, &groups()),
        Scheme {
            balanced_on: vec!["a".into(), "b".into()],
            rerandomise: Some(Rerandomise::Within(0.5)),
            ..Scheme::plain(LotMethod::Cluster, &groups())
        },
    ] {
        let lots = draw(&units, &scheme, 11).unwrap();
        let written = serde_json::to_string(&lots).unwrap();
        let mut read: DrawnLots = serde_json::from_str(&written).unwrap();
        assert_eq!(read, lots);
        let lottery = read.lottery().unwrap();
        let again = lottery.draw(&mut Lots::new(11)).unwrap();
        let sizes = again.groups.iter().filter(|g| **g == 0).count();
        let first = &lots.groups[0];
        let drawn = if scheme.whole_clusters {
            first.clusters
        } else {
            first.units
        };
        assert_eq!(sizes as u64, drawn);
        read.seed += 1;
        assert_eq!(read.lottery().unwrap_err().code, "lots-changed");
    }
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
        let lots = draw(&units, &Scheme::plain(method, &groups()), seed).unwrap();
        prop_assert_eq!(lots.assigned.len(), n);
        prop_assert!(lots.groups[0].units.abs_diff(lots.groups[1].units) <= 1);
        prop_assert!(lots.assigned.iter().zip(&units).all(|(a, u)| a.code == u.code));
    }

    #[test]
    fn pairs_on_one_column_have_the_least_sum_of_differences(
        values in prop::collection::vec(0_u8..40, 2..9),
        seed in any::<u64>(),
    ) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        let units = with(&values.iter().map(|x| vec![*x]).collect::<Vec<_>>());
        let lots = draw(&units, &Scheme::plain(LotMethod::Paired, &groups()), seed).unwrap();
        let sum: f64 = pairs_of(&lots)
            .iter()
            .filter_map(|pair| match pair.as_slice() {
                [a, b] => Some((values[*a] - values[*b]).abs()),
                _ => None,
            })
            .sum();
        prop_assert!((sum - least(&values)).abs() < 1e-9, "{sum} against {}", least(&values));
    }

    #[test]
    fn pairs_do_not_depend_on_units_of_measurement_or_on_a_column_said_twice(
        rows in prop::collection::vec((0.0..10.0_f64, 0.0..10.0_f64), 4..24),
        scale in 0.01..100.0_f64,
    ) {
        let paired = Scheme::plain(LotMethod::Paired, &groups());
        let one: Vec<Vec<f64>> = rows.iter().map(|(a, b)| vec![*a, *b]).collect();
        let other: Vec<Vec<f64>> = rows.iter().map(|(a, b)| vec![a * scale - 3.0, a + b]).collect();
        let [one, other] = [one, other].map(|rows| pairs_of(&draw(&with(&rows), &paired, 1).unwrap()));
        prop_assert_eq!(one, other);
    }
}
