//! Random rows of the graph.

use std::collections::BTreeSet;

use orm::prelude::*;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::model::{Badge, Edge, Mark, MarkNodes, Node, Spot};
use crate::support::Db;

/// All rows.
#[derive(Clone, Debug)]
pub struct Data {
    pub nodes: Vec<Node>,
    pub spots: Vec<Spot>,
    pub edges: Vec<Edge>,
    pub badges: Vec<Badge>,
    pub marks: Vec<Mark>,
    /// Which mark is on which node.
    pub marked: BTreeSet<(i64, i64)>,
}

const NODES: i64 = 9;
const SPOTS: [(i32, i32); 4] = [(0, 0), (0, 1), (1, 0), (7, 7)];
const MARKS: i64 = 3;

fn key(id: i64) -> ForeignKey<Node> {
    ForeignKey::new(id)
}

pub fn labels() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "c"]).prop_map(str::to_owned)
}

pub fn weights() -> impl Strategy<Value = i32> {
    -2..=3
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let spot = prop_oneof![
        3 => select(&SPOTS).prop_map(|(row, col)| (Some(row), Some(col))),
        1 => option::of(0..2).prop_map(|row| (row, None)),
        1 => (0..2).prop_map(|col| (None, Some(col))),
    ];
    let node = (labels(), option::weighted(0.7, weights()), option::weighted(0.7, 1..=NODES), spot);
    vec(node, usize::try_from(NODES).expect("few")).prop_map(|nodes| {
        (1..)
            .zip(nodes)
            .map(|(id, (label, weight, parent, (row, col)))| Node {
                id,
                label,
                weight,
                parent: parent.map(key),
                row,
                col,
            })
            .collect()
    })
}

pub fn data() -> impl Strategy<Value = Data> {
    let keepers = vec(option::of(1..=NODES), SPOTS.len());
    let edges = vec((1..=NODES, 1..=NODES, 0..5), 0..14);
    let badges = btree_set(1..=NODES, 0..5);
    let marked = btree_set((1..=MARKS, 1..=NODES), 0..10);
    (nodes(), keepers, edges, badges, marked).prop_map(|(nodes, keepers, edges, badges, marked)| Data {
        nodes,
        spots: SPOTS
            .into_iter()
            .zip(keepers)
            .map(|((row, col), keeper)| Spot { row, col, keeper: keeper.map(key) })
            .collect(),
        edges: (1..)
            .zip(edges)
            .map(|(id, (from, to, cost))| Edge { id, from: key(from), to: key(to), cost })
            .collect(),
        badges: badges.into_iter().zip(0..).map(|(owner, rank)| Badge { owner: key(owner), rank }).collect(),
        marks: (1..=MARKS).map(|id| Mark { id }).collect(),
        marked,
    })
}

impl Data {
    /// Makes these the rows of the tables. Rows in a circle are tied when all are there.
    pub async fn store(&self, db: &Db) -> orm::Result<()> {
        MarkNodes::objects().delete(db).await?;
        Mark::objects().delete(db).await?;
        Badge::objects().delete(db).await?;
        Edge::objects().delete(db).await?;
        Node::objects()
            .update(db, |n| (n.parent.set(None::<ForeignKey<Node>>), n.row.set(None::<i32>)))
            .await?;
        Spot::objects().delete(db).await?;
        Node::objects().delete(db).await?;
        for node in &self.nodes {
            let mut alone = Node { parent: None, row: None, col: None, ..node.clone() };
            alone.save(db).await?;
        }
        for spot in &self.spots {
            spot.clone().save(db).await?;
        }
        for node in &self.nodes {
            node.clone().save(db).await?;
        }
        for edge in &self.edges {
            edge.clone().save(db).await?;
        }
        for badge in &self.badges {
            badge.clone().save(db).await?;
        }
        for mark in &self.marks {
            mark.clone().save(db).await?;
        }
        for &(mark, node) in &self.marked {
            let mark = ForeignKey::<Mark>::new(mark);
            MarkNodes::objects().create(db, |m| m.mark(mark).node(key(node))).await?;
        }
        let stored = Node::objects().order_by(|n| n.id).all(db).await?;
        assert_eq!(stored, self.nodes, "nodes are stored as they are");
        Ok(())
    }
}
