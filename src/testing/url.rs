//! The URL of a test's database: that of the server with another database in it.

/// The URL with another database.
pub(super) fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let server = base[authority..].find('/').map_or(base, |at| &base[..authority + at]);
    match query {
        Some(query) => format!("{server}/{name}?{query}"),
        None => format!("{server}/{name}"),
    }
}

/// The URL with a parameter, unless it says something about that itself.
pub(super) fn with_default(url: &str, name: &str, value: &str) -> String {
    let query = url.split_once('?').map(|(_, query)| query);
    let given = query.is_some_and(|query| query.split('&').any(|part| part.split('=').next() == Some(name)));
    match query {
        _ if given => url.to_owned(),
        Some("") => format!("{url}{name}={value}"),
        Some(_) => format!("{url}&{name}={value}"),
        None => format!("{url}?{name}={value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_replaced() {
        for (url, expected) in [
            ("postgres://u:p@h:1/db", "postgres://u:p@h:1/new"),
            ("postgres://u:p@h:1/db?sslmode=require", "postgres://u:p@h:1/new?sslmode=require"),
            ("mysql://h", "mysql://h/new"),
            ("mysql://h/", "mysql://h/new"),
            ("mysql://h?pool_size=2", "mysql://h/new?pool_size=2"),
            ("postgres:///db?host=/run/postgresql", "postgres:///new?host=/run/postgresql"),
        ] {
            assert_eq!(with_database(url, "new"), expected);
        }
    }

    #[test]
    fn a_parameter_that_is_given_stays() {
        for (url, expected) in [
            ("mysql://h/d", "mysql://h/d?pool_size=5"),
            ("mysql://h/d?", "mysql://h/d?pool_size=5"),
            ("mysql://h/d?a=b", "mysql://h/d?a=b&pool_size=5"),
            ("mysql://h/d?a=b&pool_size=2", "mysql://h/d?a=b&pool_size=2"),
        ] {
            assert_eq!(with_default(url, "pool_size", "5"), expected);
        }
    }
}
