//! The page as a single visitor sees it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::servers::ready;

/// The body of an answer that has to be a good one.
pub(super) fn get(port: u16, path: &str) -> Result<String> {
    const PATIENCE: Duration = Duration::from_secs(30);
    let mut stream = TcpStream::connect_timeout(&ready::address(port), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    body(&answer)
}

fn body(answer: &str) -> Result<String> {
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer has no end of its headers")?;
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        bail!("the answer is `{status}`: {body}");
    }
    if head.to_ascii_lowercase().contains("\r\ntransfer-encoding: chunked") {
        return joined(body).context("the chunks of the answer cannot be told apart");
    }
    Ok(body.to_owned())
}

/// Each chunk has a line with its length before it; one of length 0 is the end.
fn joined(mut chunks: &str) -> Option<String> {
    let mut body = String::new();
    loop {
        let (length, rest) = chunks.split_once("\r\n")?;
        let length = usize::from_str_radix(length, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.push_str(rest.get(..length)?);
        chunks = rest[length..].strip_prefix("\r\n")?;
    }
}

/// `Err` when two pages are not the same JSON.
pub(super) fn compare(expected: &str, found: &str) -> Result<()> {
    let [expected, found] = [expected, found].map(serde_json::from_str::<Value>);
    let (expected, found) = (expected?, found?);
    let Some(rows) = expected.as_array().filter(|rows| !rows.is_empty()) else {
        bail!("the page is no list of rows: {expected}");
    };
    for (place, row) in rows.iter().enumerate() {
        if found.get(place) != Some(row) {
            bail!("row {place} is {}\ninstead of {row}", found.get(place).unwrap_or(&Value::Null));
        }
    }
    if found != expected {
        bail!("it has more than the {} rows", rows.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_good_answer_has_a_page() {
        assert_eq!(body("HTTP/1.1 200 OK\r\na: b\r\n\r\n[1]").expect("200"), "[1]");
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\nA\r\n2, 3, 4, 5\r\n1\r\n]\r\n0\r\n\r\n";
        assert_eq!(body(chunked).expect("chunks"), "[1,2, 3, 4, 5]");
        body(&chunked.replace("\r\n1\r\n", "\r\n2\r\n")).expect_err("a chunk that is not as long");
        let error = body("HTTP/1.1 500 Oh\r\na: b\r\n\r\nno").expect_err("500").to_string();
        assert_eq!(error, "the answer is `HTTP/1.1 500 Oh`: no");
    }

    #[test]
    fn pages_are_compared_as_json() {
        let page = r#"[{"id": 1, "tags": ["a"]}]"#;
        compare(page, r#"[{"tags":["a"],"id":1}]"#).expect("only spelt otherwise");
        for other in ["[]", r#"[{"id": 1, "tags": []}]"#, r#"[{"id": 1, "tags": ["a"]}, 2]"#, "{}"] {
            compare(page, other).expect_err(other);
        }
        compare("[]", "[]").expect_err("an empty page measures nothing");
    }
}
