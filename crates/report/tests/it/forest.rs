//! The practice page's forest plot: a table first.

use difference_report::forest::{Withdrawn, movement, table};
use engine::pool::{Pool, PoolQuestion, Study, pool};

fn places() -> Vec<Study> {
    [
        ("Gipsy Row Primary", "2024-03-15", 0.33, 0.20, 44, 3),
        ("Millgarth Primary", "2024-07-12", 0.22, 0.17, 66, 3),
        (
            "Oakshaw <Infants> & Juniors",
            "2024-12-13",
            -0.16,
            0.12,
            132,
            4,
        ),
        (
            "St Hilda’s Catholic Primary",
            "2025-07-11",
            0.38,
            0.15,
            80,
            3,
        ),
        ("Armsworth Junior", "2025-12-12", 0.12, 0.11, 170, 4),
        ("Hunslow Green Primary", "2026-03-20", 0.29, 0.09, 212, 4),
    ]
    .map(|(label, date, effect, se, pupils, rung)| Study {
        label: label.to_owned(),
        effect,
        variance: se * se,
        date: Some(date.to_owned()),
        rung: Some(rung),
        pupils: Some(pupils),
        ..Study::default()
    })
    .to_vec()
}

fn reading() -> PoolQuestion {
    PoolQuestion {
        attainment: true,
        outcome: Some("reading".to_owned()),
        ..PoolQuestion::default()
    }
}

fn pooled(studies: &[Study]) -> Pool {
    pool(studies, &reading()).unwrap()
}

/// What stands between two marks, once for each time.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    text.split(from)
        .skip(1)
        .filter_map(|rest| rest.split(to).next())
        .collect()
}

#[test]
fn each_place_has_its_figures_its_picture_and_its_rung() {
    let html = table(&pooled(&places()), &[]);
    assert!(
        html.contains("<caption>Months of extra reading progress, with 95% intervals</caption>")
    );
    assert!(html.contains("<th scope=\"row\">Gipsy Row Primary<small>Mar 2024, 44 pupils</small></th><td class=\"n\"><b>+4</b><small>−1 to 9</small></td><td class=\"plotcell chart\"><svg height=\"36\" role=\"img\" aria-label=\"+4 months, interval −1 to 9;"));
    assert!(html.contains("<b>−2</b><small>−5 to 1</small>"));
    assert_eq!(html.matches("class=\"c-est\"").count(), 6);
    assert_eq!(html.matches("data-rung=\"3\" aria-hidden").count(), 3 + 1);
    assert!(html.contains("<small>average effect, 704 pupils</small>"));
    assert_eq!(html.matches("class=\"c-pool\"").count(), 1);
}

#[test]
fn what_was_typed_stays_text() {
    let gone = Withdrawn {
        label: "<script>".to_owned(),
        date: None,
        why: "\"two\" & <b>three</b>".to_owned(),
    };
    let html = table(&pooled(&places()), &[gone]);
    assert!(html.contains("Oakshaw &lt;Infants&gt; &amp; Juniors"));
    assert!(
        !html.contains("<Infants>") && !html.contains("<script>") && !html.contains("<b>three")
    );
}

#[test]
fn places_stand_in_the_order_of_time_whatever_their_result() {
    let mut shuffled = places();
    shuffled.reverse();
    shuffled.swap(0, 2);
    let html = table(&pooled(&shuffled), &[]);
    let names = between(&html, "<th scope=\"row\">", "<");
    assert_eq!(
        names[..6],
        [
            "Gipsy Row Primary",
            "Millgarth Primary",
            "Oakshaw &lt;Infants&gt; &amp; Juniors",
            "St Hilda’s Catholic Primary",
            "Armsworth Junior",
            "Hunslow Green Primary"
        ]
    );
}

#[test]
fn the_next_place_is_shown_from_five_results_on() {
    for k in 1..=6 {
        let html = table(&pooled(&places()[..k]), &[]);
        assert_eq!(html.contains("The next place to try it"), k >= 5, "{k}");
        assert_eq!(html.contains("c-pi"), k >= 5, "{k}");
        assert_eq!(html.contains("Diamond: average"), k >= 2, "{k}");
        assert!(!html.contains("19 in 20") && !html.contains("19 times"));
    }
    assert!(table(&pooled(&places()[..2]), &[]).contains("Both together"));
}

#[test]
fn a_result_taken_back_leaves_its_row_in_its_place() {
    let gone = Withdrawn {
        label: "Quarrybank Primary".to_owned(),
        date: Some("2025-09-01".to_owned()),
        why: "The test papers were mixed up.".to_owned(),
    };
    let html = table(&pooled(&places()), &[gone]);
    let names = between(&html, "<th scope=\"row\">", "<");
    assert_eq!(names[4], "Quarrybank Primary");
    assert!(html.contains("<tr class=\"withdrawn\">"));
    assert!(html.contains("The test papers were mixed up."));
    assert!(html.contains("All 6 together"), "it counts no more");
}

#[test]
fn every_mark_lies_inside_the_picture() {
    for studies in [places(), places()[..2].to_vec(), places()[..1].to_vec()] {
        let html = table(&pooled(&studies), &[]);
        for attribute in [" x=\"", " x1=\"", " x2=\""] {
            for value in between(&html, attribute, "\"") {
                let Some(per_cent) = value.strip_suffix('%') else {
                    continue;
                };
                let x: f64 = per_cent.parse().unwrap();
                assert!((0.0..=100.0).contains(&x), "{value}");
            }
        }
    }
}

#[test]
fn an_interval_that_goes_on_beyond_the_edge_has_an_arrow() {
    // Two results: the average's interval reaches beyond 12 months on both sides.
    let html = table(&pooled(&places()[..2]), &[]);
    assert!(html.contains(">‹</text>") && html.contains(">›</text>"));
    assert!(!table(&pooled(&places()), &[]).contains(">›</text>"));
}

#[test]
fn without_attainment_the_scale_is_standard_deviations() {
    let question = PoolQuestion {
        outcome: Some("lateness".to_owned()),
        lower_is_better: true,
        ..PoolQuestion::default()
    };
    let html = table(&pool(&places(), &question).unwrap(), &[]);
    assert!(html.contains("Difference in lateness, in standard deviations, with 95% intervals"));
    assert!(html.contains("<b>+0.12</b><small>−0.10 to 0.34</small>"));
    assert!(html.contains("← lower") && !html.contains("progress"));
}

#[test]
fn without_rungs_there_is_no_column_of_evidence() {
    let unknown: Vec<Study> = places()
        .into_iter()
        .map(|s| Study { rung: None, ..s })
        .collect();
    let html = table(&pooled(&unknown), &[]);
    assert!(!html.contains("Evidence") && !html.contains("meter"));
}

#[test]
fn the_average_is_told_as_it_moved() {
    let html = movement(&pooled(&places()));
    assert_eq!(html.matches("<tr><th scope=\"row\">").count(), 5);
    assert!(html.contains("<tr><th scope=\"row\">Mar 2026</th><td class=\"n\">6</td>"));
    assert_eq!(movement(&pooled(&places()[..1])), "");
}
