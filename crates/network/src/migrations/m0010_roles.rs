//! Roles that end by themselves, and who gave a role.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, uuid_null};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [big_integer_null("until"), uuid_null("given_by")] {
            manager
                .alter_table(Table::alter().table("membership").add_column(column).take())
                .await?;
        }
        Ok(())
    }
}
