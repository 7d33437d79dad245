//! The pages in headless Chromium: opened, read, and followed from one to the next.
//!
//! `ORM_TEST_CHROMIUM` names the program; where it is not set a Chromium on the path is taken, and without one the test
//! says so and passes. `ORM_DEBUG_SCREENSHOT` names a file for the picture in the guide.

mod shop;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use orm::debug::DebugLayer;
use tokio::process::Command;
use tower::ServiceExt;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Chromium, if there is one; if one was promised it is there.
fn chromium() -> Option<PathBuf> {
    if let Some(promised) = std::env::var_os("ORM_TEST_CHROMIUM") {
        return Some(promised.into());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

struct Browser {
    program: PathBuf,
    profile: tempfile::TempDir,
}

impl Browser {
    async fn run(&self, url: &str, what: &str) -> String {
        let mut command = Command::new(&self.program);
        command
            .args([
                "--headless",
                "--disable-gpu",
                "--no-first-run",
                "--hide-scrollbars",
                "--window-size=1180,980",
            ])
            .arg("--force-device-scale-factor=1")
            // A build machine runs it as root, in a container; it opens only our own page.
            .arg("--no-sandbox")
            .arg(format!("--user-data-dir={}", self.profile.path().display()))
            .args([what, url])
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let ended = tokio::time::timeout(Duration::from_mins(1), command.output()).await;
        let output = ended.expect("Chromium ends within a minute").expect("Chromium starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The document as Chromium understood it.
    async fn read(&self, url: &str) -> String {
        self.run(url, "--dump-dom").await
    }

    async fn picture(&self, url: &str, file: &Path) {
        self.run(url, &format!("--screenshot={}", file.display())).await;
    }
}

/// Serves the app on a port of its own.
async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

async fn ask(app: &Router, path: &str) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = app.clone().oneshot(request).await.expect("an answer");
    axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
}

/// What is between two texts, the first time.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let found = text.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    found.unwrap_or_else(|| panic!("nothing between {before} and {after} in {text}")).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chromium_opens_and_reads_the_pages() {
    let Some(program) = chromium() else {
        eprintln!("skipped: there is no Chromium on this machine; `ORM_TEST_CHROMIUM` can name one");
        return;
    };
    let browser = Browser { program, profile: tempfile::tempdir().expect("a folder") };
    let db = shop::database().await;
    let app = shop::app(db.clone(), DebugLayer::new().database(&db));
    for path in ["/report", "/empty", "/products/7", "/products/999", "/broken", "/streamed", "/products"] {
        ask(&app, path).await;
    }
    let server = serve(app).await;

    // The list: what a person sees of each request, the newest first.
    let list = browser.read(&format!("{server}/__orm")).await;
    let first = between(&list, "<tbody>", "</tr>");
    for part in ["GET", "/products", "N+1", "7 duplicates", "200"] {
        assert!(first.contains(part), "{part} in {first}");
    }
    assert_eq!(list.matches("<td class=\"request\">").count(), 7);
    let link = between(first, "href=\"", "\"");

    // The request that it leads to.
    let request = browser.read(&format!("{server}{link}")).await;
    assert_eq!(between(&request, "<title>", "</title>"), "GET /products · orm");
    assert!(request.contains("Maker.get</strong> ran 8 times"), "{request}");
    assert!(request.contains("7 more with the same text"), "{request}");
    let explain = between(&request, "class=\"button\" href=\"", "\"");

    // Its first query's plan.
    let explained = browser.read(&format!("{server}{link}{explain}")).await;
    let plan = between(&explained, "<h3>Plan</h3>", "</div>");
    assert!(plan.contains("product") && plan.contains("reads all"), "{plan}");

    // That it can be looked at, too.
    let file = browser.profile.path().join("page.png");
    let kept = std::env::var_os("ORM_DEBUG_SCREENSHOT").map(PathBuf::from);
    let file = kept.as_ref().unwrap_or(&file);
    if kept.is_some() {
        // For whoever works on the style.
        browser.picture(&format!("{server}/__orm"), &file.with_extension("list.png")).await;
        browser.picture(&format!("{server}{link}{explain}"), &file.with_extension("plan.png")).await;
    }
    browser.picture(&format!("{server}{link}"), file).await;
    let picture = std::fs::read(file).expect("a picture");
    let size =
        |at: usize| u32::from_be_bytes([picture[at], picture[at + 1], picture[at + 2], picture[at + 3]]);
    assert!(picture.starts_with(b"\x89PNG") && picture.len() > 10_000);
    assert_eq!((size(16), size(20)), (1180, 980));
}
