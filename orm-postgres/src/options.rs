//! Where to connect and how, typed.

use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use orm_core::Result;
use orm_core::backend::{Observed, PoolOptions};
use orm_core::error::Error;

/// How the connection is encrypted.
///
/// The default depends on where the server is: off for a socket or loopback address, [`TlsMode::VerifyFull`] for
/// every other host. There is no mode that silently falls back to plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// Plain text. To another machine everything, rows included, can be read and changed on the way.
    Disable,
    /// Encrypted, but with whoever answers: the certificate is not checked.
    RequireUnverified,
    /// Encrypted, with a certificate from a trusted authority for this very host name.
    VerifyFull,
}

/// Text that is never printed.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// One server address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Name(String),
    SocketDir(PathBuf),
}

impl Host {
    fn is_local(&self) -> bool {
        match self {
            Host::SocketDir(_) => true,
            Host::Name(name) => {
                name.eq_ignore_ascii_case("localhost")
                    || name.parse::<IpAddr>().is_ok_and(|address| match address {
                        IpAddr::V4(address) => address.is_loopback(),
                        IpAddr::V6(address) => address.to_canonical().is_loopback(),
                    })
            }
        }
    }
}

/// Where to connect and how.
///
/// ```
/// use orm_postgres::PostgresOptions;
/// let options = PostgresOptions::new("shop").host("db.example.org").user("ann").password("secret");
/// assert!(!format!("{options:?}").contains("secret"));
/// ```
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    pub(crate) hosts: Vec<(Host, u16)>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) database: Option<String>,
    pub(crate) application_name: Option<String>,
    pub(crate) tls: Option<TlsMode>,
    pub(crate) root_certificates: Option<PathBuf>,
    pub(crate) idle_in_transaction_timeout: Option<Duration>,
    pub(crate) pool: PoolOptions,
}

/// PostgreSQL's usual port.
pub(crate) const DEFAULT_PORT: u16 = 5432;

impl PostgresOptions {
    /// Options for a database on this machine's port 5432, until [`host`](Self::host) says otherwise.
    pub fn new(database: impl Into<String>) -> Self {
        PostgresOptions { database: Some(database.into()), ..PostgresOptions::unnamed() }
    }

    /// Options without a database: the server then takes the one named like the user.
    pub(crate) fn unnamed() -> Self {
        PostgresOptions {
            hosts: Vec::new(),
            user: None,
            password: None,
            database: None,
            application_name: None,
            tls: None,
            root_certificates: None,
            idle_in_transaction_timeout: Some(Duration::from_mins(1)),
            pool: PoolOptions::default(),
        }
    }

    /// The options a URL describes.
    ///
    /// ```text
    /// postgres://user:password@host:port,host2:port/database?parameter=value&…
    /// ```
    ///
    /// | parameter | means |
    /// |---|---|
    /// | `sslmode` | `disable`, `require-unverified`, `verify-full`; `require` and `verify-ca` are taken as `verify-full` |
    /// | `sslrootcert` | file with the trusted certificates (PEM) instead of the public authorities |
    /// | `host`, `port` | instead of those before the path; a `host` that starts with `/` is a socket's directory |
    /// | `application_name` | the name in `pg_stat_activity` |
    /// | `pool_size`, `max_overflow`, `statement_cache` | numbers, see [`PoolOptions`] |
    /// | `max_age`, `health_check_after`, `statement_timeout`, `idle_in_transaction_timeout`, `slow_query_after`, `long_transaction_after` | `500ms`, `30s`, `5m`, `1h` or `off` |
    /// | `acquire_timeout`, `connect_timeout` | the same, but never `off` |
    /// | `many_rows_from`, `max_rows`, `max_value_bytes` | a number, or `off` |
    ///
    /// # Errors
    /// [`Error::Config`] when the URL is malformed or names an unknown parameter. Nothing secret is repeated in it.
    pub fn from_url(url: &str) -> Result<Self> {
        crate::url::parse(url)
    }

    /// Adds a server by name or address, on port 5432. Several are tried in order.
    #[must_use]
    pub fn host(self, host: impl Into<String>) -> Self {
        self.host_port(host, DEFAULT_PORT)
    }

    /// Adds a server by name or address and port. Several are tried in order.
    #[must_use]
    pub fn host_port(mut self, host: impl Into<String>, port: u16) -> Self {
        self.hosts.push((Host::Name(host.into()), port));
        self
    }

    /// Adds the server whose Unix socket is in a directory, such as `/var/run/postgresql`.
    #[must_use]
    pub fn socket_dir(self, directory: impl AsRef<Path>) -> Self {
        self.socket_dir_port(directory, DEFAULT_PORT)
    }

    /// Adds the server whose Unix socket is in a directory and named after a port.
    #[must_use]
    pub fn socket_dir_port(mut self, directory: impl AsRef<Path>, port: u16) -> Self {
        self.hosts.push((Host::SocketDir(directory.as_ref().to_owned()), port));
        self
    }

    /// Sets the user; the operating system's user by default.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Sets the password. It is never printed.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(Secret::new(password));
        self
    }

    /// Sets the name shown in `pg_stat_activity`.
    #[must_use]
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.application_name = Some(name.into());
        self
    }

    /// Sets how the connection is encrypted.
    #[must_use]
    pub fn tls(mut self, mode: TlsMode) -> Self {
        self.tls = Some(mode);
        self
    }

    /// Trusts the certificates in a PEM file instead of the public authorities.
    #[must_use]
    pub fn root_certificates(mut self, file: impl Into<PathBuf>) -> Self {
        self.root_certificates = Some(file.into());
        self
    }

    /// Sets how long a transaction may wait for its next statement before the server ends it. Default 60 s;
    /// `None` lets it wait for ever.
    #[must_use]
    pub fn idle_in_transaction_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.idle_in_transaction_timeout = timeout.into();
        self
    }

    /// Sets the pool's options.
    #[must_use]
    pub fn pool(mut self, pool: PoolOptions) -> Self {
        self.pool = pool;
        self
    }

    /// The pool's settings as they are now.
    pub fn pool_options(&self) -> &PoolOptions {
        &self.pool
    }

    /// The mode in force: what was asked for, or the default for these hosts.
    pub(crate) fn effective_tls(&self) -> Result<TlsMode> {
        let local = self.hosts.iter().all(|(host, _)| host.is_local());
        let by_socket = self.hosts.iter().any(|(host, _)| matches!(host, Host::SocketDir(_)));
        match self.tls {
            None if local => Ok(TlsMode::Disable),
            None if by_socket => Err(Error::Config(
                "a Unix socket and a host of another machine need different sslmodes; connect to one of them"
                    .into(),
            )),
            None => Ok(TlsMode::VerifyFull),
            Some(TlsMode::Disable) => Ok(TlsMode::Disable),
            Some(_) if by_socket => Err(Error::Config("TLS is not possible over a Unix socket".into())),
            Some(mode) => Ok(mode),
        }
    }

    /// True when a weak mode was asked for on the way to another machine.
    pub(crate) fn is_weakened(&self) -> bool {
        self.tls.is_some_and(|mode| mode != TlsMode::VerifyFull)
            && !self.hosts.iter().all(|(host, _)| host.is_local())
    }

    /// What events tell of it. Of several servers nobody knows which one it is.
    pub(crate) fn observed(&self) -> Observed {
        let mut observed = Observed::new(&self.pool);
        if let Some(database) = self.database.as_ref().or(self.user.as_ref()) {
            observed = observed.with_namespace(database.as_str());
        }
        match &self.hosts[..] {
            [] => observed.with_server("localhost", Some(DEFAULT_PORT)),
            [(Host::Name(name), port)] => observed.with_server(name.as_str(), Some(*port)),
            [(Host::SocketDir(directory), _)] => observed.with_server(directory.display().to_string(), None),
            _ => observed,
        }
    }

    /// Where it connects to, without secrets.
    pub(crate) fn target(&self) -> String {
        let mut target = String::from("postgres://");
        for (index, (host, port)) in self.hosts.iter().enumerate() {
            if index > 0 {
                target.push(',');
            }
            match host {
                Host::Name(name) if name.contains(':') => {
                    let _ = write!(target, "[{name}]");
                }
                Host::Name(name) => target.push_str(name),
                Host::SocketDir(directory) => target.push_str(&directory.display().to_string()),
            }
            let _ = write!(target, ":{port}");
        }
        if self.hosts.is_empty() {
            let _ = write!(target, "localhost:{DEFAULT_PORT}");
        }
        if let Some(database) = &self.database {
            target.push('/');
            target.push_str(database);
        }
        target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_the_default_only_on_this_machine() {
        for local in ["localhost", "127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
            let options = PostgresOptions::new("d").host(local);
            assert_eq!(options.effective_tls().unwrap(), TlsMode::Disable, "{local}");
        }
        for remote in ["db.example.org", "10.0.0.7", "localhost.example.org", "2001:db8::1", "0.0.0.0"] {
            let options = PostgresOptions::new("d").host(remote);
            assert_eq!(options.effective_tls().unwrap(), TlsMode::VerifyFull, "{remote}");
        }
        assert_eq!(PostgresOptions::new("d").effective_tls().unwrap(), TlsMode::Disable);
        let mixed = PostgresOptions::new("d").host("localhost").host("db.example.org");
        assert_eq!(mixed.effective_tls().unwrap(), TlsMode::VerifyFull);
    }

    #[test]
    fn a_socket_has_no_tls() {
        let socket = PostgresOptions::new("d").socket_dir("/run/postgresql");
        assert_eq!(socket.effective_tls().unwrap(), TlsMode::Disable);
        assert!(socket.clone().tls(TlsMode::VerifyFull).effective_tls().is_err());
        assert!(socket.host("db.example.org").effective_tls().is_err());
    }

    #[test]
    fn the_target_has_no_secret() {
        let options = PostgresOptions::new("shop").host_port("::1", 7).user("ann").password("canary");
        assert_eq!(options.target(), "postgres://[::1]:7/shop");
        assert!(!format!("{options:?}").contains("canary"));
    }
}
