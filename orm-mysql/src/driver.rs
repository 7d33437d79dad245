//! Opening connections, making their session settings, and killing what was abandoned.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mysql_async::prelude::{FromValue, Queryable};
use mysql_async::{Conn, Opts, OptsBuilder, Row};
use orm_core::backend::Driver;
use orm_core::compile::Dialect;
use orm_core::error::DatabaseError;
use orm_core::{Error, Result};
use tokio::sync::Semaphore;

use crate::error::convert;
use crate::features::KnownFeatures;
use crate::options::Secret;
use crate::session::Session;
use crate::types::UuidForm;
use crate::{MySqlOptions, tls};

/// What the servers allow at most; the one at hand says its own limit, which is checked before anything is sent.
const LARGEST_PACKET: usize = 1 << 30;

/// Longer than that, a kill is not worth waiting for: the statement's own time-out ends it.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections opened at once to kill others, so that a burst of dropped futures does not become one of connections.
const KILLS_AT_ONCE: usize = 4;

/// Settings asked for at each connection, in the order of [`ServerFacts`].
const FACTS: &str = "SELECT @@version, @@max_allowed_packet, @@innodb_rollback_on_timeout, \
                     CONCAT(@@hostname, ':', @@port, ':', @@server_id), @@wait_timeout";

/// Which server it is.
const IDENTITY: &str = "SELECT CONCAT(@@hostname, ':', @@port, ':', @@server_id)";

/// Opens connections to one MySQL or MariaDB server.
pub struct MySqlDriver {
    shared: Arc<Shared>,
}

/// What all connections of a driver share.
pub(crate) struct Shared {
    options: MySqlOptions,
    opts: Opts,
    dialect: OnceLock<Dialect>,
    features: KnownFeatures,
    kills: Semaphore,
}

/// What a server says about itself.
#[derive(Clone, Debug)]
pub(crate) struct ServerFacts {
    pub(crate) dialect: Dialect,
    pub(crate) uuid: UuidForm,
    pub(crate) max_packet: usize,
    pub(crate) rollback_on_timeout: bool,
    /// Behind a balancer a connection's number means something on one server only.
    pub(crate) identity: String,
    /// It closes connections that are idle for longer.
    pub(crate) wait_timeout: Duration,
}

impl MySqlDriver {
    /// A driver with these options; nothing is opened yet.
    ///
    /// # Errors
    /// Two options contradict each other.
    pub fn new(options: MySqlOptions) -> Result<Self> {
        let opts = driver_options(&options)?;
        Ok(MySqlDriver {
            shared: Arc::new(Shared {
                options,
                opts,
                dialect: OnceLock::new(),
                features: KnownFeatures::default(),
                kills: Semaphore::new(KILLS_AT_ONCE),
            }),
        })
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }
}

impl Driver for MySqlDriver {
    type Connection = Session;

    async fn connect(&self) -> Result<Session> {
        let known = self.shared.dialect.get().copied();
        let mut conn =
            Conn::new(self.shared.opts.clone()).await.map_err(|error| convert(error, known, None))?;
        let facts = ask_facts(&mut conn).await?;
        let expected = *self.shared.dialect.get_or_init(|| facts.dialect);
        if expected != facts.dialect {
            // SQL was or will be written for the first one.
            let (was, is) = (expected.name(), facts.dialect.name());
            return Err(Error::Config(format!("the server was {was} before and is {is} now").into()));
        }
        let settings = session_settings(facts.dialect, &self.shared.options)?;
        conn.query_drop(settings).await.map_err(|error| convert(error, Some(facts.dialect), None))?;
        Ok(Session::new(conn, facts, self.shared()))
    }

    fn target(&self) -> String {
        self.shared.options.target()
    }
}

impl Shared {
    /// Which of the two servers it is; known after the first connection.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        self.dialect.get().copied()
    }

    /// What the server is known to have.
    pub(crate) fn features(&self) -> &KnownFeatures {
        &self.features
    }

    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        self.options.pool.statement_timeout
    }

    pub(crate) fn database(&self) -> &str {
        self.options.database.as_deref().unwrap_or_default()
    }

    pub(crate) fn statement_cache(&self) -> usize {
        self.options.pool.statement_cache
    }

    /// Ends a connection in the server from another one. MySQL would go on with its statement long after the client left.
    pub(crate) async fn kill(&self, id: u32, identity: &str) {
        let killed = tokio::time::timeout(KILL_TIMEOUT, async {
            // It is never closed; without a permit there would just be one connection more.
            let _turn = self.kills.acquire().await;
            let mut conn = Conn::new(self.opts.clone()).await?;
            let there: Option<Row> = conn.query_first(IDENTITY).await?;
            let there: Option<String> = there.and_then(|mut row| part(&mut row, 0));
            if there.as_deref() == Some(identity) {
                conn.query_drop(format!("KILL CONNECTION {id}")).await?;
            }
            conn.disconnect().await
        });
        match killed.await {
            Ok(Ok(())) => {}
            // 1094: it had ended by itself.
            Ok(Err(mysql_async::Error::Server(error))) if error.code == 1094 => {}
            Ok(Err(error)) => {
                let error = convert(error, self.dialect(), None);
                tracing::warn!(target: "orm", server = self.options.target(), %error, "an abandoned statement was not killed");
            }
            Err(_) => {
                tracing::warn!(target: "orm", server = self.options.target(), "an abandoned statement was not killed in time");
            }
        }
    }
}

impl std::fmt::Debug for MySqlDriver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MySqlDriver").field("options", &self.shared.options).finish_non_exhaustive()
    }
}

fn driver_options(options: &MySqlOptions) -> Result<Opts> {
    if options.root_certificate.is_some() && options.tls == Some(crate::TlsMode::Off) {
        return Err(Error::Config("a root certificate is given, but TLS is off".into()));
    }
    let builder = OptsBuilder::default()
        .ip_or_hostname(options.host.clone())
        .tcp_port(options.port)
        .socket(options.socket.clone())
        .user(options.user.clone())
        .pass(options.password.as_ref().map(Secret::reveal))
        .db_name(options.database.clone())
        .ssl_opts(tls::settings(options))
        .tcp_keepalive(Some(Duration::from_secs(30)))
        // By default it would leave the host asked for and connect again through the socket that the server names.
        .prefer_socket(false)
        // Statements are kept by `Statements`.
        .stmt_cache_size(0)
        // Set, so that it does not ask the server for them: `FACTS` does.
        .max_allowed_packet(Some(LARGEST_PACKET))
        .wait_timeout(Some(28_800))
        .client_found_rows(true);
    Ok(builder.into())
}

async fn ask_facts(conn: &mut Conn) -> Result<ServerFacts> {
    let unsaid = || DatabaseError::connection_lost("the server does not say what it is");
    // Taken apart by hand: the driver's own conversion panics at an answer of another shape.
    let mut answer: Row =
        conn.query_first(FACTS).await.map_err(|error| convert(error, None, None))?.ok_or_else(unsaid)?;
    let version: String = part(&mut answer, 0).ok_or_else(unsaid)?;
    let max_packet: u64 = part(&mut answer, 1).ok_or_else(unsaid)?;
    let rollback_on_timeout: i64 = part(&mut answer, 2).ok_or_else(unsaid)?;
    let identity: String = part(&mut answer, 3).ok_or_else(unsaid)?;
    let wait_timeout: u64 = part(&mut answer, 4).ok_or_else(unsaid)?;
    let dialect =
        if version.to_ascii_lowercase().contains("mariadb") { Dialect::MariaDb } else { Dialect::MySql };
    let uuid = if dialect == Dialect::MariaDb && major_minor(&version) >= (10, 7) {
        UuidForm::Text
    } else {
        UuidForm::Bytes
    };
    Ok(ServerFacts {
        dialect,
        uuid,
        max_packet: usize::try_from(max_packet).unwrap_or(LARGEST_PACKET).min(LARGEST_PACKET),
        rollback_on_timeout: rollback_on_timeout != 0,
        identity,
        wait_timeout: Duration::from_secs(wait_timeout),
    })
}

fn part<T: FromValue>(answer: &mut Row, at: usize) -> Option<T> {
    answer.take_opt(at).and_then(Result::ok)
}

/// `10.11.19-MariaDB-…` is (10, 11). Old replication prefixes a `5.5.5-`.
fn major_minor(version: &str) -> (u32, u32) {
    let version = version.strip_prefix("5.5.5-").unwrap_or(version);
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

fn session_settings(dialect: Dialect, options: &MySqlOptions) -> Result<String> {
    // Divisions by zero and unknown engines are errors, a given key of 0 is 0; `"` starts a text, as the dialect's SQL
    // expects.
    let modes = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_AUTO_VALUE_ON_ZERO,\
                 ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";
    Ok(format!(
        "SET NAMES utf8mb4; SET SESSION time_zone = '+00:00', SESSION sql_mode = '{modes}', \
         SESSION group_concat_max_len = 1073741824, {}{}",
        statement_timeout_setting(dialect, options.pool.statement_timeout),
        idle_in_transaction_setting(dialect, options.idle_in_transaction_timeout)?,
    ))
}

/// How long a transaction may wait for its next statement, in whole seconds: never shorter than was asked for.
fn idle_in_transaction_setting(dialect: Dialect, timeout: Option<Duration>) -> Result<String> {
    match (dialect, timeout) {
        (_, None) => Ok(String::new()),
        (Dialect::MariaDb, Some(timeout)) => {
            let seconds = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
            // The most that the server takes: a year.
            Ok(format!(", SESSION idle_transaction_timeout = {}", seconds.clamp(1, 31_536_000)))
        }
        (_, Some(_)) => Err(Error::Unsupported {
            feature: "`idle_in_transaction_timeout`".into(),
            backend: dialect.name(),
        }),
    }
}

/// The server's own limit for a statement, without one when `None`.
pub(crate) fn statement_timeout_setting(dialect: Dialect, timeout: Option<Duration>) -> String {
    let timeout = timeout.unwrap_or_default();
    match dialect {
        Dialect::MariaDb => {
            format!("SESSION max_statement_time = {}.{:06}", timeout.as_secs(), timeout.subsec_micros())
        }
        _ => format!("SESSION max_execution_time = {}", timeout.as_millis().min(u128::from(u32::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major_minor("10.11.19-MariaDB-0+deb12u1"), (10, 11));
        assert_eq!(major_minor("5.5.5-10.6.2-MariaDB"), (10, 6));
        assert_eq!(major_minor("9.7.4-2"), (9, 7));
        assert_eq!(major_minor(""), (0, 0));
    }

    #[test]
    fn timeouts_have_the_servers_unit() {
        let timeout = Some(Duration::from_millis(1_500));
        assert_eq!(
            statement_timeout_setting(Dialect::MariaDb, timeout),
            "SESSION max_statement_time = 1.500000"
        );
        assert_eq!(statement_timeout_setting(Dialect::MySql, timeout), "SESSION max_execution_time = 1500");
        assert_eq!(statement_timeout_setting(Dialect::MySql, None), "SESSION max_execution_time = 0");
    }

    #[test]
    fn a_limit_for_idle_transactions_is_set_or_refused() {
        let limit = Some(Duration::from_millis(1_500));
        let setting = idle_in_transaction_setting(Dialect::MariaDb, limit).unwrap();
        assert_eq!(setting, ", SESSION idle_transaction_timeout = 2");
        let refused = idle_in_transaction_setting(Dialect::MySql, limit).unwrap_err();
        assert_eq!(refused.to_string(), "MySQL does not support `idle_in_transaction_timeout`");
        assert_eq!(idle_in_transaction_setting(Dialect::MySql, None).unwrap(), "");
    }

    #[test]
    fn debug_shows_no_password() {
        let options = MySqlOptions::from_url("mysql://me:canary@localhost/d").unwrap();
        let driver = MySqlDriver::new(options).unwrap();
        assert!(!format!("{driver:?} {}", driver.target()).contains("canary"));
    }
}
