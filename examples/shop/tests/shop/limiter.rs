//! The limiter: as clients meet it, and in Redis where there is one.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use orm::testing::TestDatabase;
use shop::limiter::Limiter;
use shop::models::MODELS;
use shop::state::Shop;
use tempfile::TempDir;

use crate::client::Client;

#[orm::test(models = MODELS)]
async fn who_asks_too_often_is_told_when_to_come_back(db: TestDatabase) {
    let shop = Shop::new(db.database().clone()).limited_by(Some(Limiter::in_memory(3)));
    let client = Client::of_shop(shop);
    let ann = client.as_user(1);
    let mut refused = Vec::new();
    // Seven, because the minute may end meanwhile: then four of them are in one of the two.
    for _ in 0..7 {
        refused.extend(Some(ann.get("/products").await).filter(|answer| answer.status != 200));
    }
    assert!((1..=4).contains(&refused.len()), "{}", refused.len());
    assert_eq!(refused[0].refused(), (429, "too_many_requests"));
    let wait: u64 = refused[0].headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    // Others are not concerned, nor is who names no user, nor who asks for health.
    assert_eq!(client.as_user(2).get("/products").await.status, 200);
    for _ in 0..5 {
        assert_eq!(client.get("/products").await.status, 200);
        assert_eq!(ann.get("/health").await.status, 200);
    }
}

#[tokio::test]
async fn in_redis_all_processes_count_together() {
    let Some(redis) = RedisServer::start() else { return };
    // As two processes of the service would have them.
    let (one, other) = (redis.limiter(3), redis.limiter(3));
    for limiter in [&one, &other, &one] {
        limiter.admit_at(7, 60).await.expect("three are allowed");
    }
    for limiter in [&one, &other] {
        assert!(limiter.admit_at(7, 61).await.is_err(), "the fourth is refused, wherever it arrives");
    }
    other.admit_at(8, 61).await.expect("somebody else");
    other.admit_at(7, 120).await.expect("the next minute");
    let keys: Vec<String> = redis.ask(&["keys", "*"]).expect("keys");
    assert_eq!(keys.len(), 3, "{keys:?}");
    for key in keys {
        let seconds: i64 = redis.ask(&["ttl", &key]).expect("seconds");
        assert!((1..=120).contains(&seconds), "{key} ends by itself: {seconds}");
    }
}

#[tokio::test]
async fn without_redis_all_requests_pass_and_soon() {
    let Some(mut redis) = RedisServer::start() else { return };
    let limiter = redis.limiter(1);
    limiter.admit_at(7, 60).await.expect("the first");
    assert!(limiter.admit_at(7, 60).await.is_err());

    redis.stop();
    for _ in 0..3 {
        let begin = Instant::now();
        limiter.admit_at(7, 60).await.expect("nobody can count");
        assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    }
    // It is counted again as soon as it can be, with the same limiter.
    redis.start_again();
    let mut tries = 0;
    while limiter.admit_at(9, 60).await.is_ok() {
        tries += 1;
        assert!(tries < 100, "Redis is back, and nothing is counted");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_redis_that_never_was_there_keeps_nobody_out() {
    let limiter = Limiter::in_redis(1, "redis+unix:///nowhere/redis.sock").expect("a URL");
    for _ in 0..2 {
        limiter.admit_at(7, 60).await.expect("nobody can count");
    }
    let error = Limiter::in_redis(1, "http://redis").err().expect("no URL of Redis").to_string();
    assert!(error.starts_with("SHOP_REDIS_URL"), "{error}");
}

/// A server of the test's own, in a directory of its own.
struct RedisServer {
    directory: TempDir,
    child: Child,
}

impl RedisServer {
    /// `None`, and a word about it, where Redis is not installed and `ORM_TEST_REDIS_SERVER` does not say that it is.
    fn start() -> Option<Self> {
        let directory = TempDir::new().expect("a directory");
        match RedisServer::run(directory.path()) {
            Ok(child) => Some(RedisServer { directory, child }.ready()),
            Err(error) if env::var_os("ORM_TEST_REDIS_SERVER").is_some() => panic!("no Redis: {error}"),
            Err(error) => {
                eprintln!("skipped: no redis-server on the path: {error}");
                None
            }
        }
    }

    fn run(directory: &Path) -> std::io::Result<Child> {
        let program = env::var_os("ORM_TEST_REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
        // A socket, because a port would have to be a free one.
        let options = ["--port", "0", "--unixsocket", "redis.sock", "--save", "", "--dir", "."];
        Command::new(program).args(options).current_dir(directory).stdout(Stdio::null()).spawn()
    }

    fn ready(self) -> Self {
        self.wait();
        self
    }

    fn wait(&self) {
        let begin = Instant::now();
        while self.ask::<String>(&["ping"]).is_none() {
            assert!(begin.elapsed() < Duration::from_secs(20), "redis-server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What it answers, if it does.
    fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> Option<T> {
        let mut connection = redis::Client::open(self.url()).ok()?.get_connection().ok()?;
        let (command, arguments) = words.split_first()?;
        redis::cmd(command).arg(arguments).query(&mut connection).ok()
    }

    fn url(&self) -> String {
        format!("redis+unix://{}", self.directory.path().join("redis.sock").display())
    }

    fn limiter(&self, most: u32) -> Limiter {
        Limiter::in_redis(most, &self.url()).expect("a URL")
    }

    fn stop(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
        fs::remove_file(self.directory.path().join("redis.sock")).ok();
    }

    fn start_again(&mut self) {
        self.child = RedisServer::run(self.directory.path()).expect("it started before");
        self.wait();
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
