//! The schema of models: tables, keys, foreign keys, indexes, constraints.

use super::dialect::{Dialect, Spelling};
use super::fit::fitted;
use super::name::made_name;
use super::writer::{SqlWriter, write_name};
use crate::ast::{Assignment, Check, Expr, ModelEntry, Select, Selection};
use crate::error::Result;
use crate::lower::{Rules, lower_assignments, lower_select};
use crate::schema::{FieldMeta, IndexMeta, ModelMeta, OnDelete, RelationMeta};

/// The statements that create the models' tables, in an order in which they can run.
///
/// # Errors
/// A check constraint cannot be written for this database.
pub fn create_tables(models: &[ModelEntry], dialect: Dialect) -> Result<Vec<String>> {
    create_tables_of(&with_between(models), dialect.spelling())
}

fn create_tables_of(models: &[ModelEntry], spelling: &'static dyn Spelling) -> Result<Vec<String>> {
    let mut statements = Vec::new();
    for entry in models {
        statements.push(create_table(entry, spelling)?);
    }
    for entry in models {
        create_indexes(entry.meta, spelling, &mut statements);
        create_conditional(entry, spelling, &mut statements)?;
    }
    if spelling.capability().add_foreign_key {
        for entry in models {
            for relation in foreign_keys(entry.meta) {
                let mut sql = String::from("ALTER TABLE ");
                name(&mut sql, entry.meta.table, spelling);
                sql.push_str(" ADD ");
                write_foreign_key(&mut sql, entry.meta, relation, spelling);
                statements.push(sql);
            }
        }
    }
    Ok(statements)
}

/// As [`create_tables`], for the models whose tables are not among these.
///
/// # Errors
/// As [`create_tables`].
pub fn create_missing_tables(
    models: &[ModelEntry],
    existing: &[String],
    dialect: Dialect,
) -> Result<Vec<String>> {
    let spelling = dialect.spelling();
    let mut missing = with_between(models);
    missing.retain(|entry| !existing.iter().any(|name| spelling.is_table(name, entry.meta.table)));
    create_tables_of(&missing, spelling)
}

/// The models, with those that only hold a many-to-many relation of one of them.
fn with_between(models: &[ModelEntry]) -> Vec<ModelEntry> {
    let mut all = models.to_vec();
    for between in models.iter().flat_map(|entry| entry.meta.between) {
        let meta = between();
        if all.iter().all(|entry| !std::ptr::eq(entry.meta, meta)) {
            all.push(ModelEntry {
                meta,
                checks: Vec::new,
                conditions: Vec::new,
                computed: Vec::new,
                defaults: |_| Ok(None),
            });
        }
    }
    all
}

/// The relations that are constraints of the model's table.
fn foreign_keys(meta: &ModelMeta) -> impl Iterator<Item = &'static RelationMeta> + use<> {
    meta.relations.iter().copied().filter(|relation| relation.is_stored())
}

/// The statements that drop the models' tables where they exist, the ones that point at others first.
pub fn drop_tables(models: &[ModelEntry], dialect: Dialect) -> Vec<String> {
    let spelling = dialect.spelling();
    let (order, cycle) = dependants_first(&with_between(models));
    let mut statements: Vec<String> = order
        .iter()
        .map(|meta| {
            let mut sql = String::from("DROP TABLE IF EXISTS ");
            name(&mut sql, meta.table, spelling);
            sql
        })
        .collect();
    if cycle {
        let tables: Vec<&str> = order.iter().map(|meta| meta.table).collect();
        spelling.drop_cycle(&tables, &mut statements);
    }
    statements
}

fn create_table(entry: &ModelEntry, spelling: &'static dyn Spelling) -> Result<String> {
    let meta = entry.meta;
    let mut sql = String::from("CREATE TABLE ");
    name(&mut sql, meta.table, spelling);
    sql.push_str(" (");
    let mut key_is_written = false;
    let mut computed = Vec::new();
    for assignment in (entry.computed)() {
        computed.push((assignment.field, computed_value(meta, assignment, spelling)?));
    }
    for (index, field) in meta.fields.iter().enumerate() {
        sql.push_str(if index == 0 { "\n  " } else { ",\n  " });
        let value = computed.iter().find(|(computed, _)| *computed == field).map(|(_, value)| value.as_str());
        key_is_written |= write_column(&mut sql, field, value, spelling);
    }
    if !key_is_written {
        sql.push_str(",\n  PRIMARY KEY ");
        write_columns(&mut sql, meta.key_fields(), spelling);
    }
    for field in meta.fields {
        if field.unique && !(field.primary_key && meta.primary_key.len() == 1) {
            write_unique(&mut sql, meta, None, std::iter::once(field), spelling);
        }
    }
    for index in meta.indexes.iter().filter(|index| index.is_unique_for_all()) {
        write_unique(
            &mut sql,
            meta,
            index.name,
            index.fields.iter().map(|at| &meta.fields[at.field]),
            spelling,
        );
    }
    for check in (entry.checks)() {
        sql.push_str(",\n  CONSTRAINT ");
        name(&mut sql, check.name, spelling);
        sql.push_str(" CHECK (");
        sql.push_str(&condition(meta, check, spelling)?);
        sql.push(')');
    }
    if !spelling.capability().add_foreign_key {
        for relation in foreign_keys(meta) {
            sql.push_str(",\n  ");
            write_foreign_key(&mut sql, meta, relation, spelling);
        }
    }
    sql.push_str("\n)");
    sql.push_str(spelling.table_suffix());
    Ok(sql)
}

/// Writes a column; says whether it carries the primary key.
fn write_column(
    sql: &mut String,
    field: &FieldMeta,
    computed: Option<&str>,
    spelling: &'static dyn Spelling,
) -> bool {
    let start = sql.len();
    name(sql, field.column, spelling);
    let quoted = sql[start..].to_owned();
    sql.push(' ');
    spelling.write_type(sql, field.sized_by());
    if let Some(value) = computed {
        let stored = field.generated == Some(crate::schema::Generated::Computed { stored: true });
        sql.push_str(" GENERATED ALWAYS AS (");
        sql.push_str(value);
        sql.push_str(if stored { ") STORED" } else { ") VIRTUAL" });
    }
    // What is calculated from values that are not NULL is not, whether or not it can be said.
    if !field.nullable && (computed.is_none() || spelling.capability().computed_not_null) {
        sql.push_str(" NOT NULL");
    }
    let identity = field.generated == Some(crate::schema::Generated::Identity);
    if identity {
        spelling.write_identity(sql);
    } else if let Some(default) = field.db_default {
        sql.push_str(" DEFAULT ");
        spelling.write_default(sql, field.kind, default);
    }
    spelling.write_type_check(sql, field, &quoted);
    identity && spelling.identity_is_primary_key()
}

fn write_unique<'a>(
    sql: &mut String,
    meta: &ModelMeta,
    given: Option<&str>,
    fields: impl Iterator<Item = &'a FieldMeta> + Clone,
    spelling: &'static dyn Spelling,
) {
    sql.push_str(",\n  CONSTRAINT ");
    name(sql, &constraint_name(meta, given, fields.clone(), "uniq"), spelling);
    sql.push_str(" UNIQUE ");
    write_columns(sql, fields, spelling);
}

fn write_foreign_key(
    sql: &mut String,
    meta: &ModelMeta,
    relation: &RelationMeta,
    spelling: &'static dyn Spelling,
) {
    let fields = relation.pairs().map(|(field, _)| field);
    sql.push_str("CONSTRAINT ");
    name(sql, &constraint_name(meta, None, fields.clone(), "fk"), spelling);
    sql.push_str(" FOREIGN KEY ");
    write_columns(sql, fields, spelling);
    sql.push_str(" REFERENCES ");
    name(sql, (relation.to)().table, spelling);
    sql.push(' ');
    write_columns(sql, relation.pairs().map(|(_, target)| target), spelling);
    sql.push_str(match relation.on_delete {
        // What is deleted with the row does not hold it, so the database shall look only when the statement is over;
        // values of the program's own are set by it before.
        OnDelete::NoAction | OnDelete::Restrict | OnDelete::Set(_) => "",
        OnDelete::Protect => " ON DELETE RESTRICT",
        OnDelete::Cascade => " ON DELETE CASCADE",
        OnDelete::SetNull => " ON DELETE SET NULL",
        OnDelete::SetDefault => " ON DELETE SET DEFAULT",
    });
}

const INDEX: &str = "CREATE INDEX ";

fn create_indexes(meta: &ModelMeta, spelling: &'static dyn Spelling, statements: &mut Vec<String>) {
    for field in meta.fields {
        // A foreign key is looked up from the other side, so it always has an index; a unique one has it already.
        let wanted = field.index || field.relation.is_some();
        if wanted && !field.unique && !covered(meta, field) {
            let mut sql = start_index(
                INDEX,
                &constraint_name(meta, None, std::iter::once(field), "idx"),
                meta,
                spelling,
            );
            write_columns(&mut sql, std::iter::once(field), spelling);
            statements.push(sql);
        }
    }
    // So has one by several fields, unless an index or the key begins with them.
    for relation in foreign_keys(meta).filter(|relation| relation.pairs().nth(1).is_some()) {
        let fields = relation.pairs().map(|(field, _)| field);
        if !begins_with(meta, fields.clone()) {
            let mut sql =
                start_index(INDEX, &constraint_name(meta, None, fields.clone(), "idx"), meta, spelling);
            write_columns(&mut sql, fields, spelling);
            statements.push(sql);
        }
    }
    for index in meta.indexes.iter().filter(|index| !index.unique) {
        let fields = index.fields.iter().map(|at| &meta.fields[at.field]);
        let mut sql = start_index(INDEX, &constraint_name(meta, index.name, fields, "idx"), meta, spelling);
        write_index_columns(&mut sql, meta, index, spelling);
        statements.push(sql);
    }
}

/// Unique constraints about some of the rows: unique indexes, because constraints of tables are about all.
fn create_conditional(
    entry: &ModelEntry,
    spelling: &'static dyn Spelling,
    statements: &mut Vec<String>,
) -> Result<()> {
    let meta = entry.meta;
    for unique in (entry.conditions)() {
        let name = unique.name;
        if !spelling.capability().partial_indexes {
            let what = format!("a unique constraint with a condition (`{name}` of {})", meta.name);
            return Err(crate::Error::unsupported(what, spelling.dialect().name()));
        }
        let Some(index) = meta.indexes.iter().find(|index| index.conditional && index.name == Some(name))
        else {
            continue;
        };
        let mut sql = start_index("CREATE UNIQUE INDEX ", name, meta, spelling);
        write_index_columns(&mut sql, meta, index, spelling);
        sql.push_str(" WHERE ");
        sql.push_str(&condition(meta, unique, spelling)?);
        statements.push(sql);
    }
    Ok(())
}

/// Whether an index or the key starts with this foreign key already.
fn covered(meta: &ModelMeta, field: &FieldMeta) -> bool {
    let is = |at: usize| std::ptr::from_ref(&meta.fields[at]) == std::ptr::from_ref(field);
    !field.index
        && (of_all(meta).any(|index| index.fields.first().is_some_and(|first| is(first.field)))
            || meta.primary_key.first().is_some_and(|&at| is(at)))
}

/// Whether an index or the key begins with these fields, in any order.
fn begins_with(meta: &ModelMeta, fields: impl Iterator<Item = &'static FieldMeta>) -> bool {
    let wanted: Vec<_> = fields.collect();
    let begins = |positions: &mut dyn Iterator<Item = usize>| {
        let first: Vec<_> = positions.take(wanted.len()).map(|at| &meta.fields[at]).collect();
        wanted.iter().all(|field| first.contains(field))
    };
    begins(&mut meta.primary_key.iter().copied())
        || of_all(meta).any(|index| begins(&mut index.fields.iter().map(|at| at.field)))
}

/// The indexes that have all rows of the table.
fn of_all(meta: &ModelMeta) -> impl Iterator<Item = &IndexMeta> {
    meta.indexes.iter().filter(|index| !index.conditional)
}

fn start_index(create: &str, index: &str, meta: &ModelMeta, spelling: &'static dyn Spelling) -> String {
    let mut sql = String::from(create);
    name(&mut sql, index, spelling);
    sql.push_str(" ON ");
    name(&mut sql, meta.table, spelling);
    sql.push(' ');
    sql
}

fn write_index_columns(
    sql: &mut String,
    meta: &ModelMeta,
    index: &IndexMeta,
    spelling: &'static dyn Spelling,
) {
    for (at, field) in index.fields.iter().enumerate() {
        sql.push_str(if at == 0 { "(" } else { ", " });
        name(sql, meta.fields[field.field].column, spelling);
        if field.descending {
            sql.push_str(" DESC");
        }
    }
    sql.push(')');
}

fn constraint_name<'a>(
    meta: &ModelMeta,
    given: Option<&str>,
    fields: impl Iterator<Item = &'a FieldMeta>,
    suffix: &str,
) -> String {
    match given {
        Some(given) => given.to_owned(),
        None => made_name(meta.table, &fields.map(|field| field.column).collect::<Vec<_>>(), suffix),
    }
}

fn write_columns<'a>(
    sql: &mut String,
    fields: impl Iterator<Item = &'a FieldMeta>,
    spelling: &'static dyn Spelling,
) {
    for (index, field) in fields.enumerate() {
        sql.push_str(if index == 0 { "(" } else { ", " });
        name(sql, field.column, spelling);
    }
    sql.push(')');
}

/// A condition with literals instead of parameters.
fn condition(meta: &'static ModelMeta, check: Check, spelling: &'static dyn Spelling) -> Result<String> {
    let mut select = Select::new(meta);
    select.selection = Selection::One;
    select.filter.push(check.condition);
    lower_select(
        &mut select,
        Rules { distinct_on: false, subquery_on_target: false, limited_writes: false },
    )?;
    if !select.joins.is_empty() || select.qualified {
        return Err(crate::Error::InvalidQuery(
            format!("the condition of constraint `{}` of {} reaches another table", check.name, meta.name)
                .into(),
        ));
    }
    let mut w = SqlWriter::literal(spelling);
    for (index, expr) in select.filter.iter().enumerate() {
        if index > 0 {
            w.push(" AND ");
        }
        w.expr(expr)?;
    }
    Ok(w.sql)
}

/// What a generated column is, with literals instead of parameters.
fn computed_value(
    meta: &'static ModelMeta,
    assignment: Assignment,
    spelling: &'static dyn Spelling,
) -> Result<String> {
    let field = assignment.field;
    if field.generated == Some(crate::schema::Generated::Computed { stored: false })
        && !spelling.capability().virtual_columns
    {
        let what = format!("a generated column that is not stored (`{}.{}`)", field.model, field.name);
        return Err(crate::Error::unsupported(what, spelling.dialect().name()));
    }
    let refused = |why: &str| {
        crate::Error::InvalidQuery(format!("generated column `{}.{}` {why}", field.model, field.name).into())
    };
    let mut assignments = [assignment];
    let several = lower_assignments(
        meta,
        &mut assignments,
        Rules { distinct_on: false, subquery_on_target: false, limited_writes: false },
    )?;
    let [Assignment { value, .. }] = assignments;
    if several || value.has_subquery() {
        return Err(refused("reaches other rows"));
    }
    if value.any(&|part| matches!(part, Expr::Column(column) if column.field.is_computed())) {
        return Err(refused("is calculated from another one"));
    }
    let mut w = SqlWriter::literal(spelling);
    match &value {
        Expr::Value(value) => w.stored_value(fitted(value.clone(), field)?, Some(field))?,
        expr => w.spelling.write_assigned(&mut w, expr, field)?,
    }
    Ok(w.sql)
}

fn name(sql: &mut String, name: &str, spelling: &'static dyn Spelling) {
    write_name(sql, name, spelling.quote());
}

/// Models ordered so that each stands before those it points at; and whether some point at each other in a circle, where
/// one of them is first.
fn dependants_first(models: &[ModelEntry]) -> (Vec<&'static ModelMeta>, bool) {
    let mut left: Vec<&'static ModelMeta> = models.iter().map(|entry| entry.meta).collect();
    let mut order = Vec::with_capacity(left.len());
    let mut cycle = false;
    while !left.is_empty() {
        let others = |candidate: &'static ModelMeta| {
            left.iter().copied().filter(move |other| !std::ptr::eq(*other, candidate))
        };
        let free =
            left.iter().position(|candidate| others(candidate).all(|other| !points_at(other, candidate)));
        cycle |= free.is_none();
        // Whoever leads to it, it leads to as well: they are one circle, and nothing outside depends on it.
        let next = free.or_else(|| {
            left.iter().position(|candidate| {
                others(candidate)
                    .all(|other| !leads_to(other, candidate, &left) || leads_to(candidate, other, &left))
            })
        });
        order.push(left.remove(next.unwrap_or(0)));
    }
    (order, cycle)
}

/// Whether a model points at another, directly or through others of the list.
fn leads_to(from: &'static ModelMeta, to: &'static ModelMeta, models: &[&'static ModelMeta]) -> bool {
    let mut reached = vec![from];
    let mut at = 0;
    while let Some(&model) = reached.get(at) {
        if points_at(model, to) {
            return true;
        }
        for next in models.iter().filter(|next| points_at(model, next)) {
            if !reached.iter().any(|known| std::ptr::eq(*known, *next)) {
                reached.push(next);
            }
        }
        at += 1;
    }
    false
}

fn points_at(from: &ModelMeta, to: &'static ModelMeta) -> bool {
    foreign_keys(from).any(|relation| std::ptr::eq((relation.to)(), to))
}
