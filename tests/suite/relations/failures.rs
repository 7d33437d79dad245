//! What goes wrong while related rows are loaded is told where it belongs, and leaves nothing behind.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use futures_util::TryStreamExt;
use orm::Error;
use orm::prelude::*;

use super::blog::*;
use crate::support::{Db, in_statements, run, run_threaded};

/// Columns that hold more than the fields of [`narrow`] can.
mod wide {
    use orm::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    pub struct Tree {
        #[field(primary_key, identity = false)]
        pub id: i64,
        pub size: i64,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    pub struct Leaf {
        #[field(primary_key, identity = false)]
        pub id: i64,
        pub tree: ForeignKey<Tree>,
        pub veins: i64,
    }
}

/// The same tables.
mod narrow {
    use orm::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(has_many(leaves = Leaf::tree))]
    pub struct Tree {
        #[field(primary_key, identity = false)]
        pub id: i64,
        pub size: i16,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    pub struct Leaf {
        #[field(primary_key, identity = false)]
        pub id: i64,
        pub tree: ForeignKey<Tree>,
        pub veins: i16,
    }
}

async fn with_trees(db: &Db) {
    for (id, size) in [(1, 7), (2, 100_000)] {
        let tree = wide::Tree::objects().create(db, |t| t.id(id).size(size)).await.unwrap();
        let veins = if id == 1 { 100_000 } else { 3 };
        wide::Leaf::objects().create(db, |l| l.id(id).tree(&tree).veins(veins)).await.unwrap();
    }
}

fn misread<T: std::fmt::Debug>(result: orm::Result<T>) -> (Option<&'static str>, Option<&'static str>) {
    match result {
        Err(Error::Value(error)) => (error.model(), error.field()),
        other => panic!("not about a field: {other:?}"),
    }
}

#[test]
fn a_column_that_does_not_decode() {
    run(models![wide::Tree, wide::Leaf], async |db| {
        with_trees(db).await;
        let trees = || narrow::Tree::objects().order_by(|t| t.id);
        let leaves = || narrow::Leaf::objects().order_by(|l| l.id);
        // In a further query, also where it is nested or streamed.
        let (leaf, tree) = ((Some("Leaf"), Some("veins")), (Some("Tree"), Some("size")));
        assert_eq!(misread(trees().pk(1).prefetch_related(|t| t.leaves).all(db).await), leaf);
        let streamed: orm::Result<Vec<_>> =
            trees().pk(1).prefetch_related(|t| t.leaves).stream(db).try_collect().await;
        assert_eq!(misread(streamed), leaf);
        let nested = leaves().filter(|l| l.veins.lt(10)).prefetch_related(|l| l.tree).all(db).await;
        assert_eq!(misread(nested), tree);
        // In a joined row.
        assert_eq!(
            misread(leaves().filter(|l| l.veins.lt(10)).select_related(|l| l.tree).all(db).await),
            tree
        );
        assert_eq!(misread(leaves().pk(1).select_related(|l| l.tree).all(db).await), leaf);
        // In the rows themselves; then nothing further is asked.
        let query = trees().prefetch_related(|t| t.leaves);
        assert_eq!(misread(in_statements(1, query.all(db)).await), tree);
        // The connection is none the worse.
        let found = trees().pk(1).prefetch_related(|t| t.leaves.filter(|l| l.veins.lt(10))).all(db).await;
        assert!(found.unwrap()[0].leaves().is_empty());
    });
}

#[test]
fn a_mistake_in_the_query_for_the_children() {
    with_blog(async |db| {
        let reason = |result: orm::Result<usize>| match result {
            Err(Error::InvalidQuery(reason)) => reason.to_string(),
            other => panic!("{other:?}"),
        };
        let sliced = "a queryset cannot be filtered once it is sliced";
        // Also of rows that are not there: it would be found out in production.
        for name in ["ann", "nobody"] {
            let users = || User::objects().filter(|u| u.name.eq(name));
            let query = users().prefetch_related(|u| u.posts.limit(1).filter(|p| p.views.gt(1)));
            assert_eq!(reason(in_statements(0, query.all(db)).await.map(|rows| rows.len())), sliced);
            let query = users().prefetch_related(|u| {
                u.reports.prefetch_related(|r| r.posts.limit(1).filter(|p| p.views.gt(1)))
            });
            assert_eq!(reason(in_statements(0, query.all(db)).await.map(|rows| rows.len())), sliced);
            let query = users().select_related(|u| {
                u.manager.prefetch_related(|m| m.posts.limit(1).filter(|p| p.views.gt(1)))
            });
            assert_eq!(reason(in_statements(0, query.all(db)).await.map(|rows| rows.len())), sliced);
            let query = users().prefetch_related(|u| u.posts.query(|posts| posts.distinct().limit(1)));
            let each = reason(in_statements(0, query.all(db)).await.map(|rows| rows.len()));
            assert!(each.contains("limited for each row"), "{each}");
            let query = users().prefetch_related(|u| u.posts.values(|p| p.id.count()).limit(1));
            let each = reason(in_statements(0, query.all(db)).await.map(|rows| rows.len()));
            assert!(each.contains("limited for each row"), "{each}");
        }
    });
}

#[test]
fn a_mistake_in_a_condition_about_children() {
    with_blog(async |db| {
        for query in [
            User::objects().filter(|u| u.posts.limit(1).filter(|p| p.views.gt(1)).exists()),
            User::objects().filter(|u| u.posts.limit(1).exists()),
            User::objects().filter(|u| u.posts.offset(1).count().gt(0)),
            User::objects().filter(|u| u.posts.order_by(|p| p.id).limit(1).sum(|p| p.views).gt(0)),
            User::objects().order_by(|u| u.posts.limit(1).count()),
        ] {
            let result = in_statements(0, query.all(db)).await;
            assert!(matches!(result, Err(Error::InvalidQuery(_))), "{result:?}");
        }
    });
}

#[test]
fn a_failing_query_ends_them_all() {
    with_blog(async |db| {
        Comment::objects().delete(db).await.unwrap();
        orm::raw!("DROP TABLE comment").execute(db).await.unwrap();
        let query = Post::objects().prefetch_related(|p| (p.tags, p.comments, p.author)).order_by(|p| p.id);
        assert!(matches!(query.all(db).await, Err(Error::Database(_))));
        let posts = Post::objects().prefetch_related(|p| p.tags).order_by(|p| p.id).all(db).await.unwrap();
        assert_eq!(posts[4].tags().len(), 3);
        at_rest(db).await;
    });
}

/// Polls a future so many times, and drops it then; its value if it was faster.
async fn poll_at_most<T>(times: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[test]
fn given_up_in_the_middle() {
    run_threaded(models![Country, Company, User, Profile, Post, Comment, Tag], async |db| {
        fill(db).await.unwrap();
        let query = || {
            User::objects()
                .prefetch_related(|u| {
                    (
                        u.posts.prefetch_related(|p| (p.tags.order_by(|t| t.id), p.comments)),
                        u.friends,
                        u.follows,
                    )
                })
                .order_by(|u| u.id)
        };
        let whole = query().all(db).await.unwrap();
        let mut finished = 0;
        for times in 0..60 {
            if let Some(rows) = poll_at_most(times, query().all(db)).await {
                assert_eq!(rows.unwrap(), whole);
                finished += 1;
            }
            if let Some(rows) = poll_at_most(times, query().stream(db).try_collect::<Vec<_>>()).await {
                assert_eq!(rows.unwrap(), whole);
            }
        }
        assert!(finished > 0, "some runs come to their end");
        assert_eq!(query().all(db).await.unwrap(), whole);
        at_rest(db).await;
    });
}

/// Waits until every connection of the pool is idle.
async fn at_rest(db: &Db) {
    for _ in 0..100 {
        let status = db.pool_status();
        if status.open == status.idle && status.waiting == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("connections are not given back: {:?}", db.pool_status());
}
