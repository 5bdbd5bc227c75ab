//! Queries over second steps and recovery codes.

use jiff::Timestamp;
use sea_orm::IntoActiveModel;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;

use crate::clock;
use crate::error::Result;
use crate::ids::PersonId;

pub(crate) mod key {
    use sea_orm::prelude::*;

    use crate::ids::PersonId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "second_step")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        pub key: String,
        pub begun_at: i64,
        pub confirmed_at: Option<i64>,
        pub last_step: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod code {
    use sea_orm::prelude::*;

    use crate::ids::{CodeId, PersonId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recovery_code")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CodeId,
        pub person_id: PersonId,
        pub code_hash: String,
        pub made_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) async fn key_of(
    on: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Option<key::Model>> {
    Ok(key::Entity::find_by_id(person).one(on).await?)
}

/// Which of some people have one.
pub(crate) async fn who_have(
    on: &impl ConnectionTrait,
    people: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<PersonId>> {
    let rows = key::Entity::find()
        .filter(key::Column::PersonId.is_in(people))
        .filter(key::Column::ConfirmedAt.is_not_null())
        .all(on)
        .await?;
    Ok(rows.into_iter().map(|row| row.person_id).collect())
}

pub(super) async fn insert_key(on: &impl ConnectionTrait, row: key::Model) -> Result<()> {
    key::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

/// Notes that a code was taken, so that it is taken once, and confirms the key.
pub(super) async fn took(
    on: &impl ConnectionTrait,
    row: &key::Model,
    step: i64,
    at: Timestamp,
) -> Result<()> {
    let confirmed = row.confirmed_at.unwrap_or(clock::stored(at));
    key::Entity::update_many()
        .col_expr(key::Column::LastStep, Expr::value(step))
        .col_expr(key::Column::ConfirmedAt, Expr::value(confirmed))
        .filter(key::Column::PersonId.eq(row.person_id))
        .exec(on)
        .await?;
    Ok(())
}

pub(super) async fn delete_key(on: &impl ConnectionTrait, person: PersonId) -> Result<()> {
    delete_codes(on, person).await?;
    key::Entity::delete_by_id(person).exec(on).await?;
    Ok(())
}

pub(super) async fn delete_codes(on: &impl ConnectionTrait, person: PersonId) -> Result<()> {
    code::Entity::delete_many()
        .filter(code::Column::PersonId.eq(person))
        .exec(on)
        .await?;
    Ok(())
}

pub(super) async fn insert_codes(on: &impl ConnectionTrait, rows: Vec<code::Model>) -> Result<()> {
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    code::Entity::insert_many(rows)
        .exec_without_returning(on)
        .await?;
    Ok(())
}

/// Uses a recovery code up; says whether there was one.
pub(super) async fn use_code(
    on: &impl ConnectionTrait,
    person: PersonId,
    hash: &str,
) -> Result<bool> {
    let done = code::Entity::delete_many()
        .filter(code::Column::PersonId.eq(person))
        .filter(code::Column::CodeHash.eq(hash))
        .exec(on)
        .await?;
    Ok(done.rows_affected == 1)
}

pub(super) async fn codes_left(on: &impl ConnectionTrait, person: PersonId) -> Result<u64> {
    Ok(code::Entity::find()
        .filter(code::Column::PersonId.eq(person))
        .count(on)
        .await?)
}
