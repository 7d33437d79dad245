//! Chinook's eleven tables as models.

use orm::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Artist", has_many(albums = Album::artist))]
pub struct Artist {
    #[field(primary_key, column = "ArtistId")]
    pub id: i32,
    #[field(column = "Name", max_length = 120)]
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Album", has_many(tracks = Track::album))]
pub struct Album {
    #[field(primary_key, column = "AlbumId")]
    pub id: i32,
    #[field(column = "Title", max_length = 160)]
    pub title: String,
    #[field(column = "ArtistId")]
    pub artist: ForeignKey<Artist>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Genre")]
pub struct Genre {
    #[field(primary_key, column = "GenreId")]
    pub id: i32,
    #[field(column = "Name", max_length = 120)]
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "MediaType")]
pub struct MediaType {
    #[field(primary_key, column = "MediaTypeId")]
    pub id: i32,
    #[field(column = "Name", max_length = 120)]
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Track", has_many(playlists = Playlist::tracks, lines = InvoiceLine::track))]
pub struct Track {
    #[field(primary_key, column = "TrackId")]
    pub id: i32,
    #[field(column = "Name", max_length = 200)]
    pub name: String,
    #[field(column = "AlbumId")]
    pub album: Option<ForeignKey<Album>>,
    #[field(column = "MediaTypeId")]
    pub media_type: ForeignKey<MediaType>,
    #[field(column = "GenreId")]
    pub genre: Option<ForeignKey<Genre>>,
    #[field(column = "Composer", max_length = 220)]
    pub composer: Option<String>,
    #[field(column = "Milliseconds")]
    pub milliseconds: i32,
    #[field(column = "Bytes")]
    pub bytes: Option<i32>,
    #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
    pub unit_price: Decimal,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Playlist", many_to_many(tracks: Track, through = PlaylistTrack(playlist, track)))]
pub struct Playlist {
    #[field(primary_key, column = "PlaylistId")]
    pub id: i32,
    #[field(column = "Name", max_length = 120)]
    pub name: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "PlaylistTrack", primary_key(playlist, track))]
pub struct PlaylistTrack {
    #[field(column = "PlaylistId")]
    pub playlist: ForeignKey<Playlist>,
    #[field(column = "TrackId")]
    pub track: ForeignKey<Track>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Employee", has_many(reports = Employee::reports_to, customers = Customer::support_rep))]
pub struct Employee {
    #[field(primary_key, column = "EmployeeId")]
    pub id: i32,
    #[field(column = "LastName", max_length = 20)]
    pub last_name: String,
    #[field(column = "FirstName", max_length = 20)]
    pub first_name: String,
    #[field(column = "Title", max_length = 30)]
    pub title: Option<String>,
    #[field(column = "ReportsTo")]
    pub reports_to: Option<ForeignKey<Employee>>,
    #[field(column = "BirthDate")]
    pub birth_date: Option<NaiveDateTime>,
    #[field(column = "HireDate")]
    pub hire_date: Option<NaiveDateTime>,
    #[field(column = "Address", max_length = 70)]
    pub address: Option<String>,
    #[field(column = "City", max_length = 40)]
    pub city: Option<String>,
    #[field(column = "State", max_length = 40)]
    pub state: Option<String>,
    #[field(column = "Country", max_length = 40)]
    pub country: Option<String>,
    #[field(column = "PostalCode", max_length = 10)]
    pub postal_code: Option<String>,
    #[field(column = "Phone", max_length = 24)]
    pub phone: Option<String>,
    #[field(column = "Fax", max_length = 24)]
    pub fax: Option<String>,
    #[field(column = "Email", max_length = 60)]
    pub email: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Customer", has_many(invoices = Invoice::customer))]
pub struct Customer {
    #[field(primary_key, column = "CustomerId")]
    pub id: i32,
    #[field(column = "FirstName", max_length = 40)]
    pub first_name: String,
    #[field(column = "LastName", max_length = 20)]
    pub last_name: String,
    #[field(column = "Company", max_length = 80)]
    pub company: Option<String>,
    #[field(column = "Address", max_length = 70)]
    pub address: Option<String>,
    #[field(column = "City", max_length = 40)]
    pub city: Option<String>,
    #[field(column = "State", max_length = 40)]
    pub state: Option<String>,
    #[field(column = "Country", max_length = 40)]
    pub country: Option<String>,
    #[field(column = "PostalCode", max_length = 10)]
    pub postal_code: Option<String>,
    #[field(column = "Phone", max_length = 24)]
    pub phone: Option<String>,
    #[field(column = "Fax", max_length = 24)]
    pub fax: Option<String>,
    #[field(column = "Email", max_length = 60)]
    pub email: String,
    #[field(column = "SupportRepId")]
    pub support_rep: Option<ForeignKey<Employee>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Invoice", has_many(lines = InvoiceLine::invoice))]
pub struct Invoice {
    #[field(primary_key, column = "InvoiceId")]
    pub id: i32,
    #[field(column = "CustomerId")]
    pub customer: ForeignKey<Customer>,
    #[field(column = "InvoiceDate")]
    pub date: NaiveDateTime,
    #[field(column = "BillingAddress", max_length = 70)]
    pub billing_address: Option<String>,
    #[field(column = "BillingCity", max_length = 40)]
    pub billing_city: Option<String>,
    #[field(column = "BillingState", max_length = 40)]
    pub billing_state: Option<String>,
    #[field(column = "BillingCountry", max_length = 40)]
    pub billing_country: Option<String>,
    #[field(column = "BillingPostalCode", max_length = 10)]
    pub billing_postal_code: Option<String>,
    #[field(column = "Total", max_digits = 10, decimal_places = 2)]
    pub total: Decimal,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "InvoiceLine")]
pub struct InvoiceLine {
    #[field(primary_key, column = "InvoiceLineId")]
    pub id: i32,
    #[field(column = "InvoiceId")]
    pub invoice: ForeignKey<Invoice>,
    #[field(column = "TrackId")]
    pub track: ForeignKey<Track>,
    #[field(column = "UnitPrice", max_digits = 10, decimal_places = 2)]
    pub unit_price: Decimal,
    #[field(column = "Quantity")]
    pub quantity: i32,
}
