//! Queries over people, roles, sessions and tokens.

use jiff::Timestamp;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{Condition, IntoActiveModel, QueryOrder};

use super::second_step;
use super::{Actor, Colleague, Grant, Holder, Person, Session, Through, Token};
use crate::clock;
use crate::error::Result;
use crate::governance::policy::Role;
use crate::handle::Network;
use crate::ids::{GrantId, PersonId, PlaceId, SessionId, TokenId};
use crate::places::store::place;

pub(crate) mod person {
    use sea_orm::prelude::*;

    use crate::ids::PersonId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PersonId,
        pub email: String,
        pub name: String,
        pub password: Option<String>,
        pub created_at: i64,
        pub suspended_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod membership {
    use sea_orm::prelude::*;

    use crate::ids::{GrantId, PersonId, PlaceId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "membership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: GrantId,
        pub person_id: PersonId,
        pub place_id: Option<PlaceId>,
        pub role: String,
        pub since: i64,
        pub ended_at: Option<i64>,
        pub until: Option<i64>,
        pub given_by: Option<PersonId>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod session {
    use sea_orm::prelude::*;

    use crate::ids::{PersonId, SessionId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SessionId,
        pub token_hash: String,
        pub person_id: PersonId,
        pub device: String,
        pub created_at: i64,
        pub seen_at: i64,
        pub expires_at: i64,
        pub ended_at: Option<i64>,
        pub proven_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod token {
    use sea_orm::prelude::*;

    use crate::ids::{PersonId, TokenId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: TokenId,
        pub token_hash: String,
        pub person_id: PersonId,
        pub name: String,
        pub may_write: bool,
        pub created_at: i64,
        pub ended_at: Option<i64>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The word under which a role is kept.
pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Teacher => "teacher",
        Role::TeamLead => "team-lead",
        Role::PlaceLeader => "place-leader",
        Role::Governor => "governor",
        Role::SafeguardingLead => "safeguarding-lead",
        Role::DataProtectionOfficer => "data-protection-officer",
        Role::Auditor => "auditor",
        Role::NetworkAdministrator => "network-administrator",
        Role::NetworkLead => "network-lead",
        Role::Public => "public",
        Role::Operator => "operator",
    }
}

fn role_of(name: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role_name(*role) == name)
}

fn person_of(row: person::Model) -> Person {
    Person {
        id: row.id,
        name: row.name,
        email: row.email,
    }
}

/// What sign-in needs to know of a person.
pub(crate) struct SignInRecord {
    pub(crate) id: PersonId,
    pub(crate) password: Option<String>,
    pub(crate) suspended: bool,
}

async fn row_by_email(on: &impl ConnectionTrait, email: &str) -> Result<Option<person::Model>> {
    let email = email.trim().to_lowercase();
    Ok(person::Entity::find()
        .filter(person::Column::Email.eq(email))
        .one(on)
        .await?)
}

pub(crate) async fn sign_in_record(
    on: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<SignInRecord>> {
    Ok(row_by_email(on, email).await?.map(|row| SignInRecord {
        id: row.id,
        password: row.password,
        suspended: row.suspended_at.is_some(),
    }))
}

pub(crate) async fn person_by_email(
    on: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<Person>> {
    Ok(row_by_email(on, email).await?.map(person_of))
}

/// The names of some people, for pages that say who did it.
pub(crate) async fn names(
    on: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<Person>> {
    let rows = person::Entity::find()
        .filter(person::Column::Id.is_in(ids))
        .all(on)
        .await?;
    Ok(rows.into_iter().map(person_of).collect())
}

pub(crate) async fn anybody(on: &impl ConnectionTrait) -> Result<bool> {
    Ok(person::Entity::find().one(on).await?.is_some())
}

pub(crate) async fn insert_person(on: &impl ConnectionTrait, row: person::Model) -> Result<()> {
    person::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn set_name(on: &impl ConnectionTrait, id: PersonId, name: &str) -> Result<()> {
    person::Entity::update_many()
        .col_expr(person::Column::Name, Expr::value(name))
        .filter(person::Column::Id.eq(id))
        .exec(on)
        .await?;
    Ok(())
}

pub(crate) async fn set_password(
    on: &impl ConnectionTrait,
    id: PersonId,
    kept: &str,
) -> Result<()> {
    person::Entity::update_many()
        .col_expr(person::Column::Password, Expr::value(kept))
        .filter(person::Column::Id.eq(id))
        .exec(on)
        .await?;
    Ok(())
}

/// The person with every role that they have now; none when they are suspended. Whether they have
/// taken their second step where they come from decides whether the roles count.
pub(crate) async fn actor(
    network: &Network,
    id: PersonId,
    through: Through,
    proven: bool,
) -> Result<Option<Actor>> {
    let on = network.read();
    match person::Entity::find_by_id(id).one(on).await? {
        Some(row) if row.suspended_at.is_none() => {
            let grants = grants_of(on, id, network.now()).await?;
            let missing = match proven {
                true => None,
                false => second_step::missing(network, id, &grants).await?,
            };
            let actor = Actor::signed_in(person_of(row), grants, through);
            Ok(Some(match missing {
                Some(missing) => actor.lacking(missing),
                None => actor,
            }))
        }
        _ => Ok(None),
    }
}

fn grant_of(row: membership::Model, place: Option<place::Model>) -> Option<Grant> {
    let role = role_of(&row.role)?;
    let (place_name, place_slug) =
        place.map_or_else(Default::default, |place| (place.name, place.slug));
    Some(Grant {
        id: row.id,
        place: row.place_id,
        place_name,
        place_slug,
        role,
        since: clock::read(row.since),
        until: row.until.map(clock::read),
    })
}

/// Roles that are in force at a time: not ended by anybody, and not past their last day.
fn in_force(at: Timestamp) -> Condition {
    Condition::all()
        .add(membership::Column::EndedAt.is_null())
        .add(
            Condition::any()
                .add(membership::Column::Until.is_null())
                .add(membership::Column::Until.gt(clock::stored(at))),
        )
}

pub(crate) async fn grants_of(
    on: &impl ConnectionTrait,
    id: PersonId,
    at: Timestamp,
) -> Result<Vec<Grant>> {
    let rows = membership::Entity::find()
        .filter(membership::Column::PersonId.eq(id))
        .filter(in_force(at))
        .order_by_asc(membership::Column::Since)
        .order_by_asc(membership::Column::Id)
        .all(on)
        .await?;
    let places = place::Entity::find()
        .filter(place::Column::Id.is_in(rows.iter().filter_map(|row| row.place_id)))
        .all(on)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let place = places.iter().find(|p| Some(p.id) == row.place_id).cloned();
            grant_of(row, place)
        })
        .collect())
}

/// A role that is in force, and whose it is.
pub(crate) async fn grant(
    on: &impl ConnectionTrait,
    id: GrantId,
    at: Timestamp,
) -> Result<Option<(PersonId, Grant)>> {
    let row = membership::Entity::find_by_id(id)
        .filter(in_force(at))
        .one(on)
        .await?;
    Ok(row.and_then(|row| Some((row.person_id, grant_of(row, None)?))))
}

/// Roles whose last day is past and whose end is not yet written down, the first to end first.
pub(crate) async fn past_their_day(on: &impl ConnectionTrait, at: Timestamp) -> Result<Vec<Grant>> {
    let rows = membership::Entity::find()
        .filter(membership::Column::EndedAt.is_null())
        .filter(membership::Column::Until.lte(clock::stored(at)))
        .order_by_asc(membership::Column::Until)
        .order_by_asc(membership::Column::Id)
        .all(on)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| grant_of(row, None))
        .collect())
}

pub(crate) async fn insert_grant(on: &impl ConnectionTrait, row: membership::Model) -> Result<()> {
    membership::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn end_grant(on: &impl ConnectionTrait, id: GrantId, at: Timestamp) -> Result<()> {
    membership::Entity::update_many()
        .col_expr(membership::Column::EndedAt, Expr::value(clock::stored(at)))
        .filter(membership::Column::Id.eq(id))
        .exec(on)
        .await?;
    Ok(())
}

/// How many lead the network for good: one whose time ends by itself does not count.
pub(crate) async fn count_leads(on: &impl ConnectionTrait) -> Result<u64> {
    Ok(membership::Entity::find()
        .filter(membership::Column::Role.eq(role_name(Role::NetworkLead)))
        .filter(membership::Column::EndedAt.is_null())
        .filter(membership::Column::Until.is_null())
        .count(on)
        .await?)
}

/// The people with a role at a place, or (none) for the whole network.
pub(crate) async fn people_of(
    on: &impl ConnectionTrait,
    place: Option<PlaceId>,
    at: Timestamp,
) -> Result<Vec<Holder>> {
    let of_there = match place {
        Some(place) => membership::Column::PlaceId.eq(place),
        None => membership::Column::PlaceId.is_null(),
    };
    let rows = membership::Entity::find()
        .filter(of_there)
        .filter(in_force(at))
        .order_by_asc(membership::Column::Since)
        .order_by_asc(membership::Column::Id)
        .all(on)
        .await?;
    let givers = rows.iter().filter_map(|row| row.given_by);
    let people = names(on, rows.iter().map(|row| row.person_id).chain(givers)).await?;
    let sure = second_step::store::who_have(on, rows.iter().map(|row| row.person_id)).await?;
    let here = match place {
        Some(place) => place::Entity::find_by_id(place).one(on).await?,
        None => None,
    };
    let called = |id: PersonId| people.iter().find(|p| p.id == id);
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(Holder {
                person: called(row.person_id)?.clone(),
                second_step: sure.contains(&row.person_id),
                given_by: row.given_by.and_then(called).map(|giver| Colleague {
                    id: giver.id,
                    name: giver.name.clone(),
                }),
                grant: grant_of(row, here.clone())?,
            })
        })
        .collect())
}

pub(crate) async fn insert_session(on: &impl ConnectionTrait, row: session::Model) -> Result<()> {
    session::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn session_by_hash(
    on: &impl ConnectionTrait,
    hash: &str,
) -> Result<Option<session::Model>> {
    Ok(session::Entity::find()
        .filter(session::Column::TokenHash.eq(hash))
        .one(on)
        .await?)
}

pub(crate) async fn set_proven(
    on: &impl ConnectionTrait,
    id: SessionId,
    at: Timestamp,
) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::ProvenAt, Expr::value(clock::stored(at)))
        .filter(session::Column::Id.eq(id))
        .exec(on)
        .await?;
    Ok(())
}

pub(crate) async fn session_owner(
    on: &impl ConnectionTrait,
    id: SessionId,
) -> Result<Option<PersonId>> {
    Ok(session::Entity::find_by_id(id)
        .one(on)
        .await?
        .map(|row| row.person_id))
}

pub(crate) async fn sessions_of(
    on: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Vec<Session>> {
    let rows = session::Entity::find()
        .filter(session::Column::PersonId.eq(person))
        .filter(session::Column::EndedAt.is_null())
        .order_by_desc(session::Column::SeenAt)
        .all(on)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Session {
            id: row.id,
            device: row.device,
            since: clock::read(row.created_at),
            seen: clock::read(row.seen_at),
            expires: clock::read(row.expires_at),
        })
        .collect())
}

pub(crate) async fn set_seen(
    on: &impl ConnectionTrait,
    id: SessionId,
    at: Timestamp,
) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::SeenAt, Expr::value(clock::stored(at)))
        .filter(session::Column::Id.eq(id))
        .exec(on)
        .await?;
    Ok(())
}

pub(crate) async fn end_session(
    on: &impl ConnectionTrait,
    id: SessionId,
    at: Timestamp,
) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(clock::stored(at)))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::EndedAt.is_null())
        .exec(on)
        .await?;
    Ok(())
}

pub(crate) async fn end_sessions_of(
    on: &impl ConnectionTrait,
    person: PersonId,
    but: Option<SessionId>,
    at: Timestamp,
) -> Result<()> {
    let mut update = session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(clock::stored(at)))
        .filter(session::Column::PersonId.eq(person))
        .filter(session::Column::EndedAt.is_null());
    if let Some(this) = but {
        update = update.filter(session::Column::Id.ne(this));
    }
    update.exec(on).await?;
    Ok(())
}

pub(crate) async fn insert_token(on: &impl ConnectionTrait, row: token::Model) -> Result<()> {
    token::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn token_by_hash(
    on: &impl ConnectionTrait,
    hash: &str,
) -> Result<Option<token::Model>> {
    Ok(token::Entity::find()
        .filter(token::Column::TokenHash.eq(hash))
        .one(on)
        .await?)
}

pub(crate) async fn token_owner(
    on: &impl ConnectionTrait,
    id: TokenId,
) -> Result<Option<PersonId>> {
    Ok(token::Entity::find_by_id(id)
        .one(on)
        .await?
        .map(|row| row.person_id))
}

pub(crate) async fn tokens_of(on: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Token>> {
    let rows = token::Entity::find()
        .filter(token::Column::PersonId.eq(person))
        .filter(token::Column::EndedAt.is_null())
        .order_by_desc(token::Column::CreatedAt)
        .all(on)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Token {
            id: row.id,
            name: row.name,
            may_write: row.may_write,
            since: clock::read(row.created_at),
        })
        .collect())
}

pub(crate) async fn end_token(on: &impl ConnectionTrait, id: TokenId, at: Timestamp) -> Result<()> {
    token::Entity::update_many()
        .col_expr(token::Column::EndedAt, Expr::value(clock::stored(at)))
        .filter(token::Column::Id.eq(id))
        .exec(on)
        .await?;
    Ok(())
}
