//! Results that arrive week by week and are looked at each time; and gaps that are filled several times.

use engine::anytime::{LikelihoodRatio, Sequence, Sums as AnytimeSums, Verdict as Happening};
use engine::distributions::two_sided_p;
use engine::effect_size::Scores;
use engine::rubins_rules::{Imputed, combined};

use super::{Setting, within};
use crate::chance::Chance;
use crate::shown::{Answer, NOMINAL};

/// One week's result: its effect and its sampling variance.
fn week(truth: f64, chance: &mut Chance) -> (f64, f64) {
    let variance = 4.0 / (20.0 + f64::from(chance.below(180)));
    (truth + variance.sqrt() * chance.normal(), variance)
}

/// Looked at after each week, until something is called happening or the weeks are over; the interval is the one at that look.
pub(super) fn sequence(setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let mut sequence = Sequence::new(0.2, NOMINAL).ok()?;
    let mut last = None;
    for _ in 0..setting.size {
        let (effect, variance) = week(setting.truth, chance);
        sequence.join(effect, variance).ok()?;
        last = Some(sequence.look());
        if sequence.verdict() == Happening::Happening {
            break;
        }
    }
    let look = last?;
    Some(Answer {
        called: Some(sequence.verdict() == Happening::Happening),
        covered: Some(look.lower? <= setting.truth && setting.truth <= look.upper?),
        ..Answer::default()
    })
}

/// Looked at after each week for a gain of 0.2; a call where there is none, or a harm, is a mistake.
pub(super) fn ratio(setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let gain = LikelihoodRatio::new(0.2).ok()?;
    let mut sums = AnytimeSums::default();
    let mut called = false;
    for _ in 0..setting.size {
        let (effect, variance) = week(setting.truth, chance);
        sums.add(effect, variance).ok()?;
        called |= gain.log_e_value(&sums) >= -NOMINAL.ln();
    }
    Some(Answer {
        called: Some(called),
        ..Answer::default()
    })
}

/// A mean of normal scores with gaps, each filled ten times from what the others say of mean and spread.
pub(super) fn imputed(setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let seen: Vec<f64> = (0..setting.size)
        .map(|_| (setting.truth + chance.normal(), chance.share()))
        .filter(|(_, lot)| *lot > 0.3)
        .map(|(score, _)| score)
        .collect();
    let observed = Scores::of(&seen)?;
    let imputations: Option<Vec<Imputed>> = (0..10)
        .map(|_| {
            let degrees = observed.n - 1.0;
            let spread = observed.sd / chance.variance_ratio(degrees).sqrt();
            let centre = observed.mean + spread / observed.n.sqrt() * chance.normal();
            let mut all = seen.clone();
            all.resize_with(usize::try_from(setting.size).ok()?, || {
                centre + spread * chance.normal()
            });
            let filled = Scores::of(&all)?;
            Some(Imputed {
                estimate: filled.mean,
                variance: filled.sd.powi(2) / filled.n,
            })
        })
        .collect();
    let found = combined(&imputations?, Some(f64::from(setting.size) - 1.0)).ok()?;
    let interval = found.interval(0.95).ok()?;
    let p = two_sided_p(found.estimate / found.standard_error(), found.df).ok()?;
    Some(Answer {
        off: found.estimate - setting.truth,
        standard_error: Some(found.standard_error()),
        called: Some(p <= NOMINAL),
        covered: Some(within(interval, setting.truth)),
    })
}
