//! Inside a crate the folders know each other in one direction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::files;

/// Rooms whose folders form layers.
const LAYERED: &[&str] = &["engine", "network", "report"];

/// Which top-level folders of a crate each of its folders imports from.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The top-level module that a source file belongs to; none for the crate's root.
fn module(inside_src: &Path) -> Option<String> {
    let first = inside_src.iter().next()?.to_string_lossy();
    let name = first.strip_suffix(".rs").unwrap_or(&first);
    (!matches!(name, "lib" | "main")).then(|| name.to_owned())
}

/// The names right after `crate::`, a list in braces taken apart; comments and tests left out.
fn imported(source: &str) -> BTreeSet<String> {
    let code: String = source
        .split("#[cfg(test)]")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut names = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        if let Some(list) = after.strip_prefix('{') {
            names.extend(heads(list));
        } else {
            names.extend(word(after));
        }
    }
    names
}

/// The first word of each entry of a list in braces, such as `a::B, c::{D, E}}`.
fn heads(list: &str) -> Vec<String> {
    let mut depth = 0;
    let mut entry = String::new();
    let mut entries = Vec::new();
    for character in list.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => entries.push(std::mem::take(&mut entry)),
            _ if depth == 0 => entry.push(character),
            _ => {}
        }
    }
    entries.push(entry);
    entries
        .iter()
        .filter_map(|entry| word(entry.trim()))
        .collect()
}

fn word(text: &str) -> Option<String> {
    let word: String = text
        .chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

fn imports(sources: &[PathBuf], src: &Path) -> Imports {
    let mut imports = Imports::new();
    for path in sources {
        let Ok(inside) = path.strip_prefix(src) else {
            continue;
        };
        if let Some(from) = module(inside) {
            let found = imported(&files::text(path).unwrap_or_default());
            imports.entry(from).or_default().extend(found);
        }
    }
    let modules: BTreeSet<String> = imports.keys().cloned().collect();
    for (from, to) in &mut imports {
        to.retain(|name| modules.contains(name) && name != from);
    }
    imports
}

/// Takes away folders that import nothing that is left, until none can be taken; what stays is in
/// a circle or leads into one.
fn in_circles(mut imports: Imports) -> Imports {
    loop {
        let free: BTreeSet<String> = imports
            .iter()
            .filter(|(_, to)| to.is_empty())
            .map(|(from, _)| from.clone())
            .collect();
        if free.is_empty() {
            return imports;
        }
        imports.retain(|from, _| !free.contains(from));
        for to in imports.values_mut() {
            to.retain(|name| !free.contains(name));
        }
    }
}

#[test]
fn folders_import_in_one_direction() {
    let sources: Vec<PathBuf> = files::files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .collect();
    for room in LAYERED {
        let src: PathBuf = ["crates", room, "src"].iter().collect();
        let imports = imports(&sources, &src);
        assert!(!imports.is_empty(), "{} has folders", src.display());
        let circles = in_circles(imports);
        assert!(
            circles.is_empty(),
            "{} has folders that import each other: {circles:#?}",
            src.display()
        );
    }
}

#[test]
fn a_circle_would_be_seen() {
    assert_eq!(
        imported("use crate::{a::{X, Y}, b};\n// crate::c\nfn f() { crate::d::g() }"),
        ["a", "b", "d"].map(str::to_owned).into()
    );
    let circle = Imports::from([
        ("a".to_owned(), ["b".to_owned()].into()),
        ("b".to_owned(), ["a".to_owned()].into()),
        ("c".to_owned(), BTreeSet::new()),
    ]);
    assert_eq!(in_circles(circle).len(), 2);
}
