//! Share, adopt, pool: one place's result becomes another place's trial, and both count.

use engine::pool::{PoolQuestion, pool};
use network::practices::{self, Words};
use network::trials::{self, Compare, State};
use network::{Actor, Error, pools};
use testkit::TestNetwork;
use testkit::trials::{comparison, idea, pupils, scores, words};

struct City {
    city: TestNetwork,
    amina: Actor,
    tom: Actor,
    farah: Actor,
    jo: Actor,
}

/// Thornbeck with Amina and her head Tom, Kirkfold with Farah and her head Jo.
async fn city() -> City {
    let city = TestNetwork::new()
        .await
        .with_place("Thornbeck")
        .await
        .with_place("Kirkfold")
        .await;
    City {
        amina: city.teacher("Amina Rashid", "Thornbeck").await,
        tom: city.leader("Tom Brearley", "Thornbeck").await,
        farah: city.teacher("Farah Iqbal", "Kirkfold").await,
        jo: city.leader("Jo Garside", "Kirkfold").await,
        city,
    }
}

#[tokio::test]
async fn a_result_is_shared_adopted_and_pooled() {
    let City {
        city,
        amina,
        tom,
        farah,
        jo,
    } = city().await;
    let first = city.reported_trial(&amina, &tom, &pupils(80), 4.0).await;
    let practice = practices::share(&city, &tom, &first.short, &words())
        .await
        .unwrap();
    assert_eq!(practice.slug, "morning-reading-group");
    let before = pools::of_practice(&city, &practice).await.unwrap();
    assert_eq!(before.counted.len(), 1);

    // Try it here.
    let kirkfold = city.place("Kirkfold").await.id;
    let here = practices::adopt(&city, &farah, &practice.slug, kirkfold)
        .await
        .unwrap();
    assert_eq!(here.state, State::Draft);
    assert_eq!(here.draft.idea.measure, idea().measure);
    assert_eq!(here.draft.idea.idea, words().what);
    assert_eq!(
        here.draft.comparison.compare,
        Some(Compare::LotsBetweenPupils)
    );
    assert_eq!(here.draft.comparison.pupils, None, "its people are its own");
    let class = pupils(60);
    let sheet = city.locked_adoption(&farah, &jo, &here, &class).await;
    let locked = trials::see(&city, &farah, &here.short).await.unwrap();
    assert_eq!(
        locked.lock.unwrap().plan.adopts.as_deref(),
        Some("Morning reading group, version 1")
    );
    let running = pools::of_practice(&city, &practice).await.unwrap();
    assert_eq!(
        running.under_way.first().unwrap().tried.place_slug,
        "kirkfold"
    );
    assert_eq!(
        running.counted.len(),
        1,
        "nothing counts before it is reported"
    );
    // Its day is known from its plan, so that nobody can choose the moment by reporting early or late.
    let asked = running.pool.unwrap().question;
    let awaited = asked.unreported.first().unwrap();
    assert_eq!(awaited.label, running.under_way[0].tried.place_name);
    assert_eq!(awaited.due, Some(running.under_way[0].measured.clone()));

    city.report_scores(&farah, &here, &scores(&class, &sheet, 1.0))
        .await;
    let after = pools::of_practice(&city, &practice).await.unwrap();
    assert!(after.under_way.is_empty());
    let living = after.pool.unwrap();
    assert_eq!(living.k, 2);
    // The same as the engine says of the same numbers.
    let studies: Vec<_> = after.counted.iter().map(|c| c.study.clone()).collect();
    let question = PoolQuestion {
        worthwhile: Some(0.2),
        attainment: true,
        outcome: Some("reading".to_owned()),
        practice: Some("Morning reading group".to_owned()),
        as_of: living.question.as_of.clone(),
        sequential: Some(0.2),
        ..PoolQuestion::default()
    };
    assert_eq!(living, pool(&studies, &question).unwrap());
    let own = trials::result(&city, &farah, &here.short)
        .await
        .unwrap()
        .evaluation;
    let effect = own.comparable().unwrap();
    let study = &after
        .counted
        .iter()
        .find(|c| c.tried.place_slug == "kirkfold")
        .unwrap()
        .study;
    assert!((study.effect - effect.estimate).abs() < 1e-12);
    assert!((study.variance - effect.standard_error.unwrap().powi(2)).abs() < 1e-12);
}

#[tokio::test]
async fn a_place_that_tried_it_twice_is_one_place() {
    let City {
        city,
        amina,
        tom,
        farah,
        jo,
    } = city().await;
    let first = city.reported_trial(&amina, &tom, &pupils(80), 4.0).await;
    let practice = practices::share(&city, &tom, &first.short, &words())
        .await
        .unwrap();
    for (who, head, place) in [(&amina, &tom, "Thornbeck"), (&farah, &jo, "Kirkfold")] {
        let place = city.place(place).await.id;
        let again = practices::adopt(&city, who, &practice.slug, place)
            .await
            .unwrap();
        let class = pupils(60);
        let sheet = city.locked_adoption(who, head, &again, &class).await;
        city.report_scores(who, &again, &scores(&class, &sheet, 1.0))
            .await;
        let known = pools::of_practice(&city, &practice).await.unwrap();
        let pool = known.pool.unwrap();
        match pool.k {
            // Twice the same place: nothing shows how far places differ.
            2 => assert!(pool.dependent.is_none()),
            _ => assert_eq!(pool.dependent.unwrap().places, 2),
        }
    }
}

#[tokio::test]
async fn a_withdrawn_result_leaves_the_average_and_a_tombstone() {
    let City {
        city,
        amina,
        tom,
        farah,
        jo,
    } = city().await;
    let first = city.reported_trial(&amina, &tom, &pupils(80), 4.0).await;
    let practice = practices::share(&city, &amina, &first.short, &words())
        .await
        .unwrap();
    let kirkfold = city.place("Kirkfold").await.id;
    let here = practices::adopt(&city, &farah, &practice.slug, kirkfold)
        .await
        .unwrap();
    let class = pupils(60);
    let sheet = city.locked_adoption(&farah, &jo, &here, &class).await;
    city.report_scores(&farah, &here, &scores(&class, &sheet, -2.0))
        .await;
    assert_eq!(
        pools::of_practice(&city, &practice)
            .await
            .unwrap()
            .counted
            .len(),
        2
    );
    trials::withdraw(&city, &jo, &here.short, "Two classes were mixed up.")
        .await
        .unwrap();
    let left = pools::of_practice(&city, &practice).await.unwrap();
    assert_eq!(left.counted.len(), 1);
    let stone = left.tombstones.first().unwrap();
    assert_eq!(
        (stone.tried.place_slug.as_str(), stone.why.as_str()),
        ("kirkfold", "Two classes were mixed up.")
    );
}

#[tokio::test]
async fn what_cannot_be_averaged_is_shown_apart_with_its_reason() {
    let City {
        city,
        amina,
        tom,
        farah,
        jo,
    } = city().await;
    let first = city.reported_trial(&amina, &tom, &pupils(80), 4.0).await;
    let practice = practices::share(&city, &amina, &first.short, &words())
        .await
        .unwrap();
    let kirkfold = city.place("Kirkfold").await.id;
    let class = pupils(40);

    let alone = practices::adopt(&city, &farah, &practice.slug, kirkfold)
        .await
        .unwrap();
    let nobody_to_compare = comparison(Compare::BeforeAndAfter);
    trials::save_comparison(&city, &farah, &alone.short, nobody_to_compare)
        .await
        .unwrap();
    let sheet = city.locked_adoption(&farah, &jo, &alone, &class).await;
    city.report_scores(&farah, &alone, &scores(&class, &sheet, 2.0))
        .await;

    let other = practices::adopt(&city, &farah, &practice.slug, kirkfold)
        .await
        .unwrap();
    let mut spelling = other.draft.idea.clone();
    spelling.measure.name = "spelling".to_owned();
    trials::save_idea(&city, &farah, &other.short, spelling)
        .await
        .unwrap();
    let sheet = city.locked_adoption(&farah, &jo, &other, &class).await;
    city.report_scores(&farah, &other, &scores(&class, &sheet, 2.0))
        .await;

    let living = pools::of_practice(&city, &practice).await.unwrap();
    assert_eq!(living.counted.len(), 1);
    let mut why: Vec<&str> = living.apart.iter().map(|a| a.why.as_str()).collect();
    why.sort_unstable();
    assert_eq!(
        why,
        [
            "It measured spelling, not reading.",
            "There was nobody to compare with, so nothing can be averaged.",
        ]
    );
}

#[tokio::test]
async fn only_a_reported_trial_is_shared_and_only_by_its_own_people() {
    let City {
        city,
        amina,
        tom,
        farah,
        ..
    } = city().await;
    let (running, _) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &pupils(40))
        .await;
    let early = practices::share(&city, &amina, &running.short, &words())
        .await
        .unwrap_err();
    assert!(matches!(early, Error::Conflict { .. }));
    let reported = city.reported_trial(&amina, &tom, &pupils(40), 1.0).await;
    let other = practices::share(&city, &farah, &reported.short, &words())
        .await
        .unwrap_err();
    assert!(matches!(other, Error::NotFound | Error::NotAllowed { .. }));
    let empty = practices::share(&city, &amina, &reported.short, &Words::default()).await;
    assert!(matches!(empty, Err(Error::Invalid(problems)) if problems.len() == 4));
    practices::share(&city, &amina, &reported.short, &words())
        .await
        .unwrap();
    let twice = practices::share(&city, &amina, &reported.short, &words())
        .await
        .unwrap_err();
    assert!(matches!(twice, Error::Conflict { .. }));
    assert!(
        practices::of_trial(&city, reported.id)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn words_change_and_every_version_stays() {
    let City {
        city,
        amina,
        tom,
        farah,
        ..
    } = city().await;
    let reported = city.reported_trial(&amina, &tom, &pupils(40), 1.0).await;
    let practice = practices::share(&city, &amina, &reported.short, &words())
        .await
        .unwrap();
    let better = Words {
        how: "Visit us first.".to_owned(),
        ..words()
    };
    let tried = practices::revise(&city, &farah, &practice.slug, &better)
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::NotFound | Error::NotAllowed { .. }));
    let second = practices::revise(&city, &amina, &practice.slug, &better)
        .await
        .unwrap();
    assert_eq!(second.version, 2);
    assert_eq!(second.slug, practice.slug, "its address stays");
    let all = practices::versions(&city, &practice.slug).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all.first().unwrap().words, words());
    let same = practices::revise(&city, &amina, &practice.slug, &better)
        .await
        .unwrap();
    assert_eq!(
        same.version, 2,
        "nothing changed, so there is no new version"
    );
}

#[tokio::test]
async fn a_place_makes_it_its_own_and_the_family_tree_is_kept() {
    let City {
        city,
        amina,
        tom,
        farah,
        jo,
    } = city().await;
    let first = city.reported_trial(&amina, &tom, &pupils(40), 1.0).await;
    let parent = practices::share(&city, &amina, &first.short, &words())
        .await
        .unwrap();
    let kirkfold = city.place("Kirkfold").await.id;
    let here = practices::adopt(&city, &farah, &parent.slug, kirkfold)
        .await
        .unwrap();
    let class = pupils(40);
    let sheet = city.locked_adoption(&farah, &jo, &here, &class).await;
    city.report_scores(&farah, &here, &scores(&class, &sheet, 3.0))
        .await;
    let child = practices::share(&city, &farah, &here.short, &words())
        .await
        .unwrap();
    assert_eq!(child.slug, "morning-reading-group-2");
    let tree = practices::lineage(&city, &child).await.unwrap();
    assert_eq!(tree.parent.unwrap().slug, parent.slug);
    let tree = practices::lineage(&city, &parent).await.unwrap();
    assert_eq!(tree.children.first().unwrap().slug, child.slug);
    assert_eq!(practices::all(&city).await.unwrap().len(), 2);
    assert_eq!(practices::of_place(&city, kirkfold).await.unwrap().len(), 1);
}
