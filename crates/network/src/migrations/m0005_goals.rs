//! Goals, every value that was ever entered for them, and their dated changes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, double, double_null, pk_uuid, string, string_null, uuid,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("goal")
                    .col(pk_uuid("id"))
                    .col(uuid("place_id"))
                    .col(string("measure"))
                    .col(string("how"))
                    .col(string("unit"))
                    .col(boolean("lower_is_better"))
                    .col(double("baseline"))
                    .col(double("target"))
                    .col(string("due"))
                    .col(uuid("set_by"))
                    .col(big_integer("set_at"))
                    .col(big_integer_null("ended_at"))
                    .col(string_null("ended_why"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("goal", "place_id")
                            .to("place", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("goal_by_place")
                    .table("goal")
                    .col("place_id")
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("goal_value")
                    .col(pk_uuid("id"))
                    .col(uuid("goal_id"))
                    .col(string("date"))
                    .col(double_null("value"))
                    .col(string_null("why"))
                    .col(uuid("entered_by"))
                    .col(big_integer("entered_at"))
                    .col(big_integer("place_in_line"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("goal_value", "goal_id")
                            .to("goal", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("goal_value_by_goal")
                    .table("goal_value")
                    .col("goal_id")
                    .col("date")
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("goal_change")
                    .col(pk_uuid("id"))
                    .col(uuid("goal_id"))
                    .col(string("date"))
                    .col(string("why"))
                    .col(uuid("named_by"))
                    .col(big_integer("named_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("goal_change", "goal_id")
                            .to("goal", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("goal_change_by_goal")
                    .table("goal_change")
                    .col("goal_id")
                    .take(),
            )
            .await
    }
}
