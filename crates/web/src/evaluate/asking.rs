//! From the form of the second step to what is asked of the engine.
//!
//! Who may call this: the second step. What must stay true: an answer belongs to the column that it
//! was given for (its name carries the column's place), so that changing a column never applies an
//! old answer to a new one.

use engine::question::{Allocation, Question, Worthwhile};
use tables::{Asked, ColumnKind, ColumnProfile, Role};

use super::sheet::Reading;
use crate::form::Form;

/// What a column can be: the value, and the words in the list.
pub(crate) const ROLES: &[(&str, &str)] = &[
    ("leave", "Leave out"),
    ("group", "Which group"),
    ("before", "Score before"),
    ("after", "Score after"),
    ("within", "Class, within"),
    ("whole", "Class, whole"),
    ("describe", "Describe by"),
    ("allow", "Allow for this"),
    ("person", "Who it is"),
];

/// The select's name of a column.
pub(crate) fn role_field(column: usize) -> String {
    format!("c{column}")
}

fn value(role: Role) -> &'static str {
    match role {
        Role::Treatment => "group",
        Role::Outcome => "after",
        Role::Baseline => "before",
        Role::Cluster => "whole",
        Role::Block => "within",
        Role::Unit => "person",
        Role::Subgroup => "describe",
        Role::Covariate => "allow",
        Role::LeaveOut => "leave",
    }
}

/// The form as it is first shown: what was guessed.
pub(crate) fn guessed(read: &Reading) -> Form {
    let mut form = Form::blank();
    for (column, guessed) in read.profile.columns.iter().zip(&read.guess.columns) {
        form.suggest(&role_field(column.index), value(guessed.role));
        if guessed.role == Role::Treatment
            && let Some(control) = &read.guess.control
        {
            form.suggest(&usual_field(column.index), control.clone());
        }
        if guessed.role == Role::Outcome {
            for word in &read.guess.success {
                form.add(&success_field(column.index), word.clone());
            }
        }
    }
    form
}

/// Which word of a group column means "as usual".
pub(crate) fn usual_field(column: usize) -> String {
    format!("usual{column}")
}
/// Which word means the new thing, where a column holds more than two.
pub(crate) fn new_field(column: usize) -> String {
    format!("new{column}")
}
/// Which words of an outcome count as reaching it.
pub(crate) fn success_field(column: usize) -> String {
    format!("reached{column}")
}

/// The columns of a role, in the file's order.
pub(crate) fn of<'a>(
    read: &'a Reading,
    form: &Form,
    role: &str,
) -> std::vec::IntoIter<&'a ColumnProfile> {
    let columns = read.profile.columns.iter();
    let all: Vec<_> = columns
        .filter(|c| form.has(&role_field(c.index), role))
        .collect();
    all.into_iter()
}

/// Whether the outcome is in words, so that somebody has to say which of them count.
pub(crate) fn is_in_words(column: &ColumnProfile) -> bool {
    column.kind == ColumnKind::Words && !column.words.is_empty()
}

/// What the file is asked, by the form. What is missing or said twice is put at its field.
pub(crate) fn asked(read: &Reading, form: &mut Form) -> Asked {
    let names = |form: &Form, role: &str| -> Vec<String> {
        of(read, form, role).map(|c| c.name.clone()).collect()
    };
    let mut asked = Asked {
        baselines: names(form, "before"),
        covariates: names(form, "allow"),
        subgroups: names(form, "describe"),
        ..Asked::default()
    };
    let outcome = only(read, form, "after", "the score after");
    let treatment = only(read, form, "group", "which group a pupil was in");
    asked.cluster =
        only(read, form, "whole", "the class that was drawn whole").map(|c| c.name.clone());
    asked.block =
        only(read, form, "within", "the class that was compared within").map(|c| c.name.clone());
    asked.unit = only(read, form, "person", "who it is").map(|c| c.name.clone());

    let first = read.profile.columns.first().map_or(0, |c| c.index);
    match outcome {
        Some(column) => {
            asked.outcome.clone_from(&column.name);
            let field = success_field(column.index);
            if is_in_words(column) {
                asked.success = form.all(&field).map(str::to_owned).collect();
                if asked.success.is_empty() && column.words.len() > 2 {
                    form.wrong(
                        &field,
                        format!(
                            "Say which words in “{}” count as getting there",
                            column.name
                        ),
                    );
                }
                if asked.success.len() == column.words.len() {
                    form.wrong(
                        &field,
                        "Leave at least one word that does not count as getting there",
                    );
                }
            }
        }
        None => form.wrong(
            &role_field(first),
            "Say which column is the score after: what was measured at the end",
        ),
    }
    if let Some(column) = treatment {
        asked.treatment = Some(column.name.clone());
        settle_groups(column, form, &mut asked);
    } else if asked.baselines.is_empty() {
        form.wrong(
            &role_field(first),
            "Say which column tells the group, or, to compare before and after, which is the score before",
        );
    }
    asked.lower_is_better = match form.text("better") {
        "lower" => Some(true),
        "higher" => Some(false),
        _ => None,
    };
    asked
}

/// The one column of a role; a second one is named at its field.
fn only<'a>(
    read: &'a Reading,
    form: &mut Form,
    role: &str,
    what: &str,
) -> Option<&'a ColumnProfile> {
    let all: Vec<&ColumnProfile> = of(read, form, role).collect();
    if let [first, second, ..] = all.as_slice() {
        form.wrong(
            &role_field(second.index),
            format!("Only one column can be {what}; “{}” is another", first.name),
        );
    }
    all.first().copied()
}

/// Which of the words are compared. With more than two, rows of the others are set aside.
fn settle_groups(column: &ColumnProfile, form: &mut Form, asked: &mut Asked) {
    let usual = usual_field(column.index);
    if form.answered(&usual) {
        asked.control = Some(form.text(&usual).to_owned());
    }
    if column.words.len() <= 2 {
        return;
    }
    let (new, control) = (
        form.text(&new_field(column.index)).to_owned(),
        asked.control.clone(),
    );
    match control.filter(|c| !c.is_empty() && !new.is_empty()) {
        None => form.wrong(
            &new_field(column.index),
            format!("Say which two groups in “{}” to compare", column.name),
        ),
        Some(control) if control == new => form.wrong(
            &new_field(column.index),
            "Choose two different groups to compare",
        ),
        Some(control) => {
            for (word, _) in &column.words {
                if *word != control && *word != new {
                    asked.conditions.push(format!("{} != {word}", column.name));
                }
            }
        }
    }
}

/// What the engine is asked, by the form.
pub(crate) fn question(read: &Reading, form: &mut Form, asked: &Asked) -> Question {
    let allocation = match form.text("lot") {
        "lot" => Allocation::Lot,
        "chosen" => Allocation::Chosen,
        _ => Allocation::Unknown,
    };
    let in_words = of(read, form, "after").next().is_some_and(is_in_words);
    let worthwhile = worthwhile(form, in_words);
    let attainment = form.text("attainment") == "yes";
    Question {
        allocation,
        attainment,
        worthwhile,
        call: Some(call(read, asked, allocation, attainment, worthwhile)),
        ..Question::default()
    }
}

/// What people call the outcome, for the sentence.
pub(crate) fn name(form: &mut Form) -> String {
    let name = form.text("name").to_owned();
    if name.chars().count() > 60 {
        form.wrong("name", "Call it by a few words, in at most 60 characters");
    }
    name
}

/// A positive number in the outcome's unit; of an outcome in words, pupils in a hundred.
fn worthwhile(form: &mut Form, in_words: bool) -> Option<Worthwhile> {
    let typed = form
        .text("worthwhile")
        .trim_end_matches('%')
        .trim()
        .replace(',', ".");
    if typed.is_empty() {
        return None;
    }
    match typed.parse::<f64>() {
        Ok(n) if n > 0.0 && n.is_finite() && !(in_words && n >= 100.0) => {
            Some(Worthwhile::Unit(if in_words { n / 100.0 } else { n }))
        }
        _ => {
            form.wrong(
                "worthwhile",
                "Enter the smallest change worth having as a number above 0, such as 2, or leave it empty",
            );
            None
        }
    }
}

/// The same on the command line, for whoever wants to check.
fn call(
    read: &Reading,
    asked: &Asked,
    allocation: Allocation,
    attainment: bool,
    worthwhile: Option<Worthwhile>,
) -> String {
    let mut words = vec!["difference evaluate".to_owned(), quoted(read.table.name())];
    let mut add = |flag: &str, value: &str| words.push(format!("--{flag} {}", quoted(value)));
    add("outcome", &asked.outcome);
    asked.success.iter().for_each(|s| add("success", s));
    let single = [
        ("treatment", &asked.treatment),
        ("control", &asked.control),
        ("cluster", &asked.cluster),
        ("block", &asked.block),
        ("unit", &asked.unit),
    ];
    for (flag, value) in single {
        if let Some(value) = value {
            add(flag, value);
        }
    }
    asked.baselines.iter().for_each(|b| add("baseline", b));
    asked.covariates.iter().for_each(|c| add("covariate", c));
    asked.subgroups.iter().for_each(|s| add("subgroup", s));
    asked.conditions.iter().for_each(|c| add("where", c));
    read.options.missing.iter().for_each(|m| add("missing", m));
    match asked.lower_is_better {
        Some(true) => add("better", "lower"),
        Some(false) => add("better", "higher"),
        None => {}
    }
    match allocation {
        Allocation::Lot => add("allocation", "lot"),
        Allocation::Chosen => add("allocation", "chosen"),
        Allocation::Unknown => {}
    }
    if let Some(Worthwhile::Unit(x)) = worthwhile {
        add("worthwhile", &x.to_string());
    }
    if attainment {
        words.push("--attainment".to_owned());
    }
    words.join(" ")
}

/// As a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
