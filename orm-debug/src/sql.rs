//! SQL as people read it: a clause on each line, and what each word is.

/// What a piece of a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Keyword,
    /// A quoted name.
    Name,
    /// A text or a number that stands in the statement.
    Literal,
    Placeholder,
    Other,
}

/// A line of a statement, with how far it is indented.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Line<'s> {
    pub(crate) indent: usize,
    pub(crate) pieces: Vec<(Piece, &'s str)>,
}

/// Words that are written in capitals by the compiler and begin a line, outside of parentheses.
const CLAUSES: [&str; 20] = [
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "WINDOW",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "VALUES",
    "SET",
    "RETURNING",
    "JOIN",
    "LEFT",
    "INNER",
    "CROSS",
    "FOR",
    "SELECT",
];

/// A statement in lines.
pub(crate) fn lines(sql: &str) -> Vec<Line<'_>> {
    let mut lines = vec![Line::default()];
    let mut depth = 0_usize;
    let mut before = "";
    for (piece, text) in pieces(sql) {
        match text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && piece == Piece::Keyword {
            let begins = CLAUSES.contains(&text) && !continues(before, text);
            let indent = usize::from(text == "AND" && before != "BETWEEN");
            let is_started = lines.last().is_some_and(|line| !line.pieces.is_empty());
            if (begins || indent > 0) && is_started {
                trim_end(&mut lines);
                lines.push(Line { indent, pieces: Vec::new() });
            }
            before = text;
        }
        if let Some(line) = lines.last_mut() {
            // What a line begins with is its indentation.
            if !(line.pieces.is_empty() && text.trim().is_empty()) {
                line.pieces.push((piece, text));
            }
        }
    }
    trim_end(&mut lines);
    lines
}

/// Whether a word goes on with what the word before it began: LEFT JOIN, DELETE FROM, FOR UPDATE SET.
fn continues(before: &str, word: &str) -> bool {
    matches!(
        (before, word),
        ("LEFT" | "INNER" | "CROSS" | "OUTER", "JOIN")
            | ("DELETE" | "DISTINCT", "FROM")
            | ("DO" | "UPDATE", "SET")
            | ("UNION" | "ALL" | "EXCEPT" | "INTERSECT", "ALL")
    )
}

fn trim_end(lines: &mut [Line<'_>]) {
    if let Some(line) = lines.last_mut() {
        while line.pieces.last().is_some_and(|(_, text)| text.trim().is_empty()) {
            line.pieces.pop();
        }
    }
}

/// The statement cut into pieces, which are all of it.
fn pieces(sql: &str) -> impl Iterator<Item = (Piece, &str)> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (piece, length) = match first {
            '"' | '`' => (Piece::Name, quoted(rest, first)),
            '\'' => (Piece::Literal, quoted(rest, first)),
            '?' => (Piece::Placeholder, 1),
            '$' => (Piece::Placeholder, 1 + run(&rest[1..], |c| c.is_ascii_digit())),
            c if c.is_ascii_digit() => (Piece::Literal, run(rest, |c| c.is_ascii_alphanumeric() || c == '.')),
            c if c.is_alphabetic() || c == '_' => {
                let length = run(rest, |c| c.is_alphanumeric() || c == '_');
                let is_keyword = rest[..length].chars().all(|c| c.is_ascii_uppercase() || c == '_');
                (if is_keyword { Piece::Keyword } else { Piece::Other }, length)
            }
            c if c.is_whitespace() => (Piece::Other, run(rest, char::is_whitespace)),
            c => (Piece::Other, c.len_utf8()),
        };
        let (piece_text, after) = rest.split_at(length);
        rest = after;
        Some((piece, piece_text))
    })
}

/// The length of what stands between quotes, with them; a doubled quote is part of it.
fn quoted(text: &str, quote: char) -> usize {
    let mut from = quote.len_utf8();
    while let Some(at) = text[from..].find(quote) {
        from += at + quote.len_utf8();
        if !text[from..].starts_with(quote) {
            return from;
        }
        from += quote.len_utf8();
    }
    text.len()
}

fn run(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_in(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(sql: &str) -> Vec<String> {
        let text = |line: &Line<'_>| line.pieces.iter().map(|(_, text)| *text).collect::<String>();
        lines(sql).iter().map(|line| "  ".repeat(line.indent) + &text(line)).collect()
    }

    #[test]
    fn clauses_begin_lines_and_nothing_is_lost() {
        let sql = "SELECT \"id\", \"a FROM b\" FROM \"post\" LEFT JOIN \"user\" AS t1 ON t1.\"id\" = \"a\" \
                   WHERE \"x\" IN (SELECT \"y\" FROM \"z\") AND \"n\" = $12 ORDER BY \"id\" LIMIT 5";
        assert_eq!(
            written(sql),
            [
                "SELECT \"id\", \"a FROM b\"",
                "FROM \"post\"",
                "LEFT JOIN \"user\" AS t1 ON t1.\"id\" = \"a\"",
                "WHERE \"x\" IN (SELECT \"y\" FROM \"z\")",
                "  AND \"n\" = $12",
                "ORDER BY \"id\"",
                "LIMIT 5",
            ]
        );
        assert_eq!(written(sql).iter().map(|line| line.trim()).collect::<Vec<_>>().join(" "), sql);
    }

    #[test]
    fn words_keep_together_that_belong_together() {
        assert_eq!(written("DELETE FROM `post` WHERE `id` = ?"), ["DELETE FROM `post`", "WHERE `id` = ?"]);
        assert_eq!(written(""), [""]);
    }

    #[test]
    fn odd_texts_are_cut_without_loss() {
        for sql in ["'it''s' \"open", "$", "π ≈ 3.14 '", "((", "))", "`a``b`", "\u{1F375}\t\n"] {
            assert_eq!(pieces(sql).map(|(_, text)| text).collect::<String>(), sql);
            lines(sql);
        }
    }
}
