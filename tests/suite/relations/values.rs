//! Values made from the rows at the end of relations to many: several of them do not multiply each other.

use orm::prelude::*;

use super::blog::*;
use crate::support::in_statements;

#[test]
fn counts() {
    with_blog(async |db| {
        let query = User::objects()
            .values(|u| {
                (
                    u.posts.count(),
                    u.edited.count(),
                    u.comments.count(),
                    u.follows.count(),
                    u.followers.count(),
                )
            })
            .order_by(|u| u.id);
        let rows = in_statements(1, query.all(db)).await.unwrap();
        assert_eq!(
            rows,
            [(3, 1, 1, 2, 1), (1, 1, 3, 1, 1), (1, 1, 0, 1, 2), (0, 1, 0, 0, 0), (0, 0, 1, 0, 0)]
        );
        let rows: Vec<(i64, i64)> = Post::objects()
            .values(|p| (p.tags.count(), p.tags.filter(|t| t.name.ne("red")).count()))
            .order_by(|p| p.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(rows, [(2, 1), (1, 0), (0, 0), (2, 2), (3, 2)]);
    });
}

#[test]
fn aggregates() {
    with_blog(async |db| {
        let rows = User::objects()
            .annotate(|u| {
                (
                    u.posts.sum(|p| p.views),
                    u.posts.avg(|p| p.views),
                    u.posts.min(|p| p.title),
                    u.posts.max(|p| p.score),
                    u.posts.filter(|p| p.views.gt(10)).sum(|p| p.views * 2),
                    u.posts.aggregate(|p| p.editor.id.count().distinct()),
                )
            })
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        let found: Vec<_> = rows
            .into_iter()
            .map(|(user, sum, avg, min, max, doubled, editors)| {
                assert_eq!(sum.is_some(), avg.is_some());
                (
                    user.name,
                    sum,
                    avg.map(|avg| avg.to_string().parse::<f64>().unwrap()),
                    min,
                    max,
                    doubled,
                    editors,
                )
            })
            .collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            found,
            [
                ("ann".to_owned(), Some(60), Some(20.0), text("a"), Some(7), Some(100), 2),
                ("bob".to_owned(), Some(40), Some(40.0), text("d"), None, Some(80), 1),
                ("cyd".to_owned(), Some(50), Some(50.0), text("e"), Some(1), Some(100), 1),
                ("dan".to_owned(), None, None, None, None, None, 0),
                ("eve".to_owned(), None, None, None, None, None, 0),
            ]
        );
    });
}

#[test]
fn in_conditions_and_in_calculations() {
    with_blog(async |db| {
        let names = async |query: QuerySet<User>| -> String {
            query.order_by(|u| u.id).values(|u| u.name).all(db).await.unwrap().concat()
        };
        assert_eq!(names(User::objects().filter(|u| u.posts.count().eq(1))).await, "bobcyd");
        assert_eq!(names(User::objects().filter(|u| u.posts.sum(|p| p.views).ge(50))).await, "anncyd");
        assert_eq!(names(User::objects().filter(|u| u.posts.sum(|p| p.views).is_null())).await, "daneve");
        assert_eq!(names(User::objects().filter(|u| u.posts.count().gt(u.comments.count()))).await, "anncyd");
        assert_eq!(
            names(User::objects().filter(|u| (u.posts.count() + u.comments.count()).between(1, 3))).await,
            "cydeve"
        );
        assert_eq!(names(User::objects().exclude(|u| u.posts.max(|p| p.views).gt(35))).await, "anndaneve");
        assert_eq!(names(User::objects().filter(|u| u.manager.posts.count().eq(3))).await, "bobcyd");
        // A value of values: the posts' comments.
        let sums: Vec<Option<i64>> = User::objects()
            .values(|u| u.posts.sum(|p| p.comments.count()))
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(sums, [Some(5), Some(0), Some(1), None, None]);
        let most: Vec<i64> = User::objects()
            .values(|u| u.posts.filter(|p| p.comments.count().lt(u.id.outer() + 1)).count())
            .order_by(|u| u.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(most, [1, 1, 1, 0, 0]);
    });
}

#[test]
fn across_relations_to_one() {
    with_blog(async |db| {
        let rows: Vec<(i64, i64, Option<i64>)> = Comment::objects()
            .values(|c| {
                (c.post.tags.count(), c.author.posts.count(), c.author.manager.posts.sum(|p| p.views))
            })
            .order_by(|c| c.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(
            rows,
            [(2, 1, Some(60)), (2, 0, None), (0, 3, None), (0, 1, Some(60)), (0, 1, Some(60)), (3, 0, None)]
        );
    });
}

#[test]
fn assigned() {
    with_blog(async |db| {
        let changed = Post::objects()
            .update(db, |p| p.views.set(p.comments.count() * 100 + p.tags.count()))
            .await
            .unwrap();
        assert_eq!(changed, 5);
        let views: Vec<i64> = Post::objects().order_by(|p| p.id).values(|p| p.views).all(db).await.unwrap();
        assert_eq!(views, [202, 1, 300, 2, 103]);
    });
}

#[test]
fn grouped_by() {
    with_blog(async |db| {
        let groups: Vec<(i64, i64)> = User::objects()
            .values(|u| (u.posts.count(), u.id.count()))
            .order_by(|u| u.posts.count())
            .all(db)
            .await
            .unwrap();
        assert_eq!(groups, [(0, 2), (1, 2), (3, 1)]);
        let large: Vec<(i64, i64)> = User::objects()
            .values(|u| (u.posts.count(), u.id.count()))
            .having(|u| u.posts.count().ge(1) & u.id.count().gt(1))
            .all(db)
            .await
            .unwrap();
        assert_eq!(large, [(1, 2)]);
        let counts: Vec<i64> = User::objects()
            .values(|u| u.posts.filter(|p| p.views.gt(5)).count())
            .distinct()
            .order_by(|u| u.posts.filter(|p| p.views.gt(5)).count().desc())
            .all(db)
            .await
            .unwrap();
        assert_eq!(counts, [3, 1, 0]);
        let (most, sum) = User::objects()
            .aggregate(db, |u| (u.posts.count().max(), u.comments.count().sum()))
            .await
            .unwrap();
        assert_eq!((most, sum), (Some(3), Some(5)));
    });
}
