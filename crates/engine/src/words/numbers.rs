//! Numbers in words: the one way in which sentences, tables, reports and pages write them.
//!
//! Who may call this: everybody who prints a number for people. What must stay true: a sentence and
//! its table agree, because both ask here; a negative number has a minus sign (−), a range says "to";
//! no number has more digits than its uncertainty bears.

use crate::evaluation::Interval;
use crate::months::Months;

/// How many decimals a measure is written with.
///
/// Whole numbers where the interval reaches 5 or more to each side, otherwise one decimal. Only a
/// measure so fine that one decimal would hide its whole interval (such as attendance as a share of
/// 1) is written with as many as show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Precision {
    decimals: usize,
}

impl Default for Precision {
    fn default() -> Self {
        Self::TENTHS
    }
}

impl Precision {
    /// Whole numbers.
    pub const WHOLE: Self = Self { decimals: 0 };
    /// One decimal, for measures.
    pub const TENTHS: Self = Self { decimals: 1 };
    /// Two decimals, for effect sizes in standard deviations.
    pub const HUNDREDTHS: Self = Self { decimals: 2 };
    /// Three decimals, for p-values and variances in a table of methods.
    pub const THOUSANDTHS: Self = Self { decimals: 3 };

    /// For an estimate whose interval reaches `half` to each side.
    #[must_use]
    pub fn for_width(half: f64) -> Self {
        let half = half.abs();
        if !half.is_finite() || half >= 5.0 {
            return Self::WHOLE;
        }
        let mut decimals = 1;
        let mut step = 0.1;
        while half < 2.0 * step && decimals < 6 && half > 0.0 {
            decimals += 1;
            step /= 10.0;
        }
        Self { decimals }
    }

    /// For an estimate with this interval; one decimal without.
    #[must_use]
    pub fn for_interval(interval: Option<&Interval>) -> Self {
        interval.map_or(Self::TENTHS, |i| Self::for_width(0.5 * (i.upper - i.lower)))
    }

    /// Writes a number: "3", "2.4", "−0.5"; a decimal of 0 is left out, and nothing is ever "−0".
    ///
    /// ```
    /// use difference_engine::words::numbers::Precision;
    /// assert_eq!(Precision::TENTHS.write(-1.96), "−2");
    /// assert_eq!(Precision::TENTHS.write(5.64), "5.6");
    /// assert_eq!(Precision::TENTHS.write(-0.04), "0");
    /// ```
    #[must_use]
    pub fn write(self, x: f64) -> String {
        let text = self.fixed(x);
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    }

    /// Writes a number with all its decimals, so that a column lines up: "3.0", "−0.5".
    #[must_use]
    pub fn fixed(self, x: f64) -> String {
        if !x.is_finite() {
            return "unknown".to_owned();
        }
        // Half a step is rounded away from zero, as people do. The allowance keeps a number such as
        // 0.285, stored a hair below, where its reader sees it.
        let decimals = self.decimals;
        let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
        let steps = (x.abs() * scale * (1.0 + 4.0 * f64::EPSILON)).round();
        let text = format!("{:.decimals$}", steps / scale);
        let text = match text.split_once('.') {
            Some((whole, part)) => format!("{}.{part}", grouped(whole)),
            None => grouped(&text),
        };
        if x < 0.0 && steps > 0.0 {
            format!("−{text}")
        } else {
            text
        }
    }

    /// Writes a difference with its sign: "+3", "−1.9", "0".
    #[must_use]
    pub fn signed(self, x: f64) -> String {
        let text = self.write(x);
        if x > 0.0 && text != "0" {
            format!("+{text}")
        } else {
            text
        }
    }

    /// Writes a range: "0.4 to 5.6".
    #[must_use]
    pub fn range(self, lower: f64, upper: f64) -> String {
        format!("{} to {}", self.write(lower), self.write(upper))
    }

    /// The number that is written, as a number: what a sentence compares.
    #[must_use]
    pub fn rounded(self, x: f64) -> f64 {
        let scale = 10_f64.powi(i32::try_from(self.decimals).unwrap_or(0));
        let steps = (x.abs() * scale * (1.0 + 4.0 * f64::EPSILON)).round();
        if steps == 0.0 {
            0.0
        } else {
            steps.copysign(x) / scale
        }
    }
}

/// Digits in threes: "12,345".
fn grouped(digits: &str) -> String {
    let n = digits.chars().count();
    digits
        .chars()
        .enumerate()
        .flat_map(|(i, digit)| {
            let comma = i > 0 && (n - i).is_multiple_of(3);
            comma.then_some(',').into_iter().chain([digit])
        })
        .collect()
}

/// A count: "1,204".
#[must_use]
pub fn thousands(n: u64) -> String {
    grouped(&n.to_string())
}

/// A written number with its unit: "1 point", "2.4 points", "3%", "12 kg".
#[must_use]
pub fn plural(number: &str, unit: &str) -> String {
    if unit == "%" || unit.starts_with('°') {
        return format!("{number}{unit}");
    }
    let one = number == "1" || number == "−1";
    let unit = match unit {
        "percentage points" if one => "percentage point",
        _ if one && unit.ends_with('s') && !unit.ends_with("ss") && unit.chars().count() > 3 => {
            unit.get(..unit.len() - 1).unwrap_or(unit)
        }
        _ => unit,
    };
    format!("{number} {unit}")
}

/// Months without their sign: "3 months", "1 month", "12 or more months".
#[must_use]
pub fn months_of(months: Months) -> String {
    let whole = months.months.unsigned_abs();
    if months.or_more {
        "12 or more months".to_owned()
    } else if whole == 1 {
        "1 month".to_owned()
    } else {
        format!("{whole} months")
    }
}

/// Months with their sign, for a table: "+3", "−1", "0", "+12 or more".
#[must_use]
pub fn months_signed(months: Months) -> String {
    let sign = match months.months {
        0 => "",
        m if m < 0 => "−",
        _ => "+",
    };
    let more = if months.or_more { " or more" } else { "" };
    format!("{sign}{}{more}", months.months.unsigned_abs())
}

/// A p-value: "0.34", "0.003", "0.0007", "under 0.0001".
#[must_use]
pub fn p_value(p: f64) -> String {
    if p < 0.0001 {
        "under 0.0001".to_owned()
    } else if p < 0.001 {
        Precision { decimals: 4 }.write(p)
    } else if p < 0.1 {
        Precision::THOUSANDTHS.write(p)
    } else {
        Precision::HUNDREDTHS.write(p)
    }
}

/// A share as a whole per cent: "97%"; "under 1%" and "over 99%" where rounding would hide somebody.
#[must_use]
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value > 0.0 && value < 0.5 {
        "under 1%".to_owned()
    } else if (99.5..100.0).contains(&value) {
        "over 99%".to_owned()
    } else {
        format!("{}%", Precision::WHOLE.write(value))
    }
}

/// A small count in letters, as sentences write it: "no", "one", "twelve", then "13".
///
/// ```
/// use difference_engine::words::numbers::spelled;
/// assert_eq!(spelled(8), "eight");
/// assert_eq!(spelled(1_204), "1,204");
/// ```
#[must_use]
pub fn spelled(n: u64) -> String {
    const LETTERS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    usize::try_from(n)
        .ok()
        .and_then(|n| LETTERS.get(n))
        .map_or_else(|| thousands(n), |letters| (*letters).to_owned())
}
