//! What is taken for granted where nothing was said: each value with where it comes from.
//!
//! Who may call this: the rest of [`power`](super). What must stay true: a value that earlier results
//! bear ([`Learnt`]) goes before a published one; every value that was not given is told, with its source.

use super::learnt::{Learnt, Value};
use super::{Assumed, PowerQuestion};

/// A value for when nothing better is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usual {
    /// What it is, in words.
    pub name: &'static str,
    /// The value.
    pub value: f64,
    /// Where it comes from.
    pub because: &'static str,
}

/// Pupils a cluster.
pub const CLUSTER_SIZE: Usual = Usual {
    name: "pupils a class or school",
    value: 25.0,
    because: "a usual class; give your own for whole schools",
};

/// Coefficient of variation of the clusters' sizes.
pub const SIZE_CV: Usual = Usual {
    name: "unevenness of their sizes (standard deviation over mean)",
    value: 0.0,
    because: "taken as equal sizes; very uneven ones see less (Eldridge, Ashby & Kerry 2006)",
};

/// Share of the variance between clusters.
pub const ICC: Usual = Usual {
    name: "share of the variation that lies between classes or schools",
    value: 0.15,
    because: "a default: trials of attainment in English schools are usually planned with 0.10 to 0.20, and Hedges & Hedberg (2007) list values for American schools, most of them higher; most other measures have less",
};

/// Share of the variance between pupils that the score before explains.
pub const R2: Usual = Usual {
    name: "share of the variation between pupils that the score before explains",
    value: 0.5,
    because: "a default: two tests that correlate at about 0.7, as tests of attainment a year apart often do (0.7² is about 0.5)",
};

/// Share of the variance between clusters that it explains.
pub const R2_CLUSTER: Usual = Usual {
    name: "share of the variation between classes or schools that the score before explains",
    value: 0.5,
    because: "a default: earlier scores halved the schools needed in primary schools and did better still in secondary ones (Bloom, Richburg-Hayes & Black 2007)",
};

/// What was not given, as it is filled in.
pub(super) struct Filling<'a> {
    learnt: Option<&'a Learnt>,
    assumed: Vec<Assumed>,
}

impl<'a> Filling<'a> {
    pub(super) fn of(asked: &'a PowerQuestion) -> Self {
        Self {
            learnt: asked.learnt.as_ref(),
            assumed: Vec::new(),
        }
    }

    /// The value that was given, or this one, told with its reason.
    pub(super) fn or(&mut self, given: Option<f64>, usual: Usual) -> f64 {
        given.unwrap_or_else(|| self.tell(usual.name, usual.value, usual.because.to_owned()))
    }

    /// The same, what earlier results bear going before what is published.
    pub(super) fn or_learnt(
        &mut self,
        given: Option<f64>,
        usual: Usual,
        which: impl Fn(&Learnt) -> Option<&Value>,
    ) -> f64 {
        match (given, self.learnt.and_then(which)) {
            (Some(given), _) => given,
            (None, Some(learnt)) => self.tell(usual.name, learnt.value, learnt.because.clone()),
            (None, None) => self.or(None, usual),
        }
    }

    /// Tells a value, and gives it back.
    pub(super) fn tell(&mut self, name: &str, value: f64, because: String) -> f64 {
        self.assumed.push(Assumed {
            name: name.to_owned(),
            value,
            because,
        });
        value
    }

    pub(super) fn told(self) -> Vec<Assumed> {
        self.assumed
    }
}
