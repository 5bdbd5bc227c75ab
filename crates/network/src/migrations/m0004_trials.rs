//! Trials: plans, allocation lists, draws, what was brought and what the engine said. No score of a
//! pupil has a column here.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, boolean, double_null, integer,
    integer_null, pk_uuid, string, string_null, string_uniq, text, text_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("trial")
                    .col(pk_uuid("id"))
                    .col(string_uniq("short"))
                    .col(uuid("place_id"))
                    .col(uuid("begun_by"))
                    .col(string("state"))
                    .col(text("draft"))
                    .col(uuid_null("adopts_practice"))
                    .col(integer_null("adopts_version"))
                    .col(string_null("adopts_title"))
                    // The key of the list's hashes; goes when the list goes.
                    .col(binary_null("list_key"))
                    .col(big_integer_null("list_until"))
                    .col(big_integer_null("asked_at"))
                    .col(uuid_null("asked_by"))
                    .col(big_integer_null("sent_back_at"))
                    .col(uuid_null("sent_back_by"))
                    .col(text_null("sent_back_why"))
                    .col(big_integer_null("locked_at"))
                    .col(uuid_null("locked_by"))
                    .col(text_null("plan"))
                    .col(string_null("plan_hash"))
                    .col(boolean("before_outcome").default(false))
                    .col(big_integer_null("stopped_at"))
                    .col(uuid_null("stopped_by"))
                    .col(text_null("stopped_why"))
                    .col(big_integer_null("reported_at"))
                    .col(uuid_null("reported_by"))
                    .col(big_integer_null("withdrawn_at"))
                    .col(uuid_null("withdrawn_by"))
                    .col(text_null("withdrawn_why"))
                    .col(big_integer("begun_at"))
                    .col(big_integer("changed_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("trial", "place_id")
                            .to("place", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("trial", "begun_by")
                            .to("person", "id"),
                    )
                    .take(),
            )
            .await?;
        for column in ["place_id", "state", "adopts_practice"] {
            manager
                .create_index(
                    Index::create()
                        .name(format!("trial_{column}"))
                        .table("trial")
                        .col(column)
                        .take(),
                )
                .await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("trial_pupil")
                    .col(uuid("trial_id"))
                    .col(string("code"))
                    .col(binary("who_hashes"))
                    .col(binary("part_hashes"))
                    .col(string_null("class"))
                    .col(double_null("baseline"))
                    .col(string_null("subgroup"))
                    .col(string_null("group"))
                    .primary_key(Index::create().col("trial_id").col("code"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("trial_pupil", "trial_id")
                            .to("trial", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("trial_draw")
                    .col(uuid("trial_id"))
                    .col(integer("number"))
                    .col(big_integer("at"))
                    .col(uuid("by"))
                    .col(string("seed"))
                    .col(string("method"))
                    .col(string("fingerprint"))
                    .col(boolean("after_lock"))
                    .col(text_null("why"))
                    .primary_key(Index::create().col("trial_id").col("number"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("trial_draw", "trial_id")
                            .to("trial", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("trial_result")
                    .col(uuid("trial_id"))
                    .col(integer("number"))
                    .col(big_integer("at"))
                    .col(uuid("by"))
                    .col(string("measured"))
                    .col(string("file_hash"))
                    .col(integer("listed"))
                    .col(integer("matched"))
                    .col(integer("not_in_trial"))
                    .col(text_null("why"))
                    .col(string("engine"))
                    .col(text("evaluation"))
                    .primary_key(Index::create().col("trial_id").col("number"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("trial_result", "trial_id")
                            .to("trial", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("trial_deviation")
                    .col(uuid("trial_id"))
                    .col(integer("number"))
                    .col(big_integer("at"))
                    .col(uuid("by"))
                    .col(string("on"))
                    .col(text("says"))
                    .primary_key(Index::create().col("trial_id").col("number"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("trial_deviation", "trial_id")
                            .to("trial", "id"),
                    )
                    .take(),
            )
            .await
    }
}
