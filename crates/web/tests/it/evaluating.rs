//! Evaluating a spreadsheet without an account.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use testkit::{Answer, Browser};

use crate::Story;

/// The example on the desk, and the columns page.
async fn with_the_example(story: &Story) -> (Browser, Answer) {
    let mut browser = story.stranger();
    browser.get("/evaluate").await.is(200);
    let columns = browser
        .upload("/evaluate", &[("do", "example")], "file", "", b"")
        .await;
    columns.is(200);
    (browser, columns)
}

/// A file on the desk, and the columns page.
async fn with_file(story: &Story, name: &str, content: &[u8]) -> (Browser, Answer) {
    let mut browser = story.stranger();
    browser.get("/evaluate").await.is(200);
    let columns = browser
        .upload("/evaluate", &[], "file", name, content)
        .await;
    (browser, columns)
}

/// What the selects and inputs of a page say, as a browser would send them back.
fn filled(page: &Answer) -> Vec<(String, String)> {
    let html = page.text();
    let mut fields = Vec::new();
    for select in html.split("<select ").skip(1) {
        let name = between(select, "name=\"", "\"");
        let chosen = select.split("<option ").find(|o| o.contains(" selected"));
        let first = select.split("<option ").nth(1);
        let value = chosen
            .or(first)
            .map_or("", |o| between(o, "value=\"", "\""));
        fields.push((name.to_owned(), value.to_owned()));
    }
    for input in html.split("<input ").skip(1) {
        let input = input.split('>').next().unwrap();
        let kind = between(input, "type=\"", "\"");
        let ticked = input.contains(" checked");
        if kind == "text" || (matches!(kind, "radio" | "checkbox") && ticked) {
            let name = between(input, "name=\"", "\"");
            fields.push((name.to_owned(), between(input, "value=\"", "\"").to_owned()));
        }
    }
    fields
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from)
        .map_or("", |(_, rest)| rest.split_once(to).map_or(rest, |(v, _)| v))
}

/// Sends the page's own fields, some of them changed.
async fn send(browser: &mut Browser, page: &Answer, changed: &[(&str, &str)]) -> Answer {
    let mut fields = filled(page);
    fields.retain(|(name, _)| !changed.iter().any(|(c, _)| c == name));
    let own = fields.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let all: Vec<(&str, &str)> = own.chain(changed.iter().copied()).collect();
    browser.send(&page.path, &all).await
}

#[tokio::test]
async fn a_teacher_tries_the_example_and_reads_her_answer() {
    let story = Story::begin().await;
    let (mut browser, columns) = with_the_example(&story).await;
    columns.says(&[
        "year4-reading.csv",
        "155 rows, 6 columns",
        "held in memory for 15 minutes, never written down",
        "2 in the reading group and 2 in the usual group, marked “abs”",
        "Were pupils drawn by lot?",
    ]);
    assert!(
        !columns.text().contains("H9999001234"),
        "pupil numbers are masked"
    );
    let answer = send(
        &mut browser,
        &columns,
        &[("lot", "lot"), ("name", "reading"), ("worthwhile", "1")],
    )
    .await;
    answer.is(200).says(&[
        "Pupils in the “reading” group made about",
        "in reading, compared with pupils drawn by lot to carry on as usual.",
        "Fair evidence rung 3 of 5",
        "The plan was not locked before the results were known",
        "How sure are we?",
        "Who took part",
        "What to keep in mind",
        "Forget it now",
    ]);
    assert!(answer.text().contains("<h1 class=\"finding\">"));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_answer_can_be_taken_away_as_a_page_as_markdown_and_as_json() {
    let story = Story::begin().await;
    let (mut browser, columns) = with_the_example(&story).await;
    let answer = send(&mut browser, &columns, &[("lot", "lot")]).await;
    let html = browser.get(&format!("{}/html", answer.path)).await;
    html.is(200);
    assert!(html.header("content-disposition").starts_with("attachment"));
    assert!(html.text().starts_with("<!DOCTYPE html>"));
    browser
        .get(&format!("{}/markdown", answer.path))
        .await
        .is(200)
        .says(&["Fair evidence"]);
    let json = browser.get(&format!("{}/json", answer.path)).await;
    let json: serde_json::Value = serde_json::from_slice(&json.is(200).bytes).unwrap();
    assert_eq!(json["schema"], "difference.evaluation/1");
    assert_eq!(json["data"]["used"], 151);
    let call = json["call"].as_str().unwrap();
    assert!(
        call.starts_with("difference evaluate year4-reading.csv --outcome july_score"),
        "{call}"
    );
    browser.get(&format!("{}/pdf", answer.path)).await.is(404);
}

#[tokio::test]
async fn only_the_browser_that_sent_a_file_sees_it_and_it_can_be_forgotten_at_once() {
    let story = Story::begin().await;
    let (mut browser, columns) = with_the_example(&story).await;
    story
        .stranger()
        .get(&columns.path)
        .await
        .is(410)
        .says(&["no longer here"]);
    browser.get(&columns.path).await.is(200);
    browser
        .send(&format!("{}/forget", columns.path), &[])
        .await
        .is(200)
        .says(&["Choose a spreadsheet"]);
    browser.get(&columns.path).await.is(410);
}

#[tokio::test]
async fn what_was_said_is_still_there_after_an_error_and_after_coming_back() {
    let story = Story::begin().await;
    let (mut browser, columns) = with_the_example(&story).await;
    let changed = [
        ("c4", "leave"),
        ("name", "our reading"),
        ("worthwhile", "lots"),
        ("lot", "chosen"),
    ];
    let wrong = send(&mut browser, &columns, &changed).await;
    wrong.is(422).says(&[
        "There is a problem",
        "Say which column is the score after",
        "Enter the smallest change worth having as a number above 0, such as 2",
    ]);
    let html = wrong.text();
    assert!(html.contains("<title>Error: What each column is"));
    assert!(html.contains("value=\"lots\"") && html.contains("value=\"our reading\""));
    assert!(html.contains("href=\"#c0\"") && html.contains("href=\"#worthwhile\""));
    let again = browser.get(&columns.path).await;
    assert!(again.text().contains("value=\"our reading\""));
    let right = send(
        &mut browser,
        &again,
        &[("c4", "after"), ("worthwhile", "2,5")],
    )
    .await;
    right.is(200).says(&["Pupils in the “reading” group had"]);
}

#[tokio::test]
async fn words_in_order_are_asked_about_and_answered_as_a_share() {
    let mut csv = "pupil,arm,teacher assessment\n".to_owned();
    for i in 0..120 {
        let arm = if i % 2 == 0 { "tutoring" } else { "control" };
        let word = match (i * 7) % 10 {
            0..3 => "WTS",
            3..8 => "EXS",
            _ => "GDS",
        };
        writeln!(csv, "P{i:04},{arm},{word}").unwrap();
    }
    let story = Story::begin().await;
    let (mut browser, columns) = with_file(&story, "levels.csv", csv.as_bytes()).await;
    columns
        .is(200)
        .says(&["Which words count as getting there?", "WTS (36)"]);
    let none: Vec<(&str, &str)> = vec![("reached2", ""), ("lot", "lot")];
    send(&mut browser, &columns, &none).await.is(422);
    let answer = send(
        &mut browser,
        &columns,
        &[("reached2", "EXS"), ("reached2", "GDS"), ("lot", "lot")],
    )
    .await;
    answer.is(200).says(&["tutoring"]);
    let json = browser.get(&format!("{}/json", answer.path)).await.text();
    assert!(json.contains("risk_difference"), "{json}");
}

#[tokio::test]
async fn of_three_groups_two_are_compared_and_the_third_is_set_aside() {
    let mut csv = "pupil,group,score\n".to_owned();
    for i in 0..90 {
        let group = ["phonics", "games", "as usual"][i % 3];
        writeln!(csv, "P{i:03},{group},{}", 50 + (i * 13) % 29).unwrap();
    }
    let story = Story::begin().await;
    let (mut browser, columns) = with_file(&story, "three.csv", csv.as_bytes()).await;
    let columns = send(
        &mut browser,
        &columns,
        &[
            ("c1", "group"),
            ("c2", "after"),
            ("c0", "leave"),
            ("do", "look"),
        ],
    )
    .await;
    columns.is(200).says(&["holds more than two groups"]);
    let answer = send(
        &mut browser,
        &columns,
        &[("new1", "games"), ("usual1", "as usual")],
    )
    .await;
    answer.is(200).says(&["“games” group"]);
    let json = browser.get(&format!("{}/json", answer.path)).await;
    let json: serde_json::Value = serde_json::from_slice(&json.bytes).unwrap();
    assert_eq!(json["data"]["used"], 60);
    send(
        &mut browser,
        &columns,
        &[("new1", "games"), ("usual1", "games")],
    )
    .await
    .is(422)
    .says(&["Choose two different groups to compare"]);
}

#[tokio::test]
async fn a_file_that_is_no_table_is_refused_beside_the_field_with_its_cause_and_its_cure() {
    let story = Story::begin().await;
    for (name, content) in [
        ("empty.csv", b"".as_slice()),
        ("headings.csv", b"group,score\n"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("nul.csv", b"group,score\na,\0\nb,2\n"),
    ] {
        let (_, answer) = with_file(&story, name, content).await;
        answer.is(422).says(&["There is a problem"]);
        let html = answer.text();
        assert!(
            html.contains("id=\"file-error\"") && html.contains("href=\"#file\""),
            "{name}"
        );
        assert!(
            html.contains("aria-describedby=\"file-hint file-error\" aria-invalid=\"true\""),
            "{name}"
        );
    }
    let mut browser = story.stranger();
    browser.get("/evaluate").await;
    browser
        .send("/evaluate", &[])
        .await
        .is(422)
        .says(&["Choose the file to read"]);
}

#[tokio::test]
async fn when_the_engine_cannot_say_the_page_says_why_and_what_to_do() {
    let csv = "group,score\nreading,7\nreading,7\nusual,7\nusual,7\nreading,7\nusual,7\n";
    let story = Story::begin().await;
    let (mut browser, columns) = with_file(&story, "same.csv", csv.as_bytes()).await;
    let columns = send(
        &mut browser,
        &columns,
        &[("c0", "group"), ("c1", "after"), ("do", "look")],
    )
    .await;
    let answer = send(&mut browser, &columns, &[]).await;
    answer.is(200).says(&["We cannot say", "What to do."]);
    browser.get(&format!("{}/json", answer.path)).await.is(404);
}

#[tokio::test]
async fn a_heading_that_tries_to_be_markup_is_only_words() {
    let csv = "group,<script>alert(1)</script>\nreading,9\nusual,7\nreading,8\nusual,5\nreading,7\nusual,6\n";
    let story = Story::begin().await;
    let (mut browser, columns) = with_file(&story, "<b>x</b>.csv", csv.as_bytes()).await;
    assert!(!columns.text().contains("<script>") && !columns.text().contains("<b>x"));
    let answer = send(
        &mut browser,
        &columns,
        &[("c0", "group"), ("c1", "after"), ("lot", "lot")],
    )
    .await;
    answer.is(200);
    assert!(!answer.text().contains("<script>"));
}

#[tokio::test]
async fn words_that_mean_no_score_can_be_named() {
    let mut csv = "group,score\n".to_owned();
    for i in 0..40 {
        let group = if i % 2 == 0 { "reading" } else { "usual" };
        let score = if i == 7 {
            "ill".to_owned()
        } else {
            (50 + (i * 17) % 23).to_string()
        };
        writeln!(csv, "{group},{score}").unwrap();
    }
    let story = Story::begin().await;
    let (mut browser, columns) = with_file(&story, "ill.csv", csv.as_bytes()).await;
    columns.is(200).says(&["ill"]);
    send(&mut browser, &columns, &[])
        .await
        .is(422)
        .says(&["“ill”"]);
    let answer = send(&mut browser, &columns, &[("no-score", "ill, moved")]).await;
    answer.is(200).says(&[
        "39 rows are used.",
        "--missing ill --missing moved --better higher",
    ]);
}

#[tokio::test]
async fn after_a_quarter_of_an_hour_the_file_is_gone_and_the_page_says_so() {
    let story = Story::begin().await;
    let (mut browser, columns) = with_the_example(&story).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(15 * 60 + 1)).await;
    tokio::time::resume();
    browser
        .get(&columns.path)
        .await
        .is(410)
        .says(&["We hold a spreadsheet in memory for 15 minutes"]);
}

#[tokio::test]
async fn every_file_as_schools_export_them_is_taken_and_answered_or_asked_about() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference/files");
    let story = Story::begin().await;
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".json") {
            continue;
        }
        let (mut browser, columns) = with_file(&story, &name, &std::fs::read(&path).unwrap()).await;
        columns.is(200).says(&[&name, "What each column is"]);
        let answer = send(&mut browser, &columns, &[]).await;
        let status = answer.status.as_u16();
        assert!(status == 200 || status == 422, "{name}: {status}");
        if status == 422 {
            answer.says(&["There is a problem"]);
        }
        seen += 1;
    }
    assert!(seen >= 40, "{seen} files");
}

#[tokio::test]
async fn hostile_files_end_in_words_and_never_in_a_fault() {
    let wide = format!(
        "{}\n{}\n",
        vec!["h"; 20_000].join(","),
        vec!["1"; 20_000].join(",")
    );
    let long = format!("group,score\na,\"{}\"\nb,2\n", "x".repeat(20 * 1024 * 1024));
    let unclosed = format!("group,score\na,\"{}\n", "x\n".repeat(1_000_000));
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(
            "group,score\na,1\nb,2\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    let odd = "group,score\na,NaN\nb,inf\na,1e400\nb,-1e400\n=cmd|'/c calc'!A1,3\n";
    let files: [(&str, &[u8]); 9] = [
        ("wide.csv", wide.as_bytes()),
        ("long.csv", long.as_bytes()),
        ("unclosed.csv", unclosed.as_bytes()),
        ("utf16.csv", &utf16),
        ("odd.csv", odd.as_bytes()),
        ("ragged.csv", b"group,score\na,1,2,3,4\nb\n\n,,,\n"),
        ("half.xlsx", b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0"),
        ("../../etc/passwd", b"group,score\na,1\nb,2\n"),
        ("noise.bin", &[0xA5; 4096]),
    ];
    let story = Story::begin().await;
    for (name, content) in files {
        let (mut browser, answer) = with_file(&story, name, content).await;
        let status = answer.status.as_u16();
        assert!(matches!(status, 200 | 413 | 422), "{name}: {status}");
        if status == 200 {
            let answer = send(&mut browser, &answer, &[("c0", "group"), ("c1", "after")]).await;
            assert!(
                matches!(answer.status.as_u16(), 200 | 413 | 422),
                "{name}: {}",
                answer.status
            );
            assert!(
                !answer.text().contains("NaN ") && !answer.text().contains(">inf<"),
                "{name}"
            );
        }
    }
}
