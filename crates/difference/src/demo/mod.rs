//! The demo city: the Aireford Learning Network, invented, filled by the product's own commands.
//!
//! Who may call this: the command `demo`. What must stay true: every change goes through the
//! network's one door, as the person who would do it; rows are drawn from stated true effects, and
//! every figure that anybody sees is what the engine then says of them; the figures are the same on
//! any day, only dates move.

mod calendar;
mod chance;
mod city;
mod document;
mod folder;
mod goals;
mod people;
mod places;
mod practices;
mod trials;

use std::path::Path;

use jiff::civil::Date;
use network::Network;

pub use folder::{Found, filled, look};
pub use people::{Guest, guests};

use calendar::Calendar;
use city::City;

/// One thing that happens in the city.
#[derive(Clone, Copy)]
struct Event {
    on: Date,
    /// The day from today that was meant, before it became a school day.
    meant: i32,
    what: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Goal(&'static goals::Aim, goals::Step),
    Trial(&'static trials::Try, trials::Step),
    Practice(&'static practices::Shared),
}

/// Everything that happens, in the order of time.
fn history(calendar: &Calendar) -> Vec<Event> {
    let mut all = Vec::new();
    for each in trials::TRIES {
        all.extend(each.steps().into_iter().map(|(meant, step)| Event {
            on: calendar.day(meant),
            meant,
            what: Step::Trial(each, step),
        }));
    }
    all.extend(practices::SHARED.iter().map(|shared| Event {
        on: calendar.day(-shared.days_ago),
        meant: -shared.days_ago,
        what: Step::Practice(shared),
    }));
    for aim in goals::AIMS {
        all.extend(aim.steps(calendar).into_iter().map(|(on, step)| Event {
            on,
            meant: calendar.days_to(on),
            what: Step::Goal(aim, step),
        }));
    }
    // Days that fall into one holiday come to the same school day, and keep their order.
    all.sort_by_key(|event| (event.on, event.meant));
    all
}

/// Fills an empty folder with the city as it is on a day.
async fn fill(folder: &Path, today: Date, told: &dyn Fn(u64, u64)) -> network::Result<City> {
    let calendar = Calendar::new(today);
    let mut city = City::open(folder, calendar, calendar.day(places::FOUNDED)).await?;
    let history = history(&calendar);
    let size = u64::try_from(history.len()).unwrap_or(u64::MAX);
    told(0, size);
    people::found(&mut city).await?;
    places::add(&mut city).await?;
    people::join(&mut city).await?;
    for (done, event) in (1..).zip(history) {
        city.turn_to(event.on);
        match event.what {
            Step::Goal(aim, step) => aim.take(&mut city, step).await?,
            Step::Trial(each, step) => each.take(&mut city, step).await?,
            Step::Practice(shared) => shared.share(&mut city).await?,
        }
        told(done, size);
    }
    people::leave(&city).await?;
    Ok(city)
}

/// What is in the city and what the truth was, as docs/demo.md says it.
///
/// # Errors
/// When the city can't be filled.
pub async fn document(folder: &Path, today: Date) -> network::Result<String> {
    let city = fill(folder, today, &|_, _| {}).await?;
    let text = document::written(&city).await?;
    city.network.close().await?;
    Ok(text)
}

/// The day where the city is.
pub fn today() -> Date {
    let zone = jiff::tz::TimeZone::get(places::ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::now().to_zoned_datetime(zone).date()
}

/// Opens a filled folder, with one-click links and the machine's own clock.
///
/// # Errors
/// When the folder can't be used, or another process has it open.
pub async fn open(folder: &Path) -> network::Result<Network> {
    let mut settings = network::Settings::new(folder);
    settings.demo = true;
    Network::open(settings).await
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn whatever_happens_has_happened_by_yesterday_and_never_before_the_founding() {
        for day in ["2026-11-24", "2026-08-20", "2027-01-02", "2028-02-29"] {
            let today: Date = day.parse().unwrap();
            let calendar = Calendar::new(today);
            let history = history(&calendar);
            assert!(history.iter().all(|event| event.on < today), "{day}");
            let founded = calendar.day(places::FOUNDED);
            assert!(history.iter().all(|event| founded < event.on), "{day}");
        }
    }

    #[test]
    fn every_story_is_told_at_a_place_that_is_there_by_somebody_who_is_there() {
        let places: BTreeSet<&str> = places::PLACES.iter().map(|p| p.slug).collect();
        let staff: BTreeSet<(&str, &str)> =
            people::STAFF.iter().map(|p| (p.name, p.place)).collect();
        for each in trials::TRIES {
            assert!(places.contains(each.place), "{}", each.key);
            assert!(staff.contains(&(each.by, each.place)), "{}", each.key);
        }
        for aim in goals::AIMS {
            assert!(staff.contains(&(aim.by, aim.place)), "{}", aim.measure);
        }
    }

    #[tokio::test]
    async fn the_figures_are_the_same_on_any_day() {
        let mut said = BTreeSet::new();
        for day in ["2026-11-24", "2027-01-02", "2027-08-20", "2028-02-29"] {
            let folder = tempfile::tempdir().unwrap();
            let day = day.parse().unwrap();
            said.insert(document(&folder.path().join("city"), day).await.unwrap());
        }
        assert_eq!(said.len(), 1, "{said:#?}");
    }
}
