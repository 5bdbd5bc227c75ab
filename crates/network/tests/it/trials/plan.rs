//! Four screens, saved at each step.

use network::trials::{self, Compare, ComparisonAndSize, Dates, IdeaAndMeasure, State, Step};
use network::{Error, Scope};
use testkit::TestNetwork;
use testkit::trials::{comparison, idea, pupils};

#[tokio::test]
async fn a_plan_is_saved_with_whatever_is_filled_in() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let place = city.place("Thornbeck").await;
    let trial = trials::begin(&city, &amina, place.id).await.unwrap();
    let half = IdeaAndMeasure {
        title: "Gate greeters".to_owned(),
        ..IdeaAndMeasure::default()
    };
    trials::save_idea(&city, &amina, &trial.short, half.clone())
        .await
        .unwrap();
    let city = city.restarted().await;
    let again = trials::see(&city, &amina, &trial.short).await.unwrap();
    assert_eq!(again.draft.idea, half);
    assert_eq!(again.state, State::Draft);
    let (_, missing) = trials::planned(&city, &amina, &trial.short).await.unwrap();
    let fields: Vec<_> = missing.iter().map(|(step, p)| (*step, p.field)).collect();
    assert_eq!(
        fields,
        [
            (Step::Idea, "idea"),
            (Step::Idea, "question"),
            (Step::Idea, "measure"),
            (Step::Idea, "how"),
            (Step::Comparison, "compare"),
            (Step::People, "people"),
            (Step::People, "starts"),
            (Step::People, "measured"),
        ]
    );
    let tried = trials::ask_for_lock(&city, &amina, &trial.short)
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::Invalid(problems) if problems.len() == fields.len()));
}

#[tokio::test]
async fn dates_come_in_their_order() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let trial = trials::begin(&city, &amina, city.place("Thornbeck").await.id)
        .await
        .unwrap();
    let dates = Dates {
        starts: Some("2027-01-12".parse().unwrap()),
        measured: Some("2027-01-11".parse().unwrap()),
    };
    trials::save_dates(&city, &amina, &trial.short, dates)
        .await
        .unwrap();
    let (_, missing) = trials::planned(&city, &amina, &trial.short).await.unwrap();
    assert!(
        missing
            .iter()
            .any(|(_, p)| p.says == "Enter a day to measure that comes after the start.")
    );
}

#[tokio::test]
async fn a_draft_is_seen_by_its_own_team_alone() {
    let city = TestNetwork::new()
        .await
        .with_place("Thornbeck")
        .await
        .with_place("Kirkfold")
        .await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let dot = city.governor("Dot Haigh", "Thornbeck").await;
    let farah = city.teacher("Farah Iqbal", "Kirkfold").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(20))
        .await;
    let refused = trials::see(&city, &dot, &trial.short).await.unwrap_err();
    assert!(matches!(refused, Error::NotAllowed { .. }));
    for outsider in [&farah, city.lead()] {
        let seen = trials::see(&city, outsider, &trial.short).await;
        assert!(seen.is_err());
    }
    let hidden = trials::see(&city, &farah, &trial.short).await.unwrap_err();
    assert!(matches!(hidden, Error::NotFound));
    let tried = trials::save_idea(&city, &farah, &trial.short, idea())
        .await
        .unwrap_err();
    assert!(
        matches!(tried, Error::NotFound),
        "and cannot be told by trying to change it"
    );
    let place = city.place("Thornbeck").await.id;
    assert!(
        trials::of_place(&city, &farah, place)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        trials::of_place(&city, &amina, place).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_plan_can_be_deleted_before_its_lock_by_who_began_it() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let owen = city.teacher("Owen Sykes", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(20))
        .await;
    let tried = trials::delete(&city, &owen, &trial.short)
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::NotAllowed { .. }));
    trials::delete(&city, &amina, &trial.short).await.unwrap();
    assert!(matches!(
        trials::see(&city, &amina, &trial.short).await,
        Err(Error::NotFound)
    ));
}

#[tokio::test]
async fn what_could_it_see_is_asked_while_choosing() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let trial = trials::begin(&city, &amina, city.place("Thornbeck").await.id)
        .await
        .unwrap();
    assert!(
        trial.draft.power_question().is_none(),
        "nothing to work out yet"
    );
    trials::save_idea(&city, &amina, &trial.short, idea())
        .await
        .unwrap();
    let saved = trials::save_comparison(
        &city,
        &amina,
        &trial.short,
        comparison(Compare::LotsBetweenPupils),
    )
    .await
    .unwrap();
    let sizing = engine::power::sizing(&saved.draft.power_question().unwrap()).unwrap();
    assert!(sizing.detectable > 0.3, "{}", sizing.detectable);
    assert!(sizing.needed.unwrap().pupils > 80);
    let nobody = ComparisonAndSize {
        pupils: Some(0),
        ..comparison(Compare::LotsBetweenPupils)
    };
    let fields: Vec<_> = nobody.problems().iter().map(|p| p.field).collect();
    assert_eq!(fields, ["pupils"]);
    assert!(amina.may(network::Action::PlanTrial, Scope::place(saved.place)));
}

#[tokio::test]
async fn too_few_classes_to_draw_are_refused_while_there_is_time() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenClasses, &pupils(70))
        .await;
    let (_, missing) = trials::planned(&city, &amina, &trial.short).await.unwrap();
    let says: Vec<_> = missing.iter().map(|(_, p)| p.says.as_str()).collect();
    assert!(
        matches!(says.as_slice(), [one] if one.contains("at least eight classes")),
        "{says:?}"
    );
}
