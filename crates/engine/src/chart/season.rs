//! A seasonal measure, compared with the same week or month of earlier years.
//!
//! What each value is compared with is the mean of all earlier years' values of the same ISO week (of
//! the weeks beside it, where holidays moved), or of the same month. Only earlier values count, so what
//! was said of a point is never changed by a later one. Differences from earlier years are then judged
//! as an XmR chart about 0: no difference. A value without an earlier year is drawn and not judged.

use std::collections::BTreeMap;

use super::Season;
use super::soundness::Dated;
use crate::date::Day;

/// What earlier years had in each week or month: their sum and how many.
type Earlier = BTreeMap<u8, (f64, f64)>;

/// Sets what each value is compared with; the series is in the order of time.
pub(super) fn expect(series: &mut [Dated], season: Season) {
    let mut earlier = Earlier::new();
    let mut this_year: Vec<(u8, f64)> = Vec::new();
    let mut now = None;
    for dated in series.iter_mut() {
        let (year, here) = part(dated.day, season);
        if now != Some(year) {
            now = Some(year);
            for (part, value) in this_year.drain(..) {
                let (sum, n) = earlier.entry(part).or_default();
                *sum += value;
                *n += 1.0;
            }
        }
        this_year.push((here, dated.value));
        dated.expected = mean(&earlier, &[here]).or_else(|| match season {
            Season::Week => mean(&earlier, &[here.saturating_sub(1), here + 1]),
            Season::Month => None,
        });
    }
}

fn mean(earlier: &Earlier, parts: &[u8]) -> Option<f64> {
    let (sum, n) = parts
        .iter()
        .filter_map(|part| earlier.get(part))
        .fold((0.0, 0.0), |(sum, n), (s, m)| (sum + s, n + m));
    (n > 0.0).then(|| sum / n)
}

/// The year and the week or month that a day belongs to; week 53 counts as week 52.
fn part(day: Day, season: Season) -> (i32, u8) {
    match season {
        Season::Week => {
            let (year, week) = day.iso_week();
            (year, week.min(52))
        }
        Season::Month => (day.year(), day.month()),
    }
}
