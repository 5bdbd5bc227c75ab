//! How closely every number of `reference/` is met: runs the engine's own checks, which leave how far apart each
//! figure was, and writes docs/reference.md from it.
//!
//! What must stay true: the checks are the engine's tests and nothing else; an item that no check
//! names carries its reason; every item of every file is on the page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// A double holds no more decimal digits that mean anything.
const ALL_DIGITS: f64 = 15.0;

/// One figure that a check compared.
#[derive(Deserialize)]
struct Figure {
    id: String,
    what: String,
    apart: Option<f64>,
    tolerance: Option<f64>,
}

#[derive(Deserialize)]
struct Reason {
    id: String,
    reason: String,
}

#[derive(Deserialize)]
struct File {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    data: Option<serde_json::Value>,
    level: Option<String>,
}

/// What is known of one item.
struct Known {
    file: String,
    item: Item,
    figures: Vec<Figure>,
    /// Whether the figures, or those that would be there, are compared by hand.
    by_hand: bool,
    reason: Option<String>,
}

impl Known {
    fn standing(&self) -> &str {
        match (&self.reason, self.by_hand) {
            (Some(_), _) => "not yet",
            (None, true) => "by hand",
            (None, false) => "checked",
        }
    }

    /// The fewest digits that any of the figures agreed to, of those whose place begins so.
    fn digits(&self, place: &str) -> Option<f64> {
        let figures = self
            .figures
            .iter()
            .filter(|figure| figure.what.starts_with(place));
        figures
            .filter_map(|figure| figure.apart.map(digits))
            .reduce(f64::min)
    }

    fn row(&self) -> String {
        let (figures, digits, held) = match self.figures.len() {
            0 => (
                String::new(),
                String::new(),
                self.reason.clone().unwrap_or_default(),
            ),
            n => (n.to_string(), said(self.digits("")), self.held()),
        };
        format!(
            "| `{} {}` | {} | {figures} | {digits} | {} |",
            self.file,
            self.item.id,
            self.standing(),
            held.replace('|', "\\|")
        )
    }

    /// The tolerances that the figures were held to.
    fn held(&self) -> String {
        let mut all: Vec<f64> = self
            .figures
            .iter()
            .filter_map(|figure| figure.tolerance)
            .collect();
        all.sort_by(f64::total_cmp);
        match (all.first(), all.last()) {
            (Some(least), Some(most)) if least < most => format!("{least:e} to {most:e}"),
            (Some(only), _) => format!("{only:e}"),
            _ => "the same".to_owned(),
        }
    }
}

/// The decimal digits that two numbers share when they are so far apart, relatively.
fn digits(apart: f64) -> f64 {
    if apart == 0.0 {
        ALL_DIGITS
    } else {
        (-apart.log10()).clamp(0.0, ALL_DIGITS)
    }
}

fn said(digits: Option<f64>) -> String {
    digits.map_or_else(|| "all".to_owned(), |digits| format!("{digits:.1}"))
}

/// Runs the checks (with the rows that are kept elsewhere, where `data` names their folder) and writes docs/reference.md.
pub fn write(data: Option<&Path>) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("target/reference");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    check(&root, &folder, data)?;
    let known = gather(&root.join("reference"), &folder)?;
    let page = root.join("docs/reference.md");
    let before = fs::read_to_string(&page).unwrap_or_default();
    let text = document(&known, &before);
    fs::write(&page, text).map_err(|e| format!("{}: {e}", page.display()))?;
    println!("{}", page.display());
    Ok(())
}

fn check(root: &Path, folder: &Path, data: Option<&Path>) -> Result<(), String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let absolute =
        |path: &Path| fs::canonicalize(path).map_err(|e| format!("{}: {e}", path.display()));
    let test = |words: &[&str], rows: Option<PathBuf>| {
        let ended = Command::new(&cargo)
            .args(["test", "-p", "difference-engine", "--test", "it", "--"])
            .args(words)
            .current_dir(root)
            .env("DIFFERENCE_REFERENCE_DIGITS", absolute(folder)?)
            .envs(rows.map(|rows| ("DIFFERENCE_REFERENCE_DATA", rows)))
            .status()
            .map_err(|e| format!("cargo can’t be started: {e}"))?;
        let differs = || "A figure differs; the page stays as it was.".to_owned();
        if ended.success() {
            Ok(())
        } else {
            Err(differs())
        }
    };
    test(&["reference::agrees_with"], None)?;
    match data {
        Some(data) => test(
            &["reference::agrees_by_hand", "--ignored"],
            Some(absolute(data)?),
        ),
        None => Ok(()),
    }
}

fn gather(reference: &Path, folder: &Path) -> Result<Vec<Known>, String> {
    let mut files: Vec<PathBuf> = fs::read_dir(reference)
        .map_err(|e| e.to_string())?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
        .collect();
    files.sort();
    let mut known = Vec::new();
    for path in files {
        let file = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let items: File =
            serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut checked = figures(&folder.join("checked").join(&file).with_extension("csv"))?;
        let mut by_hand = figures(&folder.join("by hand").join(&file).with_extension("csv"))?;
        let unchecked = reference
            .join("unchecked")
            .join(&file)
            .with_extension("csv");
        let reasons = rows::<Reason>(&unchecked)?;
        let mut reasons: BTreeMap<String, String> = reasons
            .into_iter()
            .map(|one| (one.id, one.reason))
            .collect();
        known.extend(items.items.into_iter().map(|item| {
            let here = checked.remove(&item.id);
            Known {
                file: file.clone(),
                by_hand: here.is_none(),
                figures: here
                    .or_else(|| by_hand.remove(&item.id))
                    .unwrap_or_default(),
                reason: reasons.remove(&item.id),
                item,
            }
        }));
    }
    Ok(known)
}

/// Each item's figures.
fn figures(path: &Path) -> Result<BTreeMap<String, Vec<Figure>>, String> {
    let mut all: BTreeMap<String, Vec<Figure>> = BTreeMap::new();
    for figure in rows::<Figure>(path)? {
        all.entry(figure.id.clone()).or_default().push(figure);
    }
    Ok(all)
}

/// The rows of a file; none where there is no such file.
fn rows<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>, String> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut reader =
        csv::Reader::from_path(path).map_err(|e| format!("{}: {e}", path.display()))?;
    reader
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|e| format!("{}: {e}", path.display()))
}

/// The page. What was reached by hand is kept from the page before, where the rows aren't at hand this time.
fn document(known: &[Known], before: &str) -> String {
    let mut summary = String::new();
    let mut files: Vec<&str> = known.iter().map(|one| one.file.as_str()).collect();
    files.dedup();
    for file in files.iter().copied().chain(["all"]) {
        let here = || known.iter().filter(|one| file == "all" || one.file == file);
        let of = |standing: &str| here().filter(|one| one.standing() == standing).count();
        let _ = writeln!(
            summary,
            "| {file} | {} | {} | {} | {} |",
            here().count(),
            of("checked"),
            of("by hand"),
            of("not yet")
        );
    }
    let mut items = String::new();
    for one in known {
        let name = format!("| `{} {}` | by hand |", one.file, one.item.id);
        let kept = before.lines().find(|line| {
            one.standing() == "by hand" && one.figures.is_empty() && line.starts_with(&name)
        });
        let _ = writeln!(items, "{}", kept.map_or_else(|| one.row(), str::to_owned));
    }
    format!(
        "# Every reference number, and how closely it is met\n\n\
         Written by `cargo xtask reference`, which runs the engine’s own checks. An item is **checked** where a test\n\
         compares it each time; **by hand** where its rows are not kept here, and the same check runs with\n\
         `cargo xtask reference --data DIR`; **not yet** where nothing answers it, with the reason. *Digits*: how many\n\
         decimal digits the least close of its figures shares with the reference (15 is all that a double holds; “all”:\n\
         words and counts, the same). *Held to*: the relative distance beyond which the check complains;\n\
         [reference/README.md](../reference/README.md) says why it is what it is, and where the numbers come from.\n\n\
         | file | items | checked | by hand | not yet |\n|---|---:|---:|---:|---:|\n{summary}\n\
         {}\
         ## Items\n\n| item | standing | figures | digits | held to, or why not |\n|---|---|---:|---:|---|\n{items}",
        nist(known, before)
    )
}

/// The decimal digits reached on NIST's linear regression sets.
fn nist(known: &[Known], before: &str) -> String {
    let mut rows = String::new();
    for one in known.iter().filter(|one| one.file == "nist_linear") {
        let level = one.item.level.as_deref().unwrap_or_default();
        let name = one
            .item
            .data
            .as_ref()
            .and_then(|data| data.as_str())
            .unwrap_or(&one.item.id);
        let start = format!("| {name} | {level} |");
        let cell = |place: &str| {
            one.digits(place)
                .map_or_else(String::new, |digits| format!("{digits:.1}"))
        };
        let row = format!(
            "{start} {} | {} | {} | {} |",
            cell("/beta"),
            cell("/se"),
            cell("/residual_sd"),
            cell("/r2")
        );
        let kept = before
            .lines()
            .find(|line| one.figures.is_empty() && line.starts_with(&start));
        let _ = writeln!(rows, "{}", kept.unwrap_or(&row));
    }
    format!(
        "## NIST’s linear regression sets\n\n\
         Digits that the least close coefficient, standard error and so on share with the exact value; empty where it\n\
         is not compared.\n\n\
         | set | difficulty | coefficients | standard errors | residual spread | R² |\n\
         |---|---|---:|---:|---:|---:|\n{rows}\n"
    )
}
