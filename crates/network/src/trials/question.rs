//! What the engine is asked about a trial, and the rows it is shown: made in memory from the
//! allocation list and the scores, gone when the answer is there. Pure.

use engine::question::Design;
use engine::question::{Drawn, PlanRecord, Question};
use engine::refusal::Refusal;
use engine::sample::{
    Chunk, Covariate, CovariateKind, Fingerprint, InMemory, Levels, MISSING, Outcome, Roles,
    Sample, Treatment,
};
use engine::trial_plan::TrialPlan;
use sha2::{Digest, Sha256};

use super::Lock;
use super::list::Listed;
use crate::secrets::hexadecimal;

/// Headings of the columns that the engine is shown.
const SCORE: &str = "score";
const GROUP: &str = "group";
const CLASS: &str = "class";
const BEFORE: &str = "score before";
const DISADVANTAGED: &str = "disadvantaged";

/// A trial's rows with what pins the answer to them.
pub(super) struct Rows {
    rows: InMemory,
    fingerprint: Fingerprint,
}

impl Sample for Rows {
    fn roles(&self) -> &Roles {
        self.rows.roles()
    }
    fn pass(&self, each: &mut dyn FnMut(&Chunk)) -> Result<(), Refusal> {
        self.rows.pass(each)
    }
    fn fingerprint(&self) -> Option<Fingerprint> {
        Some(self.fingerprint.clone())
    }
}

/// Whether a score from before enters the analysis: it was planned, and somebody has one.
pub(super) fn uses_baseline(plan: &TrialPlan, list: &[Listed]) -> bool {
    plan.design != Design::BeforeAfter
        && plan.measure.baseline
        && list.iter().any(|p| p.baseline.is_some())
}

/// The rows: one for each pupil on the list (two, before and after, where nobody is compared with),
/// missing where there is no score.
pub(super) fn rows(
    plan: &TrialPlan,
    list: &[Listed],
    scores: &[Option<f64>],
    file_hash: &str,
) -> Rows {
    let chunk = if plan.design == Design::BeforeAfter {
        before_and_after(list, scores)
    } else {
        groups(plan, list, scores)
    };
    Rows {
        fingerprint: Fingerprint {
            bytes: file_hash.to_owned(),
            used: used(list, scores),
        },
        rows: InMemory {
            roles: roles(plan, list),
            chunk,
        },
    }
}

fn roles(plan: &TrialPlan, list: &[Listed]) -> Roles {
    let measure = &plan.measure;
    let before_after = plan.design == Design::BeforeAfter;
    let classes = || Levels {
        column: CLASS.to_owned(),
        labels: classes(list),
    };
    Roles {
        outcome: Outcome {
            column: SCORE.to_owned(),
            name: measure.name.clone(),
            unit: measure.unit.clone(),
            binary: !measure.words.is_empty(),
            success: measure.success.clone(),
            lower_is_better: measure.lower_is_better,
        },
        treatment: Some(Treatment {
            column: if before_after { "when" } else { GROUP }.to_owned(),
            intervention: plan.intervention.clone(),
            comparison: plan.comparison.clone(),
        }),
        cluster: (plan.design == Design::Cluster).then(classes),
        cluster_within: None,
        block: (plan.design == Design::BlockedIndividual).then(classes),
        unit: before_after.then(|| Levels {
            column: "pupil".to_owned(),
            labels: list.iter().map(|p| p.code.clone()).collect(),
        }),
        covariates: if uses_baseline(plan, list) {
            vec![Covariate {
                column: BEFORE.to_owned(),
                level: None,
                kind: CovariateKind::Baseline,
            }]
        } else {
            Vec::new()
        },
        subgroups: if knows_disadvantage(list) {
            vec![Levels {
                column: DISADVANTAGED.to_owned(),
                labels: vec!["no".to_owned(), "yes".to_owned()],
            }]
        } else {
            Vec::new()
        },
        received: None,
        assumed: Vec::new(),
    }
}

fn knows_disadvantage(list: &[Listed]) -> bool {
    list.iter().any(|p| p.disadvantaged.is_some())
}

/// The classes on a list, each once, in order.
fn classes(list: &[Listed]) -> Vec<String> {
    let mut classes: Vec<String> = list.iter().filter_map(|p| p.class.clone()).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

fn code(place: Option<usize>) -> u32 {
    place.and_then(|i| u32::try_from(i).ok()).unwrap_or(MISSING)
}

fn disadvantage(list: &[Listed]) -> impl Iterator<Item = u32> {
    list.iter()
        .map(|p| p.disadvantaged.map_or(MISSING, u32::from))
}

fn groups(plan: &TrialPlan, list: &[Listed], scores: &[Option<f64>]) -> Chunk {
    let labels = classes(list);
    let class = |p: &Listed| {
        code(
            p.class
                .as_ref()
                .and_then(|c| labels.iter().position(|label| label == c)),
        )
    };
    let treatment = list.iter().map(|p| match p.group.as_deref() {
        Some(group) if group == plan.intervention => 1,
        Some(group) if group == plan.comparison => 0,
        _ => MISSING,
    });
    Chunk {
        outcome: scores.iter().map(|s| s.unwrap_or(f64::NAN)).collect(),
        treatment: treatment.collect(),
        cluster: if plan.design == Design::Cluster {
            list.iter().map(class).collect()
        } else {
            Vec::new()
        },
        cluster_within: Vec::new(),
        block: if plan.design == Design::BlockedIndividual {
            list.iter().map(class).collect()
        } else {
            Vec::new()
        },
        unit: Vec::new(),
        covariates: if uses_baseline(plan, list) {
            vec![
                list.iter()
                    .map(|p| p.baseline.unwrap_or(f64::NAN))
                    .collect(),
            ]
        } else {
            Vec::new()
        },
        subgroups: if knows_disadvantage(list) {
            vec![disadvantage(list).collect()]
        } else {
            Vec::new()
        },
        received: Vec::new(),
    }
}

fn before_and_after(list: &[Listed], scores: &[Option<f64>]) -> Chunk {
    let before = list.iter().map(|p| p.baseline.unwrap_or(f64::NAN));
    let after = scores.iter().map(|s| s.unwrap_or(f64::NAN));
    let units = || (0..list.len()).map(|i| code(Some(i)));
    Chunk {
        outcome: before.chain(after).collect(),
        treatment: list
            .iter()
            .map(|_| 0)
            .chain(list.iter().map(|_| 1))
            .collect(),
        unit: units().chain(units()).collect(),
        subgroups: if knows_disadvantage(list) {
            vec![disadvantage(list).chain(disadvantage(list)).collect()]
        } else {
            Vec::new()
        },
        ..Chunk::default()
    }
}

/// SHA-256 of the used columns by code, as RFC 4180: the same scores in another file, in another
/// order, under other spellings of the names, have the same one.
fn used(list: &[Listed], scores: &[Option<f64>]) -> String {
    let mut lines: Vec<String> = list
        .iter()
        .zip(scores)
        .map(|(p, score)| {
            let text = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
            let group = p.group.as_deref().unwrap_or_default().replace('"', "\"\"");
            format!(
                "{},\"{group}\",{},{}\r\n",
                p.code,
                text(p.baseline),
                text(*score)
            )
        })
        .collect();
    lines.sort_unstable();
    let mut hash = Sha256::new();
    hash.update(b"code,group,before,score\r\n");
    for line in lines {
        hash.update(line.as_bytes());
    }
    hexadecimal(&hash.finalize())
}

/// Everything asked of the engine about this trial: nothing in it is chosen after the lock.
pub(super) fn question(
    lock: &Lock,
    list: &[Listed],
    deviations: Vec<String>,
    looks: u32,
) -> Question {
    let plan = &lock.plan;
    Question {
        design: Some(plan.design),
        allocation: plan.allocation,
        attainment: plan.measure.attainment,
        worthwhile: plan.worthwhile,
        drawn: Some(drawn(plan, list)),
        plan: Some(PlanRecord {
            hash: lock.hash.clone(),
            locked_at: lock.at.to_string(),
            before_outcome: lock.before_outcome,
            deviations,
        }),
        looks,
        ..Question::default()
    }
}

fn drawn(plan: &TrialPlan, list: &[Listed]) -> Drawn {
    let pupils = |label: &str| {
        let n = list
            .iter()
            .filter(|p| p.group.as_deref() == Some(label))
            .count();
        u64::try_from(n).unwrap_or(u64::MAX)
    };
    let clusters = |label: &str| {
        if plan.design != Design::Cluster {
            return 0;
        }
        let mut classes: Vec<&String> = list
            .iter()
            .filter(|p| p.group.as_deref() == Some(label))
            .filter_map(|p| p.class.as_ref())
            .collect();
        classes.sort_unstable();
        classes.dedup();
        u64::try_from(classes.len()).unwrap_or(u64::MAX)
    };
    if plan.design == Design::BeforeAfter {
        let all = u64::try_from(list.len()).unwrap_or(u64::MAX);
        return Drawn {
            intervention: all,
            comparison: all,
            ..Drawn::default()
        };
    }
    Drawn {
        intervention: pupils(&plan.intervention),
        comparison: pupils(&plan.comparison),
        intervention_clusters: clusters(&plan.intervention),
        comparison_clusters: clusters(&plan.comparison),
    }
}
