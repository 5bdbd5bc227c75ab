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
pub struct Served {
    child: Child,
    url: String,
    /// What it printed on standard output when it began.
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

    pub fn demo(data: &Path) -> Self {
        Self::start(&["demo"], data, "All of it is invented")
    }

    /// `difference serve` with a file of settings.
    pub fn serving(data: &Path, settings: &Path) -> Self {
        let settings = settings.display().to_string();
        Self::start(&["serve", "--config", &settings], data, "http://")
    }

    fn links(&self) -> Vec<String> {
        let words = self.welcome.split_whitespace();
        let links = words.filter(|word| word.contains("/sign-in/demo/"));
        links.map(reached).collect()
    }

    pub fn page(&self, agent: &ureq::Agent, path: &str) -> String {
        read(agent.get(format!("{}{path}", self.url)).call().unwrap())
    }

    /// Stops it as a person does, and waits until everything is written.
    pub fn stop(mut self) {
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

/// Asks without following where the answer leads: each step is looked at.
fn browser() -> ureq::Agent {
    ureq::Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        .build()
        .into()
}

fn header(response: &ureq::http::Response<ureq::Body>, name: &str) -> String {
    let value = response.headers().get(name).unwrap();
    value.to_str().unwrap().to_owned()
}

/// Follows a one-click link, and gives the session's cookie and where the link leads.
fn signed_in(link: &str) -> (String, String) {
    let answer = browser().get(link).call().unwrap();
    assert_eq!(answer.status(), 303, "{link}");
    let cookies = answer.headers().get_all("set-cookie");
    let session = cookies
        .iter()
        .find_map(|c| c.to_str().unwrap().split(';').next())
        .unwrap();
    (session.to_owned(), header(&answer, "location"))
}

#[test]
fn a_city_is_filled_served_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("city");
    let served = Served::demo(&data);
    let home = served.page(&browser(), "/");
    assert!(home.contains("Aireford Learning Network"));

    // Four links sign in, each to where its person belongs.
    let guests: Vec<(String, String)> = served.links().iter().map(|link| signed_in(link)).collect();
    let homes: Vec<&str> = guests.iter().map(|(_, to)| to.as_str()).collect();
    let thornbeck = "/places/thornbeck";
    assert_eq!(homes, [thornbeck, thornbeck, thornbeck, "/"]);
    let (teacher, _) = guests.first().unwrap();
    let get = |url: &str, path: &str| {
        let request = browser().get(format!("{url}{path}"));
        request.header("cookie", teacher).call().unwrap()
    };
    let place = read(get(&served.url, thornbeck));
    assert!(place.contains("breakfast club began"));

    // The teacher begins a trial, and the demo is stopped and started again.
    let token = place.split("name=\"form-token\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let begun = browser()
        .post(format!("{}{thornbeck}/trials", served.url))
        .header("cookie", teacher)
        .content_type("application/x-www-form-urlencoded")
        .send(format!("form-token={token}"))
        .unwrap();
    assert_eq!(begun.status(), 303);
    let trial = header(&begun, "location");
    let old_link = served.links().remove(0);
    served.stop();
    let again = Served::demo(&data);
    assert_eq!(get(&again.url, &trial).status(), 200, "{trial} is kept");
    let secret = old_link.rsplit('/').next().unwrap();
    let old = browser().get(format!("{}/sign-in/demo/{secret}", again.url));
    assert_eq!(
        old.call().unwrap().status(),
        404,
        "a link lives as long as its run"
    );
    let new_link = again.links().remove(0);
    again.stop();

    // The same folder under `serve` is a network without one-click links.
    let plain = Served::start(&["serve"], &data, "http");
    let secret = new_link.rsplit('/').next().unwrap();
    let refused = browser().get(format!("{}/sign-in/demo/{secret}", plain.url));
    assert_eq!(refused.call().unwrap().status(), 404);
    assert_eq!(get(&plain.url, &trial).status(), 200);
}

#[test]
fn what_a_filling_left_that_was_cut_off_is_cleared_away_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("city");
    let half = folder.path().join("city.filling");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("difference.sqlite"), "half a city").unwrap();
    let mut child = command(&["demo", "--listen", "127.0.0.1:0"], &data)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut address)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let mut says = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut says)
        .unwrap();
    assert!(says.contains("was cut off last time"), "{says}");
    assert!(address.starts_with("http"), "{says}");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "only the city is left: {left:?}");
}

#[test]
fn a_folder_with_anything_else_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("difference.sqlite"), "a real network").unwrap();
    let refused = command(&["demo"], folder.path()).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let says = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(says.contains("something else than the demo city"), "{says}");
    let kept = fs::read_to_string(folder.path().join("difference.sqlite")).unwrap();
    assert_eq!(kept, "a real network");
}

#[test]
fn the_document_says_what_the_engine_says() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("city");
    let written = command(&["demo", "--document"], &data).output().unwrap();
    assert!(written.status.success());
    let document = files::text(Path::new("docs/demo.md")).unwrap();
    let says = String::from_utf8(written.stdout).unwrap();
    assert!(
        document == says,
        "docs/demo.md is not what the engine says now; write it anew with\n  cargo run -- demo --document --data target/city > docs/demo.md\n{says}"
    );
}
