//! What an answer says: a table of sentences, and what no sentence says whatever the numbers.

use difference_engine::distributions::{critical, t_cdf};
use difference_engine::evaluation::Interval;
use difference_engine::months::Months;
use difference_engine::question::{Allocation, Design, Worthwhile};
use difference_engine::words::chance::{Leaning, in_counts, ladder};
use difference_engine::words::numbers::{Precision, p_value, percent, plural, thousands};
use difference_engine::words::{Finding, Said, say_finding};
use proptest::prelude::*;
use rstest::rstest;

fn interval(lower: f64, upper: f64) -> Option<Interval> {
    Some(Interval {
        level: 0.95,
        lower,
        upper,
    })
}

/// A reading group drawn by lot within classes, 3 points better, 0.4 to 5.6.
fn reading() -> Finding {
    Finding {
        design: Design::BlockedIndividual,
        allocation: Allocation::Lot,
        who: Some("pupils in the morning reading group".into()),
        treatment: "group".into(),
        intervention: "reading".into(),
        comparison: "usual".into(),
        clusters: String::new(),
        outcome: "reading".into(),
        unit: "points".into(),
        binary: false,
        success: Vec::new(),
        lower_is_better: false,
        attainment: false,
        estimate: 3.0,
        interval: interval(0.4, 5.6),
        standard_error: Some(1.3),
        df: Some(150.0),
        comparable: Some((0.24, interval(0.03, 0.45))),
        rung: 4,
        worthwhile: None,
        above_worthwhile: None,
    }
}

/// The Achievement Awards of 2001, schools drawn, as `evaluate` hands them over.
fn awards(estimate: f64, lower: f64, upper: f64, se: f64, df: f64) -> Finding {
    Finding {
        design: Design::Cluster,
        who: None,
        treatment: "treated".into(),
        intervention: "1".into(),
        comparison: "0".into(),
        clusters: "schools".into(),
        outcome: "Bagrut_status".into(),
        unit: String::new(),
        binary: true,
        estimate,
        interval: interval(lower, upper),
        standard_error: Some(se),
        df: Some(df),
        comparable: None,
        rung: 3,
        ..reading()
    }
}

#[test]
fn a_reading_group_in_months() {
    let said = say_finding(&Finding {
        attainment: true,
        worthwhile: Some(Worthwhile::Sd(0.05)),
        above_worthwhile: Some(0.953),
        ..reading()
    });
    assert_eq!(
        said.headline,
        "Pupils in the morning reading group made about 3 months’ extra progress in reading, \
         compared with pupils drawn by lot to carry on as usual."
    );
    assert_eq!(said.highlight, "about 3 months’ extra progress");
    assert_eq!(
        said.paragraph,
        "It very likely helped, by about 1 to 6 months. The chance that it helped at all is about \
         98 in 100, and that it helped by 1 month or more, which you said would be worth having, \
         about 95 in 100."
    );
}

#[test]
fn the_awards_trial_without_its_pairs() {
    let said = say_finding(&awards(0.0473, -0.0527, 0.1472, 0.0487, 27.0));
    assert_eq!(
        said.headline,
        "Pupils in the “treated” group reached Bagrut_status about 5 percentage points more \
         often, compared with pupils in schools drawn by lot to carry on as usual, but it \
         could be nothing."
    );
    assert!(
        said.paragraph.contains(
            "probably helped, but it could be nothing, from about 5 points worse to 15 better"
        ),
        "{}",
        said.paragraph
    );
}

#[test]
fn the_awards_trial_with_its_pairs() {
    let said = say_finding(&awards(0.0301, -0.0776, 0.1378, 0.0511, 17.0));
    assert!(
        said.paragraph.contains(
            "probably helped, but it could be nothing, from about 8 points worse to 14 better"
        ),
        "{}",
        said.paragraph
    );
}

#[rstest]
#[case::fewer_minutes_is_better(
    Finding { lower_is_better: true, estimate: -1.5, interval: interval(-2.9, -0.1),
              standard_error: Some(0.7), outcome: "lateness".into(), unit: "minutes".into(), ..reading() },
    "made about 1.5 minutes more progress in bringing down lateness",
    "It very likely helped, by about 0.1 to 2.9 minutes."
)]
#[case::more_minutes_is_worse(
    Finding { lower_is_better: true, estimate: 1.5, interval: interval(0.1, 2.9),
              standard_error: Some(0.7), outcome: "lateness".into(), unit: "minutes".into(), ..reading() },
    "made about 1.5 minutes less progress in bringing down lateness",
    "It very likely made things worse, by about 0.1 to 2.9 minutes. The chance that it made things worse is about 98 in 100."
)]
#[case::nobody_drew(
    Finding { allocation: Allocation::Chosen, rung: 3, ..reading() },
    "had about 3 points more in reading, compared with pupils who did not get it.",
    "Their results are probably better, by about 0.4 to 5.6 points. If nothing else set the groups apart, the chance"
)]
#[case::nobody_said(
    Finding { allocation: Allocation::Unknown, rung: 2, ..reading() },
    "had about 3 points more in reading",
    "Their results may be better, by about 0.4 to 5.6 points. Nobody said that the groups were drawn by lot"
)]
#[case::less_lateness_without_lots(
    Finding { allocation: Allocation::Chosen, lower_is_better: true, rung: 3, estimate: -1.5,
              interval: interval(-2.9, -0.1), standard_error: Some(0.7), outcome: "lateness".into(),
              unit: "minutes".into(), ..reading() },
    "had about 1.5 minutes less in lateness",
    "Their results are probably better"
)]
#[case::before_and_after_has_nobody_to_compare_with(
    Finding { design: Design::BeforeAfter, rung: 2, who: None, ..reading() },
    "Pupils had about 3 points more in reading after than before, with nobody to compare with.",
    "Results after may be better, by about 0.4 to 5.6 points. There was nobody to compare with"
)]
#[case::too_small_a_trial(
    Finding { rung: 2, estimate: 9.0, interval: interval(-1.0, 19.0), standard_error: Some(4.5),
              df: Some(10.0), ..reading() },
    "may have made about 9 points more progress in reading",
    "It may have helped, but it could be nothing, from about 1 point worse to 19 better."
)]
#[case::about_the_same_but_wide(
    Finding { attainment: true, comparable: Some((0.005, interval(-0.4, 0.41))), estimate: 0.05,
              interval: interval(-4.0, 4.1), standard_error: Some(2.0), ..reading() },
    "made about the same progress in reading, compared with pupils drawn by lot to carry on as usual; anything from about 5 months worse to 5 better fits what we saw.",
    "It could go either way, and it could be nothing, from about 5 months worse to 5 better. That is not enough to tell."
)]
#[case::about_the_same_and_sure_of_it(
    Finding { attainment: true, comparable: Some((0.002, interval(-0.01, 0.014))), estimate: 0.02,
              interval: interval(-0.1, 0.14), standard_error: Some(0.06), ..reading() },
    "made about the same progress in reading, compared with pupils drawn by lot to carry on as usual.",
    "It could go either way, and it could be nothing, next to nothing either way."
)]
#[case::beyond_the_table(
    Finding { attainment: true, comparable: Some((1.4, interval(-0.2, 3.0))), estimate: 14.0,
              interval: interval(-2.0, 30.0), standard_error: Some(8.0), ..reading() },
    "made 12 or more months’ extra progress",
    "from about 3 months worse to 12 or more better"
)]
#[case::one_month(
    Finding { attainment: true, comparable: Some((0.05, interval(0.02, 0.09))), ..reading() },
    "about 1 month’s extra progress",
    "by about 1 month."
)]
#[case::a_harm_is_said_as_plainly(
    Finding { estimate: -9.0, interval: interval(-12.0, -6.0), standard_error: Some(1.5), ..reading() },
    "made about 9 points less progress",
    "It almost certainly made things worse, by about 6 to 12 points."
)]
#[case::words_that_count(
    Finding { binary: true, success: vec!["EXS".into(), "GDS".into()], estimate: 0.12,
              interval: interval(0.02, 0.22), standard_error: Some(0.05), ..reading() },
    "reached “EXS” or “GDS” in reading about 12 percentage points more often",
    "by about 2 to 22 points"
)]
#[case::a_limit_that_rounds_to_nothing(
    Finding { attainment: true, comparable: Some((0.24, interval(0.005, 0.45))), ..reading() },
    "but it could be next to nothing",
    "from about nothing to 6 months better"
)]
#[case::another_treatment_is_named(
    Finding { who: None, intervention: "small".into(), comparison: "regular".into(), ..reading() },
    "Pupils in the “small” group made",
    "It very likely helped"
)]
fn said(#[case] finding: Finding, #[case] headline: &str, #[case] paragraph: &str) {
    let said = say_finding(&finding);
    assert!(said.headline.contains(headline), "{}", said.headline);
    assert!(said.paragraph.contains(paragraph), "{}", said.paragraph);
}

#[test]
fn without_an_interval_nothing_is_claimed() {
    let said = say_finding(&Finding {
        interval: None,
        comparable: None,
        ..reading()
    });
    assert!(
        said.headline.starts_with("We can’t say"),
        "{}",
        said.headline
    );
    assert!(!said.headline.contains('3'), "{}", said.headline);
}

#[rstest]
#[case(0.995, 4, "almost certainly", Leaning::Better)]
#[case(0.99, 4, "almost certainly", Leaning::Better)]
#[case(0.9899, 4, "very likely", Leaning::Better)]
#[case(0.90, 5, "very likely", Leaning::Better)]
#[case(0.8999, 4, "probably", Leaning::Better)]
#[case(0.70, 4, "probably", Leaning::Better)]
#[case(0.6999, 4, "could go either way", Leaning::EitherWay)]
#[case(0.50, 4, "could go either way", Leaning::EitherWay)]
#[case(0.3001, 4, "could go either way", Leaning::EitherWay)]
#[case(0.30, 4, "probably", Leaning::Worse)]
#[case(0.10, 4, "very likely", Leaning::Worse)]
#[case(0.01, 4, "almost certainly", Leaning::Worse)]
#[case(0.999, 3, "probably", Leaning::Better)]
#[case(0.001, 3, "probably", Leaning::Worse)]
#[case(0.999, 2, "may", Leaning::Better)]
#[case(0.999, 1, "may", Leaning::Better)]
#[case(0.6, 2, "could go either way", Leaning::EitherWay)]
fn the_ladder_of_chance_words(
    #[case] better: f64,
    #[case] rung: u8,
    #[case] word: &str,
    #[case] leaning: Leaning,
) {
    let said = ladder(better, rung);
    assert_eq!((said.word, said.leaning), (word, leaning));
}

#[test]
fn numbers_as_people_read_them() {
    assert_eq!(Precision::TENTHS.fixed(3.0), "3.0");
    assert_eq!(Precision::TENTHS.signed(3.04), "+3");
    assert_eq!(Precision::TENTHS.range(-1.9, 0.96), "−1.9 to 1");
    assert_eq!(Precision::HUNDREDTHS.write(0.285), "0.29");
    assert_eq!(Precision::WHOLE.write(-1234.5), "−1,235");
    assert_eq!(Precision::for_width(12.0).write(7.3), "7");
    assert_eq!(Precision::for_width(2.6).write(7.34), "7.3");
    assert_eq!(Precision::for_width(0.012).write(0.0234), "0.023");
    assert_eq!(Precision::default().write(f64::NAN), "unknown");
    assert_eq!(plural("1", "points"), "1 point");
    assert_eq!(plural("1", "percentage points"), "1 percentage point");
    assert_eq!(plural("93.4", "%"), "93.4%");
    assert_eq!(plural("1", "progress"), "1 progress");
    assert_eq!(thousands(1_234_567), "1,234,567");
    assert_eq!(percent(0.004), "under 1%");
    assert_eq!(percent(0.996), "over 99%");
    assert_eq!(percent(1.0), "100%");
    assert_eq!(p_value(0.342), "0.34");
    assert_eq!(p_value(0.000_653), "0.0007");
}

/// Any trial: designs, allocations, scales, directions, sizes and certainties.
fn any_finding() -> impl Strategy<Value = Finding> {
    let design = prop::sample::select(vec![
        Design::Individual,
        Design::BlockedIndividual,
        Design::Cluster,
        Design::BlockedCluster,
        Design::Comparison,
        Design::BeforeAfter,
    ]);
    let allocation = prop::sample::select(vec![
        Allocation::Lot,
        Allocation::Chosen,
        Allocation::Unknown,
    ]);
    let labels = prop::sample::select(vec![("1", "0"), ("small", "regular"), ("yes", "no")]);
    let unit = prop::sample::select(vec!["", "points", "minutes", "%", "kg"]);
    let worth = prop::option::of(prop_oneof![
        (0.01..20.0).prop_map(Worthwhile::Unit),
        (0.01..1.0).prop_map(Worthwhile::Sd),
    ]);
    (
        (design, allocation, labels, unit, worth),
        (any::<bool>(), any::<bool>(), any::<bool>(), 1_u8..=4),
        // t from far below to far above, standard errors over six powers of ten.
        (
            -6.0..6.0_f64,
            -3.0..3.0_f64,
            prop::option::of(1.0..200.0_f64),
            0.01..100.0_f64,
        ),
    )
        .prop_map(
            |((design, allocation, (i, c), unit, worthwhile), flags, (t, power, df, sd))| {
                let (binary, lower_is_better, attainment, rung) = flags;
                let se = if binary { 0.1 } else { 10_f64.powf(power) };
                let estimate = t * se;
                let reach = critical(0.95, df).unwrap() * se;
                let sd = sd * se;
                let limits = interval(estimate - reach, estimate + reach);
                Finding {
                    design,
                    allocation,
                    who: None,
                    intervention: i.into(),
                    comparison: c.into(),
                    unit: unit.into(),
                    binary,
                    lower_is_better,
                    attainment,
                    estimate,
                    interval: limits,
                    standard_error: Some(se),
                    df,
                    comparable: Some((
                        estimate / sd,
                        interval((estimate - reach) / sd, (estimate + reach) / sd),
                    )),
                    rung: if design == Design::BeforeAfter {
                        rung.min(2)
                    } else {
                        rung
                    },
                    worthwhile,
                    above_worthwhile: worthwhile.map(|_| 0.5),
                    ..reading()
                }
            },
        )
}

fn lots(finding: &Finding) -> bool {
    finding.allocation == Allocation::Lot
        && !matches!(finding.design, Design::Comparison | Design::BeforeAfter)
}

/// The chance of better, worked out here anew.
fn better(finding: &Finding) -> f64 {
    let t = finding.estimate / finding.standard_error.unwrap();
    let t = if finding.lower_is_better { -t } else { t };
    t_cdf(t, finding.df.unwrap_or(f64::INFINITY)).unwrap()
}

fn all(said: &Said) -> String {
    format!("{}\n{}", said.headline, said.paragraph)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sentence_says_what_must_not_be_said(finding in any_finding()) {
        let text = all(&say_finding(&finding)).to_lowercase();
        for forbidden in [
            "no effect", "no difference", "significant", "prove", "works", "worked", "failed",
            "nan", "inf", "unknown", "-", "−", "  ", " ,", "..", " 0 months", "12 or more months more",
        ] {
            prop_assert!(!text.contains(forbidden), "{forbidden}: {text}");
        }
        prop_assert!(!text.contains("about 0 "), "{text}");
    }

    #[test]
    fn made_is_said_only_of_lots_and_the_lack_of_a_comparison_always(finding in any_finding()) {
        let said = say_finding(&finding);
        // A share is reached, more or less often; of that nobody says that it was made.
        let made = lots(&finding) && !finding.binary || lots(&finding) && said.headline.contains("month");
        prop_assert_eq!(said.headline.contains(" made "), made, "{}", said.headline);
        prop_assert_eq!(said.headline.contains("drawn by lot"), lots(&finding), "{}", said.headline);
        for cause in ["helped", "made things worse"] {
            prop_assert!(lots(&finding) || !said.paragraph.contains(cause), "{}", said.paragraph);
        }
        let alone = finding.design == Design::BeforeAfter;
        prop_assert_eq!(said.headline.contains("with nobody to compare with"), alone);
        prop_assert_eq!(said.headline.contains("compared with"), !alone);
        prop_assert!(said.headline.contains(&said.highlight));
        prop_assert!(said.headline.ends_with('.') && said.paragraph.ends_with('.'));
    }

    #[test]
    fn could_be_nothing_exactly_where_the_interval_holds_it(finding in any_finding()) {
        let said = say_finding(&finding);
        let limits = finding.interval.unwrap();
        let holds = limits.lower <= 0.0 && limits.upper >= 0.0;
        prop_assert_eq!(said.paragraph.contains("could be nothing"), holds, "{}", said.paragraph);
        let doubts = ["could be nothing", "fits what we saw", "next to nothing"];
        let same = ["about the same", "about as often"].iter().any(|s| said.headline.contains(s));
        if holds && !same {
            prop_assert!(said.headline.contains("could be nothing"), "{}", said.headline);
        }
        if !holds && !doubts.iter().any(|d| said.headline.contains(d)) && !same {
            prop_assert!(!said.headline.contains("nothing"), "{}", said.headline.replace("nobody", ""));
        }
    }

    #[test]
    fn no_word_is_surer_than_its_chance_and_its_rung(finding in any_finding()) {
        let text = say_finding(&finding).paragraph;
        let sureness = better(&finding).max(1.0 - better(&finding));
        if text.contains("almost certainly") {
            prop_assert!(sureness >= 0.99 - 1e-9 && finding.rung >= 4, "{text}");
        }
        if text.contains("very likely") {
            prop_assert!(sureness >= 0.90 - 1e-9 && finding.rung >= 4, "{text}");
        }
        if text.contains("probably") {
            prop_assert!(sureness >= 0.70 - 1e-9 && finding.rung >= 3, "{text}");
        }
        if finding.rung <= 2 {
            prop_assert!(!text.contains(" in 20") && !text.contains(" in 100"), "{text}");
        }
        prop_assert_eq!(text.contains("could go either way"), sureness < 0.70 - 1e-12, "{}", text);
    }

    #[test]
    fn a_turned_outcome_turns_better_and_worse_and_nothing_else(finding in any_finding()) {
        // The same trial measured as what is bad instead of what is good.
        let turn = |i: Option<Interval>| i.map(|i| Interval { lower: -i.upper, upper: -i.lower, ..i });
        let turned = Finding {
            lower_is_better: !finding.lower_is_better,
            estimate: -finding.estimate,
            interval: turn(finding.interval),
            comparable: finding.comparable.map(|(g, i)| (-g, turn(i))),
            ..finding.clone()
        };
        prop_assert_eq!(say_finding(&finding).paragraph, say_finding(&turned).paragraph);
    }

    #[test]
    fn the_numbers_of_the_sentence_are_those_of_the_table(finding in any_finding()) {
        let said = say_finding(&finding);
        let limits = finding.interval.unwrap();
        let months = finding.attainment && finding.design != Design::BeforeAfter;
        let (estimate, lower, upper) = if months {
            let (g, i) = finding.comparable.unwrap();
            let i = i.unwrap();
            let whole = |x: f64| Months::of(x).months.unsigned_abs().to_string();
            (whole(g), whole(i.lower), whole(i.upper))
        } else {
            let times = if finding.binary { 100.0 } else { 1.0 };
            let precision = Precision::for_width(0.5 * times * (limits.upper - limits.lower));
            let size = |x: f64| precision.write((times * x).abs());
            (size(finding.estimate), size(limits.lower), size(limits.upper))
        };
        let words = |text: &str| -> Vec<String> {
            text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
                .map(|w| w.trim_matches(['.', ',']).to_owned())
                .filter(|w| !w.is_empty())
                .collect()
        };
        let headline = words(&said.headline);
        if estimate != "0" && !said.headline.contains("about the same") {
            prop_assert!(headline.contains(&estimate), "{estimate}: {}", said.headline);
        }
        let paragraph = words(&said.paragraph);
        for limit in [lower, upper] {
            if limit != "0" {
                prop_assert!(paragraph.contains(&limit), "{limit}: {}", said.paragraph);
            }
        }
    }

    #[test]
    fn a_count_never_promises_another_word(chance in 0.0..=1.0_f64) {
        let text = in_counts(chance);
        let count: Vec<f64> = text.split(" in ").filter_map(|n| n.rsplit(' ').next()?.parse().ok()).collect();
        if text.starts_with("more") {
            prop_assert!(chance >= 0.995);
        } else if text.starts_with("fewer") {
            prop_assert!(chance < 0.005);
        } else {
            let told = count[0] / count[1];
            prop_assert!((told - chance).abs() <= 0.0251, "{text} for {chance}");
            prop_assert_eq!(ladder(told, 4), ladder(chance, 4), "{} for {}", text, chance);
        }
    }
}
