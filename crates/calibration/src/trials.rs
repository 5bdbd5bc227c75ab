//! Many trials of one kind, each answered by every estimator.

use engine::evaluate;
use engine::question::Question;
use engine::refusal::Refusal;
use engine::sample::InMemory;

use crate::chance::Chance;
use crate::estimator::Estimator;
use crate::scenario::Scenario;
use crate::shown::{Answer, NOMINAL, Shown, Sums, Verdict};

/// What one estimator showed in one kind of trial.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The estimator's name.
    pub estimator: String,
    /// What it showed: in the run that decides.
    pub shown: Shown,
    /// Whether that is what was promised.
    pub verdict: Verdict,
    /// Whether the true difference is none, so that every call is a mistake.
    pub null: bool,
}

/// Draws so many trials and has each question answer them.
#[must_use]
pub fn run(scenario: &Scenario, questions: &[Question], trials: u32, run: u64) -> Vec<Sums> {
    let mut chance = Chance::of(&format!("{scenario:?}"), run);
    let mut sums = vec![Sums::default(); questions.len()];
    for _ in 0..trials {
        let (sample, here) = scenario.draw_known(&mut chance);
        for (question, sums) in questions.iter().zip(&mut sums) {
            let truth = if null(scenario, question).is_some() {
                scenario.truth
            } else {
                here
            };
            sums.add(answer(&sample, question, truth).ok());
        }
    }
    sums
}

/// Whether there is no difference in what the question is about; none where it is about those very sites, whose difference is
/// never quite none.
fn null(scenario: &Scenario, question: &Question) -> Option<bool> {
    let about_them = (question.methods.iter()).any(|method| scenario.of_these_sites(*method));
    (!about_them).then_some(scenario.truth == 0.0)
}

/// One answer.
///
/// # Errors
/// Whatever the engine refuses.
pub fn answer(sample: &InMemory, question: &Question, truth: f64) -> Result<Answer, Refusal> {
    let answer = evaluate(sample, question)?;
    let primary = answer.primary().or_else(|| answer.estimates.first());
    let primary = primary.ok_or_else(|| Refusal::new("no-estimate", "No estimate.", "None."))?;
    Ok(Answer {
        off: primary.estimate - truth,
        standard_error: primary.standard_error,
        called: primary.p_value.map(|p| p <= NOMINAL),
        covered: primary
            .interval
            .map(|i| i.lower <= truth && truth <= i.upper),
    })
}

/// Holds every estimator that can answer such trials to its bands. What misses its band is run once more, ten times as often
/// and with another seed, and that run decides; what is far outside needs none.
#[must_use]
pub fn cells(scenario: &Scenario, estimators: &[Estimator], trials: u32) -> Vec<Cell> {
    let mut chance = Chance::of(&format!("{scenario:?}"), 0);
    let one = scenario.draw(&mut chance);
    let asked: Vec<(&Estimator, Question)> = estimators
        .iter()
        .map(|estimator| (estimator, estimator.question()))
        .filter(|(_, question)| !not_for_this_design(&one, question))
        .collect();
    let questions: Vec<Question> = asked.iter().map(|(_, question)| question.clone()).collect();
    let first = run(scenario, &questions, trials, 1);
    asked
        .iter()
        .zip(first)
        .map(|((estimator, question), sums)| {
            let null = null(scenario, question).unwrap_or(false);
            let mut shown = sums.shown();
            if shown.verdict(null) == Verdict::Outside && !shown.far_outside(null) {
                let again = run(scenario, std::slice::from_ref(question), 10 * trials, 2);
                shown = again.first().map_or(shown, Sums::shown);
            }
            Cell {
                estimator: estimator.name(),
                shown,
                verdict: shown.verdict(null),
                null,
            }
        })
        .collect()
}

/// Of the estimators, those that answer as one of `known` does, to the last digit, in twenty such trials; with its name.
#[must_use]
pub fn same(
    scenario: &Scenario,
    known: &[Estimator],
    others: &[Estimator],
) -> Vec<Option<Estimator>> {
    let mut chance = Chance::of(&format!("same {scenario:?}"), 0);
    let samples: Vec<InMemory> = (0..20).map(|_| scenario.draw(&mut chance)).collect();
    let answers = |estimator: &Estimator| -> Option<Vec<Answer>> {
        let question = estimator.question();
        (samples.iter())
            .map(|sample| answer(sample, &question, scenario.truth).ok())
            .collect()
    };
    let known: Vec<_> = known.iter().map(|one| (*one, answers(one))).collect();
    others
        .iter()
        .map(|other| {
            let own = answers(other)?;
            let same = known.iter().find(|(_, all)| all.as_ref() == Some(&own));
            same.map(|(estimator, _)| *estimator)
        })
        .collect()
}

/// Whether the question can't be asked of such a trial at all.
fn not_for_this_design(sample: &InMemory, question: &Question) -> bool {
    let codes = [
        "no-clusters",
        "no-blocks",
        "no-baseline",
        "not-for-this-design",
    ];
    evaluate(sample, question).is_err_and(|refusal| codes.contains(&refusal.code.as_str()))
}
