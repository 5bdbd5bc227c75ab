//! What was shared: a practice from the first place's result, with its evidence attached.

use network::Result;
use network::practices::{self, Words};

use super::city::City;
use super::places;

/// A practice, and the trial that it came from.
pub struct Shared {
    /// The story of the trial that it came from.
    pub from: &'static str,
    /// Its place.
    place: &'static str,
    /// How many days ago it was shared.
    pub days_ago: i32,
    title: &'static str,
    what: &'static str,
    how: &'static str,
    keep: &'static str,
}

/// Every practice.
pub const SHARED: &[Shared] = &[
    Shared {
        from: "reading at Gipsy Row",
        place: "gipsy-row",
        days_ago: 700,
        title: "Morning reading group",
        what: "Eight pupils read aloud with one adult for 25 minutes before school, four mornings a week. They choose the book. The adult listens, asks one “why do you think that?” question a page, and keeps a one-line note for each child.",
        how: "Talk to a place that has done it. Choose who and when. Train the adults: one hour, in person. Decide how you will know: your adoption is a new trial. Expect the first week to be noisy.",
        keep: "Keep: pupils choose the book; the same adult each week; groups of ten at most. Free to change: time of day, the room, breakfast or not, which adults.",
    },
    Shared {
        from: "retrieval at Armsworth",
        place: "armsworth",
        days_ago: 230,
        title: "Retrieval starters in maths",
        what: "Every maths lesson begins with four questions from memory: one from yesterday, one from last week, one from last month, one from last term. Five minutes, on mini whiteboards, then the answers are talked through.",
        how: "Write the questions for two weeks ahead as a year group, so that nobody writes them at breakfast. Begin with questions that most pupils get right.",
        keep: "Keep: from memory, no looking back; answers talked through at once; nothing is marked. Free to change: the subject, the number of questions.",
    },
];

impl Shared {
    /// The head of the first place shares it.
    pub async fn share(&self, city: &mut City) -> Result<()> {
        city.tell(self.title);
        let head = city.actor(places::head(self.place))?;
        let short = &city.trial(self.from)?.short;
        let words = Words {
            title: self.title.to_owned(),
            what: self.what.to_owned(),
            how: self.how.to_owned(),
            keep: self.keep.to_owned(),
        };
        let practice = practices::share(&city.network, head, short, &words).await?;
        city.practices.insert(self.from, practice.slug);
        Ok(())
    }
}
