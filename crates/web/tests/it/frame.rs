//! What stands around every page.

use axum::http::Method;
use difference_web::Settings;

use crate::Story;

const PAGES: &[&str] = &[
    "/",
    "/evaluate",
    "/how-we-judge",
    "/privacy",
    "/accessibility",
];

#[tokio::test]
async fn a_stranger_is_one_click_from_evaluating_a_spreadsheet() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    let home = browser.get("/").await;
    home.is(200)
        .says(&["What difference are you making?", "Evaluate my spreadsheet"]);
    assert!(home.text().contains("href=\"/evaluate\""));
    browser
        .get("/evaluate")
        .await
        .is(200)
        .says(&["held in memory for 15 minutes, never written down"]);
}

#[tokio::test]
async fn every_page_has_one_heading_a_title_a_language_and_a_way_past_the_menu() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    for path in PAGES {
        let html = browser.get(path).await.is(200).text();
        assert_eq!(html.matches("<h1").count(), 1, "{path}");
        assert!(html.contains("<html lang=\"en-GB\""), "{path}");
        assert!(html.contains(" - Difference Engine</title>"), "{path}");
        assert!(
            html.contains("href=\"#main\"") && html.contains("<main id=\"main\""),
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_a_browser_safe() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    for path in [
        "/",
        "/evaluate",
        "/no-such-page",
        "/healthz",
        "/assets/x/no-such-file",
    ] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert!(
            answer.header("permissions-policy").contains("camera=()"),
            "{path}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(
            answer.header("strict-transport-security"),
            "",
            "plain http must not pin https: {path}"
        );
    }
}

#[tokio::test]
async fn under_https_cookies_are_locked_to_the_host_and_browsers_are_told_to_stay() {
    let settings = Settings {
        public_url: "https://difference.example".into(),
        ..Settings::default()
    };
    let story = Story::with(testkit::TestNetwork::new().await, settings).await;
    let mut browser = story.stranger();
    let answer = browser.get("/evaluate").await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-form=") && cookie.contains("; Secure"),
        "{cookie}"
    );
    assert!(
        cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
}

#[tokio::test]
async fn a_page_without_a_form_sets_no_cookie() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    for path in [
        "/",
        "/how-we-judge",
        "/privacy",
        "/accessibility",
        "/healthz",
    ] {
        assert_eq!(browser.get(path).await.header("set-cookie"), "", "{path}");
    }
}

#[tokio::test]
async fn the_stylesheet_and_fonts_may_be_kept_for_ever_and_are_asked_for_once() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    let html = browser.get("/").await.text();
    let (_, after) = html.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let sheet = after.split_once('"').unwrap().0.to_owned();
    let css = browser.get(&sheet).await;
    css.is(200);
    assert!(css.header("cache-control").contains("immutable"));
    assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
    let folder = sheet.trim_end_matches("difference.css");
    let mut fonts = 0;
    for url in css
        .text()
        .split("url(\"")
        .skip(1)
        .map(|u| u.split('"').next().unwrap().to_owned())
    {
        let font = browser.get(&format!("{folder}{url}")).await;
        assert_eq!(font.is(200).header("content-type"), "font/woff2", "{url}");
        fonts += 1;
    }
    assert_eq!(fonts, 4);
    browser
        .always
        .push(("if-none-match".into(), css.header("etag")));
    browser.get(&sheet).await.is(304);
}

#[tokio::test]
async fn whoever_runs_it_can_ask_how_it_is() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    browser.get("/healthz").await.is(200);
    browser.get("/readyz").await.is(200);
    browser
        .get("/metrics")
        .await
        .is(404)
        .says(&["We can’t find that page"]);
}

#[tokio::test]
async fn head_is_answered_like_get_without_its_body() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    let answer = browser.once(Method::HEAD, "/", None).await;
    answer.is(200);
    assert!(answer.bytes.is_empty());
}
