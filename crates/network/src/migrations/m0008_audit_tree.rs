//! The audit log as a Merkle tree. The entries of the first log, a plain chain, are held to their
//! hashes once more and then taken over one by one; if one is not as it was written, nothing changes.

use sea_orm::sea_query::Alias;
use sea_orm::{DbBackend, Statement, TryGetable};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_uniq, pk_uuid, string, string_null, string_uniq, uuid_null,
};

use crate::ids::{EntryId, PersonId, PlaceId};
use crate::log::{self, Entry, NewEntry};
use crate::randomness::{Randomness, SystemRandomness};
use crate::secrets::hexadecimal;
use crate::thing::Thing;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let on = manager.get_connection();
        let entries = first_log(on).await?;
        manager
            .drop_table(Table::drop().table(Alias::new("audit_entry")).take())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("audit_entry")
                    .col(pk_uuid("id"))
                    .col(big_integer_uniq("number"))
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
                    .col(string_null("vouches"))
                    .col(string_null("salt"))
                    .col(string("sealed"))
                    .col(string("previous"))
                    .col(string_uniq("hash"))
                    .col(string("head"))
                    .take(),
            )
            .await?;
        for (name, columns) in [
            ("audit_entry_on", &["on_kind", "on_id"][..]),
            ("audit_entry_person", &["person_id"]),
            ("audit_entry_action", &["action", "number"]),
        ] {
            let mut index = Index::create();
            index.name(name).table("audit_entry");
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("audit_node")
                    .col(big_integer("at").primary_key())
                    .col(string("hash"))
                    .take(),
            )
            .await?;
        for (number, entry) in (0..).zip(entries) {
            log::put(on, Some(number), entry)
                .await
                .map_err(|e| DbErr::Custom(e.to_string()))?;
        }
        let guards = match on.get_database_backend() {
            DbBackend::Postgres => POSTGRES_GUARDS,
            _ => GUARDS,
        };
        for sql in guards {
            on.execute_unprepared(sql).await?;
        }
        Ok(())
    }
}

/// What the database itself refuses. The one change of an entry is to take out of it who and why.
const GUARDS: &[&str] = &[
    "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry \
     BEGIN SELECT RAISE(ABORT, 'an audit entry is never taken away'); END",
    "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry WHEN NOT (\
     NEW.salt IS NULL AND NEW.person_id IS NULL AND NEW.why IS NULL AND NEW.before IS NULL \
     AND NEW.after IS NULL AND NEW.id IS OLD.id AND NEW.number IS OLD.number AND NEW.at IS OLD.at \
     AND NEW.through IS OLD.through AND NEW.action IS OLD.action AND NEW.what IS OLD.what \
     AND NEW.on_kind IS OLD.on_kind AND NEW.on_id IS OLD.on_id AND NEW.place_id IS OLD.place_id \
     AND NEW.vouches IS OLD.vouches AND NEW.sealed IS OLD.sealed AND NEW.previous IS OLD.previous \
     AND NEW.hash IS OLD.hash AND NEW.head IS OLD.head) \
     BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END",
    "CREATE TRIGGER audit_node_no_delete BEFORE DELETE ON audit_node \
     BEGIN SELECT RAISE(ABORT, 'a node of the audit tree is never taken away'); END",
    "CREATE TRIGGER audit_node_no_update BEFORE UPDATE ON audit_node \
     BEGIN SELECT RAISE(ABORT, 'a node of the audit tree is never changed'); END",
];

/// The same where PostgreSQL keeps it; there a table can be emptied at once, too.
const POSTGRES_GUARDS: &[&str] = &[
    "DROP FUNCTION audit_entry_stays()",
    "CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     RAISE EXCEPTION 'nothing of the audit log is ever changed or taken away'; END $$",
    "CREATE FUNCTION audit_entry_may_be_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     IF NEW.salt IS NULL AND NEW.person_id IS NULL AND NEW.why IS NULL AND NEW.before IS NULL \
     AND NEW.after IS NULL \
     AND (NEW.id, NEW.number, NEW.at, NEW.through, NEW.action, NEW.what, NEW.on_kind, NEW.on_id, \
     NEW.place_id, NEW.vouches, NEW.sealed, NEW.previous, NEW.hash, NEW.head) \
     IS NOT DISTINCT FROM \
     (OLD.id, OLD.number, OLD.at, OLD.through, OLD.action, OLD.what, OLD.on_kind, OLD.on_id, \
     OLD.place_id, OLD.vouches, OLD.sealed, OLD.previous, OLD.hash, OLD.head) \
     THEN RETURN NEW; END IF; \
     RAISE EXCEPTION 'an audit entry is never changed'; END $$",
    "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE OR TRUNCATE ON audit_entry \
     FOR EACH STATEMENT EXECUTE FUNCTION audit_stays()",
    "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry \
     FOR EACH ROW EXECUTE FUNCTION audit_entry_may_be_emptied()",
    "CREATE TRIGGER audit_node_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_node \
     FOR EACH STATEMENT EXECUTE FUNCTION audit_stays()",
];

/// The first log's entries, each held to the hash that it was written with.
async fn first_log(on: &SchemaManagerConnection<'_>) -> Result<Vec<NewEntry>, DbErr> {
    let rows = on
        .query_all_raw(Statement::from_string(
            on.get_database_backend(),
            "SELECT * FROM audit_entry ORDER BY number",
        ))
        .await?;
    let mut previous = String::new();
    let mut entries = Vec::with_capacity(rows.len());
    for (row, expected) in rows.iter().zip(1_i64..) {
        fn get<T: TryGetable>(row: &sea_orm::QueryResult, column: &str) -> Result<T, DbErr> {
            row.try_get("", column)
        }
        let (id, at): (EntryId, i64) = (get(row, "id")?, get(row, "at")?);
        let person: Option<PersonId> = get(row, "person_id")?;
        let place: Option<PlaceId> = get(row, "place_id")?;
        let text = |column| get::<String>(row, column);
        let perhaps = |column| get::<Option<String>>(row, column);
        let number: i64 = get(row, "number")?;
        let said = Entry {
            what: text("what")?,
            on: Thing {
                kind: text("on_kind")?,
                id: text("on_id")?,
            },
            why: perhaps("why")?,
            before: perhaps("before")?,
            after: perhaps("after")?,
            vouches: None,
        };
        let (through, action) = (text("through")?, text("action")?);
        let hash = log::hash_of(&serde_json::json!({
            "id": id, "number": number.to_string(), "at": at.to_string(),
            "person": person, "through": through, "action": action, "what": said.what,
            "on_kind": said.on.kind, "on_id": said.on.id, "place": place, "why": said.why,
            "before": said.before, "after": said.after, "previous": previous,
        }))
        .map_err(|e| DbErr::Custom(e.to_string()))?;
        if number != expected || hash != text("hash")? {
            return Err(DbErr::Custom(format!(
                "entry {expected} of the audit log is not as it was written, so the log was not taken over"
            )));
        }
        previous = hash;
        let mut salt = [0_u8; 16];
        SystemRandomness.fill(&mut salt);
        entries.push(NewEntry {
            id,
            at,
            person,
            through,
            action,
            place,
            salt: hexadecimal(&salt),
            said,
        });
    }
    Ok(entries)
}
