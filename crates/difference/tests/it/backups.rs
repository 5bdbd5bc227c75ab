//! Backups as whoever runs the server makes and restores them: the handbook's own commands, word for word.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::architecture::files;
use crate::command_line::{Came, difference};
use crate::demo::Served;

/// The commands of the handbook under a heading.
fn handbook(heading: &str) -> Vec<String> {
    let text = files::text(Path::new("docs/operating.md")).unwrap();
    let section = text.split("\n## ").find(|part| part.starts_with(heading));
    let blocks = section.unwrap().split("```sh\n").skip(1);
    blocks
        .map(|block| block.split("\n```").next().unwrap().to_owned())
        .collect()
}

/// Runs a command of the handbook in a shell, with folders of the test's own for /srv.
fn shell(command: &str, srv: &Path) -> String {
    let command = command.replace("/srv/", &format!("{}/", srv.display()));
    let binary = Path::new(env!("CARGO_BIN_EXE_difference"))
        .parent()
        .unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &command])
        .env("PATH", path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{command}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn call(words: &[&str]) -> Came {
    difference(words).run()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn the_handbook_s_own_commands_back_up_restore_and_verify() {
    let folder = tempfile::tempdir().unwrap();
    let srv = folder.path();
    for made in ["keys", "backups"] {
        fs::create_dir(srv.join(made)).unwrap();
    }
    let data = srv.join("difference");
    let served = Served::demo(&data);
    let backing_up = handbook("Back up");
    assert_eq!(backing_up.len(), 3);
    let mut said = Vec::new();
    for command in &backing_up {
        said.push(shell(command, srv));
    }
    assert!(said[0].starts_with("age1"));
    assert!(Path::new(said[1].trim()).is_file(), "{}", said[1]);
    assert!(
        said[2].starts_with("It restores: the network as it was at"),
        "{}",
        said[2]
    );

    // The machine is lost, and with it the data. An empty one has the backup and the key.
    served.stop();
    fs::remove_dir_all(&data).unwrap();
    let restoring = handbook("Restore");
    assert_eq!(restoring.len(), 2);
    let restored = shell(&restoring[0], srv);
    assert!(
        restored.starts_with("Restored: the network as it was at"),
        "{restored}"
    );
    let verified = shell(&restoring[1], srv);
    assert!(
        verified.starts_with("Nothing was altered or removed"),
        "{verified}"
    );
    let head = shell(&handbook("Was anything altered?")[0], srv);
    assert!(
        restored.ends_with(&format!("Head: {head}")),
        "{restored}{head}"
    );
    // And it is served: the city is there.
    let settings = srv.join("difference.toml");
    fs::write(&settings, "log = \"warn\"\n").unwrap();
    let served = Served::serving(&srv.join("restored"), &settings);
    let practices = served.page(&ureq::agent(), "/practices");
    assert!(practices.contains("Morning reading group"));
}

#[test]
fn what_is_missing_is_named_and_nothing_is_left_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let (data, to) = (text(&folder.path().join("data")), text(folder.path()));
    let nowhere = call(&["backup", "--data", &data]);
    assert_eq!(nowhere.code, 2);
    assert!(
        nowhere.stderr.contains("Nobody said where"),
        "{}",
        nowhere.stderr
    );
    let for_nobody = call(&["backup", "--data", &data, "--to", &to]);
    assert_eq!(for_nobody.code, 2);
    assert!(
        for_nobody.stderr.contains("always encrypted"),
        "{}",
        for_nobody.stderr
    );
    let key = text(&folder.path().join("backup.key"));
    let made = call(&["backup", "--new-key", &key]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let again = call(&["backup", "--new-key", &key]);
    assert_eq!(again.code, 2, "a key is never overwritten");
    let public = made.stdout.trim();
    let none = call(&[
        "backup",
        "--data",
        &data,
        "--to",
        &to,
        "--recipient",
        public,
    ]);
    assert_eq!(none.code, 2);
    assert!(
        none.stderr.contains("There is no network in"),
        "{}",
        none.stderr
    );
    let no_file = call(&["restore", "nothing.age", "--data", &data, "--key", &key]);
    assert_eq!(no_file.code, 2);
    assert!(no_file.stderr.contains("nothing.age"), "{}", no_file.stderr);
}

#[test]
fn a_server_that_is_told_to_makes_backups_and_tries_them_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    fs::create_dir(&backups).unwrap();
    let city = Served::demo(&data);
    city.page(&ureq::agent(), "/");
    city.stop();
    let key = folder.path().join("backup.key");
    let public = call(&["backup", "--new-key", &text(&key)]).stdout;
    let settings = folder.path().join("difference.toml");
    let toml = format!(
        "backup-folder = \"{}\"\nbackup-recipients = [\"{}\"]\nbackup-key = \"{}\"\n",
        backups.display(),
        public.trim(),
        key.display()
    );
    fs::write(&settings, toml).unwrap();
    let before = entries(&data);
    let served = Served::serving(&data, &settings);
    let begun = Instant::now();
    // An entry for the backup, and one for the drill.
    while entries(&data) < before + 2 {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "no backup was made and tried"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    served.stop();
    let made: Vec<_> = fs::read_dir(&backups)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        matches!(made.as_slice(), [one] if one.ends_with(".tar.gz.age")),
        "{made:?}"
    );
    assert_eq!(call(&["audit", "verify", "--data", &text(&data)]).code, 0);
}

fn entries(data: &Path) -> u64 {
    let head = call(&["audit", "head", "--data", &text(data)]).stdout;
    head.split(':').next().unwrap().parse().unwrap()
}
