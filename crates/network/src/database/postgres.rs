//! PostgreSQL, for a network that keeps its data on a database server.
//!
//! Who may call this: [`super`] and the door. What must stay true: what is acknowledged is on the
//! server's disk (`fsync` and `synchronous_commit` are on, or nothing is opened); a reader can't write;
//! text sorts as it does in SQLite, byte by byte; changes are made one at a time, whatever the number
//! of processes, because each takes the same advisory lock first. That lock is what keeps the audit
//! log one chain.

use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

use super::{Connections, READERS, Safety, number};
use crate::error::{Error, Result};

/// The name of the lock that whoever writes holds until the change is committed: "DIFFEREN" in ASCII.
const TURN: i64 = 0x4449_4646_4552_454e;

pub(super) async fn connect(url: &str) -> Result<Connections> {
    let writer = one(url, 1, false).await?;
    fit(&writer).await?;
    let readers = one(url, READERS, true).await?;
    Ok(Connections { writer, readers })
}

async fn one(url: &str, connections: u32, read_only: bool) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(0)
        .connect_timeout(Duration::from_secs(10))
        .acquire_timeout(Duration::from_secs(10))
        // Asked before each use, so that a server that was started again is not noticed.
        .test_before_acquire(true)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(move |options: PgConnectOptions| {
            options.application_name("difference").options([
                ("synchronous_commit", "on"),
                (
                    "default_transaction_read_only",
                    if read_only { "on" } else { "off" },
                ),
            ])
        });
    Ok(Database::connect(options).await?)
}

/// Refuses, with the cure, a database in which something could be lost or sorted otherwise.
async fn fit(on: &DatabaseConnection) -> Result<()> {
    let refuse = |says: &str| {
        Err(Error::Unfit {
            says: says.to_owned(),
        })
    };
    if !shows(on, "fsync", "on").await? {
        return refuse(
            "Its server runs with fsync off, so a power cut would lose what was saved. Turn fsync on in its configuration",
        );
    }
    if !shows(on, "server_encoding", "UTF8").await? {
        return refuse(
            "Its encoding is not UTF8. Make one with: createdb --template template0 --encoding UTF8 --locale C.UTF-8 NAME",
        );
    }
    let bytewise = number(
        on,
        "SELECT (datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8'))::int::bigint \
         FROM pg_database WHERE datname = current_database()",
    )
    .await?;
    if bytewise != 1 {
        return refuse(
            "It sorts words by a language’s rules, so lists would come in another order than elsewhere. Make one with: createdb --template template0 --encoding UTF8 --locale C.UTF-8 NAME",
        );
    }
    Ok(())
}

async fn shows(on: &DatabaseConnection, setting: &str, value: &str) -> Result<bool> {
    let sql = format!("SELECT (current_setting('{setting}') = '{value}')::int::bigint");
    Ok(number(on, &sql).await? == 1)
}

/// Waits for the turn to write; given back when the transaction ends, however it ends.
pub(crate) async fn take_turn(on: &impl ConnectionTrait) -> Result<()> {
    on.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({TURN})"))
        .await?;
    Ok(())
}

/// The settings that keep what was acknowledged, read back from the connections that use them.
pub(super) async fn safety(connections: &Connections) -> Result<Vec<Safety>> {
    let Connections { writer, readers } = connections;
    Ok(vec![
        Safety::new("fsync", shows(writer, "fsync", "on").await?),
        Safety::new(
            "synchronous_commit",
            shows(writer, "synchronous_commit", "on").await?,
        ),
        Safety::new(
            "readers_cannot_write",
            shows(readers, "default_transaction_read_only", "on").await?,
        ),
    ])
}
