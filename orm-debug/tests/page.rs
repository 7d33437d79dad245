//! The layer and its pages, asked without a network.

mod shop;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use orm::debug::DebugLayer;
use tower::ServiceExt;

async fn ask(app: &Router, uri: &str) -> (StatusCode, String) {
    let request = Request::get(uri).body(Body::empty()).expect("a request");
    let response = app.clone().oneshot(request).await.expect("an answer");
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

async fn page(app: &Router, uri: &str) -> String {
    let (status, page) = ask(app, uri).await;
    assert_eq!(status, StatusCode::OK, "{uri}: {page}");
    page
}

fn count(page: &str, what: &str) -> usize {
    page.matches(what).count()
}

#[tokio::test]
async fn requests_are_listed_with_what_they_asked() {
    let db = shop::database().await;
    let app = shop::app(db.clone(), DebugLayer::new().database(&db));
    assert!(page(&app, "/__orm").await.contains("Nothing was asked for yet"));
    page(&app, "/products").await;
    page(&app, "/empty").await;
    assert_eq!(ask(&app, "/products/999").await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(&app, "/broken").await.0, StatusCode::INTERNAL_SERVER_ERROR);

    let list = page(&app, "/__orm").await;
    for part in [
        "/products</",
        "/products/999",
        "/empty",
        "/broken",
        ">404<",
        ">500<",
        "N+1",
        "duplicates",
        "1 failed",
    ] {
        assert!(list.contains(part), "{part} in {list}");
    }
    // What was set up before, and the pages themselves, are not requests.
    assert_eq!(count(&list, "/__orm/requests/"), 4, "{list}");
}

#[tokio::test]
async fn a_request_shows_its_statements_duplicates_and_advice() {
    let db = shop::database().await;
    let app = shop::app(db.clone(), DebugLayer::new().database(&db));
    page(&app, "/products").await;
    let request = page(&app, "/__orm/requests/1").await;
    for part in [
        "<strong>Product.all</strong>",
        "add <code>.select_related(|p| p.maker)</code> to the query for <code>Product</code>",
        "more with the same text",
        "orm-debug/tests/shop/mod.rs:",
        "<b>WHERE</b>",
        "SQLite",
        "Explain",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
    assert_eq!(count(&request, "class=\"statement\""), 9, "one for the list and one for each of eight rows");
}

#[tokio::test]
async fn a_plan_is_asked_for_on_demand() {
    let db = shop::database().await;
    let app = shop::app(db.clone(), DebugLayer::new().database(&db));
    page(&app, "/products").await;
    assert!(!page(&app, "/__orm/requests/1").await.contains("<h3>Plan</h3>"));
    let explained = page(&app, "/__orm/requests/1?explain=0").await;
    assert!(explained.contains("<h3>Plan</h3>") && explained.contains("reads all"), "{explained}");
    // What is not there, or does not read, has none; and without a database nothing can be asked.
    assert!(!page(&app, "/__orm/requests/1?explain=99").await.contains("<h3>Plan</h3>"));
    page(&app, "/report").await;
    let report = page(&app, "/__orm/requests/2?explain=0").await;
    assert!(report.contains("<strong>BEGIN</strong>") && !report.contains("<h3>Plan</h3>"), "{report}");
    let without = shop::app(db.clone(), DebugLayer::new());
    page(&without, "/products").await;
    let request = page(&without, "/__orm/requests/1?explain=0").await;
    assert!(!request.contains("Explain") && !request.contains("<h3>Plan</h3>"));
}

#[tokio::test]
async fn values_are_shown_only_where_they_are_asked_for() {
    let db = shop::database().await;
    for (shown, layer) in [(false, DebugLayer::new()), (true, DebugLayer::new().show_values(true))] {
        let app = shop::app(db.clone(), layer.database(&db));
        page(&app, "/products?secret=canary").await;
        let pages = page(&app, "/__orm").await + &page(&app, "/__orm/requests/1?explain=0").await;
        assert_eq!(pages.contains("canary"), shown);
        assert_eq!(pages.contains("I32(150)"), shown);
    }
}

#[tokio::test]
async fn what_comes_from_outside_is_escaped() {
    let db = shop::database().await;
    let app = shop::app(db.clone(), DebugLayer::new().show_values(true).database(&db));
    page(&app, "/named/%3Cscript%3Ealert('tea')%3C%2Fscript%3E?q='x").await;
    ask(&app, "/nothing/\"onmouseover=\"x").await;
    for uri in ["/__orm", "/__orm/requests/1", "/__orm/requests/2"] {
        let page = page(&app, uri).await;
        assert!(!page.contains("<script>") && !page.contains("\"onmouseover=\""), "{page}");
    }
    assert!(page(&app, "/__orm/requests/1").await.contains("&lt;script&gt;alert"));
}

#[tokio::test]
async fn what_runs_while_the_body_is_read_belongs_to_the_request() {
    let db = shop::database().await;
    let app = shop::app(db.clone(), DebugLayer::new().database(&db));
    assert_eq!(page(&app, "/streamed").await, "12");
    assert!(page(&app, "/__orm/requests/1").await.contains("Product.count"));
}

#[tokio::test]
async fn a_body_that_is_dropped_is_said_to_be_cut_off() {
    let db = shop::database().await;
    let app = shop::app(db.clone(), DebugLayer::new());
    let request = Request::get("/streamed").body(Body::empty()).expect("a request");
    drop(app.clone().oneshot(request).await.expect("an answer"));
    assert!(page(&app, "/__orm").await.contains("200 cut off"));
    let head = Request::head("/products").body(Body::empty()).expect("a request");
    drop(app.clone().oneshot(head).await.expect("an answer"));
    assert_eq!(count(&page(&app, "/__orm").await, "cut off"), 1);
}

#[tokio::test]
async fn only_so_many_are_kept_and_the_page_is_where_it_is_asked_to_be() {
    let db = shop::database().await;
    let app = shop::app(db, DebugLayer::new().keep(3).path("internal/queries/"));
    for _ in 0..5 {
        page(&app, "/empty").await;
    }
    let list = page(&app, "/internal/queries").await;
    assert_eq!(count(&list, "/internal/queries/requests/"), 3);
    assert_eq!(ask(&app, "/internal/queries/requests/1").await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(&app, "/__orm").await, (StatusCode::NOT_FOUND, String::new()));
}

#[tokio::test]
async fn pages_load_nothing_run_nothing_and_are_not_kept() {
    let db = shop::database().await;
    let app = shop::app(db, DebugLayer::new());
    let request = Request::get("/__orm").body(Body::empty()).expect("a request");
    let response = app.clone().oneshot(request).await.expect("an answer");
    let policy = &response.headers()[header::CONTENT_SECURITY_POLICY];
    assert!(policy.to_str().is_ok_and(|policy| policy.starts_with("default-src 'none'")));
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let page = page(&app, "/__orm").await;
    for outside in ["http://", "https://", "<script", "<img", "<link", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    let written = Request::builder().method(Method::POST).uri("/__orm").body(Body::empty());
    let response = app.oneshot(written.expect("a request")).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}
