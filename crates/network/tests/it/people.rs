//! Signing in and out, tokens, roles.

use jiff::SignedDuration;
use network::people::{self, NewPerson, demo};
use network::{Action, Error, Role, Scope, places};
use testkit::{PASSWORD, TestNetwork, email_of};

#[tokio::test]
async fn amina_signs_in_and_out() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    city.teacher("Amina Rashid", "Thornbeck").await;
    let device = people::sign_in(
        &city,
        " Amina.Rashid@example.org ",
        PASSWORD,
        "Firefox on Windows",
    )
    .await
    .unwrap();
    let amina = people::actor_of_session(&city, &device.token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(amina.person.as_ref().unwrap().name, "Amina Rashid");
    assert_eq!(
        amina.grants.first().unwrap().place_name,
        "Thornbeck Primary School"
    );
    let devices = people::sessions(&city, &amina).await.unwrap();
    assert!(devices.iter().any(|d| d.device == "Firefox on Windows"));
    people::sign_out(&city, &amina).await.unwrap();
    assert_eq!(
        people::actor_of_session(&city, &device.token)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_words() {
    let city = TestNetwork::new().await;
    let email = email_of("Ruth Adeyemi");
    let wrong = people::sign_in(&city, &email, "red kettle on the hill", "x")
        .await
        .unwrap_err();
    let unknown = people::sign_in(&city, "nobody@example.org", PASSWORD, "x")
        .await
        .unwrap_err();
    assert!(matches!(wrong, Error::WrongPassword));
    assert_eq!(wrong.to_string(), unknown.to_string());
}

#[tokio::test]
async fn a_device_that_is_not_used_is_signed_out() {
    let city = TestNetwork::new().await;
    let device = city.sign_in("Ruth Adeyemi").await;
    for _ in 0..3 {
        city.clock.pass(SignedDuration::from_hours(11));
        assert!(
            people::actor_of_session(&city, &device.token)
                .await
                .unwrap()
                .is_some()
        );
    }
    city.clock.pass(SignedDuration::from_hours(12));
    assert_eq!(
        people::actor_of_session(&city, &device.token)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_new_password_signs_other_devices_out_even_after_a_restart() {
    let city = TestNetwork::new().await;
    let (phone, laptop) = (
        city.sign_in("Ruth Adeyemi").await,
        city.sign_in("Ruth Adeyemi").await,
    );
    let new = "seven herons in a row";
    people::change_password(&city, &laptop.actor, PASSWORD, new)
        .await
        .unwrap();
    let city = city.restarted().await;
    assert_eq!(
        people::actor_of_session(&city, &phone.token).await.unwrap(),
        None
    );
    assert!(
        people::actor_of_session(&city, &laptop.token)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        people::sign_in(&city, &email_of("Ruth Adeyemi"), new, "x")
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn nobody_ends_another_persons_session() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let ruths = people::sessions(&city, city.lead()).await.unwrap();
    let tried = people::end_session(&city, &amina, ruths.first().unwrap().id)
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::NotFound));
}

#[tokio::test]
async fn a_token_is_shown_once_and_keeps_to_its_scope() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let head = city.leader("Tom Brearley", "Thornbeck").await;
    let place = city.place("Thornbeck").await;
    let made = people::make_token(&city, &head, "attendance import", false)
        .await
        .unwrap();
    let reader = people::actor_of_token(&city, &made.secret)
        .await
        .unwrap()
        .unwrap();
    assert!(reader.may(Action::SeePlace, Scope::place(place.id)));
    let tried = places::change_place(&city, &reader, place.id, "thornbeck", &place.profile)
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::NotAllowed { .. }), "{tried}");
    let more = people::make_token(&city, &reader, "a second", true)
        .await
        .unwrap_err();
    assert!(
        matches!(more, Error::NotAllowed { .. }),
        "a token makes no token"
    );
    people::end_token(&city, &head, made.token.id)
        .await
        .unwrap();
    assert_eq!(
        people::actor_of_token(&city, &made.secret).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn secrets_are_not_in_the_database() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let head = city.leader("Tom Brearley", "Thornbeck").await;
    let token = people::make_token(&city, &head, "import", true)
        .await
        .unwrap()
        .secret;
    let session = city.sign_in("Tom Brearley").await.token;
    let folder = city.folder().join("data");
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [PASSWORD, token.as_str(), session.as_str()] {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "a secret is on the disk");
        }
    }
}

#[tokio::test]
async fn a_role_that_ends_ends_at_once() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let device = {
        city.teacher("Amina Rashid", "Thornbeck").await;
        city.sign_in("Amina Rashid").await
    };
    let place = city.place("Thornbeck").await;
    let grant = device.actor.grants.first().unwrap().id;
    people::end_role(&city, city.lead(), grant).await.unwrap();
    let amina = people::actor_of_session(&city, &device.token)
        .await
        .unwrap()
        .unwrap();
    assert!(!amina.may(Action::SeePlace, Scope::place(place.id)));
}

#[tokio::test]
async fn the_last_network_lead_stays() {
    let city = TestNetwork::new().await;
    let grant = city.lead().grants.first().unwrap().id;
    let tried = people::end_role(&city, city.lead(), grant)
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::Conflict { .. }));
}

#[tokio::test]
async fn what_was_typed_wrong_is_said_all_at_once() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let place = city.place("Thornbeck").await;
    let new = NewPerson {
        name: " ".to_owned(),
        email: "not an address".to_owned(),
        password: Some("short".to_owned()),
    };
    let tried = people::give_role(&city, city.lead(), &new, Role::Teacher, Some(place.id))
        .await
        .unwrap_err();
    let Error::Invalid(problems) = tried else {
        panic!("{tried}")
    };
    let fields: Vec<_> = problems.iter().map(|p| p.field).collect();
    assert_eq!(fields, ["name", "email", "password"]);
}

#[tokio::test]
async fn one_click_links_exist_in_the_demo_city_alone() {
    let demo_city = TestNetwork::demo().await;
    let secret = demo::link_for(&demo_city, &email_of("Ruth Adeyemi"))
        .await
        .unwrap();
    let ruth = demo::follow(&demo_city, &secret, "a phone").await.unwrap();
    assert!(ruth.actor.has(Role::NetworkLead));
    assert!(matches!(
        demo::follow(&demo_city, "guess", "x").await,
        Err(Error::NotFound)
    ));

    let city = TestNetwork::new().await;
    assert!(matches!(
        demo::link_for(&city, &email_of("Ruth Adeyemi")).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        demo::follow(&city, &secret, "x").await,
        Err(Error::NotFound)
    ));
}
