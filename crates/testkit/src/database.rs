//! The database that a test's network is kept in: a file in its folder, or, where
//! `TEST_POSTGRES` holds the address of a server, a database of its own there.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where the server is; its databases come and go with it, so none is taken away here.
const SERVER: &str = "TEST_POSTGRES";

static MADE: AtomicU32 = AtomicU32::new(0);

/// A new, empty database; none where tests run on SQLite.
///
/// # Panics
/// When the server can't make one.
#[must_use]
pub fn a_database() -> Option<String> {
    let server = std::env::var(SERVER).ok().filter(|s| !s.is_empty())?;
    let name = format!(
        "story_{}_{}",
        std::process::id(),
        MADE.fetch_add(1, Ordering::Relaxed)
    );
    let made = Command::new("psql")
        .args([
            "--quiet",
            "--no-psqlrc",
            "--set",
            "ON_ERROR_STOP=1",
            "--command",
        ])
        .arg(format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        ))
        .arg(format!("{server}/postgres"))
        .output()
        .expect("psql can be started");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    Some(format!("{server}/{name}"))
}
