//! What a projection selects.

use std::any::Any;
use std::cell::Cell;

use super::super::load::Rows;
use super::super::query::Query;
use super::{FieldPart, Projection, Selects};
use crate::ast::{Expr, FieldRef, Node, Reroot};
use crate::error::Error;
use crate::schema::{FieldMeta, ModelMeta, PathNode};

/// Most lists within lists.
const DEEPEST: usize = 12;

/// What a projection selects: expressions on the query's model, and the queries of lists.
pub struct Selected {
    pub(super) nodes: Vec<Node>,
    /// Each a [`Rows`] of its own type.
    pub(super) lists: Vec<Box<dyn Any + Send + Sync>>,
    pub(super) error: Option<Error>,
    root: &'static ModelMeta,
    /// What leads to the projection that selects at present.
    path: Option<&'static PathNode>,
}

impl Selected {
    /// All that a projection selects.
    pub(super) fn by<P: Projection>(root: &'static ModelMeta) -> Self {
        let mut selected = Selected { nodes: Vec::new(), lists: Vec::new(), error: None, root, path: None };
        match Level::enter() {
            Some(_level) => P::select(&mut selected),
            None => {
                selected.error = Some(Error::InvalidQuery(
                    format!(
                        "a projection has lists within lists more than {DEEPEST} deep, or contains itself"
                    )
                    .into(),
                ));
            }
        }
        selected
    }

    /// Selects what a field is made from; called by derived code.
    pub fn add<M, T, P: FieldPart<M, T>>(&mut self, part: P) {
        // After a mistake nothing more is made of what contains itself.
        if self.error.is_none() {
            part.make().select(self);
        }
    }

    /// Selects an expression on the model of the projection that selects at present.
    pub(crate) fn column(&mut self, mut node: Node) {
        if let Some(path) = self.path {
            Reroot { root: self.root, path }.expr(&mut node.expr);
        }
        self.nodes.push(node);
    }

    fn field(&mut self, field: FieldRef, make: impl FnOnce(Node) -> Node) {
        self.column(make(Node::leaf(Expr::Joined(field))));
    }

    /// Selects a projection of the row that a path leads to; before it whether there is that row, if it may be missing.
    pub(super) fn related<P: Projection>(&mut self, path: Option<&'static PathNode>, may_be_missing: bool) {
        if may_be_missing && let Some(field) = <P::Model as crate::model::Model>::META.key_fields().next() {
            self.field(FieldRef { path, field }, |key| key.is_null().negate());
        }
        let before = self.path;
        self.path = match (path, before) {
            (Some(path), Some(before)) => Some(path.after(before)),
            (path, before) => path.or(before),
        };
        P::select(self);
        self.path = before;
    }

    /// Selects the fields at the end of a path by which a list's rows are found, and notes their query.
    pub(super) fn list<R: 'static, S: Send + Sync + 'static>(
        &mut self,
        path: Option<&'static PathNode>,
        key: Vec<&'static FieldMeta>,
        (mut query, shape): (Query, S),
    ) {
        for field in key {
            self.column(Node::leaf(Expr::Field(FieldRef { path, field })));
        }
        query.refuse_slices_of_rows_without_keys();
        if let Err(error) = query.check() {
            self.error.get_or_insert(error);
        }
        self.lists.push(Box::new(Rows::<R, S>::new(query, shape)));
    }
}

/// One more projection within those whose lists are being looked at. A projection may contain lists of itself, which would
/// have no end.
struct Level;

thread_local! {
    static LEVEL: Cell<usize> = const { Cell::new(0) };
}

impl Level {
    fn enter() -> Option<Self> {
        let level = LEVEL.get();
        (level < DEEPEST).then(|| {
            LEVEL.set(level + 1);
            Level
        })
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        LEVEL.set(LEVEL.get() - 1);
    }
}
