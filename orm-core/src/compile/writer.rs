//! The only place that quotes a name or pushes a parameter.

use chrono::{DateTime, Utc};

use super::dialect::Spelling;
use super::feature::{Feature, Features};
use super::sql::{Access, CompiledSql, Operation};
use crate::ast::{ColumnRef, Expr};
use crate::error::{Error, FieldError, Result, ValueError};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{Array, Cells, Series, Value, ValueKind, ValueRef};

/// Text and parameters under construction.
pub(crate) struct SqlWriter {
    pub(crate) sql: String,
    pub(crate) params: Vec<Value>,
    pub(crate) spelling: &'static dyn Spelling,
    /// What the text uses that not every version of the database has.
    features: Features,
    /// The spelling's: asked for once, for it is needed for each name.
    quote: char,
    scope: Scope,
}

/// How columns are written.
#[derive(Clone, Copy)]
enum Scope {
    /// One table: a column's name is enough.
    Plain,
    /// Several tables: columns of table 0 carry its name, others their alias.
    Qualified(&'static ModelMeta),
    /// No parameters: values are written as literals (DDL).
    Literal,
}

impl SqlWriter {
    pub(crate) fn new(spelling: &'static dyn Spelling) -> Self {
        SqlWriter {
            sql: String::with_capacity(256),
            params: Vec::new(),
            spelling,
            features: Features::NONE,
            quote: spelling.quote(),
            scope: Scope::Plain,
        }
    }

    /// A writer for DDL: values become literals.
    pub(crate) fn literal(spelling: &'static dyn Spelling) -> Self {
        SqlWriter { scope: Scope::Literal, ..SqlWriter::new(spelling) }
    }

    /// Runs `write` with columns qualified, those of table 0 by `root`'s name, or plain when there is only one table.
    pub(crate) fn scoped(
        &mut self,
        root: Option<&'static ModelMeta>,
        write: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let inner = match (root, self.scope) {
            (_, Scope::Literal) => Scope::Literal,
            (Some(root), _) => Scope::Qualified(root),
            (None, _) => Scope::Plain,
        };
        let outer = std::mem::replace(&mut self.scope, inner);
        let result = write(self);
        self.scope = outer;
        result
    }

    /// Whether columns are written with their table.
    pub(crate) fn is_qualified(&self) -> bool {
        matches!(self.scope, Scope::Qualified(_))
    }

    /// Whether values are written as literals.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self.scope, Scope::Literal)
    }

    /// The statement.
    pub(crate) fn finish(self, access: Access, operation: Operation) -> CompiledSql {
        CompiledSql { features: self.features, ..CompiledSql::new(self.sql, self.params, access, operation) }
    }

    /// Notes that the text uses something that not every version of the database has.
    pub(crate) fn uses(&mut self, feature: Feature) {
        self.features.insert(feature);
    }

    #[inline]
    pub(crate) fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// A quoted name.
    pub(crate) fn name(&mut self, name: &str) {
        write_name(&mut self.sql, name, self.quote);
    }

    /// All columns of a model by their names alone.
    pub(crate) fn columns(&mut self, model: &'static ModelMeta) {
        let quote = self.quote;
        let list = model.column_list(quote, || {
            let mut list = String::new();
            for (index, field) in model.fields.iter().enumerate() {
                list.push_str(if index > 0 { ", " } else { "" });
                write_name(&mut list, field.column, quote);
            }
            list
        });
        self.sql.push_str(&list);
    }

    /// The alias of a joined table.
    pub(crate) fn alias(&mut self, table: u16) {
        self.sql.push(self.quote);
        self.sql.push('a');
        self.number(table.into());
        self.sql.push(self.quote);
    }

    /// The name of what is selected at a position.
    pub(crate) fn selected(&mut self, at: usize) {
        self.sql.push(self.quote);
        // No name that a model's column is likely to have: in an order names of the selection come first.
        self.sql.push_str("orm_");
        self.number(u64::try_from(at).unwrap_or(u64::MAX));
        self.sql.push(self.quote);
    }

    /// A column of a table in scope.
    pub(crate) fn column(&mut self, column: &ColumnRef) {
        if let Scope::Qualified(root) = self.scope {
            self.table(column.table, root);
            self.sql.push('.');
        }
        self.name(column.field.column);
    }

    /// What a table is called.
    pub(crate) fn table(&mut self, table: u16, root: &'static ModelMeta) {
        match table {
            0 => self.name(root.table),
            table => self.alias(table),
        }
    }

    /// What follows a computed value.
    pub(crate) fn computed(&mut self, kind: Option<ValueKind>) {
        if let Some(kind) = kind {
            let after = self.spelling.after_computed(kind);
            self.push(after);
        }
    }

    /// A number that the program made, never a user's value.
    pub(crate) fn number(&mut self, number: u64) {
        write_number(&mut self.sql, number);
    }

    /// A value whose kind nothing beside it tells.
    pub(crate) fn value_alone(&mut self, value: &Value) -> Result<()> {
        let (before, after) = match self.scope {
            Scope::Literal => ("", ""),
            _ => self.spelling.cast_alone(value.kind()).unwrap_or_default(),
        };
        self.sql.push_str(before);
        self.stored_value(value.clone(), None)?;
        self.sql.push_str(after);
        Ok(())
    }

    /// A value in an expression. `field` is the field that it is compared with, for the error's sake.
    pub(crate) fn value(&mut self, value: &Value, field: Option<&'static FieldMeta>) -> Result<()> {
        let cast = self.spelling.cast_in_expression(value.kind());
        if let Some((before, _)) = cast {
            self.sql.push_str(before);
        }
        self.stored_value(value.clone(), field)?;
        if let Some((_, after)) = cast {
            self.sql.push_str(after);
        }
        Ok(())
    }

    /// A value to be stored in `field`, or text whose type is plain from where it stands.
    pub(crate) fn stored_value(&mut self, value: Value, field: Option<&'static FieldMeta>) -> Result<()> {
        self.check(&value, field)?;
        if let Scope::Literal = self.scope {
            return self.spelling.write_literal(&mut self.sql, &value);
        }
        self.params.push(value);
        self.spelling.write_placeholder(&mut self.sql, self.params.len());
        Ok(())
    }

    /// Values of one kind as one parameter. `field` is the field that they are compared with or stored in.
    pub(crate) fn array(
        &mut self,
        kind: ValueKind,
        values: Vec<Value>,
        field: Option<&'static FieldMeta>,
    ) -> Result<()> {
        for value in &values {
            self.check(value, field)?;
        }
        self.params.push(Value::Array(Array::new(kind, values)?));
        self.spelling.write_placeholder(&mut self.sql, self.params.len());
        Ok(())
    }

    /// As [`SqlWriter::array`], where nothing beside it tells its type.
    pub(crate) fn array_alone(
        &mut self,
        kind: ValueKind,
        values: Vec<Value>,
        field: Option<&'static FieldMeta>,
    ) -> Result<()> {
        let (before, after) = self.spelling.cast_array(kind).unwrap_or_default();
        self.sql.push_str(before);
        self.array(kind, values, field)?;
        self.sql.push_str(after);
        Ok(())
    }

    /// Values that were found to fit a field, as one parameter, where nothing beside it tells its type.
    pub(crate) fn series(&mut self, series: Series, field: &FieldMeta) -> Result<()> {
        if series.kind() != field.kind {
            let (expected, found) = (field.kind.name(), series.kind().name().into());
            return Err(ValueError::WrongType { expected, found }.into());
        }
        let (before, after) = self.spelling.cast_array(series.kind()).unwrap_or_default();
        self.sql.push_str(before);
        self.params.push(Value::Array(Array::of(series)?));
        self.spelling.write_placeholder(&mut self.sql, self.params.len());
        self.sql.push_str(after);
        Ok(())
    }

    /// Can the value be bound?
    ///
    /// # Errors
    /// Why not; `field` is named.
    #[inline]
    pub(crate) fn check(&self, value: &Value, field: Option<&'static FieldMeta>) -> Result<()> {
        // What every database takes is not asked about, value by value.
        if let Value::Bool(_) | Value::I16(_) | Value::I32(_) | Value::I64(_) = value {
            return Ok(());
        }
        self.spelling.check_value(value.into()).map_err(|error| match field {
            Some(field) => FieldError::new(field.model, field.name, error).into(),
            None => Error::from(error),
        })
    }

    /// Whether these can be bound.
    fn takes_all(&self, times: &[DateTime<Utc>]) -> bool {
        let takes = |at: &DateTime<Utc>| self.spelling.check_value(ValueRef::Timestamp(*at)).is_ok();
        times.iter().min().is_none_or(takes) && times.iter().max().is_none_or(takes)
    }

    /// The first of a field's values that cannot be bound, and why not.
    pub(crate) fn refused(&self, series: &Series, field: &FieldMeta) -> Option<(usize, Error)> {
        let refused = |at: usize| {
            let error = self.spelling.check_value(series.get(at)?).err()?;
            Some((at, FieldError::new(field.model, field.name, error).into()))
        };
        match series.cells() {
            // What every database takes.
            Cells::Bool(_) | Cells::I32(_) | Cells::I64(_) | Cells::Decimal(_) | Cells::Uuid(_) => None,
            Cells::Text(texts) => self.spelling.first_refused_text(texts).and_then(refused),
            // What is between two that are taken is taken as well.
            Cells::Timestamp(times) if self.takes_all(times) => None,
            Cells::F64(_) | Cells::Timestamp(_) | Cells::Any(_) => (0..series.len()).find_map(refused),
        }
    }

    /// An expression.
    pub(crate) fn expr(&mut self, expr: &Expr) -> Result<()> {
        super::expr::write_expr(self, expr)
    }
}

/// A quoted name, its quotes doubled.
pub(crate) fn write_name(out: &mut String, name: &str, quote: char) {
    out.reserve(name.len() + 2);
    out.push(quote);
    if name.contains(quote) {
        for character in name.chars() {
            if character == quote {
                out.push(quote);
            }
            out.push(character);
        }
    } else {
        out.push_str(name);
    }
    out.push(quote);
}

/// A number in decimal, without the machinery of formatting.
pub(crate) fn write_number(out: &mut String, number: u64) {
    for digit in digits_of(number, &mut [0; 20]) {
        out.push(char::from(*digit));
    }
}

/// The digits of a number, in ASCII, at the end of this place for them.
pub(crate) fn digits_of(number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut at = digits.len();
    let mut left = number;
    loop {
        at -= 1;
        // A remainder of ten fits a byte.
        digits[at] = b'0' + u8::try_from(left % 10).unwrap_or(0);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    &digits[at..]
}
