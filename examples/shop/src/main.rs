//! Starts the service: settings, database, rows to begin with, routes.

use std::error::Error;
use std::process::ExitCode;

use orm::debug::DebugLayer;
use shop::limiter::Limiter;
use shop::routes::router;
use shop::seed;
use shop::serve::{listen, serve};
use shop::settings::{SettingError, Settings};
use shop::state::Shop;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shop: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env()?;
    log_to_stderr(&settings)?;
    let db = orm::connect_with(&settings.database_url, |pool| settings.pool(pool)).await?;
    seed::create_tables(&db).await?;
    if settings.seed {
        seed::fill_if_empty(&db).await?;
    }
    let shop = Shop::new(db.clone()).limited_by(Limiter::new(&settings)?);
    let mut app = router(shop);
    if settings.debug_page {
        app = app.layer(DebugLayer::new().database(&db));
    }
    let listener = listen(settings.address)?;
    // On the standard output, and alone there, for programs that start this one with port 0.
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, app, settings.grace).await?;
    // Only now: the last requests needed it.
    db.close().await;
    tracing::info!("ended");
    Ok(())
}

fn log_to_stderr(settings: &Settings) -> Result<(), SettingError> {
    let wanted: Targets = settings
        .log
        .parse()
        .map_err(|_| SettingError::new("SHOP_LOG", "must be such as `info` or `warn,orm::sql=debug`"))?;
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(log.with_filter(wanted)).init();
    Ok(())
}
