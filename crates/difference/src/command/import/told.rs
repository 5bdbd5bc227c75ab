//! What an import did or would do, in words or as JSON.
//!
//! What must stay true: the schema grows by adding; words show a few of each and say how many there are.

use std::fmt::Write as _;

use engine::words::numbers::thousands;
use network::ImportId;
use network::places::import::{Change, Counts, New, Preview, What};
use serde::Serialize;

use super::Form;
use crate::ending::Ending;
use crate::output;

const SCHEMA: &str = "difference.import/1";
/// How many places of each sort the words name.
const SHOWN: usize = 10;

#[derive(Serialize)]
struct Told<'a> {
    schema: &'static str,
    list: &'a str,
    file: &'a str,
    fingerprint: &'a str,
    /// Whether it was done, as against looked at.
    applied: bool,
    /// Its record, where something was done.
    import: Option<ImportId>,
    #[serde(flatten)]
    counts: Counts,
    places: Vec<Place<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
enum Place<'a> {
    Added(&'a New),
    #[serde(untagged)]
    Here(&'a Change),
}

pub fn tell(preview: &Preview, done: Option<ImportId>, only_look: bool, form: Form) -> Ending {
    match form {
        Form::Json => json(preview, done, only_look),
        Form::Text => output::print(words(preview, done, only_look).as_bytes()),
    }
}

fn json(preview: &Preview, done: Option<ImportId>, only_look: bool) -> Ending {
    let here = preview.changes.iter().map(Place::Here);
    let told = Told {
        schema: SCHEMA,
        list: &preview.list,
        file: &preview.file,
        fingerprint: &preview.fingerprint,
        applied: !only_look,
        import: done,
        counts: preview.counts,
        places: here.chain(preview.added.iter().map(Place::Added)).collect(),
        notes: &preview.notes,
    };
    match serde_json::to_string_pretty(&told) {
        Ok(json) => output::print(format!("{json}\n").as_bytes()),
        Err(error) => Ending::wrong(
            "cannot-write",
            format!("The answer could not be written as JSON: {error}."),
            "Ask for --format text, and tell us.",
        ),
    }
}

fn words(preview: &Preview, done: Option<ImportId>, only_look: bool) -> String {
    let counts = preview.counts;
    let mut words = format!(
        "{}: {} places in {}\n\n",
        preview.list,
        thousands(counts.rows),
        preview.file
    );
    for (n, label) in [
        (counts.added, "added"),
        (counts.changed, "changed"),
        (counts.went_on, "gone on under another number"),
        (counts.closed, "closed"),
        (counts.unchanged, "as before"),
        (counts.left_out, "left out"),
    ] {
        let _ = writeln!(words, "{:>8}  {label}", thousands(n));
    }
    let added: Vec<String> = (preview.added.iter().take(SHOWN)).map(new).collect();
    section(&mut words, "Added", &added, preview.added.len());
    for (what, title) in [
        (What::Changed, "Changed"),
        (What::WentOn, "Gone on under another number"),
        (What::Closed, "Closed"),
    ] {
        let all = preview.changes.iter().filter(|c| c.what == what);
        let shown: Vec<String> = all.clone().take(SHOWN).map(change).collect();
        section(&mut words, title, &shown, all.count());
    }
    if !preview.notes.is_empty() {
        words.push_str("\nWorth knowing\n");
        for note in &preview.notes {
            let _ = writeln!(words, "  {note}");
        }
    }
    words.push('\n');
    words.push_str(match (only_look, done, counts.is_nothing()) {
        (_, _, true) => "Everything is here already. Nothing was changed.\n",
        (true, ..) => "Nothing was changed. Without --preview it is done.\n",
        (false, ..) => "Done, in one change with one entry in the log.\n",
    });
    words
}

fn section(words: &mut String, title: &str, shown: &[String], all: usize) {
    if shown.is_empty() {
        return;
    }
    let _ = writeln!(words, "\n{title}");
    for line in shown {
        let _ = writeln!(words, "  {line}");
    }
    if all > shown.len() {
        let _ = writeln!(words, "  and {} more", all - shown.len());
    }
}

fn new(place: &New) -> String {
    let town = if place.town.is_empty() {
        String::new()
    } else {
        format!(", {}", place.town)
    };
    format!("{}{town} ({})", place.name, place.key)
}

fn change(change: &Change) -> String {
    let fields: Vec<String> = (change.fields.iter().take(4))
        .map(|f| {
            let kept = if f.kept { ", your own words stay" } else { "" };
            match (f.before.is_empty(), f.after.is_empty()) {
                (true, _) => format!("{} {}{kept}", f.name, f.after),
                (_, true) => format!("{} no longer {}{kept}", f.name, f.before),
                _ => format!("{} {} → {}{kept}", f.name, f.before, f.after),
            }
        })
        .collect();
    let more = change.fields.len().saturating_sub(4);
    let more = if more > 0 {
        format!("; {more} more")
    } else {
        String::new()
    };
    if fields.is_empty() {
        format!("{} ({})", change.name, change.key)
    } else {
        format!(
            "{} ({}): {}{more}",
            change.name,
            change.key,
            fields.join("; ")
        )
    }
}
