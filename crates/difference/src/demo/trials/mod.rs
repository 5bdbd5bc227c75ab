//! Trials: planned, approved, measured and reported by the people of their place, on rows that are
//! drawn from a stated true effect.

mod rows;
mod tries;

use network::trials::{self, Compare, ComparisonAndSize, Dates, IdeaAndMeasure, ListedPupil};
use network::{Actor, Result, ShortId};

use super::city::{Begun, City, nobody};
use super::places;

pub use tries::TRIES;

/// A trial of the city.
pub struct Try {
    /// Its story: what the others call it.
    pub key: &'static str,
    /// Where it runs.
    pub place: &'static str,
    /// Who plans it and brings its scores.
    pub by: &'static str,
    /// The story from which the practice came that it tries.
    pub adopts: Option<&'static str>,
    /// What it is called.
    pub title: &'static str,
    idea: &'static str,
    question: &'static str,
    measure: Measure,
    /// How the groups come about.
    pub compare: Compare,
    /// What the group that gets it is called, and the other.
    groups: (&'static str, &'static str),
    /// The smallest difference worth having, in points.
    worthwhile: f64,
    /// How many pupils.
    pub pupils: usize,
    /// In how many classes.
    classes: usize,
    /// Their year.
    year: u8,
    /// What it really adds, in points (in percentage points where the outcome is words).
    pub truth: f64,
    /// What pupils gain anyway between the two tests.
    pub growth: f64,
    /// The share that is lost on the way, in the group that gets it and in the other.
    lost: (f64, f64),
    /// When things happen, in days from today.
    when: When,
    /// How far it has come.
    pub end: End,
}

/// What is measured.
struct Measure {
    name: &'static str,
    how: &'static str,
    unit: &'static str,
    attainment: bool,
    /// Whether there is a test before.
    before: bool,
    mean: f64,
    spread: f64,
    /// Share of the variance that lies between classes.
    between_classes: f64,
    /// Words in order, and how many of them, from the top, count as getting there.
    words: &'static [&'static str],
    success: usize,
    /// The share of the comparison group that gets there, where the outcome is words.
    share: f64,
}

/// When things happen, in days from today.
struct When {
    planned: i32,
    locked: i32,
    starts: i32,
    measured: i32,
    brought: i32,
    reported: i32,
}

/// How far a trial has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The plan is being written; nobody is listed yet.
    Draft,
    /// The plan waits for the head.
    Asked,
    /// It runs.
    Running,
    /// It is measured and not reported.
    Measured,
    /// It is reported.
    Reported,
    /// It was reported, and withdrawn with a reason so many days ago.
    Withdrawn(i32, &'static str),
}

/// A part of a trial's story.
#[derive(Clone, Copy)]
pub enum Step {
    /// The plan is written.
    Plan,
    /// The head approves it, which locks it.
    Lock,
    /// Scores are brought.
    Scores,
    /// The result is reported.
    Report,
    /// It is withdrawn.
    Withdraw(&'static str),
}

impl Try {
    /// What happens, and how many days from today.
    pub fn steps(&self) -> Vec<(i32, Step)> {
        let mut steps = vec![(self.when.planned, Step::Plan)];
        let mut then = |day: i32, step| steps.push((day, step));
        if !matches!(self.end, End::Draft | End::Asked) {
            then(self.when.locked, Step::Lock);
        }
        if self.has_result() {
            then(self.when.brought, Step::Scores);
        }
        if self.is_published() {
            then(self.when.reported, Step::Report);
        }
        if let End::Withdrawn(days, why) = self.end {
            then(days, Step::Withdraw(why));
        }
        steps
    }

    /// Whether the engine has answered.
    pub fn has_result(&self) -> bool {
        self.end == End::Measured || self.is_published()
    }

    fn is_published(&self) -> bool {
        matches!(self.end, End::Reported | End::Withdrawn(..))
    }

    /// The unit of its truth.
    pub fn unit(&self) -> &'static str {
        if self.measure.words.is_empty() {
            self.measure.unit
        } else {
            "percentage points"
        }
    }

    /// Takes a step, as whoever would.
    pub async fn take(&self, city: &mut City, step: Step) -> Result<()> {
        let teacher = city.actor(self.by)?.clone();
        let head = city.actor(places::head(self.place))?.clone();
        let network = city.network.clone();
        if let Step::Plan = step {
            return self.plan(city, &teacher).await;
        }
        let begun = city.trial(self.key)?;
        let short = &begun.short;
        match step {
            Step::Plan => {}
            Step::Lock => {
                trials::approve(&network, &head, short).await?;
            }
            Step::Scores => {
                let sheet = begun.sheet.as_ref();
                let sheet = sheet.ok_or_else(|| nobody(format!("{} has no list", self.key)))?;
                let measured = city.calendar.day(self.when.measured);
                let scores = self.scores(&begun.pupils, sheet, measured);
                trials::bring_scores(&network, &teacher, short, &scores, None).await?;
            }
            Step::Report => {
                trials::report(&network, &teacher, short).await?;
            }
            Step::Withdraw(why) => {
                trials::withdraw(&network, &head, short, why).await?;
            }
        }
        Ok(())
    }

    async fn plan(&self, city: &mut City, teacher: &Actor) -> Result<()> {
        city.tell(self.key);
        let network = city.network.clone();
        let short = self.begin(city, teacher).await?;
        city.moment();
        let dates = Dates {
            starts: Some(city.calendar.day(self.when.starts)),
            measured: Some(city.calendar.day(self.when.measured)),
        };
        let mut begun = Begun {
            short,
            pupils: Vec::new(),
            sheet: None,
        };
        if self.end != End::Draft {
            trials::save_dates(&network, teacher, &begun.short, dates).await?;
            city.moment();
            begun.pupils = self.people();
            begun.sheet = Some(
                self.list(city, teacher, &begun.short, &begun.pupils)
                    .await?,
            );
            city.moment();
            trials::ask_for_lock(&network, teacher, &begun.short).await?;
        }
        city.trials.insert(self.key, begun);
        Ok(())
    }

    async fn list(
        &self,
        city: &City,
        teacher: &Actor,
        short: &ShortId,
        pupils: &[ListedPupil],
    ) -> Result<trials::KeySheet> {
        let (_, sheet) = trials::bring_people(&city.network, teacher, short, pupils).await?;
        Ok(sheet)
    }

    async fn begin(&self, city: &City, teacher: &Actor) -> Result<ShortId> {
        let network = &city.network;
        let place = city.place(self.place)?;
        if let Some(first) = self.adopts {
            let slug = city.practices.get(first);
            let slug = slug.ok_or_else(|| nobody(format!("{first} was not shared")))?;
            let trial = network::practices::adopt(network, teacher, slug, place).await?;
            let size = ComparisonAndSize {
                pupils: u32::try_from(self.pupils).ok(),
                classes: u32::try_from(self.classes).ok(),
                ..trial.draft.comparison.clone()
            };
            trials::save_comparison(network, teacher, &trial.short, size).await?;
            return Ok(trial.short);
        }
        let trial = trials::begin(network, teacher, place).await?;
        trials::save_idea(network, teacher, &trial.short, self.first_screen()).await?;
        city.moment();
        trials::save_comparison(network, teacher, &trial.short, self.second_screen()).await?;
        Ok(trial.short)
    }

    fn first_screen(&self) -> IdeaAndMeasure {
        let owned = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        let words = self.measure.words;
        IdeaAndMeasure {
            title: self.title.to_owned(),
            idea: self.idea.to_owned(),
            question: self.question.to_owned(),
            measure: engine::trial_plan::PlannedMeasure {
                name: self.measure.name.to_owned(),
                how: self.measure.how.to_owned(),
                unit: self.measure.unit.to_owned(),
                attainment: self.measure.attainment,
                lower_is_better: false,
                baseline: self.measure.before,
                words: owned(words),
                success: owned(
                    words
                        .get(words.len() - self.measure.success..)
                        .unwrap_or(&[]),
                ),
            },
        }
    }

    fn second_screen(&self) -> ComparisonAndSize {
        use engine::question::Worthwhile;
        let is_words = !self.measure.words.is_empty();
        ComparisonAndSize {
            compare: Some(self.compare),
            intervention: self.groups.0.to_owned(),
            comparison: self.groups.1.to_owned(),
            comparison_gets_it_next: true,
            even_out: false,
            pupils: u32::try_from(self.pupils).ok(),
            classes: u32::try_from(self.classes).ok(),
            worthwhile: (!is_words).then_some(Worthwhile::Unit(self.worthwhile)),
            spread: (!is_words).then_some(self.measure.spread),
        }
    }
}
