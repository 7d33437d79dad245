//! The tables that a statement's paths lead to, each joined once.

use crate::ast::{ColumnRef, FieldRef, Join, JoinKind};
use crate::error::{Error, Result};
use crate::schema::{FieldMeta, PathNode};

/// Joins in the order in which they were first needed.
pub(super) struct Joins(pub(super) Vec<Join>);

impl Joins {
    /// The column that a field is, joining what is missing.
    pub(super) fn resolve(&mut self, reference: FieldRef) -> Result<ColumnRef> {
        let Some(node) = reference.path else {
            return Ok(ColumnRef { table: 0, field: reference.field, nullable: reference.field.nullable });
        };
        if std::ptr::eq(node.relation.target_field(), reference.field) {
            // The related key is this side's own column: no join.
            return self.resolve(FieldRef { path: node.parent, field: key_field(node)? });
        }
        let table = self.table(node)?;
        Ok(ColumnRef {
            table,
            field: reference.field,
            nullable: reference.field.nullable || node.is_nullable(),
        })
    }

    fn table(&mut self, node: &'static PathNode) -> Result<u16> {
        if let Some(at) = self.0.iter().position(|join| PathNode::same(join.path, node)) {
            return number(at + 1);
        }
        let parent = match node.parent {
            Some(parent) => self.table(parent)?,
            None => 0,
        };
        let kind = if node.is_nullable() { JoinKind::Left } else { JoinKind::Inner };
        self.0.push(Join { path: node, parent, kind });
        number(self.0.len())
    }
}

fn number(at: usize) -> Result<u16> {
    u16::try_from(at).map_err(|_| Error::InvalidQuery("more than 65,535 tables are joined".into()))
}

/// The field that stores the key of the path's last relation.
fn key_field(node: &'static PathNode) -> Result<&'static FieldMeta> {
    let model = (node.relation.from)();
    model.fields.iter().find(|field| field.column == node.relation.column).ok_or_else(|| {
        Error::InvalidQuery(format!("{} has no column for `{}`", model.name, node.relation.name).into())
    })
}
