//! MySQL and MariaDB.

mod aggregate;
mod arithmetic;
mod cast;
mod json;
mod math;
mod new_values;
mod offset_table;
mod temporal;
mod text;

use std::fmt::Write;

use super::super::Capability;
use super::super::aggregate::Over;
use super::super::conflict::write_changes;
use super::super::dialect::{Dialect, Reading, Spelling};
use super::super::explain::{ExplainOptions, PlanFormat};
use super::super::list::write_padded;
use super::super::select::write_select;
use super::super::test_database::TestServer;
use super::super::update_each::NewValues;
use super::super::window::has_distances;
use super::super::writer::SqlWriter;
use super::{
    check_year, no_array, no_literal, plain_default, plain_literal, push_type, write_hex, write_quoted_text,
};
use crate::ast::{
    Aggregate, Arithmetic, Cast, ConflictAction, DateFunction, Expr, FunctionCall, InList, JsonFunction,
    LockStrength, MathFunction, OnConflict, OrderBy, OrderKey, Regex, Select, TextFunction, TextMatch,
    Window,
};
use crate::error::{Error, Result, ValueError};
use crate::schema::{DbDefault, FieldMeta, ModelMeta};
use crate::value::{Value, ValueKind, ValueRef};

pub(in crate::compile) struct MySqlFamily {
    dialect: Dialect,
    /// Byte order without padding: `'a' = 'A'`, `'a' = 'a '` and `'e' = 'é'` are all false, as on other databases.
    collation: &'static str,
    /// What stands behind text whose collation nothing else tells.
    collated: &'static str,
    /// MariaDB has a type for it, which sorts versions 1 to 5 by their last group; on MySQL it is the 16 bytes.
    uuid: &'static str,
    insert_returning: bool,
    delete_returning: bool,
    /// The new row has a name of its own in ON DUPLICATE KEY UPDATE; MariaDB has only `VALUES()` there, which MySQL is
    /// giving up.
    insert_alias: bool,
    table_suffix: &'static str,
    explain: PlanFormat,
    /// MySQL before 8.3, and later unless a variable is set, measures only in its format of text.
    explain_analyze: (&'static str, PlanFormat),
    /// `InnoDB` follows 15 levels. `MySQL` 9.6 and later do it above `InnoDB`, and 9.7.4 was seen to leave rows behind whose
    /// parents are gone, from the third level on.
    cascade_levels: usize,
}

pub(in crate::compile) static MYSQL: MySqlFamily = MySqlFamily {
    dialect: Dialect::MySql,
    collation: "utf8mb4_0900_bin",
    collated: " COLLATE utf8mb4_0900_bin)",
    uuid: "binary(16)",
    insert_returning: false,
    delete_returning: false,
    insert_alias: true,
    table_suffix: " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin",
    explain: PlanFormat::Blocks,
    explain_analyze: ("EXPLAIN ANALYZE FORMAT=TREE ", PlanFormat::Arrows),
    cascade_levels: 2,
};

pub(in crate::compile) static MARIADB: MySqlFamily = MySqlFamily {
    dialect: Dialect::MariaDb,
    collation: "utf8mb4_nopad_bin",
    collated: " COLLATE utf8mb4_nopad_bin)",
    uuid: "uuid",
    insert_returning: true,
    delete_returning: true,
    insert_alias: false,
    table_suffix: " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin",
    explain: PlanFormat::UnescapedBlocks,
    explain_analyze: ("ANALYZE FORMAT=JSON ", PlanFormat::UnescapedBlocks),
    cascade_levels: 15,
};

/// Databases of tests. A run is alive while a session has the lock of its name.
impl TestServer for MySqlFamily {
    fn create(&self, name: &str, _template: Option<&str>) -> String {
        format!("CREATE DATABASE `{name}`")
    }

    fn drop(&self, name: &str) -> String {
        format!("DROP DATABASE IF EXISTS `{name}`")
    }

    fn claim(&self, run: &str) -> String {
        format!("DO GET_LOCK('{run}', 0)")
    }

    fn abandoned(&self) -> &'static str {
        "SELECT schema_name FROM information_schema.schemata WHERE schema_name REGEXP \
         '^orm_test_[0-9]+_[0-9]+_[0-9]+_[0-9]+$' AND IS_USED_LOCK(SUBSTRING_INDEX(schema_name, '_', 5)) IS NULL"
    }
}

impl Spelling for MySqlFamily {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn capability(&self) -> Capability {
        Capability {
            insert_returning: self.insert_returning,
            counted_in_one_piece: true,
            update_returning: false,
            delete_returning: self.delete_returning,
            virtual_columns: true,
            partial_indexes: false,
            computed_not_null: self.dialect == Dialect::MySql,
            limited_writes: true,
            conflict_target: false,
            simultaneous_assignment: false,
            add_foreign_key: true,
            cascade_levels: self.cascade_levels,
            set_default: false,
            subquery_on_target: false,
            distinct_on: false,
            aggregate_filter: false,
            extremes_skip_null: false,
            json_in: false,
            pipelining: false,
            array_params: false,
            one_by_one: false,
            new_values_as_one: true,
            rows_to_copy: usize::MAX,
            max_params: 65_535,
            rows_at_once: 1_024,
            bytes_at_once: 1 << 19,
            max_chain: 2_000,
            transactional_ddl: false,
            explain_analyze: true,
            explain_details: false,
            advisory_locks: true,
            lock_of: self.dialect == Dialect::MySql,
            deferrable: false,
            database_templates: false,
        }
    }

    fn quote(&self) -> char {
        '`'
    }

    fn test_server(&self) -> Option<&dyn TestServer> {
        Some(self)
    }

    fn write_placeholder(&self, out: &mut String, _number: usize) {
        out.push('?');
    }

    fn cast_in_expression(&self, kind: ValueKind) -> Option<(&'static str, &'static str)> {
        // The protocol sends decimals as text, and both servers compute with text as with a double: MariaDB 10.11
        // found 28 digits equal that differ in the last, in a list; a sum of two parameters is a double on MySQL.
        // 35 digits before the point and 30 after hold every `Decimal`.
        (kind == ValueKind::Decimal).then_some(("CAST(", " AS DECIMAL(65, 30))"))
    }

    fn cast_alone(&self, kind: ValueKind) -> Option<(&'static str, &'static str)> {
        match kind {
            ValueKind::Bool | ValueKind::Bytes | ValueKind::Uuid => None,
            ValueKind::I16 | ValueKind::I32 | ValueKind::I64 | ValueKind::Duration => {
                Some(("CAST(", " AS SIGNED)"))
            }
            ValueKind::U32 | ValueKind::U64 => Some(("CAST(", " AS UNSIGNED)")),
            ValueKind::F32 | ValueKind::F64 => Some(("CAST(", " AS DOUBLE)")),
            ValueKind::Text => Some(("(", self.collated)),
            ValueKind::Decimal => self.cast_in_expression(kind),
            // MariaDB's JSON is text.
            ValueKind::Json => (self.dialect == Dialect::MySql).then_some(("CAST(", " AS JSON)")),
            ValueKind::Date => Some(("CAST(", " AS DATE)")),
            ValueKind::Time => Some(("CAST(", " AS TIME(6))")),
            ValueKind::DateTime | ValueKind::Timestamp => Some(("CAST(", " AS DATETIME(6))")),
        }
    }

    fn write_empty_list(&self, w: &mut SqlWriter, _kind: ValueKind) {
        // WHERE needs a FROM.
        w.push("SELECT NULL FROM DUAL WHERE 1 = 0");
    }

    fn check_value(&self, value: ValueRef<'_>) -> Result<(), ValueError> {
        match value {
            ValueRef::F32(number) if !number.is_finite() => Err(ValueError::NotFinite { kind: "f32" }),
            ValueRef::F64(number) if !number.is_finite() => Err(ValueError::NotFinite { kind: "f64" }),
            ValueRef::Array(_) => Err(no_array()),
            value => check_year(value, 1..=9999, "MySQL's dates (years 1 to 9999)"),
        }
    }

    fn write_text_match(&self, w: &mut SqlWriter, search: &TextMatch) -> Result<()> {
        text::write_match(self, w, search)
    }

    fn write_regex(&self, w: &mut SqlWriter, regex: &Regex) -> Result<()> {
        text::write_regex(self, w, regex)
    }

    fn write_text_function(&self, w: &mut SqlWriter, function: TextFunction, args: &[Expr]) -> Result<()> {
        text::write(self, w, function, args)
    }

    fn write_length(&self, w: &mut SqlWriter, expr: &Expr, least: i32) -> Result<()> {
        text::write_length(w, expr, least)
    }

    fn write_xor(&self, w: &mut SqlWriter, pair: &[Expr; 2]) -> Result<()> {
        w.push("(");
        w.expr(&pair[0])?;
        w.push(") XOR (");
        w.expr(&pair[1])?;
        w.push(")");
        Ok(())
    }

    fn write_arithmetic(&self, w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
        arithmetic::write(w, arithmetic)
    }

    fn write_json(&self, w: &mut SqlWriter, function: JsonFunction, args: &[Expr]) -> Result<()> {
        json::write(w, function, args, self)
    }

    fn write_json_equal(&self, w: &mut SqlWriter, left: &Expr, right: &Expr) -> Result<()> {
        json::write_equal(w, left, right, self.dialect)
    }

    fn check_json_in_subquery(&self) -> Result<()> {
        Err(Error::unsupported("a JSON document among the rows of a subquery", self.dialect.name()))
    }

    fn write_negate(&self, w: &mut SqlWriter, expr: &Expr) -> Result<()> {
        arithmetic::write_negate(w, expr)
    }

    fn write_math(&self, w: &mut SqlWriter, function: MathFunction, call: &FunctionCall) -> Result<()> {
        math::write(w, function, call)
    }

    fn write_double(&self, w: &mut SqlWriter, number: &Expr) -> Result<()> {
        math::write_double(w, number)
    }

    fn write_date_function(
        &self,
        w: &mut SqlWriter,
        function: DateFunction,
        call: &FunctionCall,
    ) -> Result<()> {
        temporal::write(w, function, call)
    }

    fn write_cast(&self, w: &mut SqlWriter, cast: &Cast) -> Result<()> {
        cast::write(w, cast, self.dialect)
    }

    fn write_aggregate(&self, w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
        aggregate::write(w, aggregate, over, self.dialect)
    }

    fn check_window(&self, window: &Window) -> Result<()> {
        let name = self.dialect.name();
        if let Some(frame) = window.frame {
            if frame.exclude != crate::ast::Exclude::NoOthers {
                return Err(Error::unsupported("EXCLUDE in a window's frame", name));
            }
            if frame.unit == crate::ast::FrameUnit::Groups {
                return Err(Error::unsupported("GROUPS in a window's frame", name));
            }
        }
        // NULLs are moved by a second key, and here there can be only one.
        let moved = window.order_by.iter().any(|term| match &term.key {
            OrderKey::Expr(key) => key.is_nullable() && term.nulls_first() == term.descending,
            OrderKey::Random => false,
        });
        if moved && has_distances(window) {
            return Err(Error::unsupported("a window's frame by a range of what can be NULL", name));
        }
        Ok(())
    }

    fn write_list_subquery(&self, w: &mut SqlWriter, select: &Select) -> Result<()> {
        if !select.is_sliced() {
            return write_select(w, select);
        }
        // A LIMIT behind IN is refused, but not one further in.
        w.push("SELECT * FROM (");
        write_select(w, select)?;
        w.push(") AS `orm_list`");
        Ok(())
    }

    fn write_list(&self, w: &mut SqlWriter, list: &InList) -> Result<()> {
        write_padded(w, list, |w, kind, document| {
            w.push("SELECT `orm_value`");
            if kind == ValueKind::Text {
                w.push(" COLLATE ");
                w.push(self.collation);
            }
            w.push(" FROM JSON_TABLE(");
            w.stored_value(Value::Text(document), None)?;
            w.push(", '$[*]' COLUMNS (`orm_value` ");
            w.push(match kind {
                ValueKind::Text => "LONGTEXT",
                ValueKind::U32 | ValueKind::U64 => "BIGINT UNSIGNED",
                _ => "BIGINT",
            });
            w.push(" PATH '$')) AS `orm_list`");
            Ok(())
        })
    }

    fn write_order(&self, w: &mut SqlWriter, key: &Expr, term: &OrderBy, nullable: bool) -> Result<()> {
        // NULLs are the smallest here and there is no clause to move them: a first key does it.
        if nullable && term.nulls_first() == term.descending {
            w.expr(key)?;
            w.push(if term.nulls_first() { " IS NULL DESC, " } else { " IS NULL, " });
        }
        w.expr(key)?;
        if term.descending {
            w.push(" DESC");
        }
        Ok(())
    }

    fn write_random(&self, w: &mut SqlWriter) {
        w.push("RAND()");
    }

    fn tables(&self) -> &'static str {
        "SELECT CONVERT(table_name USING utf8mb4) FROM information_schema.tables WHERE table_schema = DATABASE()"
    }

    fn write_limit(&self, w: &mut SqlWriter, limit: Option<u64>, offset: Option<u64>) {
        w.push(" LIMIT ");
        // OFFSET needs a LIMIT; the manual's own way to say "all".
        w.number(limit.unwrap_or(u64::MAX));
        if let Some(offset) = offset {
            w.push(" OFFSET ");
            w.number(offset);
        }
    }

    fn reading(&self, reading: Reading) -> &'static str {
        // A plain SELECT reads as of the transaction's first one, and does not see what an INSERT has just run into. Two
        // that share a lock and both want to write would wait for each other.
        match reading {
            Reading::Latest => " LOCK IN SHARE MODE",
            Reading::ToChange => " FOR UPDATE",
        }
    }

    fn write_update_each(&self, w: &mut SqlWriter, update: NewValues) -> Result<()> {
        new_values::write(w, update, self.dialect, self.collation)
    }

    fn counting_step(&self) -> Option<&'static str> {
        Some("SELECT @@auto_increment_increment")
    }

    fn write_on_conflict(
        &self,
        w: &mut SqlWriter,
        model: &'static ModelMeta,
        conflict: &OnConflict,
    ) -> Result<()> {
        w.push(if self.insert_alias { " AS `orm_new`" } else { "" });
        w.push(" ON DUPLICATE KEY UPDATE ");
        if let ConflictAction::Nothing = conflict.action {
            // INSERT IGNORE would pass over every other error, too: a column set to itself is no change.
            // Not one that is counted: MySQL takes its old value for one that it is about to give.
            let key = model.fields.iter().find(|field| !field.is_identity()).unwrap_or(&model.fields[0]);
            w.name(key.column);
            w.push(" = ");
            w.name(model.table);
            w.push(".");
            w.name(key.column);
            return Ok(());
        }
        write_changes(w, model, conflict, |w, field| {
            w.push(if self.insert_alias { "`orm_new`." } else { "VALUES(" });
            w.name(field.column);
            w.push(if self.insert_alias { "" } else { ")" });
        })
    }

    fn lock_words(&self, strength: LockStrength) -> Result<Option<&'static str>> {
        Ok(Some(match strength {
            LockStrength::Update => " FOR UPDATE",
            LockStrength::NoKeyUpdate => {
                return Err(Error::unsupported(
                    "locks that let rows be pointed at (`no_key`)",
                    self.dialect.name(),
                ));
            }
            LockStrength::Share if self.dialect == Dialect::MariaDb => " LOCK IN SHARE MODE",
            LockStrength::Share => " FOR SHARE",
        }))
    }

    fn write_default_row(&self, w: &mut SqlWriter) {
        w.push(" () VALUES ()");
    }

    fn write_explain(&self, out: &mut String, options: ExplainOptions) -> PlanFormat {
        if !options.analyze {
            out.push_str("EXPLAIN FORMAT=JSON ");
            return self.explain;
        }
        out.push_str(self.explain_analyze.0);
        self.explain_analyze.1
    }

    fn write_type(&self, out: &mut String, field: &FieldMeta) {
        match field.kind {
            ValueKind::Bool => out.push_str("bool"),
            ValueKind::I16 => out.push_str("smallint"),
            ValueKind::I32 => out.push_str("int"),
            ValueKind::I64 | ValueKind::Duration => out.push_str("bigint"),
            ValueKind::U32 => out.push_str("int unsigned"),
            ValueKind::U64 => out.push_str("bigint unsigned"),
            ValueKind::F32 => out.push_str("float"),
            ValueKind::F64 => out.push_str("double"),
            ValueKind::Text => match field.max_length {
                Some(length) => push_type!(out, "varchar({length})"),
                None => out.push_str("longtext"),
            },
            ValueKind::Bytes => out.push_str("longblob"),
            ValueKind::Decimal => match field.digits {
                Some((digits, places)) => push_type!(out, "decimal({digits}, {places})"),
                None => out.push_str("decimal(65, 30)"),
            },
            ValueKind::Uuid => out.push_str(self.uuid),
            ValueKind::Json => out.push_str("json"),
            ValueKind::Date => out.push_str("date"),
            ValueKind::Time => out.push_str("time(6)"),
            ValueKind::DateTime | ValueKind::Timestamp => out.push_str("datetime(6)"),
        }
    }

    fn write_identity(&self, out: &mut String) {
        out.push_str(" AUTO_INCREMENT");
    }

    fn write_default(&self, out: &mut String, kind: ValueKind, default: DbDefault) {
        match default {
            DbDefault::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            DbDefault::Text(text) => {
                // Long text takes a default only as an expression.
                out.push('(');
                write_text(out, text);
                out.push(')');
            }
            DbDefault::Now => out.push_str(match kind {
                ValueKind::Date => "(CURRENT_DATE)",
                ValueKind::Time => "(CURRENT_TIME(6))",
                _ => "CURRENT_TIMESTAMP(6)",
            }),
            other => out.push_str(&plain_default(other).unwrap_or_default()),
        }
    }

    fn table_suffix(&self) -> &'static str {
        self.table_suffix
    }

    fn drop_cycle(&self, _tables: &[&str], statements: &mut Vec<String>) {
        statements.insert(0, "SET foreign_key_checks = 0".to_owned());
        statements.push("SET foreign_key_checks = 1".to_owned());
    }

    fn write_literal(&self, out: &mut String, value: &Value) -> Result<()> {
        if let Some(literal) = plain_literal(value) {
            out.push_str(&literal);
            return Ok(());
        }
        match value {
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Text(text) | Value::Json(text) => write_text(out, text),
            Value::Bytes(bytes) => {
                out.push_str("x'");
                write_hex(out, bytes);
                out.push('\'');
            }
            Value::Uuid(uuid) if self.dialect == Dialect::MariaDb => push_type!(out, "'{uuid}'"),
            Value::Uuid(uuid) => {
                out.push_str("x'");
                write_hex(out, uuid.as_bytes());
                out.push('\'');
            }
            Value::Decimal(decimal) => {
                push_type!(out, "CAST('{decimal}' AS DECIMAL(65, {}))", decimal.scale());
            }
            Value::Date(date) => push_type!(out, "DATE '{date}'"),
            Value::Time(time) => push_type!(out, "TIME '{time}'"),
            Value::DateTime(at) => push_type!(out, "TIMESTAMP '{at}'"),
            Value::Timestamp(at) => push_type!(out, "TIMESTAMP '{}'", at.naive_utc()),
            Value::Duration(micros) => push_type!(out, "({micros})"),
            other => return Err(no_literal(other, self.dialect.name())),
        }
        Ok(())
    }
}

/// Text as a literal that means the same whether or not backslash escapes are on.
fn write_text(out: &mut String, text: &str) {
    if text.contains('\\') {
        // Not `_utf8mb4 x'…'`: MariaDB 10.11 writes that down as text in quotes when it keeps a check or a default, and
        // cannot read it again.
        out.push_str("CONVERT(x'");
        write_hex(out, text.as_bytes());
        out.push_str("' USING utf8mb4)");
    } else {
        write_quoted_text(out, text);
    }
}
