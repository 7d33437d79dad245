//! JSON: paths, keys, containment.

use orm::prelude::*;
use orm::serde_json::json;

use super::scenarios;
use crate::models::{Book, BookFields};

fn books(condition: impl FnOnce(BookFields) -> Predicate<Book>) -> QuerySet<Book> {
    Book::objects().filter(condition).order_by(|b| b.id)
}

fn all() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

scenarios! { "documents":
    column_is_null(db) { books(|b| b.extra.is_null()).all(db).await? }
    key_equals_text(db) { books(|b| b.extra.key("lang").eq("de")).all(db).await? }
    key_equals_nested_number(db) { books(|b| b.extra.path(["size", "w"]).eq(9)).all(db).await? }
    key_greater(db) { books(|b| b.extra.path(["size", "h"]).gt(20)).all(db).await? }
    key_between(db) {
        books(|b| b.extra.path(["size", "w"]).ge(5) & b.extra.path(["size", "w"]).lt(15)).all(db).await?
    }
    key_is_true(db) { books(|b| b.extra.key("signed").eq(true)).all(db).await? }
    key_is_missing(db) { books(|b| b.extra.key("note").is_null()).all(db).await? }
    key_is_there(db) { books(|b| b.extra.key("note").is_not_null()).all(db).await? }
    key_is_json_null(db) { books(|b| b.extra.key("note").is_json_null()).all(db).await? }
    key_in(db) { books(|b| b.extra.key("lang").is_in([json!("de"), json!("fr")])).all(db).await? }
    element_equals(db) { books(|b| b.extra.key("labels").index(0).eq("new")).all(db).await? }
    element_is_there(db) { books(|b| b.extra.key("labels").index(1).is_not_null()).all(db).await? }
    exclude_key(db) { Book::objects().exclude(|b| b.extra.key("lang").eq("de")).order_by(|b| b.id).all(db).await? }
    not_key(db) { books(|b| !b.extra.path(["size", "w"]).eq(9)).all(db).await? }
    has_key(db) { books(|b| b.extra.has_key("size")).all(db).await? }
    has_keys(db) { books(|b| b.extra.has_keys(["size", "labels"])).all(db).await? }
    has_any_keys(db) { books(|b| b.extra.has_any_keys(["note", "signed"])).all(db).await? }
    contains(db) { books(|b| b.extra.contains(json!({"lang": "en"}))).all(db).await? }
    contains_nested(db) { books(|b| b.extra.contains(json!({"labels": ["sale"]}))).all(db).await? }
    contained_by(db) {
        let outer = json!({"lang": "en", "isbn": "978-007", "size": {"w": 24, "h": 27}});
        books(|b| b.extra.contained_by(outer)).all(db).await?
    }
    equals_document(db) { books(|b| b.extra.eq(json!({"lang": "de", "isbn": "978-010"}))).all(db).await? }
    key_contains_text(db) { books(|b| b.extra.key("isbn").as_text().icontains("-01")).all(db).await? }
    key_startswith(db) { books(|b| b.extra.key("isbn").as_text().startswith("978-00")).all(db).await? }
    values_of_a_key(db) { all().values(|b| b.extra.key("size")).all(db).await? }
    values_of_a_nested_key(db) { all().values(|b| b.extra.path(["size", "w"])).all(db).await? }
    text_of_a_key(db) { all().values(|b| b.extra.key("lang").as_text()).all(db).await? }
    text_in_an_order(db) {
        Book::objects()
            .filter(|b| b.extra.key("lang").is_not_null())
            .order_by(|b| (b.extra.key("lang").as_text(), b.id.desc()))
            .all(db)
            .await?
    }
    groups_by_a_key(db) {
        Book::objects()
            .filter(|b| b.extra.key("lang").is_not_null())
            .values(|b| (b.extra.key("lang").as_text(), b.id.count()))
            .order_by(|b| b.extra.key("lang").as_text())
            .all(db)
            .await?
    }
    made_object(db) {
        all().values(|b| json_object().with("t", b.title).with("p", b.pages).with("s", b.stock)).all(db).await?
    }
}
