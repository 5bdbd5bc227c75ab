//! The second step at sign-in: asked of whoever leads, from the first time on.

use axum::http::Method;
use difference_web::{Settings, table};
use jiff::SignedDuration;
use testkit::{Answer, Browser, TestNetwork, phone_code};

use crate::Story;

async fn story() -> Story {
    let city = TestNetwork::new().await.asking_for_second_step().await;
    let story = Story::with(city, Settings::default()).await;
    story.city.leader("Tom Brearley", "Thornbeck").await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    story
}

/// The key on the page, as somebody types it who can't point a phone at the picture.
pub(crate) fn key_on(page: &Answer) -> String {
    let text = page.text();
    let after = text.split("<span class=\"code ltr\">").nth(1).unwrap();
    after.split("</span>").next().unwrap().to_owned()
}

fn codes_on(page: &Answer) -> Vec<String> {
    let words = page.words();
    let is_code = |word: &&str| word.len() == 19 && word.matches('-').count() == 3;
    words
        .split(' ')
        .filter(is_code)
        .map(str::to_owned)
        .collect()
}

/// Sets the second step up on the page where somebody stands; gives the key and the recovery codes.
async fn set_up(story: &Story, browser: &mut Browser) -> (String, Vec<String>) {
    let page = browser.get("/you/second-step").await;
    let key = key_on(page.is(200));
    let code = phone_code(&key, story.city.now());
    let done = browser.send("/you/second-step", &[("code", &code)]).await;
    done.is(200).says(&["Keep these recovery codes"]);
    let codes = codes_on(&done);
    assert_eq!(codes.len(), 10);
    (key, codes)
}

#[tokio::test]
async fn a_leader_sets_it_up_at_the_first_sign_in_and_only_then_leads() {
    let story = story().await;
    let mut tom = story.signed_in("Tom Brearley").await;
    let asked = tom.get("/places/thornbeck/people").await;
    asked
        .is(200)
        .says(&["Set up a second step", "Or type this key"]);
    assert_eq!(
        asked.path,
        "/you/second-step?to=%2Fplaces%2Fthornbeck%2Fpeople"
    );
    assert!(asked.text().contains("<svg class=\"qr\""));
    assert!(asked.text().contains("autocomplete=\"one-time-code\""));
    let key = key_on(&asked);

    let to = ("to", "/places/thornbeck/people");
    let wrong = tom
        .send("/you/second-step", &[("code", "12345x"), to])
        .await;
    wrong
        .is(422)
        .says(&["There is a problem", "That code is not right"]);
    assert!(
        wrong.text().contains("value=\"12345x\""),
        "what was typed is kept"
    );
    assert_eq!(key_on(&wrong), key, "the phone’s key stays the same");
    tom.get("/you").await.says(&["Set up a second step"]);

    let code = phone_code(&key, story.city.now());
    let done = tom.send("/you/second-step", &[("code", &code), to]).await;
    done.is(200).says(&["Keep these recovery codes"]);
    assert!(done.text().contains("href=\"/places/thornbeck/people\""));
    assert!(!done.text().contains(&key), "the key is not shown again");
    tom.get("/places/thornbeck/people")
        .await
        .is(200)
        .says(&["Give somebody a role"]);
    tom.get("/you")
        .await
        .says(&["When you sign in we ask for a code from your phone too"]);
    let again = tom.get("/you/second-step").await;
    again.says(&["You have 10 recovery codes left"]);
    assert!(!again.text().contains(&key));
}

#[tokio::test]
async fn the_phones_code_is_taken_once_and_so_is_a_recovery_code() {
    let story = story().await;
    let mut tom = story.signed_in("Tom Brearley").await;
    let (key, codes) = set_up(&story, &mut tom).await;

    let mut phone = story.signed_in("Tom Brearley").await;
    let page = phone.get("/places/thornbeck").await;
    page.is(200).says(&["Thornbeck Primary School"]);
    let used = phone_code(&key, story.city.now());
    phone
        .get("/you")
        .await
        .says(&["Now the code from your phone"]);
    let again = phone.send("/you/second-step", &[("code", &used)]).await;
    again.is(422).says(&["was used already"]);
    story.city.clock.pass(SignedDuration::from_secs(30));
    let code = phone_code(&key, story.city.now());
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let home = phone.send("/you/second-step", &[("code", &spaced)]).await;
    assert_eq!(home.is(200).path, "/places/thornbeck");

    let recovery = codes.first().unwrap().to_uppercase();
    let mut laptop = story.signed_in("Tom Brearley").await;
    laptop.get("/you").await;
    let home = laptop
        .send("/you/second-step", &[("code", &recovery), ("to", "/you")])
        .await;
    assert_eq!(home.is(200).path, "/you");
    laptop
        .get("/you/second-step")
        .await
        .says(&["You have 9 recovery codes left"]);
    let mut thief = story.signed_in("Tom Brearley").await;
    thief.get("/you").await;
    let tried = thief.send("/you/second-step", &[("code", &recovery)]).await;
    tried.is(422);

    // New codes take the place of the old ones.
    story.city.clock.pass(SignedDuration::from_secs(30));
    let code = phone_code(&key, story.city.now());
    let made = laptop
        .send("/you/second-step/codes", &[("code", &code)])
        .await;
    let new = codes_on(made.is(200));
    assert_eq!(new.len(), 10);
    let old = codes.last().unwrap();
    thief
        .send("/you/second-step", &[("code", old)])
        .await
        .is(422);
}

#[tokio::test]
async fn setting_it_up_signs_other_devices_out() {
    let story = story().await;
    let mut other = story.signed_in("Amina Rashid").await;
    let mut amina = story.signed_in("Amina Rashid").await;
    other
        .get("/you")
        .await
        .says(&["Set up a code from your phone"]);
    set_up(&story, &mut amina).await;
    other.get("/you").await.says(&["Good to see you"]);
    amina.get("/you").await.says(&["this one"]);
    let mut again = story.signed_in("Amina Rashid").await;
    again
        .get("/you")
        .await
        .says(&["Now the code from your phone"]);
}

#[tokio::test]
async fn before_it_a_leader_finds_what_anybody_finds_and_nothing_more() {
    let story = story().await;
    let mut tom = story.signed_in("Tom Brearley").await;
    let mut stranger = story.stranger();
    let mut cells = 0;
    for route in table().iter().filter(|route| !route.is_for_programs()) {
        let path = route.path.replace("{place}", "thornbeck");
        let path = path.replace(['{', '}', '*'], "");
        // Their own second step, and signing out.
        let own = ["/you/second-step", "/sign-out", "/you/devices"];
        if own.iter().any(|own| path.starts_with(own)) {
            continue;
        }
        let before = tom.cookies.clone();
        let found = tom.once(route.method.clone(), &path, None).await;
        tom.cookies = before;
        let anybody = stranger.once(route.method.clone(), &path, None).await;
        let led = found.header("location").starts_with("/you/second-step");
        // The sign-in page itself leads on whoever has signed in.
        let signed_in = path == "/sign-in" && found.status.is_redirection();
        assert!(
            led || signed_in || found.status == anybody.status,
            "{} {path}: {} where anybody finds {}",
            route.method,
            found.status,
            anybody.status
        );
        if route.method == Method::GET && path == "/places/thornbeck" {
            let text = found.text();
            assert!(
                !text.contains("/places/thornbeck/people"),
                "no page of its work"
            );
        }
        cells += 1;
    }
    assert!(cells > 60, "{cells} ways in");
}

#[tokio::test]
async fn guessing_the_code_stops_after_ten_tries() {
    let story = story().await;
    let mut tom = story.signed_in("Tom Brearley").await;
    let (key, _) = set_up(&story, &mut tom).await;
    let mut thief = story.signed_in("Tom Brearley").await;
    thief.get("/you").await;
    for guess in 0..10 {
        let code = format!("{guess:06}");
        let tried = thief.send("/you/second-step", &[("code", &code)]).await;
        tried.is(422);
    }
    story.city.clock.pass(SignedDuration::from_secs(30));
    let right = phone_code(&key, story.city.now());
    let tried = thief.send("/you/second-step", &[("code", &right)]).await;
    tried.is(429);
    tom.get("/places/thornbeck/people").await.is(200);
}

#[tokio::test]
async fn a_teacher_who_becomes_a_leader_is_asked_with_the_next_click() {
    let story = story().await;
    let mut amina = story.signed_in("Amina Rashid").await;
    amina.get("/places/thornbeck/goals/new").await.is(200);
    story.city.leader("Amina Rashid", "Thornbeck").await;
    let asked = amina.get("/places/thornbeck/goals/new").await;
    asked.says(&["Set up a second step"]);
    set_up(&story, &mut amina).await;
    amina.get("/places/thornbeck/people").await.is(200);
}

#[tokio::test]
async fn whoever_leads_the_network_takes_a_lost_one_away() {
    let story = story().await;
    let mut tom = story.signed_in("Tom Brearley").await;
    set_up(&story, &mut tom).await;
    let people = tom.get("/places/thornbeck/people").await;
    assert!(
        !people.text().contains("lost-phone"),
        "not a place’s leader"
    );

    let mut ruth = story.signed_in("Ruth Adeyemi").await;
    set_up(&story, &mut ruth).await;
    let people = ruth.get("/places/thornbeck/people").await;
    let text = people.text();
    let action = text.split("action=\"").find(|a| a.contains("lost-phone"));
    let action = action.unwrap().split('"').next().unwrap();
    tom.send(action, &[]).await.is(403);
    ruth.send(action, &[]).await.is(200);
    tom.get("/you").await.says(&["Good to see you"]);
    let mut again = story.signed_in("Tom Brearley").await;
    again.get("/you").await.says(&["Set up a second step"]);
}
