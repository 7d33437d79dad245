//! Conditions and values across foreign keys.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, BookTag, Category, Review, Sale};

scenarios! { "paths":
    one_step(db) { Book::objects().filter(|b| b.author.name.eq("Björn")).order_by(|b| b.id).all(db).await? }
    two_steps(db) { Book::objects().filter(|b| b.author.country.code.eq("at")).order_by(|b| b.id).all(db).await? }
    two_steps_to_another_column(db) {
        Book::objects().filter(|b| b.author.country.name.startswith("Ö")).order_by(|b| b.id).all(db).await?
    }
    key_needs_no_join(db) { Book::objects().filter(|b| b.author.id.eq(5)).order_by(|b| b.id).all(db).await? }
    shared_joins(db) {
        Review::objects()
            .filter(|r| r.book.author.active & r.book.author.rating.gt(2.0) & r.book.pages.gt(50))
            .order_by(|r| r.id)
            .all(db)
            .await?
    }
    the_same_table_twice(db) {
        Book::objects().filter(|b| b.author.active & b.editor.active.eq(false)).order_by(|b| b.id).all(db).await?
    }
    the_same_table_three_times(db) {
        Book::objects().filter(|b| b.author.mentor.active & b.editor.mentor.active).order_by(|b| b.id).all(db).await?
    }
    self_relation(db) { Author::objects().filter(|a| a.mentor.name.eq("ann")).order_by(|a| a.id).all(db).await? }
    self_relation_twice(db) {
        Author::objects().filter(|a| a.mentor.mentor.id.lt(10)).order_by(|a| a.id).all(db).await?
    }
    self_relation_three_times(db) {
        Category::objects().filter(|c| c.parent.parent.parent.is_null()).order_by(|c| c.id).all(db).await?
    }
    left_join_under_or(db) {
        Book::objects().filter(|b| b.editor.active.eq(false) | b.pages.eq(7)).order_by(|b| b.id).all(db).await?
    }
    left_and_inner_mixed(db) {
        Book::objects()
            .filter(|b| (b.editor.active.eq(false) | !b.author.active) & b.category.position.le(2))
            .order_by(|b| b.id)
            .all(db)
            .await?
    }
    null_across_a_relation(db) {
        Book::objects().filter(|b| b.editor.country.is_null()).order_by(|b| b.id).all(db).await?
    }
    not_null_across_a_relation(db) {
        Book::objects().filter(|b| b.editor.country.is_not_null()).order_by(|b| b.id).all(db).await?
    }
    null_column_across_a_relation(db) {
        Book::objects().filter(|b| b.author.email.is_null()).order_by(|b| b.id).all(db).await?
    }
    null_column_across_a_nullable_relation(db) {
        Book::objects().filter(|b| b.category.parent.name.is_null()).order_by(|b| b.id).all(db).await?
    }
    fields_of_two_tables(db) {
        Sale::objects().filter(|s| s.unit_price.gt(s.book.price)).order_by(|s| s.id).all(db).await?
    }
    fields_of_two_relations(db) {
        Book::objects()
            .filter(|b| b.author.country.code.eq(b.editor.country.code))
            .order_by(|b| b.id)
            .all(db)
            .await?
    }
    relation_against_relation(db) {
        Review::objects().filter(|r| r.reviewer.eq(r.book.author)).order_by(|r| r.id).all(db).await?
    }
    order_across_relations(db) {
        BookTag::objects().order_by(|t| (t.tag.name, t.book.price.desc(), t.id)).values(|t| t.id).all(db).await?
    }
    order_across_a_nullable_relation(db) {
        Book::objects()
            .order_by(|b| (b.editor.name.desc().nulls_first(), b.id))
            .values(|b| (b.id, b.editor.name))
            .all(db)
            .await?
    }
    values_across_relations(db) {
        Review::objects()
            .order_by(|r| r.id)
            .limit(40)
            .values(|r| (r.book.author.name, r.reviewer.country.name, r.stars))
            .all(db)
            .await?
    }
    filter_and_values_share_a_join(db) {
        Book::objects()
            .filter(|b| b.editor.rating.ge(2.5))
            .order_by(|b| (b.editor.rating, b.id))
            .values(|b| (b.editor.name, b.title))
            .all(db)
            .await?
    }
    three_levels_in_four_clauses(db) {
        Sale::objects()
            .filter(|s| s.book.author.mentor.active)
            .exclude(|s| s.book.category.parent.name.eq("Fiction"))
            .order_by(|s| (s.book.author.mentor.name, s.id))
            .values(|s| (s.book.author.mentor.name, s.book.category.parent.name, s.id))
            .all(db)
            .await?
    }
    values_of_five_tables(db) {
        BookTag::objects()
            .order_by(|t| t.id)
            .values(|t| {
                let author = t.book.author;
                (t.tag.name, t.book.title, author.name, author.country.name, t.book.category.parent.name)
            })
            .all(db)
            .await?
    }
    values_of_one_table_by_four_ways(db) {
        Review::objects()
            .order_by(|r| r.id)
            .values(|r| (r.reviewer.name, r.book.author.name, r.book.editor.name, r.book.author.mentor.name))
            .all(db)
            .await?
    }
    values_of_two_ways_to_a_country(db) {
        // Django's ~Q also keeps rows where a side is NULL.
        Sale::objects()
            .exclude(|s| s.country.eq(s.book.author.country))
            .order_by(|s| s.id)
            .values(|s| (s.country.name, s.book.author.country.name, s.quantity))
            .all(db)
            .await?
    }
    distinct_values_of_joined_tables(db) {
        Sale::objects()
            .filter(|s| s.country.is_not_null() & s.book.author.country.is_not_null())
            .order_by(|s| (s.book.author.country.name, s.country.name))
            .values(|s| (s.book.author.country.name, s.country.name))
            .distinct()
            .all(db)
            .await?
    }
    groups_of_joined_tables(db) {
        Sale::objects()
            .filter(|s| s.country.is_not_null() & s.book.author.country.is_not_null())
            .values(|s| {
                let from = s.book.author.country.name;
                (from, s.country.name, s.id.count(), s.quantity.sum(), s.book.pages.max())
            })
            .order_by(|s| (s.book.author.country.name, s.country.name))
            .all(db)
            .await?
    }
    groups_with_conditions_on_both_sides(db) {
        BookTag::objects()
            .filter(|t| t.book.author.active)
            .values(|t| (t.tag.name, t.id.count(), t.book.price.max()))
            .having(|t| t.id.count().gt(3) & t.tag.name.lt("s"))
            .order_by(|t| t.tag.name)
            .all(db)
            .await?
    }
}
