//! A small shop with the debug layer, for the tests to ask.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use orm::debug::DebugLayer;
use orm::prelude::*;
use orm::sqlite::Sqlite;

#[derive(Model, Debug, Clone)]
#[model(has_many(products = Product::maker))]
pub struct Maker {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
pub struct Product {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    pub price: i32,
    pub maker: ForeignKey<Maker>,
}

/// A name that would do harm if it were not escaped.
pub const ODD_NAME: &str = "<script>alert('tea')</script>";

pub type Db = orm::Database<Sqlite>;

/// A database with a few makers and their products.
pub async fn database() -> Db {
    let db = orm::sqlite::connect("sqlite::memory:").await.expect("a database");
    db.create_tables(models![Maker, Product]).await.expect("tables");
    for (at, name) in ["Golden Teas", "Northern Mugs", ODD_NAME].into_iter().enumerate() {
        let maker = Maker::objects().create(&db, |m| m.name(name)).await.expect("a maker");
        for number in 0..4 {
            let (name, price) =
                (format!("{name} No. {number}"), i32::try_from(at * 100 + number * 7).unwrap_or(0));
            let created = Product::objects().create(&db, |p| p.name(name).price(price).maker(&maker)).await;
            created.expect("a product");
        }
    }
    db
}

/// The shop, behind the layer.
pub fn app(db: Db, layer: DebugLayer) -> Router {
    Router::new()
        .route("/products", get(products))
        .route("/products/{id}", get(product))
        .route("/named/{name}", get(named))
        .route("/report", get(report))
        .route("/broken", get(broken))
        .route("/streamed", get(streamed))
        .route("/empty", get(|| async { "" }))
        .layer(layer)
        .with_state(Arc::new(db))
}

type Answer = Result<String, (StatusCode, String)>;

fn failed(error: impl Into<orm::Error>) -> (StatusCode, String) {
    let error = error.into();
    let status = match &error {
        orm::Error::DoesNotExist { .. } => StatusCode::NOT_FOUND,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, error.to_string())
}

/// A query for each row: what the page is to find.
async fn products(State(db): State<Arc<Db>>) -> Answer {
    let mut text = String::new();
    let cheap = Product::objects().filter(|p| p.price.lt(150)).order_by(|p| p.name);
    for product in cheap.all(&*db).await.map_err(failed)? {
        let maker = Maker::objects().pk(*product.maker.key()).get(&*db).await.map_err(failed)?;
        text.extend([&product.name, " by ", &maker.name, "\n"]);
    }
    Ok(text)
}

async fn product(State(db): State<Arc<Db>>, Path(id): Path<i64>) -> Answer {
    let product = Product::objects().pk(id).select_related(|p| p.maker).get(&*db).await.map_err(failed)?;
    Ok(product.name.clone())
}

async fn named(State(db): State<Arc<Db>>, Path(name): Path<String>) -> Answer {
    let count = Product::objects().filter(|p| p.name.eq(name)).count(&*db).await;
    count.map(|count| count.to_string()).map_err(failed)
}

async fn report(State(db): State<Arc<Db>>) -> Answer {
    let counted = db
        .atomic(async |tx| {
            let makers = Maker::objects().count(tx).await?;
            let products = Product::objects().filter(|p| p.price.ge(100)).count(tx).await?;
            tokio::time::sleep(Duration::from_millis(4)).await;
            Product::objects().filter(|p| p.price.eq(0)).update(tx, |p| p.price.set(1)).await?;
            Ok::<_, orm::Error>(format!("{makers} {products}"))
        })
        .await;
    counted.map_err(failed)
}

async fn broken(State(db): State<Arc<Db>>) -> Answer {
    let twice = Maker::objects().create(&*db, |m| m.id(1).name("again")).await;
    twice.map(|maker| maker.name).map_err(failed)
}

/// Asks the database while its body is read.
async fn streamed(State(db): State<Arc<Db>>) -> Body {
    let counting = async move {
        let count = Product::objects().count(&*db).await.unwrap_or(0);
        Ok::<_, Infallible>(count.to_string())
    };
    Body::from_stream(futures_util::stream::once(counting))
}
