//! What the house promises about its own walls, read from its table and its sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use axum::http::Method;

use crate::Story;

fn files(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, all: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, all);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                all.push((path, text));
            }
        }
    }
    let mut all = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
        &mut all,
    );
    assert!(!all.is_empty());
    all
}

#[test]
fn every_way_in_stands_in_the_table_once() {
    let mut seen = BTreeSet::new();
    for route in difference_web::table() {
        assert!(
            seen.insert((route.method.to_string(), route.path)),
            "twice: {} {}",
            route.method,
            route.path
        );
        assert!(
            route.method == Method::GET || route.method == Method::POST || route.is_for_programs(),
            "{}",
            route.path
        );
    }
    assert!(seen.len() > 8);
}

#[test]
fn nothing_is_routed_past_the_table() {
    for (path, text) in files("src") {
        if path.ends_with("src/routes.rs") {
            continue;
        }
        for past in [".route(", ".nest(", ".route_service(", ".merge("] {
            assert!(
                !text.contains(past),
                "{} builds a way of its own with {past}",
                path.display()
            );
        }
    }
}

#[test]
fn no_template_runs_or_styles_anything_inline() {
    for (path, text) in files("templates") {
        for inline in [
            "<script",
            "style=\"",
            "<style",
            "javascript:",
            " onclick",
            " onload",
            "http://",
            "<iframe",
        ] {
            assert!(!text.contains(inline), "{} has {inline}", path.display());
        }
        if text.contains("method=\"post\"") {
            let forms = text.matches("method=\"post\"").count();
            let tokens = text.matches("name=\"form-token\"").count();
            assert_eq!(
                forms,
                tokens,
                "{} has a form without its token",
                path.display()
            );
        }
    }
}

#[tokio::test]
async fn no_way_in_breaks_when_a_stranger_tries_the_handle() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    for route in difference_web::table() {
        let path = route.path.replace("{*file}", "x").replace(['{', '}'], "");
        let answer = browser.once(route.method.clone(), &path, None).await;
        assert!(
            !answer.status.is_server_error(),
            "{} {path}: {}",
            route.method,
            answer.status
        );
        if route.method == Method::POST {
            assert!(
                answer.status.is_client_error(),
                "{path} took a form without a token"
            );
        }
    }
}
