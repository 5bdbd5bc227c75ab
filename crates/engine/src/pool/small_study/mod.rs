//! Do small trials find other effects than large ones? Tests, and averages that allow for it.
//!
//! Who may call this: [`super::pool`], where the question asks. What must stay true: these guess at what
//! was never reported. Where a network knows which trials began, [`super::file_drawer`] says what is
//! missing instead of guessing it. Under ten results nothing can be told, and the words say so (Sterne
//! et al. 2011, *BMJ* 343:d4002).

mod begg;
mod egger;
mod fail_safe;
mod precision_effect;
mod selection;
mod trim_and_fill;

use serde::{Deserialize, Serialize};

use super::PoolQuestion;
use super::average::Datum;
use crate::distributions::OutOfDomain;

pub use begg::Begg;
pub use egger::Egger;
pub use fail_safe::FailSafe;
pub use precision_effect::Line;
pub use selection::Selection;
pub use trim_and_fill::{Side, TrimAndFill};

/// From this many results on, small trials can be told from large ones.
pub const TELLING_FROM: usize = 10;

/// Small-study methods; what could not be worked out is None (too few results, or all of one size).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SmallStudy {
    /// Egger's regression test.
    pub egger: Option<Egger>,
    /// The same with variance between places, by the pool's own method.
    pub egger_mixed: Option<Egger>,
    /// Begg and Mazumdar's rank correlation.
    pub begg: Option<Begg>,
    /// Trim-and-fill with Duval and Tweedie's estimators L0 and R0.
    pub trim_and_fill: Vec<TrimAndFill>,
    /// Precision-effect test: the effect that a trial without sampling error would have, by a line
    /// through the standard errors.
    pub pet: Option<Line>,
    /// The same by a line through the variances.
    pub peese: Option<Line>,
    /// The three-parameter selection model.
    pub selection: Option<Selection>,
    /// Rosenthal's fail-safe number.
    pub fail_safe: FailSafe,
    /// In words.
    pub says: String,
}

/// All the methods for sorted data.
pub(super) fn small_study(
    data: &[Datum],
    question: &PoolQuestion,
    level: f64,
) -> Result<SmallStudy, OutOfDomain> {
    let egger = egger::classical(data, level)?;
    let trim_and_fill = trim_and_fill::both(data, question, level)?;
    let says = says(data.len(), egger.as_ref());
    Ok(SmallStudy {
        egger_mixed: egger::mixed(data, question.method, level)?,
        begg: begg::begg(data)?,
        pet: precision_effect::pet(data, level)?,
        peese: precision_effect::peese(data, level)?,
        selection: selection::three_parameters(data, level)?,
        fail_safe: fail_safe::rosenthal(data)?,
        egger,
        trim_and_fill,
        says,
    })
}

fn says(k: usize, egger: Option<&Egger>) -> String {
    let Some(egger) = egger else {
        return "Nothing can be told about small trials beside large ones: there are too few results, or all are of one size.".to_owned();
    };
    if k < TELLING_FROM {
        return "Fewer than ten results: too few to tell whether small trials find other effects than large ones.".to_owned();
    }
    if egger.p_value >= 0.1 {
        return "Small trials find about what large ones find, as far as can be told.".to_owned();
    }
    let way = if egger.statistic > 0.0 {
        "higher"
    } else {
        "lower"
    };
    let finding = if egger.p_value < 0.05 {
        format!(
            "Small trials find {way} effects than large ones, by more than chance alone would explain."
        )
    } else {
        format!(
            "Small trials seem to find {way} effects than large ones, though it could be chance."
        )
    };
    format!(
        "{finding} Small trials that found little may never have been reported, or small trials may differ in other ways."
    )
}
