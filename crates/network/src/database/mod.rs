//! Opens the database: one writer, several readers, safe against power cuts.
//!
//! Who may call this: [`crate::Network::open`] and [`crate::Network::beside`], the door for its turn, and
//! `backups` for a file that is no network's yet. What must stay true: no
//! other file knows which database it is; migrations only go forward, all of a start's in one
//! transaction; a database that a newer version wrote is left alone.

use std::path::PathBuf;

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, Statement, TransactionTrait};
use sea_orm_migration::MigratorTrait;

use crate::error::{Error, Result};
use crate::migrations::Migrations;

pub(crate) mod postgres;
mod sqlite;

pub(crate) use sqlite::writer;

/// How many connections read at a time; the machine it is meant for has two cores.
const READERS: u32 = 4;

/// Where a network is kept.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In a file.
    Sqlite(PathBuf),
    /// On a server, at an address such as `postgres://difference@localhost/difference`.
    Postgres(String),
}

/// The connection that writes and those that read.
pub(crate) struct Connections {
    /// The one connection that writes.
    pub(crate) writer: DatabaseConnection,
    /// The connections that read.
    pub(crate) readers: DatabaseConnection,
}

/// A setting that keeps what was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safety {
    /// What the database calls it.
    pub name: &'static str,
    /// Whether it is as it must be.
    pub holds: bool,
}

impl Safety {
    const fn new(name: &'static str, holds: bool) -> Self {
        Self { name, holds }
    }
}

/// Connects, whatever the state of the schema.
pub(crate) async fn connect(kept: &Kept) -> Result<Connections> {
    match kept {
        Kept::Sqlite(file) => sqlite::connect(file).await,
        Kept::Postgres(url) => postgres::connect(url).await,
    }
}

/// The settings that keep what was acknowledged, read back from the connections that use them.
pub(crate) async fn safety(connections: &Connections) -> Result<Vec<Safety>> {
    match connections.writer.get_database_backend() {
        DatabaseBackend::Postgres => postgres::safety(connections).await,
        _ => sqlite::safety(connections).await,
    }
}

/// Brings the schema up to this version, or says that the database is newer.
pub(crate) async fn migrate(writer: &DatabaseConnection) -> Result<()> {
    let transaction = writer.begin().await?;
    if writer.get_database_backend() == DatabaseBackend::Postgres {
        postgres::take_turn(&transaction).await?;
    }
    Migrations::install(&transaction).await?;
    applied(&transaction).await?;
    Migrations::up(&transaction, None).await?;
    transaction.commit().await?;
    Ok(())
}

/// Says that the schema is older or newer than this version's; changes nothing.
pub(crate) async fn refuse_other_schema(on: &DatabaseConnection) -> Result<()> {
    if applied(on).await? == Migrations::migrations().len() {
        Ok(())
    } else {
        Err(Error::OlderDatabase)
    }
}

/// How many of the schema's steps were taken; a step that this version does not know is an error.
async fn applied(on: &impl ConnectionTrait) -> Result<usize> {
    let known: Vec<String> = Migrations::migrations()
        .iter()
        .map(|m| m.name().to_owned())
        .collect();
    let applied = on
        .query_all_raw(Statement::from_string(
            on.get_database_backend(),
            "SELECT version FROM seaql_migrations ORDER BY version",
        ))
        .await?;
    for row in &applied {
        let migration: String = row.try_get("", "version")?;
        if !known.contains(&migration) {
            return Err(Error::NewerDatabase { migration });
        }
    }
    Ok(applied.len())
}

async fn number(on: &DatabaseConnection, sql: &str) -> Result<i64> {
    let row = on
        .query_one_raw(Statement::from_string(on.get_database_backend(), sql))
        .await?
        .ok_or_else(|| Error::Unexpected(format!("{sql} has no answer")))?;
    Ok(row.try_get_by_index(0)?)
}
