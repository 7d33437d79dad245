//! What the environment says about this run of the service.

use std::env;
use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use orm::backend::{PoolOptions, url};

/// Everything that can be set, each by a variable that is named beside it.
///
/// No `Debug`, because URLs hold passwords.
pub struct Settings {
    /// `SHOP_ADDRESS`; port 0 takes a free one.
    pub address: SocketAddr,
    /// `SHOP_DATABASE_URL`
    pub database_url: String,
    /// What of [`POOL`] is given.
    pool: Vec<(&'static str, String)>,
    /// `SHOP_SEED`: whether an empty shop is filled.
    pub seed: bool,
    /// `SHOP_REDIS_URL`; without it the limiter counts in memory.
    pub redis_url: Option<String>,
    /// `SHOP_RATE_LIMIT`: requests of one user within a minute; 0 for no limit.
    pub rate_limit: u32,
    /// `SHOP_GRACE`: the longest that requests may take to end when the service is to end. Whoever ends it by force should
    /// wait longer.
    pub grace: Duration,
    /// `SHOP_DEBUG_PAGE`: whether `/__orm` shows what each request asks the database.
    pub debug_page: bool,
    /// `SHOP_LOG`, such as `info` or `warn,orm::sql=debug`.
    pub log: String,
}

/// Variables for settings of the pool, and what the settings are called in a URL: both are written in the same way, and one
/// that is not given stays as the URL, or else `orm`, has it.
pub const POOL: [(&str, &str); 6] = [
    ("SHOP_POOL_SIZE", "pool_size"),
    ("SHOP_MAX_OVERFLOW", "max_overflow"),
    ("SHOP_MAX_AGE", "max_age"),
    ("SHOP_HEALTH_CHECK_AFTER", "health_check_after"),
    ("SHOP_ACQUIRE_TIMEOUT", "acquire_timeout"),
    ("SHOP_STATEMENT_TIMEOUT", "statement_timeout"),
];

impl Settings {
    /// Those of the process's environment.
    ///
    /// # Errors
    /// A variable that cannot be understood.
    pub fn from_env() -> Result<Self, SettingError> {
        Settings::read(|variable| env::var(variable).ok())
    }

    /// Those that `get` knows. Tests give a function of their own, because the environment belongs to the whole process.
    ///
    /// # Errors
    /// A variable that cannot be understood.
    pub fn read(get: impl Fn(&'static str) -> Option<String>) -> Result<Self, SettingError> {
        // What is empty counts as not given: it is all that some ways of starting a program can say.
        let get = |variable| get(variable).filter(|value| !value.is_empty());
        let mut pool = Vec::new();
        for (variable, parameter) in POOL {
            let Some(value) = get(variable) else { continue };
            // A trial, so that a slip is found here, where the variable's name is known.
            let trial = PoolOptions::default().set_parameter(parameter, &value);
            trial.map_err(|error| SettingError::new(variable, error.to_string()))?;
            pool.push((parameter, value));
        }
        let text = |variable, otherwise: &str| get(variable).unwrap_or_else(|| otherwise.to_owned());
        Ok(Settings {
            address: parse(
                "SHOP_ADDRESS",
                &text("SHOP_ADDRESS", "127.0.0.1:8000"),
                "an address such as `127.0.0.1:8000`",
            )?,
            database_url: text("SHOP_DATABASE_URL", "sqlite:shop.db"),
            pool,
            seed: on_or_off("SHOP_SEED", &text("SHOP_SEED", "on"))?,
            redis_url: get("SHOP_REDIS_URL"),
            rate_limit: parse(
                "SHOP_RATE_LIMIT",
                &text("SHOP_RATE_LIMIT", "600"),
                "a number of requests, or 0",
            )?,
            grace: url::duration("SHOP_GRACE", &text("SHOP_GRACE", "20s"))
                .map_err(|error| SettingError::new("SHOP_GRACE", error.to_string()))?,
            debug_page: on_or_off("SHOP_DEBUG_PAGE", &text("SHOP_DEBUG_PAGE", "off"))?,
            log: text("SHOP_LOG", "info"),
        })
    }

    /// The pool's settings, where they are given here.
    pub fn pool(&self, mut options: PoolOptions) -> PoolOptions {
        for (parameter, value) in &self.pool {
            // It was tried when it was read.
            let _ = options.set_parameter(parameter, value);
        }
        options
    }
}

fn on_or_off(variable: &'static str, value: &str) -> Result<bool, SettingError> {
    match value {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(SettingError::new(variable, "must be `on` or `off`")),
    }
}

fn parse<T: FromStr>(variable: &'static str, value: &str, expected: &str) -> Result<T, SettingError> {
    value.parse().map_err(|_| SettingError::new(variable, format!("must be {expected}")))
}

/// A variable that cannot be understood. Its value is not repeated: it may be a password at the wrong place.
#[derive(Debug)]
pub struct SettingError {
    variable: &'static str,
    what: String,
}

impl SettingError {
    /// What is wrong with a variable.
    pub fn new(variable: &'static str, what: impl Into<String>) -> Self {
        SettingError { variable, what: what.into() }
    }
}

impl Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.variable, self.what)
    }
}

impl std::error::Error for SettingError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variable: &'static str, value: &str) -> Result<Settings, SettingError> {
        Settings::read(|asked| (asked == variable).then(|| value.to_owned()))
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let settings = with("", "").expect("defaults");
        assert_eq!((settings.address.port(), settings.database_url.as_str()), (8000, "sqlite:shop.db"));
        assert!(settings.seed && !settings.debug_page && settings.redis_url.is_none());
        let pool = settings.pool(PoolOptions::default().pool_size(7));
        assert_eq!(pool.pool_size, 7, "what is not given stays as it is");
    }

    #[test]
    fn settings_of_the_pool_are_written_as_in_a_url() {
        let pool = |variable, value| with(variable, value).expect("a setting").pool(PoolOptions::default());
        assert_eq!(pool("SHOP_POOL_SIZE", "20").pool_size, 20);
        assert_eq!(pool("SHOP_MAX_OVERFLOW", "5").max_overflow, 5);
        assert_eq!(pool("SHOP_MAX_AGE", "10m").max_age, Some(Duration::from_mins(10)));
        assert_eq!(pool("SHOP_HEALTH_CHECK_AFTER", "off").health_check_after, None);
        assert_eq!(pool("SHOP_ACQUIRE_TIMEOUT", "250ms").acquire_timeout, Duration::from_millis(250));
    }

    #[test]
    fn a_mistake_names_its_variable_and_not_its_value() {
        let wrong = [
            ("SHOP_POOL_SIZE", "secret"),
            ("SHOP_MAX_AGE", "secret"),
            ("SHOP_ADDRESS", "secret"),
            ("SHOP_SEED", "secret"),
            ("SHOP_GRACE", "secret"),
            ("SHOP_RATE_LIMIT", "secret"),
        ];
        for (variable, value) in wrong {
            let error = with(variable, value).err().expect("a mistake").to_string();
            assert!(error.starts_with(variable) && !error.contains(value), "{error}");
        }
    }
}
