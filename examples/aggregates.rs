//! Counting, adding up and grouping the sales of a small shop: `cargo run --example aggregates`.
//!
//! On a server: `cargo run --example aggregates --features postgres -- --url postgres://user:password@localhost/shop`
//! (for MySQL or MariaDB `--features mysql` and a `mysql://` URL).

use orm::AnyDatabase;
use orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "aggregates_customer")]
pub struct Customer {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100, unique)]
    pub name: String,
    #[field(max_length = 50)]
    pub city: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "aggregates_sale")]
pub struct Sale {
    #[field(primary_key)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub customer: ForeignKey<Customer>,
    #[field(max_length = 50)]
    pub product: String,
    pub pieces: i64,
    pub cents: i64,
    pub stars: Option<i32>,
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let db = orm::connect(&url_argument()).await?;
    println!("Sales on {}\n", db.dialect().name());
    db.drop_tables(models![Sale, Customer]).await?;
    db.create_tables(models![Customer, Sale]).await?;
    fill(&db).await?;

    all_sales(&db).await?;
    by_product(&db).await?;
    by_city(&db).await?;
    groups_of_groups(&db).await?;
    beside_customers(&db).await?;

    db.drop_tables(models![Sale, Customer]).await
}

async fn fill(db: &AnyDatabase) -> orm::Result<()> {
    let mut customers = Vec::new();
    for (name, city) in [("Ann", "Riga"), ("Bob", "Oslo"), ("Cleo", "Riga"), ("Dan", "Oslo")] {
        customers.push(Customer::objects().create(db, |c| c.name(name).city(city)).await?);
    }
    for (customer, product, pieces, cents, stars) in [
        (0, "Tea", 3, 499, Some(5)),
        (0, "Kettle", 1, 4900, Some(4)),
        (1, "Tea", 1, 499, None),
        (2, "Spoon", 12, 125, Some(2)),
        (2, "Tea", 2, 450, Some(4)),
    ] {
        Sale::objects()
            .create(db, |s| {
                s.customer(&customers[customer]).product(product).pieces(pieces).cents(cents).stars(stars)
            })
            .await?;
    }
    Ok(())
}

/// An expression that is used in several places is a function.
fn turnover(s: SaleFields) -> Expr<Sale, i64> {
    s.cents * s.pieces
}

async fn all_sales(db: &AnyDatabase) -> orm::Result<()> {
    println!("1. `aggregate` answers about all rows at once.");
    let (sales, rated, mean, total) = Sale::objects()
        .aggregate(db, |s| (count_rows(), s.stars.count(), s.stars.avg(), turnover(s).sum()))
        .await?;
    println!(
        "   {sales} sales worth {}, {rated} of them rated, with {} stars on average",
        money(total),
        mean.unwrap_or_default()
    );
    let (customers, big) = Sale::objects()
        .aggregate(db, |s| (s.customer.count().distinct(), count_rows().filter(s.pieces.gt(2))))
        .await?;
    println!("   {customers} customers have bought something; {big} sales were of more than two pieces");
    let nothing = Sale::objects().filter(|s| s.product.eq("Sofa"));
    let (unknown, zero) = nothing.aggregate(db, |s| (s.pieces.sum(), s.pieces.sum().default(0))).await?;
    println!("   of no rows a sum is {unknown:?}, and with a default {zero}\n");
    Ok(())
}

async fn by_product(db: &AnyDatabase) -> orm::Result<()> {
    println!("2. Columns beside aggregates are the groups.");
    let products = Sale::objects()
        .values(|s| (s.product, count_rows(), s.pieces.sum(), turnover(s).sum()))
        .order_by(|s| turnover(s).sum().desc());
    println!("   {}", products.clone().sql(db.dialect())?);
    for (product, sales, pieces, total) in products.all(db).await? {
        println!(
            "   {product:8} {sales} sales, {:>2} pieces, {:>6}",
            pieces.unwrap_or_default(),
            money(total)
        );
    }
    println!();
    Ok(())
}

async fn by_city(db: &AnyDatabase) -> orm::Result<()> {
    println!("3. `filter` chooses rows, `having` chooses groups; a path groups by a related row.");
    let cities = Sale::objects()
        .filter(|s| s.product.ne("Kettle"))
        .values(|s| (s.customer.city, turnover(s).sum()))
        .having(|s| turnover(s).sum().gt(1_000))
        .order_by(|s| s.customer.city);
    println!("   {}", cities.clone().sql(db.dialect())?);
    for (city, total) in cities.all(db).await? {
        println!("   {city:8} {:>6} without kettles", money(total));
    }
    println!();
    Ok(())
}

async fn groups_of_groups(db: &AnyDatabase) -> orm::Result<()> {
    println!("4. The columns of groups can be aggregated once more.");
    let per_customer = Sale::objects().values(|s| (s.customer, turnover(s).sum()));
    let (customers, best) =
        per_customer.aggregate(db, |(customer, total)| (customer.count(), total.max())).await?;
    println!("   of {customers} customers the best has bought for {}\n", money(best));
    Ok(())
}

async fn beside_customers(db: &AnyDatabase) -> orm::Result<()> {
    println!("5. What belongs to a row's related rows is a subquery: customers without any are there, too.");
    let customers = Customer::objects()
        .filter(|c| c.city.eq("Oslo") | spent(c).gt(2_000))
        .annotate(spent)
        .order_by(|c| (spent(c).desc(), c.name));
    for (customer, total) in customers.all(db).await? {
        println!("   {:8} {:>6}", customer.name, money(Some(total)));
    }
    Ok(())
}

/// What a customer has spent, in cents; 0 without a sale.
fn spent(c: CustomerFields) -> Expr<Free, i64> {
    let own = Sale::objects().filter(|s| s.customer.id.eq(c.id.outer()));
    subquery(own.values(|s| turnover(s).sum())).coalesce(0)
}

fn money(cents: Option<i64>) -> String {
    let cents = cents.unwrap_or_default();
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn url_argument() -> String {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--url"), Some(url)) => url,
        (None, _) => "sqlite::memory:".to_owned(),
        _ => {
            eprintln!("usage: aggregates [--url sqlite:…|postgres://…|mysql://…]");
            std::process::exit(2);
        }
    }
}
