//! The variance between places, by the method asked for.
//!
//! Who may call this: the rest of the pool. What must stay true: one file a method; each answers for an
//! average and for a model with moderators alike.

use super::model::Model;
use super::{
    Heterogeneity, dersimonian_laird, empirical_bayes, hedges, hunter_schmidt, maximum_likelihood,
    paule_mandel, reml, sidik_jonkman,
};

/// τ² of a model, never below zero; zero where no degree of freedom is left.
pub(super) fn tau2<M: Model>(model: &M, method: Heterogeneity) -> f64 {
    match method {
        Heterogeneity::Reml => reml::tau2(model),
        Heterogeneity::Ml => maximum_likelihood::tau2(model),
        Heterogeneity::Dl => dersimonian_laird::tau2(model),
        Heterogeneity::Pm => paule_mandel::tau2(model),
        Heterogeneity::Eb => empirical_bayes::tau2(model),
        Heterogeneity::Sj => sidik_jonkman::tau2(model),
        Heterogeneity::He => hedges::tau2(model),
        Heterogeneity::Hs => hunter_schmidt::tau2(model),
        Heterogeneity::Equal => 0.0,
    }
}

impl Heterogeneity {
    /// The short name, as the command line and metafor have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reml => "reml",
            Self::Ml => "ml",
            Self::Dl => "dl",
            Self::Pm => "pm",
            Self::Eb => "eb",
            Self::Sj => "sj",
            Self::He => "he",
            Self::Hs => "hs",
            Self::Equal => "equal",
        }
    }

    /// The method in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Reml => "restricted maximum likelihood",
            Self::Ml => "maximum likelihood",
            Self::Dl => "DerSimonian & Laird",
            Self::Pm => "Paule & Mandel",
            Self::Eb => "empirical Bayes (Morris)",
            Self::Sj => "Sidik & Jonkman",
            Self::He => "Hedges & Olkin, unweighted",
            Self::Hs => "Hunter & Schmidt",
            Self::Equal => "one true effect for all (τ² = 0)",
        }
    }

    /// Where the method is described.
    pub(super) fn citation(self) -> &'static str {
        match self {
            Self::Reml => "restricted maximum likelihood (Viechtbauer 2005)",
            Self::Ml => "maximum likelihood (Hardy and Thompson 1996)",
            Self::Dl => "DerSimonian and Laird (1986)",
            Self::Pm => "Paule and Mandel (1982)",
            Self::Eb => "empirical Bayes (Morris 1983)",
            Self::Sj => "Sidik and Jonkman (2005)",
            Self::He => "Hedges and Olkin (1985), unweighted moments",
            Self::Hs => "Hunter and Schmidt (2004)",
            Self::Equal => "one true effect for all",
        }
    }
}
