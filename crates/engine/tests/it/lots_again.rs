//! Drawing the lots again, as they were drawn.

use difference_engine::permutation::{Draws, Units, permutation};

/// Two blocks of six, values that are exactly 2 for the treatment, 3 for a covariate and 10 a block.
fn exact() -> (Vec<f64>, Vec<bool>, Vec<u32>, Vec<f64>) {
    let treated = [
        true, false, true, false, false, true, true, true, false, false, true, false,
    ];
    let blocks = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
    let covariate = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 1.5, 3.0, 9.0, 2.5, 6.0, 0.5];
    let values = treated
        .iter()
        .zip(blocks)
        .zip(covariate)
        .map(|((t, b), x)| 2.0 * f64::from(u8::from(*t)) + 10.0 * f64::from(b) + 3.0 * x)
        .collect();
    (
        values,
        treated.to_vec(),
        blocks.to_vec(),
        covariate.to_vec(),
    )
}

#[test]
fn the_statistic_is_the_coefficient_of_the_plans_model() {
    let (values, treated, blocks, covariate) = exact();
    let covariates = [
        covariate.clone(),
        covariate.iter().map(|x| 2.0 * x + 1.0).collect(),
    ];
    let units = Units {
        values: &values,
        treated: &treated,
        blocks: &blocks,
        covariates: &covariates,
    };
    // The second covariate repeats the first and changes nothing.
    let p = permutation(&units, Draws::default()).unwrap();
    assert!((p.observed - 2.0).abs() < 1e-12, "{p:?}");
    assert!(p.complete);
    assert_eq!(p.allocations, 400.0);
    // Nothing but the treatment is left, so no other allocation but its mirror fits as well.
    assert_eq!(p.p_value, 2.0 / 400.0);
    assert_eq!(p.smallest_p, 2.0 / 400.0);
}

#[test]
fn lots_within_blocks_are_drawn_within_blocks() {
    let (values, treated, blocks, _) = exact();
    let within = Units {
        values: &values,
        treated: &treated,
        blocks: &blocks,
        covariates: &[],
    };
    let over = Units {
        blocks: &[],
        ..within
    };
    let draws = Draws::default();
    assert_eq!(permutation(&within, draws).unwrap().allocations, 400.0);
    assert_eq!(permutation(&over, draws).unwrap().allocations, 924.0);
}

#[test]
fn a_block_with_one_group_only_has_nothing_to_draw() {
    let values = [3.0, 5.0, 4.0, 8.0, 100.0, 200.0];
    let treated = [true, false, true, false, true, true];
    let blocks = [1, 1, 1, 1, 2, 2];
    let p = permutation(
        &Units {
            values: &values,
            treated: &treated,
            blocks: &blocks,
            covariates: &[],
        },
        Draws::default(),
    )
    .unwrap();
    assert_eq!((p.allocations, p.looked_at), (6.0, 6));
    assert!((p.observed + 3.0).abs() < 1e-12);
}

#[test]
fn drawn_or_complete_it_is_the_same_answer() {
    let (values, treated, blocks, covariate) = exact();
    let noisy: Vec<f64> = values
        .iter()
        .zip([
            0.3, -2.0, 1.0, 4.0, -3.0, 0.0, 2.0, -1.0, 1.5, 0.7, -0.4, 2.2,
        ])
        .map(|(v, e)| v + 2.0 * e)
        .collect();
    let covariates = [covariate];
    let units = Units {
        values: &noisy,
        treated: &treated,
        blocks: &blocks,
        covariates: &covariates,
    };
    let complete = permutation(&units, Draws::default()).unwrap();
    let drawn = |seed| {
        permutation(
            &units,
            Draws {
                complete_up_to: 0,
                draws: 20_000,
                seed,
            },
        )
        .unwrap()
    };
    let monte_carlo = drawn(1);
    let interval = monte_carlo.interval.unwrap();
    assert!(complete.complete && !monte_carlo.complete);
    assert!(
        interval.lower <= complete.p_value && complete.p_value <= interval.upper,
        "{complete:?} {monte_carlo:?}"
    );
    assert!((monte_carlo.chance_sd / complete.chance_sd - 1.0).abs() < 0.03);
    assert_eq!(monte_carlo, drawn(1), "a seed decides everything");
    assert_ne!(monte_carlo.as_extreme, drawn(2).as_extreme);
    assert_eq!(
        monte_carlo.p_value,
        (monte_carlo.as_extreme as f64 + 1.0) / 20_001.0
    );
}

#[test]
fn very_uneven_groups_are_enumerated_from_the_smaller_side() {
    let values: Vec<f64> = (0..3000)
        .map(|i| f64::from((i * 7919) % 3000) + 0.25)
        .collect();
    let treated: Vec<bool> = (0..3000).map(|i| i != 0).collect();
    let p = permutation(
        &Units {
            values: &values,
            treated: &treated,
            blocks: &[],
            covariates: &[],
        },
        Draws::default(),
    )
    .unwrap();
    // The one without it has the lowest score of 3,000; the highest is as far from the middle.
    assert_eq!((p.looked_at, p.as_extreme), (3000, 2));
    assert_eq!(p.smallest_p, 1.0 / 3000.0);
}

#[test]
fn what_can_not_be_drawn_again_says_why() {
    let code = |values: &[f64], treated: &[bool]| {
        let units = Units {
            values,
            treated,
            blocks: &[],
            covariates: &[],
        };
        permutation(&units, Draws::default()).unwrap_err().code
    };
    assert_eq!(code(&[1.0, 2.0], &[true, true]), "one-group");
    assert_eq!(code(&[1.0, 1.0, 1.0], &[true, false, true]), "no-variation");
    assert_eq!(code(&[1.0, f64::NAN], &[true, false]), "lots-do-not-fit");
    assert_eq!(code(&[1.0], &[true, false]), "lots-do-not-fit");
}
