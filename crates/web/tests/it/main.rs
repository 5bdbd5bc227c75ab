//! Stories that people walk through the router, as a browser without scripts would.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

mod frame;
mod house;
mod refusals;

use testkit::Browser;

/// A browser before an application with its usual settings.
fn stranger() -> Browser {
    Browser::new(difference_web::router(difference_web::App::new(
        difference_web::Settings::default(),
    )))
}
