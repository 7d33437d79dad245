//! NUL in text, which not every database stores.

/// Whether there is a NUL in a text. All of it is looked at, many bytes in a step: for the short texts that columns mostly have
/// that costs less than to stop at the first.
#[inline]
#[must_use]
pub fn has_nul(text: &str) -> bool {
    text.as_bytes().iter().fold(u8::MAX, |least, byte| least.min(*byte)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_wherever_it_is() {
        for length in [0, 1, 15, 16, 17, 31, 40, 200] {
            let mut text = "é".repeat(length);
            assert!(!has_nul(&text));
            text.push('\0');
            assert!(has_nul(&text) && has_nul(&format!("{text}x")) && has_nul(&format!("\0{text}")));
        }
    }
}
