//! Which statements are the same, and what is said of them.

use super::*;

/// The advice for a statement that ran three times from one place, after others.
#[track_caller]
fn advised_after(before: &[RecordedStatement], statement: &RecordedStatement, expected: &str) {
    let recording = recording(before.iter().cloned().chain(times(3, statement)));
    let repeated = recording.repeated();
    assert_eq!(repeated.len(), 1);
    assert_eq!((repeated[0].count, repeated[0].rows), (3, 3));
    let mut advice = repeated[0].advice.clone().unwrap_or_default();
    for (statement, name) in [statement].into_iter().chain(before).zip(["HERE", "THERE", "BEFORE"]) {
        advice = advice.replace(&statement.operation.location.unwrap().to_string(), name);
    }
    assert_eq!(advice, expected);
}

#[track_caller]
fn advised(statement: &RecordedStatement, expected: &str) {
    advised_after(&[], statement, expected);
}

#[track_caller]
fn operation(model: &'static str, name: &'static str) -> Operation {
    Operation::new(model, name).at(here())
}

/// A query that read ten rows.
#[track_caller]
fn ten(model: &'static ModelMeta) -> RecordedStatement {
    let sql = format!("SELECT ten {}", model.name);
    RecordedStatement { rows: Some(10), ..read(model, operation(model.name, "all"), None, &sql) }
}

#[test]
fn a_relation_to_one_row_is_joined() {
    let author = read(&USER, operation("User", "get").following(&AUTHOR), BY_KEY, "SELECT");
    advised(
        &author,
        "`Post.author` was read 3 times, one row at a time, at HERE; \
         add `.select_related(|p| p.author)` to the query for `Post`",
    );
    advised_after(
        &[ten(&POST)],
        &author,
        "`Post.author` was read 3 times, one row at a time, at HERE; \
         add `.select_related(|p| p.author)` to the query for `Post` at THERE",
    );
}

#[test]
fn a_relation_to_many_rows_is_prefetched_or_counted() {
    let along = |name| {
        let operation = operation("Post", name).following(&POSTS);
        read(&POST, operation, Some(Sought::Field(1)), "SELECT")
    };
    advised_after(
        &[ten(&USER), ten(&POST)],
        &along("all"),
        "`User.posts` was read 3 times, for one row at a time, at HERE; \
         add `.prefetch_related(|u| u.posts)` to the query for `User` at THERE",
    );
    advised(
        &along("count"),
        "`User.posts` was counted 3 times, for one row at a time, at HERE; \
         add `.annotate(|u| u.posts.count())` to the query for `User`",
    );
    advised(
        &along("exists"),
        "`User.posts` was looked for 3 times, for one row at a time, at HERE; \
         add `.annotate(|u| u.posts.exists())` to the query for `User`",
    );
    advised(
        &along("aggregate"),
        "`User.posts` was aggregated 3 times, for one row at a time, at HERE; \
         add `.annotate(|u| u.posts.aggregate(|p| …))` to the query for `User`",
    );
    // It is one already.
    advised(&along("prefetch"), "");
}

#[test]
fn rows_that_are_read_by_key_come_with_those_that_point_at_them() {
    let fetch = read(&USER, operation("User", "fetch"), BY_KEY, "SELECT");
    advised(
        &fetch,
        "`User` was read by its key 3 times, at HERE; \
         add `.select_related(…)` to the query for the rows that point at it, \
         or read all at once: `.in_bulk(&db, keys)`",
    );
    // Two foreign keys lead there.
    advised_after(
        &[ten(&POST)],
        &fetch,
        "`User` was read by its key 3 times, at HERE; \
         add `.select_related(|p| p.author)` or `.select_related(|p| p.editor)` to the query for `Post` at THERE, \
         or read all at once: `.in_bulk(&db, keys)`",
    );
    // One row is no reason for three queries, and a letter does not hold the key.
    advised_after(
        &[read(&POST, operation("Post", "get"), None, "SELECT one"), ten(&LETTER)],
        &fetch,
        "`User` was read by its key 3 times, at HERE; \
         add `.select_related(…)` to the query for the rows that point at it, \
         or read all at once: `.in_bulk(&db, keys)`",
    );
}

#[test]
fn one_row_after_another_is_read_at_once() {
    advised(
        &read(&USER, operation("User", "exists"), BY_KEY, "SELECT"),
        "`User` was looked for by its key 3 times, at HERE; ask for all at once: `.in_bulk(&db, keys)`",
    );
    advised(
        &read(&USER, operation("User", "refresh"), BY_KEY, "SELECT"),
        "`User` was read again 3 times, at HERE; read all at once: `.in_bulk(&db, keys)`",
    );
    advised_after(
        &[ten(&POST)],
        &read(&POST, operation("Post", "load"), BY_KEY, "SELECT"),
        "`Post` was asked for fields that its query left out 3 times, at HERE; \
         leave `.defer(…)` out of the query for `Post` at THERE",
    );
}

#[test]
fn rows_that_are_read_by_a_relation_come_with_its_other_side() {
    let by_author = |name| read(&POST, operation("Post", name), Some(Sought::Field(1)), "SELECT");
    advised_after(
        &[ten(&USER)],
        &by_author("all"),
        "`Post` was read by `author` 3 times, at HERE; \
         add `.prefetch_related(|u| u.posts)` to the query for `User` at THERE, \
         or read all at once: `.filter(|p| p.author.is_in(…))`",
    );
    advised(
        &by_author("count"),
        "`Post` was counted by `author` 3 times, at HERE; \
         add `.annotate(|u| u.posts.count())` to the query for `User`, \
         or count all at once: `.values(|p| (p.author, count_rows()))`",
    );
    advised(
        &by_author("aggregate"),
        "`Post` was aggregated by `author` 3 times, at HERE; \
         add `.annotate(|u| u.posts.aggregate(|p| …))` to the query for `User`, \
         or compute all at once: `.values(|p| (p.author, …))`",
    );
    advised(
        &by_author("exists"),
        "`Post` was looked for by `author` 3 times, at HERE; \
         add `.annotate(|u| u.posts.exists())` to the query for `User`, \
         or ask for all at once: `.values(|p| p.author).distinct()`",
    );
    // Whose other side has no name.
    advised(
        &read(&POST, operation("Post", "get"), Some(Sought::Field(2)), "SELECT"),
        "`Post` was read by `editor` 3 times, at HERE; \
         give `User` the other side, `has_one(… = Post::editor)`, to load it from there, \
         or read all at once: `.filter(|p| p.editor.is_in(…))`",
    );
}

#[test]
fn rows_that_are_read_by_another_field_are_read_at_once() {
    let by_name = read(&USER, operation("User", "get"), Some(Sought::Field(1)), "SELECT");
    let at_once = "read all at once: `.filter(|u| u.username.is_in(…))`";
    advised(&by_name, &format!("`User` was read by `username` 3 times, at HERE; {at_once}"));
    advised_after(
        &[ten(&POST)],
        &by_name,
        &format!("`User` was read by `username` 3 times, at HERE; {at_once}"),
    );
    // A relation may hold another field than the key.
    advised_after(
        &[ten(&LETTER)],
        &by_name,
        &format!(
            "`User` was read by `username` 3 times, at HERE; \
             add `.select_related(|l| l.sender)` to the query for `Letter` at THERE, or {at_once}"
        ),
    );
    advised(
        &read(&POST, operation("Post", "all"), Some(Sought::Field(3)), "SELECT"),
        "`Post` was read by `title` 3 times, at HERE; read all at once: `.filter(|p| p.title.is_in(…))`",
    );
}

#[test]
fn rows_are_written_at_once() {
    let write = |name| done(StatementKind::Write, operation("Post", name), "INSERT");
    advised(
        &write("create"),
        "`Post` was created 3 times, at HERE; create all at once: `.bulk_create(&db, rows)`",
    );
    advised(
        &write("save"),
        "`Post` was saved 3 times, at HERE; write all at once: `.bulk_update(&db, &mut rows, …)`",
    );
    advised(
        &write("delete"),
        "`Post` was deleted 3 times, at HERE; \
         delete all at once: `.bulk_delete(&db, &rows)`, or `.filter(…).delete(&db)`",
    );
    // That `create` reads its row back is not the program's doing.
    advised(&read(&POST, operation("Post", "create"), BY_KEY, "SELECT"), "");
    advised(&write("update"), "");
}

#[test]
fn other_repetition_is_counted_without_advice() {
    advised(&read(&POST, operation("Post", "all"), None, "SELECT"), "");
    advised(&done(StatementKind::Read, operation("row", "fetch"), "SELECT"), "");
    advised(&done(StatementKind::Schema, operation("", "create_tables"), "CREATE"), "");
}

#[test]
fn two_places_that_ask_once_each_are_no_loop() {
    let get = |operation| read(&USER, operation, BY_KEY, "SELECT");
    let (one, two) = (get(operation("User", "get")), get(operation("User", "get")));
    assert_ne!(one.operation.location, two.operation.location);
    let asked_once = recording([one.clone(), two.clone()]).repeated();
    assert_eq!((asked_once[0].count, &asked_once[0].advice), (2, &None));

    let repeated = recording([one.clone(), two.clone(), two.clone()]).repeated();
    let [two_at, one_at] = [&two, &one].map(|statement| statement.operation.location.unwrap());
    assert_eq!(repeated[0].sites.iter().map(|site| site.count).collect::<Vec<_>>(), [2, 1]);
    let expected = format!("`User` was read by its key 3 times, at {two_at} (2 times), {one_at} (once); add");
    assert!(repeated[0].advice.as_ref().unwrap().starts_with(&expected), "{repeated:?}");
}

#[test]
fn many_places_are_counted() {
    let places: [fn() -> Operation; 5] = [
        || operation("User", "get"),
        || operation("User", "get"),
        || operation("User", "get"),
        || operation("User", "get"),
        || operation("User", "get"),
    ];
    let twice = places.into_iter().flat_map(|at| [at(), at()]);
    let repeated = recording(twice.map(|operation| read(&USER, operation, BY_KEY, "SELECT"))).repeated();
    let advice = repeated[0].advice.as_ref().unwrap();
    assert_eq!(
        (advice.matches("(2 times)").count(), advice.contains(" and at 2 more; ")),
        (3, true),
        "{advice}"
    );
}

#[test]
fn groups_are_by_text_relation_and_database() {
    let along = |relation| read(&USER, operation("User", "get").following(relation), BY_KEY, "SELECT user");
    let (author, editor) = (along(&AUTHOR), along(&EDITOR));
    let other = read(&USER, operation("User", "get"), BY_KEY, "SELECT other");
    let elsewhere = RecordedStatement { dialect: Dialect::ALL[1], ..other.clone() };
    let begin = done(StatementKind::Transaction, operation("", "atomic"), "BEGIN");
    let all = times(2, &other)
        .chain(times(2, &begin))
        .chain(times(4, &editor))
        .chain(times(3, &author))
        .chain([elsewhere])
        .chain([read(&POST, operation("Post", "all"), None, "SELECT post")]);
    let repeated = recording(all).repeated();
    let found: Vec<_> = repeated
        .iter()
        .map(|group| (group.count, group.first.operation.relation.map_or("", |relation| relation.name)))
        .collect();
    assert_eq!(found, [(4, "editor"), (3, "author"), (2, "")], "the commonest first; once is no repetition");
    assert_eq!(repeated[0].duration, Duration::from_millis(4));
}
