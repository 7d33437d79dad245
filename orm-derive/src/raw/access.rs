//! Whether a statement only reads, so that a database with readers of its own may run it there.

/// Words that change something, or may. A function called so makes a reading statement go to the writer, which costs
/// time and nothing else.
const WRITES: [&str; 14] = [
    "ALTER", "ANALYZE", "CALL", "CREATE", "DELETE", "DROP", "INSERT", "INTO", "LOCK", "MERGE", "PRAGMA",
    "REPLACE", "TRUNCATE", "UPDATE",
];

/// True for a statement that certainly changes nothing: SELECT, VALUES or WITH, and no word that does.
pub(super) fn only_reads(sql: &str) -> bool {
    let mut words = words(sql);
    let reads = words.next().is_some_and(|first| {
        ["SELECT", "VALUES", "WITH"].iter().any(|reading| first.eq_ignore_ascii_case(reading))
    });
    reads && words.all(|word| !WRITES.iter().any(|writing| word.eq_ignore_ascii_case(writing)))
}

/// The words outside of quotes and comments.
fn words(sql: &str) -> impl Iterator<Item = &str> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            let (token, after) = rest.split_at(match first {
                '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
                '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
                '\'' | '"' | '`' => rest[1..].find(first).map_or(rest.len(), |at| at + 2),
                first if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                first => first.len_utf8(),
            });
            rest = after;
            if is_word(first) {
                return Some(token);
            }
        }
    })
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_only_read() {
        for reads in [
            "SELECT 1",
            "  -- first\n /* then */ (select 'INSERT', \"delete\", `drop` FROM updated_at)",
            "values (1), (2)",
            "WITH a AS (SELECT 1) SELECT * FROM a -- DELETE",
            "SELECT 'it''s' || \"a\"\"b\"",
        ] {
            assert!(only_reads(reads), "{reads}");
        }
    }

    #[test]
    fn whatever_may_write_is_a_write() {
        for writes in [
            "INSERT INTO a VALUES (1)",
            "WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a",
            "with a as (select 1) delete from b",
            "SELECT * FROM a FOR UPDATE",
            "SELECT 1 INTO b",
            "PRAGMA user_version = 1",
            "EXPLAIN SELECT 1",
            "'SELECT' DELETE",
            "",
        ] {
            assert!(!only_reads(writes), "{writes}");
        }
    }
}
