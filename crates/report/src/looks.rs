//! What a pool says to somebody who looks again and again: the verdict, a line for each look, and what it does not say.
//!
//! Who may call this: the writers of this crate, and the practice's page. What must stay true: the verdict is never
//! shown without who is missing; a figure is cut off and never rounded up to a verdict.

use std::fmt::Write as _;

use engine::anytime::evidence;
use engine::date::Day;
use engine::pool::{Pool, PoolLook};
use engine::words::numbers::Precision;

use crate::escape::escape;

/// What is written above it.
pub const HEADING: &str = "However often you look";

/// How to read the lines.
pub const READING: &str = "One line for each day on which results were due. Evidence of 20 or more is called; 1 says nothing either way.";

/// The parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Looks {
    /// The verdict, with who is missing.
    pub says: String,
    /// A line for each look.
    pub lines: Vec<Line>,
    /// What it does not say.
    pub limits: Vec<String>,
}

/// One look.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The day, such as "20 November 2026".
    pub due: String,
    /// Who joined on it, and who did not.
    pub joined: String,
    /// The e-value.
    pub evidence: String,
    /// The confidence sequence; empty before anything has joined.
    pub range: String,
}

impl Looks {
    /// The looks at a pool; none where they were not asked for.
    #[must_use]
    pub fn of(pool: &Pool) -> Option<Self> {
        let sequential = pool.sequential.as_ref()?;
        Some(Self {
            says: sequential.says.clone(),
            lines: sequential.looks.iter().map(line).collect(),
            limits: sequential.limits.clone(),
        })
    }

    /// How to read the lines.
    #[must_use]
    pub fn reading(&self) -> &'static str {
        READING
    }

    /// The lines as a table, in a page.
    #[must_use]
    pub fn table(&self) -> String {
        let rows = self.lines.iter().fold(String::new(), |mut rows, line| {
            let _ = writeln!(
                rows,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                escape(&line.due),
                escape(&line.joined),
                escape(&line.evidence),
                escape(&line.range)
            );
            rows
        });
        format!(
            "<table class=\"compact\">\n<caption>Look by look</caption>\n<thead><tr><th scope=\"col\">Due</th><th scope=\"col\">Joined</th><th scope=\"col\" class=\"n\">Evidence</th><th scope=\"col\" class=\"n\">Range</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
        )
    }

    /// What it does not say, as a list in a page.
    #[must_use]
    pub fn list(&self) -> String {
        let items = self.limits.iter().fold(String::new(), |mut items, item| {
            let _ = write!(items, "<li>{}</li>", escape(item));
            items
        });
        format!("<ul class=\"flow\">{items}</ul>\n")
    }
}

fn line(look: &PoolLook) -> Line {
    let day = look.due.as_deref().and_then(Day::parse);
    let missing =
        (!look.missing.is_empty()).then(|| format!("not reported: {}", look.missing.join(", ")));
    let joined = (!look.joined.is_empty()).then(|| look.joined.join(", "));
    let range = match (look.seen.lower, look.seen.upper) {
        (Some(lower), Some(upper)) => format!(
            "{} to {}",
            Precision::HUNDREDTHS.fixed(lower),
            Precision::HUNDREDTHS.fixed(upper)
        ),
        _ => String::new(),
    };
    Line {
        due: day.map_or_else(|| "No date".to_owned(), |day| day.to_string()),
        joined: [joined, missing]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("; "),
        evidence: evidence(look.seen.e_value),
        range,
    }
}
