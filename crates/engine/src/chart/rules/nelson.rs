//! The rule set `nelson`: eight tests.
//!
//! Nelson (1984), "The Shewhart control chart: tests for special causes", *Journal of Quality
//! Technology* 16:237: one point outside; 9 in a row on one side; 6 rising or falling; 14 up and down
//! in turn; 2 of 3 beyond two thirds of the way to a limit; 4 of 5 beyond a third; 15 within a third; 8
//! beyond a third, on either side. Held to `reference/spc.json`: `seatbelts_drivers_xmr`.

use super::patterns;
use super::zones::Zone;
use super::{Signal, Signals};

/// What each value signals.
#[must_use]
pub fn nelson(values: &[f64], zones: &[Zone]) -> Vec<Signals> {
    let outside: Vec<bool> = zones.iter().map(|z| z.abs() == 4).collect();
    let steps = patterns::steps(values);
    let found = [
        (Signal::Outside, outside),
        (Signal::Trend, patterns::trend(values, 6)),
        (Signal::NearLimit, patterns::beyond(zones, 2, 2, 3)),
        (Signal::FourOfFive, patterns::beyond(zones, 1, 4, 5)),
        (Signal::Side, patterns::side(zones, 9)),
        (Signal::Alternating, patterns::alternating(values, 14)),
        (Signal::Hugging, patterns::hugging(zones, 15)),
        (Signal::Mixture, patterns::mixture(zones, 8)),
    ];
    let mut signals = vec![(0_u16, None); zones.len()];
    for (rule, marks) in &found {
        let trend = marks.iter().skip(1).chain([&false]);
        let later = steps.iter().skip(1).chain([&0]);
        let points = signals.iter_mut().zip(marks).zip(zones);
        for (((signal, mark), zone), ((goes_on, later), step)) in
            points.zip(trend.zip(later).zip(&steps))
        {
            if !mark {
                continue;
            }
            let direction = match rule {
                Signal::Trend if *goes_on => *later,
                Signal::Trend => *step,
                Signal::Alternating | Signal::Hugging | Signal::Mixture => 0,
                _ => zone.signum(),
            };
            signal.0 |= rule.bit();
            signal.1.get_or_insert(direction);
        }
    }
    signals
        .into_iter()
        .map(|(bits, direction)| Signals::new(bits, direction.unwrap_or(0)))
        .collect()
}
