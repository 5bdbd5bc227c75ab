//! What stands around every page: title, masthead, menu, crumbs and footer.
//!
//! Who may call this: handlers, once for each page. What must stay true: only what is built is
//! shown; a menu never names a page that the person can't open.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;

/// The network as every page names it.
#[derive(Clone, Debug)]
pub(crate) struct NetworkFace {
    pub(crate) name: String,
    pub(crate) purpose: String,
    pub(crate) contact: Option<Contact>,
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
    SignIn,
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
    pub(crate) fn new(app: &App, _visitor: &Visitor, here: Here, title: impl Into<String>) -> Self {
        let item = |label: &str, href: &str, at: Here| MenuItem {
            label: label.to_owned(),
            href: href.to_owned(),
            current: (at == here).then_some("page"),
        };
        let menu = vec![
            item("Home", "/", Here::Home),
            item("Evaluate a spreadsheet", "/evaluate", Here::Evaluate),
        ];
        Self {
            title: title.into(),
            wrong: false,
            home: "/".to_owned(),
            menu,
            crumbs: Vec::new(),
            network: app.network_face(),
            assets: app.assets.folder.clone(),
        }
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
