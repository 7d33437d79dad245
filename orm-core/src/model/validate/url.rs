//! URLs as people write them into a form: absolute, with a host. Written here, because a parser for browsers mends what it
//! gets, and brings tables of Unicode along.

use std::net::{Ipv4Addr, Ipv6Addr};

const SCHEMES: [&str; 4] = ["http", "https", "ftp", "ftps"];

/// As long as browsers take.
const MOST_CHARACTERS: usize = 2048;

pub(super) fn is_url(text: &str) -> bool {
    let wrong = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\\' | '^' | '`' | '{' | '}')
    };
    if text.chars().count() > MOST_CHARACTERS || text.contains(wrong) {
        return false;
    }
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    if !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once('@') {
        // One `@` behind the other would hide which host is meant.
        Some((user, _)) if user.contains('@') => return false,
        Some((_, host)) => host,
        None => authority,
    };
    if let Some(bracketed) = host.strip_prefix('[') {
        let Some((address, port)) = bracketed.split_once(']') else { return false };
        return address.parse::<Ipv6Addr>().is_ok()
            && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    match host.split_once(':') {
        Some((host, port)) => is_host(host) && is_port(port),
        None => is_host(host),
    }
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

/// An IPv4 address, `localhost`, or a domain.
fn is_host(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<Ipv4Addr>().is_ok() || is_domain(host)
}

/// A name with a dot, the last part of which is no number.
pub(super) fn is_domain(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        let ends = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        label.chars().count() <= 63
            && ends(label.chars().next())
            && ends(label.chars().next_back())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let top = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(is_label)
        && !top.chars().all(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        for valid in ["example.org", "a-b.EXAMPLE.co.uk", "bücher.example", "xn--bcher-kva.example."] {
            assert!(is_domain(valid), "{valid}");
        }
        for wrong in
            ["", "example", "localhost", "127.0.0.1", "-a.example", "a..example", "a.example/", "a b.example"]
        {
            assert!(!is_domain(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn urls() {
        for valid in [
            "http://example.org",
            "HTTPS://www.example.org:8080/path?q=1#part",
            "ftp://ann:secret@example.org/",
            "http://localhost:3000",
            "http://127.0.0.1/x",
            "http://[::1]:8080/",
            "https://bücher.example/straße",
            "https://xn--bcher-kva.example./",
            "http://example.org?q=a:b@c",
        ] {
            assert!(is_url(valid), "{valid}");
        }
        for wrong in [
            "",
            "example.org",
            "//example.org",
            "javascript://example.org/%0aalert(1)",
            "http://",
            "http://example",
            "http://example.org:99999",
            "http://example.org:",
            "http://-a.example.org",
            "http://a..example.org",
            "http://256.1.1.1",
            "http://a b.example.org",
            "http://example.org/a b",
            "http://a@b@example.org",
            "http://[::1",
            "http://[example.org]",
            "http://example.org\n",
        ] {
            assert!(!is_url(wrong), "{wrong:?}");
        }
    }
}
