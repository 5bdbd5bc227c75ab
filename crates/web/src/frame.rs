//! What stands around every page: title, masthead, menu, crumbs and footer.
//!
//! Who may call this: handlers, once for each page. What must stay true: only what is built is
//! shown; a menu never names a page that the person can't open.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use network::places::NetworkProfile;
use network::{Action, Scope};

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;

/// The network as every page names it.
#[derive(Clone, Debug)]
pub(crate) struct NetworkFace {
    pub(crate) name: String,
    pub(crate) purpose: String,
    /// What it stands for, a few words each.
    pub(crate) values: Vec<String>,
    pub(crate) contact: Option<Contact>,
}

impl From<NetworkProfile> for NetworkFace {
    fn from(profile: NetworkProfile) -> Self {
        let about = profile.about;
        let contact = Contact {
            name: about.contact_name,
            role: about.contact_role,
            phone: about.contact_phone,
            email: about.contact_email,
        };
        Self {
            name: about.name,
            purpose: about.purpose,
            values: about.values,
            contact: (!contact.name.is_empty()).then_some(contact),
        }
    }
}

/// Somebody to ring.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) phone: String,
    pub(crate) email: String,
}

impl Contact {
    /// The number as a telephone dials it.
    pub(crate) fn phone_link(&self) -> String {
        let digits: String = self
            .phone
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '+')
            .collect();
        match digits.strip_prefix('0') {
            Some(rest) => format!("+44{rest}"),
            None => digits,
        }
    }
    pub(crate) fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or("us")
    }
}

/// Where in the menu a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Here {
    Home,
    Evaluate,
    Practices,
    SignIn,
    You,
    Network,
    Elsewhere,
}

pub(crate) struct MenuItem {
    pub(crate) label: String,
    pub(crate) href: String,
    /// `page` on the page itself, `true` within its part of the site.
    pub(crate) current: Option<&'static str>,
}

pub(crate) struct Crumb {
    pub(crate) label: String,
    pub(crate) href: String,
}

/// What stands around a page.
pub(crate) struct Frame {
    pub(crate) title: String,
    /// Whether the title starts with "Error: ".
    pub(crate) wrong: bool,
    pub(crate) home: String,
    pub(crate) menu: Vec<MenuItem>,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) network: Option<NetworkFace>,
    pub(crate) assets: String,
}

impl Frame {
    pub(crate) fn new(app: &App, visitor: &Visitor, here: Here, title: impl Into<String>) -> Self {
        let actor = visitor.actor();
        let home = actor
            .grants
            .iter()
            .find(|g| g.place.is_some())
            .map_or_else(|| "/".to_owned(), |g| format!("/places/{}", g.place_slug));
        let item = |label: &str, href: &str, at: Here| MenuItem {
            label: label.to_owned(),
            href: href.to_owned(),
            current: (at == here).then_some("page"),
        };
        let mut menu = vec![
            item("Home", &home, Here::Home),
            item("Evaluate a spreadsheet", "/evaluate", Here::Evaluate),
        ];
        if visitor.face().is_some() {
            menu.push(item("Practices", "/practices", Here::Practices));
        }
        if actor.may(Action::ManageNetwork, Scope::network()) {
            menu.push(item("Network", "/network", Here::Network));
        } else if actor.may(Action::SeePeople, Scope::network()) {
            menu.push(item("Network", "/network/people", Here::Network));
        }
        match &actor.person {
            Some(person) => menu.push(item(&person.name, "/you", Here::You)),
            None if visitor.face().is_some() => {
                menu.push(item("Sign in", "/sign-in", Here::SignIn))
            }
            None => {}
        }
        Self {
            title: title.into(),
            wrong: false,
            home,
            menu,
            crumbs: Vec::new(),
            network: visitor.face().cloned(),
            assets: app.assets.folder.clone(),
        }
    }

    /// The way from the top to this page, this page left out.
    pub(crate) fn under(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push(Crumb {
            label: label.into(),
            href: href.into(),
        });
        self
    }

    /// A page that shows what is wrong with a form.
    pub(crate) fn with_errors(mut self, wrong: bool) -> Self {
        self.wrong = wrong;
        self
    }

    /// The current menu entry is the part of the site, not the page itself.
    pub(crate) fn within(mut self) -> Self {
        for item in &mut self.menu {
            if item.current.is_some() {
                item.current = Some("true");
            }
        }
        self
    }
}

/// A page, rendered.
pub(crate) fn page(template: &impl Template) -> Result<Response, AppError> {
    let html = template
        .render()
        .map_err(|e| AppError::fault("a page could not be drawn", &e))?;
    let mut response = Html(html).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}
