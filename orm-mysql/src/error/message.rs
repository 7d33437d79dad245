//! Constraint, table and column out of an error message; they are nowhere else in the protocol.

use orm_core::compile::Dialect;

/// The names a message gives.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) constraint: Option<String>,
    pub(crate) table: Option<String>,
    pub(crate) column: Option<String>,
}

pub(crate) fn names(code: u16, message: &str, dialect: Option<Dialect>) -> Names {
    match code {
        1062 | 1169 | 1586 => duplicate(message, dialect),
        1451 | 1452 => foreign_key(message),
        3819 => {
            Names { constraint: between(message, "Check constraint '", "' is violated"), ..Names::default() }
        }
        4025 => mariadb_check(message),
        1048 | 1263 | 1265 | 1364 | 1406 | 1264 | 1054 => {
            Names { column: quoted_name(message), ..Names::default() }
        }
        1292 | 1366 | 1411 => data_column(message),
        1146 => {
            // Table 'database.name' doesn't exist
            let table = quoted_name(message).map(|name| last_part(&name).to_owned());
            Names { table, ..Names::default() }
        }
        _ => Names::default(),
    }
}

/// `Duplicate entry '…' for key '…'`: MySQL writes `table.key`, MariaDB `key`. The entry may contain anything, so the
/// key is looked for from the end.
fn duplicate(message: &str, dialect: Option<Dialect>) -> Names {
    let key = message
        .rfind("for key '")
        .and_then(|at| message.get(at + "for key '".len()..))
        .and_then(|rest| rest.strip_suffix('\'').or_else(|| rest.rsplit_once('\'').map(|(key, _)| key)));
    match key {
        None => Names::default(),
        Some(key) => match key.split_once('.') {
            Some((table, key)) if dialect != Some(Dialect::MariaDb) => {
                Names { constraint: Some(key.to_owned()), table: Some(table.to_owned()), column: None }
            }
            _ => Names { constraint: Some(key.to_owned()), ..Names::default() },
        },
    }
}

/// ``… a foreign key constraint fails (`db`.`table`, CONSTRAINT `name` FOREIGN KEY (`column`) REFERENCES …)``.
fn foreign_key(message: &str) -> Names {
    let Some(inside) = message.split_once("constraint fails (").map(|(_, inside)| inside) else {
        return Names::default();
    };
    // `db`.`table`
    let table =
        backquoted(inside).and_then(|(_, rest)| backquoted(rest.strip_prefix('.')?)).map(|(table, _)| table);
    let constraint =
        inside.split_once(" CONSTRAINT ").and_then(|(_, rest)| backquoted(rest)).map(|(name, _)| name);
    let column = inside.split_once(" FOREIGN KEY (").and_then(|(_, rest)| {
        let (column, rest) = backquoted(rest)?;
        // Of a key of several columns none alone is to blame.
        rest.starts_with(')').then_some(column)
    });
    Names { constraint, table, column }
}

/// ``CONSTRAINT `name` failed for `db`.`table` ``; the name of a column's own check is `table.column`.
fn mariadb_check(message: &str) -> Names {
    let Some((constraint, rest)) = message.strip_prefix("CONSTRAINT ").and_then(backquoted) else {
        return Names::default();
    };
    let table = rest
        .strip_prefix(" failed for ")
        .and_then(backquoted)
        .and_then(|(_, rest)| backquoted(rest.strip_prefix('.')?))
        .map(|(table, _)| table);
    Names { constraint: Some(constraint), table, column: None }
}

/// `… for column 'name' at row 1` (MySQL) or ``… for column `db`.`table`.`name` at row 1`` (MariaDB).
fn data_column(message: &str) -> Names {
    let Some(rest) = message.rfind("for column ").and_then(|at| message.get(at + "for column ".len()..))
    else {
        return Names::default();
    };
    if rest.starts_with('`') {
        let parts = std::iter::successors(backquoted(rest), |(_, rest)| backquoted(rest.strip_prefix('.')?));
        let parts: Vec<String> = parts.map(|(part, _)| part).filter(|part| !part.is_empty()).collect();
        let mut parts = parts.into_iter().rev();
        Names { column: parts.next(), table: parts.next(), constraint: None }
    } else {
        Names { column: between(rest, "'", "' at row"), ..Names::default() }
    }
}

/// The first name in single quotes: `Column 'name' cannot be null`, `Data too long for column 'name' at row 1`.
fn quoted_name(message: &str) -> Option<String> {
    let (_, rest) = message.split_once('\'')?;
    let end = ["' at row ", "' cannot be null", "' doesn't have", "' doesn't exist", "' in "]
        .iter()
        .find_map(|end| rest.find(end))
        .or_else(|| rest.find('\''))?;
    rest.get(..end).map(str::to_owned)
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.rfind(after).and_then(|end| rest.get(..end)).map(str::to_owned)
}

/// A name in backquotes at the start, and what follows it.
fn backquoted(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text.strip_prefix('`')?;
    loop {
        let (part, after) = rest.split_once('`')?;
        name.push_str(part);
        match after.strip_prefix('`') {
            // A doubled backquote stands for one.
            Some(after) => {
                name.push('`');
                rest = after;
            }
            None => return Some((name, after)),
        }
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(constraint: &str, table: &str, column: &str) -> Names {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Names { constraint: some(constraint), table: some(table), column: some(column) }
    }

    #[test]
    fn duplicates_name_their_key() {
        let mysql = Some(Dialect::MySql);
        let mariadb = Some(Dialect::MariaDb);
        assert_eq!(
            names(1062, "Duplicate entry '1' for key 'post.PRIMARY'", mysql),
            all("PRIMARY", "post", "")
        );
        assert_eq!(names(1062, "Duplicate entry '1-a' for key 'a_b_uniq'", mariadb), all("a_b_uniq", "", ""));
        assert_eq!(names(1062, "Duplicate entry 'x' for key 'y' for key 'k'", mariadb), all("k", "", ""));
        assert_eq!(names(1062, "Duplicate entry '' for key 'odd.name'", mariadb), all("odd.name", "", ""));
        assert_eq!(names(1062, "translated", mysql), Names::default());
        assert_eq!(names(1062, "for key '", mysql), Names::default());
    }

    #[test]
    fn foreign_keys_name_constraint_table_and_column() {
        let message = "Cannot add or update a child row: a foreign key constraint fails (`db`.`post`, CONSTRAINT \
                       `post_author_fk` FOREIGN KEY (`author_id`) REFERENCES `user` (`id`))";
        assert_eq!(names(1452, message, None), all("post_author_fk", "post", "author_id"));
        let odd = "Cannot delete or update a parent row: a foreign key constraint fails (`d`.`a``b`, CONSTRAINT `c``d` \
                   FOREIGN KEY (`x`, `y`) REFERENCES `z` (`x`, `y`))";
        assert_eq!(names(1451, odd, None), all("c`d", "a`b", ""));
        assert_eq!(names(1451, "a foreign key constraint fails (", None), Names::default());
        assert_eq!(names(1451, "a foreign key constraint fails (`", None), Names::default());
    }

    #[test]
    fn checks_name_their_constraint() {
        assert_eq!(names(3819, "Check constraint 'age_check' is violated.", None), all("age_check", "", ""));
        assert_eq!(
            names(4025, "CONSTRAINT `age_check` failed for `db`.`user`", None),
            all("age_check", "user", "")
        );
        assert_eq!(
            names(4025, "CONSTRAINT `user.age` failed for `db`.`user`", None),
            all("user.age", "user", "")
        );
    }

    #[test]
    fn columns_are_found() {
        assert_eq!(names(1048, "Column 'name' cannot be null", None), all("", "", "name"));
        assert_eq!(names(1364, "Field 'na'me' doesn't have a default value", None), all("", "", "na'me"));
        assert_eq!(names(1406, "Data too long for column 'name' at row 1", None), all("", "", "name"));
        assert_eq!(names(1264, "Out of range value for column 'age' at row 1", None), all("", "", "age"));
        let mysql = "Incorrect integer value: 'x' for column 'age' at row 1";
        assert_eq!(names(1366, mysql, None), all("", "", "age"));
        let mariadb = "Incorrect integer value: 'for column' for column `db`.`t`.`age` at row 1";
        assert_eq!(names(1366, mariadb, None), all("", "t", "age"));
        assert_eq!(names(1146, "Table 'db.missing' doesn't exist", None), all("", "missing", ""));
        assert_eq!(names(1292, "Truncated incorrect DOUBLE value: 'x'", None), Names::default());
    }
}
