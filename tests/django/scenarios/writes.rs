//! Update, create and delete; each scenario begins with the same rows.

use orm::chrono::TimeDelta;
use orm::prelude::*;

use super::scenarios;
use crate::answer::{Answer, Db};
use crate::models::{Author, Book, Scratch};

/// The same rows each time.
async fn rows(db: &Db) -> orm::Result<QuerySet<Scratch>> {
    Scratch::objects().delete(db).await?;
    let noon =
        NaiveDate::from_ymd_opt(2024, 2, 29).and_then(|day| day.and_hms_opt(12, 0, 0)).unwrap_or_default();
    for at in 1..=8_i64 {
        let mut row = Scratch {
            id: at,
            name: format!("n{}", at % 3),
            a: at * 10,
            b: (at % 4 != 0).then_some(at),
            price: Decimal::from(at) / Decimal::from(4),
            flag: at % 2 == 0,
            at: (at % 3 != 0).then(|| noon.and_utc() + TimeDelta::hours(at)),
        };
        row.save(db).await?;
    }
    Ok(Scratch::objects())
}

async fn all(db: &Db) -> orm::Result<impl Answer> {
    Scratch::objects()
        .order_by(|s| s.id)
        .values(|s| (s.id, s.name, s.a, s.b, s.price, s.flag, s.at))
        .all(db)
        .await
}

scenarios! { "writes":
    create(db) {
        let _ = rows(db).await?;
        all(db).await?
    }
    update(db) {
        let changed = rows(db).await?.filter(|s| s.a.gt(30));
        (changed.update(db, |s| (s.name.set("x"), s.flag.set(true))).await?, all(db).await?)
    }
    update_all(db) { (rows(db).await?.update(db, |s| (s.b.set(None),)).await?, all(db).await?) }
    update_nothing(db) {
        (rows(db).await?.filter(|s| s.a.eq(-1)).update(db, |s| (s.b.set(1),)).await?, all(db).await?)
    }
    update_counts_rows_that_do_not_change(db) {
        rows(db).await?.filter(|s| s.name.eq("n1")).update(db, |s| (s.name.set("n1"),)).await?
    }
    update_by_expression(db) {
        (rows(db).await?.update(db, |s| (s.a.set(s.a + 1), s.price.set(s.price * 2))).await?, all(db).await?)
    }
    update_with_null_in_it(db) { (rows(db).await?.update(db, |s| (s.b.set(s.a - s.b),)).await?, all(db).await?) }
    update_swaps(db) {
        let some = rows(db).await?.filter(|s| s.b.is_not_null());
        (some.update(db, |s| (s.a.set(s.b.coalesce(0)), s.b.set(s.a))).await?, all(db).await?)
    }
    update_by_case(db) {
        let changed = rows(db)
            .await?
            .update(db, |s| {
                let name = case().when(s.a.gt(50)).then("big").when(s.flag).then("even").otherwise(s.name);
                (s.name.set(name),)
            })
            .await?;
        (changed, all(db).await?)
    }
    update_by_function(db) {
        (rows(db).await?.update(db, |s| (s.a.set(s.a.greatest(s.b.coalesce(45))),)).await?, all(db).await?)
    }
    update_by_subquery(db) {
        let changed = rows(db)
            .await?
            .update(db, |s| {
                let books = Book::objects().filter(|b| b.author.id.eq(s.id.outer()));
                (s.b.set(subquery(books.values(|b| b.id.count())).nullif(0)),)
            })
            .await?;
        (changed, all(db).await?)
    }
    update_where_a_subquery_holds(db) {
        let active = Author::objects().filter(|a| a.active).values(|a| a.id);
        let some = rows(db).await?.filter(|s| s.id.is_in(active));
        (some.update(db, |s| (s.flag.set(true), s.a.set(0))).await?, all(db).await?)
    }
    update_moments(db) {
        let later = TimeDelta::minutes(90);
        (rows(db).await?.update(db, |s| (s.at.set(s.at + later),)).await?, all(db).await?)
    }
    update_rounds_money(db) {
        (rows(db).await?.update(db, |s| (s.price.set(Decimal::new(1234, 2)),)).await?, all(db).await?)
    }
    update_with_not(db) {
        (rows(db).await?.filter(|s| !s.b.gt(3)).update(db, |s| (s.name.set("not"),)).await?, all(db).await?)
    }
    update_excluded(db) {
        (rows(db).await?.exclude(|s| s.b.gt(3)).update(db, |s| (s.name.set("not"),)).await?, all(db).await?)
    }
    delete(db) { (rows(db).await?.filter(|s| s.flag).delete(db).await?, all(db).await?) }
    delete_where_null(db) {
        (rows(db).await?.filter(|s| s.b.is_null() | s.at.is_null()).delete(db).await?, all(db).await?)
    }
    delete_by_subquery(db) {
        let authors = Book::objects().filter(|b| b.pages.gt(100)).values(|b| b.author.id);
        (rows(db).await?.filter(|s| s.id.is_in(authors)).delete(db).await?, all(db).await?)
    }
    delete_nothing(db) {
        (rows(db).await?.filter(|s| s.a.eq(-1)).delete(db).await?, Scratch::objects().count(db).await?)
    }
    save(db) {
        let _ = rows(db).await?;
        let mut row = Scratch::objects().pk(2).get(db).await?;
        (row.name, row.b, row.price) = ("säved".to_owned(), None, Decimal::new(10, 2));
        row.save(db).await?;
        all(db).await?
    }
}
