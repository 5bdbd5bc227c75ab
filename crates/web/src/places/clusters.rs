//! Clusters: a page of each, what a place has to do with them, and the forms of those who lead it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::places::clusters::{self, Answer, Cluster, State as Stands, Together};
use network::places::{self, Found, Place};
use network::{Action, Scope, practices};
use serde::Deserialize;

use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, Here, page};
use crate::practices::{Shared, shared};

/// How many places of one name are told apart.
const ALIKE: u64 = 5;

/// The cluster that the address names.
#[derive(Deserialize)]
pub(super) struct At {
    cluster: String,
}

#[derive(Template)]
#[template(path = "places/clusters.html")]
struct OfPlacePage {
    frame: Frame,
    form: Form,
    token: String,
    place: Place,
    within: Vec<Cluster>,
    asked: Vec<Cluster>,
    may_manage: bool,
}

#[derive(Template)]
#[template(path = "places/cluster.html")]
struct ClusterPage {
    frame: Frame,
    form: Form,
    token: String,
    together: Together,
    owner: Place,
    practices: Vec<Shared>,
    may_manage: bool,
    others: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "places/all-clusters.html")]
struct AllPage {
    frame: Frame,
    clusters: Vec<Cluster>,
}

fn answered(form: &Form, shown: Response) -> Response {
    if form.is_good() {
        shown
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    }
}

pub(super) async fn all(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    page(&AllPage {
        frame: Frame::new(&app, &visitor, Here::Elsewhere, "Clusters of places"),
        clusters: clusters::all(&app.network).await?,
    })
}

pub(super) async fn of_place(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
) -> Result<Response, AppError> {
    asking(&app, &visitor, place, Form::blank()).await
}

async fn asking(
    app: &App,
    visitor: &Visitor,
    place: Place,
    form: Form,
) -> Result<Response, AppError> {
    let all = clusters::of_place(&app.network, visitor.actor(), place.id).await?;
    let (within, asked): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(_, state)| *state == Stands::In);
    let only = |all: Vec<(Cluster, Stands)>| all.into_iter().map(|(c, _)| c).collect();
    let shown = page(&OfPlacePage {
        frame: Frame::new(app, visitor, Here::Elsewhere, "Our clusters")
            .under(&*place.profile.name, format!("/places/{}", place.slug))
            .with_errors(!form.is_good()),
        token: visitor.form_token(),
        within: only(within),
        asked: only(asked),
        may_manage: (visitor.actor()).may(Action::ManageClusters, Scope::place(place.id)),
        place,
        form: form.clone(),
    })?;
    Ok(answered(&form, shown))
}

pub(super) async fn begin(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let (name, purpose) = (
        form.text("name").to_owned(),
        form.text("purpose").to_owned(),
    );
    match clusters::begin(&app.network, visitor.actor(), place.id, &name, &purpose).await {
        Ok(cluster) => Ok(to(&cluster.slug)),
        Err(error) => {
            form.take(error)?;
            asking(&app, &visitor, place, form).await
        }
    }
}

pub(super) async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
    Path(at): Path<At>,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let said = match submitted.one("answer") {
        "join" => Answer::Join,
        "leave" => Answer::Leave,
        _ => Answer::Decline,
    };
    clusters::answer(&app.network, visitor.actor(), place.id, &at.cluster, said).await?;
    Ok(Redirect::to(&format!("/places/{}/clusters", place.slug)).into_response())
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(at): Path<At>,
) -> Result<Response, AppError> {
    showing(&app, &visitor, &at.cluster, Form::blank()).await
}

async fn showing(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    mut form: Form,
) -> Result<Response, AppError> {
    let together = clusters::together(&app.network, visitor.actor(), slug).await?;
    let owner = places::by_id(&app.network, together.cluster.owner).await?;
    let mut found = Vec::new();
    for place in &together.places {
        found.extend(practices::of_place(&app.network, place.id).await?);
    }
    let wrong = !form.is_good();
    form.suggest("name", &*together.cluster.name);
    form.suggest("purpose", &*together.cluster.purpose);
    let others = together.places.iter().filter(|p| p.id != owner.id);
    let shown = page(&ClusterPage {
        frame: Frame::new(app, visitor, Here::Elsewhere, together.cluster.name.clone())
            .under("Clusters", "/clusters")
            .with_errors(wrong),
        token: visitor.form_token(),
        practices: shared(app, found).await?,
        may_manage: (visitor.actor()).may(Action::ManageClusters, Scope::place(owner.id)),
        others: others
            .map(|p| Choice::new(&p.slug, p.profile.name.clone()))
            .collect(),
        owner,
        together,
        form: form.clone(),
    })?;
    Ok(answered(&form, shown))
}

pub(super) async fn change(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
    Path(at): Path<At>,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let form = Form::of(&submitted);
    let (name, purpose) = (
        form.text("name").to_owned(),
        form.text("purpose").to_owned(),
    );
    let actor = visitor.actor();
    let done = clusters::change(&app.network, actor, place.id, &at.cluster, &name, &purpose).await;
    settled(
        &app,
        &visitor,
        &at.cluster,
        form,
        done.map(|cluster| cluster.slug),
    )
    .await
}

pub(super) async fn invite(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
    Path(at): Path<At>,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let invited = match found(&app, form.text("invited")).await? {
        Ok(invited) => invited,
        Err(says) => {
            form.wrong("invited", says);
            return showing(&app, &visitor, &at.cluster, form).await;
        }
    };
    let actor = visitor.actor();
    let done = clusters::invite(&app.network, actor, place.id, &at.cluster, invited.id).await;
    let done = done.map(|()| at.cluster.clone());
    settled(&app, &visitor, &at.cluster, form, done).await
}

pub(super) async fn hand_over(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
    Path(at): Path<At>,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let Ok(Found::Here(other)) = places::by_slug(&app.network, form.text("to")).await else {
        form.wrong("to", "Choose the place that runs it from now on.");
        return showing(&app, &visitor, &at.cluster, form).await;
    };
    let actor = visitor.actor();
    let done = clusters::hand_over(&app.network, actor, place.id, &at.cluster, other.id).await;
    let done = done.map(|()| at.cluster.clone());
    settled(&app, &visitor, &at.cluster, form, done).await
}

/// On to the cluster's page; or the page again, with what was wrong beside its field.
async fn settled(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    mut form: Form,
    done: network::Result<String>,
) -> Result<Response, AppError> {
    match done {
        Ok(slug) => Ok(to(&slug)),
        Err(error) => {
            form.take(error)?;
            showing(app, visitor, slug, form).await
        }
    }
}

fn to(slug: &str) -> Response {
    Redirect::to(&format!("/clusters/{slug}")).into_response()
}

/// The one place that somebody means by its address, its name or its URN; or what to type instead.
async fn found(app: &App, words: &str) -> Result<Result<Place, String>, AppError> {
    if words.is_empty() {
        return Ok(Err("Enter the name of the place to ask.".to_owned()));
    }
    if let Ok(Found::Here(place)) = places::by_slug(&app.network, words).await {
        return Ok(Ok(*place));
    }
    let (mut places, all) = places::search(&app.network, words, 0, ALIKE).await?;
    if let Some(at) = places.iter().position(|p| p.profile.name == words)
        && places.iter().filter(|p| p.profile.name == words).count() == 1
    {
        return Ok(Ok(places.swap_remove(at)));
    }
    Ok(match (places.pop(), all) {
        (Some(place), 1) => Ok(place),
        (None, _) => Err(format!(
            "No place here is called “{words}”. Check the name, or enter its URN."
        )),
        (Some(last), _) => {
            places.push(last);
            let told: Vec<String> = places
                .iter()
                .map(|p| format!("{} ({})", p.profile.name, p.slug))
                .collect();
            Err(format!(
                "{all} places are called something like that. Enter the one that you mean by what stands in brackets: {}.",
                told.join(", ")
            ))
        }
    })
}
