//! Signing in with e-mail and password, by the demo city's links, and signing out.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use network::Actor;
use network::people::{self, SignedIn};
use serde::Deserialize;

use crate::app::App;
use crate::edge::cookies::{self, Name};
use crate::edge::device::KNOWN_FOR;
use crate::edge::problem::AppError;
use crate::edge::visitor::{Visitor, bucket};
use crate::form::{Form, Submitted};
use crate::frame::{Frame, Here, page};

#[derive(Template)]
#[template(path = "people/sign-in.html")]
struct SignInPage {
    frame: Frame,
    form: Form,
    token: String,
}

#[derive(Deserialize)]
pub(crate) struct Wish {
    #[serde(default)]
    pub(super) to: String,
}

/// The sign-in page that leads back to where somebody wanted to go.
pub(crate) fn sign_in_address(wanted: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("to", wanted)
        .finish();
    format!("/sign-in?{query}")
}

/// Only an address of ours: no other site is led to, however it is written.
pub(super) fn ours(wanted: &str) -> Option<&str> {
    let rest = wanted.strip_prefix('/')?;
    let plain = wanted.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (plain && !rest.starts_with('/') && !rest.starts_with("sign-")).then_some(wanted)
}

pub(crate) async fn ask(
    State(app): State<App>,
    Query(wish): Query<Wish>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    if visitor.actor().is_signed_in() {
        return Ok(Redirect::to(ours(&wish.to).unwrap_or("/")).into_response());
    }
    let mut form = Form::blank();
    form.suggest("to", wish.to);
    asking(&app, &visitor, form)
}

fn asking(app: &App, visitor: &Visitor, form: Form) -> Result<Response, AppError> {
    let wrong = !form.is_good();
    let frame = Frame::new(app, visitor, Here::SignIn, "Sign in").with_errors(wrong);
    let token = visitor.form_token();
    let shown = page(&SignInPage { frame, form, token })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

pub(crate) async fn try_it(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let email = form.required("email", "Enter your work email");
    let password = submitted.one("password").to_owned();
    if password.is_empty() {
        form.wrong("password", "Enter your password");
    }
    if !form.is_good() {
        return asking(&app, &visitor, form);
    }
    let keys = keys(&app, &visitor, &email);
    for (i, key) in keys.iter().enumerate() {
        if let Err(wait) = app.tries.begin(key) {
            keys.iter().take(i).for_each(|k| app.tries.give_back(k));
            return Err(wait);
        }
    }
    match people::sign_in(&app.network, &email, &password, visitor.program()).await {
        Ok(signed_in) => {
            keys.iter().for_each(|k| app.tries.give_back(k));
            let to = ours(form.text("to")).map(str::to_owned);
            Ok(welcome(&app, &signed_in, Some(&email), to))
        }
        Err(network::Error::WrongPassword) => {
            form.wrong(
                "password",
                "That email and password do not match. Check both and try again",
            );
            asking(&app, &visitor, form)
        }
        Err(other) => {
            keys.iter().for_each(|k| app.tries.give_back(k));
            Err(other.into())
        }
    }
}

/// What a try counts against: the account and the address, or, on a device where this account
/// was used before, the device alone.
fn keys(app: &App, visitor: &Visitor, email: &str) -> Vec<String> {
    let account = email.trim().to_lowercase();
    if app.devices.knows(email, visitor.device()) {
        vec![format!("device {account}")]
    } else {
        vec![
            format!("address {}", bucket(visitor.address())),
            format!("account {account}"),
        ]
    }
}

/// The demo city's one-click links; anywhere else there are none.
pub(crate) async fn demo(
    State(app): State<App>,
    Path(secret): Path<String>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    let signed_in = people::demo::follow(&app.network, &secret, visitor.program()).await?;
    Ok(welcome(&app, &signed_in, None, None))
}

/// Where somebody begins: their place, or the front page.
pub(super) fn home_of(actor: &Actor) -> String {
    actor
        .grants
        .iter()
        .find(|g| g.place.is_some())
        .map_or_else(|| "/".to_owned(), |g| format!("/places/{}", g.place_slug))
}

pub(crate) fn welcome(
    app: &App,
    signed_in: &SignedIn,
    email: Option<&str>,
    to: Option<String>,
) -> Response {
    let to = match signed_in.actor.missing {
        Some(_) => super::second_step_address(to.as_deref()),
        None => to.unwrap_or_else(|| home_of(&signed_in.actor)),
    };
    let https = app.https();
    let mut cookies = vec![(
        header::SET_COOKIE,
        cookies::set(Name::Session, &signed_in.token, https, None),
    )];
    if let Some(email) = email {
        let mark = app.devices.mark(email);
        cookies.push((
            header::SET_COOKIE,
            cookies::set(Name::Device, &mark, https, Some(KNOWN_FOR)),
        ));
    }
    (AppendHeaders(cookies), Redirect::to(&to)).into_response()
}

pub(crate) async fn sign_out(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    people::sign_out(&app.network, visitor.actor()).await?;
    let gone = [(
        header::SET_COOKIE,
        cookies::clear(Name::Session, app.https()),
    )];
    Ok((AppendHeaders(gone), Redirect::to("/")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_led_to_another_site() {
        assert_eq!(ours("/places/thornbeck?x=1"), Some("/places/thornbeck?x=1"));
        for elsewhere in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil",
            "/a\nb",
            "/sign-out",
            "javascript:alert(1)",
            "/ /x",
        ] {
            assert_eq!(ours(elsewhere), None, "{elsewhere:?}");
        }
    }
}
