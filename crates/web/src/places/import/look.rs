//! Step 2: what each column is, which places are wanted, and what would happen; then doing it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::words::numbers::thousands;
use network::places::import::{
    self, Applied, Bringing, Change, Counts, New, Preview, Wanted, What,
};
use tables::{Matching, PlaceColumn, Table, TableError, match_places};

use super::{Held, List};
use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, Here, page};
use crate::places::KINDS;
use crate::words::in_words;

/// How many places of each sort the page names.
const SHOWN: usize = 20;
/// Rows of the file that the page shows.
const ROWS: usize = 3;

#[derive(Template)]
#[template(path = "places/import/look.html")]
struct LookPage {
    frame: Frame,
    form: Form,
    token: String,
    sheet: String,
    is_register: bool,
    file: String,
    /// The file's headings and first rows.
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    columns: Vec<ColumnAsked>,
    kinds: Vec<Choice>,
    areas: Vec<Choice>,
    says: String,
    shown: Option<Shown>,
    notice: Option<&'static str>,
}

/// A question about a column.
struct ColumnAsked {
    field: &'static str,
    label: &'static str,
    hint: &'static str,
    options: Vec<Choice>,
}

/// What would happen, as the page shows it.
struct Shown {
    expected: String,
    is_nothing: bool,
    rows: Vec<(String, &'static str)>,
    sections: Vec<Section>,
    added: Vec<New>,
    more_added: usize,
    notes: Vec<String>,
}

struct Section {
    id: &'static str,
    title: &'static str,
    changes: Vec<Told>,
    more: usize,
}

/// A change in words.
pub(super) struct Told {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) key: String,
    pub(super) says: Vec<String>,
}

/// What is asked of each column.
const ASKED: &[(PlaceColumn, &str, &str, &str)] = &[
    (
        PlaceColumn::Name,
        "column-name",
        "What the place is called",
        "",
    ),
    (
        PlaceColumn::Number,
        "column-number",
        "Its number in this list",
        "By it the place is known again next time. Without it, by its name and town.",
    ),
    (
        PlaceColumn::Kind,
        "column-kind",
        "What kind of place it is",
        "",
    ),
    (PlaceColumn::Phase, "column-phase", "Its phase", ""),
    (PlaceColumn::Town, "column-town", "Where it is", ""),
    (PlaceColumn::Contact, "column-contact", "Whom to ask", ""),
    (
        PlaceColumn::Telephone,
        "column-telephone",
        "Their telephone number",
        "",
    ),
    (
        PlaceColumn::Closed,
        "column-closed",
        "The day on which it closed",
        "",
    ),
];

/// A file as it was asked for.
struct Asked {
    bringing: Bringing,
    wanted: Wanted,
    areas: Vec<import::Area>,
}

pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    held: Held,
) -> Result<Response, AppError> {
    let form = of_typed(&held.list);
    asking(&app, &visitor, &held, form, None).await
}

/// What was typed last, or what the file itself suggests.
fn of_typed(list: &List) -> Form {
    let mut form = Form::of(&Submitted {
        fields: list.typed.clone(),
        files: Vec::new(),
    });
    if list.typed.is_empty() && !list.is_register {
        let guessed = match_places(&list.table);
        for (column, field, ..) in ASKED {
            form.suggest(field, guessed.get(column).cloned().unwrap_or_default());
        }
    }
    form
}

pub(super) async fn take(
    State(app): State<App>,
    visitor: Visitor,
    held: Held,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut held = held;
    if submitted.one("do") != "apply" {
        held.list.typed = submitted.fields.clone();
        let typed = submitted.fields;
        app.lists
            .change(visitor.browser(), &held.token, |list| list.typed = typed);
        let form = of_typed(&held.list);
        return asking(&app, &visitor, &held, form, None).await;
    }
    let mut form = of_typed(&held.list);
    let asked = match read(&app, &held.list, &form).await? {
        Ok(asked) => asked,
        Err(error) => {
            say(&mut form, &held.list, &error);
            return asking(&app, &visitor, &held, form, None).await;
        }
    };
    let expected: Option<Counts> = serde_json::from_str(submitted.one("expected")).ok();
    // Whoever sends no counts has looked at nothing.
    let expected = Some(expected.unwrap_or_default());
    let applied = import::apply(
        &app.network,
        visitor.actor(),
        &asked.bringing,
        &asked.wanted,
        expected,
    );
    match applied.await? {
        Applied::Done(id, _) => {
            app.lists.forget(visitor.browser(), &held.token);
            Ok(Redirect::to(&format!("/network/imports/{id}")).into_response())
        }
        Applied::Nothing(_) => asking(&app, &visitor, &held, form, None).await,
        Applied::Otherwise(_) => {
            let notice = "Something here has changed since you looked, so nothing was done. Look again: this is what would happen now.";
            asking(&app, &visitor, &held, form, Some(notice)).await
        }
    }
}

/// Reads the file as it was asked for, away from the threads that answer pages.
async fn read(app: &App, list: &List, form: &Form) -> Result<Result<Asked, TableError>, AppError> {
    let (table, links) = (Arc::clone(&list.table), list.links.clone());
    let matching = matching(form);
    let (name, kind) = (form.text("list").to_owned(), form.text("kind").to_owned());
    let chosen: Vec<u32> = form
        .all("area")
        .filter_map(|code| code.parse().ok())
        .collect();
    let all = form.has("area", "all");
    let is_register = list.is_register;
    app.apart(move || {
        let bringing = if is_register {
            Bringing::register(&table, links.as_deref())?
        } else {
            Bringing::list(&table, &name, &matching, &kind)?
        };
        let areas = bringing.areas();
        let wanted = Wanted {
            areas: (areas.len() > 1 && !all).then_some(chosen),
        };
        Ok(Asked {
            bringing,
            wanted,
            areas,
        })
    })
    .await
}

fn matching(form: &Form) -> Matching {
    ASKED
        .iter()
        .map(|(column, field, ..)| (*column, form.text(field).to_owned()))
        .filter(|(_, heading)| !heading.is_empty())
        .collect()
}

/// Puts what is wrong with a file at the field that it is about.
fn say(form: &mut Form, list: &List, error: &TableError) {
    let by_column = ASKED.iter().find(|(_, field, ..)| {
        error.row.is_none()
            && error.column.as_deref() == Some(form.text(field))
            && !list.is_register
    });
    let field = match by_column {
        Some((_, field, ..)) => field,
        None if list.is_register || error.row.is_some() => "file",
        None if form.text("column-name").is_empty() => "column-name",
        None if form.text("list").is_empty() => "list",
        None if error.what.contains("what kind") => "kind",
        None => "file",
    };
    form.wrong(field, in_words(error));
}

async fn asking(
    app: &App,
    visitor: &Visitor,
    held: &Held,
    mut form: Form,
    notice: Option<&'static str>,
) -> Result<Response, AppError> {
    let list = &held.list;
    // A list that nobody has said anything of yet is asked about, not complained of.
    let asked = if list.is_register || !list.typed.is_empty() {
        match read(app, list, &form).await? {
            Ok(asked) => Some(asked),
            Err(error) => {
                say(&mut form, list, &error);
                None
            }
        }
    } else {
        None
    };
    let preview = match &asked {
        Some(asked) => Some(
            import::preview(
                &app.network,
                visitor.actor(),
                &asked.bringing,
                &asked.wanted,
            )
            .await?,
        ),
        None => None,
    };
    let wrong = !form.is_good();
    let (headings, rows) = first_rows(&list.table);
    let says = match &preview {
        Some(preview) => sentence(&preview.counts, false),
        None if wrong => "This file can’t be brought as it is.".to_owned(),
        None => {
            "Say what each column is, and see what would happen. Nothing is changed yet.".to_owned()
        }
    };
    let shown = page(&LookPage {
        frame: Frame::new(app, visitor, Here::Network, "Look before you bring them")
            .within()
            .under("The network", "/network")
            .under("Bring a list of places", "/network/import")
            .with_errors(wrong),
        token: visitor.form_token(),
        sheet: held.token.clone(),
        is_register: list.is_register,
        file: list.table.name().to_owned(),
        columns: columns(&list.table),
        headings,
        rows,
        kinds: KINDS.iter().map(|k| Choice::new(k, *k)).collect(),
        areas: asked.as_ref().map(areas).unwrap_or_default(),
        says,
        shown: preview.map(Shown::of),
        notice,
        form,
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// The local authorities to choose from, where there are several.
fn areas(asked: &Asked) -> Vec<Choice> {
    if asked.areas.len() < 2 {
        return Vec::new();
    }
    let schools = |n: u64| {
        if n == 1 {
            "1 school".to_owned()
        } else {
            format!("{} schools", thousands(n))
        }
    };
    let open: u64 = asked.areas.iter().map(|a| a.open).sum();
    let each = asked.areas.iter().map(|a| {
        Choice::new(
            &a.code.to_string(),
            format!("{}, {}", a.name, schools(a.open)),
        )
    });
    std::iter::once(Choice::new(
        "all",
        format!("All of them, {}", schools(open)),
    ))
    .chain(each)
    .collect()
}

fn columns(table: &Table) -> Vec<ColumnAsked> {
    let options: Vec<Choice> = std::iter::once(Choice::new("", "not in the file"))
        .chain(
            table
                .columns()
                .map(|c| Choice::new(&c.heading.name, c.heading.name.clone())),
        )
        .collect();
    ASKED
        .iter()
        .map(|(_, field, label, hint)| ColumnAsked {
            field,
            label,
            hint,
            options: options.clone(),
        })
        .collect()
}

/// The headings and the first rows, for people to recognise their file by.
fn first_rows(table: &Table) -> (Vec<String>, Vec<Vec<String>>) {
    let headings = table.columns().map(|c| c.heading.name.clone()).collect();
    let places: Vec<usize> = table.columns().map(|c| c.index).collect();
    let rows = table
        .first_rows(ROWS)
        .iter()
        .map(|row| {
            let cells = places
                .iter()
                .map(|at| row.get(*at).map_or("", String::as_str));
            cells.map(|cell| cell.chars().take(60).collect()).collect()
        })
        .collect();
    (headings, rows)
}

impl Shown {
    fn of(preview: Preview) -> Self {
        let counts = preview.counts;
        let section = |what, id, title| {
            let all = preview.changes.iter().filter(|c| c.what == what);
            let changes: Vec<Told> = all.clone().take(SHOWN).map(told).collect();
            let more = all.count() - changes.len();
            (!changes.is_empty()).then_some(Section {
                id,
                title,
                changes,
                more,
            })
        };
        let sections = [
            section(What::Closed, "closed", "Would close"),
            section(What::WentOn, "went-on", "Would go on under another number"),
            section(What::Changed, "changed", "Would change"),
        ];
        Self {
            expected: serde_json::to_string(&counts).unwrap_or_default(),
            is_nothing: counts.is_nothing(),
            rows: table_of(&counts),
            sections: sections.into_iter().flatten().collect(),
            more_added: preview.added.len().saturating_sub(SHOWN),
            added: preview.added.into_iter().take(SHOWN).collect(),
            notes: preview.notes,
        }
    }
}

/// How many of each, as a table shows it.
pub(super) fn table_of(counts: &Counts) -> Vec<(String, &'static str)> {
    [
        (counts.added, "new here"),
        (counts.changed, "changed"),
        (counts.went_on, "go on under another number"),
        (counts.closed, "closed"),
        (counts.unchanged, "as before"),
        (counts.left_out, "left out"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, label)| (thousands(n), label))
    .collect()
}

/// A change in words.
fn told(change: &Change) -> Told {
    Told {
        href: format!("/places/{}", change.place),
        name: change.name.clone(),
        key: change.key.clone(),
        says: change.fields.iter().map(field).collect(),
    }
}

/// "name: Thornbeck School, now Thornbeck Academy".
pub(super) fn field(field: &import::Field) -> String {
    let name = field.name.replace('_', " ");
    let now = match (field.before.is_empty(), field.after.is_empty()) {
        (true, _) => format!("{name}: {}", field.after),
        (_, true) => format!("{name}: no longer {}", field.before),
        _ => format!("{name}: {}, now {}", field.before, field.after),
    };
    if field.kept {
        format!("{now} (your own words stay)")
    } else {
        now
    }
}

/// What happened or would happen, in one sentence.
pub(super) fn sentence(counts: &Counts, done: bool) -> String {
    let places = |n: u64| {
        if n == 1 {
            "1 place".to_owned()
        } else {
            format!("{} places", thousands(n))
        }
    };
    let parts: Vec<String> = [
        (counts.added, "added"),
        (counts.changed, "changed"),
        (counts.went_on, "carried on under another number"),
        (counts.closed, "marked as closed"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, word)| {
        let verb = match (done, n) {
            (false, _) => "would be",
            (true, 1) => "was",
            (true, _) => "were",
        };
        format!("{} {verb} {word}", places(n))
    })
    .collect();
    match parts.split_last() {
        None => "Nothing would change: everything in this file is here already, or not wanted."
            .to_owned(),
        Some((one, [])) => format!("{one}."),
        Some((last, rest)) => format!("{} and {last}.", rest.join(", ")),
    }
}
