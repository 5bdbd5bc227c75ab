//! Signing in, staying in and getting out.

use testkit::{PASSWORD, TestNetwork, email_of};

use crate::Story;

#[tokio::test]
async fn a_teacher_signs_in_and_stands_in_the_masthead_of_her_place() {
    let story = Story::begin().await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let mut browser = story.stranger();
    browser.get("/").await.says(&[
        "Aireford Learning Network",
        "Sign in",
        "Thornbeck Primary School",
    ]);
    browser.get("/sign-in").await.says(&["Good to see you"]);
    let fields = [
        ("email", "Amina.Rashid@example.org "),
        ("password", PASSWORD),
    ];
    let home = browser.send("/sign-in", &fields).await;
    home.is(200).says(&[
        "Amina Rashid",
        "Thornbeck Primary School",
        "Tuesday 24 November 2026",
    ]);
    assert_eq!(home.path, "/places/thornbeck");
    assert_eq!(home.header("cache-control"), "no-store");

    let you = browser.get("/you").await;
    you.is(200).says(&[
        "teacher at Thornbeck Primary School",
        "this one",
        "amina.rashid@example.org",
    ]);
    let out = browser.send("/sign-out", &[]).await;
    out.is(200).says(&["Sign in"]);
    assert!(!browser.cookies.contains_key("session"));
    browser.get("/you").await.says(&["Good to see you"]);
}

#[tokio::test]
async fn whoever_must_sign_in_first_is_led_back_to_where_they_were_going() {
    let story = Story::begin().await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let mut browser = story.stranger();
    let ask = browser.get("/you").await;
    ask.is(200).says(&["Good to see you"]);
    assert_eq!(ask.path, "/sign-in?to=%2Fyou");
    let email = email_of("Amina Rashid");
    let fields = [
        ("email", email.as_str()),
        ("password", PASSWORD),
        ("to", "/you"),
    ];
    assert_eq!(browser.send("/sign-in", &fields).await.path, "/you");
}

#[tokio::test]
async fn a_wrong_password_says_nothing_about_whether_there_is_an_account() {
    let story = Story::begin().await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    for email in ["amina.rashid@example.org", "nobody@example.org"] {
        let mut browser = story.stranger();
        browser.get("/sign-in").await;
        let answer = browser
            .send(
                "/sign-in",
                &[("email", email), ("password", "guess guess guess")],
            )
            .await;
        answer.is(422).says(&[
            "There is a problem",
            "That email and password do not match.",
        ]);
        let html = answer.text();
        assert!(html.contains("<title>Error: Sign in"));
        assert!(
            html.contains(&format!("value=\"{email}\"")),
            "what was typed is kept"
        );
        assert!(!html.contains("guess guess"), "but never the password");
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("href=\"#password\""));
    }
}

#[tokio::test]
async fn guessing_stops_after_ten_tries_but_the_owner_still_gets_in_where_she_was_before() {
    let story = Story::begin().await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let email = email_of("Amina Rashid");
    let mut own = story.signed_in("Amina Rashid").await;
    own.get("/you").await;
    own.send("/sign-out", &[]).await;

    let mut thief = story.stranger();
    thief.get("/sign-in").await;
    for _ in 0..10 {
        thief
            .send(
                "/sign-in",
                &[("email", &email), ("password", "not this one")],
            )
            .await
            .is(422);
    }
    let refused = thief
        .send("/sign-in", &[("email", &email), ("password", PASSWORD)])
        .await;
    refused
        .is(429)
        .says(&["That was too often", "Wait 5 minutes"]);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 200);

    own.get("/sign-in").await;
    own.send("/sign-in", &[("email", &email), ("password", PASSWORD)])
        .await
        .is(200)
        .says(&["Amina Rashid"]);
}

#[tokio::test]
async fn signing_out_elsewhere_and_idling_end_a_session() {
    let story = Story::begin().await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let mut laptop = story.signed_in("Amina Rashid").await;
    let mut phone = story.signed_in("Amina Rashid").await;
    phone.get("/you").await.is(200);
    phone.send("/you/devices", &[]).await.is(200);
    assert_eq!(laptop.get("/you").await.path, "/sign-in?to=%2Fyou");

    story.city.clock.pass(jiff::SignedDuration::from_hours(13));
    assert_eq!(phone.get("/you").await.path, "/sign-in?to=%2Fyou");
}

#[tokio::test]
async fn changing_the_password_asks_for_the_old_one_and_signs_other_devices_out() {
    let story = Story::begin().await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let mut laptop = story.signed_in("Amina Rashid").await;
    let mut phone = story.signed_in("Amina Rashid").await;
    phone.get("/you").await;
    phone
        .send(
            "/you/password",
            &[
                ("old_password", "not that"),
                ("password", "green kettle in the sea"),
            ],
        )
        .await
        .is(422)
        .says(&["This is not your password now."]);
    phone
        .send(
            "/you/password",
            &[("old_password", PASSWORD), ("password", "short")],
        )
        .await
        .is(422)
        .says(&["Enter a password of at least 12 characters."]);
    phone
        .send(
            "/you/password",
            &[
                ("old_password", PASSWORD),
                ("password", "green kettle in the sea"),
            ],
        )
        .await
        .is(200)
        .says(&["Your password is changed."]);
    assert_eq!(laptop.get("/you").await.path, "/sign-in?to=%2Fyou");
}

#[tokio::test]
async fn a_form_from_before_signing_in_is_not_taken_after_it() {
    let story = Story::begin().await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let mut browser = story.stranger();
    let before = testkit::browser::hidden_token(&browser.get("/sign-in").await.text()).unwrap();
    let email = email_of("Amina Rashid");
    browser
        .send("/sign-in", &[("email", &email), ("password", PASSWORD)])
        .await
        .is(200);
    let body = format!("form-token={before}").into_bytes();
    let kind = "application/x-www-form-urlencoded".to_owned();
    browser
        .once(axum::http::Method::POST, "/sign-out", Some((kind, body)))
        .await
        .is(403);
}

#[tokio::test]
async fn the_demo_citys_links_work_there_and_nowhere_else() {
    let story = Story::with(
        TestNetwork::demo().await,
        difference_web::Settings::default(),
    )
    .await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let secret = network::people::demo::link_for(&story.city, &email_of("Amina Rashid"))
        .await
        .unwrap();
    let mut browser = story.stranger();
    browser
        .get(&format!("/sign-in/demo/{secret}"))
        .await
        .is(200)
        .says(&["Amina Rashid"]);
    story.stranger().get("/sign-in/demo/00").await.is(404);

    let real = Story::begin().await;
    real.stranger()
        .get(&format!("/sign-in/demo/{secret}"))
        .await
        .is(404);
}

#[tokio::test]
async fn strangers_see_of_a_place_what_it_shares_and_an_old_address_leads_to_the_new() {
    let story = Story::begin().await;
    story
        .stranger()
        .get("/places/thornbeck")
        .await
        .is(200)
        .says(&["has reported no result yet"]);
    story.stranger().get("/places/no-such-place").await.is(404);
    let place = story.city.place("Thornbeck").await;
    network::places::change_place(
        &story.city,
        story.city.lead(),
        place.id,
        "thornbeck-primary",
        &place.profile,
    )
    .await
    .unwrap();
    let moved = story.stranger().get("/places/thornbeck").await;
    moved.is(200);
    assert_eq!(moved.path, "/places/thornbeck-primary");
}
