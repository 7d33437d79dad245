//! What is loaded with rows: some plans, whose types are fixed, with random filters, orders and slices at every level.
//!
//! Loaded rows and rows in memory are written down in the same way and compared as text.

use std::fmt::Display;

use futures_util::TryStreamExt;
use orm::prelude::*;
use proptest::prelude::*;

use super::ask::{Ask, asks};
use super::data::{Data, weights};
use super::model::{Badge, Edge, Mark, Node, Spot};
use crate::support::{Db, in_statements};

orm::relation_name!(Some = "some");
orm::relation_name!(Others = "others");

#[derive(Clone, Copy, Debug)]
pub enum Plan {
    Joined,
    Children,
    Residents,
    Edges,
    Marks,
    Badges,
    ByQueries,
    Names,
    Conditional,
}

/// A plan, and what is asked for at each of its levels.
#[derive(Clone, Debug)]
pub struct Case {
    plan: Plan,
    root: Ask,
    one: Ask,
    two: Ask,
    weight: i32,
    streamed: bool,
}

pub fn cases() -> impl Strategy<Value = Case> {
    let plan = prop::sample::select(&[
        Plan::Joined,
        Plan::Children,
        Plan::Residents,
        Plan::Edges,
        Plan::Marks,
        Plan::Badges,
        Plan::ByQueries,
        Plan::Names,
        Plan::Conditional,
    ]);
    (plan, asks(), asks(), asks(), weights(), any::<bool>())
        .prop_map(|(plan, root, one, two, weight, streamed)| Case { plan, root, one, two, weight, streamed })
}

pub async fn check(db: &Db, data: &Data, case: &Case) -> Result<(), String> {
    let found = Box::pin(case.load(db)).await.map_err(|error| format!("fails: {error:?}"))?;
    let expected = case.memory(data);
    if found == expected { Ok(()) } else { Err(format!("loaded   {found:#?}\nexpected {expected:#?}")) }
}

// ── Writing rows down ────────────────────────────────────────────────────────────────────────────────────────────────

fn one<T>(row: Option<T>, text: impl FnOnce(T) -> String) -> String {
    row.map_or_else(|| "-".to_owned(), text)
}

fn many<T>(rows: impl IntoIterator<Item = T>, text: impl Fn(T) -> String) -> String {
    let texts: Vec<String> = rows.into_iter().map(text).collect();
    format!("[{}]", texts.join(" "))
}

/// The whole row, so that a wrong column is seen.
fn node(node: &Node) -> String {
    let parent = node.parent.as_ref().map(|key| *key.key());
    format!("n{}{}{:?}/{parent:?}/{:?}{:?}", node.id, node.label, node.weight, node.row, node.col)
}

fn spot(spot: &Spot) -> String {
    format!("s{}.{}/{:?}", spot.row, spot.col, spot.keeper.as_ref().map(|key| *key.key()))
}

fn badge(badge: &Badge) -> String {
    format!("b{}r{}", badge.owner.key(), badge.rank)
}

fn edge(edge: &Edge) -> String {
    format!("e{}:{}-{}c{}", edge.id, edge.from.key(), edge.to.key(), edge.cost)
}

fn mark(mark: &Mark) -> String {
    format!("m{}", mark.id)
}

fn with(row: impl Display, loaded: &[String]) -> String {
    format!("{row}({})", loaded.join(", "))
}

// ── The plans ────────────────────────────────────────────────────────────────────────────────────────────────────────

impl Case {
    #[expect(
        clippy::too_many_lines,
        clippy::let_and_return,
        reason = "a plan beside the next; what is made from rows is made before they go"
    )]
    async fn load(&self, db: &Db) -> orm::Result<Vec<String>> {
        let nodes = || self.root.queryset(Node::objects());
        /// All rows, by whichever terminal method.
        macro_rules! rows {
            ($query:expr) => {
                if self.streamed {
                    $query.stream(db).try_collect::<Vec<_>>().await?
                } else {
                    $query.all(db).await?
                }
            };
        }
        Ok(match self.plan {
            Plan::Joined => {
                let query = nodes().select_related(|n| {
                    (
                        n.parent.select_related(|p| (p.parent, p.spot.keeper)),
                        n.badge,
                        n.spot.select_related(|s| s.keeper.select_related(|k| (k.badge, k.spot))),
                    )
                });
                let rows = in_statements(1, query.clone().all(db)).await?;
                let texts = rows.iter().map(|row| {
                    let parent = one(row.parent().as_ref(), |p| {
                        let keeper =
                            one(p.spot().as_ref(), |s| with(spot(s), &[one(s.keeper().as_ref(), node)]));
                        with(node(p), &[one(p.parent().as_ref(), node), keeper])
                    });
                    let place = one(row.spot().as_ref(), |s| {
                        let keeper = one(s.keeper().as_ref(), |k| {
                            with(node(k), &[one(k.badge().as_ref(), badge), one(k.spot().as_ref(), spot)])
                        });
                        with(spot(s), &[keeper])
                    });
                    with(node(row), &[parent, one(row.badge().as_ref(), badge), place])
                });
                texts.collect()
            }
            Plan::Children => {
                let query = nodes().prefetch_related(|n| {
                    (
                        self.one.related(n.children).prefetch_related(|c| self.two.related(c.peers)),
                        self.two.related(n.admirers),
                        n.leaving.order_by(|e| e.id).select_related(|e| e.to),
                    )
                });
                let texts = rows!(query)
                    .iter()
                    .map(|row| {
                        let children = many(row.children(), |c| with(node(c), &[many(c.peers(), node)]));
                        let leaving = many(row.leaving(), |e| with(edge(e), &[node(e.to())]));
                        with(node(row), &[children, many(row.admirers(), node), leaving])
                    })
                    .collect();
                texts
            }
            Plan::Residents => {
                let query = Spot::objects()
                    .order_by(|s| (s.row, s.col))
                    .select_related(|s| s.keeper.prefetch_related(|k| self.two.related(k.children)))
                    .prefetch_related(|s| {
                        self.one
                            .related(s.residents)
                            .prefetch_related(|r| (self.two.related(r.admirers), r.marks.order_by(|m| m.id)))
                    });
                let texts = rows!(query)
                    .iter()
                    .map(|row| {
                        let keeper =
                            one(row.keeper().as_ref(), |k| with(node(k), &[many(k.children(), node)]));
                        let residents = many(row.residents(), |r| {
                            with(node(r), &[many(r.admirers(), node), many(r.marks(), mark)])
                        });
                        with(spot(row), &[keeper, residents])
                    })
                    .collect();
                texts
            }
            Plan::Edges => {
                let query = Edge::objects().order_by(|e| e.id).select_related(|e| {
                    (
                        e.from
                            .prefetch_related(|n| (self.one.related(n.children), self.two.related(n.peers))),
                        e.to.select_related(|n| n.parent.spot.keeper),
                    )
                });
                let texts = rows!(query)
                    .iter()
                    .map(|row| {
                        let (from, to) = (row.from(), row.to());
                        let from = with(node(from), &[many(from.children(), node), many(from.peers(), node)]);
                        let parent = one(to.parent().as_ref(), |p| {
                            with(
                                node(p),
                                &[one(p.spot().as_ref(), |s| {
                                    with(spot(s), &[one(s.keeper().as_ref(), node)])
                                })],
                            )
                        });
                        with(edge(row), &[from, with(node(to), &[parent])])
                    })
                    .collect();
                texts
            }
            Plan::Marks => {
                let query = Mark::objects().order_by(|m| m.id).prefetch_related(|m| {
                    self.one
                        .related(m.nodes)
                        .select_related(|n| (n.badge, n.spot))
                        .prefetch_related(|n| n.marks.order_by(|m| m.id.desc()))
                });
                let texts = rows!(query)
                    .iter()
                    .map(|row| {
                        let nodes = many(row.nodes(), |n| {
                            let loaded = [
                                one(n.badge().as_ref(), badge),
                                one(n.spot().as_ref(), spot),
                                many(n.marks(), mark),
                            ];
                            with(node(n), &loaded)
                        });
                        with(mark(row), &[nodes])
                    })
                    .collect();
                texts
            }
            Plan::Badges => {
                let query = Badge::objects().order_by(|b| b.rank).select_related(|b| {
                    b.owner
                        .select_related(|o| o.parent.parent)
                        .prefetch_related(|o| self.one.related(o.admirers))
                });
                let texts = rows!(query)
                    .iter()
                    .map(|row| {
                        let owner = row.owner();
                        let parent = one(owner.parent().as_ref(), |p| {
                            with(node(p), &[one(p.parent().as_ref(), node)])
                        });
                        with(badge(row), &[with(node(owner), &[parent, many(owner.admirers(), node)])])
                    })
                    .collect();
                texts
            }
            Plan::ByQueries => {
                let query = nodes().prefetch_related(|n| (n.parent, n.spot, n.badge));
                let texts = rows!(query)
                    .iter()
                    .map(|row| {
                        let loaded = [
                            one(row.parent().as_ref(), node),
                            one(row.spot().as_ref(), spot),
                            one(row.badge().as_ref(), badge),
                        ];
                        with(node(row), &loaded)
                    })
                    .collect();
                texts
            }
            Plan::Names => {
                let query = nodes().prefetch_related(|n| {
                    (
                        self.one.related(n.peers).named(Some),
                        self.two.related(n.peers).named(Others),
                        self.two.related(n.children),
                    )
                });
                let texts = rows!(query)
                    .iter()
                    .map(|row| {
                        let loaded = [
                            many(row.loaded(Some), node),
                            many(row.loaded(Others), node),
                            many(row.children(), node),
                        ];
                        with(node(row), &loaded)
                    })
                    .collect();
                texts
            }
            Plan::Conditional => {
                let query = nodes().select_related(|n| {
                    (
                        n.parent
                            .filter(|p| p.weight.ge(self.weight))
                            .prefetch_related(|p| self.one.related(p.children)),
                        n.spot.filter(|s| s.keeper.weight.lt(self.weight)).select_related(|s| s.keeper),
                        n.badge.filter(|b| b.rank.gt(1)),
                    )
                });
                let texts = rows!(query)
                    .iter()
                    .map(|row| {
                        let parent =
                            one(row.parent().as_ref(), |p| with(node(p), &[many(p.children(), node)]));
                        let place =
                            one(row.spot().as_ref(), |s| with(spot(s), &[one(s.keeper().as_ref(), node)]));
                        with(node(row), &[parent, place, one(row.badge().as_ref(), badge)])
                    })
                    .collect();
                texts
            }
        })
    }

    #[expect(clippy::too_many_lines, reason = "a plan beside the next")]
    fn memory(&self, data: &Data) -> Vec<String> {
        let nodes = || self.root.memory(data.nodes.iter().collect()).into_iter();
        let keeper = |s: &Spot| with(spot(s), &[one(data.keeper(s), node)]);
        match self.plan {
            Plan::Joined => nodes()
                .map(|row| {
                    let parent = one(data.parent(row), |p| {
                        with(node(p), &[one(data.parent(p), node), one(data.spot(p), keeper)])
                    });
                    let place = one(data.spot(row), |s| {
                        let keeper = one(data.keeper(s), |k| {
                            with(node(k), &[one(data.badge(k), badge), one(data.spot(k), spot)])
                        });
                        with(spot(s), &[keeper])
                    });
                    with(node(row), &[parent, one(data.badge(row), badge), place])
                })
                .collect(),
            Plan::Children => nodes()
                .map(|row| {
                    let children = many(self.one.memory(data.children(row)), |c| {
                        with(node(c), &[many(self.two.memory(data.peers(c)), node)])
                    });
                    let leaving = many(data.leaving(row), |e| with(edge(e), &[node(data.node(*e.to.key()))]));
                    with(node(row), &[children, many(self.two.memory(data.admirers(row)), node), leaving])
                })
                .collect(),
            Plan::Residents => data
                .spots
                .iter()
                .map(|row| {
                    let keeper = one(data.keeper(row), |k| {
                        with(node(k), &[many(self.two.memory(data.children(k)), node)])
                    });
                    let residents = many(self.one.memory(data.residents(row)), |r| {
                        let admirers = many(self.two.memory(data.admirers(r)), node);
                        with(node(r), &[admirers, many(data.marks(r), mark)])
                    });
                    with(spot(row), &[keeper, residents])
                })
                .collect(),
            Plan::Edges => data
                .edges
                .iter()
                .map(|row| {
                    let (from, to) = (data.node(*row.from.key()), data.node(*row.to.key()));
                    let children = many(self.one.memory(data.children(from)), node);
                    let peers = many(self.two.memory(data.peers(from)), node);
                    let parent = one(data.parent(to), |p| with(node(p), &[one(data.spot(p), keeper)]));
                    with(edge(row), &[with(node(from), &[children, peers]), with(node(to), &[parent])])
                })
                .collect(),
            Plan::Marks => data
                .marks
                .iter()
                .map(|row| {
                    let nodes = many(self.one.memory(data.marked(row)), |n| {
                        let marks = many(data.marks(n).into_iter().rev(), mark);
                        with(node(n), &[one(data.badge(n), badge), one(data.spot(n), spot), marks])
                    });
                    with(mark(row), &[nodes])
                })
                .collect(),
            Plan::Badges => data
                .badges
                .iter()
                .map(|row| {
                    let owner = data.node(*row.owner.key());
                    let parent = one(data.parent(owner), |p| with(node(p), &[one(data.parent(p), node)]));
                    let admirers = many(self.one.memory(data.admirers(owner)), node);
                    with(badge(row), &[with(node(owner), &[parent, admirers])])
                })
                .collect(),
            Plan::ByQueries => nodes()
                .map(|row| {
                    let loaded =
                        [one(data.parent(row), node), one(data.spot(row), spot), one(data.badge(row), badge)];
                    with(node(row), &loaded)
                })
                .collect(),
            Plan::Names => nodes()
                .map(|row| {
                    let loaded = [
                        many(self.one.memory(data.peers(row)), node),
                        many(self.two.memory(data.peers(row)), node),
                        many(self.two.memory(data.children(row)), node),
                    ];
                    with(node(row), &loaded)
                })
                .collect(),
            Plan::Conditional => nodes()
                .map(|row| {
                    let heavy = |p: &&Node| p.weight.is_some_and(|weight| weight >= self.weight);
                    let light = |p: &Node| p.weight.is_some_and(|weight| weight < self.weight);
                    let parent = one(data.parent(row).filter(heavy), |p| {
                        with(node(p), &[many(self.one.memory(data.children(p)), node)])
                    });
                    let place = data.spot(row).filter(|s| data.keeper(s).is_some_and(light));
                    let owned = data.badge(row).filter(|badge| badge.rank > 1);
                    with(node(row), &[parent, one(place, keeper), one(owned, badge)])
                })
                .collect(),
        }
    }
}
