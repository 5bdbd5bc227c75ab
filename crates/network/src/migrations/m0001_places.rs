//! The network itself, its places, and the addresses that places had before.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, json, pk_uuid, string, string_null, string_uniq, uuid,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("network")
                    .col(pk_uuid("id"))
                    .col(string("name"))
                    .col(string("purpose"))
                    .col(json("values"))
                    .col(string("contact_name"))
                    .col(string("contact_role"))
                    .col(string("contact_phone"))
                    .col(string("contact_email"))
                    .col(string("time_zone"))
                    .col(boolean("leader_approves"))
                    .col(big_integer("founded_at"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("place")
                    .col(pk_uuid("id"))
                    .col(string_uniq("slug"))
                    .col(string("name"))
                    .col(string("kind"))
                    .col(string("phase"))
                    .col(string("town"))
                    .col(string_null("urn"))
                    .col(string_null("contact_name"))
                    .col(string_null("contact_phone"))
                    .col(big_integer("created_at"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("place_former_slug")
                    .col(string("slug").primary_key())
                    .col(uuid("place_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("place_former_slug", "place_id")
                            .to("place", "id"),
                    )
                    .take(),
            )
            .await
    }
}
