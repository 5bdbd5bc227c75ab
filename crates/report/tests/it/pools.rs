//! A pool in every form: six schools that tried the same thing.

use difference_report::{html, markdown, text};
use engine::pool::{Pool, PoolQuestion, Study, pool};

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
