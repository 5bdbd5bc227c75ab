//! Check and lock: approved with one tap, written down for ever.

use engine::trial_plan;
use network::trials::{self, Compare, State};
use network::{Error, places};
use testkit::TestNetwork;
use testkit::trials::{comparison, idea, pupils};

#[tokio::test]
async fn the_leader_approves_with_one_tap_and_the_plan_is_locked() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    trials::ask_for_lock(&city, &amina, &trial.short)
        .await
        .unwrap();
    let tried = trials::approve(&city, &amina, &trial.short)
        .await
        .unwrap_err();
    assert_eq!(
        tried.to_string(),
        "You can’t do this yourself. Ask the place leader."
    );
    let waiting = trials::waiting_for(&city, &tom).await.unwrap();
    assert_eq!(waiting.first().unwrap().short, trial.short);
    let locked = trials::approve(&city, &tom, &trial.short).await.unwrap();
    assert_eq!(locked.state, State::Locked);
    assert!(trials::waiting_for(&city, &tom).await.unwrap().is_empty());

    let lock = locked.lock.unwrap();
    assert!(lock.before_outcome);
    assert_eq!(lock.by, tom.person_id().unwrap());
    assert_eq!(lock.hash, trial_plan::fingerprint_of(&lock.canonical));
    assert_eq!(lock.plan.pupils, 28);
    assert_eq!(lock.plan.salt.len(), 32);
    // It reads the same after a restart, byte for byte.
    let city = city.restarted().await;
    let again = trials::see(&city, &amina, &trial.short)
        .await
        .unwrap()
        .lock
        .unwrap();
    assert_eq!(again.canonical, lock.canonical);
    assert_eq!(again.plan.canonical().unwrap(), lock.canonical);
}

#[tokio::test]
async fn nothing_changes_a_locked_plan() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    let (trial, _) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    let short = &trial.short;
    for who in [&amina, &tom] {
        let tries = [
            trials::save_idea(&city, who, short, idea()).await.map(drop),
            trials::save_comparison(&city, who, short, comparison(Compare::BeforeAndAfter))
                .await
                .map(drop),
            trials::save_dates(&city, who, short, trial.draft.dates)
                .await
                .map(drop),
            trials::bring_people(&city, who, short, &pupils(20))
                .await
                .map(drop),
            trials::ask_for_lock(&city, who, short).await.map(drop),
        ];
        for tried in tries {
            assert!(matches!(tried, Err(Error::Conflict { .. })), "{tried:?}");
        }
    }
    let tried = trials::delete(&city, &tom, short).await.unwrap_err();
    assert!(
        tried.to_string().contains("stopped, with the reason"),
        "{tried}"
    );
    assert_eq!(trials::see(&city, &amina, short).await.unwrap(), trial);
}

#[tokio::test]
async fn a_plan_that_changed_since_it_was_asked_for_is_not_approved_unseen() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    trials::ask_for_lock(&city, &amina, &trial.short)
        .await
        .unwrap();
    trials::save_idea(&city, &amina, &trial.short, idea())
        .await
        .unwrap();
    let tried = trials::approve(&city, &tom, &trial.short)
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::Conflict { .. }));
}

#[tokio::test]
async fn the_leader_sends_it_back_with_a_reason() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    trials::ask_for_lock(&city, &amina, &trial.short)
        .await
        .unwrap();
    trials::send_back(
        &city,
        &tom,
        &trial.short,
        "Ask the other Year 4 class first.",
    )
    .await
    .unwrap();
    let back = trials::see(&city, &amina, &trial.short).await.unwrap();
    assert_eq!(back.state, State::Draft);
    assert_eq!(
        back.sent_back.unwrap().why,
        "Ask the other Year 4 class first."
    );
}

#[tokio::test]
async fn a_network_may_ask_for_no_approval() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    let tried = trials::lock_unapproved(&city, &amina, &trial.short)
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::Conflict { .. }));
    let about = places::network_profile(&city).await.unwrap().about;
    places::change_network(&city, city.lead(), &about, false)
        .await
        .unwrap();
    let locked = trials::lock_unapproved(&city, &amina, &trial.short)
        .await
        .unwrap();
    assert_eq!(locked.lock.unwrap().by, amina.person_id().unwrap());
}

#[tokio::test]
async fn a_plan_locked_after_the_measurement_says_so() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    city.clock.pass(jiff::SignedDuration::from_hours(24 * 150));
    let amina = city.sign_in("Amina Rashid").await.actor;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    trials::ask_for_lock(&city, &amina, &trial.short)
        .await
        .unwrap();
    let locked = trials::approve(&city, &tom, &trial.short).await.unwrap();
    assert!(!locked.lock.unwrap().before_outcome);
}

#[tokio::test]
async fn stopping_early_and_deviating_are_said_with_reasons() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    let (trial, _) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    let short = &trial.short;
    let day = "2027-01-20".parse().unwrap();
    trials::say_deviation(
        &city,
        &amina,
        short,
        day,
        "Two pupils in the other group joined in.",
    )
    .await
    .unwrap();
    let tried = trials::stop(&city, &amina, short, "").await.unwrap_err();
    assert!(matches!(tried, Error::Invalid(_)));
    let stopped = trials::stop(&city, &amina, short, "The adult who led it left.")
        .await
        .unwrap();
    assert_eq!(stopped.state, State::Stopped);
    let place = city.place("Thornbeck").await.id;
    let seen = trials::under_way(&city, &tom, place).await.unwrap();
    assert_eq!(
        seen.first().unwrap().stopped.as_ref().unwrap().why,
        "The adult who led it left."
    );
}
