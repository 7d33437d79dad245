//! Names in the database: given, made, reserved or strange.

use orm::prelude::*;

use crate::support::run;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "order", ordering = [-order], index(group, -order), unique(name = "select", fields(order, from)))]
#[allow(clippy::struct_field_names, reason = "a field may be named as its table")]
struct Select {
    #[field(primary_key)]
    id: i64,
    order: i32,
    select: bool,
    #[field(max_length = 20)]
    group: String,
    #[field(default = 0)]
    r#type: i64,
    r#where: Option<i64>,
    #[field(column = "FROM")]
    from: i32,
    #[field(db_default = 5)]
    default: i32,
    #[field(on_delete = set_null)]
    references: Option<ForeignKey<Select>>,
}

#[test]
fn reserved_words_are_ordinary_names() {
    run(models![Select], async |db| {
        let one = Select::objects()
            .create(db, |s| s.order(1).select(true).group("a").r#where(3).from(7))
            .await
            .unwrap();
        let two = Select::objects()
            .create(db, |s| s.order(2).select(false).group("a").r#type(4).from(7).references(&one))
            .await
            .unwrap();
        assert_eq!((one.r#type, one.default, one.r#where), (0, 5, Some(3)));
        let found = Select::objects()
            .filter(|s| s.select & s.r#where.eq(3) & s.group.eq("a") & s.from.ge(s.order))
            .order_by(|s| (s.group, s.r#type.desc()))
            .get(db)
            .await
            .unwrap();
        assert_eq!(found, one);
        let across = Select::objects().filter(|s| s.references.order.eq(1)).order_by(|s| s.references.from);
        assert_eq!(across.get(db).await.unwrap(), two);
        assert_eq!(Select::objects().all(db).await.unwrap(), [two.clone(), one.clone()]);
        Select::objects()
            .update(db, |s| (s.order.set(s.from), s.r#type.set(9), s.from.set(s.default)))
            .await
            .expect_err("7 twice in order");
        Select::objects()
            .filter(|s| s.references.select)
            .update(db, |s| s.r#type.set(s.r#type + 1))
            .await
            .unwrap();
        let mut two = Select::objects().pk(two.id).get(db).await.unwrap();
        assert_eq!(two.r#type, 5);
        two.r#type = 6;
        two.save_fields(db, |s| (s.r#type, s.order)).await.unwrap();
        assert!(one.delete(db).await.unwrap());
        two.refresh(db).await.unwrap();
        assert_eq!((two.r#type, two.references), (6, None));
        db.drop_tables(models![Select]).await.unwrap();
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "we\"ird `table` [x]", unique(name = "un\"i`que", fields(quotes)), check(name = "che\"ck`", |row| row.spaces.ge(0)))]
struct Strange {
    #[field(primary_key, column = "i\"d")]
    id: i64,
    #[field(column = "qu\"o`t'es", max_length = 20)]
    quotes: String,
    #[field(column = "with spaces; --", index)]
    spaces: i64,
    #[field(column = "placeholders ? :name $1 %s {0}")]
    placeholders: Option<i64>,
    #[field(column = "größe_日本")]
    letters: Option<i64>,
    #[field(column = "back\\slash")]
    backslash: Option<i64>,
}

#[test]
fn quotes_and_placeholders_in_names_are_only_characters() {
    run(models![Strange], async |db| {
        let row = Strange::objects()
            .create(db, |s| s.quotes("a").spaces(1).placeholders(2).letters(3).backslash(4))
            .await
            .unwrap();
        let found = Strange::objects()
            .filter(|s| {
                s.quotes.eq("a") & s.spaces.eq(1) & s.placeholders.eq(2) & s.letters.eq(3) & s.backslash.eq(4)
            })
            .order_by(|s| (s.placeholders, s.letters.desc()));
        assert_eq!(found.get(db).await.unwrap(), row);
        assert_eq!(Strange::objects().update(db, |s| s.placeholders.set(s.spaces + 10)).await.unwrap(), 1);
        let mut row = Strange::objects().pk(row.id).get(db).await.unwrap();
        assert_eq!(row.placeholders, Some(11));
        row.letters = None;
        row.save(db).await.unwrap();
        let twice = Strange::objects().create(db, |s| s.quotes("a").spaces(1)).await.unwrap_err();
        assert!(twice.is_unique_violation());
        let unchecked = Strange::objects().create(db, |s| s.quotes("b").spaces(-1)).await.unwrap_err();
        assert_eq!(unchecked.kind(), Some(orm::DatabaseErrorKind::CheckViolation));
        assert!(row.delete(db).await.unwrap());
        db.drop_tables(models![Strange]).await.unwrap();
    });
}

/// `HTTPServerLog` is table `http_server_log`.
#[derive(Model, Debug, Clone)]
struct HTTPServerLog {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    parent: Option<ForeignKey<HTTPServerLog>>,
}

#[test]
fn names_are_made_in_snake_case() {
    use orm::backend::Executor;
    run(models![HTTPServerLog], async |db| {
        HTTPServerLog::objects().create(db, |l| l).await.unwrap();
        db.batch("UPDATE http_server_log SET parent_id = id").await.unwrap();
        let row = HTTPServerLog::objects().get(db).await.unwrap();
        assert_eq!(row.parent, Some(ForeignKey::to(&row)));
    });
}
