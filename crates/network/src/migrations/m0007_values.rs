//! What a place is here for and stands for, and which of its values a goal serves.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{json, string, string_null};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("place", string("purpose").default("").take()),
            ("place", json("values").default("[]").take()),
            ("goal", string_null("serves")),
        ];
        for (table, column) in columns {
            manager
                .alter_table(Table::alter().table(table).add_column(column).take())
                .await?;
        }
        Ok(())
    }
}
