//! What a column of a result holds, and how MySQL calls it.

use std::borrow::Cow;

use mysql_async::Column;
use mysql_async::consts::{ColumnFlags, ColumnType};

/// The character set number of bytes that are not text.
const BINARY: u16 = 63;

/// Column types with the same meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Integer,
    Float,
    Decimal,
    Text,
    Bytes,
    Json,
    Date,
    Time,
    DateTime,
    Other,
}

#[inline]
pub(crate) fn family(column: &Column) -> Family {
    use ColumnType as T;
    match column.column_type() {
        T::MYSQL_TYPE_TINY
        | T::MYSQL_TYPE_SHORT
        | T::MYSQL_TYPE_INT24
        | T::MYSQL_TYPE_LONG
        | T::MYSQL_TYPE_LONGLONG
        | T::MYSQL_TYPE_YEAR => Family::Integer,
        T::MYSQL_TYPE_FLOAT | T::MYSQL_TYPE_DOUBLE => Family::Float,
        T::MYSQL_TYPE_DECIMAL | T::MYSQL_TYPE_NEWDECIMAL => Family::Decimal,
        T::MYSQL_TYPE_STRING
        | T::MYSQL_TYPE_VAR_STRING
        | T::MYSQL_TYPE_VARCHAR
        | T::MYSQL_TYPE_BLOB
        | T::MYSQL_TYPE_TINY_BLOB
        | T::MYSQL_TYPE_MEDIUM_BLOB
        | T::MYSQL_TYPE_LONG_BLOB
        | T::MYSQL_TYPE_ENUM
        | T::MYSQL_TYPE_SET => {
            if column.character_set() == BINARY {
                Family::Bytes
            } else {
                Family::Text
            }
        }
        T::MYSQL_TYPE_JSON => Family::Json,
        T::MYSQL_TYPE_DATE | T::MYSQL_TYPE_NEWDATE => Family::Date,
        T::MYSQL_TYPE_TIME => Family::Time,
        T::MYSQL_TYPE_DATETIME | T::MYSQL_TYPE_TIMESTAMP => Family::DateTime,
        _ => Family::Other,
    }
}

/// Text; also JSON, and an expression whose character set the server leaves open, if its bytes are UTF-8.
#[inline]
pub(crate) fn may_be_text(column: &Column) -> bool {
    match family(column) {
        Family::Text | Family::Json => true,
        Family::Bytes => is_expression(column),
        _ => false,
    }
}

/// Bytes; also an expression such as a bound parameter, which the server calls text.
#[inline]
pub(crate) fn may_be_bytes(column: &Column) -> bool {
    match family(column) {
        Family::Bytes => true,
        Family::Text => is_expression(column),
        _ => false,
    }
}

/// An exact decimal.
pub(crate) fn is_decimal(column: &Column) -> bool {
    family(column) == Family::Decimal
}

/// True when rows of these columns can be read; `mysql_async` panics at types that no server sends.
pub(crate) fn are_readable(columns: &[Column]) -> bool {
    use ColumnType as T;
    columns.iter().all(|column| {
        family(column) != Family::Other
            || matches!(
                column.column_type(),
                T::MYSQL_TYPE_BIT | T::MYSQL_TYPE_GEOMETRY | T::MYSQL_TYPE_VECTOR | T::MYSQL_TYPE_NULL
            )
    })
}

/// The column's type as one writes it in SQL.
pub(crate) fn type_name(column: &Column) -> Cow<'static, str> {
    use ColumnType as T;
    let unsigned = column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
    let binary = column.character_set() == BINARY;
    let pick = |yes: &'static str, no: &'static str, which: bool| if which { yes } else { no };
    let name = match column.column_type() {
        T::MYSQL_TYPE_TINY => pick("tinyint unsigned", "tinyint", unsigned),
        T::MYSQL_TYPE_SHORT => pick("smallint unsigned", "smallint", unsigned),
        T::MYSQL_TYPE_INT24 => pick("mediumint unsigned", "mediumint", unsigned),
        T::MYSQL_TYPE_LONG => pick("int unsigned", "int", unsigned),
        T::MYSQL_TYPE_LONGLONG => pick("bigint unsigned", "bigint", unsigned),
        T::MYSQL_TYPE_YEAR => "year",
        T::MYSQL_TYPE_FLOAT => "float",
        T::MYSQL_TYPE_DOUBLE => "double",
        T::MYSQL_TYPE_DECIMAL | T::MYSQL_TYPE_NEWDECIMAL => "decimal",
        T::MYSQL_TYPE_STRING if column.flags().contains(ColumnFlags::ENUM_FLAG) => "enum",
        T::MYSQL_TYPE_STRING if column.flags().contains(ColumnFlags::SET_FLAG) => "set",
        T::MYSQL_TYPE_STRING => pick("binary", "char", binary),
        T::MYSQL_TYPE_VAR_STRING | T::MYSQL_TYPE_VARCHAR => pick("varbinary", "varchar", binary),
        T::MYSQL_TYPE_TINY_BLOB => pick("tinyblob", "tinytext", binary),
        T::MYSQL_TYPE_MEDIUM_BLOB => pick("mediumblob", "mediumtext", binary),
        T::MYSQL_TYPE_LONG_BLOB => pick("longblob", "longtext", binary),
        T::MYSQL_TYPE_BLOB => blob_name(column, binary),
        T::MYSQL_TYPE_JSON => "json",
        T::MYSQL_TYPE_DATE | T::MYSQL_TYPE_NEWDATE => "date",
        T::MYSQL_TYPE_TIME => "time",
        T::MYSQL_TYPE_DATETIME => "datetime",
        T::MYSQL_TYPE_TIMESTAMP => "timestamp",
        T::MYSQL_TYPE_BIT => "bit",
        T::MYSQL_TYPE_ENUM => "enum",
        T::MYSQL_TYPE_SET => "set",
        T::MYSQL_TYPE_GEOMETRY => "geometry",
        T::MYSQL_TYPE_NULL => "null",
        other => return format!("{other:?}").into(),
    };
    name.into()
}

/// The servers send one type for all sizes of blob and text; they differ in the longest length.
fn blob_name(column: &Column, binary: bool) -> &'static str {
    match (column.column_length(), binary) {
        (..=255, true) => "tinyblob",
        (..=65_535, true) => "blob",
        (..=16_777_215, true) => "mediumblob",
        (_, true) => "longblob",
        // Four bytes a character.
        (..=1_020, false) => "tinytext",
        (..=262_140, false) => "text",
        (..=67_108_860, false) => "mediumtext",
        (_, false) => "longtext",
    }
}

/// Not a table's column: its declared type is the server's guess.
pub(crate) fn is_expression(column: &Column) -> bool {
    column.org_table_ref().is_empty()
}
