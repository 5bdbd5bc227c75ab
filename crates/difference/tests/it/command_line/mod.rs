//! The built binary as a person calls it: exit code, standard output and standard error.

mod allocate;
mod chart;
mod evaluate;
mod frame;
mod import;
mod plan;
mod pool;

use std::path::Path;
use std::process::{Command, Stdio};

/// A call in a folder of real data.
pub struct Call {
    command: Command,
    shown: String,
}

/// What came of a call.
pub struct Came {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    shown: String,
}

/// `difference` with these words, called where the reference data is.
pub fn difference(words: &[&str]) -> Call {
    difference_in(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference/data"),
        words,
    )
}

/// `difference` with these words, called in a folder.
pub fn difference_in(folder: &Path, words: &[&str]) -> Call {
    let mut command = Command::new(env!("CARGO_BIN_EXE_difference"));
    command
        .args(words)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null());
    Call {
        command,
        shown: format!("difference {}", words.join(" ")),
    }
}

impl Call {
    /// Runs it to its end.
    pub fn run(mut self) -> Came {
        let output = self.command.output().unwrap();
        Came {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            shown: self.shown,
        }
    }
}

impl Came {
    /// Everything that a person sees, for a snapshot.
    pub fn seen(&self) -> String {
        format!(
            "$ {}\nexit code {}\n── standard output\n{}── standard error\n{}",
            self.shown, self.code, self.stdout, self.stderr
        )
    }

    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}
