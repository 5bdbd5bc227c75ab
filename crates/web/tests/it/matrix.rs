//! Every role tries every way in. The ways come from the router's table and the answers from the
//! network's policy, so that nothing can be left out by hand.

use axum::http::Method;
use difference_web::{Access, At, Route, table};
use network::trials::Compare;
use network::{Action, Actor, Role, Scope, ShortId};
use testkit::Browser;

use crate::Story;

/// Who walks round, and as whom the policy is asked.
pub(crate) struct Walker {
    pub(crate) name: &'static str,
    pub(crate) browser: Browser,
    /// The same person's program, with a token that may write; it has the cookies too.
    pub(crate) program: Browser,
    actor: Actor,
}

pub(crate) async fn walkers(story: &Story) -> Vec<Walker> {
    let city = &story.city;
    let here = Some("Thornbeck");
    let mut people = Vec::new();
    for (what, name, role, place) in [
        ("a teacher", "Amina Rashid", Role::Teacher, here),
        ("a team lead", "Sam Oyelaran", Role::TeamLead, here),
        ("a leader", "Tom Brearley", Role::PlaceLeader, here),
        ("a governor", "Dot Haigh", Role::Governor, here),
        (
            "a safeguarding lead",
            "Gill Hesketh",
            Role::SafeguardingLead,
            here,
        ),
        (
            "a data protection officer",
            "Ewa Nowak",
            Role::DataProtectionOfficer,
            here,
        ),
        ("an auditor", "Nell Whitaker", Role::Auditor, here),
        ("the city’s auditor", "Lewis Cole", Role::Auditor, None),
        (
            "the city’s data protection officer",
            "Farah Iqbal",
            Role::DataProtectionOfficer,
            None,
        ),
        (
            "an administrator",
            "Jo Garside",
            Role::NetworkAdministrator,
            None,
        ),
        (
            "a teacher elsewhere",
            "Kim Lee",
            Role::Teacher,
            Some("Kirkfold"),
        ),
        (
            "a leader elsewhere",
            "Beth Ackroyd",
            Role::PlaceLeader,
            Some("Kirkfold"),
        ),
    ] {
        people.push((what, city.holder(name, role, place).await, name));
    }
    // Whose authority ended by itself: signed in, and nobody anywhere.
    let today = network::places::today(city).await.unwrap();
    let acting = network::people::NewPerson {
        name: "Owen Sykes".to_owned(),
        email: testkit::email_of("Owen Sykes"),
        password: Some(testkit::PASSWORD.to_owned()),
    };
    let at = Some(city.place("Thornbeck").await.id);
    let lead = city.lead();
    network::people::delegate_role(city, lead, &acting, Role::PlaceLeader, at, today)
        .await
        .unwrap();
    city.clock.pass(jiff::SignedDuration::from_hours(15));
    let ended = city.sign_in("Owen Sykes").await.actor;
    assert!(ended.grants.is_empty());
    people.push(("one whose role ended", ended, "Owen Sykes"));
    people.push(("the network lead", lead.clone(), "Ruth Adeyemi"));

    let mut walkers = vec![Walker {
        name: "a stranger",
        browser: story.stranger(),
        program: story.stranger(),
        actor: Actor::public(),
    }];
    for (name, actor, person) in people {
        let browser = story.signed_in(person).await;
        let mut program = story.program(person, true).await;
        program.cookies.clone_from(&browser.cookies);
        walkers.push(Walker {
            name,
            browser,
            program,
            actor,
        });
    }
    walkers
}

/// A plan that is being written, and a locked one.
async fn trials(walkers: &[Walker], story: &Story) -> Vec<ShortId> {
    let as_whom = |name| &walkers.iter().find(|w| w.name == name).unwrap().actor;
    let (teacher, leader) = (as_whom("a teacher"), as_whom("a leader"));
    let class = testkit::trials::pupils(28);
    let compare = Compare::LotsBetweenPupils;
    let (draft, _) = story.city.planned_trial(teacher, compare, &class).await;
    let (locked, _) = story
        .city
        .locked_trial(teacher, leader, compare, &class)
        .await;
    vec![draft.short, locked.short]
}

/// An address of the route, its places at Thornbeck and everything else nowhere.
fn address(route: &Route, trial: &ShortId) -> String {
    route
        .path
        .replace("{place}", "thornbeck")
        .replace("{trial}", trial.as_str())
        .replace("{*file}", "difference.css")
        .replace(['{', '}'], "")
}

/// What is no JSON.
pub(crate) fn nonsense() -> (String, Vec<u8>) {
    ("application/json".to_owned(), b"{".to_vec())
}

/// What the door should do.
#[derive(Debug, PartialEq)]
enum Door {
    Opens,
    /// To the sign-in page, or told to sign in.
    SignIn,
    /// Told whom to ask.
    Refused,
    /// Told that there is nothing.
    Nothing,
}

async fn expected(story: &Story, actor: &Actor, route: &Route, trial: &ShortId) -> Door {
    use network::{Error, Reach};
    let access = route.access;
    if route.is_for_programs()
        && !actor.is_signed_in()
        && !matches!(access, Access::May(action, _) if action.row()[0] == Reach::All)
    {
        return Door::SignIn;
    }
    let (action, scope) = match access {
        Access::Everybody => return Door::Opens,
        Access::SetUp | Access::Operator => return Door::Nothing,
        Access::May(action, At::Network) => (action, Scope::network()),
        Access::May(action, At::Place) => {
            (action, Scope::place(story.city.place("Thornbeck").await.id))
        }
        Access::May(action, At::Self_) => match actor.person_id() {
            Some(person) => (action, Scope::person(person)),
            None => return Door::SignIn,
        },
        Access::May(action, At::Trial) => (
            action,
            network::trials::scope_of(&story.city, trial).await.unwrap(),
        ),
        // The address names no practice.
        Access::May(_, At::Practice) => return Door::Nothing,
    };
    // Reading a trial is narrower while it is not published.
    let asked = match access {
        Access::May(Action::ReadPublished, At::Trial) => {
            network::trials::see(&story.city, actor, trial)
                .await
                .map(|_| ())
        }
        _ => network::governance::policy::ask(actor, action, scope),
    };
    match asked {
        Ok(()) => Door::Opens,
        Err(Error::SignIn) => Door::SignIn,
        Err(Error::NotAllowed { .. }) => Door::Refused,
        Err(_) => Door::Nothing,
    }
}

#[tokio::test]
async fn every_role_finds_every_door_as_the_policy_says() {
    let story = Story::begin().await;
    let mut walkers = walkers(&story).await;
    let trials = trials(&walkers, &story).await;
    let mut cells = 0;
    for (trial, route) in trials
        .iter()
        .flat_map(|t| table().into_iter().map(move |r| (t, r)))
    {
        let path = address(&route, trial);
        for walker in &mut walkers {
            let comes = if route.is_for_programs() {
                &mut walker.program
            } else {
                &mut walker.browser
            };
            let before = comes.cookies.clone();
            // A program shows no form: what it sends has to be nonsense, or it would be done.
            let sent = (route.is_for_programs() && route.method != Method::GET).then(nonsense);
            let answer = comes.once(route.method.clone(), &path, sent).await;
            comes.cookies = before;
            let to_sign_in = answer.header("location").starts_with("/sign-in?to=");
            let says = answer.words();
            let found = match answer.status.as_u16() {
                401 => Door::SignIn,
                303 if to_sign_in => Door::SignIn,
                403 if says.contains("You can’t do this yourself") => Door::Refused,
                404 => Door::Nothing,
                _ => Door::Opens,
            };
            let expected = expected(&story, &walker.actor, &route, trial).await;
            let cell = format!(
                "{} at {} {path}: {}",
                walker.name, route.method, answer.status
            );
            assert!(!answer.status.is_server_error(), "{cell}");
            // Behind an open door a thing that the address names may still not be there, or may be
            // its team's alone until it is published; never the other way about.
            let named = path != route.path;
            let read = matches!(route.access, Access::May(Action::ReadPublished, _));
            let narrower = expected == Door::Opens
                && named
                && (found == Door::Nothing || (read && found == Door::Refused));
            assert!(
                found == expected || narrower,
                "{cell}: found {found:?}, the policy says {expected:?}"
            );
            if route.method != Method::GET && expected == Door::Opens {
                assert_eq!(
                    answer.status.as_u16() / 100,
                    4,
                    "{cell}: taken without a token, or nonsense"
                );
            }
            cells += 1;
        }
    }
    assert!(cells > 500, "{cells} cells");
}

#[tokio::test]
async fn no_cookie_opens_a_way_for_programs() {
    let story = Story::begin().await;
    story.city.leader("Tom Brearley", "Thornbeck").await;
    let mut tom = story.signed_in("Tom Brearley").await;
    for route in table().iter().filter(|route| route.is_for_programs()) {
        let Access::May(action, _) = route.access else {
            continue;
        };
        if action == Action::ReadPublished {
            continue;
        }
        let path = address(route, &"23456789".parse().unwrap());
        let answer = tom.once(route.method.clone(), &path, None).await;
        assert_eq!(answer.status.as_u16(), 401, "{} {path}", route.method);
    }
}

#[tokio::test]
async fn outsiders_are_told_nothing_exists_whatever_they_send() {
    let story = Story::begin().await;
    story.city.teacher("Kim Lee", "Kirkfold").await;
    let mut kim = story.signed_in("Kim Lee").await;
    kim.get("/you").await;
    let mut program = story.program("Kim Lee", true).await;
    for route in table() {
        let Access::May(action, At::Place) = route.access else {
            continue;
        };
        if action == Action::ReadPublished {
            continue;
        }
        let path = address(&route, &"23456789".parse().unwrap());
        let answer = if route.is_for_programs() {
            let sent = (route.method != Method::GET).then(nonsense);
            program.once(route.method.clone(), &path, sent).await
        } else if route.method == Method::POST {
            kim.send(&path, &[("name", ""), ("email", "not an address")])
                .await
        } else {
            kim.get(&path).await
        };
        assert_eq!(answer.status.as_u16(), 404, "{} {path}", route.method);
    }
}
