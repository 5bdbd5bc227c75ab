//! A goal's run chart: the picture, the signal in words, the target, and the same as a table.
//!
//! Who may call this: a goal's page ([`figure`] or its parts), downloads and the command line
//! ([`standalone`]). What must stay true: the words are the engine's; a signal has a colour, a shape
//! and a word; the usual range is drawn only where the engine gives one; the rule set is named.

mod assurance;
mod characters;
mod drawn;
mod layout;
mod method;

use std::fmt::Write as _;

use engine::chart::cadence::Cadence;
use engine::chart::figures::Figures;
use engine::chart::{Chart, Kind, News, Point, Variation};
use engine::date::Day;
use engine::words::finding::capital;

use crate::drawing::Anchor;
use crate::escape::escape;

pub(crate) use characters::characters;
pub(crate) use method::method;

/// So many letters fit on a line of a file 720 pixels wide.
const LETTERS: usize = 100;

/// The picture, the signal, the target and the table, one under the other, as they stand in a
/// goal's `article`.
#[must_use]
pub fn figure(chart: &Chart) -> String {
    format!(
        "{}\n{}\n{}{}",
        picture(chart),
        signal(chart),
        target(chart),
        table(chart)
    )
}

/// The picture alone, 170 pixels high, with its words for a screen reader.
#[must_use]
pub fn picture(chart: &Chart) -> String {
    format!(
        "<div class=\"chart\">{}</div>",
        layout::layout(chart, &in_words(chart)).inline()
    )
}

/// The chart as an SVG file of its own, 720 pixels wide.
#[must_use]
pub fn standalone(chart: &Chart) -> String {
    let mut drawing = layout::layout(chart, &in_words(chart));
    let method = method(chart);
    let said = [
        Some(chart.headline.as_str()),
        chart.target_words.as_deref(),
        Some(method.as_str()),
    ];
    for line in said.into_iter().flatten().flat_map(lines) {
        drawing.height += 20.0;
        drawing.words("", (0.0, drawing.height), Anchor::Start, line);
    }
    drawing.height += 4.0;
    drawing.standalone(&chart.title)
}

/// Several charts as one SVG file, one under the other, each with its label.
#[must_use]
pub fn small_multiples(charts: &[(&str, &Chart)]) -> String {
    let mut inside = String::new();
    let mut top = 0.0;
    for (number, (label, chart)) in charts.iter().enumerate() {
        let (mut drawing, words) = (
            layout::layout(chart, &in_words(chart)),
            lines(&chart.headline),
        );
        for line in words {
            drawing.height += 20.0;
            drawing.words("", (0.0, drawing.height), Anchor::Start, line);
        }
        drawing.height += 4.0;
        // Each file has a title and words of its own; together their names must differ.
        let one = drawing
            .standalone(&format!("{label}: {}", chart.title))
            .replace("id=\"title\"", &format!("id=\"title-{number}\""))
            .replace("id=\"words\"", &format!("id=\"words-{number}\""))
            .replace(
                "\"title words\"",
                &format!("\"title-{number} words-{number}\""),
            );
        let _ = write!(
            inside,
            "<g transform=\"translate(0 {top})\">{}</g>",
            one.trim_end()
        );
        top += drawing.height + 72.0;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"{top}\" viewBox=\"0 0 720 {top}\">{inside}</svg>\n"
    )
}

/// A sentence in lines that fit the width of a file.
fn lines(sentence: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in sentence.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < LETTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The signal in words with its mark: blue circle, orange diamond, wave, or three dots.
#[must_use]
pub fn signal(chart: &Chart) -> String {
    let up = chart.points.last().is_some_and(|p| goes_up(chart, p));
    let (class, icon) = match (chart.variation, up) {
        (Variation::Improving, true) => (
            "better",
            concat!(
                "<circle cx=\"11\" cy=\"11\" r=\"11\" fill=\"currentColor\"/>",
                "<path d=\"M11 17V5.5M6 10l5-5 5 5\" fill=\"none\" stroke=\"var(--paper)\" stroke-width=\"2.5\"/>"
            ),
        ),
        (Variation::Improving, false) => (
            "better",
            concat!(
                "<circle cx=\"11\" cy=\"11\" r=\"11\" fill=\"currentColor\"/>",
                "<path d=\"M11 5v11.5M6 12l5 5 5-5\" fill=\"none\" stroke=\"var(--paper)\" stroke-width=\"2.5\"/>"
            ),
        ),
        (Variation::Concerning, true) => (
            "worse",
            concat!(
                "<path d=\"M11-1 23 11 11 23-1 11Z\" fill=\"currentColor\"/>",
                "<path d=\"M11 16V6.5M7 10.5l4-4 4 4\" fill=\"none\" stroke=\"var(--paper)\" stroke-width=\"2.5\"/>"
            ),
        ),
        (Variation::Concerning, false) => (
            "worse",
            concat!(
                "<path d=\"M11-1 23 11 11 23-1 11Z\" fill=\"currentColor\"/>",
                "<path d=\"M11 6v9.5M7 11.5l4 4 4-4\" fill=\"none\" stroke=\"var(--paper)\" stroke-width=\"2.5\"/>"
            ),
        ),
        (Variation::CommonCause, _) => (
            "steady",
            concat!(
                "<circle cx=\"11\" cy=\"11\" r=\"10\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>",
                "<path d=\"M4.5 12.5c2-4 4-4 6.5-1s4.5 3 6.5-1\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>"
            ),
        ),
        (Variation::TooEarly, _) => (
            "early",
            concat!(
                "<circle cx=\"11\" cy=\"11\" r=\"10\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" stroke-dasharray=\"4 3.6\"/>",
                "<path d=\"M6.5 11h.01M11 11h.01M15.5 11h.01\" stroke=\"currentColor\" stroke-width=\"2.6\" stroke-linecap=\"round\"/>"
            ),
        ),
    };
    format!(
        "<p class=\"signal {class}\"><svg width=\"22\" height=\"22\" viewBox=\"0 0 22 22\" aria-hidden=\"true\">{icon}</svg><span>{}</span></p>",
        opened(&chart.headline, ". ", ".")
    )
}

/// The target against the usual range; empty without a target.
#[must_use]
pub fn target(chart: &Chart) -> String {
    chart
        .target_words
        .as_ref()
        .map_or_else(String::new, |words| {
            assurance::with_icon(chart, &opened(words, ": ", ":"))
        })
}

/// Every value in a table behind a summary, with what it signals and the changes that were named.
#[must_use]
pub fn table(chart: &Chart) -> String {
    let figures = Figures::of(chart);
    let cadence = cadence(chart);
    let measure = measure(chart);
    let marked = chart.points.iter().any(|p| p.news != News::Ordinary);
    let mut html = format!(
        "<details>\n<summary>{} as a table</summary>\n<table class=\"compact\">\n<caption>{}</caption>\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\" class=\"n\">{}</th>{}</tr></thead>\n<tbody>\n",
        escape(&capital(measure)),
        escape(&caption(chart)),
        cadence.heading(),
        escape(&value_heading(chart)),
        if marked {
            "<th scope=\"col\">Signal</th>"
        } else {
            ""
        },
    );
    for point in &chart.points {
        let change = chart
            .phases
            .iter()
            .find(|phase| phase.from == point.date)
            .and_then(|phase| phase.why.as_deref());
        let _ = write!(
            html,
            "<tr><th scope=\"row\">{}{}</th><td class=\"n\">{}</td>",
            escape(&day_in_table(chart, point)),
            change.map_or_else(String::new, |why| format!(
                "<br><span class=\"small soft\">from here: {}</span>",
                escape(why)
            )),
            escape(&figures.cell(point.value)),
        );
        if marked {
            let _ = write!(html, "<td>{}</td>", news(point.news));
        }
        html.push_str("</tr>\n");
    }
    let _ = write!(
        html,
        "</tbody>\n</table>\n<p class=\"small soft\">{}</p>\n</details>",
        escape(&method(chart))
    );
    html
}

fn news(news: News) -> &'static str {
    match news {
        News::Ordinary => "",
        News::Improvement => "real improvement",
        News::Concern => "real concern",
    }
}

/// The picture in words.
fn in_words(chart: &Chart) -> String {
    let figures = Figures::of(chart);
    let mut words = format!(
        "{} of {}{}",
        match chart.kind {
            Kind::Xmr => "Run chart".to_owned(),
            kind => capital(kind.name()),
        },
        cadence(chart).adjective(),
        measure(chart)
    );
    if let (Some(first), Some(last)) = (chart.points.first(), chart.points.last()) {
        let (from, to) = (day(first), day(last));
        let _ = match (from, to) {
            (Some(from), Some(to)) if from == to => {
                write!(words, ", {to}: {}.", figures.value(last.value))
            }
            (Some(from), Some(to)) => write!(
                words,
                ", {} to {to}. The newest value is {}.",
                if from.year() == to.year() {
                    format!("{} {}", from.day(), from.month_name())
                } else {
                    from.to_string()
                },
                figures.value(last.value)
            ),
            _ => write!(
                words,
                ". The newest value is {}.",
                figures.value(last.value)
            ),
        };
    }
    let _ = write!(words, " {}", chart.headline);
    if let Some(target) = &chart.target_words {
        let _ = write!(words, " {target}");
    }
    words
}

fn caption(chart: &Chart) -> String {
    let adjective = cadence(chart).adjective();
    let years = match (
        chart.points.first().and_then(day),
        chart.points.last().and_then(day),
    ) {
        (Some(first), Some(last)) if first.year() == last.year() => format!(", {}", last.year()),
        (Some(first), Some(last)) => format!(", {} to {}", first.year(), last.year()),
        _ => String::new(),
    };
    capital(&format!("{adjective}{}{years}", measure(chart)))
}

/// The heading of the values: the measure with its unit, where that is not in every cell.
fn value_heading(chart: &Chart) -> String {
    let name = capital(measure(chart));
    match chart.shown.unit.trim() {
        "" | "%" => name,
        unit => format!("{name} ({unit})"),
    }
}

pub(crate) fn day_in_table(chart: &Chart, point: &Point) -> String {
    let Some(day) = day(point) else {
        return point.date.clone();
    };
    let several_years = chart.points.first().and_then(self::day).map(Day::year)
        != chart.points.last().and_then(self::day).map(Day::year);
    layout::short(day, cadence(chart), several_years)
}

/// Whether what a point signals points up.
fn goes_up(chart: &Chart, point: &Point) -> bool {
    (point.news == News::Improvement) != chart.question.lower_is_better
}

fn cadence(chart: &Chart) -> Cadence {
    let days: Vec<Day> = chart.points.iter().filter_map(day).collect();
    Cadence::of(&days)
}

fn day(point: &Point) -> Option<Day> {
    Day::parse(&point.date)
}

fn measure(chart: &Chart) -> &str {
    match chart.question.measure.trim() {
        "" => "the measure",
        measure => measure,
    }
}

/// Words whose opening, up to and with its mark, stands out.
fn opened(words: &str, at: &str, mark: &str) -> String {
    match words.split_once(at) {
        Some((opening, rest)) => {
            format!("<b>{}{mark}</b> {}", escape(opening), escape(rest))
        }
        None => format!("<b>{}</b>", escape(words)),
    }
}
