//! A network in a folder of its own, with its places and people.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use ::network::people::{self, Founding, NewPerson, SignedIn};
use ::network::places::{self, About, Place, PlaceProfile};
use ::network::{Actor, Network, Role, Settings};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::{FakeClock, SeededRandomness, a_database};

/// Everybody's password here.
pub const PASSWORD: &str = "blue kettle on the hill";

/// A network for one test: founded, in a temporary folder, on Tuesday 24 November 2026, 10.00am.
///
/// ```no_run
/// # async fn story() {
/// use difference_testkit::TestNetwork;
/// let city = TestNetwork::new().await.with_place("Thornbeck").await;
/// let amina = city.teacher("Amina Rashid", "Thornbeck").await;
/// # }
/// ```
pub struct TestNetwork {
    network: Network,
    /// The clock that the network reads.
    pub clock: FakeClock,
    folder: Arc<TempDir>,
    lead: Actor,
}

impl Deref for TestNetwork {
    type Target = Network;
    fn deref(&self) -> &Network {
        &self.network
    }
}

impl TestNetwork {
    /// A founded network, with Ruth Adeyemi as its lead; leaders approve plans.
    pub async fn new() -> Self {
        Self::open(|settings| settings).await
    }

    /// The same as the demo city is opened: with one-click links.
    pub async fn demo() -> Self {
        Self::open(|mut settings| {
            settings.demo = true;
            settings
        })
        .await
    }

    /// The same, in a file whatever the tests run on: for what looks into the file itself.
    pub async fn in_a_file() -> Self {
        Self::open(|mut settings| {
            settings.database = None;
            settings
        })
        .await
    }

    async fn open(change: impl FnOnce(Settings) -> Settings) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder can be made"));
        let now: Timestamp = "2026-11-24T10:00:00Z".parse().expect("a time");
        let clock = FakeClock::at(now);
        let mut settings = settings_in(folder.path(), &clock);
        settings.second_step = false;
        let network = Network::open(change(settings))
            .await
            .expect("the network opens");
        let founding = Founding {
            about: About {
                name: "Aireford Learning Network".to_owned(),
                purpose: "Every child in Aireford known, stretched and ready for the world."
                    .to_owned(),
                values: vec![
                    "fair and open".to_owned(),
                    "nobody slips through".to_owned(),
                ],
                contact_name: "Ruth Adeyemi".to_owned(),
                contact_role: "network lead".to_owned(),
                contact_phone: "0113 496 0118".to_owned(),
                contact_email: "ruth.adeyemi@example.org".to_owned(),
            },
            lead: new_person("Ruth Adeyemi"),
            time_zone: String::new(),
            leader_approves: true,
        };
        people::found(&network, &Actor::operator(), &founding)
            .await
            .expect("it is founded");
        let lead = sign_in(&network, "Ruth Adeyemi").await.actor;
        Self {
            network,
            clock,
            folder,
            lead,
        }
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Closes the network and opens the same folder again, as a restart does.
    pub async fn restarted(self) -> Self {
        let as_before = self.settings().second_step;
        self.reopened(as_before).await
    }

    /// The same, as the product is served: whoever leads takes a second step at sign-in. Stories
    /// about other things leave it out.
    pub async fn asking_for_second_step(self) -> Self {
        self.reopened(true).await
    }

    async fn reopened(self, second_step: bool) -> Self {
        let Self {
            network,
            clock,
            folder,
            lead,
        } = self;
        let mut settings = network.settings().clone();
        settings.second_step = second_step;
        network.close().await.expect("it closes");
        let network = Network::open(settings).await.expect("it opens again");
        Self {
            network,
            clock,
            folder,
            lead,
        }
    }

    /// Ruth Adeyemi, who leads the network.
    #[must_use]
    pub const fn lead(&self) -> &Actor {
        &self.lead
    }

    /// Adds a primary school whose address is its name.
    pub async fn with_place(self, name: &str) -> Self {
        let profile = PlaceProfile {
            name: format!("{name} Primary School"),
            kind: "school".to_owned(),
            phase: "primary".to_owned(),
            town: "Aireford".to_owned(),
            ..PlaceProfile::default()
        };
        places::add_place(
            &self.network,
            &self.lead,
            &places::slug_from(name),
            &profile,
        )
        .await
        .expect("the place is added");
        self
    }

    /// The place with this name.
    #[expect(
        clippy::panic,
        reason = "a story that names no such place is wrong itself"
    )]
    pub async fn place(&self, name: &str) -> Place {
        match places::by_slug(&self.network, &places::slug_from(name)).await {
            Ok(places::Found::Here(place)) => *place,
            other => panic!("{name} is no place here: {other:?}"),
        }
    }

    /// A teacher, signed in.
    pub async fn teacher(&self, name: &str, place: &str) -> Actor {
        self.holder(name, Role::Teacher, Some(place)).await
    }
    /// A place leader, signed in.
    pub async fn leader(&self, name: &str, place: &str) -> Actor {
        self.holder(name, Role::PlaceLeader, Some(place)).await
    }
    /// A governor, signed in.
    pub async fn governor(&self, name: &str, place: &str) -> Actor {
        self.holder(name, Role::Governor, Some(place)).await
    }

    /// Somebody with any role at a place, or (none) for the whole network, signed in.
    pub async fn holder(&self, name: &str, role: Role, place: Option<&str>) -> Actor {
        let place = match place {
            Some(place) => Some(self.place(place).await.id),
            None => None,
        };
        people::give_role(&self.network, &self.lead, &new_person(name), role, place)
            .await
            .expect("the role is given");
        sign_in(&self.network, name).await.actor
    }

    /// Signs somebody in again, as on another device.
    pub async fn sign_in(&self, name: &str) -> SignedIn {
        sign_in(&self.network, name).await
    }
}

/// What a phone shows at a time when this key was put into it, in base 32 with or without gaps.
#[must_use]
pub fn phone_code(key: &str, at: Timestamp) -> String {
    let key = totp_rs::Secret::try_from_base32(key.replace(' ', "")).expect("a key");
    let phone = totp_rs::Builder::new().with_secret(key).build();
    let seconds = u64::try_from(at.as_second()).expect("after 1970");
    phone.expect("a phone").generate(seconds).to_string()
}

/// Settings for a folder, with the test's clock and seeded randomness.
fn settings_in(folder: &Path, clock: &FakeClock) -> Settings {
    let mut settings = Settings::new(folder.join("data"));
    settings.database = a_database();
    settings.clock = Arc::new(clock.clone());
    settings.randomness = Arc::new(SeededRandomness::from_seed(1));
    settings
}

/// A person's e-mail address here: amina.rashid@example.org.
#[must_use]
pub fn email_of(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}

fn new_person(name: &str) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        email: email_of(name),
        password: Some(PASSWORD.to_owned()),
    }
}

async fn sign_in(network: &Network, name: &str) -> SignedIn {
    people::sign_in(network, &email_of(name), PASSWORD, "a test")
        .await
        .expect("the person signs in")
}
