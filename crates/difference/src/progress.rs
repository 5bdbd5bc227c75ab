//! Long work on a terminal: what is going on and how long it still takes; silent in a pipe.
//!
//! What must stay true: only standard error is written to, and nothing is left on the screen.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that may take a while.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Begins to show; nothing appears for work that is done at once.
    pub fn of(what: &str, size: u64) -> Self {
        // `stderr` draws on a terminal alone: in a pipe the bar is silent by itself.
        let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr_with_hz(8));
        let style = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3}%, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_message(what.to_owned());
        Self { bar }
    }

    /// Work of an unknown size: a sign of life and the time it has taken so far.
    pub fn unknown(what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
        let style = ProgressStyle::with_template("{spinner} {msg}, {elapsed} so far")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        bar.set_style(style);
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar }
    }

    /// So much there is to do, once it is known.
    pub fn sized(&self, size: u64) {
        self.bar.set_length(size);
    }

    /// So much is done.
    pub fn reached(&self, done: u64) {
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
