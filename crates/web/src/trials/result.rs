//! The result: for its team as soon as scores are brought, for everybody once it is reported.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use network::practices::{self, Practice};
use network::trials::{self, State as Stands, Trial};
use network::{Action, Audience, Error, Scope, ShortId};
use report::result::{self, Setting};

use super::facts::{facts, framed, in_fours, locked, zone};
use crate::app::App;
use crate::edge::access::AtTrial;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Form, Submitted};
use crate::frame::{Frame, page};
use crate::words;

/// A file of scores, as the result names it.
struct FileLine {
    when: String,
    matched: String,
    why: Option<String>,
    hash: String,
}

#[derive(Template)]
#[template(path = "trials/result.html")]
struct ResultPage {
    frame: Frame,
    form: Form,
    token: String,
    trial: Trial,
    place_name: String,
    /// "Reported 20 November 2026" and its kin.
    stands: String,
    withdrawn: Option<String>,
    headline: String,
    meter: String,
    paragraph: String,
    sections: Vec<String>,
    locked: String,
    facts: Vec<(&'static str, String)>,
    hash: String,
    deviations: Vec<String>,
    files: Vec<FileLine>,
    people: Vec<String>,
    /// The practice that was made of it, or that it tried: address and title.
    practice: Option<(String, String)>,
    adopts: Option<(String, String)>,
    may_share: bool,
    may_report: bool,
    may_withdraw: bool,
}

/// A result's page, with a form as it was typed.
pub(super) async fn showing(
    app: &App,
    visitor: &Visitor,
    short: &ShortId,
    form: Form,
) -> Result<Response, AppError> {
    let seen = trials::result(&app.network, visitor.actor(), short).await?;
    let trial = seen.trial;
    let zone = zone(app).await?;
    let wrong = !form.is_good();
    let title = format!("Result: {}", trial.title());
    let (frame, place_name) = framed(app, visitor, &trial, &title, wrong).await?;
    let setting = Setting {
        ladder: Some("/how-we-judge".to_owned()),
        ..Setting::default()
    };
    let evaluation = &seen.evaluation;
    let audience = Audience::of(visitor.actor(), trial.place);
    let lock = trial.lock.as_ref().ok_or(AppError::NotFound)?;
    let scope = Scope::begun(trial.place, trial.begun_by);
    let may = |action| visitor.actor().may(action, scope);
    let shared = practices::of_trial(&app.network, trial.id).await?;
    let adopts = match &trial.adopts {
        Some(adopts) => practices::by_id(&app.network, adopts.practice).await.ok(),
        None => None,
    };
    let named = |p: Practice| (format!("/practices/{}", p.slug), p.words.title);
    let stands = match (&trial.reported, trial.state) {
        (Some(done), _) => format!(
            "Reported {}",
            words::short_date(done.at.to_zoned_datetime(zone.clone()).date())
        ),
        (None, _) => "Not reported yet: only your team sees it".to_owned(),
    };
    let shown = page(&ResultPage {
        frame,
        form,
        token: visitor.form_token(),
        place_name,
        stands,
        withdrawn: trial.withdrawn.as_ref().map(|w| w.why.clone()),
        headline: result::headline(evaluation),
        meter: result::meter(&evaluation.evidence.word, evaluation.evidence.rung),
        paragraph: evaluation.paragraph.clone(),
        sections: result::sections(evaluation, &setting)
            .iter()
            .map(|s| s.html())
            .collect(),
        locked: locked(lock, &zone),
        facts: facts(&lock.plan),
        hash: in_fours(&lock.hash),
        deviations: seen.deviations,
        files: seen
            .files
            .iter()
            .map(|f| FileLine {
                when: words::date_and_time(f.at, &zone),
                matched: match f.counts(audience) {
                    (Some(listed), Some(matched)) => {
                        format!("{matched} of {listed} pupils had a score.")
                    }
                    (None, Some(matched)) => format!("{matched} pupils had a score."),
                    _ => String::new(),
                },
                why: f.why.clone(),
                hash: in_fours(&f.file_hash),
            })
            .collect(),
        people: seen.people.into_iter().map(|p| p.name).collect(),
        may_share: trial.state == Stands::Reported
            && shared.is_none()
            && may(Action::SharePractice),
        practice: shared.map(named),
        adopts: adopts.map(named),
        may_report: trial.state == Stands::Measured && may(Action::ReportResult),
        may_withdraw: trial.state == Stands::Reported && may(Action::WithdrawResult),
        trial,
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// The result as JSON: what `difference evaluate --format json` prints, through the disclosure gate.
pub(crate) async fn download(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    let seen = trials::result(&app.network, visitor.actor(), &short).await?;
    let json = serde_json::to_string_pretty(&seen.evaluation)
        .map_err(|e| AppError::fault("a result could not be written", &e))?;
    let kind = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"result-{short}.json\""),
        ),
    ];
    Ok((kind, json).into_response())
}

pub(crate) async fn report(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    _form: Submitted,
) -> Result<Redirect, AppError> {
    trials::report(&app.network, visitor.actor(), &short).await?;
    Ok(Redirect::to(&format!("/trials/{short}")))
}

pub(crate) async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let why = form.text("withdraw-why").to_owned();
    match trials::withdraw(&app.network, visitor.actor(), &short, &why).await {
        Ok(_) => Ok(Redirect::to(&format!("/trials/{short}")).into_response()),
        Err(Error::Invalid(problems)) => {
            for problem in problems {
                form.wrong("withdraw-why", problem.says.trim_end_matches('.'));
            }
            showing(&app, &visitor, &short, form).await
        }
        Err(other) => Err(other.into()),
    }
}
