//! Adding a place, and changing what is said of one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::places::{self, Place, PlaceProfile};

use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, Here, page};
use crate::people::lines;

#[derive(Template)]
#[template(path = "places/profile.html")]
struct ProfilePage {
    frame: Frame,
    form: Form,
    token: String,
    action: String,
    is_new: bool,
    kinds: Vec<Choice>,
}

/// What a place usually is.
pub(crate) const KINDS: &[&str] = &[
    "school",
    "nursery",
    "college",
    "library",
    "children’s centre",
    "youth service",
    "family hub",
    "museum",
    "other place",
];

pub(crate) async fn ask_new(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    asking(&app, &visitor, None, Form::blank())
}

pub(crate) async fn add(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let profile = profile(&form);
    let slug = match form.text("slug") {
        "" => places::slug_from(&profile.name),
        typed => typed.to_owned(),
    };
    match places::add_place(&app.network, visitor.actor(), &slug, &profile).await {
        Ok(place) => Ok(Redirect::to(&format!("/places/{}/people", place.slug)).into_response()),
        Err(error) => {
            form.take(error)?;
            asking(&app, &visitor, None, form)
        }
    }
}

pub(crate) async fn ask_change(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
) -> Result<Response, AppError> {
    let mut form = Form::blank();
    let p = &place.profile;
    form.suggest("name", &*p.name);
    form.suggest("kind", &*p.kind);
    form.suggest("phase", &*p.phase);
    form.suggest("town", &*p.town);
    form.suggest("urn", p.urn.clone().unwrap_or_default());
    form.suggest("contact_name", p.contact_name.clone().unwrap_or_default());
    form.suggest("contact_phone", p.contact_phone.clone().unwrap_or_default());
    form.suggest("purpose", &*p.purpose);
    form.suggest("values", p.values.join("\n"));
    form.suggest("slug", &*place.slug);
    asking(&app, &visitor, Some(&place), form)
}

pub(crate) async fn change(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let slug = form.text("slug").to_owned();
    let changed = places::change_place(
        &app.network,
        visitor.actor(),
        place.id,
        &slug,
        &profile(&form),
    )
    .await;
    match changed {
        Ok(place) => Ok(Redirect::to(&format!("/places/{}", place.slug)).into_response()),
        Err(error) => {
            form.take(error)?;
            asking(&app, &visitor, Some(&place), form)
        }
    }
}

fn profile(form: &Form) -> PlaceProfile {
    let text = |name: &str| form.text(name).to_owned();
    let some = |name: &str| Some(text(name)).filter(|t| !t.is_empty());
    PlaceProfile {
        name: text("name"),
        kind: text("kind"),
        phase: text("phase"),
        town: text("town"),
        urn: some("urn"),
        contact_name: some("contact_name"),
        contact_phone: some("contact_phone"),
        purpose: text("purpose"),
        values: lines(&text("values")),
    }
}

fn asking(
    app: &App,
    visitor: &Visitor,
    place: Option<&Place>,
    mut form: Form,
) -> Result<Response, AppError> {
    form.suggest("kind", "school");
    let wrong = !form.is_good();
    let title = if place.is_some() {
        "Change what is said of it"
    } else {
        "Add a place"
    };
    let mut frame = Frame::new(app, visitor, Here::Elsewhere, title).with_errors(wrong);
    let action = match place {
        Some(place) => {
            let home = format!("/places/{}", place.slug);
            frame = frame.under(&*place.profile.name, &*home);
            format!("{home}/change")
        }
        None => "/places/new".to_owned(),
    };
    let shown = page(&ProfilePage {
        frame,
        form,
        token: visitor.form_token(),
        action,
        is_new: place.is_none(),
        kinds: KINDS.iter().map(|k| Choice::new(k, *k)).collect(),
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}
