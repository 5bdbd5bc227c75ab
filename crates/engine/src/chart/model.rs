//! What a baseline says of the points that come after it: a centre, and how far chance reaches.
//!
//! Who may call this: `phases`. What must stay true: a model is made from a baseline once and judges any
//! later points with it, each by the limits that its own denominator gives.

use super::kinds::{c, cusum, ewma, g, p, p_prime, run, t, u, u_prime, xmr};
use super::rules::{Runs, Signal, Signals, Zone, anhoej, nelson, nhs, runs, zone, zones};
use super::soundness::Dated;
use super::{Kind, RuleSet, Sums};

/// How a chart is drawn: kind, rules, and whether outlying moving ranges are screened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Design {
    pub kind: Kind,
    pub rules: RuleSet,
    pub screened: bool,
    /// Values are differences from earlier years, judged about 0.
    pub seasonal: bool,
}

/// How far the limits are from the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reach {
    /// A run chart has none.
    None,
    /// The same for every point.
    Same(f64),
    /// A share's: 3 √(p(1 − p)/n), times σz.
    Share { share: f64, times: f64 },
    /// A rate's: 3 √(u/n), times σz.
    Rate { rate: f64, times: f64 },
    /// An EWMA's, which widens over its first points.
    Smoothed { sigma: f64 },
}

/// A baseline's centre and limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Model {
    pub design: Design,
    /// What runs are counted about, on the scale on which points are judged.
    centre: f64,
    /// What the limits are drawn about; the mean, where the centre is a median.
    middle: f64,
    reach: Reach,
    /// Standard deviation of single values, for CUSUM and EWMA.
    sigma: f64,
    /// Laney's σz.
    pub sigma_z: Option<f64>,
    /// What the measure can't be below or above.
    bounds: (f64, f64),
}

/// What a model says of a stretch of points.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Judged {
    pub signals: Vec<Signals>,
    pub runs: Option<Runs>,
    pub ewma: Vec<f64>,
    pub cusum: Vec<Sums>,
}

impl Model {
    /// From the points of a baseline; None without any.
    pub fn of(design: Design, baseline: &[Dated]) -> Option<Self> {
        let values: Vec<f64> = baseline.iter().map(|d| d.judged()).collect();
        let counts: Vec<f64> = baseline.iter().map(|d| d.count).collect();
        let denominators: Vec<f64> = baseline.iter().filter_map(|d| d.denominator).collect();
        let mean = run::mean(&values)?;
        let plain = Self {
            design,
            centre: mean,
            middle: mean,
            reach: Reach::None,
            sigma: 0.0,
            sigma_z: None,
            bounds: (f64::NEG_INFINITY, f64::INFINITY),
        };
        let over_all = || p::centre(&counts, &denominators).clamp(0.0, f64::MAX);
        Some(match design.kind {
            Kind::Run => {
                let centre = run::median(&values)?;
                Self {
                    centre,
                    middle: centre,
                    ..plain
                }
            }
            Kind::P | Kind::PPrime => {
                let share = over_all().min(1.0);
                let sigma_z = (design.kind == Kind::PPrime)
                    .then(|| p_prime::sigma_z(&counts, &denominators, share));
                Self {
                    centre: share,
                    middle: share,
                    reach: Reach::Share {
                        share,
                        times: 3.0 * sigma_z.unwrap_or(1.0),
                    },
                    sigma_z,
                    bounds: (0.0, 1.0),
                    ..plain
                }
            }
            Kind::U | Kind::UPrime => {
                let rate = over_all();
                let sigma_z = (design.kind == Kind::UPrime)
                    .then(|| u_prime::sigma_z(&counts, &denominators, rate));
                Self {
                    centre: rate,
                    middle: rate,
                    reach: Reach::Rate {
                        rate,
                        times: 3.0 * sigma_z.unwrap_or(1.0),
                    },
                    sigma_z,
                    bounds: (0.0, f64::INFINITY),
                    ..plain
                }
            }
            Kind::C => Self {
                reach: Reach::Same(c::reach(mean)),
                bounds: (0.0, f64::INFINITY),
                ..plain
            },
            Kind::G => Self {
                centre: g::MEDIAN * mean,
                reach: Reach::Same(g::reach(mean)),
                bounds: (0.0, f64::INFINITY),
                ..plain
            },
            Kind::T => {
                let normal: Vec<f64> = values.iter().map(|v| t::to_normal(*v)).collect();
                let limits = xmr::xmr(&normal, design.screened)?;
                Self {
                    centre: limits.centre,
                    middle: limits.centre,
                    reach: Reach::Same(limits.reach()),
                    bounds: (0.0, f64::INFINITY),
                    ..plain
                }
            }
            Kind::Cusum | Kind::Ewma => {
                let sigma = xmr::xmr(&values, false)?.sigma();
                let reach = if design.kind == Kind::Ewma {
                    Reach::Smoothed { sigma }
                } else {
                    Reach::None
                };
                Self {
                    reach,
                    sigma,
                    ..plain
                }
            }
            Kind::Auto | Kind::Xmr => {
                let limits = xmr::xmr(&values, design.screened)?;
                // A season is compared with itself: no difference is 0, whatever the average.
                let centre = if design.seasonal { 0.0 } else { limits.centre };
                Self {
                    centre,
                    middle: centre,
                    reach: Reach::Same(limits.reach()),
                    ..plain
                }
            }
        })
    }

    /// The same limits about another centre, of a phase whose season is compared with earlier years.
    pub fn about(self, centre: f64) -> Self {
        Self {
            centre,
            middle: centre,
            ..self
        }
    }

    /// The centre in the measure's unit, at a point.
    pub fn centre(&self, at: &Dated) -> f64 {
        self.taken_back(self.centre) + at.expected.unwrap_or(0.0)
    }

    /// The level without its season.
    pub fn level(&self) -> f64 {
        self.taken_back(self.centre)
    }

    /// The limits in the measure's unit at the point with this number, kept to what the measure can be;
    /// None where a chart has none.
    pub fn limits(&self, at: &Dated, number: usize) -> Option<(f64, f64)> {
        let reach = self.reach(at.denominator, number)?;
        let (low, high) = self.bounds;
        let expected = at.expected.unwrap_or(0.0);
        Some((
            self.taken_back((self.middle - reach).max(low)) + expected,
            self.taken_back((self.middle + reach).min(high)) + expected,
        ))
    }

    /// Where single values lie, for the target: the limits, or on a chart that judges something else
    /// those of an XmR chart. None for a run chart.
    pub fn usual_range(&self, at: &Dated, number: usize) -> Option<(f64, f64)> {
        match self.design.kind {
            Kind::Cusum | Kind::Ewma => Some((
                self.middle - 3.0 * self.sigma,
                self.middle + 3.0 * self.sigma,
            )),
            _ => self.limits(at, number),
        }
    }

    /// Whether a value is above (1) or below (−1) the centre, or on it (0).
    pub fn side(&self, at: &Dated) -> i8 {
        zone(self.scaled(at.judged()), self.centre, f64::INFINITY).signum()
    }

    /// What each of these points signals, the first of them being the phase's first.
    pub fn judge(&self, points: &[Dated]) -> Judged {
        let values: Vec<f64> = points.iter().map(|d| self.scaled(d.judged())).collect();
        let mut judged = Judged {
            signals: Vec::new(),
            runs: None,
            ewma: Vec::new(),
            cusum: Vec::new(),
        };
        match self.design.kind {
            Kind::Cusum => {
                let sums = cusum::cusum(&values, self.centre, self.sigma, cusum::K, cusum::H);
                judged.signals = sums
                    .iter()
                    .map(
                        |(above, below)| match (*above > cusum::H, *below > cusum::H) {
                            (true, false) => Signals::one(Signal::Outside, 1),
                            (false, true) => Signals::one(Signal::Outside, -1),
                            (true, true) => {
                                Signals::one(Signal::Outside, if above >= below { 1 } else { -1 })
                            }
                            (false, false) => Signals::default(),
                        },
                    )
                    .collect();
                judged.cusum = sums
                    .into_iter()
                    .map(|(above, below)| Sums { above, below })
                    .collect();
            }
            Kind::Ewma => {
                judged.ewma = ewma::ewma(&values, self.centre, ewma::LAMBDA);
                judged.signals = self
                    .zones(&judged.ewma, points)
                    .into_iter()
                    .map(|zone| match zone.abs() {
                        4 => Signals::one(Signal::Outside, zone.signum()),
                        _ => Signals::default(),
                    })
                    .collect();
            }
            _ => {
                let zones = self.zones(&values, points);
                judged.signals = match self.design.rules {
                    RuleSet::Nhs => nhs(&values, &zones),
                    RuleSet::Nelson => nelson(&values, &zones),
                    RuleSet::Anhoej => anhoej(&zones),
                };
                judged.runs = (self.design.rules == RuleSet::Anhoej).then(|| runs(&zones));
            }
        }
        judged
    }

    fn zones(&self, values: &[f64], points: &[Dated]) -> Vec<Zone> {
        if self.middle == self.centre {
            match self.reach {
                Reach::None => return zones(values, self.centre, f64::INFINITY),
                Reach::Same(reach) => return zones(values, self.centre, reach),
                _ => {}
            }
        }
        values
            .iter()
            .zip(points)
            .enumerate()
            .map(|(number, (value, at))| {
                let reach = self.reach(at.denominator, number).unwrap_or(f64::INFINITY);
                if self.middle == self.centre {
                    return zone(*value, self.centre, reach);
                }
                // A skewed measure has no thirds: a point is outside its upper limit or on a side.
                match zone(*value, self.middle, reach) {
                    4 => 4,
                    _ => zone(*value, self.centre, f64::INFINITY),
                }
            })
            .collect()
    }

    fn reach(&self, denominator: Option<f64>, number: usize) -> Option<f64> {
        match self.reach {
            Reach::None => None,
            Reach::Same(reach) => Some(reach),
            Reach::Share { share, times } => denominator.map(|n| times * p::sigma(share, n)),
            Reach::Rate { rate, times } => denominator.map(|n| times * u::sigma(rate, n)),
            Reach::Smoothed { sigma } => Some(ewma::reach(sigma, ewma::LAMBDA, ewma::L, number)),
        }
    }

    fn scaled(&self, value: f64) -> f64 {
        match self.design.kind {
            Kind::T => t::to_normal(value),
            _ => value,
        }
    }

    fn taken_back(&self, value: f64) -> f64 {
        match self.design.kind {
            Kind::T => t::from_normal(value),
            _ => value,
        }
    }
}
