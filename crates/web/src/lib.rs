//! The pages and the API over the network.
//!
//! Who may call this: the binary (`serve`, `demo`) and the test app. What must stay true: every
//! way in stands in [`routes::table`] with who may use it; a handler reads as one sentence
//! (extract, one call, render); no statistics and no storage live here; a page is whole without
//! scripts.

mod about;
mod api;
mod app;
mod assets;
mod desk;
mod edge;
mod evaluate;
mod form;
mod frame;
mod goals;
mod governance;
mod home;
mod people;
mod places;
mod practices;
mod routes;
mod serve;
mod status;
mod trials;
mod words;

pub use app::{App, Settings};
pub use edge::access::{Access, At};
pub use edge::body::{FORM_LIMIT, LIST_LIMIT, UPLOAD_LIMIT};
pub use edge::cookies::random_token;
pub use edge::visitor::Peer;
pub use places::first_password;
pub use routes::{Route, router, table};
pub use serve::serve;
