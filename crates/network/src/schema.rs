//! The entities and the schema that the steps build say the same.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DatabaseConnection, EntityTrait, Iterable,
    Statement,
};

use crate::{Network, Settings};

/// Each column of a table, and whether it may be empty, as the database has it.
async fn schema(on: &DatabaseConnection, table: &str) -> BTreeMap<String, bool> {
    let sql = match on.get_database_backend() {
        DatabaseBackend::Postgres => {
            "SELECT column_name::text AS name, is_nullable = 'YES' AS may_be_empty \
             FROM information_schema.columns WHERE table_name = $1"
        }
        _ => r#"SELECT name, "notnull" = 0 AS may_be_empty FROM pragma_table_info(?)"#,
    };
    let rows = on
        .query_all_raw(Statement::from_sql_and_values(
            on.get_database_backend(),
            sql,
            [table.into()],
        ))
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            let name: String = row.try_get("", "name").unwrap();
            (name, row.try_get("", "may_be_empty").unwrap())
        })
        .collect()
}

/// Every table that the steps make.
async fn tables(on: &DatabaseConnection) -> Vec<String> {
    let sql = match on.get_database_backend() {
        DatabaseBackend::Postgres => {
            "SELECT table_name::text AS name FROM information_schema.tables \
             WHERE table_schema = 'public' AND table_name <> 'seaql_migrations' ORDER BY 1"
        }
        _ => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' \
             AND name NOT LIKE 'sqlite_%' AND name <> 'seaql_migrations' ORDER BY name"
        }
    };
    let rows = on
        .query_all_raw(Statement::from_string(on.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get("", "name").unwrap())
        .collect()
}

async fn agrees<E: EntityTrait>(on: &DatabaseConnection) -> String {
    let table = E::default().table_name().to_owned();
    let entity: BTreeMap<String, bool> = E::Column::iter()
        .map(|column| {
            let name = sea_orm::IdenStatic::as_str(&column).to_owned();
            (name, column.def().is_null())
        })
        .collect();
    assert_eq!(schema(on, &table).await, entity, "{table}");
    table
}

#[tokio::test]
async fn every_entity_is_the_table_that_the_steps_make() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::new(folder.path());
    settings.database = testkit::a_database();
    let network = Network::open(settings).await.unwrap();
    let on = network.read();
    let mut known = vec![
        agrees::<crate::places::store::profile::Entity>(on).await,
        agrees::<crate::places::store::place::Entity>(on).await,
        agrees::<crate::places::store::former_slug::Entity>(on).await,
        agrees::<crate::places::clusters::store::cluster::Entity>(on).await,
        agrees::<crate::places::clusters::store::member::Entity>(on).await,
        agrees::<crate::places::import::store::import::Entity>(on).await,
        agrees::<crate::places::import::store::line::Entity>(on).await,
        agrees::<crate::places::import::store::listing::Entity>(on).await,
        agrees::<crate::people::store::person::Entity>(on).await,
        agrees::<crate::people::store::membership::Entity>(on).await,
        agrees::<crate::people::store::session::Entity>(on).await,
        agrees::<crate::people::store::token::Entity>(on).await,
        agrees::<crate::log::entry::Entity>(on).await,
        agrees::<crate::log::tree::node::Entity>(on).await,
        agrees::<crate::people::second_step::store::key::Entity>(on).await,
        agrees::<crate::people::second_step::store::code::Entity>(on).await,
        agrees::<crate::door::answered::Entity>(on).await,
        agrees::<crate::trials::store::trial::Entity>(on).await,
        agrees::<crate::trials::store::pupil::Entity>(on).await,
        agrees::<crate::trials::store::draw::Entity>(on).await,
        agrees::<crate::trials::store::result::Entity>(on).await,
        agrees::<crate::trials::store::deviation::Entity>(on).await,
        agrees::<crate::practices::store::practice::Entity>(on).await,
        agrees::<crate::practices::store::version::Entity>(on).await,
        agrees::<crate::goals::store::goal::Entity>(on).await,
        agrees::<crate::goals::store::value::Entity>(on).await,
        agrees::<crate::goals::store::change::Entity>(on).await,
    ];
    known.sort_unstable();

    let tables = tables(on).await;
    assert_eq!(tables, known, "a table without an entity");
}
