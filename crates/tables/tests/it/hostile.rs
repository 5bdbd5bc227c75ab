//! Files that are broken, enormous or meant to hurt: each ends in an answer or in a named cause.

use std::path::Path;

use difference_tables::{
    Asked, FileSample, Options, Source, TableError, guess, open, worth_a_look,
};

use crate::ask;

#[derive(Debug)]
struct Case {
    file: String,
    asked: Asked,
    /// An error's code, "answer", or "any" where either is right.
    ends: String,
    row: Option<u64>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference/hostile");
    let mut list = csv::Reader::from_path(folder.join("ends.csv")).unwrap();
    list.records()
        .map(|record| {
            let record = record.unwrap();
            Case {
                file: folder.join(&record[0]).to_string_lossy().into_owned(),
                asked: ask(&record[1], &record[2]),
                ends: record[3].to_owned(),
                row: record[4].parse().ok(),
            }
        })
        .collect()
}

/// Everything that a caller may do with a file.
fn all_of_it(source: Source, asked: &Asked) -> Result<u64, TableError> {
    let table = open(source, &Options::default())?;
    let sample = FileSample::read(&table, asked);
    let profile = table.profile()?;
    let guess = guess(&table, &profile)?;
    let preview = table.preview(&profile, &guess, 5);
    assert!(preview.rows.len() <= 5);
    worth_a_look(&table, &profile, &guess.asked())?;
    Ok(sample?.rows())
}

#[test]
fn every_hostile_file_ends_in_an_answer_or_a_named_cause() {
    let mut wrong = Vec::new();
    for case in cases() {
        let ends = all_of_it(Source::file(&case.file).unwrap(), &case.asked);
        let (found, row) = match &ends {
            Ok(_) => ("answer", None),
            Err(error) => {
                assert!(!error.what.is_empty() && !error.cure.is_empty());
                (error.kind.code(), error.row)
            }
        };
        if case.ends != "any" && (found != case.ends || case.row.is_some() && case.row != row) {
            wrong.push(format!(
                "{}: {ends:?} instead of {} {:?}",
                case.file, case.ends, case.row
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_hostile_file_does_as_little_harm_as_a_list() {
    // The large ones are refused on the same way in, which takes its time in a debug build.
    for case in cases()
        .iter()
        .filter(|c| !["too-large", "file-damaged"].contains(&c.ends.as_str()))
    {
        let bytes = std::fs::read(&case.file).unwrap();
        let source = || Source::bytes("list", bytes.clone());
        let _ = difference_tables::people(source(), &Options::default());
        let _ = difference_tables::scores(source(), None, &Options::default());
    }
}

fn code(bytes: Vec<u8>) -> (&'static str, Option<u64>) {
    match all_of_it(Source::bytes("upload", bytes), &ask("score", "group")) {
        Ok(_) => ("answer", None),
        Err(error) => (error.kind.code(), error.row),
    }
}

#[test]
fn a_cell_of_twenty_megabytes_is_refused_with_its_row() {
    let mut file = b"group,score\na,1\nb,\"".to_vec();
    file.resize(20 << 20, b'x');
    assert_eq!(code(file), ("endless-cell", Some(3)));
}

#[test]
fn twenty_thousand_columns_are_more_than_a_spreadsheet_holds() {
    let names: Vec<String> = (0..20_000).map(|i| format!("c{i}")).collect();
    let cells = vec!["1"; 20_000];
    let file = format!("{}\n{}\n", names.join(","), cells.join(","));
    assert_eq!(code(file.into_bytes()).0, "too-large");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Source::file("no/such/file.csv").unwrap_err();
    assert_eq!(error.kind.code(), "file-unreadable");
    let error = Source::file(env!("CARGO_MANIFEST_DIR")).unwrap_err();
    assert!(error.what.contains("folder"), "{error}");
}
