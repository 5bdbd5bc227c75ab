//! The whole loop by API, as programs of people at two schools would walk it.

mod the_loop;

use std::collections::BTreeSet;

use axum::http::Method;
use difference_web::{Route, table};
use serde_json::{Value, json};
use testkit::Browser;

use crate::Story;

/// What a program was answered.
struct Reply {
    status: u16,
    json: Value,
    replayed: bool,
    kind: String,
}

impl Reply {
    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:#}", self.json);
        self
    }
}

/// Asks as this program.
async fn ask(program: &mut Browser, method: Method, path: &str, body: Option<Value>) -> Reply {
    let sent = body.map(|b| ("application/json".to_owned(), b.to_string().into_bytes()));
    let answer = program.once(method, path, sent).await;
    Reply {
        status: answer.status.as_u16(),
        json: serde_json::from_slice(&answer.bytes).unwrap_or(Value::Null),
        replayed: answer.header("idempotency-replayed") == "true",
        kind: answer.header("content-type"),
    }
}

async fn get(program: &mut Browser, path: &str) -> Reply {
    ask(program, Method::GET, path, None).await
}

async fn post(program: &mut Browser, path: &str, body: Value) -> Reply {
    ask(program, Method::POST, path, Some(body)).await
}

/// Sends with a key, as a program does that may have to send again.
async fn post_once(program: &Browser, key: &str, path: &str, body: Value) -> Reply {
    let mut once = program.clone();
    let key = ("idempotency-key".to_owned(), key.to_owned());
    once.always.push(key);
    post(&mut once, path, body).await
}

/// Thornbeck's goal for attendance, set by Amina's program.
async fn attendance(story: &Story) -> (Browser, String) {
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let mut amina = story.program("Amina Rashid", true).await;
    let goal = json!({
        "measure": "Attendance", "how": "Half-days attended, each week", "unit": "%",
        "baseline": 93.4, "target": 96.0, "due": "2027-07-16"
    });
    let set = post(&mut amina, "/api/v1/places/thornbeck/goals", goal)
        .await
        .is(201);
    let id = set.json["goal"].as_str().unwrap().to_owned();
    (amina, format!("/api/v1/places/thornbeck/goals/{id}"))
}

#[tokio::test]
async fn a_program_brings_attendance_and_reads_the_chart() {
    let story = Story::begin().await;
    let (mut amina, goal) = attendance(&story).await;
    let weeks = json!({"values": [
        {"date": "2026-09-07", "value": 93.1}, {"date": "2026-09-14", "value": 93.9},
        {"date": "2026-09-21", "value": 92.8}, {"date": "2026-09-28", "value": 93.6},
    ]});
    let added = post(&mut amina, &format!("{goal}/values"), weeks)
        .await
        .is(200);
    assert_eq!(added.json["values"].as_array().unwrap().len(), 4);
    assert!(!added.replayed);

    let corrected =
        json!({"values": [{"date": "2026-09-21", "value": 93.2}], "why": "a late register"});
    post(&mut amina, &format!("{goal}/values"), corrected)
        .await
        .is(200);
    let history = get(&mut amina, &format!("{goal}/history")).await.is(200);
    let entered = history.json["entered"].as_array().unwrap();
    assert_eq!(entered.len(), 5, "nothing that was entered is lost");
    assert_eq!(entered[0]["by"], "Amina Rashid");
    assert_eq!(entered[0]["why"], "a late register");

    let chart = get(&mut amina, &format!("{goal}/chart")).await.is(200);
    assert_eq!(chart.json["points"].as_array().unwrap().len(), 4);
    assert!(chart.json["headline"].is_string());

    ask(
        &mut amina,
        Method::DELETE,
        &format!("{goal}/values/2026-09-28"),
        None,
    )
    .await
    .is(204);
    let now = get(&mut amina, &goal).await.is(200);
    assert_eq!(now.json["values"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_is_sent_again_with_its_key_is_done_once() {
    let story = Story::begin().await;
    let (mut amina, goal) = attendance(&story).await;
    let path = format!("{goal}/values");
    let week = json!({"values": [{"date": "2026-09-07", "value": 93.1}]});
    let first = post_once(&amina, "week-37", &path, week.clone())
        .await
        .is(200);
    let again = post_once(&amina, "week-37", &path, week.clone())
        .await
        .is(200);
    assert!(!first.replayed && again.replayed);
    assert_eq!(first.json, again.json);
    let history = get(&mut amina, &format!("{goal}/history")).await;
    assert_eq!(history.json["entered"].as_array().unwrap().len(), 1);

    let other = json!({"values": [{"date": "2026-09-07", "value": 94.0}]});
    let refused = post_once(&amina, "week-37", &path, other).await.is(422);
    assert_eq!(refused.json["errors"][0]["field"], "Idempotency-Key");

    let terms = json!({"measure": "Lateness", "unit": "minutes", "lower_is_better": true,
        "baseline": 30, "target": 20, "due": "2027-07-16"});
    let goals = "/api/v1/places/thornbeck/goals";
    let first = post_once(&amina, "lateness", goals, terms.clone())
        .await
        .is(201);
    let again = post_once(&amina, "lateness", goals, terms).await.is(201);
    assert_eq!(first.json["goal"], again.json["goal"]);
    assert_eq!(
        get(&mut amina, goals).await.json["goals"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn problems_say_what_is_wrong_and_where() {
    let story = Story::begin().await;
    let (mut amina, goal) = attendance(&story).await;
    let path = format!("{goal}/values");
    let bad = post(
        &mut amina,
        &path,
        json!({"values": [{"date": "2026-13-01", "value": 1}]}),
    )
    .await
    .is(422);
    assert_eq!(bad.kind, "application/problem+json");
    assert_eq!(bad.json["errors"][0]["field"], "values[0].date");
    assert_eq!(bad.json["status"], 422);
    assert!(bad.json["type"].as_str().unwrap().ends_with("/api#invalid"));

    let twice =
        json!({"values": [{"date": "2026-09-07", "value": 1}, {"date": "2026-09-07", "value": 2}]});
    let bad = post(&mut amina, &path, twice).await.is(422);
    assert_eq!(bad.json["errors"][0]["field"], "values[1].date");

    let to_come = json!({"values": [{"date": "2099-01-01", "value": 1}]});
    post(&mut amina, &path, to_come).await.is(422);
    let misspelt = json!({"valuse": []});
    post(&mut amina, &path, misspelt).await.is(422);

    let text = Some(("text/plain".to_owned(), b"2026-09-07 93".to_vec()));
    assert_eq!(amina.once(Method::POST, &path, text).await.status, 415);
    let half = Some(("application/json".to_owned(), b"{\"values\": [".to_vec()));
    assert_eq!(amina.once(Method::POST, &path, half).await.status, 400);
    let much = Some(("application/json".to_owned(), vec![b' '; 5 * 1024 * 1024]));
    assert_eq!(amina.once(Method::POST, &path, much).await.status, 413);
    assert!(
        get(&mut amina, &goal).await.json["values"]
            .as_array()
            .unwrap()
            .is_empty()
    );

    let mut unknown = story.stranger();
    let shown = "Bearer difference_0000".to_owned();
    unknown.always.push(("authorization".to_owned(), shown));
    get(&mut unknown, "/api/v1/places").await.is(401);
    let stranger = &mut story.stranger();
    get(stranger, "/api/v1/places").await.is(200);
    get(stranger, "/api/v1/me").await.is(401);
    get(stranger, &goal).await.is(401);
    get(stranger, "/api/v1/nothing").await.is(404);
}

#[tokio::test]
async fn a_reading_token_reads_and_another_places_goal_is_not_there() {
    let story = Story::begin().await;
    let (_, goal) = attendance(&story).await;
    let mut reading = story.program("Amina Rashid", false).await;
    let me = get(&mut reading, "/api/v1/me").await.is(200);
    assert_eq!(me.json["name"], "Amina Rashid");
    assert_eq!(me.json["may_write"], false);
    get(&mut reading, &goal).await.is(200);
    let week = json!({"values": [{"date": "2026-09-07", "value": 93.1}]});
    post(&mut reading, &format!("{goal}/values"), week.clone())
        .await
        .is(403);

    story.city.teacher("Kim Lee", "Kirkfold").await;
    let mut kim = story.program("Kim Lee", true).await;
    get(&mut kim, &goal).await.is(404);
    post(&mut kim, &format!("{goal}/values"), week.clone())
        .await
        .is(404);
    let by_her_own_place = goal.replace("thornbeck", "kirkfold");
    get(&mut kim, &by_her_own_place).await.is(404);
    post(&mut kim, &format!("{by_her_own_place}/values"), week)
        .await
        .is(404);
}

#[tokio::test]
async fn the_document_holds_every_way_and_no_other() {
    let story = Story::begin().await;
    let document = get(&mut story.stranger(), "/api/openapi.json")
        .await
        .is(200)
        .json;
    assert_eq!(document["openapi"], "3.1.0");
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            documented.insert(format!("{} {path}", method.to_uppercase()));
            let names: BTreeSet<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|p| p["in"] == "path")
                .map(|p| p["name"].as_str().unwrap())
                .collect();
            let wanted: BTreeSet<&str> = path
                .split('/')
                .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
                .collect();
            assert_eq!(names, wanted, "{method} {path}");
            assert!(
                operation["operationId"]
                    .as_str()
                    .is_some_and(|id| !id.is_empty())
            );
        }
    }
    let ways: BTreeSet<String> = table()
        .iter()
        .filter(|route| route.is_for_programs())
        .map(|route: &Route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(documented, ways);
    assert!(
        table()
            .iter()
            .filter(|r| r.path.starts_with("/api/v1/"))
            .all(Route::is_for_programs)
    );
    every_reference_leads_somewhere(&document, &document);

    let ids: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        ids.len(),
        "{ids:?}"
    );
}

fn every_reference_leads_somewhere(document: &Value, part: &Value) {
    match part {
        Value::Object(fields) => {
            if let Some(Value::String(to)) = fields.get("$ref") {
                assert!(
                    document.pointer(to.trim_start_matches('#')).is_some(),
                    "{to}"
                );
            }
            for field in fields.values() {
                every_reference_leads_somewhere(document, field);
            }
        }
        Value::Array(parts) => parts
            .iter()
            .for_each(|p| every_reference_leads_somewhere(document, p)),
        _ => {}
    }
}

#[tokio::test]
async fn a_page_shows_every_operation_with_a_line_to_try() {
    let story = Story::begin().await;
    let page = story.stranger().get("/api").await;
    page.is(200)
        .says(&["The API", "Add or correct values", "Authorization: Bearer"]);
    let words = page.words();
    for kind in ["sign-in", "not-found", "conflict", "invalid", "too-many"] {
        assert!(page.text().contains(&format!("id=\"{kind}\"")), "{kind}");
    }
    for route in table().iter().filter(|route| route.is_for_programs()) {
        let line = format!("{} {}", route.method, route.path);
        assert!(words.contains(&line), "{line} is not on the page");
    }
    page.says(&["curl -X POST 'http://localhost:8080/api/v1/places/thornbeck/goals/"]);
    let home = story.stranger().get("/").await;
    home.says(&["API"]);
}
