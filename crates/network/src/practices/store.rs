//! Queries over practices and the versions of their words.

use sea_orm::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder};

use super::{Practice, Version, Words};
use crate::clock;
use crate::error::{Error, Result};
use crate::ids::{PlaceId, PracticeId, TrialId};

pub(crate) mod practice {
    use sea_orm::prelude::*;

    use crate::ids::{PersonId, PlaceId, PracticeId, TrialId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "practice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PracticeId,
        pub slug: String,
        pub place_id: PlaceId,
        pub shared_by: PersonId,
        pub trial_id: TrialId,
        pub shared_at: i64,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod version {
    use sea_orm::prelude::*;

    use crate::ids::{PersonId, PracticeId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "practice_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub practice_id: PracticeId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub at: i64,
        pub by: PersonId,
        pub title: String,
        pub what: String,
        pub how: String,
        pub keep: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

fn version_of(row: version::Model) -> Version {
    Version {
        number: row.number,
        at: clock::read(row.at),
        by: row.by,
        words: Words {
            title: row.title,
            what: row.what,
            how: row.how,
            keep: row.keep,
        },
    }
}

fn practice_of(row: practice::Model, current: Version) -> Practice {
    Practice {
        id: row.id,
        slug: row.slug,
        place: row.place_id,
        shared_by: row.shared_by,
        shared_at: clock::read(row.shared_at),
        from_trial: row.trial_id,
        version: current.number,
        revised_at: current.at,
        words: current.words,
    }
}

pub(crate) async fn insert(on: &impl ConnectionTrait, new: &Practice) -> Result<()> {
    let row = practice::Model {
        id: new.id,
        slug: new.slug.clone(),
        place_id: new.place,
        shared_by: new.shared_by,
        trial_id: new.from_trial,
        shared_at: clock::stored(new.shared_at),
    };
    practice::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    let first = Version {
        number: new.version,
        at: new.revised_at,
        by: new.shared_by,
        words: new.words.clone(),
    };
    insert_version(on, new.id, &first).await
}

pub(crate) async fn insert_version(
    on: &impl ConnectionTrait,
    practice: PracticeId,
    new: &Version,
) -> Result<()> {
    let Words {
        title,
        what,
        how,
        keep,
    } = new.words.clone();
    let row = version::Model {
        practice_id: practice,
        number: new.number,
        at: clock::stored(new.at),
        by: new.by,
        title,
        what,
        how,
        keep,
    };
    version::Entity::insert(row.into_active_model())
        .exec_without_returning(on)
        .await?;
    Ok(())
}

/// The newest version of each practice, in two queries however many there are.
async fn with_words(
    on: &impl ConnectionTrait,
    rows: Vec<practice::Model>,
) -> Result<Vec<Practice>> {
    let versions = version::Entity::find()
        .filter(version::Column::PracticeId.is_in(rows.iter().map(|row| row.id)))
        .order_by_desc(version::Column::Number)
        .all(on)
        .await?;
    rows.into_iter()
        .map(|row| {
            let current = versions
                .iter()
                .find(|v| v.practice_id == row.id)
                .cloned()
                .ok_or_else(|| Error::Unexpected("a practice has no words".to_owned()))?;
            Ok(practice_of(row, version_of(current)))
        })
        .collect()
}

async fn one(
    on: &impl ConnectionTrait,
    find: Select<practice::Entity>,
) -> Result<Option<Practice>> {
    let rows = find.one(on).await?.into_iter().collect();
    Ok(with_words(on, rows).await?.pop())
}

pub(crate) async fn by_slug(on: &impl ConnectionTrait, slug: &str) -> Result<Option<Practice>> {
    one(
        on,
        practice::Entity::find().filter(practice::Column::Slug.eq(slug)),
    )
    .await
}

pub(crate) async fn by_id(on: &impl ConnectionTrait, id: PracticeId) -> Result<Option<Practice>> {
    one(on, practice::Entity::find_by_id(id)).await
}

pub(crate) async fn by_trials(
    on: &impl ConnectionTrait,
    trials: impl IntoIterator<Item = TrialId>,
) -> Result<Vec<Practice>> {
    let rows = practice::Entity::find()
        .filter(practice::Column::TrialId.is_in(trials))
        .order_by_asc(practice::Column::SharedAt)
        .all(on)
        .await?;
    with_words(on, rows).await
}

pub(crate) async fn all(
    on: &impl ConnectionTrait,
    place: Option<PlaceId>,
) -> Result<Vec<Practice>> {
    let mut find = practice::Entity::find();
    if let Some(place) = place {
        find = find.filter(practice::Column::PlaceId.eq(place));
    }
    let rows = find
        .order_by_desc(practice::Column::SharedAt)
        .order_by_desc(practice::Column::Id)
        .all(on)
        .await?;
    with_words(on, rows).await
}

pub(crate) async fn versions(
    on: &impl ConnectionTrait,
    practice: PracticeId,
) -> Result<Vec<Version>> {
    let rows = version::Entity::find()
        .filter(version::Column::PracticeId.eq(practice))
        .order_by_asc(version::Column::Number)
        .all(on)
        .await?;
    Ok(rows.into_iter().map(version_of).collect())
}
