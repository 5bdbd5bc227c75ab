//! The audit log: whoever changes it behind the product's back is found, and its proofs hold without it.

use network::governance::audit::{self, Consistency, Head, Inclusion};
use network::people;
use network::trials::{self, Compare};
use network::{Error, Network, Settings};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use testkit::TestNetwork;
use testkit::trials::{pupils, scores};

/// Opens the database as somebody with a shell and no scruples does.
async fn behind_the_back(city: &TestNetwork) -> DatabaseConnection {
    let file = city.folder().join("data").join("difference.sqlite");
    let raw = Database::connect(format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    let guards = raw
        .query_all_raw(Statement::from_string(
            raw.get_database_backend(),
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit_%'",
        ))
        .await
        .unwrap();
    for guard in &guards {
        let name: String = guard.try_get("", "name").unwrap();
        raw.execute_unprepared(&format!("DROP TRIGGER {name}"))
            .await
            .unwrap();
    }
    raw
}

async fn sql(raw: &DatabaseConnection, sql: &str) {
    raw.execute_unprepared(sql).await.unwrap();
}

async fn first_broken(network: &Network) -> Option<u64> {
    let verified = audit::verify(network, &[]).await.unwrap();
    assert_eq!(
        verified.entries,
        verified
            .broken
            .as_ref()
            .map_or(verified.entries, |b| b.number - 1)
    );
    verified.broken.map(|broken| broken.number)
}

/// Enough entries that the tree has several peaks.
async fn busy() -> TestNetwork {
    let city = TestNetwork::in_a_file().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    for n in 0..8 {
        people::rename(&city, &amina, &format!("Amina Rashid-{n}"))
            .await
            .unwrap();
    }
    city
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_remove_an_entry() {
    let city = busy().await;
    let file = city.folder().join("data").join("difference.sqlite");
    let raw = Database::connect(format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    for tried in [
        "UPDATE audit_entry SET what = 'did nothing' WHERE number = 3",
        "UPDATE audit_entry SET person_id = NULL WHERE number = 3",
        "UPDATE audit_entry SET salt = NULL, person_id = NULL, why = NULL, before = NULL, after = NULL, at = 0",
        "DELETE FROM audit_entry WHERE number = 3",
        "UPDATE audit_node SET hash = ''",
        "DELETE FROM audit_node",
    ] {
        assert!(raw.execute_unprepared(tried).await.is_err(), "{tried}");
    }
    assert_eq!(first_broken(&city).await, None);
}

#[tokio::test]
async fn every_column_of_every_entry_is_covered() {
    let city = busy().await;
    let raw = behind_the_back(&city).await;
    let entries = audit::verify(&city, &[]).await.unwrap().entries;
    let columns = [
        "at",
        "person_id",
        "through",
        "action",
        "what",
        "on_kind",
        "on_id",
        "place_id",
        "why",
        "before",
        "after",
        "vouches",
        "salt",
        "sealed",
        "previous",
        "hash",
        "head",
    ];
    for (n, column) in (0_u64..).zip(columns) {
        let number = 1 + n % entries;
        let other = match column {
            "at" => "at + 1",
            "person_id" | "place_id" => "x'00000000000000000000000000000001'",
            _ => "'another'",
        };
        sql(&raw, "CREATE TABLE kept AS SELECT * FROM audit_entry").await;
        sql(
            &raw,
            &format!("UPDATE audit_entry SET {column} = {other} WHERE number = {number}"),
        )
        .await;
        assert_eq!(first_broken(&city).await, Some(number), "{column}");
        sql(&raw, "DELETE FROM audit_entry").await;
        sql(&raw, "INSERT INTO audit_entry SELECT * FROM kept").await;
        sql(&raw, "DROP TABLE kept").await;
        assert_eq!(first_broken(&city).await, None);
    }
}

#[tokio::test]
async fn an_entry_that_is_taken_out_put_in_or_moved_is_found() {
    let city = busy().await;
    let raw = behind_the_back(&city).await;
    let tampered = [
        ("DELETE FROM audit_entry WHERE number = 4", 4),
        (
            "DELETE FROM audit_entry WHERE number = 4; \
             UPDATE audit_entry SET number = -number WHERE number > 4; \
             UPDATE audit_entry SET number = -number - 1 WHERE number < 0",
            4,
        ),
        (
            "UPDATE audit_entry SET number = 0 WHERE number = 5; \
             UPDATE audit_entry SET number = 5 WHERE number = 6; \
             UPDATE audit_entry SET number = 6 WHERE number = 0",
            5,
        ),
        (
            "INSERT INTO audit_entry SELECT x'01', number + 1, at, person_id, through, action, what, on_kind, \
             on_id, place_id, why, before, after, vouches, salt, sealed, previous, 'h', head \
             FROM audit_entry ORDER BY number DESC LIMIT 1",
            0,
        ),
        ("UPDATE audit_node SET hash = 'x' WHERE at = 1", 2),
        ("DELETE FROM audit_node WHERE at = 3", 4),
        ("INSERT INTO audit_node VALUES (4095, 'x')", 0),
    ];
    let entries = audit::verify(&city, &[]).await.unwrap().entries;
    for (tampering, number) in tampered {
        for table in ["audit_entry", "audit_node"] {
            sql(
                &raw,
                &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"),
            )
            .await;
        }
        sql(&raw, tampering).await;
        let expected = if number == 0 { entries + 1 } else { number };
        assert_eq!(first_broken(&city).await, Some(expected), "{tampering}");
        for table in ["audit_entry", "audit_node"] {
            sql(&raw, &format!("DELETE FROM {table}")).await;
            sql(
                &raw,
                &format!("INSERT INTO {table} SELECT * FROM kept_{table}"),
            )
            .await;
            sql(&raw, &format!("DROP TABLE kept_{table}")).await;
        }
        assert_eq!(first_broken(&city).await, None);
    }
}

#[tokio::test]
async fn a_log_that_lost_its_end_is_found_by_a_head_that_was_written_down() {
    let city = busy().await;
    let written_down = audit::head(&city).await.unwrap();
    let raw = behind_the_back(&city).await;
    let size = written_down.size;
    sql(
        &raw,
        &format!("DELETE FROM audit_entry WHERE number > {}", size - 3),
    )
    .await;
    // The nodes whose subtrees end beyond the cut, as whoever knows the tree takes them out too.
    let cut = audit::verify(&city, &[]).await.unwrap();
    assert!(cut.broken.is_some(), "the tree's nodes are left over");
    sql(
        &raw,
        &format!("DELETE FROM audit_node WHERE at >= {}", 2 * (size - 3) - 1),
    )
    .await;
    sql(&raw, "DELETE FROM audit_node WHERE at IN (7, 15)").await;
    let found = audit::verify(&city, &[written_down]).await.unwrap();
    assert!(found.broken.is_some());
}

#[tokio::test]
async fn a_log_that_was_written_anew_is_found_by_a_head_that_was_written_down() {
    // Two cities whose logs are each sound by itself.
    let (city, other) = (busy().await, busy().await);
    let head = audit::head(&city).await.unwrap();
    people::rename(&city, city.lead(), "Ruth A").await.unwrap();
    let later = audit::head(&city).await.unwrap();
    people::rename(&other, other.lead(), "Ruth B")
        .await
        .unwrap();
    let anew = audit::verify(&other, &[]).await.unwrap();
    assert_eq!(anew.broken, None);
    assert!(
        audit::verify(&city, &[head, later.clone()])
            .await
            .unwrap()
            .broken
            .is_none()
    );
    let found = audit::verify(&other, std::slice::from_ref(&later))
        .await
        .unwrap();
    assert_eq!(found.broken.unwrap().number, later.size);
}

#[tokio::test]
async fn who_and_why_can_be_taken_out_of_an_entry_and_the_log_still_holds() {
    let city = busy().await;
    let before = audit::head(&city).await.unwrap();
    let file = city.folder().join("data").join("difference.sqlite");
    let raw = Database::connect(format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    sql(
        &raw,
        "UPDATE audit_entry SET salt = NULL, person_id = NULL, why = NULL, before = NULL, after = NULL WHERE number = 7",
    )
    .await;
    let verified = audit::verify(&city, std::slice::from_ref(&before))
        .await
        .unwrap();
    assert_eq!(verified.broken, None);
    assert_eq!(verified.erased, 1);
    assert_eq!(verified.head, before);
}

#[tokio::test]
async fn a_stranger_checks_a_lock_without_the_log() {
    let city = TestNetwork::in_a_file().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    let (trial, _) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    for n in 0..20 {
        let proof = trials::lock_proof(&city, &amina, &trial.short)
            .await
            .unwrap();
        let file = serde_json::to_string_pretty(&proof).unwrap();
        for name in ["Amina", "Tom", "Brearley"] {
            assert!(!file.contains(name), "{name} is sealed");
        }
        let read: Inclusion = serde_json::from_str(&file).unwrap();
        read.check().unwrap();
        assert_eq!(
            read.plan.as_deref(),
            Some(trial.lock.as_ref().unwrap().canonical.as_str())
        );
        assert_eq!(read.head, audit::head(&city).await.unwrap());
        // Whatever is changed in it, it no longer holds.
        let mut changed = vec![read.clone(); 6];
        changed[0].entry.at = "2020-01-01T00:00:00Z".to_owned();
        changed[1].plan = read.plan.as_ref().map(|plan| plan.replace("28", "29"));
        changed[2].head.size += 64;
        changed[3].head.hash = "ab".repeat(32);
        changed[4].path.reverse();
        changed[4].path.push("00".to_owned());
        changed[5].entry.number += 1;
        for wrong in changed {
            assert!(wrong.check().is_err(), "{wrong:?}");
        }
        people::rename(&city, &amina, &format!("A {n}"))
            .await
            .unwrap();
    }
    let nobody = trials::lock_proof(&city, &network::Actor::public(), &trial.short).await;
    assert!(
        matches!(nobody, Err(Error::NotFound)),
        "who can't see the trial can't see its proof"
    );
}

#[tokio::test]
async fn each_head_is_shown_to_be_the_beginning_of_each_later_one() {
    let city = busy().await;
    let size = audit::head(&city).await.unwrap().size;
    let mut heads: Vec<Head> = Vec::new();
    for earlier in 1..=size {
        let proof = audit::consistency(&city, earlier).await.unwrap();
        let proof: Consistency =
            serde_json::from_str(&serde_json::to_string(&proof).unwrap()).unwrap();
        proof.check().unwrap();
        heads.push(proof.earlier.clone());
        let mut wrong = proof.clone();
        wrong.earlier.hash = "ab".repeat(32);
        assert!(wrong.check().is_err());
    }
    // What was said at each size is what the whole log bears out.
    assert_eq!(audit::verify(&city, &heads).await.unwrap().broken, None);
    for never in [0, size + 1] {
        assert!(audit::consistency(&city, never).await.is_err());
    }
}

#[tokio::test]
async fn a_plan_or_a_result_that_was_changed_behind_the_log_is_found() {
    let city = TestNetwork::in_a_file().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &pupils(28))
        .await;
    city.report_scores(&amina, &trial, &scores(&pupils(28), &sheet, 4.0))
        .await;
    assert_eq!(trials::altered(&city).await.unwrap(), None);
    let entries = audit::entries(&city, city.lead(), None, None, 100)
        .await
        .unwrap();
    let vouching: Vec<u64> = entries
        .iter()
        .filter(|entry| entry.vouches.is_some())
        .map(|entry| u64::try_from(entry.number).unwrap())
        .collect();
    let [measured_at, locked_at] = vouching.as_slice() else {
        panic!("{vouching:?}")
    };
    let raw = behind_the_back(&city).await;
    let tampered = [
        (
            "trial",
            "UPDATE trial SET plan = replace(plan, '28', '29')",
            locked_at,
        ),
        ("trial", "UPDATE trial SET plan_hash = 'aa'", locked_at),
        (
            "trial_result",
            "UPDATE trial_result SET evaluation = replace(evaluation, '1', '2')",
            measured_at,
        ),
        (
            "trial_result",
            "UPDATE trial_result SET measured = '2020-01-01'",
            measured_at,
        ),
        ("trial_result", "DELETE FROM trial_result", measured_at),
        (
            "trial_result",
            "INSERT INTO trial_result SELECT trial_id, 2, at, by, measured, file_hash, listed, matched, \
             not_in_trial, why, engine, evaluation FROM trial_result",
            measured_at,
        ),
    ];
    for (table, tampering, number) in tampered {
        sql(&raw, &format!("CREATE TABLE kept AS SELECT * FROM {table}")).await;
        sql(&raw, tampering).await;
        let found = trials::altered(&city).await.unwrap();
        assert_eq!(found.map(|b| b.number), Some(*number), "{tampering}");
        assert_eq!(first_broken(&city).await, None, "the log itself is whole");
        sql(&raw, "PRAGMA foreign_keys = OFF").await;
        sql(&raw, &format!("DELETE FROM {table}")).await;
        sql(&raw, &format!("INSERT INTO {table} SELECT * FROM kept")).await;
        sql(&raw, "DROP TABLE kept").await;
        assert_eq!(trials::altered(&city).await.unwrap(), None);
    }
}

/// A data folder with a network that was kept when the log was a plain chain.
async fn kept_before_the_tree(change: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("difference.sqlite");
    let raw = Database::connect(format!("sqlite:{}?mode=rwc", file.display()))
        .await
        .unwrap();
    sql(&raw, include_str!("../kept/chained-log.sql")).await;
    sql(&raw, "DROP TRIGGER audit_entry_no_update").await;
    sql(&raw, change).await;
    raw.close().await.unwrap();
    folder
}

#[tokio::test]
async fn the_first_log_is_taken_over_entry_by_entry() {
    let folder = kept_before_the_tree("SELECT 1").await;
    let mut settings = Settings::new(folder.path());
    settings.second_step = false;
    let network = Network::open(settings).await.unwrap();
    let verified = audit::verify(&network, &[]).await.unwrap();
    assert_eq!((verified.entries, verified.broken), (5, None));
    let ruth = people::sign_in(&network, "ruth@example.org", "blue kettle on the hill", "x")
        .await
        .unwrap()
        .actor;
    let entries = audit::entries(&network, &ruth, None, None, 10)
        .await
        .unwrap();
    assert_eq!(entries.len(), 6);
    let first = entries.last().unwrap();
    assert_eq!(first.what, "founded the network");
    assert!(!first.erased && first.person.is_none());
}

#[tokio::test]
async fn a_first_log_that_was_altered_is_not_taken_over() {
    let folder =
        kept_before_the_tree("UPDATE audit_entry SET what = 'did nothing' WHERE number = 3").await;
    let refused = Network::open(Settings::new(folder.path()))
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("entry 3 of the audit log"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_command_works_beside_the_server_in_the_same_log() {
    let city = busy().await;
    let beside = Network::beside(city.settings().clone()).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20 {
        let network = if n % 2 == 0 {
            Network::clone(&city)
        } else {
            beside.clone()
        };
        let ruth = city.lead().clone();
        tasks.spawn(async move { people::rename(&network, &ruth, &format!("Ruth {n}")).await });
    }
    for renamed in tasks.join_all().await {
        renamed.unwrap();
    }
    let here = audit::verify(&city, &[]).await.unwrap();
    assert_eq!(here.broken, None);
    assert_eq!(here, audit::verify(&beside, &[]).await.unwrap());
    let nowhere = Settings::new(city.folder().join("elsewhere"));
    assert!(matches!(
        Network::beside(nowhere).await,
        Err(Error::NoNetwork { .. })
    ));
}
