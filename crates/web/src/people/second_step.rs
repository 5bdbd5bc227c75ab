//! The second step at sign-in: setting it up, taking it, and what is left of the recovery codes.
//!
//! Who may call this: a person for themselves, also before their roles count. What must stay true:
//! the key is shown only until it is confirmed; recovery codes are shown once; a code is tried no
//! more than ten times in five minutes.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::people::second_step::{self, Enrolment};
use network::people::{self, Missing};
use qrcode::{Color, QrCode};

use super::sign_in::{Wish, home_of, ours};
use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Form, Submitted};
use crate::frame::{Frame, Here, page};
use crate::words;

#[derive(Template)]
#[template(path = "people/second-step.html")]
struct SecondStepPage {
    frame: Frame,
    form: Form,
    token: String,
    shows: Shows,
    /// Whether the person's roles ask for it.
    needed: bool,
}

enum Shows {
    /// The key for the phone.
    SettingUp { key: Vec<String>, picture: Picture },
    /// A field for the phone's code.
    Taking,
    /// Recovery codes, this once, and where to go from there.
    Codes { codes: Vec<String>, on: String },
    /// That it is set up.
    Standing { since: String, codes: u64 },
}

/// A QR code as a path of unit squares, with the quiet zone that phones need around it.
struct Picture {
    size: usize,
    path: String,
}

/// The page that leads on to where somebody wanted to go.
pub(crate) fn second_step_address(wanted: Option<&str>) -> String {
    let Some(wanted) = wanted.and_then(ours) else {
        return "/you/second-step".to_owned();
    };
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("to", wanted)
        .finish();
    format!("/you/second-step?{query}")
}

pub(crate) async fn show(
    State(app): State<App>,
    Query(wish): Query<Wish>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    let mut form = Form::blank();
    form.suggest("to", wish.to);
    asking(&app, &visitor, form).await
}

async fn asking(app: &App, visitor: &Visitor, form: Form) -> Result<Response, AppError> {
    let (network, actor) = (&app.network, visitor.actor());
    let standing = second_step::standing(network, actor).await?;
    let shows = match (actor.missing, standing.since) {
        (Some(Missing::Taking), _) => Shows::Taking,
        (_, Some(since)) => Shows::Standing {
            since: words::date_and_time(since, &app.network_zone().await?),
            codes: standing.codes,
        },
        (_, None) => setting_up(second_step::begin(network, actor).await?)?,
    };
    shown(app, visitor, form, shows, standing.needed)
}

fn setting_up(enrolment: Enrolment) -> Result<Shows, AppError> {
    let letters: Vec<char> = enrolment.key.chars().collect();
    Ok(Shows::SettingUp {
        key: letters.chunks(4).map(|c| c.iter().collect()).collect(),
        picture: picture_of(&enrolment.address)?,
    })
}

fn picture_of(address: &str) -> Result<Picture, AppError> {
    const QUIET: usize = 4;
    let code = QrCode::new(address).map_err(|e| AppError::fault("a QR code", &e))?;
    let width = code.width();
    let dark = code
        .to_colors()
        .into_iter()
        .enumerate()
        .filter(|(_, color)| *color == Color::Dark)
        .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET));
    Ok(Picture {
        size: width + 2 * QUIET,
        path: dark.collect(),
    })
}

fn shown(
    app: &App,
    visitor: &Visitor,
    form: Form,
    shows: Shows,
    needed: bool,
) -> Result<Response, AppError> {
    let wrong = !form.is_good();
    let title = match shows {
        Shows::SettingUp { .. } => "Set up your second step",
        Shows::Taking => "Your second step",
        Shows::Codes { .. } => "Your recovery codes",
        Shows::Standing { .. } => "Your second step is set up",
    };
    let frame = Frame::new(app, visitor, Here::You, title).within();
    let frame = match visitor.actor().missing {
        Some(_) => frame,
        None => frame.under("You", "/you"),
    };
    let shown = page(&SecondStepPage {
        frame: frame.with_errors(wrong),
        form,
        token: visitor.form_token(),
        shows,
        needed,
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// What a try counts against: the person.
fn key(visitor: &Visitor) -> Result<String, AppError> {
    let person = visitor.actor().person_id().ok_or(AppError::SignIn)?;
    Ok(format!("second step {person}"))
}

pub(crate) async fn enter(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let code = form.required("code", "Enter the code that your phone shows now");
    if !form.is_good() {
        return asking(&app, &visitor, form).await;
    }
    let (network, actor) = (&app.network, visitor.actor());
    let to = ours(form.text("to")).map(str::to_owned);
    let key = key(&visitor)?;
    app.tries.begin(&key)?;
    let standing = second_step::standing(network, actor).await?;
    let done = if standing.since.is_none() {
        match second_step::confirm(network, actor, &code).await {
            Ok(codes) => {
                let on = to.unwrap_or_else(|| home_of(&actor.once_complete()));
                let shows = Shows::Codes { codes, on };
                Ok(shown(
                    &app,
                    &visitor,
                    Form::blank(),
                    shows,
                    standing.needed,
                )?)
            }
            Err(error) => Err(error),
        }
    } else {
        match people::second_step::take(network, actor, &code).await {
            Ok(actor) => {
                let to = to.unwrap_or_else(|| home_of(&actor));
                Ok(Redirect::to(&to).into_response())
            }
            Err(error) => Err(error),
        }
    };
    match done {
        Ok(response) => {
            app.tries.give_back(&key);
            Ok(response)
        }
        Err(error) => {
            form.take(error)?;
            asking(&app, &visitor, form).await
        }
    }
}

pub(crate) async fn renew(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let code = form.required("code", "Enter the code that your phone shows now");
    if !form.is_good() {
        return asking(&app, &visitor, form).await;
    }
    let key = key(&visitor)?;
    app.tries.begin(&key)?;
    match second_step::new_codes(&app.network, visitor.actor(), &code).await {
        Ok(codes) => {
            app.tries.give_back(&key);
            let on = "/you".to_owned();
            shown(
                &app,
                &visitor,
                Form::blank(),
                Shows::Codes { codes, on },
                true,
            )
        }
        Err(error) => {
            form.take(error)?;
            asking(&app, &visitor, form).await
        }
    }
}
