//! What is loaded with rows, and what is asked about related rows: the answers of plain SQL, in a known number of
//! statements.

use orm::prelude::*;

use super::models::*;
use super::plain::{Answer, Plain, cell};
use super::questions::{Text, same};
use crate::support::{Db, in_statements};

/// A line of an answer.
macro_rules! line {
    ($($value:expr),+) => { vec![$(cell($value.text())),+] };
}

pub async fn ask_all(db: &Db, plain: &mut Plain) {
    // Boxed: the state of so many statements in one function is large.
    Box::pin(albums_with_artists(db, plain)).await;
    Box::pin(tracks_with_all_they_point_at(db, plain)).await;
    Box::pin(playlists_with_tracks(db, plain)).await;
    Box::pin(the_employee_tree(db, plain)).await;
    Box::pin(invoices(db, plain)).await;
    Box::pin(some_of_each(db, plain)).await;
    Box::pin(conditions(db, plain)).await;
    Box::pin(values(db, plain)).await;
}

async fn albums_with_artists(db: &Db, plain: &mut Plain) {
    let sql = r#"SELECT a."AlbumId", a."Title", r."ArtistId", r."Name" FROM "Album" a
        JOIN "Artist" r ON r."ArtistId" = a."ArtistId" ORDER BY a."AlbumId""#;
    let albums = Album::objects().select_related(|a| a.artist).order_by(|a| a.id);
    let albums = in_statements(1, albums.all(db)).await.unwrap();
    let answer = albums.iter().map(|a| line![a.id, a.title, a.artist().id, a.artist().name]).collect();
    same(plain, sql, answer).await;

    let albums = Album::objects().prefetch_related(|a| a.artist).order_by(|a| a.id);
    let albums = in_statements(2, albums.all(db)).await.unwrap();
    let artist = |a: &AlbumWith<_>| Option::<Artist>::clone(a.artist()).expect("an artist");
    let answer =
        albums.iter().map(|a| (a, artist(a))).map(|(a, r)| line![a.id, a.title, r.id, r.name]).collect();
    same(plain, sql, answer).await;

    // From the other side, with nothing for artists without albums.
    let artists = Artist::objects().prefetch_related(|a| a.albums.order_by(|a| a.id)).order_by(|a| a.id);
    let artists = in_statements(2, artists.all(db)).await.unwrap();
    let sql = r#"SELECT r."ArtistId", a."AlbumId", a."Title" FROM "Artist" r
        LEFT JOIN "Album" a ON r."ArtistId" = a."ArtistId" ORDER BY r."ArtistId", a."AlbumId""#;
    let mut answer = Answer::new();
    for artist in &artists {
        if artist.albums().is_empty() {
            answer.push(line![artist.id, None::<i32>, None::<i32>]);
        }
        answer.extend(artist.albums().iter().map(|album| line![artist.id, album.id, album.title]));
    }
    same(plain, sql, answer).await;
}

async fn tracks_with_all_they_point_at(db: &Db, plain: &mut Plain) {
    let tracks = Track::objects()
        .select_related(|t| (t.album.select_related(|a| a.artist), t.genre, t.media_type))
        .order_by(|t| t.id);
    let tracks = in_statements(1, tracks.all(db)).await.unwrap();
    let sql = r#"SELECT t."TrackId", t."Name", a."Title", r."Name", g."Name", m."Name" FROM "Track" t
        LEFT JOIN "Album" a ON a."AlbumId" = t."AlbumId" LEFT JOIN "Artist" r ON r."ArtistId" = a."ArtistId"
        LEFT JOIN "Genre" g ON g."GenreId" = t."GenreId" JOIN "MediaType" m ON m."MediaTypeId" = t."MediaTypeId"
        ORDER BY t."TrackId""#;
    let answer = tracks
        .iter()
        .map(|t| {
            let album = t.album().as_ref();
            line![
                t.id,
                t.name,
                album.map(|album| album.title.clone()),
                album.and_then(|album| album.artist().name.clone()),
                t.genre().as_ref().and_then(|genre| genre.name.clone()),
                t.media_type().name
            ]
        })
        .collect();
    same(plain, sql, answer).await;
}

async fn playlists_with_tracks(db: &Db, plain: &mut Plain) {
    let playlists = Playlist::objects()
        .prefetch_related(|p| p.tracks.order_by(|t| t.id).select_related(|t| t.genre))
        .order_by(|p| p.id);
    let playlists = in_statements(2, playlists.all(db)).await.unwrap();
    let sql = r#"SELECT p."PlaylistId", t."TrackId", t."Name", g."Name" FROM "Playlist" p
        JOIN "PlaylistTrack" b ON b."PlaylistId" = p."PlaylistId" JOIN "Track" t ON t."TrackId" = b."TrackId"
        LEFT JOIN "Genre" g ON g."GenreId" = t."GenreId" ORDER BY p."PlaylistId", t."TrackId""#;
    let answer = playlists
        .iter()
        .flat_map(|p| {
            p.tracks()
                .iter()
                .map(|t| line![p.id, t.id, t.name, t.genre().as_ref().and_then(|genre| genre.name.clone())])
        })
        .collect();
    same(plain, sql, answer).await;

    // The other side.
    let tracks = Track::objects()
        .filter(|t| t.name.startswith("A"))
        .prefetch_related(|t| t.playlists.order_by(|p| p.id.desc()))
        .order_by(|t| t.id);
    let tracks = in_statements(2, tracks.all(db)).await.unwrap();
    let sql = r#"SELECT t."TrackId", p."PlaylistId", p."Name" FROM "Track" t
        JOIN "PlaylistTrack" b ON b."TrackId" = t."TrackId" JOIN "Playlist" p ON b."PlaylistId" = p."PlaylistId"
        WHERE SUBSTR(t."Name", 1, 1) = 'A' ORDER BY t."TrackId", p."PlaylistId" DESC"#;
    let answer =
        tracks.iter().flat_map(|t| t.playlists().iter().map(|p| line![t.id, p.id, p.name])).collect();
    if !matches!(plain, Plain::MySql(_)) {
        // MySQL's own comparison takes letters with accents, too.
        same(plain, sql, answer).await;
    }
}

async fn the_employee_tree(db: &Db, plain: &mut Plain) {
    let top = Employee::objects().filter(|e| e.reports_to.is_null()).prefetch_related(|e| {
        e.reports.order_by(|e| e.id).prefetch_related(|e| {
            e.reports.order_by(|e| e.id).prefetch_related(|e| e.customers.order_by(|c| c.id).limit(2))
        })
    });
    let top = in_statements(4, top.get(db)).await.unwrap();
    let mut answer = Answer::new();
    for middle in top.reports() {
        for employee in middle.reports() {
            assert!(employee.customers().len() <= 2);
            answer.push(line![
                top.last_name,
                middle.last_name,
                employee.last_name,
                employee.customers().len().min(2)
            ]);
        }
    }
    let sql = r#"SELECT t."LastName", m."LastName", e."LastName",
            CASE WHEN (SELECT COUNT(*) FROM "Customer" c WHERE c."SupportRepId" = e."EmployeeId") > 2 THEN 2 ELSE
            (SELECT COUNT(*) FROM "Customer" c WHERE c."SupportRepId" = e."EmployeeId") END
        FROM "Employee" e JOIN "Employee" m ON m."EmployeeId" = e."ReportsTo"
        JOIN "Employee" t ON t."EmployeeId" = m."ReportsTo" ORDER BY m."EmployeeId", e."EmployeeId""#;
    same(plain, sql, answer).await;

    let employees = Employee::objects().select_related(|e| e.reports_to.reports_to).order_by(|e| e.id);
    let employees = in_statements(1, employees.all(db)).await.unwrap();
    let sql = r#"SELECT e."EmployeeId", m."LastName", t."LastName" FROM "Employee" e
        LEFT JOIN "Employee" m ON m."EmployeeId" = e."ReportsTo"
        LEFT JOIN "Employee" t ON t."EmployeeId" = m."ReportsTo" ORDER BY e."EmployeeId""#;
    let answer = employees
        .iter()
        .map(|e| {
            let middle = e.reports_to().as_ref();
            let top = middle.and_then(|middle| middle.reports_to().as_ref());
            line![e.id, middle.map(|middle| middle.last_name.clone()), top.map(|top| top.last_name.clone())]
        })
        .collect();
    same(plain, sql, answer).await;
}

async fn invoices(db: &Db, plain: &mut Plain) {
    let invoices = Invoice::objects()
        .filter(|i| i.total.gt(Decimal::new(800, 2)))
        .select_related(|i| i.customer.support_rep)
        .prefetch_related(|i| i.lines.order_by(|l| l.id).select_related(|l| l.track.album.artist))
        .order_by(|i| i.id);
    let invoices = in_statements(2, invoices.all(db)).await.unwrap();
    let sql = r#"SELECT i."InvoiceId", c."LastName", e."LastName", l."InvoiceLineId", l."UnitPrice", t."Name", r."Name"
        FROM "Invoice" i JOIN "Customer" c ON c."CustomerId" = i."CustomerId"
        LEFT JOIN "Employee" e ON e."EmployeeId" = c."SupportRepId"
        JOIN "InvoiceLine" l ON l."InvoiceId" = i."InvoiceId" JOIN "Track" t ON t."TrackId" = l."TrackId"
        LEFT JOIN "Album" a ON a."AlbumId" = t."AlbumId" LEFT JOIN "Artist" r ON r."ArtistId" = a."ArtistId"
        WHERE i."Total" > 8 ORDER BY i."InvoiceId", l."InvoiceLineId""#;
    let mut answer = Answer::new();
    for invoice in &invoices {
        let customer = invoice.customer();
        let rep = customer.support_rep().as_ref().map(|rep| rep.last_name.clone());
        for l in invoice.lines() {
            let artist = l.track().album().as_ref().and_then(|album| album.artist().name.clone());
            answer.push(line![
                invoice.id,
                customer.last_name,
                rep,
                l.id,
                l.unit_price,
                l.track().name,
                artist
            ]);
        }
    }
    same(plain, sql, answer).await;
}

async fn some_of_each(db: &Db, plain: &mut Plain) {
    // The two largest invoices of each customer, the second of which may be as large as the third.
    let customers = Customer::objects()
        .prefetch_related(|c| c.invoices.order_by(|i| (i.total.desc(), i.id)).limit(2))
        .order_by(|c| c.id);
    let customers = in_statements(2, customers.all(db)).await.unwrap();
    let sql = r#"SELECT n."CustomerId", n."InvoiceId", n."Total" FROM (SELECT i."CustomerId", i."InvoiceId", i."Total",
            ROW_NUMBER() OVER (PARTITION BY i."CustomerId" ORDER BY i."Total" DESC, i."InvoiceId") AS n
        FROM "Invoice" i) n WHERE n.n <= 2 ORDER BY n."CustomerId", n.n"#;
    let answer =
        customers.iter().flat_map(|c| c.invoices().iter().map(|i| line![c.id, i.id, i.total])).collect();
    same(plain, sql, answer).await;
}

async fn conditions(db: &Db, plain: &mut Plain) {
    let artists = Artist::objects()
        .filter(|a| {
            a.albums.any(|a| {
                a.tracks.any(|t| t.genre.name.eq("Jazz")) & a.tracks.all(|t| t.unit_price.lt(Decimal::ONE))
            })
        })
        .order_by(|a| a.id);
    let artists = in_statements(1, artists.all(db)).await.unwrap();
    let sql = r#"SELECT DISTINCT r."ArtistId", r."Name" FROM "Artist" r JOIN "Album" a ON a."ArtistId" = r."ArtistId"
        WHERE a."AlbumId" IN (SELECT t."AlbumId" FROM "Track" t JOIN "Genre" g ON g."GenreId" = t."GenreId"
            WHERE g."Name" = 'Jazz')
        AND a."AlbumId" NOT IN (SELECT t."AlbumId" FROM "Track" t WHERE t."UnitPrice" >= 1)
        ORDER BY r."ArtistId""#;
    same(plain, sql, artists.iter().map(|a| line![a.id, a.name]).collect()).await;

    let playlists = Playlist::objects()
        .filter(|p| p.tracks.any(|t| t.album.artist.name.eq("Iron Maiden") & t.lines.exists()))
        .order_by(|p| p.id);
    let playlists = in_statements(1, playlists.all(db)).await.unwrap();
    let sql = r#"SELECT DISTINCT p."PlaylistId", p."Name" FROM "Playlist" p
        JOIN "PlaylistTrack" b ON b."PlaylistId" = p."PlaylistId" JOIN "Track" t ON t."TrackId" = b."TrackId"
        JOIN "Album" a ON a."AlbumId" = t."AlbumId" JOIN "Artist" r ON r."ArtistId" = a."ArtistId"
        JOIN "InvoiceLine" l ON l."TrackId" = t."TrackId" WHERE r."Name" = 'Iron Maiden' ORDER BY p."PlaylistId""#;
    same(plain, sql, playlists.iter().map(|p| line![p.id, p.name]).collect()).await;

    let unsold = in_statements(1, Track::objects().filter(|t| t.lines.is_empty()).count(db)).await.unwrap();
    let sql = r#"SELECT COUNT(*) FROM "Track" t LEFT JOIN "InvoiceLine" l ON l."TrackId" = t."TrackId"
        WHERE l."TrackId" IS NULL"#;
    same(plain, sql, vec![line![unsold]]).await;
}

async fn values(db: &Db, plain: &mut Plain) {
    let rows = Customer::objects()
        .values(|c| {
            (c.id, c.invoices.count(), c.invoices.sum(|i| i.total), c.support_rep.reports_to.reports.count())
        })
        .order_by(|c| c.id);
    let rows = in_statements(1, rows.all(db)).await.unwrap();
    let sql = r#"SELECT c."CustomerId",
            (SELECT COUNT(*) FROM "Invoice" i WHERE i."CustomerId" = c."CustomerId"),
            (SELECT SUM(i."Total" * 100) FROM "Invoice" i WHERE i."CustomerId" = c."CustomerId"),
            (SELECT COUNT(*) FROM "Employee" o WHERE o."ReportsTo" = e."ReportsTo")
        FROM "Customer" c LEFT JOIN "Employee" e ON e."EmployeeId" = c."SupportRepId" ORDER BY c."CustomerId""#;
    // In whole cents, so that SQLite's own sum of doubles is exact.
    let cents = |sum: Option<Decimal>| sum.map(|sum| sum * Decimal::ONE_HUNDRED);
    let mut expected = plain.ask(sql).await;
    for row in &mut expected {
        row[2] = cell(Some(row[2].parse::<Decimal>().expect("a sum").round().to_string()));
    }
    let answer: Answer = rows
        .into_iter()
        .map(|(id, count, sum, colleagues)| {
            vec![
                cell(id.text()),
                count.to_string(),
                cell(cents(sum).map(|sum| sum.normalize().to_string())),
                colleagues.to_string(),
            ]
        })
        .collect();
    assert_eq!(answer, expected, "{sql}");
}
