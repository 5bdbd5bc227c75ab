//! Goals and their values, week by week: drawn around a stated level that steps or holds.

use jiff::civil::Date;
use network::Result;
use network::goals::{self, Terms, Value};

use super::calendar::{Calendar, friday};
use super::chance::Chance;
use super::city::{City, nobody};

/// How the level behind the values really moved.
#[derive(Clone, Copy)]
pub enum Truth {
    /// It stayed where it was: all ups and downs are chance.
    Steady,
    /// From the value so many before the end, it was another one.
    Step {
        /// How many values before the end.
        last: usize,
        /// The level from then on.
        to: f64,
        /// What the place calls the change; none where it only noticed.
        named: Option<&'static str>,
    },
}

/// A goal of a place.
pub struct Aim {
    /// Whose.
    pub place: &'static str,
    /// Who set it and enters its values.
    pub by: &'static str,
    /// What is measured.
    pub measure: &'static str,
    how: &'static str,
    unit: &'static str,
    lower_is_better: bool,
    baseline: f64,
    target: f64,
    due_in: i32,
    /// How many values there are.
    pub values: usize,
    /// How many school weeks lie between two values.
    every: usize,
    /// The level behind the values at first.
    pub level: f64,
    /// How much a week differs from the level (standard deviation).
    pub spread: f64,
    /// Decimals of a value.
    decimals: i32,
    /// How the level really moved.
    pub truth: Truth,
    /// Whether all values came in one paste at the end, and not week by week.
    pasted: bool,
}

/// A part of a goal's story.
#[derive(Clone, Copy)]
pub enum Step {
    /// It is set.
    Set,
    /// The value with this number is entered.
    Value(usize, Date),
    /// All values are pasted.
    Paste,
    /// A change is named from the week of this day.
    Name(&'static str, Date),
}

const WEEKLY: Aim = Aim {
    place: "",
    by: "",
    measure: "",
    how: "",
    unit: "%",
    lower_is_better: false,
    baseline: 0.0,
    target: 0.0,
    due_in: 240,
    values: 30,
    every: 1,
    level: 0.0,
    spread: 1.0,
    decimals: 1,
    truth: Truth::Steady,
    pasted: false,
};

/// Every goal.
pub const AIMS: &[Aim] = &[
    Aim {
        place: "thornbeck",
        by: "Tom Brearley",
        measure: "Attendance",
        how: "Half-days attended, whole school, each week",
        baseline: 93.4,
        target: 96.0,
        level: 93.4,
        spread: 0.4,
        truth: Truth::Step {
            last: 12,
            to: 95.3,
            named: Some("breakfast club began"),
        },
        ..WEEKLY
    },
    Aim {
        place: "thornbeck",
        by: "Priya Nair",
        measure: "Reading at home",
        how: "Pupils who read at home on 4 days or more, each week",
        baseline: 58.0,
        target: 70.0,
        level: 58.0,
        spread: 2.6,
        decimals: 0,
        ..WEEKLY
    },
    Aim {
        place: "thornbeck",
        by: "Gill Hesketh",
        measure: "Lateness",
        how: "Minutes of learning lost to lateness for each pupil, each week",
        unit: "minutes",
        lower_is_better: true,
        baseline: 5.9,
        target: 5.0,
        due_in: 150,
        level: 5.9,
        spread: 0.45,
        truth: Truth::Step {
            last: 8,
            to: 7.2,
            named: None,
        },
        ..WEEKLY
    },
    Aim {
        place: "thornbeck",
        by: "Owen Sykes",
        measure: "Belonging",
        how: "Pupils who agree “I feel I belong here”, a pulse every four weeks",
        baseline: 71.0,
        target: 85.0,
        values: 5,
        every: 4,
        level: 73.0,
        spread: 2.5,
        decimals: 0,
        ..WEEKLY
    },
    Aim {
        place: "kirkfold",
        by: "Sam Oyelaran",
        measure: "Attendance",
        how: "Half-days attended, whole school, each week",
        baseline: 94.6,
        target: 96.0,
        level: 94.6,
        spread: 0.5,
        pasted: true,
        ..WEEKLY
    },
    Aim {
        place: "hunslow-green",
        by: "Jo Garside",
        measure: "Books borrowed",
        how: "Library books borrowed for each 100 pupils, each week",
        unit: "books",
        baseline: 62.0,
        target: 85.0,
        level: 62.0,
        spread: 5.0,
        decimals: 0,
        truth: Truth::Step {
            last: 14,
            to: 76.0,
            named: Some("library opened at lunch"),
        },
        pasted: true,
        ..WEEKLY
    },
    Aim {
        place: "roundwood",
        by: "Lewis Barraclough",
        measure: "Homework handed in",
        how: "Year 7 homework handed in on the day, each week",
        baseline: 81.0,
        target: 90.0,
        level: 81.0,
        spread: 2.2,
        decimals: 0,
        pasted: true,
        ..WEEKLY
    },
];

impl Aim {
    fn story(&self) -> String {
        format!("{} at {}", self.measure, self.place)
    }

    fn mondays(&self, calendar: &Calendar) -> Vec<Date> {
        let mut weeks = calendar.weeks(self.values * self.every);
        weeks.reverse();
        let mut mondays: Vec<Date> = weeks.into_iter().step_by(self.every).collect();
        mondays.reverse();
        mondays
    }

    /// What happens, and when.
    pub fn steps(&self, calendar: &Calendar) -> Vec<(Date, Step)> {
        let mondays = self.mondays(calendar);
        let mut steps: Vec<(Date, Step)> = mondays
            .first()
            .map(|first| (*first, Step::Set))
            .into_iter()
            .collect();
        if self.pasted {
            steps.extend(mondays.last().map(|last| (friday(*last), Step::Paste)));
        } else {
            let entered = mondays.iter().enumerate();
            steps.extend(entered.map(|(i, m)| (friday(*m), Step::Value(i, *m))));
        }
        if let Truth::Step {
            last,
            named: Some(why),
            ..
        } = self.truth
            && let Some(from) = mondays.iter().rev().nth(last.saturating_sub(1))
        {
            // Named once the first weeks of the new way are in.
            let said = mondays.last().map_or(*from, |last| friday(*last));
            steps.push((said, Step::Name(why, *from)));
        }
        steps
    }

    /// The level behind the value with this number.
    fn level_at(&self, number: usize) -> f64 {
        match self.truth {
            Truth::Step { last, to, .. } if number + last >= self.values => to,
            _ => self.level,
        }
    }

    fn drawn(&self) -> Vec<f64> {
        let mut chance = Chance::of(&self.story());
        let scale = 10_f64.powi(self.decimals);
        (0..self.values)
            .map(|i| {
                let value = self.level_at(i) + self.spread * chance.normal();
                (value * scale).round() / scale
            })
            .collect()
    }

    /// Takes a step.
    pub async fn take(&self, city: &mut City, step: Step) -> Result<()> {
        let actor = city.actor(self.by)?.clone();
        let place = city.place(self.place)?;
        let network = city.network.clone();
        match step {
            Step::Set => {
                city.tell(&self.story());
                let terms = Terms {
                    measure: self.measure.to_owned(),
                    how: self.how.to_owned(),
                    unit: self.unit.to_owned(),
                    lower_is_better: self.lower_is_better,
                    baseline: self.baseline,
                    target: self.target,
                    due: city.calendar.day(self.due_in),
                    serves: String::new(),
                };
                let goal = goals::set_goal(&network, &actor, place, &terms).await?;
                city.goals.insert(self.story(), goal.id);
            }
            Step::Value(number, date) => {
                let value = self.drawn().get(number).copied();
                let value = value.ok_or_else(|| nobody(format!("{} has none", self.story())))?;
                let values = [Value { date, value }];
                goals::record(&network, &actor, self.goal(city)?, &values, None).await?;
            }
            Step::Paste => {
                let dates = self.mondays(&city.calendar);
                let pairs = dates.into_iter().zip(self.drawn());
                let values: Vec<Value> = pairs.map(|(date, value)| Value { date, value }).collect();
                goals::record(&network, &actor, self.goal(city)?, &values, None).await?;
            }
            Step::Name(why, from) => {
                goals::name_change(&network, &actor, self.goal(city)?, from, why).await?;
            }
        }
        Ok(())
    }

    /// Its id, once it is set.
    pub fn goal(&self, city: &City) -> Result<network::GoalId> {
        let id = city.goals.get(&self.story()).copied();
        id.ok_or_else(|| nobody(format!("{} was not set", self.story())))
    }
}
