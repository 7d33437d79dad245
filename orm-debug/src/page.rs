//! The pages: which is asked for, and what is around each.

mod list;
mod parts;
mod plan;
mod request;
mod statement;

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Response, StatusCode, Uri};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::exchange::Exchanges;
use crate::layer::Options;

/// A page of the layer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    List,
    Request {
        id: u64,
        /// Which of its statements is to be explained.
        explain: Option<usize>,
    },
    Nothing,
}

impl Asked {
    /// The page that a request asks for, if it is for the layer at all.
    pub(crate) fn of(base: &str, method: &Method, uri: &Uri) -> Option<Self> {
        let inside = uri.path().strip_prefix(base)?;
        if !inside.is_empty() && !inside.starts_with('/') {
            return None;
        }
        let asked = match inside.trim_end_matches('/') {
            _ if method != Method::GET && method != Method::HEAD => Asked::Nothing,
            "" => Asked::List,
            inside => match inside.strip_prefix("/requests/").and_then(|id| id.parse().ok()) {
                Some(id) => Asked::Request { id, explain: explain(uri) },
                None => Asked::Nothing,
            },
        };
        Some(asked)
    }
}

fn explain(uri: &Uri) -> Option<usize> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("explain="))?.parse().ok()
}

/// The page that was asked for.
pub(crate) async fn answer(asked: Asked, options: &Options, exchanges: &Exchanges) -> Response<String> {
    let page = match asked {
        Asked::List => Some(list::page(options, &exchanges.all())),
        Asked::Request { id, explain } => match exchanges.find(id) {
            Some(exchange) => Some(request::page(options, &exchange, explain).await),
            None => None,
        },
        Asked::Nothing => None,
    };
    let (status, page) = match page {
        Some(page) => (StatusCode::OK, page),
        None => (StatusCode::NOT_FOUND, nothing(options)),
    };
    let mut response = Response::new(page.into_string());
    *response.status_mut() = status;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Nothing is loaded from anywhere, nothing runs, and nobody else frames or keeps it.
const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    (CACHE_CONTROL, "no-store"),
    (http::header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (http::header::REFERRER_POLICY, "no-referrer"),
];

fn nothing(options: &Options) -> Markup {
    let content = html! {
        h1 { "Nothing here" }
        p.quiet { "The request is not kept any more, or there never was one. " a href=(options.path) { "All requests" } }
    };
    around("Nothing here", &content)
}

/// A whole page.
fn around(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · orm" }
                style { (PreEscaped(include_str!("page/style.css"))) }
            }
            body { main { (content) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &Method, uri: &'static str) -> Option<Asked> {
        Asked::of("/__orm", method, &Uri::from_static(uri))
    }

    #[test]
    fn pages_are_found_by_path_and_others_are_left_alone() {
        assert_eq!(asked(&Method::GET, "/__orm"), Some(Asked::List));
        assert_eq!(asked(&Method::GET, "/__orm/"), Some(Asked::List));
        let request = |explain| Some(Asked::Request { id: 7, explain });
        assert_eq!(asked(&Method::GET, "/__orm/requests/7"), request(None));
        assert_eq!(asked(&Method::GET, "/__orm/requests/7?x=1&explain=3"), request(Some(3)));
        assert_eq!(asked(&Method::GET, "/__orm/requests/7?explain=x"), request(None));
        for nothing in ["/__orm/requests/x", "/__orm/requests/", "/__orm/x", "/__orm/requests/-1"] {
            assert_eq!(asked(&Method::GET, nothing), Some(Asked::Nothing), "{nothing}");
        }
        assert_eq!(asked(&Method::POST, "/__orm"), Some(Asked::Nothing));
        for other in ["/", "/__ormx", "/x/__orm"] {
            assert_eq!(asked(&Method::GET, other), None, "{other}");
        }
    }
}
