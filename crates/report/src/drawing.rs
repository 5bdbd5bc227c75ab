//! One drawing, two writers: what a chart consists of, and how it becomes SVG.
//!
//! Who may call this: the charts of this crate ([`crate::dots`], the forest plot, the run chart) lay
//! out a [`Drawing`] once; [`Drawing::inline`] writes it into a page and [`Drawing::standalone`] into
//! a file of its own. What must stay true: across is always in per cent of the width and down always
//! in pixels, so a drawing fills any width while its words, dots and strokes keep their size; colour
//! comes from classes alone; every word is escaped here.

use std::fmt::Write as _;

use crate::escape::escape;

/// Width of a drawing that stands alone, in pixels.
pub const WIDTH: f64 = 720.0;
/// White space left and right of a drawing that stands alone, in pixels.
const SIDE: f64 = 20.0;

/// A place in a drawing: across in per cent of the width, down in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At {
    /// Per cent of the width, 0 to 100.
    pub x: f64,
    /// Pixels from the top.
    pub y: f64,
}

impl At {
    /// A place from its two coordinates.
    #[must_use]
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

/// Which end of the words sits on their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// The words begin there.
    #[default]
    Start,
    /// The words are centred on it.
    Middle,
    /// The words end there.
    End,
}

/// One mark of a drawing. `class` is one or more classes of the stylesheet's charts part.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A straight line.
    Line {
        /// Such as `c-zero`.
        class: &'static str,
        /// One end.
        from: At,
        /// The other end.
        to: At,
    },
    /// Words; an empty class for the plain soft ink.
    Words {
        /// Such as `strong halo`.
        class: &'static str,
        /// Where the baseline's anchor is.
        at: At,
        /// Which end is anchored.
        anchor: Anchor,
        /// The words, not escaped.
        words: String,
    },
    /// A round dot.
    Dot {
        /// Such as `c-q on`.
        class: &'static str,
        /// Centre.
        at: At,
        /// Radius in pixels.
        radius: f64,
    },
    /// A square that keeps its shape.
    Square {
        /// Such as `c-est`.
        class: &'static str,
        /// Centre.
        at: At,
        /// Side in pixels.
        side: f64,
    },
    /// A small diamond that keeps its shape (a real concern).
    Diamond {
        /// Such as `c-dot worse`.
        class: &'static str,
        /// Centre.
        at: At,
        /// Half its width in pixels.
        radius: f64,
    },
    /// A filled stretch.
    Band {
        /// Such as `c-band`.
        class: &'static str,
        /// Upper left corner.
        from: At,
        /// Lower right corner.
        to: At,
    },
    /// A line through several places, stretched with the width.
    Path {
        /// Such as `c-line`.
        class: &'static str,
        /// The places in order.
        through: Vec<At>,
    },
    /// A filled shape, stretched with the width (the diamond of an average).
    Shape {
        /// Such as `c-pool`.
        class: &'static str,
        /// Its corners in order.
        corners: Vec<At>,
    },
}

/// A chart, laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// In pixels.
    pub height: f64,
    /// What a screen reader says instead of the picture; empty where words beside it say the same.
    pub label: String,
    /// In painting order.
    pub marks: Vec<Mark>,
}

impl Drawing {
    /// An empty drawing of a height, with its words for a screen reader.
    #[must_use]
    pub fn new(height: f64, label: impl Into<String>) -> Self {
        Self {
            height,
            label: label.into(),
            marks: Vec::new(),
        }
    }

    /// Adds a line.
    pub fn line(&mut self, class: &'static str, from: (f64, f64), to: (f64, f64)) {
        self.marks.push(Mark::Line {
            class,
            from: At::new(from.0, from.1),
            to: At::new(to.0, to.1),
        });
    }

    /// Adds words.
    pub fn words(
        &mut self,
        class: &'static str,
        at: (f64, f64),
        anchor: Anchor,
        words: impl Into<String>,
    ) {
        self.marks.push(Mark::Words {
            class,
            at: At::new(at.0, at.1),
            anchor,
            words: words.into(),
        });
    }

    /// Adds a dot.
    pub fn dot(&mut self, class: &'static str, at: (f64, f64), radius: f64) {
        self.marks.push(Mark::Dot {
            class,
            at: At::new(at.0, at.1),
            radius,
        });
    }

    /// Adds a square.
    pub fn square(&mut self, class: &'static str, at: (f64, f64), side: f64) {
        self.marks.push(Mark::Square {
            class,
            at: At::new(at.0, at.1),
            side,
        });
    }

    /// Adds a small diamond.
    pub fn diamond(&mut self, class: &'static str, at: (f64, f64), radius: f64) {
        self.marks.push(Mark::Diamond {
            class,
            at: At::new(at.0, at.1),
            radius,
        });
    }

    /// Adds a filled stretch.
    pub fn band(&mut self, class: &'static str, from: (f64, f64), to: (f64, f64)) {
        self.marks.push(Mark::Band {
            class,
            from: At::new(from.0, from.1),
            to: At::new(to.0, to.1),
        });
    }

    /// The drawing as SVG inside a page: no viewBox, so that it fills any width.
    #[must_use]
    pub fn inline(&self) -> String {
        let mut svg = String::new();
        let _ = write!(svg, "<svg height=\"{}\"", number(self.height));
        if self.label.is_empty() {
            svg.push_str(" aria-hidden=\"true\">");
        } else {
            let _ = write!(svg, " role=\"img\" aria-label=\"{}\">", escape(&self.label));
        }
        for mark in &self.marks {
            inline_mark(&mut svg, mark, self.height);
        }
        svg.push_str("</svg>");
        svg
    }

    /// The drawing as a file of its own: [`WIDTH`] wide, its title above it, its styles inside.
    #[must_use]
    pub fn standalone(&self, title: &str) -> String {
        let top = 48.0;
        let height = top + self.height + 16.0;
        let mut svg = String::new();
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" aria-labelledby=\"title words\">\
             <title id=\"title\">{}</title><desc id=\"words\">{}</desc><style>{}</style>\
             <rect class=\"c-paper\" width=\"{w}\" height=\"{h}\"/>\
             <text class=\"strong c-title\" x=\"{side}\" y=\"28\">{}</text><g transform=\"translate({side} {top})\">",
            escape(title),
            escape(&self.label),
            standalone_style(),
            escape(title),
            w = number(WIDTH),
            h = number(height),
            side = number(SIDE),
            top = number(top),
        );
        for mark in &self.marks {
            standalone_mark(&mut svg, mark);
        }
        svg.push_str("</g></svg>\n");
        svg
    }
}

/// The chart classes of the stylesheet, for a page that carries its styles inside.
pub const STYLE: &str = include_str!("../assets/drawing.css");

/// What the tokens of [`STYLE`] stand for on paper. Programs that open SVG files know no tokens.
pub const TOKENS: [(&str, &str); 12] = [
    ("--paper", "#fdfdfb"),
    ("--ink", "#17211d"),
    ("--ink-soft", "#4b5752"),
    ("--edge", "#6b7771"),
    ("--better", "#1f5f9f"),
    ("--worse", "#b04a00"),
    ("--steady", "#66716c"),
    ("--band", "#e8ebe5"),
    ("--grid", "#dde1da"),
    ("--mean", "#4b5752"),
    ("--target", "#14463a"),
    (
        "--sans",
        "Hyperlegible, \"Noto Sans\", system-ui, \"Segoe UI\", Roboto, sans-serif",
    ),
];

fn standalone_style() -> String {
    TOKENS
        .iter()
        .fold(STYLE.replace('\n', ""), |style, (token, value)| {
            style.replace(&format!("var({token})"), value)
        })
}

/// A coordinate with as many digits as a screen can show, and no sign on zero.
fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    let shown = format!("{:.2}", if rounded == 0.0 { 0.0 } else { rounded });
    shown.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn percent(value: f64) -> String {
    let shown = number(value);
    if shown == "0" {
        shown
    } else {
        format!("{shown}%")
    }
}

fn anchor_attribute(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    }
}

fn class_attribute(class: &str) -> String {
    if class.is_empty() {
        String::new()
    } else {
        format!(" class=\"{class}\"")
    }
}

fn points(places: &[At], x: impl Fn(f64) -> f64) -> String {
    places
        .iter()
        .map(|at| format!("{},{}", number(x(at.x)), number(at.y)))
        .collect::<Vec<_>>()
        .join(" ")
}

fn inline_mark(svg: &mut String, mark: &Mark, height: f64) {
    let _ = match mark {
        Mark::Line { class, from, to } => write!(
            svg,
            "<line class=\"{class}\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>",
            percent(from.x),
            percent(to.x),
            number(from.y),
            number(to.y)
        ),
        Mark::Words {
            class,
            at,
            anchor,
            words,
        } => write!(
            svg,
            "<text{} x=\"{}\" y=\"{}\"{}>{}</text>",
            class_attribute(class),
            percent(at.x),
            number(at.y),
            anchor_attribute(*anchor),
            escape(words)
        ),
        Mark::Dot { class, at, radius } => write!(
            svg,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            percent(at.x),
            number(at.y),
            number(*radius)
        ),
        Mark::Square { class, at, side } => write!(
            svg,
            "<svg x=\"{}\" y=\"{}\" width=\"1\" height=\"1\"><rect class=\"{class}\" x=\"{o}\" y=\"{o}\" width=\"{s}\" height=\"{s}\"/></svg>",
            percent(at.x),
            number(at.y),
            o = number(-side / 2.0),
            s = number(*side)
        ),
        Mark::Diamond { class, at, radius } => write!(
            svg,
            "<svg x=\"{}\" y=\"{}\" width=\"1\" height=\"1\"><rect class=\"{class}\" x=\"{o}\" y=\"{o}\" width=\"{s}\" height=\"{s}\" transform=\"rotate(45)\"/></svg>",
            percent(at.x),
            number(at.y),
            o = number(-radius),
            s = number(radius * 2.0)
        ),
        Mark::Band { class, from, to } => write!(
            svg,
            "<rect class=\"{class}\" x=\"{}\" width=\"{}\" y=\"{}\" height=\"{}\"/>",
            percent(from.x),
            percent(to.x - from.x),
            number(from.y),
            number(to.y - from.y)
        ),
        Mark::Path { class, through } => write!(
            svg,
            "<svg width=\"100%\" height=\"{h}\" viewBox=\"0 0 100 {h}\" preserveAspectRatio=\"none\"><polyline class=\"{class}\" points=\"{}\"/></svg>",
            points(through, |x| x),
            h = number(height)
        ),
        Mark::Shape { class, corners } => write!(
            svg,
            "<svg width=\"100%\" height=\"{h}\" viewBox=\"0 0 100 {h}\" preserveAspectRatio=\"none\"><polygon class=\"{class}\" points=\"{}\"/></svg>",
            points(corners, |x| x),
            h = number(height)
        ),
    };
}

fn across(percent: f64) -> f64 {
    percent / 100.0 * (WIDTH - 2.0 * SIDE)
}

fn standalone_mark(svg: &mut String, mark: &Mark) {
    let _ = match mark {
        Mark::Line { class, from, to } => write!(
            svg,
            "<line class=\"{class}\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>",
            number(across(from.x)),
            number(across(to.x)),
            number(from.y),
            number(to.y)
        ),
        Mark::Words {
            class,
            at,
            anchor,
            words,
        } => write!(
            svg,
            "<text{} x=\"{}\" y=\"{}\"{}>{}</text>",
            class_attribute(class),
            number(across(at.x)),
            number(at.y),
            anchor_attribute(*anchor),
            escape(words)
        ),
        Mark::Dot { class, at, radius } => write!(
            svg,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            number(across(at.x)),
            number(at.y),
            number(*radius)
        ),
        Mark::Square { class, at, side } => write!(
            svg,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{s}\" height=\"{s}\"/>",
            number(across(at.x) - side / 2.0),
            number(at.y - side / 2.0),
            s = number(*side)
        ),
        Mark::Diamond { class, at, radius } => write!(
            svg,
            "<rect class=\"{class}\" x=\"{o}\" y=\"{o}\" width=\"{s}\" height=\"{s}\" transform=\"translate({} {}) rotate(45)\"/>",
            number(across(at.x)),
            number(at.y),
            o = number(-radius),
            s = number(radius * 2.0)
        ),
        Mark::Band { class, from, to } => write!(
            svg,
            "<rect class=\"{class}\" x=\"{}\" width=\"{}\" y=\"{}\" height=\"{}\"/>",
            number(across(from.x)),
            number(across(to.x - from.x)),
            number(from.y),
            number(to.y - from.y)
        ),
        Mark::Path { class, through } => write!(
            svg,
            "<polyline class=\"{class}\" points=\"{}\"/>",
            points(through, across)
        ),
        Mark::Shape { class, corners } => write!(
            svg,
            "<polygon class=\"{class}\" points=\"{}\"/>",
            points(corners, across)
        ),
    };
}

#[cfg(test)]
mod tests {
    use super::{Anchor, At, Drawing, Mark, TOKENS};

    fn example() -> Drawing {
        let mut drawing = Drawing::new(40.0, "Two dots & a <line>");
        drawing.line("c-zero", (0.0, 2.0), (100.0, 2.0));
        drawing.words("halo", (50.0, 12.5), Anchor::Middle, "a < b");
        drawing.dot("c-q on", (25.0, 20.0), 8.5);
        drawing.square("c-est", (50.0, 20.0), 14.0);
        drawing.diamond("c-dot worse", (75.0, 20.0), 4.0);
        drawing.band("c-band", (10.0, 5.0), (30.0, 15.0));
        drawing.marks.push(Mark::Shape {
            class: "c-pool",
            corners: vec![At::new(10.0, 5.0), At::new(20.0, 0.0), At::new(30.0, 5.0)],
        });
        drawing
    }

    #[test]
    fn a_page_gets_per_cent_across_and_pixels_down() {
        let svg = example().inline();
        assert!(svg.starts_with(
            "<svg height=\"40\" role=\"img\" aria-label=\"Two dots &amp; a &lt;line&gt;\">"
        ));
        assert!(svg.contains("<line class=\"c-zero\" x1=\"0\" x2=\"100%\" y1=\"2\" y2=\"2\"/>"));
        assert!(svg.contains(
            "<text class=\"halo\" x=\"50%\" y=\"12.5\" text-anchor=\"middle\">a &lt; b</text>"
        ));
        assert!(!svg.contains("viewBox=\"0 0 720"));
    }

    #[test]
    fn a_file_of_its_own_needs_no_stylesheet_and_no_tokens() {
        let svg = example().standalone("What difference?");
        assert!(svg.contains("viewBox=\"0 0 720 "));
        assert!(!svg.contains("var(--"), "a token was left in: {svg}");
        assert!(svg.contains("<title id=\"title\">What difference?</title>"));
        assert!(svg.contains("cx=\"170\""));
        assert!(
            !svg.contains('%'),
            "a drawing of a fixed width has no per cent"
        );
        assert!(TOKENS.iter().all(|(token, _)| token.starts_with("--")));
    }
}
