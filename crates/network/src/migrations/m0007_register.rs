//! Lists that places came with, such as the register of schools; what each import did; and which
//! places have closed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer, pk_uuid, string, string_null, text, text_null, uuid,
    uuid_null,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [string_null("closed_on"), uuid_null("followed_by")] {
            manager
                .alter_table(Table::alter().table("place").add_column(column).take())
                .await?;
        }
        manager.create_table(imports()).await?;
        manager.create_table(lines()).await?;
        manager.create_table(listings()).await?;
        for (table, column) in [
            ("place", "urn"),
            ("place_listing", "place_id"),
            ("place_import_line", "place_id"),
        ] {
            manager
                .create_index(
                    Index::create()
                        .name(format!("{table}_by_{column}"))
                        .table(table)
                        .col(column)
                        .take(),
                )
                .await?;
        }
        Ok(())
    }
}

fn imports() -> TableCreateStatement {
    Table::create()
        .table("place_import")
        .col(pk_uuid("id"))
        .col(big_integer("at"))
        .col(uuid_null("person_id"))
        .col(string("list"))
        .col(string("file"))
        .col(string("fingerprint"))
        .col(big_integer("rows"))
        .col(big_integer("added"))
        .col(big_integer("changed"))
        .col(big_integer("went_on"))
        .col(big_integer("closed"))
        .col(text("notes"))
        .take()
}

fn lines() -> TableCreateStatement {
    Table::create()
        .table("place_import_line")
        .col(uuid("import_id"))
        .col(integer("number"))
        .col(uuid("place_id"))
        .col(string("what"))
        .col(string("key"))
        .col(big_integer_null("file_row"))
        .col(text_null("fields"))
        .primary_key(Index::create().col("import_id").col("number"))
        .foreign_key(
            ForeignKey::create()
                .from("place_import_line", "import_id")
                .to("place_import", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .from("place_import_line", "place_id")
                .to("place", "id"),
        )
        .take()
}

fn listings() -> TableCreateStatement {
    Table::create()
        .table("place_listing")
        .col(string("list"))
        .col(string("key"))
        .col(uuid("place_id"))
        // What the list says of what a place's page says, and everything else that it knows.
        .col(text("said"))
        .col(text("facts"))
        .col(string_null("area"))
        .primary_key(Index::create().col("list").col("key"))
        .foreign_key(
            ForeignKey::create()
                .from("place_listing", "place_id")
                .to("place", "id"),
        )
        .take()
}
