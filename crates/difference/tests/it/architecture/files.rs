//! Files that a newcomer can find and read: short enough, named for what they hold, and with
//! nothing of the machine that they were written on.

use std::fs;
use std::path::{Path, PathBuf};

/// Kept as they were found, or written by a program.
const NOT_OURS: &[&str] = &[
    ".git",
    "target",
    "node_modules",
    "reference",
    "vendor",
    "Cargo.lock",
    "package-lock.json",
];

const LONGEST: usize = 600;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

/// Every file of ours, as a path from the root.
pub fn files() -> Vec<PathBuf> {
    let root = root();
    let mut found = Vec::new();
    let mut waiting = vec![root.clone()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if NOT_OURS.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.push(path.strip_prefix(&root).unwrap().to_owned());
            }
        }
    }
    found.sort();
    assert!(found.len() > 30, "the walk found the repository");
    found
}

/// The text of a file, or nothing for a picture, a font or a spreadsheet.
pub fn text(path: &Path) -> Option<String> {
    String::from_utf8(fs::read(root().join(path)).unwrap()).ok()
}

#[test]
fn no_file_is_too_long_to_know_at_a_glance() {
    let too_long: Vec<String> = files()
        .iter()
        .filter(|path| {
            let kind = path.extension().unwrap_or_default().to_string_lossy();
            // The stylesheet is the design language in one piece.
            matches!(
                kind.as_ref(),
                "rs" | "html" | "css" | "mjs" | "js" | "py" | "sh"
            ) && !path.ends_with("difference.css")
        })
        .filter_map(|path| {
            let lines = text(path)?.lines().count();
            (lines > LONGEST).then(|| format!("{lines} lines: {}", path.display()))
        })
        .collect();
    assert!(too_long.is_empty(), "{too_long:#?}");
}

#[test]
fn every_name_says_what_is_inside() {
    let vague = [
        "util", "utils", "common", "helper", "helpers", "service", "services", "manager",
        "managers", "misc",
    ];
    let says_nothing: Vec<PathBuf> = files()
        .into_iter()
        .filter(|path| {
            path.iter().any(|part| {
                let part = part.to_string_lossy();
                let stem = part.split('.').next().unwrap_or_default();
                vague.contains(&stem)
            })
        })
        .collect();
    assert!(says_nothing.is_empty(), "{says_nothing:#?}");
}

#[test]
fn nothing_names_the_machine_that_it_was_written_on() {
    let root = root();
    // A clone right under the top folder, such as /app, has a parent that says nothing.
    let above = root
        .parent()
        .filter(|parent| parent.components().count() > 2);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let places: Vec<String> = [Some(root.as_path()), above, home.as_deref()]
        .into_iter()
        .flatten()
        .filter(|place| place.components().count() > 1)
        .map(|place| format!("{}/", place.display()))
        .collect();
    let named: Vec<String> = files()
        .iter()
        .filter_map(|path| {
            let text = text(path)?;
            let place = places.iter().find(|place| text.contains(place.as_str()))?;
            Some(format!("{} names {place}", path.display()))
        })
        .collect();
    assert!(named.is_empty(), "{named:#?}");
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let manifests: Vec<PathBuf> = files()
        .into_iter()
        .filter(|path| path.ends_with("Cargo.toml"))
        .collect();
    for manifest in &manifests {
        let text = text(manifest).unwrap();
        if text.contains("[workspace]") {
            assert!(
                text.contains("unsafe_code = \"forbid\""),
                "unsafe is forbidden"
            );
        } else {
            assert!(
                text.contains("[lints]\nworkspace = true"),
                "{} doesn't take the workspace's lints",
                manifest.display()
            );
        }
    }
    for room in ["engine", "tables"] {
        let first = text(&PathBuf::from(format!("crates/{room}/src/lib.rs"))).unwrap();
        for lint in ["unwrap_used", "indexing_slicing", "as_conversions"] {
            assert!(
                first.contains("#![deny(") && first.contains(lint),
                "{room} doesn't deny {lint}"
            );
        }
    }
}

#[test]
fn a_lint_is_silenced_only_with_a_reason() {
    let bare: Vec<String> = files()
        .iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .filter(|path| {
            // Built from parts, so that this file doesn't find itself.
            let (open, shut) = (["#[al", "low("].concat(), ["#![al", "low("].concat());
            let text = text(path).unwrap_or_default();
            [open, shut].iter().any(|start| {
                text.match_indices(start.as_str()).any(|(at, _)| {
                    let rest = text.get(at..).unwrap_or_default();
                    !rest
                        .split(']')
                        .next()
                        .unwrap_or_default()
                        .contains("reason")
                })
            })
        })
        .map(|path| path.display().to_string())
        .collect();
    assert!(bare.is_empty(), "{bare:#?}");
}
