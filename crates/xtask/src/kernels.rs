//! One row of the table of peers as ours answers it, in a process of its own so that its memory is its own.
//!
//! What must stay true: the same file and the same work as in `bench/peers.R` and `bench/peers.py`; reading the file is left out
//! where theirs is.

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use engine::chart::limits_and_signals;
use engine::cluster_robust::{ClusterRobust, Correction};
use engine::least_squares::{Cell, LeastSquares, Term};
use engine::mixed::{Likelihood, Mixed, Random};
use engine::moments::Fold;
use engine::permutation::{Draws, Units, permutation};
use engine::pool::{Inference, PoolQuestion, Study, average, pool};
use engine::sample::Sample;
use tables::{Asked, FileSample, Options, Source, open};

/// Does a row's work and prints the least time in seconds and the highest memory in megabytes.
pub fn measure(row: &str, file: &Path) -> Result<(), String> {
    let seconds = match row {
        "one-pass" => one_pass(file)?,
        "random-intercept" => {
            let cells = million(file)?;
            least(5, || Mixed::fit(&cells, Likelihood::Restricted))?
        }
        "random-intercept-exam" => {
            let cells = exam(file)?;
            least(20, || Mixed::fit(&cells, Likelihood::Restricted))?
        }
        "random-slope" => {
            let cells = by_sex(file)?;
            least(3, || {
                Mixed::with(&cells, Random::Slope(0), Likelihood::Restricted)
            })?
        }
        "kenward-roger" => {
            let cells = exam(file)?;
            let mixed = Mixed::fit(&cells, Likelihood::Restricted).map_err(|e| e.to_string())?;
            // A model that has been asked knows the answer: each time one that has not.
            least(20, || {
                let fresh = mixed.clone();
                fresh.kenward_roger(Term::Column(1)).ok_or("no answer")
            })?
        }
        "cr2-star" => cr2(&star(file, false)?, 10)?,
        "cr2-star-schools" => cr2(&star(file, true)?, 10)?,
        "cr2-million" => cr2(&million(file)?, 3)?,
        "permutation" => lots(file)?,
        "reml-1000" => {
            let studies = studies(file)?;
            least(20, || average(&studies, &PoolQuestion::default()))?
        }
        "leave-one-out-1000" | "practice-page" => {
            let studies = studies(file)?;
            least(20, || pool(&studies, &PoolQuestion::default()))?
        }
        "three-levels" => {
            let studies = places(file)?;
            let question = PoolQuestion {
                inference: Inference::Cr2,
                ..PoolQuestion::default()
            };
            least(20, || pool(&studies, &question))?
        }
        "xmr-charts" => charts(file)?,
        "csv" => moments_of_csv(file)?,
        other => return Err(format!("There is no row called {other}.")),
    };
    println!("{seconds:.6} {:.0}", peak().unwrap_or(0.0));
    Ok(())
}

/// The most memory that this process has held so far, in megabytes.
fn peak() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

fn least<T, E: std::fmt::Display>(
    runs: u32,
    mut work: impl FnMut() -> Result<T, E>,
) -> Result<f64, String> {
    let mut least = f64::INFINITY;
    for _ in 0..runs {
        let begun = Instant::now();
        black_box(work().map_err(|e| e.to_string())?);
        least = least.min(begun.elapsed().as_secs_f64());
    }
    Ok(least)
}

/// A file's columns by their headings.
type Columns = BTreeMap<String, Vec<String>>;

fn columns(file: &Path) -> Result<Columns, String> {
    let wrong = |e: csv::Error| format!("{}: {e}", file.display());
    let mut reader = csv::Reader::from_path(file).map_err(wrong)?;
    let names: Vec<String> = reader
        .headers()
        .map_err(wrong)?
        .iter()
        .map(str::to_owned)
        .collect();
    let mut all = vec![Vec::new(); names.len()];
    for record in reader.records() {
        for (column, field) in all.iter_mut().zip(record.map_err(wrong)?.iter()) {
            column.push(field.to_owned());
        }
    }
    Ok(names.into_iter().zip(all).collect())
}

fn words<'a>(columns: &'a Columns, name: &str) -> Result<&'a [String], String> {
    columns
        .get(name)
        .map(Vec::as_slice)
        .ok_or_else(|| format!("There is no column {name}."))
}

fn numbers(columns: &Columns, name: &str) -> Result<Vec<f64>, String> {
    let parse = |word: &String| word.parse().unwrap_or(f64::NAN);
    Ok(words(columns, name)?.iter().map(parse).collect())
}

/// 1 where the word is one of these, else 0.
fn dummy(columns: &Columns, name: &str, these: &[&str]) -> Result<Vec<f64>, String> {
    let one = |word: &String| f64::from(u8::from(these.contains(&word.as_str())));
    Ok(words(columns, name)?.iter().map(one).collect())
}

fn codes(words: &[String]) -> Vec<usize> {
    let mut known = BTreeMap::new();
    words
        .iter()
        .map(|word| {
            let next = known.len();
            *known.entry(word.as_str()).or_insert(next)
        })
        .collect()
}

/// Rows of regressors and, last, the outcome.
fn rows(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = columns.first().map_or(0, Vec::len);
    let row = |at: usize| columns.iter().filter_map(|c| c.get(at).copied()).collect();
    (0..n).map(row).collect()
}

/// Moments by cluster and block.
fn cells(rows: &[Vec<f64>], clusters: &[usize], blocked: bool) -> Vec<Cell> {
    let mut fold = Fold::new(rows.first().map_or(0, Vec::len));
    for (row, cluster) in rows.iter().zip(clusters) {
        fold.add((*cluster, if blocked { *cluster } else { 0 }), row);
    }
    let cell = |((cluster, block), moments)| Cell {
        cluster,
        block,
        moments,
    };
    fold.finish().into_iter().map(cell).collect()
}

fn million_rows(file: &Path) -> Result<(Vec<Vec<f64>>, Vec<usize>), String> {
    let columns = columns(file)?;
    let these = [
        dummy(&columns, "group", &["new"])?,
        numbers(&columns, "before")?,
        numbers(&columns, "age")?,
        numbers(&columns, "attendance")?,
        numbers(&columns, "after")?,
    ];
    let schools = codes(words(&columns, "school")?);
    drop(columns);
    Ok((rows(&these), schools))
}

fn million(file: &Path) -> Result<Vec<Cell>, String> {
    let (rows, schools) = million_rows(file)?;
    Ok(cells(&rows, &schools, false))
}

/// The score after on sex, whose slope varies by school, and the score before.
fn by_sex(file: &Path) -> Result<Vec<Cell>, String> {
    let columns = columns(file)?;
    let these = [
        dummy(&columns, "sex", &["F"])?,
        numbers(&columns, "before")?,
        numbers(&columns, "after")?,
    ];
    let schools = codes(words(&columns, "school")?);
    Ok(cells(&rows(&these), &schools, false))
}

fn one_pass(file: &Path) -> Result<f64, String> {
    let (rows, schools) = million_rows(file)?;
    least(5, || Ok::<_, String>(cells(&rows, &schools, false)))
}

fn exam(file: &Path) -> Result<Vec<Cell>, String> {
    let columns = columns(file)?;
    let these = [
        numbers(&columns, "standLRT")?,
        dummy(&columns, "sex", &["F"])?,
        numbers(&columns, "normexam")?,
    ];
    Ok(cells(
        &rows(&these),
        &codes(words(&columns, "school")?),
        false,
    ))
}

fn star(file: &Path, blocked: bool) -> Result<Vec<Cell>, String> {
    let columns = columns(file)?;
    let needed = [
        "mathk",
        "stark",
        "schoolidk",
        "gender",
        "ethnicity",
        "lunchk",
    ];
    let needed = needed
        .iter()
        .map(|name| words(&columns, name))
        .collect::<Result<Vec<_>, _>>()?;
    let complete: Vec<bool> = (0..needed.first().map_or(0, |column| column.len()))
        .map(|at| {
            needed
                .iter()
                .all(|c| c.get(at).is_some_and(|w| !matches!(w.as_str(), "" | "NA")))
        })
        .collect();
    let these = [
        dummy(&columns, "stark", &["small"])?,
        dummy(&columns, "stark", &["regular+aide"])?,
        dummy(&columns, "gender", &["female"])?,
        dummy(&columns, "lunchk", &["free"])?,
        dummy(&columns, "ethnicity", &["cauc", "asian"])?,
        numbers(&columns, "mathk")?,
    ];
    let kept = |complete: &&bool| **complete;
    let rows: Vec<Vec<f64>> = rows(&these)
        .into_iter()
        .zip(&complete)
        .filter(|(_, c)| kept(c))
        .map(|(row, _)| row)
        .collect();
    let schools: Vec<String> = words(&columns, "schoolidk")?
        .iter()
        .zip(&complete)
        .filter(|(_, c)| kept(c))
        .map(|(word, _)| word.clone())
        .collect();
    Ok(cells(&rows, &codes(&schools), blocked))
}

/// The fit, CR2 and Satterthwaite's degrees of freedom of every coefficient.
fn cr2(cells: &[Cell], runs: u32) -> Result<f64, String> {
    least(runs, || {
        let fit = LeastSquares::fit(cells)?;
        let robust = ClusterRobust::new(&fit, cells, Correction::Cr2)?;
        let each = |term| (robust.standard_error(term), robust.satterthwaite(term));
        Ok::<_, engine::refusal::Refusal>(fit.terms().into_iter().map(each).collect::<Vec<_>>())
    })
}

fn lots(file: &Path) -> Result<f64, String> {
    let columns = columns(file)?;
    let values = numbers(&columns, "value")?;
    let treated: Vec<bool> = words(&columns, "treated")?
        .iter()
        .map(|word| word == "1")
        .collect();
    let units = Units {
        values: &values,
        treated: &treated,
        blocks: &[],
        covariates: &[],
    };
    least(5, || {
        permutation(
            &units,
            Draws {
                complete_up_to: 0,
                draws: 100_000,
                seed: 1,
            },
        )
    })
}

fn studies(file: &Path) -> Result<Vec<Study>, String> {
    let columns = columns(file)?;
    let (effects, variances) = (numbers(&columns, "effect")?, numbers(&columns, "variance")?);
    let study = |(at, (effect, variance))| Study {
        label: format!("place {at}"),
        effect,
        variance,
        ..Study::default()
    };
    Ok(effects
        .into_iter()
        .zip(variances)
        .enumerate()
        .map(study)
        .collect())
}

/// Several results of each place.
fn places(file: &Path) -> Result<Vec<Study>, String> {
    let places = columns(file)?;
    let names = words(&places, "study")?;
    let of_place = |(study, name): (Study, &String)| Study {
        place: Some(name.clone()),
        ..study
    };
    Ok(studies(file)?
        .into_iter()
        .zip(names)
        .map(of_place)
        .collect())
}

/// Limits and signals, as the peer works them out: without dates or words.
fn charts(file: &Path) -> Result<f64, String> {
    let columns = columns(file)?;
    let series = columns
        .keys()
        .map(|name| numbers(&columns, name))
        .collect::<Result<Vec<Vec<f64>>, String>>()?;
    drop(columns);
    least(3, || {
        series
            .iter()
            .map(|values| limits_and_signals(values).ok_or("a chart without values"))
            .collect::<Result<Vec<_>, _>>()
    })
}

/// A text file to the moments of each school and group.
fn moments_of_csv(file: &Path) -> Result<f64, String> {
    least(3, || {
        let source = Source::file(file).map_err(|e| e.to_string())?;
        let table = open(source, &Options::default()).map_err(|e| e.to_string())?;
        let asked = Asked {
            outcome: "after".into(),
            treatment: Some("group".into()),
            cluster: Some("school".into()),
            baselines: vec!["before".into()],
            covariates: vec!["age".into(), "attendance".into()],
            ..Asked::default()
        };
        let sample = FileSample::read(&table, &asked).map_err(|e| e.to_string())?;
        let mut fold = Fold::new(4);
        let mut values = Vec::new();
        sample
            .pass(&mut |chunk| {
                let keys = chunk
                    .cluster
                    .iter()
                    .zip(&chunk.treatment)
                    .zip(&chunk.outcome);
                for (at, ((school, group), outcome)) in keys.enumerate() {
                    values.clear();
                    values.extend(chunk.covariates.iter().filter_map(|c| c.get(at).copied()));
                    values.push(*outcome);
                    fold.add((*school, *group), &values);
                }
            })
            .map_err(|e| e.to_string())?;
        Ok::<_, String>((fold.finish(), sample.fingerprint()))
    })
}
