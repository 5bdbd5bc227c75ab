//! The power curve: what size of change trials of each size could notice.
//!
//! Who may call this: the plan's wizard ([`picture`]), files and downloads ([`standalone`]), and the
//! text of a window ([`crate::text::plan`]), which draws the same curve in characters. What must stay
//! true: the scale of changes begins at nothing; sizes are set out by doublings; this trial and what is
//! worth having are named in the picture.

use engine::months::LOWER_EDGES;
use engine::power::{SizePoint, Sizing};
use engine::words::numbers::{Precision, thousands};

use crate::axis::{Tick, round_steps};
use crate::drawing::{Anchor, At, Drawing, Mark};

/// What the picture answers.
pub const QUESTION: &str = "What size of change could you notice?";

/// Height of the picture.
const HEIGHT: f64 = 232.0;
/// Between these the changes lie.
const TOP: f64 = 22.0;
const BOTTOM: f64 = 184.0;
/// Between these the sizes lie, in per cent.
const LEFT: f64 = 9.0;
const RIGHT: f64 = 96.0;
/// Changes beyond this many times this trial's are cut off: they would flatten all the rest.
const HIGHEST: f64 = 2.1;
/// Letters of a line under a file's picture.
const LETTERS: usize = 100;

/// The curve on its two scales, before anybody draws it.
pub(crate) struct PowerCurve<'a> {
    sizing: &'a Sizing,
    pub(crate) points: Vec<SizePoint>,
    /// The largest change on the scale.
    pub(crate) highest: f64,
}

impl<'a> PowerCurve<'a> {
    pub(crate) fn of(sizing: &'a Sizing) -> Self {
        let most = HIGHEST * sizing.here.detectable;
        let points: Vec<SizePoint> = sizing
            .curve
            .iter()
            .filter(|p| p.detectable <= most)
            .copied()
            .collect();
        let highest = points.iter().map(|p| p.detectable).fold(0.0, f64::max);
        Self {
            sizing,
            points,
            highest,
        }
    }

    /// How far along a size lies, 0 to 1, doublings being equally long.
    pub(crate) fn along(&self, point: &SizePoint) -> f64 {
        let [from, to] = [self.points.first(), self.points.last()]
            .map(|p| p.map_or(0.0, |p| float(p.pupils).max(1.0).ln()));
        if to > from {
            (float(point.pupils).max(1.0).ln() - from) / (to - from)
        } else {
            0.5
        }
    }

    /// What is worth having, in standard deviations, where it is on the scale.
    pub(crate) fn worth(&self) -> Option<f64> {
        let effect = self.sizing.asked.effect?.abs();
        (effect > 0.0 && effect <= self.highest).then_some(effect)
    }

    /// Ticks of the changes, in standard deviations, with their words.
    pub(crate) fn changes(&self) -> Vec<Tick> {
        let asked = &self.sizing.asked;
        if asked.attainment {
            let room = self.highest / 5.0;
            let mut last = 0.0;
            let edges = (0_u8..).zip(LOWER_EDGES).skip(1);
            let mut ticks = Vec::new();
            for (months, edge) in edges {
                if edge > self.highest || edge - last < room {
                    continue;
                }
                last = edge;
                ticks.push(Tick {
                    value: edge,
                    words: months.to_string(),
                });
            }
            return ticks;
        }
        let sd = asked.sd.unwrap_or(1.0);
        let top = self.highest * sd;
        let mut ticks: Vec<Tick> = round_steps(0.0, top)
            .into_iter()
            .filter(|tick| tick.value > 0.0)
            .map(|tick| Tick {
                value: tick.value / sd,
                words: tick.words.trim_start_matches('+').to_owned(),
            })
            .collect();
        while ticks.len() > 5 {
            let mut number = 0;
            ticks.retain(|_| {
                number += 1;
                number % 2 == 0
            });
        }
        ticks
    }

    /// What the scale of changes is in.
    pub(crate) fn unit(&self) -> String {
        let asked = &self.sizing.asked;
        match (asked.attainment, asked.sd, asked.unit.as_str()) {
            (true, _, _) => "months".to_owned(),
            (false, Some(_), "") => "points".to_owned(),
            (false, Some(_), unit) => unit.to_owned(),
            (false, None, _) => "standard deviations".to_owned(),
        }
    }

    /// The sizes worth naming under the curve: this trial first, then the table's where there is room.
    pub(crate) fn sizes(&self) -> Vec<SizePoint> {
        let mut named = vec![self.sizing.here];
        for point in &self.sizing.table {
            let apart = |other: &SizePoint| (self.along(other) - self.along(point)).abs() > 0.13;
            if (0.0..=1.0).contains(&self.along(point)) && named.iter().all(apart) {
                named.push(*point);
            }
        }
        named
    }

    /// A size as a bare number: clusters where whole ones are drawn.
    pub(crate) fn figure(&self, point: &SizePoint) -> String {
        thousands(match point.clusters {
            0 => point.pupils,
            n => n,
        })
    }

    /// What the sizes count.
    pub(crate) fn counts(&self) -> String {
        match self.sizing.here.clusters {
            0 => "pupils in both groups together".to_owned(),
            n => format!(
                "classes or schools, {} pupils each",
                Precision::WHOLE.write(float(self.sizing.here.pupils) / float(n))
            ),
        }
    }
}

/// The picture alone, with its words for a screen reader, as it stands in a page.
#[must_use]
pub fn picture(sizing: &Sizing) -> String {
    format!("<div class=\"chart\">{}</div>", layout(sizing).inline())
}

/// The picture as an SVG file of its own, with the sentence under it.
#[must_use]
pub fn standalone(sizing: &Sizing) -> String {
    let mut drawing = layout(sizing);
    let said = std::iter::once(sizing.headline.as_str())
        .chain(sizing.what_if.iter().map(|w| w.says.as_str()));
    for line in said.flat_map(|sentence| textwrap::wrap(sentence, LETTERS)) {
        drawing.height += 20.0;
        drawing.words("", (0.0, drawing.height), Anchor::Start, line);
    }
    drawing.height += 4.0;
    drawing.standalone(QUESTION)
}

/// The curve in a sentence.
#[must_use]
pub fn in_words(sizing: &Sizing) -> String {
    let curve = PowerCurve::of(sizing);
    let (Some(least), Some(most)) = (curve.points.first(), curve.points.last()) else {
        return sizing.headline.clone();
    };
    format!(
        "The curve falls from {} with {} to {} with {}. {}",
        sizing.change(least.detectable),
        sizing.who(least),
        sizing.change(most.detectable),
        sizing.who(most),
        sizing.headline
    )
}

fn layout(sizing: &Sizing) -> Drawing {
    let curve = PowerCurve::of(sizing);
    let mut drawing = Drawing::new(HEIGHT, in_words(sizing));
    let x = |p: &SizePoint| LEFT + curve.along(p) * (RIGHT - LEFT);
    let y = |g: f64| BOTTOM - g / curve.highest * (BOTTOM - TOP);

    for tick in curve.changes() {
        let at = y(tick.value);
        drawing.line("c-grid", (0.0, at), (100.0, at));
        drawing.words("", (0.0, at - 3.0), Anchor::Start, tick.words);
    }
    drawing.words("", (0.0, 12.0), Anchor::Start, curve.unit());
    drawing.line("c-nil", (0.0, BOTTOM), (100.0, BOTTOM));

    if let Some(worth) = curve.worth() {
        let at = y(worth);
        drawing.line("c-worth", (0.0, at), (100.0, at));
        let words = format!("worth having: {}", sizing.change(worth));
        drawing.words("target halo", (100.0, at - 5.0), Anchor::End, words);
    }
    drawing.marks.push(Mark::Path {
        class: "c-line",
        through: curve
            .points
            .iter()
            .map(|p| At::new(x(p), y(p.detectable)))
            .collect(),
    });
    let named = curve.sizes();
    for (number, point) in named.iter().enumerate() {
        let (at, this) = (x(point), number == 0);
        drawing.line("c-note", (at, BOTTOM), (at, BOTTOM + 5.0));
        drawing.words(
            if this { "strong halo" } else { "halo" },
            (at, BOTTOM + 19.0),
            Anchor::Middle,
            curve.figure(point),
        );
        if !this {
            drawing.dot("c-dot", (at, y(point.detectable)), 4.0);
        }
    }
    let here = &sizing.here;
    drawing.dot("c-pool", (x(here), y(here.detectable)), 6.0);
    drawing.words(
        "strong halo",
        (x(here) + 1.6, y(here.detectable) - 8.0),
        Anchor::Start,
        sizing.change(here.detectable),
    );
    drawing.words("", (LEFT, HEIGHT - 8.0), Anchor::Start, curve.counts());
    drawing
}

pub(crate) fn float(n: u64) -> f64 {
    engine::count::count_u64(n)
}
