//! What is at the end of each relation, by looking at every row.

use super::data::Data;
use super::model::{Badge, Edge, Mark, Node, Spot};

impl Data {
    pub fn node(&self, id: i64) -> &Node {
        self.nodes.iter().find(|node| node.id == id).expect("keys point at nodes")
    }

    pub fn parent(&self, node: &Node) -> Option<&Node> {
        node.parent.as_ref().map(|key| self.node(*key.key()))
    }

    pub fn spot(&self, node: &Node) -> Option<&Spot> {
        let (row, col) = (node.row?, node.col?);
        Some(self.spots.iter().find(|spot| (spot.row, spot.col) == (row, col)).expect("keys point at spots"))
    }

    pub fn badge(&self, node: &Node) -> Option<&Badge> {
        self.badges.iter().find(|badge| *badge.owner.key() == node.id)
    }

    pub fn keeper(&self, spot: &Spot) -> Option<&Node> {
        spot.keeper.as_ref().map(|key| self.node(*key.key()))
    }

    pub fn children(&self, of: &Node) -> Vec<&Node> {
        let is_child = |node: &&Node| node.parent.as_ref().is_some_and(|key| *key.key() == of.id);
        self.nodes.iter().filter(is_child).collect()
    }

    /// With one for each edge.
    pub fn peers(&self, of: &Node) -> Vec<&Node> {
        self.leaving(of).into_iter().map(|edge| self.node(*edge.to.key())).collect()
    }

    /// With one for each edge.
    pub fn admirers(&self, of: &Node) -> Vec<&Node> {
        self.arriving(of).into_iter().map(|edge| self.node(*edge.from.key())).collect()
    }

    pub fn leaving(&self, of: &Node) -> Vec<&Edge> {
        self.edges.iter().filter(|edge| *edge.from.key() == of.id).collect()
    }

    pub fn arriving(&self, of: &Node) -> Vec<&Edge> {
        self.edges.iter().filter(|edge| *edge.to.key() == of.id).collect()
    }

    pub fn residents(&self, of: &Spot) -> Vec<&Node> {
        self.nodes.iter().filter(|node| (node.row, node.col) == (Some(of.row), Some(of.col))).collect()
    }

    pub fn marks(&self, of: &Node) -> Vec<&Mark> {
        self.marks.iter().filter(|mark| self.marked.contains(&(mark.id, of.id))).collect()
    }

    pub fn marked(&self, with: &Mark) -> Vec<&Node> {
        self.nodes.iter().filter(|node| self.marked.contains(&(with.id, node.id))).collect()
    }
}
