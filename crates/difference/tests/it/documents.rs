//! What the documents show is what happens: each example of a call is called, and what stands under
//! it stands in the answer, line by line; each link to a file leads to one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::architecture::files;

/// One call in a document, and the lines that must come back in this order.
struct Example {
    document: PathBuf,
    call: String,
    lines: Vec<String>,
}

/// Markdown files that people read.
fn documents() -> Vec<PathBuf> {
    files::files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "md"))
        .collect()
}

/// The blocks marked `console`: a line that begins with `$` is a call, which a backslash continues;
/// a line with `…` alone stands for whatever is left out.
fn examples() -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    for document in documents() {
        let text = files::text(&document).unwrap();
        for block in text.split("```console\n").skip(1) {
            let block = block.split("```").next().unwrap().replace("\\\n", " ");
            for line in block.lines() {
                if let Some(call) = line.strip_prefix("$ ") {
                    found.push(Example {
                        document: document.clone(),
                        call: call.to_owned(),
                        lines: Vec::new(),
                    });
                } else if let Some(example) = found.last_mut()
                    && !matches!(line.trim(), "" | "…")
                {
                    example.lines.push(line.trim_end().to_owned());
                }
            }
        }
    }
    found
}

/// Calls the binary as a shell would, from the repository's root.
fn answer(call: &str) -> String {
    let words = call.strip_prefix("difference ").unwrap();
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("\"$DIFFERENCE\" {words}"))
        .env("DIFFERENCE", env!("CARGO_BIN_EXE_difference"))
        .current_dir(files::root())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Blanks between columns depend on the widest cell.
fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_example_answers_as_it_is_shown() {
    let examples = examples();
    assert!(!examples.is_empty(), "the README has an example");
    for example in examples {
        assert!(!example.lines.is_empty(), "{} shows nothing", example.call);
        let answer = answer(&example.call);
        let mut rest = answer.lines();
        for wanted in &example.lines {
            assert!(
                rest.any(|line| squeezed(line) == squeezed(wanted)),
                "{}: {}\ndoesn't answer, in this order:\n{wanted}\nbut:\n{answer}",
                example.document.display(),
                example.call
            );
        }
    }
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    let mut dead = Vec::new();
    for document in documents() {
        let text = files::text(&document).unwrap();
        let folder = files::root().join(document.parent().unwrap());
        let starts = ["](", "src=\"", "srcset=\""];
        for link in starts.iter().flat_map(|start| text.split(start).skip(1)) {
            let target = link.split([')', '#', ' ', '"']).next().unwrap();
            let is_file = !target.is_empty() && !target.contains(':');
            if is_file && !exists(&folder, target) {
                dead.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

fn exists(folder: &Path, target: &str) -> bool {
    fs::metadata(folder.join(target)).is_ok()
}
