//! Roles for a time, on the page of a place's people and on that of the network.

use crate::Story;

#[tokio::test]
async fn a_leader_lets_somebody_stand_in_until_a_day_and_ends_it_early() {
    let story = Story::begin().await;
    story.city.leader("Tom Brearley", "Thornbeck").await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let mut tom = story.signed_in("Tom Brearley").await;
    tom.get("/places/thornbeck/people").await.is(200);
    let email = testkit::email_of("Amina Rashid");
    let fields = |until| {
        [
            ("name", "Amina Rashid"),
            ("email", email.as_str()),
            ("role", "leader"),
            ("until", until),
        ]
    };
    for (typed, says) in [
        ("soon", "Enter a last day, such as 12/1/2027, or nothing"),
        (
            "1/2/2020",
            "Enter a last day between today and a year from now",
        ),
    ] {
        let wrong = tom.send("/places/thornbeck/people", &fields(typed)).await;
        wrong.is(422).says(&["There is a problem", says]);
        assert!(wrong.text().contains(&format!("value=\"{typed}\"")), "kept");
    }
    let given = tom
        .send("/places/thornbeck/people", &fields("12/1/2027"))
        .await;
    given.is(200).says(&[
        "Amina Rashid is in.",
        "place leader until 12 January 2027, given by Tom Brearley",
    ]);

    let mut amina = story.signed_in("Amina Rashid").await;
    amina.get("/you").await.says(&[
        "teacher at Thornbeck Primary School",
        "place leader at Thornbeck Primary School",
        ", until 12 January 2027",
    ]);
    amina.get("/places/thornbeck/change").await.is(200);

    let text = given.text();
    let row = text
        .split("<tr>")
        .find(|row| row.contains("until 12 January"));
    let row = row.unwrap();
    let action = row.split("action=\"").nth(1).unwrap();
    let end = action.split('"').next().unwrap();
    tom.send(end, &[]).await.is(200);
    amina.get("/places/thornbeck/change").await.is(403);
}

#[tokio::test]
async fn the_networks_own_roles_are_its_leads_to_give() {
    let story = Story::begin().await;
    let mut ruth = story.signed_in("Ruth Adeyemi").await;
    ruth.get("/network/people").await.is(200);
    let email = testkit::email_of("Jo Garside");
    let administrator = [
        ("name", "Jo Garside"),
        ("email", email.as_str()),
        ("role", "administrator"),
        ("until", ""),
    ];
    let given = ruth.send("/network/people", &administrator).await;
    given
        .is(200)
        .says(&["Jo Garside is in.", "network administrator"]);

    let password = given.words();
    let password = password.split(" ").find(|word| {
        word.matches('-').count() == 3 && word.chars().all(|c| c == '-' || c.is_ascii_lowercase())
    });
    let mut jo = story.stranger();
    jo.get("/sign-in").await;
    let fields = [("email", email.as_str()), ("password", password.unwrap())];
    jo.send("/sign-in", &fields).await.is(200);
    jo.get("/network").await.is(200);
    let people = jo.get("/network/people").await;
    people.is(200).says(&["Ruth Adeyemi", "network lead"]);
    assert!(!people.text().contains("Give the role"), "she may not");
    jo.get("/places/thornbeck/people")
        .await
        .says(&["Give the role"]);
    let own = [
        ("name", "Jo Garside"),
        ("email", email.as_str()),
        ("role", "teacher"),
    ];
    let tried = jo.send("/places/thornbeck/people", &own).await;
    tried
        .is(422)
        .says(&["gives roles to others, not to themselves"]);
}
