//! Power cuts, simulated: what was acknowledged is there afterwards, nothing is there in part, and the
//! audit log is whole. `CUTS=200 cargo nextest run -p difference-network -E 'test(power)'` asks for more.
//!
//! A cut leaves on the disk everything that was synced, and of what was written since any mixture: each
//! sector of 512 bytes as it was, as it should be, or torn. What was written in between is known, because
//! the files are looked at before and after each change, when nobody writes.

use std::fs;
use std::path::Path;

use network::governance::audit;
use network::{Network, PersonId, Settings, people};
use testkit::TestNetwork;

const SECTOR: usize = 512;
/// Bytes at the head of a write-ahead log.
const HEAD: usize = 32;
/// SQLite takes its write-ahead log back into the database from here on (1,000 pages).
const NEARLY_FULL: usize = 960 * 4096;

/// The two files as the disk has them.
#[derive(Clone)]
struct Disk {
    database: Vec<u8>,
    log: Vec<u8>,
}

impl Disk {
    fn of(data: &Path) -> Self {
        let read = |name: &str| fs::read(data.join(name)).unwrap_or_default();
        Self {
            database: read("difference.sqlite"),
            log: read("difference.sqlite-wal"),
        }
    }

    fn put(&self, data: &Path) {
        fs::create_dir_all(data).unwrap();
        fs::write(data.join("difference.sqlite"), &self.database).unwrap();
        fs::write(data.join("difference.sqlite-wal"), &self.log).unwrap();
    }
}

/// Numbers that come out the same every time (xorshift64*).
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(drawn).unwrap() % end
    }
}

/// A file between two states: each sector as it was, as it should be, or (where `torn`) half of each.
fn between(before: &[u8], after: &[u8], torn: bool, draw: &mut Draw) -> Vec<u8> {
    let shorter = before.len().min(after.len());
    let longer = before.len().max(after.len());
    let grown = shorter + draw.below(longer - shorter + 1);
    let mut file = Vec::with_capacity(longer);
    let sector = |of: &[u8], at: usize| -> Vec<u8> {
        let mut bytes = of.get(at..).unwrap_or_default().to_vec();
        bytes.resize(SECTOR.max(bytes.len()), 0);
        bytes.truncate(SECTOR);
        bytes
    };
    for at in (0..longer).step_by(SECTOR) {
        let (old, new) = (sector(before, at), sector(after, at));
        match draw.below(if torn { 3 } else { 2 }) {
            0 => file.extend(old),
            1 => file.extend(new),
            _ => {
                let cut = draw.below(SECTOR);
                file.extend(new.iter().take(cut));
                file.extend(old.iter().skip(cut));
            }
        }
    }
    file.truncate(grown);
    file
}

/// What a cut in the middle of a change may leave. SQLite syncs the write-ahead log before it writes the
/// database, and the head of a log that begins anew before what follows it, so only one of them is in between.
fn cut(before: &Disk, after: &Disk, draw: &mut Draw) -> Disk {
    let taken_back = before.database != after.database;
    if taken_back && draw.below(2) == 0 {
        return Disk {
            database: between(&before.database, &after.database, false, draw),
            log: after.log.clone(),
        };
    }
    let mut log = before.log.clone();
    if !after.log.starts_with(&before.log) {
        let head_cut = draw.below(2) == 0;
        let written = if head_cut { draw.below(HEAD + 1) } else { HEAD };
        log.splice(..written, after.log.iter().take(written).copied());
        if head_cut {
            return Disk {
                database: before.database.clone(),
                log,
            };
        }
    }
    Disk {
        database: before.database.clone(),
        log: between(&log, &after.log, true, draw),
    }
}

async fn name_of(network: &Network, person: PersonId) -> String {
    let called = people::called(network, &[person]).await.unwrap();
    called.into_iter().next().unwrap().name
}

#[tokio::test]
async fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let cuts = std::env::var("CUTS").map_or(60, |n| n.parse().unwrap());
    let city = TestNetwork::in_a_file().await.with_place("Thornbeck").await;
    let data = city.folder().join("data");
    let ruth = city.lead().clone();
    let person = ruth.person_id().unwrap();
    let mut written = 0;
    // Up to where the write-ahead log is about to be taken back into the database.
    while Disk::of(&data).log.len() < NEARLY_FULL {
        written += 1;
        people::rename(&city, &ruth, &format!("Ruth {written}"))
            .await
            .unwrap();
        assert!(written < 2_000, "the write-ahead log does not grow");
    }
    let mut draw = Draw(20_081_226);
    let (mut whole, mut taken_back, mut begun_anew) = (0, 0, 0);
    for n in 0..cuts {
        let (before, head) = (Disk::of(&data), audit::head(&city).await.unwrap());
        let acknowledged = name_of(&city, person).await;
        written += 1;
        let in_hand = format!("Ruth {written}");
        people::rename(&city, &ruth, &in_hand).await.unwrap();
        let after = Disk::of(&data);
        taken_back += usize::from(before.database != after.database);
        begun_anew += usize::from(!after.log.starts_with(&before.log));

        let folder = tempfile::tempdir().unwrap();
        cut(&before, &after, &mut draw).put(folder.path());
        let found = Network::open(Settings::new(folder.path())).await.unwrap();
        let log = audit::verify(&found, std::slice::from_ref(&head))
            .await
            .unwrap();
        assert_eq!(log.broken, None, "cut {n}");
        let name = name_of(&found, person).await;
        // All of the change in hand is there, or nothing of it.
        if log.entries == head.size {
            assert_eq!(name, acknowledged, "cut {n}");
        } else {
            assert_eq!((log.entries, name), (head.size + 1, in_hand), "cut {n}");
            whole += 1;
        }
        found.close().await.unwrap();
    }
    assert!(taken_back > 0, "no cut fell where the log is taken back");
    assert!(begun_anew > 0, "no cut fell where the log begins anew");
    println!(
        "{cuts} power cuts: nothing acknowledged was lost, the log was whole after each; {whole} kept the change in hand, {taken_back} fell into a checkpoint"
    );
}
