//! How often the answers are wrong: every estimator that the engine offers, in every kind of trial and pool in
//! which the truth is known, written into docs/calibration.md.
//!
//! What must stay true: the scenarios and the bands are those of the calibration room, which the tests use too; nothing is
//! left off the page because it looks bad.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use calibration::estimator::{Estimator, Pooling, name, offered};
use calibration::grid::{Named, OF_CLASSES, OF_PUPILS, OF_SITES};
use calibration::looks::{Coming, Weekly, YEAR};
use calibration::pools::{Pools, SIZES, SPREADS, looking_each_time};
use calibration::shown::{NOMINAL, Verdict, band};
use calibration::trials::{Cell, cells, run, same};
use calibration::{beside, outcomes};
use engine::multiplicity::{Adjustment, adjusted};
use engine::offered::Beside;

/// What can be simulated alone: a section of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Pupils drawn one by one.
    Pupils,
    /// Whole classes drawn.
    Classes,
    /// Pupils drawn within sites.
    Sites,
    /// Pools of several trials.
    Pools,
    /// What is asked for by functions of its own.
    Beside,
    /// Many outcomes, many looks.
    Many,
    /// What must be wrong, or the bench is.
    Controls,
}

impl Part {
    const ALL: [Self; 7] = [
        Self::Pupils,
        Self::Classes,
        Self::Sites,
        Self::Pools,
        Self::Beside,
        Self::Many,
        Self::Controls,
    ];

    fn heading(self) -> &'static str {
        match self {
            Self::Pupils => "Pupils drawn one by one",
            Self::Classes => "Whole classes drawn",
            Self::Sites => "Pupils drawn within sites",
            Self::Pools => "Pools",
            Self::Beside => "Asked for by functions of their own",
            Self::Many => "Many outcomes",
            Self::Controls => "Controls",
        }
    }

    fn section(self, trials: u32) -> String {
        match self {
            Self::Pupils => trials_of(OF_PUPILS, trials),
            Self::Classes => trials_of(OF_CLASSES, trials),
            Self::Sites => OF_SITES_SAY.to_owned() + &trials_of(OF_SITES, trials),
            Self::Pools => pools(trials),
            Self::Beside => beside(trials),
            Self::Many => many(trials),
            Self::Controls => controls(trials),
        }
    }
}

/// A kind of trial or pool, and what every estimator showed in it.
type Row = (String, Vec<Cell>);

/// Simulates, and writes the page; with `only` that section of it, the others staying as they are.
pub fn measure(trials: u32, only: Option<Part>) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/calibration.md");
    let mut page = INTRODUCTION.to_owned();
    for part in Part::ALL {
        let begun = Instant::now();
        let before = fs::read_to_string(&path).unwrap_or_default();
        let section = if only.is_none_or(|only| only == part) {
            let section = part.section(trials);
            eprintln!("{}: {:.0} s", part.heading(), begun.elapsed().as_secs_f64());
            section
        } else {
            kept(&before, part.heading()).to_owned()
        };
        let _ = write!(page, "\n## {}\n\n{}\n", part.heading(), section.trim());
    }
    fs::write(&path, page).map_err(|e| format!("{}: {e}", path.display()))
}

/// What stands under a heading.
fn kept<'a>(page: &'a str, heading: &str) -> &'a str {
    let under = page.split_once(&format!("\n## {heading}\n"));
    under.map_or("", |(_, under)| under.split("\n## ").next().unwrap_or(""))
}

/// What the design chooses by itself, and the methods as they are: as many trials as were asked for. Every other choice of
/// standard errors and degrees of freedom: a fifth of them.
fn trials_of(scenarios: &[Named], trials: u32) -> String {
    let (own, others): (Vec<Estimator>, Vec<Estimator>) = Estimator::all()
        .into_iter()
        .partition(|one| one.se.is_none() && one.df.is_none());
    let rows = every(scenarios.to_vec(), |(name, scenario): &Named| {
        let mut all = cells(scenario, &own, trials);
        let as_known = same(scenario, &own, &others);
        let (mut known, mut new) = (Vec::new(), Vec::new());
        for (other, one) in others.iter().zip(as_known) {
            let cell = one.and_then(|one| all.iter().find(|c| c.estimator == one.name()));
            match cell {
                Some(cell) => known.push(Cell {
                    estimator: other.name(),
                    ..cell.clone()
                }),
                None => new.push(*other),
            }
        }
        all.extend(known);
        all.extend(cells(scenario, &new, trials / 5));
        ((*name).to_owned(), all)
    });
    summary("estimator", &rows) + &details(&rows)
}

/// Does the work for each, as many at once as there are processors, in order.
fn every<T: Sync, R: Send>(all: Vec<T>, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = Mutex::new(0..all.len());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let at = next.lock().ok().and_then(|mut next| next.next());
                    let Some((at, one)) = at.and_then(|at| Some((at, all.get(at)?))) else {
                        break;
                    };
                    let answer = work(one);
                    if let Ok(mut done) = done.lock() {
                        done.push((at, answer));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, answer)| answer).collect()
}

/// Names of the estimators that answered anywhere, in their order.
fn names(rows: &[Row]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let all = Estimator::all().into_iter().map(|one| one.name());
    let offered = all.filter(|name| {
        rows.iter()
            .any(|(_, c)| c.iter().any(|c| &c.estimator == name))
    });
    names.extend(offered);
    for cell in rows.iter().flat_map(|(_, cells)| cells) {
        if !names.contains(&cell.estimator) {
            names.push(cell.estimator.clone());
        }
    }
    names
}

fn of<'a>(rows: &'a [Row], name: &'a str) -> impl Iterator<Item = (&'a str, &'a Cell)> {
    rows.iter().filter_map(move |(row, cells)| {
        let cell = cells.iter().find(|cell| cell.estimator == name)?;
        Some((row.as_str(), cell))
    })
}

/// One line for each estimator.
fn summary(what: &str, rows: &[Row]) -> String {
    let mut text = format!(
        "| {what} | trials of each kind | holds | conservative | does not hold | refused | p ≤ 0.05 | covered | most bias | SE ratio | does not hold for |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|\n"
    );
    for name in names(rows) {
        let count = |verdict| {
            of(rows, &name)
                .filter(|(_, cell)| cell.verdict == verdict)
                .count()
        };
        let answered = || {
            of(rows, &name)
                .map(|(_, cell)| cell)
                .filter(|c| c.verdict != Verdict::Refused)
        };
        let span = |figures: Vec<f64>, digits| span(&figures, digits);
        let called = answered().filter_map(|c| c.shown.called.filter(|_| c.null));
        let covered = answered().filter_map(|c| c.shown.covered.map(|share| share * 100.0));
        let ratio = answered().filter_map(|c| c.shown.ratio);
        let fewest = of(rows, &name).map(|(_, c)| c.shown.trials).min();
        let bias = answered()
            .map(|c| c.shown.bias)
            .max_by(|a, b| a.abs().total_cmp(&b.abs()));
        let outside: Vec<&str> = of(rows, &name)
            .filter(|(_, cell)| cell.verdict == Verdict::Outside)
            .map(|(row, _)| row)
            .collect();
        let _ = writeln!(
            text,
            "| `{name}` | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            thousands(fewest.unwrap_or_default()),
            count(Verdict::Holds),
            count(Verdict::Conservative),
            count(Verdict::Outside),
            count(Verdict::Refused),
            span(called.map(|share| share * 100.0).collect(), 1),
            span(covered.collect(), 1),
            bias.map_or_else(String::new, |b| format!("{b:.3}").replace('-', "−")),
            span(ratio.collect(), 2),
            shortened(&outside),
        );
    }
    text.push('\n');
    text
}

fn thousands(number: u32) -> String {
    match (number / 1_000, number % 1_000) {
        (0, rest) => rest.to_string(),
        (front, rest) => format!("{front},{rest:03}"),
    }
}

fn shortened(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [a] => (*a).to_owned(),
        [a, b] => format!("{a}; {b}"),
        [a, b, rest @ ..] => format!("{a}; {b}; {} more", rest.len()),
    }
}

fn span(figures: &[f64], digits: usize) -> String {
    let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let most = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if figures.is_empty() {
        String::new()
    } else {
        format!("{least:.digits$} to {most:.digits$}")
    }
}

/// The design's own estimator figure by figure, then what share of the intervals misses with each.
fn details(rows: &[Row]) -> String {
    let mut text = "### The design’s own estimator, `ancova`\n\n\
         | trials | answered | p ≤ 0.05 | covered | bias | SE ratio | |\n|---|---:|---:|---:|---:|---:|---|\n"
        .to_owned();
    for (row, cell) in of(rows, "ancova") {
        let _ = writeln!(text, "| {row} | {} |", figures(cell));
    }
    text.push_str("\n### All of them\n\nIntervals that miss the truth, of 100, by each (an asterisk: beyond the band; a dash: refused; where a method makes no interval, its calls, which are mistakes only where there is nothing).\n\n");
    text.push_str(&misses(rows, &names(rows)));
    text
}

fn figures(cell: &Cell) -> String {
    let shown = &cell.shown;
    let percent = |share: Option<f64>| {
        share.map_or_else(|| "–".to_owned(), |s| format!("{:.1} %", s * 100.0))
    };
    format!(
        "{} | {} | {} | {} | {} | {}",
        percent(Some(shown.answered)),
        percent(shown.called),
        percent(shown.covered),
        format!("{:.3} ± {:.3}", shown.bias, shown.bias_error).replace('-', "−"),
        shown
            .ratio
            .map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")),
        cell.verdict.said()
    )
}

/// A table of what share of intervals misses: kinds of trial down, estimators across.
fn misses(rows: &[Row], names: &[String]) -> String {
    let mut text = format!(
        "| | {} |\n|---|{}\n",
        names.join(" | "),
        "---:|".repeat(names.len())
    );
    for (row, cells) in rows {
        let _ = write!(text, "| {row} |");
        for name in names {
            let cell = cells.iter().find(|cell| &cell.estimator == name);
            let _ = write!(text, " {} |", cell.map_or_else(String::new, missed));
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

fn missed(cell: &Cell) -> String {
    let share = cell
        .shown
        .covered
        .map(|covered| 1.0 - covered)
        .or(cell.shown.called);
    match (cell.verdict, share) {
        (Verdict::Refused, _) | (_, None) => "–".to_owned(),
        (Verdict::Outside, Some(share)) => format!("{:.1}\\*", share * 100.0),
        (_, Some(share)) => format!("{:.1}", share * 100.0),
    }
}

fn pools(trials: u32) -> String {
    let rows = &every(Pools::all(), |(name, pools)| {
        (name.clone(), pools.cells(&Pooling::all(), trials))
    });
    let mut text = "\
        Trials of 20 to 200 pupils, each with the sampling variance that it would report. *Small* and *large* between\n\
        places: true effects with a standard deviation of 0.1 and of 0.3. Where a place reports several results, they truly\n\
        differ by a third as much again, and half of their sampling error is the same pupils’; ways that take results for independent of each\n\
        other are shown there too, as what must not be done (`cr2` is for them).\n\n"
        .to_owned();
    text.push_str(&summary("variance between places, interval", rows));
    text.push_str("Intervals that miss the average, of 100 (an asterisk: beyond the band).\n\n");
    let all = names(rows);
    let mut inferences: Vec<&str> = all
        .iter()
        .filter_map(|name| name.split(", ").nth(1))
        .collect();
    inferences.sort_unstable();
    inferences.dedup();
    for inference in inferences {
        let ending = format!(", {inference}");
        let these: Vec<String> = all
            .iter()
            .filter(|n| n.ends_with(&ending))
            .cloned()
            .collect();
        text.push_str(&misses(rows, &these));
    }
    text.push_str("### What a new place would see\n\nPrediction intervals of the default pool (nominal 95 %) that hold it, of 100.\n\n");
    let _ = writeln!(
        text,
        "| trials | {} |",
        SPREADS.map(|(name, _)| name).join(" | ")
    );
    let _ = writeln!(text, "|---:|{}", "---:|".repeat(SPREADS.len()));
    let grid: Vec<Pools> = SIZES
        .iter()
        .flat_map(|k| {
            SPREADS.map(|(_, tau)| Pools {
                tau,
                truth: 0.2,
                ..Pools::of(*k)
            })
        })
        .collect();
    let predicted = every(grid, |pools| (pools.k, pools.prediction(trials)));
    for line in predicted.chunks(SPREADS.len()) {
        let k = line.first().map_or(0, |(k, _)| *k);
        let shares = line.iter().map(|(_, shown)| {
            let covered = shown.and_then(|shown| shown.covered);
            covered.map_or_else(|| "–".to_owned(), |share| format!("{:.1}", share * 100.0))
        });
        let _ = writeln!(text, "| {k} | {} |", shares.collect::<Vec<_>>().join(" | "));
    }
    text.push('\n');
    text.push_str(&good_news(trials));
    text.push_str(&looks(trials * 10));
    text
}

/// What a year of weekly looks comes to.
fn looks(streams: u32) -> String {
    let kinds = vec![
        ("nothing anywhere", YEAR),
        (
            "nothing anywhere, half of the results late",
            Weekly {
                coming: Coming::Late,
                ..YEAR
            },
        ),
        (
            "nothing anywhere, variances as trials of 20 to 200 pupils estimate them",
            Weekly {
                coming: Coming::Estimated,
                ..YEAR
            },
        ),
        ("0.1 everywhere", Weekly { truth: 0.1, ..YEAR }),
        (
            "0 on average, true effects spread by 0.1",
            Weekly { tau: 0.1, ..YEAR },
        ),
    ];
    let rows = every(kinds, |(name, weekly)| (*name, weekly.watched(streams)));
    let mut text = format!(
        "### However often one looks\n\n\
         One trial a week is due for a year, and somebody looks at the pool every week ({streams} years of each kind). *Called*: “something is\n\
         happening somewhere” at any of the 52 looks, which promises 5 of 100 at most where there is nothing anywhere. *Covered*: the confidence\n\
         sequence holds the truth, at the look where it does so least; at all 52; where somebody stops who stops at the first call. Beside it\n\
         the ordinary z and its interval, looked at as often, which must fail. It is not meant to hold the average where true\n\
         effects differ (last line).\n\n\
         | | called | z called | covered, least | at all looks | at the stop | z’s interval at its stop |\n|---|---:|---:|---:|---:|---:|---:|\n"
    );
    for (name, shown) in rows {
        let Ok(shown) = shown else { continue };
        let figures = [
            shown.called,
            shown.naive,
            shown.least_covered,
            shown.always_covered,
            shown.covered_at_stop,
            shown.naive_covered_at_stop,
        ];
        let figures = figures.map(|share| format!("{:.1}", share * 100.0));
        let _ = writeln!(text, "| {name} | {} |", figures.join(" | "));
    }
    text.push('\n');
    text
}

/// What the ordinary interval is worth when bad news stays at home.
fn good_news(trials: u32) -> String {
    let default = [Pooling {
        method: Default::default(),
        inference: Default::default(),
        working: None,
    }];
    let grid: Vec<Pools> = SIZES
        .iter()
        .map(|k| Pools {
            tau: 0.1,
            truth: 0.2,
            good_news_only: true,
            ..Pools::of(*k)
        })
        .collect();
    let rows = every(grid, |pools| (pools.k, pools.cells(&default, trials)));
    let mut text = "### Where only good news is reported\n\n\
        A true average of 0.2, and only trials whose own interval lies above 0 report. No interval made from what was\n\
        reported can be right here; this is what the ordinary one is worth, and why adoptions that have not reported are\n\
        counted and named.\n\n| trials reported | covered | bias |\n|---:|---:|---:|\n"
        .to_owned();
    for (k, cells) in rows {
        for cell in cells {
            let covered = cell.shown.covered.unwrap_or_default() * 100.0;
            let _ = writeln!(text, "| {k} | {covered:.1} % | {:.2} |", cell.shown.bias);
        }
    }
    text.push('\n');
    text
}

/// Estimates by functions of their own, in settings of their own.
fn beside(trials: u32) -> String {
    let rows = every(offered::<Beside>(), |beside| {
        (name(beside), beside::cells(*beside, trials / 5))
    });
    let mut text = "\
        `autoregressive`, `swamy-arora`, `estimating-equations`, `logistic`, `logistic-mixed`, `poisson` and `negative-binomial` give standard\n\
        errors and no p-value; here they are judged by the normal distribution, as most software does. No page uses them, nor `interrupted-series`,\n\
        whose p-values do not hold: trust the same change by `autoregressive`, and that only in long series. `egger`, `sign-flip`\n\
        and `subgroups` give p-values and no interval, `before-after`, `risk-difference` and `hedges-g` an interval and no p-value; the interval of\n\
        `calibrated-prediction` is to hold one more place. `sequence` and `likelihood-ratio` are looked at after each result and stop at the first that\n\
        tells; called is the share that ever did, covered the interval at that look (variances known, one true effect for all). `rubins-rules` fills gaps that are there by chance.\n\n\
        | estimate | in | trials | answered | p ≤ 0.05 | covered | bias | SE ratio | |\n|---|---|---:|---:|---:|---:|---:|---:|---|\n"
        .to_owned();
    for (name, cells) in &rows {
        for (setting, cell) in cells {
            let _ = writeln!(
                text,
                "| `{name}` | {} | {} | {} |",
                setting.called,
                thousands(cell.shown.trials),
                figures(cell)
            );
        }
    }
    text
}

/// A trial with twenty outcomes.
fn many(trials: u32) -> String {
    let runs = trials / 5;
    let adjusted_by =
        |adjustment| outcomes::any_called(runs, |p| adjusted(p, adjustment).unwrap_or_default());
    let mut all = vec![(
        "the claim, which the plan names first".to_owned(),
        outcomes::the_claim(runs),
    )];
    for adjustment in offered::<Adjustment>() {
        all.push((
            format!("any of 20, `{}`", name(&adjustment)),
            adjusted_by(adjustment),
        ));
    }
    let mut text = format!(
        "Twenty outcomes of one trial, none of which it moves, independent of each other; {} trials. The claim is made of one outcome; the others are\n\
         marked as looked at beside.\n\n| called | of 100 trials | |\n|---|---:|---|\n",
        thousands(runs)
    );
    for (what, shown) in all {
        let _ = writeln!(
            text,
            "| {what} | {:.1} | {} |",
            100.0 * shown.called.unwrap_or_default(),
            shown.verdict(true).said()
        );
    }
    text
}

/// What is known to be wrong must look wrong here.
fn controls(trials: u32) -> String {
    let runs = trials / 5;
    let mut text = "\
        What is known to be wrong must look wrong here, or the bench is. The engine does the first two only for who says that pupils were drawn one by one\n\
        where whole classes were, and warns; the others it never does.\n\n\
        | who | trials | p ≤ 0.05 where there is nothing | out of the band |\n|---|---:|---:|---|\n"
        .to_owned();
    let mut line = |who: &str, trials: u32, called: f64| {
        let out = called > NOMINAL + band(trials);
        let _ = writeln!(
            text,
            "| {who} | {} | {:.1} % | {} |",
            thousands(trials),
            100.0 * called,
            if out { "yes, as it must" } else { "NO" }
        );
    };
    let (scenario, naive) = beside::naive();
    let questions: Vec<_> = naive.iter().map(|(_, question)| question.clone()).collect();
    for ((se, _), sums) in naive.iter().zip(run(&scenario, &questions, trials, 1)) {
        let shown = sums.shown();
        line(
            &format!("takes pupils of 20 drawn classes as drawn one by one, `{se}`"),
            shown.trials,
            shown.called.unwrap_or_default(),
        );
    }
    let each_time = looking_each_time(52, runs).called.unwrap_or_default();
    line(
        "looks at a pool at each of 52 results, and stops at the first interval without 0",
        runs,
        each_time,
    );
    let each_week = YEAR.watched(runs).map_or(0.0, |watched| watched.naive);
    line(
        "looks at a trial in each of 52 weeks by the ordinary test, and stops at the first p ≤ 0.05",
        runs,
        each_week,
    );
    let best = outcomes::each_by_itself(runs).called.unwrap_or_default();
    line("counts the best of 20 outcomes of one trial", runs, best);
    text
}

/// What is said of sites.
const OF_SITES_SAY: &str = "\
Where the difference varies from site to site, `mixed` speaks of sites like these, and is held to their average; the others speak of these very sites, and are
held to what was true in them, which is never quite nothing, so that their p-values are not counted there.

";

/// What the page says first.
const INTRODUCTION: &str = "\
# How often the answers are wrong

Written by `cargo run --release -p xtask -- calibrate` (with `--only PART` one section is simulated anew and the others stay): every estimator that can be asked
for, in trials, series and pools made up by chance, in which the truth is known. The same seeds give the same page on any machine.

* **Type I error**: where there is no difference, p ≤ 0.05 in 5 of 100. **Coverage**: a 95 % interval misses the truth in 5 of 100, whatever
  the truth is. Within 3.7 to 6.3 of 100 in 2,000 trials, within 4.4 to 5.6 in 10,000 and more.
* **Re-run rule**: a cell outside its band is run once more, ten times as often and from another seed, and that run decides. One that misses by more than one and a
  half bands (four Monte Carlo errors) needs no second run.
* **Bias** within 0.02 standard deviations, or three Monte Carlo errors. **SE ratio** (the root of the mean squared standard error over the standard deviation of the
  estimates) within 0.95 to 1.05, or three of its own errors; a larger one is conservative.
* *Holds*: within its bands. *Conservative*: misses less often. *Does not hold*: misses more often. *Refused*: the engine gives no answer in at least 95 of 100 such
  trials, and says why.

The methods by themselves are simulated in the number of trials that stands in their row; every other choice of standard errors and degrees of
freedom in a fifth of that, or not again where it gives the very answers of a method by itself (in twenty such trials, to the last digit); re-run cells in ten times as many. A test holds the engine's own list of what it offers to the rows of this page.

What the engine does about what does not hold: standard errors that take pupils for strangers to each other are refused where whole classes were compared
(`errors-ignore-clusters`); those that come out too small with so few classes, within pairs, with so many columns, or where the smaller group varies more, are refused
(`errors-too-sure`), maximum likelihood with fewer than 40 classes or sites among them; degrees of freedom beyond the trial's own are refused
(`too-many-degrees-of-freedom`). Each refusal names what to ask for instead. Lots drawn again ask whether anybody's score moved at all, so where the smaller group
varies more they can call a difference in spread one in the average, and the answer says so.
";
