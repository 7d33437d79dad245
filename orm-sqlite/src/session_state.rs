//! Which statements leave something behind on the connection that the next caller would meet: settings, attached
//! databases, temporary tables. Such a connection is closed instead of being lent again.

/// Whether a text leaves something behind. A false alarm costs opening the file again.
pub(crate) fn is_changed_by(sql: &str) -> bool {
    // What the compiler writes is told by its first letter.
    if matches!(sql.as_bytes().first(), Some(b'S' | b'I' | b'U' | b'W')) && !sql.contains(';') {
        return false;
    }
    // A `;` inside quotes splits too: that can find more statements than there are, never fewer.
    sql.split(';').any(is_changed_by_statement)
}

/// Whether a statement, in the case in which they are written here, does no more than read and write rows.
pub(crate) fn is_about_rows(sql: &str) -> bool {
    const WORDS: [&str; 6] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "REPLACE "];
    WORDS.iter().any(|word| sql.starts_with(word))
}

/// Whether a text is nothing but commands of savepoints, in the case in which they are written here.
pub(crate) fn is_of_savepoints(sql: &str) -> bool {
    const COMMANDS: [&str; 3] = ["SAVEPOINT ", "RELEASE ", "ROLLBACK TO "];
    sql.split(';').all(|command| COMMANDS.iter().any(|word| command.trim_start().starts_with(word)))
}

fn is_changed_by_statement(statement: &str) -> bool {
    let mut words = Words(statement);
    match words.next_upper().as_str() {
        // That one ends with its transaction.
        "PRAGMA" => words.next_upper() != "DEFER_FOREIGN_KEYS",
        "ATTACH" | "DETACH" => true,
        "CREATE" => matches!(words.next_upper().as_str(), "TEMP" | "TEMPORARY"),
        _ => false,
    }
}

/// The words of a statement, past spaces and comments.
struct Words<'t>(&'t str);

impl Words<'_> {
    fn next_upper(&mut self) -> String {
        loop {
            self.0 = self.0.trim_start();
            if let Some(rest) = self.0.strip_prefix("--") {
                self.0 = rest.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(rest) = self.0.strip_prefix("/*") {
                self.0 = rest.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                break;
            }
        }
        let end = self.0.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        word.to_ascii_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::{is_changed_by, is_of_savepoints};

    #[test]
    fn commands_of_savepoints_are_told() {
        for text in ["SAVEPOINT a", "RELEASE a", "ROLLBACK TO SAVEPOINT a; RELEASE SAVEPOINT a"] {
            assert!(is_of_savepoints(text), "{text}");
        }
        for text in ["", "ROLLBACK", "RELEASE a;", "RELEASE a; COMMIT", "savepoint a", "/**/ SAVEPOINT a"] {
            assert!(!is_of_savepoints(text), "{text}");
        }
    }

    #[test]
    fn changes_are_noticed() {
        for text in [
            "PRAGMA foreign_keys = OFF",
            "pragma foreign_keys(0)",
            " -- a\n PRAGMA query_only = ON",
            "/* a */ATTACH 'b' AS b",
            "SELECT 1; DETACH b",
            "CREATE TEMP TABLE t (a)",
            "create temporary view v AS SELECT 1",
        ] {
            assert!(is_changed_by(text), "{text}");
        }
        for text in [
            "",
            ";",
            "SELECT * FROM pragma",
            "INSERT INTO temp VALUES (1)",
            "CREATE TABLE temp (a)",
            "CREATE TABLE attach (a); CREATE INDEX i ON attach (a)",
            "PRAGMA defer_foreign_keys = ON",
            "BEGIN",
            "/*",
            "--",
        ] {
            assert!(!is_changed_by(text), "{text}");
        }
    }
}
