//! The formulas of each kind of chart, one file a kind.
//!
//! Who may call this: [`super::chart`] and [`super::funnel`], and anybody who needs the bare limits of
//! a series. What must stay true: symbols and constants are the literature's; nothing here knows of
//! dates, phases or words.

pub mod c;
pub mod cusum;
pub mod ewma;
pub mod funnel;
pub mod g;
pub mod laney;
pub mod p;
pub mod p_prime;
pub mod run;
pub mod t;
pub mod u;
pub mod u_prime;
pub mod xmr;

/// The mean moving range of two normal values is so many standard deviations (d₂ for n = 2).
pub const D2: f64 = 1.128;
