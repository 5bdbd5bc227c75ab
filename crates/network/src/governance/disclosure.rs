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
        } else if actor.may(Action::SeeTrial, Scope::place(place)) {
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

    /// An evaluation as this audience may see it. Beyond the team:
    ///
    /// * a model's coefficients other than the treatment's go, because with them a class's mean can
    ///   be worked out;
    /// * where a group is small, or only a few of a group got there (or did not), everything that
    ///   stands for one group goes: with one of two hidden, the other and the total would give it
    ///   away. The difference itself stays, with its uncertainty;
    /// * of a column's levels the small ones go, and one more where the rest would give one away.
    ///
    /// What was withheld is said.
    #[must_use]
    pub fn evaluation(self, full: &Evaluation) -> Evaluation {
        let mut shown = full.clone();
        if self == Self::Team {
            return shown;
        }
        // Made of the lowest and highest scores, or of a class or school left out: they would tell of few.
        shown.bounds.clear();
        shown.influence = None;
        shown.compliance = None;
        self.withhold_parts(&mut shown);
        let treatment = full.primary().map(|e| e.term.clone()).unwrap_or_default();
        for fit in &mut shown.fits {
            fit.coefficients.retain(|c| c.term == treatment);
        }
        if let Some(unit) = &mut shown.roles.unit {
            unit.labels.clear();
        }
        let binary = full.roles.outcome.binary;
        if shown
            .groups
            .iter()
            .any(|group| self.is_small(group, binary))
        {
            self.withhold_groups(&mut shown);
            return shown;
        }
        let mut withheld = false;
        for group in &mut shown.groups {
            withheld |= self.withhold_levels(group, binary);
        }
        if withheld {
            shown.warnings.push(format!(
                "Some parts of a group are {TOO_FEW} here (fewer than {}).",
                self.at_least()
            ));
        }
        shown
    }

    /// Whether a group, or the pupils of it who got there or did not, are too few to show.
    fn is_small(self, group: &Group, binary: bool) -> bool {
        group.n < self.at_least() || (binary && self.splits_small(group.n, group.mean))
    }

    /// Whether a share of `n` tells of fewer than the threshold on either side; none is no secret.
    fn splits_small(self, n: u64, share: f64) -> bool {
        let few = |share: f64| {
            let counted = count(n) * share;
            counted > 0.5 && counted < count(self.at_least()) - 0.5
        };
        few(share) || few(1.0 - share)
    }

    /// Takes away all that stands for one group. Of several estimates the primary one stays: a
    /// difference and a ratio together would give both shares.
    fn withhold_groups(self, shown: &mut Evaluation) {
        shown.groups.clear();
        shown.subgroups.clear();
        shown.balance.clear();
        shown.fits.clear();
        shown.attrition = None;
        shown.estimates.retain(|e| e.primary);
        shown.effect_sizes.retain(|e| e.name != "odds_ratio");
        shown.data.dropped.clear();
        shown.warnings.push(format!(
            "The groups are {TOO_FEW} here (fewer than {}).",
            self.at_least()
        ));
    }

    /// Takes away the effects by a column with a part that is too small, or with too few pupils in none of its parts.
    fn withhold_parts(self, shown: &mut Evaluation) {
        let all: u64 = shown.groups.iter().map(|group| group.n).sum();
        shown.subgroups.retain(|column| {
            let counted = || {
                column
                    .levels
                    .iter()
                    .flat_map(|l| [l.intervention, l.comparison])
            };
            let rest = all.saturating_sub(counted().sum());
            counted().all(|n| n >= self.at_least()) && (rest == 0 || rest >= self.at_least())
        });
    }

    /// Takes away the levels that are too small, and one more where the rest would give one away.
    fn withhold_levels(self, group: &mut Group, binary: bool) -> bool {
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
            if binary
                && group
                    .subgroups
                    .iter()
                    .any(|s| s.column == column && self.splits_small(s.n, s.mean))
            {
                group.subgroups.retain(|s| s.column != column);
                continue;
            }
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

/// A count as a number to reckon with; counts of people are far below 2^53.
fn count(n: u64) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use engine::evaluation::Subgroup;
    use engine::question::{Allocation, Question};
    use engine::sample::{Chunk, InMemory, Outcome, Roles, Treatment};
    use rstest::rstest;

    use super::*;

    /// Two groups of `n`; of an outcome in words, `got` of each got there.
    fn evaluation(n: u32, got: Option<u32>) -> Evaluation {
        let outcome = |i: u32| match got {
            Some(got) => f64::from(u32::from(i % n < got)),
            None => f64::from((i * 7) % 11),
        };
        let sample = InMemory {
            roles: Roles {
                outcome: Outcome {
                    column: "score".into(),
                    name: "reading".into(),
                    binary: got.is_some(),
                    ..Outcome::default()
                },
                treatment: Some(Treatment {
                    column: "group".into(),
                    intervention: "club".into(),
                    comparison: "as usual".into(),
                }),
                ..Roles::default()
            },
            chunk: Chunk {
                outcome: (0..2 * n).map(outcome).collect(),
                treatment: (0..2 * n).map(|i| u32::from(i < n)).collect(),
                ..Chunk::default()
            },
        };
        let question = Question {
            allocation: Allocation::Lot,
            ..Question::default()
        };
        engine::evaluate(&sample, &question).unwrap()
    }

    #[rstest]
    #[case(Audience::Team, 4, true)]
    #[case(Audience::Inside, 4, false)]
    #[case(Audience::Inside, 5, true)]
    #[case(Audience::Outside, 9, false)]
    #[case(Audience::Outside, 10, true)]
    fn groups_are_shown_from_the_readers_threshold_on(
        #[case] reader: Audience,
        #[case] n: u32,
        #[case] shown: bool,
    ) {
        let full = evaluation(n, None);
        let seen = reader.evaluation(&full);
        assert_eq!(seen.groups.len(), if shown { 2 } else { 0 });
        assert_eq!(
            seen.primary(),
            full.primary(),
            "the difference itself is always there"
        );
        assert_eq!(seen.warnings.iter().any(|w| w.contains(TOO_FEW)), !shown);
    }

    #[rstest]
    #[case(20, 20, true)]
    #[case(30, 12, true)]
    #[case(30, 3, false)]
    #[case(30, 27, false)]
    #[case(30, 30, true)]
    fn a_share_that_tells_of_a_few_is_withheld(
        #[case] n: u32,
        #[case] got: u32,
        #[case] shown: bool,
    ) {
        // Where all or none got there in both groups, the engine can't say anything at all.
        if got == n {
            assert!(!Audience::Outside.splits_small(u64::from(n), 1.0));
            return;
        }
        let seen = Audience::Outside.evaluation(&evaluation(n, Some(got)));
        assert_eq!(!seen.groups.is_empty(), shown);
        assert_eq!(seen.effect_size("odds_ratio").is_some(), shown);
    }

    #[test]
    fn outside_no_coefficient_tells_a_groups_mean() {
        let seen = Audience::Outside.evaluation(&evaluation(30, None));
        for fit in &seen.fits {
            assert!(
                fit.coefficients.iter().all(|c| c.term == "group"),
                "{fit:?}"
            );
        }
        assert!(
            !evaluation(30, None).fits.is_empty(),
            "there is something to withhold"
        );
    }

    #[test]
    fn beyond_the_team_parts_that_are_small_and_what_tells_of_single_pupils_are_withheld() {
        use engine::evaluation::{Influence, LevelEffect, SubgroupEffects};
        let mut full = evaluation(30, None);
        let estimate = full.primary().unwrap().clone();
        let part = |n: u64| LevelEffect {
            level: "yes".into(),
            intervention: n,
            comparison: 30 - n,
            estimate: estimate.clone(),
            p_holm: None,
            p_bh: None,
        };
        let column = |levels: Vec<LevelEffect>| SubgroupEffects {
            column: "disadvantaged".into(),
            interaction: None,
            levels,
            note: String::new(),
        };
        full.influence = Some(Influence {
            clusters: 6,
            lower: 1.0,
            upper: 2.0,
            needed: 0,
        });
        full.subgroups = vec![
            column(vec![part(12), part(18)]),
            column(vec![part(4), part(26)]),
            // Four of each group are in no part.
            column(vec![
                LevelEffect {
                    intervention: 14,
                    comparison: 14,
                    ..part(14)
                },
                LevelEffect {
                    intervention: 14,
                    comparison: 14,
                    ..part(14)
                },
            ]),
        ];
        let seen = Audience::Outside.evaluation(&full);
        assert_eq!(seen.subgroups.len(), 1, "{:?}", seen.subgroups);
        assert!(seen.influence.is_none() && seen.bounds.is_empty());
        assert_eq!(Audience::Team.evaluation(&full).subgroups.len(), 3);
    }

    /// A group of 30 with these levels of one column.
    fn group(levels: &[u64]) -> Group {
        Group {
            name: "club".into(),
            n: 30,
            clusters: 0,
            mean: 100.0,
            sd: Some(10.0),
            subgroups: levels
                .iter()
                .enumerate()
                .map(|(i, n)| Subgroup {
                    column: "disadvantaged".into(),
                    level: i.to_string(),
                    n: *n,
                    mean: 99.0,
                })
                .collect(),
        }
    }

    #[rstest]
    #[case(&[15, 15], &["0", "1"])]
    #[case(&[26, 4], &[])] // the other is the total less this one
    #[case(&[14, 12, 4], &["0"])] // two go: one alone would be the total less the rest
    #[case(&[10, 11, 5, 4], &["1"])] // the two small ones are nine together: one more goes
    #[case(&[10, 12], &["1"])] // eight are in no level: with both shown they are known
    #[case(&[25], &[])] // five are in no level: with this one shown they are known
    fn what_is_withheld_cannot_be_had_by_taking_away(
        #[case] levels: &[u64],
        #[case] shown: &[&str],
    ) {
        let mut seen = group(levels);
        Audience::Outside.withhold_levels(&mut seen, false);
        let left: Vec<&str> = seen.subgroups.iter().map(|s| s.level.as_str()).collect();
        assert_eq!(left, shown);
    }

    #[test]
    fn counts_and_means_are_shown_from_the_threshold_on() {
        assert_eq!(Audience::Outside.count(9), None);
        assert_eq!(Audience::Outside.count(0), Some(0));
        assert_eq!(Audience::Inside.count(5), Some(5));
        assert_eq!(Audience::Inside.mean(4, 1.0), None);
        assert_eq!(Audience::Team.mean(1, 1.0), Some(1.0));
    }
}
