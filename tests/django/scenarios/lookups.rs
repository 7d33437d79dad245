//! Each lookup by itself, and what text makes hard.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, BookFields, Country, Review, Sale};

fn books(condition: impl FnOnce(BookFields) -> Predicate<Book>) -> QuerySet<Book> {
    Book::objects().filter(condition).order_by(|b| b.id)
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

fn last_moment_of(year: i32, micros: u32) -> DateTime<Utc> {
    date(year, 12, 31).and_hms_micro_opt(23, 59, 59, micros).unwrap_or_default().and_utc()
}

scenarios! { "lookups":
    exact(db) { books(|b| b.title.eq("Tea Time")).all(db).await? }
    exact_trailing_space(db) { books(|b| b.title.eq("trailing space")).all(db).await? }
    exact_unicode(db) { books(|b| b.title.eq("äpfel")).all(db).await? }
    exact_quotes(db) { books(|b| b.title.eq("Robert'); DROP")).all(db).await? }
    iexact(db) { books(|b| b.title.iexact("tea TIME")).all(db).await? }
    iexact_unicode(db) { books(|b| b.title.iexact("äPFEL")).all(db).await? }
    iexact_wildcards(db) { books(|b| b.title.iexact("A_B")).all(db).await? }
    contains(db) { books(|b| b.title.contains("Tea")).all(db).await? }
    contains_percent(db) { books(|b| b.title.contains("%")).all(db).await? }
    contains_underscore(db) { books(|b| b.title.contains("_")).all(db).await? }
    contains_backslash(db) { books(|b| b.title.contains("\\")).all(db).await? }
    contains_brackets(db) { books(|b| b.title.contains("[abc]*?")).all(db).await? }
    contains_empty_text(db) { Book::objects().filter(|b| b.subtitle.contains("")).order_by(|b| b.id).all(db).await? }
    icontains(db) { books(|b| b.title.icontains("BOOK")).all(db).await? }
    icontains_unicode(db) { books(|b| b.title.icontains("ÏVE")).all(db).await? }
    startswith(db) { books(|b| b.title.startswith("100")).all(db).await? }
    startswith_case(db) { books(|b| b.title.startswith("tea")).all(db).await? }
    istartswith(db) { books(|b| b.title.istartswith("TEA")).all(db).await? }
    endswith(db) { books(|b| b.title.endswith(" inside")).all(db).await? }
    endswith_space(db) { books(|b| b.title.endswith(" ")).all(db).await? }
    iendswith(db) { books(|b| b.title.iendswith("TIME")).all(db).await? }
    regex(db) { books(|b| b.title.regex("^[Tt]ea( [a-z]+)?")).all(db).await? }
    regex_anchors(db) { books(|b| b.title.regex(r"^\^start\$$")).all(db).await? }
    iregex(db) { books(|b| b.title.iregex("^(good|bad) book [0-9]+$")).all(db).await? }
    in_numbers(db) { books(|b| b.pages.is_in([0, 7, 250])).all(db).await? }
    in_nothing(db) { books(|b| b.pages.is_in(Vec::<i32>::new())).all(db).await? }
    in_texts(db) { books(|b| b.title.is_in(["Tea", "tea", "%", "nowhere"])).all(db).await? }
    in_decimals(db) {
        let prices = [Decimal::new(999, 2), Decimal::new(1000, 2), Decimal::from(10)];
        books(|b| b.price.is_in(prices)).all(db).await?
    }
    not_in_nullable(db) {
        Book::objects().exclude(|b| b.stock.is_in([0, 1, 2])).order_by(|b| b.id).all(db).await?
    }
    greater_decimal(db) { books(|b| b.price.gt(Decimal::new(999, 2))).all(db).await? }
    at_least_decimal(db) { books(|b| b.price.ge(Decimal::new(999, 2))).all(db).await? }
    less_integer_negative(db) { books(|b| b.stock.lt(0)).all(db).await? }
    at_most_float(db) { books(|b| b.weight.le(0.5)).all(db).await? }
    equal_float(db) { books(|b| b.weight.eq(1.25)).all(db).await? }
    between_dates(db) { books(|b| b.published.between(date(2020, 1, 1), date(2020, 12, 31))).all(db).await? }
    between_the_wrong_way(db) { books(|b| b.pages.between(100, 7)).all(db).await? }
    between_other_fields(db) { books(|b| b.pages.between(b.stock, b.stock + 300)).all(db).await? }
    equal_date(db) { books(|b| b.published.eq(date(2020, 2, 29))).all(db).await? }
    after_moment(db) {
        Review::objects().filter(|r| r.posted_at.gt(last_moment_of(2023, 999_998))).order_by(|r| r.id).all(db).await?
    }
    equal_moment(db) {
        Review::objects().filter(|r| r.posted_at.eq(last_moment_of(2021, 999_999))).order_by(|r| r.id).all(db).await?
    }
    before_time(db) {
        let time = NaiveTime::from_hms_opt(6, 30, 0).unwrap_or_default();
        Sale::objects().filter(|s| s.sold_at.lt(time)).order_by(|s| s.id).all(db).await?
    }
    is_null(db) { books(|b| b.subtitle.is_null()).all(db).await? }
    is_not_null(db) { books(|b| b.subtitle.is_not_null()).all(db).await? }
    empty_text_is_not_null(db) { books(|b| b.subtitle.eq("")).all(db).await? }
    boolean_field(db) { Book::objects().filter(|b| b.in_print).order_by(|b| b.id).all(db).await? }
    nullable_boolean_is_false(db) { books(|b| b.featured.eq(false)).all(db).await? }
    key_of_text(db) {
        Country::objects().filter(|c| c.code.is_in(["at", "va", "xx"])).order_by(|c| c.code).all(db).await?
    }
    foreign_key_by_row(db) {
        let author = Author::objects().pk(3).get(db).await?;
        books(|b| b.author.eq(&author)).all(db).await?
    }
    foreign_key_by_text(db) {
        Author::objects().filter(|a| a.country.code.eq("de")).order_by(|a| a.id).all(db).await?
    }
    foreign_key_is_null(db) { Author::objects().filter(|a| a.country.is_null()).order_by(|a| a.id).all(db).await? }
    other_field(db) { books(|b| b.stock.gt(b.pages)).all(db).await? }
    same_field_of_two_relations(db) { books(|b| b.author.eq(b.editor)).all(db).await? }
    large_number(db) { Review::objects().filter(|r| r.votes.eq(1_i64 << 40)).order_by(|r| r.id).all(db).await? }
}
