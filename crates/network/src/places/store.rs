//! Queries over the network's own page, places and their addresses.

use sea_orm::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Set};

use super::{About, NetworkProfile, Place, PlaceProfile};
use crate::clock;
use crate::error::{Error, Result};
use crate::ids::PlaceId;

pub(crate) mod profile {
    use sea_orm::prelude::*;

    use crate::ids::NetworkId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "network")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: NetworkId,
        pub name: String,
        pub purpose: String,
        pub values: Json,
        pub contact_name: String,
        pub contact_role: String,
        pub contact_phone: String,
        pub contact_email: String,
        pub time_zone: String,
        pub leader_approves: bool,
        pub founded_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod place {
    use sea_orm::prelude::*;

    use crate::ids::PlaceId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "place")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PlaceId,
        pub slug: String,
        pub name: String,
        pub kind: String,
        pub phase: String,
        pub town: String,
        pub urn: Option<String>,
        pub contact_name: Option<String>,
        pub contact_phone: Option<String>,
        pub created_at: i64,
        pub closed_on: Option<String>,
        pub followed_by: Option<PlaceId>,
        pub purpose: String,
        pub values: Json,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod former_slug {
    use sea_orm::prelude::*;

    use crate::ids::PlaceId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "place_former_slug")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub slug: String,
        pub place_id: PlaceId,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) fn place_of(row: place::Model) -> Place {
    Place {
        id: row.id,
        slug: row.slug,
        profile: PlaceProfile {
            name: row.name,
            kind: row.kind,
            phase: row.phase,
            town: row.town,
            urn: row.urn,
            contact_name: row.contact_name,
            contact_phone: row.contact_phone,
            purpose: row.purpose,
            // Words that can't be read are no reason for a page not to open.
            values: serde_json::from_value(row.values).unwrap_or_default(),
        },
        // What is written there is a date; one that can't be read still says that it closed.
        closed_on: row.closed_on.map(|day| day.parse().unwrap_or_default()),
        followed_by: row.followed_by,
    }
}

pub(crate) fn row_of(place: &Place, created_at: i64) -> place::Model {
    let PlaceProfile {
        name,
        kind,
        phase,
        town,
        urn,
        contact_name,
        contact_phone,
        purpose,
        values,
    } = place.profile.clone();
    place::Model {
        id: place.id,
        slug: place.slug.clone(),
        name,
        kind,
        phase,
        town,
        urn,
        contact_name,
        contact_phone,
        created_at,
        closed_on: place.closed_on.map(|day| day.to_string()),
        followed_by: place.followed_by,
        purpose,
        values: values.into(),
    }
}

pub(crate) async fn profile(on: &impl ConnectionTrait) -> Result<Option<NetworkProfile>> {
    let Some(row) = profile::Entity::find().one(on).await? else {
        return Ok(None);
    };
    let values = serde_json::from_value(row.values)
        .map_err(|e| Error::Unexpected(format!("the network’s values can’t be read: {e}")))?;
    Ok(Some(NetworkProfile {
        id: row.id,
        about: About {
            name: row.name,
            purpose: row.purpose,
            values,
            contact_name: row.contact_name,
            contact_role: row.contact_role,
            contact_phone: row.contact_phone,
            contact_email: row.contact_email,
        },
        time_zone: row.time_zone,
        leader_approves: row.leader_approves,
        founded: clock::read(row.founded_at),
    }))
}

fn profile_row(profile: &NetworkProfile) -> profile::Model {
    let about = profile.about.clone();
    profile::Model {
        id: profile.id,
        name: about.name,
        purpose: about.purpose,
        values: about.values.into(),
        contact_name: about.contact_name,
        contact_role: about.contact_role,
        contact_phone: about.contact_phone,
        contact_email: about.contact_email,
        time_zone: profile.time_zone.clone(),
        leader_approves: profile.leader_approves,
        founded_at: clock::stored(profile.founded),
    }
}

pub(crate) async fn insert_profile(on: &impl ConnectionTrait, new: &NetworkProfile) -> Result<()> {
    profile::Entity::insert(profile_row(new).into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn update_profile(on: &impl ConnectionTrait, new: &NetworkProfile) -> Result<()> {
    profile::Entity::update(profile_row(new).into_active_model().reset_all())
        .exec(on)
        .await?;
    Ok(())
}

pub(crate) async fn insert(on: &impl ConnectionTrait, new: &Place, at: i64) -> Result<()> {
    place::Entity::insert(row_of(new, at).into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn update(on: &impl ConnectionTrait, new: &Place) -> Result<()> {
    let row = row_of(new, 0);
    let mut changed = row.into_active_model().reset_all();
    changed.created_at = sea_orm::NotSet;
    place::Entity::update(changed).exec(on).await?;
    Ok(())
}

pub(crate) async fn all(on: &impl ConnectionTrait) -> Result<Vec<Place>> {
    let rows = place::Entity::find()
        .order_by_asc(place::Column::Name)
        .order_by_asc(place::Column::Id)
        .all(on)
        .await?;
    Ok(rows.into_iter().map(place_of).collect())
}

/// Some of the places in the order of their ids, those after one.
pub(crate) async fn all_after(
    on: &impl ConnectionTrait,
    last: Option<PlaceId>,
    at_most: u64,
) -> Result<Vec<Place>> {
    let mut find = place::Entity::find();
    if let Some(last) = last {
        find = find.filter(place::Column::Id.gt(last));
    }
    let rows = find
        .order_by_asc(place::Column::Id)
        .limit(at_most)
        .all(on)
        .await?;
    Ok(rows.into_iter().map(place_of).collect())
}

pub(crate) async fn by_id(on: &impl ConnectionTrait, id: PlaceId) -> Result<Option<Place>> {
    Ok(place::Entity::find_by_id(id).one(on).await?.map(place_of))
}

pub(crate) async fn by_urn(on: &impl ConnectionTrait, urn: &str) -> Result<Option<Place>> {
    Ok(place::Entity::find()
        .filter(place::Column::Urn.eq(urn))
        .one(on)
        .await?
        .map(place_of))
}

pub(crate) async fn search(
    on: &impl ConnectionTrait,
    words: &str,
    from: u64,
    at_most: u64,
) -> Result<(Vec<Place>, u64)> {
    use sea_orm::ExprTrait as _;
    use sea_orm::sea_query::{Expr, Func, LikeExpr};
    let mut find = place::Entity::find().filter(place::Column::ClosedOn.is_null());
    for word in words.split_whitespace() {
        let plain: String = word
            .to_lowercase()
            .chars()
            .flat_map(|c| {
                let escape = matches!(c, '%' | '_' | '\\').then_some('\\');
                escape.into_iter().chain([c])
            })
            .collect();
        let like = |column: place::Column| {
            Expr::expr(Func::lower(Expr::col(column)))
                .like(LikeExpr::new(format!("%{plain}%")).escape('\\'))
        };
        find = find.filter(
            sea_orm::Condition::any()
                .add(like(place::Column::Name))
                .add(like(place::Column::Town))
                .add(place::Column::Urn.eq(word)),
        );
    }
    let all = find.clone().count(on).await?;
    let rows = find
        .order_by_asc(place::Column::Name)
        .order_by_asc(place::Column::Id)
        .offset(from)
        .limit(at_most)
        .all(on)
        .await?;
    Ok((rows.into_iter().map(place_of).collect(), all))
}

pub(crate) async fn by_slug(on: &impl ConnectionTrait, slug: &str) -> Result<Option<Place>> {
    Ok(place::Entity::find()
        .filter(place::Column::Slug.eq(slug))
        .one(on)
        .await?
        .map(place_of))
}

pub(crate) async fn by_former_slug(on: &impl ConnectionTrait, slug: &str) -> Result<Option<Place>> {
    match former_slug::Entity::find_by_id(slug.to_owned())
        .one(on)
        .await?
    {
        Some(row) => by_id(on, row.place_id).await,
        None => Ok(None),
    }
}

/// Keeps the old address, and forgets the new one as an old one where the place had it before.
pub(crate) async fn remember_slug(
    on: &impl ConnectionTrait,
    id: PlaceId,
    old: &str,
    new: &str,
) -> Result<()> {
    former_slug::Entity::delete_by_id(new.to_owned())
        .exec(on)
        .await?;
    former_slug::Entity::insert(former_slug::ActiveModel {
        slug: Set(old.to_owned()),
        place_id: Set(id),
    })
    .exec_without_returning(on)
    .await?;
    Ok(())
}
