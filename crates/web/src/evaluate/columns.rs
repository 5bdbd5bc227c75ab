//! Step 2: what each column is, how the groups came about, and what is worth a look.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::sample::Roles;
use tables::{ColumnKind, ColumnProfile, Format, Kind, Notice, Options, PreviewCell, TableError};

use super::asking::{self, is_in_words, new_field, of, role_field, success_field, usual_field};
use super::preview::{self, ColumnShown};
use super::sheet::{self, Looked, OnDesk, Reading, Sheet};
use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, Here, page};
use crate::words::in_words;

#[derive(Template)]
#[template(path = "evaluate/columns.html")]
struct ColumnsPage {
    frame: Frame,
    form: Form,
    token: String,
    sheet: String,
    file: String,
    rows: String,
    columns: Vec<ColumnShown>,
    preview: Vec<Vec<PreviewCell>>,
    first: String,
    other_sheets: Vec<Choice>,
    notices: Vec<Notice>,
    groups: Option<Groups>,
    reached: Option<(String, String, Vec<Choice>)>,
    has_group: bool,
    in_words: bool,
    lots: Vec<Choice>,
    better: Vec<Choice>,
    attainment: Vec<Choice>,
}

/// Which word means what, in the column that tells the groups.
struct Groups {
    column: String,
    usual: String,
    new: String,
    words: Vec<Choice>,
    more_than_two: bool,
}

pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    on_desk: OnDesk,
) -> Result<Response, AppError> {
    let typed = &on_desk.sheet.typed;
    let form = if typed.is_empty() {
        asking::guessed(&on_desk.sheet.read)
    } else {
        Form::of(&Submitted {
            fields: typed.clone(),
            files: Vec::new(),
        })
    };
    asking(&app, &visitor, on_desk, form).await
}

pub(crate) async fn take(
    State(app): State<App>,
    visitor: Visitor,
    on_desk: OnDesk,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut on_desk = on_desk;
    let mut form = Form::of(&submitted);
    let options = Options {
        missing: no_score(&form),
        ..on_desk.sheet.read.options.clone()
    };
    if options != on_desk.sheet.read.options {
        app.rates.evaluating(visitor.address())?;
        let source = on_desk.sheet.read.table.source().clone();
        match sheet::read(&app, source, options).await? {
            Ok(read) => on_desk.sheet.read = Arc::new(read),
            Err(error) => form.wrong("no-score", in_words(&error)),
        }
    }
    on_desk.sheet.typed = submitted.fields.clone();
    on_desk.sheet.answer = None;
    let held = on_desk.sheet.clone();
    app.desk
        .change(visitor.browser(), &on_desk.token, |sheet| *sheet = held);
    let read = Arc::clone(&on_desk.sheet.read);
    if submitted.one("do") == "look" {
        return asking(&app, &visitor, on_desk, form).await;
    }
    app.rates.evaluating(visitor.address())?;
    let asked = asking::asked(&read, &mut form);
    let question = asking::question(&read, &mut form, &asked);
    let name = asking::name(&mut form);
    if !form.is_good() {
        return asking(&app, &visitor, on_desk, form).await;
    }
    match sheet::reckon(&app, Arc::clone(&read), asked, question, name).await? {
        Err(error) => {
            form.wrong(&field_of(&read, &form, &error), in_words(&error));
            asking(&app, &visitor, on_desk, form).await
        }
        Ok(answer) => {
            let answer = Arc::new(answer);
            app.desk.change(visitor.browser(), &on_desk.token, |sheet| {
                sheet.answer = Some(answer)
            });
            Ok(Redirect::to(&format!("/evaluate/{}/answer", on_desk.token)).into_response())
        }
    }
}

/// Words that mean "no score", beside the usual ones.
fn no_score(form: &Form) -> Vec<String> {
    let words = form.text("no-score").split(',').map(str::trim);
    words
        .filter(|w| !w.is_empty())
        .take(20)
        .map(str::to_owned)
        .collect()
}

/// The field that an error of the file belongs to.
fn field_of(read: &Reading, form: &Form, error: &TableError) -> String {
    let named = error
        .column
        .as_ref()
        .and_then(|name| read.profile.column(name));
    let role = match error.kind {
        Kind::NotTwoGroups => of(read, form, "group").next(),
        Kind::SuccessUnknown => {
            let column = of(read, form, "after").next();
            return success_field(column.map_or(0, |c| c.index));
        }
        _ => None,
    };
    let column = named.or(role).or_else(|| read.profile.columns.first());
    role_field(column.map_or(0, |c| c.index))
}

/// Reads another sheet of the same workbook.
pub(crate) async fn other_sheet(
    State(app): State<App>,
    visitor: Visitor,
    on_desk: OnDesk,
    submitted: Submitted,
) -> Result<Response, AppError> {
    app.rates.evaluating(visitor.address())?;
    let source = on_desk.sheet.read.table.source().clone();
    let sheet = Some(submitted.one("sheet").to_owned());
    let options = Options {
        sheet,
        ..Options::default()
    };
    match sheet::read(&app, source, options).await? {
        Ok(read) => {
            let fresh = Sheet {
                read: read.into(),
                typed: Vec::new(),
                answer: None,
            };
            app.desk
                .change(visitor.browser(), &on_desk.token, |held| *held = fresh);
            Ok(Redirect::to(&format!("/evaluate/{}", on_desk.token)).into_response())
        }
        Err(error) => {
            let mut form = asking::guessed(&on_desk.sheet.read);
            form.wrong("sheet", in_words(&error));
            asking(&app, &visitor, on_desk, form).await
        }
    }
}

async fn asking(
    app: &App,
    visitor: &Visitor,
    on_desk: OnDesk,
    mut form: Form,
) -> Result<Response, AppError> {
    let read = on_desk.sheet.read;
    let looked = look(app, &read, &form).await?;
    let roles = looked.as_ref().and_then(|l| l.roles.as_ref().ok());
    suggest(&read, &mut form, roles);
    let wrong = !form.is_good();
    let columns = preview::columns(&read, &form);
    let outcome = of(&read, &form, "after").next();
    let frame = Frame::new(app, visitor, Here::Evaluate, "What each column is");
    let shown = ColumnsPage {
        token: visitor.form_token(),
        sheet: on_desk.token,
        file: read.table.name().to_owned(),
        rows: rows_read(&read),
        preview: preview::rows(&read),
        first: format!("First {} of {}", read.preview.rows.len(), rows_of(&read)),
        other_sheets: other_sheets(&read),
        notices: notices(&read, &form, looked),
        groups: groups(&read, &form),
        reached: outcome.filter(|c| is_in_words(c)).map(reached),
        has_group: of(&read, &form, "group").next().is_some(),
        in_words: outcome.is_some_and(is_in_words),
        lots: vec![
            Choice::new("lot", "Drawn by lot").hint("Names out of a hat, a coin, a computer"),
            Choice::new("chosen", "Somebody chose them")
                .hint("The teacher, the parents, or who wanted to"),
            Choice::new("unknown", "Not sure"),
        ],
        better: vec![
            Choice::new("higher", "A higher score"),
            Choice::new("lower", "A lower score, as with absences or lateness"),
        ],
        attainment: vec![
            Choice::new("yes", "Yes: a test, a grade or a level"),
            Choice::new(
                "no",
                "No: attendance, behaviour, a survey or something else",
            ),
        ],
        columns,
        frame: frame.within().with_errors(wrong),
        form,
    };
    let shown = page(&shown)?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// What the file holds with the roles as they stand, where enough is said.
async fn look(app: &App, read: &Arc<Reading>, form: &Form) -> Result<Option<Looked>, AppError> {
    let asked = asking::asked(read, &mut form.clone());
    if asked.outcome.is_empty() {
        return Ok(None);
    }
    sheet::look(app, Arc::clone(read), asked).await.map(Some)
}

/// What is most likely, where nothing was said yet.
fn suggest(read: &Reading, form: &mut Form, roles: Option<&Roles>) {
    form.suggest("lot", "unknown");
    let lower = roles.is_some_and(|r| r.outcome.lower_is_better);
    form.suggest("better", if lower { "lower" } else { "higher" });
    let attainment = of(read, form, "after")
        .next()
        .is_some_and(reads_like_attainment);
    form.suggest("attainment", if attainment { "yes" } else { "no" });
    let usual = roles
        .and_then(|r| r.treatment.as_ref())
        .map(|t| t.comparison.clone());
    if let (Some(column), Some(usual)) = (of(read, form, "group").next(), usual) {
        form.suggest(&usual_field(column.index), usual);
    }
    form.suggest("no-score", read.options.missing.join(", "));
}

fn reads_like_attainment(column: &ColumnProfile) -> bool {
    let heading = column.name.to_lowercase();
    let told = [
        "score",
        "test",
        "read",
        "math",
        "writ",
        "spell",
        "phonic",
        "grade",
        "level",
        "mark",
        "sats",
        "gps",
        "scaled",
        "attain",
        "exam",
        "science",
        "english",
        "arithmetic",
        "comprehension",
    ];
    let grades = column
        .words
        .iter()
        .any(|(word, _)| ["WTS", "EXS", "GDS"].contains(&word.as_str()));
    grades || told.iter().any(|t| heading.contains(t))
}

fn rows_read(read: &Reading) -> String {
    format!("{}, {} columns", rows_of(read), read.profile.columns.len())
}

fn rows_of(read: &Reading) -> String {
    let rows = engine::words::numbers::thousands(read.profile.rows);
    let more = if read.profile.more { "more than " } else { "" };
    format!("{more}{rows} rows")
}

fn other_sheets(read: &Reading) -> Vec<Choice> {
    match read.table.format() {
        Format::Workbook { sheet, others, .. } if !others.is_empty() => std::iter::once(sheet)
            .chain(others)
            .map(|name| Choice::new(name, name.clone()))
            .collect(),
        _ => Vec::new(),
    }
}

fn groups(read: &Reading, form: &Form) -> Option<Groups> {
    let column = of(read, form, "group").next()?;
    let mut words: Vec<Choice> = column
        .words
        .iter()
        .map(|(word, _)| Choice::new(word, word.clone()))
        .collect();
    if column.kind == ColumnKind::Ticks {
        words.insert(0, Choice::new("", "an empty cell"));
    }
    (2..=20).contains(&words.len()).then(|| Groups {
        column: column.name.clone(),
        usual: usual_field(column.index),
        new: new_field(column.index),
        more_than_two: words.len() > 2,
        words,
    })
}

fn reached(column: &ColumnProfile) -> (String, String, Vec<Choice>) {
    let words = column
        .words
        .iter()
        .map(|(word, n)| Choice::new(word, format!("{word} ({n})")));
    (
        success_field(column.index),
        column.name.clone(),
        words.collect(),
    )
}

fn notices(read: &Reading, form: &Form, looked: Option<Looked>) -> Vec<Notice> {
    let mut all = Vec::new();
    let mut add = |care: bool, says: String, more: &str| {
        all.push(Notice {
            care,
            says,
            more: more.to_owned(),
        });
    };
    for asked in &read.guess.questions {
        if matches!(
            asked.about,
            "outcome" | "treatment" | "baseline" | "rows" | "numbers"
        ) {
            add(
                true,
                asked.asks.clone(),
                "Look whether the lists above say so.",
            );
        }
    }
    if let Some(Err(error)) = looked.as_ref().map(|l| &l.roles)
        && form.is_good()
    {
        add(
            true,
            "One thing has to be put right first.".to_owned(),
            &in_words(error),
        );
    }
    if of(read, form, "group").next().is_some() {
        add(
            false,
            "Were pupils drawn by lot?".to_owned(),
            "The file cannot tell us. It decides how far up the evidence ladder the answer can go.",
        );
    } else if of(read, form, "before").next().is_some() {
        add(
            true,
            "There is nobody to compare with.".to_owned(),
            "Before and after alone is an early sign at most: pupils also change by themselves.",
        );
    }
    let mut notices = looked.map(|l| l.notices).unwrap_or_default();
    notices.extend(all);
    notices
}
