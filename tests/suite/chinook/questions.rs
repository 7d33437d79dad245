//! The questions, each in orm and in plain SQL.

use std::fmt::Display;

use orm::prelude::*;

use super::models::*;
use super::plain::{Answer, Plain, cell};
use crate::support::Db;

/// A value as plain SQL gives it.
pub trait Text {
    fn text(&self) -> Option<String>;
}

macro_rules! displayed {
    ($($type:ty)+) => {$(
        impl Text for $type {
            fn text(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )+};
}

displayed!(i32 u64 usize bool String Decimal NaiveDateTime);

impl<T: Text> Text for Option<T> {
    fn text(&self) -> Option<String> {
        self.as_ref().and_then(Text::text)
    }
}

impl<M: orm::Model<Key: Display>> Text for ForeignKey<M> {
    fn text(&self) -> Option<String> {
        Some(self.key().to_string())
    }
}

/// The given fields of rows.
macro_rules! answer {
    ($rows:expr, $($($field:ident).+),+) => {{
        let answer: Answer = $rows.iter().map(|row| vec![$(cell(row.$($field).+.text())),+]).collect();
        answer
    }};
}

fn number(number: u64) -> Answer {
    vec![vec![number.to_string()]]
}

fn day(text: &str) -> NaiveDateTime {
    text.parse::<NaiveDate>().expect("a date").into()
}

fn cents(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

/// Asserts that the plain answer is orm's, and not empty: a question that nothing answers would compare nothing.
pub async fn same(plain: &mut Plain, sql: &str, found: Answer) {
    let expected = plain.ask(sql).await;
    assert!(!expected.is_empty(), "no rows: {sql}");
    assert_eq!(found, expected, "{sql}");
}

pub async fn ask_all(db: &Db, plain: &mut Plain) {
    counts(db, plain).await;
    texts(db, plain).await;
    numbers(db, plain).await;
    dates(db, plain).await;
    paths(db, plain).await;
    nulls(db, plain).await;
    orders(db, plain).await;
    streams(db, plain).await;
}

async fn counts(db: &Db, plain: &mut Plain) {
    macro_rules! count {
        ($($model:ident)+) => {$(
            let sql = concat!("SELECT COUNT(*) FROM \"", stringify!($model), '"');
            same(plain, sql, number($model::objects().count(db).await.expect(sql))).await;
            // Every row is read into its model.
            let rows = $model::objects().all(db).await.expect(sql);
            same(plain, sql, number(u64::try_from(rows.len()).expect("few"))).await;
        )+};
    }
    count!(Artist Album Genre MediaType Track Playlist PlaylistTrack Employee Customer Invoice InvoiceLine);
}

async fn texts(db: &Db, plain: &mut Plain) {
    let rows = Artist::objects().filter(|a| a.name.eq("AC/DC")).all(db).await.unwrap();
    same(plain, r#"SELECT "ArtistId", "Name" FROM "Artist" WHERE "Name" = 'AC/DC'"#, answer!(rows, id, name))
        .await;

    let rows =
        Track::objects().filter(|t| t.name.istartswith("the ")).order_by(|t| t.id).all(db).await.unwrap();
    let sql = r#"SELECT "TrackId", "Name" FROM "Track" WHERE LOWER("Name") LIKE 'the %' ORDER BY "TrackId""#;
    same(plain, sql, answer!(rows, id, name)).await;

    // `'` and `%` are letters.
    let rows = Track::objects().filter(|t| t.name.contains("n't ")).order_by(|t| t.id).all(db).await.unwrap();
    let sql = r#"SELECT "TrackId", "Name" FROM "Track" WHERE "Name" LIKE '%n''t %' ORDER BY "TrackId""#;
    same(plain, sql, answer!(rows, id, name)).await;
    assert_eq!(Track::objects().filter(|t| t.name.contains("%n")).count(db).await.unwrap(), 0);

    let rows = Customer::objects()
        .filter(|c| c.email.endswith(".br") | c.last_name.contains("é"))
        .order_by(|c| c.id)
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT "CustomerId", "LastName", "Email" FROM "Customer"
        WHERE "Email" LIKE '%.br' OR REPLACE("LastName", 'é', '') <> "LastName" ORDER BY "CustomerId""#;
    let sql_mysql = r#"SELECT "CustomerId", "LastName", "Email" FROM "Customer"
        WHERE "Email" LIKE '%.br' OR CAST("LastName" AS BINARY) LIKE CONCAT('%', CAST('é' AS BINARY), '%')
        ORDER BY "CustomerId""#;
    let sql = if matches!(plain, Plain::MySql(_)) { sql_mysql } else { sql };
    same(plain, sql, answer!(rows, id, last_name, email)).await;

    let rows = Customer::objects()
        .filter(|c| c.country.is_in(["Canada", "Brazil", "Nowhere"]))
        .order_by(|c| c.id.desc())
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT "CustomerId", "Country" FROM "Customer"
        WHERE "Country" IN ('Canada', 'Brazil', 'Nowhere') ORDER BY "CustomerId" DESC"#;
    same(plain, sql, answer!(rows, id, country)).await;
}

async fn numbers(db: &Db, plain: &mut Plain) {
    let rows =
        Invoice::objects().filter(|i| i.total.gt(cents(1_500))).order_by(|i| i.id).all(db).await.unwrap();
    let sql = r#"SELECT "InvoiceId", "Total" FROM "Invoice" WHERE "Total" > 15 ORDER BY "InvoiceId""#;
    same(plain, sql, answer!(rows, id, total)).await;

    let rows =
        Invoice::objects().filter(|i| i.total.eq(cents(198))).order_by(|i| i.id).all(db).await.unwrap();
    let sql = r#"SELECT "InvoiceId", "Total" FROM "Invoice" WHERE "Total" = 1.98 ORDER BY "InvoiceId""#;
    same(plain, sql, answer!(rows, id, total)).await;

    let rows = Invoice::objects()
        .filter(|i| i.total.between(cents(396), cents(594)) & !i.total.is_in([cents(495)]))
        .order_by(|i| (i.total.desc(), i.id.asc()))
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT "InvoiceId", "Total" FROM "Invoice"
        WHERE "Total" BETWEEN 3.96 AND 5.94 AND "Total" NOT IN (4.95) ORDER BY "Total" DESC, "InvoiceId""#;
    same(plain, sql, answer!(rows, id, total)).await;

    // Arithmetic on decimals; plain SQLite does it in floating point, so the border is between two cents.
    let found = InvoiceLine::objects()
        .filter(|l| (l.unit_price * 3 - Decimal::ONE).gt(cents(300)))
        .count(db)
        .await
        .unwrap();
    same(plain, r#"SELECT COUNT(*) FROM "InvoiceLine" WHERE "UnitPrice" * 3 - 1 > 3.005"#, number(found))
        .await;

    let found = Track::objects().filter(|t| t.bytes.gt(t.milliseconds * 33)).count(db).await.unwrap();
    same(plain, r#"SELECT COUNT(*) FROM "Track" WHERE "Bytes" > "Milliseconds" * 33"#, number(found)).await;
}

async fn dates(db: &Db, plain: &mut Plain) {
    let first = day("2021-01-01");
    let rows = Invoice::objects().filter(|i| i.date.eq(first)).all(db).await.unwrap();
    let sql =
        r#"SELECT "InvoiceId", "InvoiceDate" FROM "Invoice" WHERE "InvoiceDate" = '2021-01-01 00:00:00'"#;
    same(plain, sql, answer!(rows, id, date)).await;

    // The border is a moment at which there is an invoice, on both sides.
    let (from, to) = (day("2021-02-01"), day("2021-03-04"));
    let rows = Invoice::objects()
        .filter(|i| i.date.between(from, to))
        .order_by(|i| (i.date, i.id))
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT "InvoiceId", "InvoiceDate" FROM "Invoice"
        WHERE "InvoiceDate" BETWEEN '2021-02-01 00:00:00' AND '2021-03-04 00:00:00' ORDER BY "InvoiceDate", "InvoiceId""#;
    same(plain, sql, answer!(rows, id, date)).await;

    let rows = Employee::objects()
        .filter(|e| e.birth_date.lt(day("1960-01-01")) & e.hire_date.ge(day("2002-05-01")))
        .order_by(|e| e.birth_date)
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT "LastName", "BirthDate", "HireDate" FROM "Employee"
        WHERE "BirthDate" < '1960-01-01 00:00:00' AND "HireDate" >= '2002-05-01 00:00:00' ORDER BY "BirthDate""#;
    same(plain, sql, answer!(rows, last_name, birth_date, hire_date)).await;
}

async fn paths(db: &Db, plain: &mut Plain) {
    let rows = Track::objects()
        .filter(|t| t.album.artist.name.eq("Queen"))
        .order_by(|t| (t.name, t.id))
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT t."TrackId", t."Name" FROM "Track" t JOIN "Album" l ON l."AlbumId" = t."AlbumId"
        JOIN "Artist" a ON a."ArtistId" = l."ArtistId" WHERE a."Name" = 'Queen' ORDER BY t."Name", t."TrackId""#;
    same(plain, sql, answer!(rows, id, name)).await;

    let found = InvoiceLine::objects()
        .filter(|l| l.invoice.customer.country.eq("France") & l.track.genre.name.ne("Rock"))
        .count(db)
        .await
        .unwrap();
    let sql = r#"SELECT COUNT(*) FROM "InvoiceLine" l JOIN "Invoice" i ON i."InvoiceId" = l."InvoiceId"
        JOIN "Customer" c ON c."CustomerId" = i."CustomerId" JOIN "Track" t ON t."TrackId" = l."TrackId"
        JOIN "Genre" g ON g."GenreId" = t."GenreId" WHERE c."Country" = 'France' AND g."Name" <> 'Rock'"#;
    same(plain, sql, number(found)).await;

    // A table pointing at itself, twice.
    let rows = Employee::objects()
        .filter(|e| e.reports_to.reports_to.last_name.eq("Adams"))
        .order_by(|e| e.id)
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT e."EmployeeId", e."ReportsTo" FROM "Employee" e JOIN "Employee" m ON m."EmployeeId" = e."ReportsTo"
        JOIN "Employee" d ON d."EmployeeId" = m."ReportsTo" WHERE d."LastName" = 'Adams' ORDER BY e."EmployeeId""#;
    same(plain, sql, answer!(rows, id, reports_to)).await;

    let rows = PlaylistTrack::objects()
        .filter(|p| p.playlist.name.eq("Grunge") & p.track.album.artist.name.ne("Pearl Jam"))
        .order_by(|p| p.track)
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT x."PlaylistId", x."TrackId" FROM "PlaylistTrack" x JOIN "Playlist" p ON p."PlaylistId" = x."PlaylistId"
        JOIN "Track" t ON t."TrackId" = x."TrackId" JOIN "Album" l ON l."AlbumId" = t."AlbumId"
        JOIN "Artist" a ON a."ArtistId" = l."ArtistId"
        WHERE p."Name" = 'Grunge' AND a."Name" <> 'Pearl Jam' ORDER BY x."TrackId""#;
    same(plain, sql, answer!(rows, playlist, track)).await;

    // The key of several columns.
    let (playlist, track) = (ForeignKey::<Playlist>::new(17), ForeignKey::<Track>::new(2095));
    let row = PlaylistTrack::objects().pk((playlist, track)).get(db).await.unwrap();
    let sql =
        r#"SELECT "PlaylistId", "TrackId" FROM "PlaylistTrack" WHERE "PlaylistId" = 17 AND "TrackId" = 2095"#;
    same(plain, sql, answer!([row], playlist, track)).await;
}

async fn nulls(db: &Db, plain: &mut Plain) {
    let found = Track::objects().filter(|t| t.composer.is_null()).count(db).await.unwrap();
    same(plain, r#"SELECT COUNT(*) FROM "Track" WHERE "Composer" IS NULL"#, number(found)).await;

    // NOT leaves out NULL, `exclude` does not.
    let found = Track::objects().filter(|t| !t.composer.contains("Young")).count(db).await.unwrap();
    same(plain, r#"SELECT COUNT(*) FROM "Track" WHERE "Composer" NOT LIKE '%Young%'"#, number(found)).await;
    let found = Track::objects().exclude(|t| t.composer.contains("Young")).count(db).await.unwrap();
    let sql = r#"SELECT COUNT(*) FROM "Track" WHERE "Composer" IS NULL OR "Composer" NOT LIKE '%Young%'"#;
    same(plain, sql, number(found)).await;

    let rows = Customer::objects()
        .filter(|c| c.state.is_null() & c.company.is_not_null())
        .order_by(|c| c.id)
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT "CustomerId", "Company", "State", "Fax" FROM "Customer"
        WHERE "State" IS NULL AND "Company" IS NOT NULL ORDER BY "CustomerId""#;
    same(plain, sql, answer!(rows, id, company, state, fax)).await;

    // Nobody above, or somebody whose superior is nobody.
    let rows = Employee::objects()
        .filter(|e| e.reports_to.is_null() | e.reports_to.reports_to.is_null())
        .order_by(|e| e.id)
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT e."EmployeeId", e."ReportsTo" FROM "Employee" e LEFT JOIN "Employee" m
        ON m."EmployeeId" = e."ReportsTo" WHERE e."ReportsTo" IS NULL OR m."ReportsTo" IS NULL ORDER BY e."EmployeeId""#;
    same(plain, sql, answer!(rows, id, reports_to)).await;
}

async fn orders(db: &Db, plain: &mut Plain) {
    let longest = Track::objects().order_by(|t| (t.milliseconds.desc(), t.id.asc()));
    let rows = longest.clone().slice(10..20).all(db).await.unwrap();
    let sql = r#"SELECT "TrackId", "Milliseconds" FROM "Track" ORDER BY "Milliseconds" DESC, "TrackId" LIMIT 10 OFFSET 10"#;
    same(plain, sql, answer!(rows, id, milliseconds)).await;
    let last = longest.last(db).await.unwrap();
    let sql =
        r#"SELECT "TrackId", "Milliseconds" FROM "Track" ORDER BY "Milliseconds", "TrackId" DESC LIMIT 1"#;
    same(plain, sql, answer!(last.as_slice(), id, milliseconds)).await;

    let rows = Customer::objects()
        .order_by(|c| (c.company.asc().nulls_first(), c.support_rep.hire_date.desc(), c.id))
        .limit(55)
        .all(db)
        .await
        .unwrap();
    let sql = r#"SELECT c."CustomerId", c."Company" FROM "Customer" c LEFT JOIN "Employee" e
        ON e."EmployeeId" = c."SupportRepId" ORDER BY CASE WHEN c."Company" IS NULL THEN 0 ELSE 1 END, c."Company",
        e."HireDate" DESC, c."CustomerId" LIMIT 55"#;
    same(plain, sql, answer!(rows, id, company)).await;

    let dearest = Invoice::objects().latest(db, |i| (i.total, i.id)).await.unwrap();
    let sql = r#"SELECT "InvoiceId", "Total", "InvoiceDate" FROM "Invoice" ORDER BY "Total" DESC, "InvoiceId" DESC LIMIT 1"#;
    same(plain, sql, answer!([dearest], id, total, date)).await;
}

async fn streams(db: &Db, plain: &mut Plain) {
    let mut sum = Decimal::ZERO;
    let mut invoices = Invoice::objects().filter(|i| i.customer.support_rep.first_name.eq("Jane")).stream(db);
    while let Some(invoice) = invoices.try_next().await.unwrap() {
        sum += invoice.total;
    }
    let sql = r#"SELECT ROUND(SUM(i."Total"), 2) FROM "Invoice" i JOIN "Customer" c ON c."CustomerId" = i."CustomerId"
        JOIN "Employee" e ON e."EmployeeId" = c."SupportRepId" WHERE e."FirstName" = 'Jane'"#;
    same(plain, sql, vec![vec![cell(sum.text())]]).await;

    let mut names = Vec::new();
    let mut tracks = Track::objects().order_by(|t| t.id).stream(db);
    while let Some(track) = tracks.try_next().await.unwrap() {
        names.push(track);
    }
    let sql = r#"SELECT "TrackId", "Name", "AlbumId", "MediaTypeId", "GenreId", "Composer", "Milliseconds", "Bytes", "UnitPrice"
        FROM "Track" ORDER BY "TrackId""#;
    same(
        plain,
        sql,
        answer!(names, id, name, album, media_type, genre, composer, milliseconds, bytes, unit_price),
    )
    .await;
}
