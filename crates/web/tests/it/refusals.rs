//! What we do not take, and how we say so.

use axum::http::Method;

use crate::Story;

#[tokio::test]
async fn an_unknown_address_gets_a_page_that_says_what_to_do() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    let answer = browser.get("/no/such/page").await;
    answer
        .is(404)
        .says(&["We can’t find that page", "What to do."]);
    assert!(
        answer
            .text()
            .contains("<title>Error: We can’t find that page - Difference Engine</title>")
    );
}

#[tokio::test]
async fn a_page_that_only_shows_takes_no_form() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    browser
        .send("/how-we-judge", &[])
        .await
        .is(405)
        .says(&["That page can’t be used in that way"]);
}

#[tokio::test]
async fn a_form_without_its_token_or_with_another_browsers_is_refused() {
    let story = Story::begin().await;
    let mut other = story.stranger();
    other.get("/evaluate").await;
    let theirs = testkit::browser::hidden_token(&other.get("/evaluate").await.text()).unwrap();

    let story = Story::begin().await;
    let mut browser = story.stranger();
    let kind = || "application/x-www-form-urlencoded".to_owned();
    let without = browser
        .once(Method::POST, "/evaluate", Some((kind(), Vec::new())))
        .await;
    without
        .is(403)
        .says(&["That form is no longer ours to take", "Nothing was saved."]);

    browser.get("/evaluate").await;
    let body = format!("form-token={theirs}").into_bytes();
    browser
        .once(Method::POST, "/evaluate", Some((kind(), body)))
        .await
        .is(403);
}

#[tokio::test]
async fn a_form_that_another_site_sent_is_refused_though_its_token_fits() {
    for (header, value) in [
        ("origin", "https://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let story = Story::begin().await;
        let mut browser = story.stranger();
        browser.get("/evaluate").await;
        browser.always.push((header.into(), value.into()));
        browser
            .send("/evaluate", &[])
            .await
            .is(403)
            .says(&["That was sent from another site"]);
    }
    let story = Story::begin().await;
    let mut browser = story.stranger();
    browser.get("/evaluate").await;
    browser
        .always
        .push(("origin".into(), "http://localhost:8080".into()));
    browser
        .always
        .push(("sec-fetch-site".into(), "same-origin".into()));
    browser.send("/evaluate", &[]).await.is(422);
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_refused_in_words() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    browser.get("/evaluate").await;
    let large = vec![b'x'; difference_web::UPLOAD_LIMIT + 1];
    browser
        .upload("/evaluate", &[], "file", "large.csv", &large)
        .await
        .is(413)
        .says(&[
            "That file is too large",
            "We take files up to 25 MB.",
            "save it as CSV",
        ]);
}

#[tokio::test]
async fn a_post_that_is_no_form_is_refused() {
    let story = Story::begin().await;
    let mut browser = story.stranger();
    browser.get("/evaluate").await;
    let body = ("application/json".to_owned(), b"{}".to_vec());
    browser
        .once(Method::POST, "/evaluate", Some(body))
        .await
        .is(415);
}
