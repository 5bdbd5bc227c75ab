//! What the README shows is what a person sees who calls it.

use std::path::Path;

use super::difference_in;

/// One `$ difference …` of a console block, and the lines that are shown under it.
struct Shown {
    call: String,
    lines: Vec<String>,
}

fn shown(readme: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let mut inside = false;
    let mut going_on = false;
    for line in readme.lines() {
        match (inside, line) {
            (false, "```console") => inside = true,
            (true, "```") => inside = false,
            (true, _) if line.starts_with("$ ") || going_on => {
                let part = line.trim_start_matches("$ ").trim_end_matches('\\').trim();
                match all.last_mut() {
                    Some(shown) if going_on => {
                        shown.call.push(' ');
                        shown.call.push_str(part);
                    }
                    _ => all.push(Shown {
                        call: part.to_owned(),
                        lines: Vec::new(),
                    }),
                }
                going_on = line.ends_with('\\');
            }
            (true, "…" | "") | (false, _) => {}
            (true, _) => all.last_mut().unwrap().lines.push(line.to_owned()),
        }
    }
    all
}

/// The words of a call, those in double quotes whole.
fn words(call: &str) -> Vec<String> {
    call.split('"')
        .enumerate()
        .flat_map(|(i, part)| match i % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

#[test]
fn every_line_under_a_call_in_the_readme_is_printed_by_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let calls = shown(&readme);
    assert!(
        calls.len() >= 3,
        "the README shows the awards trial three ways"
    );
    for shown in calls {
        let words = words(&shown.call);
        let (program, words) = words.split_first().unwrap();
        assert_eq!(program, "difference", "{}", shown.call);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let came = difference_in(&root, &words).run();
        assert_eq!(came.code, 0, "{}", shown.call);
        assert!(!shown.lines.is_empty(), "{}", shown.call);
        for line in &shown.lines {
            assert!(
                came.stdout
                    .lines()
                    .any(|printed| squeezed(printed) == squeezed(line)),
                "README shows “{line}”; {} prints\n{}",
                shown.call,
                came.stdout
            );
        }
    }
}

/// Blanks between columns depend on the widest cell.
fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
