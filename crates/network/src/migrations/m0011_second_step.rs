//! The second step at sign-in: a person's key, their recovery codes, and which devices took it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, pk_uuid, string, string_uniq, uuid,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("second_step")
                    .col(pk_uuid("person_id"))
                    .col(string("key"))
                    .col(big_integer("begun_at"))
                    .col(big_integer_null("confirmed_at"))
                    .col(big_integer_null("last_step"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("second_step", "person_id")
                            .to("person", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("recovery_code")
                    .col(pk_uuid("id"))
                    .col(uuid("person_id"))
                    .col(string_uniq("code_hash"))
                    .col(big_integer("made_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("recovery_code", "person_id")
                            .to("person", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("recovery_code_person_id")
                    .table("recovery_code")
                    .col("person_id")
                    .take(),
            )
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table("session")
                    .add_column(big_integer_null("proven_at"))
                    .take(),
            )
            .await
    }
}
