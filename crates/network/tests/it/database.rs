//! The data folder: private, locked, safe against power cuts, never opened by an older version.

use network::{Error, Network, Settings};
use sea_orm::{ConnectionTrait, Database};
use testkit::TestNetwork;

#[tokio::test]
async fn what_is_acknowledged_is_on_the_disk() {
    let city = TestNetwork::new().await;
    let settings = network::governance::safety(&city).await.unwrap();
    assert!(settings.len() >= 3, "{settings:?}");
    assert!(settings.iter().all(|s| s.holds), "{settings:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_open_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let city = TestNetwork::new().await;
    let mode = std::fs::metadata(city.folder().join("data"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused_in_words() {
    let city = TestNetwork::new().await;
    let second = Network::open(city.settings().clone()).await.unwrap_err();
    assert!(matches!(second, Error::InUse { .. }));
    assert!(
        second
            .to_string()
            .contains("in use by another Difference Engine"),
        "{second}"
    );
    let city = city.restarted().await;
    assert!(city.takes_changes());
}

#[tokio::test]
async fn a_newer_database_is_refused_in_words_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::new(folder.path());
    Network::open(settings.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    let file = folder.path().join("difference.sqlite");
    let newer = Database::connect(format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    newer
        .execute_unprepared(
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_telepathy', 0)",
        )
        .await
        .unwrap();
    newer.close().await.unwrap();
    let refused = Network::open(settings).await.unwrap_err();
    assert!(
        matches!(&refused, Error::NewerDatabase { migration } if migration == "m9999_telepathy")
    );
    assert!(
        refused.to_string().contains("newer Difference Engine"),
        "{refused}"
    );
}
