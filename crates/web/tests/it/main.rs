//! Stories that people walk through the router, as a browser without scripts would.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

mod evaluating;
mod frame;
mod house;
mod matrix;
mod refusals;
mod running_a_network;
mod signing_in;

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
