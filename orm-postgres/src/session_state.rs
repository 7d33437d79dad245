//! Which statements leave something behind in the session that the next borrower of the connection would meet.
//!
//! Such a connection is closed instead of going back to the pool. The text is judged once, when a statement is
//! prepared, so this costs nothing per execution. A false alarm costs a reconnection; so where in doubt, alarm.
//! Not seen: what a function of the user's does inside the server.

/// Whether a text leaves something behind.
pub(crate) fn taints(sql: &str) -> bool {
    let sql = sql.to_ascii_lowercase();
    // Functions that can stand anywhere in a statement.
    if ["set_config", "advisory_lock", "advisory_unlock", "setseed", "dblink_connect"]
        .iter()
        .any(|name| sql.contains(name))
    {
        return true;
    }
    // A `;` inside quotes splits too: that can find more statements than there are, never fewer.
    sql.split(';').any(statement_taints)
}

/// Whether a text has a statement that ends the transaction it runs in, if it succeeds.
pub(crate) fn ends_transaction(sql: &str) -> bool {
    let sql = sql.to_ascii_lowercase();
    sql.split(';').any(|statement| {
        let mut words = Words(statement);
        match words.next() {
            Some("commit" | "end" | "abort") => true,
            Some("rollback") => !words.any(|word| word == "to"),
            Some("prepare") => words.next() == Some("transaction"),
            _ => false,
        }
    })
}

fn statement_taints(statement: &str) -> bool {
    let mut words = Words(statement);
    let Some(first) = words.next() else { return false };
    match first {
        // These end with the transaction, or do nothing outside one.
        "set" => !matches!(words.next(), Some("local" | "constraints" | "transaction")),
        "rollback" => !words.any(|word| word == "to"),
        "declare" => words.any(|word| word == "hold"),
        "create" => words.take(3).any(|word| word == "temp" || word == "temporary"),
        "select" | "with" => {
            let mut after_into = false;
            words.any(|word| {
                let found = after_into && (word == "temp" || word == "temporary");
                after_into = word == "into" || (after_into && word == "local");
                found
            })
        }
        "reset" | "begin" | "start" | "commit" | "end" | "abort" | "prepare" | "deallocate" | "discard"
        | "listen" | "unlisten" | "load" | "do" | "call" => true,
        _ => false,
    }
}

/// The words of a text in lower case, without comments, punctuation and what is in double quotes.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            self.0 = self.0.trim_start();
            let rest = self.0;
            if let Some(comment) = rest.strip_prefix("--") {
                self.0 = comment.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(comment) = rest.strip_prefix("/*") {
                self.0 = after_block_comment(comment);
            } else if let Some(name) = rest.strip_prefix('"') {
                self.0 = name.split_once('"').map_or("", |(_, rest)| rest);
            } else {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                if end > 0 {
                    let (word, rest) = rest.split_at(end);
                    self.0 = rest;
                    return Some(word);
                }
                let mut chars = rest.chars();
                chars.next()?;
                self.0 = chars.as_str();
            }
        }
    }
}

/// PostgreSQL's block comments nest.
fn after_block_comment(mut rest: &str) -> &str {
    let mut depth = 1_usize;
    while depth > 0 {
        match (rest.find("/*"), rest.find("*/")) {
            (Some(open), Some(close)) if open < close => {
                depth += 1;
                rest = rest.get(open + 2..).unwrap_or("");
            }
            (_, Some(close)) => {
                depth -= 1;
                rest = rest.get(close + 2..).unwrap_or("");
            }
            (_, None) => return "",
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::{ends_transaction, taints};

    #[test]
    fn ordinary_statements_leave_nothing() {
        for sql in [
            "",
            ";",
            "SELECT \"set\".\"id\" FROM \"set\" WHERE a = 'x'",
            "SELECT temp FROM sensors",
            "INSERT INTO temp VALUES (1)",
            "INSERT INTO \"temp\" SELECT * FROM x RETURNING id",
            "SELECT * INTO \"temp\" FROM x",
            "UPDATE t SET a = 1",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "CREATE TABLE \"temp\" (a int)",
            "CREATE TABLE temperature (a int)",
            "SAVEPOINT a; RELEASE SAVEPOINT a; ROLLBACK TO SAVEPOINT a",
            "SET LOCAL lock_timeout = 5",
            "/* x */ set constraints all deferred",
            "SELECT pg_advisory_xact_lock(1)",
            "DECLARE c CURSOR FOR SELECT 1",
            "EXPLAIN SELECT 1",
            "-- SET ROLE x",
        ] {
            assert!(!taints(sql), "{sql}");
        }
    }

    #[test]
    fn what_stays_in_the_session_is_seen() {
        for sql in [
            "SET ROLE bob",
            "set session authorization bob",
            "  SET search_path TO x",
            "RESET ALL",
            "BEGIN",
            "start transaction",
            "SELECT 1; COMMIT",
            "ROLLBACK",
            "LISTEN x",
            "PREPARE p AS SELECT 1",
            "DISCARD ALL",
            "CREATE TEMP TABLE x (a int)",
            "CREATE TEMPORARY VIEW x AS SELECT 1",
            "create local temp table x (a int)",
            "SELECT * INTO TEMP x FROM y",
            "SELECT * INTO LOCAL TEMPORARY TABLE x FROM y",
            "SELECT set_config('role', 'bob', false)",
            "SELECT pg_advisory_lock(1)",
            "SELECT pg_try_advisory_lock_shared(1)",
            "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
            "/* a /* b */ */ SET ROLE bob",
            "-- a\nSET ROLE bob",
            "--;\nSET ROLE bob",
            "DO $$ BEGIN PERFORM 1; END $$",
            "CALL p()",
            "/*;*/ SET ROLE bob",
        ] {
            assert!(taints(sql), "{sql}");
        }
    }

    #[test]
    fn ends_of_transactions_are_seen() {
        for sql in ["COMMIT", "end", " rollback work", "ABORT", "PREPARE TRANSACTION 'a'", "SELECT 1; COMMIT"]
        {
            assert!(ends_transaction(sql), "{sql}");
        }
        for sql in
            ["ROLLBACK TO a", "ROLLBACK TO SAVEPOINT a; RELEASE a", "PREPARE a AS SELECT 1", "SELECT 1"]
        {
            assert!(!ends_transaction(sql), "{sql}");
        }
    }

    #[test]
    fn unfinished_texts_do_not_panic() {
        for sql in ["/*", "/* /*", "\"", "--", "é\"é", "/*é", "set", "rollback", "create", "$"] {
            let _ = taints(sql);
        }
    }
}
