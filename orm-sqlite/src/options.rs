//! Which database to open and how: typed, or as a URL.

use std::path::{Path, PathBuf};
use std::time::Duration;

use orm_core::backend::url::{decode, duration, optional_duration, parameters, unknown_parameter};
use orm_core::backend::{Observed, PoolOptions};
use orm_core::error::{Error, Result};

/// How a SQLite database is opened.
///
/// ```
/// use orm_sqlite::SqliteOptions;
/// # use std::time::Duration;
/// let options = SqliteOptions::file("shop.db").create(false).busy_timeout(Duration::from_secs(2));
/// let same = SqliteOptions::parse("sqlite:shop.db?mode=rw&busy_timeout=2s")?;
/// # assert_eq!(format!("{options:?}"), format!("{same:?}"));
/// # Ok::<_, orm_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    pub(crate) path: Option<PathBuf>,
    pub(crate) read_only: bool,
    pub(crate) create: bool,
    pub(crate) busy_timeout: Duration,
    pub(crate) in_place: Option<Duration>,
    pub(crate) pool: PoolOptions,
}

impl SqliteOptions {
    /// A private database in memory. It has one connection, and lives as long as the handle that `connect` gives.
    pub fn memory() -> Self {
        SqliteOptions {
            path: None,
            read_only: false,
            create: true,
            busy_timeout: Duration::from_secs(5),
            in_place: Some(Duration::from_micros(100)),
            pool: PoolOptions::default().pool_size(1_usize),
        }
    }

    /// A database in a file, created when it is missing; with a pool of four readers beside the one writer.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        SqliteOptions {
            path: Some(path.into()),
            pool: PoolOptions::default().pool_size(4_usize),
            ..SqliteOptions::memory()
        }
    }

    /// Whether it is a private database in memory.
    pub fn is_memory(&self) -> bool {
        self.path.is_none()
    }

    /// Opens the file for reading only. Default false.
    #[must_use]
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Creates the file when it is missing. Default true.
    #[must_use]
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Longest wait for a lock that another process holds. Default 5 s.
    #[must_use]
    pub fn busy_timeout(mut self, busy_timeout: Duration) -> Self {
        self.busy_timeout = busy_timeout;
        self
    }

    /// How long a statement may run on its caller's thread before it is started again on the connection's own; `None`
    /// runs none in place. Default 100 µs. The crate's documentation says what this bounds.
    #[must_use]
    pub fn in_place(mut self, in_place: impl Into<Option<Duration>>) -> Self {
        self.in_place = in_place.into();
        self
    }

    /// The pool's settings. `pool_size` and `max_overflow` count the readers: there is always one writer, and a
    /// database in memory has one connection whatever they say.
    #[must_use]
    pub fn pool(mut self, pool: PoolOptions) -> Self {
        self.pool = pool;
        self
    }

    /// The pool's settings as they are now.
    pub fn pool_options(&self) -> &PoolOptions {
        &self.pool
    }

    /// The options in a URL: `sqlite::memory:`, `sqlite:relative/path.db`, `sqlite:///absolute/path.db`, with
    /// `?mode=ro|rw|rwc`, `busy_timeout`, `in_place`, and the pool's settings by their names.
    ///
    /// Lengths of time are written as `100us`, `500ms`, `30s`, `5m`, `2h`, or `off` where there can be none.
    ///
    /// # Errors
    /// [`Error::Config`] for another scheme, an unknown parameter, or a value that cannot be read.
    pub fn parse(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("sqlite:").ok_or_else(|| config("a SQLite URL begins with `sqlite:`"))?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = path.strip_prefix("//").unwrap_or(path);
        let mut options = match decode(path, "path")?.as_str() {
            ":memory:" => SqliteOptions::memory(),
            "" => return Err(config("a SQLite URL names a file, or is `sqlite::memory:`")),
            path => SqliteOptions::file(path),
        };
        for (name, value) in parameters(query)? {
            options.set(name, &value)?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        match name {
            "mode" | "pool_size" | "max_overflow" | "max_age" | "health_check_after" | "busy_timeout"
                if self.path.is_none() =>
            {
                return Err(config(format!("`{name}` has no meaning for a database in memory")));
            }
            "mode" => {
                (self.read_only, self.create) = match value {
                    "ro" => (true, false),
                    "rw" => (false, false),
                    "rwc" => (false, true),
                    _ => return Err(config("`mode` is one of `ro`, `rw` and `rwc`")),
                }
            }
            "busy_timeout" => self.busy_timeout = duration("busy_timeout", value)?,
            "in_place" => self.in_place = optional_duration("in_place", value)?,
            // Nobody but this program could keep to it.
            "idle_in_transaction_timeout" => {
                return Err(Error::Unsupported {
                    feature: "`idle_in_transaction_timeout`".into(),
                    backend: "SQLite",
                });
            }
            _ if self.pool.set_parameter(name, value)? => {}
            _ => return Err(unknown_parameter(name, "mode, busy_timeout, in_place")),
        }
        Ok(())
    }

    /// The path as SQLite shall take it: literally, where it would otherwise see a URI or a special name.
    pub(crate) fn literal_path(path: &Path) -> PathBuf {
        let special = path.to_str().is_some_and(|text| text.starts_with("file:") || text.starts_with(':'));
        if special { Path::new(".").join(path) } else { path.to_owned() }
    }

    /// What events tell of it.
    pub(crate) fn observed(&self) -> Observed {
        let file =
            self.path.as_ref().map_or_else(|| ":memory:".to_owned(), |path| path.display().to_string());
        Observed::new(&self.pool).with_namespace(file)
    }

    /// Where it connects to, for messages.
    pub(crate) fn target(&self) -> String {
        match &self.path {
            None => "sqlite::memory:".to_owned(),
            Some(path) => format!("sqlite:{}", path.display()),
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        match &self.path {
            None if self.read_only => Err(config("a database in memory cannot be read-only")),
            Some(path) if path.as_os_str().is_empty() => Err(config("the path is empty")),
            Some(_) if self.pool.pool_size == 0 => Err(config("`pool_size` is at least 1")),
            _ => Ok(()),
        }
    }
}

fn config(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::Config(what.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(url: &str) -> Option<String> {
        let options = SqliteOptions::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        options.path.map(|path| path.display().to_string())
    }

    #[test]
    fn urls_name_files_or_memory() {
        assert_eq!(path("sqlite::memory:"), None);
        assert_eq!(path("sqlite://:memory:"), None);
        assert_eq!(path("sqlite:a/b.db").as_deref(), Some("a/b.db"));
        assert_eq!(path("sqlite://a.db").as_deref(), Some("a.db"));
        assert_eq!(path("sqlite:///abs/a%20b.db?mode=ro").as_deref(), Some("/abs/a b.db"));
        assert_eq!(path("sqlite:/abs/x?pool_size=2").as_deref(), Some("/abs/x"));
        assert_eq!(
            SqliteOptions::literal_path(Path::new("file:x?mode=memory")),
            Path::new("./file:x?mode=memory")
        );
    }

    #[test]
    fn parameters_are_read_or_refused() {
        let url = "sqlite:x?pool_size=7&max_overflow=3&max_age=off&health_check_after=1m&acquire_timeout=500ms\
                   &connect_timeout=2s&statement_timeout=off&statement_cache=9&busy_timeout=1s&mode=rw&in_place=off";
        let options = SqliteOptions::parse(url).expect("options");
        assert_eq!(
            (options.pool.pool_size, options.pool.max_overflow, options.pool.statement_cache),
            (7, 3, 9)
        );
        assert_eq!(
            (options.pool.max_age, options.pool.statement_timeout, options.in_place),
            (None, None, None)
        );
        assert_eq!(options.pool.health_check_after, Some(Duration::from_mins(1)));
        assert_eq!(options.pool.acquire_timeout, Duration::from_millis(500));
        assert!(!options.create && !options.read_only);
        for wrong in [
            "postgres://x",
            "sqlite:",
            "sqlite://",
            "sqlite:x?",
            "sqlite:x?foo=1",
            "sqlite:x?mode=memory",
            "sqlite:x?pool_size=-1",
            "sqlite:x?max_age=5",
            "sqlite:x?max_age=5d",
            "sqlite:x?acquire_timeout=off",
            "sqlite:x?mode",
            "sqlite:x%2",
            "sqlite:x%00",
            "sqlite:%ff",
            "sqlite::memory:?pool_size=2",
            "sqlite:x?busy_timeout=99999999999999999999h",
        ] {
            let parsed = SqliteOptions::parse(wrong);
            assert_eq!(parsed.is_err(), wrong != "sqlite:x?", "{wrong}");
        }
    }
}
