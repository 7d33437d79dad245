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
    fn slugs() {
        let ascii = |text| is_slug(text, |c| c.is_ascii_alphanumeric());
        assert!(ascii("green_tea-2") && !ascii("grün") && !ascii("") && !ascii("a b") && !ascii("a\n"));
        assert!(is_slug("grün-茶", char::is_alphanumeric) && !is_slug("a.b", char::is_alphanumeric));
    }
}
