//! Lists of pupils and scores as teachers paste and upload them.

use difference_tables::{Kind, Options, People, Person, Score, Scores, Source, TableError};

fn people(text: &str) -> Result<People, TableError> {
    difference_tables::people(
        Source::bytes("pasted", text.as_bytes()),
        &Options::default(),
    )
}

fn scores(text: &str) -> Result<Scores, TableError> {
    difference_tables::scores(
        Source::bytes("pasted", text.as_bytes()),
        None,
        &Options::default(),
    )
}

fn whose(people: &[Person]) -> Vec<&str> {
    people.iter().filter_map(|p| p.named.who()).collect()
}

#[test]
fn one_name_on_each_line_is_a_list() {
    let list = people("Amina Rashid\nTom Fletcher\n\nZofia Nowak\n").unwrap();
    assert_eq!(
        whose(&list.people),
        ["Amina Rashid", "Tom Fletcher", "Zofia Nowak"]
    );
}

#[test]
fn surname_comma_forename_is_one_pupil() {
    let list = people("Rashid, Amina\nFletcher, Tom\nO’Brien, Zoë\n").unwrap();
    assert_eq!(
        whose(&list.people),
        ["Amina Rashid", "Tom Fletcher", "Zoë O’Brien"]
    );
}

#[test]
fn cells_pasted_from_a_spreadsheet_are_told_apart_by_what_they_hold() {
    let list =
        people("Amina Rashid\t4TB\t96\tyes\nTom Fletcher\t4KH\t101\tno\nZofia Nowak\t4TB\t\tno\n")
            .unwrap();
    let zofia = &list.people[2];
    assert_eq!(zofia.class.as_deref(), Some("4TB"));
    assert_eq!(zofia.baseline, None);
    assert_eq!(list.people[0].baseline, Some(96.0));
    assert_eq!(list.people[0].disadvantaged, Some(true));
    assert_eq!(zofia.disadvantaged, Some(false));
}

#[test]
fn headings_of_a_school_system_are_understood() {
    let list = people(
        "UPN,Legal Surname,Legal Forename,Reg Group,Pupil Premium Indicator,Sept Reading SS,Arm\n\
         Z999200001001,Rashid,Amina,4TB,T,96,Reading\n\
         N999200001002,Fletcher,Tom,4KH,F,abs,Usual\n",
    )
    .unwrap();
    let tom = &list.people[1];
    assert_eq!(tom.named.name.as_deref(), Some("Tom Fletcher"));
    assert_eq!(tom.named.upn.as_deref(), Some("N999200001002"));
    assert_eq!(tom.class.as_deref(), Some("4KH"));
    assert_eq!(tom.disadvantaged, Some(false));
    assert_eq!(tom.baseline, None);
    assert_eq!(tom.group.as_deref(), Some("Usual"));
}

#[test]
fn a_column_of_codes_is_a_list_too() {
    let list = people("P01\nP02\nP03\n").unwrap();
    assert_eq!(whose(&list.people), ["P01", "P02", "P03"]);
}

#[test]
fn a_row_without_a_pupil_is_named() {
    let error = people("Name,Class\nAmina Rashid,4TB\n,4KH\n").unwrap_err();
    assert_eq!((error.kind, error.row), (Kind::List, Some(3)));
}

#[test]
fn a_list_of_numbers_alone_says_nobody() {
    assert_eq!(people("7\n7\n8\n").unwrap_err().kind, Kind::List);
}

#[test]
fn scores_are_numbers_words_or_missing() {
    let list = scores(
        "Name,Class,Result\nAmina Rashid,4TB,EXS\nTom Fletcher,4TB,GDS\nZofia Nowak,4TB,-\n",
    )
    .unwrap();
    let read: Vec<_> = list.rows.iter().map(|r| r.score.clone()).collect();
    assert_eq!(
        read,
        [
            Score::Word("EXS".into()),
            Score::Word("GDS".into()),
            Score::Missing("-".into())
        ]
    );
    assert_eq!(list.column, "Result");
}

#[test]
fn the_later_of_two_scores_is_meant_and_two_at_once_are_asked_about() {
    let list = scores("Name,Sept,July\nAmina Rashid,96,104\nTom Fletcher,90,101\n").unwrap();
    assert_eq!((list.column.as_str(), list.others.len()), ("July", 0));
    let list = scores("Name,Reading,Maths\nAmina Rashid,96,104\nTom Fletcher,90,101\n").unwrap();
    assert_eq!(
        (list.column.as_str(), list.others),
        ("Reading", vec!["Maths".to_owned()])
    );
    let source = Source::bytes("pasted", &b"Name,Reading,Maths\nAmina Rashid,96,104\n"[..]);
    let list = difference_tables::scores(source, Some("maths"), &Options::default()).unwrap();
    assert_eq!(list.rows[0].score, Score::Number(104.0));
}

#[test]
fn scores_without_headings_stand_last() {
    let list = scores("Amina Rashid\t4TB\t104\nTom Fletcher\t4KH\t99,5\n").unwrap();
    assert_eq!(list.rows[1].score, Score::Number(99.5));
    assert_eq!(list.rows[1].named.who(), Some("Tom Fletcher"));
}

#[test]
fn an_average_under_the_scores_is_nobodys() {
    let list = scores("Name,Score\nAmina Rashid,104\nTom Fletcher,100\nAverage,102\n").unwrap();
    assert_eq!(list.rows.len(), 2);
    assert_eq!(list.set_aside, 1);
}
