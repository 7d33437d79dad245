//! Which statements are the same, and what is said of them.

use super::*;

/// The advice for a statement that ran three times from one place.
#[track_caller]
fn advised(statement: &RecordedStatement, expected: &str) {
    let recording = recording(times(3, statement));
    let repeated = recording.repeated();
    assert_eq!(repeated.len(), 1);
    assert_eq!((repeated[0].count, repeated[0].rows), (3, 3));
    let place = statement.operation.location.map(ToString::to_string).unwrap_or_default();
    let advice = repeated[0].advice().map(|advice| advice.replace(&place, "HERE"));
    assert_eq!(advice.as_deref().unwrap_or_default(), expected);
}

#[track_caller]
fn operation(model: &'static str, name: &'static str) -> Operation {
    Operation::new(model, name).at(here())
}

#[test]
fn a_relation_to_one_row_is_joined() {
    advised(
        &read(operation("User", "fetch").following(&AUTHOR), BY_KEY, "SELECT"),
        "`Post.author` was read 3 times, one row at a time, at HERE; \
         add `.select_related(|p| p.author)` to the query for `Post`",
    );
}

#[test]
fn a_relation_to_many_rows_is_prefetched_or_counted() {
    let along = |name| operation("Post", name).following_many("User", "posts");
    advised(
        &read(along("all"), Some(Sought::Field(&POST.fields[1])), "SELECT"),
        "`User.posts` was read 3 times, for one row at a time, at HERE; \
         add `.prefetch_related(|u| u.posts)` to the query for `User`",
    );
    advised(
        &read(along("count"), None, "SELECT"),
        "`User.posts` was counted 3 times, for one row at a time, at HERE; \
         add `.annotate(|u| u.posts.count())` to the query for `User`",
    );
    advised(
        &read(along("exists"), None, "SELECT"),
        "`User.posts` was looked for 3 times, for one row at a time, at HERE; \
         add `.annotate(|u| u.posts.exists())` to the query for `User`",
    );
    advised(
        &read(along("aggregate"), None, "SELECT"),
        "`User.posts` was aggregated 3 times, for one row at a time, at HERE; \
         add `.annotate(|u| u.posts.…)` to the query for `User`",
    );
}

#[test]
fn rows_that_are_read_by_key_come_with_others_or_at_once() {
    advised(
        &read(operation("User", "get"), BY_KEY, "SELECT"),
        "`User` was read by its key 3 times, at HERE; load it with the rows that point at it: `.select_related(…)`, \
         or read all at once: `.in_bulk(&db, keys)`",
    );
    advised(
        &read(operation("User", "exists"), BY_KEY, "SELECT"),
        "`User` was looked for by its key 3 times, at HERE; ask for all at once: `.in_bulk(&db, keys)`",
    );
    advised(
        &read(operation("User", "refresh"), BY_KEY, "SELECT"),
        "`User` was read again 3 times, at HERE; read all at once: `.in_bulk(&db, keys)`",
    );
    advised(
        &read(operation("Page", "load"), BY_KEY, "SELECT"),
        "`Page` was asked for fields that its query left out 3 times, at HERE; \
         leave `.defer(…)` out of the query for `Page`",
    );
}

#[test]
fn rows_that_are_read_by_a_relation_come_with_its_other_side_or_at_once() {
    let by_author = Some(Sought::Field(&POST.fields[1]));
    advised(
        &read(operation("Post", "all"), by_author, "SELECT"),
        "`Post` was read by `author` 3 times, at HERE; add `.prefetch_related(…)` to the query for `User`, \
         or read all at once: `.filter(|p| p.author.is_in(…))`",
    );
    advised(
        &read(operation("Post", "count"), by_author, "SELECT"),
        "`Post` was counted by `author` 3 times, at HERE; count all at once: `.values(|p| (p.author, count_rows()))`",
    );
    advised(
        &read(operation("Post", "aggregate"), by_author, "SELECT"),
        "`Post` was aggregated by `author` 3 times, at HERE; compute all at once: `.values(|p| (p.author, …))`",
    );
    advised(
        &read(operation("Post", "exists"), by_author, "SELECT"),
        "`Post` was looked for by `author` 3 times, at HERE; \
         ask for all at once: `.values(|p| p.author).distinct()`",
    );
    advised(
        &read(operation("Post", "get"), Some(Sought::Field(&POST.fields[2])), "SELECT"),
        "`Post` was read by `user` 3 times, at HERE; add `.select_related(…)` to the query for `User`, \
         or read all at once: `.filter(|p| p.user.is_in(…))`",
    );
    advised(
        &read(operation("User", "get"), Some(Sought::Field(&USER.fields[1])), "SELECT"),
        "`User` was read by `username` 3 times, at HERE; read all at once: `.filter(|u| u.username.is_in(…))`",
    );
}

#[test]
fn rows_are_written_at_once() {
    let write = |name| done(StatementKind::Write, operation("Post", name), None, "INSERT");
    advised(
        &write("create"),
        "`Post` was created 3 times, at HERE; create all at once: `.bulk_create(&db, rows)`",
    );
    advised(
        &write("save"),
        "`Post` was saved 3 times, at HERE; write all at once: `.bulk_update(&db, &mut rows, …)`",
    );
    // That `create` reads its row back is not the program's doing.
    advised(&read(operation("Post", "create"), BY_KEY, "SELECT"), "");
    advised(&write("update"), "");
}

#[test]
fn other_repetition_is_counted_without_advice() {
    advised(&read(operation("Post", "all"), None, "SELECT"), "");
    advised(&read(operation("", "fetch"), None, "SELECT"), "");
    advised(&done(StatementKind::Schema, operation("", "create_tables"), None, "CREATE"), "");
}

#[test]
fn two_places_that_ask_once_each_are_no_loop() {
    let get = |operation| read(operation, BY_KEY, "SELECT");
    let (one, two) = (get(operation("User", "get")), get(operation("User", "get")));
    assert_ne!(one.operation.location, two.operation.location);
    let asked_once = recording([one.clone(), two.clone()]);
    assert_eq!((asked_once.repeated()[0].count, asked_once.repeated()[0].advice()), (2, None));

    let repeated = recording([one.clone(), two.clone(), two.clone()]).repeated();
    let [two_at, one_at] = [&two, &one].map(|statement| statement.operation.location.unwrap());
    assert_eq!(repeated[0].sites.iter().map(|site| site.count).collect::<Vec<_>>(), [2, 1]);
    let expected =
        format!("`User` was read by its key 3 times, at {two_at} (2 times), {one_at} (once); load");
    assert!(repeated[0].advice().unwrap().starts_with(&expected), "{:?}", repeated[0].advice());
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
    let repeated = recording(twice.map(|operation| read(operation, BY_KEY, "SELECT"))).repeated();
    let advice = repeated[0].advice().unwrap();
    assert_eq!(
        (advice.matches("(2 times)").count(), advice.contains(" and at 2 more; load")),
        (3, true),
        "{advice}"
    );
}

#[test]
fn groups_are_by_text_relation_and_database() {
    let along = |relation| read(operation("User", "fetch").following(relation), BY_KEY, "SELECT user");
    let (author, user) = (along(&AUTHOR), along(&USER_OF));
    let other = read(operation("User", "get"), BY_KEY, "SELECT other");
    let elsewhere = RecordedStatement { dialect: Dialect::ALL[1], ..other.clone() };
    let begin = done(StatementKind::Transaction, operation("", "atomic"), None, "BEGIN");
    let all = times(2, &other)
        .chain(times(2, &begin))
        .chain(times(4, &user))
        .chain(times(3, &author))
        .chain([elsewhere])
        .chain([read(operation("Post", "all"), None, "SELECT post")]);
    let repeated = recording(all).repeated();
    let found: Vec<_> = repeated
        .iter()
        .map(|group| (group.count, group.first.operation.relation.map_or("", |relation| relation.name)))
        .collect();
    assert_eq!(found, [(4, "user"), (3, "author"), (2, "")], "the commonest first; once is no repetition");
    assert_eq!(repeated[0].duration, Duration::from_millis(4));
}
