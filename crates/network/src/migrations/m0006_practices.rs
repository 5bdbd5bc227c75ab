//! Practices and every version of their words. Their evidence has no column here: it is the trials.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, pk_uuid, string, string_uniq, text, uuid};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("practice")
                    .col(pk_uuid("id"))
                    .col(string_uniq("slug"))
                    .col(uuid("place_id"))
                    .col(uuid("shared_by"))
                    // One trial becomes one practice.
                    .col(uuid("trial_id").unique_key())
                    .col(big_integer("shared_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("practice", "place_id")
                            .to("place", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("practice", "shared_by")
                            .to("person", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("practice", "trial_id")
                            .to("trial", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("practice_version")
                    .col(uuid("practice_id"))
                    .col(integer("number"))
                    .col(big_integer("at"))
                    .col(uuid("by"))
                    .col(string("title"))
                    .col(text("what"))
                    .col(text("how"))
                    .col(text("keep"))
                    .primary_key(Index::create().col("practice_id").col("number"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("practice_version", "practice_id")
                            .to("practice", "id"),
                    )
                    .take(),
            )
            .await
    }
}
