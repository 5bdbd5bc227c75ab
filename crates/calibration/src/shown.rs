//! What many trials of one kind showed, and whether that is what was promised.

/// A share of misses that is promised: 1 in 20.
pub const NOMINAL: f64 = 0.05;

/// What is added up, answer by answer.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    trials: u32,
    answers: u32,
    called: u32,
    tests: u32,
    covered: u32,
    intervals: u32,
    sum: f64,
    squares: f64,
    fourth: f64,
    variances: f64,
    errors: u32,
}

/// One answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Answer {
    /// The estimate less the truth, in standard deviations of the outcome.
    pub off: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Whether p < 0.05.
    pub called: Option<bool>,
    /// Whether the 95 % interval holds the truth.
    pub covered: Option<bool>,
}

impl Sums {
    /// Adds one trial, with its answer or none.
    pub fn add(&mut self, answer: Option<Answer>) {
        self.trials += 1;
        let Some(answer) = answer else { return };
        self.answers += 1;
        self.sum += answer.off;
        self.squares += answer.off.powi(2);
        self.fourth += answer.off.powi(4);
        if let Some(error) = answer.standard_error {
            self.variances += error.powi(2);
            self.errors += 1;
        }
        if let Some(called) = answer.called {
            self.tests += 1;
            self.called += u32::from(called);
        }
        if let Some(covered) = answer.covered {
            self.intervals += 1;
            self.covered += u32::from(covered);
        }
    }

    /// What they show.
    #[must_use]
    pub fn shown(&self) -> Shown {
        let n = f64::from(self.answers).max(1.0);
        let bias = self.sum / n;
        let variance = (self.squares / n - bias * bias).max(0.0);
        let spread = variance.sqrt();
        // Of a variance, relatively: the fourth moment says how well so many estimates show it.
        let known = ((self.fourth / n / variance.powi(2) - 1.0).max(0.0) / n).sqrt();
        let share = |of: u32, all: u32| (all > 0).then(|| f64::from(of) / f64::from(all));
        let ratio = (self.errors > 0 && spread > 0.0)
            .then(|| (self.variances / f64::from(self.errors)).sqrt() / spread);
        Shown {
            trials: self.trials,
            answered: f64::from(self.answers) / f64::from(self.trials.max(1)),
            called: share(self.called, self.tests),
            covered: share(self.covered, self.intervals),
            bias,
            bias_error: spread / n.sqrt(),
            ratio,
            ratio_error: known / 2.0,
        }
    }
}

/// What many trials of one kind showed.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// How many there were.
    pub trials: u32,
    /// Share that got an answer; the others were refused, with the reason.
    pub answered: f64,
    /// Share of answers with p < 0.05.
    pub called: Option<f64>,
    /// Share of intervals that hold the truth.
    pub covered: Option<f64>,
    /// Mean estimate less the truth, in standard deviations of the outcome.
    pub bias: f64,
    /// Its Monte Carlo error.
    pub bias_error: f64,
    /// Root of the mean squared standard error over the estimates' own standard deviation.
    pub ratio: Option<f64>,
    /// Its Monte Carlo error.
    pub ratio_error: f64,
}

/// Whether a cell is what was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Misses as often as promised.
    Holds,
    /// Misses less often.
    Conservative,
    /// Misses more often.
    Outside,
    /// The engine gives no answer here, and says why.
    Refused,
}

impl Verdict {
    /// In words.
    #[must_use]
    pub fn said(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Conservative => "conservative",
            Self::Outside => "does not hold",
            Self::Refused => "refused",
        }
    }
}

/// How far a share of misses may be from 1 in 20 in so many trials: 1.3 points in 2,000, 0.6 in 10,000 and more.
#[must_use]
pub fn band(trials: u32) -> f64 {
    if trials >= 10_000 {
        0.006
    } else {
        2.67 * (NOMINAL * (1.0 - NOMINAL) / f64::from(trials)).sqrt()
    }
}

impl Shown {
    /// Holds the cell to its bands; `null` where the truth is that there is no difference.
    #[must_use]
    pub fn verdict(&self, null: bool) -> Verdict {
        if self.answered < 0.05 {
            return Verdict::Refused;
        }
        let band = band(self.trials);
        let misses = [
            self.called.filter(|_| null),
            self.covered.map(|covered| 1.0 - covered),
        ];
        let most = misses.iter().flatten().copied().fold(0.0, f64::max);
        let least = misses.iter().flatten().copied().fold(1.0, f64::min);
        let biased = self.bias.abs() > (3.0 * self.bias_error).max(0.02);
        let off = |edge: f64| edge.max(3.0 * self.ratio_error);
        let too_small = self.ratio.is_some_and(|ratio| 1.0 - ratio > off(0.05));
        let too_large = self.ratio.is_some_and(|ratio| ratio - 1.0 > off(0.05));
        if most > NOMINAL + band || biased || (too_small && least > NOMINAL - band) {
            Verdict::Outside
        } else if least < NOMINAL - band || too_large {
            Verdict::Conservative
        } else {
            Verdict::Holds
        }
    }

    /// So far outside that ten times as many trials would say no other.
    #[must_use]
    pub fn far_outside(&self, null: bool) -> bool {
        let misses = [
            self.called.filter(|_| null),
            self.covered.map(|covered| 1.0 - covered),
        ];
        misses
            .iter()
            .flatten()
            .any(|miss| *miss > NOMINAL + 1.5 * band(self.trials))
    }
}
