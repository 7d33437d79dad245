//! Functions of text, and lookups whose right side is an expression.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, Review};

fn books() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

scenarios! { "text":
    lower(db) { books().values(|b| b.title.lower()).all(db).await? }
    upper(db) { books().values(|b| b.title.upper()).all(db).await? }
    lower_ascii(db) { books().filter(|b| b.title.regex("^[ -~]+$")).values(|b| b.title.lower()).all(db).await? }
    length(db) { books().values(|b| b.title.length()).all(db).await? }
    length_of_a_nullable(db) { books().values(|b| b.subtitle.length()).all(db).await? }
    concat(db) { books().values(|b| concat((b.author.name, ": ", b.title))).all(db).await? }
    concat_with_null(db) { books().values(|b| concat((b.title, "/", b.subtitle))).all(db).await? }
    substr(db) { books().values(|b| b.title.substr(2, 4)).all(db).await? }
    substr_from(db) { books().values(|b| b.title.substr_from(3)).all(db).await? }
    substr_beyond_the_end(db) { books().values(|b| b.title.substr(9, 40)).all(db).await? }
    left(db) { books().values(|b| b.title.left(3)).all(db).await? }
    right(db) { books().values(|b| b.title.right(3)).all(db).await? }
    left_longer_than_the_text(db) { books().values(|b| b.title.left(1000)).all(db).await? }
    trim(db) { books().values(|b| b.subtitle.trim()).all(db).await? }
    ltrim(db) { books().values(|b| concat(("  ", b.title)).ltrim()).all(db).await? }
    rtrim(db) { books().values(|b| b.title.rtrim()).all(db).await? }
    replace(db) { books().values(|b| b.title.replace("Tea", "Coffee")).all(db).await? }
    replace_by_nothing(db) { books().values(|b| b.title.replace("e", "")).all(db).await? }
    strindex(db) { books().values(|b| b.title.strindex("T")).all(db).await? }
    strindex_unicode(db) { books().values(|b| b.title.strindex("の")).all(db).await? }
    repeat(db) { books().values(|b| b.title.repeat(2)).all(db).await? }
    reverse(db) { books().values(|b| b.title.reverse()).all(db).await? }
    lpad(db) { books().values(|b| b.title.lpad(12, ".-")).all(db).await? }
    rpad(db) { books().values(|b| b.title.rpad(6, "*")).all(db).await? }
    first_letter(db) { books().values(|b| b.title.left(1).ord()).all(db).await? }
    letter_of_a_number(db) { books().values(|b| (b.id + 64).chr()).all(db).await? }
    md5(db) { books().values(|b| b.title.md5()).all(db).await? }
    sha256(db) { books().values(|b| b.title.sha256()).all(db).await? }
    lower_in_a_condition(db) { books().filter(|b| b.title.lower().eq("tea time")).all(db).await? }
    length_in_a_condition(db) {
        Book::objects()
            .filter(|b| b.title.length().gt(11))
            .order_by(|b| (b.title.length().desc(), b.id))
            .all(db)
            .await?
    }
    length_of_groups(db) {
        Book::objects()
            .values(|b| (b.title.length(), b.id.count()))
            .order_by(|b| b.title.length())
            .all(db)
            .await?
    }
    contains_another_field(db) { books().filter(|b| b.title.icontains(b.author.name.left(1))).all(db).await? }
    startswith_an_expression(db) {
        Review::objects().filter(|r| r.body.startswith(r.book.title.left(2))).order_by(|r| r.id).all(db).await?
    }
    escaped_on_the_database_side(db) { books().filter(|b| b.subtitle.endswith(b.title.left(1))).all(db).await? }
    order_by_lower(db) {
        Author::objects().order_by(|a| (a.name.lower(), a.id)).values(|a| a.name).all(db).await?
    }
}
