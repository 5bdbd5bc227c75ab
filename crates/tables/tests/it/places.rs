//! Lists of places: the register of schools as it comes, and what is refused, where.

use difference_tables::{
    Kind, Matching, Options, PlaceColumn, School, Source, Standing, TableError, listed_places,
    open, register, school_links,
};

use crate::upload;

const HEADINGS: &str = "\"URN\",\"LA (code)\",\"EstablishmentName\",\"EstablishmentStatus (code)\",\"OpenDate\",\"CloseDate\",\"NumberOfPupils\",\"Town\"";

fn read(content: impl AsRef<[u8]>) -> Result<Vec<School>, TableError> {
    let mut schools = Vec::new();
    register(&upload(content)?, &mut |school| {
        schools.push(school);
        Ok(())
    })?;
    Ok(schools)
}

fn rows(rows: &[&str]) -> String {
    format!("{HEADINGS}\r\n{}\r\n", rows.join("\r\n"))
}

#[test]
fn the_register_as_it_comes_in_windows_1252_with_days_and_codes() {
    let mut file = format!("{HEADINGS}\r\n").into_bytes();
    file.extend(b"\"999001\",\"383\",\"St Andr\xe9\x92s School\",\"1\",\"01-09-1951\",\"\",\"210\",\"Aireford\"\r\n");
    file.extend(b"\"999002\",\"383\",\"Kirkfold\",\"2\",\"\",\"31-08-2016\",\"\",\"\"\r\n");
    let schools = read(&file).unwrap();
    assert_eq!(schools[0].name, "St André’s School");
    assert_eq!(schools[0].authority, Some(383));
    assert_eq!(schools[0].opened.unwrap().to_string(), "1951-09-01");
    assert_eq!(schools[0].pupils, Some(210));
    assert_eq!(schools[1].standing, Standing::Closed);
    assert_eq!(schools[1].closed.unwrap().to_string(), "2016-08-31");
    assert_eq!((schools[1].pupils, schools[1].row), (None, 3));
}

#[test]
fn columns_are_found_by_name_and_what_the_file_lacks_is_told() {
    let table = upload("Town,establishmentname,urn\nAireford,Thornbeck,999001\n").unwrap();
    let mut names = Vec::new();
    let read = register(&table, &mut |school| {
        names.push((school.name, school.town));
        Ok(())
    })
    .unwrap();
    assert_eq!(names, [("Thornbeck".to_owned(), "Aireford".to_owned())]);
    assert!(read.absent.contains(&("pupils", "NumberOfPupils")));
    assert!(!read.absent.iter().any(|(field, _)| *field == "town"));
}

/// The kind of refusal, and where.
fn refused(content: impl AsRef<[u8]>) -> (Kind, Option<u64>, Option<String>) {
    let error = read(content).unwrap_err();
    assert!(!error.what.is_empty() && !error.cure.is_empty());
    (error.kind, error.row, error.column)
}

#[test]
fn what_can_not_be_believed_is_refused_with_its_row_and_column() {
    let good = "\"999001\",\"383\",\"Thornbeck\",\"1\",\"\",\"\",\"210\",\"Aireford\"";
    let at = |row, column: &str| (Some(row), Some(column.to_owned()));
    let with = |(row, column), kind| (kind, row, column);
    assert_eq!(
        refused("Name,Town\nThornbeck,Aireford\nKirkfold,Aireford\n"),
        with((None, Some("URN".to_owned())), Kind::NoSuchColumn)
    );
    assert_eq!(
        refused(rows(&[good, good])),
        with(at(3, "URN"), Kind::DuplicateKey)
    );
    assert_eq!(
        refused(rows(&[good, &good.replace("999001", "99x")])),
        with(at(3, "URN"), Kind::NotAKey)
    );
    assert_eq!(
        refused(rows(&[good, &good.replace("999001", "")])),
        with(at(3, "URN"), Kind::NotAKey)
    );
    let second = good.replace("999001", "999002");
    assert_eq!(
        refused(rows(&[good, &second.replace("Thornbeck", "")])),
        with(at(3, "EstablishmentName"), Kind::HalfRow)
    );
    assert_eq!(
        refused(rows(&[
            good,
            &second.replace("Thornbeck", "=cmd|'/C calc'!A0")
        ])),
        with(at(3, "EstablishmentName"), Kind::Formula)
    );
    assert_eq!(
        refused(rows(&[good, &second.replace("Thornbeck", "St Maryâ€™s")])),
        with(at(3, "EstablishmentName"), Kind::LettersLost)
    );
    assert_eq!(
        refused(rows(&[
            good,
            &second.replace("Aireford", "Aire\u{FFFD}ford")
        ])),
        with(at(3, "Town"), Kind::LettersLost)
    );
}

#[test]
fn half_a_row_is_refused_in_the_middle_and_at_the_end() {
    let good = "\"999001\",\"383\",\"Thornbeck\",\"1\",\"\",\"\",\"210\",\"Aireford\"";
    let half = "\"999002\",\"383\",\"Kirk";
    let (kind, row, _) = refused(rows(&[
        good,
        "\"999002\",\"383\",\"Kirkfold\"",
        &good.replace("999001", "999003"),
    ]));
    assert_eq!((kind, row), (Kind::HalfRow, Some(3)));
    let cut = format!("{HEADINGS}\r\n{good}\r\n{half}");
    let (kind, row, _) = refused(&cut);
    assert_eq!((kind, row), (Kind::HalfRow, Some(3)));
    let cut = format!("{HEADINGS}\r\n{good}\r\n\"9990");
    let (kind, row, _) = refused(&cut);
    assert_eq!((kind, row), (Kind::HalfRow, Some(3)));
}

#[test]
fn a_number_or_day_that_can_not_be_read_counts_as_empty_and_is_told() {
    let table = upload(rows(&[
        "\"999001\",\"383\",\"Thornbeck\",\"1\",\"31-02-2019\",\"\",\"SUPP\",\"\"",
        "\"999002\",\"383\",\"Kirkfold\",\"1\",\"\",\"\",\"SUPP\",\"\"",
    ]))
    .unwrap();
    let read = register(&table, &mut |_| Ok(())).unwrap();
    let told: Vec<_> = read
        .unread
        .iter()
        .map(|u| (u.column.as_str(), u.cells, u.row, u.holds.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("NumberOfPupils", 2, 2, "SUPP"),
            ("OpenDate", 1, 2, "31-02-2019")
        ]
    );
}

#[test]
fn links_say_what_goes_on_and_what_was_merged() {
    let table = upload(
        "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n\
         999101,999001,Thornbeck,Predecessor,01-09-2026\n\
         999002,999102,Beckfold,Successor - merged,01-09-2026\n\
         999002,999103,Sixth form,Sixth Form Centre Link,01-09-2026\n",
    )
    .unwrap();
    let links: Vec<_> = school_links(&table)
        .unwrap()
        .into_iter()
        .map(|l| (l.before, l.after, l.goes_on))
        .collect();
    let link = |a: &str, b: &str, on| (a.to_owned(), b.to_owned(), on);
    assert_eq!(
        links,
        [
            link("999001", "999101", true),
            link("999002", "999102", false)
        ]
    );
}

#[test]
fn a_list_without_numbers_is_keyed_by_name_and_town() {
    let table = open(
        Source::bytes(
            "x.csv",
            "Centre,Ort\nHaus am See,Kiel\nHaus am See,Trier\n".as_bytes(),
        ),
        &Options::default(),
    )
    .unwrap();
    let matching = Matching::from([
        (PlaceColumn::Name, "Centre".to_owned()),
        (PlaceColumn::Town, "Ort".to_owned()),
    ]);
    let mut keys = Vec::new();
    listed_places(&table, &matching, &mut |p| {
        keys.push(p.key);
        Ok(())
    })
    .unwrap();
    assert_eq!(keys, ["haus am see · kiel", "haus am see · trier"]);
    let twice = upload("Centre,Ort\nHaus am See,Kiel\nHaus  am See,Kiel\n").unwrap();
    let error = listed_places(&twice, &matching, &mut |_| Ok(())).unwrap_err();
    assert_eq!((error.kind, error.row), (Kind::DuplicateKey, Some(3)));
}
