//! Tails and quantiles agree with values computed with 40 digits (`reference/distributions.csv`).

use difference_engine::distributions::{
    OutOfDomain, chi2_cdf, chi2_quantile, chi2_upper, critical, f_quantile, f_upper,
    noncentral_t_cdf, noncentral_t_upper, noncentrality, normal_quantile, normal_upper, t_quantile,
    t_two_sided, t_upper, two_sided_p,
};

fn ours(function: &str, x: f64, a: f64, b: f64) -> Result<f64, OutOfDomain> {
    match function {
        "normal_upper" => normal_upper(x),
        "normal_quantile" => normal_quantile(x),
        "t_upper" => t_upper(x, a),
        "t_quantile" => t_quantile(x, a),
        "chi2_upper" => chi2_upper(x, a),
        "chi2_cdf" => chi2_cdf(x, a),
        "chi2_quantile" => chi2_quantile(x, a),
        "f_upper" => f_upper(x, a, b),
        "f_quantile" => f_quantile(x, a, b),
        "noncentral_t_cdf" => noncentral_t_cdf(x, a, b),
        "noncentral_t_upper" => noncentral_t_upper(x, a, b),
        other => panic!("no function {other}"),
    }
}

#[test]
fn every_value_agrees_to_12_digits() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../reference/distributions.csv"
    );
    let mut rows = csv::Reader::from_path(path).unwrap();
    let mut apart = Vec::new();
    let mut compared = 0;
    for row in rows.records() {
        let row = row.unwrap();
        let number = |i: usize| row[i].parse::<f64>().unwrap_or(f64::NAN);
        let theirs = number(4);
        let value = ours(&row[0], number(1), number(2), number(3)).unwrap();
        compared += 1;
        let scale = if theirs == 0.0 { 1.0 } else { theirs.abs() };
        let off = (value - theirs).abs() / scale;
        if off.is_nan() || off > 1e-12 {
            apart.push(format!("{row:?}: {value:e}, {off:.1e} apart"));
        }
    }
    assert!(
        apart.is_empty(),
        "{} of {compared}:\n{}",
        apart.len(),
        apart.join("\n")
    );
    assert!(compared > 600, "only {compared} values were compared");
}

#[test]
fn a_noncentrality_gives_back_its_probability() {
    for df in [1.0, 3.0, 42.0, 3792.0, 1e6] {
        for t in [-8.0, -1.0, 0.0, 0.3, 2.8, 12.0, 90.0] {
            for p in [0.005, 0.025, 0.5, 0.975] {
                let delta = noncentrality(t, df, p).unwrap();
                let back = noncentral_t_cdf(t, df, delta).unwrap();
                assert!(
                    (back - p).abs() < 1e-9,
                    "t {t}, df {df}, p {p}: δ {delta}, back {back}"
                );
            }
        }
    }
}

#[test]
fn outside_its_domain_a_function_says_so_and_gives_no_nan() {
    assert_eq!(t_quantile(1.0, 5.0).unwrap_err().argument, "p");
    assert_eq!(t_quantile(0.5, 0.0).unwrap_err().argument, "df");
    assert_eq!(t_upper(f64::NAN, 5.0).unwrap_err().argument, "t");
    assert_eq!(
        f_quantile(0.5, 1.0, f64::INFINITY).unwrap_err().argument,
        "df2"
    );
    assert!(noncentrality(2.0, 5.0, 0.0).is_err());
    assert!(critical(95.0, None).is_err());
}

#[test]
fn extremes_are_answers_too() {
    assert_eq!(t_upper(f64::INFINITY, 5.0), Ok(0.0));
    assert_eq!(t_two_sided(0.0, 5.0), Ok(1.0));
    assert_eq!(t_quantile(0.5, 5.0), Ok(0.0));
    assert_eq!(chi2_upper(-1.0, 3.0), Ok(1.0));
    assert!((two_sided_p(1.959963984540054, None).unwrap() - 0.05).abs() < 1e-15);
    assert!((t_quantile(0.975, 1e9).unwrap() - 1.959963986912326).abs() < 1e-12);
    for df in [0.3, 1.0, 5.0, 1e7, 1e12] {
        for t in [1e-300, 1e-8, 1e8, 1e200, 1e308] {
            let p = t_two_sided(t, df).unwrap();
            assert!((0.0..=1.0).contains(&p), "t {t}, df {df}: {p}");
        }
    }
}
