//! Upper and lower case of text, a character for a character, as database servers change it.
//!
//! Rust's own `to_uppercase` makes `SS` of `ß` and knows when a sigma ends a word. Servers do neither, so that what runs
//! beside them must not.

/// The text in lower case.
pub fn lower(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().map(lower_of).collect() }
}

/// The text in upper case.
pub fn upper(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_uppercase() } else { text.chars().map(upper_of).collect() }
}

fn lower_of(character: char) -> char {
    match character {
        // In full an `i` with a second dot above it.
        'İ' => 'i',
        _ => only(character.to_lowercase()).unwrap_or(character),
    }
}

fn upper_of(character: char) -> char {
    let single = only(character.to_uppercase());
    single.unwrap_or_else(|| with_iota(character).unwrap_or(character))
}

fn only(mut characters: impl Iterator<Item = char>) -> Option<char> {
    let first = characters.next();
    if characters.next().is_some() { None } else { first }
}

/// Greek letters with a small iota: in full two letters, but each has one with a capital iota beside it.
fn with_iota(character: char) -> Option<char> {
    let offset = match u32::from(character) {
        0x1F80..=0x1F87 | 0x1F90..=0x1F97 | 0x1FA0..=0x1FA7 => 8,
        0x1FB3 | 0x1FC3 | 0x1FF3 => 9,
        _ => return None,
    };
    char::from_u32(u32::from(character).saturating_add(offset))
}

#[cfg(test)]
mod tests {
    use super::{lower, upper};

    #[test]
    fn a_character_for_a_character() {
        assert_eq!(upper("straße éǆıſ ÿ ŉ ά ﬁ ᾳᾀ я"), "STRAßE ÉǄIS Ÿ ŉ Ά ﬁ ᾼᾈ Я");
        assert_eq!(lower("İSTANBUL ΑΣ ǅ Я ᾼᾈ"), "istanbul ασ ǆ я ᾳᾀ");
        for character in (0..=0x0010_FFFF).filter_map(char::from_u32) {
            let text = character.to_string();
            assert_eq!((lower(&text).chars().count(), upper(&text).chars().count()), (1, 1), "{text}");
        }
    }
}
