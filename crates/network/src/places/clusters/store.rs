//! Queries over clusters and the places in them.

use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{IntoActiveModel, QueryOrder};

use super::{Cluster, State};
use crate::clock;
use crate::error::Result;
use crate::ids::{ClusterId, PersonId, PlaceId};

pub(crate) mod cluster {
    use sea_orm::prelude::*;

    use crate::ids::{ClusterId, PlaceId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cluster")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ClusterId,
        pub slug: String,
        pub name: String,
        pub purpose: String,
        pub owner_id: PlaceId,
        pub begun_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod member {
    use sea_orm::prelude::*;

    use crate::ids::{ClusterId, PersonId, PlaceId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cluster_place")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub cluster_id: ClusterId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub place_id: PlaceId,
        pub state: String,
        pub asked_at: i64,
        pub asked_by: Option<PersonId>,
        pub answered_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

fn cluster_of(row: cluster::Model) -> Cluster {
    Cluster {
        id: row.id,
        slug: row.slug,
        name: row.name,
        purpose: row.purpose,
        owner: row.owner_id,
        begun: clock::read(row.begun_at),
    }
}

fn row_of(cluster: &Cluster) -> cluster::Model {
    cluster::Model {
        id: cluster.id,
        slug: cluster.slug.clone(),
        name: cluster.name.clone(),
        purpose: cluster.purpose.clone(),
        owner_id: cluster.owner,
        begun_at: clock::stored(cluster.begun),
    }
}

pub(crate) async fn by_slug(on: &impl ConnectionTrait, slug: &str) -> Result<Option<Cluster>> {
    let find = cluster::Entity::find().filter(cluster::Column::Slug.eq(slug));
    Ok(find.one(on).await?.map(cluster_of))
}

pub(crate) async fn all(on: &impl ConnectionTrait) -> Result<Vec<Cluster>> {
    let find = cluster::Entity::find().order_by_asc(cluster::Column::Name);
    Ok(find.all(on).await?.into_iter().map(cluster_of).collect())
}

pub(crate) async fn insert(on: &impl ConnectionTrait, new: &Cluster) -> Result<()> {
    cluster::Entity::insert(row_of(new).into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn update(on: &impl ConnectionTrait, new: &Cluster) -> Result<()> {
    cluster::Entity::update(row_of(new).into_active_model().reset_all())
        .exec(on)
        .await?;
    Ok(())
}

/// Each place that has anything to do with a cluster, and what.
pub(crate) async fn members(
    on: &impl ConnectionTrait,
    id: ClusterId,
) -> Result<Vec<(PlaceId, State)>> {
    let rows = member::Entity::find()
        .filter(member::Column::ClusterId.eq(id))
        .all(on)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.place_id, State::from_word(&row.state)))
        .collect())
}

/// Each cluster that has anything to do with a place, and what.
pub(crate) async fn of_place(
    on: &impl ConnectionTrait,
    place: PlaceId,
) -> Result<Vec<(Cluster, State)>> {
    let rows = member::Entity::find()
        .filter(member::Column::PlaceId.eq(place))
        .all(on)
        .await?;
    let ids: Vec<ClusterId> = rows.iter().map(|row| row.cluster_id).collect();
    let clusters = cluster::Entity::find()
        .filter(cluster::Column::Id.is_in(ids))
        .order_by_asc(cluster::Column::Name)
        .all(on)
        .await?;
    Ok(clusters
        .into_iter()
        .filter_map(|cluster| {
            let row = rows.iter().find(|row| row.cluster_id == cluster.id)?;
            Some((cluster_of(cluster), State::from_word(&row.state)))
        })
        .collect())
}

pub(crate) async fn state(
    on: &impl ConnectionTrait,
    id: ClusterId,
    place: PlaceId,
) -> Result<Option<State>> {
    let row = member::Entity::find_by_id((id, place)).one(on).await?;
    Ok(row.map(|row| State::from_word(&row.state)))
}

/// Writes down how a place stands to a cluster.
pub(crate) async fn put(
    on: &impl ConnectionTrait,
    id: ClusterId,
    place: PlaceId,
    state: State,
    at: i64,
    by: Option<PersonId>,
) -> Result<()> {
    let row = member::Model {
        cluster_id: id,
        place_id: place,
        state: state.word().to_owned(),
        asked_at: at,
        asked_by: by,
        answered_at: (state != State::Asked).then_some(at),
    };
    let mut changed = vec![member::Column::State, member::Column::AnsweredAt];
    if state == State::Asked {
        changed.extend([member::Column::AskedAt, member::Column::AskedBy]);
    }
    let known = OnConflict::columns([member::Column::ClusterId, member::Column::PlaceId])
        .update_columns(changed)
        .to_owned();
    member::Entity::insert(row.into_active_model())
        .on_conflict(known)
        .exec_without_returning(on)
        .await?;
    Ok(())
}
