//! The lots drawn again by the trial's own rule.

use difference_engine::allocation::{LotMethod, Lots, Lottery, Rerandomise, Scheme, Unit, Within};
use difference_engine::permutation::{Draws, Units, permutation, redrawn};

fn groups() -> Vec<String> {
    vec!["now".to_owned(), "later".to_owned()]
}

/// Twelve pupils with a score from before.
fn pupils() -> Vec<Unit> {
    [
        1.0, 2.0, 3.0, 5.0, 6.0, 8.0, 9.0, 10.0, 12.0, 13.0, 17.0, 20.0,
    ]
    .into_iter()
    .enumerate()
    .map(|(i, score)| Unit {
        code: format!("P{i:02}"),
        block: Some(format!("pair {}", i / 2)),
        matched_on: vec![score],
        balanced_on: vec![score],
        ..Unit::default()
    })
    .collect()
}

fn scheme(rule: Option<Rerandomise>, within: Within) -> Scheme {
    Scheme {
        within,
        rerandomise: rule,
        balanced_on: vec!["score".to_owned()],
        ..Scheme::plain(LotMethod::Simple, &groups())
    }
}

const PLACES: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/// An outcome that follows the score, and a little else.
fn outcome(units: &[Unit], seed: u64) -> Vec<f64> {
    let mut lots = Lots::new(seed);
    units
        .iter()
        .map(|u| u.balanced_on[0] + lots.below(1_000) as f64 / 250.0)
        .collect()
}

fn treated(lottery: &Lottery, seed: u64) -> Vec<bool> {
    let fallen = lottery.draw(&mut Lots::new(seed)).unwrap();
    fallen.groups.iter().map(|g| *g == 0).collect()
}

#[test]
fn without_a_rule_it_is_the_permutation_test() {
    let units = pupils();
    let values = outcome(&units, 5);
    for (within, blocks) in [
        (Within::Everybody, vec![]),
        (Within::Pairs, (0..12).map(|i| i / 2).collect::<Vec<u32>>()),
    ] {
        let lottery = Lottery::of(&units, &scheme(None, within)).unwrap();
        let treated = treated(&lottery, 9);
        let own = Units {
            values: &values,
            treated: &treated,
            blocks: &blocks,
            covariates: &[],
        };
        let plain = permutation(&own, Draws::default()).unwrap();
        let again = redrawn(&own, &PLACES, &lottery, 0, Draws::default()).unwrap();
        assert_eq!(
            (again.as_extreme, again.as_large, again.looked_at),
            (plain.as_extreme, plain.as_large, plain.looked_at)
        );
        assert!((again.p_value - plain.p_value).abs() < 1e-12);
        assert!((again.chance_sd - plain.chance_sd).abs() < 1e-9);
        assert!((again.smallest_p - plain.smallest_p).abs() < 1e-12);
    }
}

#[test]
fn weights_of_the_best_of_so_many_are_those_that_drawing_shows() {
    let units = pupils();
    let values = outcome(&units, 8);
    for rule in [Rerandomise::BestOf(6), Rerandomise::Within(0.2)] {
        let lottery = Lottery::of(&units, &scheme(Some(rule), Within::Everybody)).unwrap();
        let treated = treated(&lottery, 4);
        let own = Units {
            values: &values,
            treated: &treated,
            blocks: &[],
            covariates: &[],
        };
        let exact = redrawn(&own, &PLACES, &lottery, 0, Draws::default()).unwrap();
        assert!(exact.complete);
        let many = Draws {
            complete_up_to: 0,
            draws: 20_000,
            seed: 3,
        };
        let drawn = redrawn(&own, &PLACES, &lottery, 0, many).unwrap();
        assert!(!drawn.complete);
        let interval = drawn.interval.unwrap();
        // 99.99 %: twice the width of the 95 % interval.
        let half = interval.upper - interval.lower;
        assert!(
            (exact.p_value - drawn.p_value).abs() < half,
            "{exact:?} against {drawn:?}"
        );
        assert!((exact.chance_sd / drawn.chance_sd - 1.0).abs() < 0.05);
    }
}

/// Share of null trials in which each test says p ≤ 0.1: by the trial's own rule, and as if the
/// first draw had been kept.
#[test]
fn by_its_own_rule_the_test_is_wrong_as_often_as_it_says_and_otherwise_hardly_ever() {
    let units = pupils();
    let rule = Rerandomise::BestOf(30);
    let lottery = Lottery::of(&units, &scheme(Some(rule), Within::Everybody)).unwrap();
    let trials = 300;
    let (mut own_rule, mut as_if) = (0, 0);
    for trial in 0..trials {
        let values = outcome(&units, 1_000 + trial);
        let treated = treated(&lottery, trial);
        let own = Units {
            values: &values,
            treated: &treated,
            blocks: &[],
            covariates: &[],
        };
        let again = redrawn(&own, &PLACES, &lottery, 0, Draws::default()).unwrap();
        let plain = permutation(&own, Draws::default()).unwrap();
        own_rule += u32::from(again.p_value <= 0.1);
        as_if += u32::from(plain.p_value <= 0.1);
    }
    let share = f64::from(own_rule) / trials as f64;
    assert!(
        (share - 0.1).abs() < 3.0 * (0.09 / trials as f64).sqrt(),
        "{share}"
    );
    // Groups that were made alike differ less than chance would have them: the other test is never sure.
    assert!(as_if < 3, "{as_if}");
}

#[test]
fn who_was_lost_keeps_a_lot_and_adds_nothing() {
    let units = pupils();
    let lottery = Lottery::of(&units, &scheme(None, Within::Pairs)).unwrap();
    let all = treated(&lottery, 2);
    let values = outcome(&units, 2);
    // The second of the first pair was lost: its partner still falls either way.
    let kept: Vec<usize> = PLACES.into_iter().filter(|i| *i != 1).collect();
    let [values, scores]: [Vec<f64>; 2] = [
        kept.iter().map(|i| values[*i]).collect(),
        kept.iter().map(|i| units[*i].balanced_on[0]).collect(),
    ];
    let treated: Vec<bool> = kept.iter().map(|i| all[*i]).collect();
    let own = Units {
        values: &values,
        treated: &treated,
        blocks: &[],
        covariates: &[scores],
    };
    let p = redrawn(&own, &kept, &lottery, 0, Draws::default()).unwrap();
    assert_eq!(p.looked_at, 64);
    assert!(p.p_value >= 1.0 / 64.0 && p.p_value <= 1.0);
    let stranger = redrawn(&own, &[99; 11], &lottery, 0, Draws::default()).unwrap_err();
    assert_eq!(stranger.code, "lots-do-not-fit");
}
