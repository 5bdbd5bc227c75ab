//! Where words go: the answer to standard output or a file, everything else to standard error.
//!
//! What must stay true: a pipe that closes early is no fault; colour only on a terminal and never with
//! `NO_COLOR`; a file that already exists is replaced only when the whole answer is ready.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use crate::ending::Ending;

/// Columns that words may take: the terminal's, between 40 and 100; 80 in a pipe.
pub fn width() -> usize {
    terminal_size::terminal_size_of(io::stdout())
        .map_or(80, |(columns, _)| usize::from(columns.0))
        .clamp(40, 100)
}

fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether the answer on standard output may be coloured.
pub fn colour() -> bool {
    io::stdout().is_terminal() && colour_wanted()
}

/// Whether notes on standard error may be coloured.
pub fn colour_on_standard_error() -> bool {
    io::stderr().is_terminal() && colour_wanted()
}

/// Says something that is not the answer.
pub fn note(words: &str) {
    // Standard error that is gone leaves nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{}", words.trim_end());
}

/// Writes the answer to standard output.
pub fn print(answer: &[u8]) -> Ending {
    let mut out = io::stdout().lock();
    match out.write_all(answer).and_then(|()| out.flush()) {
        Ok(()) => Ending::Answered,
        // `difference … | head` closed the pipe: the reader has what it wanted.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ending::Answered,
        Err(error) => Ending::wrong(
            "cannot-write",
            format!("The answer could not be written to standard output: {error}."),
            "Check that the disk has room, or use --out FILE.",
        ),
    }
}

/// Writes the answer to a file, or to standard output when none was named.
pub fn deliver(answer: &str, out: Option<&Path>) -> Ending {
    let Some(path) = out else {
        return print(answer.as_bytes());
    };
    match replace(path, answer.as_bytes()) {
        Ok(()) => Ending::Answered,
        Err(wrong) => wrong,
    }
}

/// Writes a file whole, and says so.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Ending> {
    // Beside it, so that the last step is one rename; by a name that nobody's file has.
    let half_done = path.with_file_name(format!(
        ".{}.{}.part",
        path.file_name().unwrap_or_default().to_string_lossy(),
        std::process::id()
    ));
    let written = fs::write(&half_done, bytes).and_then(|()| fs::rename(&half_done, path));
    match written {
        Ok(()) => {
            note(&format!("Written to {}", path.display()));
            Ok(())
        }
        Err(error) => {
            let _ = fs::remove_file(&half_done);
            Err(Ending::wrong(
                "cannot-write",
                format!(
                    "The answer could not be written to {}: {error}.",
                    path.display()
                ),
                "Check that the folder exists and that you may write there, or leave out --out to see the answer here.",
            ))
        }
    }
}
