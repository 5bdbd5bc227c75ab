//! Stories that people walk through the router, as a browser without scripts would.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

mod api;
mod bringing_places;
mod canaries;
mod clusters;
mod evaluating;
mod frame;
mod goals;
mod house;
mod keeping;
mod matrix;
mod refusals;
mod reviewed;
mod running_a_network;
mod second_step;
mod signing_in;
mod standing_in;
mod the_loop;

use difference_web::{App, Settings, router};
use testkit::{Browser, TestNetwork};

/// A network with Thornbeck and Kirkfold in it, and the application over it.
struct Story {
    city: TestNetwork,
    app: App,
}

impl Story {
    async fn begin() -> Self {
        Self::with(TestNetwork::new().await, Settings::default()).await
    }

    async fn with(city: TestNetwork, settings: Settings) -> Self {
        let city = city
            .with_place("Thornbeck")
            .await
            .with_place("Kirkfold")
            .await;
        let app = App::new((*city).clone(), settings);
        Self { city, app }
    }

    /// Somebody who is not signed in.
    fn stranger(&self) -> Browser {
        Browser::new(router(self.app.clone()))
    }

    /// A program with a token that this person made in the product.
    async fn program(&self, name: &str, may_write: bool) -> Browser {
        let mut person = self.signed_in(name).await;
        person.get("/you/tokens").await.is(200);
        let scope = if may_write { "write" } else { "read" };
        let made = person
            .send("/you/tokens", &[("name", "a program"), ("scope", scope)])
            .await;
        let words = made.is(200).words();
        let secret = words
            .split(' ')
            .find(|word| word.starts_with("difference_"));
        let mut program = self.stranger();
        let shown = format!("Bearer {}", secret.unwrap());
        program.always.push(("authorization".to_owned(), shown));
        program
    }

    /// A browser in which this person has just signed in.
    async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.stranger();
        browser.get("/sign-in").await.is(200);
        let email = testkit::email_of(name);
        let home = browser
            .send(
                "/sign-in",
                &[("email", &email), ("password", testkit::PASSWORD)],
            )
            .await;
        home.is(200);
        browser
    }
}
