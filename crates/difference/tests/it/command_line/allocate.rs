//! `difference allocate`: the lots, the file with its groups, and the record from which both come again.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Came, difference_in};

/// A class of 24: code, score before, sex.
fn class() -> String {
    let mut text = "code,score,sex\n".to_owned();
    for i in 1..=24 {
        let sex = if i % 3 == 0 { "m" } else { "f" };
        writeln!(text, "P{i:02},{},{sex}", 80 + i * 37 % 41).unwrap();
    }
    text
}

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pupils.csv"), text).unwrap();
    folder
}

fn allocate(folder: &Path, more: &[&str]) -> Came {
    let words: Vec<&str> = ["allocate", "pupils.csv"]
        .iter()
        .chain(more)
        .copied()
        .collect();
    difference_in(folder, &words).run()
}

fn drawn(folder: &Path, more: &[&str]) -> Value {
    let words: Vec<&str> = ["--to", "now,later", "--seed", "2026"]
        .iter()
        .chain(more)
        .copied()
        .collect();
    let came = allocate(folder, &words);
    assert_eq!(came.code, 0, "{}", came.stderr);
    came.json()
}

#[test]
fn the_lots_of_a_class_as_they_are_seen() {
    let folder = folder(&class());
    let came = allocate(
        folder.path(),
        &[
            "--to",
            "now,later",
            "--seed",
            "2026",
            "--balance-on",
            "score",
            "sex",
            "--draws",
            "50",
        ],
    );
    insta::assert_snapshot!(came.seen());
}

#[test]
fn the_file_that_comes_out_is_the_file_that_went_in() {
    // Semicolons, a title above, quotation marks, line ends of Windows, an empty last column, Windows-1252.
    let text = "Klasse 3B;;;\r\n\r\nK\u{fc}rzel;Punkte;\"Bemerkung\";\r\nA1;12,5;\"spricht \"\"laut\"\"\r\nund gern\";\r\nA2;9;;\r\nA3;11;m\u{e4}\u{df}ig;\r\nA4;14;\r\n";
    let bytes: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pupils.csv"), &bytes).unwrap();
    let record = drawn(folder.path(), &["--unit", "K\u{fc}rzel"]);
    let out = fs::read(folder.path().join("pupils-groups.csv")).unwrap();
    let out: String = out.into_iter().map(char::from).collect();
    let group = |place: usize| {
        record["assigned"][place]["group"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let mut expected = text
        .replace("\"Bemerkung\";\r\n", "\"Bemerkung\";;group\r\n")
        .replace("und gern\";\r\n", &format!("und gern\";;{}\r\n", group(0)))
        .replace("A2;9;;\r\n", &format!("A2;9;;;{}\r\n", group(1)))
        .replace("ig;\r\n", &format!("ig;;{}\r\n", group(2)))
        .replace("A4;14;\r\n", &format!("A4;14;;;{}\r\n", group(3)));
    // Where the last heading is empty the new column stands behind it.
    if !out.contains(";;group") {
        expected = expected.replace(";;group", ";group");
    }
    assert_eq!(out, expected);
}

#[test]
fn wide_letters_and_a_mark_at_the_start_stay() {
    let text = "\u{feff}code\tname\r\nA1\t\u{41f}\u{451}\u{442}\u{440}\r\nA2\tZo\u{eb}";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pupils.csv"), bytes).unwrap();
    let record = drawn(folder.path(), &[]);
    let out = fs::read(folder.path().join("pupils-groups.csv")).unwrap();
    let units: Vec<u16> = out
        .chunks_exact(2)
        .map(|p| u16::from_le_bytes([p[0], p[1]]))
        .collect();
    let out = String::from_utf16(&units).unwrap();
    let group = |place: usize| {
        record["assigned"][place]["group"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        out,
        format!(
            "\u{feff}code\tname\tgroup\r\nA1\t\u{41f}\u{451}\u{442}\u{440}\t{}\r\nA2\tZo\u{eb}\t{}",
            group(0),
            group(1)
        )
    );
}

#[test]
fn a_seed_gives_the_same_lots_and_none_gives_others() {
    let one = folder(&class());
    let record = drawn(one.path(), &[]);
    assert_eq!(record["schema"], "difference.allocation/1");
    assert_eq!(
        (&record["seed"], &record["method"]),
        (&2026.into(), &"simple".into())
    );
    assert_eq!(record["groups"][0]["units"], 12);
    let other = folder(&class());
    assert_eq!(
        drawn(other.path(), &[])["fingerprint"],
        record["fingerprint"]
    );
    let mut seeds = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let list = folder(&class());
        let came = allocate(list.path(), &["--to", "now,later"]);
        seeds.insert(came.json()["seed"].as_u64().unwrap());
    }
    assert_eq!(
        seeds.len(),
        3,
        "the system's randomness, not a clock's or ours"
    );
}

#[test]
fn pairs_blocks_and_schools() {
    let list = folder(&class());
    let record = drawn(list.path(), &["--pair-on", "score", "--block", "sex"]);
    assert_eq!(
        (&record["method"], &record["within"]),
        (&"paired".into(), &"matched-pairs".into())
    );
    assert!(
        record["says"]
            .as_str()
            .unwrap()
            .contains("12 pairs that are alike on score")
    );
    assert!(record["balance"][0]["difference"].as_f64().unwrap().abs() < 0.3);

    let mut text = "school,region,pupils\n".to_owned();
    for i in 0..10 {
        writeln!(
            text,
            "School {i},{},{}",
            if i < 6 { "north" } else { "south" },
            100 + 7 * i
        )
        .unwrap();
    }
    let list = folder(&text);
    let record = drawn(list.path(), &["--cluster", "school", "--block", "region"]);
    assert_eq!(record["method"], "cluster");
    assert_eq!(record["groups"][0]["clusters"], 5);
    let north = record["assigned"].as_array().unwrap().iter();
    let now = north
        .filter(|a| a["block"] == "north" && a["group"] == "now")
        .count();
    assert_eq!(now, 3);
}

#[test]
fn checking_draws_again_and_tells_what_was_changed() {
    let list = folder(&class());
    let path = list.path();
    let record = drawn(path, &["--balance-on", "score", "--draws", "20"]);
    fs::write(path.join("lots.json"), record.to_string()).unwrap();
    let good = allocate(path, &["--check", "lots.json"]);
    assert_eq!((good.code, &good.json()["same"]), (0, &true.into()));
    // With the file instead: its seed, groups and rule have to be said.
    let said = [
        "--to",
        "now,later",
        "--seed",
        "2026",
        "--balance-on",
        "score",
        "--draws",
        "20",
    ];
    let with = |check: &'static str| [&["--check", check][..], &said[..]].concat();
    let good = allocate(path, &with("pupils-groups.csv"));
    assert_eq!(good.code, 0, "{}", good.stderr);

    let groups = fs::read_to_string(path.join("pupils-groups.csv")).unwrap();
    let line = groups.lines().find(|l| l.starts_with("P07")).unwrap();
    let other = if line.ends_with("now") {
        line.replace("now", "later")
    } else {
        line.replace("later", "now")
    };
    fs::write(path.join("changed.csv"), groups.replace(line, &other)).unwrap();
    let bad = allocate(path, &with("changed.csv"));
    assert_eq!(bad.code, 1);
    assert_eq!(bad.json()["differences"][0]["code"], "P07");
    let blind = allocate(path, &["--to", "now,later", "--check", "changed.csv"]);
    assert_eq!(blind.code, 2);
    assert!(blind.stderr.contains("--seed"), "{}", blind.stderr);
}

#[test]
fn lots_are_drawn_once() {
    let list = folder(&class());
    drawn(list.path(), &[]);
    let again = allocate(list.path(), &["--to", "now,later"]);
    assert_eq!((again.code, again.stdout.as_str()), (2, ""));
    assert!(
        again.stderr.contains("Lots are drawn once"),
        "{}",
        again.stderr
    );
    let over = difference_in(
        list.path(),
        &["allocate", "pupils-groups.csv", "--to", "now,later"],
    )
    .run();
    assert_eq!((over.code, over.stdout.as_str()), (2, ""));
    assert!(
        over.stderr.contains("a column called “group” already"),
        "{}",
        over.stderr
    );
}

#[test]
fn a_spreadsheet_says_what_it_becomes() {
    let list = tempfile::tempdir().unwrap();
    let book = "../../reference/files/weavers-green-merged.xlsx";
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join(book);
    fs::copy(book, list.path().join("book.xlsx")).unwrap();
    let words = [
        "allocate",
        "book.xlsx",
        "--to",
        "now,later",
        "--cluster",
        "Class",
    ];
    let came = difference_in(list.path(), &words).run();
    assert_eq!(came.code, 0, "{}", came.stderr);
    let told = squeezed(&came.stderr);
    assert!(told.contains("was written as CSV"), "{told}");
    let out = fs::read_to_string(list.path().join("book-groups.csv")).unwrap();
    assert!(
        out.contains(",group\r\n") && out.contains(",later\r\n"),
        "{out}"
    );
}

/// Words without the line breaks that a window makes.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_can_not_be_drawn_says_where_and_why() {
    let told = |text: &str, more: &[&str]| {
        let list = folder(text);
        let came = allocate(list.path(), &[&["--to", "now,later"], more].concat());
        assert!(
            !list.path().join("pupils-groups.csv").exists(),
            "nothing is written"
        );
        (came.code, came.stdout + &came.stderr)
    };
    let cases: [(&str, &str, &[&str], i32, &str); 13] = [
        ("an empty file", "", &[], 2, "There is nothing in this file"),
        (
            "headings alone",
            "code,score\n",
            &[],
            2,
            "no rows under them",
        ),
        ("one row", "code\nA1\n", &[], 1, "too-few-units"),
        (
            "a code twice",
            "code\nA1\nA2\nA1\n",
            &[],
            2,
            "and in row 2 too",
        ),
        (
            "no code",
            "code,x\nA1,1\n,2\n",
            &["--unit", "code"],
            2,
            "There is no code here",
        ),
        (
            "an unknown column",
            "code\nA1\nA2\n",
            &["--block", "clas"],
            2,
            "no column called “clas”",
        ),
        (
            "a pair of three",
            "code,pair\nA,1\nB,1\nC,1\nD,2\n",
            &["--pair", "pair"],
            1,
            "not-a-pair",
        ),
        (
            "no pair",
            "code,pair\nA,1\nB,\n",
            &["--pair", "pair"],
            2,
            "There is no pair here",
        ),
        (
            "no number",
            "code,score\nA,1\nB,\nC,3\n",
            &["--pair-on", "score"],
            2,
            "There is no number here",
        ),
        (
            "nothing to balance",
            "code,score\nA,1\nB,1\nC,1\n",
            &["--balance-on", "score"],
            1,
            "nothing-to-balance",
        ),
        (
            "no seed",
            "code\nA1\nA2\n",
            &["--seed", "x"],
            2,
            "invalid value",
        ),
        (
            "two rules",
            "code,s\nA,1\nB,2\n",
            &["--balance-on", "s", "--draws", "9", "--accept", "0.1"],
            2,
            "cannot be used with",
        ),
        (
            "a share",
            "code,s\nA,1\nB,2\n",
            &["--balance-on", "s", "--accept", "1.2"],
            2,
            "must be between 0 and 1, not 1.2",
        ),
    ];
    for (name, text, more, code, says) in cases {
        let (came, all) = told(text, more);
        assert_eq!(came, code, "{name}: {all}");
        assert!(all.contains(says), "{name}: {all}");
    }
    let list = folder(&class());
    let one = allocate(list.path(), &["--to", "now"]);
    assert_eq!(one.code, 1);
    assert_eq!(one.json()["refused"]["code"], "too-few-groups");
    let formula = allocate(list.path(), &["--to", "now,=1+1"]);
    assert_eq!(formula.code, 2);
    // A block with one: an answer, with a word of care.
    let alone = folder("code,class\nA,1\nB,1\nC,2\n");
    let came = allocate(alone.path(), &["--to", "now,later", "--block", "class"]);
    assert_eq!(came.code, 0);
    assert!(
        came.stderr.contains("holds only one to draw for"),
        "{}",
        came.stderr
    );
}

#[test]
fn the_test_draws_as_the_trial_drew() {
    let list = folder(&class());
    let path = list.path();
    let record = drawn(path, &["--balance-on", "score"]);
    fs::write(path.join("lots.json"), record.to_string()).unwrap();
    // The outcome follows the score, plus 6 for who got it; one was away.
    let mut scores = "code,group,score,july\n".to_owned();
    for (place, a) in record["assigned"].as_array().unwrap().iter().enumerate() {
        let (code, group) = (a["code"].as_str().unwrap(), a["group"].as_str().unwrap());
        let score = a["balanced_on"][0].as_f64().unwrap();
        let gain = if group == "now" { 6.0 } else { 0.0 };
        let july = score + gain + (place * 7 % 5) as f64;
        let july = if place == 5 {
            String::new()
        } else {
            july.to_string()
        };
        writeln!(scores, "{code},{group},{score},{july}").unwrap();
    }
    fs::write(path.join("scores.csv"), &scores).unwrap();
    let call = [
        "evaluate",
        "scores.csv",
        "--outcome",
        "july",
        "--drawn",
        "lots.json",
        "--draws",
        "999",
    ];
    let json = [&call[..], &["--format", "json"]].concat();
    let came = difference_in(path, &json).run();
    assert_eq!(came.code, 0, "{}", came.stderr);
    let evaluation = came.json();
    assert_eq!(evaluation["allocation"], "lot");
    assert_eq!(evaluation["design"], "individual");
    let attrition = &evaluation["attrition"];
    assert_eq!(
        (&attrition["from_list"], &attrition["intervention"]["drawn"]),
        (&true.into(), &12.into())
    );
    let again = evaluation["estimates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["method"] == "permutation")
        .unwrap();
    assert!(again["p_value"].as_f64().unwrap() < 0.01, "{again}");
    assert!(
        again["note"]
            .as_str()
            .unwrap()
            .contains("each time the best of 100 draws"),
        "{again}"
    );

    // Somebody who was never drawn for, and somebody in the other group, are told.
    fs::write(path.join("scores.csv"), scores.replace("P03", "P99")).unwrap();
    let stranger = difference_in(path, &call).run();
    assert!(
        squeezed(&stranger.stdout).contains("No lot was drawn for “P99”"),
        "{}",
        stranger.stdout
    );
    let line = scores.lines().find(|l| l.starts_with("P09")).unwrap();
    let other = if line.contains("now") {
        line.replace("now", "later")
    } else {
        line.replace("later", "now")
    };
    fs::write(path.join("scores.csv"), scores.replace(line, &other)).unwrap();
    let moved = difference_in(path, &call).run();
    assert!(
        squeezed(&moved.stdout).contains("the lots fell otherwise for “P09”"),
        "{}",
        moved.stdout
    );

    let wrong = difference_in(
        path,
        &[
            "evaluate",
            "scores.csv",
            "--outcome",
            "july",
            "--drawn",
            "scores.csv",
        ],
    )
    .run();
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.stderr.contains("is no record of a draw"),
        "{}",
        wrong.stderr
    );
}
