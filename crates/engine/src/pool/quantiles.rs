//! The three distributions that a pool needs.

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal, StudentsT};

fn normal() -> Option<Normal> {
    Normal::new(0.0, 1.0).ok()
}

pub(super) fn normal_quantile(p: f64) -> f64 {
    normal().map_or(0.0, |d| d.inverse_cdf(p))
}

pub(super) fn normal_upper_tail(z: f64) -> f64 {
    normal().map_or(0.0, |d| d.sf(z))
}

pub(super) fn t_quantile(p: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(0.0, |d| d.inverse_cdf(p))
}

pub(super) fn t_upper_tail(t: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(0.0, |d| d.sf(t))
}

pub(super) fn chi_squared_quantile(p: f64, df: f64) -> f64 {
    ChiSquared::new(df).map_or(0.0, |d| d.inverse_cdf(p))
}

pub(super) fn chi_squared_upper_tail(x: f64, df: f64) -> f64 {
    ChiSquared::new(df).map_or(1.0, |d| d.sf(x))
}
