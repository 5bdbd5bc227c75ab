//! Screen 3: people and dates. Names come in, codes stay.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::trials::{self, Compare, Dates, Draw, KeyRow, KeySheet, ListedPupil, Pupil, Trial};
use network::{Error, ShortId};
use tables::{Options, Source};

use super::begin::screen;
use super::facts::{Step, planning, zone};
use crate::app::App;
use crate::edge::access::AtTrial;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Form, Submitted};
use crate::frame::{Frame, page};
use crate::words;

#[derive(Template)]
#[template(path = "trials/people.html")]
struct PeoplePage {
    frame: Frame,
    form: Form,
    token: String,
    trial: Trial,
    place_name: String,
    steps: Vec<Step>,
    /// What has to stand beside each name.
    columns: String,
    by_lot: bool,
    /// "28 pupils in 2 classes: 14 morning reading, 14 as usual."
    list: Option<String>,
    draws: Vec<String>,
}

pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    asking(&app, &visitor, &short, Form::blank()).await
}

async fn asking(
    app: &App,
    visitor: &Visitor,
    short: &ShortId,
    mut form: Form,
) -> Result<Response, AppError> {
    let trial = trials::see(&app.network, visitor.actor(), short).await?;
    if !trial.state.is_before_lock() {
        return Ok(Redirect::to(&format!("/trials/{short}")).into_response());
    }
    let Dates { starts, measured } = trial.draft.dates;
    form.suggest("starts", starts.map(|d| d.to_string()).unwrap_or_default());
    form.suggest(
        "measured",
        measured.map(|d| d.to_string()).unwrap_or_default(),
    );
    let wrong = !form.is_good();
    let (frame, place_name, steps) =
        planning(app, visitor, &trial, 3, "People and dates", wrong).await?;
    let pupils = trials::pupils(&app.network, visitor.actor(), short).await?;
    let draws = trials::draws(&app.network, visitor.actor(), short).await?;
    let zone = zone(app).await?;
    let told = |d: &Draw| {
        let why = d.why.as_ref().map(|w| format!(": {w}")).unwrap_or_default();
        format!("{}{why}", words::date_and_time(d.at, &zone))
    };
    let compare = trial.draft.comparison.compare;
    let shown = page(&PeoplePage {
        frame,
        form,
        token: visitor.form_token(),
        place_name,
        steps,
        columns: columns(&trial),
        by_lot: compare.is_some_and(Compare::is_by_lot),
        list: summary(&trial, &pupils),
        draws: draws.iter().map(told).collect(),
        trial,
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// What the list needs besides a name, in words.
fn columns(trial: &Trial) -> String {
    let compare = trial.draft.comparison.compare;
    let mut needs = Vec::new();
    if compare.is_some_and(Compare::needs_classes) {
        needs.push("their class");
    }
    if compare == Some(Compare::ChosenGroups) {
        needs.push("their group");
    }
    if trial.draft.idea.measure.baseline || compare == Some(Compare::BeforeAndAfter) {
        needs.push("their score from before");
    }
    match needs.as_slice() {
        [] => "A name, pupil number or code on each line is enough.".to_owned(),
        [one] => format!("On each line a name, pupil number or code, and {one}."),
        [first @ .., last] => format!(
            "On each line a name, pupil number or code, {} and {last}.",
            first.join(", ")
        ),
    }
}

/// What the list comes to, in words; none when there is none.
fn summary(trial: &Trial, pupils: &[Pupil]) -> Option<String> {
    if pupils.is_empty() {
        return None;
    }
    let comparison = &trial.draft.comparison;
    let of = |label: &str| {
        pupils
            .iter()
            .filter(|p| p.group.as_deref() == Some(label.trim()))
            .count()
    };
    let mut classes: Vec<&String> = pupils.iter().filter_map(|p| p.class.as_ref()).collect();
    classes.sort_unstable();
    classes.dedup();
    let in_classes = match classes.len() {
        0 => String::new(),
        1 => " in 1 class".to_owned(),
        n => format!(" in {n} classes"),
    };
    let mut text = format!("{} pupils{in_classes}", pupils.len());
    let (new, usual) = (of(&comparison.intervention), of(&comparison.comparison));
    if new + usual > 0 {
        text.push_str(&format!(
            ": {new} {}, {usual} {}",
            comparison.intervention.trim(),
            comparison.comparison.trim()
        ));
    }
    text.push('.');
    let without = pupils.iter().filter(|p| p.baseline.is_none()).count();
    if trial.draft.idea.measure.baseline && without > 0 {
        text.push_str(&format!(" {without} without a score from before."));
    }
    Some(text)
}

pub(crate) async fn save(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let mut date = |name: &str| {
        let text = form.text(name).to_owned();
        let read = network::goals::date(&text);
        if read.is_none() && !text.is_empty() {
            form.wrong(name, "Enter a date, such as 12/1/2027");
        }
        read
    };
    let dates = Dates {
        starts: date("starts"),
        measured: date("measured"),
    };
    trials::save_dates(&app.network, visitor.actor(), &short, dates).await?;
    for problem in dates.problems() {
        form.wrong(problem.field, problem.says.trim_end_matches('.'));
    }
    if trials::pupils(&app.network, visitor.actor(), &short)
        .await?
        .is_empty()
    {
        form.wrong(
            "people",
            "Bring the list of pupils: paste it, or choose a file",
        );
    }
    if form.is_good() {
        Ok(Redirect::to(&screen(&short, 4)).into_response())
    } else {
        asking(&app, &visitor, &short, form).await
    }
}

#[derive(Template)]
#[template(path = "trials/key-sheet.html")]
struct KeySheetPage {
    frame: Frame,
    trial: Trial,
    place_name: String,
    steps: Vec<Step>,
    rows: Vec<KeyRow>,
    file_name: String,
    /// The spreadsheet itself, inside the link: it is kept nowhere else.
    data: String,
}

/// Takes the list, pasted or as a file, and answers with the key sheet: this once.
pub(crate) async fn bring(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let source = match submitted.file("people-file") {
        Some(file) => Source::bytes(file.name.clone(), file.bytes.to_vec()),
        None => Source::bytes("what you pasted", form.typed("people").as_bytes()),
    };
    let list = match tables::people(source, &Options::default()) {
        Ok(list) => list,
        Err(error) => {
            form.wrong("people", error.to_string());
            return asking(&app, &visitor, &short, form).await;
        }
    };
    let pupils: Vec<ListedPupil> = list.people.into_iter().map(ListedPupil::from).collect();
    match trials::bring_people(&app.network, visitor.actor(), &short, &pupils).await {
        Ok((trial, sheet)) => key_sheet(&app, &visitor, trial, sheet).await,
        Err(Error::Invalid(problems)) => {
            for problem in problems {
                form.wrong_too(problem.field, problem.says.trim_end_matches('.'));
            }
            asking(&app, &visitor, &short, form).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn key_sheet(
    app: &App,
    visitor: &Visitor,
    trial: Trial,
    sheet: KeySheet,
) -> Result<Response, AppError> {
    let title = "Save the key sheet now";
    let (frame, place_name, steps) = planning(app, visitor, &trial, 3, title, false).await?;
    let data = format!(
        "data:application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;base64,{}",
        base64(&sheet.xlsx)
    );
    page(&KeySheetPage {
        frame,
        trial,
        place_name,
        steps,
        rows: sheet.rows,
        file_name: sheet.file_name,
        data,
    })
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

pub(crate) async fn draw_again(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let why = form.text("draw-why").to_owned();
    match trials::draw_again(&app.network, visitor.actor(), &short, &why).await {
        Ok(_) => Ok(Redirect::to(&screen(&short, 3)).into_response()),
        Err(Error::Invalid(problems)) => {
            for problem in problems {
                form.wrong("draw-why", problem.says.trim_end_matches('.'));
            }
            asking(&app, &visitor, &short, form).await
        }
        Err(other) => Err(other.into()),
    }
}
