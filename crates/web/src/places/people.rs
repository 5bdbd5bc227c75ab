//! Who has which role at a place, and in the network: given, until a day where that is wanted, and
//! ended.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use network::people::{self, Holder, NewPerson};
use network::places::Place;
use network::{Action, GrantId, PersonId, PlaceId, Role, Scope, goals};
use rand::RngExt as _;

use crate::app::App;
use crate::edge::access::AtPlace;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, Here, page};
use crate::words;

#[derive(Template)]
#[template(path = "places/people.html")]
struct PeoplePage {
    frame: Frame,
    /// Where: the place's name, or the network.
    kind: String,
    /// The address of this page, which takes new roles too.
    address: String,
    people: Vec<Shown>,
    may_manage: bool,
    /// Where those who may read it find who did what.
    log: Option<String>,
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
    /// Whose second step may be taken away by the reader, and is there.
    lost_phone: Option<String>,
    /// The last day, where the role ends by itself.
    until: Option<String>,
    /// Who gave it, where it ends by itself.
    given_by: Option<String>,
}

/// Whom to tell what: shown this once.
struct Welcome {
    name: String,
    email: String,
    /// None where the person had an account before.
    password: Option<String>,
}

/// A role as the form has it: its value, the role, what it is for.
type Offered = (&'static str, Role, &'static str);

const AT_A_PLACE: &[Offered] = &[
    ("teacher", Role::Teacher, "Plans and runs trials"),
    (
        "team-lead",
        Role::TeamLead,
        "Does so too, and ends, reports and shares what colleagues began",
    ),
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
    (
        "safeguarding-lead",
        Role::SafeguardingLead,
        "Sees who takes part in what, and may stop a trial",
    ),
    (
        "data-protection-officer",
        Role::DataProtectionOfficer,
        "Sees what is planned with people’s data and who did what, never a pupil’s code; changes nothing",
    ),
    (
        "auditor",
        Role::Auditor,
        "Reads what was done; changes nothing",
    ),
];

const IN_THE_NETWORK: &[Offered] = &[
    (
        "administrator",
        Role::NetworkAdministrator,
        "Adds people and places everywhere; sees no trial that is under way",
    ),
    (
        "data-protection-officer",
        Role::DataProtectionOfficer,
        "Sees at every place what is planned with people’s data and who did what, never a pupil’s code; changes nothing",
    ),
    (
        "auditor",
        Role::Auditor,
        "Reads what was done at every place; changes nothing",
    ),
    (
        "network-lead",
        Role::NetworkLead,
        "Leads the network, and gives roles like these",
    ),
];

/// Whose people.
enum Whose {
    Place(Box<Place>),
    Network,
}

impl Whose {
    fn log(&self, visitor: &Visitor) -> Option<String> {
        let (scope, address) = match self {
            Self::Place(place) => (
                Scope::place(place.id),
                format!("/places/{}/log", place.slug),
            ),
            Self::Network => (Scope::network(), "/log".to_owned()),
        };
        let may_read = visitor.actor().may(Action::ReadAudit, scope);
        may_read.then_some(address)
    }

    fn place(&self) -> Option<PlaceId> {
        match self {
            Self::Place(place) => Some(place.id),
            Self::Network => None,
        }
    }
    fn address(&self) -> String {
        match self {
            Self::Place(place) => format!("/places/{}/people", place.slug),
            Self::Network => "/network/people".to_owned(),
        }
    }
    const fn offered(&self) -> &'static [Offered] {
        match self {
            Self::Place(_) => AT_A_PLACE,
            Self::Network => IN_THE_NETWORK,
        }
    }
    async fn holders(&self, app: &App, visitor: &Visitor) -> Result<Vec<Holder>, AppError> {
        let (network, actor) = (&app.network, visitor.actor());
        Ok(match self {
            Self::Place(place) => people::people_of(network, actor, place.id).await?,
            Self::Network => people::people_of_network(network, actor).await?,
        })
    }
    fn may_manage(&self, visitor: &Visitor) -> bool {
        let actor = visitor.actor();
        match self {
            Self::Place(place) => actor.may(Action::ManagePeople, Scope::place(place.id)),
            Self::Network => actor.may(Action::NamePeopleOfNetwork, Scope::network()),
        }
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    AtPlace(place): AtPlace,
) -> Result<Response, AppError> {
    let whose = Whose::Place(Box::new(place));
    showing(&app, &visitor, &whose, Form::blank(), None).await
}

pub(crate) async fn show_network(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Response, AppError> {
    showing(&app, &visitor, &Whose::Network, Form::blank(), None).await
}

async fn showing(
    app: &App,
    visitor: &Visitor,
    whose: &Whose,
    mut form: Form,
    welcome: Option<Welcome>,
) -> Result<Response, AppError> {
    if let Some((first, _, _)) = whose.offered().first() {
        form.suggest("role", *first);
    }
    let zone = app.network_zone().await?;
    let may_remove = visitor
        .actor()
        .may(Action::RemoveSecondStep, Scope::network());
    let shown = |holder: Holder| Shown {
        lost_phone: (may_remove && holder.second_step).then(|| holder.person.id.to_string()),
        grant: holder.grant.id.to_string(),
        name: holder.person.name,
        email: holder.person.email,
        role: holder.grant.role.words(),
        until: holder.grant.until.map(|at| words::last_day(at, &zone)),
        given_by: holder
            .given_by
            .filter(|_| holder.grant.until.is_some())
            .map(|giver| giver.name),
    };
    let wrong = !form.is_good();
    let (kind, frame) = match whose {
        Whose::Place(place) => {
            let title = format!("People at {}", place.profile.name);
            let home = format!("/places/{}", place.slug);
            let frame = Frame::new(app, visitor, Here::Elsewhere, title);
            (
                place.profile.name.clone(),
                frame.under(&*place.profile.name, home),
            )
        }
        Whose::Network => {
            let frame = Frame::new(app, visitor, Here::Network, "People of the network").within();
            let may_open = visitor.actor().may(Action::ManageNetwork, Scope::network());
            let frame = if may_open {
                frame.under("The network", "/network")
            } else {
                frame
            };
            ("The network".to_owned(), frame)
        }
    };
    let shown = page(&PeoplePage {
        frame: frame.with_errors(wrong),
        kind,
        address: whose.address(),
        people: whose
            .holders(app, visitor)
            .await?
            .into_iter()
            .map(shown)
            .collect(),
        may_manage: whose.may_manage(visitor),
        log: whose.log(visitor),
        form,
        roles: whose
            .offered()
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
    giving(&app, &visitor, &Whose::Place(Box::new(place)), &submitted).await
}

pub(crate) async fn give_in_network(
    State(app): State<App>,
    visitor: Visitor,
    submitted: Submitted,
) -> Result<Response, AppError> {
    giving(&app, &visitor, &Whose::Network, &submitted).await
}

/// The last day typed, if one was; what can't be read is said at the field.
fn last_day(form: &mut Form) -> Option<Date> {
    let typed = form.text("until").to_owned();
    if typed.is_empty() {
        return None;
    }
    let day = goals::date(&typed);
    if day.is_none() {
        form.wrong("until", "Enter a last day, such as 12/1/2027, or nothing");
    }
    day
}

async fn giving(
    app: &App,
    visitor: &Visitor,
    whose: &Whose,
    submitted: &Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(submitted);
    let role = whose
        .offered()
        .iter()
        .find(|(value, _, _)| *value == form.text("role"))
        .map(|(_, role, _)| *role);
    if role.is_none() {
        form.wrong("role", "Choose what the person does here");
    }
    let until = last_day(&mut form);
    let (true, Some(role)) = (form.is_good(), role) else {
        return showing(app, visitor, whose, form, None).await;
    };
    let password = first_password();
    let new = NewPerson {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        password: Some(password.clone()),
    };
    let (network, actor, place) = (&app.network, visitor.actor(), whose.place());
    let is_known = people::has_account(network, actor, place, &new.email).await?;
    let given = match until {
        Some(day) => people::delegate_role(network, actor, &new, role, place, day).await,
        None => people::give_role(network, actor, &new, role, place).await,
    };
    match given {
        Ok(person) => {
            let welcome = Welcome {
                name: person.name,
                email: person.email,
                password: (!is_known).then_some(password),
            };
            showing(app, visitor, whose, Form::blank(), Some(welcome)).await
        }
        Err(network::Error::Conflict { says }) => {
            form.wrong("email", says);
            showing(app, visitor, whose, form, None).await
        }
        Err(error) => {
            form.take(error)?;
            showing(app, visitor, whose, form, None).await
        }
    }
}

pub(crate) async fn end(
    State(app): State<App>,
    visitor: Visitor,
    Path((_, grant)): Path<(String, String)>,
    AtPlace(place): AtPlace,
) -> Result<Response, AppError> {
    ending(&app, &visitor, &Whose::Place(Box::new(place)), &grant).await
}

pub(crate) async fn end_in_network(
    State(app): State<App>,
    visitor: Visitor,
    Path(grant): Path<String>,
) -> Result<Response, AppError> {
    ending(&app, &visitor, &Whose::Network, &grant).await
}

async fn ending(
    app: &App,
    visitor: &Visitor,
    whose: &Whose,
    grant: &str,
) -> Result<Response, AppError> {
    let grant: GrantId = grant.parse()?;
    let holders = whose.holders(app, visitor).await?;
    if !holders.iter().any(|holder| holder.grant.id == grant) {
        return Err(AppError::NotFound);
    }
    people::end_role(&app.network, visitor.actor(), grant).await?;
    Ok(Redirect::to(&whose.address()).into_response())
}

/// Takes away the second step of somebody who has lost phone and recovery codes.
pub(crate) async fn lost_phone(
    State(app): State<App>,
    visitor: Visitor,
    Path(person): Path<String>,
) -> Result<Response, AppError> {
    let person: PersonId = person.parse()?;
    people::second_step::remove(&app.network, visitor.actor(), person).await?;
    Ok(Redirect::to("/network").into_response())
}

/// A password to pass on: eight syllables in pairs, easy to read over the telephone, about 48 bits.
#[must_use]
pub fn first_password() -> String {
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
