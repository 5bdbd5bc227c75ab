//! Every estimator that the engine offers, by the engine's own list.

use engine::pool::{Heterogeneity, Inference, Working};
use engine::question::{Allocation, DegreesOfFreedom, Method, Question, StandardErrors};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Every value that a choice of the engine can have, in its order: what it says when it is asked for another.
#[must_use]
pub fn offered<T: DeserializeOwned>() -> Vec<T> {
    let Err(said) = serde_json::from_str::<T>("\"?\"") else {
        return Vec::new();
    };
    let said = said.to_string();
    let names = said
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| *name != "?");
    names
        .filter_map(|name| serde_json::from_value(name.into()).ok())
        .collect()
}

/// What a choice is called.
#[must_use]
pub fn name(choice: &impl Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// A way to estimate a trial's difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimator {
    /// The method.
    pub method: Method,
    /// Standard errors; the design's own where none are named.
    pub se: Option<StandardErrors>,
    /// Degrees of freedom; the design's own where none are named.
    pub df: Option<DegreesOfFreedom>,
}

impl Estimator {
    /// Every method by itself; the analysis of covariance with each standard error; it and the mixed model with each of
    /// the degrees of freedom.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let plain = |method| Self {
            method,
            se: None,
            df: None,
        };
        let methods = offered::<Method>()
            .into_iter()
            .filter(|method| *method != Method::Auto);
        let errors = offered::<StandardErrors>().into_iter();
        let degrees = offered::<DegreesOfFreedom>().into_iter().flat_map(|df| {
            [Method::Ancova, Method::Mixed].map(|method| Self {
                df: Some(df),
                ..plain(method)
            })
        });
        methods
            .map(plain)
            .chain(errors.map(|se| Self {
                se: Some(se),
                ..plain(Method::Ancova)
            }))
            .chain(degrees)
            .collect()
    }

    /// What it is called on the page.
    #[must_use]
    pub fn name(&self) -> String {
        let parts = [
            Some(name(&self.method)),
            self.se.map(|se| name(&se)),
            self.df.map(|df| name(&df)),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// What is asked.
    #[must_use]
    pub fn question(&self) -> Question {
        Question {
            allocation: Allocation::Lot,
            methods: vec![self.method],
            se: self.se,
            df: self.df,
            draws: 199,
            ..Question::default()
        }
    }
}

/// A way to pool.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pooling {
    /// Variance between places.
    pub method: Heterogeneity,
    /// Interval of the average.
    pub inference: Inference,
    /// What is taken for granted about results of one place; with CR2 and none, three levels.
    pub working: Option<Working>,
}

impl Pooling {
    /// Every working model, every estimator of the variance between places and every interval, where they go together.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for working in [None]
            .into_iter()
            .chain(offered::<Working>().into_iter().map(Some))
        {
            for method in offered::<Heterogeneity>() {
                for inference in offered::<Inference>() {
                    let way = Self {
                        method,
                        inference,
                        working,
                    };
                    if way.goes_together() {
                        all.push(way);
                    }
                }
            }
        }
        all
    }

    /// Whether the engine answers it: moments have no other estimator, and results that depend on each other no interval
    /// of independent ones.
    fn goes_together(self) -> bool {
        let likelihood = matches!(self.method, Heterogeneity::Reml | Heterogeneity::Ml);
        let robust = self.inference == Inference::Cr2;
        match self.working {
            None => likelihood || !robust,
            Some(Working::Che) => likelihood && (robust || self.inference == Inference::Wald),
            Some(Working::Corr | Working::Hier) => robust && self.method == Heterogeneity::Reml,
        }
    }

    /// What it is called on the page.
    #[must_use]
    pub fn name(&self) -> String {
        let (method, inference) = (name(&self.method), name(&self.inference));
        match self.working {
            None => format!("{method}, {inference}"),
            Some(Working::Corr | Working::Hier) => {
                format!("{}, {inference}", name(&self.working))
            }
            Some(Working::Che) => format!("{} by {method}, {inference}", name(&self.working)),
        }
    }
}
