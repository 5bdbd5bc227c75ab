//! The demo city as a visitor finds it: filled once, served, four links, kept.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::architecture::files;

fn command(words: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_difference"));
    command.args(words).arg("--data").arg(data);
    command
}

/// A server that is stopped when the story ends.
struct Served {
    child: Child,
    url: String,
    /// What it printed before it served: up to the first line that begins with "All of it".
    welcome: String,
    _stdout: BufReader<ChildStdout>,
}

impl Served {
    fn start(words: &[&str], data: &Path, last: &str) -> Self {
        let mut child = command(words, data)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut welcome = String::new();
        while !welcome.lines().last().unwrap_or_default().starts_with(last) {
            assert_ne!(stdout.read_line(&mut welcome).unwrap(), 0, "{welcome}");
        }
        Self {
            child,
            url: reached(welcome.lines().next().unwrap()),
            welcome,
            _stdout: stdout,
        }
    }

    fn demo(data: &Path) -> Self {
        Self::start(&["demo"], data, "All of it is invented")
    }

    fn links(&self) -> Vec<String> {
        let words = self.welcome.split_whitespace();
        let links = words.filter(|word| word.contains("/sign-in/demo/"));
        links.map(reached).collect()
    }

    fn page(&self, agent: &ureq::Agent, path: &str) -> String {
        read(agent.get(format!("{}{path}", self.url)).call().unwrap())
    }

    /// Stops it as a person does, and waits until everything is written.
    fn stop(mut self) {
        let stop = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(stop.success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address as this machine surely reaches it.
fn reached(address: &str) -> String {
    address.trim().replace("localhost", "127.0.0.1")
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> String {
    response.body_mut().read_to_string().unwrap()
}

/// A browser without cookies yet.
fn browser() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into()
}
