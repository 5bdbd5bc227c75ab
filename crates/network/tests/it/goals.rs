//! Goals: what a place is aiming at, and how its values are kept.

use jiff::civil::{Date, date};
use network::goals::{self, Terms, Value};
use network::{Actor, Error};
use testkit::TestNetwork;

fn attendance() -> Terms {
    Terms {
        measure: "Attendance".to_owned(),
        how: "Half-days attended, whole school, each week".to_owned(),
        unit: "%".to_owned(),
        lower_is_better: false,
        baseline: 93.4,
        target: 96.0,
        due: date(2027, 7, 16),
        serves: String::new(),
    }
}

fn weeks(from: Date, values: &[f64]) -> Vec<Value> {
    let mut day = from;
    values
        .iter()
        .map(|value| {
            let v = Value {
                date: day,
                value: *value,
            };
            day = day.checked_add(jiff::Span::new().weeks(1)).unwrap();
            v
        })
        .collect()
}

async fn thornbeck() -> (TestNetwork, Actor) {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    (city, amina)
}

#[tokio::test]
async fn a_teacher_sets_a_goal_and_its_weeks_become_a_chart() {
    let (city, amina) = thornbeck().await;
    let place = city.place("Thornbeck").await.id;
    let goal = goals::set_goal(&city, &amina, place, &attendance())
        .await
        .unwrap();
    let values = weeks(
        date(2026, 7, 6),
        &[
            93.4, 93.9, 93.1, 93.6, 92.9, 93.8, 93.2, 94.0, 93.5, 93.0, 93.7, 93.3, 92.8, 93.6,
        ],
    );
    let done = goals::record(&city, &amina, goal.id, &values, None)
        .await
        .unwrap();
    assert_eq!((done.added, done.corrected, done.same), (14, 0, 0));
    let standing = goals::goal(&city, &amina, goal.id).await.unwrap();
    assert_eq!(standing.values, values);
    let chart = standing.chart().unwrap();
    assert_eq!(chart.points.len(), 14);
    assert_eq!(chart.question.target, Some(96.0));
}

#[tokio::test]
async fn a_correction_stands_beside_what_it_corrects() {
    let (city, amina) = thornbeck().await;
    let place = city.place("Thornbeck").await.id;
    let goal = goals::set_goal(&city, &amina, place, &attendance())
        .await
        .unwrap()
        .id;
    let week = date(2026, 11, 16);
    let said = |value| [Value { date: week, value }];
    goals::record(&city, &amina, goal, &said(59.8), None)
        .await
        .unwrap();
    let done = goals::record(
        &city,
        &amina,
        goal,
        &said(95.8),
        Some("two digits were swapped"),
    )
    .await
    .unwrap();
    assert_eq!(done.corrected, 1);
    let again = goals::record(&city, &amina, goal, &said(95.8), None)
        .await
        .unwrap();
    assert_eq!(
        (again.added, again.corrected, again.same),
        (0, 0, 1),
        "nothing to do"
    );

    let standing = goals::goal(&city, &amina, goal).await.unwrap();
    assert_eq!(standing.values, said(95.8));
    let told: Vec<_> = standing
        .history
        .iter()
        .map(|e| (e.value, e.why.clone()))
        .collect();
    assert_eq!(
        told,
        [
            (Some(95.8), Some("two digits were swapped".to_owned())),
            (Some(59.8), None)
        ]
    );
    assert_eq!(standing.history[0].by_name, "Amina Rashid");

    goals::remove_value(&city, &amina, goal, week, Some("the register was down"))
        .await
        .unwrap();
    let standing = goals::goal(&city, &amina, goal).await.unwrap();
    assert!(standing.values.is_empty());
    assert_eq!(standing.history.len(), 3);
    let gone = goals::remove_value(&city, &amina, goal, week, None).await;
    assert!(matches!(gone, Err(Error::Conflict { .. })), "{gone:?}");
}

#[tokio::test]
async fn what_was_typed_wrongly_is_said_at_its_field() {
    let (city, amina) = thornbeck().await;
    let place = city.place("Thornbeck").await.id;
    let mut terms = attendance();
    terms.measure = " ".to_owned();
    terms.target = 90.0;
    terms.due = date(2026, 11, 24);
    let Err(Error::Invalid(problems)) = goals::set_goal(&city, &amina, place, &terms).await else {
        panic!("it can't be set")
    };
    let fields: Vec<_> = problems.iter().map(|p| p.field).collect();
    assert_eq!(fields, ["measure", "target", "due"]);

    let goal = goals::set_goal(&city, &amina, place, &attendance())
        .await
        .unwrap()
        .id;
    for (value, field) in [
        (
            Value {
                date: date(2026, 11, 25),
                value: 95.0,
            },
            "date",
        ),
        (
            Value {
                date: date(2026, 11, 23),
                value: f64::NAN,
            },
            "value",
        ),
    ] {
        let Err(Error::Invalid(problems)) =
            goals::record(&city, &amina, goal, &[value], None).await
        else {
            panic!("{value:?} can't be entered")
        };
        assert_eq!(problems[0].field, field);
    }
}

#[tokio::test]
async fn a_change_is_named_once_a_day_and_a_goal_that_ended_takes_no_more() {
    let (city, amina) = thornbeck().await;
    let place = city.place("Thornbeck").await.id;
    let goal = goals::set_goal(&city, &amina, place, &attendance())
        .await
        .unwrap()
        .id;
    let day = date(2026, 9, 7);
    goals::name_change(&city, &amina, goal, day, "breakfast club began")
        .await
        .unwrap();
    let twice = goals::name_change(&city, &amina, goal, day, "clocks went back").await;
    assert!(matches!(twice, Err(Error::Invalid(_))));
    let standing = goals::goal(&city, &amina, goal).await.unwrap();
    assert_eq!(standing.changes[0].why, "breakfast club began");

    goals::end_goal(&city, &amina, goal, "we reached it")
        .await
        .unwrap();
    assert!(
        goals::goals_of(&city, &amina, place)
            .await
            .unwrap()
            .is_empty()
    );
    let late = Value {
        date: date(2026, 11, 23),
        value: 96.0,
    };
    let refused = goals::record(&city, &amina, goal, &[late], None).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn only_people_of_the_place_see_its_goals_and_a_governor_changes_nothing() {
    let (city, amina) = thornbeck().await;
    let city = city.with_place("Oakshaw").await;
    let place = city.place("Thornbeck").await.id;
    let goal = goals::set_goal(&city, &amina, place, &attendance())
        .await
        .unwrap()
        .id;
    let elsewhere = city.teacher("Farah Iqbal", "Oakshaw").await;
    let governor = city.governor("Mary Hoyle", "Thornbeck").await;
    assert!(matches!(
        goals::goal(&city, &elsewhere, goal).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        goals::goal(&city, &Actor::public(), goal).await,
        Err(Error::NotFound)
    ));
    assert!(goals::goal(&city, &governor, goal).await.is_ok());
    let value = [Value {
        date: date(2026, 11, 23),
        value: 95.0,
    }];
    let refused = goals::record(&city, &governor, goal, &value, None).await;
    assert!(
        matches!(refused, Err(Error::NotAllowed { .. })),
        "{refused:?}"
    );
    let hidden = goals::record(&city, &elsewhere, goal, &value, None).await;
    assert!(matches!(hidden, Err(Error::NotFound)), "{hidden:?}");
}

#[tokio::test]
async fn a_goal_serves_a_value_of_its_place_or_of_the_network_and_no_other() {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let head = city.leader("Tom Brearley", "Thornbeck").await;
    let place = city.place("Thornbeck").await;
    let own = network::places::PlaceProfile {
        values: vec!["kind first".to_owned()],
        ..place.profile.clone()
    };
    network::places::change_place(&city, &head, place.id, "thornbeck", &own)
        .await
        .unwrap();
    let values = goals::values_to_serve(&city, place.id).await.unwrap();
    assert_eq!(
        values,
        ["kind first", "fair and open", "nobody slips through"]
    );
    let serving = |value: &str| Terms {
        serves: value.to_owned(),
        ..attendance()
    };
    let refused = goals::set_goal(&city, &head, place.id, &serving("speed"))
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Invalid(_)));
    let goal = goals::set_goal(&city, &head, place.id, &serving("kind first"))
        .await
        .unwrap();
    // The place thinks again; the goal keeps the words that it was set for.
    let other = network::places::PlaceProfile {
        values: Vec::new(),
        ..own
    };
    network::places::change_place(&city, &head, place.id, "thornbeck", &other)
        .await
        .unwrap();
    let kept = goals::change_goal(&city, &head, goal.id, &serving("kind first"))
        .await
        .unwrap();
    assert_eq!(kept.terms.serves, "kind first");
}
