//! How recordings are shown: to people, to tools, and by a test that fails.

use super::super::{Expected, Failure, check};
use super::*;
use crate::error::{DatabaseError, DatabaseErrorKind, Error, PoolError};

fn sample() -> (Recording, [String; 3]) {
    let posts = read(&POST, Operation::new("Post", "all").at(here()), None, "SELECT \"id\" FROM \"post\"");
    let author = Operation::new("User", "fetch").at(here()).following(&AUTHOR);
    let author = read(&USER, author, BY_KEY, "SELECT \"id\" FROM \"user\" WHERE \"id\" = $1");
    let begin = done(StatementKind::Transaction, Operation::new("", "atomic"), "BEGIN");
    let begin = RecordedStatement { rows: None, duration: Duration::from_micros(70), ..begin };
    let mut refused = done(
        StatementKind::Write,
        Operation::new("Post", "create").at(here()),
        "INSERT INTO \"post\"\n  (\"id\") VALUES ($1)",
    );
    refused.rows = None;
    let error = Error::from(DatabaseError::new(DatabaseErrorKind::UniqueViolation, "secret"));
    refused.ends(Err(&error), Duration::from_millis(1_200));
    let places =
        [&posts, &author, &refused].map(|statement| statement.operation.location.unwrap().to_string());
    let all = [begin, posts].into_iter().chain(times(2, &author)).chain([refused]);
    (recording(all), places)
}

fn body(places: &[String; 3]) -> String {
    let [posts, author, refused] = places;
    [
        "  -  BEGIN in 70.0 µs".to_owned(),
        format!("  1. Post.all, 1 row in 1.0 ms, at {posts}"),
        "     SELECT \"id\" FROM \"post\"".to_owned(),
        format!("  2.–3. User.fetch along Post.author, 2 rows in 2.0 ms, at {author}"),
        "     SELECT \"id\" FROM \"user\" WHERE \"id\" = $1".to_owned(),
        format!("  4. Post.create in 1.2 s, at {refused}, failed: unique violation"),
        "     INSERT INTO \"post\"".to_owned(),
        "       (\"id\") VALUES ($1)".to_owned(),
        String::new(),
        "Repeated:".to_owned(),
        format!(
            "  `Post.author` was read 2 times, one row at a time, at {author}; \
             add `.select_related(|p| p.author)` to the query for `Post`"
        ),
    ]
    .join("\n")
}

#[test]
fn people_read_a_list() {
    let (recording, places) = sample();
    assert_eq!(recording.to_string(), format!("4 queries in 1.2 s\n\n{}", body(&places)));
    assert_eq!(Recording::default().to_string(), "no queries");
}

#[test]
fn a_test_that_fails_says_what_was_run() {
    let (recording, places) = sample();
    let failed = std::panic::catch_unwind(|| check(&2, &recording)).unwrap_err();
    let message = failed.downcast_ref::<String>().unwrap();
    assert_eq!(*message, format!("expected 2 queries, but 4 were run:\n\n{}", body(&places)));
    check(&4, &recording);
    check(&(..=4), &recording);

    let failed = std::panic::catch_unwind(|| check(&(1..), &Recording::default())).unwrap_err();
    assert_eq!(failed.downcast_ref::<String>().unwrap(), "expected at least 1 query, but none was run");
}

#[test]
fn repetition_without_advice_is_said_too() {
    let (one, two) = (Operation::new("Post", "all").at(here()), Operation::new("Post", "all").at(here()));
    let places = [one.location, two.location].map(|location| location.unwrap());
    let twice = recording([read(&POST, one, None, "SELECT"), read(&POST, two, None, "SELECT")]);
    let expected = format!(
        "Repeated:\n  `Post.all` ran 2 times with the same text, at {} (once), {} (once)",
        places[0], places[1]
    );
    assert!(twice.to_string().ends_with(&expected), "{twice}");

    let tables = done(StatementKind::Schema, Operation::new("", "create_tables"), "CREATE");
    let shown = recording(times(2, &tables)).to_string();
    assert!(shown.ends_with("Repeated:\n  `create_tables` ran 2 times with the same text"), "{shown}");
}

#[test]
fn what_is_expected_is_a_number_or_a_range() {
    let cases: [(&dyn Expected, &str, std::ops::Range<usize>); 8] = [
        (&0, "no queries", 0..1),
        (&1, "1 query", 1..2),
        (&3, "3 queries", 3..4),
        (&(..=1), "at most 1 query", 0..2),
        (&(..3), "fewer than 3 queries", 0..3),
        (&(2..), "at least 2 queries", 2..10),
        (&(2..=4), "2 to 4 queries", 2..5),
        (&(2..4), "at least 2 and fewer than 4 queries", 2..4),
    ];
    for (expected, text, allowed) in cases {
        assert_eq!(expected.describe(), text);
        for queries in 0..10 {
            assert_eq!(expected.allows(queries), allowed.contains(&queries), "{queries}: {text}");
        }
    }
}

#[test]
fn what_never_reached_the_database_is_shown_and_not_counted() {
    let mut refused = RecordedStatement::new(
        nowhere(),
        StatementKind::Read,
        Operation::new("Post", "all"),
        None,
        "SELECT".into(),
        None,
    );
    refused.ends(Err(&Error::from(PoolError::Closed)), Duration::ZERO);
    assert_eq!(refused.failure, Some(Failure::NoConnection));
    let recording = recording([refused]);
    assert!(recording.is_empty() && recording.repeated().is_empty());
    assert_eq!(
        recording.to_string(),
        "no queries in 0.0 µs\n\n  -  Post.all in 0.0 µs, failed: no connection\n     SELECT"
    );
}

#[test]
fn tools_read_fields() {
    let (recording, [_, author, refused]) = sample();
    let json = serde_json::to_value(&recording).unwrap();
    assert_eq!(json["queries"], 4);
    assert_eq!(json["duration_us"], 1_204_070);
    assert_eq!(json["statements"].as_array().unwrap().len(), 5);
    assert_eq!(json["statements"][0]["kind"], "transaction");
    assert_eq!(json["statements"][0]["model"], serde_json::Value::Null);
    assert_eq!(
        json["statements"][2],
        serde_json::json!({
            "database": Dialect::ALL[0].name(),
            "kind": "read",
            "model": "User",
            "operation": "fetch",
            "relation": "Post.author",
            "location": author,
            "sql": "SELECT \"id\" FROM \"user\" WHERE \"id\" = $1",
            "rows": 1,
            "duration_us": 1_000,
            "finished": true,
            "failure": null,
        })
    );
    assert_eq!(json["statements"][4]["failure"], "unique violation");
    assert_eq!(json["statements"][4]["location"], refused);
    assert_eq!(json["repeated"].as_array().unwrap().len(), 1);
    assert_eq!(json["repeated"][0]["count"], 2);
    assert_eq!(json["repeated"][0]["sites"], serde_json::json!([{ "location": author, "count": 2 }]));
    assert!(json["repeated"][0]["advice"].as_str().unwrap().contains(".select_related(|p| p.author)"));
    assert!(!json.to_string().contains("secret"), "what a server said may quote values");
}
