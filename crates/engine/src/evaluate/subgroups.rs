//! The difference within parts of the groups: first whether it differs between them at all, then in each of them.
//!
//! The plan's model with a level and a treatment effect for each part of a column. The test that the effects are the
//! same comes first: estimates of parts differ by chance alone, and the more parts, the further apart they are.
//! Wang, R., Lagakos, S. W., Ware, J. H., Hunter, D. J. & Drazen, J. M. (2007). Statistics in medicine: reporting of
//! subgroup analyses in clinical trials. *New England Journal of Medicine* 357(21), 2189–2194.

use super::columns::{Column, Is, Place};
use super::design::Setting;
use super::estimates::Sound;
use super::facts::whole;
use super::model::{Model, TREATMENT};
use super::rows;
use crate::evaluation::{Estimate, Interaction, LevelEffect, SubgroupEffects};
use crate::least_squares::Term;
use crate::moments::{Fold, Moments};
use crate::multiplicity::{Adjustment, adjusted};
use crate::question::Question;
use crate::refusal::Refusal;
use crate::sample::{Levels, MISSING, Sample};

/// A part needs this many complete rows in each group: two to differ, and more than its own level and effect.
const FEWEST: usize = 3;

/// The effects by each subgroup's column, and what could not be worked out, in words.
pub(super) fn subgroups(
    sample: &dyn Sample,
    setting: Setting,
    question: &Question,
) -> Result<(Vec<SubgroupEffects>, Vec<String>), Refusal> {
    let roles = sample.roles();
    let (mut all, mut warnings) = (Vec::new(), Vec::new());
    for (by, levels) in roles.subgroups.iter().enumerate() {
        match about(sample, setting, question, by, levels) {
            Ok(found) => all.push(found),
            Err(refusal) => warnings.push(format!(
                "The difference by “{}” is missing: {refusal}",
                levels.column
            )),
        }
    }
    allow_for_several(&mut all)?;
    if !all.is_empty() {
        warnings.push(
            "Parts of a group are smaller than the whole, and the more of them one looks at, the likelier a chance find: read the whole groups’ answer first, and a part’s as an idea for the next trial unless it was planned."
                .to_owned(),
        );
    }
    Ok((all, warnings))
}

fn about(
    sample: &dyn Sample,
    setting: Setting,
    question: &Question,
    by: usize,
    levels: &Levels,
) -> Result<SubgroupEffects, Refusal> {
    let roles = sample.roles();
    let mut fold = Fold::new(roles.covariates.len() + 1);
    rows::each(sample, |chunk, at, row| {
        let Ok(row) = row else { return };
        let codes = chunk.subgroups.get(by);
        let level = codes
            .and_then(|codes| codes.get(at))
            .copied()
            .unwrap_or(MISSING);
        if level != MISSING {
            let place = Place {
                cluster: row.cluster,
                block: row.block,
                arm: row.arm,
                level,
            };
            fold.add(place, row.values);
        }
    })?;
    let cells = fold.finish();
    let parts = parts(levels, &cells);
    let both: Vec<&Part> = parts.iter().filter(|part| part.is_whole()).collect();
    if both.len() < 2 {
        return Err(Refusal::new(
            "one-group",
            format!(
                "fewer than two parts of “{}” have {FEWEST} pupils or more in both groups.",
                levels.column
            ),
            "Choose a column whose parts are in both groups.",
        ));
    }
    let treatment = roles.treatment.as_ref().map_or("", |t| t.column.as_str());
    // A level for each part; that of the first is the model's own.
    let of_parts = || {
        parts.iter().skip(1).map(|part| Column {
            name: format!("{} = {}", levels.column, part.label),
            is: Is::Level(part.level),
        })
    };
    let within = |part: &&Part| Column {
        name: format!("{treatment} where {} = {}", levels.column, part.label),
        is: Is::TreatmentInLevel(part.level),
    };
    let each: Vec<Column> = both.iter().map(within).chain(of_parts()).collect();
    let each = Model::about(roles, &cells, each, setting, by).refined(sample)?;
    let sound = Sound::of("ancova", sample, &each, setting, question, false)?;
    let mut found = Vec::new();
    for (column, part) in both.iter().enumerate() {
        let estimate: Estimate = sound.held(Term::Column(column))?;
        found.push(LevelEffect {
            level: part.label.clone(),
            intervention: whole(part.intervention),
            comparison: whole(part.comparison),
            estimate,
            p_holm: None,
            p_bh: None,
        });
    }
    let main = Column {
        name: treatment.to_owned(),
        is: Is::Treatment,
    };
    let more = both.iter().skip(1).map(within);
    let differing: Vec<Column> = [main].into_iter().chain(more).chain(of_parts()).collect();
    let differing = Model::about(roles, &cells, differing, setting, by).refined(sample)?;
    let sound = Sound::of("ancova", sample, &differing, setting, question, true)?;
    let terms: Vec<Term> = (1..both.len()).map(Term::Column).collect();
    debug_assert!(
        !terms.contains(&TREATMENT),
        "the first part’s effect is no difference"
    );
    let tested = sound.together(&terms);
    let alone: Vec<&str> = (parts.iter())
        .filter(|part| !part.is_whole())
        .map(|part| part.label.as_str())
        .collect();
    Ok(SubgroupEffects {
        column: levels.column.clone(),
        note: note(tested.as_ref().err(), &alone),
        interaction: tested.ok().map(|wald| Interaction {
            statistic: wald.statistic,
            df: wald.df,
            df_denominator: wald.df_denominator,
            p_value: wald.p_value,
            p_holm: wald.p_value,
        }),
        levels: found,
    })
}

/// What must be read with a column's parts; what its test says is added when all columns are known.
fn note(untested: Option<&Refusal>, alone: &[&str]) -> String {
    let mut note = String::new();
    if !alone.is_empty() {
        note = format!("Not enough pupils in both groups: {}. ", alone.join(", "));
    }
    if let Some(refusal) = untested {
        note.push_str(&format!(
            "Whether the parts differ can’t be tested: {refusal} "
        ));
    }
    note
}

/// The p-values, allowing for everything that was looked at, and the notes in words.
fn allow_for_several(all: &mut [SubgroupEffects]) -> Result<(), Refusal> {
    let tests: Vec<f64> = (all.iter())
        .filter_map(|s| Some(s.interaction?.p_value))
        .collect();
    let held = adjusted(&tests, Adjustment::Holm)?;
    let interactions = all.iter_mut().filter_map(|s| s.interaction.as_mut());
    for (interaction, p) in interactions.zip(held) {
        interaction.p_holm = p;
    }
    let parts: Vec<f64> = (all.iter().flat_map(|s| &s.levels))
        .filter_map(|level| level.estimate.p_value)
        .collect();
    let (holm, bh) = (
        adjusted(&parts, Adjustment::Holm)?,
        adjusted(&parts, Adjustment::BenjaminiHochberg)?,
    );
    let levels = all.iter_mut().flat_map(|s| &mut s.levels);
    let levels = levels.filter(|level| level.estimate.p_value.is_some());
    for ((level, holm), bh) in levels.zip(holm).zip(bh) {
        level.p_holm = Some(holm);
        level.p_bh = Some(bh);
    }
    for subgroup in all.iter_mut() {
        if let Some(interaction) = subgroup.interaction {
            subgroup.note.push_str(if interaction.p_holm < 0.05 {
                "The parts differ more than chance alone would often make them; whether that holds is for the next trial to say."
            } else {
                "The parts differ no more than chance alone would often make them, which does not show that they are alike."
            });
        }
        subgroup.note = subgroup.note.trim_end().to_owned();
    }
    Ok(())
}

/// One part of a column.
struct Part {
    level: u32,
    label: String,
    intervention: usize,
    comparison: usize,
}

impl Part {
    fn is_whole(&self) -> bool {
        self.intervention.min(self.comparison) >= FEWEST
    }
}

/// The parts that anybody is in.
fn parts(levels: &Levels, cells: &[(Place, Moments)]) -> Vec<Part> {
    let rows = |level: u32, arm: u32| -> usize {
        (cells.iter())
            .filter(|(place, _)| place.level == level && place.arm == arm)
            .map(|(_, moments)| moments.n())
            .sum()
    };
    (0_u32..)
        .zip(&levels.labels)
        .map(|(level, label)| Part {
            level,
            label: label.clone(),
            intervention: rows(level, 1),
            comparison: rows(level, 0),
        })
        .filter(|part| part.intervention + part.comparison > 0)
        .collect()
}
