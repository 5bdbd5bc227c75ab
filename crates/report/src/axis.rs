//! The line that an effect is drawn along: its ends, its ticks and where a value sits.
//!
//! Who may call this: the effect dots and the plot in characters, which share one axis; the forest
//! plot for its round steps.

use engine::months::LOWER_EDGES;
use engine::words::Scale;
use engine::words::numbers::Precision;

use crate::told::Told;

/// A tick and its words.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// On the drawn scale.
    pub value: f64,
    /// Such as "+2".
    pub words: String,
}

/// A line from one value to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The value at the left end.
    pub from: f64,
    /// The value at the right end.
    pub to: f64,
    /// In order.
    pub ticks: Vec<Tick>,
}

/// White space left and right of the line, in per cent.
const SIDE: f64 = 2.0;

impl Axis {
    /// An axis that holds nothing, what is worth having and the whole interval.
    #[must_use]
    pub fn of(told: &Told) -> Self {
        let worth = told.worth_having().unwrap_or(0.0);
        let lowest = told.lower.min(0.0).min(worth);
        let highest = told.upper.max(0.0).max(worth);
        let span = if highest > lowest {
            highest - lowest
        } else {
            1.0
        };
        // The words “no difference” stand beside their line, away from what is worth having.
        let room = |free: bool| if free { 0.24 } else { 0.12 };
        let left = worth > 0.0 || (worth == 0.0 && told.estimate >= 0.0);
        let from = lowest - room(left && lowest > -0.12 * span) * span;
        let to = highest + room(!left && highest < 0.12 * span) * span;
        let ticks = match told.scale {
            Scale::Months => month_edges(from, to),
            _ => round_steps(from, to),
        };
        Self { from, to, ticks }
    }

    /// Where a value sits, in per cent of the width.
    #[must_use]
    pub fn position(&self, value: f64) -> f64 {
        let share = (value - self.from) / (self.to - self.from);
        SIDE + share.clamp(0.0, 1.0) * (100.0 - 2.0 * SIDE)
    }
}

/// Ticks where each whole month begins on the table, thinned until their words have room.
fn month_edges(from: f64, to: f64) -> Vec<Tick> {
    let room = 0.05 * (to - from);
    let mut ticks = vec![Tick {
        value: 0.0,
        words: "0".to_owned(),
    }];
    for sign in [1.0, -1.0] {
        let mut last: f64 = 0.0;
        for (months, edge) in (0_u8..).zip(LOWER_EDGES).skip(1) {
            let value = sign * edge;
            if value < from || value > to || edge - last < room {
                continue;
            }
            last = edge;
            let figure = Precision::WHOLE.signed(sign * f64::from(months));
            ticks.push(Tick {
                value,
                words: figure,
            });
        }
    }
    ticks.sort_by(|a, b| a.value.total_cmp(&b.value));
    ticks
}

/// Ticks at round steps (1, 2 or 5 times a power of ten), 5 to 8 of them.
pub fn round_steps(from: f64, to: f64) -> Vec<Tick> {
    let rough = (to - from) / 6.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .iter()
        .map(|times| times * power)
        .find(|step| *step >= rough)
        .unwrap_or(power);
    // A step is never finer than its last digit: 0.2 has one decimal, 0.05 two.
    let precision = Precision::for_width(2.0 * step.min(1.0));
    let first = (from / step).ceil();
    (0..=12)
        .map(|i| (first + f64::from(i)) * step)
        .take_while(|value| *value <= to)
        .map(|value| Tick {
            value,
            words: precision.signed(value),
        })
        .collect()
}
