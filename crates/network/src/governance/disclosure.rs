//! The one disclosure gate: no number about people leaves but through it.
//!
//! Who may call this: every page, API answer, export and pool. What must stay true: a group of
//! fewer than five is never shown inside a place, of fewer than ten outside it; a trial's own team
//! sees its own pupils; what is withheld can't be had by taking the shown from a total.

use engine::evaluation::{Evaluation, Group};

use crate::actor::Actor;
use crate::governance::policy::{Action, Scope};
use crate::ids::PlaceId;

/// What stands where a number is withheld.
pub const TOO_FEW: &str = "too few to show";

/// Who is looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The trial's own team: they taught these pupils.
    Team,
    /// Others with a role at the place, such as governors.
    Inside,
    /// Everybody else, other places included.
    Outside,
}

impl Audience {
    /// Who this actor is to a place's pupils.
    #[must_use]
    pub fn of(actor: &Actor, place: PlaceId) -> Self {
        if actor.may(Action::SeePupils, Scope::place(place)) {
            Self::Team
        } else if actor.knows(place) {
            Self::Inside
        } else {
            Self::Outside
        }
    }

    /// The smallest group that is shown.
    #[must_use]
    pub const fn at_least(self) -> u64 {
        match self {
            Self::Team => 1,
            Self::Inside => 5,
            Self::Outside => 10,
        }
    }

    /// A count, or nothing where it is too small to show. None at all is no secret.
    #[must_use]
    pub const fn count(self, n: u64) -> Option<u64> {
        if n == 0 || n >= self.at_least() {
            Some(n)
        } else {
            None
        }
    }

    /// A mean over `n` people, or nothing where they are too few.
    #[must_use]
    pub const fn mean(self, n: u64, mean: f64) -> Option<f64> {
        if n >= self.at_least() {
            Some(mean)
        } else {
            None
        }
    }

    /// An evaluation as this audience may see it.
    ///
    /// Small groups lose their line, and where two groups are small enough the whole table goes:
    /// with one of two groups hidden, the other and the total would give it away. Of a column's
    /// levels, a second one is withheld when only one is small. What was withheld is said.
    #[must_use]
    pub fn evaluation(self, full: &Evaluation) -> Evaluation {
        let mut shown = full.clone();
        if self == Self::Team {
            return shown;
        }
        if shown.groups.iter().any(|g| g.n < self.at_least()) {
            shown.groups.clear();
            shown.balance.clear();
            shown.attrition = None;
            shown.warnings.push(format!(
                "The groups are {TOO_FEW} here (fewer than {}).",
                self.at_least()
            ));
            return shown;
        }
        let mut withheld = false;
        for group in &mut shown.groups {
            withheld |= self.withhold_levels(group);
        }
        if withheld {
            shown.warnings.push(format!(
                "Some parts of a group are {TOO_FEW} here (fewer than {}).",
                self.at_least()
            ));
        }
        shown
    }

    /// Takes away the levels that are too small, and one more where the rest would give one away.
    fn withhold_levels(self, group: &mut Group) -> bool {
        let mut columns: Vec<String> = group.subgroups.iter().map(|s| s.column.clone()).collect();
        columns.sort_unstable();
        columns.dedup();
        let before = group.subgroups.len();
        for column in columns {
            let mut levels: Vec<(u64, String)> = group
                .subgroups
                .iter()
                .filter(|s| s.column == column)
                .map(|s| (s.n, s.level.clone()))
                .collect();
            levels.sort_unstable();
            let small = levels.iter().filter(|(n, _)| *n < self.at_least()).count();
            // Pupils in no listed level are a hidden level too.
            let listed: u64 = levels.iter().map(|(n, _)| n).sum();
            let unlisted = group.n.saturating_sub(listed);
            let mut hidden: u64 = unlisted + levels.iter().take(small).map(|(n, _)| n).sum::<u64>();
            let mut take = small;
            while hidden > 0 && hidden < self.at_least() && take < levels.len() {
                hidden += levels.get(take).map_or(0, |(n, _)| *n);
                take += 1;
            }
            // One hidden level alone is the total less the rest.
            if take == 1 && unlisted == 0 && levels.len() > 1 {
                take = 2;
            }
            let gone: Vec<String> = levels
                .into_iter()
                .take(take)
                .map(|(_, level)| level)
                .collect();
            group
                .subgroups
                .retain(|s| s.column != column || !gone.contains(&s.level));
        }
        group.subgroups.len() < before
    }
}
