//! The one door: a change and its entry together or neither; a retry does the thing once.

use network::governance::audit;
use network::people::{self, NewPerson};
use network::{Error, Retry, Role, places};
use testkit::{PASSWORD, TestNetwork, email_of};

#[tokio::test]
async fn every_change_leaves_an_entry_and_the_chain_holds() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    people::rename(&city, &amina, "Amina Rashid-Cole")
        .await
        .unwrap();
    let entries = audit::entries(&city, city.lead(), None, None, 100)
        .await
        .unwrap();
    assert_eq!(entries.first().unwrap().what, "changed their name");
    assert_eq!(entries.first().unwrap().person, amina.person_id());
    let verified = audit::verify(&city, &[]).await.unwrap();
    assert_eq!(verified.entries, u64::try_from(entries.len()).unwrap());
    assert_eq!(verified.broken, None);
}

#[tokio::test]
async fn a_refused_change_leaves_nothing() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let before = audit::verify(&city, &[]).await.unwrap();
    let taken = places::add_place(
        &city,
        city.lead(),
        "thornbeck",
        &city.place("Thornbeck").await.profile,
    )
    .await
    .unwrap_err();
    assert!(matches!(taken, Error::Invalid(_)));
    assert_eq!(audit::verify(&city, &[]).await.unwrap(), before);
    assert_eq!(places::all(&city).await.unwrap().len(), 1);
}

#[tokio::test]
async fn fifty_equal_requests_at_once_are_done_once() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let retry = Retry {
        key: "k-1".to_owned(),
        body_hash: "aa".to_owned(),
    };
    let lead = city.lead().clone().with_retry(retry.clone());
    let profile = city.place("Thornbeck").await.profile;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (network, lead, profile) = (
            network::Network::clone(&city),
            lead.clone(),
            profile.clone(),
        );
        tasks.spawn(async move { places::add_place(&network, &lead, "kirkfold", &profile).await });
    }
    let answers = tasks.join_all().await;
    let made: Vec<_> = answers.iter().filter_map(|a| a.as_ref().ok()).collect();
    let [place] = made.as_slice() else {
        panic!("made {} places", made.len())
    };
    for answer in &answers {
        match answer {
            Ok(_) => {}
            Err(Error::AlreadyDone { on }) => assert_eq!(on.id, place.id.to_string()),
            Err(other) => panic!("{other}"),
        }
    }
    let other_body = city.lead().clone().with_retry(Retry {
        body_hash: "bb".to_owned(),
        ..retry
    });
    let reused = places::add_place(&city, &other_body, "oakshaw", &profile)
        .await
        .unwrap_err();
    assert!(matches!(reused, Error::KeyReused));
}

#[tokio::test]
async fn two_people_may_use_the_same_key() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let retry = Retry {
        key: "k".to_owned(),
        body_hash: "aa".to_owned(),
    };
    let head = city
        .leader("Tom Brearley", "Thornbeck")
        .await
        .with_retry(retry.clone());
    let lead = city.lead().clone().with_retry(retry);
    let place = city.place("Thornbeck").await;
    for (actor, name) in [(&head, "Owen Sykes"), (&lead, "Gill Hesketh")] {
        let new = NewPerson {
            name: name.to_owned(),
            email: email_of(name),
            password: Some(PASSWORD.to_owned()),
        };
        people::give_role(&city, actor, &new, Role::Teacher, Some(place.id))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn changes_queue_while_pages_are_read() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let profile = city.place("Thornbeck").await.profile;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..40 {
        let (network, lead, profile) = (
            network::Network::clone(&city),
            city.lead().clone(),
            profile.clone(),
        );
        tasks.spawn(async move {
            places::add_place(&network, &lead, &format!("place-{n}"), &profile)
                .await
                .unwrap();
            places::all(&network).await.unwrap().len()
        });
    }
    tasks.join_all().await;
    assert_eq!(places::all(&city).await.unwrap().len(), 41);
    assert_eq!(audit::verify(&city, &[]).await.unwrap().broken, None);
}
