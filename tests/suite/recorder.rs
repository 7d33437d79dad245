//! What a task ran: recorded in order, counted, and with the advice that a repetition deserves. Never a value.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt, TryStreamExt};
use orm::DatabaseErrorKind;
use orm::prelude::*;
use orm::recorder::{Failure, Recorder, Recording, StatementKind, record};

use crate::support::{Db, run, run_threaded};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(books = Book::author))]
struct Author {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50, unique)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Book {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<Author>,
    #[field(max_length = 50)]
    title: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Draft {
    #[field(primary_key)]
    id: i64,
    editor: Option<ForeignKey<Author>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(book, number))]
struct Page {
    book: i64,
    number: i32,
    text: Deferred<String>,
}

async fn fill(db: &Db, authors: usize) -> Vec<Author> {
    let mut made = Vec::new();
    for n in 0..authors {
        let author = Author::objects().create(db, |a| a.name(format!("author {n}"))).await.unwrap();
        Book::objects().create(db, |b| b.author(&author).title(format!("title {n}"))).await.unwrap();
        made.push(author);
    }
    made
}

fn operations(recording: &Recording) -> Vec<String> {
    recording.statements().iter().map(|statement| statement.operation.to_string()).collect()
}

#[test]
fn statements_are_recorded_in_order() {
    run(models![Author, Book], async |db| {
        fill(db, 3).await;
        let line = line!() + 2;
        let (books, recording) = record(async {
            let books = Book::objects().order_by(|b| b.id).all(db).await.unwrap();
            let none = Book::objects().filter(|b| b.title.eq("secret")).count(db).await.unwrap();
            Book::objects().none().all(db).await.unwrap();
            Book::objects().update(db, |b| b.title.set("secret")).await.unwrap();
            assert_eq!(none, 0);
            books
        })
        .await;
        assert_eq!(books.len(), 3);
        assert_eq!(operations(&recording), ["Book.all", "Book.count", "Book.update"]);
        let [all, count, update] = recording.statements() else { panic!("{recording}") };
        assert_eq!((all.kind, count.kind), (StatementKind::Read, StatementKind::Read));
        assert_eq!(update.kind, StatementKind::Write);
        assert_eq!((all.rows, count.rows, update.rows), (Some(3), Some(1), Some(3)));
        assert!(
            recording.statements().iter().all(|statement| statement.finished && statement.failure.is_none())
        );
        assert!(recording.statements().iter().all(|statement| !statement.duration.is_zero()));
        assert_eq!(*all.sql, *Book::objects().order_by(|b| b.id).sql(db.dialect()).unwrap());
        assert_eq!(all.dialect, db.dialect());
        let place = all.operation.location.unwrap();
        assert!(place.file().ends_with("recorder.rs"), "{place}");
        assert_eq!(place.line(), line);
        assert!(recording.repeated().is_empty());

        let shown = format!("{recording} {recording:?} {}", serde_json(&recording));
        assert!(shown.contains("Book.update") && !shown.contains("secret"), "{shown}");
    });
}

fn serde_json(recording: &Recording) -> String {
    orm::serde_json::to_string(recording).unwrap()
}

#[test]
fn a_query_for_each_row_is_told_with_what_would_replace_it() {
    run(models![Author, Book], async |db| {
        let authors = fill(db, 3).await;
        let start = format!("{}:{}", file!(), line!() + 3);
        let (place, recording) = record(async {
            let mut place = String::new();
            for book in Book::objects().all(db).await.unwrap() {
                place = format!("{}:{}", file!(), line!() + 1);
                Author::objects().pk(*book.author.key()).get(db).await.unwrap();
            }
            place
        })
        .await;
        assert_eq!(recording.len(), 4);
        let repeated = recording.repeated();
        assert_eq!((repeated.len(), repeated[0].count, repeated[0].rows), (1, 3, 3));
        let advice = repeated[0].advice.as_deref().unwrap();
        assert!(
            advice.starts_with(&format!("`Author` was read by its key 3 times, at {place}:")),
            "{advice}"
        );
        let call = format!("add `.select_related(|b| b.author)` to the query for `Book` at {start}:");
        assert!(advice.contains(&call), "{advice}");

        let advice = async |work: std::pin::Pin<Box<dyn Future<Output = ()> + '_>>| {
            record(work).await.1.repeated().into_iter().find_map(|group| group.advice).unwrap_or_default()
        };
        let of_author = |author: &Author| Book::objects().filter(|b| b.author.eq(author) & b.title.ne("x"));
        let read = advice(Box::pin(async {
            for author in &authors {
                of_author(author).all(db).await.unwrap();
            }
        }));
        let read = read.await;
        assert!(read.starts_with("`Book` was read by `author` 3 times"), "{read}");
        assert!(read.contains("add `.prefetch_related(|a| a.books)` to the query for `Author`"), "{read}");
        assert!(read.ends_with("`.filter(|b| b.author.is_in(…))`"), "{read}");
        let counted = advice(Box::pin(async {
            for author in &authors {
                of_author(author).count(db).await.unwrap();
            }
        }));
        let counted = counted.await;
        assert!(counted.starts_with("`Book` was counted by `author` 3 times"), "{counted}");
        assert!(counted.ends_with("`.values(|b| (b.author, count_rows()))`"), "{counted}");
        let named = advice(Box::pin(async {
            for author in &authors {
                let by_name = Author::objects().filter(|a| a.name.eq(author.name.as_str()));
                by_name.filter(|a| a.id.gt(0)).first(db).await.unwrap();
            }
        }));
        let named = named.await;
        assert!(named.starts_with("`Author` was read by `name` 3 times"), "{named}");
        // Neither a key nor any field by its value.
        let other = advice(Box::pin(async {
            for author in &authors {
                Author::objects().filter(|a| a.id.gt(author.id)).all(db).await.unwrap();
                Book::objects().filter(|b| b.author.name.eq(author.name.as_str())).all(db).await.unwrap();
                Author::objects().filter(|a| a.id.eq(author.id) | a.name.eq("x")).all(db).await.unwrap();
            }
        }));
        assert_eq!(other.await, "");
    });
}

#[test]
fn queries_along_a_relation_are_told_with_the_call_that_loads_it() {
    run(models![Author, Book], async |db| {
        fill(db, 3).await;
        let start = format!("{}:{}", file!(), line!() + 2);
        let (books, recording) = record(async {
            let books = Book::objects().all(db).await.unwrap();
            for book in &books {
                book.author.fetch(db).await.unwrap();
            }
            books
        })
        .await;
        assert_eq!((books.len(), recording.len()), (3, 4));
        let advice = recording.repeated().into_iter().find_map(|group| group.advice).unwrap();
        assert!(advice.starts_with("`Author` was read by its key 3 times"), "{advice}");
        let call = format!("add `.select_related(|b| b.author)` to the query for `Book` at {start}:");
        assert!(advice.contains(&call), "{advice}");

        let start = format!("{}:{}", file!(), line!() + 2);
        let ((), recording) = record(async {
            for author in Author::objects().all(db).await.unwrap() {
                author.related(|a| a.books).all(db).await.unwrap();
                author.related(|a| a.books).filter(|b| b.title.ne("x")).count(db).await.unwrap();
            }
        })
        .await;
        assert_eq!(recording.len(), 7);
        let advice: Vec<_> = recording.repeated().into_iter().filter_map(|group| group.advice).collect();
        let [all, count] = advice.as_slice() else { panic!("{recording}") };
        assert!(all.starts_with("`Author.books` was read 3 times, for one row at a time, at "), "{all}");
        let call = format!("; add `.prefetch_related(|a| a.books)` to the query for `Author` at {start}:");
        assert!(all.contains(&call), "{all}");
        assert!(count.starts_with("`Author.books` was counted 3 times"), "{count}");
        assert!(
            count.contains("; add `.annotate(|a| a.books.count())` to the query for `Author` at "),
            "{count}"
        );
    });
}

#[test]
fn loaded_relations_take_a_query_for_each_relation_to_many() {
    run(models![Author, Book], async |db| {
        fill(db, 3).await;
        let joined = assert_queries!(1, Book::objects().select_related(|b| b.author).all(db)).unwrap();
        assert_eq!(joined.len(), 3);
        let (authors, recording) = record(Author::objects().prefetch_related(|a| a.books).all(db)).await;
        assert_eq!(authors.unwrap().len(), 3);
        assert_eq!(operations(&recording), ["Author.all", "Book.prefetch"]);
        let [all, prefetch] = recording.statements() else { panic!("{recording}") };
        assert_eq!((prefetch.rows, prefetch.operation.location), (Some(3), all.operation.location));
        assert_eq!(prefetch.operation.relation.map(|relation| relation.name), Some("books"));
        assert!(
            recording.to_string().contains("  2. Book.prefetch along Author.books, 3 rows in "),
            "{recording}"
        );
    });
}

#[test]
fn a_composite_key_is_one_key() {
    run(models![Page], async |db| {
        for number in 1..=3 {
            Page::objects().create(db, |p| p.book(1).number(number).text("text")).await.unwrap();
        }
        let (pages, recording) = record(async {
            let mut pages = Page::objects().defer(|p| p.text).all(db).await.unwrap();
            for page in &mut pages {
                page.load(db, |p| p.text).await.unwrap();
                Page::objects().pk((page.book, page.number)).get(db).await.unwrap();
                Page::objects().filter(|p| p.book.eq(page.book)).all(db).await.unwrap();
            }
            pages
        })
        .await;
        assert_eq!(pages[2].text.get().map(String::as_str), Some("text"));
        assert_eq!(recording.len(), 10);
        let advice: Vec<String> = recording.repeated().into_iter().filter_map(|group| group.advice).collect();
        let [load, get, all] = advice.as_slice() else { panic!("{recording}") };
        assert!(load.contains("; leave `.defer(…)` out of the query for `Page` at "), "{load}");
        assert!(get.starts_with("`Page` was read by its key 3 times"), "{get}");
        assert!(all.starts_with("`Page` was read by `book` 3 times"), "half a key is none: {all}");
    });
}

#[test]
fn rows_of_a_stream_are_counted_as_they_are_read() {
    run(models![Author], async |db| {
        for n in 0..10 {
            Author::objects().create(db, |a| a.name(format!("author {n}"))).await.unwrap();
        }
        let (all, recording) =
            record(Author::objects().stream(db).map_ok(|author| author.id).try_collect::<Vec<_>>()).await;
        assert_eq!(all.unwrap().len(), 10);
        assert_eq!((recording.len(), recording.statements()[0].rows), (1, Some(10)));
        assert_eq!(recording.statements()[0].operation.to_string(), "Author.stream");

        let recorder = Recorder::new();
        let mut stream = Author::objects().stream(db);
        recorder.record(async { assert!(recorder.recording().is_empty()) }).await;
        assert!(recorder.record(stream.try_next()).await.unwrap().is_some());
        assert_eq!(recorder.recording().len(), 1, "it runs when the first row is asked for");
        drop(stream);
        assert!(recorder.recording().statements()[0].finished);
    });
}

#[test]
fn failures_are_recorded_by_kind() {
    run(models![Author], async |db| {
        Author::objects().create(db, |a| a.name("secret")).await.unwrap();
        let (result, recording) = record(Author::objects().create(db, |a| a.name("secret"))).await;
        assert!(result.unwrap_err().is_unique_violation());
        let statement = &recording.statements()[0];
        assert_eq!(statement.failure, Some(Failure::Database(DatabaseErrorKind::UniqueViolation)));
        assert!((statement.finished, statement.rows, recording.len()) == (true, None, 1));
        let shown = format!("{recording} {recording:?} {}", serde_json(&recording));
        assert!(shown.contains("failed: unique violation") && !shown.contains("secret"), "{shown}");

        let wrong = record(orm::raw!("SELECT name FROM author").fetch::<i64>(db)).await;
        assert!(wrong.0.is_err());
        assert!(wrong.1.statements()[0].failure.is_some());
        assert_eq!(wrong.1.statements()[0].operation.to_string(), "row.fetch");

        db.close().await;
        let (result, recording) = record(Author::objects().all(db)).await;
        assert!(matches!(result, Err(orm::Error::Pool(_))));
        assert_eq!(recording.statements()[0].failure, Some(Failure::NoConnection));
        assert!(recording.is_empty(), "what never reached the database is no query");
    });
}

#[test]
fn the_frame_of_a_transaction_is_not_counted() {
    run(&[], async |db| {
        let ((), recording) = record(async { db.create_tables(models![Author, Book]).await.unwrap() }).await;
        let kinds = |kind| recording.statements().iter().filter(|statement| statement.kind == kind).count();
        assert_eq!(kinds(StatementKind::Schema), recording.len());
        assert!(recording.len() >= 2);
        // docs/guide/src/differences.md: A failed `create_tables`
        let frame = if db.dialect().capability().transactional_ddl { 2 } else { 0 };
        assert_eq!(kinds(StatementKind::Transaction), frame);
        assert_eq!(recording.statements().len(), recording.len() + frame);
    });
}

#[test]
fn a_transaction_and_its_savepoints_are_shown_and_not_counted() {
    run(models![Author], async |db| {
        let names = assert_queries!(2, {
            db.atomic(async |tx| {
                let gone = tx
                    .atomic(async |inner| {
                        Author::objects().filter(|a| a.id.lt(0)).delete(inner).await?;
                        Err::<(), _>(orm::Error::DoesNotExist { model: "Author" })
                    })
                    .await;
                assert!(gone.is_err());
                Author::objects().values(|a| a.name).all(tx).await
            })
            .await
        });
        assert!(names.unwrap().is_empty());

        let (result, recording) = record(async {
            let tx = db.begin().await?;
            let inner = tx.begin().await?;
            Author::objects().count(&inner).await?;
            inner.commit().await?;
            let mut rows = Author::objects().stream(&tx);
            while rows.try_next().await?.is_some() {}
            drop(rows);
            tx.rollback().await
        })
        .await;
        result.unwrap();
        let frame =
            |statement: &&orm::recorder::RecordedStatement| statement.kind == StatementKind::Transaction;
        let words: Vec<_> =
            recording.statements().iter().filter(frame).map(|statement| &*statement.sql).collect();
        assert_eq!(words, ["BEGIN", "SAVEPOINT orm_1", "RELEASE SAVEPOINT orm_1", "ROLLBACK"]);
        assert_eq!(recording.len(), 2);
        let shown = recording.to_string();
        assert!(shown.starts_with("2 queries in ") && shown.contains("\n\n  -  BEGIN in "), "{shown}");
    });
}

#[test]
fn tasks_are_recorded_apart_and_together() {
    run_threaded(models![Author, Book], async |db| {
        fill(db, 1).await;
        let count = |times: usize| {
            let db = db.clone();
            async move {
                for _ in 0..times {
                    Author::objects().count(&db).await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
        };
        let tasks: Vec<_> = (1..=8).map(|times| tokio::spawn(record(count(times)))).collect();
        for (at, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.await.unwrap().1.len(), at + 1);
        }
        // In one task at once, and in tasks that the recorder is handed to; not in others.
        let recorder = Recorder::new();
        recorder
            .record(async {
                tokio::join!(count(2), count(3));
                tokio::spawn(count(5)).await.unwrap();
                tokio::spawn(Recorder::current().unwrap().record(count(7))).await.unwrap();
            })
            .await;
        assert_eq!(recorder.recording().len(), 2 + 3 + 7);
        assert!(Recorder::current().is_none());
    });
}

#[test]
fn a_query_that_is_given_up_is_not_finished() {
    run(models![Author], async |db| {
        let recorder = Recorder::new();
        let work = recorder.record(Author::objects().all(db));
        // Polled once, then dropped; where the answer is there at once, there is nothing to give up.
        let done = work.now_or_never().is_some();
        let recording = recorder.recording();
        assert_eq!((recording.len(), recording.statements()[0].finished), (1, done));
        assert_eq!(recording.to_string().contains("not finished"), !done);
        assert_eq!(recorder.record(Author::objects().count(db)).await.unwrap(), 0);
    });
}

#[test]
fn assert_queries_gives_the_value_of_what_it_runs() {
    run(models![Author, Book], async |db| {
        fill(db, 2).await;
        let authors = assert_queries!(1, Author::objects().all(db)).unwrap();
        assert_eq!(authors.len(), 2);
        let names = assert_queries!(2, {
            let books = Book::objects().all(db).await?;
            let authors = Author::objects().in_bulk(db, books.iter().map(|book| *book.author.key())).await?;
            Ok::<_, orm::Error>(authors.into_values().map(|author| author.name).collect::<Vec<_>>())
        });
        assert_eq!(names.unwrap().len(), 2);
        let moved = vec![1_i64, 2];
        let kept = assert_queries!(..=1, async move {
            Author::objects().filter(|a| a.id.is_in(moved.iter().copied())).exists(db).await.unwrap();
            moved
        });
        assert_eq!(kept, [1, 2]);
        assert_queries!(0, {});
        assert_queries!(0..5, { assert_queries!(1, Book::objects().count(db)).unwrap() });
    });
}

#[test]
fn assert_queries_says_what_was_run() {
    run(models![Author, Book], async |db| {
        fill(db, 3).await;
        let line = line!() + 1;
        let failing = async || {
            assert_queries!(..=2, {
                for book in Book::objects().order_by(|b| b.id).all(db).await.unwrap() {
                    Author::objects().pk(*book.author.key()).get(db).await.unwrap();
                }
            });
        };
        let panic = AssertUnwindSafe(failing()).catch_unwind().await.unwrap_err();
        let message = without_times(panic.downcast_ref::<String>().unwrap());
        let books = Book::objects().order_by(|b| b.id).sql(db.dialect()).unwrap();
        let author = Author::objects().pk(1).limit(2).sql(db.dialect()).unwrap();
        let (file, all, get) = (file!(), line + 2, line + 3);
        let expected = [
            "expected at most 2 queries, but 4 were run:".to_owned(),
            String::new(),
            format!("  1. Book.all, 3 rows in TIME, at {file}:{all}:64"),
            format!("     {books}"),
            format!("  2.–4. Author.get, 3 rows in TIME, at {file}:{get}:62"),
            format!("     {author}"),
            String::new(),
            "Repeated:".to_owned(),
            format!(
                "  `Author` was read by its key 3 times, at {file}:{get}:62; \
                 add `.select_related(|b| b.author)` to the query for `Book` at {file}:{all}:64, \
                 or read all at once: `.in_bulk(&db, keys)`"
            ),
        ];
        assert_eq!(message, expected.join("\n"));
    });
}

/// Figures behind `in` are times.
fn without_times(text: &str) -> String {
    let mut parts = text.split(" in ");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let time = part.find(" ms").or_else(|| part.find(" µs"));
        let is_time = time.filter(|&end| part[..end].parse::<f64>().is_ok());
        let rest = is_time.map_or(part.to_owned(), |end| {
            format!("TIME{}", part[end..].trim_start_matches([' ', 'm', 'µ', 's']))
        });
        shown.push_str(" in ");
        shown.push_str(&rest);
    }
    shown
}

#[test]
fn each_terminal_method_takes_its_number_of_statements() {
    run(models![Author, Book, Draft, Page], async |db| {
        let ((), recording) = record(terminal_methods(db)).await;
        for statement in recording.statements() {
            let place = statement.operation.location.map_or("", |location| location.file());
            assert!(place.ends_with("suite/recorder.rs"), "not from here: {statement:?}");
        }
    });
}

async fn terminal_methods(db: &Db) {
    // Where INSERT returns no rows, a new row is read back.
    // docs/guide/src/differences.md: Statements of `create`
    let create = if db.dialect().capability().insert_returning { 1 } else { 2 };
    let mut ann = assert_queries!(create, Author::objects().create(db, |a| a.name("ann"))).unwrap();
    let new = NewAuthor { id: None, name: "bob".into() };
    let bob = assert_queries!(create, Author::objects().insert(db, new)).unwrap();
    let book = assert_queries!(create, Book::objects().create(db, |b| b.author(&ann).title("x"))).unwrap();

    let authors = || Author::objects().order_by(|a| a.id);
    assert_queries!(1, authors().all(db)).unwrap();
    assert_queries!(1, authors().pk(ann.id).get(db)).unwrap();
    assert_queries!(1, authors().first(db)).unwrap();
    assert_queries!(1, authors().last(db)).unwrap();
    assert_queries!(1, authors().earliest(db, |a| a.name)).unwrap();
    assert_queries!(1, authors().latest(db, |a| a.name)).unwrap();
    assert_queries!(1, authors().count(db)).unwrap();
    assert_queries!(1, authors().limit(1).count(db)).unwrap();
    assert_queries!(1, authors().exists(db)).unwrap();
    assert_queries!(1, authors().contains(db, &ann)).unwrap();
    assert_queries!(1, authors().limit(1).contains(db, &ann)).unwrap();
    assert_queries!(1, authors().aggregate(db, |a| a.id.max())).unwrap();
    assert_queries!(1, authors().in_bulk(db, [ann.id, bob.id])).unwrap();
    assert_queries!(0, authors().in_bulk(db, Vec::<i64>::new())).unwrap();
    // docs/guide/src/differences.md: Statements of `in_bulk`
    let many_keys = if db.dialect().capability().array_params { 1 } else { 2 };
    assert_queries!(many_keys, authors().in_bulk(db, 0..1_001)).unwrap();
    assert_queries!(2, authors().page(db, 1, 1)).unwrap();
    assert_queries!(1, authors().cursor_page(db, CursorOptions::new(1))).unwrap();
    assert_queries!(1, authors().explain(db)).unwrap();
    assert_queries!(1, authors().stream(db).try_collect::<Vec<_>>()).unwrap();
    assert_queries!(1, authors().values(|a| (a.name, a.id)).all(db)).unwrap();
    assert_queries!(1, Book::objects().values(|b| b.author.name).all(db)).unwrap();
    assert_queries!(1, authors().union(authors()).all(db)).unwrap();
    assert_queries!(1, authors().union(authors()).count(db)).unwrap();
    assert_queries!(1, Book::objects().select_related(|b| b.author).all(db)).unwrap();
    assert_queries!(2, authors().prefetch_related(|a| a.books).all(db)).unwrap();
    assert_queries!(2, authors().prefetch_related(|a| a.books).stream(db).try_collect::<Vec<_>>()).unwrap();
    assert_queries!(1, orm::raw!("SELECT 1").fetch_one::<i64>(db)).unwrap();
    assert_queries!(0, authors().none().all(db)).unwrap();

    assert_queries!(1, authors().update(db, |a| a.name.set(concat((a.name, "!"))))).unwrap();
    assert_queries!(1, ann.refresh(db)).unwrap();
    assert_queries!(1, ann.save(db)).unwrap();
    assert_queries!(1, ann.save_fields(db, |a| (a.name,))).unwrap();
    let mut eve = Author { id: 99, name: "eve".into() };
    assert_queries!(1 + create, eve.save(db)).unwrap();
    assert_queries!(1, eve.delete(db)).unwrap();
    assert_queries!(1, Author::objects().filter(|a| a.name.eq("eve")).delete(db)).unwrap();

    let mut page =
        assert_queries!(create, Page::objects().create(db, |p| p.book(1).number(1).text("t"))).unwrap();
    assert_queries!(1, page.load(db, |p| p.text)).unwrap();

    let mut with_editor = assert_queries!(create, Draft::objects().create(db, |d| d.editor(&ann))).unwrap();
    assert_queries!(1, with_editor.editor.fetch(db)).unwrap();
    with_editor.editor = None;
    assert_queries!(0, with_editor.editor.fetch(db)).unwrap();
    assert_queries!(1, book.author.fetch(db)).unwrap();

    // What was inserted is read back, and before it how the server counts.
    // docs/guide/src/differences.md: Statements of `create`
    let bulk_create = if db.dialect().capability().insert_returning { 1 } else { 3 };
    let new = (1..=2).map(|n| NewAuthor { id: None, name: format!("new {n}") });
    let mut rows = assert_queries!(bulk_create, Author::objects().bulk_create(db, new)).unwrap();
    rows[0].name = "old 1".into();
    assert_queries!(1, Author::objects().bulk_update(db, &mut rows, |a| a.name)).unwrap();
    assert_queries!(1, Author::objects().bulk_delete(db, &rows)).unwrap();
    let get_or_create = || Author::objects().get_or_create(db, |a| a.name.eq("joe"), |a| a.name("joe"));
    assert_queries!(1 + create, get_or_create()).unwrap();
    assert_queries!(1, get_or_create()).unwrap();
    let names = Author::objects();
    let update = names.update_or_create(db, |a| a.name.eq("joe"), |a| a.name.set("sue"), |a| a.name("joe"));
    assert_queries!(3, update).unwrap();
    let books = ann.related(|a| a.books);
    assert_queries!(1, books.all(db)).unwrap();
    assert_queries!(1, books.count(db)).unwrap();
    assert_queries!(1, books.exists(db)).unwrap();
    assert_queries!(1, books.contains(db, &book)).unwrap();
}
