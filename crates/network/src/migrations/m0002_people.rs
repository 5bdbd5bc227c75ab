//! People, the roles that they have, the devices they are signed in on, and their API tokens.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, pk_uuid, string, string_null, string_uniq, uuid,
    uuid_null,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("person")
                    .col(pk_uuid("id"))
                    .col(string_uniq("email"))
                    .col(string("name"))
                    .col(string_null("password"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("suspended_at"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("membership")
                    .col(pk_uuid("id"))
                    .col(uuid("person_id"))
                    .col(uuid_null("place_id"))
                    .col(string("role"))
                    .col(big_integer("since"))
                    .col(big_integer_null("ended_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("membership", "person_id")
                            .to("person", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("membership", "place_id")
                            .to("place", "id"),
                    )
                    .take(),
            )
            .await?;
        for column in ["person_id", "place_id"] {
            manager
                .create_index(
                    Index::create()
                        .name(format!("membership_{column}"))
                        .table("membership")
                        .col(column)
                        .take(),
                )
                .await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(pk_uuid("id"))
                    .col(string_uniq("token_hash"))
                    .col(uuid("person_id"))
                    .col(string("device"))
                    .col(big_integer("created_at"))
                    .col(big_integer("seen_at"))
                    .col(big_integer("expires_at"))
                    .col(big_integer_null("ended_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("session", "person_id")
                            .to("person", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("session_person_id")
                    .table("session")
                    .col("person_id")
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("token")
                    .col(pk_uuid("id"))
                    .col(string_uniq("token_hash"))
                    .col(uuid("person_id"))
                    .col(string("name"))
                    .col(boolean("may_write"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("ended_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("token", "person_id")
                            .to("person", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("token_person_id")
                    .table("token")
                    .col("person_id")
                    .take(),
            )
            .await
    }
}
