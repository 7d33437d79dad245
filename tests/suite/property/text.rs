//! Searches in text.

/// A search for literal text or for a pattern.
#[derive(Clone, Debug)]
pub enum Search {
    Contains(String),
    IContains(String),
    StartsWith(String),
    IStartsWith(String),
    EndsWith(String),
    IEndsWith(String),
    IExact(String),
    Regex(&'static Pattern),
    IRegex(&'static Pattern),
}

/// A regular expression that all databases read alike, with what it means.
pub struct Pattern {
    pub text: &'static str,
    matches: fn(&str) -> bool,
    matches_any_case: fn(&str) -> bool,
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(f)
    }
}

pub static PATTERNS: [Pattern; 8] = [
    Pattern {
        text: "^a",
        matches: |text| text.starts_with('a'),
        matches_any_case: |text| text.starts_with(['a', 'A']),
    },
    Pattern {
        text: "b$",
        matches: |text| text.ends_with('b'),
        matches_any_case: |text| text.ends_with(['b', 'B']),
    },
    Pattern {
        text: "[A-Z]",
        matches: |text| text.contains(|c: char| c.is_ascii_uppercase()),
        matches_any_case: |text| text.contains(|c: char| c.is_ascii_alphabetic()),
    },
    Pattern { text: "^$", matches: str::is_empty, matches_any_case: str::is_empty },
    Pattern {
        text: "[0-9]+",
        matches: |text| text.contains(|c: char| c.is_ascii_digit()),
        matches_any_case: |text| text.contains(|c: char| c.is_ascii_digit()),
    },
    Pattern {
        text: "ab|%",
        matches: |text| text.contains("ab") || text.contains('%'),
        matches_any_case: |text| text.to_lowercase().contains("ab") || text.contains('%'),
    },
    Pattern {
        text: "^[^a]*$",
        matches: |text| !text.contains('a'),
        matches_any_case: |text| !text.contains(['a', 'A']),
    },
    Pattern {
        text: "a[_!*?]b",
        matches: |text| ["a_b", "a!b", "a*b", "a?b"].iter().any(|part| text.contains(part)),
        matches_any_case: |text| {
            ["a_b", "a!b", "a*b", "a?b"].iter().any(|part| text.to_lowercase().contains(part))
        },
    },
];

impl Search {
    pub fn finds(&self, text: &str) -> bool {
        let lower = |text: &str| text.to_lowercase();
        match self {
            Search::Contains(part) => text.contains(part),
            Search::IContains(part) => lower(text).contains(&lower(part)),
            Search::StartsWith(part) => text.starts_with(part),
            Search::IStartsWith(part) => lower(text).starts_with(&lower(part)),
            Search::EndsWith(part) => text.ends_with(part),
            Search::IEndsWith(part) => lower(text).ends_with(&lower(part)),
            Search::IExact(other) => lower(text) == lower(other),
            Search::Regex(pattern) => (pattern.matches)(text),
            Search::IRegex(pattern) => (pattern.matches_any_case)(text),
        }
    }
}
