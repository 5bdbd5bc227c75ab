//! Where each mark of a run chart goes: x in per cent by the order of the values, y in pixels.

use engine::chart::cadence::Cadence;
use engine::chart::figures::Figures;
use engine::chart::{Chart, News, Phase};
use engine::date::Day;

use crate::drawing::{Anchor, At, Drawing, Mark};

/// Height of the picture.
const HEIGHT: f64 = 170.0;
/// Between these the values lie; above are the names of changes, below the dates.
const TOP: f64 = 34.0;
const BOTTOM: f64 = 144.0;
/// Between these the points lie; left of them the scale, right the newest value.
const LEFT: f64 = 10.0;
const RIGHT: f64 = 88.0;
/// How far a band reaches past its points.
const PAST: f64 = 1.2;

/// The vertical scale.
struct Scale {
    from: f64,
    to: f64,
}

impl Scale {
    fn of(chart: &Chart, ranges: &[Option<(f64, f64)>]) -> Self {
        let values = chart.points.iter().map(|p| p.value);
        let limits = ranges
            .iter()
            .flatten()
            .flat_map(|(low, high)| [*low, *high]);
        let all: Vec<f64> = values.chain(limits).chain(chart.question.target).collect();
        let lowest = all.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let span = highest - lowest;
        // A series that never moves still lies in the middle of something.
        let room = if span > 0.0 {
            0.04 * span
        } else {
            lowest.abs().max(1.0) * 0.1
        };
        Self {
            from: lowest - room,
            to: highest + room,
        }
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (value - self.from) / (self.to - self.from) * (BOTTOM - TOP)
    }

    /// Two to four round values, and the step between them.
    fn ticks(&self) -> (Vec<f64>, f64) {
        let span = self.to - self.from;
        let power = 10_f64.powf((span / 4.0).log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0, 20.0]
            .into_iter()
            .map(|times| times * power)
            .find(|step| span / step <= 4.0)
            .unwrap_or(span);
        let first = (self.from / step).ceil();
        let ticks = (0..4)
            .map(|i| (first + f64::from(i)) * step)
            .take_while(|tick| *tick <= self.to)
            .collect();
        (ticks, step)
    }
}

/// The picture.
pub(super) fn layout(chart: &Chart, words: &str) -> Drawing {
    let figures = Figures::of(chart);
    let ranges = ranges(chart, &figures);
    let scale = Scale::of(chart, &ranges);
    let places = places(chart);
    let mut drawing = Drawing::new(HEIGHT, words);

    grid(&mut drawing, chart, &scale, &figures);
    bands(&mut drawing, chart, &ranges, &scale, &places);
    target(&mut drawing, chart, &scale, &figures);
    changes(&mut drawing, chart, &places);
    drawing.marks.push(Mark::Path {
        class: "c-line",
        through: chart
            .points
            .iter()
            .zip(&places)
            .map(|(point, x)| At::new(*x, scale.y(point.value)))
            .collect(),
    });
    dots(&mut drawing, chart, &scale, &places);
    if let (Some(newest), Some(x)) = (chart.points.last(), places.last()) {
        let y = scale.y(newest.value);
        // Beside the dot, or clear of the target's line.
        let below = match chart.question.target.map(|target| scale.y(target) - y) {
            Some(target) if (-12.0..=2.0).contains(&target) => 17.0,
            Some(target) if (2.0..=12.0).contains(&target) => -8.0,
            _ => 5.0,
        };
        drawing.words(
            "strong halo",
            (x + 2.0, y + below),
            Anchor::Start,
            figures.short(newest.value),
        );
    }
    dates(&mut drawing, chart, &places);
    drawing
}

/// The limits that each phase is judged by: its own, or until it has some the ones before it.
fn ranges(chart: &Chart, figures: &Figures) -> Vec<Option<(f64, f64)>> {
    let mut carried = None;
    chart
        .phases
        .iter()
        .map(|phase| {
            carried = figures.usual_range(phase).or(carried);
            carried
        })
        .collect()
}

/// Where each point lies across.
fn places(chart: &Chart) -> Vec<f64> {
    let n = chart.points.len();
    let steps = u32::try_from(n.saturating_sub(1)).map_or(1.0, f64::from);
    (0_u32..)
        .take(n)
        .map(|i| {
            if n == 1 {
                (LEFT + RIGHT) / 2.0
            } else {
                LEFT + (RIGHT - LEFT) * f64::from(i) / steps
            }
        })
        .collect()
}

/// Where a phase begins and ends across.
fn stretch(chart: &Chart, phase: &Phase, places: &[f64]) -> Option<(f64, f64)> {
    let mut inside = chart
        .points
        .iter()
        .zip(places)
        .filter(|(point, _)| point.date >= phase.from && point.date <= phase.to)
        .map(|(_, x)| *x);
    let first = inside.next()?;
    Some((first, inside.next_back().unwrap_or(first)))
}

fn grid(drawing: &mut Drawing, chart: &Chart, scale: &Scale, figures: &Figures) {
    let target = chart.question.target.map(|target| scale.y(target));
    let (ticks, step) = scale.ticks();
    for tick in ticks {
        let y = scale.y(tick);
        // The target's own line and words stand where they would touch the grid's.
        if target.is_some_and(|target| (target - y).abs() < 12.0) {
            continue;
        }
        drawing.line("c-grid", (0.0, y), (100.0, y));
        drawing.words("", (0.0, y - 4.0), Anchor::Start, figures.tick(tick, step));
    }
}

fn bands(
    drawing: &mut Drawing,
    chart: &Chart,
    ranges: &[Option<(f64, f64)>],
    scale: &Scale,
    places: &[f64],
) {
    let mut old = None;
    for (phase, range) in chart.phases.iter().zip(ranges) {
        let (Some((from, to)), Some((lower, upper))) = (stretch(chart, phase, places), *range)
        else {
            continue;
        };
        let (from, to) = (from - PAST, to + PAST);
        drawing.band("c-band", (from, scale.y(upper)), (to, scale.y(lower)));
        let mut mean = |centre: f64| {
            let y = scale.y(centre);
            drawing.line("c-mean", (from, y), (to, y));
        };
        mean(phase.centre);
        // Until a phase has limits of its own, the average that it is judged by stays in sight.
        match (phase.lower, old) {
            (None, Some(centre)) => mean(centre),
            _ => old = Some(phase.centre),
        }
    }
}

fn target(drawing: &mut Drawing, chart: &Chart, scale: &Scale, figures: &Figures) {
    let Some(target) = chart.question.target else {
        return;
    };
    let y = scale.y(target);
    drawing.line("c-target", (7.0, y), (100.0, y));
    // The words stand on the side where the values are not.
    let values_below = chart.points.last().is_none_or(|p| p.value <= target);
    let words_y = if values_below { y - 6.0 } else { y + 15.0 };
    drawing.words(
        "target halo",
        (LEFT, words_y),
        Anchor::Start,
        format!("target {}", figures.short_target(target)),
    );
}

fn changes(drawing: &mut Drawing, chart: &Chart, places: &[f64]) {
    let mut before: Option<f64> = None;
    let mut row = 0_u8;
    for phase in &chart.phases {
        let Some((from, to)) = stretch(chart, phase, places) else {
            continue;
        };
        if let (Some(why), Some(before)) = (&phase.why, before) {
            let x = (before + from) / 2.0;
            drawing.line("c-note", (x, 8.0), (x, BOTTOM));
            let on_the_left = x > 50.0;
            let (anchor, at, room) = if on_the_left {
                (Anchor::End, x - PAST, x)
            } else {
                (Anchor::Start, x + PAST, 100.0 - x)
            };
            let y = if row.is_multiple_of(2) { 16.0 } else { 30.0 };
            drawing.words("halo", (at, y), anchor, fitting(why, room));
            row += 1;
        }
        before = Some(to);
    }
}

/// As much of a change's name as a phone has room for in so many per cent of the width.
fn fitting(why: &str, room: f64) -> String {
    // About 6.6 pixels a letter, 300 pixels across the smallest phone.
    let mut letters = 0.0;
    let mut fits = String::new();
    for letter in why.chars() {
        letters += 1.0;
        if letters * 6.6 > room * 3.0 {
            return format!("{}…", fits.trim_end());
        }
        fits.push(letter);
    }
    fits
}

fn dots(drawing: &mut Drawing, chart: &Chart, scale: &Scale, places: &[f64]) {
    let last = chart.points.len().saturating_sub(1);
    for (i, (point, x)) in chart.points.iter().zip(places).enumerate() {
        let at = (*x, scale.y(point.value));
        let radius = if i == last { 5.0 } else { 3.5 };
        match point.news {
            News::Ordinary => drawing.dot("c-dot", at, radius),
            News::Improvement => drawing.dot("c-dot better", at, radius),
            News::Concern => drawing.diamond("c-dot worse", at, radius - 0.2),
        }
    }
}

fn dates(drawing: &mut Drawing, chart: &Chart, places: &[f64]) {
    let days: Vec<Option<Day>> = chart.points.iter().map(|p| Day::parse(&p.date)).collect();
    let known: Vec<Day> = days.iter().flatten().copied().collect();
    let cadence = Cadence::of(&known);
    let several_years = known.first().map(|d| d.year()) != known.last().map(|d| d.year());
    let y = HEIGHT - 4.0;
    let mut write = |i: usize, x: f64, anchor: Anchor| {
        if let Some(Some(day)) = days.get(i) {
            drawing.words("", (x, y), anchor, short(*day, cadence, several_years));
        }
    };
    if places.len() == 1 {
        write(0, (LEFT + RIGHT) / 2.0, Anchor::Middle);
        return;
    }
    write(0, LEFT - 1.5, Anchor::Start);
    write(places.len().saturating_sub(1), RIGHT + 1.5, Anchor::End);
    // A change's day, where there is room between the ends and the others.
    let apart = if several_years { 30.0 } else { 20.0 };
    let mut taken = vec![LEFT, RIGHT];
    for phase in chart.phases.iter().skip(1) {
        let at = chart.points.iter().position(|p| p.date == phase.from);
        if let Some((i, x)) = at.and_then(|i| places.get(i).map(|x| (i, *x)))
            && taken.iter().all(|other| (x - other).abs() >= apart)
        {
            write(i, x, Anchor::Middle);
            taken.push(x);
        }
    }
}

/// A day in few letters: "20 Apr", "Jun" in a monthly series, with its year where there are several.
pub(super) fn short(day: Day, cadence: Cadence, with_year: bool) -> String {
    let month = day.short_month();
    match (cadence, with_year) {
        (Cadence::Year, _) => day.year().to_string(),
        (Cadence::Month | Cadence::Term, false) => month.to_owned(),
        (Cadence::Month | Cadence::Term, true) => format!("{month} {}", day.year()),
        (_, false) => format!("{} {month}", day.day()),
        (_, true) => format!("{} {month} {}", day.day(), day.year()),
    }
}
