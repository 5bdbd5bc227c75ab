//! Queries over goals, their values and their changes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sea_orm::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder};

use super::{Ended, Entered, Goal, NamedChange, Standing, Terms, Value};
use crate::clock;
use crate::error::{Error, Result};
use crate::ids::{GoalId, PersonId, PlaceId};
use crate::people;

pub(crate) mod goal {
    use sea_orm::prelude::*;

    use crate::ids::{GoalId, PersonId, PlaceId};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "goal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: GoalId,
        pub place_id: PlaceId,
        pub measure: String,
        pub how: String,
        pub unit: String,
        pub lower_is_better: bool,
        pub baseline: f64,
        pub target: f64,
        pub due: String,
        pub set_by: PersonId,
        pub set_at: i64,
        pub ended_at: Option<i64>,
        pub ended_why: Option<String>,
        pub serves: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod value {
    use sea_orm::prelude::*;

    use crate::ids::{GoalId, PersonId, ValueId};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "goal_value")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ValueId,
        pub goal_id: GoalId,
        pub date: String,
        pub value: Option<f64>,
        pub why: Option<String>,
        pub entered_by: PersonId,
        pub entered_at: i64,
        /// Which of the goal's entries it is, from 1: the last one for a date stands.
        pub place_in_line: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod change {
    use sea_orm::prelude::*;

    use crate::ids::{ChangeId, GoalId, PersonId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "goal_change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ChangeId,
        pub goal_id: GoalId,
        pub date: String,
        pub why: String,
        pub named_by: PersonId,
        pub named_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

fn date_of(text: &str) -> Result<Date> {
    text.parse()
        .map_err(|e| Error::Unexpected(format!("a stored date can’t be read: {e}")))
}

fn goal_of(row: goal::Model) -> Result<Goal> {
    Ok(Goal {
        id: row.id,
        place: row.place_id,
        terms: Terms {
            measure: row.measure,
            how: row.how,
            unit: row.unit,
            lower_is_better: row.lower_is_better,
            baseline: row.baseline,
            target: row.target,
            due: date_of(&row.due)?,
            serves: row.serves.unwrap_or_default(),
        },
        set_by: row.set_by,
        set_at: clock::read(row.set_at),
        ended: row.ended_at.map(|at| Ended {
            at: clock::read(at),
            why: row.ended_why.unwrap_or_default(),
        }),
    })
}

fn row_of(goal: &Goal) -> goal::Model {
    let terms = goal.terms.clone();
    goal::Model {
        id: goal.id,
        place_id: goal.place,
        measure: terms.measure,
        how: terms.how,
        unit: terms.unit,
        lower_is_better: terms.lower_is_better,
        baseline: terms.baseline,
        target: terms.target,
        due: terms.due.to_string(),
        set_by: goal.set_by,
        set_at: clock::stored(goal.set_at),
        ended_at: goal.ended.as_ref().map(|e| clock::stored(e.at)),
        ended_why: goal.ended.as_ref().map(|e| e.why.clone()),
        serves: Some(terms.serves).filter(|value| !value.is_empty()),
    }
}

pub(crate) async fn insert(on: &impl ConnectionTrait, new: &Goal) -> Result<()> {
    goal::Entity::insert(row_of(new).into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn update(on: &impl ConnectionTrait, new: &Goal) -> Result<()> {
    goal::Entity::update(row_of(new).into_active_model().reset_all())
        .exec(on)
        .await?;
    Ok(())
}

pub(crate) async fn by_id(on: &impl ConnectionTrait, id: GoalId) -> Result<Goal> {
    let row = goal::Entity::find_by_id(id).one(on).await?;
    goal_of(row.ok_or(Error::NotFound)?)
}

/// A place's goals that are not ended, in the order in which they were set.
pub(crate) async fn of_place(on: &impl ConnectionTrait, place: PlaceId) -> Result<Vec<Goal>> {
    let rows = goal::Entity::find()
        .filter(goal::Column::PlaceId.eq(place))
        .filter(goal::Column::EndedAt.is_null())
        .order_by_asc(goal::Column::SetAt)
        .order_by_asc(goal::Column::Id)
        .all(on)
        .await?;
    rows.into_iter().map(goal_of).collect()
}

/// Every entry of a goal, the oldest first.
pub(crate) async fn entries(on: &impl ConnectionTrait, goal: GoalId) -> Result<Vec<value::Model>> {
    Ok(value::Entity::find()
        .filter(value::Column::GoalId.eq(goal))
        .order_by_asc(value::Column::PlaceInLine)
        .all(on)
        .await?)
}

pub(crate) async fn insert_entries(
    on: &impl ConnectionTrait,
    rows: Vec<value::Model>,
) -> Result<()> {
    // SQLite takes some 32,000 parameters a statement; a row has eight.
    for part in rows.chunks(2_000) {
        let part = part.iter().cloned().map(IntoActiveModel::into_active_model);
        value::Entity::insert_many(part)
            .exec_without_returning(on)
            .await?;
    }
    Ok(())
}

/// The values that stand: for each date its last entry, unless that took it out.
pub(crate) fn standing_values(entries: &[value::Model]) -> Result<Vec<Value>> {
    let mut last: BTreeMap<Date, Option<f64>> = BTreeMap::new();
    for entry in entries {
        last.insert(date_of(&entry.date)?, entry.value);
    }
    Ok(last
        .into_iter()
        .filter_map(|(date, value)| value.map(|value| Value { date, value }))
        .collect())
}

pub(crate) async fn insert_change(on: &impl ConnectionTrait, row: change::Model) -> Result<()> {
    change::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

pub(crate) async fn changes(on: &impl ConnectionTrait, goal: GoalId) -> Result<Vec<NamedChange>> {
    let rows = change::Entity::find()
        .filter(change::Column::GoalId.eq(goal))
        .order_by_asc(change::Column::Date)
        .all(on)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(NamedChange {
                id: row.id,
                date: date_of(&row.date)?,
                why: row.why,
            })
        })
        .collect()
}

/// A goal with its values, history and changes.
pub(crate) async fn standing(on: &impl ConnectionTrait, goal: Goal) -> Result<Standing> {
    let entries = entries(on, goal.id).await?;
    let values = standing_values(&entries)?;
    let who: BTreeSet<PersonId> = entries.iter().map(|e| e.entered_by).collect();
    let names: BTreeMap<PersonId, String> = people::store::names(on, who)
        .await?
        .into_iter()
        .map(|person| (person.id, person.name))
        .collect();
    let mut history = Vec::with_capacity(entries.len());
    for entry in entries.into_iter().rev() {
        let by = entry.entered_by;
        history.push(Entered {
            id: entry.id,
            date: date_of(&entry.date)?,
            value: entry.value,
            why: entry.why,
            by,
            by_name: names.get(&by).cloned().unwrap_or_default(),
            at: clock::read(entry.entered_at),
        });
    }
    let changes = changes(on, goal.id).await?;
    Ok(Standing {
        goal,
        values,
        history,
        changes,
    })
}
