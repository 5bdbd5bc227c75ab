//! Who may read the log and how the network is kept, and what stands there.

use difference_web::Settings;
use network::backups::{self, Closing};
use network::trials::Compare;
use network::{Actor, people};
use testkit::TestNetwork;

use crate::Story;

#[tokio::test]
async fn who_did_what_is_read_by_those_who_may_and_page_by_page() {
    let story = Story::begin().await;
    let amina = story.city.teacher("Amina Rashid", "Thornbeck").await;
    story.city.leader("Tom Brearley", "Thornbeck").await;
    for n in 0..60 {
        people::rename(&story.city, &amina, &format!("Amina R {n}"))
            .await
            .unwrap();
    }
    let mut ruth = story.signed_in("Ruth Adeyemi").await;
    let newest = ruth.get("/log").await;
    newest
        .is(200)
        .says(&["Who did what", "Ruth Adeyemi signed in", "Older entries"]);
    let text = newest.text();
    let older = text.split("?before=").nth(1).unwrap();
    let older = older.split('"').next().unwrap();
    ruth.get(&format!("/log?before={older}"))
        .await
        .is(200)
        .says(&["founded the network", "Back to the newest"]);
    let mut tom = story.signed_in("Tom Brearley").await;
    tom.get("/places/thornbeck/log").await.is(200);
    tom.get("/log").await.is(403);
    let mut amina = story.signed_in("Amina Rashid").await;
    amina.get("/places/thornbeck/log").await.is(403);
    story.stranger().get("/places/thornbeck/log").await.is(404);
}

#[tokio::test]
async fn a_locked_plan_gives_its_proof_to_whoever_may_read_it() {
    let story = Story::begin().await;
    let amina = story.city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = story.city.leader("Tom Brearley", "Thornbeck").await;
    let class = testkit::trials::pupils(28);
    let (trial, _) = story
        .city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let (page, file) = (
        format!("/trials/{}/plan", trial.short),
        format!("/trials/{}/proof.json", trial.short),
    );
    let mut browser = story.signed_in("Amina Rashid").await;
    browser
        .get(&page)
        .await
        .is(200)
        .says(&["The lock is entry", "Download the proof"]);
    let proof = browser.get(&file).await;
    let proof: network::governance::audit::Inclusion =
        serde_json::from_slice(&proof.bytes).unwrap();
    proof.check().unwrap();
    story.stranger().get(&file).await.is(404);
}

#[tokio::test]
async fn how_the_network_is_kept_is_what_its_records_say() {
    // A backup is made of a file; a database server has its own ways.
    let story = Story::with(TestNetwork::in_a_file().await, Settings::default()).await;
    let mut ruth = story.signed_in("Ruth Adeyemi").await;
    ruth.get("/standards")
        .await
        .is(200)
        .says(&["No backup was made yet", "None yet"]);
    let folder = tempfile::tempdir().unwrap();
    let closing = Closing::passphrase("blue kettle on the hill").unwrap();
    backups::make(&story.city, &Actor::operator(), folder.path(), &closing)
        .await
        .unwrap();
    let kept = ruth.get("/standards").await;
    kept.is(200)
        .says(&["24 November 2026", "No backup was tried yet"]);
    assert!(!kept.words().contains("No backup was made yet"));
}
