//! Random conditions about rows around a node, some within others, and the same in memory.

use orm::prelude::*;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::data::{Data, labels, weights};
use super::model::{Node, NodeFields};
use crate::suite::property::logic::{Truth, and, not, or};
use crate::support::Db;

/// A condition about a node.
#[derive(Clone, Debug)]
pub enum Condition {
    Label(String),
    Heavier(i32),
    ParentLabel(String),
    BadgeRank(i32),
    KeeperHeavier(i32),
    And(Box<[Condition; 2]>),
    Or(Box<[Condition; 2]>),
    Not(Box<Condition>),
    Around(Around),
}

/// A condition about the nodes at the end of a relation.
#[derive(Clone, Debug)]
pub struct Around {
    relation: To,
    question: Question,
    /// Only those that are heavier than the node they are around.
    heavier: bool,
    which: Box<Condition>,
}

#[derive(Clone, Copy, Debug)]
enum To {
    Children,
    Peers,
    Admirers,
    ChildrenOfParent,
    AdmirersOfParent,
    Residents,
    PeersOfKeeper,
}

#[derive(Clone, Copy, Debug)]
enum Question {
    Any,
    All,
    None,
    CountOver(i64),
    SumOver(i64),
    MaxIs(i32),
}

pub fn conditions() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        labels().prop_map(Condition::Label),
        weights().prop_map(Condition::Heavier),
        labels().prop_map(Condition::ParentLabel),
        (0..3).prop_map(Condition::BadgeRank),
        weights().prop_map(Condition::KeeperHeavier),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        let relation = select(&[
            To::Children,
            To::Peers,
            To::Admirers,
            To::ChildrenOfParent,
            To::AdmirersOfParent,
            To::Residents,
            To::PeersOfKeeper,
        ]);
        let question = prop_oneof![
            3 => Just(Question::Any),
            2 => Just(Question::All),
            2 => Just(Question::None),
            1 => (0_i64..3).prop_map(Question::CountOver),
            1 => (-3_i64..4).prop_map(Question::SumOver),
            1 => weights().prop_map(Question::MaxIs),
        ];
        let around = (relation, question, option::weighted(0.3, Just(())), inner.clone()).prop_map(
            |(relation, question, heavier, which)| {
                let which = Box::new(which);
                Condition::Around(Around { relation, question, heavier: heavier.is_some(), which })
            },
        );
        prop_oneof![
            4 => around,
            1 => [inner.clone(), inner.clone()].prop_map(|pair| Condition::And(Box::new(pair))),
            1 => [inner.clone(), inner.clone()].prop_map(|pair| Condition::Or(Box::new(pair))),
            1 => inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

impl Condition {
    fn predicate(&self, n: NodeFields) -> Predicate<Node> {
        match self {
            Condition::Label(label) => n.label.eq(label.as_str()),
            Condition::Heavier(weight) => n.weight.gt(*weight),
            Condition::ParentLabel(label) => n.parent.label.eq(label.as_str()),
            Condition::BadgeRank(rank) => n.badge.rank.ge(*rank),
            Condition::KeeperHeavier(weight) => n.spot.keeper.weight.gt(*weight),
            Condition::And(pair) => pair[0].predicate(n) & pair[1].predicate(n),
            Condition::Or(pair) => pair[0].predicate(n) | pair[1].predicate(n),
            Condition::Not(inner) => !inner.predicate(n),
            Condition::Around(around) => around.predicate(n),
        }
    }

    fn truth(&self, data: &Data, node: &Node) -> Truth {
        match self {
            Condition::Label(label) => Some(node.label == *label),
            Condition::Heavier(weight) => node.weight.map(|own| own > *weight),
            Condition::ParentLabel(label) => data.parent(node).map(|parent| parent.label == *label),
            Condition::BadgeRank(rank) => data.badge(node).map(|badge| badge.rank >= *rank),
            Condition::KeeperHeavier(weight) => {
                data.spot(node).and_then(|spot| data.keeper(spot)?.weight).map(|own| own > *weight)
            }
            Condition::And(pair) => and(pair[0].truth(data, node), pair[1].truth(data, node)),
            Condition::Or(pair) => or(pair[0].truth(data, node), pair[1].truth(data, node)),
            Condition::Not(inner) => not(inner.truth(data, node)),
            Condition::Around(around) => around.truth(data, node),
        }
    }
}

impl Around {
    fn predicate(&self, n: NodeFields) -> Predicate<Node> {
        macro_rules! ask {
            ($many:expr) => {{
                let which = |m: NodeFields| {
                    let which = self.which.predicate(m);
                    if self.heavier { which & m.weight.gt(n.weight.outer()) } else { which }
                };
                match self.question {
                    Question::Any => $many.any(which),
                    Question::All => $many.all(which),
                    Question::None => $many.none(which),
                    Question::CountOver(least) => $many.filter(which).count().gt(least),
                    Question::SumOver(least) => $many.filter(which).sum(|m| m.weight).gt(least),
                    Question::MaxIs(weight) => $many.filter(which).max(|m| m.weight).eq(weight),
                }
            }};
        }
        match self.relation {
            To::Children => ask!(n.children),
            To::Peers => ask!(n.peers),
            To::Admirers => ask!(n.admirers),
            To::ChildrenOfParent => ask!(n.parent.children),
            To::AdmirersOfParent => ask!(n.parent.admirers),
            To::Residents => ask!(n.spot.residents),
            To::PeersOfKeeper => ask!(n.spot.keeper.peers),
        }
    }

    fn truth(&self, data: &Data, node: &Node) -> Truth {
        let parent = || data.parent(node);
        let all = match self.relation {
            To::Children => data.children(node),
            To::Peers => data.peers(node),
            To::Admirers => data.admirers(node),
            To::ChildrenOfParent => parent().map(|parent| data.children(parent)).unwrap_or_default(),
            To::AdmirersOfParent => parent().map(|parent| data.admirers(parent)).unwrap_or_default(),
            To::Residents => data.spot(node).map(|spot| data.residents(spot)).unwrap_or_default(),
            To::PeersOfKeeper => data
                .spot(node)
                .and_then(|spot| data.keeper(spot))
                .map(|keeper| data.peers(keeper))
                .unwrap_or_default(),
        };
        let count = all.len();
        let found: Vec<&Node> = all
            .into_iter()
            .filter(|other| {
                let heavier = || Some(other.weight? > node.weight?);
                let which = self.which.truth(data, other);
                (if self.heavier { and(which, heavier()) } else { which }) == Some(true)
            })
            .collect();
        let weights = || found.iter().filter_map(|node| node.weight);
        match self.question {
            Question::Any => Some(!found.is_empty()),
            Question::All => Some(found.len() == count),
            Question::None => Some(found.is_empty()),
            Question::CountOver(least) => Some(i64::try_from(found.len()).expect("few") > least),
            Question::SumOver(least) => {
                weights().map(i64::from).reduce(|sum, weight| sum + weight).map(|sum| sum > least)
            }
            Question::MaxIs(weight) => weights().max().map(|max| max == weight),
        }
    }
}

pub async fn check(db: &Db, data: &Data, condition: &Condition) -> Result<(), String> {
    let in_memory = |is: fn(Truth) -> bool| -> Vec<i64> {
        data.nodes.iter().filter(|node| is(condition.truth(data, node))).map(|node| node.id).collect()
    };
    let nodes = || Node::objects().order_by(|n| n.id);
    for (what, query, expected) in [
        ("filter", nodes().filter(|n| condition.predicate(n)), in_memory(|truth| truth == Some(true))),
        ("filter !", nodes().filter(|n| !condition.predicate(n)), in_memory(|truth| truth == Some(false))),
        ("exclude", nodes().exclude(|n| condition.predicate(n)), in_memory(|truth| truth != Some(true))),
    ] {
        let sql = query.clone().sql(db.dialect()).map_err(|error| format!("does not compile: {error}"))?;
        let found =
            query.values(|n| n.id).all(db).await.map_err(|error| format!("{what}: {error:?}\n{sql}"))?;
        if found != expected {
            return Err(format!("{what}: {found:?}, not {expected:?}\n{sql}"));
        }
    }
    // As a value beside others that are made of many rows.
    let rows = nodes()
        .values(|n| (condition.predicate(n), n.children.count(), n.peers.sum(|p| p.weight)))
        .all(db)
        .await
        .map_err(|error| format!("as a value: {error:?}"))?;
    for ((holds, children, sum), node) in rows.iter().zip(&data.nodes) {
        let expected_sum = data
            .peers(node)
            .iter()
            .filter_map(|peer| peer.weight)
            .map(i64::from)
            .reduce(|sum, weight| sum + weight);
        let expected = (
            condition.truth(data, node) == Some(true),
            i64::try_from(data.children(node).len()).unwrap(),
            expected_sum,
        );
        if (*holds, *children, *sum) != expected {
            return Err(format!("values of {}: {:?}, not {expected:?}", node.id, (holds, children, sum)));
        }
    }
    Ok(())
}
