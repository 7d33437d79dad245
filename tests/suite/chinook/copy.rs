//! All of Chinook from SQLite to another database, by orm alone: rows are streamed from one and inserted into the other.

use std::path::Path;
use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt};
use orm::backend::Executor;
use orm::prelude::*;

use super::models::*;
use super::script;
use crate::support::Db;

/// Rows under way at once: as many as the test's pool has connections.
const AT_ONCE: usize = 4;

/// Creates the tables and copies the rows; `false` (said on stderr) where orm is built without SQLite.
#[cfg(feature = "sqlite")]
pub async fn from_sqlite(folder: &Path, db: &Db) -> bool {
    let sqlite = orm::sqlite::connect("sqlite::memory:").await.expect("SQLite opens");
    sqlite.batch(&script::read(folder, "sqlite.sql")).await.expect("the script loads");
    let tables = models![
        Artist,
        Album,
        Genre,
        MediaType,
        Track,
        Playlist,
        PlaylistTrack,
        Employee,
        Customer,
        Invoice,
        InvoiceLine
    ];
    db.create_tables(tables).await.expect("the tables are created");

    let started = Instant::now();
    let mut rows = 0;
    // An employee's superior comes before the employee.
    for employee in Employee::objects().order_by(|e| e.id).all(&sqlite).await.expect("the employees") {
        employee.clone().save(db).await.expect("an employee is saved");
        rows += 1;
    }
    rows += table(&sqlite, db, |row: Artist| NewArtist { id: Some(row.id), name: row.name }).await;
    rows +=
        table(&sqlite, db, |row: Album| NewAlbum { id: Some(row.id), title: row.title, artist: row.artist })
            .await;
    rows += table(&sqlite, db, |row: Genre| NewGenre { id: Some(row.id), name: row.name }).await;
    rows += table(&sqlite, db, |row: MediaType| NewMediaType { id: Some(row.id), name: row.name }).await;
    rows += table(&sqlite, db, |row: Playlist| NewPlaylist { id: Some(row.id), name: row.name }).await;
    rows += table(&sqlite, db, new_track).await;
    rows += table(&sqlite, db, |row: PlaylistTrack| NewPlaylistTrack {
        playlist: row.playlist,
        track: row.track,
    })
    .await;
    rows += table(&sqlite, db, new_customer).await;
    rows += table(&sqlite, db, new_invoice).await;
    rows += table(&sqlite, db, |row| new_invoice_line(&row)).await;
    eprintln!("{rows} rows copied in {:?}", started.elapsed());
    true
}

#[cfg(not(feature = "sqlite"))]
pub async fn from_sqlite(_folder: &Path, _db: &Db) -> bool {
    eprintln!("skipped: the rows are copied from SQLite, which is not among the features");
    false
}

/// Copies a table; the number of its rows.
async fn table<M: orm::Model<New: Send> + Clone + PartialEq + std::fmt::Debug>(
    from: &impl Executor,
    to: &Db,
    new: impl Fn(M) -> M::New,
) -> usize {
    let copied = QuerySet::<M>::new().stream(from).map(|row| {
        row.map(|row| {
            let insert = QuerySet::<M>::new().insert(to, new(row.clone()));
            async move {
                assert_eq!(insert.await.expect("a row is inserted"), row, "a row is inserted as it was read");
                Ok::<usize, orm::Error>(1)
            }
        })
    });
    copied
        .try_buffer_unordered(AT_ONCE)
        .try_fold(0, async |sum, row| Ok(sum + row))
        .await
        .expect("the rows are read")
}

fn new_track(row: Track) -> NewTrack {
    NewTrack {
        id: Some(row.id),
        name: row.name,
        album: row.album,
        media_type: row.media_type,
        genre: row.genre,
        composer: row.composer,
        milliseconds: row.milliseconds,
        bytes: row.bytes,
        unit_price: row.unit_price,
    }
}

fn new_customer(row: Customer) -> NewCustomer {
    NewCustomer {
        id: Some(row.id),
        first_name: row.first_name,
        last_name: row.last_name,
        company: row.company,
        address: row.address,
        city: row.city,
        state: row.state,
        country: row.country,
        postal_code: row.postal_code,
        phone: row.phone,
        fax: row.fax,
        email: row.email,
        support_rep: row.support_rep,
    }
}

fn new_invoice(row: Invoice) -> NewInvoice {
    NewInvoice {
        id: Some(row.id),
        customer: row.customer,
        date: row.date,
        billing_address: row.billing_address,
        billing_city: row.billing_city,
        billing_state: row.billing_state,
        billing_country: row.billing_country,
        billing_postal_code: row.billing_postal_code,
        total: row.total,
    }
}

fn new_invoice_line(row: &InvoiceLine) -> NewInvoiceLine {
    NewInvoiceLine {
        id: Some(row.id),
        invoice: row.invoice,
        track: row.track,
        unit_price: row.unit_price,
        quantity: row.quantity,
    }
}
