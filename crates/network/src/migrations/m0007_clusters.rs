//! Clusters of places, and which places are in them, were asked, or have left.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, pk_uuid, string, string_uniq, text, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("cluster")
                    .col(pk_uuid("id"))
                    .col(string_uniq("slug"))
                    .col(string("name"))
                    .col(text("purpose"))
                    .col(uuid("owner_id"))
                    .col(big_integer("begun_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("cluster", "owner_id")
                            .to("place", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("cluster_place")
                    .col(uuid("cluster_id"))
                    .col(uuid("place_id"))
                    .col(string("state"))
                    .col(big_integer("asked_at"))
                    .col(uuid_null("asked_by"))
                    .col(big_integer_null("answered_at"))
                    .primary_key(Index::create().col("cluster_id").col("place_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("cluster_place", "cluster_id")
                            .to("cluster", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("cluster_place", "place_id")
                            .to("place", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("cluster_place_by_place")
                    .table("cluster_place")
                    .col("place_id")
                    .take(),
            )
            .await
    }
}
