//! Somebody who can't get in is helped by whoever runs the server.

use crate::command_line::{Came, difference};
use crate::demo::Served;

#[test]
fn a_new_password_lets_somebody_in_and_the_log_says_who_gave_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("city");
    // While the server runs.
    let served = Served::demo(&data);
    let agent = ureq::agent();
    served.page(&agent, "/");
    let data = data.display().to_string();
    let user = |words: &[&str]| -> Came {
        difference(&[&["user"], words, &["--data", &data]].concat()).run()
    };
    let before = difference(&["audit", "head", "--data", &data]).run().stdout;

    let given = user(&["password", "ruth.adeyemi@example.org"]);
    assert_eq!(given.code, 0, "{}", given.stderr);
    let words: Vec<&str> = given.stdout.trim().split('-').collect();
    assert!(
        words.len() == 4 && words.iter().all(|w| w.len() == 4),
        "{words:?}"
    );

    let nobody = user(&["password", "nobody@example.org"]);
    assert_eq!(nobody.code, 2);
    assert!(
        nobody.stderr.contains("No account here"),
        "{}",
        nobody.stderr
    );
    let none = user(&["lost-phone", "ruth.adeyemi@example.org"]);
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("has a second step"), "{}", none.stderr);

    let after = difference(&["audit", "head", "--data", &data]).run().stdout;
    let entries = |head: &str| -> u64 { head.split(':').next().unwrap().parse().unwrap() };
    assert_eq!(
        entries(&after),
        entries(&before) + 1,
        "one change, one entry"
    );
    assert_eq!(
        difference(&["audit", "verify", "--data", &data]).run().code,
        0
    );
}
