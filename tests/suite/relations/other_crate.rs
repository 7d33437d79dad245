//! Relations to models of another crate, which knows nothing of this one.

use orm::prelude::*;
use orm_test_library::{Book, Edition, Writer};

use crate::support::{in_statements, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shelf_copy", foreign_key(edition(book, number) = Edition), many_to_many(donors: Writer, table = "shelf_donor"))]
struct Copy {
    #[field(primary_key)]
    id: i64,
    book: ForeignKey<Book>,
    number: i32,
    signed_by: Option<ForeignKey<Writer>>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Copy)]
struct CopyCard {
    id: i64,
    book: BookCard,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct BookCard {
    title: String,
    editions: Vec<EditionYear>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Edition)]
struct EditionYear {
    year: i32,
}

async fn fill(db: &crate::support::Db) -> orm::Result<()> {
    let ann = Writer::objects().create(db, |w| w.name("Ann")).await?;
    let bob = Writer::objects().create(db, |w| w.name("Bob")).await?;
    for (isbn, title, writer) in [("1", "One", &ann), ("2", "Two", &bob)] {
        let book = Book::objects().create(db, |b| b.isbn(isbn).title(title).writer(writer)).await?;
        for (number, year) in [(1, 2001), (2, 2002)] {
            Edition::objects().create(db, |e| e.book(&book).number(number).year(year)).await?;
        }
    }
    let first =
        Copy::objects().create(db, |c| c.book(ForeignKey::new("1")).number(2).signed_by(&ann)).await?;
    Copy::objects().create(db, |c| c.book(ForeignKey::new("2")).number(1)).await?;
    first.related(|c| c.donors).add(db, [&bob]).await?;
    Ok(())
}

#[test]
fn they_are_joined_and_prefetched_and_asked_about() {
    run(models![Writer, Book, Edition, Copy], async |db| {
        fill(db).await.unwrap();
        let copies = Copy::objects()
            .select_related(|c| (c.book.select_related(|b| b.writer), c.signed_by, c.edition))
            .prefetch_related(|c| c.donors)
            .order_by(|c| c.id);
        let copies = in_statements(2, copies.all(db)).await.unwrap();
        let seen: Vec<_> = copies
            .iter()
            .map(|copy| {
                (
                    copy.book().title.as_str(),
                    copy.book().writer().name.as_str(),
                    copy.signed_by().as_ref().map(|writer| writer.name.as_str()),
                    copy.edition().year,
                    copy.donors().len(),
                )
            })
            .collect();
        assert_eq!(seen, [("One", "Ann", Some("Ann"), 2002, 1), ("Two", "Bob", None, 2001, 0)]);

        // What the other crate has declared itself.
        let writers = Writer::objects()
            .prefetch_related(|w| w.books.prefetch_related(|b| b.editions.order_by(|e| e.number)))
            .order_by(|w| w.id);
        let writers = in_statements(3, writers.all(db)).await.unwrap();
        assert_eq!(writers[1].books()[0].editions()[1].year, 2002);

        let old = Copy::objects().filter(|c| c.edition.year.lt(2002) & c.book.writer.name.eq("Bob"));
        assert_eq!(old.get(db).await.unwrap().id, copies[1].id);
        let early = Book::objects().filter(|b| b.editions.any(|e| e.year.eq(2001)) & b.writer.name.eq("Ann"));
        assert_eq!(early.get(db).await.unwrap().isbn, "1");
        let of_book = Copy::objects().filter(|c| c.book.eq(copies[0].book()));
        assert_eq!(of_book.count(db).await.unwrap(), 1);
    });
}

#[test]
fn they_are_projected() {
    run(models![Writer, Book, Edition, Copy], async |db| {
        fill(db).await.unwrap();
        let cards = Copy::objects().order_by(|c| c.id).project::<CopyCard>();
        let cards = in_statements(2, cards.all(db)).await.unwrap();
        assert_eq!(cards[0].book.title, "One");
        let mut years: Vec<_> = cards[0].book.editions.iter().map(|edition| edition.year).collect();
        years.sort_unstable();
        assert_eq!(years, [2001, 2002]);
    });
}
