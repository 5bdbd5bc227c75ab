//! A network's lead brings the register of schools, and a list of other places.

use crate::Story;

const REGISTER: &[u8] = b"\"URN\",\"LA (code)\",\"LA (name)\",\"EstablishmentName\",\"EstablishmentStatus (code)\",\"PhaseOfEducation (name)\",\"Town\"\r\n\
\"999011\",\"383\",\"Leeds\",\"St Andr\xe9\x92s School\",\"1\",\"Primary\",\"Aireford\"\r\n\
\"999012\",\"383\",\"Leeds\",\"Mill Lane School\",\"1\",\"Primary\",\"Aireford\"\r\n\
\"999013\",\"380\",\"Bradford\",\"Hunslow School\",\"1\",\"Primary\",\"Hunslow\"\r\n\
\"999014\",\"380\",\"Bradford\",\"Gone School\",\"2\",\"Primary\",\"Hunslow\"\r\n";

/// The form's hidden counts, as the page shows them.
fn expected(html: &str) -> String {
    let (_, after) = html.split_once("name=\"expected\" value=\"").unwrap();
    after
        .split('"')
        .next()
        .unwrap()
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
}

#[tokio::test]
async fn the_register_is_looked_at_then_brought_and_a_second_time_there_is_nothing_to_do() {
    let story = Story::begin().await;
    let mut ruth = story.signed_in("Ruth Adeyemi").await;
    ruth.get("/network").await.says(&["Bring a list of places"]);
    ruth.get("/network/import").await.is(200);
    let look = ruth
        .upload(
            "/network/import",
            &[],
            "file",
            "edubasealldata.csv",
            REGISTER,
        )
        .await;
    look.is(200).says(&[
        "Nothing would change",
        "Leeds, 2 schools",
        "All of them, 3 schools",
        "1 place of the list is closed and not here.",
    ]);
    assert!(
        !look.text().contains("name=\"expected\""),
        "nothing is chosen yet"
    );
    let chosen = ruth
        .send(&look.path, &[("do", "look"), ("area", "383")])
        .await;
    chosen.is(200).says(&[
        "2 places would be added.",
        "St André’s School, Aireford",
        "1 place of another local authority is left out",
    ]);
    ruth.get("/places/mill-lane-school").await.is(404);
    let counts = expected(&chosen.text());
    ruth.get(&look.path).await.is(200);
    let done = ruth
        .send(&look.path, &[("do", "apply"), ("expected", &counts)])
        .await;
    done.is(200).says(&[
        "2 places were added.",
        "By Ruth Adeyemi",
        "edubasealldata.csv",
        "Mill Lane School",
    ]);
    assert!(done.path.starts_with("/network/imports/"), "{}", done.path);
    ruth.get("/places/st-andres-school").await.is(200);
    ruth.get(&look.path)
        .await
        .is(410)
        .says(&["That list is no longer here"]);
    ruth.get("/network/import")
        .await
        .says(&["2 places were added."]);

    let again = ruth
        .upload(
            "/network/import",
            &[],
            "file",
            "edubasealldata.csv",
            REGISTER,
        )
        .await;
    let again = ruth
        .send(&again.path, &[("do", "look"), ("area", "383")])
        .await;
    again.is(200).says(&["Nothing would change", "as before 2"]);
}

#[tokio::test]
async fn what_somebody_else_changed_since_is_shown_before_anything_is_done() {
    let story = Story::begin().await;
    let mut ruth = story.signed_in("Ruth Adeyemi").await;
    ruth.get("/network/import").await.is(200);
    let look = ruth
        .upload(
            "/network/import",
            &[],
            "file",
            "edubasealldata.csv",
            REGISTER,
        )
        .await;
    let chosen = ruth
        .send(&look.path, &[("do", "look"), ("area", "all")])
        .await;
    let counts = expected(&chosen.text());
    let profile = network::places::PlaceProfile {
        name: "Mill Lane".to_owned(),
        kind: "school".to_owned(),
        urn: Some("999012".to_owned()),
        ..network::places::PlaceProfile::default()
    };
    network::places::add_place(&story.city, story.city.lead(), "mill-lane", &profile)
        .await
        .unwrap();
    let shown = ruth
        .send(&look.path, &[("do", "apply"), ("expected", &counts)])
        .await;
    shown.is(200).says(&[
        "Something here has changed since you looked",
        "your own words stay",
    ]);
    ruth.get("/places/hunslow-school").await.is(404);
    // Whoever looked at nothing does nothing.
    let blind = ruth.send(&look.path, &[("do", "apply")]).await;
    blind
        .is(200)
        .says(&["Something here has changed since you looked"]);
}

#[tokio::test]
async fn a_list_of_other_places_is_matched_and_what_is_wrong_stands_beside_its_field() {
    let story = Story::begin().await;
    let mut ruth = story.signed_in("Ruth Adeyemi").await;
    ruth.get("/network/import").await.is(200);
    ruth.upload("/network/import", &[], "file", "", b"")
        .await
        .is(422)
        .says(&["Choose the file to read"]);
    let file = "Ref;Standort;Ort\nC1;Haus am See;Kiel\nC2;Treff am Markt;Kiel\n".as_bytes();
    let look = ruth
        .upload("/network/import", &[], "file", "orte.csv", file)
        .await;
    look.is(200).says(&[
        "What each column is",
        "Haus am See",
        "Say what each column is",
    ]);
    let wrong = ruth
        .send(
            &look.path,
            &[
                ("do", "look"),
                ("list", "youth clubs"),
                ("kind", "youth service"),
            ],
        )
        .await;
    wrong.is(422).says(&["No column is the name of the place"]);
    assert!(
        wrong.text().contains("value=\"youth clubs\""),
        "what was typed stays"
    );
    let fields = [
        ("do", "look"),
        ("list", "youth clubs"),
        ("kind", "youth service"),
        ("column-name", "Standort"),
        ("column-number", "Ref"),
        ("column-town", "Ort"),
    ];
    let shown = ruth.send(&look.path, &fields).await;
    shown
        .is(200)
        .says(&["2 places would be added.", "Treff am Markt, Kiel"]);
    let counts = expected(&shown.text());
    ruth.send(&look.path, &[("do", "apply"), ("expected", &counts)])
        .await
        .is(200)
        .says(&["2 places were added.", "youth clubs"]);
    story
        .stranger()
        .get("/places/haus-am-see")
        .await
        .is(200)
        .says(&["youth service", "Kiel"]);

    let twice = "Ref;Standort\nC1;Haus\nC1;Treff\n".as_bytes();
    ruth.get("/network/import").await.is(200);
    let look = ruth
        .upload("/network/import", &[], "file", "orte.csv", twice)
        .await;
    let fields = [
        ("do", "look"),
        ("list", "x"),
        ("kind", "youth service"),
        ("column-name", "Standort"),
        ("column-number", "Ref"),
    ];
    ruth.send(&look.path, &fields)
        .await
        .is(422)
        .says(&["Row 3, column “Ref”: “C1” is in row 2 already."]);
}

#[tokio::test]
async fn a_file_that_is_wrong_is_refused_and_nothing_of_it_is_here() {
    let story = Story::begin().await;
    let mut ruth = story.signed_in("Ruth Adeyemi").await;
    ruth.get("/network/import").await.is(200);
    let half = "URN,EstablishmentName,Town\n999011,Mill Lane,Aireford\n999012,Ki\n";
    let look = ruth
        .upload(
            "/network/import",
            &[],
            "file",
            "edubasealldata.csv",
            half.as_bytes(),
        )
        .await;
    look.is(422)
        .says(&["Row 3", "This file can’t be brought as it is."]);
    ruth.get("/places/mill-lane").await.is(404);
    // Whoever leads a place and not the network is told whom to ask.
    story.city.leader("Tom Brearley", "Thornbeck").await;
    let mut tom = story.signed_in("Tom Brearley").await;
    tom.get("/network/import")
        .await
        .is(403)
        .says(&["You can’t do this yourself. Ask the", "network lead"]);
    tom.get(&look.path).await.is(403);
}
