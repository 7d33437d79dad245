//! Queries inside of queries.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, BookFields, BookTag, Category, Review, Sale};

fn books() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

fn reviews_of(b: BookFields) -> QuerySet<Review> {
    Review::objects().filter(|r| r.book.id.eq(b.id.outer()))
}

fn sales_of(b: BookFields) -> QuerySet<Sale> {
    Sale::objects().filter(|s| s.book.id.eq(b.id.outer()))
}

fn tags_of(b: BookFields, name: &str) -> QuerySet<BookTag> {
    BookTag::objects().filter(|t| t.book.id.eq(b.id.outer()) & t.tag.name.eq(name))
}

scenarios! { "subqueries":
    exists(db) { books().filter(|b| exists(reviews_of(b).filter(|r| r.stars.eq(5)))).all(db).await? }
    not_exists(db) { books().filter(|b| !exists(reviews_of(b))).all(db).await? }
    exists_as_a_value(db) { books().values(|b| (b.id, exists(sales_of(b)))).all(db).await? }
    exists_with_or(db) {
        books().filter(|b| exists(sales_of(b).filter(|s| s.quantity.gt(5))) | b.pages.eq(7)).all(db).await?
    }
    exists_two_levels_out(db) {
        books().filter(|b| exists(reviews_of(b).filter(|r| r.reviewer.id.eq(b.author.id.outer())))).all(db).await?
    }
    outer_of_outer(db) {
        Author::objects()
            .filter(|a| {
                exists(Book::objects().filter(|b| {
                    let liked = reviews_of(b).filter(|r| r.reviewer.id.eq(a.id.outer().outer()));
                    exists(liked) & b.pages.gt(50)
                }))
            })
            .order_by(|a| a.id)
            .all(db)
            .await?
    }
    outer_across_a_relation(db) {
        books()
            .filter(|b| {
                let longer = Book::objects().filter(|o| {
                    o.author.country.code.eq(b.author.country.code.outer()) & o.pages.gt(b.pages.outer())
                });
                !exists(longer) & b.author.country.is_not_null()
            })
            .all(db)
            .await?
    }
    scalar(db) {
        books()
            .values(|b| {
                let best = reviews_of(b).order_by(|r| (r.votes.desc(), r.id)).limit(1);
                (b.id, subquery(best.values(|r| r.body)))
            })
            .all(db)
            .await?
    }
    scalar_in_a_condition(db) {
        books()
            .filter(|b| {
                let newest = reviews_of(b).order_by(|r| (r.posted_at.desc(), r.id)).limit(1);
                subquery(newest.values(|r| r.stars)).ge(4)
            })
            .all(db)
            .await?
    }
    scalar_in_an_order(db) {
        Book::objects()
            .order_by(|b| (subquery(sales_of(b).values(|s| s.quantity.sum())).desc().nulls_last(), b.id.asc()))
            .all(db)
            .await?
    }
    scalar_in_a_calculation(db) {
        books()
            .values(|b| {
                let most = sales_of(b).order_by(|s| s.unit_price.desc()).limit(1);
                b.price - subquery(most.values(|s| s.unit_price))
            })
            .all(db)
            .await?
    }
    compared_with_a_mean(db) {
        books()
            .filter(|b| b.weight.gt(subquery(Book::objects().values(|o| o.weight.avg()))))
            .all(db)
            .await?
    }
    in_a_query(db) {
        let dear = Book::objects().filter(|b| b.price.gt(40));
        Review::objects().filter(|r| r.book.is_in(dear)).order_by(|r| r.id).all(db).await?
    }
    in_a_query_of_values(db) {
        let editors = Book::objects().filter(|b| b.pages.eq(7)).values(|b| b.editor.id);
        Author::objects().filter(|a| a.id.is_in(editors)).order_by(|a| a.id).all(db).await?
    }
    not_in_a_query(db) {
        let dear = Book::objects().filter(|b| b.price.gt(40));
        Review::objects().exclude(|r| r.book.is_in(dear)).order_by(|r| r.id).all(db).await?
    }
    not_in_a_query_with_nulls(db) {
        let editors = Book::objects().filter(|b| b.pages.eq(7)).values(|b| b.editor.id);
        Author::objects().exclude(|a| a.id.is_in(editors)).order_by(|a| a.id).all(db).await?
    }
    in_an_empty_query(db) {
        let nobody = Book::objects().none().values(|b| b.author.id);
        Author::objects().filter(|a| a.id.is_in(nobody)).order_by(|a| a.id).all(db).await?
    }
    in_a_query_of_groups(db) {
        let busy = Book::objects().values(|b| b.author.id).having(|b| b.id.count().ge(3));
        Author::objects().filter(|a| a.id.is_in(busy)).order_by(|a| a.id).all(db).await?
    }
    in_a_distinct_query(db) {
        let prices = Sale::objects().values(|s| s.unit_price).distinct();
        books().filter(|b| b.price.is_in(prices)).all(db).await?
    }
    in_a_nested_query(db) {
        let tagged = BookTag::objects().filter(|t| t.tag.name.is_in(["rare", "gift"])).values(|t| t.book.id);
        let printed = Book::objects().filter(|b| b.id.is_in(tagged) & b.in_print);
        Review::objects().filter(|r| r.book.is_in(printed)).order_by(|r| r.id).all(db).await?
    }
    the_same_query_twice(db) {
        let first = NaiveDate::from_ymd_opt(1960, 1, 1).unwrap_or_default();
        let old = Author::objects().filter(|a| a.born.lt(first));
        books().filter(|b| b.author.is_in(old.clone()) | b.editor.is_in(old)).all(db).await?
    }
    to_many_condition(db) {
        books().filter(|b| exists(tags_of(b, "new").filter(|t| t.weight.gt(1)))).all(db).await?
    }
    to_many_two_conditions(db) {
        books().filter(|b| exists(tags_of(b, "new")) & exists(tags_of(b, "sale"))).all(db).await?
    }
    exclude_to_many(db) { books().exclude(|b| exists(tags_of(b, "new"))).all(db).await? }
    parents_with_children(db) {
        Category::objects()
            .filter(|c| exists(Category::objects().filter(|child| child.parent.id.eq(c.id.outer()))))
            .order_by(|c| c.id)
            .all(db)
            .await?
    }
    greatest_of_each_group(db) {
        books()
            .filter(|b| {
                let own = Book::objects().filter(|o| o.author.id.eq(b.author.id.outer()));
                b.price.eq(subquery(own.values(|o| o.price.max())))
            })
            .all(db)
            .await?
    }
}
