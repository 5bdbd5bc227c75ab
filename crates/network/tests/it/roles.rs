//! Several roles in several places, and roles that end by themselves.

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use network::governance::audit;
use network::people::{self, NewPerson};
use network::{Action, Actor, Error, PlaceId, Role, Scope};
use testkit::{PASSWORD, TestNetwork, email_of};

const TWELFTH: Date = date(2027, 1, 12);

fn person(name: &str) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        email: email_of(name),
        password: Some(PASSWORD.to_owned()),
    }
}

async fn city() -> (TestNetwork, PlaceId, PlaceId) {
    let city = TestNetwork::new()
        .await
        .with_place("Thornbeck")
        .await
        .with_place("Kirkfold")
        .await;
    let here = city.place("Thornbeck").await.id;
    let there = city.place("Kirkfold").await.id;
    (city, here, there)
}

async fn again(city: &TestNetwork, token: &str) -> Actor {
    people::actor_of_session(city, token)
        .await
        .unwrap()
        .unwrap()
}

async fn said(city: &TestNetwork) -> Vec<String> {
    let entries = audit::entries(city, city.lead(), None, None, 200)
        .await
        .unwrap();
    entries.into_iter().map(|entry| entry.what).collect()
}

#[tokio::test]
async fn an_acting_leader_leads_until_the_last_day_is_over_where_the_network_is_and_no_longer() {
    let (city, here, _) = city().await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    people::delegate_role(
        &city,
        &tom,
        &person("Amina Rashid"),
        Role::PlaceLeader,
        Some(here),
        TWELFTH,
    )
    .await
    .unwrap();
    let holders = people::people_of(&city, &tom, here).await.unwrap();
    let acting = holders.last().unwrap();
    assert_eq!(acting.person.name, "Amina Rashid");
    assert_eq!(acting.given_by.as_ref().unwrap().name, "Tom Brearley");
    let until = acting.grant.until.unwrap();
    assert_eq!(until, "2027-01-13T00:00:00Z".parse().unwrap());

    let mut amina = city.sign_in("Amina Rashid").await;
    let approve = |actor: &Actor| actor.may(Action::ApprovePlan, Scope::place(here));
    assert!(approve(&amina.actor));
    city.clock
        .pass((until - SignedDuration::from_secs(1)).duration_since(city.now()));
    amina = city.sign_in("Amina Rashid").await;
    assert!(approve(&amina.actor), "the last second of the last day");
    city.clock.pass(SignedDuration::from_secs(1));
    let after = again(&city, &amina.token).await;
    assert!(!approve(&after), "on the same device, with the next click");
    assert!(after.grants.is_empty());
    assert_eq!(
        people::people_of(&city, &tom, here).await.unwrap().len(),
        1,
        "gone from the page before anybody wrote it down"
    );

    let operator = Actor::operator();
    assert_eq!(people::end_past_roles(&city, &operator).await.unwrap(), 1);
    assert_eq!(people::end_past_roles(&city, &operator).await.unwrap(), 0);
    let said = said(&city).await;
    for entry in [
        "made a place leader until 12 January 2027",
        "the role of place leader ended on its last day",
    ] {
        assert!(said.iter().any(|what| what == entry), "{entry}: {said:?}");
    }
}

#[tokio::test]
async fn whoever_gave_a_role_for_a_time_ends_it_early() {
    let (city, here, _) = city().await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    let new = person("Amina Rashid");
    people::delegate_role(&city, &tom, &new, Role::PlaceLeader, Some(here), TWELFTH)
        .await
        .unwrap();
    let amina = city.sign_in("Amina Rashid").await;
    let grant = amina.actor.grants.first().unwrap().id;
    people::end_role(&city, &tom, grant).await.unwrap();
    assert!(again(&city, &amina.token).await.grants.is_empty());
    let said = said(&city).await;
    assert!(
        said.iter()
            .any(|what| what == "ended the role of place leader early"),
        "{said:?}"
    );
}

#[tokio::test]
async fn whoever_leads_for_a_time_names_nobody_for_longer_and_removes_no_leader() {
    let (city, here, _) = city().await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    let new = person("Amina Rashid");
    people::delegate_role(&city, &tom, &new, Role::PlaceLeader, Some(here), TWELFTH)
        .await
        .unwrap();
    let amina = city.sign_in("Amina Rashid").await.actor;

    let for_good = people::give_role(
        &city,
        &amina,
        &person("Kim Lee"),
        Role::PlaceLeader,
        Some(here),
    )
    .await;
    assert!(matches!(for_good, Err(Error::Invalid(_))));
    let longer = people::delegate_role(
        &city,
        &amina,
        &person("Kim Lee"),
        Role::PlaceLeader,
        Some(here),
        TWELFTH.tomorrow().unwrap(),
    )
    .await;
    assert!(matches!(longer, Err(Error::Invalid(_))));
    let toms = tom.grants.first().unwrap().id;
    let coup = people::end_role(&city, &amina, toms).await;
    assert!(matches!(coup, Err(Error::Conflict { .. })), "{coup:?}");

    people::give_role(&city, &amina, &person("Kim Lee"), Role::Teacher, Some(here))
        .await
        .unwrap();
    let own = amina.grants.first().unwrap().id;
    people::end_role(&city, &amina, own).await.unwrap();
}

#[tokio::test]
async fn a_last_day_is_between_today_and_a_year_from_now() {
    let (city, here, _) = city().await;
    for day in [date(2026, 11, 23), date(2027, 11, 25)] {
        let new = person("Amina Rashid");
        let lead = city.lead();
        let tried =
            people::delegate_role(&city, lead, &new, Role::PlaceLeader, Some(here), day).await;
        let Err(Error::Invalid(problems)) = tried else {
            panic!("{day}: {tried:?}");
        };
        assert_eq!(problems.first().unwrap().field, "until");
    }
    let today = date(2026, 11, 24);
    let new = person("Amina Rashid");
    people::delegate_role(&city, city.lead(), &new, Role::Teacher, Some(here), today)
        .await
        .unwrap();
}

#[tokio::test]
async fn one_person_has_several_roles_in_several_places() {
    let (city, here, there) = city().await;
    city.teacher("Amina Rashid", "Thornbeck").await;
    city.governor("Amina Rashid", "Kirkfold").await;
    let amina = city.sign_in("Amina Rashid").await.actor;
    assert!(amina.may(Action::SetGoal, Scope::place(here)));
    assert!(!amina.may(Action::SetGoal, Scope::place(there)));
    assert!(amina.may(Action::SeeTrial, Scope::place(there)));
    assert_eq!(amina.places(), [here, there]);
}

#[tokio::test]
async fn a_role_of_the_network_reaches_every_place_and_one_of_a_place_only_that() {
    let (city, here, there) = city().await;
    for (name, place) in [("Dot Haigh", None), ("Kim Lee", Some(here))] {
        people::give_role(&city, city.lead(), &person(name), Role::Auditor, place)
            .await
            .unwrap();
    }
    let (dot, kim) = (
        city.sign_in("Dot Haigh").await.actor,
        city.sign_in("Kim Lee").await.actor,
    );
    for place in [here, there] {
        assert!(dot.may(Action::ReadAudit, Scope::place(place)));
        assert_eq!(
            kim.may(Action::ReadAudit, Scope::place(place)),
            place == here
        );
    }
    assert!(dot.may(Action::ReadAudit, Scope::network()));
    assert!(!kim.may(Action::ReadAudit, Scope::network()));
    for (role, place) in [
        (Role::Teacher, None),
        (Role::SafeguardingLead, None),
        (Role::NetworkAdministrator, Some(here)),
        (Role::Operator, None),
        (Role::Public, Some(here)),
    ] {
        let tried = people::give_role(&city, city.lead(), &person("Tom"), role, place).await;
        assert!(matches!(tried, Err(Error::Invalid(_))), "{role:?}");
    }
}

#[tokio::test]
async fn an_administrator_gives_roles_to_others_and_names_no_lead() {
    let (city, here, _) = city().await;
    let (lead, new) = (city.lead(), person("Jo Garside"));
    people::give_role(&city, lead, &new, Role::NetworkAdministrator, None)
        .await
        .unwrap();
    let jo = city.sign_in("Jo Garside").await.actor;
    people::give_role(&city, &jo, &person("Kim Lee"), Role::Teacher, Some(here))
        .await
        .unwrap();
    let own = people::give_role(&city, &jo, &new, Role::Teacher, Some(here)).await;
    assert!(matches!(own, Err(Error::Invalid(_))), "{own:?}");
    let up = people::give_role(&city, &jo, &person("Kim Lee"), Role::NetworkLead, None).await;
    assert!(matches!(up, Err(Error::NotAllowed { .. })), "{up:?}");
    for hidden in [Action::SeeTrial, Action::SeeDraft, Action::SeePupils] {
        assert!(!jo.may(hidden, Scope::place(here)), "{hidden:?}");
    }
}

#[tokio::test]
async fn a_lead_for_a_time_does_not_let_the_last_lead_go() {
    let (city, _, _) = city().await;
    let new = person("Jo Garside");
    people::delegate_role(&city, city.lead(), &new, Role::NetworkLead, None, TWELFTH)
        .await
        .unwrap();
    let ruths = city.lead().grants.first().unwrap().id;
    let tried = people::end_role(&city, city.lead(), ruths).await;
    assert!(matches!(tried, Err(Error::Conflict { .. })));
}

#[test]
fn whoever_only_watches_changes_nothing_but_what_is_theirs() {
    use network::Reach;
    let changes = |action: &Action| {
        !matches!(
            action,
            Action::ReadPublished
                | Action::EvaluateSpreadsheet
                | Action::SignIn
                | Action::SignOut
                | Action::SeeOwnAccount
                | Action::ChangeOwnAccount
                | Action::ManageOwnTokens
                | Action::TakeSecondStep
                | Action::SeePlace
                | Action::SeePeople
                | Action::SeeDraft
                | Action::SeeTrial
                | Action::SeePupils
                | Action::ReadAudit
        )
    };
    let mut stops = Vec::new();
    for action in Action::ALL.iter().filter(|action| changes(action)) {
        for (role, reach) in Role::ALL.iter().zip(action.row()) {
            if reach == Reach::No {
                continue;
            }
            assert!(!role.looks_on(), "{role:?} may {action:?}");
            if *role == Role::SafeguardingLead {
                stops.push(*action);
            }
        }
    }
    assert_eq!(stops, [Action::StopTrial]);
}
