//! And, or, xor, not, exclude; what NULL does to them.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, BookFields, Review};

fn books(condition: impl FnOnce(BookFields) -> Predicate<Book>) -> QuerySet<Book> {
    Book::objects().filter(condition).order_by(|b| b.id)
}

fn except(condition: impl FnOnce(BookFields) -> Predicate<Book>) -> QuerySet<Book> {
    Book::objects().exclude(condition).order_by(|b| b.id)
}

scenarios! { "logic":
    all_of(db) { books(|b| b.in_print & b.pages.gt(100) & b.stock.ge(1)).all(db).await? }
    any_of(db) { books(|b| b.pages.eq(7) | b.stock.eq(3) | b.title.eq("Tea")).all(db).await? }
    exactly_one(db) { books(|b| b.in_print ^ b.pages.gt(100)).all(db).await? }
    exactly_one_with_null(db) { books(|b| b.in_print ^ b.stock.gt(4)).all(db).await? }
    odd_number_of_three(db) { books(|b| b.in_print ^ b.pages.gt(100) ^ b.price.gt(10)).all(db).await? }
    not_of_a_nullable(db) { books(|b| !b.stock.gt(4)).all(db).await? }
    exclude_of_a_nullable(db) { except(|b| b.stock.gt(4)).all(db).await? }
    exclude_equal(db) { except(|b| b.subtitle.eq("")).all(db).await? }
    exclude_null(db) { except(|b| b.subtitle.is_null()).all(db).await? }
    exclude_two_at_once(db) { except(|b| b.in_print & b.stock.gt(4)).all(db).await? }
    exclude_two_after_each_other(db) { except(|b| b.stock.gt(4)).exclude(|b| b.in_print).all(db).await? }
    exclude_either(db) { except(|b| b.featured.eq(true) | b.stock.lt(2)).all(db).await? }
    not_of_not(db) { books(|b| !!b.stock.gt(4)).all(db).await? }
    not_of_and(db) { books(|b| !(b.pages.gt(100) & b.in_print)).all(db).await? }
    not_of_or(db) { books(|b| !(b.pages.gt(100) | b.in_print)).all(db).await? }
    exclude_of_exclude(db) { except(|b| !b.featured.coalesce(false)).all(db).await? }
    precedence(db) { books(|b| b.pages.eq(7) | b.pages.eq(100) & b.in_print).all(db).await? }
    parentheses(db) { books(|b| (b.pages.eq(7) | b.pages.eq(100)) & b.in_print).all(db).await? }
    empty_condition(db) {
        Book::objects().filter(|_| None::<Predicate<Book>>).order_by(|b| b.id).all(db).await?
    }
    empty_condition_with_or(db) { books(|b| b.pages.eq(7)).all(db).await? }
    none_of_an_empty_list(db) { books(|b| !b.pages.is_in(Vec::<i32>::new())).all(db).await? }
    never_or_something(db) { books(|b| b.pages.is_in(Vec::<i32>::new()) | b.stock.eq(0)).all(db).await? }
    never_and_something(db) { books(|b| b.pages.is_in(Vec::<i32>::new()) & b.stock.eq(0)).all(db).await? }
    exclude_never(db) { except(|b| b.pages.is_in(Vec::<i32>::new()) & b.stock.eq(0)).all(db).await? }
    boolean_fields(db) { books(|b| b.in_print & !b.featured.coalesce(false)).all(db).await? }
    boolean_field_is_not_true(db) { Book::objects().exclude(|b| b.featured).order_by(|b| b.id).all(db).await? }
    comparison_with_a_nullable_field(db) { except(|b| b.author.eq(b.editor)).all(db).await? }
    exclude_comparison_of_two_nullables(db) {
        Author::objects().exclude(|a| a.mentor.id.eq(a.mentor.mentor.id)).order_by(|a| a.id).all(db).await?
    }
    exclude_across_a_nullable_relation(db) {
        Author::objects().exclude(|a| a.mentor.active).order_by(|a| a.id).all(db).await?
    }
    exclude_across_two_relations(db) {
        except(|b| b.editor.country.population.gt(50_000_000)).all(db).await?
    }
    not_across_a_nullable_relation(db) { except(|b| b.editor.name.startswith("B")).all(db).await? }
    exclude_text_search_of_a_nullable(db) { except(|b| b.subtitle.icontains("SUB")).all(db).await? }
    exclude_not_in(db) { except(|b| b.category.id.is_in([1, 2, 3])).all(db).await? }
    exclude_a_range(db) { except(|b| b.discount.between(1, Decimal::new(499, 2))).all(db).await? }
    many_conditions(db) {
        books(|b| {
            let any = (0..200).map(|at| b.pages.eq(at) & b.stock.eq(at % 11)).reduce(|a, b| a | b);
            any.unwrap_or_else(|| b.id.eq(0))
        })
        .all(db)
        .await?
    }
    exists_and_others(db) {
        books(|b| {
            let reviewed = || exists(Review::objects().filter(|r| r.book.id.eq(b.id.outer()) & r.stars.ge(4)));
            reviewed() & b.in_print | !reviewed() & b.stock.gt(8)
        })
        .all(db)
        .await?
    }
}
