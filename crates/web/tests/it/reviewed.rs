//! The whole access matrix as the application answers it: each way in × each role × own place and
//! other place, each cell a real request, beside a file that people have read
//! (`snapshots/it__reviewed__access.snap`). A new way in, a new role or another answer changes the
//! file, and the change is there to be read.

use std::fmt::Write as _;

use axum::http::Method;
use difference_web::table;
use network::trials::Compare;
use network::{Actor, goals, practices};
use testkit::trials::{pupils, words};
use testkit::{Answer, TestNetwork};

use crate::Story;
use crate::matrix::{nonsense, walkers};

/// What an address can name, of one place.
struct Things {
    what: &'static str,
    place: &'static str,
    trial: String,
    goal: String,
    practice: String,
    grant: String,
}

async fn things_of(
    city: &TestNetwork,
    own: bool,
    place: &'static str,
    teacher: &Actor,
    leader: &Actor,
) -> Vec<Things> {
    let id = city.place(place).await.id;
    let class = pupils(28);
    let by_lot = Compare::LotsBetweenPupils;
    let (draft, _) = city.planned_trial(teacher, by_lot, &class).await;
    let (locked, _) = city.locked_trial(teacher, leader, by_lot, &class).await;
    let reported = city.reported_trial(teacher, leader, &pupils(80), 4.0).await;
    let mut shared = words();
    shared.title = format!("Reading at {place}");
    let practice = practices::share(city, leader, &reported.short, &shared)
        .await
        .unwrap();
    let terms = goals::Terms {
        measure: "Attendance".to_owned(),
        how: "Half-days".to_owned(),
        unit: "%".to_owned(),
        lower_is_better: false,
        baseline: 93.4,
        target: 96.0,
        due: jiff::civil::date(2027, 7, 16),
        serves: String::new(),
    };
    let goal = goals::set_goal(city, teacher, id, &terms).await.unwrap();
    let states = if own {
        ["own, being written", "own, locked", "own, reported"]
    } else {
        ["other, being written", "other, locked", "other, reported"]
    };
    states
        .into_iter()
        .zip([draft, locked, reported])
        .map(|(what, trial)| Things {
            what,
            place: if own { "thornbeck" } else { "kirkfold" },
            trial: trial.short.to_string(),
            goal: goal.id.to_string(),
            practice: practice.slug.clone(),
            grant: teacher.grants.first().unwrap().id.to_string(),
        })
        .collect()
}

fn cell(answer: &Answer) -> char {
    match answer.status.as_u16() {
        401 => 's',
        303 if answer.header("location").starts_with("/sign-in?to=") => 's',
        403 if answer.words().contains("You can’t do this yourself") => 'r',
        404 => '.',
        status if status < 500 => 'O',
        _ => '!',
    }
}

#[tokio::test]
async fn the_matrix_is_the_one_that_people_have_read() {
    let story = Story::begin().await;
    let mut walkers = walkers(&story).await;
    let city = &story.city;
    let (amina, tom) = (
        city.sign_in("Amina Rashid").await.actor,
        city.sign_in("Tom Brearley").await.actor,
    );
    let (kim, beth) = (
        city.sign_in("Kim Lee").await.actor,
        city.sign_in("Beth Ackroyd").await.actor,
    );
    let mut things = things_of(city, true, "Thornbeck", &amina, &tom).await;
    things.extend(things_of(city, false, "Kirkfold", &kim, &beth).await);

    let mut cells = 0;
    let mut file =
        "O open   r refused, told whom to ask   . nothing there   s sign in first\n\n".to_owned();
    for (at, walker) in walkers.iter().enumerate() {
        let before = " |".repeat(at);
        writeln!(file, "{before} {}", walker.name).unwrap();
    }
    for route in table() {
        let mut before: Option<String> = None;
        for of in &things {
            let path = route
                .path
                .replace("{place}", of.place)
                .replace("{trial}", &of.trial)
                .replace("{goal}", &of.goal)
                .replace("{practice}", &of.practice)
                .replace("{grant}", &of.grant);
            // Where the address names nothing of a place's, or not its trial, once is enough.
            if before.as_ref() == Some(&path) {
                continue;
            }
            before = Some(path.clone());
            let names_trial = route.path.contains("{trial}");
            let what = match of.what.split_once(", ") {
                _ if path == route.path => "",
                Some((whose, _)) if !names_trial => whose,
                _ => of.what,
            };
            let mut row = String::new();
            for walker in &mut walkers {
                let program = route.is_for_programs();
                let comes = if program {
                    &mut walker.program
                } else {
                    &mut walker.browser
                };
                let cookies = comes.cookies.clone();
                let sent = (program && route.method != Method::GET).then(nonsense);
                let path = path.replace("{*file}", "x").replace(['{', '}'], "");
                let answer = comes.once(route.method.clone(), &path, sent).await;
                comes.cookies = cookies;
                let cell = cell(&answer);
                assert_ne!(cell, '!', "{} at {path}: {}", walker.name, answer.status);
                row.push(' ');
                row.push(cell);
                cells += 1;
            }
            let method = route.method.as_str();
            writeln!(file, "{row}   {method:6} {}  {what}", route.path).unwrap();
        }
    }
    println!("{cells} cells, each a request");
    let file: Vec<&str> = file.lines().map(str::trim_end).collect();
    insta::with_settings!({omit_expression => true}, {
        insta::assert_snapshot!("access", file.join("\n"));
    });
}
