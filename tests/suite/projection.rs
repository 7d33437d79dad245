//! Rows as structs of the user's own: columns, also of related rows, and expressions.

use orm::prelude::*;
use serde::Serialize;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone)]
struct Author {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50, unique)]
    name: String,
    country: Option<String>,
    mentor: Option<ForeignKey<Author>>,
}

#[derive(Model, Debug, Clone)]
#[model(ordering = [-id])]
struct Book {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<Author>,
    editor: Option<ForeignKey<Author>>,
    #[field(max_length = 100)]
    title: String,
    subtitle: Option<String>,
    #[field(max_digits = 8, decimal_places = 2)]
    price: Decimal,
    pages: i32,
    r#type: i16,
}

/// Fields of their own names, in another order than the model's; one of them nullable, one keyword.
#[derive(Projection, Debug, Clone, PartialEq, Serialize)]
#[projection(Book)]
struct Card {
    title: String,
    id: i64,
    subtitle: Option<String>,
    r#type: i16,
    /// A column that is never NULL fits in an `Option`.
    pages: Option<i32>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Credits {
    #[projection(path = author.name)]
    author: String,
    #[projection(path = author.mentor.name)]
    mentor: Option<String>,
    #[projection(path = editor.name)]
    editor: Option<String>,
    #[projection(path = author)]
    key: ForeignKey<Author>,
    #[projection(path = editor.id)]
    editor_id: Option<i64>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Computed {
    #[projection(expr = |b| b.pages * 2)]
    twice: i32,
    #[projection(expr = |b| b.pages.gt(100) & b.editor.name.eq("bea"))]
    long_and_edited: bool,
    #[projection(expr = label)]
    label: i64,
    #[projection(expr = |b| row_number().partition_by(b.author).order_by(b.pages))]
    place: i64,
}

fn label(_: BookFields) -> Expr<Free, i64> {
    value(7_i64)
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Sales {
    #[projection(path = author.name)]
    author: String,
    #[projection(expr = |b| b.id.count())]
    books: i64,
    #[projection(expr = |b| b.pages.sum())]
    pages: Option<i64>,
}

/// The only column is one of another table.
#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct AuthorName {
    #[projection(path = author.name)]
    name: String,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Author)]
struct Named {
    name: String,
}

async fn fill(db: &Db) {
    let ann = Author::objects().create(db, |a| a.name("ann").country("DE")).await.unwrap();
    let bea = Author::objects().create(db, |a| a.name("bea").mentor(&ann)).await.unwrap();
    for (author, editor, title, subtitle, pages) in [
        (&ann, Some(&bea), "Ants", Some("A story"), 120),
        (&bea, None, "Bees", None, 80),
        (&ann, None, "Cats", None, 300),
    ] {
        Book::objects()
            .create(db, |b| {
                let b = b.author(author).title(title).price(Decimal::new(995, 2)).pages(pages).r#type(3_i16);
                b.editor(editor.map(ForeignKey::to)).subtitle(subtitle.map(str::to_owned))
            })
            .await
            .unwrap();
    }
}

#[test]
fn fields_are_read_from_the_model_s_of_that_name() {
    run(models![Author, Book], async |db| {
        fill(db).await;
        let cards = Book::objects().order_by(|b| b.id).project::<Card>().all(db).await.unwrap();
        let ants = Card {
            title: "Ants".into(),
            id: 1,
            subtitle: Some("A story".into()),
            r#type: 3,
            pages: Some(120),
        };
        assert_eq!(cards[0], ants);
        assert_eq!((cards.len(), &cards[1].subtitle), (3, &None));
        let json = serde_json::to_value(&cards[1]).unwrap();
        assert_eq!(json["title"], "Bees");
        // The model's own order.
        let first = Book::objects().project::<Card>().all(db).await.unwrap();
        assert_eq!(first.iter().map(|card| card.id).collect::<Vec<_>>(), [3, 2, 1]);
    });
}

#[test]
fn only_what_is_named_is_selected() {
    let sql = Book::objects().project::<Card>().sql(Dialect::Postgres).unwrap();
    assert!(sql.starts_with(r#"SELECT "title", "id", "subtitle", "type", "pages" FROM "book""#), "{sql}");
}

#[test]
fn paths_lead_through_relations() {
    run(models![Author, Book], async |db| {
        fill(db).await;
        let all = Book::objects().order_by(|b| b.id).project::<Credits>().all(db).await.unwrap();
        let credits =
            |author: &str, mentor: Option<&str>, editor: Option<&str>, key: i64, editor_id| Credits {
                author: author.into(),
                mentor: mentor.map(Into::into),
                editor: editor.map(Into::into),
                key: ForeignKey::new(key),
                editor_id,
            };
        assert_eq!(
            all,
            [
                credits("ann", None, Some("bea"), 1, Some(2)),
                credits("bea", Some("ann"), None, 2, None),
                credits("ann", None, None, 1, None)
            ]
        );
    });
}

#[test]
fn expressions_conditions_and_windows_are_computed_by_the_database() {
    run(models![Author, Book], async |db| {
        fill(db).await;
        let all = Book::objects().order_by(|b| b.id).project::<Computed>().all(db).await.unwrap();
        let computed = |twice, long_and_edited, place| Computed { twice, long_and_edited, label: 7, place };
        assert_eq!(all, [computed(240, true, 1), computed(160, false, 1), computed(600, false, 2)]);
    });
}

#[test]
fn plain_columns_beside_aggregates_are_the_groups() {
    run(models![Author, Book], async |db| {
        fill(db).await;
        let sales = Book::objects().project::<Sales>();
        let all = sales.clone().order_by(|b| b.author.name).all(db).await.unwrap();
        let row = |author: &str, books, pages| Sales { author: author.into(), books, pages: Some(pages) };
        assert_eq!(all, [row("ann", 2, 420), row("bea", 1, 80)]);
        let busy = sales.clone().having(|b| b.id.count().gt(1));
        assert_eq!(busy.get(db).await.unwrap(), row("ann", 2, 420));
        assert_eq!(sales.filter(|b| b.pages.lt(200)).count(db).await.unwrap(), 2);
    });
}

#[test]
fn a_projection_is_refined_like_any_query() {
    run(models![Author, Book], async |db| {
        fill(db).await;
        let names = Book::objects().project::<AuthorName>();
        let distinct = names.clone().distinct().order_by(|b| b.author.name).all(db).await.unwrap();
        let name = |name: &str| AuthorName { name: name.into() };
        assert_eq!(distinct, [name("ann"), name("bea")]);
        let filtered = names.clone().filter(|b| b.title.eq("Bees"));
        assert_eq!(filtered.clone().get(db).await.unwrap(), name("bea"));
        assert_eq!(filtered.clone().first(db).await.unwrap(), Some(name("bea")));
        assert!(names.clone().filter(|b| b.title.eq("x")).get(db).await.unwrap_err().is_does_not_exist());
        assert!(names.clone().pk(1).exists(db).await.unwrap());
        assert_eq!(names.clone().order_by(|b| b.id).offset(1).limit(2).all(db).await.unwrap().len(), 2);
        let mut streamed = Vec::new();
        let mut rows = names.clone().order_by(|b| b.id).stream(db);
        while let Some(row) = rows.try_next().await.unwrap() {
            streamed.push(row.name);
        }
        assert_eq!(streamed, ["ann", "bea", "ann"]);
        let either = filtered.union(names.clone().filter(|b| b.pages.gt(200)));
        assert_eq!(either.order_by(|b| b.author.name).all(db).await.unwrap(), [name("ann"), name("bea")]);
        assert_eq!(names.none().all(db).await.unwrap(), []);
        assert_eq!(Author::objects().project::<Named>().count(db).await.unwrap(), 2);
    });
}

#[test]
fn a_column_that_does_not_fit_names_the_model_s_field() {
    /// The same table by another program's eyes.
    #[derive(Model, Debug)]
    #[model(table = "author")]
    struct Stranger {
        #[field(primary_key)]
        id: i64,
        country: String,
    }

    #[derive(Projection, Debug)]
    #[projection(Stranger)]
    #[allow(dead_code, reason = "never made")]
    struct Country {
        id: i64,
        country: String,
    }

    run(models![Author], async |db| {
        Author::objects().create(db, |a| a.name("ann")).await.unwrap();
        let error = Stranger::objects().project::<Country>().all(db).await.unwrap_err();
        assert_eq!(error.to_string(), "Stranger.country: NULL where a value is required");
    });
}
