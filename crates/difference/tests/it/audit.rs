//! The audit log as whoever runs the server checks it, and the proofs that a stranger checks.

use std::fs;
use std::path::Path;

use crate::command_line::{Came, difference, difference_in};
use crate::demo::Served;

fn audit(words: &[&str], data: &Path) -> Came {
    let data = data.display().to_string();
    difference(&[&["audit"], words, &["--data", &data]].concat()).run()
}

/// What went to standard error, as one line.
fn said(came: &Came) -> String {
    let words = came.stderr.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join(" ")
}

/// The first trial that a page leads to.
fn trial_on(page: &str) -> &str {
    let at = page.find("\"/trials/").unwrap() + "\"/trials/".len();
    &page[at..at + 8]
}

#[test]
fn a_stranger_checks_when_a_plan_was_locked_with_the_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("city");
    let served = Served::demo(&data);
    let agent = ureq::agent();
    let practice = served.page(&agent, "/practices/morning-reading-group");
    let trial = trial_on(&practice).to_owned();

    // While the server runs: the log holds, and whoever runs it writes the head down.
    let verified = audit(&["verify"], &data);
    assert_eq!(verified.code, 0, "{}", verified.stderr);
    assert!(
        verified
            .stdout
            .starts_with("Nothing was altered or removed"),
        "{}",
        verified.stdout
    );
    let head = audit(&["head"], &data).stdout.trim().to_owned();
    assert!(verified.stdout.contains(&format!("Head: {head}")));

    // The proof is the same whether the server or the command gives it, and needs nothing but itself.
    let elsewhere = tempfile::tempdir().unwrap();
    let download = served.page(&agent, &format!("/trials/{trial}/proof.json"));
    fs::write(elsewhere.path().join("page.json"), &download).unwrap();
    let lock = elsewhere.path().join("lock.json");
    let proved = audit(
        &["prove", &trial, "--out", &lock.display().to_string()],
        &data,
    );
    assert_eq!(proved.code, 0, "{}", proved.stderr);
    for file in ["page.json", "lock.json"] {
        let checked = difference_in(elsewhere.path(), &["audit", "verify", file]).run();
        assert_eq!(checked.code, 0, "{file}: {}", checked.stderr);
        for told in ["locked the plan", "its fingerprint is", "Compare the head"] {
            assert!(checked.stdout.contains(told), "{told}: {}", checked.stdout);
        }
    }
    let known = difference_in(
        elsewhere.path(),
        &["audit", "verify", "lock.json", "--head", &head],
    )
    .run();
    assert_eq!(known.code, 0, "{}", known.stderr);

    // A proof in which a date was changed does not hold.
    let proof = fs::read_to_string(&lock).unwrap();
    let forged = proof.replacen("\"at\": \"20", "\"at\": \"19", 1);
    assert_ne!(forged, proof);
    fs::write(&lock, forged).unwrap();
    let checked = difference_in(elsewhere.path(), &["audit", "verify", "lock.json"]).run();
    assert_eq!((checked.code, checked.stdout.as_str()), (2, ""));
    assert!(
        said(&checked).contains("one of them was changed"),
        "{}",
        checked.stderr
    );

    // The log as it was is the beginning of the log as it is.
    let size = head.split(':').next().unwrap();
    let grown = audit(&["prove", "--since", size], &data);
    fs::write(&lock, &grown.stdout).unwrap();
    let checked = difference_in(
        elsewhere.path(),
        &["audit", "verify", "lock.json", "--head", &head],
    )
    .run();
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    served.stop();

    // One byte of history, altered in the database's file.
    let file = data.join("difference.sqlite");
    let sound = fs::read(&file).unwrap();
    for (words, entry) in [
        ("founded the network", Some("Entry 1 is")),
        ("approved and locked the plan", None),
    ] {
        let mut bytes = sound.clone();
        let at = bytes
            .windows(words.len())
            .position(|w| w == words.as_bytes())
            .unwrap();
        bytes[at] ^= 1;
        fs::write(&file, bytes).unwrap();
        let found = audit(&["verify"], &data);
        assert_eq!((found.code, found.stdout.as_str()), (2, ""), "{words}");
        let told = said(&found);
        assert!(told.contains("The log was altered."), "{told}");
        assert!(told.contains("the first that differs"), "{told}");
        assert!(told.contains(entry.unwrap_or("Entry")), "{told}");
    }
    fs::write(&file, sound).unwrap();
    assert_eq!(audit(&["verify", "--head", &head], &data).code, 0);
}

#[test]
fn a_folder_without_a_network_and_a_file_that_is_no_proof_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let none = audit(&["verify"], folder.path());
    assert_eq!(none.code, 2);
    assert!(
        none.stderr.contains("There is no network in"),
        "{}",
        none.stderr
    );
    for (name, text) in [
        ("empty", ""),
        ("list", "[]"),
        ("other", "{\"schema\":\"difference.plan/1\"}"),
        ("deep", "{\"earlier\":3}"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
        let refused = difference_in(folder.path(), &["audit", "verify", name]).run();
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{name}");
        assert!(
            refused.stderr.contains("is not a proof"),
            "{}",
            refused.stderr
        );
    }
}
