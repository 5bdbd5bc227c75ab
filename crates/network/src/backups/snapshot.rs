//! One moment of the database, as a file of its own.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Alias, Expr, Func, Query};
use sea_orm::{ConnectionTrait, Statement};

use super::apart;
use super::archive::{self, DATABASE, DEVICES, Manifest, SCHEMA, failed};
use super::keys::Closing;
use crate::error::{Error, Result};
use crate::handle::Network;
use crate::{database, log};

/// Takes the snapshot in a scratch folder in the data folder, and writes the backup from it.
pub(super) async fn taken(
    network: &Network,
    at: Timestamp,
    to: &Path,
    closing: &Closing,
) -> Result<(Manifest, String)> {
    if network.settings().database.is_some() {
        return Err(Error::conflict(
            "This network is kept on a PostgreSQL server. Back it up there, with pg_dump or as whoever looks after the server does.",
        ));
    }
    let data = &network.settings().data_dir;
    let scratch = tempfile::Builder::new()
        .prefix("backup-")
        .tempdir_in(data)
        .map_err(failed(data))?;
    let copy = scratch.path().join(DATABASE);
    // A connection of its own: nobody waits for it, and it waits for nobody. VACUUM INTO reads one moment.
    let reader = database::writer(&data.join(DATABASE)).await?;
    let path = copy
        .to_str()
        .ok_or_else(|| Error::Unexpected("the data folder’s name is no text".to_owned()))?;
    reader
        .execute_raw(Statement::from_sql_and_values(
            reader.get_database_backend(),
            "VACUUM INTO ?",
            [path.into()],
        ))
        .await?;
    reader.close().await?;

    let snapshot = database::writer(&copy).await?;
    let (rows, head) = (rows(&snapshot).await?, log::head(&snapshot).await?);
    // Closing takes its write-ahead log back in.
    snapshot.close().await?;
    let mut files = vec![(DATABASE, copy)];
    let devices = data.join(DEVICES);
    if devices.is_file() {
        files.push((DEVICES, devices));
    }
    let mut manifest = Manifest {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        at: at.to_string(),
        head,
        rows,
        files: BTreeMap::new(),
    };
    let (to, closing) = (to.to_owned(), closing.clone());
    let written = apart(move || {
        for (name, path) in &files {
            let hash = archive::hash_of_file(path).map_err(failed(path))?;
            manifest.files.insert((*name).to_owned(), hash);
        }
        let hash = archive::write(&to, &manifest, &files, &closing)?;
        Ok((manifest, hash))
    });
    // The scratch folder stays until the file is written.
    let written = written.await;
    drop(scratch);
    written
}

/// How many rows each table has.
pub(super) async fn rows(on: &DatabaseConnection) -> Result<BTreeMap<String, u64>> {
    let tables = on
        .query_all_raw(Statement::from_string(
            on.get_database_backend(),
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
        ))
        .await?;
    let mut rows = BTreeMap::new();
    for table in tables {
        let name: String = table.try_get("", "name")?;
        let query = Query::select()
            .expr(Func::count(Expr::val(1)))
            .from(Alias::new(&name))
            .take();
        let counted = on
            .query_one(&query)
            .await?
            .ok_or_else(|| Error::Unexpected(format!("{name} can’t be counted")))?;
        let counted: i64 = counted.try_get_by_index(0)?;
        rows.insert(name, u64::try_from(counted).unwrap_or(0));
    }
    Ok(rows)
}
