//! The forest plot of a practice: a table first, place by place, with a small picture in each row.
//!
//! Who may call this: the practice page ([`table`], [`movement`]). What must stay true: places stand in
//! the order of their dates and all in one colour, never coloured by whether an interval touches
//! zero; what most new places would see is shown from five results on; a result that was taken back
//! leaves its row and its reason.

use std::fmt::Write as _;

use engine::date::Day;
use engine::months::{LOWER_EDGES, Months};
use engine::pool::{PREDICTION_FROM, Pool, Pooled};
use engine::words::finding::capital;
use engine::words::numbers::{Precision, months_of, months_signed, thousands};

use crate::axis::{Tick, round_steps};
use crate::drawing::{Anchor, At, Drawing, Mark};
use crate::escape::escape;

/// A result that was taken back: it counts no more, and its row stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The place.
    pub label: String,
    /// ISO date of the result, when known.
    pub date: Option<String>,
    /// Why it was taken back, in the place's own words.
    pub why: String,
}

/// Height of a row's picture.
const HEIGHT: f64 = 36.0;
/// White space left and right of the axis, in per cent.
const SIDE: f64 = 1.0;
/// Side of the square of the place that counts for most.
const LARGEST: f64 = 15.0;

/// The forest plot as a table, with rows for results that were taken back.
#[must_use]
pub fn table(pool: &Pool, withdrawn: &[Withdrawn]) -> String {
    let plot = Plot::of(pool);
    let mut rows: Vec<(Option<i64>, String)> = pool
        .studies
        .iter()
        .map(|study| (number_of(study.date.as_deref()), plot.place(study)))
        .collect();
    rows.extend(
        withdrawn
            .iter()
            .map(|gone| (number_of(gone.date.as_deref()), plot.tombstone(gone))),
    );
    // Undated rows last, as in the series of averages.
    rows.sort_by_key(|(day, _)| (day.is_none(), *day));
    let body = rows
        .into_iter()
        .fold(String::new(), |body, (_, row)| body + &row);
    format!(
        "<table class=\"forest\">\n<caption>{}</caption>\n{}<tbody>\n{body}</tbody>\n<tfoot>\n{}{}{}</tfoot>\n</table>",
        escape(&plot.caption()),
        plot.head(),
        plot.average(),
        plot.next(),
        plot.axis()
    )
}

/// How the average has moved as results arrived: a table behind a summary, from two results on.
#[must_use]
pub fn movement(pool: &Pool) -> String {
    // Where results depend on each other there is no such series.
    if pool.k < 2 || pool.cumulative.is_empty() {
        return String::new();
    }
    let plot = Plot::of(pool);
    let mut html = format!(
        "<details>\n<summary>How the average has moved as results arrived</summary>\n<table class=\"compact\">\n<caption>{}, pooled after each new result</caption>\n<thead><tr><th scope=\"col\">Result arrived</th><th scope=\"col\" class=\"n\">Results</th><th scope=\"col\" class=\"n\">Average</th><th scope=\"col\" class=\"n\">95% interval</th></tr></thead>\n<tbody>\n",
        escape(&plot.subject()),
    );
    for step in pool.cumulative.iter().filter(|step| step.k >= 2) {
        let when = month(step.date.as_deref()).unwrap_or_else(|| step.label.clone());
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escape(&when),
            step.k,
            plot.bare(step.estimate),
            plot.range(step.lower, step.upper)
        );
    }
    html.push_str("</tbody>\n</table>\n</details>");
    html
}

/// What the rows share: the scale, the axis, and which columns there are.
struct Plot<'a> {
    pool: &'a Pool,
    months: bool,
    precision: Precision,
    from: f64,
    to: f64,
    rungs: bool,
    heaviest: f64,
}

impl<'a> Plot<'a> {
    fn of(pool: &'a Pool) -> Self {
        let question = &pool.question;
        let months = pool.attainment && question.unit.is_none() && !question.lower_is_better;
        let precision = match &question.unit {
            Some(_) => Precision::for_interval(pool.primary().and_then(|p| p.interval.as_ref())),
            None => Precision::HUNDREDTHS,
        };
        // From the places' own intervals: the average's can be very wide with two of them, and is
        // then cut at the edge with an arrow.
        let lowest = pool.studies.iter().map(|s| s.lower).fold(0.0, f64::min);
        let highest = pool.studies.iter().map(|s| s.upper).fold(0.0, f64::max);
        let room = 0.04 * (highest - lowest).max(f64::MIN_POSITIVE);
        let (mut from, mut to) = (lowest - room, highest + room);
        if months {
            // A little beyond "12 or more" there is nothing that the table could say.
            (from, to) = (from.clamp(-1.1, -0.1), to.clamp(0.1, 1.1));
        }
        Self {
            pool,
            months,
            precision,
            from,
            to,
            rungs: pool.studies.iter().any(|s| s.rung.is_some()),
            heaviest: pool.studies.iter().map(|s| s.weight).fold(0.0, f64::max),
        }
    }

    fn caption(&self) -> String {
        format!("{}, with 95% intervals", self.subject())
    }

    fn subject(&self) -> String {
        let outcome = self.pool.question.outcome.as_deref();
        if self.months {
            let at = outcome.map_or_else(String::new, |outcome| format!("{outcome} "));
            return format!("Months of extra {at}progress");
        }
        let at = outcome.map_or_else(String::new, |outcome| format!(" in {outcome}"));
        format!("Difference{at}, in {}", self.unit())
    }

    fn unit(&self) -> &str {
        match &self.pool.question.unit {
            Some(unit) => unit,
            None if self.months => "months",
            None => "standard deviations",
        }
    }

    fn head(&self) -> String {
        let (figures, picture) = if self.months {
            ("Months".to_owned(), "Less progress or more")
        } else {
            (capital(self.unit()), "Lower or higher")
        };
        let place = capital(self.pool.question.one());
        let evidence = self.evidence_cell("th scope=\"col\"", "Evidence");
        format!(
            "<thead><tr><th scope=\"col\">{}</th><th scope=\"col\" class=\"n\">{}</th><th scope=\"col\" class=\"plotcell\">{picture}</th>{evidence}</tr></thead>\n",
            escape(&place),
            escape(&figures)
        )
    }

    fn place(&self, study: &Pooled) -> String {
        let mut drawing = self.row(format!(
            "{}, interval {}; {}% of the average",
            self.figure(study.effect),
            self.range(study.lower, study.upper),
            Precision::WHOLE.write(study.weight)
        ));
        self.interval(&mut drawing, "c-int", study.lower, study.upper);
        // Where results depend on each other, one can weigh against the rest of its place.
        let side = LARGEST * (study.weight.max(0.0) / self.heaviest).sqrt();
        if self.holds(study.effect) {
            drawing.square("c-est", (self.x(study.effect), HEIGHT / 2.0), side.max(4.0));
        }
        let small = [month(study.date.as_deref()), study.pupils.map(pupils)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ");
        self.tr(
            "",
            &study.label,
            &small,
            &self.figures(study.effect, study.lower, study.upper),
            &drawing,
            study.rung,
        )
    }

    fn tombstone(&self, gone: &Withdrawn) -> String {
        let when = month(gone.date.as_deref()).unwrap_or_default();
        format!(
            "<tr class=\"withdrawn\"><th scope=\"row\">{}{}</th><td class=\"n\"><small>withdrawn</small></td><td class=\"plotcell\"><p class=\"small soft\">{}</p></td>{}</tr>\n",
            escape(&gone.label),
            small(&when),
            escape(&gone.why),
            self.evidence_cell("td", "")
        )
    }

    fn average(&self) -> String {
        let interval = self
            .pool
            .primary()
            .and_then(|p| p.interval.map(|i| (p.estimate, i)));
        let Some((estimate, interval)) = interval.filter(|_| self.pool.k > 1) else {
            return String::new();
        };
        let mut drawing = self.row(format!(
            "Diamond: average {}, interval {}",
            self.figure(estimate),
            self.range(interval.lower, interval.upper)
        ));
        let middle = HEIGHT / 2.0;
        let (left, right) = (self.x(interval.lower), self.x(interval.upper));
        drawing.marks.push(Mark::Shape {
            class: "c-pool",
            corners: vec![
                At::new(left, middle),
                At::new(self.x(estimate), middle - 10.0),
                At::new(right, middle),
                At::new(self.x(estimate), middle + 10.0),
            ],
        });
        self.cut(&mut drawing, interval.lower, interval.upper);
        let all: Option<u64> = self.pool.studies.iter().map(|s| s.pupils).sum();
        let of = all.map_or_else(String::new, |n| format!(", {}", pupils(n)));
        self.tr(
            "",
            &match self.pool.k {
                2 => "Both together".to_owned(),
                k => format!("All {k} together"),
            },
            &format!("average effect{of}"),
            &self.figures(estimate, interval.lower, interval.upper),
            &drawing,
            self.pool.evidence.as_ref().map(|e| e.rung),
        )
    }

    fn next(&self) -> String {
        let Some(next) = self
            .pool
            .prediction
            .filter(|_| self.pool.independent() >= PREDICTION_FROM)
        else {
            return String::new();
        };
        let range = self.range(next.lower, next.upper);
        let mut drawing = self.row(format!(
            "Dotted bar: most new {} should fall in the range {range} {}",
            self.pool.question.many(),
            self.unit()
        ));
        self.interval(&mut drawing, "c-pi", next.lower, next.upper);
        for end in [next.lower, next.upper] {
            if self.holds(end) {
                drawing.line("c-zero", (self.x(end), 11.0), (self.x(end), 25.0));
            }
        }
        let label = match self.pool.question.each {
            None => "The next place to try it".to_owned(),
            Some(_) => format!("The next {}", self.pool.question.one()),
        };
        self.tr(
            "",
            &label,
            &format!("most new {}, in this range", self.pool.question.many()),
            &format!("<small>{range}</small>"),
            &drawing,
            None,
        )
    }

    fn axis(&self) -> String {
        let ticks: Vec<Tick> = if self.months {
            month_ticks(self.from, self.to)
        } else {
            round_steps(self.from, self.to)
        };
        let mut drawing = Drawing::new(HEIGHT, "");
        for tick in ticks {
            drawing.words("", (self.x(tick.value), 14.0), Anchor::Middle, tick.words);
        }
        let (less, more) = if self.months {
            ("← less progress", "more progress →")
        } else {
            ("← lower", "higher →")
        };
        drawing.words("", (0.0, 32.0), Anchor::Start, less);
        drawing.words("", (100.0, 32.0), Anchor::End, more);
        let empty = "<td class=\"drop\"></td>";
        format!(
            "<tr class=\"axis\">{empty}{empty}<td class=\"plotcell chart\">{}</td>{}</tr>\n",
            drawing.inline(),
            self.evidence_cell("td", "")
        )
    }

    /// A row's picture with its line at "no difference".
    fn row(&self, label: String) -> Drawing {
        let mut drawing = Drawing::new(HEIGHT, label);
        let nil = self.x(0.0);
        drawing.line("c-nil", (nil, 0.0), (nil, HEIGHT));
        drawing
    }

    fn interval(&self, drawing: &mut Drawing, class: &'static str, lower: f64, upper: f64) {
        let middle = HEIGHT / 2.0;
        drawing.line(class, (self.x(lower), middle), (self.x(upper), middle));
        self.cut(drawing, lower, upper);
    }

    /// An arrow where an interval goes on beyond the edge.
    fn cut(&self, drawing: &mut Drawing, lower: f64, upper: f64) {
        let y = HEIGHT / 2.0 + 4.0;
        if lower < self.from {
            drawing.words("strong halo", (0.5, y), Anchor::Start, "‹");
        }
        if upper > self.to {
            drawing.words("strong halo", (99.0, y), Anchor::End, "›");
        }
    }

    fn holds(&self, value: f64) -> bool {
        (self.from..=self.to).contains(&value)
    }

    fn x(&self, value: f64) -> f64 {
        let share = (value - self.from) / (self.to - self.from);
        SIDE + share.clamp(0.0, 1.0) * (100.0 - 2.0 * SIDE)
    }

    fn tr(
        &self,
        class: &str,
        label: &str,
        under: &str,
        figures: &str,
        drawing: &Drawing,
        rung: Option<u8>,
    ) -> String {
        let class = if class.is_empty() {
            String::new()
        } else {
            format!(" class=\"{class}\"")
        };
        format!(
            "<tr{class}><th scope=\"row\">{}{}</th><td class=\"n\">{figures}</td><td class=\"plotcell chart\">{}</td>{}</tr>\n",
            escape(label),
            small(under),
            drawing.inline(),
            self.evidence_cell("td", &rung.map_or_else(String::new, meter))
        )
    }

    /// A cell of the column of evidence, which is there when any place has a rung.
    fn evidence_cell(&self, tag: &str, inside: &str) -> String {
        if !self.rungs {
            return String::new();
        }
        let name = tag.split(' ').next().unwrap_or(tag);
        format!("<{tag} class=\"drop\">{inside}</{name}>")
    }

    /// The figure and its interval as they stand in a cell.
    fn figures(&self, estimate: f64, lower: f64, upper: f64) -> String {
        format!(
            "<b>{}</b><small>{}</small>",
            self.signed(estimate),
            self.range(lower, upper)
        )
    }

    /// A figure with its sign and unit, for a screen reader.
    fn figure(&self, x: f64) -> String {
        if self.months {
            let months = Months::of(x);
            let sign = match months.months {
                0 => "",
                m if m < 0 => "−",
                _ => "+",
            };
            format!("{sign}{}", months_of(months))
        } else {
            format!("{} {}", self.signed(x), self.unit())
        }
    }

    fn signed(&self, x: f64) -> String {
        if self.months {
            return months_signed(Months::of(x));
        }
        let plus = if self.precision.rounded(x) > 0.0 {
            "+"
        } else {
            ""
        };
        format!("{plus}{}", self.precision.fixed(x))
    }

    fn bare(&self, x: f64) -> String {
        self.signed(x).trim_start_matches('+').to_owned()
    }

    fn range(&self, lower: f64, upper: f64) -> String {
        format!("{} to {}", self.bare(lower), self.bare(upper))
    }
}

/// Ticks where whole months begin on the table: every month, or every second, third or sixth, so that
/// their words have room.
fn month_ticks(from: f64, to: f64) -> Vec<Tick> {
    let room = 0.1 * (to - from);
    let every = [1, 2, 3]
        .into_iter()
        .find(|every| f64::from(*every) * 0.085 >= room)
        .unwrap_or(6);
    let mut ticks: Vec<Tick> = (0_u8..)
        .zip(LOWER_EDGES)
        .filter(|(months, _)| months.is_multiple_of(every))
        .flat_map(|(months, edge)| [(f64::from(months), edge), (-f64::from(months), -edge)])
        .filter(|(_, edge)| (from..=to).contains(edge))
        .map(|(months, value)| Tick {
            value,
            words: Precision::WHOLE.signed(months),
        })
        .collect();
    ticks.sort_by(|a, b| a.value.total_cmp(&b.value));
    ticks.dedup_by(|a, b| a.value == b.value);
    ticks
}

fn small(words: &str) -> String {
    if words.is_empty() {
        String::new()
    } else {
        format!("<small>{}</small>", escape(words))
    }
}

fn pupils(n: u64) -> String {
    format!(
        "{} {}",
        thousands(n),
        if n == 1 { "pupil" } else { "pupils" }
    )
}

/// "Mar 2024".
fn month(date: Option<&str>) -> Option<String> {
    let day = Day::parse(date?)?;
    Some(format!("{} {}", day.short_month(), day.year()))
}

fn number_of(date: Option<&str>) -> Option<i64> {
    date.and_then(Day::parse).map(Day::number)
}

/// A rung with its short word.
fn meter(rung: u8) -> String {
    let word = match rung {
        0 | 1 => "Idea",
        2 => "Early sign",
        3 => "Fair",
        4 => "Good",
        _ => "Strong",
    };
    format!(
        "<span class=\"meter mini\"><span class=\"rungs\" data-rung=\"{rung}\" aria-hidden=\"true\"><i></i><i></i><i></i><i></i><i></i></span><span>{word}</span></span>"
    )
}
