//! How long a file takes to become typed columns, and how much memory:
//! `cargo run --release -p difference-tables --example speed [FILE OUTCOME TREATMENT CLUSTER [BASELINE…]]`.
//! Without a file it writes one of 1,000,000 rows and 10 columns to the temporary folder first.
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use difference_tables::{Asked, FileSample, Options, Source, open};
use engine::sample::Sample;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        let path = million()?;
        arguments = vec![path.display().to_string()];
        arguments.extend(["score", "arm", "school", "pretest"].map(str::to_owned));
    }
    let [path, outcome, treatment, cluster, baselines @ ..] = arguments.as_slice() else {
        return Err("say FILE OUTCOME TREATMENT CLUSTER [BASELINE…]".into());
    };
    let started = Instant::now();
    let table = open(Source::file(path)?, &Options::default())?;
    println!("opened in {:?}", started.elapsed());
    let asked = Asked {
        outcome: outcome.clone(),
        treatment: Some(treatment.clone()),
        cluster: Some(cluster.clone()),
        baselines: baselines.to_vec(),
        conditions: std::env::var("WHERE").into_iter().collect(),
        ..Asked::default()
    };
    let started = Instant::now();
    let sample = FileSample::read(&table, &asked)?;
    println!(
        "typed {} rows in {:?}; streamed: {}",
        sample.rows(),
        started.elapsed(),
        sample.is_streamed()
    );
    let started = Instant::now();
    let (mut rows, mut sum) = (0, 0.0);
    sample.pass(&mut |chunk| {
        rows += chunk.len();
        sum += chunk.outcome.iter().filter(|y| !y.is_nan()).sum::<f64>();
    })?;
    println!(
        "passed over {rows} rows in {:?} (sum {sum})",
        started.elapsed()
    );
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status
            .lines()
            .filter(|l| l.starts_with("VmHWM"))
            .for_each(|l| println!("{l}"));
    }
    Ok(())
}

/// A file of a million pupils in three thousand schools.
fn million() -> std::io::Result<PathBuf> {
    let path = std::env::temp_dir().join("million.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    writeln!(
        file,
        "pupil,school,class,arm,pretest,score,pp,sen,gender,attendance"
    )?;
    let mut state = 1_u64;
    let mut draw = |n: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    for pupil in 0..1_000_000_u64 {
        let school = pupil % 3_000;
        writeln!(
            file,
            "{},S{school:04},S{school:04}-{},{},{}.{},{}.{},{},{},{},{}.{}",
            pupil + 1,
            draw(4),
            school % 2,
            70 + draw(60),
            draw(10),
            70 + draw(60) + school % 2,
            draw(10),
            if draw(4) == 0 { "yes" } else { "no" },
            ["N", "K", "E"]
                .get(usize::try_from(draw(3)).unwrap_or(0))
                .unwrap_or(&"N"),
            if draw(2) == 0 { "F" } else { "M" },
            80 + draw(20),
            draw(100),
        )?;
    }
    file.flush()?;
    Ok(path)
}
