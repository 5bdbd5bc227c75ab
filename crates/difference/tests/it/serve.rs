//! The server as an operator starts and stops it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(data: &Path) -> Self {
        let mut child = command(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        let url = url.trim().replace("localhost", "127.0.0.1");
        Self { child, url }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_difference"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data);
    command
}

#[test]
fn it_prints_its_address_answers_there_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut served = Served::start(folder.path());
    let home = ureq::get(&served.url)
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    assert!(home.contains("What difference are you making?"));
    let stop = Command::new("kill")
        .args(["-TERM", &served.child.id().to_string()])
        .status()
        .unwrap();
    assert!(stop.success());
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_second_server_on_the_same_data_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Served::start(folder.path());
    let second = command(folder.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(2));
    let says = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(
        says.contains("is in use by another Difference Engine"),
        "{says}"
    );
}

#[test]
fn a_setting_that_nobody_knows_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let output = command(folder.path())
        .env("DIFFERENCE_PORT", "8080")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let says = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        says.contains("There is no setting DIFFERENCE_PORT"),
        "{says}"
    );
}
