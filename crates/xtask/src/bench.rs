//! How fast a file becomes an answer: the released binary, from its start to its end, on STAR, on a
//! million rows, and on a nation's register of schools.
//!
//! What must stay true: the whole process is measured, as a person waits for it; every figure in
//! docs/performance.md comes from here; nothing is thrown away but by taking the median.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use calibration::chance::Chance;

/// How often each call is measured.
const TIMES: usize = 7;

/// A call that is measured, and what it should keep to.
struct Task {
    name: &'static str,
    /// The command's words before the file.
    command: Vec<&'static str>,
    file: PathBuf,
    words: Vec<String>,
    seconds: f64,
    megabytes: Option<f64>,
    /// A folder that is taken away before each run.
    anew: Option<PathBuf>,
}

/// `difference evaluate` on a file.
fn evaluate(
    name: &'static str,
    file: PathBuf,
    words: &[&str],
    seconds: f64,
    megabytes: Option<f64>,
) -> Task {
    Task {
        name,
        command: vec!["evaluate"],
        file,
        words: words.iter().map(|w| (*w).to_owned()).collect(),
        seconds,
        megabytes,
        anew: None,
    }
}

/// `difference import register` of a nation: into an empty folder, or once more into a full one.
fn import(name: &'static str, file: PathBuf, data: &Path, anew: bool) -> Task {
    Task {
        name,
        command: vec!["import", "register"],
        file,
        words: vec!["--data".to_owned(), data.display().to_string()],
        seconds: 10.0,
        megabytes: Some(300.0),
        anew: anew.then(|| data.to_owned()),
    }
}

/// What one run took.
struct Run {
    seconds: f64,
    megabytes: f64,
}

/// What people write on the page by hand begins here, and is kept.
const BY_HAND: &str = "## Profiles, and what was tried";

/// Measures the calls, and with `peers` what others take for the same; prints it and writes docs/performance.md.
pub fn measure(peers: bool) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let binary = built(&root)?;
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let large = folder.join("million.csv");
    if !large.exists() {
        eprintln!("Writing a million rows to {}", large.display());
        million(&large).map_err(|e| format!("{}: {e}", large.display()))?;
    }
    let star = root.join("reference/data/star.csv");
    let mut rows = String::new();
    let register = crate::register::of_a_nation(&folder)?;
    for task in tasks(star, large, register, &folder.join("network")) {
        let row = measured(&binary, &task)?;
        println!("{row}");
        let _ = writeln!(rows, "{row}");
    }
    let page = root.join("docs/performance.md");
    let before = fs::read_to_string(&page).unwrap_or_default();
    let side_by_side = if peers {
        crate::peers::table(&root, &folder)?
    } else {
        section(&before, SIDE_BY_SIDE)
            .unwrap_or_default()
            .to_owned()
    };
    let by_hand = before
        .find(BY_HAND)
        .and_then(|at| before.get(at..))
        .unwrap_or(BY_HAND);
    let text = document(&rows, &side_by_side, by_hand);
    fs::write(&page, text).map_err(|e| format!("{}: {e}", page.display()))
}

fn tasks(star: PathBuf, large: PathBuf, register: PathBuf, data: &Path) -> Vec<Task> {
    vec![
        evaluate(
            "STAR: 11,598 rows × 48 columns, small classes against regular ones, 79 schools as blocks",
            star.clone(),
            &[
                "--where",
                "stark != regular+aide",
                "--outcome",
                "readk",
                "--treatment",
                "stark",
                "--control",
                "regular",
                "--block",
                "schoolidk",
                "--allocation",
                "lot",
            ],
            0.15,
            None,
        ),
        evaluate(
            "STAR with the schools as clusters: CR2, Satterthwaite, and the mixed model",
            star,
            &[
                "--where",
                "stark != regular+aide",
                "--outcome",
                "readk",
                "--treatment",
                "stark",
                "--control",
                "regular",
                "--cluster",
                "schoolidk",
                "--design",
                "cluster",
                "--allocation",
                "unknown",
            ],
            0.15,
            None,
        ),
        evaluate(
            "A million rows × 10 columns, 3,000 schools drawn: CR2, Satterthwaite, and the mixed model",
            large,
            &[
                "--outcome",
                "after",
                "--treatment",
                "group",
                "--cluster",
                "school",
                "--baseline",
                "before",
                "--covariate",
                "age",
                "--covariate",
                "attendance",
                "--allocation",
                "lot",
            ],
            3.0,
            Some(300.0),
        ),
        import(
            "The register of a nation, 52,000 schools × 135 columns, into an empty folder",
            register.clone(),
            data,
            true,
        ),
        import(
            "The same file a second time, which changes nothing",
            register,
            data,
            false,
        ),
    ]
}

/// Builds what is released.
fn built(root: &Path) -> Result<PathBuf, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let built = Command::new(cargo)
        .args(["build", "--release", "-p", "difference"])
        .current_dir(root)
        .status()
        .map_err(|e| format!("cargo can’t be started: {e}"))?;
    if !built.success() {
        return Err("The release build did not succeed.".to_owned());
    }
    Ok(root.join("target/release/difference"))
}

fn measured(binary: &Path, task: &Task) -> Result<String, String> {
    // The first run warms the file up and is not counted.
    run(binary, task)?;
    let mut runs = (0..TIMES)
        .map(|_| run(binary, task))
        .collect::<Result<Vec<_>, _>>()?;
    runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let highest = runs.iter().map(|run| run.megabytes).fold(0.0, f64::max);
    let slowest = runs.last().map_or(0.0, |run| run.seconds);
    let median = runs.get(TIMES / 2).map_or(0.0, |run| run.seconds);
    let goal = match task.megabytes {
        Some(megabytes) => format!("{} s, {megabytes:.0} MB", task.seconds),
        None => format!("{} s", task.seconds),
    };
    let kept = median <= task.seconds && task.megabytes.is_none_or(|most| highest <= most);
    Ok(format!(
        "| {} | {median:.3} s | {slowest:.3} s | {highest:.0} MB | {goal} | {} |",
        task.name,
        if kept { "yes" } else { "no" }
    ))
}

fn run(binary: &Path, task: &Task) -> Result<Run, String> {
    if let Some(folder) = &task.anew
        && folder.exists()
    {
        fs::remove_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let begun = Instant::now();
    let mut child = Command::new(binary)
        .args(&task.command)
        .arg(&task.file)
        .args(&task.words)
        .args(["--format", "json"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{} can’t be started: {e}", binary.display()))?;
    // The system keeps the highest mark; it is read until the process is gone.
    let status = format!("/proc/{}/status", child.id());
    let mut highest = 0.0_f64;
    loop {
        if let Some(megabytes) = high_water(&status) {
            highest = highest.max(megabytes);
        }
        match child.try_wait() {
            Ok(Some(ended)) if ended.success() => break,
            Ok(Some(ended)) => {
                let mut words = String::new();
                if let Some(mut stderr) = child.stderr.take() {
                    let _ = std::io::Read::read_to_string(&mut stderr, &mut words);
                }
                return Err(format!("{} ended with {ended}: {words}", task.name));
            }
            Ok(None) => thread::sleep(Duration::from_millis(1)),
            Err(e) => return Err(format!("{}: {e}", task.name)),
        }
    }
    Ok(Run {
        seconds: begun.elapsed().as_secs_f64(),
        megabytes: highest,
    })
}

/// The most memory that a process has held so far, in megabytes.
fn high_water(status: &str) -> Option<f64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// A trial of 3,000 schools with a million pupils: lots by school, a true effect of 0.2 standard
/// deviations, a fifth of the variance between schools.
fn million(path: &Path) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let mut out = BufWriter::new(File::create(&part)?);
    writeln!(
        out,
        "pupil,school,group,sex,age,attendance,pp,before,after,teacher"
    )?;
    let mut dice = Chance::seeded(20_261_124);
    let schools: Vec<(bool, f64)> = (0..3_000)
        .map(|i| (i % 2 == 0, dice.normal() * 0.45))
        .collect();
    for pupil in 0..1_000_000_u32 {
        let number = dice.below(3_000);
        let Some((treated, school)) = usize::try_from(number).ok().and_then(|i| schools.get(i))
        else {
            continue;
        };
        let before = dice.normal() + school;
        let effect = if *treated { 0.2 } else { 0.0 };
        let after = 0.6 * before + effect + 0.4 * school + 0.8 * dice.normal();
        writeln!(
            out,
            "P{pupil:07},S{number:04},{},{},{:.2},{:.1},{},{:.2},{:.2},T{:03}",
            if *treated { "new" } else { "as usual" },
            if dice.below(2) == 0 { "F" } else { "M" },
            9.0 + f64::from(dice.below(100)) / 100.0,
            100.0 - f64::from(dice.below(200)) / 10.0,
            if dice.below(4) == 0 { "yes" } else { "no" },
            100.0 + 15.0 * before,
            100.0 + 15.0 * after,
            number % 500
        )?;
    }
    out.into_inner()?.sync_all()?;
    fs::rename(part, path)
}

/// The heading of the table of peers.
const SIDE_BY_SIDE: &str = "## Side by side";

/// The table under a heading of the page.
fn section<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let under = page.split(heading).nth(1)?;
    let under = under.split("\n## ").next()?;
    under.find("\n| ").and_then(|at| under.get(at + 1..))
}

fn document(rows: &str, side_by_side: &str, by_hand: &str) -> String {
    format!(
        "# How fast a file becomes an answer\n\n\
         Written by `cargo xtask bench --peers`. Each call is the released binary from its start to its end, as a\n\
         person waits for it: reading the file, the estimates and the words, written as JSON. Median and\n\
         slowest of {TIMES} runs after one that warms the file up; memory is the highest resident mark. Measured\n\
         on a machine with two cores, which others were using too.\n\n\
         | call | median | slowest | memory | goal | kept |\n|---|---:|---:|---:|---:|---|\n{rows}\n\
         The schools are invented by the bench from a fixed seed, in the columns and the letters of the register, all of them open,\n\
         which is more work than the real one, where half have closed. The million rows are made by the bench itself from a fixed seed: 3,000 schools drawn by lot, a true\n\
         effect of 0.2 standard deviations, a fifth of the variance between schools.\n\n\
         {SIDE_BY_SIDE}\n\n\
         The same work on the same files in the same run, turn about: the least time of several runs, inside the process, reading\n\
         the file left out but where the row is about reading; memory is the highest that the whole process held.\n\
         [bench/](../bench/README.md) has the peers’ side: R 4.2 and its packages from Debian 12, Python’s from PyPI.\n\n\
         {}\n\n{by_hand}",
        side_by_side.trim_end()
    )
    .trim_end()
    .to_owned()
        + "\n"
}
