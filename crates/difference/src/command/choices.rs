//! The words that flags take, and what each stands for in the engine.
//!
//! What must stay true: a word never changes its meaning; a word whose method isn't built isn't here.

use clap::ValueEnum;
use engine::question::{Allocation, DegreesOfFreedom, Design, Method, StandardErrors, Worthwhile};
use tables::Decimal;

/// `--allocation`: how the groups came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum How {
    /// Drawn by lot
    Lot,
    /// Somebody chose
    Chosen,
    /// Not known; rung 3 at most
    Unknown,
}

impl From<How> for Allocation {
    fn from(how: How) -> Self {
        match how {
            How::Lot => Self::Lot,
            How::Chosen => Self::Chosen,
            How::Unknown => Self::Unknown,
        }
    }
}

/// `--design`: what was drawn or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Pupils, one by one
    Individual,
    /// Pupils within classes, schools or pairs
    BlockedIndividual,
    /// Whole classes or schools
    Cluster,
    /// Whole classes or schools within blocks or pairs
    BlockedCluster,
    /// Two groups that nobody drew
    Comparison,
    /// The same people before and after
    BeforeAfter,
}

impl From<What> for Design {
    fn from(what: What) -> Self {
        match what {
            What::Individual => Self::Individual,
            What::BlockedIndividual => Self::BlockedIndividual,
            What::Cluster => Self::Cluster,
            What::BlockedCluster => Self::BlockedCluster,
            What::Comparison => Self::Comparison,
            What::BeforeAfter => Self::BeforeAfter,
        }
    }
}

/// `--method`: how the effect is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// What suits the design
    Auto,
    /// Difference in means
    Difference,
    /// Analysis of covariance
    Ancova,
    /// The same with a slope for each group (Lin)
    Lin,
    /// Random intercept for the class or school, by REML; where lots were drawn within blocks, a random difference for each
    Mixed,
    /// The same by maximum likelihood
    MixedMl,
    /// The lots drawn again
    Permutation,
}

impl From<Way> for Method {
    fn from(way: Way) -> Self {
        match way {
            Way::Auto => Self::Auto,
            Way::Difference => Self::Difference,
            Way::Ancova => Self::Ancova,
            Way::Lin => Self::Lin,
            Way::Mixed => Self::Mixed,
            Way::MixedMl => Self::MixedMl,
            Way::Permutation => Self::Permutation,
        }
    }
}

/// `--se`: which standard errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Errors {
    /// One variance for all
    Classical,
    /// Heteroskedasticity-consistent, no correction
    Hc0,
    /// The same times rows over rows less columns
    Hc1,
    /// Heteroskedasticity-consistent, corrected for leverage
    Hc2,
    /// The same, nearly the jackknife
    Hc3,
    /// Robust to clusters, no correction
    Cr0,
    /// Robust to clusters, the usual correction
    Cr1,
    /// The same as Stata counts it
    Cr1s,
    /// Robust to clusters, bias-reduced
    Cr2,
    /// Robust to clusters, close to leaving each out in turn
    Cr3,
}

impl From<Errors> for StandardErrors {
    fn from(errors: Errors) -> Self {
        match errors {
            Errors::Classical => Self::Classical,
            Errors::Hc0 => Self::Hc0,
            Errors::Hc1 => Self::Hc1,
            Errors::Hc2 => Self::Hc2,
            Errors::Hc3 => Self::Hc3,
            Errors::Cr0 => Self::Cr0,
            Errors::Cr1 => Self::Cr1,
            Errors::Cr1s => Self::Cr1s,
            Errors::Cr2 => Self::Cr2,
            Errors::Cr3 => Self::Cr3,
        }
    }
}

/// `--df`: which degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Freedom {
    /// Satterthwaite's
    Satterthwaite,
    /// Kenward and Roger's, with their standard errors (mixed model)
    KenwardRoger,
    /// Rows less columns
    Residual,
    /// The normal distribution
    Normal,
}

impl From<Freedom> for DegreesOfFreedom {
    fn from(freedom: Freedom) -> Self {
        match freedom {
            Freedom::Satterthwaite => Self::Satterthwaite,
            Freedom::KenwardRoger => Self::KenwardRoger,
            Freedom::Residual => Self::Residual,
            Freedom::Normal => Self::Normal,
        }
    }
}

/// `--better`: which way is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Better {
    /// A higher value (scores)
    Higher,
    /// A lower value (absences, lateness)
    Lower,
}

/// `--decimal`: what stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mark {
    /// 12.5, with thousands as 1,234
    Point,
    /// 12,5, with thousands as 1.234
    Comma,
}

impl From<Mark> for Decimal {
    fn from(mark: Mark) -> Self {
        match mark {
            Mark::Point => Self::Point,
            Mark::Comma => Self::Comma,
        }
    }
}

/// `--format`: what the answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For the eye, in this window
    Text,
    /// For programs; stable and versioned
    Json,
    /// For a document or a wiki
    Markdown,
    /// A page that prints on one sheet of A4
    Html,
}

/// `--worthwhile`: a number in the outcome's unit, or in standard deviations with `sd` behind it.
pub fn worthwhile(words: &str) -> Result<Worthwhile, String> {
    let cure =
        "Give it in the outcome's unit, such as 3, or in standard deviations, such as 0.1sd.";
    let lower = words.trim().to_lowercase();
    let (figure, in_sd) = match lower.strip_suffix("sd") {
        Some(figure) => (figure.trim_end(), true),
        None => (lower.as_str(), false),
    };
    let size: f64 = figure
        .parse()
        .map_err(|_| format!("“{words}” is no number. {cure}"))?;
    if !size.is_finite() || size <= 0.0 {
        return Err(format!(
            "The smallest difference worth having is a size above 0, whichever way is better. {cure}"
        ));
    }
    Ok(if in_sd {
        Worthwhile::Sd(size)
    } else {
        Worthwhile::Unit(size)
    })
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test stops where a value is not there"
    )]
    use super::worthwhile;
    use engine::question::Worthwhile;

    #[test]
    fn a_number_is_in_the_outcomes_unit_and_sd_says_standard_deviations() {
        assert_eq!(worthwhile("3"), Ok(Worthwhile::Unit(3.0)));
        assert_eq!(worthwhile("0.1sd"), Ok(Worthwhile::Sd(0.1)));
        assert_eq!(worthwhile("0.1 SD"), Ok(Worthwhile::Sd(0.1)));
    }

    #[test]
    fn anything_else_says_what_to_write() {
        for wrong in ["lots", "", "sd", "-1", "0", "inf", "nan"] {
            let told = worthwhile(wrong).unwrap_err();
            assert!(told.contains("0.1sd"), "{wrong}: {told}");
        }
    }
}
