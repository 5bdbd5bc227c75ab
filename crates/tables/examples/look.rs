//! Shows what we make of a file: `cargo run -p difference-tables --example look FILE`.
use difference_tables::{Options, Source, guess, open};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        println!("{path}");
        let table = match Source::file(&path).and_then(|s| open(s, &Options::default())) {
            Ok(table) => table,
            Err(error) => {
                println!("  {error}");
                continue;
            }
        };
        let profile = table.profile()?;
        println!(
            "  {:?}, {} rows; above: {:?}",
            table.format(),
            profile.rows,
            table.titles()
        );
        let guess = guess(&table, &profile)?;
        for (column, guessed) in profile.columns.iter().zip(&guess.columns) {
            println!(
                "  {:24} {:?} ({}) -> {:?} {:?}: {}",
                column.name,
                column.kind,
                column.summary(),
                guessed.role,
                guessed.confidence,
                guessed.reason
            );
        }
        println!("  control {:?} success {:?}", guess.control, guess.success);
        for question in &guess.questions {
            println!(
                "  ? {}: {} {:?}",
                question.about, question.asks, question.answers
            );
        }
    }
    Ok(())
}
