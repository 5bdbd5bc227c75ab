//! Backups: one moment of a network that is being written to, closed with a key, restored and tried.

use std::fs;

use network::backups::{self, Closing, Opening};
use network::governance::audit;
use network::{Actor, Error, Network, Settings, people, places};
use testkit::TestNetwork;

struct Keys {
    closing: Closing,
    opening: Opening,
}

fn keys() -> Keys {
    let (secret, public) = backups::new_key();
    Keys {
        closing: Closing::to(&[public]).unwrap(),
        opening: Opening::keys(&secret).unwrap(),
    }
}

#[tokio::test]
async fn a_backup_is_one_moment_of_a_network_that_is_written_to_and_restores_elsewhere() {
    let city = TestNetwork::in_a_file().await.with_place("Thornbeck").await;
    let keys = keys();
    let folder = tempfile::tempdir().unwrap();
    let profile = city.place("Thornbeck").await.profile;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let (network, lead, profile) =
            (Network::clone(&city), city.lead().clone(), profile.clone());
        writers.spawn(async move {
            for n in 0..25 {
                let slug = format!("place-{writer}-{n}");
                places::add_place(&network, &lead, &slug, &profile)
                    .await
                    .unwrap();
            }
        });
    }
    let made = backups::make(&city, &Actor::operator(), folder.path(), &keys.closing)
        .await
        .unwrap();
    writers.join_all().await;

    let bytes = fs::read(&made.file).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
    let elsewhere = Settings::new(folder.path().join("elsewhere"));
    let restored = backups::restore(&made.file, &keys.opening, &elsewhere, false)
        .await
        .unwrap();
    assert_eq!(restored.manifest, made.manifest);
    let there = Network::open(elsewhere).await.unwrap();
    let log = audit::verify(&there, &[]).await.unwrap();
    assert_eq!((log.broken, log.head), (None, made.manifest.head.clone()));
    // As many places as were added by then: each has its entry, and so has the backup's moment.
    let places = u64::try_from(places::all(&there).await.unwrap().len()).unwrap();
    assert_eq!(made.manifest.rows["place"], places);
    // Everybody signs in there as here.
    let ruth = people::sign_in(&there, "ruth.adeyemi@example.org", testkit::PASSWORD, "x").await;
    assert!(ruth.is_ok());
    assert!(backups::last(&city).await.unwrap().backup.is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_a_backup_and_nothing_is_left_lying_about() {
    use std::os::unix::fs::PermissionsExt;
    let city = TestNetwork::in_a_file().await;
    let folder = tempfile::tempdir().unwrap();
    let made = backups::make(&city, &Actor::operator(), folder.path(), &keys().closing)
        .await
        .unwrap();
    let mode = fs::metadata(&made.file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let mut left: Vec<_> = fs::read_dir(city.folder().join("data"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("difference."))
        .collect();
    left.sort_unstable();
    assert_eq!(left, Vec::<String>::new());
}

#[tokio::test]
async fn a_restore_never_overwrites_and_puts_aside_only_when_told() {
    let city = TestNetwork::in_a_file().await;
    let keys = keys();
    let folder = tempfile::tempdir().unwrap();
    let made = backups::make(&city, &Actor::operator(), folder.path(), &keys.closing)
        .await
        .unwrap();
    let mut settings = Settings::new(folder.path().join("elsewhere"));
    settings.second_step = false;
    let restore =
        async |replace| backups::restore(&made.file, &keys.opening, &settings, replace).await;
    restore(false).await.unwrap();

    // A server begins there, and the network goes on.
    let there = Network::open(settings.clone()).await.unwrap();
    let ruth = people::sign_in(&there, "ruth.adeyemi@example.org", testkit::PASSWORD, "x");
    let ruth = ruth.await.unwrap().actor;
    people::rename(&there, &ruth, "Ruth Later").await.unwrap();
    let later = audit::head(&there).await.unwrap();
    let busy = restore(true).await;
    assert!(matches!(busy, Err(Error::InUse { .. })), "{busy:?}");
    there.close().await.unwrap();
    let refused = restore(false).await.unwrap_err();
    assert!(
        refused.to_string().contains("There is a network in"),
        "{refused}"
    );

    let restored = restore(true).await.unwrap();
    let back = Network::open(settings.clone()).await.unwrap();
    assert_eq!(audit::head(&back).await.unwrap(), made.manifest.head);
    // What was there before is whole, beside it.
    let aside = Settings::new(restored.put_aside.unwrap());
    let before = Network::open(aside).await.unwrap();
    assert_eq!(audit::head(&before).await.unwrap(), later);
}

#[tokio::test]
async fn a_wrong_key_and_a_damaged_backup_are_refused_in_words_and_change_nothing() {
    let city = TestNetwork::in_a_file().await;
    let (right, wrong) = (keys(), keys());
    let folder = tempfile::tempdir().unwrap();
    let made = backups::make(&city, &Actor::operator(), folder.path(), &right.closing)
        .await
        .unwrap();
    let elsewhere = || Settings::new(folder.path().join("elsewhere"));
    let refused = backups::restore(&made.file, &wrong.opening, &elsewhere(), false)
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("does not open the backup"),
        "{refused}"
    );

    let sound = fs::read(&made.file).unwrap();
    let damaged = folder.path().join("damaged.age");
    for at in [0, 40, sound.len() / 2, sound.len() - 1] {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        fs::write(&damaged, bytes).unwrap();
        let tried = backups::restore(&damaged, &right.opening, &elsewhere(), false).await;
        assert!(
            matches!(tried, Err(Error::Invalid(_))),
            "byte {at}: {tried:?}"
        );
    }
    for length in [0, 10, 300, sound.len() / 2, sound.len() - 20] {
        fs::write(&damaged, &sound[..length]).unwrap();
        let tried = backups::restore(&damaged, &right.opening, &elsewhere(), false).await;
        assert!(
            matches!(tried, Err(Error::Invalid(_))),
            "{length} bytes: {tried:?}"
        );
    }
    let left: Vec<_> = fs::read_dir(folder.path().join("elsewhere"))
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(left, ["difference.lock"]);
}

#[tokio::test]
async fn a_drill_says_in_the_log_whether_the_backup_restores() {
    let city = TestNetwork::in_a_file().await.with_place("Thornbeck").await;
    let keys = keys();
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        backups::last(&city).await.unwrap(),
        backups::Last::default()
    );
    let made = backups::make(&city, &Actor::operator(), folder.path(), &keys.closing)
        .await
        .unwrap();
    people::rename(&city, city.lead(), "Ruth Later")
        .await
        .unwrap();
    let tried = backups::drill(&city, &Actor::operator(), &made.file, &keys.opening)
        .await
        .unwrap();
    assert_eq!(tried.manifest, made.manifest);
    let (_, restores) = backups::last(&city).await.unwrap().drill.unwrap();
    assert!(restores);

    let mut bytes = fs::read(&made.file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&made.file, bytes).unwrap();
    let tried = backups::drill(&city, &Actor::operator(), &made.file, &keys.opening).await;
    assert!(tried.is_err());
    let (_, restores) = backups::last(&city).await.unwrap().drill.unwrap();
    assert!(!restores);
    let entries = audit::entries(&city, city.lead(), None, None, 1)
        .await
        .unwrap();
    let last = entries.first().unwrap();
    assert_eq!(last.what, "tried a backup, which does not restore");
    assert!(last.why.as_ref().unwrap().contains("damaged"));
}

#[tokio::test]
async fn a_backup_of_another_network_is_no_backup_of_this_one() {
    let (city, other) = (
        TestNetwork::in_a_file().await,
        TestNetwork::in_a_file().await,
    );
    people::rename(&city, city.lead(), "Ruth A").await.unwrap();
    people::rename(&other, other.lead(), "Ruth B")
        .await
        .unwrap();
    let keys = keys();
    let folder = tempfile::tempdir().unwrap();
    let made = backups::make(&other, &Actor::operator(), folder.path(), &keys.closing)
        .await
        .unwrap();
    let tried = backups::drill(&city, &Actor::operator(), &made.file, &keys.opening)
        .await
        .unwrap_err();
    assert!(tried.to_string().contains("does not begin with"), "{tried}");
}

#[tokio::test]
async fn only_whoever_runs_the_server_makes_a_backup_and_the_oldest_go() {
    let city = TestNetwork::in_a_file().await;
    let keys = keys();
    let folder = tempfile::tempdir().unwrap();
    let tried = backups::make(&city, city.lead(), folder.path(), &keys.closing).await;
    assert!(matches!(tried, Err(Error::NotAllowed { .. })));
    let mut made = Vec::new();
    for _ in 0..4 {
        city.clock.pass(jiff::SignedDuration::from_hours(24));
        let backup = backups::make(&city, &Actor::operator(), folder.path(), &keys.closing)
            .await
            .unwrap();
        made.push(backup.file);
    }
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    assert_eq!(backups::thin_out(folder.path(), 2).unwrap(), 2);
    let there: Vec<bool> = made.iter().map(|file| file.exists()).collect();
    assert_eq!(there, [false, false, true, true]);
    assert!(folder.path().join("notes.txt").exists());
    assert_eq!(
        backups::newest(folder.path()).unwrap().as_ref(),
        made.last()
    );
}

#[test]
fn a_passphrase_that_can_be_guessed_and_a_key_that_is_none_are_refused() {
    assert!(Closing::passphrase("hunter2").is_err());
    assert!(Closing::passphrase("blue kettle on the hill").is_ok());
    assert!(Closing::to(&[]).is_err());
    assert!(Closing::to(&["age1nonsense".to_owned()]).is_err());
    assert!(Opening::keys("# only a comment\n").is_err());
    assert!(Opening::keys("AGE-SECRET-KEY-1NONSENSE").is_err());
}
