//! Who has which role at a place: given and ended by its leader.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::people::{self, NewPerson};
use network::places::Place;
use network::{Action, GrantId, Role, Scope};
use rand::RngExt as _;

use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, Here, page};

#[derive(Template)]
#[template(path = "places/people.html")]
struct PeoplePage {
    frame: Frame,
    place: Place,
    people: Vec<Shown>,
    may_manage: bool,
    form: Form,
    roles: Vec<Choice>,
    welcome: Option<Welcome>,
    token: String,
}

struct Shown {
    grant: String,
    name: String,
    email: String,
    role: &'static str,
}

/// Whom to tell what: shown this once.
struct Welcome {
    name: String,
    email: String,
    /// None where the person had an account before.
    password: Option<String>,
}

const ROLES: &[(&str, Role, &str)] = &[
    ("teacher", Role::Teacher, "Plans and runs trials"),
    (
        "leader",
        Role::PlaceLeader,
        "Approves plans, and gives roles like these",
    ),
    (
        "governor",
        Role::Governor,
        "Sees what the place does; changes nothing",
    ),
];

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
) -> Result<Response, AppError> {
    showing(&app, &visitor, place, Form::blank(), None).await
}

async fn showing(
    app: &App,
    visitor: &Visitor,
    place: Place,
    mut form: Form,
    welcome: Option<Welcome>,
) -> Result<Response, AppError> {
    form.suggest("role", "teacher");
    let people = people::people_of(&app.network, visitor.actor(), place.id).await?;
    let shown = |(person, grant): (people::Person, people::Grant)| Shown {
        grant: grant.id.to_string(),
        name: person.name,
        email: person.email,
        role: grant.role.words(),
    };
    let wrong = !form.is_good();
    let title = format!("People at {}", place.profile.name);
    let home = format!("/places/{}", place.slug);
    let frame = Frame::new(app, visitor, Here::Elsewhere, title);
    let shown = page(&PeoplePage {
        frame: frame.under(&*place.profile.name, home).with_errors(wrong),
        people: people.into_iter().map(shown).collect(),
        may_manage: visitor
            .actor()
            .may(Action::ManagePeople, Scope::place(place.id)),
        place,
        form,
        roles: ROLES
            .iter()
            .map(|(value, role, hint)| Choice::new(value, role.words()).hint(*hint))
            .collect(),
        welcome,
        token: visitor.form_token(),
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

pub(crate) async fn give(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let role = ROLES
        .iter()
        .find(|(value, _, _)| *value == form.text("role"));
    let Some((_, role, _)) = role else {
        form.wrong("role", "Choose what the person does here");
        return showing(&app, &visitor, place, form, None).await;
    };
    let password = first_password();
    let new = NewPerson {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        password: Some(password.clone()),
    };
    let actor = visitor.actor();
    let is_known = people::has_account(&app.network, actor, place.id, &new.email).await?;
    match people::give_role(&app.network, actor, &new, *role, Some(place.id)).await {
        Ok(person) => {
            let welcome = Welcome {
                name: person.name,
                email: person.email,
                password: (!is_known).then_some(password),
            };
            showing(&app, &visitor, place, Form::blank(), Some(welcome)).await
        }
        Err(network::Error::Conflict { says }) => {
            form.wrong("email", says);
            showing(&app, &visitor, place, form, None).await
        }
        Err(error) => {
            form.take(error)?;
            showing(&app, &visitor, place, form, None).await
        }
    }
}

pub(crate) async fn end(
    State(app): State<App>,
    visitor: Visitor,
    Path((_, grant)): Path<(String, String)>,
    AtPlace(place): AtPlace,
) -> Result<Response, AppError> {
    let grant: GrantId = grant.parse()?;
    let people = people::people_of(&app.network, visitor.actor(), place.id).await?;
    if !people.iter().any(|(_, g)| g.id == grant) {
        return Err(AppError::NotFound);
    }
    people::end_role(&app.network, visitor.actor(), grant).await?;
    Ok(Redirect::to(&format!("/places/{}/people", place.slug)).into_response())
}

/// Eight syllables in pairs, easy to read over the telephone: about 48 bits.
fn first_password() -> String {
    const CONSONANTS: &[u8] = b"bdfghklmnprstvz";
    const VOWELS: &[u8] = b"aeiou";
    let mut random = rand::rng();
    let mut pick = |letters: &[u8]| {
        let at = random.random_range(0..letters.len());
        letters.get(at).map_or('a', |b| char::from(*b))
    };
    let mut words = Vec::new();
    for _ in 0..4 {
        words.push(
            [
                pick(CONSONANTS),
                pick(VOWELS),
                pick(CONSONANTS),
                pick(VOWELS),
            ]
            .iter()
            .collect::<String>(),
        );
    }
    words.join("-")
}
