//! From a file and what its columns are to the rows that the engine sees.

use difference_tables::{Asked, FileSample, Kind, Options, Source};
use engine::sample::{CovariateKind, MISSING, Sample};

use crate::{ask, rows, upload};

const YEAR_4: &str = "\
UPN,Class,Group,Sept,July,PP
A1,4TB,reading,96,104,no
A2,4TB,usual,101,abs,no
A3,4KH,reading,93,99,yes
A4,4KH,usual,,97,Yes
";

#[test]
fn a_trial_is_read_with_its_roles() {
    let table = upload(YEAR_4).unwrap();
    let asked = Asked {
        cluster: Some("class".into()),
        baselines: vec!["Sept".into()],
        subgroups: vec!["PP".into()],
        ..ask("July", "Group")
    };
    let sample = FileSample::read(&table, &asked).unwrap();
    let roles = sample.roles();
    let treatment = roles.treatment.as_ref().unwrap();
    assert_eq!(
        (
            treatment.comparison.as_str(),
            treatment.intervention.as_str()
        ),
        ("usual", "reading")
    );
    assert_eq!(roles.cluster.as_ref().unwrap().labels, ["4KH", "4TB"]);
    assert_eq!(roles.subgroups[0].labels, ["no", "yes"]);
    assert_eq!(roles.covariates[0].kind, CovariateKind::Baseline);

    let all = rows(&sample);
    assert_eq!(all.treatment, [1, 0, 1, 0]);
    assert_eq!(all.cluster, [1, 1, 0, 0]);
    assert_eq!(all.subgroups[0], [0, 0, 1, 1]);
    assert_eq!(all.outcome[0], 104.0);
    assert!(all.outcome[1].is_nan());
    assert!(all.covariates[0][3].is_nan());
    assert_eq!(sample.missing()[0].word, "abs");
    assert!(
        roles.assumed.iter().any(|a| a.contains("“usual”")),
        "{:?}",
        roles.assumed
    );
}

#[test]
fn a_wrong_column_is_answered_with_the_nearest() {
    let error = FileSample::read(&upload(YEAR_4).unwrap(), &ask("Juli", "Group")).unwrap_err();
    assert_eq!(error.kind, Kind::NoSuchColumn);
    assert_eq!(
        error.to_string(),
        "There is no column called “Juli”. Did you mean “July”?"
    );
}

#[test]
fn a_cell_that_is_no_number_is_named_with_its_row_and_cure() {
    let error = FileSample::read(
        &upload("Group,Score\na,1\nb,2\n\na,ill\nb,4\na,5\n").unwrap(),
        &ask("Score", "Group"),
    )
    .unwrap_err();
    assert_eq!(error.row, Some(5));
    assert_eq!(
        error.to_string(),
        "Row 5, column “Score”: “ill” is not a number. Correct the cell; or, if “ill” means that there is no score, name it as a missing word."
    );
}

#[test]
fn a_word_named_as_missing_is_missing() {
    let options = Options {
        missing: vec!["ill".into()],
        ..Options::default()
    };
    let table = difference_tables::open(
        Source::bytes("x", &b"Group,Score\na,1\nb,2\na,ILL\nb,4\n"[..]),
        &options,
    )
    .unwrap();
    let sample = FileSample::read(&table, &ask("Score", "Group")).unwrap();
    assert_eq!(sample.missing()[0].word, "ill");
    assert_eq!(sample.missing()[0].rows, 1);
}

#[test]
fn words_in_order_count_as_success_from_where_it_is_said() {
    let csv = "arm,result\n0,WTS\n0,EXS\n1,GDS\n1,EXS\n1,\n";
    let table = upload(csv).unwrap();
    let error = FileSample::read(&table, &ask("result", "arm")).unwrap_err();
    assert_eq!(error.kind, Kind::SuccessUnknown);
    assert_eq!(
        error.cure,
        "Say which of them count as success, such as “EXS,GDS”."
    );

    let asked = Asked {
        success: vec!["exs".into(), "gds".into()],
        ..ask("result", "arm")
    };
    let sample = FileSample::read(&table, &asked).unwrap();
    assert!(sample.roles().outcome.binary);
    assert_eq!(sample.roles().outcome.success, ["EXS", "GDS"]);
    let all = rows(&sample);
    assert_eq!(all.outcome[..4], [0.0, 1.0, 1.0, 1.0]);
    assert!(all.outcome[4].is_nan());
    assert_eq!(sample.roles().treatment.as_ref().unwrap().comparison, "0");
}

#[test]
fn classes_within_schools_are_a_third_level() {
    let csv = "school,class,g,y\nOak,1,a,1\nOak,2,a,2\nElm,1,b,3\nElm,2,b,5\n";
    let asked = Asked {
        cluster: Some("school".into()),
        cluster_within: Some("class".into()),
        ..ask("y", "g")
    };
    let sample = FileSample::read(&upload(csv).unwrap(), &asked).unwrap();
    let within = sample.roles().cluster_within.as_ref().unwrap();
    assert_eq!(within.column, "class");
    assert_eq!(rows(&sample).cluster_within, [0, 1, 0, 1]);
}

#[test]
fn words_as_covariate_become_columns_of_nought_and_one() {
    let csv = "g,y,ks1\na,1,WTS\nb,2,EXS\na,3,GDS\nb,4,-\n";
    let asked = Asked {
        covariates: vec!["ks1".into()],
        ..ask("y", "g")
    };
    let sample = FileSample::read(&upload(csv).unwrap(), &asked).unwrap();
    let levels: Vec<_> = sample
        .roles()
        .covariates
        .iter()
        .map(|c| c.level.as_deref())
        .collect();
    assert_eq!(levels, [Some("EXS"), Some("GDS")]);
    let all = rows(&sample);
    assert_eq!(all.covariates[0][..3], [0.0, 1.0, 0.0]);
    assert_eq!(all.covariates[1][..3], [0.0, 0.0, 1.0]);
    assert!(all.covariates[0][3].is_nan() && all.covariates[1][3].is_nan());
}

#[test]
fn conditions_keep_rows_and_say_how_many_they_took() {
    let csv = "year,arm,y\n1999,a,1\n2001,a,2\n2001,b,3\n2001,c,4\n2001,,5\n";
    let asked = Asked {
        conditions: vec!["year = 2001".into(), "arm != c".into()],
        ..ask("y", "arm")
    };
    let sample = FileSample::read(&upload(csv).unwrap(), &asked).unwrap();
    assert_eq!(sample.rows(), 3);
    assert_eq!(rows(&sample).treatment, [0, 1, MISSING]);
    let aside: Vec<_> = sample
        .set_aside()
        .iter()
        .map(|d| (d.reason.as_str(), d.rows))
        .collect();
    assert_eq!(aside, [("not “year = 2001”", 1), ("not “arm != c”", 1)]);
}

#[test]
fn more_than_two_groups_are_named_with_the_condition_that_helps() {
    let csv = "group,y\nBasal,1\nDRTA,2\nStrat,3\n";
    let error = FileSample::read(&upload(csv).unwrap(), &ask("y", "group")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Column “group”: There are 3 groups here: “Basal”, “DRTA” and “Strat”. Keep two of them with a condition, such as “group != Strat”."
    );
}

#[test]
fn a_column_of_ticks_is_a_group_when_a_blank_is_said_to_be_the_control() {
    let csv = "name,club,y\nAmina,X,1\nTom,,2\nZofia,x,3\n";
    let error = FileSample::read(&upload(csv).unwrap(), &ask("y", "club")).unwrap_err();
    assert_eq!(error.kind, Kind::NotTwoGroups);
    let asked = Asked {
        control: Some(String::new()),
        ..ask("y", "club")
    };
    let sample = FileSample::read(&upload(csv).unwrap(), &asked).unwrap();
    assert_eq!(rows(&sample).treatment, [1, 0, 1]);
    assert_eq!(
        sample.roles().treatment.as_ref().unwrap().comparison,
        "blank"
    );
}

#[test]
fn the_same_rows_in_another_order_and_other_separators_have_the_same_fingerprint() {
    let used = |csv: &str| {
        let sample = FileSample::read(&upload(csv).unwrap(), &ask("y", "g")).unwrap();
        sample.fingerprint().unwrap()
    };
    let one = used("g,y,z\na,1,p\nb,2,q\n");
    let other = used("y;g\n2;b\n1;a\n");
    assert_eq!(one.used, other.used);
    assert_ne!(one.bytes, other.bytes);
}

#[test]
fn totals_and_notes_under_the_table_are_set_aside_and_said() {
    let csv = "Name,Group,Score\nMax,a,1\nTom,b,3\nAverage,,2\n\nKey: a = after school,,\n";
    let sample = FileSample::read(&upload(csv).unwrap(), &ask("Score", "Group")).unwrap();
    assert_eq!(sample.rows(), 2);
    let reasons: Vec<_> = sample
        .set_aside()
        .iter()
        .map(|d| d.reason.as_str())
        .collect();
    assert_eq!(
        reasons,
        ["a row of totals or averages", "a note under the table"]
    );
}

#[test]
fn decimal_commas_and_semicolons_are_found() {
    let csv = "Name;Gruppe;Punkte\r\nA;p;12,5\r\nB;q;1.013,25\r\nC;p;7\r\n";
    let sample = FileSample::read(&upload(csv).unwrap(), &ask("Punkte", "Gruppe")).unwrap();
    assert_eq!(rows(&sample).outcome, [12.5, 1013.25, 7.0]);
}

#[test]
fn letters_are_read_in_any_of_the_usual_encodings() {
    let text = "Élève;Groupe;Score\nZoë;a;1\nRenée;b;2\n";
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> = [0xFF, 0xFE].into_iter().chain(utf16.clone()).collect();
    let with_mark = format!("\u{feff}{text}");
    for bytes in [
        text.as_bytes().to_vec(),
        with_mark.into_bytes(),
        latin,
        utf16,
        marked,
    ] {
        let table = upload(&bytes).unwrap();
        assert_eq!(table.columns().next().unwrap().heading.name, "Élève");
    }
}

#[test]
fn groups_called_x_and_y_are_groups() {
    let csv = "arm,y\nX,1\nY,2\nX,3\nY,4\n";
    let sample = FileSample::read(&upload(csv).unwrap(), &ask("y", "arm")).unwrap();
    assert_eq!(rows(&sample).treatment, [0, 1, 0, 1]);
    let said = &sample.roles().assumed;
    assert!(
        said.iter().any(|s| s.contains("“X” is read as a group")),
        "{said:?}"
    );
}

#[test]
fn one_word_or_nothing_tells_two_groups_of_pupils_apart() {
    let csv = "g,y,pp,sen\na,1,PP,x\nb,2,,\na,3,,\nb,4,PP,x\n";
    let asked = Asked {
        subgroups: vec!["pp".into(), "sen".into()],
        ..ask("y", "g")
    };
    let sample = FileSample::read(&upload(csv).unwrap(), &asked).unwrap();
    let all = rows(&sample);
    assert_eq!(sample.roles().subgroups[0].labels, ["blank", "PP"]);
    assert_eq!(all.subgroups, [[1, 0, 0, 1], [1, 0, 0, 1]]);
}

/// A file of `reference/data`.
fn real(name: &str) -> difference_tables::Table {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../reference/data")
        .join(name);
    difference_tables::open(Source::file(path).unwrap(), &Options::default()).unwrap()
}

#[test]
fn the_awards_trial_of_2001_is_read_as_it_was() {
    let asked = Asked {
        cluster: Some("school_id".into()),
        block: Some("pair".into()),
        conditions: vec!["year = 2001".into()],
        ..ask("Bagrut_status", "treated")
    };
    let sample = FileSample::read(&real("awards.csv"), &asked).unwrap();
    let roles = sample.roles();
    assert!(roles.outcome.binary);
    assert_eq!(roles.cluster.as_ref().unwrap().labels.len(), 39);
    assert_eq!(roles.block.as_ref().unwrap().labels.len(), 19);
    let all = rows(&sample);
    assert_eq!(sample.rows(), 3_821);
    assert_eq!(all.outcome.iter().filter(|y| **y == 1.0).count(), 927);
    assert_eq!(sample.set_aside()[0].rows, 16_526 - 3_821);
}

#[test]
fn star_is_read_with_its_two_arms_and_its_gaps() {
    let asked = Asked {
        cluster: Some("schoolidk".into()),
        conditions: vec!["stark != regular+aide".into(), "stark != NA".into()],
        ..ask("readk", "stark")
    };
    let sample = FileSample::read(&real("star.csv"), &asked).unwrap();
    let all = rows(&sample);
    let read: Vec<f64> = all
        .outcome
        .iter()
        .copied()
        .filter(|y| !y.is_nan())
        .collect();
    assert_eq!((sample.rows(), read.len()), (4_094, 3_745));
    assert_eq!(read.iter().sum::<f64>(), 1_638_185.0);
    assert_eq!(sample.roles().cluster.as_ref().unwrap().labels.len(), 79);
    assert_eq!(
        sample.roles().treatment.as_ref().unwrap().comparison,
        "regular"
    );
}
