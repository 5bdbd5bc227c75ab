//! docs/reference.md, which `cargo xtask reference` writes, names every item and calls none checked that is not.

use std::collections::BTreeMap;

use super::{Check, FILES, data, item};

/// What the page says of each item, by file and id.
fn said() -> BTreeMap<(String, String), String> {
    let page = data::folder().join("../docs/reference.md");
    let text = std::fs::read_to_string(page).unwrap();
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let item = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        let (file, id) = item.split_once(' ')?;
        Some(((file.to_owned(), id.to_owned()), cells.next()?.to_owned()))
    });
    rows.collect()
}

#[test]
fn the_page_names_every_item_and_calls_none_checked_that_is_not() {
    let said = said();
    let mut wrong = Vec::new();
    for file in FILES {
        for item in item::read(file.name) {
            let named = |checks: &[Check]| checks.iter().any(|(id, _)| *id == item.id);
            let (checked, by_hand) = (named(file.checks), named(file.by_hand));
            let key = (file.name.to_owned(), item.id.clone());
            let file = file.name;
            match said.get(&key).map(String::as_str) {
                None => wrong.push(format!("{file} {} is not on the page", item.id)),
                Some("checked") if !checked => {
                    wrong.push(format!("{file} {} is called checked and is not", item.id));
                }
                Some("by hand") if !checked && !by_hand => {
                    wrong.push(format!(
                        "{file} {} is called checked by hand and is not",
                        item.id
                    ));
                }
                Some("checked" | "by hand" | "not yet") => {}
                Some(other) => wrong.push(format!("{file} {}: “{other}”?", item.id)),
            }
        }
    }
    wrong.push(String::new());
    assert_eq!(
        wrong.join("\n"),
        "",
        "`cargo xtask reference` writes docs/reference.md anew"
    );
}
