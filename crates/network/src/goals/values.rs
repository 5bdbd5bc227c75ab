//! Entering and correcting a goal's values, and naming changes.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Value, set, store};
use crate::actor::Actor;
use crate::clock;
use crate::error::{Error, Problem, Result, all_well};
use crate::governance::Entry;
use crate::governance::policy::{self, Action, Scope};
use crate::handle::Network;
use crate::ids::{ChangeId, GoalId, ValueId};
use crate::places;
use crate::thing::Thing;

/// What entering values did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Recorded {
    /// Dates that had no value.
    pub added: usize,
    /// Dates whose value was another one.
    pub corrected: usize,
    /// Dates whose value was the same: nothing was done.
    pub same: usize,
}

/// Enters values. One for a date that has another value corrects it; the old one is kept.
///
/// # Errors
/// When the policy says no, a value or date can't be used (one problem at `values` or `value` for
/// each), or the goal has ended.
pub async fn record(
    network: &Network,
    actor: &Actor,
    id: GoalId,
    values: &[Value],
    why: Option<&str>,
) -> Result<Recorded> {
    let known = store::by_id(network.read(), id).await?;
    let scope = Scope::place(known.place);
    policy::ask(actor, Action::RecordValue, scope)?;
    all_well(problems(network, values).await?)?;
    let rows = values.iter().map(|v| (v.date, Some(v.value))).collect();
    enter(network, actor, id, rows, why).await
}

/// Takes a value out. What it was stays in the history.
///
/// # Errors
/// When the policy says no, the date has no value, or the goal has ended.
pub async fn remove_value(
    network: &Network,
    actor: &Actor,
    id: GoalId,
    date: Date,
    why: Option<&str>,
) -> Result<()> {
    let done = enter(network, actor, id, BTreeMap::from([(date, None)]), why).await?;
    if done.corrected == 1 {
        Ok(())
    } else {
        Err(Error::conflict(
            "There is no value for that date any more. Nothing was changed.",
        ))
    }
}

async fn problems(network: &Network, values: &[Value]) -> Result<Vec<Problem>> {
    let today = places::today(network).await?;
    let mut problems = Vec::new();
    if values.is_empty() {
        problems.push(Problem::new("values", "Enter at least one value"));
    }
    for v in values {
        if !v.value.is_finite() || v.value.abs() >= 1e12 {
            problems.push(Problem::new("value", "Enter a number, such as 95.8"));
        }
        if v.date > today {
            problems.push(Problem::new(
                "date",
                format!(
                    "{} is still to come. Enter values up to today",
                    v.date.strftime("%-d %B %Y")
                ),
            ));
        }
    }
    problems.truncate(5);
    Ok(problems)
}

async fn enter(
    network: &Network,
    actor: &Actor,
    id: GoalId,
    entered: BTreeMap<Date, Option<f64>>,
    why: Option<&str>,
) -> Result<Recorded> {
    let known = store::by_id(network.read(), id).await?;
    let scope = Scope::place(known.place);
    let by = actor.person_id().ok_or(Error::SignIn)?;
    let why = why.map(str::trim).filter(|w| !w.is_empty());
    let write = network.write(actor, Action::RecordValue, scope).await?;
    set::refuse_ended(&store::by_id(write.on(), id).await?)?;
    let entries = store::entries(write.on(), id).await?;
    let standing: BTreeMap<Date, f64> = store::standing_values(&entries)?
        .into_iter()
        .map(|v| (v.date, v.value))
        .collect();
    let mut line = entries.last().map_or(0, |e| e.place_in_line);
    let mut done = Recorded::default();
    let mut rows = Vec::new();
    for (date, value) in entered {
        match (standing.get(&date), value) {
            (None, None) => done.same += 1,
            (Some(before), Some(now)) if *before == now => done.same += 1,
            (None, Some(_)) => done.added += 1,
            (Some(_), _) => done.corrected += 1,
        }
        if standing.get(&date).copied() == value {
            continue;
        }
        line += 1;
        rows.push(store::value::Model {
            id: ValueId::new(write.at, network.randomness()),
            goal_id: id,
            date: date.to_string(),
            value,
            why: why.map(str::to_owned),
            entered_by: by,
            entered_at: clock::stored(write.at),
            place_in_line: line,
        });
    }
    let after: Vec<_> = rows.iter().map(|r| (r.date.clone(), r.value)).collect();
    store::insert_entries(write.on(), rows).await?;
    let mut entry = Entry::new("entered values", Thing::new("goal", id)).after(&after)?;
    if let Some(why) = why {
        entry = entry.because(why);
    }
    write.commit(entry).await?;
    Ok(done)
}

/// Names a change: from its date on, the usual range is drawn anew.
///
/// # Errors
/// When the policy says no, the date is to come or has a change already, or no words are given.
pub async fn name_change(
    network: &Network,
    actor: &Actor,
    id: GoalId,
    date: Date,
    why: &str,
) -> Result<()> {
    let known = store::by_id(network.read(), id).await?;
    let scope = Scope::place(known.place);
    policy::ask(actor, Action::SetGoal, scope)?;
    let why = why.trim();
    let mut problems = Vec::new();
    if why.is_empty() || why.chars().count() > 60 {
        problems.push(Problem::new(
            "why",
            "Say what changed in a few words, such as: breakfast club began",
        ));
    }
    if date > places::today(network).await? {
        problems.push(Problem::new(
            "date",
            "Enter the day on which the change began, today or earlier",
        ));
    }
    all_well(problems)?;
    let by = actor.person_id().ok_or(Error::SignIn)?;
    let write = network.write(actor, Action::SetGoal, scope).await?;
    set::refuse_ended(&store::by_id(write.on(), id).await?)?;
    let taken = store::changes(write.on(), id).await?;
    if taken.iter().any(|c| c.date == date) {
        return Err(Error::invalid(
            "date",
            "A change is named on that day already. Choose another day",
        ));
    }
    let row = store::change::Model {
        id: ChangeId::new(write.at, network.randomness()),
        goal_id: id,
        date: date.to_string(),
        why: why.to_owned(),
        named_by: by,
        named_at: clock::stored(write.at),
    };
    store::insert_change(write.on(), row).await?;
    let entry = Entry::new("named a change", Thing::new("goal", id))
        .because(why)
        .after(&(date.to_string(), why))?;
    write.commit(entry).await
}
