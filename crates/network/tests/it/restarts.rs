//! A database server that is started again in the middle of writes. It needs a server of its own, because
//! every other story on it would be interrupted too: `./test postgres` starts one for it.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use network::governance::audit;
use network::places::{self, PlaceProfile};
use network::{Error, Network, Retry};
use testkit::TestNetwork;

/// How often the server is started again; 50 by hand.
fn restarts() -> u32 {
    let asked = std::env::var("TEST_RESTARTS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(3)
}

/// One writer: adds places until told to stop, and asks again with the same key until it is answered.
/// What it was told is saved, and the longest that it had to ask.
async fn writes(
    network: Network,
    lead: network::Actor,
    name: &'static str,
    stop: Arc<AtomicBool>,
) -> (Vec<String>, Duration) {
    let mut acknowledged = Vec::new();
    let mut longest = Duration::ZERO;
    let mut number = 0;
    while !stop.load(Ordering::Acquire) {
        let slug = format!("{name}-{number}");
        number += 1;
        let profile = PlaceProfile {
            name: format!("{name} {number}"),
            kind: "school".to_owned(),
            ..PlaceProfile::default()
        };
        let actor = lead.clone().with_retry(Retry {
            key: slug.clone(),
            body_hash: slug.clone(),
        });
        let begun = Instant::now();
        loop {
            match places::add_place(&network, &actor, &slug, &profile).await {
                Ok(_) | Err(Error::AlreadyDone { .. }) => break,
                Err(Error::Unavailable | Error::Unsure) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(other) => panic!("{slug}: {other:?}"),
            }
        }
        longest = longest.max(begun.elapsed());
        acknowledged.push(slug);
    }
    (acknowledged, longest)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it starts the database server again under itself: ./test postgres"]
async fn a_server_that_is_started_again_loses_nothing_and_doubles_nothing() {
    let restart = std::env::var("TEST_POSTGRES_RESTART").expect("tests/postgres.sh says how");
    let city = TestNetwork::new().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for name in ["ash", "birch", "cedar", "elm"] {
        let network = Network::clone(&city);
        writers.spawn(writes(network, city.lead().clone(), name, stop.clone()));
    }
    for _ in 0..restarts() {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let command = restart.clone();
        let done = tokio::task::spawn_blocking(move || {
            Command::new("bash")
                .args(["-c", &command])
                .status()
                .unwrap()
        });
        assert!(done.await.unwrap().success(), "it starts again");
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    stop.store(true, Ordering::Release);
    let mut acknowledged = Vec::new();
    let mut longest = Duration::ZERO;
    while let Some(written) = writers.join_next().await {
        let (slugs, waited) = written.unwrap();
        acknowledged.extend(slugs);
        longest = longest.max(waited);
    }
    let kept: Vec<String> = places::all(&city)
        .await
        .unwrap()
        .into_iter()
        .map(|p| p.slug)
        .collect();
    let each: BTreeSet<&String> = kept.iter().collect();
    assert_eq!(each.len(), kept.len(), "nothing is there twice");
    let lost: Vec<_> = acknowledged.iter().filter(|s| !each.contains(s)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert_eq!(audit::verify(&city, &[]).await.unwrap().broken, None);
    println!(
        "{} restarts, {} acknowledged, 0 lost, 0 doubled, the longest wait {longest:?}",
        restarts(),
        acknowledged.len()
    );
}
