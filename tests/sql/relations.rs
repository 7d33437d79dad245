//! Related rows: joined, asked about, counted, and read by a query of their own.

use orm::prelude::*;

use crate::{Expected, texts};

#[derive(Model, Debug, Clone)]
#[model(has_many(staff = Writer::firm))]
struct Firm {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(has_many(books = Book::writer), has_one(desk = Desk::writer))]
struct Writer {
    #[field(primary_key)]
    id: i64,
    firm: Option<ForeignKey<Firm>>,
}

#[derive(Model, Debug, Clone)]
struct Desk {
    #[field(primary_key)]
    writer: OneToOne<Writer>,
}

#[derive(Model, Debug, Clone)]
#[model(many_to_many(topics: Topic))]
struct Book {
    #[field(primary_key)]
    id: i64,
    writer: ForeignKey<Writer>,
    pages: i64,
}

#[derive(Model, Debug, Clone)]
#[model(has_many(books = Book::topics))]
struct Topic {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(primary_key(row, col), has_many(pins = Pin::square))]
struct Square {
    row: i32,
    col: i32,
}

#[derive(Model, Debug, Clone)]
#[model(foreign_key(square(row, col) = Square, on_delete = cascade))]
struct Pin {
    #[field(primary_key)]
    id: i64,
    row: Option<i32>,
    col: Option<i32>,
}

#[test]
fn a_joined_row() {
    texts(
        &Book::objects().select_related(|b| b.writer),
        &Expected {
            postgres: r#"SELECT "book"."id", "book"."writer_id", "book"."pages", "a1"."id" AS "orm_0", "a1"."firm_id" AS "orm_1" FROM "book" INNER JOIN "writer" AS "a1" ON "book"."writer_id" = "a1"."id""#,
            mysql: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages`, `a1`.`id` AS `orm_0`, `a1`.`firm_id` AS `orm_1` FROM `book` INNER JOIN `writer` AS `a1` ON `book`.`writer_id` = `a1`.`id`",
            mariadb: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages`, `a1`.`id` AS `orm_0`, `a1`.`firm_id` AS `orm_1` FROM `book` INNER JOIN `writer` AS `a1` ON `book`.`writer_id` = `a1`.`id`",
            sqlite: r#"SELECT "book"."id", "book"."writer_id", "book"."pages", "a1"."id" AS "orm_0", "a1"."firm_id" AS "orm_1" FROM "book" INNER JOIN "writer" AS "a1" ON "book"."writer_id" = "a1"."id""#,
        },
    );
}

#[test]
fn joined_rows_of_joined_rows() {
    texts(
        &Book::objects().select_related(|b| b.writer.select_related(|w| (w.firm, w.desk))),
        &Expected {
            postgres: r#"SELECT "book"."id", "book"."writer_id", "book"."pages", "a1"."id" AS "orm_0", "a1"."firm_id" AS "orm_1", "a2"."id" AS "orm_2", "a3"."writer_id" AS "orm_3" FROM "book" INNER JOIN "writer" AS "a1" ON "book"."writer_id" = "a1"."id" LEFT JOIN "firm" AS "a2" ON "a1"."firm_id" = "a2"."id" LEFT JOIN "desk" AS "a3" ON "a1"."id" = "a3"."writer_id""#,
            mysql: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages`, `a1`.`id` AS `orm_0`, `a1`.`firm_id` AS `orm_1`, `a2`.`id` AS `orm_2`, `a3`.`writer_id` AS `orm_3` FROM `book` INNER JOIN `writer` AS `a1` ON `book`.`writer_id` = `a1`.`id` LEFT JOIN `firm` AS `a2` ON `a1`.`firm_id` = `a2`.`id` LEFT JOIN `desk` AS `a3` ON `a1`.`id` = `a3`.`writer_id`",
            mariadb: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages`, `a1`.`id` AS `orm_0`, `a1`.`firm_id` AS `orm_1`, `a2`.`id` AS `orm_2`, `a3`.`writer_id` AS `orm_3` FROM `book` INNER JOIN `writer` AS `a1` ON `book`.`writer_id` = `a1`.`id` LEFT JOIN `firm` AS `a2` ON `a1`.`firm_id` = `a2`.`id` LEFT JOIN `desk` AS `a3` ON `a1`.`id` = `a3`.`writer_id`",
            sqlite: r#"SELECT "book"."id", "book"."writer_id", "book"."pages", "a1"."id" AS "orm_0", "a1"."firm_id" AS "orm_1", "a2"."id" AS "orm_2", "a3"."writer_id" AS "orm_3" FROM "book" INNER JOIN "writer" AS "a1" ON "book"."writer_id" = "a1"."id" LEFT JOIN "firm" AS "a2" ON "a1"."firm_id" = "a2"."id" LEFT JOIN "desk" AS "a3" ON "a1"."id" = "a3"."writer_id""#,
        },
    );
}

#[test]
fn a_joined_row_under_a_condition() {
    texts(
        &Book::objects().select_related(|b| b.writer.filter(|w| w.firm.is_null())),
        &Expected {
            postgres: r#"SELECT "book"."id", "book"."writer_id", "book"."pages", ("a1"."id" IS NOT NULL AND "a1"."firm_id" IS NULL) AS "orm_0", "a1"."id" AS "orm_1", "a1"."firm_id" AS "orm_2" FROM "book" INNER JOIN "writer" AS "a1" ON "book"."writer_id" = "a1"."id""#,
            mysql: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages`, (`a1`.`id` IS NOT NULL AND `a1`.`firm_id` IS NULL) AS `orm_0`, `a1`.`id` AS `orm_1`, `a1`.`firm_id` AS `orm_2` FROM `book` INNER JOIN `writer` AS `a1` ON `book`.`writer_id` = `a1`.`id`",
            mariadb: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages`, (`a1`.`id` IS NOT NULL AND `a1`.`firm_id` IS NULL) AS `orm_0`, `a1`.`id` AS `orm_1`, `a1`.`firm_id` AS `orm_2` FROM `book` INNER JOIN `writer` AS `a1` ON `book`.`writer_id` = `a1`.`id`",
            sqlite: r#"SELECT "book"."id", "book"."writer_id", "book"."pages", ("a1"."id" IS NOT NULL AND "a1"."firm_id" IS NULL) AS "orm_0", "a1"."id" AS "orm_1", "a1"."firm_id" AS "orm_2" FROM "book" INNER JOIN "writer" AS "a1" ON "book"."writer_id" = "a1"."id""#,
        },
    );
}

#[test]
fn a_row_joined_by_two_columns() {
    texts(
        &Pin::objects().select_related(|p| p.square),
        &Expected {
            postgres: r#"SELECT "pin"."id", "pin"."row", "pin"."col", "a1"."row" AS "orm_0", "a1"."col" AS "orm_1" FROM "pin" LEFT JOIN "square" AS "a1" ON "pin"."row" = "a1"."row" AND "pin"."col" = "a1"."col""#,
            mysql: "SELECT `pin`.`id`, `pin`.`row`, `pin`.`col`, `a1`.`row` AS `orm_0`, `a1`.`col` AS `orm_1` FROM `pin` LEFT JOIN `square` AS `a1` ON `pin`.`row` = `a1`.`row` AND `pin`.`col` = `a1`.`col`",
            mariadb: "SELECT `pin`.`id`, `pin`.`row`, `pin`.`col`, `a1`.`row` AS `orm_0`, `a1`.`col` AS `orm_1` FROM `pin` LEFT JOIN `square` AS `a1` ON `pin`.`row` = `a1`.`row` AND `pin`.`col` = `a1`.`col`",
            sqlite: r#"SELECT "pin"."id", "pin"."row", "pin"."col", "a1"."row" AS "orm_0", "a1"."col" AS "orm_1" FROM "pin" LEFT JOIN "square" AS "a1" ON "pin"."row" = "a1"."row" AND "pin"."col" = "a1"."col""#,
        },
    );
}

#[test]
fn some_related_row() {
    texts(
        &Writer::objects().filter(|w| w.books.any(|b| b.pages.gt(9))),
        &Expected {
            postgres: r#"SELECT "writer"."id", "writer"."firm_id" FROM "writer" WHERE EXISTS (SELECT 1 FROM "book" AS "a1" WHERE "a1"."pages" > $1 AND "a1"."writer_id" = "writer"."id")"#,
            mysql: "SELECT `writer`.`id`, `writer`.`firm_id` FROM `writer` WHERE EXISTS (SELECT 1 FROM `book` AS `a1` WHERE `a1`.`pages` > ? AND `a1`.`writer_id` = `writer`.`id`)",
            mariadb: "SELECT `writer`.`id`, `writer`.`firm_id` FROM `writer` WHERE EXISTS (SELECT 1 FROM `book` AS `a1` WHERE `a1`.`pages` > ? AND `a1`.`writer_id` = `writer`.`id`)",
            sqlite: r#"SELECT "writer"."id", "writer"."firm_id" FROM "writer" WHERE EXISTS (SELECT 1 FROM "book" AS "a1" WHERE "a1"."pages" > ? AND "a1"."writer_id" = "writer"."id")"#,
        },
    );
}

#[test]
fn all_related_rows() {
    texts(
        &Writer::objects().filter(|w| w.books.all(|b| b.pages.gt(9))),
        &Expected {
            postgres: r#"SELECT "writer"."id", "writer"."firm_id" FROM "writer" WHERE NOT (EXISTS (SELECT 1 FROM "book" AS "a1" WHERE NOT ("a1"."pages" > $1) AND "a1"."writer_id" = "writer"."id"))"#,
            mysql: "SELECT `writer`.`id`, `writer`.`firm_id` FROM `writer` WHERE NOT (EXISTS (SELECT 1 FROM `book` AS `a1` WHERE NOT (`a1`.`pages` > ?) AND `a1`.`writer_id` = `writer`.`id`))",
            mariadb: "SELECT `writer`.`id`, `writer`.`firm_id` FROM `writer` WHERE NOT (EXISTS (SELECT 1 FROM `book` AS `a1` WHERE NOT (`a1`.`pages` > ?) AND `a1`.`writer_id` = `writer`.`id`))",
            sqlite: r#"SELECT "writer"."id", "writer"."firm_id" FROM "writer" WHERE NOT (EXISTS (SELECT 1 FROM "book" AS "a1" WHERE NOT ("a1"."pages" > ?) AND "a1"."writer_id" = "writer"."id"))"#,
        },
    );
}

#[test]
fn some_row_through_a_table() {
    texts(
        &Book::objects().filter(|b| b.topics.any(|t| t.id.gt(9))),
        &Expected {
            postgres: r#"SELECT "book"."id", "book"."writer_id", "book"."pages" FROM "book" WHERE EXISTS (SELECT 1 FROM "topic" AS "a1", "book_topics" AS "a2" WHERE "a1"."id" > $1 AND "a2"."topic_id" = "a1"."id" AND "a2"."book_id" = "book"."id")"#,
            mysql: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages` FROM `book` WHERE EXISTS (SELECT 1 FROM `topic` AS `a1`, `book_topics` AS `a2` WHERE `a1`.`id` > ? AND `a2`.`topic_id` = `a1`.`id` AND `a2`.`book_id` = `book`.`id`)",
            mariadb: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages` FROM `book` WHERE EXISTS (SELECT 1 FROM `topic` AS `a1`, `book_topics` AS `a2` WHERE `a1`.`id` > ? AND `a2`.`topic_id` = `a1`.`id` AND `a2`.`book_id` = `book`.`id`)",
            sqlite: r#"SELECT "book"."id", "book"."writer_id", "book"."pages" FROM "book" WHERE EXISTS (SELECT 1 FROM "topic" AS "a1", "book_topics" AS "a2" WHERE "a1"."id" > ? AND "a2"."topic_id" = "a1"."id" AND "a2"."book_id" = "book"."id")"#,
        },
    );
}

#[test]
fn from_the_other_side_of_a_table() {
    texts(
        &Topic::objects().filter(|t| t.books.is_empty()),
        &Expected {
            postgres: r#"SELECT "topic"."id" FROM "topic" WHERE NOT (EXISTS (SELECT 1 FROM "book" AS "a1", "book_topics" AS "a2" WHERE "a2"."book_id" = "a1"."id" AND "a2"."topic_id" = "topic"."id"))"#,
            mysql: "SELECT `topic`.`id` FROM `topic` WHERE NOT (EXISTS (SELECT 1 FROM `book` AS `a1`, `book_topics` AS `a2` WHERE `a2`.`book_id` = `a1`.`id` AND `a2`.`topic_id` = `topic`.`id`))",
            mariadb: "SELECT `topic`.`id` FROM `topic` WHERE NOT (EXISTS (SELECT 1 FROM `book` AS `a1`, `book_topics` AS `a2` WHERE `a2`.`book_id` = `a1`.`id` AND `a2`.`topic_id` = `topic`.`id`))",
            sqlite: r#"SELECT "topic"."id" FROM "topic" WHERE NOT (EXISTS (SELECT 1 FROM "book" AS "a1", "book_topics" AS "a2" WHERE "a2"."book_id" = "a1"."id" AND "a2"."topic_id" = "topic"."id"))"#,
        },
    );
}

#[test]
fn related_rows_of_related_rows() {
    texts(
        &Firm::objects().filter(|f| f.staff.any(|w| w.books.none(|b| b.topics.exists()))),
        &Expected {
            postgres: r#"SELECT "firm"."id" FROM "firm" WHERE EXISTS (SELECT 1 FROM "writer" AS "a1" WHERE NOT (EXISTS (SELECT 1 FROM "book" AS "a2" WHERE EXISTS (SELECT 1 FROM "topic" AS "a3", "book_topics" AS "a4" WHERE "a4"."topic_id" = "a3"."id" AND "a4"."book_id" = "a2"."id") AND "a2"."writer_id" = "a1"."id")) AND "a1"."firm_id" = "firm"."id")"#,
            mysql: "SELECT `firm`.`id` FROM `firm` WHERE EXISTS (SELECT 1 FROM `writer` AS `a1` WHERE NOT (EXISTS (SELECT 1 FROM `book` AS `a2` WHERE EXISTS (SELECT 1 FROM `topic` AS `a3`, `book_topics` AS `a4` WHERE `a4`.`topic_id` = `a3`.`id` AND `a4`.`book_id` = `a2`.`id`) AND `a2`.`writer_id` = `a1`.`id`)) AND `a1`.`firm_id` = `firm`.`id`)",
            mariadb: "SELECT `firm`.`id` FROM `firm` WHERE EXISTS (SELECT 1 FROM `writer` AS `a1` WHERE NOT (EXISTS (SELECT 1 FROM `book` AS `a2` WHERE EXISTS (SELECT 1 FROM `topic` AS `a3`, `book_topics` AS `a4` WHERE `a4`.`topic_id` = `a3`.`id` AND `a4`.`book_id` = `a2`.`id`) AND `a2`.`writer_id` = `a1`.`id`)) AND `a1`.`firm_id` = `firm`.`id`)",
            sqlite: r#"SELECT "firm"."id" FROM "firm" WHERE EXISTS (SELECT 1 FROM "writer" AS "a1" WHERE NOT (EXISTS (SELECT 1 FROM "book" AS "a2" WHERE EXISTS (SELECT 1 FROM "topic" AS "a3", "book_topics" AS "a4" WHERE "a4"."topic_id" = "a3"."id" AND "a4"."book_id" = "a2"."id") AND "a2"."writer_id" = "a1"."id")) AND "a1"."firm_id" = "firm"."id")"#,
        },
    );
}

#[test]
fn related_rows_across_a_relation() {
    texts(
        &Book::objects().filter(|b| b.writer.firm.staff.exists()),
        &Expected {
            postgres: r#"SELECT "book"."id", "book"."writer_id", "book"."pages" FROM "book" INNER JOIN "writer" AS "a2" ON "book"."writer_id" = "a2"."id" WHERE EXISTS (SELECT 1 FROM "writer" AS "a1" WHERE "a1"."firm_id" = "a2"."firm_id")"#,
            mysql: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages` FROM `book` INNER JOIN `writer` AS `a2` ON `book`.`writer_id` = `a2`.`id` WHERE EXISTS (SELECT 1 FROM `writer` AS `a1` WHERE `a1`.`firm_id` = `a2`.`firm_id`)",
            mariadb: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages` FROM `book` INNER JOIN `writer` AS `a2` ON `book`.`writer_id` = `a2`.`id` WHERE EXISTS (SELECT 1 FROM `writer` AS `a1` WHERE `a1`.`firm_id` = `a2`.`firm_id`)",
            sqlite: r#"SELECT "book"."id", "book"."writer_id", "book"."pages" FROM "book" INNER JOIN "writer" AS "a2" ON "book"."writer_id" = "a2"."id" WHERE EXISTS (SELECT 1 FROM "writer" AS "a1" WHERE "a1"."firm_id" = "a2"."firm_id")"#,
        },
    );
}

#[test]
fn related_rows_by_two_columns() {
    texts(
        &Square::objects().filter(|s| s.pins.any(|p| p.id.gt(9))),
        &Expected {
            postgres: r#"SELECT "square"."row", "square"."col" FROM "square" WHERE EXISTS (SELECT 1 FROM "pin" AS "a1" WHERE "a1"."id" > $1 AND "a1"."row" = "square"."row" AND "a1"."col" = "square"."col")"#,
            mysql: "SELECT `square`.`row`, `square`.`col` FROM `square` WHERE EXISTS (SELECT 1 FROM `pin` AS `a1` WHERE `a1`.`id` > ? AND `a1`.`row` = `square`.`row` AND `a1`.`col` = `square`.`col`)",
            mariadb: "SELECT `square`.`row`, `square`.`col` FROM `square` WHERE EXISTS (SELECT 1 FROM `pin` AS `a1` WHERE `a1`.`id` > ? AND `a1`.`row` = `square`.`row` AND `a1`.`col` = `square`.`col`)",
            sqlite: r#"SELECT "square"."row", "square"."col" FROM "square" WHERE EXISTS (SELECT 1 FROM "pin" AS "a1" WHERE "a1"."id" > ? AND "a1"."row" = "square"."row" AND "a1"."col" = "square"."col")"#,
        },
    );
}

#[test]
fn numbers_of_related_rows() {
    texts(
        &Writer::objects().values(|w| (w.books.count(), w.books.sum(|b| b.pages), w.firm.staff.count())),
        &Expected {
            postgres: r#"SELECT (SELECT COUNT(*) FROM "book" AS "a1" WHERE "a1"."writer_id" = "writer"."id"), (SELECT CAST(SUM("a2"."pages") AS bigint) FROM "book" AS "a2" WHERE "a2"."writer_id" = "writer"."id"), (SELECT COUNT(*) FROM "writer" AS "a3" WHERE "a3"."firm_id" = "writer"."firm_id") FROM "writer""#,
            mysql: "SELECT (SELECT COUNT(*) FROM `book` AS `a1` WHERE `a1`.`writer_id` = `writer`.`id`), (SELECT SUM(`a2`.`pages`) FROM `book` AS `a2` WHERE `a2`.`writer_id` = `writer`.`id`), (SELECT COUNT(*) FROM `writer` AS `a3` WHERE `a3`.`firm_id` = `writer`.`firm_id`) FROM `writer`",
            mariadb: "SELECT (SELECT COUNT(*) FROM `book` AS `a1` WHERE `a1`.`writer_id` = `writer`.`id`), (SELECT SUM(`a2`.`pages`) FROM `book` AS `a2` WHERE `a2`.`writer_id` = `writer`.`id`), (SELECT COUNT(*) FROM `writer` AS `a3` WHERE `a3`.`firm_id` = `writer`.`firm_id`) FROM `writer`",
            sqlite: r#"SELECT (SELECT COUNT(*) FROM "book" AS "a1" WHERE "a1"."writer_id" = "writer"."id"), (SELECT SUM("a2"."pages") FROM "book" AS "a2" WHERE "a2"."writer_id" = "writer"."id"), (SELECT COUNT(*) FROM "writer" AS "a3" WHERE "a3"."firm_id" = "writer"."firm_id") FROM "writer""#,
        },
    );
}

#[test]
fn a_number_of_rows_through_a_table() {
    texts(
        &Book::objects().order_by(|b| b.topics.count()),
        &Expected {
            postgres: r#"SELECT "book"."id", "book"."writer_id", "book"."pages" FROM "book" ORDER BY (SELECT COUNT(*) FROM "topic" AS "a1", "book_topics" AS "a2" WHERE "a2"."topic_id" = "a1"."id" AND "a2"."book_id" = "book"."id")"#,
            mysql: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages` FROM `book` ORDER BY (SELECT COUNT(*) FROM `topic` AS `a1`, `book_topics` AS `a2` WHERE `a2`.`topic_id` = `a1`.`id` AND `a2`.`book_id` = `book`.`id`)",
            mariadb: "SELECT `book`.`id`, `book`.`writer_id`, `book`.`pages` FROM `book` ORDER BY (SELECT COUNT(*) FROM `topic` AS `a1`, `book_topics` AS `a2` WHERE `a2`.`topic_id` = `a1`.`id` AND `a2`.`book_id` = `book`.`id`)",
            sqlite: r#"SELECT "book"."id", "book"."writer_id", "book"."pages" FROM "book" ORDER BY (SELECT COUNT(*) FROM "topic" AS "a1", "book_topics" AS "a2" WHERE "a2"."topic_id" = "a1"."id" AND "a2"."book_id" = "book"."id")"#,
        },
    );
}
