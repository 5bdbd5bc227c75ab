//! The city while it is filled: its clock, its chance, and what its stories have come to so far.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use network::trials::{KeySheet, ListedPupil};
use network::{Actor, Clock, Error, GoalId, Network, PlaceId, Result, ShortId};

use super::calendar::Calendar;
use super::chance::CityRandomness;

/// How long each change takes.
const MOMENT: SignedDuration = SignedDuration::from_secs(40);

/// A clock that moves through the past. Clones are the same clock.
#[derive(Clone)]
struct PastClock(Arc<Mutex<Timestamp>>);

impl Clock for PastClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A trial that was begun.
pub struct Begun {
    /// Its address.
    pub short: ShortId,
    /// Its people.
    pub pupils: Vec<ListedPupil>,
    /// Who is in which group; none before there is a list.
    pub sheet: Option<KeySheet>,
}

/// The city while it is filled.
pub struct City {
    /// Its network, with the clock of the past.
    pub network: Network,
    clock: PastClock,
    chance: CityRandomness,
    /// School days, counted from the day on which it is filled.
    pub calendar: Calendar,
    /// Everybody who acts, by name.
    pub people: BTreeMap<&'static str, Actor>,
    /// Places by the end of their address.
    pub places: BTreeMap<&'static str, PlaceId>,
    /// Goals by story.
    pub goals: BTreeMap<String, GoalId>,
    /// Trials by story.
    pub trials: BTreeMap<&'static str, Begun>,
    /// Addresses of practices, by the story of the trial that each came from.
    pub practices: BTreeMap<&'static str, String>,
}

impl City {
    /// Opens an empty folder on the day of the founding.
    pub async fn open(folder: &Path, calendar: Calendar, day: Date) -> Result<Self> {
        let clock = PastClock(Arc::new(Mutex::new(Timestamp::UNIX_EPOCH)));
        let chance = CityRandomness::new();
        let mut settings = network::Settings::new(folder);
        settings.clock = Arc::new(clock.clone());
        settings.randomness = Arc::new(chance.clone());
        // People sign in by links, also while the city is filled: nobody's password is needed.
        settings.demo = true;
        let city = Self {
            network: Network::open(settings).await?,
            clock,
            chance,
            calendar,
            people: BTreeMap::new(),
            places: BTreeMap::new(),
            goals: BTreeMap::new(),
            trials: BTreeMap::new(),
            practices: BTreeMap::new(),
        };
        city.turn_to(day);
        Ok(city)
    }

    /// Moves the clock to a day's morning, or a moment on when it is that day already.
    pub fn turn_to(&self, day: Date) {
        let mut now = self.clock.0.lock().unwrap_or_else(PoisonError::into_inner);
        let morning = day
            .at(8, 40, 0, 0)
            .to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .map_or(*now, |time| time.timestamp());
        *now = morning.max(*now + MOMENT);
    }

    /// Moves the clock a moment on.
    pub fn moment(&self) {
        let mut now = self.clock.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += MOMENT;
    }

    /// From now on, ids, codes and lots are drawn for this story.
    pub fn tell(&self, story: &str) {
        self.chance.turn_to(story);
    }

    /// Somebody who acts.
    pub fn actor(&self, name: &str) -> Result<&Actor> {
        self.people
            .get(name)
            .ok_or_else(|| nobody(format!("{name} is nobody in this city")))
    }

    /// A place.
    pub fn place(&self, slug: &str) -> Result<PlaceId> {
        let id = self.places.get(slug).copied();
        id.ok_or_else(|| nobody(format!("{slug} is no place in this city")))
    }

    /// A trial that was begun.
    pub fn trial(&self, story: &str) -> Result<&Begun> {
        let begun = self.trials.get(story);
        begun.ok_or_else(|| nobody(format!("{story} was not begun in this city")))
    }
}

/// A story that names something which is not there: a mistake of ours.
pub fn nobody(says: String) -> Error {
    Error::Unexpected(says)
}
