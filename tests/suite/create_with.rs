//! A row that is created together with its related rows.

use orm::prelude::*;

use crate::support::{in_statements, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(lines = Line::order, notes = Note::about), many_to_many(labels: Label))]
struct Order {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Line {
    #[field(primary_key)]
    id: i64,
    order: ForeignKey<Order>,
    #[field(max_length = 20, unique)]
    product: String,
    #[field(default = 1)]
    pieces: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    #[field(primary_key)]
    id: i64,
    about: Option<ForeignKey<Order>>,
    text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Label {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[test]
fn children_get_the_key_and_come_back_with_the_row() {
    run(models![Order, Line, Note, Label], async |db| {
        let labels = ["new", "big"].map(|name| Label::draft().name(name));
        let labels = Label::objects().bulk_create(db, labels).await.unwrap();
        let products = vec!["tea".to_owned(), "pot".to_owned(), "cup".to_owned()];
        let order = Order::objects()
            .create_with(db, |o| o.name("a"))
            .with(
                |o| o.lines,
                |line| {
                    (1..)
                        .zip(products)
                        .map(|(n, product)| line.draft().product(product).pieces(n))
                        .collect::<Vec<_>>()
                },
            )
            .linked(|o| o.labels, labels.clone())
            .with(|o| o.notes, |note| [note.draft().text("soon")])
            .await
            .unwrap();
        assert_eq!(order.name, "a");
        let lines = Line::objects().order_by(|l| l.id).all(db).await.unwrap();
        assert_eq!(*order.lines(), lines);
        assert_eq!(lines.iter().map(|line| line.pieces).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(lines.iter().all(|line| line.order == ForeignKey::to(&*order)));
        assert_eq!(order.notes()[0].about, Some(ForeignKey::to(&*order)));
        assert_eq!(*order.labels(), labels);
        let read = Order::objects()
            .prefetch_related(|o| (o.lines.order_by(|l| l.id), o.labels.order_by(|l| l.id), o.notes))
            .get(db)
            .await
            .unwrap();
        assert_eq!(
            (read.lines(), read.labels(), read.notes()),
            (order.lines(), order.labels(), order.notes())
        );
    });
}

#[test]
fn one_insert_for_each_relation() {
    run(models![Order, Line, Note, Label], async |db| {
        let products = (0..100).map(|n| n.to_string()).collect::<Vec<_>>();
        let create = Order::objects()
            .create_with(db, |o| o.name("a"))
            .with(|o| o.lines, |line| products.iter().map(|p| line.draft().product(p)).collect::<Vec<_>>());
        if db.dialect().capability().array_params {
            in_statements(2, create.into_future()).await.unwrap();
        } else {
            // Elsewhere a hundred rows are several statements of a power of two, or are read back.
            create.await.unwrap();
        }
        let alone = in_statements(
            if db.dialect().capability().insert_returning { 1 } else { 2 },
            Order::objects().create_with(db, |o| o.name("b")).into_future(),
        );
        assert_eq!(alone.await.unwrap().name, "b");
        assert_eq!(Line::objects().count(db).await.unwrap(), 100);
    });
}

#[test]
fn all_of_it_or_nothing() {
    run(models![Order, Line, Note, Label], async |db| {
        let refused = Order::objects()
            .create_with(db, |o| o.name("a"))
            .with(|o| o.notes, |note| [note.draft().text("lost")])
            .with(|o| o.lines, |line| ["tea", "tea"].map(|product| line.draft().product(product)))
            .await;
        assert!(refused.is_err_and(|error| error.is_unique_violation()));
        assert_eq!(Order::objects().count(db).await.unwrap(), 0);
        assert_eq!(Note::objects().count(db).await.unwrap(), 0);
        db.atomic(async |tx| {
            let refused = Order::objects()
                .create_with(tx, |o| o.name("a"))
                .with(|o| o.lines, |line| ["tea", "tea"].map(|product| line.draft().product(product)))
                .await;
            assert!(refused.is_err_and(|error| error.is_unique_violation()));
            // A savepoint: the transaction goes on, and may nest what is deeper.
            let order = Order::objects().create_with(tx, |o| o.name("b")).await?;
            order.related(|o| o.lines).create(tx, |l| l.product("tea")).await
        })
        .await
        .unwrap();
        assert_eq!(
            (Order::objects().count(db).await.unwrap(), Line::objects().count(db).await.unwrap()),
            (1, 1)
        );
    });
}
