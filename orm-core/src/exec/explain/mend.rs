//! MariaDB's plans made JSON: it writes conditions and names between quotes as they are (seen in 10.11), so that a text
//! with a quote or a tab in it breaks the document, or adds to it.
//!
//! It puts each text on a line of its own, and writes a line's end within a text as `\n`.

/// The document with its texts escaped.
pub(super) fn mended(text: &str) -> String {
    let mut mended = String::with_capacity(text.len() + 64);
    for line in text.lines() {
        match entry(line) {
            Some((before, value, after)) => {
                mended.push_str(before);
                // Writing a string as JSON cannot fail.
                mended.push_str(&serde_json::to_string(value).unwrap_or_default());
                mended.push_str(after);
            }
            None => mended.push_str(line),
        }
        mended.push('\n');
    }
    mended
}

/// `"key": "value",` in its parts, without the value's quotes.
fn entry(line: &str) -> Option<(&str, &str, &str)> {
    let start = line.find("\": \"")? + 3;
    let before = line.get(..start)?;
    if !before.trim_start().starts_with('"') {
        return None;
    }
    let rest = line.get(start..)?;
    let quoted = rest.strip_suffix(',').unwrap_or(rest);
    let value = quoted.strip_prefix('"')?.strip_suffix('"')?;
    Some((before, value, &rest[quoted.len()..]))
}

#[cfg(test)]
mod tests {
    use super::super::json::Json;
    use super::*;

    #[test]
    fn texts_are_escaped_and_the_rest_stays() {
        let text = "{\n  \"rows\": 9,\n  \"keys\": [\"a\", \"b\"],\n  \"where\": \"x = 'a\"b', \t\\'\",\n  \"last\": \"\"\n}";
        assert!(Json::parse(text).is_err());
        let json = Json::parse(&mended(text)).unwrap();
        let object = json.object().unwrap();
        assert_eq!(object.number("rows"), Some(9.0));
        assert_eq!(object.plain("keys").as_deref(), Some("a, b"));
        assert_eq!(object.text("where"), Some("x = 'a\"b', \t\\'"));
        assert_eq!(object.text("last"), Some(""));
    }

    #[test]
    fn a_text_adds_nothing_to_the_document() {
        let text = "{\n  \"where\": \"x = 'a\", \"table\": \"fake'\"\n}";
        assert!(Json::parse(text).unwrap().object().unwrap().get("table").is_some());
        assert!(Json::parse(&mended(text)).unwrap().object().unwrap().get("table").is_none());
    }
}
