//! Standard errors that stay right where results of one place depend on each other in a way that nobody knows.
//!
//! Who may call this: this folder. What must stay true: the working model Φ only weights; the variance comes from
//! how far places are from the fit (CR2), and its degrees of freedom from Satterthwaite under Φ.
//!
//! With `M = (Σ X_j'Φ_j⁻¹X_j)⁻¹`, `Φ_j = L L'` and `B_j = L'(Φ_j − X_j M X_j')L`, a place's residuals are corrected by
//! `A_j = L B_j^(−½) L'`, and `q_j = A_j Φ_j⁻¹ X_j M c` gives `V = Σ (q_j'e_j)²`. Under Φ the part of two places is
//! `δ_ij q_i'Φ_i q_i − b_i'M b_j` with `b_j = X_j'q_j`, so that all sums over pairs are products of small matrices.
//!
//! Bell, R. M. & McCaffrey, D. F. (2002). *Survey Methodology* 28(2), 169–181. Tipton, E. (2015). Small sample
//! adjustments for robust variance estimation with meta-regression. *Psychological Methods* 20(3), 375–393.
//! Tipton, E. & Pustejovsky, J. E. (2015). *Journal of Educational and Behavioral Statistics* 40(6), 604–634.

use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, Side};

use super::clusters::{Cluster, Clusters};
use crate::count::count;
use crate::matrix::{eigen, trace};
use crate::refusal::Refusal;
use crate::wald::{self, Wald};

/// A direction of which a place leaves less than this share to the others is fitted exactly.
const NOTHING: f64 = 1e-13;

/// Results that one place may have: the work grows with their cube.
const MOST_IN_A_PLACE: usize = 2_000;

/// A fit by generalised least squares under a working model, with what its robust variance needs.
#[derive(Clone, Debug)]
pub(super) struct Sandwich {
    /// β.
    pub coefficients: Vec<f64>,
    /// `(X'Φ⁻¹X)⁻¹`, of β: right where Φ is.
    pub model: Vec<Vec<f64>>,
    /// CR2, of β.
    pub robust: Vec<Vec<f64>>,
    /// CR0, of β.
    pub plain: Vec<Vec<f64>>,
    /// `Φ⁻¹X M c` for the first coefficient, in the order given: each result's share of the average.
    pub shares: Vec<f64>,
    /// Places.
    pub clusters: usize,
    looks: Vec<Look>,
}

/// What a place adds to the variance of the coefficients' variances.
#[derive(Clone, Debug)]
struct Look {
    /// `q_s'Φq_t`, p × p.
    squares: Mat<f64>,
    /// `M^½ b`, a column for each coefficient.
    weights: Mat<f64>,
}

/// A place as a dense piece.
struct Piece {
    x: Mat<f64>,
    y: Mat<f64>,
    phi: Mat<f64>,
    lower: Mat<f64>,
    /// `Φ⁻¹X`.
    weighted: Mat<f64>,
}

impl Sandwich {
    /// `phi` gives the working covariance of a place's results, in the order of [`Cluster::rows`].
    pub fn new(clusters: &Clusters, phi: impl Fn(&Cluster) -> Mat<f64>) -> Result<Self, Refusal> {
        let p = clusters.p();
        let pieces = clusters
            .places
            .iter()
            .map(|place| Piece::new(place, p, phi(place)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut gram = Mat::<f64>::zeros(p, p);
        let mut right = Mat::<f64>::zeros(p, 1);
        for piece in &pieces {
            gram += piece.x.transpose() * &piece.weighted;
            right += piece.weighted.transpose() * &piece.y;
        }
        let cholesky = gram.llt(Side::Lower).map_err(|_| out_of_range())?;
        let gamma = cholesky.solve(&right);
        let m = cholesky.inverse();
        let root = m
            .llt(Side::Lower)
            .map_err(|_| out_of_range())?
            .L()
            .to_owned();
        let r_inverse = clusters.r_inverse();
        // Of Z's coefficients into X's.
        let m_out = &m * r_inverse.transpose();

        let mut robust = Mat::<f64>::zeros(p, p);
        let mut plain = Mat::<f64>::zeros(p, p);
        let mut looks = Vec::with_capacity(pieces.len());
        let mut shares = vec![0.0; clusters.k];
        for (piece, place) in pieces.iter().zip(&clusters.places) {
            let residuals = &piece.y - &piece.x * &gamma;
            let weights = &piece.weighted * &m_out;
            let places = place.groups.iter().flat_map(|group| &group.rows);
            for (row, share) in places.zip(weights.col(0).iter()) {
                if let Some(at) = shares.get_mut(*row) {
                    *at = *share;
                }
            }
            let corrected = piece.corrected(&m, &weights)?;
            let part = corrected.transpose() * &residuals;
            robust += &part * part.transpose();
            let part = weights.transpose() * &residuals;
            plain += &part * part.transpose();
            looks.push(Look {
                squares: corrected.transpose() * &piece.phi * &corrected,
                weights: root.transpose() * (piece.x.transpose() * &corrected),
            });
        }
        let gamma: Vec<f64> = gamma.col(0).iter().copied().collect();
        Ok(Self {
            coefficients: clusters.coefficients(&gamma),
            model: rows(&(r_inverse * &m_out)),
            robust: rows(&robust),
            plain: rows(&plain),
            shares,
            clusters: pieces.len(),
            looks,
        })
    }

    /// Satterthwaite's degrees of freedom of a coefficient's robust variance.
    pub fn satterthwaite(&self, coefficient: usize) -> Result<f64, Refusal> {
        self.eta(&[coefficient])
    }

    /// Whether some coefficients are all zero, by Hotelling's T² approximation ("HTZ").
    pub fn wald(&self, coefficients: &[usize]) -> Result<Wald, Refusal> {
        let quadratic = quadratic(&self.coefficients, &self.robust, coefficients)?;
        let eta = self.eta(coefficients)?;
        wald::hotelling(quadratic, coefficients.len(), eta).map_err(|_| too_few(coefficients.len()))
    }

    /// `η = q(q + 1)/Σ Var(ω_st)`, ω being the covariance standardised by what the working model expects of it.
    fn eta(&self, coefficients: &[usize]) -> Result<f64, Refusal> {
        let q = coefficients.len();
        let picked: Vec<Look> = self.looks.iter().map(|l| l.picked(coefficients)).collect();
        let mut expected = Mat::<f64>::zeros(q, q);
        for look in &picked {
            expected += &look.squares - look.weights.transpose() * &look.weights;
        }
        let (vectors, values) = eigen(&expected)?;
        let largest = values.last().copied().unwrap_or_default();
        if !values.iter().all(|value| *value > NOTHING * largest) {
            return Err(too_few(q));
        }
        let turn = Mat::from_fn(q, q, |i, j| {
            vectors.get(i, j) / values.get(j).map_or(1.0, |value| value.sqrt())
        });
        let looks: Vec<Look> = picked
            .iter()
            .map(|look| Look {
                squares: turn.transpose() * &look.squares * &turn,
                weights: &look.weights * &turn,
            })
            .collect();
        let mut sum = 0.0;
        for s in 0..q {
            for t in 0..q {
                let mut across = Mat::<f64>::zeros(self.width(), self.width());
                for look in &looks {
                    let (w, v) = (look.weights.col(s), look.weights.col(t));
                    let (ss, tt, st) = (
                        look.squares.get(s, s),
                        look.squares.get(t, t),
                        look.squares.get(s, t),
                    );
                    let product = w * v.transpose();
                    sum += ss * tt + st * st
                        - ss * v.squared_norm_l2()
                        - tt * w.squared_norm_l2()
                        - 2.0 * st * trace(&product);
                    across += product;
                }
                sum += across.squared_norm_l2() + trace(&(&across * &across));
            }
        }
        let eta = count(q * (q + 1)) / sum;
        if eta.is_finite() && eta > 0.0 {
            Ok(eta)
        } else {
            Err(too_few(q))
        }
    }

    fn width(&self) -> usize {
        self.coefficients.len()
    }
}

impl Look {
    fn picked(&self, coefficients: &[usize]) -> Self {
        let q = coefficients.len();
        let at = |i: usize| coefficients.get(i).copied().unwrap_or_default();
        Self {
            squares: Mat::from_fn(q, q, |i, j| *self.squares.get(at(i), at(j))),
            weights: Mat::from_fn(self.weights.nrows(), q, |i, j| *self.weights.get(i, at(j))),
        }
    }
}

impl Piece {
    fn new(place: &Cluster, p: usize, phi: Mat<f64>) -> Result<Self, Refusal> {
        let n = place.k();
        if n > MOST_IN_A_PLACE {
            return Err(Refusal::new(
                "too-many-results-in-one-place",
                format!(
                    "{} has {n} results; more than {MOST_IN_A_PLACE} of one place cannot be worked out together.",
                    place.name
                ),
                "Put together what one place found for one group of pupils first.",
            ));
        }
        let (z, y): (Vec<&Vec<f64>>, Vec<f64>) = place.rows().map(|(_, z, y)| (z, y)).unzip();
        let x = Mat::from_fn(n, p, |i, j| {
            z.get(i).and_then(|z| z.get(j)).copied().unwrap_or_default()
        });
        let cholesky = phi.llt(Side::Lower).map_err(|_| out_of_range())?;
        Ok(Self {
            weighted: cholesky.solve(&x),
            lower: cholesky.L().to_owned(),
            y: Mat::from_fn(n, 1, |i, _| y.get(i).copied().unwrap_or_default()),
            x,
            phi,
        })
    }

    /// `A_j` times some weights of the place's residuals.
    fn corrected(&self, m: &Mat<f64>, weights: &Mat<f64>) -> Result<Mat<f64>, Refusal> {
        let left = &self.phi - &self.x * m * self.x.transpose();
        let (vectors, values) = eigen(&(self.lower.transpose() * left * &self.lower))?;
        let scale = trace(&(self.lower.transpose() * &self.phi * &self.lower));
        let scaled = Mat::from_fn(vectors.nrows(), vectors.ncols(), |i, j| {
            let value = values.get(j).copied().unwrap_or_default();
            if value > NOTHING * scale {
                vectors.get(i, j) / value.sqrt()
            } else {
                0.0
            }
        });
        let inside = vectors.transpose() * (self.lower.transpose() * weights);
        Ok(&self.lower * (scaled * inside))
    }
}

/// `b'V⁻¹b` of some coefficients with a covariance of all.
pub(super) fn quadratic(
    estimates: &[f64],
    covariance: &[Vec<f64>],
    coefficients: &[usize],
) -> Result<f64, Refusal> {
    let pick = |from: &[f64]| -> Vec<f64> {
        let picked = coefficients.iter().filter_map(|i| from.get(*i));
        picked.copied().collect()
    };
    let some: Vec<Vec<f64>> = coefficients
        .iter()
        .filter_map(|i| covariance.get(*i))
        .map(|row| pick(row))
        .collect();
    wald::quadratic(&pick(estimates), &some).map_err(|_| too_few(coefficients.len()))
}

fn rows(matrix: &Mat<f64>) -> Vec<Vec<f64>> {
    matrix
        .row_iter()
        .map(|row| row.iter().copied().collect())
        .collect()
}

fn too_few(coefficients: usize) -> Refusal {
    if coefficients == 1 {
        return Refusal::new(
            "too-few-clusters",
            "Too few places carry a figure for its uncertainty to be told from how places differ.",
            "Pool the results of more places, or use fewer moderators.",
        );
    }
    Refusal::new(
        "too-many-moderators",
        format!(
            "Too few places carry the {coefficients} columns of moderators for a test of them together."
        ),
        "Use fewer moderators; as a rule of thumb, one for every ten places.",
    )
}

pub(super) fn out_of_range() -> Refusal {
    Refusal::new(
        "out-of-range",
        "Some effects or variances are too large or too small beside the others to be worked with.",
        "Look for a slip of the pen in the effects and their standard errors.",
    )
}
