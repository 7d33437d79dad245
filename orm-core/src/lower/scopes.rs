//! The queries around an expression, and the tables that their paths lead to, each joined once.

use super::select::Rules;
use crate::ast::{ColumnRef, FieldRef, Join, JoinKind, Outer};
use crate::error::{Error, Result};
use crate::schema::{FieldMeta, ModelMeta, PathNode};

/// The queries around what is being lowered, the innermost last, and how many tables the statement has.
pub(super) struct Scopes {
    stack: Vec<Scope>,
    next: u16,
    tables: u16,
    pub(super) rules: Rules,
}

/// One query.
pub(super) struct Scope {
    /// The model that it is about; none when it reads from a subquery.
    model: Option<&'static ModelMeta>,
    /// Its table's number.
    pub(super) table: u16,
    /// The tables joined to it, in the order in which they were first needed.
    pub(super) joins: Vec<Join>,
}

impl Scopes {
    pub(super) fn new(rules: Rules) -> Self {
        Scopes { stack: Vec::new(), next: 0, tables: 0, rules }
    }

    /// Begins a query on a table of its own.
    pub(super) fn enter(&mut self, model: Option<&'static ModelMeta>, joins: Vec<Join>) -> Result<()> {
        let table = self.number()?;
        self.tables += u16::from(model.is_some());
        self.stack.push(Scope { model, table, joins });
        Ok(())
    }

    /// Ends the innermost query.
    pub(super) fn leave(&mut self) -> Result<Scope> {
        self.stack.pop().ok_or_else(|| Error::InvalidQuery("a query ends that has not begun".into()))
    }

    /// Whether the statement has several tables, so that columns need theirs.
    pub(super) fn are_several(&self) -> bool {
        self.tables > 1
    }

    /// A number for one more table.
    pub(super) fn number(&mut self) -> Result<u16> {
        let number = self.next;
        self.next = number
            .checked_add(1)
            .ok_or_else(|| Error::InvalidQuery("more than 65,535 tables are joined".into()))?;
        Ok(number)
    }

    /// The table of the innermost query.
    pub(super) fn table(&self) -> u16 {
        self.stack.last().map_or(0, |scope| scope.table)
    }

    /// The column that a field of the innermost query is, joining what is missing.
    pub(super) fn resolve(&mut self, reference: FieldRef) -> Result<ColumnRef> {
        let at = self.stack.len().checked_sub(1).ok_or_else(outside)?;
        self.resolve_at(at, reference)
    }

    /// The column that a field of a query further out is.
    pub(super) fn resolve_outer(&mut self, outer: &Outer) -> Result<ColumnRef> {
        let at = self.stack.len().checked_sub(1 + usize::from(outer.levels)).ok_or_else(|| {
            Error::InvalidQuery(
                format!(
                    "`{}.{}` is used as a column of a query around this one, but there is none",
                    outer.model.name, outer.field.field.name
                )
                .into(),
            )
        })?;
        if self.stack[at].model != Some(outer.model) {
            return Err(Error::InvalidQuery(
                format!(
                    "`{}.{}` is used as a column of a query around this one, which is about {}",
                    outer.model.name,
                    outer.field.field.name,
                    self.stack[at].model.map_or("something else", |model| model.name)
                )
                .into(),
            ));
        }
        self.resolve_at(at, outer.field)
    }

    fn resolve_at(&mut self, at: usize, reference: FieldRef) -> Result<ColumnRef> {
        let Some(node) = reference.path else {
            let table = self.stack[at].table;
            return Ok(ColumnRef { table, field: reference.field, nullable: reference.field.nullable });
        };
        if std::ptr::eq(node.relation.target_field(), reference.field) {
            // The related key is this side's own column: no join.
            return self.resolve_at(at, FieldRef { path: node.parent, field: key_field(node)? });
        }
        let table = self.joined(at, node)?;
        Ok(ColumnRef {
            table,
            field: reference.field,
            nullable: reference.field.nullable || node.is_nullable(),
        })
    }

    /// The table that a path leads to.
    fn joined(&mut self, at: usize, node: &'static PathNode) -> Result<u16> {
        if let Some(join) = self.stack[at].joins.iter().find(|join| join.path == node) {
            return Ok(join.table);
        }
        let parent = match node.parent {
            Some(parent) => self.joined(at, parent)?,
            None => self.stack[at].table,
        };
        let kind = if node.is_nullable() { JoinKind::Left } else { JoinKind::Inner };
        let table = self.number()?;
        self.tables += 1;
        self.stack[at].joins.push(Join { path: node, table, parent, kind });
        Ok(table)
    }
}

fn outside() -> Error {
    Error::InvalidQuery("a field is used outside of any query".into())
}

/// The field that stores the key of the path's last relation.
fn key_field(node: &'static PathNode) -> Result<&'static FieldMeta> {
    let model = (node.relation.from)();
    model.fields.iter().find(|field| field.column == node.relation.column).ok_or_else(|| {
        Error::InvalidQuery(format!("{} has no column for `{}`", model.name, node.relation.name).into())
    })
}
