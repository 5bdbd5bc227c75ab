//! Least squares by QR on the rows, for columns that nearly repeat each other.
//!
//! Who may call this: whoever has the rows and a fit from moments whose columns leave each other next to nothing
//! ([`LeastSquares::least_news`](crate::least_squares::LeastSquares::least_news)), or a model without an intercept. What must stay
//! true: one row at a time, none kept; columns that nothing but their own rounding tells apart are refused, never answered.
//!
//! Sums of squares square the condition of the columns. Rotating each row into a triangle (Givens) does not, and in
//! doubled precision (the `double` room) what is left to lose is only what the columns lost when they were written down.
//! Gentleman, W. M. (1974). Basic procedures for large, sparse or weighted linear least squares problems. *Applied
//! Statistics* 23(3), 448–454; Miller, A. J. (1992). Algorithm AS 274. *Applied Statistics* 41(2), 458–478.
//! Reference: `nist_linear.json`, all eleven sets.

use crate::count::count;
use crate::double::Double;
use crate::least_squares::Term;
use crate::refusal::Refusal;

/// A column of which less than this share of its squares is news can't be told from rounding: written to 16 digits, a copy leaves 10⁻³².
const ROUNDING: f64 = 1e-29;

/// Rows, rotated into a triangle one by one.
///
/// ```
/// use difference_engine::least_squares::Term;
/// use difference_engine::qr::Qr;
///
/// // Two columns that differ in the ninth digit only; sums of squares can't tell them apart.
/// let mut qr = Qr::new(2, true);
/// for (x, nudge) in [(1.0, 1e-9), (2.0, -1e-9), (3.0, 2e-9), (4.0, 1e-9), (5.0, 0.0)] {
///     let twin: f64 = x + nudge;
///     qr.add(&[x, twin, 3.0 + x + 1e6 * (twin - x)]);
/// }
/// let fit = qr.fit()?;
/// assert!((fit.coefficient(Term::Column(1)).unwrap() / 1e6 - 1.0).abs() < 1e-6);
/// assert!((fit.coefficient(Term::Intercept).unwrap() - 3.0).abs() < 1e-6);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Qr {
    intercept: bool,
    n: usize,
    /// Of the columns, the intercept's first.
    lines: Vec<Line>,
    /// What the columns leave of the outcome's squares.
    residual: Double,
    outcome: Double,
    /// The row at hand.
    row: Vec<Double>,
}

/// A row of the triangle.
#[derive(Clone, Debug)]
struct Line {
    /// Square of the diagonal.
    square: Double,
    /// The columns after it, over the diagonal.
    after: Vec<Double>,
    /// The outcome, over the diagonal.
    outcome: Double,
    /// The column's own sum of squares.
    whole: Double,
}

impl Qr {
    /// No rows yet, of so many regressors and an outcome.
    #[must_use]
    pub fn new(regressors: usize, intercept: bool) -> Self {
        let columns = regressors + usize::from(intercept);
        Self {
            intercept,
            n: 0,
            lines: (0..columns)
                .map(|column| Line {
                    square: Double::ZERO,
                    after: vec![Double::ZERO; columns - column - 1],
                    outcome: Double::ZERO,
                    whole: Double::ZERO,
                })
                .collect(),
            residual: Double::ZERO,
            outcome: Double::ZERO,
            row: Vec::with_capacity(columns),
        }
    }

    /// Adds a row: the regressors, then the outcome. O(p²).
    pub fn add(&mut self, row: &[f64]) {
        let Some((outcome, regressors)) = row.split_last() else {
            return;
        };
        self.n += 1;
        let mut y = Double::from(*outcome);
        self.outcome = self.outcome + y * y;
        self.row.clear();
        self.row.extend(self.intercept.then_some(Double::ONE));
        self.row.extend(regressors.iter().map(|x| Double::from(*x)));
        for (line, x) in self.lines.iter_mut().zip(&self.row) {
            line.whole = line.whole + *x * *x;
        }
        let mut weight = Double::ONE;
        let mut rest = self.row.as_mut_slice();
        for line in &mut self.lines {
            let Some((x, after)) = rest.split_first_mut() else {
                return;
            };
            let x = *x;
            rest = after;
            if x == Double::ZERO {
                continue;
            }
            let square = line.square + weight * x * x;
            let (cosine, sine) = (line.square / square, weight * x / square);
            weight = weight * cosine;
            let last = weight == Double::ZERO;
            line.square = square;
            for (across, value) in line.after.iter_mut().zip(rest.iter_mut()) {
                let before = *value;
                *value = before - x * *across;
                *across = cosine * *across + sine * before;
            }
            let before = y;
            y = before - x * line.outcome;
            line.outcome = cosine * line.outcome + sine * before;
            // The row was all that its line had: nothing of it is left.
            if last {
                return;
            }
        }
        self.residual = self.residual + weight * y * y;
    }

    /// The fit, once every row was added.
    ///
    /// # Errors
    /// `too-few-rows`; `collinear` where a column repeats those before it but for rounding; `out-of-range`.
    pub fn fit(&self) -> Result<QrFit, Refusal> {
        let p = self.lines.len();
        if self.n <= p {
            return Err(Refusal::new(
                "too-few-rows",
                format!(
                    "There are {} complete rows for {p} things to work out.",
                    self.n
                ),
                "Add rows, or ask with fewer columns.",
            ));
        }
        let mut news: f64 = 1.0;
        for line in &self.lines {
            let share = (line.square / line.whole).rounded();
            if share.is_nan() || share <= ROUNDING {
                return Err(Refusal::new(
                    "collinear",
                    "Two of the columns say the same but for rounding, so their shares can’t be told apart.",
                    "Leave one of them out.",
                ));
            }
            news = news.min(share);
        }
        // From the last column up.
        let mut coefficients: Vec<Double> = Vec::with_capacity(p);
        for line in self.lines.iter().rev() {
            let known = line.after.iter().zip(coefficients.iter().rev());
            let rest = known.fold(line.outcome, |left, (r, b)| left - *r * *b);
            coefficients.push(rest);
        }
        coefficients.reverse();
        let residual = self.residual.rounded().max(0.0);
        let total = if self.intercept {
            let above = self.lines.iter().skip(1);
            above.fold(self.residual, |sum, line| {
                sum + line.square * line.outcome * line.outcome
            })
        } else {
            self.outcome
        };
        let fit = QrFit {
            intercept: self.intercept,
            n: self.n,
            coefficients: coefficients.iter().map(|b| b.rounded()).collect(),
            spread: self
                .inverse_squares()
                .into_iter()
                .map(Double::rounded)
                .collect(),
            residual,
            explained: (Double::ONE - self.residual / total).rounded(),
            news,
        };
        let finite = coefficients.iter().all(|b| b.is_finite()) && residual.is_finite();
        if finite {
            Ok(fit)
        } else {
            Err(Refusal::new(
                "out-of-range",
                "Some values are too large to be worked with.",
                "Look for a slip of the pen in the outcome and the other columns.",
            ))
        }
    }

    /// The diagonal of `(X'X)⁻¹ = R⁻¹D⁻¹R⁻ᵀ`.
    fn inverse_squares(&self) -> Vec<Double> {
        let p = self.lines.len();
        let mut sums = vec![Double::ZERO; p];
        for (k, last) in self.lines.iter().enumerate() {
            // Column k of R⁻¹, from its diagonal up.
            let mut column: Vec<Double> = vec![Double::ONE];
            for line in self.lines.iter().take(k).rev() {
                let below = line.after.iter().zip(column.iter().rev());
                column.push(below.fold(Double::ZERO, |sum, (r, x)| sum - *r * *x));
            }
            for (sum, x) in sums.iter_mut().zip(column.iter().rev()) {
                *sum = *sum + *x * *x / last.square;
            }
        }
        sums
    }
}

/// A least-squares fit by QR.
#[derive(Clone, Debug)]
pub struct QrFit {
    intercept: bool,
    n: usize,
    coefficients: Vec<f64>,
    spread: Vec<f64>,
    residual: f64,
    explained: f64,
    news: f64,
}

impl QrFit {
    fn at(&self, term: Term) -> Option<usize> {
        match term {
            Term::Intercept => self.intercept.then_some(0),
            Term::Column(column) => Some(column + usize::from(self.intercept)),
        }
    }

    /// A coefficient, in outcome units for each unit of its column.
    #[must_use]
    pub fn coefficient(&self, term: Term) -> Option<f64> {
        self.coefficients.get(self.at(term)?).copied()
    }

    /// Its classical standard error.
    #[must_use]
    pub fn standard_error(&self, term: Term) -> Option<f64> {
        let spread = self.spread.get(self.at(term)?)?;
        Some((spread * self.residual_variance()).sqrt())
    }

    /// Residual variance (over rows less coefficients).
    #[must_use]
    pub fn residual_variance(&self) -> f64 {
        self.residual / count(self.n - self.coefficients.len())
    }

    /// Share of the outcome's variance that the columns account for; of its squares about zero without an intercept.
    #[must_use]
    pub fn r_squared(&self) -> f64 {
        self.explained
    }

    /// Digits that the columns' own rounding leaves of the coefficients: 16 less what their nearness costs.
    #[must_use]
    pub fn digits(&self) -> f64 {
        -(f64::EPSILON / 2.0 / self.news.sqrt()).log10()
    }
}
