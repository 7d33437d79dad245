//! Forms of text.

use email_address::{EmailAddress, Options};

/// An address of mail alone, without a name beside it, at a domain that has a dot.
pub(super) fn is_email(text: &str) -> bool {
    let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
    EmailAddress::parse_with_options(text, options).is_ok()
}

pub(super) fn is_slug(text: &str, is_letter_or_digit: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(|c| is_letter_or_digit(c) || c == '-' || c == '_')
}

pub(super) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// What stands behind the last dot of a file's name: nothing where the dot begins or ends it. Both kinds of slashes separate
/// folders, because the name may be of another system.
pub(super) fn extension(path: &str) -> Option<&str> {
    let name = path.rsplit(['/', '\\']).next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_mail() {
        for valid in ["ann@example.org", "a.b+c@sub.example.co.uk", "\"a b\"@example.org", "ä@example.org"] {
            assert!(is_email(valid), "{valid}");
        }
        for wrong in [
            "",
            "ann",
            "ann@",
            "@example.org",
            "ann@example",
            "ann@exa mple.org",
            "ann@example..org",
            "Ann <ann@example.org>",
            "ann@[127.0.0.1]",
            "a@b@example.org",
            "ann@example.org\n",
            ".ann@example.org",
        ] {
            assert!(!is_email(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn integers() {
        for valid in ["0", "-7", "007", "123456789012345678901234567890"] {
            assert!(is_integer(valid), "{valid}");
        }
        for wrong in ["", "-", "--1", "+1", "1.0", " 1", "1\n", "٣", "1e3"] {
            assert!(!is_integer(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn extensions() {
        for (path, found) in [
            ("a.pdf", Some("pdf")),
            ("dir.d/a.tar.GZ", Some("GZ")),
            ("..pdf", Some("pdf")),
            (".pdf", None),
            ("a.", None),
            ("a", None),
            ("", None),
            ("a.pdf/", None),
            ("a.pdf/b", None),
            ("a.pdf\\b", None),
            ("ä.é", Some("é")),
        ] {
            assert_eq!(extension(path), found, "{path:?}");
        }
    }

    #[test]
    fn slugs() {
        let ascii = |text| is_slug(text, |c| c.is_ascii_alphanumeric());
        assert!(ascii("green_tea-2") && !ascii("grün") && !ascii("") && !ascii("a b") && !ascii("a\n"));
        assert!(is_slug("grün-茶", char::is_alphanumeric) && !is_slug("a.b", char::is_alphanumeric));
    }
}
