//! Pupils and their scores, drawn from the trial's stated truth. All names are invented.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use network::trials::{Compare, KeySheet, ListedPupil, Score, ScoreRow, Scores};
use sha2::{Digest as _, Sha256};

use super::Try;
use crate::demo::chance::Chance;

const FIRST: [&str; 24] = [
    "Aaliyah", "Ben", "Chidi", "Daisy", "Ewan", "Freya", "Gurpreet", "Hugo", "Isla", "Jakub",
    "Kezia", "Leo", "Maryam", "Noah", "Olivia", "Piotr", "Qasim", "Rosie", "Sofia", "Theo", "Uma",
    "Violet", "Yusuf", "Zofia",
];
const LAST: [&str; 24] = [
    "Abbott", "Begum", "Carter", "Dixon", "Ellis", "Farooq", "Green", "Hughes", "Ibrahim", "Jones",
    "Kaur", "Lister", "Mensah", "Nowak", "Ogden", "Patel", "Quinn", "Robinson", "Singh", "Taylor",
    "Usman", "Varley", "Walker", "Young",
];
/// How much a score before says about the score after (correlation).
const CORRELATION: f64 = 0.8;

/// A count as a figure.
fn figure(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

impl Try {
    /// How far each class lies from the mean of all, in points.
    fn class_levels(&self, chance: &mut Chance) -> Vec<f64> {
        let spread = self.measure.spread * self.measure.between_classes.sqrt();
        (0..self.classes.max(1))
            .map(|_| spread * chance.normal())
            .collect()
    }

    fn class_of(&self, number: usize) -> usize {
        number * self.classes.max(1) / self.pupils.max(1)
    }

    /// What a class is called: classes of a year are A, B, C …, and years follow each other.
    fn class_name(&self, class: usize) -> String {
        let letters = ["A", "B", "C"];
        let letter = letters.get(class % letters.len()).unwrap_or(&"A");
        format!("{}{letter}", usize::from(self.year) + class / letters.len())
    }

    /// The list of pupils, as their teacher has it.
    pub(super) fn people(&self) -> Vec<ListedPupil> {
        let mut chance = Chance::of(&format!("{}: people", self.key));
        let classes = self.class_levels(&mut chance);
        let within = (1.0 - self.measure.between_classes).sqrt() * self.measure.spread;
        let mut taken = BTreeSet::new();
        let mut pupils = Vec::with_capacity(self.pupils);
        while pupils.len() < self.pupils {
            let pair = (chance.below(FIRST.len()), chance.below(LAST.len()));
            let (Some(first), Some(last)) = (FIRST.get(pair.0), LAST.get(pair.1)) else {
                continue;
            };
            if !taken.insert(pair) {
                continue;
            }
            let class = self.class_of(pupils.len());
            let level = classes.get(class).copied().unwrap_or_default();
            let before = self.measure.mean + level + within * chance.normal();
            let disadvantaged = chance.share() < 0.3;
            let chosen = chance.share() < 0.5;
            let (intervention, comparison) = self.groups;
            pupils.push(ListedPupil {
                who: format!("{first} {last}"),
                also: Vec::new(),
                class: Some(self.class_name(class)),
                baseline: self.measure.before.then_some(before.round()),
                disadvantaged: Some(disadvantaged),
                group: (self.compare == Compare::ChosenGroups)
                    .then(|| if chosen { intervention } else { comparison }.to_owned()),
            });
        }
        pupils
    }

    /// The file of scores: each pupil's own growth, ups and downs, what the class shares, and in the
    /// group that gets it the true effect.
    pub(super) fn scores(
        &self,
        pupils: &[ListedPupil],
        sheet: &KeySheet,
        measured: Date,
    ) -> Scores {
        let mut chance = Chance::of(&format!("{}: scores", self.key));
        let classes = self.class_levels(&mut chance);
        let mut rows = Vec::with_capacity(pupils.len());
        for (number, (pupil, key)) in pupils.iter().zip(&sheet.rows).enumerate() {
            let gets_it = self.compare == Compare::BeforeAndAfter
                || key.group.as_deref() == Some(self.groups.0);
            let class = classes.get(self.class_of(number)).copied();
            let score = self.score(pupil, gets_it, class.unwrap_or_default(), &mut chance);
            let share = if gets_it { self.lost.0 } else { self.lost.1 };
            let lost = chance.share() < share;
            rows.push(ScoreRow {
                who: pupil.who.clone(),
                also: Vec::new(),
                score: (!lost).then_some(score),
            });
        }
        let file_hash = Sha256::digest(format!("{rows:?}"))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Scores {
            rows,
            file_hash,
            measured,
            answers: BTreeMap::new(),
        }
    }

    fn score(&self, pupil: &ListedPupil, gets_it: bool, class: f64, chance: &mut Chance) -> Score {
        let measure = &self.measure;
        let effect = if gets_it { self.truth } else { 0.0 };
        let draw = chance.normal();
        if !measure.words.is_empty() {
            return Score::Word(self.word(effect / 100.0, chance));
        }
        let known = pupil.baseline.unwrap_or(measure.mean) - measure.mean;
        let (kept, spread) = if measure.before {
            (CORRELATION, (1.0 - CORRELATION * CORRELATION).sqrt())
        } else {
            (0.0, 1.0)
        };
        // What a class shares: part of the spread that the score before does not tell.
        let own = spread * (1.0 - measure.between_classes).sqrt() * measure.spread * draw;
        let score = measure.mean + self.growth + kept * known + spread * class + own + effect;
        Score::Number(score.round())
    }

    /// A word: one that counts as getting there as often as the truth says, spread evenly within.
    fn word(&self, effect: f64, chance: &mut Chance) -> String {
        let measure = &self.measure;
        let there = chance.share() < measure.share + effect;
        let low = measure.words.len() - measure.success;
        let words = if there {
            measure.words.get(low..)
        } else {
            measure.words.get(..low)
        }
        .unwrap_or(&[]);
        let at = chance.share() * figure(words.len());
        let word = (1..=words.len())
            .find(|n| at < figure(*n))
            .and_then(|n| words.get(n - 1));
        word.or(words.last()).map_or("", |w| w).to_owned()
    }
}
