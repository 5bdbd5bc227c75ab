//! The people, their roles, and the four guests' links. Nobody has a password: they sign in by links,
//! which exist only while the demo runs.

use network::people::{self, Founding, NewPerson};
use network::{Actor, Network, Result, Role};

use super::city::City;
use super::places::{self, PLACES};

/// Somebody at a place.
pub struct Staff {
    /// What they are called.
    pub name: &'static str,
    /// Where they are.
    pub place: &'static str,
    role: Role,
}

const fn teacher(name: &'static str, place: &'static str) -> Staff {
    Staff {
        name,
        place,
        role: Role::Teacher,
    }
}

impl Staff {
    /// The name, with the role where it is no teacher's.
    pub fn with_role(&self) -> String {
        if self.role == Role::Teacher {
            self.name.to_owned()
        } else {
            format!("{} ({})", self.name, self.role.words())
        }
    }
}

/// Teachers and governors; heads stand with their places.
pub const STAFF: &[Staff] = &[
    teacher("Priya Nair", "thornbeck"),
    teacher("Tom Brearley", "thornbeck"),
    teacher("Gill Hesketh", "thornbeck"),
    teacher("Owen Sykes", "thornbeck"),
    Staff {
        name: "Harjit Sandhu",
        place: "thornbeck",
        role: Role::Governor,
    },
    teacher("Sam Oyelaran", "kirkfold"),
    teacher("Ewa Nowak", "tannery-row"),
    teacher("Jo Garside", "hunslow-green"),
    teacher("Dot Haigh", "gipsy-row"),
    teacher("Beth Ackroyd", "millgarth"),
    teacher("Nell Whitaker", "oakshaw"),
    teacher("Maeve Donnelly", "st-hildas"),
    teacher("Imran Hussain", "armsworth"),
    teacher("Lewis Barraclough", "roundwood"),
    teacher("Farah Iqbal", "quarrybank"),
];

/// Somebody whom a visitor can sign in as.
pub struct Guest {
    /// What they are, such as "a teacher".
    pub what: &'static str,
    /// What they are called.
    pub name: &'static str,
    /// The end of the link that signs them in.
    pub link: String,
}

/// Makes a link each for a teacher, a head, a governor and the network lead.
///
/// # Errors
/// When the folder was not filled with this city.
pub async fn guests(network: &Network) -> Result<Vec<Guest>> {
    let mut guests = Vec::new();
    for (what, name) in [
        ("a teacher", "Priya Nair"),
        ("a head", "Amina Rashid"),
        ("a governor", "Harjit Sandhu"),
        ("the network lead", "Ruth Adeyemi"),
    ] {
        let secret = people::demo::link_for(network, &email(name)).await?;
        guests.push(Guest {
            what,
            name,
            link: format!("/sign-in/demo/{secret}"),
        });
    }
    Ok(guests)
}

fn email(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}

fn account(name: &str) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        email: email(name),
        password: None,
    }
}

/// Founds the network with its lead.
pub async fn found(city: &mut City) -> Result<()> {
    let founding = Founding {
        about: places::about(),
        lead: account("Ruth Adeyemi"),
        time_zone: places::ZONE.to_owned(),
        leader_approves: true,
    };
    people::found(&city.network, &Actor::operator(), &founding).await?;
    sign_in(city, "Ruth Adeyemi").await
}

/// The network lead makes heads; heads make their teachers and governors.
pub async fn join(city: &mut City) -> Result<()> {
    for spot in PLACES {
        city.moment();
        let lead = city.actor("Ruth Adeyemi")?.clone();
        give(city, &lead, spot.head, Role::PlaceLeader, spot.slug).await?;
    }
    for staff in STAFF {
        city.moment();
        let head = city.actor(places::head(staff.place))?.clone();
        give(city, &head, staff.name, staff.role, staff.place).await?;
    }
    Ok(())
}

async fn give(
    city: &mut City,
    by: &Actor,
    name: &'static str,
    role: Role,
    place: &str,
) -> Result<()> {
    let place = city.place(place)?;
    people::give_role(&city.network, by, &account(name), role, Some(place)).await?;
    sign_in(city, name).await
}

async fn sign_in(city: &mut City, name: &'static str) -> Result<()> {
    let secret = people::demo::link_for(&city.network, &email(name)).await?;
    let signed_in = people::demo::follow(&city.network, &secret, "The city’s beginning").await?;
    city.people.insert(name, signed_in.actor);
    Ok(())
}

/// Everybody signs out: no device of the past stays signed in.
pub async fn leave(city: &City) -> Result<()> {
    for actor in city.people.values() {
        city.moment();
        people::sign_out(&city.network, actor).await?;
    }
    Ok(())
}
