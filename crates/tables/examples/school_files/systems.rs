//! Text files as school systems and national returns give them.

use crate::pupils::{Lots, Pupil, drawn_within};
use crate::texts::{classes, cp1252, csv, rows, unless};
use crate::{Means, SchoolFile};

pub fn files() -> Vec<SchoolFile> {
    let mut files = words();
    files.extend(whole_classes());
    files.extend(schools());
    files
}

/// Outcomes in words, and things that are counted.
fn words() -> Vec<SchoolFile> {
    let pupils = drawn_within(5, 60, &["2F", "2G"]);
    let judged = |score: i32| match score {
        ..=97 => "WTS",
        98..=108 => "EXS",
        _ => "GDS",
    };
    let judgements = rows(&pupils, |i, p| {
        let ks1 = if i % 20 == 7 { "-" } else { judged(p.after) };
        vec![
            p.upn.clone(),
            p.class.to_owned(),
            p.group("Intervention", "Control"),
            judged(p.before - 2).to_owned(),
            ks1.to_owned(),
            if p.pp { "Y" } else { "N" }.to_owned(),
        ]
    });
    let phonics = rows(&pupils, |_, p| {
        vec![
            p.name(),
            p.group("Programme", "Business as usual"),
            Pupil::yes_no(p.after > 99),
            p.birthday(),
        ]
    });
    let binary = rows(&pupils, |_, p| {
        vec![
            p.upn.clone(),
            p.group("1", "0"),
            i32::from(p.after > 99).to_string(),
        ]
    });
    let mut lots = Lots::new(8);
    let missed: Vec<u64> = pupils.iter().map(|_| lots.below(24)).collect();
    let absence = rows(&pupils, |i, p| {
        let now = missed.get(i).copied().unwrap_or(0);
        vec![
            p.name(),
            p.class.to_owned(),
            p.group("Gate greeters", "Usual"),
            (now + 3).to_string(),
            now.to_string(),
        ]
    });
    let levels = rows(&pupils, |_, p| {
        let at = match p.after {
            ..=96 => "Below expected",
            97..=107 => "Expected",
            _ => "Above expected",
        };
        vec![p.name(), p.group("Intervention", "Control"), at.to_owned()]
    });
    vec![
        Means::trial(
            "KS1 judgements in words, before and after",
            60,
            "Trial group",
            "Control",
            "KS1 Reading",
        )
        .before("EYFS Reading")
        .block("Class")
        .subgroups(&["PP"])
        .missing("KS1 Reading", 3)
        .asks(&["success"])
        .file(
            "quarrybank-ks1.csv",
            csv(
                &[
                    "UPN",
                    "Class",
                    "Trial group",
                    "EYFS Reading",
                    "KS1 Reading",
                    "PP",
                ],
                judgements,
            ),
        ),
        Means::trial(
            "The outcome is yes or no",
            60,
            "Allocation",
            "Business as usual",
            "Passed phonics check",
        )
        .file(
            "quarrybank-phonics.csv",
            csv(
                &["Pupil name", "Allocation", "Passed phonics check", "DOB"],
                phonics,
            ),
        ),
        Means::trial("Everything is 0 or 1", 60, "Treatment", "0", "Outcome").file(
            "quarrybank-binary.csv",
            csv(&["Pupil ID", "Treatment", "Outcome"], binary),
        ),
        Means::trial(
            "Sessions missed: fewer is better",
            60,
            "Group",
            "Usual",
            "Sessions missed Summer",
        )
        .before("Sessions missed Autumn")
        .block("Class")
        .file(
            "quarrybank-absence.csv",
            csv(
                &[
                    "Name",
                    "Class",
                    "Group",
                    "Sessions missed Autumn",
                    "Sessions missed Summer",
                ],
                absence,
            ),
        ),
        Means::trial(
            "Below, at and above what is expected",
            60,
            "Group",
            "Control",
            "Writing at end of year",
        )
        .asks(&["success"])
        .file(
            "quarrybank-expected.csv",
            csv(&["Name", "Group", "Writing at end of year"], levels),
        ),
    ]
}

/// Whole classes that got the same.
fn whole_classes() -> Vec<SchoolFile> {
    let pupils = classes(6);
    let marksheet = rows(&pupils, |i, p| {
        vec![
            p.upn.clone(),
            p.surname.to_owned(),
            p.forename.to_owned(),
            if p.girl { "F" } else { "M" }.to_owned(),
            p.birthday(),
            p.class.get(..1).unwrap_or_default().to_owned(),
            p.class.to_owned(),
            if p.pp { "T" } else { "F" }.to_owned(),
            p.sen.to_owned(),
            p.group("Intervention", "Control"),
            p.before.to_string(),
            unless(i % 24 == 5, "A", p.after),
        ]
    });
    let headings = [
        "UPN",
        "Legal Surname",
        "Legal Forename",
        "Gender",
        "DOB",
        "Year",
        "Reg",
        "Pupil Premium Indicator",
        "SEN Status",
        "Arm",
        "Reading SS Sept 25",
        "Reading SS Jul 26",
    ];
    vec![
        Means::trial(
            "A marksheet from a school system; A stands for absent",
            96,
            "Arm",
            "Control",
            "Reading SS Jul 26",
        )
        .before("Reading SS Sept 25")
        .cluster("Reg")
        .subgroups(&["Gender", "Year", "Pupil Premium Indicator", "SEN Status"])
        .asks(&["missing"])
        .file(
            "ash-green-marksheet.csv",
            cp1252(&csv(&headings, marksheet)),
        ),
    ]
}

const PLACES: [(&str, &str); 12] = [
    ("999001", "Thornbeck Primary"),
    ("999002", "Oakshaw Infants"),
    ("999003", "Kirkfold Primary"),
    ("999004", "Millgarth Primary"),
    ("999005", "Quarrybank Primary"),
    ("999006", "Ash Green Primary"),
    ("999007", "Canal Row Primary"),
    ("999008", "Roundwood Academy"),
    ("999009", "St Hilda’s Catholic Primary"),
    ("999010", "Highmoor Primary"),
    ("999011", "Weavers Green Primary"),
    ("999012", "Eastgate Primary"),
];

/// Whole schools that got the same, in pairs and not.
fn schools() -> Vec<SchoolFile> {
    let pupils = drawn_within(7, 240, &["6"]);
    let place = |i: usize| PLACES.get(i / 20).copied().unwrap_or(("", ""));
    let treated = |i: usize| (i / 20).is_multiple_of(2);
    let drawn = rows(&pupils, |i, p| {
        let (urn, school) = place(i);
        vec![
            urn.to_owned(),
            school.to_owned(),
            if treated(i) { "Treatment" } else { "Control" }.to_owned(),
            p.before.to_string(),
            unless(i % 40 == 9, "", p.after),
            Pupil::yes_no(p.pp),
        ]
    });
    let pairs = rows(&pupils, |i, p| {
        let (urn, _) = place(i);
        vec![
            urn.to_owned(),
            (i / 40 + 1).to_string(),
            i32::from(treated(i)).to_string(),
            p.before.to_string(),
            p.after.to_string(),
        ]
    });
    let sites = rows(&pupils, |i, p| {
        let (_, school) = place(i);
        vec![
            p.upn.clone(),
            school.to_owned(),
            p.group("Intervention", "Control"),
            p.before.to_string(),
            p.after.to_string(),
        ]
    });
    let years = rows(&pupils, |i, p| {
        let (urn, _) = place(i);
        let year = if i % 2 == 0 { "2024/25" } else { "2025/26" };
        vec![
            year.to_owned(),
            urn.to_owned(),
            if treated(i) { "1" } else { "0" }.to_owned(),
            p.before.to_string(),
            p.after.to_string(),
        ]
    });
    vec![
        Means::trial(
            "Whole schools, with number and name",
            240,
            "Condition",
            "Control",
            "KS2 Reading SS",
        )
        .before("KS1 Reading")
        .cluster("URN")
        .subgroups(&["FSM ever 6"])
        .missing("KS2 Reading SS", 6)
        .file(
            "city-schools.csv",
            csv(
                &[
                    "URN",
                    "School",
                    "Condition",
                    "KS1 Reading",
                    "KS2 Reading SS",
                    "FSM ever 6",
                ],
                drawn,
            ),
        ),
        Means::trial(
            "Pairs of schools, one of each drawn",
            240,
            "treated",
            "0",
            "posttest",
        )
        .before("pretest")
        .cluster("school_id")
        .block("pair")
        .file(
            "city-pairs.csv",
            csv(
                &["school_id", "pair", "treated", "pretest", "posttest"],
                pairs,
            ),
        ),
        Means::trial(
            "Pupils drawn within many schools",
            240,
            "Group",
            "Control",
            "Maths after",
        )
        .before("Maths before")
        .block("School")
        .file(
            "city-sites.csv",
            csv(
                &["UPN", "School", "Group", "Maths before", "Maths after"],
                sites,
            ),
        ),
        Means::trial("Two years in one file", 240, "treated", "0", "Test 2")
            .before("Test 1")
            .cluster("URN")
            .asks(&["rows"])
            .file(
                "city-two-years.csv",
                csv(
                    &["Academic year", "URN", "treated", "Test 1", "Test 2"],
                    years,
                ),
            ),
    ]
}
