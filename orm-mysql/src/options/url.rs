//! Options out of a URL, without ever repeating what might be part of a password.

use orm_core::backend::url::{decode, optional_duration, parameters, unknown_parameter};
use orm_core::{Error, Result};

use super::{MySqlOptions, Secret, TlsMode};

pub(super) fn parse(url: &str) -> Result<MySqlOptions> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(config("the URL does not start with `mysql://` or `mariadb://`"));
    };
    if !matches!(scheme, "mysql" | "mariadb") {
        return Err(config("the URL does not start with `mysql://` or `mariadb://`"));
    }
    if rest.contains('#') {
        return Err(config("the URL contains `#`; write it as `%23`"));
    }
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    // A `/` or `?` of a password that was not encoded ends up here, so nothing after it may be quoted in an error.
    if rest.contains('@') {
        return Err(config(
            "the URL has an `@` after its host; percent-encode special characters in name and password",
        ));
    }
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));

    let mut options = MySqlOptions::new("", "");
    read_authority(authority, &mut options)?;
    let database = decode(path.strip_prefix('/').unwrap_or(path), "database name")?;
    if database.contains('/') {
        return Err(config("the URL's path is more than a database name"));
    }
    options.database = Some(database).filter(|name| !name.is_empty());
    read_parameters(query, &mut options)?;
    if options.host.is_empty() && options.socket.is_none() {
        return Err(config("the URL names no host"));
    }
    Ok(options)
}

fn read_authority(authority: &str, options: &mut MySqlOptions) -> Result<()> {
    let (login, place) = match authority.rsplit_once('@') {
        Some((login, place)) => (Some(login), place),
        None => (None, authority),
    };
    if let Some(login) = login {
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (login, None),
        };
        options.user = Some(decode(user, "user name")?).filter(|user| !user.is_empty());
        options.password = password.map(|password| decode(password, "password")).transpose()?.map(Secret);
    }

    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, "")) => (host, None),
            Some((host, port)) => match port.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None => return Err(config("the URL's host is malformed")),
            },
            None => return Err(config("the URL's host is malformed")),
        },
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    if !host.chars().all(|c| c.is_ascii_alphanumeric() || "._-:%".contains(c)) {
        return Err(config("the URL's host is malformed"));
    }
    host.clone_into(&mut options.host);
    if let Some(port) = port {
        options.port = port
            .parse()
            .ok()
            .filter(|&port| port > 0)
            .ok_or_else(|| config("the URL's port is not a number from 1 to 65535"))?;
    }
    Ok(())
}

fn read_parameters(query: &str, options: &mut MySqlOptions) -> Result<()> {
    for (name, value) in parameters(query)? {
        match name {
            "ssl-mode" => options.tls = Some(tls_mode(&value)?),
            "ssl-ca" => options.root_certificate = Some(not_empty("ssl-ca", value)?.into()),
            "socket" => options.socket = Some(not_empty("socket", value)?),
            "idle_in_transaction_timeout" => {
                options.idle_in_transaction_timeout =
                    optional_duration("idle_in_transaction_timeout", &value)?;
            }
            _ if options.pool.set_parameter(name, &value)? => {}
            _ => {
                return Err(unknown_parameter(name, "ssl-mode, ssl-ca, socket, idle_in_transaction_timeout"));
            }
        }
    }
    Ok(())
}

fn tls_mode(value: &str) -> Result<TlsMode> {
    let name = value.to_ascii_lowercase().replace('-', "_");
    match name.as_str() {
        "disabled" | "off" => Ok(TlsMode::Off),
        "required" => Ok(TlsMode::RequireUnverified),
        "verify_ca" => Ok(TlsMode::VerifyCa),
        "verify_identity" | "verify_full" => Ok(TlsMode::VerifyFull),
        "preferred" | "prefer" => Err(config(
            "`ssl-mode=preferred` would silently fall back to no protection; \
             write `required`, `verify_ca`, `verify_identity` or `disabled`",
        )),
        _ => Err(config(
            "the URL's `ssl-mode` is none of `disabled`, `required`, `verify_ca`, `verify_identity`",
        )),
    }
}

fn not_empty(name: &'static str, value: String) -> Result<String> {
    if value.is_empty() { Err(config(format!("the URL's `{name}` is empty"))) } else { Ok(value) }
}

fn config(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::Config(what.into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_part_is_read() {
        let options = parse(
            "mariadb://me:p%40ss%2Fw@db.example.org:3307/my%20shop?ssl-mode=verify_ca&ssl-ca=/etc/ca.pem&pool_size=20\
             &max_overflow=5&max_age=off&health_check_after=5m&acquire_timeout=500ms&connect_timeout=2s\
             &statement_timeout=1h&statement_cache=7&idle_in_transaction_timeout=90s",
        )
        .unwrap();
        assert_eq!(options.host, "db.example.org");
        assert_eq!(options.port, 3307);
        assert_eq!(options.user.as_deref(), Some("me"));
        assert_eq!(options.password.as_ref().unwrap().reveal(), "p@ss/w");
        assert_eq!(options.database.as_deref(), Some("my shop"));
        assert_eq!(options.tls_mode(), TlsMode::VerifyCa);
        assert_eq!(options.idle_in_transaction_timeout, Some(Duration::from_secs(90)));
        assert_eq!(options.root_certificate.as_deref(), Some("/etc/ca.pem".as_ref()));
        assert_eq!(options.pool.pool_size, 20);
        assert_eq!(options.pool.max_overflow, 5);
        assert_eq!(options.pool.max_age, None);
        assert_eq!(options.pool.health_check_after, Some(Duration::from_mins(5)));
        assert_eq!(options.pool.acquire_timeout, Duration::from_millis(500));
        assert_eq!(options.pool.connect_timeout, Duration::from_secs(2));
        assert_eq!(options.pool.statement_timeout, Some(Duration::from_hours(1)));
        assert_eq!(options.pool.statement_cache, 7);
    }

    #[test]
    fn little_is_enough() {
        let options = parse("mysql://localhost").unwrap();
        assert_eq!((options.port, options.database, options.user), (3306, None, None));
        let options = parse("mysql://me@[::1]:3307/d").unwrap();
        assert_eq!((options.host.as_str(), options.port), ("::1", 3307));
        let options = parse("mysql://me:p:w@/d?socket=/run/mysqld%20x.sock").unwrap();
        assert_eq!(options.socket.as_deref(), Some("/run/mysqld x.sock"));
        assert_eq!(options.password.unwrap().reveal(), "p:w");
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for url in [
            "",
            "mysql",
            "postgres://localhost/d",
            "mysql://",
            "mysql:///d",
            "mysql://h:0/d",
            "mysql://h:70000/d",
            "mysql://h:/d",
            "mysql://h/d/e",
            "mysql://h/%zz",
            "mysql://h/%f",
            "mysql://h/%ff",
            "mysql://h/%+1",
            "mysql://[::1/d",
            "mysql://[::1]x/d",
            "mysql://h x/d",
            "mysql://h/d?pool_size=0",
            "mysql://h/d?pool_size=-1",
            "mysql://h/d?pool_size=1&pool_size=2",
            "mysql://h/d?pool-size=1",
            "mysql://h/d?ssl-mode=preferred",
            "mysql://h/d?ssl-mode=",
            "mysql://h/d?max_age=30",
            "mysql://h/d?max_age=0s",
            "mysql://h/d?max_age=1d",
            "mysql://h/d?max_age=99999999999999999999s",
            "mysql://h/d?max_age=18446744073709551615h",
            "mysql://h/d?acquire_timeout=off",
            "mysql://h/d?nonsense=1",
            "mysql://h/d?=1",
            "mysql://h/d#x",
        ] {
            assert!(matches!(parse(url), Err(Error::Config(_))), "{url}");
        }
    }

    #[test]
    fn no_error_repeats_a_password() {
        // Each hides the canary where a password that was not encoded would end up.
        for url in [
            "mysql://me:canary@h:x/d",
            "mysql://me:canary@h/d?nonsense=1",
            "mysql://me:can/canary@h/d",
            "mysql://me:1/canary@h/d",
            "mysql://me:1?canary@h/d",
            "mysql://me:1?pool_size=canary@h/d",
            "mysql://me:1#canary@h/d",
            "mysql://me:canary%zz@h/d",
            "mysql://me:canary",
            "mysql://me:canary@[h/d",
            "mysql://me:canary@h ost/d",
            "mysql://me:x@h/d?CANARY%40h=canary",
            "nonsense://me:canary@h/d",
            "mysql:me:canary@h/d",
        ] {
            let error = parse(url).unwrap_err();
            let shown = format!("{error} {error:?} {error:#?}").to_lowercase();
            assert!(!shown.contains("canary"), "{url}: {shown}");
        }
    }
}
