//! The requests in README.md, sent as they stand there.

use orm::testing::TestDatabase;
use serde_json::Value;
use shop::models::MODELS;
use shop::seed;

use crate::client::Client;

const README: &str = include_str!("../../README.md");

/// Isolated, so that keys are those of a new shop.
#[orm::test(models = MODELS, isolated)]
async fn its_requests_are_answered(db: TestDatabase) -> orm::Result<()> {
    seed::fill_if_empty(&db).await?;
    let client = Client::of(&db);
    let mut sent = 0;
    for line in README.lines().filter(|line| line.starts_with("curl ")) {
        let request = Request::of(line);
        let client = request.user.map_or_else(|| client.clone(), |user| client.as_user(user));
        let answer = match (&request.body, request.deletes) {
            (Some(body), _) => client.post(&request.path, body).await,
            (None, true) => client.delete(&request.path).await,
            (None, false) => client.get(&request.path).await,
        };
        assert!(answer.status.is_success(), "{line}\n{}: {}", answer.status, answer.body);
        let is_empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
        assert!(!is_empty(&answer.body) && !is_empty(&answer.body["items"]), "{line}\nfinds nothing");
        sent += 1;
    }
    assert!(sent > 10, "{sent} requests");
    Ok(())
}

/// What a line of curl asks for.
struct Request {
    path: String,
    user: Option<i64>,
    body: Option<Value>,
    deletes: bool,
}

impl Request {
    fn of(line: &str) -> Self {
        let mut request = Request { path: String::new(), user: None, body: None, deletes: false };
        let mut words = words(line).into_iter().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().expect("a value");
            match word {
                "-H" => {
                    let user = value().strip_prefix("x-user: ").expect("the header that there is");
                    request.user = Some(user.parse().expect("a key"));
                }
                "-X" => request.deletes = value() == "DELETE",
                "--json" => request.body = Some(serde_json::from_str(value()).expect("JSON")),
                url => request.path = url.strip_prefix("localhost:8000").expect("the address").into(),
            }
        }
        request
    }
}

/// As a shell would see them: what is between single quotes is one word.
fn words(line: &str) -> Vec<&str> {
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(at, part)| if at % 2 == 1 { vec![part] } else { part.split_whitespace().collect() })
        .collect()
}
