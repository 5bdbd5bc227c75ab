//! Bringing scores: pasted or as a file, matched, and forgotten once the engine has answered.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::trials::{
    self, Answer, Matching, Pupil, Score, ScoreRow, Scores, State as Stands, Trial,
};
use network::{Error, ShortId};
use tables::{Options, Source};

use super::facts::framed;
use crate::app::App;
use crate::edge::access::AtTrial;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, page};

/// A name that is not on the list, and the pupils that it may be.
struct Asked {
    field: String,
    who: String,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "trials/scores.html")]
struct ScoresPage {
    frame: Frame,
    form: Form,
    token: String,
    trial: Trial,
    place_name: String,
    /// "27 of 28 matched; one name is not on the list: which pupil is it?"
    says: Option<String>,
    asked: Vec<Asked>,
    replaces: bool,
    words: String,
}

pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    let mut form = Form::blank();
    let trial = trials::see(&app.network, visitor.actor(), &short).await?;
    let today = network::places::today(&app.network).await?;
    let planned = trial
        .draft
        .dates
        .measured
        .filter(|planned| *planned <= today);
    form.suggest("measured", planned.unwrap_or(today).to_string());
    asking(&app, &visitor, &short, form, None).await
}

async fn asking(
    app: &App,
    visitor: &Visitor,
    short: &ShortId,
    form: Form,
    found: Option<Matching>,
) -> Result<Response, AppError> {
    let trial = trials::see(&app.network, visitor.actor(), short).await?;
    if !trial.state.takes_scores() {
        return Ok(Redirect::to(&format!("/trials/{short}")).into_response());
    }
    let wrong = !form.is_good();
    let (frame, place_name) = framed(app, visitor, &trial, "Bring the scores", wrong).await?;
    let pupils = trials::pupils(&app.network, visitor.actor(), short).await?;
    let asked = found
        .as_ref()
        .map(|f| questions(f, &pupils))
        .unwrap_or_default();
    let shown = page(&ScoresPage {
        frame,
        form,
        token: visitor.form_token(),
        place_name,
        says: found.map(|f| f.says),
        asked,
        replaces: trial.state == Stands::Measured,
        words: trial.draft.idea.measure.words.join(", "),
        trial,
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// Which pupil is it? The likeliest codes first, then everybody who has no score yet.
fn questions(found: &Matching, pupils: &[Pupil]) -> Vec<Asked> {
    let label = |code: &str| {
        let pupil = pupils.iter().find(|p| p.code == code);
        let more: Vec<&str> = pupil
            .map(|p| {
                [p.class.as_deref(), p.group.as_deref()]
                    .into_iter()
                    .flatten()
                    .collect()
            })
            .unwrap_or_default();
        if more.is_empty() {
            code.to_owned()
        } else {
            format!("{code} ({})", more.join(", "))
        }
    };
    found
        .unknown
        .iter()
        .map(|unknown| {
            let mut choices = vec![Choice::new("", "Choose")];
            let rest = found
                .without
                .iter()
                .filter(|c| !unknown.suggestions.contains(c));
            for code in unknown.suggestions.iter().chain(rest) {
                choices.push(Choice::new(code, label(code)));
            }
            choices.push(Choice::new("not-in-trial", "Not in this trial"));
            Asked {
                field: format!("who-{}", unknown.row),
                who: unknown.who.clone(),
                choices,
            }
        })
        .collect()
}

/// What was sent: rows, and the hash of the bytes that came.
fn read(submitted: &Submitted, form: &mut Form) -> Option<(Vec<ScoreRow>, String)> {
    let file = submitted.file("scores-file");
    let source = match file {
        Some(file) => Source::bytes(file.name.clone(), file.bytes.to_vec()),
        None => Source::bytes("what you pasted", form.typed("scores").as_bytes()),
    };
    let column = Some(form.text("column").to_owned()).filter(|c| !c.is_empty());
    let scores = match tables::scores(source, column.as_deref(), &Options::default()) {
        Ok(scores) => scores,
        Err(error) => {
            form.wrong("scores", error.to_string());
            return None;
        }
    };
    if !scores.others.is_empty() && column.is_none() {
        form.wrong(
            "column",
            format!(
                "Say which column holds the score after: {} or {}. Then choose the file again",
                scores.column,
                scores.others.join(" or ")
            ),
        );
        return None;
    }
    let rows = scores.rows.into_iter().map(ScoreRow::from).collect();
    // A file whose names were asked about comes back as text, with the hash of the file itself.
    let came = form.text("came").to_owned();
    let is_hash = came.len() == 64 && came.bytes().all(|b| b.is_ascii_hexdigit());
    let hash = if is_hash && file.is_none() {
        came
    } else {
        scores.fingerprint
    };
    Some((rows, hash))
}

/// The rows as text, to come back with the answers: nothing is kept here in between.
fn as_text(rows: &[ScoreRow]) -> String {
    let mut text = String::new();
    for row in rows {
        let score = match &row.score {
            None => String::new(),
            Some(Score::Number(x)) => x.to_string(),
            Some(Score::Word(w)) => w.clone(),
        };
        text.push_str(&format!("{}\t{score}\n", row.who));
    }
    text
}

fn answers(form: &Form, rows: &[ScoreRow]) -> BTreeMap<String, Answer> {
    (1_usize..)
        .zip(rows)
        .filter_map(|(number, row)| {
            let said = form.text(&format!("who-{number}"));
            let answer = match said {
                "" => return None,
                "not-in-trial" => Answer::NotInTrial,
                code => Answer::Is(code.to_owned()),
            };
            Some((row.who.trim().to_owned(), answer))
        })
        .collect()
}

pub(crate) async fn bring(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let measured = network::goals::date(form.text("measured"));
    if measured.is_none() {
        form.wrong(
            "measured",
            "Enter the day on which it was measured, such as 6/7/2027",
        );
    }
    let read = read(&submitted, &mut form);
    let (Some(measured), Some((rows, file_hash))) = (measured, read) else {
        return asking(&app, &visitor, &short, form, None).await;
    };
    form.replace("scores", as_text(&rows));
    form.replace("came", file_hash.clone());
    let scores = Scores {
        answers: answers(&form, &rows),
        rows,
        file_hash,
        measured,
    };
    let found = trials::match_scores(&app.network, visitor.actor(), &short, &scores).await?;
    if !found.is_clear() {
        for unknown in &found.unknown {
            form.wrong_too(
                &format!("who-{}", unknown.row),
                format!("Say which pupil “{}” is", unknown.who),
            );
        }
        for who in &found.twice {
            form.wrong_too(
                "scores",
                format!("“{who}” is there twice. Take one of the two lines away"),
            );
        }
        return asking(&app, &visitor, &short, form, Some(found)).await;
    }
    let why = form.text("why").to_owned();
    match trials::bring_scores(&app.network, visitor.actor(), &short, &scores, Some(&why)).await {
        Ok(_) => Ok(Redirect::to(&format!("/trials/{short}")).into_response()),
        Err(Error::Invalid(problems)) => {
            for problem in problems {
                form.wrong_too(problem.field, problem.says.trim_end_matches('.'));
            }
            asking(&app, &visitor, &short, form, Some(found)).await
        }
        Err(Error::Refused(refusal)) => {
            form.wrong("scores", format!("{} {}", refusal.says, refusal.cure));
            asking(&app, &visitor, &short, form, Some(found)).await
        }
        Err(other) => Err(other.into()),
    }
}
