//! A pool in every form: six schools that tried the same thing.

use difference_report::drawing::Mark;
use difference_report::{funnel_plot, html, markdown, text};
use engine::pool::{Level, Pool, PoolQuestion, Study, Unreported, pool};

fn six_schools() -> Pool {
    let studies: Vec<Study> = [
        ("Thornbeck Primary", 0.24, 0.011, "2026-11-20"),
        ("Oakshaw <Juniors>", -0.08, 0.02, "2027-02-12"),
        ("Kirkfold Primary", 0.31, 0.03, "2027-03-01"),
        ("Tannery Row", 0.12, 0.015, "2027-05-21"),
        ("Milldam School", 0.18, 0.024, "2027-07-09"),
        ("Aire View", 0.05, 0.018, "2027-10-15"),
    ]
    .into_iter()
    .map(|(label, effect, variance, date)| Study {
        label: label.to_owned(),
        effect,
        variance,
        date: Some(date.to_owned()),
        ..Study::default()
    })
    .collect();
    let question = PoolQuestion {
        outcome: Some("reading".to_owned()),
        attainment: true,
        ..PoolQuestion::default()
    };
    pool(&studies, &question).unwrap()
}

#[test]
fn text_shows_every_place_the_average_and_the_next_place() {
    insta::assert_snapshot!(text::pool(&six_schools(), 90, false));
}

#[test]
fn markdown_says_the_same() {
    insta::assert_snapshot!(markdown::pool(&six_schools()));
}

#[test]
fn a_page_shows_places_as_they_were_named_and_nothing_else() {
    let page = html::pool(&six_schools());
    assert!(page.contains("Oakshaw &lt;Juniors&gt;"));
    assert!(!page.contains("<Juniors>"));
    assert_eq!(page.matches("<h1").count(), 1);
}

#[test]
fn under_five_places_nothing_is_said_of_the_next_one() {
    let mut few = six_schools();
    few.k = 4;
    assert!(!text::pool(&few, 90, false).contains("next place"));
    assert!(!markdown::pool(&few).contains("next place"));
}

/// Twelve places, the small ones with the larger effects, asked about weeks and about small trials.
fn twelve_asked_more() -> Pool {
    let studies: Vec<Study> = (0_u8..12)
        .map(|i| Study {
            label: format!("Place {i}"),
            effect: 0.05 + 0.04 * f64::from(i) + 0.03 * f64::from(i % 3),
            variance: (0.05 + 0.02 * f64::from(i)).powi(2),
            moderators: vec![(i != 3).then_some(Level::Number(f64::from(i * i)))],
            ..Study::default()
        })
        .collect();
    let question = PoolQuestion {
        moderators: vec!["weeks".to_owned()],
        small_study: true,
        ..PoolQuestion::default()
    };
    pool(&studies, &question).unwrap()
}

#[test]
fn moderators_and_small_trials_are_told_in_every_form() {
    let pool = twelve_asked_more();
    for written in [
        text::pool(&pool, 90, false),
        markdown::pool(&pool),
        html::pool(&pool),
    ] {
        assert!(written.contains("Do results move with anything?"));
        assert!(written.contains("Small trials and large ones"));
        assert!(written.contains("Egger’s regression"));
        assert!(written.contains("Place 3"));
    }
}

#[test]
fn the_funnel_is_drawn_from_ten_results_on_with_words_and_a_table() {
    let page = html::pool(&twelve_asked_more());
    assert!(page.contains("aria-label=\"Funnel plot: 12 results"));
    assert!(page.contains("<caption>Effects and their standard errors</caption>"));
    let drawing = funnel_plot::layout(&twelve_asked_more()).unwrap();
    let dots = drawing
        .marks
        .iter()
        .filter(|m| matches!(m, Mark::Dot { .. }));
    assert_eq!(dots.count(), 12);
    assert_eq!(funnel_plot::layout(&six_schools()), None);
    assert_eq!(funnel_plot::inline(&six_schools()), "");
}

#[test]
fn the_verdict_and_each_look_are_told_in_every_form() {
    let studies: Vec<Study> = (1_u8..=4)
        .map(|i| Study {
            label: format!("School <{i}>"),
            effect: 0.3,
            variance: 0.01,
            due: Some(format!("2026-0{i}-20")),
            ..Study::default()
        })
        .collect();
    let question = PoolQuestion {
        sequential: Some(0.2),
        as_of: Some("2026-12-18".to_owned()),
        unreported: vec![Unreported {
            label: "Millgarth".to_owned(),
            due: Some("2026-03-20".to_owned()),
            ..Unreported::default()
        }],
        ..PoolQuestion::default()
    };
    let pool = pool(&studies, &question).unwrap();
    for written in [
        text::pool(&pool, 200, false),
        markdown::pool(&pool),
        html::pool(&pool),
    ] {
        // Lines break where they are full.
        let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(written.contains("However often you look"));
        assert!(written.contains("Something is happening somewhere."));
        assert!(written.contains("Due and not reported: Millgarth."));
        assert!(written.contains("20 March 2026"));
        assert!(written.contains("says nothing about the average"));
    }
    assert!(html::pool(&pool).contains("<caption>Look by look</caption>"));
    assert!(!html::pool(&pool).contains("School <1>"));
}
