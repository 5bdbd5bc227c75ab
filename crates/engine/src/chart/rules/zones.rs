//! How far a value is from the centre, in thirds of the way to its limit.

/// ±1 up to a third of the way to the limit, ±2 up to two thirds, ±3 up to the limit, ±4 outside; above
/// the centre positive, below it negative, on it 0.
pub type Zone = i8;

/// Where each value lies between limits `reach` above and below the centre.
///
/// ```
/// use difference_engine::chart::rules::zones;
/// assert_eq!(zones(&[10.0, 10.5, 8.5, 12.5, 14.0], 10.0, 3.0), [0, 1, -2, 3, 4]);
/// ```
#[must_use]
pub fn zones(values: &[f64], centre: f64, reach: f64) -> Vec<Zone> {
    let (third, two_thirds) = (reach / 3.0, 2.0 * (reach / 3.0));
    let up = [centre, centre + third, centre + two_thirds, centre + reach];
    let down = [centre, centre - third, centre - two_thirds, centre - reach];
    values
        .iter()
        .map(|value| between(*value, up, down))
        .collect()
}

/// The same for one value, whose limits may be its own.
#[must_use]
pub fn zone(value: f64, centre: f64, reach: f64) -> Zone {
    let (third, two_thirds) = (reach / 3.0, 2.0 * (reach / 3.0));
    between(
        value,
        [centre, centre + third, centre + two_thirds, centre + reach],
        [centre, centre - third, centre - two_thirds, centre - reach],
    )
}

/// Counts the lines that a value is beyond.
fn between(value: f64, up: [f64; 4], down: [f64; 4]) -> Zone {
    let above = up.map(|line| i8::from(value > line));
    let below = down.map(|line| i8::from(value < line));
    above.into_iter().sum::<i8>() - below.into_iter().sum::<i8>()
}
