//! A trial with twenty outcomes, none of which it moves: how often is any of them called?

use engine::evaluate;
use engine::question::{Allocation, Question};

use crate::chance::Chance;
use crate::scenario::{PUPILS, Scenario};
use crate::shown::{Answer, Shown, Sums};

/// Outcomes in a trial.
pub const OUTCOMES: usize = 20;

/// p-values of twenty outcomes of one trial.
fn p_values(chance: &mut Chance) -> Option<Vec<f64>> {
    let scenario = Scenario {
        baseline: 0.0,
        ..PUPILS
    };
    let question = Question {
        allocation: Allocation::Lot,
        ..Question::default()
    };
    (0..OUTCOMES)
        .map(|_| {
            let answer = evaluate(&scenario.draw(chance), &question).ok()?;
            answer.primary()?.p_value
        })
        .collect()
}

/// How often the trial's one claim is called: the outcome that the plan names first, whatever the other nineteen say.
#[must_use]
pub fn the_claim(trials: u32) -> Shown {
    any_called(trials, |all| all.iter().take(1).copied().collect())
}

/// How often any outcome is called when each is held to 1 in 20 by itself.
#[must_use]
pub fn each_by_itself(trials: u32) -> Shown {
    any_called(trials, |all| all.to_vec())
}

/// How often any outcome is called when their p-values are first adjusted.
#[must_use]
pub fn any_called(trials: u32, adjust: impl Fn(&[f64]) -> Vec<f64>) -> Shown {
    let mut chance = Chance::of("twenty outcomes", 1);
    let mut sums = Sums::default();
    for _ in 0..trials {
        sums.add(p_values(&mut chance).map(|all| Answer {
            called: Some(adjust(&all).iter().any(|p| *p < 0.05)),
            ..Answer::default()
        }));
    }
    sums.shown()
}
