//! A browser without scripts: keeps cookies, knows the form that it last saw, follows redirects.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use tower::ServiceExt as _;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Where we ended up.
    pub path: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    /// The body's words without its tags, each run of white space as one space.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::new();
        let mut inside = false;
        for c in self.text().chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    words.push(' ');
                }
                c if !inside => words.push(c),
                _ => {}
            }
        }
        let words = words
            .replace("&#39;", "'")
            .replace("&quot;", "\"")
            .replace("&nbsp;", " ")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
    /// A header's value, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    }
    /// Fails the test, with the page's words, unless all of these are on it.
    #[track_caller]
    pub fn says(&self, expected: &[&str]) -> &Self {
        let words = self.words();
        for e in expected {
            assert!(
                words.contains(e),
                "“{e}” is not on {} ({}):\n{words}",
                self.path,
                self.status
            );
        }
        self
    }
    /// Fails the test unless the status is this.
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}: {}",
            self.path,
            self.words()
        );
        self
    }
}

/// A browser without scripts.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    /// Cookies by name.
    pub cookies: BTreeMap<String, String>,
    /// Headers that it sends with everything.
    pub always: Vec<(String, String)>,
    token: Option<String>,
}

impl Browser {
    /// A fresh one.
    #[must_use]
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            always: Vec::new(),
            token: None,
        }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.walk(Method::GET, path, None).await
    }

    /// Sends the form that was last seen, with these fields, and goes where it leads.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token.clone().map(|t| ("form-token".to_owned(), t));
        let fields = fields
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .chain(token);
        let body: Vec<String> = fields
            .map(|(n, v)| format!("{}={}", encoded(&n), encoded(&v)))
            .collect();
        let kind = "application/x-www-form-urlencoded".to_owned();
        self.walk(
            Method::POST,
            path,
            Some((kind, body.join("&").into_bytes())),
        )
        .await
    }

    /// Sends a form with a file, as a browser packs it.
    pub async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        field: &str,
        name: &str,
        content: &[u8],
    ) -> Answer {
        let mark = "----a-mark-that-no-file-holds";
        let mut body = Vec::new();
        let token = self.token.clone();
        let all = fields
            .iter()
            .copied()
            .chain(token.as_deref().map(|t| ("form-token", t)));
        for (n, v) in all {
            body.extend(
                format!("--{mark}\r\nContent-Disposition: form-data; name=\"{n}\"\r\n\r\n{v}\r\n")
                    .bytes(),
            );
        }
        body.extend(
            format!("--{mark}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").bytes(),
        );
        body.extend(content);
        body.extend(format!("\r\n--{mark}--\r\n").bytes());
        self.walk(
            Method::POST,
            path,
            Some((format!("multipart/form-data; boundary={mark}"), body)),
        )
        .await
    }

    /// One request and, while it is answered by a redirect, the next.
    async fn walk(
        &mut self,
        method: Method,
        path: &str,
        body: Option<(String, Vec<u8>)>,
    ) -> Answer {
        let mut answer = self.once(method, path, body).await;
        for _ in 0..5 {
            if !answer.status.is_redirection() || answer.status == StatusCode::NOT_MODIFIED {
                break;
            }
            let next = answer.header("location");
            answer = self.once(Method::GET, &next, None).await;
        }
        if let Some(token) = hidden_token(&answer.text()) {
            self.token = Some(token);
        }
        answer
    }

    /// One request, without following where it leads.
    pub async fn once(
        &mut self,
        method: Method,
        path: &str,
        body: Option<(String, Vec<u8>)>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost:8080");
        if !self.cookies.is_empty() {
            let all: Vec<String> = self
                .cookies
                .iter()
                .map(|(n, v)| format!("{n}={v}"))
                .collect();
            request = request.header(header::COOKIE, all.join("; "));
        }
        for (name, value) in &self.always {
            request = request.header(name, value);
        }
        let request = match body {
            Some((kind, bytes)) => request
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from(bytes)),
            None => request.body(Body::empty()),
        };
        let response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        for cookie in head.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() || text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = axum::body::to_bytes(body, usize::MAX)
            .await
            .unwrap()
            .to_vec();
        Answer {
            path: path.to_owned(),
            status: head.status,
            headers: head.headers,
            bytes,
        }
    }
}

/// The value of the hidden field that ties a form to its browser.
#[must_use]
pub fn hidden_token(html: &str) -> Option<String> {
    let (_, after) = html.split_once("name=\"form-token\" value=\"")?;
    Some(after.split_once('"')?.0.to_owned())
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(b).to_string()
            }
            b => format!("%{b:02X}"),
        })
        .collect()
}
