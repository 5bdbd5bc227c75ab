//! Queries over trials, their lists, draws, results and deviations.

use engine::trial_plan::TrialPlan;
use jiff::Timestamp;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{IntoActiveModel, QueryOrder};

use super::list::Listed;
use super::{Adopts, Brought, Done, Draw, Lock, Reasoned, State, Trial};
use crate::clock;
use crate::error::{Error, Result};
use crate::ids::{PersonId, PlaceId, PracticeId, ShortId, TrialId};

pub(crate) mod trial {
    use sea_orm::prelude::*;

    use crate::ids::{PersonId, PlaceId, PracticeId, ShortId, TrialId};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "trial")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: TrialId,
        pub short: ShortId,
        pub place_id: PlaceId,
        pub begun_by: PersonId,
        pub state: String,
        pub draft: String,
        pub adopts_practice: Option<PracticeId>,
        pub adopts_version: Option<i32>,
        pub adopts_title: Option<String>,
        pub list_key: Option<Vec<u8>>,
        pub list_until: Option<i64>,
        pub asked_at: Option<i64>,
        pub asked_by: Option<PersonId>,
        pub sent_back_at: Option<i64>,
        pub sent_back_by: Option<PersonId>,
        pub sent_back_why: Option<String>,
        pub locked_at: Option<i64>,
        pub locked_by: Option<PersonId>,
        pub plan: Option<String>,
        pub plan_hash: Option<String>,
        pub before_outcome: bool,
        pub stopped_at: Option<i64>,
        pub stopped_by: Option<PersonId>,
        pub stopped_why: Option<String>,
        pub reported_at: Option<i64>,
        pub reported_by: Option<PersonId>,
        pub withdrawn_at: Option<i64>,
        pub withdrawn_by: Option<PersonId>,
        pub withdrawn_why: Option<String>,
        pub begun_at: i64,
        pub changed_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod pupil {
    use sea_orm::prelude::*;

    use crate::ids::TrialId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "trial_pupil")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub trial_id: TrialId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub who_hashes: Vec<u8>,
        pub part_hashes: Vec<u8>,
        pub class: Option<String>,
        pub baseline: Option<f64>,
        pub subgroup: Option<String>,
        pub group: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod draw {
    use sea_orm::prelude::*;

    use crate::ids::{PersonId, TrialId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "trial_draw")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub trial_id: TrialId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub at: i64,
        pub by: PersonId,
        pub seed: String,
        pub method: String,
        pub fingerprint: String,
        pub after_lock: bool,
        pub why: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod result {
    use sea_orm::prelude::*;

    use crate::ids::{PersonId, TrialId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "trial_result")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub trial_id: TrialId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub at: i64,
        pub by: PersonId,
        pub measured: String,
        pub file_hash: String,
        pub listed: i32,
        pub matched: i32,
        pub not_in_trial: i32,
        pub why: Option<String>,
        pub engine: String,
        pub evaluation: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod deviation {
    use sea_orm::prelude::*;

    use crate::ids::{PersonId, TrialId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "trial_deviation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub trial_id: TrialId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub at: i64,
        pub by: PersonId,
        pub on: String,
        pub says: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A stored record that no longer reads: the database was changed by something else.
fn unreadable(what: &str) -> impl FnOnce(serde_json::Error) -> Error {
    move |fault| Error::Unexpected(format!("a stored {what} can’t be read: {fault}"))
}

fn done(at: Option<i64>, by: Option<PersonId>) -> Option<Done> {
    Some(Done {
        at: clock::read(at?),
        by: by?,
    })
}

fn reasoned(at: Option<i64>, by: Option<PersonId>, why: Option<String>) -> Option<Reasoned> {
    Some(Reasoned {
        at: clock::read(at?),
        by: by?,
        why: why?,
    })
}

fn trial_of(row: trial::Model) -> Result<Trial> {
    let state = State::ALL
        .into_iter()
        .find(|state| state.word() == row.state)
        .ok_or_else(|| Error::Unexpected(format!("a trial is “{}”", row.state)))?;
    let lock = match (row.plan, row.plan_hash, done(row.locked_at, row.locked_by)) {
        (Some(canonical), Some(hash), Some(Done { at, by })) => Some(Lock {
            plan: serde_json::from_str::<TrialPlan>(&canonical).map_err(unreadable("plan"))?,
            canonical,
            hash,
            at,
            by,
            before_outcome: row.before_outcome,
        }),
        _ => None,
    };
    let adopts = match (row.adopts_practice, row.adopts_version, row.adopts_title) {
        (Some(practice), Some(version), Some(title)) => Some(Adopts {
            practice,
            version,
            title,
        }),
        _ => None,
    };
    Ok(Trial {
        id: row.id,
        short: row.short,
        place: row.place_id,
        begun_by: row.begun_by,
        begun: clock::read(row.begun_at),
        changed: clock::read(row.changed_at),
        state,
        draft: serde_json::from_str(&row.draft).map_err(unreadable("draft"))?,
        adopts,
        asked: done(row.asked_at, row.asked_by),
        sent_back: reasoned(row.sent_back_at, row.sent_back_by, row.sent_back_why),
        lock,
        stopped: reasoned(row.stopped_at, row.stopped_by, row.stopped_why),
        reported: done(row.reported_at, row.reported_by),
        withdrawn: reasoned(row.withdrawn_at, row.withdrawn_by, row.withdrawn_why),
        list_until: row.list_until.map(clock::read),
    })
}

fn row_of(trial: &Trial, list_key: Option<Vec<u8>>) -> Result<trial::Model> {
    let (asked, reported) = (trial.asked, trial.reported);
    let (sent_back, stopped, withdrawn) = (
        trial.sent_back.clone(),
        trial.stopped.clone(),
        trial.withdrawn.clone(),
    );
    let at = |done: Option<Timestamp>| done.map(clock::stored);
    Ok(trial::Model {
        id: trial.id,
        short: trial.short.clone(),
        place_id: trial.place,
        begun_by: trial.begun_by,
        state: trial.state.word().to_owned(),
        draft: serde_json::to_string(&trial.draft).map_err(unreadable("draft"))?,
        adopts_practice: trial.adopts.as_ref().map(|a| a.practice),
        adopts_version: trial.adopts.as_ref().map(|a| a.version),
        adopts_title: trial.adopts.as_ref().map(|a| a.title.clone()),
        list_key,
        list_until: at(trial.list_until),
        asked_at: at(asked.map(|d| d.at)),
        asked_by: asked.map(|d| d.by),
        sent_back_at: at(sent_back.as_ref().map(|r| r.at)),
        sent_back_by: sent_back.as_ref().map(|r| r.by),
        sent_back_why: sent_back.map(|r| r.why),
        locked_at: at(trial.lock.as_ref().map(|l| l.at)),
        locked_by: trial.lock.as_ref().map(|l| l.by),
        plan: trial.lock.as_ref().map(|l| l.canonical.clone()),
        plan_hash: trial.lock.as_ref().map(|l| l.hash.clone()),
        before_outcome: trial.lock.as_ref().is_some_and(|l| l.before_outcome),
        stopped_at: at(stopped.as_ref().map(|r| r.at)),
        stopped_by: stopped.as_ref().map(|r| r.by),
        stopped_why: stopped.map(|r| r.why),
        reported_at: at(reported.map(|d| d.at)),
        reported_by: reported.map(|d| d.by),
        withdrawn_at: at(withdrawn.as_ref().map(|r| r.at)),
        withdrawn_by: withdrawn.as_ref().map(|r| r.by),
        withdrawn_why: withdrawn.map(|r| r.why),
        begun_at: clock::stored(trial.begun),
        changed_at: clock::stored(trial.changed),
    })
}

pub(crate) async fn insert(on: &impl ConnectionTrait, trial: &Trial) -> Result<()> {
    trial::Entity::insert(row_of(trial, None)?.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

/// Writes a trial's own row; the list's key has its own way ([`set_list_key`]).
pub(crate) async fn update(on: &impl ConnectionTrait, trial: &Trial) -> Result<()> {
    let mut row = row_of(trial, None)?.into_active_model().reset_all();
    row.list_key = sea_orm::NotSet;
    trial::Entity::update(row).exec(on).await?;
    Ok(())
}

pub(crate) async fn set_list_key(
    on: &impl ConnectionTrait,
    id: TrialId,
    key: Option<Vec<u8>>,
) -> Result<()> {
    trial::Entity::update_many()
        .col_expr(trial::Column::ListKey, Expr::value(key))
        .filter(trial::Column::Id.eq(id))
        .exec(on)
        .await?;
    Ok(())
}

pub(crate) async fn list_key(on: &impl ConnectionTrait, id: TrialId) -> Result<Option<Vec<u8>>> {
    Ok(trial::Entity::find_by_id(id)
        .one(on)
        .await?
        .and_then(|row| row.list_key))
}

pub(crate) async fn by_short(on: &impl ConnectionTrait, short: &ShortId) -> Result<Option<Trial>> {
    trial::Entity::find()
        .filter(trial::Column::Short.eq(short.clone()))
        .one(on)
        .await?
        .map(trial_of)
        .transpose()
}

pub(crate) async fn by_id(on: &impl ConnectionTrait, id: TrialId) -> Result<Option<Trial>> {
    trial::Entity::find_by_id(id)
        .one(on)
        .await?
        .map(trial_of)
        .transpose()
}

async fn all(on: &impl ConnectionTrait, find: Select<trial::Entity>) -> Result<Vec<Trial>> {
    let rows = find
        .order_by_desc(trial::Column::ChangedAt)
        .order_by_desc(trial::Column::Id)
        .all(on)
        .await?;
    rows.into_iter().map(trial_of).collect()
}

fn words(states: &[State]) -> Vec<&'static str> {
    states.iter().map(|state| state.word()).collect()
}

pub(crate) async fn of_places(
    on: &impl ConnectionTrait,
    places: &[PlaceId],
    states: &[State],
) -> Result<Vec<Trial>> {
    let find = trial::Entity::find()
        .filter(trial::Column::PlaceId.is_in(places.iter().copied()))
        .filter(trial::Column::State.is_in(words(states)));
    all(on, find).await
}

pub(crate) async fn in_states(on: &impl ConnectionTrait, states: &[State]) -> Result<Vec<Trial>> {
    all(
        on,
        trial::Entity::find().filter(trial::Column::State.is_in(words(states))),
    )
    .await
}

pub(crate) async fn adopting(
    on: &impl ConnectionTrait,
    practice: PracticeId,
) -> Result<Vec<Trial>> {
    all(
        on,
        trial::Entity::find().filter(trial::Column::AdoptsPractice.eq(practice)),
    )
    .await
}

pub(crate) async fn with_list_past(
    on: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<Vec<Trial>> {
    all(
        on,
        trial::Entity::find().filter(trial::Column::ListUntil.lte(clock::stored(now))),
    )
    .await
}

pub(crate) async fn delete(on: &impl ConnectionTrait, id: TrialId) -> Result<()> {
    delete_list(on, id).await?;
    draw::Entity::delete_many()
        .filter(draw::Column::TrialId.eq(id))
        .exec(on)
        .await?;
    trial::Entity::delete_by_id(id).exec(on).await?;
    Ok(())
}

pub(crate) async fn delete_list(on: &impl ConnectionTrait, id: TrialId) -> Result<()> {
    pupil::Entity::delete_many()
        .filter(pupil::Column::TrialId.eq(id))
        .exec(on)
        .await?;
    set_list_key(on, id, None).await
}

pub(crate) async fn insert_list(
    on: &impl ConnectionTrait,
    id: TrialId,
    list: &[Listed],
) -> Result<()> {
    // SQLite binds at most 32,766 values a statement; eight a pupil.
    for some in list.chunks(1_000) {
        let rows = some.iter().map(|listed| {
            let listed = listed.clone();
            pupil::Model {
                trial_id: id,
                code: listed.code,
                who_hashes: listed.hashed.wholes,
                part_hashes: listed.hashed.parts,
                class: listed.class,
                baseline: listed.baseline,
                subgroup: listed
                    .disadvantaged
                    .map(|d| if d { "yes" } else { "no" }.to_owned()),
                group: listed.group,
            }
            .into_active_model()
        });
        pupil::Entity::insert_many(rows)
            .exec_without_returning(on)
            .await?;
    }
    Ok(())
}

pub(crate) async fn list(on: &impl ConnectionTrait, id: TrialId) -> Result<Vec<Listed>> {
    let rows = pupil::Entity::find()
        .filter(pupil::Column::TrialId.eq(id))
        .order_by_asc(pupil::Column::Code)
        .all(on)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Listed {
            code: row.code,
            hashed: super::who::Hashed {
                wholes: row.who_hashes,
                parts: row.part_hashes,
            },
            class: row.class,
            baseline: row.baseline,
            disadvantaged: row.subgroup.map(|s| s == "yes"),
            group: row.group,
        })
        .collect())
}

pub(crate) async fn insert_draw(on: &impl ConnectionTrait, id: TrialId, new: &Draw) -> Result<()> {
    let row = draw::Model {
        trial_id: id,
        number: new.number,
        at: clock::stored(new.at),
        by: new.by,
        seed: new.seed.to_string(),
        method: new.method.clone(),
        fingerprint: new.fingerprint.clone(),
        after_lock: new.after_lock,
        why: new.why.clone(),
    };
    draw::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn draws(on: &impl ConnectionTrait, id: TrialId) -> Result<Vec<Draw>> {
    let rows = draw::Entity::find()
        .filter(draw::Column::TrialId.eq(id))
        .order_by_asc(draw::Column::Number)
        .all(on)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Draw {
                number: row.number,
                at: clock::read(row.at),
                by: row.by,
                seed: row
                    .seed
                    .parse()
                    .map_err(|_| Error::Unexpected("a stored seed is no number".to_owned()))?,
                method: row.method,
                fingerprint: row.fingerprint,
                after_lock: row.after_lock,
                why: row.why,
            })
        })
        .collect()
}

/// Writes a result, and gives the hash by which the log vouches for it.
pub(crate) async fn insert_result(
    on: &impl ConnectionTrait,
    id: TrialId,
    new: &Brought,
) -> Result<String> {
    let row = result::Model {
        trial_id: id,
        number: new.number,
        at: clock::stored(new.at),
        by: new.by,
        measured: new.measured.to_string(),
        file_hash: new.file_hash.clone(),
        listed: new.listed,
        matched: new.matched,
        not_in_trial: new.not_in_trial,
        why: new.why.clone(),
        engine: new.engine.clone(),
        evaluation: serde_json::to_string(&new.evaluation).map_err(unreadable("evaluation"))?,
    };
    let hash = super::vouched::hash_of_result(&row)?;
    result::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(hash)
}

pub(crate) async fn results(on: &impl ConnectionTrait, id: TrialId) -> Result<Vec<Brought>> {
    let rows = result::Entity::find()
        .filter(result::Column::TrialId.eq(id))
        .order_by_asc(result::Column::Number)
        .all(on)
        .await?;
    rows.into_iter().map(brought_of).collect()
}

fn brought_of(row: result::Model) -> Result<Brought> {
    Ok(Brought {
        number: row.number,
        at: clock::read(row.at),
        by: row.by,
        measured: row
            .measured
            .parse()
            .map_err(|_| Error::Unexpected("a stored date is no date".to_owned()))?,
        file_hash: row.file_hash,
        listed: row.listed,
        matched: row.matched,
        not_in_trial: row.not_in_trial,
        why: row.why,
        engine: row.engine,
        evaluation: serde_json::from_str(&row.evaluation).map_err(unreadable("evaluation"))?,
    })
}

pub(crate) async fn insert_deviation(
    on: &impl ConnectionTrait,
    id: TrialId,
    number: i32,
    said: &Reasoned,
    day: jiff::civil::Date,
) -> Result<()> {
    let row = deviation::Model {
        trial_id: id,
        number,
        at: clock::stored(said.at),
        by: said.by,
        on: day.to_string(),
        says: said.why.clone(),
    };
    deviation::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

/// What the team said it did otherwise: the day it happened, and what.
pub(crate) async fn deviations(
    on: &impl ConnectionTrait,
    id: TrialId,
) -> Result<Vec<(String, Reasoned)>> {
    let rows = deviation::Entity::find()
        .filter(deviation::Column::TrialId.eq(id))
        .order_by_asc(deviation::Column::Number)
        .all(on)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            (
                row.on,
                Reasoned {
                    at: clock::read(row.at),
                    by: row.by,
                    why: row.says,
                },
            )
        })
        .collect())
}
