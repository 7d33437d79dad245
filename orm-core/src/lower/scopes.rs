//! The queries around an expression, and the tables that their paths lead to, each joined once.

use super::select::Rules;
use crate::ast::{Beside, ColumnRef, FieldRef, Join, JoinKind, Outer};
use crate::error::{Error, Result};
use crate::schema::{ModelMeta, PathNode};

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
    /// The table beside its own.
    beside: Option<Beside>,
}

impl Scopes {
    pub(super) fn new(rules: Rules) -> Self {
        Scopes { stack: Vec::new(), next: 0, tables: 0, rules }
    }

    /// Begins a query on a table of its own.
    pub(super) fn enter(&mut self, model: Option<&'static ModelMeta>, joins: Vec<Join>) -> Result<()> {
        let table = self.number()?;
        self.tables += u16::from(model.is_some());
        self.stack.push(Scope { model, table, joins, beside: None });
        Ok(())
    }

    /// Puts a table beside the innermost query's own.
    pub(super) fn beside(&mut self, beside: &mut Beside) -> Result<()> {
        beside.table = self.another()?;
        if let Some(scope) = self.stack.last_mut() {
            scope.beside = Some(*beside);
        }
        Ok(())
    }

    /// A number for one more table, whose columns have to be told from others.
    pub(super) fn another(&mut self) -> Result<u16> {
        self.tables += 1;
        self.number()
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

    /// The column that a field of a query further out is, or of a table beside a query's own.
    pub(super) fn resolve_outer(&mut self, outer: &Outer) -> Result<ColumnRef> {
        let at = self
            .stack
            .len()
            .checked_sub(1 + usize::from(outer.levels))
            .ok_or_else(|| misplaced(outer, "a query around this one, but there is none"))?;
        if outer.beside {
            return self.resolve_beside(at, outer);
        }
        let scope = &self.stack[at];
        if scope.model != Some(outer.model) {
            let model = scope.model.map_or("something else", |model| model.name);
            return Err(misplaced(outer, &format!("a query around this one, which is about {model}")));
        }
        self.resolve_at(at, outer.field)
    }

    fn resolve_beside(&self, at: usize, outer: &Outer) -> Result<ColumnRef> {
        let beside = self.stack[at].beside.filter(|beside| beside.model == outer.model);
        let beside = beside.ok_or_else(|| misplaced(outer, "a table beside this one, but there is none"))?;
        let reference = own_key(outer.field);
        if reference.path.is_some() {
            return Err(Error::InvalidQuery(
                "recursion can use the fields of the row found before, but not those of rows related to it"
                    .into(),
            ));
        }
        Ok(ColumnRef { table: beside.table, field: reference.field, nullable: reference.field.nullable })
    }

    fn resolve_at(&mut self, at: usize, reference: FieldRef) -> Result<ColumnRef> {
        self.column_at(at, own_key(reference))
    }

    /// The column that a field of a related row is, of that row's own table.
    pub(super) fn resolve_joined(&mut self, reference: FieldRef) -> Result<ColumnRef> {
        let at = self.stack.len().checked_sub(1).ok_or_else(outside)?;
        self.column_at(at, reference)
    }

    /// The table that a path from the innermost query leads to, joining what is missing.
    pub(super) fn join(&mut self, path: &'static PathNode) -> Result<u16> {
        let at = self.stack.len().checked_sub(1).ok_or_else(outside)?;
        self.joined(at, path)
    }

    fn column_at(&mut self, at: usize, reference: FieldRef) -> Result<ColumnRef> {
        let Some(node) = reference.path else {
            let table = self.stack[at].table;
            return Ok(ColumnRef { table, field: reference.field, nullable: reference.field.nullable });
        };
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
        let table = self.another()?;
        self.stack[at].joins.push(Join { path: node, table, parent, kind });
        Ok(table)
    }
}

fn outside() -> Error {
    Error::InvalidQuery("a field is used outside of any query".into())
}

#[cold]
fn misplaced(outer: &Outer, place: &str) -> Error {
    let Outer { model, field, .. } = outer;
    Error::InvalidQuery(
        format!("`{}.{}` is used as a column of {place}", model.name, field.field.name).into(),
    )
}

/// What a relation leads to by is a column of this side: no join.
fn own_key(mut reference: FieldRef) -> FieldRef {
    while let Some(node) = reference.path.filter(|node| node.relation.is_stored()) {
        let Some((field, _)) = node.relation.pairs().find(|(_, target)| *target == reference.field) else {
            break;
        };
        reference = FieldRef { path: node.parent, field };
    }
    reference
}
