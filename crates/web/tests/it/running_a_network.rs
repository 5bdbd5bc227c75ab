//! From an empty folder to a network whose people can sign in.

use difference_web::{App, Settings, router};
use network::Network;
use testkit::{Answer, Browser};

use crate::Story;
use crate::second_step::key_on;

const SECRET: &str = "the-link-that-was-printed";

/// An application over a folder in which nothing is founded.
async fn unfounded() -> (tempfile::TempDir, App) {
    let folder = tempfile::tempdir().unwrap();
    let settings = network::Settings::new(folder.path().join("data"));
    let network = Network::open(settings).await.unwrap();
    let settings = Settings {
        set_up: Some(SECRET.into()),
        ..Settings::default()
    };
    (folder, App::new(network, settings))
}

fn told_password(page: &Answer) -> String {
    let words = page.words();
    let (_, after) = words.split_once("the password ").unwrap();
    after.split(',').next().unwrap().trim().to_owned()
}

/// Sets up the second step that the page asks for.
async fn take_second_step(browser: &mut Browser, asked: &Answer) {
    let code = testkit::phone_code(&key_on(asked), jiff::Timestamp::now());
    let done = browser.send("/you/second-step", &[("code", &code)]).await;
    done.is(200).says(&["Keep these recovery codes"]);
}

#[tokio::test]
async fn a_network_is_founded_by_the_printed_link_and_the_link_is_gone_after_that() {
    let (_folder, app) = unfounded().await;
    let mut ruth = Browser::new(router(app.clone()));
    ruth.get("/")
        .await
        .is(200)
        .says(&["Evaluate my spreadsheet"]);
    ruth.get("/set-up/another-link").await.is(404);
    let link = format!("/set-up/{SECRET}");
    ruth.get(&link).await.is(200).says(&["Set up your network"]);
    ruth.send(&link, &[("network", "Aireford Learning Network")])
        .await
        .is(422)
        .says(&[
            "Enter what the network is here for",
            "Enter the name of a person to ask.",
        ]);
    let fields = [
        ("network", "Aireford Learning Network"),
        ("purpose", "Every child known, stretched and ready."),
        ("values", "fair and open\nnobody slips through"),
        ("approval", "yes"),
        ("contact_name", "Ruth Adeyemi"),
        ("contact_role", "network lead"),
        ("contact_phone", "0113 496 0118"),
        ("email", "ruth@example.org"),
        ("password", "blue kettle on the hill"),
    ];
    let asked = ruth.send(&link, &fields).await;
    asked.is(200).says(&["Set up a second step"]);
    assert_eq!(asked.path, "/you/second-step?to=%2Fnetwork");
    take_second_step(&mut ruth, &asked).await;
    let network = ruth.get("/network").await;
    network
        .is(200)
        .says(&["Ruth Adeyemi", "There is no place yet."]);
    assert_eq!(network.path, "/network");
    ruth.get(&link).await.is(404);

    ruth.get("/places/new").await.is(200);
    let people = ruth
        .send(
            "/places/new",
            &[
                ("name", "Thornbeck Primary School"),
                ("kind", "school"),
                ("town", "Aireford"),
            ],
        )
        .await;
    people.is(200).says(&["Nobody has a role here yet."]);
    assert_eq!(people.path, "/places/thornbeck-primary-school/people");
    let welcome = ruth
        .send(
            &people.path,
            &[
                ("name", "Amina Rashid"),
                ("email", "amina@example.org"),
                ("role", "leader"),
            ],
        )
        .await;
    welcome
        .is(200)
        .says(&["Amina Rashid is in.", "place leader"]);

    let mut amina = Browser::new(router(app.clone()));
    amina.get("/sign-in").await;
    let password = told_password(&welcome);
    let asked = amina
        .send(
            "/sign-in",
            &[("email", "amina@example.org"), ("password", &password)],
        )
        .await;
    assert_eq!(asked.path, "/you/second-step");
    take_second_step(&mut amina, &asked).await;
    amina
        .get("/places/thornbeck-primary-school")
        .await
        .says(&["Amina Rashid"]);
    amina
        .get("/network")
        .await
        .is(403)
        .says(&["the network lead or whoever runs the server"]);

    // Ruth is known already: no password is shown, and her own stays.
    amina
        .get("/places/thornbeck-primary-school/people")
        .await
        .is(200);
    let known = amina
        .send(
            "/places/thornbeck-primary-school/people",
            &[
                ("name", "Ruth A"),
                ("email", "RUTH@example.org"),
                ("role", "governor"),
            ],
        )
        .await;
    known.is(200).says(&["Ruth Adeyemi has an account already"]);
}

#[tokio::test]
async fn a_role_that_is_ended_is_over_with_the_next_click() {
    let story = Story::begin().await;
    story.city.leader("Amina Rashid", "Thornbeck").await;
    story.city.teacher("Tom Brearley", "Thornbeck").await;
    let mut tom = story.signed_in("Tom Brearley").await;
    tom.get("/places/thornbeck")
        .await
        .says(&["What difference are you making?"]);
    let mut amina = story.signed_in("Amina Rashid").await;
    let people = amina.get("/places/thornbeck/people").await;
    let html = people.is(200).text();
    let (before, _) = html.split_once("the role of Tom Brearley").unwrap();
    let (_, action) = before.rsplit_once("<form action=\"").unwrap();
    let action = action.split_once('"').unwrap().0.to_owned();
    amina.send(&action, &[]).await.is(200);
    tom.get("/places/thornbeck")
        .await
        .is(200)
        .says(&["has reported no result yet"]);
    tom.get("/places/thornbeck/people").await.is(404);
    // Another place's leader can't end a role here, nor learn that it exists.
    story.city.leader("Kim Lee", "Kirkfold").await;
    let mut kim = story.signed_in("Kim Lee").await;
    kim.get("/you").await;
    kim.send(&action, &[]).await.is(404);
}

#[tokio::test]
async fn a_token_is_shown_once_and_ended_when_it_is_no_longer_needed() {
    let story = Story::begin().await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let mut amina = story.signed_in("Amina Rashid").await;
    amina.get("/you/tokens").await.is(200);
    amina
        .send("/you/tokens", &[("name", " ")])
        .await
        .is(422)
        .says(&["Enter what this token is for"]);
    let made = amina
        .send(
            "/you/tokens",
            &[("name", "night import"), ("scope", "write")],
        )
        .await;
    made.is(200)
        .says(&["difference_", "night import", "read and change"]);
    let again = amina.get("/you/tokens").await;
    assert!(!again.words().contains("difference_"));
    let html = again.text();
    let (_, action) = html.split_once("/you/tokens/").unwrap();
    let action = format!("/you/tokens/{}", action.split_once('"').unwrap().0);
    let ended = amina.send(&action, &[]).await;
    assert!(!ended.is(200).words().contains("night import"));
}

#[tokio::test]
async fn a_place_states_its_purpose_and_values_and_a_goal_points_at_one() {
    let story = Story::begin().await;
    story.city.leader("Amina Rashid", "Thornbeck").await;
    let mut amina = story.signed_in("Amina Rashid").await;
    amina
        .get("/places/thornbeck")
        .await
        .says(&["Nobody has said yet what"]);
    amina.get("/places/thornbeck/change").await.is(200);
    let fields = |values: &'static str| {
        [
            ("name", "Thornbeck Primary School"),
            ("kind", "school"),
            ("slug", "thornbeck"),
            ("purpose", "Every child leaves us a reader."),
            ("values", values),
        ]
    };
    amina
        .send("/places/thornbeck/change", &fields("a\nb\nc\nd\ne\nf"))
        .await
        .is(422)
        .says(&[
            "Choose the 5 values that matter most. You have 6.",
            "Every child leaves us a reader.",
        ]);
    let home = amina
        .send(
            "/places/thornbeck/change",
            &fields("kind first\nevery voice counts"),
        )
        .await;
    home.is(200)
        .says(&["We stand for: “kind first”, “every voice counts”."]);
    story
        .stranger()
        .get("/places/thornbeck")
        .await
        .is(200)
        .says(&["Every child leaves us a reader.", "kind first"]);
    amina
        .get("/places/thornbeck/goals/new")
        .await
        .is(200)
        .says(&["kind first", "nobody slips through"]);
    let goal = [
        ("measure", "Attendance"),
        ("better", "higher"),
        ("baseline", "93.4"),
        ("target", "96"),
        ("due", "2027-07-16"),
        ("serves", "kind first"),
    ];
    amina
        .send("/places/thornbeck/goals/new", &goal)
        .await
        .is(200)
        .says(&["It serves “kind first”"]);
}
