//! Tables made from models: in any order, whole or not at all, with every constraint and index there.

use orm::backend::Executor;
use orm::prelude::*;
use orm::{DatabaseErrorKind, Dialect};

use crate::support::{Db, run, run_threaded};

#[derive(Model, Debug, Clone, PartialEq)]
struct Author {
    #[field(primary_key)]
    id: i64,
    favourite: Option<ForeignKey<Novel>>,
    #[field(on_delete = set_null)]
    mentor: Option<ForeignKey<Author>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(title, -pages), index(name = "by_pages", fields(-pages)), unique(author, title))]
struct Novel {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    author: ForeignKey<Author>,
    #[field(max_length = 50)]
    title: String,
    #[field(index, default = 0)]
    pages: i32,
    #[field(on_delete = restrict)]
    publisher: Option<ForeignKey<Publisher>>,
    #[field(unique, on_delete = set_default, db_default = 1)]
    cover: ForeignKey<Cover>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Publisher {
    #[field(primary_key)]
    code: Uuid,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Cover {
    #[field(primary_key)]
    id: i32,
}

#[test]
fn tables_that_point_at_each_other_are_created_in_any_order() {
    run(&[], async |db| {
        let orders: [&[orm::model::ModelEntry]; 3] = [
            models![Novel, Author, Publisher, Cover],
            models![Cover, Publisher, Author, Novel],
            models![Author, Cover, Novel, Publisher],
        ];
        for models in orders {
            db.create_tables(models).await.unwrap();
            assert_eq!(Novel::objects().count(db).await.unwrap(), 0);
            let author = Author::objects().create(db, |a| a).await.unwrap();
            let cover = Cover::objects().create(db, |c| c).await.unwrap();
            let novel =
                Novel::objects().create(db, |n| n.author(&author).title("x").cover(&cover)).await.unwrap();
            Author::objects().update(db, |a| (a.favourite.set(&novel), a.mentor.set(&author))).await.unwrap();
            // With rows that point in a circle, too.
            db.drop_tables(models).await.unwrap();
            assert!(Novel::objects().count(db).await.is_err());
            db.drop_tables(models).await.expect("dropping what is not there");
        }
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(many_to_many(novels: Novel), table = "Shelf")]
struct Shelf {
    #[field(primary_key)]
    id: i64,
    #[field(unique, on_delete = cascade)]
    owner: ForeignKey<Author>,
}

#[test]
fn missing_tables_are_created_and_others_left_as_they_are() {
    run_threaded(&[], async |db| {
        db.create_tables(models![Author, Novel, Publisher, Cover]).await.unwrap();
        let author = Author::objects().create(db, |a| a).await.unwrap();
        // Two models, and the table between.
        db.create_missing_tables(models![Author, Novel, Publisher, Cover, Shelf, Parcel]).await.unwrap();
        let shelf = Shelf::objects().create(db, |s| s.owner(&author)).await.unwrap();
        assert!(!shelf.related(|s| s.novels).exists(db).await.unwrap());
        assert!(Parcel::objects().create(db, |p| p.name("n").width(0)).await.is_err(), "with constraints");
        assert!(Shelf::objects().create(db, |s| s.owner(&author)).await.unwrap_err().is_unique_violation());
        assert!(author.delete(db).await.unwrap());
        assert_eq!(Shelf::objects().count(db).await.unwrap(), 0, "and foreign keys");
        for _ in 0..2 {
            db.create_missing_tables(models![Shelf, Parcel, Novel]).await.unwrap();
        }
        db.create_missing_tables(models![]).await.unwrap();
        assert!(db.create_tables(models![Shelf]).await.is_err());
    });
}

/// RELIABILITY: programs that begin at the same time.
#[test]
fn of_16_who_create_the_missing_tables_each_finds_all() {
    run_threaded(&[], async |db| {
        for _ in 0..3 {
            let tasks: Vec<_> = (0..16)
                .map(|_| {
                    let db = db.clone();
                    tokio::spawn(async move {
                        let models = models![Author, Novel, Publisher, Cover, Shelf, Parcel];
                        db.create_missing_tables(models).await?;
                        let author = Author::objects().create(&db, |a| a).await?;
                        Shelf::objects().create(&db, |s| s.owner(&author)).await?;
                        Ok::<_, orm::Error>(())
                    })
                })
                .collect();
            for task in tasks {
                task.await.expect("no panic").expect("no error");
            }
            assert_eq!(Shelf::objects().count(db).await.unwrap(), 16);
            db.drop_tables(models![Author, Novel, Publisher, Cover, Shelf, Parcel]).await.unwrap();
        }
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(check(name = "width_positive", |row| row.width.gt(0)), check(name = "narrow", |row| row.width.lt(row.height) | row.height.is_null()))]
#[model(check(name = "name_ok", |row| !row.name.contains("'%\\") & row.name.istartswith("n") & row.name.ne("")))]
#[model(check(name = "price_ok", |row| row.price.ge("0.10".parse::<Decimal>().unwrap_or_default()) & (row.price * 2).lt(100)))]
#[model(unique(name, width))]
struct Parcel {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 30)]
    name: String,
    #[field(default = 1)]
    width: i32,
    height: Option<i32>,
    #[field(max_digits = 6, decimal_places = 2, default = Decimal::ONE)]
    price: Decimal,
    #[field(max_length = 10, unique)]
    code: Option<String>,
}

#[test]
fn constraints_are_there() {
    run(models![Parcel], async |db| {
        let kind = async |result: orm::Result<Parcel>| result.err().map(|error| error.kind().unwrap());
        let check = Some(DatabaseErrorKind::CheckViolation);
        let unique = Some(DatabaseErrorKind::UniqueViolation);
        let boxes = Parcel::objects;
        assert_eq!(kind(boxes().create(db, |b| b.name("n")).await).await, None);
        assert_eq!(kind(boxes().create(db, |b| b.name("n").width(0)).await).await, check);
        assert_eq!(kind(boxes().create(db, |b| b.name("n").width(5).height(5)).await).await, check);
        assert_eq!(kind(boxes().create(db, |b| b.name("n").width(5).height(6)).await).await, None);
        assert_eq!(kind(boxes().create(db, |b| b.name("m")).await).await, check);
        assert_eq!(kind(boxes().create(db, |b| b.name("n'%\\")).await).await, check);
        assert_eq!(kind(boxes().create(db, |b| b.name("N'%")).await).await, None);
        assert_eq!(kind(boxes().create(db, |b| b.name("n")).await).await, unique);
        assert_eq!(
            kind(boxes().create(db, |b| b.name("n").width(2).price(Decimal::new(9, 2))).await).await,
            check
        );
        assert_eq!(
            kind(boxes().create(db, |b| b.name("n").width(2).price(Decimal::from(50))).await).await,
            check
        );
        assert_eq!(
            kind(boxes().create(db, |b| b.name("n").width(2).price(Decimal::new(4999, 2))).await).await,
            None
        );
        assert_eq!(kind(boxes().create(db, |b| b.name("n").width(3).code("x")).await).await, None);
        assert_eq!(kind(boxes().create(db, |b| b.name("n").width(4).code("x")).await).await, unique);
        assert_eq!(boxes().filter(|b| b.code.is_null()).count(db).await.unwrap(), 4, "NULLs are not equal");
    });
}

#[test]
fn deleting_does_what_the_foreign_key_says() {
    run(models![Publisher, Cover, Author, Novel], async |db| {
        let mentor = Author::objects().create(db, |a| a).await.unwrap();
        let author = Author::objects().create(db, |a| a.mentor(&mentor)).await.unwrap();
        let publisher = Publisher::objects().create(db, |p| p.code(Uuid::from_u128(1))).await.unwrap();
        let covers = [
            Cover::objects().create(db, |c| c).await.unwrap(),
            Cover::objects().create(db, |c| c).await.unwrap(),
        ];
        let novel = Novel::objects()
            .create(db, |n| n.author(&author).title("x").publisher(&publisher).cover(&covers[1]))
            .await
            .unwrap();
        assert!(mentor.delete(db).await.unwrap());
        assert_eq!(Author::objects().get(db).await.unwrap().mentor, None, "set_null");
        assert!(publisher.delete(db).await.unwrap_err().is_foreign_key_violation(), "restrict");
        Author::objects().update(db, |a| a.favourite.set(&novel)).await.unwrap();
        assert!(novel.delete(db).await.unwrap_err().is_foreign_key_violation(), "no_action");
        Author::objects().update(db, |a| a.favourite.set(None)).await.unwrap();
        author.delete(db).await.unwrap();
        assert_eq!(Novel::objects().count(db).await.unwrap(), 0, "cascade");
        assert!(publisher.delete(db).await.unwrap());
    });
}

#[test]
fn creating_twice_is_an_error_and_leaves_nothing_half_made() {
    run(models![Cover], async |db| {
        let error = db.create_tables(models![Publisher, Cover]).await.unwrap_err();
        assert_eq!(error.kind(), Some(DatabaseErrorKind::ProgrammingError), "{error}");
        assert!(error.as_database().unwrap().sql().unwrap().starts_with("CREATE TABLE"));
        let half_made = Publisher::objects().count(db).await.is_ok();
        // docs/guide/src/differences.md: A failed `create_tables`
        assert_eq!(half_made, !db.dialect().capability().transactional_ddl);
        Cover::objects().create(db, |c| c).await.expect("the first table is as it was");
        db.drop_tables(models![Publisher, Cover]).await.unwrap();
        db.create_tables(models![Publisher, Cover]).await.unwrap();
    });
}

#[test]
fn a_table_that_is_pointed_at_is_not_dropped() {
    run(models![Cover, Publisher, Author, Novel], async |db| {
        let author = Author::objects().create(db, |a| a).await.unwrap();
        let cover = Cover::objects().create(db, |c| c).await.unwrap();
        Novel::objects().create(db, |n| n.author(&author).title("x").cover(&cover)).await.unwrap();
        let error = db.drop_tables(models![Cover]).await.unwrap_err();
        assert!(error.kind().is_some(), "{error}");
        assert_eq!(Cover::objects().count(db).await.unwrap(), 1);
        db.drop_tables(models![Cover, Publisher, Author, Novel]).await.unwrap();
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "a_table_whose_name_is_as_long_as_databases_allow_it_to_be_at_63",
    index(a_column_whose_name_is_as_long_as_databases_allow_it_to_be_1, other),
    index(a_column_whose_name_is_as_long_as_databases_allow_it_to_be_2, id),
    unique(
        a_column_whose_name_is_as_long_as_databases_allow_it_to_be_1,
        a_column_whose_name_is_as_long_as_databases_allow_it_to_be_2
    )
)]
struct Long {
    #[field(primary_key)]
    id: i64,
    #[field(index)]
    a_column_whose_name_is_as_long_as_databases_allow_it_to_be_1: i64,
    #[field(index)]
    a_column_whose_name_is_as_long_as_databases_allow_it_to_be_2: i64,
    #[field(unique)]
    other: Option<i64>,
    relation_whose_name_is_as_long_as_databases_allow_it_to_be_1: Option<ForeignKey<Long>>,
    relation_whose_name_is_as_long_as_databases_allow_it_to_be_2: Option<ForeignKey<Long>>,
}

#[test]
fn long_names_stay_apart() {
    run(models![Long], async |db| {
        let row = Long::objects()
            .create(db, |l| {
                l.a_column_whose_name_is_as_long_as_databases_allow_it_to_be_1(1)
                    .a_column_whose_name_is_as_long_as_databases_allow_it_to_be_2(2)
            })
            .await
            .unwrap();
        let found = Long::objects()
            .filter(|l| l.relation_whose_name_is_as_long_as_databases_allow_it_to_be_1.other.is_null())
            .order_by(|l| l.relation_whose_name_is_as_long_as_databases_allow_it_to_be_2.other);
        assert_eq!(found.get(db).await.unwrap(), row);
        let twice = Long::objects().create(db, |l| {
            l.a_column_whose_name_is_as_long_as_databases_allow_it_to_be_1(1)
                .a_column_whose_name_is_as_long_as_databases_allow_it_to_be_2(2)
        });
        assert!(twice.await.unwrap_err().is_unique_violation());
    });
}

mod ambiguous {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[model(table = "blog")]
    struct Blog {
        #[field(primary_key)]
        id: i64,
        #[field(index)]
        post_author: i64,
        #[field(unique)]
        post_number: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[model(table = "blog_post")]
    struct Post {
        #[field(primary_key)]
        id: i64,
        #[field(index)]
        author: i64,
        #[field(unique)]
        number: i64,
    }

    #[test]
    fn made_names_of_different_tables_stay_apart() {
        run(models![Blog, Post], async |db| {
            Blog::objects().create(db, |b| b.post_author(1).post_number(2)).await.unwrap();
            Post::objects().create(db, |p| p.author(1).number(2)).await.unwrap();
        });
    }
}

/// The number of indexes whose name contains the text, as the database lists them.
async fn indexes(db: &Db, table: &str) -> i64 {
    let source = match db.dialect() {
        Dialect::Postgres => format!("SELECT count(*) FROM pg_indexes WHERE tablename = '{table}'"),
        Dialect::MySql | Dialect::MariaDb => format!(
            "SELECT count(DISTINCT index_name) FROM information_schema.statistics \
             WHERE table_schema = database() AND table_name = '{table}'"
        ),
        Dialect::Sqlite => {
            format!("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = '{table}'")
        }
    };
    db.batch("CREATE TABLE found (n bigint PRIMARY KEY)").await.unwrap();
    db.batch(&format!("INSERT INTO found {source}")).await.unwrap();
    let found = Found::objects().get(db).await.unwrap().n;
    db.batch("DROP TABLE found").await.unwrap();
    found
}

#[derive(Model, Debug, Clone)]
struct Found {
    #[field(primary_key, identity = false)]
    n: i64,
}

#[test]
fn every_index_is_there_once() {
    run(models![Cover, Publisher, Author, Novel], async |db| {
        // (title, pages), by_pages, (author, title), pages, publisher, cover; the author's is covered by the second.
        let expected = match db.dialect() {
            // The primary key of an integer is the table itself.
            Dialect::Sqlite => 6,
            _ => 7,
        };
        assert_eq!(indexes(db, "novel").await, expected);
    });
}
