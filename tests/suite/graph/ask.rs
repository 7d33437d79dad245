//! Which of some nodes, in what order: the same of a queryset, of related rows, and of rows in memory.

use orm::model::{Path, Relation, ToMany};
use orm::prelude::*;
use orm::queryset::{Many, Related};
use proptest::option;
use proptest::prelude::*;

use super::data::{labels, weights};
use super::model::Node;

#[derive(Clone, Debug)]
pub struct Ask {
    at_least: Option<i32>,
    not: Option<String>,
    backwards: bool,
    by_weight: bool,
    offset: u64,
    limit: Option<u64>,
}

pub fn asks() -> impl Strategy<Value = Ask> {
    let slice = (prop_oneof![3 => Just(0), 1 => 1_u64..3], option::weighted(0.4, 0_u64..4));
    let which = (option::weighted(0.3, weights()), option::weighted(0.3, labels()));
    (which, any::<bool>(), any::<bool>(), slice).prop_map(
        |((at_least, not), backwards, by_weight, (offset, limit))| Ask {
            at_least,
            not,
            backwards,
            by_weight,
            offset,
            limit,
        },
    )
}

impl Ask {
    pub fn queryset(&self, mut nodes: QuerySet<Node>) -> QuerySet<Node> {
        if let Some(weight) = self.at_least {
            nodes = nodes.filter(|n| n.weight.ge(weight));
        }
        if let Some(label) = &self.not {
            nodes = nodes.exclude(|n| n.label.eq(label.as_str()));
        }
        nodes = match (self.by_weight, self.backwards) {
            (false, false) => nodes.order_by(|n| n.id),
            (false, true) => nodes.order_by(|n| n.id.desc()),
            (true, false) => nodes.order_by(|n| (n.weight.asc().nulls_first(), n.label, n.id)),
            (true, true) => nodes.order_by(|n| (n.weight.desc().nulls_last(), n.label.desc(), n.id.desc())),
        };
        if self.offset > 0 {
            nodes = nodes.offset(self.offset);
        }
        match self.limit {
            Some(limit) => nodes.limit(limit),
            None => nodes,
        }
    }

    pub fn related<P, R>(&self, nodes: Many<P, R>) -> Related<P, R>
    where
        P: Path,
        R: ToMany<From = P::Target> + Relation<To = Node>,
    {
        nodes.query(|nodes| self.queryset(nodes))
    }

    pub fn memory<'a>(&self, nodes: Vec<&'a Node>) -> Vec<&'a Node> {
        let mut nodes: Vec<&Node> = nodes
            .into_iter()
            .filter(|node| {
                self.at_least.is_none_or(|least| node.weight.is_some_and(|weight| weight >= least))
            })
            .filter(|node| self.not.as_ref().is_none_or(|label| *label != node.label))
            .collect();
        nodes.sort_by(|left, right| {
            let order = if self.by_weight {
                (left.weight, &left.label, left.id).cmp(&(right.weight, &right.label, right.id))
            } else {
                left.id.cmp(&right.id)
            };
            if self.backwards { order.reverse() } else { order }
        });
        let offset = usize::try_from(self.offset).expect("few");
        let limit = self.limit.map_or(usize::MAX, |limit| usize::try_from(limit).expect("few"));
        nodes.into_iter().skip(offset).take(limit).collect()
    }
}
