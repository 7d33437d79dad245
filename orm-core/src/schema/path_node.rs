//! The relations that lead from one model to another, as a chain.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::RelationMeta;

/// A chain of relations as a linked list in static memory: a field path costs no allocation.
#[derive(Debug)]
pub struct PathNode {
    /// What comes before, if anything.
    pub parent: Option<&'static PathNode>,
    /// The last step.
    pub relation: &'static RelationMeta,
}

impl PathNode {
    /// The chain that takes one more step: of each there is one, made when it is first asked for, if there are not
    /// `most` already.
    ///
    /// It lives as long as the program, as those do that derived code has in static memory: expressions point to them,
    /// and copying one costs nothing.
    pub fn step(
        parent: Option<&'static PathNode>,
        relation: &'static RelationMeta,
        most: usize,
    ) -> Option<&'static PathNode> {
        static CHAINS: LazyLock<Mutex<HashMap<(usize, usize), &'static PathNode>>> =
            LazyLock::new(Mutex::default);
        let key =
            (parent.map_or(0, |node| std::ptr::from_ref(node).addr()), std::ptr::from_ref(relation).addr());
        let mut chains = CHAINS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(node) = chains.get(&key) {
            return Some(node);
        }
        if chains.len() >= most {
            return None;
        }
        let node: &'static PathNode = Box::leak(Box::new(PathNode { parent, relation }));
        chains.insert(key, node);
        Some(node)
    }

    /// These steps after others. Only what a program's own types say is put together so, which comes to an end.
    #[must_use]
    pub fn after(&'static self, before: &'static PathNode) -> &'static PathNode {
        let parent = self.parent.map_or(before, |parent| parent.after(before));
        PathNode::step(Some(parent), self.relation, usize::MAX).unwrap_or(self)
    }

    /// Whether NULL rows are possible anywhere along the chain.
    pub fn is_nullable(&self) -> bool {
        self.relation.nullable || self.parent.is_some_and(PathNode::is_nullable)
    }
}

/// Both chains take the same steps. Compared by content: constants may have several addresses.
impl PartialEq for PathNode {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.relation.name == other.relation.name
                && std::ptr::eq((self.relation.from)(), (other.relation.from)())
                && self.parent == other.parent)
    }
}
