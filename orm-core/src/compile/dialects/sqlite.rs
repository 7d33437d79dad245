//! SQLite, with the functions and the collation that the driver registers on every connection.

mod aggregate;
mod arithmetic;
mod cast;
mod json;
mod math;
mod temporal;
mod text;

use std::fmt::Write;

use chrono::{NaiveDateTime, NaiveTime, Timelike};

use super::super::Capability;
use super::super::aggregate::Over;
use super::super::dialect::{Dialect, Spelling};
use super::super::explain::{ExplainOptions, PlanFormat};
use super::super::list::{write_padded, write_rows};
use super::super::update_each::NewValues;
use super::super::window::has_distances;
use super::super::writer::SqlWriter;
use super::{
    check_year, no_array, no_literal, plain_default, plain_literal, push_type, write_hex,
    write_order_with_nulls, write_quoted_text,
};
use crate::ast::{
    Aggregate, Arithmetic, Cast, DateFunction, Expr, FunctionCall, InList, InTuples, JsonFunction,
    LockStrength, MathFunction, OrderBy, OrderKey, Regex, TextFunction, TextMatch, Window,
};
use crate::error::{Error, Result, ValueError};
use crate::schema::{DbDefault, FieldMeta};
use crate::value::{Value, ValueKind, ValueRef};

pub(in crate::compile) struct Sqlite;

pub(in crate::compile) static SQLITE: Sqlite = Sqlite;

impl Spelling for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn capability(&self) -> Capability {
        Capability {
            insert_returning: true,
            counted_in_one_piece: false,
            update_returning: true,
            delete_returning: true,
            virtual_columns: true,
            partial_indexes: true,
            computed_not_null: true,
            limited_writes: false,
            conflict_target: true,
            simultaneous_assignment: true,
            add_foreign_key: false,
            cascade_levels: usize::MAX,
            set_default: true,
            subquery_on_target: true,
            distinct_on: false,
            aggregate_filter: true,
            extremes_skip_null: false,
            json_in: false,
            pipelining: false,
            array_params: false,
            one_by_one: true,
            new_values_as_one: false,
            rows_to_copy: usize::MAX,
            max_params: 32_766,
            // The limit on an expression's depth is 1,000 and a chain of n terms is n deep.
            rows_at_once: 500,
            bytes_at_once: 64 << 20,
            max_chain: 200,
            transactional_ddl: true,
            explain_analyze: false,
            explain_details: false,
            advisory_locks: false,
            lock_of: false,
            deferrable: false,
            database_templates: false,
        }
    }

    fn write_placeholder(&self, out: &mut String, _number: usize) {
        out.push('?');
    }

    fn check_value(&self, value: ValueRef<'_>) -> Result<(), ValueError> {
        match value {
            ValueRef::U64(number) if i64::try_from(number).is_err() => {
                Err(ValueError::OutOfRange { kind: "u64", target: "SQLite's 64-bit INTEGER".into() })
            }
            // SQLite would store NULL for it.
            ValueRef::F32(number) if number.is_nan() => Err(ValueError::NotFinite { kind: "f32" }),
            ValueRef::F64(number) if number.is_nan() => Err(ValueError::NotFinite { kind: "f64" }),
            ValueRef::Array(_) => Err(no_array()),
            value => check_year(value, 0..=9999, "SQLite's dates (years 0 to 9999)"),
        }
    }

    fn write_text_match(&self, w: &mut SqlWriter, search: &TextMatch) -> Result<()> {
        text::write_match(w, search)
    }

    fn write_regex(&self, w: &mut SqlWriter, regex: &Regex) -> Result<()> {
        text::write_regex(w, regex)
    }

    fn write_text_function(&self, w: &mut SqlWriter, function: TextFunction, args: &[Expr]) -> Result<()> {
        text::write(w, function, args)
    }

    fn write_length(&self, w: &mut SqlWriter, expr: &Expr, _least: i32) -> Result<()> {
        // The driver's functions see to it.
        w.expr(expr)
    }

    fn write_arithmetic(&self, w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
        arithmetic::write(w, arithmetic)
    }

    fn write_negate(&self, w: &mut SqlWriter, expr: &Expr) -> Result<()> {
        arithmetic::write_negate(w, expr)
    }

    fn write_json(&self, w: &mut SqlWriter, function: JsonFunction, args: &[Expr]) -> Result<()> {
        json::write(w, function, args)
    }

    fn write_json_equal(&self, w: &mut SqlWriter, left: &Expr, right: &Expr) -> Result<()> {
        json::write_equal(w, left, right)
    }

    fn check_json_in_subquery(&self) -> Result<()> {
        Err(Error::unsupported("a JSON document among the rows of a subquery", "SQLite"))
    }

    fn write_math(&self, w: &mut SqlWriter, function: MathFunction, call: &FunctionCall) -> Result<()> {
        math::write(w, function, call)
    }

    fn write_double(&self, w: &mut SqlWriter, number: &Expr) -> Result<()> {
        arithmetic::write_guarded(w, number)
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
        cast::write(w, cast)
    }

    fn cast_alone(&self, kind: ValueKind) -> Option<(&'static str, &'static str)> {
        (kind == ValueKind::Decimal).then_some(("(", " COLLATE ORM_DECIMAL)"))
    }

    fn after_computed(&self, kind: ValueKind) -> &'static str {
        // A function's result carries no collation, and text would compare it.
        if kind == ValueKind::Decimal { " COLLATE ORM_DECIMAL" } else { "" }
    }

    fn extreme_name(&self, greatest: bool) -> &'static str {
        if greatest { "MAX" } else { "MIN" }
    }

    fn write_aggregate(&self, w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
        aggregate::write(w, aggregate, over)
    }

    fn check_window(&self, window: &Window) -> Result<()> {
        // Decimals are text here, which is not so far apart.
        let decimal = window.order_by.iter().any(|term| match &term.key {
            OrderKey::Expr(key) => key.kind() == Some(ValueKind::Decimal),
            OrderKey::Random => false,
        });
        if decimal && has_distances(window) {
            return Err(Error::unsupported("a window's frame by a range of decimals", "SQLite"));
        }
        Ok(())
    }

    fn write_assigned(&self, w: &mut SqlWriter, expr: &Expr, field: &'static FieldMeta) -> Result<()> {
        let Some((digits, places)) = field.digits.filter(|_| field.kind == ValueKind::Decimal) else {
            return w.expr(expr);
        };
        // Other databases round what is assigned to the column's places, and refuse what is too large for it.
        w.push("orm_dec_fit(");
        w.expr(expr)?;
        w.push(", ");
        w.number(digits.into());
        w.push(", ");
        w.number(places.into());
        w.push(")");
        Ok(())
    }

    fn write_list(&self, w: &mut SqlWriter, list: &InList) -> Result<()> {
        write_padded(w, list, |w, _, document| {
            w.push("SELECT value FROM json_each(");
            w.stored_value(Value::Text(document), None)?;
            w.push(")");
            Ok(())
        })
    }

    fn write_tuples(&self, w: &mut SqlWriter, list: &InTuples) -> Result<()> {
        // Rows of values are compared with a query's only.
        w.push("VALUES ");
        write_rows(w, list)
    }

    fn write_update_each(&self, w: &mut SqlWriter, update: NewValues) -> Result<()> {
        let names = update.names();
        w.push("WITH ");
        NewValues::write_new(w);
        names.write_columns(w);
        w.push(" AS (VALUES ");
        update.write_rows(w)?;
        w.push(") UPDATE ");
        w.name(names.model.table);
        w.push(" SET ");
        names.write_assignments(w);
        w.push(" FROM ");
        NewValues::write_new(w);
        w.push(" WHERE ");
        names.write_join(w);
        Ok(())
    }

    fn write_order(&self, w: &mut SqlWriter, key: &Expr, term: &OrderBy, nullable: bool) -> Result<()> {
        write_order_with_nulls(w, key, term, nullable, false)
    }

    /// Transactions that may write run one at a time, so each has locked everything from its beginning.
    fn lock_words(&self, _strength: LockStrength) -> Result<Option<&'static str>> {
        Ok(None)
    }

    fn tables(&self) -> &'static str {
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
    }

    fn is_table(&self, existing: &str, name: &str) -> bool {
        existing.eq_ignore_ascii_case(name)
    }

    fn write_limit(&self, w: &mut SqlWriter, limit: Option<u64>, offset: Option<u64>) {
        let most = i64::MAX.unsigned_abs();
        match limit {
            Some(limit) => {
                w.push(" LIMIT ");
                w.number(limit.min(most));
            }
            None => w.push(" LIMIT -1"),
        }
        if let Some(offset) = offset {
            w.push(" OFFSET ");
            w.number(offset.min(most));
        }
    }

    fn write_explain(&self, out: &mut String, _options: ExplainOptions) -> PlanFormat {
        out.push_str("EXPLAIN QUERY PLAN ");
        PlanFormat::Sentences
    }

    fn write_type(&self, out: &mut String, field: &FieldMeta) {
        out.push_str(match field.kind {
            ValueKind::Bool
            | ValueKind::I16
            | ValueKind::I32
            | ValueKind::I64
            | ValueKind::U32
            | ValueKind::U64
            | ValueKind::Duration => "INTEGER",
            ValueKind::F32 | ValueKind::F64 => "REAL",
            ValueKind::Text
            | ValueKind::Json
            | ValueKind::Date
            | ValueKind::Time
            | ValueKind::DateTime
            | ValueKind::Timestamp => "TEXT",
            ValueKind::Decimal => "TEXT COLLATE ORM_DECIMAL",
            ValueKind::Bytes | ValueKind::Uuid => "BLOB",
        });
    }

    fn write_identity(&self, out: &mut String) {
        out.push_str(" PRIMARY KEY AUTOINCREMENT");
    }

    fn identity_is_primary_key(&self) -> bool {
        true
    }

    fn write_default(&self, out: &mut String, kind: ValueKind, default: DbDefault) {
        match default {
            DbDefault::Bool(value) => out.push(if value { '1' } else { '0' }),
            DbDefault::Text(text) => write_quoted_text(out, text),
            DbDefault::Integer(number) if kind == ValueKind::Decimal => push_type!(out, "'{number}'"),
            DbDefault::Float(number) if kind == ValueKind::Decimal => push_type!(out, "'{number}'"),
            DbDefault::Now => out.push_str(match kind {
                ValueKind::Date => "CURRENT_DATE",
                ValueKind::Time => "(replace(strftime('%H:%M:%f000', 'now'), '.000000', ''))",
                _ => "(replace(strftime('%Y-%m-%d %H:%M:%f000', 'now'), '.000000', ''))",
            }),
            other => out.push_str(&plain_default(other).unwrap_or_default()),
        }
    }

    fn write_type_check(&self, out: &mut String, field: &FieldMeta, quoted: &str) {
        match field.kind {
            ValueKind::Bool => push_type!(out, " CHECK ({quoted} IN (0, 1))"),
            // INTEGER has 64 bits: without a limit a sum is stored that the field cannot read.
            ValueKind::I16 => push_type!(out, " CHECK ({quoted} BETWEEN {} AND {})", i16::MIN, i16::MAX),
            ValueKind::I32 => push_type!(out, " CHECK ({quoted} BETWEEN {} AND {})", i32::MIN, i32::MAX),
            ValueKind::U32 => push_type!(out, " CHECK ({quoted} BETWEEN 0 AND {})", u32::MAX),
            ValueKind::U64 => push_type!(out, " CHECK ({quoted} >= 0)"),
            _ => {}
        }
    }

    fn table_suffix(&self) -> &'static str {
        // STRICT: a column holds what it is declared to hold.
        " STRICT"
    }

    fn drop_cycle(&self, _tables: &[&str], statements: &mut Vec<String>) {
        // Until the transaction ends; then no table is left that could point at another.
        statements.insert(0, "PRAGMA defer_foreign_keys = ON".to_owned());
    }

    fn write_literal(&self, out: &mut String, value: &Value) -> Result<()> {
        if let Some(literal) = plain_literal(value) {
            out.push_str(&literal);
            return Ok(());
        }
        match value {
            Value::Bool(value) => out.push(if *value { '1' } else { '0' }),
            Value::Text(text) | Value::Json(text) => write_quoted_text(out, text),
            Value::Bytes(bytes) => {
                out.push_str("x'");
                write_hex(out, bytes);
                out.push('\'');
            }
            Value::Decimal(decimal) => push_type!(out, "'{decimal}'"),
            Value::Uuid(uuid) => {
                out.push_str("x'");
                write_hex(out, uuid.as_bytes());
                out.push('\'');
            }
            Value::Date(date) => push_type!(out, "'{date}'"),
            Value::Time(time) => push_type!(out, "'{}'", time.format(time_format(*time))),
            Value::DateTime(at) => write_datetime(out, *at),
            Value::Timestamp(at) => write_datetime(out, at.naive_utc()),
            Value::Duration(micros) => push_type!(out, "({micros})"),
            other => return Err(no_literal(other, "SQLite")),
        }
        Ok(())
    }
}

/// An instant as the driver writes it.
fn write_datetime(out: &mut String, at: NaiveDateTime) {
    push_type!(out, "'{} {}'", at.date(), at.time().format(time_format(at.time())));
}

/// Six digits behind the second or none, as the driver binds it: texts that are to be equal must be the same.
fn time_format(time: NaiveTime) -> &'static str {
    if time.nanosecond() < 1_000 { "%H:%M:%S" } else { "%H:%M:%S%.6f" }
}
