//! Bringing places: the register of schools and any list, into a folder of its own.

use std::path::Path;

use super::{Came, difference_in};

const HEADINGS: &str = "\"URN\",\"LA (code)\",\"LA (name)\",\"EstablishmentName\",\"EstablishmentStatus (code)\",\"CloseDate\",\"PhaseOfEducation (name)\",\"Town\"\r\n";

fn write(folder: &Path, name: &str, rows: &[u8]) {
    let mut file = HEADINGS.as_bytes().to_vec();
    file.extend(rows);
    std::fs::write(folder.join(name), file).unwrap();
}

fn import(folder: &Path, words: &[&str]) -> Came {
    let mut all = vec!["import"];
    all.extend(words);
    all.extend(["--data", "network"]);
    difference_in(folder, &all).run()
}

/// The words with the file's fingerprint and other things of the day left out.
fn counts(came: &Came) -> Vec<u64> {
    let json = came.json();
    [
        "rows",
        "added",
        "changed",
        "went_on",
        "closed",
        "unchanged",
        "left_out",
    ]
    .iter()
    .map(|name| json[*name].as_u64().unwrap())
    .collect()
}

#[test]
fn the_register_is_looked_at_brought_and_brought_again() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    // Windows-1252, as the register is.
    write(
        here,
        "edubasealldata.csv",
        b"\"999001\",\"383\",\"Leeds\",\"St Andr\xe9\x92s School\",\"1\",\"\",\"Primary\",\"Aireford\"\r\n\
          \"999002\",\"383\",\"Leeds\",\"Kirkfold School\",\"1\",\"\",\"Primary\",\"Aireford\"\r\n\
          \"999003\",\"380\",\"Bradford\",\"Hunslow School\",\"1\",\"\",\"Secondary\",\"Hunslow\"\r\n",
    );
    let words = ["register", "edubasealldata.csv", "--authority", "383"];
    let look = import(here, &[words.as_slice(), &["--preview"]].concat());
    assert_eq!(look.code, 0, "{}", look.stderr);
    insta::assert_snapshot!(look.stdout);
    let json = [words.as_slice(), &["--format", "json"]].concat();
    let done = import(here, &json);
    assert_eq!(done.json()["schema"], "difference.import/1");
    assert_eq!(done.json()["applied"], true);
    assert!(done.json()["import"].is_string());
    assert_eq!(counts(&done), [3, 2, 0, 0, 0, 0, 1]);
    let again = import(here, &json);
    assert_eq!(counts(&again), [3, 0, 0, 0, 0, 2, 1]);
    assert!(again.json()["import"].is_null(), "nothing was written");

    write(
        here,
        "newer.csv",
        b"\"999001\",\"383\",\"Leeds\",\"St Andrew\x92s School\",\"1\",\"\",\"Primary\",\"Aireford\"\r\n\
          \"999002\",\"383\",\"Leeds\",\"Kirkfold School\",\"2\",\"31-08-2026\",\"Primary\",\"Aireford\"\r\n",
    );
    let newer = import(here, &["register", "newer.csv"]);
    assert_eq!(newer.code, 0, "{}", newer.stderr);
    insta::assert_snapshot!(newer.stdout);
}

#[test]
fn a_register_that_can_not_be_believed_is_refused_with_row_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(
        here,
        "twice.csv",
        b"\"999001\",\"383\",\"Leeds\",\"A\",\"1\",\"\",\"Primary\",\"\"\r\n\
          \"999001\",\"383\",\"Leeds\",\"B\",\"1\",\"\",\"Primary\",\"\"\r\n",
    );
    let came = import(here, &["register", "twice.csv"]);
    assert_eq!((came.code, came.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(came.stderr);
    assert!(!here.join("network").exists(), "nothing was opened");
    std::fs::write(here.join("none.csv"), "Name,Town\nA,B\nC,D\n").unwrap();
    let came = import(here, &["register", "none.csv"]);
    assert_eq!(came.code, 2);
    assert!(came.stderr.contains("Column “URN”"), "{}", came.stderr);
    let came = import(here, &["register", "twice.csv", "--authority", "1"]);
    assert_eq!(came.code, 2);
}

#[test]
fn any_list_of_places_is_brought_by_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let list = "Ref;Standort;Ort\nC1;Haus am See;Kiel\nC2;Treff am Markt;Kiel\n";
    std::fs::write(here.join("orte.csv"), list).unwrap();
    let words = [
        "places",
        "orte.csv",
        "--list",
        "youth clubs",
        "--kind-is",
        "youth service",
        "--name",
        "Standort",
        "--format",
        "json",
    ];
    let done = import(here, &words);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("--number “Ref”, ") || done.stderr.contains("--number “Ref”"));
    assert_eq!(counts(&done), [2, 2, 0, 0, 0, 0, 0]);
    assert_eq!(done.json()["places"][0]["name"], "Haus am See");
    assert_eq!(counts(&import(here, &words)), [2, 0, 0, 0, 0, 2, 0]);
    let none = import(
        here,
        &[
            "places",
            "orte.csv",
            "--list",
            "x",
            "--kind-is",
            "y",
            "--name",
            "Nme",
        ],
    );
    assert_eq!(none.code, 2);
}
