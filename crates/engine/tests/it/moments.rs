//! Moments merge: whatever way the rows are cut and in whatever order the pieces come, the answer is the same
//! to rounding, and what was added can be taken away.

use difference_engine::moments::{Fold, Moments};
use proptest::collection::vec;
use proptest::prelude::*;

/// Rows of three columns, the first up to 10⁶ standard deviations from zero.
fn rows() -> impl Strategy<Value = Vec<[f64; 3]>> {
    let far = prop_oneof![Just(0.0), -1e6..1e6_f64];
    (
        far,
        1e-3..1e3_f64,
        vec((-3.0..3.0_f64, -3.0..3.0_f64), 2..300),
    )
        .prop_map(|(far, unit, all)| {
            all.iter()
                .map(|(a, b)| [unit * (far + a), b * 7.0, a * b])
                .collect()
        })
}

/// Cuts rows into pieces of one, two, three … rows, and turns the pieces' order by `turn`.
fn pieces(rows: &[[f64; 3]], longest: usize, turn: usize) -> Vec<Moments> {
    let mut pieces = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let (piece, more) = rest.split_at((1 + pieces.len() % longest).min(rest.len()));
        pieces.push(Moments::of(piece));
        rest = more;
    }
    let by = turn % pieces.len();
    pieces.rotate_left(by);
    pieces
}

/// Merges in pairs, as a tree.
fn tree(mut pieces: Vec<Moments>) -> Moments {
    while pieces.len() > 1 {
        pieces = pieces
            .chunks(2)
            .map(|pair| {
                let mut merged = pair[0].clone();
                pair.iter().skip(1).for_each(|other| merged.merge(other));
                merged
            })
            .collect();
    }
    pieces.pop().unwrap()
}

/// Whether two moments agree within the bound of the second.
fn agree(a: &Moments, b: &Moments) -> bool {
    (0..b.columns()).all(|i| {
        let spread = (b.cross(i, i) / b.n() as f64).sqrt();
        let means = (a.mean(i) - b.mean(i)).abs() <= 1e-12 * (b.mean(i).abs() + spread);
        means && (0..=i).all(|j| (a.cross(i, j) - b.cross(i, j)).abs() <= b.bound(i, j))
    }) && a.n() == b.n()
}

proptest! {
    #[test]
    fn any_cut_and_order_agrees(rows in rows(), longest in 1_usize..40, turn in 0_usize..100) {
        let whole = Moments::of(&rows);
        let pieces = pieces(&rows, longest, turn);
        let mut one_by_one = Moments::empty(3);
        pieces.iter().for_each(|piece| one_by_one.merge(piece));
        prop_assert!(agree(&one_by_one, &whole), "{one_by_one:?}\n{whole:?}");
        prop_assert!(agree(&tree(pieces), &whole));
    }

    #[test]
    fn what_was_added_can_be_taken_away(rows in rows(), at in 1_usize..300) {
        let (stay, go) = rows.split_at(at.min(rows.len() - 1));
        let stay = Moments::of(stay);
        let go = Moments::of(go);
        let mut both = stay.clone();
        both.merge(&go);
        let whole = both.clone();
        both.subtract(&go).unwrap();
        prop_assert_eq!(both.n(), stay.n());
        for i in 0..3 {
            for j in 0..=i {
                let apart = (both.cross(i, j) - stay.cross(i, j)).abs();
                prop_assert!(apart <= whole.bound(i, j), "{} {} {}", i, j, apart);
            }
        }
    }

    #[test]
    fn a_column_put_in_is_as_if_it_had_been_there(rows in rows(), value in -5.0..5.0_f64) {
        let with = rows.iter().map(|[a, b, c]| [*a, value, *b, *c]);
        let put_in = Moments::of(&rows).with_constant(1, value);
        prop_assert!(agree(&put_in, &Moments::of(with)));
        prop_assert_eq!(put_in.select(&[0, 2, 3]), Moments::of(&rows));
    }
}

#[test]
fn more_than_there_is_can_not_be_taken_away() {
    let mut few = Moments::of([[1.0], [2.0]]);
    let refusal = few
        .subtract(&Moments::of([[1.0], [2.0], [3.0]]))
        .unwrap_err();
    assert_eq!(refusal.code, "more-than-there-is");
    assert_eq!(few, Moments::of([[1.0], [2.0]]));
}

#[test]
fn a_million_rows_keep_their_digits() {
    // Scores around a million with a spread of one: the textbook formula would lose every digit.
    let score = |i: u32| 1e6 + f64::from(i % 1000) / 1000.0 - 0.4995;
    let mut fold = Fold::new(1);
    (0..1_000_000).for_each(|i| fold.add((), &[score(i)]));
    let [(_, moments)] = &fold.finish()[..] else {
        panic!("one key, one answer")
    };
    // Of 0, 0.001 … 0.999 a thousand times each: (1000² − 1)/12 thousandths squared.
    let exact = 1e6 * (1e6 - 1.0) / 12.0 / 1e6;
    assert!(
        (moments.cross(0, 0) / exact - 1.0).abs() < 1e-9,
        "{}",
        moments.cross(0, 0)
    );
    assert!((moments.mean(0) - 1e6).abs() < 1e-9);
}
