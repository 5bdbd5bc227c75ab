//! The policy's table, as people would say it.

use network::governance::policy::{self, Decision};
use network::{Action, Actor, Error, Role, Scope, people};
use rstest::rstest;
use testkit::TestNetwork;

struct City {
    city: TestNetwork,
    own: Scope,
    other: Scope,
    actors: Vec<(&'static str, Actor)>,
}

async fn city() -> City {
    let city = TestNetwork::new()
        .await
        .with_place("Thornbeck")
        .await
        .with_place("Kirkfold")
        .await;
    let held = |name, role| city.holder(name, role, Some("Thornbeck"));
    let actors = vec![
        ("public", Actor::public()),
        ("teacher", city.teacher("Amina Rashid", "Thornbeck").await),
        ("leader", city.leader("Tom Brearley", "Thornbeck").await),
        ("governor", city.governor("Dot Haigh", "Thornbeck").await),
        ("team", held("Sam Oyelaran", Role::TeamLead).await),
        ("safe", held("Gill Hesketh", Role::SafeguardingLead).await),
        ("dpo", held("Ewa Nowak", Role::DataProtectionOfficer).await),
        ("auditor", held("Nell Whitaker", Role::Auditor).await),
        (
            "admin",
            city.holder("Jo Garside", Role::NetworkAdministrator, None)
                .await,
        ),
        ("lead", city.lead().clone()),
        ("operator", Actor::operator()),
    ];
    let own = Scope::place(city.place("Thornbeck").await.id);
    let other = Scope::place(city.place("Kirkfold").await.id);
    City {
        city,
        own,
        other,
        actors,
    }
}

/// Who may at their own place, and who may at another's: everybody else may not.
#[rstest]
#[case(
    Action::ReadPublished,
    "public teacher leader governor team safe dpo auditor admin lead operator",
    "public teacher leader governor team safe dpo auditor admin lead operator"
)]
#[case(
    Action::SeePlace,
    "teacher leader governor team safe dpo auditor admin lead",
    "admin lead"
)]
#[case(Action::SeeDraft, "teacher leader team safe dpo", "")]
#[case(
    Action::SeeTrial,
    "teacher leader governor team safe dpo auditor lead",
    "lead"
)]
#[case(Action::SeePupils, "teacher leader team safe", "")]
#[case(Action::PlanTrial, "teacher leader team", "")]
#[case(Action::DeleteDraft, "leader team", "")]
#[case(Action::ApprovePlan, "leader", "")]
#[case(Action::StopTrial, "leader team safe", "")]
#[case(Action::BringScores, "teacher leader team", "")]
#[case(Action::ReportResult, "leader team", "")]
#[case(Action::WithdrawResult, "leader lead", "lead")]
#[case(Action::SharePractice, "leader team", "")]
#[case(Action::SetGoal, "teacher leader team", "")]
#[case(Action::RecordValue, "teacher leader team", "")]
#[case(
    Action::ManagePeople,
    "leader admin lead operator",
    "admin lead operator"
)]
#[case(
    Action::ManagePlace,
    "leader admin lead operator",
    "admin lead operator"
)]
#[case(
    Action::ReadAudit,
    "leader governor dpo auditor admin lead operator",
    "admin lead operator"
)]
#[tokio::test]
async fn each_role_reaches_as_far_as_it_should(
    #[case] action: Action,
    #[case] own: &str,
    #[case] other: &str,
) {
    let City {
        actors,
        own: own_scope,
        other: other_scope,
        ..
    } = city().await;
    for (scope, allowed) in [(own_scope, own), (other_scope, other)] {
        let may: Vec<&str> = actors
            .iter()
            .filter(|(_, actor)| actor.may(action, scope))
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(may.join(" "), allowed, "{action:?}");
    }
}

#[tokio::test]
async fn whoever_began_a_trial_may_do_more_with_it() {
    let City { actors, own, .. } = city().await;
    let (_, amina) = actors.get(1).unwrap();
    let (place, me) = (own.place.unwrap(), amina.person_id().unwrap());
    let (_, tom) = actors.get(2).unwrap();
    for action in [
        Action::DeleteDraft,
        Action::StopTrial,
        Action::ReportResult,
        Action::SharePractice,
    ] {
        assert!(amina.may(action, Scope::begun(place, me)), "{action:?}");
        assert!(
            !amina.may(action, Scope::begun(place, tom.person_id().unwrap())),
            "{action:?}"
        );
    }
    assert!(
        !amina.may(Action::ApprovePlan, Scope::begun(place, me)),
        "nobody approves their own"
    );
}

#[tokio::test]
async fn another_places_things_are_not_there_and_ones_own_are_refused_in_words() {
    let City {
        city,
        actors,
        own,
        other,
    } = city().await;
    let (_, amina) = actors.get(1).unwrap();
    let hidden = people::people_of(&city, amina, other.place.unwrap())
        .await
        .unwrap_err();
    assert!(matches!(hidden, Error::NotFound));
    let refused = policy::ask(amina, Action::ApprovePlan, own).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "You can’t do this yourself. Ask the place leader."
    );
    assert_eq!(
        policy::decide(&Actor::public(), Action::SeePlace, own),
        Decision::Hidden
    );
    assert_eq!(
        policy::decide(&Actor::public(), Action::AddPlace, Scope::network()),
        Decision::SignIn
    );
}

#[test]
fn the_public_may_read_evaluate_and_sign_in_and_nothing_else() {
    let public: Vec<Action> = Action::ALL
        .iter()
        .copied()
        .filter(|action| Actor::public().may(*action, Scope::network()))
        .collect();
    assert_eq!(
        public,
        [
            Action::ReadPublished,
            Action::EvaluateSpreadsheet,
            Action::SignIn
        ]
    );
}
