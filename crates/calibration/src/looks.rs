//! Somebody who looks at a growing pool every week: by the anytime-valid verdict, and by the ordinary z beside it.
//!
//! Who may call this: the tests and `cargo xtask calibrate`. What must stay true: a stream counts as called when *any* of
//! its looks called it, and as covered only when the truth is in the interval; the ordinary z must be called far more often than it
//! promises, or the bench is wrong.

use engine::anytime::{Look, Sequence, Verdict};
use engine::pool::ALPHA;
use engine::refusal::Refusal;

use crate::chance::Chance;

/// The standard deviation that pages and the command line use where nobody names another.
const PRIOR_SD: f64 = 0.2;

/// How results come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coming {
    /// On their day, with their true sampling variance.
    Known,
    /// On their day, with the variance that trials of 20 to 200 pupils estimate.
    Estimated,
    /// Half of them late, by any number of weeks, whatever they found; then the looks before are filled in.
    Late,
}

/// A kind of stream: one trial is due a week.
#[derive(Clone, Copy, Debug)]
pub struct Weekly {
    /// Weeks.
    pub looks: u32,
    /// The average effect.
    pub truth: f64,
    /// Standard deviation of the true effects.
    pub tau: f64,
    /// How results come in.
    pub coming: Coming,
}

/// A year, nothing anywhere, everything known.
pub const YEAR: Weekly = Weekly {
    looks: 52,
    truth: 0.0,
    tau: 0.0,
    coming: Coming::Known,
};

/// What many streams showed, as shares of them.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// Streams.
    pub streams: u32,
    /// "Something is happening somewhere" at any look.
    pub called: f64,
    /// |z| beyond 1.96 at any look.
    pub naive: f64,
    /// The truth in the confidence sequence at the look where that was least often so.
    pub least_covered: f64,
    /// The truth in it at all looks together.
    pub always_covered: f64,
    /// The truth in it where somebody stopped who stops at the first call, or else at the end.
    pub covered_at_stop: f64,
    /// The truth in the ordinary 95 % interval where somebody stopped who stops when it first leaves 0 out.
    pub naive_covered_at_stop: f64,
}

/// One result: its effect, its variance as known, and the week in which it arrives.
type Arrival = (f64, f64, u32);

impl Weekly {
    /// One stream, in the order of the weeks in which results are due.
    fn draw(&self, chance: &mut Chance) -> Vec<Arrival> {
        let arrival = |week: u32| {
            let pupils = 20.0 * 10.0_f64.powf(chance.share());
            let variance = 4.0 / pupils;
            let effect =
                self.truth + self.tau * chance.normal() + variance.sqrt() * chance.normal();
            let known = match self.coming {
                Coming::Estimated => variance * chance.variance_ratio(pupils - 2.0),
                Coming::Known | Coming::Late => variance,
            };
            let mut arrives = week;
            while self.coming == Coming::Late && chance.share() < 0.5 {
                arrives += 1;
            }
            (effect, known, arrives)
        };
        (1..=self.looks).map(arrival).collect()
    }

    /// What somebody sees who looks every week, each time at all that was due by then and has arrived.
    ///
    /// # Errors
    /// None for what is drawn here: the engine refuses only what is no number.
    pub fn watched(&self, streams: u32) -> Result<Watched, Refusal> {
        let mut chance = Chance::of(&format!("{self:?}"), 1);
        let looks = usize::try_from(self.looks).unwrap_or(0);
        let mut covered = vec![0_u32; looks];
        let (mut called, mut naive, mut always, mut at_stop, mut naive_at_stop) = (0, 0, 0, 0, 0);
        for _ in 0..streams {
            let stream = self.draw(&mut chance);
            let (mut stop, mut naive_stop, mut ever_out) = (None, None, false);
            let mut last = (false, false);
            for (week, covered) in (1..).zip(&mut covered) {
                let (look, verdict) = self.look(&stream, week)?;
                let holds = |(lower, upper): (f64, f64)| lower <= self.truth && self.truth <= upper;
                let inside = look.lower.zip(look.upper).is_none_or(holds);
                let ordinary = look.estimate.map(|estimate| {
                    let half = 1.959_963_984_540_054 / look.information.sqrt();
                    (estimate - half, estimate + half)
                });
                last = (inside, ordinary.is_none_or(holds));
                *covered += u32::from(inside);
                ever_out |= !inside;
                if verdict == Verdict::Happening {
                    stop.get_or_insert(inside);
                }
                if ordinary.is_some_and(|(lower, upper)| lower > 0.0 || upper < 0.0) {
                    naive_stop.get_or_insert(last.1);
                }
            }
            called += u32::from(stop.is_some());
            naive += u32::from(naive_stop.is_some());
            always += u32::from(!ever_out);
            at_stop += u32::from(stop.unwrap_or(last.0));
            naive_at_stop += u32::from(naive_stop.unwrap_or(last.1));
        }
        let share = |n: u32| f64::from(n) / f64::from(streams.max(1));
        Ok(Watched {
            streams,
            called: share(called),
            naive: share(naive),
            least_covered: share(covered.into_iter().min().unwrap_or(0)),
            always_covered: share(always),
            covered_at_stop: share(at_stop),
            naive_covered_at_stop: share(naive_at_stop),
        })
    }

    /// The looks up to a week, as a page works them out in that week, from the first on.
    fn look(&self, stream: &[Arrival], week: u32) -> Result<(Look, Verdict), Refusal> {
        let due = usize::try_from(week).unwrap_or(usize::MAX);
        let mut sequence = Sequence::new(PRIOR_SD, ALPHA)?;
        let mut look = sequence.look();
        for (effect, variance, arrives) in stream.iter().take(due) {
            if *arrives <= week {
                sequence.join(*effect, *variance)?;
            }
            look = sequence.look();
        }
        Ok((look, sequence.verdict()))
    }
}
