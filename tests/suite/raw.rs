//! Statements of the user's own: values are bound, rows become models by name and tuples by position.

use orm::error::ValueError;
use orm::prelude::*;
use orm::{DatabaseErrorKind, Error};

use crate::support::{Db, run, run_by_url, run_threaded};

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 100)]
    title: String,
    #[field(column = "how_many")]
    views: i64,
    stars: Option<i32>,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    done: bool,
    at: DateTime<Utc>,
    day: Option<NaiveDate>,
    data: Vec<u8>,
    ratio: f64,
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 123_456_000).unwrap()
}

fn with_notes(test: impl AsyncFnOnce(&Db)) {
    run(models![Note], async |db| {
        for (title, views, stars, price) in [
            ("tea", 7, Some(3), "1.50"),
            ("it's 100% {x} ? $1 :a", 120, None, "0.10"),
            ("ä🦀", -5, Some(5), "20"),
        ] {
            Note::objects()
                .create(db, |n| {
                    n.title(title)
                        .views(views)
                        .stars(stars)
                        .price(price.parse::<Decimal>().unwrap())
                        .done(views > 0)
                        .at(at(views))
                        .day(stars.map(|_| at(0).date_naive()))
                        .data(vec![0, 39, 255])
                        .ratio(0.5)
                })
                .await
                .unwrap();
        }
        test(db).await;
    });
}

#[test]
fn a_model_is_read_by_the_columns_names() {
    with_notes(async |db| {
        let expected = Note::objects().order_by(|n| n.id).all(db).await.unwrap();
        assert_eq!(raw!("SELECT * FROM note ORDER BY id").fetch::<Note>(db).await.unwrap(), expected);

        // Another order, and columns that the model does not have.
        let shuffled = raw!(
            "SELECT 1 AS extra, ratio, data, day, at, done, price, stars, how_many, title, 'x' AS views, id
             FROM note ORDER BY id"
        );
        assert_eq!(shuffled.clone().fetch::<Note>(db).await.unwrap(), expected);
        let mut rows = shuffled.stream::<Note, _>(db);
        for note in &expected {
            assert_eq!(rows.try_next().await.unwrap().as_ref(), Some(note));
        }
        assert_eq!(rows.try_next().await.unwrap(), None);
    });
}

#[test]
fn a_missing_column_is_named() {
    with_notes(async |db| {
        let missing = raw!("SELECT id, title FROM note").fetch::<Note>(db).await.unwrap_err();
        assert!(matches!(missing, Error::MissingColumn { model: "Note", column: "how_many" }), "{missing}");
        assert_eq!(missing.to_string(), "the statement gives no column `how_many`, which Note is built from");

        let twice = raw!("SELECT a.*, b.id FROM note a JOIN note b ON a.id = b.id").fetch::<Note>(db).await;
        assert!(twice.unwrap_err().to_string().contains("several columns `id`"));
        // The connection is as good as before.
        assert_eq!(raw!("SELECT COUNT(*) FROM note").fetch_one::<i64>(db).await.unwrap(), 3);
    });
}

#[test]
fn a_column_of_another_type_names_the_field() {
    with_notes(async |db| {
        let wrong =
            raw!("SELECT id, id AS title, how_many, stars, price, done, at, day, data, ratio FROM note");
        let error = wrong.fetch::<Note>(db).await.unwrap_err();
        let Error::Value(error) = error else { panic!("{error}") };
        assert_eq!((error.model(), error.field()), (Some("Note"), Some("title")));
    });
}

#[test]
fn tuples_and_values_are_read_by_position() {
    with_notes(async |db| {
        let pairs = raw!("SELECT title, stars FROM note ORDER BY id")
            .fetch::<(String, Option<i32>)>(db)
            .await
            .unwrap();
        assert_eq!(pairs[0], ("tea".to_owned(), Some(3)));
        assert_eq!(pairs[1].1, None);
        let views = raw!("SELECT how_many FROM note ORDER BY how_many").fetch::<i64>(db).await.unwrap();
        assert_eq!(views, [-5, 7, 120]);
        let single = raw!("SELECT price FROM note WHERE id = 3").fetch::<(Decimal,)>(db).await.unwrap();
        assert_eq!(single, [(Decimal::from(20),)]);

        let width = raw!("SELECT id, title FROM note").fetch::<(i64, String, i64)>(db).await.unwrap_err();
        assert_eq!(
            width.to_string(),
            "invalid query: the statement gives 2 columns where 3 are read by position"
        );
        let null = raw!("SELECT stars FROM note ORDER BY id").fetch::<i32>(db).await.unwrap_err();
        let Error::Value(error) = null else { panic!("{null}") };
        assert_eq!(error.value_error(), &ValueError::UnexpectedNull);
    });
}

#[test]
fn one_row_or_none() {
    with_notes(async |db| {
        let (id, none) = (2, 99_i16);
        assert_eq!(
            raw!("SELECT how_many FROM note WHERE id = {id}").fetch_one::<i64>(db).await.unwrap(),
            120
        );
        let missing = raw!("SELECT * FROM note WHERE id = {none}").fetch_one::<Note>(db).await.unwrap_err();
        assert!(matches!(missing, Error::DoesNotExist { model: "Note" }));
        let several = raw!("SELECT * FROM note").fetch_one::<Note>(db).await.unwrap_err();
        assert!(matches!(several, Error::MultipleObjectsReturned { model: "Note" }));

        let optional = raw!("SELECT id FROM note WHERE id = {none}").fetch_optional::<i64>(db).await.unwrap();
        assert_eq!(optional, None);
        assert_eq!(
            raw!("SELECT id FROM note WHERE id = {id}").fetch_optional::<i64>(db).await.unwrap(),
            Some(2)
        );
        assert!(raw!("SELECT id FROM note").fetch_optional::<i64>(db).await.is_err());
    });
}

#[test]
fn every_type_can_be_compared_with_its_column() {
    with_notes(async |db| {
        let title = String::from("tea");
        let (views, small, stars, price) = (7_i64, 7_i16, Some(3), "1.5".parse::<Decimal>().unwrap());
        let (when, day, done, ratio) = (at(7), at(7).date_naive(), true, 0.5);
        let bytes: &[u8] = &[0, 39, 255];
        let unsigned = 7_u64;
        let found = raw!(
            "SELECT id FROM note WHERE title = {title} AND how_many = {views} AND how_many = {small}
             AND how_many = {unsigned} AND stars = {stars} AND price = {price} AND at = {when} AND day = {day}
             AND done = {done} AND ratio = {ratio} AND data = {bytes}"
        );
        assert_eq!(found.fetch::<i64>(db).await.unwrap(), [1]);
        assert_eq!(title, "tea", "what is captured is not moved");
    });
}

#[test]
fn values_never_become_text() {
    with_notes(async |db| {
        let title = "it's 100% {x} ? $1 :a";
        assert_eq!(raw!("SELECT id FROM note WHERE title = {title}").fetch::<i64>(db).await.unwrap(), [2]);
        let attack = "x' OR '1' = '1";
        assert_eq!(
            raw!("SELECT id FROM note WHERE title = {attack}").fetch::<i64>(db).await.unwrap(),
            [0_i64; 0]
        );
        let braces = raw!("SELECT id FROM note WHERE title LIKE '%{{x}}%'");
        assert_eq!(braces.fetch::<i64>(db).await.unwrap(), [2]);
        let words = [String::from("tea"), String::from("ä🦀")];
        let second = raw!("SELECT id FROM note WHERE title = {words[1]} AND how_many = {-2 - 3}");
        assert_eq!(second.fetch::<i64>(db).await.unwrap(), [3]);
        let wide = raw!("SELECT id FROM note WHERE how_many < {i64::MAX} AND id <> {2_i64} ORDER BY id");
        assert_eq!(wide.fetch::<i64>(db).await.unwrap(), [1, 3]);
    });
}

#[test]
fn an_option_binds_null() {
    with_notes(async |db| {
        let (missing, some, text): (Option<i32>, Option<&str>, Option<String>) = (None, Some("new"), None);
        let id = 1;
        let changed = raw!("UPDATE note SET stars = {missing}, title = {some} WHERE id = {id}")
            .execute(db)
            .await
            .unwrap();
        assert_eq!(changed, 1);
        let note = Note::objects().pk(1).get(db).await.unwrap();
        assert_eq!((note.stars, note.title.as_str()), (None, "new"));
        // NULL equals nothing.
        assert_eq!(
            raw!("SELECT id FROM note WHERE title = {text}").fetch::<i64>(db).await.unwrap(),
            [0_i64; 0]
        );
    });
}

#[test]
fn a_list_may_have_any_number_of_values() {
    with_notes(async |db| {
        let in_list = async |ids: &[i64]| {
            raw!("SELECT id FROM note WHERE id IN ({ids...}) ORDER BY id").fetch::<i64>(db).await.unwrap()
        };
        assert_eq!(in_list(&[1, 3, 99]).await, [1, 3]);
        assert_eq!(in_list(&[2]).await, [2]);
        assert_eq!(in_list(&[]).await, [0_i64; 0]);
        let (none, titles) = (Vec::<i64>::new(), vec!["tea", "x"]);
        let all = raw!(
            "SELECT id FROM note WHERE id NOT IN ({none...}) AND title NOT IN ({titles...}) ORDER BY id"
        );
        assert_eq!(all.fetch::<i64>(db).await.unwrap(), [2, 3]);
        let no_titles: [String; 0] = [];
        assert_eq!(
            raw!("SELECT id FROM note WHERE title IN ({no_titles...})").fetch::<i64>(db).await.unwrap(),
            [0_i64; 0]
        );
    });
}

#[test]
fn a_limit_and_an_inserted_row_take_parameters() {
    with_notes(async |db| {
        let (limit, offset) = (1_i64, 1_i64);
        let ids = raw!("SELECT id FROM note ORDER BY id LIMIT {limit} OFFSET {offset}")
            .fetch::<i64>(db)
            .await
            .unwrap();
        assert_eq!(ids, [2]);

        let (title, views, price, done, when, data) = ("new", 1, Decimal::ONE, false, at(0), vec![1_u8]);
        let inserted = raw!(
            "INSERT INTO note (title, how_many, price, done, at, data, ratio)
             VALUES ({title}, {views}, {price}, {done}, {when}, {data}, {0.25})"
        );
        assert_eq!(inserted.execute(db).await.unwrap(), 1);
        let note = Note::objects().filter(|n| n.title.eq("new")).get(db).await.unwrap();
        assert_eq!((note.views, note.price, note.at, note.data), (1, Decimal::ONE, at(0), vec![1]));
    });
}

#[test]
fn a_reading_word_in_front_does_not_make_a_write_a_read() {
    with_notes(async |db| {
        // Only some databases put WITH before INSERT, and only SQLite has readers to be kept from it.
        if matches!(db.dialect(), Dialect::Postgres | Dialect::Sqlite) {
            let title = "copied";
            let copied = raw!(
                "WITH one AS (SELECT * FROM note WHERE id = 1)
                 INSERT INTO note (title, how_many, price, done, at, data, ratio)
                 SELECT {title}, how_many, price, done, at, data, ratio FROM one RETURNING id, title"
            );
            assert_eq!(copied.fetch::<(i64, String)>(db).await.unwrap(), [(4, "copied".to_owned())]);
        }
        let least = 0;
        let counted =
            raw!("WITH liked AS (SELECT * FROM note WHERE how_many > {least}) SELECT COUNT(*) FROM liked");
        assert!(counted.fetch_one::<i64>(db).await.unwrap() >= 2);
    });
}

#[test]
fn errors_show_the_text_and_no_value() {
    with_notes(async |db| {
        let secret = "s3cret-value";
        let error =
            raw!("SELECT nothing FROM note WHERE title = {secret}").fetch::<i64>(db).await.unwrap_err();
        assert_eq!(error.kind(), Some(DatabaseErrorKind::ProgrammingError), "{error}");
        let shown = format!("{error} {error:?} {:?}", raw!("SELECT {secret}"));
        assert!(shown.contains("nothing") && !shown.contains(secret), "{shown}");
    });
}

#[test]
fn a_database_chosen_at_run_time_knows_names_too() {
    run_by_url(async |_, url| {
        let db = orm::connect(url).await.unwrap();
        db.create_tables(models![Note]).await.unwrap();
        let note = Note::objects()
            .create(&db, |n| {
                n.title("any").views(1).price(Decimal::ONE).done(true).at(at(0)).data(vec![]).ratio(1.5)
            })
            .await
            .unwrap();
        let title = "any";
        let read = raw!(
            "SELECT ratio, data, day, at, done, price, stars, how_many, title, id FROM note WHERE title = {title}"
        );
        assert_eq!(read.fetch_one::<Note>(&db).await.unwrap(), note);
        db.close().await;
    });
}

#[test]
fn futures_can_be_spawned() {
    run_threaded(models![Note], async |db| {
        let db = db.clone();
        let spawned = tokio::spawn(async move {
            let id = 1;
            let none = raw!("SELECT * FROM note WHERE id = {id}").fetch_optional::<Note>(&db).await?;
            let page = Note::objects().page(&db, 1, 10).await?;
            let options = CursorOptions::new(10).after(None::<&str>);
            let behind =
                Note::objects().filter(|n| sql!(bool, "{n.id} > {id}")).cursor_page(&db, options).await?;
            let mut rows = raw!("SELECT id FROM note").stream::<i64, _>(&db);
            let first = rows.try_next().await?;
            Ok::<_, Error>((none, page.total, behind.items.len(), first))
        });
        assert_eq!(spawned.await.unwrap().unwrap(), (None, 0, 0, None));
    });
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Note)]
struct Card {
    title: String,
    stars: Option<i32>,
    id: i64,
}

#[test]
fn a_projection_is_read_by_its_fields_names() {
    with_notes(async |db| {
        let cards = raw!("SELECT id, 'x' AS more, stars, title FROM note WHERE id < 3 ORDER BY id");
        let cards = cards.fetch::<Card>(db).await.unwrap();
        let expected = Note::objects()
            .filter(|n| n.id.lt(3))
            .order_by(|n| n.id)
            .project::<Card>()
            .all(db)
            .await
            .unwrap();
        assert_eq!(cards, expected);
        let missing = raw!("SELECT id, title FROM note").fetch::<Card>(db).await.unwrap_err();
        assert!(matches!(missing, Error::MissingColumn { model: "Card", column: "stars" }), "{missing}");
        let wrong = raw!("SELECT id, title, title AS stars FROM note").fetch::<Card>(db).await.unwrap_err();
        let Error::Value(error) = wrong else { panic!("{wrong}") };
        assert_eq!((error.model(), error.field()), (Some("Card"), Some("stars")));
    });
}
