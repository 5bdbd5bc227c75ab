//! Canary words stand in every text field of one place that is not meant for everybody. No page
//! and no answer that people of another place can fetch has one, whichever ids they put into the
//! address; the place's own people find each of them.

use std::collections::BTreeSet;

use axum::http::Method;
use difference_web::table;
use jiff::civil::date;
use network::people::{self, NewPerson};
use network::trials::{self, Compare};
use network::{Actor, Role, goals};
use testkit::trials::{comparison, idea, pupils};
use testkit::{Browser, TestNetwork};

use crate::Story;

/// What stands in one address's place for each name in it.
struct Ids {
    place: String,
    trials: Vec<String>,
    goal: String,
}

/// A word that stands nowhere else.
fn canary(field: &str) -> String {
    format!("zqxcanary{field}")
}

const FIELDS: &[&str] = &[
    "person",
    "email",
    "measure",
    "how",
    "unit",
    "correction",
    "change",
    "title",
    "idea",
    "question",
    "outcome",
    "marked",
    "gets",
    "other",
    "class",
    "back",
    "stop",
    "deviation",
];

async fn planted(city: &TestNetwork, place: &str, teacher: &Actor, leader: &Actor) -> Ids {
    let id = city.place(place).await.id;
    let new = NewPerson {
        name: canary("person"),
        email: format!("{}@example.org", canary("email")),
        password: Some(testkit::PASSWORD.to_owned()),
    };
    people::give_role(city, leader, &new, Role::Teacher, Some(id))
        .await
        .unwrap();
    let terms = goals::Terms {
        measure: canary("measure"),
        how: canary("how"),
        unit: canary("unit"),
        lower_is_better: false,
        baseline: 93.4,
        target: 96.0,
        due: date(2027, 7, 16),
        serves: String::new(),
    };
    let goal = goals::set_goal(city, teacher, id, &terms).await.unwrap();
    for value in [93.0, 94.0] {
        let value = goals::Value {
            date: date(2026, 11, 16),
            value,
        };
        let why = canary("correction");
        goals::record(city, teacher, goal.id, &[value], Some(&why))
            .await
            .unwrap();
    }
    goals::name_change(
        city,
        teacher,
        goal.id,
        date(2026, 11, 17),
        &canary("change"),
    )
    .await
    .unwrap();

    let (mut idea, mut comparison) = (idea(), comparison(Compare::LotsBetweenPupils));
    idea.title = canary("title");
    idea.idea = canary("idea");
    idea.question = canary("question");
    idea.measure.name = canary("outcome");
    idea.measure.how = canary("marked");
    comparison.intervention = canary("gets");
    comparison.comparison = canary("other");
    let mut class = pupils(40);
    for pupil in &mut class {
        pupil.class = Some(canary("class"));
    }
    let draft = city
        .filled_trial(teacher, idea.clone(), comparison.clone(), &class)
        .await
        .0;
    trials::ask_for_lock(city, teacher, &draft.short)
        .await
        .unwrap();
    trials::send_back(city, leader, &draft.short, &canary("back"))
        .await
        .unwrap();
    let (locked, _) = city.filled_trial(teacher, idea, comparison, &class).await;
    trials::ask_for_lock(city, teacher, &locked.short)
        .await
        .unwrap();
    trials::approve(city, leader, &locked.short).await.unwrap();
    city.clock.pass(jiff::SignedDuration::from_hours(24 * 8));
    let on = network::places::today(city).await.unwrap();
    trials::say_deviation(city, teacher, &locked.short, on, &canary("deviation"))
        .await
        .unwrap();
    trials::stop(city, leader, &locked.short, &canary("stop"))
        .await
        .unwrap();
    Ids {
        place: network::places::slug_from(place),
        trials: vec![draft.short.to_string(), locked.short.to_string()],
        goal: goal.id.to_string(),
    }
}

/// Every address of every way in that reads, with one place's name and another's things in it too.
fn addresses(all: &[Ids]) -> BTreeSet<String> {
    let mut addresses = BTreeSet::new();
    for route in table().iter().filter(|route| route.method == Method::GET) {
        for at in all {
            for of in all {
                for trial in &of.trials {
                    let path = route.path.replace("{place}", &at.place);
                    let path = path.replace("{trial}", trial).replace("{goal}", &of.goal);
                    addresses.insert(path.replace(['{', '}', '*'], ""));
                }
            }
        }
    }
    addresses
}

/// The canaries that somebody finds by page and by program.
async fn found(
    browser: &mut Browser,
    program: &mut Browser,
    addresses: &BTreeSet<String>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in addresses {
        let comes = if path.starts_with("/api/") {
            &mut *program
        } else {
            &mut *browser
        };
        let answer = comes.once(Method::GET, path, None).await;
        assert!(!answer.status.is_server_error(), "{path}");
        let text = format!("{:?} {}", answer.headers, answer.text());
        for field in FIELDS {
            if text.contains(&canary(field)) {
                found.insert((*field).to_owned());
            }
        }
    }
    found
}

#[tokio::test]
async fn no_word_of_one_places_own_is_found_by_people_of_another() {
    let story = Story::begin().await;
    let city = &story.city;
    let farah = city.teacher("Farah Iqbal", "Kirkfold").await;
    let jo = city.leader("Jo Garside", "Kirkfold").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    for (name, role) in [
        ("Gill Hesketh", Role::SafeguardingLead),
        ("Ewa Nowak", Role::DataProtectionOfficer),
        ("Nell Whitaker", Role::Auditor),
        ("Sam Oyelaran", Role::TeamLead),
    ] {
        city.holder(name, role, Some("Thornbeck")).await;
    }
    let theirs = planted(city, "Kirkfold", &farah, &jo).await;
    // The same of one's own, so that every address has something to find in it.
    let (trial, _) = city
        .planned_trial(&amina, Compare::LotsBetweenPupils, &pupils(40))
        .await;
    let terms = goals::Terms {
        measure: "Attendance".to_owned(),
        how: "Half-days".to_owned(),
        unit: "%".to_owned(),
        lower_is_better: false,
        baseline: 93.4,
        target: 96.0,
        due: date(2027, 7, 16),
        serves: String::new(),
    };
    let place = city.place("Thornbeck").await.id;
    let goal = goals::set_goal(city, &tom, place, &terms).await.unwrap();
    let own = Ids {
        place: "thornbeck".to_owned(),
        trials: vec![trial.short.to_string()],
        goal: goal.id.to_string(),
    };
    let addresses = addresses(&[theirs, own]);

    let mut stranger = story.stranger();
    let nobody = found(&mut stranger.clone(), &mut stranger, &addresses).await;
    assert_eq!(nobody, BTreeSet::new(), "anybody");
    for name in [
        "Amina Rashid",
        "Tom Brearley",
        "Gill Hesketh",
        "Ewa Nowak",
        "Nell Whitaker",
        "Sam Oyelaran",
    ] {
        let (mut browser, mut program) =
            (story.signed_in(name).await, story.program(name, true).await);
        let seen = found(&mut browser, &mut program, &addresses).await;
        assert_eq!(seen, BTreeSet::new(), "{name} of the other place");
    }
    let (mut browser, mut program) = (
        story.signed_in("Jo Garside").await,
        story.program("Jo Garside", true).await,
    );
    let seen = found(&mut browser, &mut program, &addresses).await;
    let all: BTreeSet<String> = FIELDS.iter().map(|field| (*field).to_owned()).collect();
    assert_eq!(seen, all, "the place’s own leader finds them");
    println!(
        "{} addresses, {} canary words, 7 askers of elsewhere: none found",
        addresses.len(),
        FIELDS.len()
    );
}
