//! The whole documents: text, Markdown, HTML and the drawing that stands alone.

use difference_report::{html, markdown, svg, text};

use crate::sample::reading_group;

#[test]
fn text_says_it_all_without_colour() {
    let page = text::evaluation(&reading_group().0, 80, false);
    assert!(
        !page.contains('\u{1b}'),
        "an escape where no colour was allowed"
    );
    insta::assert_snapshot!(page);
}

#[test]
fn text_keeps_to_the_width_but_for_what_must_be_copied_whole() {
    for width in [40, 60, 100] {
        let page = text::evaluation(&reading_group().0, width, false);
        for line in page.lines().filter(|line| {
            !line.contains("ingerprint")
                && !line.contains("Call:")
                && !line.contains("What was compared:")
                && !line.contains("Changes since")
                && !line.contains("Plan locked")
        }) {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn figures_that_would_stand_on_each_other_stand_together() {
    let sample = reading_group().in_points().estimated(30.0, 0.4);
    let page = text::evaluation(&sample.0, 80, false);
    assert!(page.contains("30 (29.6 to 30.4)"), "{page}");
}

#[test]
fn markdown_says_the_same() {
    insta::assert_snapshot!(markdown::evaluation(&reading_group().0));
}

#[test]
fn a_drawing_that_stands_alone_is_a_whole_file() {
    let drawing = svg::standalone(&reading_group().0).unwrap();
    assert!(!drawing.contains("var(--"));
    insta::assert_snapshot!(drawing);
}

#[test]
fn a_page_asks_for_nothing_from_anywhere_and_runs_no_script() {
    let page = html::page(&reading_group().0);
    for fetched in [
        "<script", "<link", "<img", "src=", "url(", "@import", "http://", "https://",
    ] {
        assert!(!page.contains(fetched), "{fetched}");
    }
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(page.contains("<mark>about 3 months’ extra progress</mark>"));
}

#[test]
fn what_people_typed_stays_words_everywhere() {
    let mut sample = reading_group();
    let nasty = "<img src=x onerror=alert(1)>|`*_";
    sample.0.groups[0].name = nasty.to_owned();
    sample.0.headline = nasty.to_owned();
    sample.0.roles.outcome.name = nasty.to_owned();
    sample.0.evidence.weaker = vec![nasty.to_owned()];
    sample.0.warnings = vec![nasty.to_owned()];
    sample.0.call = Some(nasty.to_owned());
    let page = html::page(&sample.0);
    assert!(!page.contains("<img"));
    let page = markdown::evaluation(&sample.0);
    assert!(
        !page.replace('`', "").contains("<img")
            || page
                .lines()
                .filter(|l| l.contains("<img"))
                .all(|l| l.starts_with("- Call: `"))
    );
    assert!(!svg::standalone(&sample.0).unwrap().contains("<img"));
}
