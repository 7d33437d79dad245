//! The models of random graphs.

use orm::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "graph_node",
    foreign_key(spot(row, col) = Spot),
    has_many(
        children = Node::parent,
        leaving = Edge::from,
        arriving = Edge::to,
        admirers = Node::peers,
        kept = Spot::keeper,
        marks = Mark::nodes
    ),
    has_one(badge = Badge::owner),
    many_to_many(peers: Node, through = Edge(from, to))
)]
pub struct Node {
    #[field(primary_key, identity = false)]
    pub id: i64,
    #[field(max_length = 5)]
    pub label: String,
    pub weight: Option<i32>,
    pub parent: Option<ForeignKey<Node>>,
    pub row: Option<i32>,
    pub col: Option<i32>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "graph_spot", primary_key(row, col), has_many(residents = Node::spot))]
pub struct Spot {
    pub row: i32,
    pub col: i32,
    pub keeper: Option<ForeignKey<Node>>,
}

/// Between nodes. The same two may have several.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "graph_edge")]
pub struct Edge {
    #[field(primary_key, identity = false)]
    pub id: i64,
    pub from: ForeignKey<Node>,
    pub to: ForeignKey<Node>,
    pub cost: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "graph_badge")]
pub struct Badge {
    #[field(primary_key)]
    pub owner: OneToOne<Node>,
    pub rank: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "graph_mark", many_to_many(nodes: Node))]
pub struct Mark {
    #[field(primary_key, identity = false)]
    pub id: i64,
}
