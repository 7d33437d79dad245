//! Starts the service.

use std::env;

use shop::state::Shop;
use shop::{routes, seed};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let url = env::var("SHOP_DATABASE_URL").unwrap_or_else(|_| "sqlite:shop.db".into());
    let address = env::var("SHOP_ADDRESS").unwrap_or_else(|_| "127.0.0.1:8000".into());
    let db = orm::connect(&url).await?;
    seed::create_tables(&db).await?;
    seed::fill_if_empty(&db).await?;
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, routes::router(Shop { db: db.clone() })).await?;
    db.close().await;
    Ok(())
}
