//! Places and their addresses; the network's own page.

use network::people::{self, Founding, NewPerson};
use network::places::{self, About, Found, PlaceProfile};
use network::{Actor, Error};
use testkit::TestNetwork;

#[tokio::test]
async fn an_old_address_leads_to_the_new_one() {
    let city = TestNetwork::new()
        .await
        .with_place("Thornbeck")
        .await
        .with_place("Kirkfold")
        .await;
    let thornbeck = city.place("Thornbeck").await;
    places::change_place(
        &city,
        city.lead(),
        thornbeck.id,
        "thornbeck-academy",
        &thornbeck.profile,
    )
    .await
    .unwrap();
    let moved = places::by_slug(&city, "thornbeck").await.unwrap();
    assert_eq!(moved, Found::MovedTo("thornbeck-academy".to_owned()));
    // Nobody else may take the old one: letters and links still carry it.
    let kirkfold = city.place("Kirkfold").await;
    let taken = places::change_place(
        &city,
        city.lead(),
        kirkfold.id,
        "thornbeck",
        &kirkfold.profile,
    )
    .await
    .unwrap_err();
    assert!(matches!(taken, Error::Invalid(_)));
    // The place itself may go back to it.
    places::change_place(
        &city,
        city.lead(),
        thornbeck.id,
        "thornbeck",
        &thornbeck.profile,
    )
    .await
    .unwrap();
    assert_eq!(
        places::by_slug(&city, "thornbeck").await.unwrap(),
        Found::Here(Box::new(thornbeck))
    );
}

#[tokio::test]
async fn a_network_is_founded_once() {
    let city = TestNetwork::new().await;
    let again = Founding {
        about: places::network_profile(&city).await.unwrap().about,
        lead: NewPerson {
            name: "Mallory".to_owned(),
            email: "mallory@example.org".to_owned(),
            password: None,
        },
        ..Founding::default()
    };
    let tried = people::found(&city, &Actor::operator(), &again)
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::Conflict { .. }));
    let tried = people::found(&city, city.lead(), &again).await.unwrap_err();
    assert!(matches!(tried, Error::NotAllowed { .. }));
}

#[tokio::test]
async fn only_the_lead_changes_the_networks_page() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let head = city.leader("Tom Brearley", "Thornbeck").await;
    let about = About {
        purpose: "Fewer meetings.".to_owned(),
        ..places::network_profile(&city).await.unwrap().about
    };
    let tried = places::change_network(&city, &head, &about, false)
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::NotAllowed { .. }));
    places::change_network(&city, city.lead(), &about, false)
        .await
        .unwrap();
    let now = places::network_profile(&city).await.unwrap();
    assert_eq!(now.about.purpose, "Fewer meetings.");
    assert!(!now.leader_approves);
}

#[tokio::test]
async fn a_place_says_what_it_is_here_for_and_stands_for_five_values_at_most() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let head = city.leader("Tom Brearley", "Thornbeck").await;
    let before = city.place("Thornbeck").await;
    let words = |values: &[&str]| PlaceProfile {
        purpose: "Every child leaves us a reader.".to_owned(),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
        ..before.profile.clone()
    };
    let change = async |values: &[&str]| {
        places::change_place(&city, &head, before.id, "thornbeck", &words(values)).await
    };
    change(&["kind first", "every voice counts"]).await.unwrap();
    let now = city.place("Thornbeck").await.profile;
    assert_eq!(now.values, ["kind first", "every voice counts"]);
    assert_eq!(now.purpose, "Every child leaves us a reader.");
    for (wrong, says) in [
        (vec!["a", "b", "c", "d", "e", "f"], "Choose the 5 values"),
        (vec!["a", "a"], "is there twice"),
        (
            vec![
                "a value that goes on and on until it is no value any more but a whole paragraph of words",
            ],
            "in a few words",
        ),
    ] {
        let refused = change(&wrong).await.unwrap_err();
        assert!(refused.to_string().contains(says), "{refused}");
    }
}
