//! An UPDATE of many rows, each of which gets values of its own: the table joined with a table of new values, or a plain UPDATE
//! that runs for each row.

use super::dialect::Dialect;
use super::dml::{set_once, write_among};
use super::expr::write_chain;
use super::fit::fit_rows;
use super::insert::write_unnested;
use super::select::rules;
use super::sql::{Access, CompiledSql, Operation};
use super::writer::SqlWriter;
use crate::ast::{Expr, Select, UpdateEach};
use crate::error::{Error, Result};
use crate::lower::{Rows, Rules, rows_of};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::RowValues;

/// From how many rows on it is worth asking anew how to find them: one by one, or all in a pass over the table.
const WEIGHTY: usize = 500;

/// What the table of new values is called.
const NEW: &str = "orm_new";

/// Lowers and compiles an UPDATE of rows that get values of their own.
///
/// # Errors
/// A value does not fit its field, a field is set twice, or it is part of the key.
pub fn compile_update_each(
    update: UpdateEach,
    dialect: Dialect,
    operation: Operation,
) -> Result<CompiledSql> {
    let UpdateEach { model, fields, values, rows } = update;
    set_once(&fields)?;
    if let Some(key) = fields.iter().find(|field| field.primary_key) {
        return Err(Error::InvalidQuery(
            format!("`{}.{}` says which row it is, so it cannot be set", key.model, key.name).into(),
        ));
    }
    let rows = joined_rows(model, rows, dialect)?;
    if are_one_by_one(&rows, dialect)? {
        return write_one_by_one(NewValues { model, fields, values }, &rows, dialect, operation);
    }
    let many = values.len() >= WEIGHTY;
    let mut w = SqlWriter::new(dialect.spelling());
    w.spelling.write_update_each(&mut w, NewValues { model, fields, values })?;
    w.scoped(Some(model), |w| {
        if !rows.filter.is_empty() {
            w.push(" AND ");
            write_chain(w, &rows.filter, " AND ")?;
        }
        if let Some(keys) = rows.keys.as_deref() {
            w.push(" AND ");
            write_among(w, model, keys)?;
        }
        Ok(())
    })?;
    let mut sql = w.finish(Access::Write, operation);
    sql.weighs_values = many;
    Ok(sql)
}

/// The rows of an UPDATE that joins, which has neither order nor limit.
fn joined_rows(model: &'static ModelMeta, rows: Select, dialect: Dialect) -> Result<Rows> {
    rows_of(model, rows, Rules { limited_writes: false, ..rules(dialect) })
}

/// Whether [`compile_update_each`] gives a plain UPDATE that runs for each row: where the driver takes that, and which rows
/// there are does not depend on what earlier runs wrote in others.
///
/// # Errors
/// An expression is invalid or nested too deep.
pub fn updates_one_by_one(model: &'static ModelMeta, rows: &Select, dialect: Dialect) -> Result<bool> {
    // Elsewhere nothing has to be worked out.
    Ok(dialect.capability().one_by_one
        && are_one_by_one(&joined_rows(model, rows.clone(), dialect)?, dialect)?)
}

fn are_one_by_one(rows: &Rows, dialect: Dialect) -> Result<bool> {
    // Each run repeats the conditions' parameters.
    const MOST_PARAMS: usize = 4;
    if !dialect.capability().one_by_one {
        return Ok(false);
    }
    let alone = |expr: &Expr| !expr.has_subquery() && !expr.any(&|expr| matches!(expr, Expr::Raw(_)));
    if rows.keys.is_some() || !rows.filter.iter().all(alone) {
        return Ok(false);
    }
    let mut w = SqlWriter::new(dialect.spelling());
    write_chain(&mut w, &rows.filter, " AND ")?;
    Ok(w.params.len() <= MOST_PARAMS)
}

fn write_one_by_one(
    update: NewValues,
    rows: &Rows,
    dialect: Dialect,
    operation: Operation,
) -> Result<CompiledSql> {
    let (joined, runs) = (update.joined(), update.values.len().max(1));
    let mut w = SqlWriter::new(dialect.spelling());
    let placeholder = |w: &mut SqlWriter, at: usize| w.spelling.write_placeholder(&mut w.sql, at);
    w.push("UPDATE ");
    w.name(update.model.table);
    w.push(" SET ");
    for (at, field) in update.fields.iter().enumerate() {
        w.push(if at == 0 { "" } else { ", " });
        w.name(field.column);
        w.push(" = ");
        placeholder(&mut w, at + 1);
    }
    if let Some(version) = update.model.version() {
        w.push(", ");
        w.name(version.column);
        w.push(" = ");
        w.name(version.column);
        w.push(" + 1");
    }
    w.push(" WHERE ");
    for (at, field) in update.known().enumerate() {
        w.push(if at == 0 { "" } else { " AND " });
        w.name(field.column);
        w.push(" = ");
        placeholder(&mut w, update.fields.len() + at + 1);
    }
    if !rows.filter.is_empty() {
        w.push(" AND ");
        write_chain(&mut w, &rows.filter, " AND ")?;
    }
    let mut values = update.fitted(&w)?;
    // What is set stands before what says which row it is.
    values.rotate(joined);
    let mut sql = w.finish(Access::Write, operation);
    sql.rows = Some(Box::new(values));
    sql.runs = runs;
    Ok(sql)
}

/// New values of rows: for each those of its key, its version where it has one, then those of the fields.
pub(crate) struct NewValues {
    pub(crate) model: &'static ModelMeta,
    fields: Vec<&'static FieldMeta>,
    values: RowValues,
}

impl NewValues {
    /// What the values are, without them.
    pub(crate) fn names(&self) -> Self {
        NewValues { model: self.model, fields: self.fields.clone(), values: RowValues::with_capacity([], 0) }
    }

    /// The fields that say which row it is: the key, and the version that was read.
    fn known(&self) -> impl Iterator<Item = &'static FieldMeta> + use<> {
        self.model.key_fields().chain(self.model.version())
    }

    /// How many fields say which row it is.
    pub(crate) fn joined(&self) -> usize {
        self.known().count()
    }

    /// The fields, those that say which row it is first.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &'static FieldMeta> {
        self.known().chain(self.fields.iter().copied())
    }

    /// The name of the table of new values.
    pub(crate) fn write_new(w: &mut SqlWriter) {
        w.name(NEW);
    }

    /// The names of its columns, in parentheses.
    pub(crate) fn write_columns(&self, w: &mut SqlWriter) {
        for (at, _) in self.columns().enumerate() {
            w.push(if at == 0 { " (" } else { ", " });
            w.selected(at);
        }
        w.push(")");
    }

    /// The keys and versions are equal.
    pub(crate) fn write_join(&self, w: &mut SqlWriter) {
        for (at, field) in self.known().enumerate() {
            w.push(if at == 0 { "" } else { " AND " });
            w.name(self.model.table);
            w.push(".");
            w.name(field.column);
            w.push(" = ");
            NewValues::write_column(w, at);
        }
    }

    /// `a = new.a, …`
    pub(crate) fn write_assignments(&self, w: &mut SqlWriter) {
        let first = self.joined();
        for (index, field) in self.fields.iter().enumerate() {
            w.push(if index == 0 { "" } else { ", " });
            w.name(field.column);
            w.push(" = ");
            NewValues::write_column(w, first + index);
        }
        if let Some(version) = self.model.version() {
            w.push(", ");
            w.name(version.column);
            w.push(" = ");
            self.write_next_version(w, version);
        }
    }

    /// What the version becomes.
    pub(crate) fn write_next_version(&self, w: &mut SqlWriter, version: &FieldMeta) {
        w.name(self.model.table);
        w.push(".");
        w.name(version.column);
        w.push(" + 1");
    }

    /// The values as they are stored, none of which the database refuses.
    pub(crate) fn fitted(mut self, w: &SqlWriter) -> Result<RowValues> {
        let columns: Vec<_> = self.columns().collect();
        fit_rows(&mut self.values, &columns, w)?;
        Ok(self.values)
    }

    /// A new value.
    pub(crate) fn write_column(w: &mut SqlWriter, at: usize) {
        w.name(NEW);
        w.push(".");
        w.selected(at);
    }

    /// The values as rows of parameters.
    pub(crate) fn write_rows(self, w: &mut SqlWriter) -> Result<()> {
        for (index, row) in self.fitted(w)?.into_rows().into_iter().enumerate() {
            w.push(if index == 0 { "" } else { ", " });
            for (at, value) in row.into_iter().enumerate() {
                w.push(if at == 0 { "(" } else { ", " });
                w.stored_value(value, None)?;
            }
            w.push(")");
        }
        Ok(())
    }

    /// The values as one array for each column.
    pub(crate) fn write_unnested(self, w: &mut SqlWriter) -> Result<()> {
        let columns: Vec<_> = self.columns().collect();
        let values = self.fitted(w)?;
        write_unnested(w, &columns, values)
    }
}
