//! The pool in plain English: the headline, its highlight, "in words", and words of care.
//!
//! Who may call this: [`super::pool`]. What must stay true: the words are a function of the numbers
//! alone; a gain and a loss of one size get sentences of one shape; no sentence promises a share of
//! new places ("19 in 20"), because the prediction interval does not keep its level with few places.

use std::collections::BTreeSet;

use super::hksj::Inferred;
use super::measure::{Measure, Verb};
use super::{
    Bound, Heterogeneity, Inference, PREDICTION_FROM, Pool, PoolQuestion, Predicting, Tau2Limits,
};
use crate::words::chance::{Leaning, ladder};
use crate::words::finding::capital;
use crate::words::numbers::spelled;

/// A headline, its highlight and a paragraph.
pub(super) struct Said {
    pub headline: String,
    pub highlight: String,
    pub paragraph: String,
}

/// The rung that caps the words where none is known: "probably" at most.
const UNKNOWN: u8 = 3;

/// The pool in words.
pub(super) fn say(pool: &Pool, measure: &Measure, average: &Inferred) -> Said {
    let rung = pool.evidence.as_ref().map_or(UNKNOWN, |e| e.rung);
    let (headline, highlight) = headline(pool, measure, average, rung);
    Said {
        headline,
        highlight,
        paragraph: paragraph(pool, measure, average, rung),
    }
}

fn headline(pool: &Pool, measure: &Measure, average: &Inferred, rung: u8) -> (String, String) {
    let x = average.estimate;
    let leaning = ladder(average.chance_above(0.0).unwrap_or(0.5), rung).leaning;
    let (says, highlight, doubt) = if measure.sign(x) == 0 {
        if measure.is_little(average.lower) && measure.is_little(average.upper) {
            let phrase = "little or no difference".to_owned();
            let verb = tense(pool, None, ["makes", "make", "made"]);
            (format!("{verb} {phrase}{}", measure.to_what()), phrase, "")
        } else {
            return not_enough(pool, &measure.range(average.lower, average.upper));
        }
    } else if leaning == Leaning::EitherWay {
        let phrase = measure.noun_phrase(x);
        let says = format!("could go either way, {phrase}{}", measure.at_what());
        (says, phrase, measure.doubt(average))
    } else {
        let softer = match rung {
            0..=2 => Some("may"),
            3 => Some("probably"),
            _ => None,
        };
        let verb = tense(pool, softer, measure.verb(x));
        let phrase = measure.phrase(x);
        let says = format!("{verb}{} {phrase}{}", measure.object(), measure.at_what());
        (says, phrase, measure.doubt(average))
    };
    if pool.k == 1 {
        return (
            format!("One {} so far: {says}{doubt}.", pool.question.one()),
            highlight,
        );
    }
    let sentence = format!("{says} on average across {}{doubt}.", who_tried(pool));
    (capital(&sentence), highlight)
}

/// The average is next to nothing, and nothing much is ruled out.
fn not_enough(pool: &Pool, range: &str) -> (String, String) {
    let highlight = "Not enough to tell yet".to_owned();
    let headline = if pool.k == 1 {
        let so_far = format!("One {} so far", pool.question.one());
        format!("{highlight}. {so_far}, and anything {range} fits what was seen there.")
    } else {
        let who = who_tried(pool);
        format!("{highlight}: on average across {who}, anything {range} fits what we saw.")
    };
    (headline, highlight)
}

/// A verb in the tense of the pool: what one place saw is past, what several show is present.
fn tense(pool: &Pool, softer: Option<&str>, [present, base, past]: Verb) -> String {
    match (pool.k, softer) {
        (1, None) => past.to_owned(),
        (1, Some("may")) => format!("may have {past}"),
        (1, Some(word)) => format!("{word} {past}"),
        (_, None) => present.to_owned(),
        (_, Some("may")) => format!("may {base}"),
        (_, Some(word)) => format!("{word} {present}"),
    }
}

/// "the eight places that tried it".
fn who_tried(pool: &Pool) -> String {
    let (one, many) = (pool.question.one(), pool.question.many());
    let tried = if pool.question.each.is_none() {
        " that tried it"
    } else {
        ""
    };
    match (pool.k, places(pool)) {
        (k, distinct) if k == distinct => format!("the {} {many}{tried}", spelled(k)),
        (k, 1) => format!("{} results from one {one}", spelled(k)),
        (k, distinct) => format!(
            "{} results from the {} {many}{tried}",
            spelled(k),
            spelled(distinct)
        ),
    }
}

/// How many different places the results come from.
fn places(pool: &Pool) -> u64 {
    let distinct: BTreeSet<&str> = pool
        .studies
        .iter()
        .map(|s| s.place.as_deref().unwrap_or(&s.label))
        .collect();
    u64::try_from(distinct.len()).unwrap_or(u64::MAX)
}

fn paragraph(pool: &Pool, measure: &Measure, average: &Inferred, rung: u8) -> String {
    let what = if pool.k == 1 { "estimate" } else { "average" };
    let figures = format!(
        "The {what} is {} ({} to {}){}.",
        measure.figure(average.estimate),
        measure.bare(average.lower),
        measure.bare(average.upper),
        measure.translated_from(average)
    );
    let sentences = [
        tally(pool, measure),
        Some(figures),
        sureness(pool, measure, average, rung),
        spread(pool, measure),
        next_place(pool, measure, rung),
        missing(pool, measure, average),
    ];
    sentences
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

/// "Six of eight places saw a gain, two did not."
fn tally(pool: &Pool, measure: &Measure) -> Option<String> {
    let k = pool.k;
    if k == 1 {
        return None;
    }
    let gains = pool.studies.iter().filter(|s| measure.is_gain(s.effect));
    let gains = u64::try_from(gains.count()).unwrap_or(k);
    let (noun, saw) = if places(pool) == k {
        (pool.question.many(), "saw")
    } else {
        ("results".to_owned(), "showed")
    };
    let gain = measure.gain();
    let sentence = match (gains, k) {
        (2, 2) => format!("both {noun} {saw} {gain}"),
        (0, 2) => format!("neither of the two {noun} {saw} {gain}"),
        (0, k) => format!("none of the {} {noun} {saw} {gain}", spelled(k)),
        (g, k) if g == k => format!("all {} {noun} {saw} {gain}", spelled(k)),
        (g, k) => format!(
            "{} of {} {noun} {saw} {gain}, {} did not",
            spelled(g),
            spelled(k),
            spelled(k - g)
        ),
    };
    Some(format!("{}.", capital(&sentence)))
}

/// "On average it very likely helps." and how it stands to what was said to be worth having.
fn sureness(pool: &Pool, measure: &Measure, average: &Inferred, rung: u8) -> Option<String> {
    let it = if pool.k == 1 { "It" } else { "On average it" };
    let helps = ladder(measure.chance_beyond(average, 0.0)?, rung);
    let mut said = if helps.leaning == Leaning::EitherWay {
        format!("{it} {}.", helps.word)
    } else {
        let verb = measure.helps(helps.leaning == Leaning::Better);
        let verb = tense(pool, Some(helps.word), verb);
        format!("{it} {verb}{}.", measure.doubt(average))
    };
    if let Some(worthwhile) = pool.question.worthwhile.map(f64::abs) {
        let beyond = ladder(measure.chance_beyond(average, worthwhile)?, rung);
        let worth = format!("the {} said to be worth having", measure.size(worthwhile));
        said.push_str(&match (beyond.leaning, beyond.word) {
            (Leaning::EitherWay, word) => format!(" Whether it is more than {worth} {word}."),
            (Leaning::Better, "may") => format!(" It may be more than {worth}."),
            (Leaning::Worse, "may") => format!(" It may be less than {worth}."),
            (Leaning::Better, word) => format!(" It is {word} more than {worth}."),
            (Leaning::Worse, word) => format!(" It is {word} less than {worth}."),
        });
    }
    Some(said)
}

/// How far places differ, and what most new places would see.
fn spread(pool: &Pool, measure: &Measure) -> Option<String> {
    if pool.question.method == Heterogeneity::Equal || pool.k < 2 {
        return None;
    }
    let many = pool.question.many();
    if pool.k == 2 {
        return Some(format!(
            "Two results are too few to say how far {many} differ."
        ));
    }
    let differ = if pool.q.p_value < 0.05 {
        "Results vary more than chance alone would explain"
    } else if pool.i2 < 25.0 {
        "Results vary no more than chance alone would explain"
    } else {
        "Results vary a little more than we would expect by chance, but that could be chance too"
    };
    let next = pool
        .prediction
        .filter(|_| pool.independent() >= PREDICTION_FROM)
        .map(|p| {
            format!(
                "; most new {many} should expect {}",
                measure.range(p.lower, p.upper)
            )
        });
    Some(format!("{differ}{}.", next.unwrap_or_default()))
}

/// "The next place would probably see more than the 0.1 standard deviations said to be worth having."
fn next_place(pool: &Pool, measure: &Measure, rung: u8) -> Option<String> {
    if pool.independent() < PREDICTION_FROM {
        return None;
    }
    let worthwhile = pool.question.worthwhile.map(f64::abs)?;
    let chance = ladder(pool.next_place.as_ref()?.above_worthwhile?, rung);
    let one = pool.question.one();
    let worth = format!("the {} said to be worth having", measure.size(worthwhile));
    Some(match (chance.leaning, chance.word) {
        (Leaning::EitherWay, word) => {
            format!("Whether the next {one} would see more than {worth} {word}.")
        }
        (Leaning::Better, "may") => format!("The next {one} may see more than {worth}."),
        (Leaning::Worse, "may") => format!("The next {one} may see less than {worth}."),
        (Leaning::Better, word) => format!("The next {one} would {word} see more than {worth}."),
        (Leaning::Worse, word) => format!("The next {one} would {word} see less than {worth}."),
    })
}

/// Who began and never reported, and what they could change.
fn missing(pool: &Pool, measure: &Measure, average: &Inferred) -> Option<String> {
    let drawer = pool.file_drawer.as_ref()?;
    let n = u64::try_from(drawer.missing.len()).unwrap_or(u64::MAX);
    let (more, all) = match n {
        1 => (
            format!(
                "one more {} began and has not reported",
                pool.question.one()
            ),
            "it".to_owned(),
        ),
        2 => (
            format!(
                "two more {} began and have not reported",
                pool.question.many()
            ),
            "both".to_owned(),
        ),
        n => (
            format!(
                "{} more {} began and have not reported",
                spelled(n),
                pool.question.many()
            ),
            "all of them".to_owned(),
        ),
    };
    let would = |bound: &Bound| {
        format!(
            "{} ({} to {})",
            measure.figure(bound.estimate),
            measure.bare(bound.lower),
            measure.bare(bound.upper)
        )
    };
    let (low, high) = (&drawer.lowest, &drawer.highest);
    let open = low.lower <= 0.0 && high.upper >= 0.0 && !average.could_be_nothing();
    Some(format!(
        "{}: {}. Had {all} come out as low as could be, the average would be {}; as high as could be, {}{}.",
        capital(&more),
        listed(&drawer.missing),
        would(low),
        would(high),
        if open {
            ". So the answer leans on who reported"
        } else {
            ""
        }
    ))
}

/// "A", "A and B", "A, B and C".
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Words of care that follow from the pool itself.
pub(super) fn cautions(pool: &Pool, measure: &Measure) -> Vec<String> {
    let one = pool.question.one();
    let mut cautions = Vec::new();
    if (2..PREDICTION_FROM).contains(&pool.independent()) {
        let what = if pool.dependent.is_some() {
            pool.question.many()
        } else {
            "results".to_owned()
        };
        cautions.push(format!(
            "Fewer than five {what}: too few to say what a new {one} would see."
        ));
    }
    if pool.k > 2
        && let Some(heavy) = pool.studies.iter().find(|s| s.weight > 50.0)
    {
        cautions.push(format!(
            "{} alone carries {:.0}% of the average.",
            heavy.label, heavy.weight
        ));
    }
    for (influence, without) in pool.influence.iter().zip(&pool.leave_one_out) {
        if influence.dffits.is_some_and(|moved| moved.abs() > 1.0) {
            cautions.push(format!(
                "{} moves the average by more than its own uncertainty: without it the average would be {}.",
                influence.label,
                measure.figure(without.estimate)
            ));
        }
    }
    if pool.evidence.is_none() {
        cautions.push(
            "How these trials were made is not known, so the strength of the evidence is not given."
                .to_owned(),
        );
    }
    cautions
}

/// How the verdict of repeated looks was computed.
fn looks(prior_sd: f64) -> String {
    format!(
        "However often one looks: e-value of the normal mixture with standard deviation {prior_sd} against “all true effects are zero”, said from 20 on, and its confidence sequence (Robbins 1970; Howard and others 2021; ter Schure and Grünwald 2022)."
    )
}

/// How each figure was computed.
pub(super) fn definitions(question: &PoolQuestion, k: usize) -> Vec<String> {
    if k == 1 {
        let one = "One result: its own effect, standard error and normal quantiles.".to_owned();
        return [Some(one), question.sequential.map(looks)]
            .into_iter()
            .flatten()
            .collect();
    }
    let tau2 = if question.method == Heterogeneity::Equal {
        "τ² taken to be 0: one true effect for all".to_owned()
    } else {
        let limits = match question.tau2_limits {
            Tau2Limits::QProfile => "Q-profile interval (Viechtbauer 2007)",
            Tau2Limits::ProfileLikelihood => {
                "profile-likelihood interval (Hardy and Thompson 1996)"
            }
        };
        format!("τ² by {}, {limits}", question.method.citation())
    };
    let interval = match question.inference {
        Inference::HksjFloor => {
            "Interval: Hartung, Knapp, Sidik and Jonkman, t with k − 1 degrees of freedom, never narrower than Wald's standard error (metafor's adhoc)"
        }
        Inference::Hksj => {
            "Interval: Hartung, Knapp, Sidik and Jonkman, t with k − 1 degrees of freedom (metafor's knha)"
        }
        Inference::Wald | Inference::Cr2 => "Interval: Wald, normal quantiles",
    };
    let df = match question.inference {
        Inference::Wald | Inference::Cr2 => "k − 2",
        Inference::Hksj | Inference::HksjFloor => "k − 1",
    };
    let mut said = vec![
        format!("Average: weights 1/(variance + τ²); {tau2}."),
        format!("{interval}."),
    ];
    if question.method != Heterogeneity::Equal && k > 2 {
        said.push(match question.predicting {
            Predicting::Standard => format!(
                "Prediction interval: average ± t √(se² + τ²), t with {df} degrees of freedom (Higgins, Thompson and Spiegelhalter 2009). With few places it covers less than its nominal 95%."
            ),
            Predicting::Calibrated => format!(
                "Prediction interval: parametric bootstrap (Nagashima, Noma and Furukawa 2019) with Q-profile’s confidence distribution of τ², 4,000 draws from seed {}.",
                question.seed
            ),
        });
    }
    if !question.moderators.is_empty() {
        said.push("Moderators: meta-regression with the same τ² estimator and inference, k − p degrees of freedom (Knapp and Hartung 2003).".to_owned());
    }
    if question.small_study {
        said.push("Small trials beside large ones: Egger’s regression (1997), Begg and Mazumdar’s ranks (1994), trim-and-fill (Duval and Tweedie 2000), PET and PEESE (Stanley and Doucouliagos 2014), a three-parameter selection model (Vevea and Hedges 1995).".to_owned());
    }
    if !question.missing().is_empty() {
        said.push("Trials that never reported: each is put as far from nothing, either way, as the furthest 95% limit of any reported result, and all is pooled again (after Horowitz and Manski 2000).".to_owned());
    }
    if let Some(prior_sd) = question.sequential {
        said.push(looks(prior_sd));
    }
    said
}
