//! Intervals in characters, for a window or a printer that draws nothing else.
//!
//! Who may call this: [`crate::text`] and [`crate::markdown`]. What must stay true: it reads without
//! colour, and it is the same axis as the drawn one.

use engine::evaluation::Evaluation;

use crate::axis::Axis;
use crate::dots::ends;
use crate::pooled::{Pooling, Span};
use crate::told::Told;

/// The plot's lines, `columns` wide; none where the design bears no interval.
#[must_use]
pub fn interval(evaluation: &Evaluation, columns: usize) -> Option<Vec<String>> {
    let told = Told::of(evaluation)?;
    let axis = Axis::of(&told);
    let at = |value: f64| column(axis.position(value), columns);
    let nothing = at(0.0);
    let mut rows = Vec::new();

    let worth = told.worth_having().zip(told.worthwhile);
    if let Some((value, size)) = worth {
        let mut row = Row::new(columns);
        row.near(
            at(value),
            &format!("worth having: {}", told.with_unit(size)),
        );
        rows.push(row.end());
    }
    let mut row = Row::new(columns);
    // Away from what is worth having, as in the drawing.
    let aside = told.worth_having().unwrap_or(told.estimate) >= 0.0;
    if aside {
        row.ending(nothing, "no difference");
    } else {
        row.near(nothing, "no difference");
    }
    if let Some((value, _)) = worth {
        row.put(at(value), '┊');
    }
    rows.push(row.end());

    let (lower, best, upper) = (at(told.lower), at(told.estimate), at(told.upper));
    for interval_row in [false, true] {
        let mut row = Row::new(columns);
        row.put(nothing, '│');
        if let Some((value, _)) = worth {
            row.put(at(value), '┊');
        }
        if interval_row {
            for place in lower..=upper {
                row.put(place, '─');
            }
            row.put(lower, '├');
            row.put(upper, '┤');
            if told.lower < 0.0 && told.upper > 0.0 {
                row.put(nothing, '┼');
            }
            row.put(best, '■');
        }
        rows.push(row.end());
    }

    let mut row = Row::new(columns);
    let [low, middle, high] =
        [told.lower, told.estimate, told.upper].map(|value| told.figure(value));
    let wide = |words: &String| words.chars().count();
    let apart = |a: usize, b: usize, words: usize| b.saturating_sub(a) > words + 1;
    if apart(lower, best, wide(&low).max(wide(&middle)))
        && apart(best, upper, wide(&high).max(wide(&middle)))
    {
        row.centred(best, &middle);
        row.centred(lower, &low);
        row.centred(upper, &high);
    } else {
        // Too near each other for a figure each.
        row.centred(best, &format!("{middle} ({low} to {high})"));
    }
    rows.push(row.end());

    let (left, right) = ends(&told);
    let mut row = Row::new(columns);
    row.write(0, &format!("← {left}"));
    let right = format!("{right} →");
    row.write(columns.saturating_sub(right.chars().count()), &right);
    rows.push(row.end());
    Some(rows)
}

fn column(percent: f64, columns: usize) -> usize {
    let last = u32::try_from(columns.saturating_sub(1)).map_or(0.0, f64::from);
    let wanted = (percent / 100.0 * last).round();
    (0..columns)
        .find(|place| u32::try_from(*place).map_or(f64::MAX, f64::from) >= wanted)
        .unwrap_or_default()
}

/// A line of characters that words are put into.
struct Row {
    cells: Vec<char>,
}

impl Row {
    fn new(columns: usize) -> Self {
        Self {
            cells: vec![' '; columns],
        }
    }

    fn put(&mut self, at: usize, mark: char) {
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = mark;
        }
    }

    /// Writes words from a column on, unless something already stands there or beside them.
    fn write(&mut self, from: usize, words: &str) {
        let length = words.chars().count();
        let from = from.min(self.cells.len().saturating_sub(length));
        let around = from.saturating_sub(1)..(from + length + 1).min(self.cells.len());
        let free = self
            .cells
            .get(around)
            .is_some_and(|cells| cells.iter().all(|cell| *cell == ' '));
        if free {
            for (place, letter) in (from..).zip(words.chars()) {
                self.put(place, letter);
            }
        }
    }

    fn centred(&mut self, at: usize, words: &str) {
        self.write(at.saturating_sub(words.chars().count() / 2), words);
    }

    /// Writes words that begin at a column, or that end there where they would not fit.
    fn near(&mut self, at: usize, words: &str) {
        let length = words.chars().count();
        if at + length <= self.cells.len() {
            self.write(at, words);
        } else {
            self.ending(at, words);
        }
    }

    /// Writes words that end at a column.
    fn ending(&mut self, at: usize, words: &str) {
        self.write((at + 1).saturating_sub(words.chars().count()), words);
    }

    fn end(self) -> String {
        self.cells
            .into_iter()
            .collect::<String>()
            .trim_end()
            .to_owned()
    }
}

/// A forest in characters: a line for each place, for the average and for the next place to try it.
#[must_use]
pub fn forest(pooling: &Pooling, width: usize) -> Vec<String> {
    let mut rows: Vec<(String, Span, String, char)> = pooling
        .places
        .iter()
        .map(|place| (place.label.clone(), place.span, place.span.figure(), '■'))
        .collect();
    if let Some(average) = pooling.average {
        rows.push(("On average".to_owned(), average, average.figure(), '◆'));
    }
    if let Some(next) = pooling.next {
        rows.push((pooling.next_label(), next, String::new(), '┄'));
    }
    let lowest = rows
        .iter()
        .map(|(_, span, ..)| span.lower)
        .fold(0.0, f64::min);
    let highest = rows
        .iter()
        .map(|(_, span, ..)| span.upper)
        .fold(0.0, f64::max);
    let reach = if highest > lowest {
        highest - lowest
    } else {
        1.0
    };

    let wide = |words: &String| words.chars().count();
    let labels = rows
        .iter()
        .map(|(label, ..)| wide(label))
        .max()
        .unwrap_or(0)
        .min(28);
    let figures = rows
        .iter()
        .map(|(_, _, figure, _)| wide(figure))
        .max()
        .unwrap_or(0);
    let ranges = rows
        .iter()
        .map(|(_, span, ..)| wide(&span.range()))
        .max()
        .unwrap_or(0);
    let columns = width
        .saturating_sub(labels + figures + ranges + 6)
        .clamp(12, 60);
    let at = |value: f64| column((value - lowest) / reach * 100.0, columns);

    rows.into_iter()
        .map(|(label, span, figure, mark)| {
            let mut row = Row::new(columns);
            row.put(at(0.0), '│');
            let (lower, best, upper) = (at(span.lower), at(span.estimate), at(span.upper));
            let line = if mark == '┄' { '┄' } else { '─' };
            for place in lower..=upper {
                row.put(place, line);
            }
            row.put(lower, '├');
            row.put(upper, '┤');
            if span.lower < 0.0 && span.upper > 0.0 {
                row.put(at(0.0), '┼');
            }
            if mark != '┄' {
                row.put(best, mark);
            }
            let label: String = label.chars().take(labels).collect();
            format!(
                "{label:<labels$}  {:<columns$}  {figure:>figures$}  {:>ranges$}",
                row.end(),
                span.range()
            )
        })
        .collect()
}
