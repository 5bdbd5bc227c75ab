//! The strength of evidence: a rung from 1 to 5, computed from facts, with every reason in words.
//!
//! Who may call this: [`evaluate`](crate::evaluate()) and pools. What must stay true: the rung is the lowest
//! that any fact allows (the table of docs/evidence.md), never typed, and never mixed with how large
//! or how welcome the effect is. `reference/rungs.csv` holds 40 described trials against it.

use crate::evaluation::Evidence;
use crate::question::{Allocation, Design};

/// Everything that the rung of one trial depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RungFacts {
    /// What was compared; `None` where nothing was.
    pub design: Option<Design>,
    /// How the groups came about.
    pub allocation: Allocation,
    /// The largest baseline difference (Hedges' g, with its sign); `None` where nothing was measured before.
    pub baseline: Option<f64>,
    /// Whether the estimate allows for the baseline.
    pub adjusted: bool,
    /// The smallest detectable difference at the start, in standard deviations (80 % power, 5 %); `None` where it can't be worked out.
    pub detectable: Option<f64>,
    /// Share lost of all who were drawn (pupils or clusters, the worse), 0 to 1; `None` where nobody knows.
    pub lost: Option<f64>,
    /// Difference between the groups' shares lost, 0 to 1.
    pub lost_difference: Option<f64>,
    /// Whether who was drawn is known from a list; otherwise the file's own rows stand in for it.
    pub from_list: bool,
    /// Whether the plan was locked before the outcome was known.
    pub locked: bool,
    /// Clusters drawn into the smaller group; `None` where pupils were drawn.
    pub clusters: Option<u64>,
    /// How many times the outcome was looked at.
    pub looks: u32,
    /// Whether those looks were allowed for by a sequential method.
    pub sequential: bool,
}

impl Default for RungFacts {
    /// A trial by lot that meets every condition of rung 4.
    fn default() -> Self {
        Self {
            design: Some(Design::Individual),
            allocation: Allocation::Lot,
            baseline: Some(0.0),
            adjusted: true,
            detectable: Some(0.2),
            lost: Some(0.0),
            lost_difference: Some(0.0),
            from_list: true,
            locked: true,
            clusters: None,
            looks: 1,
            sequential: false,
        }
    }
}

/// The word of a rung.
#[must_use]
pub fn word(rung: u8) -> &'static str {
    match rung {
        0 | 1 => "An idea",
        2 => "An early sign",
        3 => "Fair evidence",
        4 => "Good evidence",
        _ => "Strong evidence",
    }
}

/// What holds a trial down, or up.
struct Reason {
    at_most: u8,
    says: String,
}

#[derive(Default)]
struct Reasons {
    stronger: Vec<String>,
    weaker: Vec<Reason>,
}

impl Reasons {
    fn up(&mut self, says: impl Into<String>) {
        self.stronger.push(says.into());
    }
    fn down(&mut self, at_most: u8, says: impl Into<String>) {
        self.weaker.push(Reason {
            at_most,
            says: says.into(),
        });
    }
}

/// Whether lots were drawn: a design in which nobody draws is not saved by saying so.
#[must_use]
pub fn by_lot(design: Option<Design>, allocation: Allocation) -> bool {
    allocation == Allocation::Lot
        && matches!(
            design,
            Some(
                Design::Individual
                    | Design::BlockedIndividual
                    | Design::Cluster
                    | Design::BlockedCluster
            )
        )
}

/// The rung of one trial, with its reasons: those that hold it down hardest come first.
///
/// ```
/// use difference_engine::rung::{rung, RungFacts};
/// let good = rung(&RungFacts::default());
/// assert_eq!((good.rung, good.word.as_str()), (4, "Good evidence"));
/// let unlocked = rung(&RungFacts { locked: false, ..RungFacts::default() });
/// assert_eq!(unlocked.rung, 3);
/// assert!(unlocked.weaker[0].contains("plan"));
/// ```
#[must_use]
pub fn rung(facts: &RungFacts) -> Evidence {
    let mut reasons = Reasons::default();
    let lots = by_lot(facts.design, facts.allocation);
    design(facts, lots, &mut reasons);
    let compared = !matches!(facts.design, None | Some(Design::BeforeAfter));
    if facts.design.is_some() {
        size(facts, &mut reasons);
        loss(facts, compared, &mut reasons);
        plan(facts, lots, &mut reasons);
        looks(facts, &mut reasons);
    }
    if compared {
        start(facts, lots, &mut reasons);
        clusters(facts, lots, &mut reasons);
    }
    conclude(4, reasons)
}

fn conclude(most: u8, mut reasons: Reasons) -> Evidence {
    let rung = reasons.weaker.iter().map(|r| r.at_most).fold(most, u8::min);
    reasons.weaker.sort_by_key(|r| r.at_most);
    Evidence {
        rung,
        word: word(rung).to_owned(),
        stronger: reasons.stronger,
        weaker: reasons.weaker.into_iter().map(|r| r.says).collect(),
    }
}

fn design(facts: &RungFacts, lots: bool, reasons: &mut Reasons) {
    let drawn = matches!(facts.design, Some(Design::Cluster | Design::BlockedCluster));
    match facts.design {
        None => reasons.down(
            1,
            "There is nothing to compare with, so nobody can say what difference it made",
        ),
        Some(Design::BeforeAfter) => reasons.down(
            2,
            "It compares before with after only, so anything else that changed in between may be the cause",
        ),
        Some(_) if lots && drawn => {
            reasons.up("Whole classes or schools were drawn by lot");
        }
        Some(_) if lots => reasons.up("Pupils were drawn by lot"),
        Some(_) => {
            let how = if facts.allocation == Allocation::Chosen || facts.design == Some(Design::Comparison)
            {
                "The groups were not drawn by lot, so they may differ in ways that nobody measured"
            } else {
                "Nobody said how the groups came about, so they are not taken as drawn by lot"
            };
            reasons.down(3, how);
            if facts.baseline.is_none() {
                reasons.down(
                    2,
                    "Nothing was measured before, so we can’t tell how alike the groups were",
                );
            } else if !facts.adjusted {
                reasons.down(
                    2,
                    "The answer does not allow for how the groups differed at the start",
                );
            }
        }
    }
}

fn size(facts: &RungFacts, reasons: &mut Reasons) {
    match facts.detectable.filter(|d| d.is_finite()) {
        None => reasons.down(
            2,
            "We could not work out how small a difference it could have noticed",
        ),
        Some(d) if above(d, 0.6) => reasons.down(
            2,
            format!(
                "It was too small: it would probably have noticed only differences of {} standard deviations or more",
                hundredths(d)
            ),
        ),
        Some(d) if above(d, 0.4) => reasons.down(
            3,
            format!(
                "It was small: it would probably have noticed only differences of {} standard deviations or more",
                hundredths(d)
            ),
        ),
        Some(d) => reasons.up(format!(
            "It was big enough to notice a difference of {} standard deviations",
            hundredths(d)
        )),
    }
}

fn loss(facts: &RungFacts, compared: bool, reasons: &mut Reasons) {
    let Some(lost) = facts.lost else {
        reasons.down(
            4,
            "Nobody kept a list of who began, so we can’t tell who was lost",
        );
        return;
    };
    let between = facts.lost_difference.unwrap_or(0.0).abs();
    let apart = compared && above(between, 0.10);
    if above(lost, 0.50) {
        reasons.down(
            2,
            format!(
                "More than half of those who began were not measured at the end ({})",
                percent(lost)
            ),
        );
    } else if above(lost, 0.20) {
        reasons.down(
            3,
            format!(
                "{} of those who began were not measured at the end",
                percent(lost)
            ),
        );
    }
    if apart {
        reasons.down(
            3,
            format!(
                "One group lost more than the other, by {} percentage points",
                points(between)
            ),
        );
    }
    if !above(lost, 0.20) && !apart {
        reasons.up(match (lost <= 0.0, facts.from_list) {
            (true, true) => "Everybody who began was measured at the end".to_owned(),
            (true, false) => "Everybody in the file was measured at the end".to_owned(),
            (false, true) => format!("Few were lost: {} of those who began", percent(lost)),
            (false, false) => format!("Few were lost: {} of those in the file", percent(lost)),
        });
    }
    if !facts.from_list {
        reasons.down(
            4,
            "Nobody gave the list of who began, so some may have gone before the file was made",
        );
    }
}

fn start(facts: &RungFacts, lots: bool, reasons: &mut Reasons) {
    match facts.baseline {
        Some(g) if above(g.abs(), 0.25) => reasons.down(
            2,
            format!(
                "The groups began too far apart, by {} standard deviations",
                hundredths(g.abs())
            ),
        ),
        Some(g) if g.abs() <= 0.05 => reasons.up("The groups were alike at the start"),
        Some(g) if facts.adjusted => reasons.up(format!(
            "The groups began {} standard deviations apart, and the answer allows for it",
            hundredths(g.abs())
        )),
        Some(g) if lots => reasons.down(
            4,
            format!(
                "The groups began {} standard deviations apart, and the answer does not allow for it",
                hundredths(g.abs())
            ),
        ),
        Some(_) => {}
        None if lots => reasons.down(
            4,
            "Nothing was measured before, so nobody could check how alike the groups were",
        ),
        None => {}
    }
}

fn plan(facts: &RungFacts, lots: bool, reasons: &mut Reasons) {
    if facts.locked {
        reasons.up("The plan was locked before the results were known");
    } else {
        reasons.down(
            if lots { 3 } else { 2 },
            "The plan was not locked before the results were known",
        );
    }
}

fn clusters(facts: &RungFacts, lots: bool, reasons: &mut Reasons) {
    let Some(fewest) = facts.clusters else { return };
    if !lots {
        return;
    }
    if fewest < 4 {
        reasons.down(
            3,
            if fewest == 1 {
                "Only 1 class or school was drawn into a group; it takes 4 or more".to_owned()
            } else {
                format!(
                    "Only {fewest} classes or schools were drawn into a group; it takes 4 or more"
                )
            },
        );
    } else {
        reasons.up(format!(
            "{fewest} or more classes or schools were drawn into each group"
        ));
    }
}

fn looks(facts: &RungFacts, reasons: &mut Reasons) {
    if facts.looks > 1 && !facts.sequential {
        reasons.down(
            3,
            format!(
                "The results were looked at {} times, which makes a lucky answer likelier",
                facts.looks
            ),
        );
    }
}

/// Beyond a border: a share that is the border but for rounding is on it.
fn above(value: f64, border: f64) -> bool {
    value > border + 1e-12
}

fn hundredths(x: f64) -> String {
    format!("{x:.2}")
}

fn percent(share: f64) -> String {
    format!("{}%", points(share))
}

/// Percentage points, with a decimal where a whole number would hide on which side of a border it is.
fn points(share: f64) -> String {
    let value = share * 100.0;
    let whole = value.round();
    let near_border = [10.0, 20.0, 50.0].contains(&whole) && (value - whole).abs() > 1e-9;
    if near_border || value < 1.0 {
        format!("{value:.1}")
    } else {
        format!("{whole:.0}")
    }
}

/// Everything that the rung of a pool depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolFacts<'a> {
    /// Each trial's own rung, `None` where it is not known, and the place it ran in.
    pub trials: &'a [(Option<u8>, &'a str)],
    /// I², in per cent.
    pub i2: f64,
    /// The prediction interval's limits, where there is one.
    pub prediction: Option<(f64, f64)>,
}

/// The rung of a pool: 5 only with 3 or more trials of rung 4 in 3 or more places whose results
/// agree; else the median rung of its trials, 4 at most. `None` where no trial's rung is known.
///
/// Of an even number of trials the lower of the two middle rungs is taken.
#[must_use]
pub fn pool_rung(facts: &PoolFacts<'_>) -> Option<Evidence> {
    let mut rungs: Vec<u8> = facts.trials.iter().filter_map(|(rung, _)| *rung).collect();
    if rungs.is_empty() {
        return None;
    }
    rungs.sort_unstable();
    let median = rungs
        .get((rungs.len() - 1) / 2)
        .copied()
        .unwrap_or(1)
        .min(4);
    let good: Vec<&str> = facts
        .trials
        .iter()
        .filter(|(rung, _)| rung.is_some_and(|r| r >= 4))
        .map(|(_, place)| *place)
        .collect();
    let mut places = good.clone();
    places.sort_unstable();
    places.dedup();
    let one_side = facts
        .prediction
        .is_some_and(|(lower, upper)| lower > 0.0 || upper < 0.0);
    let agree = facts.i2 <= 50.0 || one_side;
    let mut stronger = Vec::new();
    let mut weaker = Vec::new();
    let enough = good.len() >= 3 && places.len() >= 3;
    let said = match (good.len(), places.len()) {
        (0, _) => "None of its trials is good evidence by itself".to_owned(),
        (1, _) => "Only one of its trials is good evidence by itself".to_owned(),
        (n, 1) => format!("{n} of its trials are good evidence by themselves, all in one place"),
        (n, p) => format!("{n} of its trials, in {p} places, are good evidence by themselves"),
    };
    if enough {
        stronger.push(said);
    } else {
        weaker.push(format!("{said}; strong evidence takes 3 in 3 places"));
    }
    if rungs.len() > 1 {
        if facts.i2 <= 50.0 {
            stronger.push(
                "The places’ results agree about as well as chance would let them".to_owned(),
            );
        } else if one_side {
            stronger.push("Results differ from place to place, but most new places should see a change the same way".to_owned());
        } else {
            weaker.push(
                "Results differ from place to place by more than chance would explain".to_owned(),
            );
        }
    }
    let unknown = facts.trials.len() - rungs.len();
    if unknown > 0 {
        weaker.push(format!(
            "We don’t know how strong the evidence of {unknown} of its trials is"
        ));
    }
    let rung = if enough && agree { 5 } else { median };
    Some(Evidence {
        rung,
        word: word(rung).to_owned(),
        stronger,
        weaker,
    })
}
