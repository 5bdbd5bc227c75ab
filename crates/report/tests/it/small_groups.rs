//! Parts of a group that are too small to show, and what would give them away.

use difference_report::outline::Outline;

use crate::sample::reading_group;

fn labels(outline: &Outline) -> Vec<&str> {
    outline
        .who
        .rows
        .iter()
        .map(|(label, _)| label.as_str())
        .collect()
}

#[test]
fn parts_that_are_large_enough_are_shown_with_their_averages() {
    let outline = Outline::of(&reading_group().0, 5);
    let (_, cells) = outline
        .who
        .rows
        .iter()
        .find(|(label, _)| label == "pp: yes")
        .unwrap();
    assert_eq!(cells, &["31 pupils, 101.0", "29 pupils, 97.9"]);
    assert!(outline.who.note.is_empty());
}

#[test]
fn one_small_part_hides_its_whole_column_because_the_rest_would_give_it_away() {
    let mut sample = reading_group();
    sample.0.groups[1].subgroups[0].n = 4;
    let outline = Outline::of(&sample.0, 5);
    assert!(
        labels(&outline)
            .iter()
            .all(|label| !label.starts_with("pp"))
    );
    assert!(
        outline
            .who
            .note
            .starts_with("Groups of fewer than 5 pupils are not shown")
    );
}

#[test]
fn a_page_for_the_public_asks_for_more() {
    let mut sample = reading_group();
    sample.0.groups[0].subgroups[1].n = 9;
    assert!(labels(&Outline::of(&sample.0, 5)).contains(&"pp: no"));
    assert!(!labels(&Outline::of(&sample.0, 10)).contains(&"pp: no"));
}

#[test]
fn a_group_that_is_too_small_shows_how_many_and_no_average() {
    let mut sample = reading_group();
    sample.0.groups[0].n = 3;
    let outline = Outline::of(&sample.0, 5);
    assert!(labels(&outline).contains(&"Measured"));
    assert!(!labels(&outline).contains(&"Average reading"));
}
