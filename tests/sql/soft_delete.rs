//! Deleted rows that stay: where they are left out.

use orm::Model as _;
use orm::compile::{Operation, compile_update};
use orm::prelude::*;
use orm::queryset::Assignments;
use orm_core::ast::{DeletedRows, Select, Update};

use crate::{Expected, texts};

#[derive(Model, Debug)]
#[model(has_many(notes = Note::folder))]
struct Folder {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model, Debug)]
#[model(soft_delete = deleted_at)]
struct Note {
    #[field(primary_key)]
    id: i64,
    folder: ForeignKey<Folder>,
    #[field(max_length = 20)]
    text: String,
    deleted_at: Option<DateTime<Utc>>,
}

/// The same on all databases, but for quotes and placeholders.
#[track_caller]
fn alike<M: orm::Model, S: orm::queryset::Shape<Model = M>>(query: &orm::QuerySet<M, S>, text: &'static str) {
    let quoted: &'static str = Box::leak(text.replace('"', "`").into_boxed_str());
    texts(query, &Expected { postgres: text, mysql: quoted, mariadb: quoted, sqlite: text });
}

#[test]
fn of_the_model_itself() {
    let notes = || Note::objects().values(|n| n.text);
    alike(&notes(), r#"SELECT "text" FROM "note" WHERE "deleted_at" IS NULL"#);
    alike(&notes().with_deleted(), r#"SELECT "text" FROM "note""#);
    alike(&notes().only_deleted(), r#"SELECT "text" FROM "note" WHERE "deleted_at" IS NOT NULL"#);
    alike(
        &notes().filter(|n| n.deleted_at.is_not_null() | n.deleted_at.is_null()),
        r#"SELECT "text" FROM "note" WHERE ("deleted_at" IS NOT NULL OR "deleted_at" IS NULL) AND "deleted_at" IS NULL"#,
    );
}

#[test]
fn at_the_end_of_relations() {
    alike(
        &Folder::objects().filter(|f| f.notes.exists()),
        r#"SELECT "folder"."id" FROM "folder" WHERE EXISTS (SELECT 1 FROM "note" AS "a1" WHERE "a1"."folder_id" = "folder"."id" AND "a1"."deleted_at" IS NULL)"#,
    );
    alike(
        &Folder::objects().filter(|f| f.notes.with_deleted().is_empty()),
        r#"SELECT "folder"."id" FROM "folder" WHERE NOT (EXISTS (SELECT 1 FROM "note" AS "a1" WHERE "a1"."folder_id" = "folder"."id"))"#,
    );
    alike(
        &Folder::objects().values(|f| f.notes.only_deleted().count()),
        r#"SELECT (SELECT COUNT(*) FROM "note" AS "a1" WHERE "a1"."folder_id" = "folder"."id" AND "a1"."deleted_at" IS NOT NULL) FROM "folder""#,
    );
}

#[test]
fn of_rows_that_are_written() {
    let expected = Expected {
        postgres: r#"UPDATE "note" SET "text" = $1 WHERE "deleted_at" IS NULL"#,
        mysql: "UPDATE `note` SET `text` = ? WHERE `deleted_at` IS NULL",
        mariadb: "UPDATE `note` SET `text` = ? WHERE `deleted_at` IS NULL",
        sqlite: r#"UPDATE "note" SET "text" = ? WHERE "deleted_at" IS NULL"#,
    };
    for (dialect, text) in expected.each() {
        let mut rows = Select::new(Note::META);
        rows.deleted = DeletedRows::Hidden;
        let assignments = Note::fields().text.set("x").into_assignments();
        let update = Update { model: Note::META, assignments, rows };
        let sql = compile_update(update, dialect, Operation::new("Note", "test")).expect("a text");
        assert_eq!(sql.sql, text, "{}", dialect.name());
    }
}
