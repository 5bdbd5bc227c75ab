//! Places beside each other: who differs by more than chance explains.

use difference_engine::chart::{FunnelQuestion, News, Unit, funnel};

fn place(label: &str, count: f64, denominator: f64) -> Unit {
    Unit {
        label: label.to_owned(),
        count,
        denominator,
    }
}

#[test]
fn a_funnel_marks_only_places_beyond_what_chance_explains_and_ranks_nobody() {
    let schools: Vec<Unit> = [
        ("Ashby", 21.0, 210.0),
        ("Birch", 9.0, 120.0),
        ("Cedar", 48.0, 420.0),
        ("Dale", 33.0, 300.0),
        ("Elm", 14.0, 180.0),
        ("Firth", 90.0, 400.0),
    ]
    .iter()
    .map(|(label, count, n)| place(label, *count, *n))
    .collect();
    let question = FunnelQuestion {
        each: "school".to_owned(),
        lower_is_better: true,
        ..FunnelQuestion::default()
    };
    let drawn = funnel(&schools, &question).unwrap();
    assert_eq!(
        drawn.headline,
        "Firth differs from the average by more than chance would explain."
    );
    let firth = drawn.points.iter().find(|p| p.label == "Firth").unwrap();
    assert_eq!(firth.news, News::Concern);
    assert!(
        drawn
            .points
            .windows(2)
            .all(|p| p[0].denominator <= p[1].denominator)
    );
    for point in &drawn.points {
        assert!(point.lower <= point.lower_95 && point.upper_95 <= point.upper);
        assert!(point.lower_95 < drawn.centre && drawn.centre < point.upper_95);
    }
}

#[test]
fn exact_funnel_limits_are_left_by_chance_as_often_as_they_say() {
    use difference_engine::chart::kinds::funnel::{Counts, exact};
    use difference_engine::distributions::binomial_cdf;
    // At the whole counts on either side of the limit the chance brackets what was asked.
    for (n, p) in [(40.0, 0.1), (300.0, 0.07), (2000.0, 0.5)] {
        for chance in [0.001, 0.025, 0.975, 0.999] {
            let count = exact(Counts::Binomial, p, n, chance) * n;
            let above = binomial_cdf(count.ceil(), n, p).unwrap();
            let below = binomial_cdf(count.floor() - 1.0, n, p).unwrap();
            assert!(
                below <= chance && chance <= above,
                "{n} {p} {chance}: {below} {above}"
            );
        }
    }
}

#[test]
fn funnels_that_cannot_be_drawn_are_refused_by_name() {
    let code = |units: &[Unit]| funnel(units, &FunnelQuestion::default()).unwrap_err().code;
    let two = [place("A", 1.0, 10.0), place("B", 1.0, 10.0)];
    assert_eq!(code(&two), "too-few-places");
    let with = |last: Unit| [two[0].clone(), two[1].clone(), last];
    assert_eq!(code(&with(place("A", 1.0, 10.0))), "place-twice");
    assert_eq!(code(&with(place("C", 1.0, 0.0))), "denominator-zero");
    assert_eq!(
        code(&with(place("C", 1.0, f64::NAN))),
        "denominator-not-a-number"
    );
    assert_eq!(code(&with(place("C", -1.0, 10.0))), "count-below-zero");
    assert_eq!(
        code(&with(place("C", f64::INFINITY, 10.0))),
        "value-not-a-number"
    );
}
