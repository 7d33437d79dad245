//! The program itself: it starts, answers, and ends when it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use orm::testing::TestDatabase;
use tempfile::TempDir;

/// Isolated, because the program connects by itself.
#[orm::test(models = [], isolated)]
async fn it_starts_answers_and_ends_when_its_requests_have_their_answers(db: TestDatabase) {
    // A database in memory is nobody else's, so there it gets a file.
    let url = if db.url().contains(":memory:") { "sqlite:shop.db".to_owned() } else { db.url().to_owned() };
    // What waits for a program blocks its thread, and that is not the runtime's.
    tokio::task::spawn_blocking(move || live_and_end(&url)).await.expect("it does");
}

fn live_and_end(url: &str) {
    let directory = TempDir::new().expect("a directory");
    let mut shop = Program::start(&directory, url, "20s");

    let recent = shop.ask("GET /posts/recent HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n");
    assert!(recent.starts_with("HTTP/1.1 200 OK"), "{recent}");
    assert!(recent.contains("Notes from a rainy morning (250)"), "{recent}");

    // Beside it the page that shows what was asked, which a release build does not have.
    let page = shop.ask("GET /__orm HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n");
    assert_eq!(page.contains("/posts/recent"), cfg!(debug_assertions), "{page}");

    // Half a request, of which the rest is on its way when the program is told to end.
    let body = r#"{"lines": [{"product": 1, "quantity": 2}]}"#;
    let mut connection = shop.connect();
    let head = format!(
        "POST /orders HTTP/1.1\r\nhost: shop\r\nx-user: 1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).expect("the shop listens");
    connection.write_all(&body.as_bytes()[..10]).expect("the shop listens");
    std::thread::sleep(Duration::from_millis(300));
    shop.signal("TERM");
    shop.wait_for_log("ending");
    assert!(shop.child.try_wait().expect("a child").is_none(), "it waits for the request");
    connection.write_all(&body.as_bytes()[10..]).expect("the shop listens still");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201 Created"), "{answer}");

    let status = shop.child.wait().expect("a child");
    assert!(status.success(), "{status}");
    shop.wait_for_log("ended");
}

#[test]
fn a_client_that_never_finishes_does_not_keep_it() {
    let directory = TempDir::new().expect("a directory");
    let mut shop = Program::start(&directory, "sqlite:shop.db", "100ms");
    let (mut half, _silent) = (shop.connect(), shop.connect());
    half.write_all(b"GET /products/1 HT").expect("the shop listens");
    std::thread::sleep(Duration::from_millis(300));
    shop.signal("INT");
    shop.wait_for_log("still run");
    assert!(shop.child.wait().expect("a child").success());
}

#[test]
fn a_setting_that_is_wrong_is_named() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_shop")).env("SHOP_POOL_SIZE", "many").output().expect("it starts");
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.starts_with("shop: SHOP_POOL_SIZE: "), "{error}");
}

struct Program {
    child: Child,
    _output: BufReader<ChildStdout>,
    log: BufReader<std::process::ChildStderr>,
    address: String,
}

impl Program {
    fn start(directory: &TempDir, url: &str, grace: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_shop"))
            .current_dir(directory.path())
            .env("SHOP_ADDRESS", "127.0.0.1:0")
            .env("SHOP_DATABASE_URL", url)
            .env("SHOP_GRACE", grace)
            .env("SHOP_DEBUG_PAGE", "on")
            .env_remove("SHOP_REDIS_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let log = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        output.read_line(&mut line).expect("text");
        let address = line.trim().strip_prefix("listening on http://").expect("where it listens").to_owned();
        Program { child, _output: output, log, address }
    }

    fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(&self.address).expect("it listens");
        connection.set_read_timeout(Some(Duration::from_secs(30))).expect("a time-out");
        connection
    }

    fn ask(&self, request: &str) -> String {
        let mut connection = self.connect();
        connection.write_all(request.as_bytes()).expect("it listens");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn signal(&self, name: &str) {
        let told = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(told.expect("kill").success());
    }

    fn wait_for_log(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert!(self.log.read_line(&mut line).expect("text") > 0, "the log ended without `{word}`");
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
