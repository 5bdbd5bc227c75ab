//! The whole loop through the pages: plan, lots, lock, scores, result, share, adopt, pool, withdraw.

use jiff::SignedDuration;
use testkit::Browser;
use testkit::trials::pupils;

use crate::Story;

const NOT_YET: SignedDuration = SignedDuration::from_hours(120 * 24);

/// Fields that fill in the first two screens.
const IDEA: &[(&str, &str)] = &[
    ("title", "Morning reading group"),
    (
        "idea",
        "Pupils read aloud with one adult for 25 minutes before school.",
    ),
    ("question", "Does it improve reading?"),
    ("measure", "reading"),
    ("how", "Standardised reading test, marked blind"),
    ("kind", "numbers"),
    ("unit", "points"),
    ("better", "higher"),
    ("attainment", "yes"),
    ("baseline", "yes"),
];
const COMPARISON: &[(&str, &str)] = &[
    ("compare", "pupils"),
    ("intervention", "morning reading"),
    ("comparison", "as usual"),
    ("next", "yes"),
    ("pupils", "80"),
    ("worthwhile", "1"),
    ("worthwhile-unit", "unit"),
    ("spread", "15"),
];

/// The trial's short id in an address.
fn trial_in(path: &str) -> String {
    path.split('/').nth(2).unwrap_or_default().to_owned()
}

/// Eighty pupils with a score from before, as a teacher pastes them.
fn list() -> String {
    pupils(80)
        .into_iter()
        .map(|p| format!("{}\t{}\n", p.who, p.baseline.unwrap()))
        .fold("Name\tSeptember\n".to_owned(), |all, line| all + &line)
}

/// The key sheet's rows on the page: name and group.
fn key_sheet(html: &str) -> Vec<(String, String)> {
    html.split("<tr><th scope=\"row\">")
        .skip(1)
        .map(|row| {
            let name = row.split('<').next().unwrap().to_owned();
            let group = row
                .rsplit("<td>")
                .next()
                .unwrap()
                .split('<')
                .next()
                .unwrap()
                .to_owned();
            (name, group)
        })
        .collect()
}

/// Scores with a gain for those who got it.
fn scores(key: &[(String, String)], gain: f64) -> String {
    let before: Vec<f64> = pupils(80)
        .into_iter()
        .map(|p| p.baseline.unwrap())
        .collect();
    key.iter()
        .zip(before)
        .enumerate()
        .map(|(i, ((name, group), before))| {
            let luck = f64::from(u32::try_from(i * 13 % 17).unwrap()) - 8.0;
            let got = if group == "morning reading" {
                gain
            } else {
                0.0
            };
            format!("{name}\t{}\n", before + luck + got)
        })
        .fold("Name\tJuly\n".to_owned(), |all, line| all + &line)
}

/// Fills in the last two screens and asks for the lock; gives the key sheet.
async fn people_and_dates(teacher: &mut Browser, trial: &str) -> Vec<(String, String)> {
    let list = list();
    let sheet = teacher
        .upload(
            &format!("/trials/{trial}/people"),
            &[("people", &list)],
            "people-file",
            "",
            b"",
        )
        .await;
    sheet
        .is(200)
        .says(&["Save the key sheet now", "Amina Abbott"]);
    assert!(
        sheet
            .text()
            .contains("download=\"morning-reading-group-key-sheet.xlsx\"")
    );
    let key = key_sheet(&sheet.text());
    assert_eq!(key.len(), 80);
    teacher
        .get(&format!("/trials/{trial}/plan/3"))
        .await
        .says(&["80 pupils", "40 morning reading, 40 as usual"]);
    let dates = [("starts", "2026-12-01"), ("measured", "2027-03-19")];
    let check = teacher
        .send(&format!("/trials/{trial}/plan/3"), &dates)
        .await;
    check.is(200).says(&[
        "Check and lock",
        "Pupils drawn by lot",
        "Ask the place leader to approve it",
    ]);
    teacher
        .send(&format!("/trials/{trial}/lock"), &[])
        .await
        .is(200)
        .says(&["Waiting for the place leader"]);
    key
}

#[tokio::test]
async fn a_trial_is_planned_locked_measured_shared_adopted_pooled_and_withdrawn() {
    let story = Story::begin().await;
    story.city.teacher("Tom Brearley", "Thornbeck").await;
    story.city.leader("Amina Rashid", "Thornbeck").await;
    story.city.teacher("Dot Haigh", "Kirkfold").await;
    story.city.leader("Jo Garside", "Kirkfold").await;
    let mut tom = story.signed_in("Tom Brearley").await;

    // Tom plans. What is missing is said at its field, and what he typed is still there.
    let begun = tom.send("/places/thornbeck/trials", &[]).await;
    begun.is(200).says(&["What will you try?"]);
    let trial = trial_in(&begun.path);
    let half = tom
        .send(
            &format!("/trials/{trial}/plan/1"),
            &[
                ("title", "Morning reading group"),
                ("kind", "words"),
                ("words", ""),
            ],
        )
        .await;
    half.is(422)
        .says(&["There is a problem", "Enter what you will do"]);
    assert!(half.text().contains("value=\"Morning reading group\""));
    tom.send(&format!("/trials/{trial}/plan/1"), IDEA)
        .await
        .is(200)
        .says(&["How will you compare?"]);
    tom.get(&format!("/trials/{trial}/plan/4"))
        .await
        .is(200)
        .says(&["Choose how you will compare", "You can read it here once"]);
    let mut work_out = COMPARISON.to_vec();
    work_out.push(("do", "work-out"));
    let seeing = tom
        .send(&format!("/trials/{trial}/plan/2"), &work_out)
        .await;
    seeing
        .is(200)
        .says(&["What size of change could you notice?", "80 pupils"]);
    tom.send(&format!("/trials/{trial}/plan/2"), COMPARISON)
        .await
        .is(200)
        .says(&["Who takes part, and when?"]);
    let half_way = tom.get(&format!("/trials/{trial}/plan/4")).await;
    half_way
        .is(200)
        .says(&["Still missing", "Reading. Standardised reading test"]);
    assert!(
        !half_way.words().contains("0 pupils"),
        "a gap is not a figure"
    );
    let key = people_and_dates(&mut tom, &trial).await;

    // Amina approves with one tap. Nobody can change the plan any more.
    let mut amina = story.signed_in("Amina Rashid").await;
    amina
        .get("/places/thornbeck")
        .await
        .says(&["Approve the plan for “Morning reading group”"]);
    amina
        .get(&format!("/trials/{trial}"))
        .await
        .says(&["Approve this plan?"]);
    let locked = amina.send(&format!("/trials/{trial}/approve"), &[]).await;
    locked
        .is(200)
        .says(&["Locked 24 November 2026", "Fingerprint", "Codes and groups"]);
    assert!(
        !locked.text().contains("Abbott"),
        "no name of a pupil is kept"
    );
    let plan = tom.get(&format!("/trials/{trial}/plan.json")).await;
    assert!(plan.text().contains("\"allocation_fingerprint\""));
    tom.send(&format!("/trials/{trial}/plan/1"), IDEA)
        .await
        .is(409);
    tom.send(&format!("/trials/{trial}/delete"), &[])
        .await
        .is(409);

    // July: Tom pastes the scores. One name is written otherwise.
    story.city.clock.pass(NOT_YET);
    let mut tom = story.signed_in("Tom Brearley").await;
    tom.get("/places/thornbeck")
        .await
        .says(&["Bring the scores for “Morning reading group”"]);
    tom.get(&format!("/trials/{trial}/scores")).await.is(200);
    let pasted = scores(&key, 9.0).replacen("Amina Abbott", "Mina Abbott-Cole", 1);
    let at = format!("/trials/{trial}/scores");
    let asked = tom
        .upload(
            &at,
            &[("scores", &pasted), ("measured", "2027-03-19")],
            "scores-file",
            "",
            b"",
        )
        .await;
    asked.is(422).says(&[
        "79 of 80 matched; one name is not on the list: which pupil is it?",
        "Mina Abbott-Cole",
    ]);
    let page = asked.text();
    let field = page
        .split("name=\"who-")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let field = format!("who-{field}");
    let code = page
        .split("<option value=\"P")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let code = format!("P{code}");
    let answered = [
        ("scores", pasted.as_str()),
        ("measured", "2027-03-19"),
        (field.as_str(), code.as_str()),
    ];
    let result = tom.upload(&at, &answered, "scores-file", "", b"").await;
    result.is(200).says(&[
        "Report this result",
        "compared with",
        "Fair evidence",
        "Tom Brearley",
    ]);
    assert!(!result.text().contains("Abbott"));
    let mut stranger = story.stranger();
    stranger.get(&format!("/trials/{trial}")).await.is(404);

    // Reported: anybody reads it, nobody replaces it. Amina shares it.
    tom.send(&format!("/trials/{trial}/report"), &[])
        .await
        .is(200)
        .says(&["Share as a practice"]);
    stranger
        .get(&format!("/trials/{trial}"))
        .await
        .is(200)
        .says(&["Fair evidence"]);
    tom.upload(&at, &answered, "scores-file", "", b"")
        .await
        .is(409);
    let mut amina = story.signed_in("Amina Rashid").await;
    amina
        .get(&format!("/trials/{trial}/share"))
        .await
        .says(&["Attached:"]);
    let empty = amina
        .send(
            &format!("/trials/{trial}/share"),
            &[("title", "Morning reading group")],
        )
        .await;
    empty.is(422).says(&["Enter what it is"]);
    let words = [
        ("title", "Morning reading group"),
        ("what", "Eight pupils read aloud with one adult."),
        ("how", "Choose who and when.\nTrain the adults."),
        ("keep", "Keep the same adult. Change the room as you like."),
    ];
    let practice = amina.send(&format!("/trials/{trial}/share"), &words).await;
    practice.is(200).says(&[
        "Every place that tried it",
        "Thornbeck Primary School",
        "Try it here",
    ]);
    let address = practice.path.clone();

    // Dot adopts it at Kirkfold; her result joins the pool at once.
    let mut dot = story.signed_in("Dot Haigh").await;
    dot.get(&address).await.is(200);
    let adopted = dot
        .send(&format!("{address}/adopt"), &[("place", "kirkfold")])
        .await;
    adopted
        .is(200)
        .says(&["You are trying “Morning reading group” here"]);
    let second = trial_in(&adopted.path);
    assert!(
        adopted.text().contains("value=\"reading\""),
        "the measure is filled in"
    );
    dot.send(&format!("{address}/adopt"), &[("place", "thornbeck")])
        .await
        .is(404);
    let list = list();
    let sheet = dot
        .upload(
            &format!("/trials/{second}/people"),
            &[("people", &list)],
            "people-file",
            "",
            b"",
        )
        .await;
    let key = key_sheet(&sheet.is(200).text());
    let dates = [("starts", "2027-04-01"), ("measured", "2027-07-16")];
    dot.send(&format!("/trials/{second}/plan/3"), &dates)
        .await
        .is(200);
    dot.send(&format!("/trials/{second}/lock"), &[])
        .await
        .is(200);
    let mut jo = story.signed_in("Jo Garside").await;
    jo.get(&format!("/trials/{second}")).await.is(200);
    jo.send(&format!("/trials/{second}/approve"), &[])
        .await
        .is(200);
    let practice = dot.get(&address).await;
    practice.says(&["Trying it now", "Kirkfold Primary School"]);
    story.city.clock.pass(NOT_YET);
    let mut dot = story.signed_in("Dot Haigh").await;
    dot.get(&format!("/trials/{second}/scores")).await.is(200);
    let pasted = scores(&key, 2.0);
    let fields = [("scores", pasted.as_str()), ("measured", "2027-07-16")];
    dot.upload(
        &format!("/trials/{second}/scores"),
        &fields,
        "scores-file",
        "",
        b"",
    )
    .await
    .is(200);
    dot.send(&format!("/trials/{second}/report"), &[])
        .await
        .is(200)
        .says(&["It tried", "its result counts there"]);
    let csv = dot.get(&format!("{address}/results.csv")).await;
    assert_eq!(csv.text().lines().count(), 3, "{}", csv.text());

    // Jo withdraws it: it leaves the average, and its tombstone stays.
    let mut jo = story.signed_in("Jo Garside").await;
    jo.get(&format!("/trials/{second}")).await.is(200);
    jo.send(
        &format!("/trials/{second}/withdraw"),
        &[("withdraw-why", "")],
    )
    .await
    .is(422);
    let why = [("withdraw-why", "Two classes were swapped by mistake")];
    jo.send(&format!("/trials/{second}/withdraw"), &why)
        .await
        .is(200)
        .says(&["This result was withdrawn"]);
    let csv = jo.get(&format!("{address}/results.csv")).await;
    assert_eq!(csv.text().lines().count(), 2);
    jo.get(&address)
        .await
        .says(&["Two classes were swapped by mistake"]);
}
