//! A funnel as text: a line for each place.

use engine::chart::{Funnel, News};

use crate::funnel::{limits, rate};
use crate::text::page::{INDENT, Page};

/// Places beside each other in words, `width` columns wide, with emphasis where `colour` is allowed.
#[must_use]
pub fn funnel(funnel: &Funnel, width: usize, colour: bool) -> String {
    let mut page = Page::new(width, colour);
    page.strong(&funnel.headline);
    page.gap();
    page.paragraph(
        "",
        &format!("The average of all is {}.", rate(funnel, funnel.centre)),
    );
    page.gap();
    let mut rows = vec![(
        String::new(),
        ["value", "99.8% limits", ""].map(str::to_owned).to_vec(),
    )];
    for point in &funnel.points {
        let news = match (point.news, point.value > point.upper) {
            (News::Ordinary, _) => "",
            (News::Improvement, true) => "● above, better",
            (News::Improvement, false) => "● below, better",
            (News::Concern, true) => "◆ above, worse",
            (News::Concern, false) => "◆ below, worse",
        };
        rows.push((
            point.label.clone(),
            vec![
                rate(funnel, point.value),
                limits(funnel, point),
                news.to_owned(),
            ],
        ));
    }
    page.table(&rows);
    if !funnel.warnings.is_empty() {
        page.heading("What to keep in mind");
        for warning in &funnel.warnings {
            page.item("•", warning);
        }
    }
    page.heading("How it was worked out: funnel");
    page.paragraph(INDENT, &funnel.because);
    page.end()
}
