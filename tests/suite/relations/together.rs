//! Prefetches that do not depend on each other: on PostgreSQL all are sent before the first is answered, elsewhere they run
//! side by side, and in a transaction one after another. The rows are the same.

use orm::prelude::*;

use super::blog::*;
use crate::support::{Proxy, TestDatabase, in_statements, run_by_url, with_parameter};

/// Four prefetches, two of which lead on to two more.
macro_rules! users {
    ($db:expr) => {
        users!($db, |p| p.id.ge(0))
    };
    ($db:expr, $posts:expr) => {
        User::objects()
            .prefetch_related(|u| {
                (
                    u.posts.filter($posts).order_by(|p| p.id).prefetch_related(|p| p.tags.order_by(|t| t.id)),
                    u.edited.order_by(|p| p.id).prefetch_related(|p| p.comments.order_by(|c| c.id)),
                    u.reports.order_by(|r| r.id),
                    u.comments.order_by(|c| c.id),
                )
            })
            .order_by(|u| u.id)
            .all($db)
    };
}

#[test]
fn they_are_under_way_at_the_same_time() {
    run_by_url(async |direct, url| {
        direct.create_tables(models![Country, Company, User, Profile, Post, Comment, Tag]).await.unwrap();
        fill(direct).await.unwrap();
        if direct.dialect() != Dialect::Postgres {
            return;
        }
        let (proxy, way) = Proxy::to(direct.dialect(), url).await;
        // One connection is enough.
        let db = crate::Backend::connect(&with_parameter(&way, "pool_size=1&max_overflow=0")).await;
        // The first takes its time, so that the others are there before it is answered.
        let slow = |_| orm::sql!(bool, "pg_sleep(0.02) IS NOT NULL");
        // Statements are prepared one by one.
        let first = in_statements(7, users!(&db, slow)).await.unwrap();
        proxy.most_unanswered();
        let second = in_statements(7, users!(&db, slow)).await.unwrap();
        assert_eq!(proxy.most_unanswered(), 4, "the four of the first level");
        assert_eq!(first, second);
        let third = db.atomic(async |tx| users!(tx, slow).await).await.unwrap();
        assert_eq!(proxy.most_unanswered(), 4, "in a transaction, too");
        assert_eq!(first, third);
        db.close().await;
    });
}

#[test]
fn a_failure_of_one_is_the_failure_of_all_and_the_connection_stays() {
    with_blog(async |db| {
        let failing = User::objects().prefetch_related(|u| {
            (
                u.posts.order_by(|p| p.id),
                // Divides by zero where databases refuse that.
                u.edited.filter(|p| orm::sql!(i64, "1 / ({p.id} - {p.id})").eq(1)),
                u.comments,
            )
        });
        let refused = failing.clone().all(db).await;
        if db.dialect() == Dialect::Postgres {
            assert!(refused.is_err());
            let inside = db.atomic(async |tx| failing.all(tx).await).await;
            assert!(inside.is_err());
        }
        assert_eq!(users!(db).await.unwrap().len(), 5);
        let inside = db.atomic(async |tx| users!(tx).await).await.unwrap();
        assert_eq!(users!(db).await.unwrap(), inside);
        let status = db.pool_status();
        assert_eq!((status.open, status.waiting), (status.idle, 0), "{status:?}");
    });
}
