//! Connection URLs.
//!
//! A URL holds a password, so an error never repeats any part of one; names of parameters are shown only after it is
//! certain that they cannot be a piece of a password whose special characters were not percent-encoded.

use std::path::PathBuf;

use orm_core::Result;
use orm_core::backend::url::{decode, optional_duration, parameters, unknown_parameter};
use orm_core::error::Error;

use crate::options::{DEFAULT_PORT, Host, PostgresOptions, Secret, TlsMode};

fn config(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::Config(message.into())
}

/// The options that `url` describes.
pub(crate) fn parse(url: &str) -> Result<PostgresOptions> {
    let rest = url
        .strip_prefix("postgres://")
        .or_else(|| url.strip_prefix("postgresql://"))
        .ok_or_else(|| config("a PostgreSQL URL starts with `postgres://` or `postgresql://`"))?;
    let mut options = PostgresOptions::unnamed();

    // Everything up to the *last* `@` is user and password. A reserved character in there means that it was not
    // encoded, and that what follows it would be taken for a host, a database or a parameter and be shown.
    let rest = match rest.rsplit_once('@') {
        None => rest,
        Some((credentials, rest)) => {
            if credentials.contains(['/', '?', '#', '@']) {
                return Err(config(
                    "`/`, `?`, `#` and `@` in the URL's user or password must be percent-encoded, and `@` after them too",
                ));
            }
            let (user, password) = match credentials.split_once(':') {
                None => (credentials, None),
                Some((user, password)) => (user, Some(password)),
            };
            if !user.is_empty() {
                options.user = Some(decode(user, "user")?);
            }
            if let Some(password) = password {
                options.password = Some(Secret::new(decode(password, "password")?));
            }
            rest
        }
    };
    if rest.contains('#') {
        return Err(config("the URL has a `#`; percent-encode it"));
    }

    let (rest, query) = match rest.split_once('?') {
        None => (rest, ""),
        Some((rest, query)) => (rest, query),
    };
    let (hosts, database) = match rest.split_once('/') {
        None => (rest, ""),
        Some((hosts, database)) => (hosts, database),
    };
    if database.contains('/') {
        return Err(config("the URL's path is one database name"));
    }
    if !database.is_empty() {
        options.database = Some(decode(database, "database")?);
    }
    parse_hosts(hosts, &mut options)?;
    parse_query(query, &mut options)?;
    options.effective_tls()?;
    Ok(options)
}

fn parse_hosts(hosts: &str, options: &mut PostgresOptions) -> Result<()> {
    if hosts.is_empty() {
        return Ok(());
    }
    for host in hosts.split(',') {
        let (name, port) = match host.strip_prefix('[') {
            Some(rest) => {
                let (address, rest) =
                    rest.split_once(']').ok_or_else(|| config("the URL's IPv6 address lacks its `]`"))?;
                match rest {
                    "" => (address, None),
                    rest => (address, Some(rest.strip_prefix(':').ok_or_else(bad_port)?)),
                }
            }
            None => match host.split_once(':') {
                None => (host, None),
                Some((name, port)) => (name, Some(port)),
            },
        };
        let port = port.map_or(Ok(DEFAULT_PORT), parse_port)?;
        let name = if name.is_empty() { "localhost".to_owned() } else { decode(name, "host")? };
        options.hosts.push((to_host(name), port));
    }
    Ok(())
}

fn to_host(name: String) -> Host {
    if name.starts_with('/') { Host::SocketDir(PathBuf::from(name)) } else { Host::Name(name) }
}

fn bad_port() -> Error {
    config("the URL's port is not a number from 1 to 65535")
}

fn parse_port(port: &str) -> Result<u16> {
    // `parse` would take a plus sign.
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad_port());
    }
    port.parse().ok().filter(|port| *port != 0).ok_or_else(bad_port)
}

const PARAMETERS: &str = "sslmode, sslrootcert, host, port, application_name, idle_in_transaction_timeout";

fn parse_query(query: &str, options: &mut PostgresOptions) -> Result<()> {
    let mut hosts = None;
    let mut port = None;
    for (name, value) in parameters(query)? {
        match name {
            "sslmode" => options.tls = Some(parse_tls(&value)?),
            "sslrootcert" => options.root_certificates = Some(PathBuf::from(value)),
            "host" => hosts = Some(value),
            "port" => port = Some(parse_port(&value)?),
            "application_name" => options.application_name = Some(value),
            "idle_in_transaction_timeout" => {
                options.idle_in_transaction_timeout =
                    optional_duration("idle_in_transaction_timeout", &value)?;
            }
            _ if options.pool.set_parameter(name, &value)? => {}
            _ => return Err(unknown_parameter(name, PARAMETERS)),
        }
    }
    if let Some(names) = hosts {
        if !options.hosts.is_empty() {
            return Err(config("the URL names hosts both before its path and as a parameter"));
        }
        let port = port.unwrap_or(DEFAULT_PORT);
        options.hosts = names.split(',').map(|name| (to_host(name.to_owned()), port)).collect();
    } else if let Some(port) = port {
        match options.hosts.as_mut_slice() {
            [] => options.hosts.push((Host::Name("localhost".to_owned()), port)),
            _ => return Err(config("the URL's `port` parameter needs the `host` parameter")),
        }
    }
    Ok(())
}

fn parse_tls(value: &str) -> Result<TlsMode> {
    match value {
        "disable" => Ok(TlsMode::Disable),
        "require-unverified" => Ok(TlsMode::RequireUnverified),
        // libpq's `require` does not check the certificate. Whoever writes it wants safety, so they get it.
        "verify-full" | "require" | "verify-ca" => Ok(TlsMode::VerifyFull),
        "prefer" | "allow" => Err(config(
            "sslmode `prefer` and `allow` fall back to plain text unseen; say `disable`, `require-unverified` or `verify-full`",
        )),
        _ => Err(config("sslmode is `disable`, `require-unverified` or `verify-full`")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn host(options: &PostgresOptions) -> Vec<(String, u16)> {
        options
            .hosts
            .iter()
            .map(|(host, port)| match host {
                Host::Name(name) => (name.clone(), *port),
                Host::SocketDir(path) => (path.display().to_string(), *port),
            })
            .collect()
    }

    #[test]
    fn every_part_of_a_url() {
        let options = parse(
            "postgresql://ann%40x:p%3Aw%2F@db.example.org:6000,[2001:db8::1]:7000,[::1],h4/my%20db?sslmode=disable\
             &pool_size=3&max_overflow=2&max_age=5m&health_check_after=off&acquire_timeout=500ms&connect_timeout=2s\
             &statement_timeout=1h&statement_cache=0&application_name=shop&idle_in_transaction_timeout=off",
        )
        .unwrap();
        assert_eq!(options.user.as_deref(), Some("ann@x"));
        assert_eq!(options.password.as_ref().map(Secret::expose), Some("p:w/"));
        assert_eq!(options.database.as_deref(), Some("my db"));
        assert_eq!(
            host(&options),
            [
                ("db.example.org".to_owned(), 6000),
                ("2001:db8::1".to_owned(), 7000),
                ("::1".to_owned(), 5432),
                ("h4".to_owned(), 5432)
            ]
        );
        assert_eq!(options.tls, Some(TlsMode::Disable));
        assert_eq!(options.application_name.as_deref(), Some("shop"));
        assert_eq!(options.idle_in_transaction_timeout, None);
        let pool = &options.pool;
        assert_eq!((pool.pool_size, pool.max_overflow, pool.statement_cache), (3, 2, 0));
        assert_eq!(pool.max_age, Some(Duration::from_mins(5)));
        assert_eq!(pool.health_check_after, None);
        assert_eq!(pool.acquire_timeout, Duration::from_millis(500));
        assert_eq!(pool.connect_timeout, Duration::from_secs(2));
        assert_eq!(pool.statement_timeout, Some(Duration::from_hours(1)));
    }

    #[test]
    fn sockets_by_parameter_or_encoded() {
        let options = parse("postgres:///shop?host=/run/postgresql&port=6543").unwrap();
        assert_eq!(host(&options), [("/run/postgresql".to_owned(), 6543)]);
        assert!(matches!(options.hosts[0].0, Host::SocketDir(_)));
        let options = parse("postgres://ann@%2Frun%2Fpostgresql/shop").unwrap();
        assert!(matches!(options.hosts[0].0, Host::SocketDir(_)));
        assert!(parse("postgres://a,b/shop?host=/run/postgresql").is_err());
    }

    #[test]
    fn short_urls() {
        let options = parse("postgres://").unwrap();
        assert!(options.hosts.is_empty() && options.user.is_none() && options.database.is_none());
        assert_eq!(host(&parse("postgres://:77/x").unwrap()), [("localhost".to_owned(), 77)]);
        assert_eq!(parse("postgres://ann@h/d").unwrap().password.map(|p| p.expose().to_owned()), None);
        assert_eq!(
            parse("postgres://ann:@h/d").unwrap().password.map(|p| p.expose().to_owned()),
            Some(String::new())
        );
    }

    #[test]
    fn malformed_urls_are_errors_and_never_show_the_password() {
        let bad = [
            "canary",
            "mysql://u:canary@h/d",
            "postgres://u:canary@h:port/d",
            "postgres://u:canary@h:0/d",
            "postgres://u:canary@h:+1/d",
            "postgres://u:canary@h:99999/d",
            "postgres://u:canary@[::1/d",
            "postgres://u:canary@[::1]x/d",
            "postgres://u:canary@h/d/e",
            "postgres://u:canary@h/d#x",
            "postgres://u:canary%@h/d",
            "postgres://u:canary%zz@h/d",
            "postgres://u:canary%ff@h/d",
            "postgres://u:canary%00@h/d",
            "postgres://u:12?canary=3@h/d",
            "postgres://u:12?canary@h/d",
            "postgres://u:12/canary@h/d",
            "postgres://u:12#canary@h/d",
            "postgres://u:a@canary@h/d",
            "postgres://u:canary@h/d?nonsense=canary",
            "postgres://u:canary@h/d?Canary@=1",
            "postgres://u:canary@h/d?sslmode=canary",
            "postgres://u:canary@h/d?sslmode=prefer",
            "postgres://u:canary@h/d?pool_size=0",
            "postgres://u:canary@h/d?pool_size=canary",
            "postgres://u:canary@h/d?pool_size=1&pool_size=2",
            "postgres://u:canary@h/d?max_age=canary",
            "postgres://u:canary@h/d?max_age=5",
            "postgres://u:canary@h/d?max_age=0s",
            "postgres://u:canary@h/d?max_age=99999999999999999999s",
            "postgres://u:canary@h/d?max_age=999999999999999999h",
            "postgres://u:canary@h/d?max_age=5é",
            "postgres://u:canary@h/d?acquire_timeout=off",
            "postgres://u:canary@h/d?sslmode",
            "postgres://u:canary@h/d?port=5",
            "postgres://u:canary@%2Frun/d?sslmode=verify-full",
        ];
        for url in bad {
            let error = parse(url).expect_err(url);
            assert!(matches!(error, Error::Config(_)), "{url}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.to_lowercase().contains("canary"), "{url}: {shown}");
        }
        let error = parse("postgres://u:p@h/d?nonsense=1").unwrap_err().to_string();
        assert!(error.contains("`nonsense`") && error.contains("statement_timeout"), "{error}");
    }

    #[test]
    fn require_is_never_weaker_than_it_sounds() {
        for mode in ["require", "verify-ca", "verify-full"] {
            let options = parse(&format!("postgres://h/d?sslmode={mode}")).unwrap();
            assert_eq!(options.tls, Some(TlsMode::VerifyFull));
        }
    }

    #[test]
    fn arbitrary_text_never_panics() {
        let pieces = [
            "postgres://",
            "@",
            ":",
            "/",
            "?",
            "&",
            "=",
            "%",
            "%4",
            "é",
            "[",
            "]",
            ",",
            "a",
            "\0",
            "port",
            "5s",
        ];
        let mut state = 1_u64;
        for _ in 0..20_000 {
            let mut url = String::from("postgres://");
            for _ in 0..8 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = usize::try_from(state >> 33).unwrap() % pieces.len();
                url.push_str(pieces[at]);
            }
            let _ = parse(&url);
        }
    }
}
