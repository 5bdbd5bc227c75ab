//! The audit log, whose entries can't be changed or taken away, and the keys of requests already
//! answered.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, pk_uuid, string, string_null, string_uniq, uuid_null,
};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("audit_entry")
                    .col(pk_uuid("id"))
                    .col(big_integer("number").unique_key())
                    .col(big_integer("at"))
                    .col(uuid_null("person_id"))
                    .col(string("through"))
                    .col(string("action"))
                    .col(string("what"))
                    .col(string("on_kind"))
                    .col(string("on_id"))
                    .col(uuid_null("place_id"))
                    .col(string_null("why"))
                    .col(string_null("before"))
                    .col(string_null("after"))
                    .col(string("previous"))
                    .col(string_uniq("hash"))
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("audit_entry_on")
                    .table("audit_entry")
                    .col("on_kind")
                    .col("on_id")
                    .take(),
            )
            .await?;
        for statement in never_changed(manager.get_database_backend()) {
            manager
                .get_connection()
                .execute_unprepared(&statement)
                .await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("answered_request")
                    .col(string("asker"))
                    .col(string("key"))
                    .col(string("body_hash"))
                    .col(string("on_kind"))
                    .col(string("on_id"))
                    .col(big_integer("at"))
                    .primary_key(Index::create().col("asker").col("key"))
                    .take(),
            )
            .await
    }
}

/// What makes the database itself refuse to change or take away an entry.
fn never_changed(backend: DbBackend) -> Vec<String> {
    if backend == DbBackend::Postgres {
        vec![
            "CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'an audit entry is never changed'; END $$"
                .to_owned(),
            "CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry \
             FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_stays()"
                .to_owned(),
        ]
    } else {
        ["update", "delete"]
            .map(|verb| {
                format!(
                    "CREATE TRIGGER audit_entry_no_{verb} BEFORE {} ON audit_entry \
                     BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END",
                    verb.to_uppercase()
                )
            })
            .into()
    }
}
