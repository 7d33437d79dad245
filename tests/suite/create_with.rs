//! A row that is created together with its related rows.

use orm::prelude::*;

use crate::support::{in_statements, run, statements};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(lines = Line::order, notes = Note::about), many_to_many(labels: Label))]
struct Order {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(parts = Part::line), many_to_many(marks: Label))]
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
#[model(has_many(parts = Part::whole))]
struct Part {
    #[field(primary_key)]
    id: i64,
    line: Option<ForeignKey<Line>>,
    whole: Option<ForeignKey<Part>>,
    #[field(max_length = 20)]
    name: String,
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
    run(models![Order, Line, Part, Note, Label], async |db| {
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
    run(models![Order, Line, Part, Note, Label], async |db| {
        let products = (0..100).map(|n| n.to_string()).collect::<Vec<_>>();
        let create = Order::objects()
            .create_with(db, |o| o.name("a"))
            .with(|o| o.lines, |line| products.iter().map(|p| line.draft().product(p)).collect::<Vec<_>>());
        let capability = db.dialect().capability();
        if capability.array_params || capability.one_by_one {
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
    run(models![Order, Line, Part, Note, Label], async |db| {
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

/// One block is enough for all of it, however many statements a database needs for each of its parts.
#[test]
fn it_is_one_block() {
    run(models![Order, Line, Part, Note, Label], async |db| {
        let label = Label::objects().create(db, |l| l.name("new")).await.unwrap();
        let made = db.atomic(async |tx| {
            Order::objects()
                .create_with(tx, |o| o.name("a"))
                .with(
                    |o| o.lines,
                    |line| {
                        // Rows that give other fields are another statement.
                        [line.draft().product("tea").pieces(2), line.draft().product("pot").pieces(1)].map(
                            |line| {
                                line.with(|l| l.parts, |part| ["a", "b"].map(|name| part.draft().name(name)))
                            },
                        )
                    },
                )
                .linked(|o| o.labels, [label])
                .await
        });
        let (made, recording) = orm::recorder::record(made).await;
        assert_eq!(made.unwrap().lines().len(), 2);
        let begun =
            |word: &str| recording.statements().iter().filter(|sent| sent.sql.starts_with(word)).count();
        assert_eq!((begun("BEGIN"), begun("SAVEPOINT")), (1, 1), "{recording}");
    });
}

/// Four levels: an order, its lines, their parts, and the parts of these.
#[test]
fn rows_have_rows_of_their_own_to_any_depth() {
    run(models![Order, Line, Part, Note, Label], async |db| {
        let labels =
            Label::objects().bulk_create(db, ["new", "big"].map(|name| Label::draft().name(name))).await;
        let labels = labels.unwrap();
        let wanted = [("tea", vec!["leaf", "bag"]), ("air", vec![]), ("pot", vec!["lid"])];
        let create = Order::objects().create_with(db, |o| o.name("a")).with(
            |o| o.lines,
            |line| {
                let rows = wanted.iter().enumerate().map(|(at, (product, parts))| {
                    line.draft()
                        .product(*product)
                        .with(
                            |l| l.parts,
                            move |part| {
                                let made = parts.iter().map(|name| {
                                    part.draft().name(*name).with(
                                        |p| p.parts,
                                        move |inner| {
                                            let names = (0..name.len() - 2).map(|n| format!("{name} {n}"));
                                            names.map(|name| inner.draft().name(name)).collect::<Vec<_>>()
                                        },
                                    )
                                });
                                made.collect::<Vec<_>>()
                            },
                        )
                        .linked(|l| l.marks, labels[..at.min(2)].to_vec())
                });
                rows.collect::<Vec<_>>()
            },
        );
        let capability = db.dialect().capability();
        let order = if capability.array_params || capability.one_by_one {
            // Orders, lines, parts of lines, parts of parts, marks.
            in_statements(5, create.into_future()).await.unwrap()
        } else {
            create.await.unwrap()
        };
        let lines = order.lines();
        assert_eq!(lines.iter().map(|line| line.product.as_str()).collect::<Vec<_>>(), ["tea", "air", "pot"]);
        assert!(lines.is_sorted_by_key(|line| line.id));
        assert!(lines.iter().all(|line| line.order == ForeignKey::to(&*order)));
        let parts: Vec<Vec<&str>> =
            lines.iter().map(|line| line.parts().iter().map(|part| part.name.as_str()).collect()).collect();
        assert_eq!(parts, [vec!["leaf", "bag"], vec![], vec!["lid"]]);
        for line in lines {
            assert!(line.parts().iter().all(|part| part.line == Some(ForeignKey::to(&**line))));
            for part in line.parts() {
                let names: Vec<_> = part.parts().iter().map(|inner| inner.name.clone()).collect();
                let expected: Vec<_> =
                    (0..part.name.len() - 2).map(|n| format!("{} {n}", part.name)).collect();
                assert_eq!(names, expected);
                assert!(part.parts().iter().all(|inner| inner.whole == Some(ForeignKey::to(&**part))));
            }
        }
        assert_eq!(lines.iter().map(|line| line.marks().len()).collect::<Vec<_>>(), [0, 1, 2]);

        // What came back is what is there.
        let read = Order::objects()
            .prefetch_related(|o| {
                o.lines.order_by(|l| l.id).prefetch_related(|l| {
                    let parts = l.parts.order_by(|p| p.id).prefetch_related(|p| p.parts.order_by(|p| p.id));
                    (parts, l.marks.order_by(|m| m.id))
                })
            })
            .get(db)
            .await
            .unwrap();
        for (read, line) in read.lines().iter().zip(lines) {
            assert_eq!((&**read, read.marks()), (&**line, line.marks()));
            for (read, part) in read.parts().iter().zip(line.parts()) {
                assert_eq!((&**read, read.parts()), (&**part, part.parts()));
            }
        }
        assert_eq!((Part::objects().count(db).await.unwrap(), read.lines().len()), (7, 3));
    });
}

/// What each database is sent for two lines with a part each, of which one has two marks.
#[test]
fn the_statements_of_three_levels() {
    run(models![Order, Line, Part, Note, Label], async |db| {
        let labels =
            Label::objects().bulk_create(db, ["new", "big"].map(|name| Label::draft().name(name))).await;
        let labels = labels.unwrap();
        let create = Order::objects().create_with(db, |o| o.name("a")).with(
            |o| o.lines,
            |line| {
                [("tea", 2), ("pot", 0)].map(|(product, marks)| {
                    line.draft()
                        .product(product)
                        .with(|l| l.parts, |part| [part.draft().name("x")])
                        .linked(|l| l.marks, labels[..marks].to_vec())
                })
            },
        );
        let (order, sent) = statements(create.into_future()).await;
        assert_eq!(order.unwrap().lines().len(), 2);
        let expected: &[&str] = match db.dialect() {
            Dialect::Postgres => &[
                r#"INSERT INTO "order" ("name") VALUES ($1) RETURNING "id", "name""#,
                r#"INSERT INTO "line" ("order_id", "product", "pieces") SELECT * FROM UNNEST(CAST($1 AS bigint[]), CAST($2 AS text[]), CAST($3 AS integer[])) RETURNING "id", "order_id", "product", "pieces""#,
                r#"INSERT INTO "part" ("line_id", "whole_id", "name") SELECT * FROM UNNEST(CAST($1 AS bigint[]), CAST($2 AS bigint[]), CAST($3 AS text[])) RETURNING "id", "line_id", "whole_id", "name""#,
                r#"INSERT INTO "line_marks" ("line_id", "label_id") SELECT * FROM UNNEST(CAST($1 AS bigint[]), CAST($2 AS bigint[])) ON CONFLICT DO NOTHING"#,
            ],
            // Each runs once for each row.
            Dialect::Sqlite => &[
                r#"INSERT INTO "order" ("name") VALUES (?) RETURNING "id", "name""#,
                r#"INSERT INTO "line" ("order_id", "product", "pieces") VALUES (?, ?, ?) RETURNING "id", "order_id", "product", "pieces""#,
                r#"INSERT INTO "part" ("line_id", "whole_id", "name") VALUES (?, ?, ?) RETURNING "id", "line_id", "whole_id", "name""#,
                r#"INSERT INTO "line_marks" ("line_id", "label_id") VALUES (?, ?) ON CONFLICT DO NOTHING"#,
            ],
            Dialect::MariaDb => &[
                "INSERT INTO `order` (`name`) VALUES (?) RETURNING `id`, `name`",
                "INSERT INTO `line` (`order_id`, `product`, `pieces`) VALUES (?, ?, ?), (?, ?, ?) RETURNING `id`, `order_id`, `product`, `pieces`",
                "INSERT INTO `part` (`line_id`, `whole_id`, `name`) VALUES (?, ?, ?), (?, ?, ?) RETURNING `id`, `line_id`, `whole_id`, `name`",
                "INSERT INTO `line_marks` (`line_id`, `label_id`) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `line_id` = `line_marks`.`line_id`",
            ],
            // Rows are read back by the keys that it counts.
            Dialect::MySql => &[
                "INSERT INTO `order` (`name`) VALUES (?)",
                "SELECT `id`, `name` FROM `order` WHERE `id` = ?",
                "INSERT INTO `line` (`order_id`, `product`, `pieces`) VALUES (?, ?, ?), (?, ?, ?)",
                "SELECT @@auto_increment_increment",
                "SELECT `id`, `order_id`, `product`, `pieces` FROM `line` WHERE `id` >= ? AND `id` <= ?",
                "INSERT INTO `part` (`line_id`, `whole_id`, `name`) VALUES (?, ?, ?), (?, ?, ?)",
                "SELECT @@auto_increment_increment",
                "SELECT `id`, `line_id`, `whole_id`, `name` FROM `part` WHERE `id` >= ? AND `id` <= ?",
                "INSERT INTO `line_marks` (`line_id`, `label_id`) VALUES (?, ?), (?, ?) AS `orm_new` ON DUPLICATE KEY UPDATE `line_id` = `line_marks`.`line_id`",
            ],
        };
        assert_eq!(sent, expected);
    });
}

#[test]
fn what_fails_deep_down_leaves_nothing() {
    run(models![Order, Line, Part, Note, Label], async |db| {
        let refused = Order::objects()
            .create_with(db, |o| o.name("a"))
            .with(
                |o| o.lines,
                |line| {
                    [line
                        .draft()
                        .product("tea")
                        .with(|l| l.parts, |part| [part.draft().name("x".repeat(21))])]
                },
            )
            .await;
        assert!(matches!(refused, Err(orm::Error::Value(_))), "{refused:?}");
        assert_eq!(
            (Order::objects().count(db).await.unwrap(), Line::objects().count(db).await.unwrap()),
            (0, 0)
        );
    });
}

#[test]
fn hooks_are_called_for_all_of_the_levels_or_none() {
    use std::sync::{Arc, Mutex};

    use orm::backend::Backend;
    use orm::hooks::{Hook, RelationChange, RowChange};

    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<Vec<String>>>);

    impl<B: Backend> Hook<B, RowChange> for Seen {
        async fn call(&self, _: &Transaction<B>, change: &mut RowChange) -> orm::Result<()> {
            self.0.lock().expect("no panic").push(format!("{} {:?}", change.model().name, change.moment()));
            Ok(())
        }
    }

    impl<B: Backend> Hook<B, RelationChange> for Seen {
        async fn call(&self, _: &Transaction<B>, change: &mut RelationChange) -> orm::Result<()> {
            let (relation, pairs) = (change.relation().name, change.pairs().len());
            self.0.lock().expect("no panic").push(format!("{relation} {:?} {pairs}", change.moment()));
            Ok(())
        }
    }

    run(models![Order, Line, Part, Note, Label], async |db| {
        let label = Label::objects().create(db, |l| l.name("new")).await.unwrap();
        let seen = Seen::default();
        let db = &db.with_hooks(|hooks| {
            hooks.attach::<RowChange>(seen.clone()).attach::<RelationChange>(seen.clone())
        });
        let create = async |orders: QuerySet<Order>, name: &str| {
            let order = orders.create_with(db, |o| o.name("a")).with(
                |o| o.lines,
                |line| {
                    let line =
                        line.draft().product(name).with(|l| l.parts, |part| [part.draft().name("leaf")]);
                    [line.linked(|l| l.marks, [label.clone()])]
                },
            );
            order.await.unwrap();
            std::mem::take(&mut *seen.0.lock().expect("no panic"))
        };
        let marks = ["marks BeforeAdd 1", "marks AfterAdd 1"];
        let usual = create(Order::objects(), "a").await;
        assert_eq!(usual, [&["Order BeforeSave", "Order AfterSave"][..], &marks].concat());
        let all = create(Order::objects().with_hooks(), "b").await;
        let rows = ["Order", "Line", "Part"]
            .map(|model| [format!("{model} BeforeSave"), format!("{model} AfterSave")]);
        assert_eq!(all, [&rows.concat()[..], &marks.map(String::from)].concat());
        assert_eq!(create(Order::objects().without_hooks(), "c").await, [""; 0]);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_one(seal = Seal::letter), has_many(answers = Letter::to))]
struct Letter {
    #[field(primary_key)]
    id: i64,
    to: Option<ForeignKey<Letter>>,
    #[field(max_length = 20)]
    text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(marks = Mark::seal))]
struct Seal {
    #[field(primary_key)]
    id: i64,
    letter: OneToOne<Letter>,
    #[field(max_length = 20, unique)]
    color: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Mark {
    #[field(primary_key)]
    id: i64,
    seal: ForeignKey<Seal>,
    #[field(max_length = 20)]
    text: String,
}

#[test]
fn the_one_row_of_a_relation_is_made_with_it_or_left_out() {
    run(models![Letter, Seal, Mark], async |db| {
        let letter = Letter::objects()
            .create_with(db, |l| l.text("hello"))
            .with_one(
                |l| l.seal,
                |seal| {
                    let seal = seal.draft().color("red");
                    seal.with(|s| s.marks, |mark| ["a", "b"].map(|text| mark.draft().text(text)))
                },
            )
            .with(
                |l| l.answers,
                |answer| {
                    ["blue", "", "green"].map(|color| {
                        answer.draft().text("thanks").with_one(
                            |l| l.seal,
                            move |seal| (!color.is_empty()).then(|| seal.draft().color(color)),
                        )
                    })
                },
            )
            .await
            .unwrap();
        let seal = letter.seal().as_ref().expect("it was made");
        assert_eq!(seal.letter, ForeignKey::to(&*letter));
        assert_eq!(seal.marks().iter().map(|mark| mark.text.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let colors = |seals: Vec<Option<Seal>>| -> Vec<Option<String>> {
            seals.into_iter().map(|seal| seal.map(|seal| seal.color)).collect()
        };
        let made = colors(letter.answers().iter().map(|answer| answer.seal().clone()).collect());
        assert_eq!(made, [Some("blue".into()), None, Some("green".into())]);
        assert!(letter.answers().iter().all(|answer| {
            answer.seal().as_ref().is_none_or(|seal| seal.letter == ForeignKey::to(&**answer))
        }));

        // What came back is what is there.
        let read = Letter::objects().select_related(|l| l.seal).order_by(|l| l.id).all(db).await.unwrap();
        let stored = colors(read.iter().map(|letter| letter.seal().clone()).collect());
        assert_eq!(stored, [Some("red".into()), Some("blue".into()), None, Some("green".into())]);

        let alone = Letter::objects().create_with(db, |l| l.text("x"));
        let alone = alone.with_one(|l| l.seal, |seal| false.then(|| seal.draft().color("none")));
        assert!(alone.await.unwrap().seal().is_none());
        let one = Letter::objects().create_with(db, |l| l.text("y"));
        let one = one.with_one(|l| l.seal, |seal| seal.draft().color("grey")).await.unwrap();
        assert_eq!(one.seal().as_ref().map(|seal| seal.color.as_str()), Some("grey"));

        // All of it, or nothing.
        let taken = Letter::objects().create_with(db, |l| l.text("z"));
        let taken = taken.with_one(|l| l.seal, |seal| seal.draft().color("red")).await;
        assert!(taken.is_err_and(|error| error.is_unique_violation()));
        assert_eq!(Letter::objects().filter(|l| l.text.eq("z")).count(db).await.unwrap(), 0);
    });
}
