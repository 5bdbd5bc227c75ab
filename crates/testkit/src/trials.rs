//! Trials for stories: a class, a plan that is filled in, scores with a difference that the story
//! chooses.

use std::collections::BTreeMap;

use ::network::practices::Words;
use ::network::trials::{
    self, Compare, ComparisonAndSize, Dates, IdeaAndMeasure, KeySheet, ListedPupil, Score,
    ScoreRow, Scores, Trial,
};
use ::network::{Actor, Network};
use engine::question::Worthwhile;
use engine::trial_plan::PlannedMeasure;
use jiff::civil::{Date, date};

use crate::TestNetwork;

const FIRST: [&str; 8] = [
    "Amina", "Ben", "Chidi", "Daisy", "Ewan", "Farah", "Grace", "Hugo",
];
const LAST: [&str; 10] = [
    "Abbott", "Begum", "Carter", "Dixon", "Ellis", "Farooq", "Green", "Hughes", "Iqbal", "Jones",
];

/// When the trial of these stories starts.
pub const STARTS: Date = date(2026, 12, 1);
/// When it is measured.
pub const MEASURED: Date = date(2027, 3, 26);

/// Pupils with invented names: at most 80, in classes of 10, each with a score from before, every
/// third one disadvantaged.
#[must_use]
pub fn pupils(how_many: usize) -> Vec<ListedPupil> {
    let names = LAST
        .iter()
        .flat_map(|last| FIRST.iter().map(move |first| format!("{first} {last}")));
    (0_u32..)
        .zip(names)
        .take(how_many)
        .map(|(i, who)| ListedPupil {
            who,
            also: Vec::new(),
            class: Some(format!(
                "{}{}",
                3 + i / 20,
                if i / 10 % 2 == 0 { "A" } else { "B" }
            )),
            baseline: Some(90.0 + f64::from((i * 7) % 20)),
            disadvantaged: Some(i % 3 == 0),
            group: None,
        })
        .collect()
}

/// Screen 1, filled in.
#[must_use]
pub fn idea() -> IdeaAndMeasure {
    IdeaAndMeasure {
        title: "Morning reading group".to_owned(),
        idea: "Pupils read aloud with one adult for 25 minutes before school.".to_owned(),
        question: "Does an adult-led reading group before school improve reading?".to_owned(),
        measure: PlannedMeasure {
            name: "reading".to_owned(),
            how: "Standardised reading test, marked by somebody who does not know the groups."
                .to_owned(),
            unit: "points".to_owned(),
            attainment: true,
            baseline: true,
            ..PlannedMeasure::default()
        },
    }
}

/// Screen 2, filled in.
#[must_use]
pub fn comparison(compare: Compare) -> ComparisonAndSize {
    ComparisonAndSize {
        compare: Some(compare),
        intervention: "morning reading".to_owned(),
        comparison: "as usual".to_owned(),
        pupils: Some(80),
        worthwhile: Some(Worthwhile::Unit(2.0)),
        spread: Some(10.0),
        ..ComparisonAndSize::default()
    }
}

impl TestNetwork {
    /// A trial whose plan is filled in and whose lots are drawn, with its key sheet.
    pub async fn planned_trial(
        &self,
        teacher: &Actor,
        compare: Compare,
        pupils: &[ListedPupil],
    ) -> (Trial, KeySheet) {
        self.filled_trial(teacher, idea(), comparison(compare), pupils)
            .await
    }

    /// A trial with these screens, listed and drawn.
    pub async fn filled_trial(
        &self,
        teacher: &Actor,
        idea: IdeaAndMeasure,
        comparison: ComparisonAndSize,
        pupils: &[ListedPupil],
    ) -> (Trial, KeySheet) {
        let network: &Network = self;
        let place = *teacher.places().first().expect("the teacher has a place");
        let trial = trials::begin(network, teacher, place)
            .await
            .expect("it begins");
        let short = &trial.short;
        trials::save_idea(network, teacher, short, idea)
            .await
            .expect("screen 1 is saved");
        trials::save_comparison(network, teacher, short, comparison)
            .await
            .expect("screen 2 is saved");
        let dates = Dates {
            starts: Some(STARTS),
            measured: Some(MEASURED),
        };
        trials::save_dates(network, teacher, short, dates)
            .await
            .expect("the dates are saved");
        trials::bring_people(network, teacher, short, pupils)
            .await
            .expect("the list is taken")
    }

    /// The same, approved and locked.
    pub async fn locked_trial(
        &self,
        teacher: &Actor,
        leader: &Actor,
        compare: Compare,
        pupils: &[ListedPupil],
    ) -> (Trial, KeySheet) {
        let (trial, sheet) = self.planned_trial(teacher, compare, pupils).await;
        trials::ask_for_lock(self, teacher, &trial.short)
            .await
            .expect("approval is asked");
        let locked = trials::approve(self, leader, &trial.short)
            .await
            .expect("it is approved");
        (locked, sheet)
    }
}

impl TestNetwork {
    /// A reported trial in which the group "morning reading" gained about `gain` points.
    pub async fn reported_trial(
        &self,
        teacher: &Actor,
        leader: &Actor,
        pupils: &[ListedPupil],
        gain: f64,
    ) -> Trial {
        let (trial, sheet) = self
            .locked_trial(teacher, leader, Compare::LotsBetweenPupils, pupils)
            .await;
        self.report_scores(teacher, &trial, &scores(pupils, &sheet, gain))
            .await
    }

    /// Brings scores and reports what the engine says.
    pub async fn report_scores(&self, teacher: &Actor, trial: &Trial, scores: &Scores) -> Trial {
        trials::bring_scores(self, teacher, &trial.short, scores, None)
            .await
            .expect("the scores are taken");
        trials::report(self, teacher, &trial.short)
            .await
            .expect("the result is reported")
    }

    /// Fills an adoption's dates and list, has it approved, and gives its key sheet.
    pub async fn locked_adoption(
        &self,
        teacher: &Actor,
        leader: &Actor,
        trial: &Trial,
        pupils: &[ListedPupil],
    ) -> KeySheet {
        let dates = Dates {
            starts: Some(STARTS),
            measured: Some(MEASURED),
        };
        trials::save_dates(self, teacher, &trial.short, dates)
            .await
            .expect("dates are saved");
        let (_, sheet) = trials::bring_people(self, teacher, &trial.short, pupils)
            .await
            .expect("the list is taken");
        trials::ask_for_lock(self, teacher, &trial.short)
            .await
            .expect("approval is asked");
        trials::approve(self, leader, &trial.short)
            .await
            .expect("it is approved");
        sheet
    }
}

/// The three boxes, filled in.
#[must_use]
pub fn words() -> Words {
    Words {
        title: "Morning reading group".to_owned(),
        what: "Eight pupils read aloud with one adult for 25 minutes before school.".to_owned(),
        how: "Talk to a place that has done it. Choose who and when. Train the adults.".to_owned(),
        keep: "Pupils choose the book. Time and room are free to change.".to_owned(),
    }
}

/// Scores for a key sheet: each pupil's score from before plus some ups and downs, plus `gain` in the
/// group "morning reading".
#[must_use]
pub fn scores(pupils: &[ListedPupil], sheet: &KeySheet, gain: f64) -> Scores {
    let rows = (0_u32..)
        .zip(pupils.iter().zip(&sheet.rows))
        .map(|(i, (pupil, row))| {
            let ups_and_downs = f64::from((i * 37 + 11) % 13) - 6.0;
            let gets_it = row.group.as_deref() == Some("morning reading");
            let score =
                pupil.baseline.unwrap_or(100.0) + ups_and_downs + if gets_it { gain } else { 0.0 };
            ScoreRow {
                who: pupil.who.clone(),
                also: Vec::new(),
                score: Some(Score::Number(score)),
            }
        })
        .collect();
    Scores {
        rows,
        file_hash: "f".repeat(64),
        measured: MEASURED,
        answers: BTreeMap::new(),
    }
}
