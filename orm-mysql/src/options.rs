//! Where to connect and how: a typed builder, also read from a URL.

mod url;

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use orm_core::backend::{Observed, PoolOptions};

/// Connection options of MySQL and MariaDB.
///
/// ```
/// use orm_mysql::MySqlOptions;
///
/// let options = MySqlOptions::new("localhost", "shop").user("web").password("secret");
/// assert!(!format!("{options:?}").contains("secret"));
/// ```
#[derive(Clone)]
pub struct MySqlOptions {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) socket: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) database: Option<String>,
    pub(crate) tls: Option<TlsMode>,
    pub(crate) root_certificate: Option<PathBuf>,
    pub(crate) idle_in_transaction_timeout: Option<Duration>,
    pub(crate) pool: PoolOptions,
}

/// How the way to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsMode {
    /// Not at all. The default for a unix socket and for a loopback address.
    Off,
    /// Encrypted, but to whomever answers: a weakening that has to be asked for.
    RequireUnverified,
    /// Encrypted; the certificate is checked, the name in it is not.
    VerifyCa,
    /// Encrypted; certificate and host name are checked. The default for every other host.
    VerifyFull,
}

/// A text that is never shown.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl MySqlOptions {
    /// The server at `host`, port 3306, and a database on it.
    pub fn new(host: impl Into<String>, database: impl Into<String>) -> Self {
        MySqlOptions {
            host: host.into(),
            port: 3306,
            socket: None,
            user: None,
            password: None,
            database: Some(database.into()),
            tls: None,
            root_certificate: None,
            idle_in_transaction_timeout: None,
            pool: PoolOptions::default(),
        }
    }

    /// Options from `mysql://user:password@host:port/database` (also `mariadb://`).
    ///
    /// Special characters in a name or password are percent-encoded. Parameters, all optional:
    ///
    /// | parameter | value |
    /// |---|---|
    /// | `ssl-mode` | `disabled`, `required` (not verified), `verify_ca`, `verify_identity` |
    /// | `ssl-ca` | file with the root certificates to trust (PEM) |
    /// | `socket` | path of a unix socket |
    /// | `pool_size`, `max_overflow`, `statement_cache` | a number |
    /// | `max_age`, `health_check_after`, `statement_timeout`, `slow_query_after`, `long_transaction_after` | `500ms`, `30s`, `5m`, `1h` or `off` |
    /// | `idle_in_transaction_timeout` | the same, on MariaDB |
    /// | `acquire_timeout`, `connect_timeout` | `500ms`, `30s`, `5m`, `1h` |
    /// | `many_rows_from`, `max_rows`, `max_value_bytes` | a number, or `off` |
    ///
    /// # Errors
    /// The URL is malformed, or a parameter is unknown or has an unusable value. What is reported never repeats the URL.
    pub fn from_url(url: &str) -> orm_core::Result<Self> {
        url::parse(url)
    }

    /// Another host.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// Another port than 3306.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// A unix socket instead of host and port.
    #[must_use]
    pub fn unix_socket(mut self, path: impl Into<String>) -> Self {
        self.socket = Some(path.into());
        self
    }

    /// The user's name.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// The user's password; it is never shown again.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(Secret(password.into()));
        self
    }

    /// Another database.
    #[must_use]
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// How the way to the server is protected, instead of what fits the host.
    #[must_use]
    pub fn tls(mut self, mode: TlsMode) -> Self {
        self.tls = Some(mode);
        self
    }

    /// Root certificates to trust (PEM), instead of those of the web.
    #[must_use]
    pub fn root_certificate(mut self, path: impl AsRef<Path>) -> Self {
        self.root_certificate = Some(path.as_ref().to_owned());
        self
    }

    /// How long a transaction may wait for its next statement before the server ends it: MariaDB's
    /// `idle_transaction_timeout`, which counts whole seconds. By default it waits for ever. MySQL has no such limit, and
    /// connecting to it with one is [`Error::Unsupported`](orm_core::Error::Unsupported).
    #[must_use]
    pub fn idle_in_transaction_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.idle_in_transaction_timeout = timeout.into();
        self
    }

    /// The pool's settings.
    #[must_use]
    pub fn pool(mut self, pool: PoolOptions) -> Self {
        self.pool = pool;
        self
    }

    /// The pool's settings as they are now.
    pub fn pool_options(&self) -> &PoolOptions {
        &self.pool
    }

    /// What events tell of it.
    pub(crate) fn observed(&self) -> Observed {
        let mut observed = Observed::new(&self.pool);
        if let Some(database) = &self.database {
            observed = observed.with_namespace(database.as_str());
        }
        match &self.socket {
            Some(path) => observed.with_server(path.as_str(), None),
            None => observed.with_server(self.host.as_str(), Some(self.port)),
        }
    }

    /// Where it connects to, without secrets.
    pub(crate) fn target(&self) -> String {
        let database = self.database.as_deref().unwrap_or_default();
        match &self.socket {
            Some(path) => format!("mysql at {path}, database `{database}`"),
            None if self.host.contains(':') => format!("mysql://[{}]:{}/{database}", self.host, self.port),
            None => format!("mysql://{}:{}/{database}", self.host, self.port),
        }
    }

    /// The mode asked for, or the one that fits the host.
    pub(crate) fn tls_mode(&self) -> TlsMode {
        match self.tls {
            Some(mode) => mode,
            None if self.is_local() => TlsMode::Off,
            None => TlsMode::VerifyFull,
        }
    }

    /// Whether the way to the server stays on this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.socket.is_some()
            || self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Debug for MySqlOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySqlOptions")
            .field("target", &self.target())
            .field("user", &self.user)
            .field("password", &self.password)
            .field("tls", &self.tls_mode())
            .field("root_certificate", &self.root_certificate)
            .field("idle_in_transaction_timeout", &self.idle_in_transaction_timeout)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_hosts_are_verified_by_default() {
        for local in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"] {
            assert_eq!(MySqlOptions::new(local, "d").tls_mode(), TlsMode::Off, "{local}");
        }
        for remote in ["db.example.org", "10.0.0.1", "localhost.example.org", "::2"] {
            assert_eq!(MySqlOptions::new(remote, "d").tls_mode(), TlsMode::VerifyFull, "{remote}");
        }
        assert_eq!(MySqlOptions::new("db", "d").unix_socket("/run/mysqld.sock").tls_mode(), TlsMode::Off);
        assert_eq!(MySqlOptions::new("db", "d").tls(TlsMode::Off).tls_mode(), TlsMode::Off);
    }

    #[test]
    fn debug_shows_no_password() {
        let options = MySqlOptions::new("db", "d").user("me").password("canary");
        assert!(!format!("{options:?} {options:#?} {}", options.target()).contains("canary"));
    }
}
