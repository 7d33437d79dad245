//! Which statements change a session beyond what a transaction undoes, so that no later caller inherits it.

/// True when a connection that ran this text must not be given to the next caller: variables, temporary tables, locks.
///
/// Only looked at when a statement is prepared or runs as text. Better a connection too many given up than one too few.
pub(crate) fn is_changed_by(text: &str) -> bool {
    text.split(';').any(is_changed_by_statement)
}

/// True for the commands of a transaction, which MySQL cannot prepare and which nobody needs prepared.
pub(crate) fn is_transaction_command(text: &str) -> bool {
    let mut words = Words(text);
    let is_one = match words.next_upper().as_str() {
        "SAVEPOINT" | "COMMIT" | "ROLLBACK" | "BEGIN" => true,
        "RELEASE" => words.next_upper() == "SAVEPOINT",
        "START" => words.next_upper() == "TRANSACTION",
        _ => false,
    };
    is_one && !text.contains(';')
}

/// True for a single statement that reads or changes rows, and so neither opens nor ends a transaction.
pub(crate) fn is_plain(text: &str) -> bool {
    let word = Words(text).next_upper();
    matches!(word.as_str(), "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "WITH" | "VALUES")
        && !text.contains(';')
}

fn is_changed_by_statement(text: &str) -> bool {
    let mut words = Words(text);
    match words.next_upper().as_str() {
        "SET" => {
            // `SET TRANSACTION` without a scope is for the next transaction only, but that one may be another caller's.
            // MariaDB's `SET STATEMENT … FOR` ends with the statement.
            words.next_upper() != "STATEMENT"
        }
        "USE" | "LOCK" | "UNLOCK" | "HANDLER" | "PREPARE" | "DEALLOCATE" | "XA" | "FLUSH" | "CHANGE"
        | "INSTALL" => true,
        "CREATE" => {
            let word = words.next_upper();
            word == "TEMPORARY"
                || (word == "OR" && words.next_upper() == "REPLACE" && words.next_upper() == "TEMPORARY")
        }
        "" => false,
        _ => mentions_lock_or_variable(text),
    }
}

/// Advisory locks, and user variables: `@x := …`, `SELECT … INTO @x`.
fn mentions_lock_or_variable(text: &str) -> bool {
    text.contains(":=")
        || find_ignoring_case(text, "get_lock")
        || (text.contains('@') && find_ignoring_case(text, "into"))
}

fn find_ignoring_case(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// The words of a statement, past comments and parentheses.
struct Words<'t>(&'t str);

impl Words<'_> {
    fn next_upper(&mut self) -> String {
        loop {
            self.0 = self.0.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
            if let Some(rest) = self.0.strip_prefix("/*!").or_else(|| self.0.strip_prefix("/*M!")) {
                // Runs on the server, so it is looked into.
                self.0 = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            } else if let Some(rest) = self.0.strip_prefix("/*") {
                self.0 = rest.split_once("*/").map_or("", |(_, rest)| rest);
            } else if self.0.starts_with('#') || self.0.starts_with("--") {
                self.0 = self.0.split_once('\n').map_or("", |(_, rest)| rest);
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
    use super::*;

    #[test]
    fn session_changes_are_noticed() {
        for text in [
            "SET time_zone = '+01:00'",
            "set @x = 1",
            "  /* a */ -- b\n SET SESSION sql_mode = ''",
            "/*!40101 SET NAMES latin1 */",
            "USE other",
            "LOCK TABLES t WRITE",
            "CREATE TEMPORARY TABLE t (a int)",
            "create or replace temporary table t (a int)",
            "SELECT GET_LOCK('a', 1)",
            "DO get_lock('a', 1)",
            "SELECT @x := 1",
            "SELECT 1 INTO @x",
            "SELECT 1; SET @x = 1",
            "XA START 'a'",
        ] {
            assert!(is_changed_by(text), "{text}");
        }
        for text in [
            "",
            "SELECT 1",
            "INSERT INTO t (a) VALUES (?)",
            "UPDATE t SET a = ?",
            "CREATE TABLE t (a int)",
            "SET STATEMENT max_statement_time = 1 FOR SELECT 1",
            "SAVEPOINT a",
        ] {
            assert!(!is_changed_by(text), "{text}");
        }
    }

    #[test]
    fn plain_statements_are_recognised() {
        for text in ["SELECT 1", "/* a */ insert INTO t VALUES (1)", "(SELECT 1) UNION (SELECT 2)"] {
            assert!(is_plain(text), "{text}");
        }
        for text in ["ALTER TABLE t ADD UNIQUE (a)", "CALL p()", "SELECT 1; DROP TABLE t", ""] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn transaction_commands_are_recognised() {
        for text in
            ["SAVEPOINT a", "release savepoint a", "ROLLBACK TO SAVEPOINT a", " COMMIT", "START TRANSACTION"]
        {
            assert!(is_transaction_command(text), "{text}");
        }
        for text in ["SELECT 1", "SAVEPOINT a; DROP TABLE t", "START SLAVE", "RELEASE", ""] {
            assert!(!is_transaction_command(text), "{text}");
        }
    }
}
