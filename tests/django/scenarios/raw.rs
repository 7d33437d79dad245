//! SQL of the user's own, as statements and within queries.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, Review, Sale};

scenarios! { "raw":
    models(db) {
        let (least, not) = (50, "it's %");
        raw!("SELECT * FROM book WHERE pages > {least} AND title <> {not} ORDER BY id").fetch::<Book>(db).await?
    }
    models_with_columns_in_another_order(db) {
        let active = true;
        let rows = raw!(
            "SELECT joined_at, rating, active, born, mentor_id, country_id, email, name, id FROM author \
             WHERE active = {active} ORDER BY name, id"
        );
        let authors = rows.fetch::<Author>(db).await?;
        authors.into_iter().map(|a| (a.id, a.name, a.email, a.country, a.rating)).collect::<Vec<_>>()
    }
    models_of_a_list_of_values(db) {
        let ids = [3_i64, 1, 4, 99];
        raw!("SELECT * FROM book WHERE id IN ({ids...}) ORDER BY id DESC").fetch::<Book>(db).await?
    }
    models_with_a_join(db) {
        let least = 2.5;
        raw!(
            "SELECT b.* FROM book b JOIN author a ON a.id = b.author_id WHERE a.rating >= {least} \
             ORDER BY a.name, b.id"
        )
        .fetch::<Book>(db)
        .await?
    }
    tuples(db) {
        raw!("SELECT author_id, COUNT(*), MAX(pages) FROM book GROUP BY author_id ORDER BY author_id")
            .fetch::<(i64, i64, i32)>(db)
            .await?
    }
    tuples_with_nulls(db) {
        let most = Decimal::from(20);
        raw!("SELECT id, stock, subtitle FROM book WHERE price < {most} ORDER BY id")
            .fetch::<(i64, Option<i32>, Option<String>)>(db)
            .await?
    }
    tuples_by_date(db) {
        let from = NaiveDate::from_ymd_opt(2022, 1, 1);
        raw!("SELECT id, quantity FROM sale WHERE sold_on >= {from} ORDER BY id").fetch::<(i64, i32)>(db).await?
    }
    an_expression_in_a_condition(db) {
        let length = |b: crate::models::BookFields| sql!(i32, "length({b.title})");
        Book::objects().filter(|b| length(b).ge(8)).order_by(|b| b.id).all(db).await?
    }
    a_condition(db) {
        let (longer, better) = (3, 2_i16);
        Review::objects()
            .filter(|r| sql!(bool, "length({r.body}) > {longer} AND {r.stars} > {better}"))
            .order_by(|r| r.id)
            .all(db)
            .await?
    }
    a_value_beside_a_row(db) {
        let times = 2;
        Book::objects().order_by(|b| b.id).annotate(|b| sql!(i32, "{b.pages} * {times} + 1")).all(db).await?
    }
    an_order(db) {
        let by = 10;
        Book::objects().order_by(|b| (sql!(i32, "{b.pages} % {by}"), b.id.desc())).all(db).await?
    }
    combined_with_typed_conditions(db) {
        let two = 2;
        Sale::objects()
            .filter(|s| sql!(bool, "{s.quantity} % {two} = 0") & s.unit_price.gt(10) & s.country.is_not_null())
            .order_by(|s| s.id)
            .all(db)
            .await?
    }
}
