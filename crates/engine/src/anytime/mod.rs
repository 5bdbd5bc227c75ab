//! Answers that stay right however often somebody looks: e-values and confidence sequences for results
//! that arrive one after another.
//!
//! Who may call this: [`pool`](crate::pool), and whoever has effects with known variances in an order that was fixed
//! before their results were known. What must stay true: the prior's standard deviation, the level and the order of
//! joining are chosen without a look at the results; [`Sums`] refuses what would not give finite numbers.
//!
//! With `S = Σ y/v` and `V = Σ 1/v` over the results that have joined, under "every true effect is θ" S is normal with
//! mean `θV` and variance V. If every true effect is zero, each e-value here is a nonnegative martingale that starts
//! at 1, so that by Ville's inequality the chance that it *ever* reaches 1/α is at most α, at however many looks, and
//! whatever made somebody stop looking.
//!
//! What it does not say: an e-value speaks against "all true effects are zero" and so for "something is happening
//! somewhere", never about the average; a confidence sequence covers where the true effect is the same everywhere;
//! variances are taken as known, which those of small trials are not (there an e-value made from t would be needed:
//! Pérez-Ortiz, M. F., Lardy, T., de Heide, R. & Grünwald, P. D. 2024, *Annals of Statistics* 52(4), 1410–1432). For the average of
//! effects that differ: Waudby-Smith, I., Arbour, D., Sinha, R., Kennedy, E. H. & Ramdas, A. (2024). Time-uniform central limit theory and asymptotic
//! confidence sequences. *Annals of Statistics* 52(6), 2613–2640; not offered here.
//!
//! ter Schure, J. & Grünwald, P. (2022). ALL-IN meta-analysis: breathing life into living systematic reviews.
//! *F1000Research* 11:549. Robbins, H. (1970). Statistical methods related to the law of the iterated logarithm.
//! *Annals of Mathematical Statistics* 41(5), 1397–1409. Howard, S. R., Ramdas, A., McAuliffe, J. & Sekhon, J. (2021). Time-uniform,
//! nonparametric, nonasymptotic confidence sequences. *Annals of Statistics* 49(2), 1055–1080.
//!
//! ```
//! use difference_engine::anytime::{Sequence, Verdict};
//! let mut sequence = Sequence::new(0.2, 0.05)?;
//! // Four schools, in the order in which their trials were due.
//! for (effect, variance) in [(0.31, 0.02), (0.25, 0.02), (0.38, 0.02), (0.29, 0.02)] {
//!     sequence.join(effect, variance)?;
//!     sequence.look();
//! }
//! assert_eq!(sequence.verdict(), Verdict::Happening);
//! let look = sequence.look();
//! assert!(look.e_value > 20.0 && look.anytime_p < 0.05);
//! # Ok::<(), difference_engine::refusal::Refusal>(())
//! ```

mod confidence_sequence;
mod likelihood_ratio;
mod mixture;
mod sequence;
mod sums;
mod verdict;

pub use confidence_sequence::limits;
pub use likelihood_ratio::LikelihoodRatio;
pub use mixture::Mixture;
pub use sequence::{Look, Sequence};
pub use sums::Sums;
pub use verdict::{Verdict, evidence};

/// The e-value of its logarithm: the largest number that can be written where it is larger still.
#[must_use]
pub fn e_value(log_e_value: f64) -> f64 {
    log_e_value.exp().min(f64::MAX)
}
