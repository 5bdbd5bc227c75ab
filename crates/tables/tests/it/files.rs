//! Files as schools really export them: each is read right, or asks what it can't settle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use difference_tables::{Format, Guess, Options, Profile, Role, Source, Table, guess, open};
use rstest::rstest;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Means {
    rows: u64,
    outcome: Option<String>,
    treatment: Option<String>,
    control: Option<String>,
    cluster: Option<String>,
    block: Option<String>,
    unit: Option<String>,
    baselines: Vec<String>,
    subgroups: Vec<String>,
    missing: BTreeMap<String, u64>,
    set_aside: BTreeMap<String, u64>,
    asks: BTreeSet<String>,
    sheet: Option<String>,
}

#[rstest]
fn a_file_is_understood_or_asked_about(
    #[files("../../reference/files/*.expected.json")] means: PathBuf,
) {
    let file = means.with_extension("").with_extension("");
    let means: Means = serde_json::from_slice(&std::fs::read(&means).unwrap()).unwrap();
    let table = open(Source::file(&file).unwrap(), &Options::default()).unwrap();
    let profile = table.profile().unwrap();
    let guess = guess(&table, &profile).unwrap();
    let wrong = differences(&means, &table, &profile, &guess);
    assert!(
        wrong.is_empty(),
        "{}:\n  {}",
        file.display(),
        wrong.join("\n  ")
    );
}

/// Everything in which the guess is neither right nor asked about.
fn differences(means: &Means, table: &Table, profile: &Profile, guess: &Guess) -> Vec<String> {
    let mut wrong = Vec::new();
    let asks: BTreeSet<String> = guess.questions.iter().map(|q| q.about.to_owned()).collect();
    let mut check = |what: &str, about: &str, right: String, found: String| {
        if right != found && !means.asks.contains(about) {
            wrong.push(format!("{what}: {found} instead of {right}"));
        }
    };
    let one = |role| guess.columns_of(role).next().map(str::to_owned);
    let all = |role| {
        guess
            .columns_of(role)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let some = |o: &Option<String>| format!("{o:?}");
    check("asks", "", format!("{:?}", means.asks), format!("{asks:?}"));
    check("rows", "", means.rows.to_string(), profile.rows.to_string());
    check(
        "outcome",
        "outcome",
        some(&means.outcome),
        some(&one(Role::Outcome)),
    );
    check(
        "treatment",
        "treatment",
        some(&means.treatment),
        some(&one(Role::Treatment)),
    );
    check(
        "control",
        "treatment",
        some(&means.control),
        some(&guess.control),
    );
    check(
        "cluster",
        "treatment",
        some(&means.cluster),
        some(&one(Role::Cluster)),
    );
    check(
        "block",
        "treatment",
        some(&means.block),
        some(&one(Role::Block)),
    );
    check("unit", "unit", some(&means.unit), some(&one(Role::Unit)));
    check(
        "baselines",
        "outcome",
        format!("{:?}", means.baselines),
        format!("{:?}", all(Role::Baseline)),
    );
    check(
        "subgroups",
        "",
        format!("{:?}", means.subgroups),
        format!("{:?}", all(Role::Subgroup)),
    );
    let aside: BTreeMap<String, u64> = profile
        .set_aside
        .iter()
        .map(|(d, _)| (d.reason.clone(), d.rows))
        .collect();
    check(
        "set aside",
        "",
        format!("{:?}", means.set_aside),
        format!("{aside:?}"),
    );
    for column in means.outcome.iter().chain(&means.baselines) {
        let right = means.missing.get(column).copied().unwrap_or(0);
        let found = profile.column(column).map(|c| c.missing_rows());
        check(
            column,
            "",
            format!("{:?}", Some(right)),
            format!("{found:?}"),
        );
    }
    let sheet = match table.format() {
        Format::Workbook { sheet, .. } => Some(sheet.clone()),
        Format::Text { .. } => None,
    };
    check("sheet", "sheet", some(&means.sheet), some(&sheet));
    wrong
}

#[test]
fn there_are_at_least_forty_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference/files");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .filter(|f| {
            f.as_ref()
                .is_ok_and(|f| f.file_name().to_string_lossy().ends_with(".expected.json"))
        })
        .count();
    assert!(files >= 40, "{files}");
}

#[test]
fn a_file_is_read_by_its_content_whatever_its_name_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference/files");
    for name in [
        "roundwood-plain.xlsx",
        "canal-row-merged.ods",
        "thornbeck-year4-reading.csv",
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let honest = open(Source::bytes(name, bytes.clone()), &Options::default()).unwrap();
        let lying = open(Source::bytes("scores.pdf", bytes), &Options::default()).unwrap();
        assert_eq!(honest.format(), lying.format());
    }
}
