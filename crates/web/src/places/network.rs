//! The network's own page: what it says of itself, and its places, for whoever leads it.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::places::{self, About, Place};
use serde::Deserialize;

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, Here, page};
use crate::people::{approval, lines};

#[derive(Template)]
#[template(path = "places/network.html")]
struct NetworkPage {
    frame: Frame,
    form: Form,
    token: String,
    places: Vec<Place>,
    all: u64,
    words: String,
    earlier: Option<String>,
    later: Option<String>,
    approval: Vec<Choice>,
}

/// Places on a page.
const PAGE: u64 = 50;

/// Which places are wanted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    find: String,
    /// How many are passed over; what is no number passes over none.
    from: String,
}

pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Query(wish): Query<Wish>,
) -> Result<Response, AppError> {
    let profile = places::network_profile(&app.network).await?;
    let mut form = Form::blank();
    let about = profile.about;
    form.suggest("name", about.name);
    form.suggest("purpose", about.purpose);
    form.suggest("values", about.values.join("\n"));
    form.suggest("contact_name", about.contact_name);
    form.suggest("contact_role", about.contact_role);
    form.suggest("contact_phone", about.contact_phone);
    form.suggest("contact_email", about.contact_email);
    form.suggest(
        "approval",
        if profile.leader_approves { "yes" } else { "no" },
    );
    asking(&app, &visitor, form, wish).await
}

async fn asking(
    app: &App,
    visitor: &Visitor,
    form: Form,
    wish: Wish,
) -> Result<Response, AppError> {
    let from = wish.from.parse::<u32>().map_or(0, u64::from);
    let (places, all) = places::search(&app.network, &wish.find, from, PAGE).await?;
    let at = |from: u64| {
        let find: String = form_urlencoded::byte_serialize(wish.find.as_bytes()).collect();
        format!("/network?find={find}&from={from}")
    };
    let wrong = !form.is_good();
    let shown = page(&NetworkPage {
        frame: Frame::new(app, visitor, Here::Network, "The network").with_errors(wrong),
        form,
        token: visitor.form_token(),
        earlier: (from > 0).then(|| at(from.saturating_sub(PAGE))),
        later: (from.saturating_add(PAGE) < all).then(|| at(from + PAGE)),
        places,
        all,
        words: wish.find,
        approval: approval(),
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

pub(crate) async fn change(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let text = |name: &str| form.text(name).to_owned();
    let about = About {
        name: text("name"),
        purpose: text("purpose"),
        values: lines(&text("values")),
        contact_name: text("contact_name"),
        contact_role: text("contact_role"),
        contact_phone: text("contact_phone"),
        contact_email: text("contact_email"),
    };
    let approves = text("approval") != "no";
    match places::change_network(&app.network, visitor.actor(), &about, approves).await {
        Ok(()) => Ok(Redirect::to("/network").into_response()),
        Err(error) => {
            form.take(error)?;
            asking(&app, &visitor, form, Wish::default()).await
        }
    }
}
