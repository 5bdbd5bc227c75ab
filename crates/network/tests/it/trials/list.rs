//! The people of a trial: recognised, never stored; lots drawn and kept.

use engine::allocation::{LotMethod, Rerandomise, Scheme};
use network::trials::{self, Compare, ListedPupil};
use network::{Error, Network};
use testkit::TestNetwork;
use testkit::trials::{comparison, pupils};

#[tokio::test]
async fn names_become_codes_and_the_key_sheet_goes_to_the_teacher_alone() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let class = pupils(28);
    let (trial, sheet) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &class)
        .await;
    assert_eq!(sheet.file_name, "morning-reading-group-key-sheet.xlsx");
    let written: Vec<&str> = sheet.rows.iter().map(|r| r.who.as_str()).collect();
    let given: Vec<&str> = class.iter().map(|p| p.who.as_str()).collect();
    assert_eq!(written, given, "in the order of the teacher's own list");
    assert!(sheet.xlsx.starts_with(b"PK"), "a spreadsheet");
    assert!(
        !format!("{sheet:?}").contains("Abbott"),
        "a log would not show the names"
    );

    let list = trials::pupils(&city, &amina, &trial.short).await.unwrap();
    let mut codes: Vec<&str> = sheet.rows.iter().map(|r| r.code.as_str()).collect();
    assert!(
        !codes.is_sorted(),
        "a code tells nothing of the list's order"
    );
    codes.sort_unstable();
    assert_eq!(
        codes,
        list.iter().map(|p| p.code.as_str()).collect::<Vec<_>>()
    );
    assert_eq!((codes.first(), codes.last()), (Some(&"P01"), Some(&"P28")));
}

#[tokio::test]
async fn no_name_is_anywhere_in_the_data_folder() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let mut class = pupils(28);
    class.push(ListedPupil {
        who: "Zebedee Quartermaine".to_owned(),
        class: Some("3B".to_owned()),
        baseline: Some(101.0),
        ..ListedPupil::default()
    });
    city.planned_trial(&amina, Compare::LotsBetweenPupils, &class)
        .await;
    for file in std::fs::read_dir(city.folder().join("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for part in ["Zebedee", "Quartermaine", "zebedee", "quartermaine"] {
            assert!(
                !bytes.windows(part.len()).any(|w| w == part.as_bytes()),
                "{part}"
            );
        }
    }
}

#[tokio::test]
async fn lots_are_even_and_every_draw_is_kept() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let (trial, sheet) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    let gets_it = |sheet: &trials::KeySheet| {
        sheet
            .rows
            .iter()
            .filter(|r| r.group.as_deref() == Some("morning reading"))
            .count()
    };
    assert_eq!(gets_it(&sheet), 14);
    let draw = trials::draws(&city, &amina, &trial.short).await.unwrap();
    assert_eq!(draw.len(), 1);

    // Anybody with the list and the seed can draw the same lots again.
    let list = trials::pupils(&city, &amina, &trial.short).await.unwrap();
    let units: Vec<_> = list
        .iter()
        .map(|p| engine::allocation::Unit {
            code: p.code.clone(),
            ..Default::default()
        })
        .collect();
    let groups = ["morning reading".to_owned(), "as usual".to_owned()];
    let kept = draw.first().unwrap();
    let lots = engine::allocation::draw(
        &units,
        &Scheme::plain(LotMethod::Simple, &groups),
        kept.seed,
    )
    .unwrap();
    assert_eq!(lots.fingerprint, kept.fingerprint);

    let tried = trials::draw_again(&city, &amina, &trial.short, " ")
        .await
        .unwrap_err();
    assert!(
        matches!(tried, Error::Invalid(_)),
        "drawing again needs a reason"
    );
    trials::draw_again(&city, &amina, &trial.short, "Two of them swap classes.")
        .await
        .unwrap();
    let (plan, _) = trials::planned(&city, &amina, &trial.short).await.unwrap();
    assert_eq!(
        plan.unwrap().draws,
        2,
        "the plan says that lots were drawn twice"
    );
}

#[tokio::test]
async fn lots_can_be_evened_out_by_the_score_before() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    let evened = trials::ComparisonAndSize {
        even_out: true,
        ..trial.draft.comparison.clone()
    };
    trials::save_comparison(&city, &amina, &trial.short, evened)
        .await
        .unwrap();
    let draws = trials::draws(&city, &amina, &trial.short).await.unwrap();
    let kept = draws.last().unwrap();
    assert_eq!(kept.method, "simple, best of 100");

    // The seed, the list and the rule give the same lots again, and groups that started alike.
    let list = trials::pupils(&city, &amina, &trial.short).await.unwrap();
    let units: Vec<_> = list
        .iter()
        .map(|p| engine::allocation::Unit {
            code: p.code.clone(),
            balanced_on: p.baseline.into_iter().collect(),
            ..Default::default()
        })
        .collect();
    let groups = ["morning reading".to_owned(), "as usual".to_owned()];
    let scheme = Scheme {
        rerandomise: Some(Rerandomise::BestOf(100)),
        balanced_on: vec!["score before".to_owned()],
        ..Scheme::plain(LotMethod::Simple, &groups)
    };
    let lots = engine::allocation::draw(&units, &scheme, kept.seed).unwrap();
    assert_eq!(lots.fingerprint, kept.fingerprint);
    assert!(lots.balance[0].difference.unwrap().abs() < 0.2);
    let (plan, _) = trials::planned(&city, &amina, &trial.short).await.unwrap();
    assert!(
        plan.unwrap()
            .analysis
            .contains("most alike on the score before")
    );
}

#[tokio::test]
async fn classes_stay_whole_where_classes_are_drawn() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenClasses, &pupils(80))
        .await;
    let list = trials::pupils(&city, &amina, &trial.short).await.unwrap();
    for class in ["3A", "3B", "4A", "4B", "5A", "5B", "6A", "6B"] {
        let mut groups: Vec<_> = list
            .iter()
            .filter(|p| p.class.as_deref() == Some(class))
            .map(|p| p.group.clone().unwrap())
            .collect();
        groups.dedup();
        assert_eq!(groups.len(), 1, "{class}");
    }
}

#[tokio::test]
async fn another_comparison_draws_new_lots_and_another_name_does_not() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    let groups = |list: Vec<trials::Pupil>| -> Vec<Option<String>> {
        list.into_iter().map(|p| p.group).collect()
    };
    let before = groups(trials::pupils(&city, &amina, &trial.short).await.unwrap());
    let mut renamed = comparison(Compare::LotsBetweenPupils);
    renamed.intervention = "early birds".to_owned();
    trials::save_comparison(&city, &amina, &trial.short, renamed)
        .await
        .unwrap();
    let after = groups(trials::pupils(&city, &amina, &trial.short).await.unwrap());
    let translated: Vec<_> = before
        .into_iter()
        .map(|g| {
            g.map(|g| {
                if g == "morning reading" {
                    "early birds".to_owned()
                } else {
                    g
                }
            })
        })
        .collect();
    assert_eq!(after, translated);
    assert_eq!(
        trials::draws(&city, &amina, &trial.short)
            .await
            .unwrap()
            .len(),
        1
    );

    let mut other = comparison(Compare::LotsWithinClasses);
    other.intervention = "early birds".to_owned();
    trials::save_comparison(&city, &amina, &trial.short, other)
        .await
        .unwrap();
    assert_eq!(
        trials::draws(&city, &amina, &trial.short)
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_list_that_cannot_be_used_is_refused_line_by_line() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    let who = |who: &str| ListedPupil {
        who: who.to_owned(),
        ..ListedPupil::default()
    };
    let list = [who("Ben Carter"), who(" "), who("CARTER, Ben")];
    let tried = trials::bring_people(&city, &amina, &trial.short, &list)
        .await
        .unwrap_err();
    let Error::Invalid(problems) = tried else {
        panic!("{tried}")
    };
    let says: Vec<_> = problems.iter().map(|p| p.says.as_str()).collect();
    assert_eq!(
        says,
        [
            "Pupil 2 has no name, number or code. Enter one, or take the line away.",
            "Pupils 1 and 3 have the same name. Use their pupil numbers, or add a letter to one of them.",
        ]
    );
    let kept = trials::pupils(&city, &amina, &trial.short).await.unwrap();
    assert_eq!(kept.len(), 28, "the list that was there is still there");
}

#[tokio::test]
async fn groups_that_somebody_chose_come_with_the_list() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let mut class = pupils(20);
    for (i, pupil) in class.iter_mut().enumerate() {
        pupil.group = Some(
            if i < 10 {
                "Morning Reading"
            } else {
                "as usual"
            }
            .to_owned(),
        );
    }
    let (trial, _) = city
        .planned_trial(&amina, Compare::ChosenGroups, &class)
        .await;
    let (plan, missing) = trials::planned(&city, &amina, &trial.short).await.unwrap();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(plan.unwrap().draws, 0);
    class.first_mut().unwrap().group = Some("both".to_owned());
    let tried = trials::bring_people(&city, &amina, &trial.short, &class)
        .await
        .unwrap_err();
    assert_eq!(
        tried.to_string(),
        "Pupil 1 has no group. Enter “morning reading” or “as usual”."
    );
}

#[tokio::test]
async fn a_list_is_forgotten_on_its_last_day_and_the_plan_stays() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    let (trial, _) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    let forget = async |city: &Network| {
        trials::forget_lists(city, &network::Actor::operator())
            .await
            .unwrap()
    };
    assert_eq!(forget(&city).await, 0);
    city.clock
        .pass(jiff::SignedDuration::from_hours(24 * (122 + 366)));
    assert_eq!(forget(&city).await, 1);
    let tom = city.sign_in("Tom Brearley").await.actor;
    assert!(
        trials::pupils(&city, &tom, &trial.short)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        trials::see(&city, &tom, &trial.short)
            .await
            .unwrap()
            .lock
            .is_some()
    );
}

#[tokio::test]
async fn a_pasted_list_goes_from_the_page_to_the_trial() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    let pasted = "Name,UPN,Form,PP,Autumn score\n\
                  Ben Carter,Z999200001001,4A,Y,97\n\
                  Ben Carter,N999200001002,4B,,101\n\
                  Farah Iqbal,Q999200001003,4B,N,88\n";
    let source = tables::Source::bytes("pasted", pasted.as_bytes());
    let people = tables::people(source, &tables::Options::default()).unwrap();
    let listed: Vec<ListedPupil> = people.people.into_iter().map(ListedPupil::from).collect();
    let (_, sheet) = trials::bring_people(&city, &amina, &trial.short, &listed)
        .await
        .unwrap();
    assert_eq!(
        sheet.rows.len(),
        3,
        "two of one name, told apart by their numbers"
    );
    let list = trials::pupils(&city, &amina, &trial.short).await.unwrap();
    let mut before: Vec<_> = list
        .iter()
        .map(|p| (p.class.clone().unwrap(), p.baseline.unwrap()))
        .collect();
    before.sort_by(|a, b| a.1.total_cmp(&b.1));
    assert_eq!(before.first().unwrap(), &("4B".to_owned(), 88.0));
}
