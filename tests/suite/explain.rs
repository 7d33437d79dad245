//! Plans: which tables are read in which way, the same words on every database.

use orm::backend::Executor;
use orm::explain::{NodeKind, Plan};
use orm::prelude::*;
use orm::{Dialect, Error};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone)]
#[model(table = "explain_author")]
struct Author {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 40, unique)]
    name: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "explain_book",
    index(name = "explain_by_author", fields(author)),
    index(name = "explain_by_shelf", fields(shelf))
)]
struct Book {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    author: ForeignKey<Author>,
    shelf: i32,
    pages: i32,
    #[field(max_length = 100)]
    title: String,
}

/// A library that is large enough for indexes to be worth their while, and counted by the server.
fn with_books(test: impl AsyncFnOnce(&Db)) {
    run(models![Author, Book], async |db| {
        let mut authors = Vec::new();
        for number in 0..4 {
            let name = format!("author {number}");
            authors.push(Author::objects().create(db, |a| a.name(name)).await.unwrap());
        }
        let first = &authors[0];
        Book::objects().create(db, |b| b.author(first).shelf(0).pages(100).title("first")).await.unwrap();
        // Doubled until there are 2,048.
        for half in 0..11_u32 {
            let offset = 1 << half;
            let sql = format!(
                "INSERT INTO explain_book (author_id, shelf, pages, title) \
                 SELECT (id + {offset} - 1) % 4 + 1, (id + {offset} - 1) % 512, 100 + id % 300, 'a book of some length' \
                 FROM explain_book"
            );
            db.batch(&sql).await.unwrap();
        }
        db.batch(match db.dialect() {
            Dialect::MySql | Dialect::MariaDb => "ANALYZE TABLE explain_author; ANALYZE TABLE explain_book",
            Dialect::Postgres => "ANALYZE explain_author; ANALYZE explain_book",
            Dialect::Sqlite => "ANALYZE",
        })
        .await
        .unwrap();
        assert_eq!(Book::objects().count(db).await.unwrap(), 2_048);
        test(db).await;
    });
}

/// A plan's table nodes are called by the table or by the query's alias for it.
fn kinds(plan: &Plan) -> Vec<&NodeKind> {
    plan.nodes().map(|node| &node.kind).collect()
}

#[test]
fn an_index_finds_some_rows() {
    with_books(async |db| {
        let plan = Book::objects().filter(|b| b.shelf.eq(77)).explain(db).await.unwrap();
        assert!(plan.uses_index("explain_by_shelf"), "{plan}\n{}", plan.raw());
        assert!(!plan.uses_index("explain_by_author"));
        assert!(!plan.has_sequential_scan(), "{plan}");
        assert_eq!(plan.full_scans().count(), 0, "{plan}");
        assert!(plan.nodes().any(|node| node.table.as_deref() == Some("explain_book")), "{plan}");
        assert!(plan.to_string().contains("explain_by_shelf"));
        assert!(plan.raw().contains("explain_by_shelf"));
    });
}

#[test]
fn a_key_finds_a_row() {
    with_books(async |db| {
        let plan = Book::objects().pk(77).explain(db).await.unwrap();
        assert_eq!(plan.full_scans().count(), 0, "{plan}");
        let root = &plan.root().kind;
        // PostgreSQL does not tell a unique index from another; MySQL 9 reads the row while it plans.
        let lookups = [NodeKind::KeyLookup, NodeKind::IndexScan, NodeKind::Constant];
        assert!(lookups.contains(root), "{plan}");
        if matches!(db.dialect(), Dialect::Sqlite | Dialect::MariaDb) {
            assert_eq!(*root, NodeKind::KeyLookup, "{plan}");
        }
    });
}

#[test]
fn without_an_index_the_whole_table_is_read() {
    with_books(async |db| {
        let plan = Book::objects().filter(|b| b.pages.gt(390)).explain(db).await.unwrap();
        assert!(plan.has_sequential_scan(), "{plan}\n{}", plan.raw());
        let scans: Vec<_> = plan.full_scans().collect();
        assert_eq!(scans.len(), 1, "{plan}");
        assert_eq!(scans[0].table.as_deref(), Some("explain_book"), "{plan}");
        assert_eq!(scans[0].index, None);
    });
}

#[test]
fn joins_and_sorts_are_told() {
    with_books(async |db| {
        let query =
            Book::objects().filter(|b| b.author.name.startswith("author")).order_by(|b| (b.pages, b.title));
        let plan = query.explain(db).await.unwrap();
        assert!(plan.nodes().any(|node| node.kind.is_join()), "{plan}\n{}", plan.raw());
        assert!(plan.nodes().any(|node| node.kind == NodeKind::Sort), "{plan}\n{}", plan.raw());
        let sort = plan.nodes().position(|node| node.kind == NodeKind::Sort);
        let scan = plan.nodes().position(|node| node.table.is_some());
        assert!(sort < scan, "what is sorted feeds the sort: {plan}");
        // The model's own key has an index in its order.
        let plan = Book::objects().order_by(|b| b.id).limit(3).explain(db).await.unwrap();
        assert!(!kinds(&plan).contains(&&NodeKind::Sort), "{plan}");
    });
}

#[test]
fn rows_are_estimated_where_the_database_does() {
    with_books(async |db| {
        let plan = Book::objects().filter(|b| b.shelf.eq(77)).explain(db).await.unwrap();
        let estimated = plan.nodes().find_map(|node| node.estimated_rows);
        let cost = plan.nodes().find_map(|node| node.estimated_cost);
        match db.dialect() {
            Dialect::Sqlite => assert_eq!((estimated, cost), (None, None)),
            // 2,048 books on 512 shelves.
            _ => assert!(estimated.is_some_and(|rows| (1.0..=16.0).contains(&rows)), "{plan}"),
        }
        if matches!(db.dialect(), Dialect::Postgres | Dialect::MySql) {
            assert!(cost.is_some_and(|cost| cost > 0.0), "{plan}");
        }
        assert_eq!(plan.root().actual_rows, None);
        assert_eq!(plan.execution_time(), None);
    });
}

#[test]
fn analyze_runs_the_query_or_is_refused() {
    with_books(async |db| {
        let measured = ExplainOptions::new().analyze(true);
        let query = Book::objects().filter(|b| b.shelf.eq(77));
        // MySQL leaves gaps between the keys that the books are spread by.
        let rows = query.clone().count(db).await.unwrap();
        assert!(rows > 0);
        let rows = f64::from(u32::try_from(rows).unwrap());
        let plan = match query.explain_with(db, measured).await {
            Ok(plan) => plan,
            Err(error) => {
                assert!(!db.dialect().capability().explain_analyze);
                assert!(matches!(error, Error::Unsupported { .. }), "{error}");
                assert_eq!(error.to_string(), "SQLite does not support `analyze` in `explain`");
                return;
            }
        };
        assert!(db.dialect().capability().explain_analyze);
        assert_eq!(plan.root().actual_rows, Some(rows), "{plan}\n{}", plan.raw());
        assert_eq!(plan.root().total_rows(), Some(rows), "{plan}");
        assert!(plan.root().actual_time.is_some_and(|time| !time.is_zero()), "{plan}");
        // What was planned is still told.
        assert!(plan.uses_index("explain_by_shelf"), "{plan}");
        assert!(plan.nodes().any(|node| node.estimated_rows.is_some()), "{plan}");
        if db.dialect() == Dialect::Postgres {
            assert!(plan.planning_time().is_some() && plan.execution_time().is_some(), "{plan}");
        }
    });
}

#[test]
fn what_a_database_lacks_is_refused_before_anything_is_sent() {
    run(models![Author, Book], async |db| {
        let options = [
            (ExplainOptions::new().verbose(true), "verbose"),
            (ExplainOptions::new().buffers(true), "buffers"),
            (ExplainOptions::new().settings(true), "settings"),
        ];
        if db.dialect().capability().explain_details {
            for (options, name) in options {
                let plan = Author::objects().explain_with(db, options).await.unwrap();
                let told = match name {
                    "verbose" => plan.root().property("Output").is_some(),
                    "buffers" => plan.root().property("Shared Hit Blocks").is_some(),
                    // Nothing is told of settings that are at their default.
                    _ => true,
                };
                assert!(told, "{name}: {}", plan.raw());
            }
            return;
        }
        // Nothing can be sent through a closed pool.
        db.close().await;
        assert!(matches!(Author::objects().explain(db).await, Err(Error::Pool(_))));
        for (options, name) in options {
            let error = Author::objects().explain_with(db, options).await.unwrap_err();
            let expected = format!("{} does not support `{name}` in `explain`", db.dialect().name());
            assert_eq!(error.to_string(), expected);
        }
    });
}

#[test]
fn values_are_bound_and_odd_ones_do_no_harm() {
    with_books(async |db| {
        let texts = [
            "'",
            "\n    -> Table scan on x  (cost=1 rows=1)",
            "\"}]}",
            "\", \"table\": {\"table_name\": \"fake\", \"access_type\": \"ALL\"}, \"x\": \"",
            "日本",
            "",
            "\\",
            "\t\r\n\"\\'",
            "a|b|c (d=?)",
        ];
        for text in texts {
            let query = Book::objects().filter(|b| b.title.eq(text) & b.pages.gt(100)).order_by(|b| b.title);
            let plan = query.clone().explain(db).await.unwrap();
            let tables: Vec<_> = plan.nodes().filter_map(|node| node.table.as_deref()).collect();
            assert_eq!(tables, ["explain_book"], "{text:?}: {plan}");
            if db.dialect().capability().explain_analyze {
                let plan = query.explain_with(db, ExplainOptions::new().analyze(true)).await.unwrap();
                assert_eq!(plan.root().actual_rows.unwrap_or(0.0).to_string(), "0", "{plan}");
            }
        }
    });
}

#[test]
fn a_query_of_nothing_has_a_plan() {
    run(models![Author, Book], async |db| {
        let plan = Author::objects().none().explain(db).await.unwrap();
        // SQLite finds out only when it runs.
        if db.dialect() != Dialect::Sqlite {
            assert_eq!(plan.root().kind, NodeKind::Constant, "{plan}\n{}", plan.raw());
        }
        assert!(!plan.to_string().is_empty());
        let mistaken = Author::objects().limit(1).filter(|a| a.id.gt(1)).explain(db).await;
        assert!(matches!(mistaken, Err(Error::InvalidQuery(_))));
    });
}

#[test]
fn what_is_computed_is_explained_too() {
    with_books(async |db| {
        let shelf = |shelf: i32| Book::objects().filter(move |b| b.shelf.eq(shelf));
        let plan = shelf(3).union(shelf(4)).explain(db).await.unwrap();
        let scans = plan.nodes().filter(|node| node.index.as_deref() == Some("explain_by_shelf"));
        assert_eq!(scans.count(), 2, "{plan}\n{}", plan.raw());

        let pages = Book::objects().values(|b| (b.pages, b.id.count())).explain(db).await.unwrap();
        assert!(pages.has_sequential_scan(), "{pages}\n{}", pages.raw());
        // SQLite tells of the sort by which it groups, MariaDB of its temporary table.
        let groups = [NodeKind::Aggregate, NodeKind::Sort, NodeKind::Materialize];
        assert!(pages.nodes().any(|node| groups.contains(&node.kind)), "{pages}\n{}", pages.raw());
    });
}
