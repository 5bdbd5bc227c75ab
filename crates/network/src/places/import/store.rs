//! Queries over lists, imports and their lines.

use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect};

use crate::error::Result;
use crate::ids::{ImportId, PlaceId};
use crate::places::store::{former_slug, place};

/// Rows a statement: SQLite takes some 32,000 parameters, and a place has fourteen.
const ROWS: usize = 2_000;

pub(crate) mod import {
    use sea_orm::prelude::*;

    use crate::ids::{ImportId, PersonId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "place_import")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ImportId,
        pub at: i64,
        pub person_id: Option<PersonId>,
        pub list: String,
        pub file: String,
        pub fingerprint: String,
        pub rows: i64,
        pub added: i64,
        pub changed: i64,
        pub went_on: i64,
        pub closed: i64,
        pub notes: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod line {
    use sea_orm::prelude::*;

    use crate::ids::{ImportId, PlaceId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "place_import_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: ImportId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub place_id: PlaceId,
        pub what: String,
        pub key: String,
        pub file_row: Option<i64>,
        pub fields: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod listing {
    use sea_orm::prelude::*;

    use crate::ids::PlaceId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "place_listing")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub list: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub place_id: PlaceId,
        pub said: String,
        pub facts: String,
        pub area: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Some listings of a list, those after a key, by key.
pub(crate) async fn listings_after(
    on: &impl ConnectionTrait,
    list: &str,
    after: &str,
    at_most: u64,
) -> Result<Vec<listing::Model>> {
    Ok(listing::Entity::find()
        .filter(listing::Column::List.eq(list))
        .filter(listing::Column::Key.gt(after))
        .order_by_asc(listing::Column::Key)
        .limit(at_most)
        .all(on)
        .await?)
}

/// The addresses that places had before.
pub(crate) async fn former_slugs(on: &impl ConnectionTrait) -> Result<Vec<String>> {
    let rows = former_slug::Entity::find().all(on).await?;
    Ok(rows.into_iter().map(|row| row.slug).collect())
}

pub(crate) async fn insert_places(
    on: &impl ConnectionTrait,
    rows: Vec<place::Model>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    place::Entity::insert_many(rows)
        .exec_without_returning(on)
        .await?;
    Ok(())
}

/// Keeps what a list says of places; what it said before is replaced.
pub(crate) async fn put_listings(
    on: &impl ConnectionTrait,
    rows: Vec<listing::Model>,
) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let part = rows
            .by_ref()
            .take(ROWS)
            .map(IntoActiveModel::into_active_model);
        let replace = OnConflict::columns([listing::Column::List, listing::Column::Key])
            .update_columns([
                listing::Column::PlaceId,
                listing::Column::Said,
                listing::Column::Facts,
                listing::Column::Area,
            ])
            .to_owned();
        listing::Entity::insert_many(part)
            .on_conflict(replace)
            .exec_without_returning(on)
            .await?;
    }
    Ok(())
}

pub(crate) async fn insert_import(on: &impl ConnectionTrait, row: import::Model) -> Result<()> {
    import::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn insert_lines(on: &impl ConnectionTrait, rows: Vec<line::Model>) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let part = rows
            .by_ref()
            .take(ROWS)
            .map(IntoActiveModel::into_active_model);
        line::Entity::insert_many(part)
            .exec_without_returning(on)
            .await?;
    }
    Ok(())
}

/// The newest imports.
pub(crate) async fn imports(on: &impl ConnectionTrait, at_most: u64) -> Result<Vec<import::Model>> {
    Ok(import::Entity::find()
        .order_by_desc(import::Column::At)
        .order_by_desc(import::Column::Id)
        .limit(at_most)
        .all(on)
        .await?)
}

pub(crate) async fn import(
    on: &impl ConnectionTrait,
    id: ImportId,
) -> Result<Option<import::Model>> {
    Ok(import::Entity::find_by_id(id).one(on).await?)
}

/// Some lines of an import in their order, each with its place.
pub(crate) async fn lines(
    on: &impl ConnectionTrait,
    id: ImportId,
    from: u64,
    at_most: u64,
) -> Result<Vec<(line::Model, Option<place::Model>)>> {
    let lines = line::Entity::find()
        .filter(line::Column::ImportId.eq(id))
        .order_by_asc(line::Column::Number)
        .offset(from)
        .limit(at_most)
        .all(on)
        .await?;
    let ids: Vec<PlaceId> = lines.iter().map(|l| l.place_id).collect();
    let places = place::Entity::find()
        .filter(place::Column::Id.is_in(ids))
        .all(on)
        .await?;
    Ok(lines
        .into_iter()
        .map(|line| {
            let place = places.iter().find(|p| p.id == line.place_id).cloned();
            (line, place)
        })
        .collect())
}
