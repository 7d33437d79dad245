//! Opening connections.

use std::time::Duration;

use deadpool::managed::Manager as _;
use deadpool_postgres::Manager;
use orm_core::Result;
use orm_core::backend::Driver;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::client::PgClient;
use crate::error;
use crate::options::{Host, PostgresOptions, TlsMode};
use crate::tls;

/// Opens connections for the pool.
pub struct PgDriver {
    manager: Manager,
    tls: MakeRustlsConnect,
    target: String,
    statement_timeout: Option<Duration>,
    statement_cache: usize,
}

impl PgDriver {
    /// A driver for these options. Nothing is opened yet.
    ///
    /// # Errors
    /// The options contradict each other, or the certificate file cannot be used.
    pub fn new(options: &PostgresOptions) -> Result<Self> {
        let tls = tls::connector(options)?;
        if options.is_weakened() {
            tracing::warn!(target: "orm", server = %options.target(), "TLS is weakened on the way to another machine");
        }
        Ok(PgDriver {
            manager: Manager::new(config(options)?, tls.clone()),
            tls,
            target: options.target(),
            statement_timeout: options.pool.statement_timeout,
            statement_cache: options.pool.statement_cache,
        })
    }
}

impl Driver for PgDriver {
    type Connection = PgClient;

    async fn connect(&self) -> Result<PgClient> {
        let mut client = self.manager.create().await.map_err(error::of_connect)?;
        // deadpool's list of statement caches would otherwise grow with every connection: ours are our own.
        self.manager.detach(&mut client);
        Ok(PgClient::new(client, self.tls.clone(), self.statement_timeout, self.statement_cache))
    }

    fn target(&self) -> String {
        self.target.clone()
    }
}

fn config(options: &PostgresOptions) -> Result<Config> {
    let mut config = Config::new();
    for (host, port) in &options.hosts {
        match host {
            Host::Name(name) => config.host(name),
            Host::SocketDir(directory) => config.host_path(directory),
        };
        config.port(*port);
    }
    if options.hosts.is_empty() {
        config.host("localhost");
    }
    if let Some(user) = &options.user {
        config.user(user);
    }
    if let Some(password) = &options.password {
        config.password(password.expose());
    }
    if let Some(database) = &options.database {
        config.dbname(database);
    }
    config
        .application_name(options.application_name.as_deref().unwrap_or("orm"))
        .ssl_mode(match options.effective_tls()? {
            TlsMode::Disable => SslMode::Disable,
            TlsMode::RequireUnverified | TlsMode::VerifyFull => SslMode::Require,
        })
        .connect_timeout(options.pool.connect_timeout)
        .keepalives(true)
        .keepalives_idle(Duration::from_secs(30))
        .keepalives_interval(Duration::from_secs(10))
        .keepalives_retries(3)
        .tcp_user_timeout(Duration::from_secs(30))
        .options(session_settings(options));
    Ok(config)
}

/// The session's settings, sent along with the log-in, so they cost no round trip and a `RESET` comes back to them.
/// The client's encoding is UTF-8: tokio-postgres sees to that.
fn session_settings(options: &PostgresOptions) -> String {
    format!(
        "-c TimeZone=UTC -c standard_conforming_strings=on -c DateStyle=ISO -c IntervalStyle=postgres \
         -c statement_timeout={} -c idle_in_transaction_session_timeout={}",
        milliseconds(options.pool.statement_timeout),
        milliseconds(options.idle_in_transaction_timeout),
    )
}

/// A time-out as the server takes it: 0 means never, so a shorter one than it can count becomes 1.
pub(crate) fn milliseconds(limit: Option<Duration>) -> i32 {
    match limit {
        None => 0,
        Some(limit) => i32::try_from(limit.as_millis()).unwrap_or(i32::MAX).max(1),
    }
}
