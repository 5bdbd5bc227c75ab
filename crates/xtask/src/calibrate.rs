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

use calibration::estimator::{Estimator, Pooling};
use calibration::grid::{Named, OF_CLASSES, OF_PUPILS};
use calibration::outcomes;
use calibration::pools::{Pools, SIZES, SPREADS, looking_each_time};
use calibration::scenario::CLASSES;
use calibration::shown::{Shown, Verdict};
use calibration::trials::{Cell, cells, run};
use engine::question::{Allocation, Design, Question};

/// What can be simulated alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Pupils drawn one by one.
    Pupils,
    /// Whole classes drawn.
    Classes,
    /// Pools of several trials.
    Pools,
    /// What must be wrong, or the bench is.
    Controls,
}

/// A kind of trial or pool, and what every estimator showed in it.
type Row = (String, Vec<Cell>);

/// Simulates; writes the page when all of it was.
pub fn measure(trials: u32, only: Option<Part>) -> Result<(), String> {
    let begun = Instant::now();
    let wanted = |part| only.is_none_or(|only| only == part);
    let mut page = String::new();
    let mut summaries = String::new();
    for (part, name, scenarios) in [
        (Part::Pupils, "Pupils drawn one by one", OF_PUPILS),
        (Part::Classes, "Whole classes drawn", OF_CLASSES),
    ] {
        if wanted(part) {
            let rows = every(scenarios.to_vec(), |(name, scenario): &Named| {
                (
                    (*name).to_owned(),
                    cells(scenario, &Estimator::all(), trials),
                )
            });
            summaries.push_str(&summary(name, &rows));
            page.push_str(&details(name, &rows));
        }
    }
    if wanted(Part::Pools) {
        let rows = every(Pools::all(), |(name, pools)| {
            (name.clone(), pools.cells(&Pooling::all(), trials))
        });
        summaries.push_str(&summary("Pools", &rows));
        page.push_str(&pools(&rows, trials));
    }
    if wanted(Part::Controls) {
        page.push_str(&controls(trials));
    }
    let page = document(trials, &summaries, &page);
    println!("{page}");
    eprintln!("{:.0} s", begun.elapsed().as_secs_f64());
    if only.is_some() {
        return Ok(());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/calibration.md");
    fs::write(&path, page).map_err(|e| format!("{}: {e}", path.display()))
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
fn summary(part: &str, rows: &[Row]) -> String {
    let mut text = String::new();
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
        let outside: Vec<&str> = of(rows, &name)
            .filter(|(_, cell)| cell.verdict == Verdict::Outside)
            .map(|(row, _)| row)
            .collect();
        let _ = writeln!(
            text,
            "| `{name}` | {part} | {} | {} | {} | {} | {} | {} | {} | {} |",
            count(Verdict::Holds),
            count(Verdict::Conservative),
            count(Verdict::Outside),
            count(Verdict::Refused),
            span(called.map(|share| share * 100.0).collect(), 1),
            span(covered.collect(), 1),
            span(ratio.collect(), 2),
            shortened(&outside),
        );
    }
    text
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
fn details(part: &str, rows: &[Row]) -> String {
    let mut text = format!(
        "## {part}\n\nThe design’s own estimator, `ancova`.\n\n\
         | trials | answered | p ≤ 0.05 | covered | bias | SE ratio | |\n|---|---:|---:|---:|---:|---:|---|\n"
    );
    for (row, cell) in of(rows, "ancova") {
        let _ = writeln!(text, "| {row} | {} |", figures(cell));
    }
    text.push_str("\nIntervals that miss the truth, of 100, by each (an asterisk: beyond the band; a dash: refused; where a method makes no interval, its calls where there is nothing).\n\n");
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

fn pools(rows: &[Row], trials: u32) -> String {
    let mut text = "## Pools\n\n\
        Trials of 20 to 200 pupils, each with the sampling variance that it would report. *Small* and *large* between\n\
        places: true effects with a standard deviation of 0.1 and of 0.3. Intervals that miss the average, of 100 (an\n\
        asterisk: beyond the band).\n\n"
        .to_owned();
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
                k: *k,
                tau,
                truth: 0.2,
                good_news_only: false,
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
    text
}

/// What the ordinary interval is worth when bad news stays at home.
fn good_news(trials: u32) -> String {
    let default = [Pooling {
        method: Default::default(),
        inference: Default::default(),
    }];
    let grid: Vec<Pools> = SIZES
        .iter()
        .map(|k| Pools {
            k: *k,
            tau: 0.1,
            truth: 0.2,
            good_news_only: true,
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

/// What is known to be wrong must look wrong here.
fn controls(trials: u32) -> String {
    let naive = Question {
        design: Some(Design::Individual),
        allocation: Allocation::Lot,
        ..Question::default()
    };
    let pupils = run(&CLASSES, &[naive], trials, 1)
        .first()
        .map(|sums| sums.shown());
    let looks = looking_each_time(52, trials / 4);
    let outcomes = outcomes::each_by_itself(trials / 4);
    let line = |name: &str, shown: Option<Shown>| {
        let called = shown.and_then(|shown| shown.called).unwrap_or_default() * 100.0;
        format!("| {name} | {called:.1} % |\n")
    };
    [
        "## Controls\n\nWhat is known to be wrong must look wrong here; none of it is what the engine answers by itself.\n\n\
         | who | p ≤ 0.05 where there is nothing |\n|---|---:|\n"
            .to_owned(),
        line("takes pupils of drawn classes as drawn one by one", pupils),
        line("looks at a pool at each of 52 results, and stops at the first interval without 0", Some(looks)),
        line("counts the best of 20 outcomes of one trial", Some(outcomes)),
        "\n".to_owned(),
    ]
    .concat()
}

fn document(trials: u32, summaries: &str, details: &str) -> String {
    format!(
        "# How often the answers are wrong\n\n\
         Written by `cargo run --release -p xtask -- calibrate`: every estimator that can be asked for, in trials and pools\n\
         made up by chance, in which the truth is known. {trials} of each kind. A true difference of nothing should give\n\
         p ≤ 0.05 in 5 of 100, and a 95 % interval should miss the truth in 5 of 100, whatever it is: within\n\
         3.7 to 6.3 in 2,000 trials, within 4.4 to 5.6 in 10,000 and more. A cell outside its band is run once more, ten times as\n\
         often and from another seed, and that run decides; one beyond one and a half bands (four Monte Carlo errors) needs no second run. *Conservative*: misses less often. Bias\n\
         is held to 0.02 or three Monte Carlo errors; the SE ratio (the root of the mean squared standard error over the\n\
         standard deviation of the estimates) to 0.95 to 1.05 or three of its own. A test keeps anything from being offered that has no row here.\n\n\
         ## Every estimator\n\n\
         How many kinds of trial or pool each holds in; then the least and most over those it answers in: p ≤ 0.05 where there\n\
         is nothing, of 100; intervals that hold the truth, of 100; SE ratio. Standard errors and degrees of freedom where named, the design’s own where not.\n\n\
         | estimator | where | holds | conservative | does not hold | refused | p ≤ 0.05 | covered | SE ratio | does not hold for |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---|\n{summaries}\n{details}"
    )
    .trim_end()
    .to_owned()
        + "\n"
}
