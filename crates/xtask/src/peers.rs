//! The same work by ours and by its peers, on the same files in the same run, turn about.
//!
//! What must stay true: every figure in the table comes from here; a goal that is missed is shown as missed; a peer that is not there leaves its
//! cells empty.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use calibration::chance::Chance;
use calibration::pools::Pools;

/// How often each side is started; the least time is kept.
const TURNS: usize = 3;

/// One row of the table.
struct Row {
    work: &'static str,
    ours: &'static str,
    /// The peer's name, what runs it, and its row.
    peer: Option<(&'static str, Side, &'static str)>,
    file: &'static str,
    goal: Goal,
    /// How often the peer is started: once where it takes long.
    turns: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    R,
    Python,
}

enum Goal {
    /// So many times as fast as the peer.
    Times(f64),
    /// No more than so many times the peer's time.
    Within(f64),
    Seconds(f64),
    None,
}

const ROWS: &[Row] = &[
    Row {
        work: "1,000,000 pupils × 3,000 schools, from rows to moments: one pass",
        ours: "one-pass",
        peer: None,
        file: "million.csv",
        goal: Goal::Seconds(1.0),
        turns: 1,
    },
    Row {
        work: "… then the random intercept fit (REML)",
        ours: "random-intercept",
        peer: Some(("lme4", Side::R, "random-intercept")),
        file: "million.csv",
        goal: Goal::Seconds(0.015),
        turns: 1,
    },
    Row {
        work: "Random slope by school, 1,000,000 × 3,000 (REML)",
        ours: "random-slope",
        peer: Some(("lme4", Side::R, "random-slope")),
        file: "million.csv",
        goal: Goal::Times(200.0),
        turns: 1,
    },
    Row {
        work: "Kenward–Roger on exam.csv",
        ours: "kenward-roger",
        peer: Some(("pbkrtest", Side::R, "kenward-roger")),
        file: "exam.csv",
        goal: Goal::Times(100.0),
        turns: TURNS,
    },
    Row {
        work: "Random intercept on exam.csv",
        ours: "random-intercept-exam",
        peer: Some(("statsmodels", Side::Python, "random-intercept-exam")),
        file: "exam.csv",
        goal: Goal::None,
        turns: TURNS,
    },
    Row {
        work: "CR2 and Satterthwaite on STAR, adjusted",
        ours: "cr2-star",
        peer: Some(("clubSandwich", Side::R, "cr2-star")),
        file: "star.csv",
        goal: Goal::Times(100.0),
        turns: TURNS,
    },
    Row {
        work: "… with a level for each of 79 schools",
        ours: "cr2-star-schools",
        peer: Some(("clubSandwich", Side::R, "cr2-star-schools")),
        file: "star.csv",
        goal: Goal::Times(100.0),
        turns: TURNS,
    },
    Row {
        work: "… on 1,000,000 × 3,000 (estimatr runs out of 23 GB)",
        ours: "cr2-million",
        peer: None,
        file: "million.csv",
        goal: Goal::Seconds(1.0),
        turns: 1,
    },
    Row {
        work: "100,000 permutation draws of 80 clusters",
        ours: "permutation",
        peer: Some(("coin", Side::R, "permutation")),
        file: "clusters.csv",
        goal: Goal::Times(4.0),
        turns: TURNS,
    },
    Row {
        work: "CSV of 1,000,000 × 10 to moments by school and group",
        ours: "csv",
        peer: Some(("polars, streaming", Side::Python, "csv-polars")),
        file: "million.csv",
        goal: Goal::Within(1.5),
        turns: TURNS,
    },
    Row {
        work: "… the same",
        ours: "csv",
        peer: Some(("DuckDB", Side::Python, "csv-duckdb")),
        file: "million.csv",
        goal: Goal::None,
        turns: TURNS,
    },
    Row {
        work: "REML, k = 1,000: the average, Knapp and Hartung’s interval, τ² with its limits",
        ours: "reml-1000",
        peer: Some(("metafor", Side::R, "reml-1000")),
        file: "pool_1000.csv",
        goal: Goal::Times(100.0),
        turns: 1,
    },
    Row {
        work: "… the same",
        ours: "reml-1000",
        peer: Some(("statsmodels", Side::Python, "reml-1000")),
        file: "pool_1000.csv",
        goal: Goal::None,
        turns: 1,
    },
    Row {
        work: "Leave one out, k = 1,000 (ours: the whole pool with it; metafor: ten of them, times a hundred)",
        ours: "leave-one-out-1000",
        peer: Some(("metafor", Side::R, "leave-one-out-1000")),
        file: "pool_1000.csv",
        goal: Goal::Seconds(0.5),
        turns: 1,
    },
    Row {
        work: "Three levels: results of 200 places, with CR2 and every limit (metafor: the fit alone)",
        ours: "three-levels",
        peer: Some(("metafor", Side::R, "three-levels")),
        file: "three_levels.csv",
        goal: Goal::Times(50.0),
        turns: 1,
    },
    Row {
        work: "A practice page: 50 trials, prediction, cumulative, leave one out",
        ours: "practice-page",
        peer: Some(("metafor", Side::R, "practice-page")),
        file: "pool_50.csv",
        goal: Goal::Seconds(0.001),
        turns: TURNS,
    },
    Row {
        work: "3,000 XmR charts of 520 points, four rules",
        ours: "xmr-charts",
        peer: Some(("base R, vectorised", Side::R, "xmr-charts")),
        file: "charts.csv",
        goal: Goal::Times(15.0),
        turns: TURNS,
    },
];

#[derive(Clone, Copy)]
struct Taken {
    seconds: f64,
    megabytes: f64,
}

/// The table, as Markdown.
pub fn table(root: &Path, folder: &Path) -> Result<String, String> {
    write_files(root, folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let python = python(root);
    let ours = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut text = String::from(
        "| work | ours | peer | its time | ratio | memory, ours and its | goal | kept |\n|---|---:|---|---:|---:|---:|---:|---|\n",
    );
    for row in ROWS {
        let file = folder.join(row.file);
        let (mut mine, mut its) = (None, None);
        for turn in 0..TURNS {
            let call = || {
                let mut call = Command::new(&ours);
                call.args(["kernel", row.ours]).arg(&file);
                call
            };
            mine = least(mine, Some(run(call())?));
            if turn < row.turns {
                its = least(
                    its,
                    row.peer.and_then(|(_, side, name)| {
                        let (program, script) = match side {
                            Side::R => (PathBuf::from("Rscript"), "bench/peers.R"),
                            Side::Python => (python.clone()?, "bench/peers.py"),
                        };
                        let mut call = Command::new(program);
                        call.current_dir(root).arg(script).arg(name).arg(&file);
                        run(call).inspect_err(|trouble| eprintln!("{trouble}")).ok()
                    }),
                );
            }
        }
        let Some(mine) = mine else { continue };
        let line = line(row, mine, its);
        println!("{line}");
        let _ = writeln!(text, "{line}");
    }
    Ok(text)
}

fn least(a: Option<Taken>, b: Option<Taken>) -> Option<Taken> {
    match (a, b) {
        (Some(a), Some(b)) => Some(Taken {
            seconds: a.seconds.min(b.seconds),
            megabytes: a.megabytes.max(b.megabytes),
        }),
        (a, b) => a.or(b),
    }
}

/// Starts a process that prints its seconds and its megabytes.
fn run(mut call: Command) -> Result<Taken, String> {
    let output = call.output().map_err(|e| format!("{call:?}: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut figures = text.split_whitespace().map(str::parse::<f64>);
    match (figures.next(), figures.next()) {
        (Some(Ok(seconds)), Some(Ok(megabytes))) => Ok(Taken { seconds, megabytes }),
        _ => Err(format!(
            "{call:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

fn line(row: &Row, mine: Taken, its: Option<Taken>) -> String {
    let ratio = its.map(|its| its.seconds / mine.seconds);
    let (goal, kept) = match row.goal {
        Goal::Times(times) => (format!("{times:.0} ×"), ratio.map(|ratio| ratio >= times)),
        Goal::Within(times) => (
            format!("within {times} of its time"),
            ratio.map(|ratio| 1.0 / ratio <= times),
        ),
        Goal::Seconds(most) => (time(most), Some(mine.seconds <= most)),
        Goal::None => (String::new(), None),
    };
    let kept = match kept {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    format!(
        "| {} | {} | {} | {} | {} | {:.0} MB{} | {goal} | {kept} |",
        row.work,
        time(mine.seconds),
        row.peer.map_or("", |(name, ..)| name),
        its.map_or_else(String::new, |its| time(its.seconds)),
        ratio.map_or_else(String::new, |ratio| match ratio {
            10.0.. => format!("{ratio:.0} ×"),
            _ => format!("{ratio:.2} ×"),
        }),
        mine.megabytes,
        its.map_or_else(String::new, |its| format!(", {:.0} MB", its.megabytes)),
    )
}

/// A time in the unit that suits it.
fn time(seconds: f64) -> String {
    match seconds {
        1.0.. => format!("{seconds:.2} s"),
        0.1.. => format!("{:.0} ms", seconds * 1e3),
        0.001.. => format!("{:.1} ms", seconds * 1e3).replace(".0 ms", " ms"),
        _ => format!("{:.0} µs", seconds * 1e6),
    }
}

/// A Python of the bench's own, with what `bench/requirements.txt` names.
fn python(root: &Path) -> Option<PathBuf> {
    let place = root.join("target/peers/venv");
    let python = place.join("bin/python");
    if !python.exists() {
        let made = Command::new("python3")
            .args(["-m", "venv"])
            .arg(&place)
            .status();
        made.ok().filter(std::process::ExitStatus::success)?;
        let installed = Command::new(&python)
            .args(["-m", "pip", "install", "-q", "-r"])
            .arg(root.join("bench/requirements.txt"))
            .status();
        installed.ok().filter(std::process::ExitStatus::success)?;
    }
    Some(python)
}

/// The files that no data set gives, from a fixed seed.
fn write_files(root: &Path, folder: &Path) -> std::io::Result<()> {
    for name in ["exam.csv", "star.csv"] {
        fs::copy(root.join("reference/data").join(name), folder.join(name))?;
    }
    let mut chance = Chance::seeded(20_261_124);
    let mut out = BufWriter::new(File::create(folder.join("clusters.csv"))?);
    writeln!(out, "value,treated")?;
    for cluster in 0..80 {
        writeln!(
            out,
            "{:.6},{}",
            chance.normal() + 0.2 * f64::from(cluster % 2),
            cluster % 2
        )?;
    }
    for k in [50, 1_000] {
        let pools = Pools {
            tau: 0.2,
            truth: 0.2,
            ..Pools::of(k)
        };
        let mut out = BufWriter::new(File::create(folder.join(format!("pool_{k}.csv")))?);
        writeln!(out, "effect,variance")?;
        for study in pools.draw(&mut chance) {
            writeln!(out, "{},{}", study.effect, study.variance)?;
        }
    }
    let mut out = BufWriter::new(File::create(folder.join("three_levels.csv"))?);
    writeln!(out, "study,effect,variance")?;
    for study in 0..200 {
        let level = 0.2 + 0.2 * chance.normal();
        for _ in 0..1 + chance.below(7) {
            let variance = 0.02 + 0.08 * chance.share();
            let effect = level + 0.15 * chance.normal() + variance.sqrt() * chance.normal();
            writeln!(out, "{study},{effect},{variance}")?;
        }
    }
    let mut out = BufWriter::new(File::create(folder.join("charts.csv"))?);
    let names: Vec<String> = (0..3_000).map(|i| format!("m{i}")).collect();
    writeln!(out, "{}", names.join(","))?;
    for _ in 0..520 {
        let values: Vec<String> = names
            .iter()
            .map(|_| format!("{:.2}", 90.0 + 3.0 * chance.normal()))
            .collect();
        writeln!(out, "{}", values.join(","))?;
    }
    out.flush()
}
